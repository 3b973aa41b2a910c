"""What was found, gathered from all the places that lead to it, and made into changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..document import parts
from .effects import BOTH_WAYS, SAFE, Direction, Doubt, Effect, Severity, Toll

TEXT = "text"
"""The kind of a change of descriptions, examples and extensions."""


@dataclass(frozen=True)
class Change:
    """One change, and what it does to whom."""

    kind: str
    """A word that stays the same between versions, such as `member-removed`."""
    subject: str
    """What it belongs to: an operation (`POST /jobs`), a component (`schema Job`), or `document`."""
    part: str
    """Which part of the subject: `request body Source.AccessKey`."""
    what: str
    why: str
    old: str | None
    """JSON pointer into the old document's OpenAPI 3.1 form; None if there is nothing."""
    new: str | None
    """JSON pointer into the new document's OpenAPI 3.1 form; None if there is nothing."""
    clients: Severity
    servers: Severity
    code: Severity
    """For programs that use the client which is generated from the document."""
    operations: tuple[str, ...]
    """The operations that it reaches, in the document's order."""

    @property
    def worst(self) -> Severity:
        """The worst for anybody."""
        return max(self.clients, self.servers, self.code)

    @property
    def where(self) -> str:
        """Subject and part."""
        return f"{self.subject} {self.part}".rstrip()


@dataclass(frozen=True)
class Finding:
    """One difference at one pair of places, whoever reaches it."""

    kind: str
    what: str
    effect: Effect
    old: str | None
    new: str | None
    path: str = ""
    """The members that lead to it from where the comparison began: `Source.AccessKey`, `Records[].Id`."""
    directions: frozenset[Direction] = BOTH_WAYS
    """The directions in which it counts: a `readOnly` member is in responses alone."""
    doubt: Doubt = Doubt.NONE


@dataclass(frozen=True)
class Place:
    """Where a value travels: in which part of which operation, and in which direction."""

    operation: str
    part: str
    direction: Direction


@dataclass
class _Entry:
    finding: Finding
    reaches: dict[tuple[Place, str, Doubt], None] = field(default_factory=dict)
    """(place, path before the finding's own, doubt), in the order found."""


class Ledger:
    """All that was found. The same finding from several places is one."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str | None, str | None, str], _Entry] = {}

    def add(self, finding: Finding, place: Place | None = None, *, before: str = "", doubt: Doubt = Doubt.NONE) -> None:
        """Note a finding, and a place that leads to it."""
        mark = (finding.kind, finding.old, finding.new, finding.what)
        entry = self._entries.setdefault(mark, _Entry(finding))
        if place is not None and place.direction in finding.directions:
            entry.reaches[place, before, max(doubt, finding.doubt)] = None

    def changes(self) -> Iterator[Change]:
        """The changes, in the order found."""
        for entry in self._entries.values():
            yield _change(entry.finding, list(entry.reaches))


def _change(finding: Finding, reaches: list[tuple[Place, str, Doubt]]) -> Change:
    toll = _toll(finding, {(place.direction, doubt) for place, _, doubt in reaches})
    subject, part = _label(finding, reaches)
    return Change(
        finding.kind,
        subject,
        part,
        finding.what,
        toll.why,
        finding.old,
        finding.new,
        toll.clients,
        toll.servers,
        toll.code,
        tuple(dict.fromkeys(place.operation for place, _, _ in reaches)),
    )


def _toll(finding: Finding, ways: Iterable[tuple[Direction, Doubt]]) -> Toll:
    """What it costs over all the ways that lead to it; on no way, only what its names cost in client code."""
    tolls = [finding.effect.toll(direction, doubt) for direction, doubt in sorted(ways)]
    if not tolls:
        code = max(finding.effect.toll(direction).code for direction in finding.directions) if finding.directions else 0
        why = finding.effect.request.why if not finding.effect.wire else "No operation uses it."
        return Toll(SAFE, SAFE, Severity(code), why)
    worst = max(toll.worst for toll in tolls)
    return Toll(
        max(toll.clients for toll in tolls),
        max(toll.servers for toll in tolls),
        max(toll.code for toll in tolls),
        " ".join(dict.fromkeys(toll.why for toll in tolls if toll.worst is worst or toll.worst is not SAFE)),
    )


# --- Names -------------------------------------------------------------------------------------

_SECTIONS = {
    "schemas": "schema",
    "parameters": "parameter",
    "responses": "response",
    "requestBodies": "request body",
    "headers": "header",
    "securitySchemes": "security scheme",
    "pathItems": "path item",
    "callbacks": "callback",
    "links": "link",
    "examples": "example",
}


def _label(finding: Finding, reaches: list[tuple[Place, str, Doubt]]) -> tuple[str, str]:
    """(subject, part): the one place that leads to it, else the component, the path or the document that it is in."""
    ways = {(place.operation, place.part, joined(before, finding.path)) for place, before, _ in reaches}
    if len(ways) == 1:
        operation, part, path = next(iter(ways))
        return operation, f"{part} {path}".strip()
    component = component_of(finding.new) or component_of(finding.old)
    if component:
        return component, finding.path
    steps = parts(finding.new or finding.old or "")
    subject = steps[1] if steps[:1] == ["paths"] and len(steps) > 1 else "document"
    shared = {(part, path) for _, part, path in ways}
    return subject, " ".join(next(iter(shared))).strip() if len(shared) == 1 else finding.path


def component_of(pointer: str | None) -> str:
    """The component that a pointer is in, as a person names it; empty outside of components."""
    steps = parts(pointer or "")
    if len(steps) < 3 or steps[0] != "components":
        return ""
    return f"{_SECTIONS.get(steps[1], steps[1])} {steps[2]}"


def joined(before: str, path: str) -> str:
    """Two paths of members in one."""
    return f"{before}.{path}" if before and path and path[0] not in "[{(" else before + path
