"""Servers, from the `host`, `basePath` and `schemes` of Swagger 2.0."""

from __future__ import annotations

import re

from ..document import Json
from .source import Source, kind

_URL = re.compile(r"(?:([a-z][a-z0-9+.-]*):)?//([^/]*)(/.*)?", re.IGNORECASE)
_VARIABLE = re.compile(r"\{([^{}]+)\}")


def servers(source: Source, schemes: Json, here: str) -> list[dict[str, Json]]:
    """The servers that `host`, `basePath` and the `schemes` of the document or the operation at `here` name.

    Without a scheme the URL is relative to that of the document, as 2.0 says; without a host too.
    A slash at the end of `basePath` goes, because every path starts with one.
    """
    listed = source.texts(schemes, f"{here}/schemes") if schemes is not None else []
    scheme, host, base = _address(source)
    if not host:
        if listed:
            source.loss(f"{here}/schemes", "without a `host`, OpenAPI 3 cannot express `schemes`", "They are left out.")
        return [_server(source, base)] if base and not here else []
    before = [f"{each}:" for each in listed or [scheme] if each] or [""]
    return [_server(source, f"{each}//{host}{base}") for each in before]


def _address(source: Source) -> tuple[str, str, str]:
    """Scheme, host and base path; a scheme only where one was written into one of the others."""
    scheme, host, base = "", _text(source, "host"), _text(source, "basePath").rstrip("/")
    url = _URL.fullmatch(host if "//" in host else f"//{host}")
    if url and url[2] != host:
        source.defect("/host", "`host` is a URL", "It is read as scheme, host and base path.")
        scheme, host, base = url[1] or "", url[2], _below((url[3] or "").rstrip("/"), base)
    url = _URL.fullmatch(base)
    if url:
        source.defect("/basePath", "`basePath` is a URL", "It is read as scheme, host and base path.")
        scheme, host, base = url[1] or scheme, host or url[2], (url[3] or "").rstrip("/")
    if base and not base.startswith("/"):
        source.defect("/basePath", "`basePath` does not start with a slash", "One is put before it.")
        base = f"/{base}"
    return scheme, host, base


def _below(above: str, base: str) -> str:
    """The base path `base` below the path `above` that stands in the host, unless it repeats it."""
    if base == above or base.startswith(f"{above}/"):
        return base
    return f"{above}/{base.lstrip('/')}".rstrip("/") if above else base


def _text(source: Source, name: str) -> str:
    value = source.data.get(name)
    if value is None or isinstance(value, str):
        return (value or "").strip()
    source.defect(f"/{name}", f"`{name}` is {kind(value)}, not a string", "It is left out.")
    return ""


def _server(source: Source, url: str) -> dict[str, Json]:
    """A server; a name in braces becomes a variable, with its own name for a value."""
    names = _VARIABLE.findall(url)
    if not names:
        return {"url": url}
    for name in dict.fromkeys(names):
        place = "/host" if f"{{{name}}}" in _text(source, "host") else "/basePath"
        source.defect(place, f"the address has a placeholder {{{name}}}", "It becomes a variable of the server.")
    return {"url": url, "variables": {name: {"default": name} for name in names}}
