"""Swagger 2.0 to OpenAPI 3.0: the document, its paths and what they share."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from ..document import Json, at, copied, escape, pointer
from ..document.limits import size
from .about import external_docs, info, tags
from .distinct import Distinct
from .operations import listed, named_by_text, operation
from .parameters import parameter
from .repair import leave_unknown
from .responses import response_or_reference
from .schemas import schema
from .security import requirements, security_scheme
from .servers import servers
from .source import METHODS, SECTIONS, Source, extensions

ORDER = ("openapi", "info", "servers", "security", "tags", "paths", "components")
"""The order of a document's members; extensions follow, then any others."""

_KNOWN = frozenset(
    {"swagger", "info", "host", "basePath", "schemes", "consumes", "produces", "paths", "security", "tags"}
    | {*SECTIONS, "externalDocs"}
)
_PATTERNED = re.compile(r"\{([^{}:]+):(?:[^{}]|\{[^{}]*\})*\}")
"""A name in a path with a regular expression behind it, as some frameworks write it."""


def convert(source: Source) -> dict[str, Json]:
    """The OpenAPI 3.0 form of a Swagger 2.0 document. What is lost and what is wrong is noted in `source`."""
    data = source.data
    schemes = _shared(source, "securityDefinitions", security_scheme)
    result: dict[str, Json] = {"openapi": "3.0.3", "info": info(source)}
    found = servers(source, data.get("schemes"), "")
    if found:
        result["servers"] = found
    if "security" in data:
        result["security"] = requirements(source, data["security"], "/security")
    if "tags" in data:
        result["tags"] = tags(source)
    if "externalDocs" in data:
        result |= external_docs(source, data["externalDocs"], "/externalDocs")
    result["paths"] = _paths(source)
    shared = _components(source) | schemes
    if shared:
        result["components"] = shared
    leave_unknown(source, data, _KNOWN, "")
    return ordered(result | extensions(data))


def ordered(document: Mapping[str, Json]) -> dict[str, Json]:
    """`document` with its members in `ORDER`; extensions follow, then any others, each in their own order."""
    names = [name for name in ORDER if name in document]
    names += [name for name in document if name.startswith("x-")]
    return {name: document[name] for name in [*names, *(name for name in document if name not in names)]}


# --- Paths and operations --------------------------------------------------------------------


def _paths(source: Source) -> dict[str, Json]:
    result: dict[str, Json] = {}
    places: list[tuple[dict[str, Json], str]] = []
    for name, item in source.mapping(source.data.get("paths"), "/paths").items():
        here = pointer("paths", name)
        if name.startswith("x-"):
            result[name] = copied(item)
            continue
        path = _template(source, name, here)
        converted = _path_item(source, path, item, here)
        places += [(converted[method], f"{here}/{method}") for method in METHODS if method in converted]
        if path in result:
            _tell_shared(source, result[path], converted, here, "another path reads the same and", "That counts.")
            converted |= result[path]
        result[path] = converted
    _name_once(source, places)
    return result


def _template(source: Source, name: str, here: str) -> str:
    """The path template that the key `name` means."""
    path = name
    if not path.startswith("/"):
        source.defect(here, "a path must start with a slash", "One is put before it.")
        path = f"/{path}"
    plain = _PATTERNED.sub(r"{\1}", path)
    if plain != path and plain not in source.section("paths"):
        source.defect(here, "a path parameter cannot have a pattern in the path", "The pattern is left out.")
        path = plain
    return path


def _name_once(source: Source, places: Sequence[tuple[dict[str, Json], str]]) -> None:
    """Give each of the operations at `places` an `operationId` that no other has; the first to have one keeps it."""
    named = [(converted, here) for converted, here in places if "operationId" in converted]
    given = Distinct(converted["operationId"] for converted, _ in named)
    seen: set[str] = set()
    for converted, here in named:
        name = converted["operationId"]
        if name in seen:
            converted["operationId"] = given.give(name)
            hint = f"It is renamed to {converted['operationId']!r}."
            source.defect(f"{here}/operationId", f"another operation has the operationId {name!r}", hint)
        seen.add(name)


def _path_item(source: Source, path: str, item: Json, here: str) -> dict[str, Json]:
    item = source.mapping(item, here)
    if "$ref" in item:
        found = source.resolve(item, here)
        own = {name: value for name, value in item.items() if name != "$ref"}
        if found is None:
            return _path_item(source, path, own, here)
        source.count_copies(size(found[0]), here)
        converted, named = _path_item(source, path, own, here), _path_item(source, path, *found)
        _tell_shared(source, converted, named, here, "what this refers to", "That is left out.")
        return named | converted
    result: dict[str, Json] = {}
    above = listed(source, item, path, here)
    if above.parameters:
        result["parameters"] = list(above.parameters.values())
    for name, value in item.items():
        if name in METHODS:
            result[name] = operation(source, name, value, path, above, f"{here}/{name}")
        elif name.startswith("x-"):
            result[name] = copied(value)
        elif name != "parameters":
            source.defect(f"{here}/{escape(name)}", f"`{name}` is unknown", "It is left out.")
    return result


def _tell_shared(
    source: Source, one: Mapping[str, Json], other: Mapping[str, Json], here: str, what: str, hint: str
) -> None:
    """Note the members that two path items of one path both have."""
    for name in other:
        if name in one:
            source.defect(f"{here}/{escape(name)}", f"{what} has `{name}` too", hint)


# --- Components ------------------------------------------------------------------------------


def _components(source: Source) -> dict[str, Json]:
    """What is shared, but for security schemes.

    Shared body and form parameters are not among it: they went into the operations that use them.
    """
    result = _shared(source, "definitions", schema)
    result |= _shared(source, "responses", _shared_response) | _shared(source, "parameters", _shared_parameter)
    hoisted = _hoisted(source)
    if hoisted:
        result = {"schemas": result.pop("schemas", {}) | hoisted, **result}
    return result


def _shared(source: Source, section: str, convert_one: Callable[[Source, Json, str], Json]) -> dict[str, Json]:
    """The member of `components` that the `section` becomes, unless it is empty."""
    members = {}
    for name, node in source.mapping(source.data.get(section, {}), pointer(section)).items():
        converted = convert_one(source, node, pointer(section, name))
        if converted is not None:
            members[source.component_names[section, name]] = converted
    return {SECTIONS[section]: members} if members else {}


def _hoisted(source: Source) -> dict[str, Json]:
    """The components made of schemas that something refers to and that are no definitions."""
    result: dict[str, Json] = {}
    while len(result) < len(source.hoisted):
        for target, name in list(source.hoisted.items())[len(result) :]:
            result[name] = schema(source, at(source.data, target), target)
    return result


def _shared_response(source: Source, node: Json, here: str) -> Json:
    return response_or_reference(source, node, source.produces, here)


def _shared_parameter(source: Source, node: Json, here: str) -> Json:
    found = source.resolve(node, here)
    if found is None:
        return None
    node = named_by_text(source, source.mapping(*found), found[1])
    if node.get("in") in ("body", "formData"):
        if here == found[1] and here not in source.used_parameters:
            source.loss(here, "no operation uses this parameter, and OpenAPI 3 has no place for it", "It is left out.")
        return None
    return parameter(source, node, here)
