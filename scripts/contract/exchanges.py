"""Requests and their answers as values, with every secret already taken out."""

from __future__ import annotations

import base64
import functools
import html
import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_plus

MASKED = "[secret]"


SHORT, LONG = 8, 16
"""Characters from which a secret is looked for as a word, and from which as any part of a text."""


@dataclass(frozen=True)
class Secrets:
    """The values that must appear nowhere, each with the name of its environment variable.

    A long value is found anywhere, raw, URL-encoded or in base64. A shorter one may be part of ordinary
    words, as `secret-key` is of a header's name, so it is found where it stands for itself; one of less
    than `SHORT` characters, which may be an ordinary word, only where it is the whole text.
    """

    names: Mapping[str, str] = field(repr=False)
    """Value to the name of its environment variable."""

    @property
    def short(self) -> list[str]:
        """The names of the secrets that are too short to be looked for in a text."""
        return sorted({name for value, name in self.names.items() if len(value) < SHORT})

    def mask(self, text: str, *, named: bool = False) -> str:
        """`text` without any secret; `named` puts `$NAME` in its place."""
        if text in self.names:
            return f"${self.names[text]}" if named else MASKED
        for form, pattern, name in self._patterns:
            if form in text:  # much faster than the search for a pattern
                text = pattern.sub(f"${name}" if named else MASKED, text)
        return text

    def credential(self, text: str) -> str:
        """The text of a header that carries a key, without anything of a secret.

        A key that was changed on purpose still tells most of the right one, so it is only said to be like it.
        """
        if text in self.names:
            return f"${self.names[text]}"
        for value, name in self.names.items():
            if _alike(text.casefold(), value.casefold()):
                return f"[like ${name}]"
        return self.mask(text, named=True)

    def found(self, text: str) -> list[str]:
        """The names of the secrets that `text` holds, in any of the forms."""
        return sorted({name for form, pattern, name in self._patterns if form in text and pattern.search(text)})

    @functools.cached_property
    def _patterns(self) -> list[tuple[str, re.Pattern[str], str]]:
        # The longest first: one secret may be part of another, and of its own encoded form.
        forms = {(form, name, len(value) >= LONG) for value, name in self.names.items() for form in _encodings(value)}
        ordered = sorted(forms, key=lambda each: (-len(each[0]), each))
        return [(form, _pattern(form, anywhere=anywhere), name) for form, name, anywhere in ordered]


def _alike(text: str, secret: str) -> bool:
    """Whether one is part of the other, or both begin or end with the same few characters."""
    if not text:
        return False
    return text in secret or secret in text or text[:4] == secret[:4] or text[-4:] == secret[-4:]


@functools.cache
def _pattern(form: str, *, anywhere: bool) -> re.Pattern[str]:
    return re.compile(re.escape(form) if anywhere else rf"(?<![\w-]){re.escape(form)}(?![\w-])")


def _encodings(value: str) -> set[str]:
    """The forms in which a value is looked for in a text; of a long one, base64 at each of its three alignments."""
    if len(value) < SHORT:
        return set()
    forms = {value, quote(value, safe=""), quote_plus(value), json.dumps(value)[1:-1]}
    forms |= {html.escape(value), html.escape(value).replace("&#x27;", "&#39;"), value.replace("/", r"\/")}
    for shift in range(3) if len(value) >= LONG else ():
        # Characters that also depend on the neighbours are left off at both ends.
        coded = base64.b64encode(b"\0" * shift + value.encode()).decode().rstrip("=")
        start, stop = (0, 2, 3)[shift], len(coded) - bool((shift + len(value.encode())) % 3)
        forms |= {coded[start:stop], coded[start:stop].replace("+", "-").replace("/", "_")}
    return forms


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, as they went over the wire, secrets masked."""

    number: int
    """Counted from 1 in the order sent."""
    family: str
    """The family of promises that sent it."""
    operation: str | None
    """The operationId that the method and path belong to; None where no operation does."""
    method: str
    url: str
    request_headers: tuple[tuple[str, str], ...]
    """Secrets in their values are `$NAME`, after the environment variable."""
    request_body: bytes
    status: int | None
    """None where no answer came; then `failure` says why."""
    authentic: bool = True
    """Whether it carried the account's own credentials, whole."""
    response_headers: tuple[tuple[str, str], ...] = ()
    response_body: bytes = b""
    cut: bool = False
    """Whether the answer's body was longer than what was read of it."""
    seconds: float = 0.0
    started: float = 0.0
    """Seconds since the epoch."""
    failure: str = ""
    opened: bool = False
    """Whether a connection was opened for it, since the last one was not kept."""
    leaked: tuple[str, ...] = ()
    """Names of the secrets that the answer held before they were masked."""

    @property
    def succeeded(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def media_type(self) -> str:
        """Of the answer, in lower case and without parameters; empty where none is stated."""
        return header(self.response_headers, "content-type").partition(";")[0].strip().lower()

    def json(self) -> Any:
        """The answer's body. Raises `ValueError` if it is not JSON, or too deep to be read."""
        try:
            return json.loads(self.response_body, parse_constant=_no_constant)
        except RecursionError:
            raise ValueError("nested too deep") from None

    def curl(self) -> str:
        """A line for a POSIX shell that sends the request again, keys taken from the environment."""
        words = ["curl", "-sS", "-i"]
        if self.method != "GET":
            words += ["-X", self.method]
        for name, value in self.request_headers:
            if name.lower() not in _CURL_SETS:
                words += ["-H", _shell(f"{name}: {value}") if value else _shell(f"{name};")]
        if self.request_body:
            words += ["--data-binary", _shell_body(self.request_body)]
        return " ".join([*words, shlex.quote(self.url)])


_CURL_SETS = frozenset({"host", "content-length", "connection", "accept-encoding", "user-agent", "accept"})


def _no_constant(text: str) -> None:
    """`NaN` and the infinities, which Python reads, are no JSON (RFC 8259, section 6)."""
    raise ValueError(f"{text} is no JSON")


def header(headers: tuple[tuple[str, str], ...], name: str) -> str:
    """The first value of a header, whatever the case of its name; empty where there is none."""
    return next((value for each, value in headers if each.lower() == name), "")


def _shell(text: str) -> str:
    """Quoted so that `$NAME`, and nothing else, is read from the environment."""
    if "$" not in text:
        return shlex.quote(text)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("`", "\\`")
    return f'"{escaped}"'


def _shell_body(body: bytes) -> str:
    try:
        return shlex.quote(body.decode())
    except UnicodeDecodeError:
        return "$'" + "".join(f"\\x{byte:02x}" for byte in body) + "'"
