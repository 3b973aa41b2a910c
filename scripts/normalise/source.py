"""A document while it is converted: its value, how to read it safely, and the problems met so far.

A problem is one of three kinds. A loss is what OpenAPI 3 cannot say, or what had to be decided; a
defect is what Swagger 2.0 does not allow, and was repaired; an error is what cannot be read at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ..document import Document, Json, at, copied, escape, parts, pointer, reference
from ..document.limits import COPIES, size
from ..errors import DocumentError, Problem
from .distinct import Distinct, component_names, legal
from .family import Family

if TYPE_CHECKING:  # slow to load, and few documents need it
    from .judge import Judge

SECTIONS = {
    "definitions": "schemas",
    "responses": "responses",
    "parameters": "parameters",
    "securityDefinitions": "securitySchemes",
}
"""Where Swagger 2.0 keeps what is shared, and the member of `components` that holds it in OpenAPI 3."""

METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
"""The methods that a path of Swagger 2.0 may have."""


@dataclass
class Source:
    """A document being read. Reading always goes on; losses and defects are collected as warnings, and errors."""

    document: Document
    warnings: list[Problem] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)
    hoisted: dict[str, str] = field(default_factory=dict)
    """Pointers of schemas that something refers to and that are no definitions, to their components' names."""
    used_parameters: set[str] = field(default_factory=set)
    """Pointers of the shared parameters that some operation uses."""
    judge: Judge | None = None
    """What tells whether a default fits its schema; None until one has to be told."""
    _copies: int = 0
    """Values that were repeated so far."""
    _ends: dict[str, str] = field(default_factory=dict)
    """Pointer to how the references that start there end: there, lost, or circle."""

    @property
    def data(self) -> dict[str, Json]:
        return self.document.data

    def loss(self, pointer: str, what: str, hint: str = "") -> None:
        """Note that OpenAPI 3 cannot say what is at `pointer`, or by `hint` how its meaning was decided."""
        self.warnings.append(self.document.problem(pointer, what, hint))

    def defect(self, pointer: str, what: str, hint: str) -> None:
        """Note that Swagger 2.0 does not allow what is at `pointer`, and by `hint` how it was repaired."""
        self.warnings.append(replace(self.document.problem(pointer, what, hint), defect=True))

    def error(self, pointer: str, what: str, hint: str = "") -> None:
        """Note that what is at `pointer` cannot be read at all, and by `hint` what to do about it."""
        self.errors.append(self.document.problem(pointer, what, hint))

    def mapping(self, value: Json, pointer: str) -> dict[str, Json]:
        """`value` if it is a mapping, else an empty one to go on with: null and `[]` are defects, others errors."""
        if isinstance(value, dict):
            return value
        if value is None or value == []:
            self.defect(pointer, f"a mapping is needed here, not {kind(value)}", "It is read as an empty one.")
        else:
            self.error(pointer, f"a mapping is needed here, not {kind(value)}", "Write one, or remove this.")
        return {}

    def items(self, value: Json, pointer: str) -> list[Json]:
        """`value` if it is a list, else an empty one to go on with: null and `{}` are defects, others errors."""
        if isinstance(value, list):
            return value
        if value is None or value == {}:
            self.defect(pointer, f"a list is needed here, not {kind(value)}", "It is read as an empty one.")
        else:
            self.error(pointer, f"a list is needed here, not {kind(value)}", "Write one, or remove this.")
        return []

    def texts(self, value: Json, pointer: str) -> list[str]:
        """The texts in the list `value`, or the one text that stands in for a list; anything else is left out."""
        if isinstance(value, str):
            self.defect(pointer, "a list is needed here, not a string", "It is read as a list of one.")
            return [value]
        found = [each for each in self.items(value, pointer) if isinstance(each, str)]
        if isinstance(value, list) and len(found) < len(value):
            self.defect(pointer, "this list holds something other than strings", "Only the strings are kept.")
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
    def component_names(self) -> Mapping[tuple[str, str], str]:
        """(section, name) to the name of the component that it becomes."""
        found: dict[tuple[str, str], str] = {}
        for section in SECTIONS:
            for name, component in component_names(self.section(section)).items():
                found[section, name] = component
        return found

    @cached_property
    def family(self) -> Family:
        """Which definitions are made of which."""
        return Family(self.section("definitions"))

    @cached_property
    def discriminator_values(self) -> Mapping[str, Mapping[str, str]]:
        """Name of a definition, to a mapping for its discriminator: value to reference.

        It covers the definition and those made of it. A value that is just the name of its schema is
        left out. Values come from `x-ms-discriminator-value`; a definition whose name had to change
        keeps its old name as value.
        """
        found: dict[str, dict[str, str]] = {}
        for name, definition in self.section("definitions").items():
            value = definition.get("x-ms-discriminator-value", name) if isinstance(definition, dict) else None
            component = self.component_names["definitions", name]
            if not isinstance(value, str) or value == component:
                continue
            bases = {name, *self.family.ancestors(name)}
            self.count_copies(len(bases), pointer("definitions", name))
            if any(value in found.get(base, {}) for base in bases):
                here = pointer("definitions", name)
                self.loss(here, f"another definition has the discriminator value {value!r}", "This one counts.")
            for base in bases:
                found.setdefault(base, {})[value] = reference(pointer("components", "schemas", component))
        return found

    def count_copies(self, values: int, here: str) -> None:
        """Count `values` that are said once and copied to another place. Raises `DocumentError` for too many."""
        self._copies += values
        if self._copies > COPIES and self._copies > 2 * self._size:
            what = f"shared parts would have to be copied as more than {COPIES:,} values"
            hint = "Refer to them in fewer places, or list fewer media types."
            raise DocumentError(self.document.problem(here, what, hint))

    def target(self, node: Mapping[str, Json], here: str) -> str | None:
        """The pointer that the `$ref` of `node` names in this document; None, with a warning, if it cannot be used."""
        named = node["$ref"]
        if not isinstance(named, str) or not named.startswith("#"):
            if self.errors and isinstance(named, str):
                return None  # to another file, and told already
            self.defect(here, f"`$ref` is {named!r}, not a pointer that starts with `#/`", "The reference is ignored.")
            return None
        found = unquote(named[1:])
        try:
            at(self.data, found)
        except KeyError:
            self.defect(here, f"refers to {named!r}, which is not there", "The reference is ignored.")
            return None
        if not found.startswith("/"):
            self.defect(here, "refers to the whole document", "The reference is ignored.")
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
                self.defect(here, f"refers to {found!r}, which refers to itself", "The reference is ignored.")
                return None
            seen.add(found)
            node, here = at(self.data, found), found
        return node, here

    def has_end(self, target: str, here: str) -> bool:
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
            self.defect(here, f"refers to {target!r}, which refers to itself", "The reference is ignored.")
        return end == "there"

    def ignore_siblings(self, node: Mapping[str, Json], here: str) -> None:
        """Note as lost what stands beside the `$ref` of a parameter or response, where it has no effect."""
        for name in node:
            if name != "$ref":
                self.loss(f"{here}/{escape(name)}", f"`{name}` beside `$ref` has no effect", "It is left out.")

    def component_reference(self, target: str, section: str) -> str | None:
        """The reference to the component that the member of `section` at `target` becomes; None if it is no member."""
        above, *rest = parts(target)
        if above != section or len(rest) != 1:
            return None
        return reference(pointer("components", SECTIONS[section], self.component_names[section, rest[0]]))

    def schema_reference(self, target: str) -> str:
        """The reference to the component that the schema at `target` becomes.

        A schema inside something else moves with it, so a pointer to it would not last: it becomes a
        component of its own.
        """
        return self.component_reference(target, "definitions") or self._hoist(target)

    def _hoist(self, target: str) -> str:
        if target not in self.hoisted:
            self.hoisted[target] = self._schema_names.give(_joined(parts(target)))
        return reference(pointer("components", "schemas", self.hoisted[target]))

    @cached_property
    def _size(self) -> int:
        return size(self.data)

    @cached_property
    def _schema_names(self) -> Distinct:
        return Distinct(name for (section, _), name in self.component_names.items() if section == "definitions")


def kind(value: Json) -> str:
    """What a message calls the type of `value`."""
    names = {dict: "a mapping", list: "a list", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")


def extensions(node: Mapping[str, Json]) -> dict[str, Json]:
    """A copy of the members of `node` whose names start with `x-`."""
    return {name: copied(value) for name, value in node.items() if name.startswith("x-")}


def _joined(words: Iterable[str]) -> str:
    """One name of the `words` of a pointer that say something."""
    said = [legal(word).strip("_") for word in words if word not in ("definitions", "properties", "schema")]
    return "_".join(word for word in said if word) or "_"
