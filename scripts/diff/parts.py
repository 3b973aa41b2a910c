"""Parts of a document with their places, read so that nothing malformed stops the reading."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..document import Json, at, escape

_MOST_SHOWN = 6
_LONGEST_SHOWN = 48


@dataclass(frozen=True, eq=False)
class Part:
    """One part of a document: its value and where it stands."""

    root: Json = field(repr=False)
    pointer: str
    value: Json

    @property
    def members(self) -> Mapping[str, Json]:
        """Its members; none if it is not an object."""
        return self.value if isinstance(self.value, dict) else {}

    def get(self, name: str) -> Json:
        """The value of a member, None without it."""
        return self.members.get(name)

    def child(self, name: str) -> Part:
        """The member `name`; its value is None without it."""
        return Part(self.root, f"{self.pointer}/{escape(name)}", self.get(name))

    def children(self, name: str) -> dict[str, Part]:
        """The members of the object that is the member `name`."""
        within = self.child(name)
        return {key: within.child(key) for key in within.members}

    def items(self, name: str) -> list[Part]:
        """The items of the list that is the member `name`."""
        value = self.get(name)
        listed = value if isinstance(value, list) else []
        return [Part(self.root, f"{self.pointer}/{escape(name)}/{index}", item) for index, item in enumerate(listed)]

    def followed(self) -> Part:
        """What it refers to, through chains of references; itself where that leads nowhere."""
        part, seen = self, set[str]()
        while isinstance(part.get("$ref"), str):
            target = target_of(part)
            if target is None or target.pointer in seen:
                return self
            seen.add(target.pointer)
            part = target
        return part


def target_of(part: Part) -> Part | None:
    """What `part`'s `$ref` points at; None if that is not in the document."""
    reference = part.get("$ref")
    if not isinstance(reference, str) or not reference.startswith("#"):
        return None
    try:
        return Part(part.root, reference.removeprefix("#"), at(part.root, reference))
    except KeyError:
        return None


# --- Values ------------------------------------------------------------------------------------


def key(value: Json) -> str:
    """A text that two JSON values share exactly if they are equal: 1 is 1.0, and true is not 1."""
    return json.dumps(_plain(value), sort_keys=True, ensure_ascii=False)


def same(one: Json, two: Json) -> bool:
    """Whether two JSON values are equal."""
    if one is two:
        return True
    if isinstance(one, str) and isinstance(two, str):
        return one == two
    return key(one) == key(two)


def _plain(value: Json) -> Json:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value


def shown(value: Json) -> str:
    """A value as it is shown to a person: short, and as JSON."""
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    return f"`{text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + '…'}`"


def in_words(values: Iterable[Json]) -> str:
    """Values in a row, the first few of many."""
    every = list(values)
    more = f" and {len(every) - _MOST_SHOWN} more" if len(every) > _MOST_SHOWN else ""
    return ", ".join(shown(value) for value in every[:_MOST_SHOWN]) + more
