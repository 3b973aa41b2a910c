"""Schemas, from Swagger 2.0 to OpenAPI 3.0.

Examples, defaults and enumerated values are data and stay as they are. Schemas are found by where
they stand, so that a property may have any name.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from ..document import Json, at, escape, pointer
from .source import Source, kind

_KEPT = frozenset(
    [
        "title",
        "description",
        "type",
        "format",
        "default",
        "example",
        "enum",
        "multipleOf",
        "maximum",
        "exclusiveMaximum",
        "minimum",
        "exclusiveMinimum",
        "maxLength",
        "minLength",
        "pattern",
        "maxItems",
        "minItems",
        "uniqueItems",
        "maxProperties",
        "minProperties",
        "required",
        "readOnly",
        "xml",
        "externalDocs",
        "discriminator",
    ]
)
_ONE = frozenset({"items", "additionalProperties", "not"})
_LIST = frozenset({"allOf", "anyOf", "oneOf"})
_MAP = frozenset({"properties"})
_ANNOTATIONS = frozenset({"title", "description", "default", "example", "readOnly", "externalDocs"})
"""What may stand beside a reference: it says something about the place and restricts nothing."""


def schema(source: Source, node: Json, here: str) -> dict[str, Json]:
    """The OpenAPI 3.0 form of the schema `node`, which stands at the pointer `here`."""
    node = source.mapping(node, here)
    if "$ref" in node:
        return _referring(source, node, here)
    result: dict[str, Json] = {}
    for name, value in node.items():
        result |= _member(source, name, value, f"{here}/{escape(name)}")
    _types(source, result, here)
    _file(result)
    _nullable(result)
    _bounds(result)
    _required(source, result, here)
    _items(source, result, here)
    _discriminator(source, result, here)
    return result


def _member(source: Source, name: str, value: Json, here: str) -> dict[str, Json]:
    if name in _KEPT or name.startswith("x-"):
        return {name: copy.deepcopy(value)}
    if name in _ONE:
        if name == "items" and isinstance(value, list):
            return {name: _tuple(source, value, here)}
        return {name: value if isinstance(value, bool) else schema(source, value, here)}
    if name in _LIST:
        return {name: [schema(source, each, f"{here}/{index}") for index, each in enumerate(source.items(value, here))]}
    if name in _MAP:
        members = source.mapping(value, here).items()
        return {name: {each: schema(source, node, f"{here}/{escape(each)}") for each, node in members}}
    if name == "collectionFormat":  # belongs to the parameter around it, which has read it
        return {}
    source.warn(here, f"`{name}` is not of Swagger 2.0", f"It is kept as `x-{name}`.")
    return {f"x-{name}": copy.deepcopy(value)}


def _referring(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json]:
    """A reference. In 3.0 nothing may stand beside it, so what may be said there is said around it."""
    result = _reference(source, node, here)
    beside: dict[str, Json] = {}
    for name, value in node.items():
        if name in _ANNOTATIONS or name.startswith("x-"):
            beside[name] = copy.deepcopy(value)
        elif name != "$ref":
            source.warn(f"{here}/{escape(name)}", f"`{name}` beside `$ref` has no effect and is left out")
    if not beside:
        return result
    around = {**beside, "allOf": [result]}
    _nullable(around)
    return around


def _reference(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json]:
    target = source.target(node, here)
    if target is None:
        return {}
    found = source.component(target)
    if found is not None:
        return {"$ref": found}
    if target in source.copying or f"{here}/".startswith(f"{target}/"):
        source.refuse(here, f"refers to {target!r}, which holds it", "Make it a definition.")
        return {}
    # What it names moves with the operation around it, so it is copied to where it is used.
    source.copying.append(target)
    result = schema(source, at(source.data, target), target)
    source.copying.pop()
    return result


def _types(source: Source, result: dict[str, Json], here: str) -> None:
    """A list of types: 2.0 has none, but the wish for null is clear, and 3.0 can say the others apart."""
    types = result.get("type")
    if not isinstance(types, list):
        return
    source.warn(f"{here}/type", "a list of types is not of Swagger 2.0", "It is read as JSON Schema reads it.")
    if "null" in types:
        result["x-nullable"] = True
    others = [each for each in types if each != "null"]
    if len(others) == 1:
        result["type"] = others[0]
        return
    del result["type"]
    if others:
        result["anyOf"] = [{"type": each, **({"items": {}} if each == "array" else {})} for each in others]


def _file(result: dict[str, Json]) -> None:
    if result.get("type") == "file":
        result |= {"type": "string", "format": "binary"}


def _nullable(result: dict[str, Json]) -> None:
    """`x-nullable` becomes `nullable`; an enumeration must list null too, as 3.0.3 made clear."""
    if not isinstance(result.get("x-nullable"), bool):
        return
    if result.pop("x-nullable"):
        result["nullable"] = True
        if isinstance(result.get("enum"), list) and None not in result["enum"]:
            result["enum"] = [*result["enum"], None]


def _bounds(result: dict[str, Json]) -> None:
    """A numeric exclusive bound, which is of later JSON Schema, becomes a bound and a flag."""
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        value = result.get(exclusive)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            result |= {bound: value, exclusive: True}


def _required(source: Source, result: dict[str, Json], here: str) -> None:
    required = result.get("required")
    if required is None or (isinstance(required, list) and required):
        return
    del result["required"]
    if required != []:
        hint = "It is left out; name the property in the `required` of the object around it."
        source.warn(f"{here}/required", f"`required` is {kind(required)}, not a list of names", hint)


def _items(source: Source, result: dict[str, Json], here: str) -> None:
    if result.get("type") == "array" and "items" not in result:
        source.warn(here, "an array says nothing of its items", "They are taken to be anything.")
        result["items"] = {}


def _tuple(source: Source, nodes: list[Json], here: str) -> dict[str, Json]:
    source.warn(here, "items by position are not of OpenAPI 3.0", "Each may be any of them.")
    converted = [schema(source, node, f"{here}/{index}") for index, node in enumerate(nodes)]
    return {"anyOf": converted} if converted else {}


def _discriminator(source: Source, result: dict[str, Json], here: str) -> None:
    if not isinstance(result.get("discriminator"), str):
        return
    mapping = _discriminated(source, here)
    result["discriminator"] = {
        "propertyName": result["discriminator"],
        **({"mapping": mapping} if mapping else {}),
    }


def _discriminated(source: Source, base: str) -> dict[str, str]:
    """Discriminator value to schema, where the value is not just the name of the schema.

    Values come from `x-ms-discriminator-value`; a definition whose name had to change keeps its old name as value.
    """
    mapping: dict[str, str] = {}
    for name, definition in source.section("definitions").items():
        if not isinstance(definition, dict) or base not in _ancestors(source, definition):
            continue
        value = definition.get("x-ms-discriminator-value", name)
        component = source.names["definitions", name]
        if isinstance(value, str) and value != component:
            mapping[value] = f"#{pointer('components', 'schemas', component)}"
    return mapping


def _ancestors(source: Source, definition: Mapping[str, Any]) -> set[str]:
    found: set[str] = set()
    waiting = [definition]
    while waiting:
        for each in _all_of(waiting.pop()):
            target = each.get("$ref", "").removeprefix("#") if isinstance(each.get("$ref"), str) else ""
            if target in found or not target.startswith("/definitions/"):
                continue
            found.add(target)
            above = source.section("definitions").get(target.removeprefix("/definitions/"))
            if isinstance(above, dict):
                waiting.append(above)
    return found


def _all_of(definition: Mapping[str, Any]) -> list[dict[str, Json]]:
    members = definition.get("allOf")
    return [each for each in members if isinstance(each, dict)] if isinstance(members, list) else []
