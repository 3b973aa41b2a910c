"""Parameters and headers, from Swagger 2.0 to OpenAPI 3.0: everything but bodies."""

from __future__ import annotations

from collections.abc import Mapping

from ..document import Json
from .repair import ANYTHING, FLAG, TEXT, Form, leave_unknown, members
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

PLACES = ("query", "path", "header", "cookie")
_OWN: Mapping[str, Form] = {"description": TEXT, "required": FLAG, "allowEmptyValue": FLAG, "example": ANYTHING}
KNOWN = frozenset({"name", "in", "collectionFormat", "schema", *_OWN, *SCHEMA_MEMBERS})
"""The members that a parameter or header may have."""

_DELIMITED = {
    "csv": {"style": "form", "explode": False},
    "multi": {"style": "form", "explode": True},
    "ssv": {"style": "spaceDelimited", "explode": False},
    "pipes": {"style": "pipeDelimited", "explode": False},
}
STYLES: Mapping[str, Mapping[str, Mapping[str, Json]]] = {
    "query": _DELIMITED,
    "formData": _DELIMITED,
    "cookie": {"csv": {"style": "form", "explode": False}},
    "path": {"csv": {"style": "simple", "explode": False}},
    "header": {"csv": {"style": "simple", "explode": False}},
}
"""The place of an array and its `collectionFormat`, to how OpenAPI 3 says the same; the rest it cannot say."""

_IGNORED = frozenset({"accept", "content-type", "authorization"})
"""Headers that OpenAPI 3 says otherwise: by media types, and by security schemes."""

_SEPARATORS = {
    "csv": (",", "commas"),
    "ssv": (" ", "spaces"),
    "tsv": ("\t", "tab characters"),
    "pipes": ("|", "vertical bars (`|`)"),
}


def parameter(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json] | None:
    """The OpenAPI 3.0 form of a query, path or header parameter; None for one that cannot be sent."""
    place = node.get("in")
    if place not in PLACES or not isinstance(node.get("name"), str):
        what = "a parameter needs a `name` and an `in`: query, path, header, body or formData"
        source.defect(here, what, "It is left out.")
        return None
    if place == "cookie":
        source.defect(f"{here}/in", "Swagger 2.0 has no cookies", "It is read as in OpenAPI 3.")
    result: dict[str, Json] = {"name": node["name"], "in": place, **members(source, node, _OWN, here)}
    _required(source, result, here)
    _allow_empty(source, result, here)
    content, styled = described(source, node, place, here)
    if place == "header" and node["name"].casefold() in _IGNORED:
        source.loss(here, f"OpenAPI 3 ignores a header parameter called {node['name']}", "It is kept.")
    leave_unknown(source, node, KNOWN, here)
    return result | styled | {"schema": content} | own_extensions(node)


def header(source: Source, node: Json, here: str) -> dict[str, Json]:
    """The OpenAPI 3.0 form of a response header."""
    node = source.mapping(node, here)
    result = members(source, node, {"description": TEXT}, here)
    content, styled = described(source, node, "header", here)
    leave_unknown(source, node, KNOWN, here)
    return result | styled | {"schema": content} | own_extensions(node)


def described(
    source: Source, node: Mapping[str, Json], place: str, here: str
) -> tuple[dict[str, Json], dict[str, Json]]:
    """The schema of a parameter or header, and the members that say how its array is written.

    An array that OpenAPI 3 has no style for becomes a string whose description says how to write it.
    """
    if "schema" in node:
        source.defect(f"{here}/schema", "only body parameters have a `schema`", "It is used all the same.")
        return schema(source, node["schema"], f"{here}/schema"), {}
    if "type" not in node:
        source.defect(here, "there is no `type`", "Any value is allowed.")
    if node.get("type") == "file" and place != "formData":
        source.defect(f"{here}/type", f"a file cannot be sent in {place}", "It is read as a binary string.")
    content = schema(source, {name: node[name] for name in SCHEMA_MEMBERS if name in node}, here)
    if content.get("type") != "array":
        return content, {}
    _nested(source, node, here)
    collection = _collection(source, node, place, here)
    style = STYLES[place].get(collection)
    if style is None:
        what = f"OpenAPI 3 has no style for an array in {place} written as {collection}"
        source.loss(f"{here}/collectionFormat", what, "It becomes a string, and its description says how to write it.")
        return _written(content, collection), {"description": _description(node, collection)}
    return content, dict(style)


def _collection(source: Source, node: Mapping[str, Json], place: str, here: str) -> str:
    collection = node.get("collectionFormat", "csv")
    if collection == "multi" and place not in ("query", "formData"):
        what = "`multi` is for query and form parameters only"
        source.defect(f"{here}/collectionFormat", what, "It is read as csv.")
        return "csv"
    if not isinstance(collection, str) or (collection not in _SEPARATORS and collection != "multi"):
        source.defect(f"{here}/collectionFormat", f"{collection!r} is unknown", "It is read as csv.")
        return "csv"
    return collection


def _written(content: Mapping[str, Json], collection: str) -> dict[str, Json]:
    """The string that holds the items one after the other."""
    result: dict[str, Json] = {"type": "string"}
    if content.get("nullable"):
        result["nullable"] = True
    if isinstance(content.get("default"), list):
        result["default"] = _SEPARATORS[collection][0].join(map(_in_a_url, content["default"]))
    bounds = {f"x-{name}": content[name] for name in ("minItems", "maxItems", "uniqueItems") if name in content}
    return result | {"x-items": content.get("items"), **bounds, "x-collection-format": collection}


def _in_a_url(item: Json) -> str:
    return {True: "true", False: "false", None: ""}[item] if item is None or isinstance(item, bool) else str(item)


def _description(node: Mapping[str, Json], collection: str) -> str:
    said = str(node.get("description") or "")
    how = f"A list of values, separated by {_SEPARATORS[collection][1]}."
    return f"{said}\n\n{how}" if said else how


def _nested(source: Source, node: Mapping[str, Json], here: str) -> None:
    """How arrays in an array are written is lost at every depth, and each is told."""
    items, place = node.get("items"), f"{here}/items"
    while isinstance(items, dict):
        if items.get("type") == "array":
            what = "OpenAPI 3 cannot express how arrays in an array are written"
            source.loss(place, what, "The inner `collectionFormat` is left out.")
        items, place = items.get("items"), f"{place}/items"


def _required(source: Source, result: dict[str, Json], here: str) -> None:
    if result["in"] == "path" and result.get("required") is not True:
        source.defect(here, "a path parameter is always required", "It is marked as required.")
        result["required"] = True


def _allow_empty(source: Source, result: dict[str, Json], here: str) -> None:
    if result["in"] != "query" and result.pop("allowEmptyValue", False):
        what = "`allowEmptyValue` is for query and form parameters only"
        source.defect(f"{here}/allowEmptyValue", what, "It is left out.")


def own_extensions(node: Mapping[str, Json]) -> dict[str, Json]:
    """A copy of the extensions of a parameter or header that are not its schema's."""
    return {name: value for name, value in extensions(node).items() if name != "x-nullable"}
