"""The parts of JSON values that faults change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ...document import Json, pointer
from ..members import member, put


def texts(value: Json) -> Iterator[str]:
    """Every text in a value."""
    return (each for _, each in leaves(value, "") if isinstance(each, str))


def leaves(value: Json, at: str) -> Iterator[tuple[str, Json]]:
    """Every part of a value that is neither object nor array, with its JSON pointer."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from leaves(each, at + pointer(name))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from leaves(each, at + pointer(index))
    else:
        yield at, value


def leaves_at(value: Json, places: Iterable[str]) -> Iterator[tuple[str, Json]]:
    """The leaves of the members of a value at some places, arrays set aside."""
    for place in places:
        for at, leaf in leaves(member(value, place), place):
            if leaf is not None and not isinstance(_above(value, at), list):
                yield at, leaf


def _above(value: Json, at: str) -> Json:
    return member(value, at.rpartition("/")[0])


def with_member(value: Json, place: str, new: Json) -> Json:
    """A copy of an object with another member at a JSON pointer."""
    copy: dict[str, Any] = dict(value)
    put(copy, place, new)
    return copy


def everywhere_called(value: Json, name: str, change: Callable[[Json], Json]) -> Json:
    """A copy of a value in which every member called `name` is changed."""
    if isinstance(value, list):
        return [everywhere_called(item, name, change) for item in value]
    if isinstance(value, dict):
        return {
            each: change(member) if each == name else everywhere_called(member, name, change)
            for each, member in value.items()
        }
    return value


def another(value: Json) -> Json:
    """A value of the same type that is not the same: another text, or a number beside it."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value - 1 if value > 1 else value + 1
    return f"{value}." if isinstance(value, str) else value
