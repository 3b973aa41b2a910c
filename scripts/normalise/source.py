"""A document while it is converted: its value, how to read it safely, and the problems met so far."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from ..document import Document, Json, at, escape, parts, pointer, reference
from ..document.limits import COPIES, size
from ..errors import DocumentError, Problem
from .distinct import Distinct
from .family import Family

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

    used: set[str] = field(default_factory=set)
    """Pointers of the shared parameters that some operation uses."""
    judged: int = 0
    """Defaults that were judged at great cost."""
    spent: int = 0
    """Values that were repeated so far."""
    _ends: dict[str, str] = field(default_factory=dict)
    """Pointer to how the references that start there end: there, lost, or circle."""
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
            self.refuse(pointer, f"a mapping is needed here, not {kind(value)}", "Write one, or take this out.")
        return {}

    def items(self, value: Json, pointer: str) -> list[Json]:
        """`value` if it is a list, an empty one for nothing; else an error, and an empty one to go on with."""
        if isinstance(value, list):
            return value
        if value is None or value == {}:
            self.mend(pointer, f"a list is needed here, not {kind(value)}", "It is read as an empty one.")
        else:
            self.refuse(pointer, f"a list is needed here, not {kind(value)}", "Write one, or take this out.")
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
            given = Distinct(name for name in members if name and not _ILLEGAL.search(name))
            for name in members:
                found[section, name] = name if name in given else given.give(_ILLEGAL.sub("_", name) or "_")
        return found

    @cached_property
    def family(self) -> Family:
        """Which definitions are made of which."""
        return Family(self.section("definitions"))

    @cached_property
    def values(self) -> Mapping[str, Mapping[str, str]]:
        """Name of a definition, to the values that mean it or what is made of it, and their schemas.

        A value that is just the name of its schema needs no saying. Values come from
        `x-ms-discriminator-value`; a definition whose name had to change keeps its old name as value.
        """
        found: dict[str, dict[str, str]] = {}
        for name, definition in self.section("definitions").items():
            value = definition.get("x-ms-discriminator-value", name) if isinstance(definition, dict) else None
            component = self.names["definitions", name]
            if not isinstance(value, str) or value == component:
                continue
            bases = {name, *self.family.ancestors(name)}
            self.spend(len(bases), pointer("definitions", name))
            if any(value in found.get(base, {}) for base in bases):
                here = pointer("definitions", name)
                self.warn(here, f"another definition has the discriminator value {value!r}", "This one counts.")
            for base in bases:
                found.setdefault(base, {})[value] = reference(pointer("components", "schemas", component))
        return found

    def spend(self, values: int, here: str) -> None:
        """Count values said once and needed in several places. Raises `DocumentError` for too many."""
        self.spent += values
        if self.spent > COPIES and self.spent > 2 * self._size:
            what = f"what is said once would have to be repeated as more than {COPIES:,} values"
            raise DocumentError(self.document.problem(here, what, "Say it in fewer places, or with fewer media types."))

    def target(self, node: Mapping[str, Json], here: str) -> str | None:
        """The pointer that the `$ref` of `node` names in this document; None, with a warning, if it cannot be used."""
        named = node["$ref"]
        if not isinstance(named, str) or not named.startswith("#"):
            if self.errors and isinstance(named, str):
                return None  # to another file, and told already
            self.mend(here, f"`$ref` is {named!r}, not a pointer that starts with `#/`", "It is left out.")
            return None
        found = unquote(named[1:])
        try:
            at(self.data, found)
        except KeyError:
            self.mend(here, f"refers to {named!r}, which is not there", "It is read as if it said nothing.")
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

    def leads(self, target: str, here: str) -> bool:
        """Whether there is something at the end of the references that start at `target`; if not, with a warning."""
        chain: dict[str, None] = {}
        step: str | None = target
        while step is not None and step not in self._ends and step not in chain:
            chain[step] = None
            node = at(self.data, step)
            if not isinstance(node, dict) or "$ref" not in node:
                self._ends[step] = "there"
            else:
                step = self.target(node, step)
        end = "lost" if step is None else self._ends.get(step, "circle")
        self._ends |= dict.fromkeys(chain, end)
        if end == "circle":
            self.mend(here, f"refers to {target!r}, which refers to itself", "It is read as if it said nothing.")
        return end == "there"

    def beside(self, node: Mapping[str, Json], here: str) -> None:
        """Tell what stands beside the `$ref` of a parameter or response, where it has no effect."""
        for name in node:
            if name != "$ref":
                self.warn(f"{here}/{escape(name)}", f"`{name}` beside `$ref` has no effect", "It is left out.")

    def component(self, target: str, section: str) -> str | None:
        """The reference to the component that the member of `section` at `target` becomes; None if it is no such."""
        above, *rest = parts(target)
        if above != section or len(rest) != 1:
            return None
        return reference(pointer("components", SECTIONS[section], self.names[section, rest[0]]))

    def schema(self, target: str) -> str:
        """The reference to the component that the schema at `target` becomes, a definition or another."""
        return self.component(target, "definitions") or self.hoist(target)

    @cached_property
    def _size(self) -> int:
        return size(self.data)

    @cached_property
    def _schema_names(self) -> Distinct:
        return Distinct(name for (section, _), name in self.names.items() if section == "definitions")

    def hoist(self, target: str) -> str:
        """The reference to a component that will be made of the schema at `target`, which is no definition.

        What stands inside something else moves with it, so a pointer to it would not last.
        """
        if target not in self.hoisted:
            self.hoisted[target] = self._schema_names.give(_joined(parts(target)))
        return reference(pointer("components", "schemas", self.hoisted[target]))


def kind(value: Any) -> str:
    """What to call a value's type in a message."""
    names = {dict: "a mapping", list: "a list", str: "a text", bool: "a boolean", type(None): "nothing"}
    return names.get(type(value), "a number")


def extensions(node: Mapping[str, Json]) -> dict[str, Json]:
    """The members of `node` whose names start with `x-`."""
    return {name: value for name, value in node.items() if name.startswith("x-")}


def _joined(words: Iterable[str]) -> str:
    """One name of the `words` of a pointer that say something."""
    said = [_ILLEGAL.sub("_", word).strip("_") for word in words if word not in ("definitions", "properties", "schema")]
    return "_".join(word for word in said if word) or "_"
