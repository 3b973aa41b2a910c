"""Single constructs of Swagger 2.0 and what swagger2openapi makes of them: how `tests/data/differential` is read.

A table maps a case's name to its entry. One member gives the construct:

    parameter   the parameter `p` of `GET /a`, or `/a/{p}`
    operation   `POST /a`; its responses where they are not the matter
    response    the answer 200 of `GET /a`
    schema      the definition `X`
    document    the members of the document
    text        the document as it is written

`with` adds members to the document and `files` lie beside it. `at` points to the part of the result that is
compared, where it is not what the construct becomes: what is not there is null, and the empty pointer means all
but the version. `peer` is what swagger2openapi gives there, `peer_refuses` its words if it gives nothing,
`peer_valid: false` says that its document is not valid OpenAPI 3.0. `ours` is what we give where that differs,
`because` why, and `warns: true` says that we warn.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.document import at, read

FOLDER = Path(__file__).resolve().parent / "data" / "differential"
_HEAD = {"swagger": "2.0", "info": {"title": "T", "version": "1"}}
_FINE = {"200": {"description": "fine"}}
_PLACES = {
    "operation": "/paths/~1a/post/requestBody",
    "response": "/paths/~1a/get/responses/200",
    "schema": "/components/schemas/X",
}
"""What a construct becomes."""


@dataclass(frozen=True)
class Case:
    """One construct."""

    name: str
    entry: Mapping[str, Any]

    @property
    def place(self) -> str:
        """The pointer to what is compared."""
        if "at" in self.entry:
            return str(self.entry["at"])
        kind = next(name for name in ("parameter", *_PLACES) if name in self.entry)
        return _PLACES.get(kind) or f"/paths/{_path(self.entry[kind]).replace('/', '~1')}/get/parameters/0"

    @property
    def text(self) -> str:
        """The document as it is written."""
        return str(self.entry["text"]) if "text" in self.entry else json.dumps(_document(self.entry))

    def write(self, folder: Path) -> Path:
        """The document's file in `folder`, with the files beside it."""
        for name, content in self.entry.get("files", {}).items():
            (folder / name).write_text(json.dumps(content), encoding="utf-8")
        path = folder / "source.yaml"
        path.write_text(self.text, encoding="utf-8")
        return path

    def part(self, result: Any) -> Any:
        """What is compared of a result: of a whole document all but its version; None where it is not there."""
        if not self.place:
            return {name: value for name, value in result.items() if name not in ("openapi", "info")}
        try:
            return at(result, self.place)
        except KeyError:
            return None


def tables() -> list[Path]:
    """The files of the tables."""
    return sorted(FOLDER.glob("*.yaml"))


def cases(table: Path) -> list[Case]:
    """The cases of one table."""
    return [Case(name, entry) for name, entry in read(table).data.items()]


def outright(node: Any, *, header: bool = False) -> Any:
    """`node` with the `style` and `explode` of each parameter and each `header` said, which have defaults."""
    if isinstance(node, list):
        return [outright(each) for each in node]
    if not isinstance(node, dict):
        return node
    result = {
        name: {each: outright(inner, header=True) for each, inner in value.items()}
        if name == "headers" and isinstance(value, dict)
        else outright(value)
        for name, value in node.items()
    }
    if "schema" in node and (header or "in" in node):
        style = node.get("style", "form" if node.get("in") in ("query", "cookie") else "simple")
        result |= {"style": style, "explode": node.get("explode", style == "form")}
    return result


def _document(entry: Mapping[str, Any]) -> dict[str, Any]:
    return _HEAD | _merged(_members(entry), entry.get("with", {}))


def _members(entry: Mapping[str, Any]) -> dict[str, Any]:
    if "parameter" in entry:
        node = {"name": "p", **entry["parameter"]}
        return {"paths": {_path(node): {"get": {"parameters": [node], "responses": _FINE}}}}
    if "operation" in entry:
        return {"paths": {"/a": {"post": {"responses": _FINE, **entry["operation"]}}}}
    if "response" in entry:
        return {"paths": {"/a": {"get": {"responses": {"200": {"description": "fine", **entry["response"]}}}}}}
    if "schema" in entry:
        return {"paths": {}, "definitions": {"X": entry["schema"]}}
    return dict(entry["document"])


def _path(parameter: Mapping[str, Any]) -> str:
    return "/a/{p}" if parameter["in"] == "path" else "/a"


def _merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """The members of both; the definitions of both where both have some."""
    both = {name: {**one[name], **other[name]} for name in one if name in other}
    return {**one, **other, **both}
