"""Say a part of OpenAPI 3.1 as the version of the published document has it, where that version can say it."""

from __future__ import annotations

from collections.abc import Mapping

from ..document import Json

_OURS = frozenset({"x-stage"})
"""Marks that only this project knows."""
_DATA = frozenset({"example", "default", "enum", "const"})
_SHARED = {
    "#/components/schemas/": "#/definitions/",
    "#/components/parameters/": "#/parameters/",
    "#/components/responses/": "#/responses/",
}
_LATER = frozenset({"requestBody", "content", "links", "callbacks", "servers", "anyOf", "oneOf", "not", "const"})


def restated(value: Json, version: str) -> Json:
    """`value`, a part of an OpenAPI 3.1 document, as it stands in a document of `version` (2.0, 3.0 or 3.1).

    What the version has no word for stays as it is; `later` tells.
    """
    if isinstance(value, list):
        return [restated(item, version) for item in value]
    if not isinstance(value, dict):
        return value
    result = {
        name: each if name in _DATA else restated(each, version) for name, each in value.items() if name not in _OURS
    }
    if version == "3.1":
        return result
    result = _schema(result, "x-nullable" if version == "2.0" else "nullable")
    return _swagger(result) if version == "2.0" else result


def later(value: Json) -> bool:
    """Whether there is something in `value` that Swagger 2.0 has no word for."""
    if isinstance(value, list):
        return any(later(item) for item in value)
    if not isinstance(value, dict):
        return False
    inner = [each for name, each in value.items() if name not in _DATA and name != "properties"]
    properties = value.get("properties")
    inner += properties.values() if isinstance(properties, dict) else ()
    return not _LATER.isdisjoint(value) or any(later(each) for each in inner)


def _schema(value: dict[str, Json], nullable: str) -> dict[str, Json]:
    """With one example for a list of them, and one type for a list with null."""
    result: dict[str, Json] = {}
    for name, each in value.items():
        if name == "examples" and isinstance(each, list):
            result |= {"example": each[0]} if each else {}
        elif name == "type" and isinstance(each, list) and "null" in each and len(each) == 2:
            result |= {"type": next(kind for kind in each if kind != "null"), nullable: True}
        else:
            result[name] = each
    return result


def _swagger(value: dict[str, Json]) -> dict[str, Json]:
    reference = value.get("$ref")
    if isinstance(reference, str):
        for new, old in _SHARED.items():
            if reference.startswith(new):
                return value | {"$ref": old + reference.removeprefix(new)}
    if isinstance(value.get("in"), str) and isinstance(value.get("schema"), dict):
        return {name: each for name, each in value.items() if name != "schema"} | dict(value["schema"])
    if "requestBody" in value:
        return _operation(value)
    if isinstance(value.get("content"), dict) and all("/" in media for media in value["content"]):
        return {name: each for name, each in value.items() if name != "content"} | _media(value["content"])
    return value


def _operation(value: dict[str, Json]) -> dict[str, Json]:
    """With the request body, which is restated by now, as a parameter."""
    body = value["requestBody"]
    if not isinstance(body, dict) or "schema" not in body:
        return value
    parameter = {"name": "body", "in": "body"} | {
        name: body[name] for name in ("description", "required", "schema") if name in body
    }
    result: dict[str, Json] = {}
    for name, each in value.items():
        if name == "requestBody":
            result["parameters"] = [*value.get("parameters", ()), parameter]
        elif name != "parameters":
            result[name] = each
    return result


def _media(content: Mapping[str, Json]) -> dict[str, Json]:
    """The schema of a body in its first media type, and the examples in all."""
    schemas = [each["schema"] for each in content.values() if isinstance(each, dict) and "schema" in each]
    result: dict[str, Json] = {"schema": schemas[0]} if schemas else {}
    examples = {
        media: each["example"] for media, each in content.items() if isinstance(each, dict) and "example" in each
    }
    return result | ({"examples": examples} if examples else {})
