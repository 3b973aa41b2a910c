"""Request bodies, from the body and form parameters of Swagger 2.0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..document import Json, copied
from ..document.limits import size
from .parameters import KNOWN, SCHEMA_MEMBERS, described, own_extensions
from .repair import FLAG, TEXT, Form, leave_unknown, members
from .schemas import schema
from .source import Source, extensions

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
ASSUMED = "application/json"
"""The media type of a body or an answer of which nobody says one."""
BINARY = "application/octet-stream"
"""The same for one that is a file."""

_SAID: Mapping[str, Form] = {"description": TEXT, "required": FLAG}
_BODY = frozenset({"name", "in", *_SAID, "schema", *SCHEMA_MEMBERS})


@dataclass(frozen=True)
class Part:
    """A body or form parameter, and where it stands."""

    node: Mapping[str, Json]
    pointer: str


def body(source: Source, part: Part, consumes: Sequence[str]) -> dict[str, Json]:
    """The request body that a body parameter describes, in each media type of `consumes`."""
    node, here = part.node, part.pointer
    result = members(source, node, _SAID, here)
    required = result.pop("required", False)
    content = _content(source, node, here)
    source.count_copies(size(content) * max(0, len(consumes) - 1), here)
    result["content"] = {media: {"schema": copied(content)} for media in consumes or (assumed(content),)}
    if required:
        result["required"] = True
    if isinstance(node.get("name"), str):
        result["x-body-name"] = node["name"]
    leave_unknown(source, node, _BODY, here)
    return result | extensions(node)


def assumed(content: Mapping[str, Json]) -> str:
    """The media type of a body or an answer with the schema `content`, where nobody says one."""
    return BINARY if content.get("format") == "binary" else ASSUMED


def _content(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json]:
    if "schema" in node:
        return schema(source, node["schema"], f"{here}/schema")
    source.defect(here, "a body parameter has no `schema`", "One is made from its other members.")
    return schema(source, {name: node[name] for name in SCHEMA_MEMBERS if name in node}, here)


def form(
    source: Source, fields: Sequence[Part], consumes: Sequence[str], here: str, *, stated: bool = False
) -> dict[str, Json]:
    """The request body that the form parameters `fields` of the operation at `here` describe.

    A media type of `consumes` that cannot hold them is left out, with a warning where the operation
    has `stated` them itself.
    """
    media = _media(source, fields)
    source.count_copies(size(media) * max(0, len(consumes) - 1), here)
    files = any(_is_file(part.node) for part in fields)
    kept = [each for each in consumes if _holds_form(each, files=files)]
    if stated and len(kept) < len(consumes):
        unfit = ", ".join(each for each in consumes if each not in kept)
        what = f"a form {'with files ' if files else ''}cannot be sent as {unfit}"
        source.loss(f"{here}/consumes", what, "It is left out.")
    result: dict[str, Json] = {
        "content": {each: copied(media) for each in kept or [MULTIPART if files else URLENCODED]}
    }
    return result | ({"required": True} if "required" in media["schema"] else {})


def _media(source: Source, fields: Sequence[Part]) -> dict[str, Json]:
    """The schema of a form, and how its arrays are written."""
    properties: dict[str, Json] = {}
    encoding: dict[str, Json] = {}
    required: list[str] = []
    for part in fields:
        name = part.node.get("name")
        if not isinstance(name, str):
            source.defect(part.pointer, "a form parameter needs a `name`", "It is left out.")
            continue
        properties[name], style, needed = _field(source, part)
        if style:
            encoding[name] = style
        if needed:
            required.append(name)
    content: dict[str, Json] = {"type": "object", "properties": properties}
    if required:
        content["required"] = required
    return {"schema": content, **({"encoding": encoding} if encoding else {})}


def _field(source: Source, part: Part) -> tuple[dict[str, Json], dict[str, Json], bool]:
    """The property of a form parameter, how its array is written, and whether it must be there."""
    node, here = part.node, part.pointer
    content, styled = described(source, node, "formData", here)
    said = {**members(source, node, _SAID, here), **styled}
    if "description" in said:
        around = {"allOf": [content]} if "$ref" in content else content
        content = {"description": said["description"], **around}
    if node.get("allowEmptyValue"):
        source.loss(f"{here}/allowEmptyValue", "OpenAPI 3 allows `allowEmptyValue` in queries only", "It is left out.")
    kept = own_extensions(node)
    if "example" in node:
        kept["example"] = copied(node["example"])
    leave_unknown(source, node, KNOWN, here)
    # Files are parts of their own whatever the format: a style would say otherwise.
    encoding = {} if _is_file(node) or "description" in styled else styled
    return content | kept, encoding, said.get("required") is True


def _is_file(node: Mapping[str, Json]) -> bool:
    items = node.get("items")
    return node.get("type") == "file" or (isinstance(items, dict) and items.get("type") == "file")


def _holds_form(media: str, *, files: bool) -> bool:
    name = media.partition(";")[0].strip().lower()
    return name.startswith("multipart/") or (name == URLENCODED and not files)
