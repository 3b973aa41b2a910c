"""OpenAPI 3.0 to 3.1."""

from __future__ import annotations

import copy

from ..document import Json, escape
from .convert import ordered
from .shape import rewrite
from .source import Source

_ANNOTATIONS = frozenset(
    [
        "title",
        "description",
        "default",
        "example",
        "examples",
        "readOnly",
        "writeOnly",
        "deprecated",
        "externalDocs",
        "xml",
    ]
)
"""What a schema says of its place and not of the value: it stays outside when the rest moves into an alternative."""

_COMBINED = ("allOf", "anyOf", "oneOf", "not")
_NULL = {"type": "null"}


def upgrade(source: Source, document: dict[str, Json]) -> dict[str, Json]:
    """The OpenAPI 3.1 form of the OpenAPI 3.0 `document`. Losses are noted in `source`.

    What 3.0 reads as data (examples, defaults, enumerated values, extensions) stays as it is.
    """

    def change(node: dict[str, Json], kind: str, here: str) -> Json:
        return schema(source, node, here) if kind == "schema" else node

    return ordered(rewrite(copy.deepcopy(document), change) | {"openapi": "3.1.1"})


def schema(source: Source, node: dict[str, Json], here: str) -> dict[str, Json]:
    """The 3.1 form of one schema whose inner schemas are done."""
    result = _beside_reference(source, node, here)
    result = _example(result)
    result = _bounds(result)
    result = _content(result)
    return _nullable(result)


def _beside_reference(source: Source, node: dict[str, Json], here: str) -> dict[str, Json]:
    """3.0 ignores what stands beside `$ref`, 3.1 obeys it; so what would now restrict goes."""
    if not isinstance(node.get("$ref"), str):
        return node
    result = {}
    for name, value in node.items():
        if name in ("$ref", "nullable") or name in _ANNOTATIONS or name.startswith("x-"):
            result[name] = value
        else:
            what = f"`{name}` beside `$ref` has no effect in OpenAPI 3.0 and is left out"
            source.warn(f"{here}/{escape(name)}", what)
    return result


def _example(node: dict[str, Json]) -> dict[str, Json]:
    """`example` becomes `examples`, in its place."""
    if "example" not in node:
        return node
    if "examples" in node:
        return {name: value for name, value in node.items() if name != "example"}
    return {
        "examples" if name == "example" else name: [value] if name == "example" else value
        for name, value in node.items()
    }


def _bounds(node: dict[str, Json]) -> dict[str, Json]:
    """A bound and a flag that excludes it become one exclusive bound."""
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        flag = node.get(exclusive)
        if not isinstance(flag, bool):
            continue
        node = {name: value for name, value in node.items() if name != exclusive}
        if flag and bound in node:
            node = {exclusive if name == bound else name: value for name, value in node.items()}
    return node


def _content(node: dict[str, Json]) -> dict[str, Json]:
    """Bytes get the words of JSON Schema; `format` stays, because generators go by it."""
    if node.get("type") != "string":
        return node
    if node.get("format") == "byte":
        return {**node, "contentEncoding": node.get("contentEncoding", "base64")}
    if node.get("format") == "binary":
        return {**node, "contentMediaType": node.get("contentMediaType", "application/octet-stream")}
    return node


def _nullable(node: dict[str, Json]) -> dict[str, Json]:
    """`nullable` becomes a type list; where other words than `type` would still refuse null, an alternative.

    A schema without any such word allows null already.
    """
    if not isinstance(node.get("nullable"), bool):
        return node
    nullable = node["nullable"]
    node = {name: value for name, value in node.items() if name != "nullable"}
    if not nullable:
        return node
    if "$ref" in node or "enum" in node or "properties" in node or any(name in node for name in _COMBINED):
        return _alternative(node)
    if isinstance(node.get("type"), str):
        return {name: [value, "null"] if name == "type" else value for name, value in node.items()}
    return node


def _alternative(node: dict[str, Json]) -> dict[str, Json]:
    """Either what `node` says, or null. Null among the enumerated values is said by that alone."""
    outside = {name: value for name, value in node.items() if name in _ANNOTATIONS or name.startswith("x-")}
    inside = {name: value for name, value in node.items() if name not in outside}
    if isinstance(inside.get("enum"), list):
        inside["enum"] = [value for value in inside["enum"] if value is not None]
        if not inside["enum"]:
            return {**outside, **_NULL}
    for name in ("anyOf", "oneOf"):
        if list(inside) == [name]:
            return {**outside, name: [*inside[name], dict(_NULL)]}
    if list(inside) == ["allOf"] and len(inside["allOf"]) == 1:
        inside = inside["allOf"][0]
    return {**outside, "anyOf": [inside, dict(_NULL)]}
