"""Swagger 2.0 to OpenAPI 3.0: the document, its paths and operations."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ..document import Json, at, copied, escape, pointer
from ..document.limits import size
from .about import external_docs, info, tags
from .bodies import Part, body, form
from .distinct import Distinct
from .parameters import PLACES, parameter
from .repair import FLAG, TEXT, TEXTS, Form, member
from .responses import responses, used
from .schemas import schema
from .security import requirements, security_scheme
from .servers import servers
from .source import SECTIONS, Source, extensions

METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
ORDER = ("openapi", "info", "servers", "security", "tags", "paths", "components")
"""The order of a document's members; extensions follow, then any others."""

_KNOWN = frozenset(
    {"swagger", "info", "host", "basePath", "schemes", "consumes", "produces", "paths", "security", "tags"}
    | {*SECTIONS, "externalDocs"}
)
_OPERATION: Mapping[str, Form] = {
    "tags": TEXTS,
    **dict.fromkeys(("summary", "description", "operationId"), TEXT),
    "deprecated": FLAG,
}
_OPERATION_READ = frozenset(
    {*_OPERATION, "externalDocs", "parameters", "consumes", "produces", "responses", "schemes", "security"}
)
_BODILESS = ("get", "delete", "head")
_VARIABLE = re.compile(r"\{([^{}]+)\}")
_PATTERNED = re.compile(r"\{([^{}:]+):(?:[^{}]|\{[^{}]*\})*\}")
"""A name in a path with a regular expression behind it, as some frameworks write it."""


@dataclass
class Listed:
    """What a list of parameters says."""

    parameters: dict[tuple[str, str], dict[str, Json]] = field(default_factory=dict)
    """(name, in) to the parameter, or a reference to it."""
    parts: list[Part] = field(default_factory=list)
    """Those that make up a body."""


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
    shared = components(source) | schemes
    if shared:
        result["components"] = shared
    for name in data:
        if name not in _KNOWN and not name.startswith("x-"):
            source.mend(pointer(name), f"`{name}` is unknown", "It is left out.")
    return ordered(result | copied(extensions(data)))


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
        told = ("another path that is read as the same has a `{}`", "It is left out.")
        result[path] = _joined(source, result.get(path, {}), converted, here, told)
    _name_once(source, places)
    return result


def _joined(
    source: Source, before: dict[str, Json], item: dict[str, Json], here: str, told: tuple[str, str]
) -> dict[str, Json]:
    """Two path items of one path as one; what both have counts as the first has it, and is `told`."""
    for name in item:
        if name in before:
            source.mend(f"{here}/{name}", told[0].format(name), told[1])
    return item | before


def _template(source: Source, name: str, here: str) -> str:
    """The path template that the key `name` means."""
    path = name
    if not path.startswith("/"):
        source.mend(here, "a path starts with a slash", "It is read as if it did.")
        path = f"/{path}"
    plain = _PATTERNED.sub(r"{\1}", path)
    if plain != path and plain not in source.section("paths"):
        source.mend(here, "a name in a path has no pattern", "The pattern is left out.")
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
            hint = f"It is renamed {converted['operationId']!r}."
            source.mend(f"{here}/operationId", f"another operation is called {name!r}", hint)
        seen.add(name)


def _path_item(source: Source, path: str, item: Json, here: str) -> dict[str, Json]:
    item = source.mapping(item, here)
    if "$ref" in item:
        found = source.resolve(item, here)
        own = {name: value for name, value in item.items() if name != "$ref"}
        if found is None:
            return _path_item(source, path, own, here)
        source.spend(size(found[0]), here)
        told = ("what this refers to has a `{}` too", "That is left out.")
        return _joined(source, _path_item(source, path, own, here), _path_item(source, path, *found), here, told)
    result: dict[str, Json] = {}
    above = _listed(source, item, path, here)
    if above.parameters:
        result["parameters"] = list(above.parameters.values())
    for name, value in item.items():
        if name in METHODS:
            result[name] = operation(source, name, value, path, above, f"{here}/{name}")
        elif name.startswith("x-"):
            result[name] = copied(value)
        elif name != "parameters":
            source.mend(f"{here}/{escape(name)}", f"`{name}` is unknown", "It is left out.")
    return result


def operation(source: Source, method: str, node: Json, path: str, above: Listed, here: str) -> dict[str, Json]:
    """The OpenAPI 3.0 form of the operation `node`; `above` is what the parameters of its path say."""
    node = source.mapping(node, here)
    result: dict[str, Json] = {}
    for name in ("tags", "summary", "description", "externalDocs", "operationId"):
        if name == "externalDocs" and name in node:
            result |= external_docs(source, node[name], f"{here}/{name}")
        elif name in node:
            result |= member(source, name, node[name], _OPERATION[name], f"{here}/{name}")
    own = _listed(source, node, path, here)
    parameters = [*own.parameters.values(), *_undeclared(source, path, {**above.parameters, **own.parameters}, here)]
    if parameters:
        result["parameters"] = parameters
    parts = _effective(source, above.parts, own.parts)
    if parts:
        result["requestBody"] = _request_body(source, parts, node, here)
        if method in _BODILESS:
            source.warn(here, f"OpenAPI 3 gives the body of a {method.upper()} request no meaning", "It is kept.")
    produces = media(source, node, "produces", here)
    result["responses"] = responses(source, node.get("responses"), produces, f"{here}/responses")
    return result | _said_last(source, node, here)


def _said_last(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json]:
    result: dict[str, Json] = {}
    if "deprecated" in node:
        result |= member(source, "deprecated", node["deprecated"], FLAG, f"{here}/deprecated")
    if "security" in node:
        result["security"] = requirements(source, node["security"], f"{here}/security")
    found = servers(source, node["schemes"], here) if "schemes" in node else []
    if found:
        result["servers"] = found
    for name in node:
        if name not in _OPERATION_READ and not name.startswith("x-"):
            source.mend(f"{here}/{escape(name)}", f"`{name}` is unknown", "It is left out.")
    return result | copied(extensions(node))


def media(source: Source, node: Mapping[str, Json], name: str, here: str) -> list[str]:
    """The media types `name` (`consumes` or `produces`) of an operation: its own, else the document's.

    An empty list of its own clears the document's.
    """
    if node.get(name) is not None:
        return source.texts(node[name], f"{here}/{name}")
    return source.consumes if name == "consumes" else source.produces


# --- Parameters ------------------------------------------------------------------------------


def _listed(source: Source, node: Mapping[str, Json], path: str, here: str) -> Listed:
    result = Listed()
    for index, each in enumerate(source.items(node.get("parameters", []), f"{here}/parameters")):
        place = f"{here}/parameters/{index}"
        found = source.resolve(each, place)
        if found is None:
            continue
        target, origin = _named(source, source.mapping(found[0], found[1]), found[1]), found[1]
        if origin != place:
            source.beside(each, place)
            source.used.add(origin)
        if target.get("in") in ("body", "formData"):
            source.spend(size(target) if origin != place else 0, place)
            result.parts.append(Part(target, origin))
            continue
        converted = _reference(source, target, origin) or parameter(source, target, origin)
        if converted is None or not _in_path(source, target, path, place):
            continue
        key = (target["name"], target["in"])
        if key in result.parameters:
            source.mend(place, f"the {key[1]} parameter {key[0]!r} is there twice", "The last one counts.")
        result.parameters[key] = converted
    return result


def _named(source: Source, node: dict[str, Json], here: str) -> dict[str, Json]:
    """A parameter whose name is a text; a number is read as one."""
    if "name" not in node or isinstance(node["name"], str):
        return node
    rest = {name: value for name, value in node.items() if name != "name"}
    return member(source, "name", node["name"], TEXT, f"{here}/name") | rest


def _reference(source: Source, target: Mapping[str, Json], origin: str) -> dict[str, Json] | None:
    """The reference to a shared parameter; None for one that is not shared, or cannot be sent."""
    reference = source.component(origin, "parameters")
    fits = target.get("in") in PLACES and isinstance(target.get("name"), str)
    return {"$ref": reference} if reference and fits else None


def _in_path(source: Source, node: Mapping[str, Json], path: str, here: str) -> bool:
    """Whether the path has a place for the parameter, which one of another kind does not need."""
    if node["in"] != "path" or node["name"] in _VARIABLE.findall(path):
        return True
    source.mend(here, f"the path has no {{{node['name']}}}", "The parameter is left out.")
    return False


def _undeclared(
    source: Source, path: str, declared: Mapping[tuple[str, str], Json], here: str
) -> list[dict[str, Json]]:
    """A parameter for every name in the path that nothing declares."""
    result = []
    for name in dict.fromkeys(_VARIABLE.findall(path)):
        if (name, "path") not in declared:
            source.mend(here, f"nothing declares the path parameter {name!r}", "It is taken to be a text.")
            result.append({"name": name, "in": "path", "required": True, "schema": {"type": "string"}})
    return result


def _effective(source: Source, inherited: Sequence[Part], own: Sequence[Part]) -> list[Part]:
    """The path's parts and the operation's own, which win by name and place; a body and a form exclude each other."""
    kinds = {part.node["in"] for part in own}
    merged = {(str(part.node.get("name")), part.node["in"]): part for part in own}
    kept: dict[tuple[str, str], Part] = {}
    for part in inherited:
        key = (str(part.node.get("name")), part.node["in"])
        if key in merged:
            kept[key] = merged.pop(key)
        elif kinds and (key[1] == "body" or "body" in kinds):
            source.mend(part.pointer, "a request has one body", "That of the operation is taken, this left out.")
        else:
            kept[key] = part
    return [*kept.values(), *merged.values()]


def _request_body(source: Source, parts: Sequence[Part], node: Mapping[str, Json], here: str) -> dict[str, Json]:
    consumes = media(source, node, "consumes", here)
    bodies = [part for part in parts if part.node["in"] == "body"]
    if not bodies:
        return form(source, parts, consumes, here, stated="consumes" in node)
    for part in parts:
        if part is not bodies[0]:
            hint = f"That of {bodies[0].pointer} is taken, this left out."
            source.mend(part.pointer, "a request has one body", hint)
    return body(source, bodies[0], consumes)


# --- Components ------------------------------------------------------------------------------


def components(source: Source) -> dict[str, Json]:
    """What is shared, but for security schemes.

    Shared body and form parameters are not: they went into the operations that use them.
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
            members[source.names[section, name]] = converted
    return {SECTIONS[section]: members} if members else {}


def _hoisted(source: Source) -> dict[str, Json]:
    """The components made of schemas that something refers to and that are no definitions."""
    result: dict[str, Json] = {}
    while len(result) < len(source.hoisted):
        for target, name in list(source.hoisted.items())[len(result) :]:
            result[name] = schema(source, at(source.data, target), target)
    return result


def _shared_response(source: Source, node: Json, here: str) -> Json:
    return used(source, node, source.produces, here)


def _shared_parameter(source: Source, node: Json, here: str) -> Json:
    found = source.resolve(node, here)
    if found is None:
        return None
    node = _named(source, source.mapping(*found), found[1])
    if node.get("in") in ("body", "formData"):
        if here == found[1] and here not in source.used:
            source.warn(here, "no operation uses this, and OpenAPI 3 has no place for it alone", "It is left out.")
        return None
    return parameter(source, node, here)
