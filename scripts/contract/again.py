"""A second look at what was found, once, from a clean start, before it is blamed.

The requests that showed a finding are sent again, and the families that are about more than one
request run again on resources of their own, in what the first look left of the run's bounds. All
of a second look is told by the word that each finding gets; it takes none back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from .budget import Mode
from .exchanges import MASKED, Exchange
from .run import Run
from .verdict import FLAKY, SEEN_ONCE, STABLE, Finding, Ledger, Place

AGAIN = "again"
"""The family that sends again what showed a finding."""

_RESENT = 15
"""Requests that are sent again by themselves, at most."""

_NEEDED = 3.0, 5
"""Seconds and requests without which there is no second look."""

_ALONE = frozenset({"shapes"})
"""The families that judge each exchange by itself: sending it again is all that they need."""

_RANDOM = frozenset({"generated", "sequences", "walks", "target", AGAIN})
"""The families that are not run again: of what they found, the requests are."""


def spare(mode: Mode) -> tuple[int, int]:
    """How many of a mode's requests and creations are kept for a second look."""
    return mode.requests // 15, mode.created // 10


def second_look(run: Run) -> Run | None:
    """A run that looks again at what another found; None where there is nothing to look at, or too little left.

    It has a log and a ledger of its own. What the first one holds is used again only where too little
    is left to create.
    """
    suspects = [finding for finding in run.ledger.findings.values() if not finding.accepted]
    if not suspects:
        return None
    budget = run.budget
    if budget.seconds_left < _NEEDED[0] or budget.requests_left < _NEEDED[1]:
        run.ledger.note("what was found was not looked at again: the run's bounds are reached")
        return None
    fresh = budget.creations_left > 1
    return replace(
        run,
        ledger=Ledger(),
        held=[] if fresh else list(run.held),
        known={} if fresh else dict(run.known),
        since=len(run.sender.exchanges),
        suspects=tuple(suspects),
    )


def families(first: Run, order: tuple[str, ...]) -> list[str]:
    """The families of a second look, in their order: what sends again, and what the findings cannot do without."""
    wanted = {"journey", "cleanup", *_ALONE} if first.mode.creates else set(_ALONE)
    for place, finding in first.ledger.findings.items():
        judge = first.ledger.judges.get(place, "")
        if judge in _ALONE and resent(finding.exchange):
            continue
        wanted |= {"journey", judge, finding.exchange.family}
    return [AGAIN, *(family for family in order if family in wanted - _RANDOM)]


def requests(run: Run) -> Iterator[Exchange]:
    """The exchanges of a second look's findings whose requests can be sent again, each once, at most `_RESENT`."""
    found = {each.exchange.number: each.exchange for each in run.suspects if resent(each.exchange)}
    yield from [found[number] for number in sorted(found)[:_RESENT]]


def resent(exchange: Exchange) -> bool:
    """Whether the log holds all of a request: not where keys were changed, or taken out of it."""
    return exchange.authentic and MASKED not in exchange.url and MASKED.encode() not in exchange.request_body


def settle(first: Run, second: Run) -> None:
    """Say of each finding what the second look came to, and add what only that found."""
    again = {(operation, cause[0]) for operation, cause in second.ledger.findings}
    known = {(operation, cause[0]) for operation, cause in first.ledger.findings}
    for place, finding in list(first.ledger.findings.items()):
        if not finding.accepted:
            first.ledger.findings[place] = replace(finding, again=_word(place, finding, again, second))
    for place, finding in second.ledger.findings.items():
        if (place[0], place[1][0]) not in known:
            first.ledger.findings[place] = finding if finding.accepted else replace(finding, again=SEEN_ONCE)
            first.ledger.judges[place] = second.ledger.judges.get(place, "")


def _word(place: Place, finding: Finding, again: set[tuple[str, str]], second: Run) -> str:
    operation, (promise, _) = place
    if (operation, promise) in again:
        return STABLE
    keepers = second.ledger.keepers.get((operation, promise), set())
    kept = (exchange for exchange in second.exchanges if exchange.number in keepers)
    return FLAKY if any(_alike(finding.exchange, exchange) for exchange in kept) else SEEN_ONCE


def _alike(one: Exchange, other: Exchange) -> bool:
    """Whether two requests of an operation ask for the same, whatever resource they name."""
    return (
        one.method == other.method
        and one.request_body == other.request_body
        and sorted(_query(one)) == sorted(_query(other))
    )


def _query(exchange: Exchange) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(exchange.url).query, keep_blank_values=True)
