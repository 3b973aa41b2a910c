"""Operations and the parameters they list, from Swagger 2.0 to OpenAPI 3.0."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from ..document import Json
from ..document.limits import size
from .about import external_docs
from .bodies import Part, body, form
from .parameters import PLACES, parameter
from .repair import FLAG, TEXT, TEXTS, Form, leave_unknown, member, members
from .responses import responses
from .security import requirements
from .servers import servers
from .source import Source, extensions

_ABOUT: Mapping[str, Form] = {"tags": TEXTS, "summary": TEXT, "description": TEXT}
_ID: Mapping[str, Form] = {"operationId": TEXT}
_FLAGS: Mapping[str, Form] = {"deprecated": FLAG}
_KNOWN = frozenset({*_ABOUT, *_ID, *_FLAGS, "externalDocs", "parameters", "consumes", "produces", "responses"})
_KNOWN |= {"schemes", "security"}
_BODILESS = ("get", "delete", "head")
_VARIABLE = re.compile(r"\{([^{}]+)\}")


Key: TypeAlias = tuple[str, str]
"""What tells parameters apart: `name` and `in`."""


@dataclass
class Listed:
    """What a list of parameters says."""

    parameters: dict[Key, dict[str, Json]] = field(default_factory=dict)
    """Those of OpenAPI 3, or references to them."""
    parts: dict[Key, Part] = field(default_factory=dict)
    """Those that make up a body."""


def operation(source: Source, method: str, node: Json, path: str, above: Listed, here: str) -> dict[str, Json]:
    """The OpenAPI 3.0 form of the operation `node`; `above` is what the parameters of its path say."""
    node = source.mapping(node, here)
    result = {
        **_about(source, node, here),
        **_request(source, method, node, path, above, here),
        "responses": responses(
            source, node.get("responses"), _media_types(source, node, "produces", here), f"{here}/responses"
        ),
        **members(source, node, _FLAGS, here),
        **_access(source, node, here),
        **extensions(node),
    }
    leave_unknown(source, node, _KNOWN, here)
    return result


def _about(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json]:
    docs = external_docs(source, node["externalDocs"], f"{here}/externalDocs") if "externalDocs" in node else {}
    return {**members(source, node, _ABOUT, here), **docs, **members(source, node, _ID, here)}


def _access(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json]:
    """Who may call it, and where."""
    result: dict[str, Json] = {}
    if "security" in node:
        result["security"] = requirements(source, node["security"], f"{here}/security")
    found = servers(source, node["schemes"], here) if "schemes" in node else []
    return {**result, "servers": found} if found else result


def _media_types(source: Source, node: Mapping[str, Json], name: str, here: str) -> list[str]:
    """The media types `name` (`consumes` or `produces`) of an operation: its own, else the document's.

    An empty list of its own clears the document's.
    """
    if node.get(name) is not None:
        return source.texts(node[name], f"{here}/{name}")
    return source.consumes if name == "consumes" else source.produces


# --- What is sent ----------------------------------------------------------------------------


def _request(
    source: Source, method: str, node: Mapping[str, Json], path: str, above: Listed, here: str
) -> dict[str, Json]:
    result: dict[str, Json] = {}
    own = listed(source, node, path, here)
    parameters = [*own.parameters.values(), *_undeclared(source, path, above.parameters | own.parameters, here)]
    if parameters:
        result["parameters"] = parameters
    parts = _effective(source, above.parts, own.parts)
    if parts:
        result["requestBody"] = _request_body(source, parts, node, here)
        if method in _BODILESS:
            source.loss(here, f"OpenAPI 3 gives the body of a {method.upper()} request no meaning", "It is kept.")
    return result


def _undeclared(source: Source, path: str, declared: Container[Key], here: str) -> list[dict[str, Json]]:
    """A parameter for every name in the path that nothing declares."""
    result = []
    for name in dict.fromkeys(_VARIABLE.findall(path)):
        if (name, "path") not in declared:
            source.defect(here, f"nothing declares the path parameter {name!r}", "It is taken to be a string.")
            result.append({"name": name, "in": "path", "required": True, "schema": {"type": "string"}})
    return result


def _effective(source: Source, inherited: Mapping[Key, Part], own: Mapping[Key, Part]) -> list[Part]:
    """The path's parts and the operation's own, which win by name and place; a body and a form exclude each other."""
    places = {place for _, place in own}
    kept: dict[Key, Part] = {}
    for key, part in inherited.items():
        if key in own:
            kept[key] = own[key]
        elif "body" in places or (places and key[1] == "body"):
            hint = "The operation's own is used; this one is left out."
            source.defect(part.pointer, "a request has only one body", hint)
        else:
            kept[key] = part
    return list({**kept, **own}.values())


def _request_body(source: Source, parts: Sequence[Part], node: Mapping[str, Json], here: str) -> dict[str, Json]:
    consumes = _media_types(source, node, "consumes", here)
    bodies = [part for part in parts if part.node["in"] == "body"]
    if not bodies:
        return form(source, parts, consumes, here, stated="consumes" in node)
    for part in parts:
        if part is not bodies[0]:
            hint = f"That at {bodies[0].pointer} is used; this one is left out."
            source.defect(part.pointer, "a request has only one body", hint)
    return body(source, bodies[0], consumes)


# --- Lists of parameters ---------------------------------------------------------------------


def listed(source: Source, node: Mapping[str, Json], path: str, here: str) -> Listed:
    """What the `parameters` of the operation or path item `node` of the `path` say; of two alike the last counts."""
    result = Listed()
    for index, each in enumerate(source.items(node.get("parameters", []), f"{here}/parameters")):
        place = f"{here}/parameters/{index}"
        found = source.resolve(each, place)
        if found is None:
            continue
        target, origin = named_by_text(source, source.mapping(*found), found[1]), found[1]
        if origin != place:
            source.ignore_siblings(each, place)
            source.used_parameters.add(origin)
        key = (str(target.get("name")), str(target.get("in")))
        if key in result.parameters or key in result.parts:
            source.defect(place, f"the {key[1]} parameter {key[0]!r} appears twice", "The last one counts.")
        if key[1] in ("body", "formData"):
            source.count_copies(size(target) if origin != place else 0, place)
            result.parts[key] = Part(target, origin)
            continue
        converted = _reference(source, target, origin) or parameter(source, target, origin)
        if converted is not None and _in_path(source, target, path, place):
            result.parameters[key] = converted
    return result


def named_by_text(source: Source, node: dict[str, Json], here: str) -> dict[str, Json]:
    """The parameter `node` with a string for a name: a number or boolean is read as one, else there is no name."""
    if "name" not in node or isinstance(node["name"], str):
        return node
    rest = {name: value for name, value in node.items() if name != "name"}
    return member(source, "name", node["name"], TEXT, f"{here}/name") | rest


def _reference(source: Source, target: Mapping[str, Json], origin: str) -> dict[str, Json] | None:
    """The reference to a shared parameter; None for one that is not shared, or cannot be sent."""
    reference = source.component_reference(origin, "parameters")
    fits = target.get("in") in PLACES and isinstance(target.get("name"), str)
    return {"$ref": reference} if reference and fits else None


def _in_path(source: Source, node: Mapping[str, Json], path: str, here: str) -> bool:
    """Whether the path has a place for the parameter, which one of another kind does not need."""
    if node["in"] != "path" or node["name"] in _VARIABLE.findall(path):
        return True
    source.defect(here, f"the path has no {{{node['name']}}}", "The parameter is left out.")
    return False
