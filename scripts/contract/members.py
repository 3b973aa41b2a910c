"""Which members a schema names, and where their schemas are."""

from __future__ import annotations

from collections.abc import Mapping

from ..document import Json, at, follow, parts, pointer


def below(document: Json, schema: str, place: str) -> str:
    """JSON pointer of the schema of the value at `place` in a value of another; empty where none names it."""
    for name in parts(place):
        if not schema:
            return ""
        schema = _member(document, schema, name)
    return schema


def names(document: Json, schema: str, place: str) -> bool:
    """Whether a schema names the member at `place`, or lets what is there be anything without naming members."""
    for name in parts(place):
        if not schema:
            return True
        inner = _member(document, schema, name)
        if not inner and closed(document, schema):
            return False
        schema = inner
    return True


def closed(document: Json, schema: str) -> bool:
    """Whether a schema names the members that it is about."""
    definition = _followed(document, schema)[1]
    return any(word in definition for word in ("properties", "allOf", "items"))


def _member(document: Json, schema: str, name: str) -> str:
    where, definition = _followed(document, schema)
    if name in definition.get("properties", {}):
        return where + pointer("properties", name)
    if "items" in definition and name.isdigit():
        return where + pointer("items")
    branches = (f"{where}/allOf/{index}" for index in range(len(definition.get("allOf", ()))))
    return next((found for branch in branches if (found := _member(document, branch, name))), "")


def _followed(document: Json, schema: str) -> tuple[str, Mapping[str, Json]]:
    node = at(document, schema)
    if not isinstance(node, dict):
        return schema, {}
    if "$ref" in node:
        return node["$ref"].removeprefix("#"), follow(document, node)
    return schema, node
