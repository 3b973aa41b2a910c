"""When two JSON values are the same to every reader, and what an answer lacks of what was sent.

Lenient where readers and writers of JSON lawfully differ: an integer may be written with a fraction
of nothing, a fraction may lose its last digits, a time may be written with another precision.
"""

from __future__ import annotations

import datetime
import math
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from ..document import Json, pointer
from .members import below, closed

_EXACT = 2**53
"""Up to this, integers are exact wherever numbers are doubles."""

_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:[.,](\d+))?([Zz]|[+-]\d\d:?\d\d)")

_UNCERTAIN = frozenset({"Cc", "Cs", "Cn", "Co", "Zl", "Zp"})
"""Categories of characters whose fate is nobody's promise: controls, halves of pairs, unassigned ones."""


def same(one: Json, other: Json) -> bool:
    """Whether two values are equal; times are compared as instants, to the lesser of their precisions."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other or (math.isclose(one, other, rel_tol=1e-6) and not _both_integers(one, other))
    if isinstance(one, str) and isinstance(other, str):
        return one == other or _same_instant(one, other)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    return one is None and other is None


def contradicting(one: Json, other: Json, place: str = "") -> Iterator[tuple[str, Any, Any]]:
    """The parts that two objects both have, and that differ, each with its pointer; null is a value."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in [name for name in one if name in other]:
            yield from contradicting(one[name], other[name], place + pointer(name))
    elif not same(one, other):
        yield place, one, other


def lacking(
    document: Json, sent: tuple[Json, str], shown: tuple[Json, str], place: str
) -> Iterator[tuple[str, Any, Any]]:
    """The parts of a value that was sent which an answer does not show equal, each with its pointer.

    `sent` and `shown` are a value and the pointer of its schema. What either schema does not name, where
    it names members, is open; so are nulls, empty texts, and what JSON does not carry safely.
    """
    value, answer = sent[0], shown[0]
    if isinstance(value, dict):
        if not isinstance(answer, dict):
            yield place, value, answer
            return
        for name, member in value.items():
            schemas = _named(document, sent[1], name), _named(document, shown[1], name)
            if _open(member) or None in schemas or not _plain_name(name, *schemas):
                continue
            inner, where = place + pointer(name), [schema or "" for schema in schemas]
            if name not in answer:
                yield inner, member, None
            else:
                yield from lacking(document, (member, where[0]), (answer[name], where[1]), inner)
    elif isinstance(value, list):
        if not isinstance(answer, list) or len(answer) != len(value):
            yield place, value, answer
            return
        for index, (member, found) in enumerate(zip(value, answer, strict=True)):
            yield from lacking(document, (member, ""), (found, ""), f"{place}/{index}")
    elif not _open(value) and not same(value, answer):
        yield place, value, answer


def _named(document: Json, schema: str, name: str) -> str | None:
    """The schema of a member, empty where it may be anything; None where the members are named and it is not."""
    if not schema:
        return ""
    return below(document, schema, pointer(name)) or (None if closed(document, schema) else "")


def _plain_name(name: str, *schemas: str | None) -> bool:
    """Whether a member that no schema names has a name that every store of objects takes."""
    return any(schemas) or re.fullmatch(r"[A-Za-z0-9_-]+", name) is not None


def _open(value: Json) -> bool:
    """Whether a lawful server may show something else than this, or nothing."""
    if isinstance(value, str):
        return not value or any(unicodedata.category(character) in _UNCERTAIN for character in value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return not abs(value) <= _EXACT
    return value is None


def _both_integers(*numbers: float) -> bool:
    return all(isinstance(number, int) or number.is_integer() for number in numbers)


def _same_instant(one: str, other: str) -> bool:
    time, another = _instant(one), _instant(other)
    if time is None or another is None:
        return False
    (first, digits), (second, others) = time, another
    if digits == others:
        return first == second
    return bool(abs(first - second) < 10 ** (9 - min(digits, others, 9)))


def _instant(text: str) -> tuple[int, int] | None:
    """Nanoseconds since an epoch, and the number of fraction digits; None where the text is no time."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    day, time, fraction, offset = match.groups()
    try:
        moment = datetime.datetime.fromisoformat(f"{day}T{time}{'+00:00' if offset in 'Zz' else offset}")
    except ValueError:
        return None
    seconds = int((moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)).total_seconds())
    digits = fraction or ""
    return seconds * 10**9 + int((digits + "0" * 9)[:9]), len(digits)
