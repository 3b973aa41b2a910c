"""A document while it is converted: its value, how to read it safely, and the problems met so far."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
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
    """A document being read. Reading always goes on; what was met on the way is noted.

    A warning is a loss (OpenAPI 3 cannot say it) or a repaired defect; an error is what cannot be read
    as anything.
    """

    document: Document
    warnings: list[Problem] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)
    hoisted: dict[str, str] = field(default_factory=dict)
    """Pointers of schemas that something refers to and that are no definitions, to their components' names."""

    registry: Any = None
    """What the judges of defaults know the document by; None until there is one."""

    @property
    def data(self) -> dict[str, Json]:
        return self.document.data

    def warn(self, pointer: str, what: str, hint: str = "") -> None:
        """Note that OpenAPI 3 cannot say what is at `pointer`, or that its meaning was decided."""
        self.warnings.append(self.document.problem(pointer, what, hint))

    def mend(self, pointer: str, what: str, hint: str) -> None:
        """Note that Swagger 2.0 does not allow what is at `pointer`, and by `hint` how it was repaired."""
        self.warnings.append(replace(self.document.problem(pointer, what, hint), defect=True))

    def refuse(self, pointer: str, what: str, hint: str = "") -> None:
        """Note that what is at `pointer` cannot be read as anything."""
        self.errors.append(self.document.problem(pointer, what, hint))

    def mapping(self, value: Json, pointer: str) -> dict[str, Json]:
        """`value` if it is a mapping, an empty one for nothing; else an error, and an empty one to go on with."""
        if isinstance(value, dict):
            return value
        if value is None or value == []:
            self.mend(pointer, f"a mapping is needed here, not {kind(value)}", "It is read as an empty one.")
        else:
            self.refuse(pointer, f"a mapping is needed here, not {kind(value)}")
        return {}

    def items(self, value: Json, pointer: str) -> list[Json]:
        """`value` if it is a list, an empty one for nothing; else an error, and an empty one to go on with."""
        if isinstance(value, list):
            return value
        if value is None or value == {}:
            self.mend(pointer, f"a list is needed here, not {kind(value)}", "It is read as an empty one.")
        else:
            self.refuse(pointer, f"a list is needed here, not {kind(value)}")
        return []

    def texts(self, value: Json, pointer: str) -> list[str]:
        """The texts in the list `value`, or the one text that stands in for a list; anything else is left out."""
        if isinstance(value, str):
            self.mend(pointer, "a list is needed here, not a text", "It is read as a list of one.")
            return [value]
        found = [each for each in self.items(value, pointer) if isinstance(each, str)]
        if isinstance(value, list) and len(found) < len(value):
            self.mend(pointer, "there is something other than a text in this list", "It is left out.")
        return found

    @cached_property
    def consumes(self) -> list[str]:
        """The media types of the whole document's requests."""
        return self.texts(self.data.get("consumes", []), "/consumes")

    @cached_property
    def produces(self) -> list[str]:
        """The media types of the whole document's answers."""
        return self.texts(self.data.get("produces", []), "/produces")

    def section(self, name: str) -> dict[str, Json]:
        """The mapping `name` of the document; empty where there is none."""
        found = self.data.get(name)
        return found if isinstance(found, dict) else {}

    @cached_property
    def names(self) -> Mapping[tuple[str, str], str]:
        """(section, name) to the component's name, which may hold only letters, digits, `.`, `_` and `-`."""
        found: dict[tuple[str, str], str] = {}
        for section in SECTIONS:
            members = self.section(section)
            taken = {name for name in members if name and not _ILLEGAL.search(name)}
            for name in members:
                legal = name if name in taken else _free(_ILLEGAL.sub("_", name) or "_", taken)
                taken.add(legal)
                found[section, name] = legal
        return found

    @cached_property
    def composed(self) -> Mapping[str, list[str]]:
        """Pointer of a definition, to the names of those that refer to it in their `allOf`."""
        found: dict[str, list[str]] = {}
        for name, definition in self.section("definitions").items():
            members = definition.get("allOf") if isinstance(definition, dict) else None
            for each in members if isinstance(members, list) else ():
                reference = each.get("$ref") if isinstance(each, dict) else None
                if isinstance(reference, str):
                    found.setdefault(unquote(reference.removeprefix("#")), []).append(name)
        return found

    def heirs(self, base: str) -> set[str]:
        """Pointers of the definitions that lead to the one at `base` by their `allOf`; in a circle, itself too."""
        found: set[str] = set()
        waiting = [base]
        while waiting:
            below = {pointer("definitions", name) for name in self.composed.get(waiting.pop(), ())} - found
            found |= below
            waiting += below
        return found

    def target(self, node: Mapping[str, Json], here: str) -> str | None:
        """The pointer that the `$ref` of `node` names in this document; None, with a warning, if it cannot be used."""
        reference = node["$ref"]
        if not isinstance(reference, str) or not reference.startswith("#"):
            self.mend(here, f"`$ref` is {reference!r}, not a pointer that starts with `#/`", "It is left out.")
            return None
        found = unquote(reference[1:])
        try:
            at(self.data, found)
        except KeyError:
            self.mend(here, f"refers to {reference!r}, which is not there", "It is read as if it said nothing.")
            return None
        if not found.startswith("/"):
            self.mend(here, "refers to the whole document", "It is read as if it said nothing.")
            return None
        return found

    def resolve(self, node: Json, here: str) -> tuple[Json, str] | None:
        """What `node` is, and its pointer, with references followed; None, with a warning, if they lead nowhere."""
        seen: set[str] = set()
        while isinstance(node, dict) and "$ref" in node:
            found = self.target(node, here)
            if found is None:
                return None
            if found in seen:
                self.mend(here, f"refers to {found!r}, which refers to itself", "It is read as if it said nothing.")
                return None
            seen.add(found)
            node, here = at(self.data, found), found
        return node, here

    def component(self, target: str, section: str) -> str | None:
        """The reference to the component that the member of `section` at `target` becomes; None if it is no such."""
        above, *rest = parts(target)
        if above != section or len(rest) != 1:
            return None
        return _reference(SECTIONS[section], self.names[section, rest[0]])

    def schema(self, target: str) -> str:
        """The reference to the component that the schema at `target` becomes, a definition or another."""
        return self.component(target, "definitions") or self.hoist(target)

    def hoist(self, target: str) -> str:
        """The reference to a component that will be made of the schema at `target`, which is no definition.

        What stands inside something else moves with it, so a pointer to it would not last.
        """
        if target not in self.hoisted:
            taken = {name for (section, _), name in self.names.items() if section == "definitions"}
            taken |= set(self.hoisted.values())
            self.hoisted[target] = _free(_joined(parts(target)), taken)
        return _reference("schemas", self.hoisted[target])


def kind(value: Any) -> str:
    """What to call a value's type in a message."""
    names = {dict: "a mapping", list: "a list", str: "a text", bool: "a boolean", type(None): "nothing"}
    return names.get(type(value), "a number")


def extensions(node: Mapping[str, Json]) -> dict[str, Json]:
    """The members of `node` whose names start with `x-`."""
    return {name: value for name, value in node.items() if name.startswith("x-")}


def _reference(section: str, name: str) -> str:
    return "#" + quote(pointer("components", section, name), safe="/~!$&'()*+,;=:@{}-._")


def _joined(words: Iterable[str]) -> str:
    """One name of the `words` of a pointer that say something."""
    said = [_ILLEGAL.sub("_", word).strip("_") for word in words if word not in ("definitions", "properties", "schema")]
    return "_".join(word for word in said if word) or "_"


def _free(name: str, taken: set[str]) -> str:
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name}_{number}", number + 1
    return candidate
