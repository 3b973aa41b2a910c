"""Names that must differ from each other."""

from __future__ import annotations

from collections.abc import Iterable


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
