"""How lists are sorted, as far as all lawful servers agree on it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ..behaviour import Order
from ..document import Json
from .filtering import folded
from .sightings import value_at


@dataclass(frozen=True)
class Sorting:
    """A way to ask for an order."""

    query: Mapping[str, str]
    member: str
    descending: bool
    asked: bool
    """Whether the direction is asked for."""


@dataclass(frozen=True)
class Compared:
    """What the order of some items showed."""

    differ: bool
    """Whether any two neighbours tell in which direction they are sorted."""
    wrong: str
    """Two neighbours that stand the other way, in words; empty where none do."""


def sortings(order: Order | None, *, unasked: bool) -> Iterator[Sorting]:
    """Every order that a rule promises; `unasked` says whether also one that nobody asks for."""
    if order is None:
        return
    way = order.direction
    for name, own in order.keys.items() if order.by else ():
        if way:
            yield Sorting({order.by: name, way.parameter: way.descending}, own, descending=True, asked=True)
            yield Sorting({order.by: name, way.parameter: way.ascending}, own, descending=False, asked=True)
        if not way or way.default:
            descending = way is not None and way.default == "descending"
            yield Sorting({order.by: name}, own, descending=descending, asked=False)
    if order.unasked and unasked:
        yield Sorting({}, order.unasked, order.unasked_descending, asked=False)


def compared(items: Sequence[tuple[str, Json]], way: Sorting) -> Compared:
    """Whether items, each with its identity, are sorted; those without the member are passed over."""
    shown = [(identity, value_at(item, way.member)) for identity, item in items]
    shown = [(identity, value) for identity, value in shown if value is not None]
    pairs = [(one, other, ascends(one[1], other[1])) for one, other in pairwise(shown)]
    wrong = next((pair for *pair, up in pairs if up is not None and up is way.descending), None)
    told = ""
    if wrong is not None:
        (one, first), (other, second) = wrong
        direction = "downwards" if way.descending else "upwards"
        key = way.member.rpartition("/")[2]
        told = f"{key}: {first} ({one}) stands before {second} ({other}), sorted {direction}"
    return Compared(any(up is not None for *_, up in pairs), told)


def ties(items: Sequence[Json], way: Sorting) -> bool:
    """Whether some items may stand in either order, so that a page may lawfully repeat one by chance."""
    keys = [value_at(item, way.member) for item in items]
    return any(ascends(one, other) is None for one, other in pairwise(keys))


def ascends(one: Json, other: Json) -> bool | None:
    """Whether a value is sorted before another; None where they are equal, or servers may sort them either way."""
    readings: list[tuple[Any, Any]]
    if isinstance(one, str) and isinstance(other, str):
        times = moment(one), moment(other)
        readings = [times] if None not in times else list(zip(_collations(one), _collations(other), strict=True))
    elif all(isinstance(each, int | float) for each in (one, other)):
        readings = [(one, other)]
    else:
        return None
    if all(first < second for first, second in readings):
        return True
    return False if all(first > second for first, second in readings) else None


def _collations(text: str) -> tuple[Any, ...]:
    """A text as those who sort texts see it: by code point, without case, without marks, with numbers as such."""
    letters = "".join(each for each in folded(text) if each.isalnum())
    natural = [(not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in re.split(r"(\d+)", text)]
    return text, text.casefold(), letters, natural


def moment(text: str) -> tuple[datetime.datetime, str] | None:
    """A time stamp in UTC to the second, and its fraction to any number of digits; None where it is none."""
    parts = re.fullmatch(r"(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)", text)
    if parts is None:
        return None
    try:
        whole = datetime.datetime.fromisoformat(parts[1].upper() + parts[3].upper().replace("Z", "+00:00"))
        return whole.astimezone(datetime.UTC), (parts[2] or "").rstrip("0")
    except (ValueError, OverflowError):
        return None
