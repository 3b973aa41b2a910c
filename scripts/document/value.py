"""A document: its value, and where each part of it stands in its file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, cast

from ..errors import Problem

Json: TypeAlias = Any
"""A plain JSON value. `Any` here because its users always know more than a type can say."""

Place: TypeAlias = tuple[int, int]
"""Line and column, both counted from 1; of a mapping's member, its key's."""

Locate: TypeAlias = Callable[[str], Place | None]
"""JSON pointer to place; None where there is nothing at the pointer."""

T = TypeVar("T")


def after(text: str) -> Place:
    """The place of what follows `text`, with which its file starts."""
    return text.count("\n") + 1, len(text) - text.rfind("\n")


def copied(value: T) -> T:
    """A copy of a plain JSON value that shares no mapping or list with it."""
    made: Json = value
    if isinstance(value, dict):
        made = {name: copied(each) for name, each in value.items()}
    elif isinstance(value, list):
        made = [copied(each) for each in value]
    return cast(T, made)


def nowhere(pointer: str) -> Place | None:  # noqa: ARG001 - a `Locate`
    """The place of everything in a document that was not read from a text."""
    return None


@dataclass(frozen=True)
class Document:
    """A document's value, and where each part of it stands in its file."""

    data: dict[str, Json]
    file: str
    """The name to show in errors."""
    locate: Locate = field(default=nowhere, repr=False, compare=False)
    path: Path | None = None
    """The file it was read from; None if it was not. Other files it refers to are looked for beside it."""
    flaws: tuple[Problem, ...] = ()
    """What its text says twice, where reading took the last."""
    origins: Mapping[str, tuple[Document, str]] = field(default_factory=dict, repr=False, compare=False)
    """JSON pointer of each part that came from another file, to that file's document and the pointer there."""

    def problem(self, pointer: str, what: str, hint: str = "") -> Problem:
        """The problem at `pointer`, with the place of the nearest part that has one."""
        near = pointer
        while near and near not in self.origins:
            near = near.rpartition("/")[0]
        if near in self.origins:
            document, there = self.origins[near]
            return document.problem(there + pointer[len(near) :], what, hint)
        line, column = self._nearest(pointer)
        return Problem(what, hint, self.file, line, column, pointer)

    def _nearest(self, pointer: str) -> Place:
        while True:
            place = self.locate(pointer)
            if place is not None or not pointer:
                return place or (0, 0)
            pointer = pointer.rpartition("/")[0]
