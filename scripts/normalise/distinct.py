"""Names that must differ from each other, and those that a component may have."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

_ILLEGAL = re.compile(r"[^A-Za-z0-9._-]")


class Distinct:
    """The names given so far, so that none is given twice."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._next: dict[str, int] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._taken

    def give(self, wanted: str) -> str:
        """`wanted` if it is free, else that with the first free number from 2 behind it."""
        name, number = wanted, self._next.get(wanted, 2)
        while name in self._taken:
            name, number = f"{wanted}_{number}", number + 1
        self._next[wanted] = number
        self._taken.add(name)
        return name


def component_names(names: Collection[str]) -> dict[str, str]:
    """Name to the name as a component, which may hold only letters, digits, `.`, `_` and `-`; all differ.

    Those that may stay do, whatever the others become.
    """
    given = Distinct(name for name in names if name and not _ILLEGAL.search(name))
    return {name: name if name in given else given.give(legal(name) or "_") for name in names}


def legal(name: str) -> str:
    """`name` with `_` for every character that a component's name may not have."""
    return _ILLEGAL.sub("_", name)
