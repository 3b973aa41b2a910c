"""A document while it is converted: its value, how to read it safely, and the problems met so far."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import quote, unquote

from ..document import Document, Json, at, parts, pointer
from ..errors import Problem

SECTIONS = {
    "definitions": "schemas",
    "responses": "responses",
    "parameters": "parameters",
    "securityDefinitions": "securitySchemes",
}
"""Where Swagger 2.0 keeps what is shared, and the member of `components` that holds it in OpenAPI 3."""

_ILLEGAL = re.compile(r"[^A-Za-z0-9._-]")


@dataclass
class Source:
    """A document being read. Losses are warnings; what cannot be read is an error, and reading goes on."""

    document: Document
    warnings: list[Problem] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)
    copying: list[str] = field(default_factory=list)
    """The pointers of what is being copied to where it is used, outermost first."""

    @property
    def data(self) -> dict[str, Json]:
        return self.document.data

    def warn(self, pointer: str, what: str, hint: str = "") -> None:
        self.warnings.append(self.document.problem(pointer, what, hint))

    def refuse(self, pointer: str, what: str, hint: str = "") -> None:
        self.errors.append(self.document.problem(pointer, what, hint))

    def mapping(self, value: Json, pointer: str) -> dict[str, Json]:
        """`value` if it is a mapping; else an error, and an empty one to go on with."""
        if isinstance(value, dict):
            return value
        self.refuse(pointer, f"a mapping is needed here, not {kind(value)}")
        return {}

    def items(self, value: Json, pointer: str) -> list[Json]:
        """`value` if it is a list; else an error, and an empty one to go on with."""
        if isinstance(value, list):
            return value
        self.refuse(pointer, f"a list is needed here, not {kind(value)}")
        return []

    def section(self, name: str) -> dict[str, Json]:
        """The mapping `name` of the document; empty where there is none."""
        return self.mapping(self.data.get(name) or {}, pointer(name))

    @cached_property
    def names(self) -> Mapping[tuple[str, str], str]:
        """(section, name) to the component's name, which may hold only letters, digits, `.`, `_` and `-`."""
        found: dict[tuple[str, str], str] = {}
        for section in SECTIONS:
            members = self.data.get(section)
            if not isinstance(members, dict):
                continue
            taken = {name for name in members if not _ILLEGAL.search(name)}
            for name in members:
                legal = name if name in taken else _free(_ILLEGAL.sub("_", name) or "_", taken)
                taken.add(legal)
                found[section, name] = legal
        return found

    def target(self, node: Mapping[str, Json], here: str) -> str | None:
        """The pointer that the `$ref` of `node` names in this document; None, with an error, if it cannot be used."""
        reference = node["$ref"]
        if not isinstance(reference, str):
            self.refuse(here, "`$ref` is not a text")
            return None
        if not reference.startswith("#"):
            self.refuse(here, f"refers to another document, {reference!r}", "Put what it names into this document.")
            return None
        found = unquote(reference[1:])
        try:
            at(self.data, found)
        except KeyError:
            self.refuse(here, f"refers to {reference!r}, which is not there")
            return None
        return found

    def resolve(self, node: Json, here: str) -> tuple[Json, str] | None:
        """What `node` is, and its pointer, with references followed; None, with an error, if they lead nowhere."""
        seen: set[str] = set()
        while isinstance(node, dict) and "$ref" in node:
            found = self.target(node, here)
            if found is None:
                return None
            if found in seen:
                self.refuse(here, f"refers to {found!r}, which refers to itself")
                return None
            seen.add(found)
            node, here = at(self.data, found), found
        return node, here

    def component(self, target: str) -> str | None:
        """The reference to use for what stood at `target`; None if it moves with what is around it."""
        section, *rest = parts(target) or ("",)
        if section not in SECTIONS or not rest or (section != "definitions" and len(rest) > 1):
            return None
        name = self.names.get((section, rest[0]), rest[0])
        return "#" + quote(pointer("components", SECTIONS[section], name, *rest[1:]), safe="/~!$&'()*+,;=:@{}-._")


def kind(value: Any) -> str:
    """What to call a value's type in a message."""
    names = {dict: "a mapping", list: "a list", str: "a text", bool: "a boolean", type(None): "nothing"}
    return names.get(type(value), "a number")


def extensions(node: Mapping[str, Json]) -> dict[str, Json]:
    """The members of `node` whose names start with `x-`."""
    return {name: value for name, value in node.items() if name.startswith("x-")}


def _free(name: str, taken: set[str]) -> str:
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name}_{number}", number + 1
    return candidate
