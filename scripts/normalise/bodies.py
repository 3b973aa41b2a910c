"""Request bodies, from the body and form parameters of Swagger 2.0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..document import Json, copied, escape
from ..document.limits import size
from .parameters import SCHEMA_MEMBERS, described, unknown
from .repair import FLAG, TEXT, member
from .schemas import schema
from .source import Source, extensions

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
ASSUMED = "application/json"
"""The media type of a body or an answer of which nobody says one."""
BINARY = "application/octet-stream"
"""The same for one that is a file."""

_BODY = frozenset({"name", "in", "description", "required", "schema", *SCHEMA_MEMBERS})


@dataclass(frozen=True)
class Part:
    """A body or form parameter, and where it stands."""

    node: Mapping[str, Json]
    pointer: str


def body(source: Source, part: Part, consumes: Sequence[str]) -> dict[str, Json]:
    """The request body that a body parameter describes, in each media type of `consumes`."""
    node, here = part.node, part.pointer
    result = _said(source, node, here)
    required = result.pop("required", False)
    content = _content(source, node, here)
    source.spend(size(content) * max(0, len(consumes) - 1), here)
    result["content"] = {media: {"schema": copied(content)} for media in consumes or (assumed(content),)}
    if required:
        result["required"] = True
    if isinstance(node.get("name"), str):
        result["x-body-name"] = node["name"]
    for name in node:
        if name not in _BODY and not name.startswith("x-"):
            source.mend(f"{here}/{escape(name)}", f"`{name}` is unknown", "It is left out.")
    return result | copied(extensions(node))


def assumed(content: Mapping[str, Json]) -> str:
    """The media type of a body or an answer with the schema `content`, where nobody says one."""
    return BINARY if content.get("format") == "binary" else ASSUMED


def _said(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json]:
    result: dict[str, Json] = {}
    for name, form in (("description", TEXT), ("required", FLAG)):
        if name in node:
            result |= member(source, name, node[name], form, f"{here}/{name}")
    return result


def _content(source: Source, node: Mapping[str, Json], here: str) -> dict[str, Json]:
    if "schema" in node:
        return schema(source, node["schema"], f"{here}/schema")
    source.mend(here, "a body parameter has no `schema`", "One is made of what it says of its type.")
    return schema(source, {name: node[name] for name in SCHEMA_MEMBERS if name in node}, here)


def form(
    source: Source, fields: Sequence[Part], consumes: Sequence[str], here: str, *, stated: bool = False
) -> dict[str, Json]:
    """The request body that the form parameters `fields` of the operation at `here` describe.

    A media type of `consumes` that cannot hold them is left out, with a warning where the operation
    has `stated` them itself.
    """
    media = _media(source, fields)
    source.spend(size(media) * max(0, len(consumes) - 1), here)
    files = any(_is_file(part.node) for part in fields)
    kept = [each for each in consumes if _holds_form(each, files=files)]
    if stated and len(kept) < len(consumes):
        unfit = ", ".join(each for each in consumes if each not in kept)
        source.warn(
            f"{here}/consumes", f"a form {'with files ' if files else ''}cannot be sent as {unfit}", "It is left out."
        )
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
            source.mend(part.pointer, "a form parameter needs a `name`", "It is left out.")
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
    content, style = described(source, node, "formData", here)
    said = {**_said(source, node, here), **style}
    if "description" in said:
        around = {"allOf": [content]} if "$ref" in content else content
        content = {"description": said["description"], **around}
    if node.get("allowEmptyValue"):
        source.warn(f"{here}/allowEmptyValue", "OpenAPI 3 knows it in queries alone", "It is left out.")
    kept = {name: value for name, value in extensions(node).items() if name != "x-nullable"}
    if "example" in node:
        kept["example"] = node["example"]
    unknown(source, node, here)
    # Files are parts of their own whatever the format: a style would say otherwise.
    style = {} if _is_file(node) or "description" in style else style
    return content | copied(kept), style, said.get("required") is True


def _is_file(node: Mapping[str, Json]) -> bool:
    items = node.get("items")
    return node.get("type") == "file" or (isinstance(items, dict) and items.get("type") == "file")


def _holds_form(media: str, *, files: bool) -> bool:
    name = media.partition(";")[0].strip().lower()
    return name.startswith("multipart/") or (name == URLENCODED and not files)
