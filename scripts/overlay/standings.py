"""Keep what stands behind each part of a document through the actions that change it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from .actions import STANDINGS, Action, Standing
from .perform import Outcome
from .query import Parts

Standings: TypeAlias = dict[Parts, Standing]
"""Place in a document to what stands behind it; what has none is as the source has it."""


def after(before: Standings, action: Action, outcome: Outcome) -> Standings:
    """The standings once `action` had this outcome: new where it wrote, gone or moved where it removed."""
    if action.does == "remove":
        gone = set(outcome.matches)
        moved = ((_moved(place, gone), standing) for place, standing in before.items())
        return {place: standing for place, standing in moved if place is not None}
    result = dict(before)
    for written in outcome.written:
        found: Mapping[Parts, Standing | None] = {(): action.standing}
        if outcome.origin is not None:
            found = _copied(before, (*outcome.origin, *written.below), action.standing)
        result |= {(*written.place, *rest): standing for rest, standing in found.items() if standing is not None}
    return result


def _moved(place: Parts, gone: set[Parts]) -> Parts | None:
    """Where `place` is once the places `gone` are removed; None if it went with them."""
    result: list[str | int] = []
    for depth, part in enumerate(place):
        above = place[:depth]
        if (*above, part) in gone:
            return None
        earlier = sum((*above, index) in gone for index in range(part)) if isinstance(part, int) else 0
        result.append(part - earlier if isinstance(part, int) else part)
    return tuple(result)


def _copied(before: Standings, origin: Parts, own: Standing | None) -> Mapping[Parts, Standing | None]:
    """The standings of what is copied from `origin`, by place below it.

    A copy stands on its action and on what stands behind the original: the weaker of the two counts.
    """
    depths = range(len(origin), -1, -1)
    around = next((before[origin[:depth]] for depth in depths if origin[:depth] in before), None)
    inner = {
        place[len(origin) :]: standing
        for place, standing in before.items()
        if len(place) > len(origin) and place[: len(origin)] == origin
    }
    return {(): _weaker(own, around)} | {rest: _weaker(own, standing) for rest, standing in inner.items()}


def _weaker(own: Standing | None, other: Standing | None) -> Standing | None:
    known = [standing for standing in (own, other) if standing is not None]
    return max(known, key=lambda each: STANDINGS.index(each.standing), default=None)
