"""Responses, from Swagger 2.0 to OpenAPI 3.0."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence

from ..document import Json, escape
from .bodies import ASSUMED
from .parameters import header
from .schemas import schema
from .source import Source, extensions

BINARY = "application/octet-stream"


def responses(source: Source, node: Json, produces: Sequence[str], here: str) -> dict[str, Json]:
    """The responses of an operation that answers in the media types of `produces`."""
    result: dict[str, Json] = {}
    for status, each in source.mapping({} if node is None else node, here).items():
        place = f"{here}/{escape(status)}"
        result[status] = copy.deepcopy(each) if status.startswith("x-") else _used(source, each, produces, place)
    if not any(not status.startswith("x-") for status in result):
        source.warn(here, "no response is described", "A default one without description stands in.")
        result["default"] = {"description": ""}
    return result


def response(source: Source, node: Json, produces: Sequence[str], here: str) -> dict[str, Json]:
    """The OpenAPI 3.0 form of the response `node` in the media types of `produces`."""
    node = source.mapping(node, here)
    result: dict[str, Json] = {"description": _description(source, node, here)}
    if "headers" in node:
        headers = source.mapping(node["headers"], f"{here}/headers")
        result["headers"] = {
            name: header(source, each, f"{here}/headers/{escape(name)}") for name, each in headers.items()
        }
    content = _content(source, node, produces, here)
    if content:
        result["content"] = content
    return result | copy.deepcopy(extensions(node))


def _used(source: Source, node: Json, produces: Sequence[str], here: str) -> dict[str, Json]:
    """A response where it is used: a reference stays one if what it names has the same media types there."""
    if not isinstance(node, dict) or "$ref" not in node:
        return response(source, node, produces, here)
    target = source.target(node, here)
    found = source.resolve(node, here)
    if target is None or found is None:
        return {"description": ""}
    reference = source.component(target)
    shared, place = found
    if reference is not None and (produces == source.data.get("produces", []) or not _has_content(shared)):
        return {"$ref": reference}
    return response(source, shared, produces, place)


def _has_content(node: Json) -> bool:
    return isinstance(node, dict) and "schema" in node


def _description(source: Source, node: Mapping[str, Json], here: str) -> str:
    said = node.get("description")
    if isinstance(said, str):
        return said
    source.warn(here, "a response needs a `description`", "An empty one stands in.")
    return ""


def _content(source: Source, node: Mapping[str, Json], produces: Sequence[str], here: str) -> dict[str, Json]:
    """Media type to schema and example; an example may name a media type that `produces` does not."""
    examples = source.mapping(node.get("examples") or {}, f"{here}/examples")
    examples = {media: value for media, value in examples.items() if not media.startswith("x-")}
    if "schema" not in node:
        return {media: {"example": copy.deepcopy(value)} for media, value in examples.items()}
    converted = schema(source, node["schema"], f"{here}/schema")
    types = list(produces) or list(examples) or [_assumed(converted)]
    content: dict[str, Json] = {}
    for media in dict.fromkeys([*types, *examples]):
        content[media] = {"schema": copy.deepcopy(converted)}
        if media in examples:
            content[media]["example"] = copy.deepcopy(examples[media])
    return content


def _assumed(converted: Mapping[str, Json]) -> str:
    return BINARY if converted.get("format") == "binary" else ASSUMED
