"""Parameters and headers, from Swagger 2.0 to OpenAPI 3.0: everything but bodies."""

from __future__ import annotations

import copy
from collections.abc import Mapping

from ..document import Json
from .schemas import schema
from .source import Source, extensions

SCHEMA_MEMBERS = [
    "type",
    "format",
    "items",
    "default",
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
    "x-nullable",
]
"""Members of a parameter that are its schema's in OpenAPI 3."""

_OWN = frozenset({"name", "in", "description", "required", "allowEmptyValue", "collectionFormat", "schema", "example"})
_DELIMITED = {
    "csv": {"style": "form", "explode": False},
    "multi": {"style": "form", "explode": True},
    "ssv": {"style": "spaceDelimited", "explode": False},
    "pipes": {"style": "pipeDelimited", "explode": False},
}
STYLES: Mapping[str, Mapping[str, Mapping[str, Json]]] = {
    "query": _DELIMITED,
    "formData": _DELIMITED,
    "path": {"csv": {"style": "simple", "explode": False}},
    "header": {"csv": {"style": "simple", "explode": False}},
}
"""The place of an array and its `collectionFormat`, to how OpenAPI 3 says the same; the rest it cannot say."""

_SEPARATORS = {
    "csv": (",", "commas"),
    "ssv": (" ", "spaces"),
    "tsv": ("\t", "tab characters"),
    "pipes": ("|", "vertical bars (`|`)"),
}


def parameter(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json]:
    """The OpenAPI 3.0 form of a query, path or header parameter."""
    place = node.get("in")
    result = {name: node[name] for name in ("name", "in", "description", "required") if name in node}
    if place not in ("query", "path", "header") or not isinstance(node.get("name"), str):
        source.refuse(here, "a parameter needs a `name`, and `in`: query, path, header, body or formData")
        return result
    _required(source, result, here)
    _allow_empty(source, node, result, here)
    content, styled = described(source, node, place, here)
    result |= styled | {"schema": content}
    if "example" in node:
        result["example"] = copy.deepcopy(node["example"])
    _unknown(source, node, here)
    return result | {name: copy.deepcopy(value) for name, value in extensions(node).items() if name != "x-nullable"}


def header(source: Source, node: Json, here: str) -> dict[str, Json]:
    """The OpenAPI 3.0 form of a response header."""
    node = source.mapping(node, here)
    result = {"description": node["description"]} if "description" in node else {}
    content, styled = described(source, node, "header", here)
    _unknown(source, node, here)
    result |= styled | {"schema": content}
    return result | {name: copy.deepcopy(value) for name, value in extensions(node).items() if name != "x-nullable"}


def described(
    source: Source, node: Mapping[str, Json], place: str, here: str
) -> tuple[dict[str, Json], dict[str, Json]]:
    """The schema of a parameter or header, and the members that say how its array is written.

    An array that OpenAPI 3 has no style for becomes a string whose description says how to write it.
    """
    if "schema" in node:
        source.warn(f"{here}/schema", "`schema` is of body parameters alone", "It is read as meant.")
        return schema(source, node["schema"], f"{here}/schema"), {}
    if "type" not in node:
        source.warn(here, "it has no `type`", "It is taken to be anything.")
    content = schema(source, {name: node[name] for name in SCHEMA_MEMBERS if name in node}, here)
    if content.get("type") != "array":
        return content, {}
    _nested(source, node, here)
    style = _style(source, node, place, here)
    if style is None:
        return _written(node, content), {"description": _description(node)}
    return content, dict(style)


def _style(source: Source, node: Mapping[str, Json], place: str, here: str) -> Mapping[str, Json] | None:
    collection = str(node.get("collectionFormat", "csv"))
    if collection == "multi" and place in ("path", "header"):
        source.warn(f"{here}/collectionFormat", f"multi is not of {place} parameters", "It is read as csv.")
        collection = "csv"
    if collection not in _SEPARATORS and collection != "multi":
        source.warn(f"{here}/collectionFormat", f"{collection!r} is unknown", "It is read as csv.")
        collection = "csv"
    style = STYLES[place].get(collection)
    if style is None:
        what = f"OpenAPI 3 has no style for an array in {place} written as {collection}"
        source.warn(f"{here}/collectionFormat", what, "It becomes a string, and its description says how to write it.")
    return style


def _written(node: Mapping[str, Json], content: Mapping[str, Json]) -> dict[str, Json]:
    """The string that holds the items one after the other."""
    result: dict[str, Json] = {"type": "string"}
    if content.get("nullable"):
        result["nullable"] = True
    if isinstance(node.get("default"), list):
        result["default"] = _SEPARATORS[node["collectionFormat"]][0].join(str(item) for item in node["default"])
    items = content.get("items")
    return result | {"x-items": items, "x-collection-format": node["collectionFormat"]}


def _description(node: Mapping[str, Json]) -> str:
    said = str(node.get("description") or "")
    how = f"A list of values, separated by {_SEPARATORS[node['collectionFormat']][1]}."
    return f"{said}\n\n{how}" if said else how


def _nested(source: Source, node: Mapping[str, Json], here: str) -> None:
    items = node.get("items")
    if isinstance(items, dict) and items.get("type") == "array":
        source.warn(f"{here}/items", "OpenAPI 3 cannot say how arrays in an array are written", "That is left out.")


def _required(source: Source, result: dict[str, Json], here: str) -> None:
    if result["in"] == "path" and result.get("required") is not True:
        source.warn(here, "a path parameter is always required", "It is marked so.")
        result["required"] = True


def _allow_empty(source: Source, node: Mapping[str, Json], result: dict[str, Json], here: str) -> None:
    if "allowEmptyValue" not in node:
        return
    if node["in"] == "query":
        result["allowEmptyValue"] = node["allowEmptyValue"]
    elif node["allowEmptyValue"]:
        source.warn(f"{here}/allowEmptyValue", "OpenAPI 3 knows it in queries alone", "It is left out.")


def _unknown(source: Source, node: Mapping[str, Json], here: str) -> None:
    for name in node:
        if name not in _OWN and name not in SCHEMA_MEMBERS and not name.startswith("x-"):
            source.warn(f"{here}/{name}", f"`{name}` is unknown", "It is left out.")
