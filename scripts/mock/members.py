"""The members of resources: what requests send of them, and what an answer has of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from uuid import UUID

from ..behaviour import Behaviour, Setting
from ..document import Json, parts
from .resource import Resource

_MISSING = object()

_Filler = Callable[[Resource, Mapping[str, Json]], Json]
"""What gives a member's value, of a resource and its other members."""


@lru_cache(maxsize=4096)
def place(pointer: str) -> tuple[str, ...]:
    """The names on the way to what a JSON pointer points to."""
    return tuple(parts(pointer))


def member(value: Json, pointer: str) -> Json:
    """The member at a JSON pointer; None where there is none."""
    found = _found(value, pointer)
    return None if found is _MISSING else found


def _found(value: Json, pointer: str) -> Json:
    for name in place(pointer):
        if not isinstance(value, dict) or name not in value:
            return _MISSING
        value = value[name]
    return value


def put(value: dict[str, Json], pointer: str, new: Json) -> None:
    """Set the member at a JSON pointer; objects on the way to it are copied, or made."""
    *above, last = place(pointer)
    for name in above:
        below = value.get(name)
        value[name] = dict(below) if isinstance(below, dict) else {}
        value = value[name]
    value[last] = new


def sent(behaviour: Behaviour, operation: str, body: Json) -> dict[str, Json]:
    """What a request's body says of a resource: the members that come back as they were sent."""
    found: dict[str, Json] = {}
    for rule in behaviour.kept:
        if rule.operations and operation not in rule.operations:
            continue
        for pointer, own in rule.members.items():
            value = _found(body, pointer)
            if value is not _MISSING:
                put(found, own, value)
    return found


def merged(old: Mapping[str, Json], new: Mapping[str, Json]) -> dict[str, Json]:
    """`old` with the members of `new` in place of its own, inside objects too."""
    result = dict(old)
    for name, value in new.items():
        below = result.get(name)
        result[name] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result


class Members:
    """What resources look like from outside, by the rules of one API."""

    def __init__(self, behaviour: Behaviour, written_as: Callable[[str], str]) -> None:
        """`written_as` gives the format, or else the type, that the document gives a member."""
        self._settings = [(each, _filler(each, written_as(each.member))) for each in behaviour.sets]
        self._latest: tuple[Resource, dict[str, Json]] | None = None

    def whole(self, resource: Resource) -> Mapping[str, Json]:
        """All members of a resource: what was sent, and what the server sets."""
        if self._latest is None or self._latest[0] is not resource:
            self._latest = resource, self._made(resource)
        return self._latest[1]

    def value(self, resource: Resource, pointer: str) -> Json:
        """The member of a resource at a JSON pointer; None where it has none."""
        return member(self.whole(resource), pointer)

    def _made(self, resource: Resource) -> dict[str, Json]:
        whole = dict(resource.sent)
        for rule, fill in self._settings:
            if rule.states and resource.state not in rule.states:
                continue
            if rule.default and _found(whole, rule.member) is not _MISSING:
                continue
            put(whole, rule.member, fill(resource, whole))
        return whole


def _filler(rule: Setting, written_as: str) -> _Filler:
    """What gives the value of a member that the server sets."""
    if rule.text:
        return _text(rule.text)
    if not rule.value:
        return lambda *_: rule.constant
    if rule.value == "identity":
        return lambda resource, _: int(resource.identity) if written_as == "integer" else resource.identity
    value = attrgetter(rule.value)
    if rule.is_time:
        return lambda resource, _: time_as(value(resource), written_as)
    return lambda resource, _: value(resource)


def _text(pattern: str) -> _Filler:
    """What gives a text in which `{/pointer}` stands for another member; one that is missing is empty."""
    pieces = re.split(r"\{(/[^}]*)\}", pattern)  # texts, and between them the pointers

    def fill(_: Resource, whole: Mapping[str, Json]) -> Json:
        made = [str(member(whole, piece) or "") if index % 2 else piece for index, piece in enumerate(pieces)]
        return "".join(made)

    return fill


def time_as(seconds: float | None, written_as: str) -> Json:
    """A time in the form that the document gives it: seconds since the epoch, or RFC 3339 with milliseconds."""
    if seconds is None:
        return None
    if written_as in ("integer", "number"):
        return int(seconds) if written_as == "integer" else seconds
    moment = datetime.fromtimestamp(seconds, UTC)
    if written_as == "date":
        return moment.date().isoformat()
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def identity_as(octets: bytes, sequence: int, written_as: str) -> str:
    """The identity of a new resource, in the form that the document gives it; 16 bytes make a UUID or 32 digits."""
    if written_as == "integer":
        return str(sequence)
    return str(UUID(bytes=octets, version=4)) if written_as == "uuid" else octets.hex()
