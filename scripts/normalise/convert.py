"""Swagger 2.0 to OpenAPI 3.0: the document, its paths and operations."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence

from ..document import Json, escape, pointer
from .bodies import Part, body, form
from .parameters import parameter
from .responses import response, responses
from .schemas import schema
from .security import security_scheme
from .source import SECTIONS, Source, extensions

METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
ORDER = ("openapi", "info", "servers", "security", "tags", "paths", "components")
"""The order of a document's members; extensions follow, then any others."""

_KNOWN = frozenset(
    {
        "swagger",
        "info",
        "host",
        "basePath",
        "schemes",
        "consumes",
        "produces",
        "paths",
        "security",
        "tags",
        *SECTIONS,
    }
    | {"externalDocs"}
)
_OPERATION_KEPT = ("tags", "summary", "description", "externalDocs", "operationId")
_BODILESS = ("get", "delete", "head")


def convert(source: Source) -> dict[str, Json]:
    """The OpenAPI 3.0 form of a Swagger 2.0 document. What is lost and what is wrong is noted in `source`."""
    data = source.data
    result: dict[str, Json] = {
        "openapi": "3.0.3",
        "info": copy.deepcopy(source.mapping(data.get("info"), "/info")),
    }
    found = servers(source, data.get("schemes"), "")
    if found:
        result["servers"] = found
    for name in ("security", "tags", "externalDocs"):
        if name in data:
            result[name] = copy.deepcopy(data[name])
    result["paths"] = _paths(source)
    shared = components(source)
    if shared:
        result["components"] = shared
    for name in data:
        if name not in _KNOWN and not name.startswith("x-"):
            source.warn(pointer(name), f"`{name}` is unknown", "It is left out.")
    return ordered(result | copy.deepcopy(extensions(data)))


def ordered(document: Mapping[str, Json]) -> dict[str, Json]:
    """`document` with its members in `ORDER`; extensions follow, then any others, each in their own order."""
    names = [name for name in ORDER if name in document]
    names += [name for name in document if name.startswith("x-")]
    return {name: document[name] for name in [*names, *(name for name in document if name not in names)]}


# --- Servers ---------------------------------------------------------------------------------


def servers(source: Source, schemes: Json, here: str) -> list[dict[str, Json]]:
    """The servers that `host`, `basePath` and the `schemes` of the document or the operation at `here` name.

    Without a scheme the URL is relative to that of the document, as 2.0 says; without a host too.
    A slash at the end of `basePath` goes, because every path starts with one.
    """
    listed = source.items(schemes, f"{here}/schemes") if schemes is not None else []
    host = str(source.data.get("host") or "")
    base = str(source.data.get("basePath") or "").rstrip("/")
    if base and not base.startswith("/"):
        base = f"/{base}"
    if not host:
        if listed:
            source.warn(f"{here}/schemes", "without `host`, OpenAPI 3 cannot say `schemes`", "They are left out.")
        return [{"url": base}] if base and not here else []
    return [{"url": f"{scheme}:{_at_host(host, base)}"} for scheme in listed] or [{"url": _at_host(host, base)}]


def _at_host(host: str, base: str) -> str:
    return f"//{host}{base}"


# --- Paths and operations --------------------------------------------------------------------


def _paths(source: Source) -> dict[str, Json]:
    result: dict[str, Json] = {}
    for path, item in source.mapping(source.data.get("paths"), "/paths").items():
        here = pointer("paths", path)
        result[path] = copy.deepcopy(item) if path.startswith("x-") else _path_item(source, item, here)
    return result


def _path_item(source: Source, item: Json, here: str) -> dict[str, Json]:
    found = source.resolve(source.mapping(item, here), here)
    if found is None:
        return {}
    item, here = source.mapping(found[0], found[1]), found[1]
    result: dict[str, Json] = {}
    above = _listed(source, item, here)
    kept = [converted for part, converted in above if part is None]
    if kept:
        result["parameters"] = kept
    inherited = [part for part, _ in above if part is not None]
    for name, value in item.items():
        if name in METHODS:
            result[name] = operation(source, name, value, inherited, f"{here}/{name}")
        elif name.startswith("x-"):
            result[name] = copy.deepcopy(value)
        elif name != "parameters":
            source.warn(f"{here}/{escape(name)}", f"`{name}` is unknown", "It is left out.")
    return result


def operation(source: Source, method: str, node: Json, inherited: Sequence[Part], here: str) -> dict[str, Json]:
    """The OpenAPI 3.0 form of the operation `node`; `inherited` are body and form parameters of its path."""
    node = source.mapping(node, here)
    result: dict[str, Json] = {name: copy.deepcopy(node[name]) for name in _OPERATION_KEPT if name in node}
    own = _listed(source, node, here)
    kept = [converted for part, converted in own if part is None]
    if kept:
        result["parameters"] = kept
    parts = _effective(inherited, [part for part, _ in own if part is not None])
    if parts:
        result["requestBody"] = _request_body(source, parts, node, here)
        if method in _BODILESS:
            source.warn(here, f"OpenAPI 3 gives the body of a {method.upper()} request no meaning", "It is kept.")
    result["responses"] = responses(
        source, node.get("responses"), media(source, node, "produces", here), f"{here}/responses"
    )
    result |= {name: copy.deepcopy(node[name]) for name in ("deprecated", "security") if name in node}
    if "schemes" in node:
        found = servers(source, node["schemes"], here)
        result |= {"servers": found} if found else {}
    return result | copy.deepcopy(extensions(node))


def media(source: Source, node: Mapping[str, Json], name: str, here: str) -> list[str]:
    """The media types `name` (`consumes` or `produces`) of an operation: its own, else the document's.

    An empty list of its own clears the document's.
    """
    if name in node:
        return [str(each) for each in source.items(node[name], f"{here}/{name}")]
    return [str(each) for each in source.items(source.data.get(name, []), f"/{name}")]


def _listed(source: Source, node: Mapping[str, Json], here: str) -> list[tuple[Part | None, dict[str, Json]]]:
    """Each entry of `parameters`: a part of a body to be, or else a converted parameter or a reference to one."""
    result: list[tuple[Part | None, dict[str, Json]]] = []
    for index, each in enumerate(source.items(node.get("parameters", []), f"{here}/parameters")):
        place = f"{here}/parameters/{index}"
        found = source.resolve(each, place)
        if found is None:
            continue
        target, at = source.mapping(found[0], found[1]), found[1]
        if target.get("in") in ("body", "formData"):
            result.append((Part(target, at), {}))
            continue
        reference = source.component(at) if at != place else None
        result.append((None, {"$ref": reference} if reference else parameter(source, target, at)))
    return result


def _effective(inherited: Sequence[Part], own: Sequence[Part]) -> list[Part]:
    """The path's parts and the operation's own, which win by name and place; there is one body at most."""
    if any(part.node.get("in") == "body" for part in own):
        inherited = ()
    merged = {(str(part.node.get("name")), part.node["in"]): part for part in (*inherited, *own)}
    return list(merged.values())


def _request_body(source: Source, parts: Sequence[Part], node: Mapping[str, Json], here: str) -> dict[str, Json]:
    consumes = media(source, node, "consumes", here)
    bodies = [part for part in parts if part.node["in"] == "body"]
    if not bodies:
        return form(source, parts, consumes, here, stated="consumes" in node)
    for part in parts:
        if part is not bodies[0]:
            source.warn(
                part.pointer,
                "a request has one body",
                f"That of {bodies[0].pointer} is taken, this left out.",
            )
    return body(source, bodies[0], consumes)


# --- Components ------------------------------------------------------------------------------


def components(source: Source) -> dict[str, Json]:
    """What is shared. Shared body and form parameters are not: they went into the operations that use them."""
    converters: Mapping[str, Callable[[Source, Json, str], Json]] = {
        "definitions": schema,
        "responses": _shared_response,
        "parameters": _shared_parameter,
        "securityDefinitions": security_scheme,
    }
    result: dict[str, Json] = {}
    for section, convert_one in converters.items():
        members = {}
        for name, node in source.section(section).items():
            converted = convert_one(source, node, pointer(section, name))
            if converted is not None:
                members[source.names[section, name]] = converted
        if members:
            result[SECTIONS[section]] = members
    return result


def _shared_response(source: Source, node: Json, here: str) -> Json:
    return response(source, node, media(source, {}, "produces", ""), here)


def _shared_parameter(source: Source, node: Json, here: str) -> Json:
    found = source.resolve(node, here)
    if found is None:
        return None
    node = source.mapping(*found)
    return None if node.get("in") in ("body", "formData") else parameter(source, node, here)
