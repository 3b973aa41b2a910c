"""Bodies of requests that create resources which can be told apart, and those resources."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..behaviour import Behaviour
from ..document import Json, Operation, at
from .exchanges import Exchange
from .samples import json_schema, member_schema, overlap, put

UNUSUAL = (
    "plumbline Ünïcödé 日本語 Ελλάδα",
    "plumbline & <tag> \"quoted\" 'single' \\ / % %20 + ; = ? #",
    "plumbline  two  blanks, MiXeD CaSe",
    "plumbline 🎬 e\u0301 é",
)
"""Texts that every server takes, and that careless ones change."""


LONGEST = 512
"""Characters up to which a text is made as long as its schema lets it be."""


@dataclass(frozen=True)
class Held:
    """A resource that the run created, or found in a list."""

    identity: str
    body: Json = field(default=None, repr=False)
    """What was sent to create it; None for one that was found."""
    created: Exchange | None = field(default=None, repr=False)
    """The exchange that created it; None likewise."""


def bodies(
    document: Json, behaviour: Behaviour, operation: Operation, plain: Json, *, fixed: Sequence[str], seed: int
) -> Iterator[Json]:
    """Bodies without end, each like `plain` but in the members that come back as they were sent.

    Members that lists filter by take two values each, so that every combination occurs among the first
    four of two filters; one value of the first is as long as it may be. Other texts and bounded numbers
    differ from body to body; every text has small letters and capitals. The fifth body and some after it
    hold unusual texts; every fourth has the members of `plain` alone. Members at or below a pointer of
    `fixed` stay as they are.
    """
    schema = json_schema(document, operation)
    if schema is None or not isinstance(plain, dict):
        return
    members = list(coming_back(document, schema, behaviour, operation, fixed))
    asked = {own for rule in behaviour.lists for own in rule.filters.values()}
    filtered = [own for _, own, _ in members if own in asked]
    number = 0
    while True:
        body = copy.deepcopy(plain)
        for place, own, member in members:
            required = _held(plain, place)
            if number % 4 == 3 and number > 3 and not required:
                continue
            plainly = number < 4 or behaviour.leaves_open("refused-characters", own)
            value = _value(member, number, seed, filtered.index(own) if own in filtered else None, plainly=plainly)
            if value is not None:
                put(body, place, value)
        yield body
        number += 1


def coming_back(
    document: Json, schema: Mapping[str, Json], behaviour: Behaviour, operation: Operation, fixed: Sequence[str]
) -> Iterator[tuple[str, str, Mapping[str, Json]]]:
    """The texts and numbers that come back as they were sent: where they are sent, shown, and their schema."""
    for rule in behaviour.kept:
        if rule.operations and operation.id not in rule.operations:
            continue
        for place, own in rule.members.items():
            member = member_schema(document, schema, place)
            if member is not None and not any(overlap(place, each) for each in fixed):
                yield place, own, member


def _value(schema: Mapping[str, Json], number: int, seed: int, filtered: int | None, *, plainly: bool) -> Json:
    """The value of a member in the body of a number; None to leave it as it is."""
    kind = schema.get("type")
    if kind == "string" and "enum" not in schema and "format" not in schema:
        if not plainly:
            text = UNUSUAL[number % len(UNUSUAL)]
        elif filtered is not None:
            text = f"plumbline-{seed}-{filtered}-{'AB'[(number >> filtered) % 2]}"
            if text.endswith("A") and filtered == 0:
                text = text.ljust(min(schema.get("maxLength", 0), LONGEST), "a")
        else:
            text = f"plumbline-{seed}-N{number}"
        longest = schema.get("maxLength", len(text))
        return text if schema.get("minLength", 0) <= len(text) <= longest else None
    if kind == "integer" and "minimum" in schema and "maximum" in schema:
        low, high = schema["minimum"], schema["maximum"]
        return (low, high, (low + high) // 2)[number % 3]
    return None


def _held(body: Json, place: str) -> bool:
    try:
        at(body, place)
    except KeyError:
        return False
    return True
