"""Request bodies, from the body and form parameters of Swagger 2.0."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..document import Json
from .parameters import SCHEMA_MEMBERS, described
from .schemas import schema
from .source import Source, extensions

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
ASSUMED = "application/json"
"""The media type of a body or an answer of which nobody says one."""


@dataclass(frozen=True)
class Part:
    """A body or form parameter, and where it stands."""

    node: Mapping[str, Json]
    pointer: str


def body(source: Source, part: Part, consumes: Sequence[str]) -> dict[str, Json]:
    """The request body that a body parameter describes, in each media type of `consumes`."""
    node, here = part.node, part.pointer
    if "schema" in node:
        content = schema(source, node["schema"], f"{here}/schema")
    else:
        source.warn(here, "a body parameter has no `schema`", "One is made of what it says of its type.")
        content = schema(source, {name: node[name] for name in SCHEMA_MEMBERS if name in node}, here)
    result: dict[str, Json] = {"description": node["description"]} if "description" in node else {}
    result["content"] = {media: {"schema": copy.deepcopy(content)} for media in consumes or (ASSUMED,)}
    if node.get("required") is True:
        result["required"] = True
    if isinstance(node.get("name"), str):
        result["x-body-name"] = node["name"]
    return result | copy.deepcopy(extensions(node))


def form(
    source: Source, fields: Sequence[Part], consumes: Sequence[str], here: str, *, stated: bool = False
) -> dict[str, Json]:
    """The request body that the form parameters `fields` of the operation at `here` describe.

    A media type of `consumes` that cannot hold them is left out, with a warning where the operation
    has `stated` them itself.
    """
    properties: dict[str, Json] = {}
    encoding: dict[str, Json] = {}
    required: list[str] = []
    for part in fields:
        name = part.node.get("name")
        if not isinstance(name, str):
            source.refuse(part.pointer, "a form parameter needs a `name`")
            continue
        properties[name], style = _field(source, part)
        if style:
            encoding[name] = style
        if part.node.get("required") is True and name not in required:
            required.append(name)
    content: dict[str, Json] = {"type": "object", "properties": properties}
    if required:
        content["required"] = required
    media: dict[str, Json] = {"schema": content}
    if encoding:
        media["encoding"] = encoding
    files = any(_is_file(part.node) for part in fields)
    kept = [each for each in consumes if _holds_form(each, files=files)]
    if stated and len(kept) < len(consumes):
        unfit = ", ".join(each for each in consumes if each not in kept)
        source.warn(
            f"{here}/consumes", f"a form {'with files ' if files else ''}cannot be sent as {unfit}", "It is left out."
        )
    result: dict[str, Json] = {
        "content": {each: copy.deepcopy(media) for each in kept or [MULTIPART if files else URLENCODED]}
    }
    return result | ({"required": True} if required else {})


def _field(source: Source, part: Part) -> tuple[dict[str, Json], dict[str, Json]]:
    """The property of a form parameter, and how its array is written."""
    node, here = part.node, part.pointer
    content, style = described(source, node, "formData", here)
    said = style.pop("description", node.get("description"))
    if said is not None:
        content = {"description": said, **({"allOf": [content]} if "$ref" in content else content)}
    if node.get("allowEmptyValue"):
        source.warn(f"{here}/allowEmptyValue", "OpenAPI 3 knows it in queries alone", "It is left out.")
    kept = {name: value for name, value in extensions(node).items() if name != "x-nullable"}
    # Files are parts of their own whatever the format: a style would say otherwise.
    return content | copy.deepcopy(kept), {} if _is_file(node) else style


def _is_file(node: Mapping[str, Json]) -> bool:
    items = node.get("items")
    return node.get("type") == "file" or (isinstance(items, dict) and items.get("type") == "file")


def _holds_form(media: str, *, files: bool) -> bool:
    name = media.partition(";")[0].strip().lower()
    return name.startswith("multipart/") or (name == URLENCODED and not files)
