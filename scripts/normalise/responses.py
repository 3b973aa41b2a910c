"""Responses, from Swagger 2.0 to OpenAPI 3.0."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..document import Json, copied, escape, parts
from ..document.limits import size
from .bodies import assumed
from .parameters import header
from .repair import MAPPING, TEXT, leave_unknown, member
from .schemas import schema
from .source import Source, extensions, kind

_STATUS = re.compile(r"[1-5]([0-9][0-9]|XX)|default")
_READ = frozenset({"description", "schema", "headers", "examples"})


def responses(source: Source, node: Json, produces: Sequence[str], here: str) -> dict[str, Json]:
    """The responses of an operation that answers in the media types of `produces`."""
    result: dict[str, Json] = {}
    for name, each in source.mapping({} if node is None else node, here).items():
        place = f"{here}/{escape(name)}"
        if name.startswith("x-"):
            result[name] = copied(each)
            continue
        status = _status(source, name, place)
        if status in result:
            source.defect(place, f"the status {status} appears twice", "The last one counts.")
        if status is not None:
            result[status] = response_or_reference(source, each, produces, place)
    if not any(not status.startswith("x-") for status in result):
        source.defect(here, "no response is described", "A `default` with an empty description is added.")
        result["default"] = {"description": ""}
    return result


def _status(source: Source, name: str, here: str) -> str | None:
    """The status that a key of the responses means; None, with a warning, for none."""
    if _STATUS.fullmatch(name):
        return name
    meant = name.strip().upper() if re.fullmatch(r"\s*[1-5]([0-9][0-9]|[xX][xX])\s*", name) else name.strip().lower()
    if _STATUS.fullmatch(meant):
        source.defect(here, f"{name!r} is not a status code", f"It is read as {meant}.")
        return meant
    source.defect(here, f"{name!r} is not a status code", "The response is left out.")
    return None


def response_or_reference(source: Source, node: Json, produces: Sequence[str], here: str) -> dict[str, Json]:
    """A response where it is used: a reference stays one if what it names has the same media types there."""
    if not isinstance(node, dict) or "$ref" not in node:
        return response(source, node, produces, here)
    source.ignore_siblings(node, here)
    found = source.resolve(node, here)
    if found is None:
        return {"description": ""}
    shared, place = found
    section = parts(place)[0]
    if section == "definitions":
        source.defect(here, "refers to a definition, not to a response", "It is read as the schema of the response.")
        return response(source, {"description": "", "schema": node}, produces, here)
    reference = source.component_reference(place, "responses")
    if reference is not None and (produces == source.produces or not _has_content(shared)):
        return {"$ref": reference}
    source.count_copies(size(shared), here)
    return response(source, shared, produces, place)


def _has_content(node: Json) -> bool:
    return isinstance(node, dict) and "schema" in node


def response(source: Source, node: Json, produces: Sequence[str], here: str) -> dict[str, Json]:
    """The OpenAPI 3.0 form of the response `node` in the media types of `produces`."""
    node = _mapping(source, node, here)
    result: dict[str, Json] = {"description": _description(source, node, here)}
    headers = _headers(source, node.get("headers", {}), f"{here}/headers")
    if headers:
        result["headers"] = headers
    content = _content(source, node, produces, here)
    if content:
        result["content"] = content
    leave_unknown(source, node, _READ, here)
    return result | extensions(node)


def _mapping(source: Source, node: Json, here: str) -> Mapping[str, Json]:
    if isinstance(node, dict):
        return node
    meant = {"description": node} if isinstance(node, str) else {}
    told = "It is read as its description." if meant else "It is read as an empty one."
    source.defect(here, f"a response is a mapping, not {kind(node)}", told)
    return meant or {"description": ""}


def _description(source: Source, node: Mapping[str, Json], here: str) -> str:
    if node.get("description") is not None:
        found = member(source, "description", node["description"], TEXT, f"{here}/description")
        if found:
            return str(found["description"])
    source.defect(here, "a response needs a `description`", "An empty one is added.")
    return ""


def _headers(source: Source, value: Json, here: str) -> dict[str, Json]:
    """Name to header."""
    result: dict[str, Json] = {}
    for name, node in member(source, "headers", value, MAPPING, here).get("headers", {}).items():
        place = f"{here}/{escape(name)}"
        if name.casefold() == "content-type":
            source.loss(place, "OpenAPI 3 ignores a response header Content-Type", "It is kept.")
        result[name] = header(source, node, place)
    return result


def _content(source: Source, node: Mapping[str, Json], produces: Sequence[str], here: str) -> dict[str, Json]:
    """Media type to schema and example; an example may name a media type that `produces` does not."""
    examples = _examples(source, node, here)
    if "schema" not in node:
        return {media: {"example": copied(value)} for media, value in examples.items()}
    converted = schema(source, node["schema"], f"{here}/schema")
    types = list(produces) or list(examples) or [assumed(converted)]
    content: dict[str, Json] = {}
    source.count_copies(size(converted) * (len({*types, *examples}) - 1), here)
    for media in dict.fromkeys([*types, *examples]):
        content[media] = {"schema": copied(converted)}
        if media in examples:
            content[media]["example"] = copied(examples[media])
    return content


def _examples(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json]:
    """Media type to example. What is under another name is no example of a media type, and is left out."""
    found = member(source, "examples", node.get("examples", {}), MAPPING, f"{here}/examples").get("examples", {})
    result = {}
    for name, value in found.items():
        if "/" in name:
            result[name] = value
        else:
            place = f"{here}/examples/{escape(name)}"
            source.defect(place, f"{name!r} is not a media type", "The example is left out.")
    return result
