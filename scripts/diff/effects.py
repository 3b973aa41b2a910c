"""What a change does to whom, by the way in which a value travels.

One reading of JSON Schema stands behind all of it: who sends a value sends only members that the
document names, and who receives one ignores members that it does not know, unless the document
closes the object. A change is then narrower (fewer values are valid), wider (more are), both, or it
cannot be told. Narrower requests break clients and wider ones servers; with responses it is the
other way round.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum


class Severity(IntEnum):
    """How bad a change is for one party, ordered."""

    SAFE = 0
    MAY_BREAK = 1
    BREAKS = 2

    @property
    def word(self) -> str:
        """The severity as reports name it."""
        return ("safe", "may break", "breaks")[self]


class Direction(StrEnum):
    """Which way a value travels."""

    REQUEST = "request"
    """From a client to a server."""
    RESPONSE = "response"
    """From a server to a client."""

    @property
    def reverse(self) -> Direction:
        """The other direction."""
        return Direction.RESPONSE if self is Direction.REQUEST else Direction.REQUEST


BOTH_WAYS = frozenset(Direction)


class Doubt(IntEnum):
    """How far what holds for a schema holds for the one around it, ordered."""

    NONE = 0
    """Whole: what narrows the inner narrows the outer."""
    OTHER_WAY = 1
    """What narrows the inner narrows the outer, and may widen it too (`oneOf` whose alternatives overlap)."""
    ALL = 2
    """What narrows the inner may narrow or widen the outer (`not`, `if`)."""


SAFE, MAY, BREAKS = Severity.SAFE, Severity.MAY_BREAK, Severity.BREAKS

_UNTOLD = "Whether this breaks anybody cannot be told from the documents."


@dataclass(frozen=True)
class Toll:
    """What a change costs each party where the value travels in one direction."""

    clients: Severity = SAFE
    servers: Severity = SAFE
    code: Severity = SAFE
    """For programs that use the client which is generated from the document."""
    why: str = ""

    @property
    def worst(self) -> Severity:
        """The worst for anybody."""
        return max(self.clients, self.servers, self.code)


@dataclass(frozen=True)
class Effect:
    """What a change costs in either direction."""

    request: Toll
    response: Toll
    wire: bool = True
    """Whether it may touch what is valid; names and words do not, whatever is around them."""

    def toll(self, direction: Direction, doubt: Doubt = Doubt.NONE) -> Toll:
        """The cost in `direction`, where the change stands in a schema of which only so much is sure."""
        toll = self.request if direction is Direction.REQUEST else self.response
        if doubt is Doubt.NONE or not self.wire:
            return toll
        if doubt is Doubt.ALL:
            return Toll(MAY, MAY, toll.code, _UNTOLD)
        why = toll.why if toll.worst is BREAKS else _UNTOLD
        return Toll(max(MAY, toll.clients), max(MAY, toll.servers), toll.code, why)

    def coded(self, request: Severity, response: Severity | None = None) -> Effect:
        """The same effect with another cost for client code; one severity stands for both directions."""
        second = request if response is None else response
        return replace(self, request=replace(self.request, code=request), response=replace(self.response, code=second))

    def explained(self, request: str, response: str | None = None) -> Effect:
        """The same effect with other words for why; one text stands for both directions."""
        second = request if response is None else response
        return replace(self, request=replace(self.request, why=request), response=replace(self.response, why=second))

    def softened(self) -> Effect:
        """The same effect with `may break` for `breaks` on the wire."""
        return replace(self, request=_soft(self.request), response=_soft(self.response))

    def __or__(self, other: Effect) -> Effect:
        """Both effects at once."""
        wire = self.wire or other.wire
        return Effect(_worse(self.request, other.request), _worse(self.response, other.response), wire)


def _soft(toll: Toll) -> Toll:
    return replace(toll, clients=min(MAY, toll.clients), servers=min(MAY, toll.servers))


def _worse(one: Toll, two: Toll) -> Toll:
    first, second = (one, two) if one.worst >= two.worst else (two, one)
    return Toll(
        max(one.clients, two.clients), max(one.servers, two.servers), max(one.code, two.code), first.why or second.why
    )


def _same(toll: Toll) -> Effect:
    return Effect(toll, toll)


NARROWER = Effect(
    Toll(BREAKS, SAFE, why="Requests that were valid are refused."),
    Toll(SAFE, BREAKS, why="Servers must no longer send some of what they may send today."),
)
WIDER = Effect(
    Toll(SAFE, BREAKS, why="Servers of the old edition refuse what clients may now send."),
    Toll(BREAKS, SAFE, why="Clients may get what they do not know."),
)
OTHER = _same(Toll(BREAKS, BREAKS, why="Old and new values are not the same: each side takes the other's for wrong."))
UNCLEAR = _same(Toll(MAY, MAY, why=_UNTOLD))
HARMLESS = replace(_same(Toll(why="Nothing that is sent or read today changes.")), wire=False)
BEHAVIOUR = HARMLESS.explained(
    "A request that leaves it out now means something else; its form is as it was.",
    "What a client takes for left out changes; the form is as it was.",
)
NAME = HARMLESS.coded(BREAKS).explained("The wire is as it was, but names in the generated client change.")
MAYBE_NAME = HARMLESS.coded(MAY).explained("The wire is as it was, but names in a generated client may change.")

MEMBER_ADDED = Effect(
    Toll(why="It may be left out, and a server that does not know it ignores it."),
    Toll(why="A client that does not know it ignores it."),
)
REQUIRED_ADDED = Effect(
    Toll(BREAKS, SAFE, BREAKS, "Requests without it are refused."),
    Toll(SAFE, BREAKS, SAFE, "Servers of the old edition do not send it."),
)
MEMBER_REMOVED = Effect(
    Toll(MAY, SAFE, BREAKS, "A request that has it may be refused, or it is ignored."),
    Toll(BREAKS, SAFE, BREAKS, "Clients that read it no longer find it."),
)
REQUIRED_REMOVED = Effect(
    Toll(MAY, BREAKS, BREAKS, "A request that has it may be refused, and servers of the old edition ask for it."),
    Toll(BREAKS, SAFE, BREAKS, "Clients that rely on it no longer find it."),
)
NOW_REQUIRED = Effect(
    Toll(BREAKS, SAFE, BREAKS, "Requests without it are refused."),
    Toll(SAFE, BREAKS, SAFE, "Servers that leave it out must now send it."),
)
NO_LONGER_REQUIRED = Effect(
    Toll(SAFE, BREAKS, SAFE, "It may be left out, but servers of the old edition ask for it."),
    Toll(BREAKS, SAFE, MAY, "Clients that rely on it may not find it."),
)
