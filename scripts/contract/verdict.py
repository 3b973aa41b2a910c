"""Promises, findings, and what a run comes to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from .attempts import Attempt
from .exchanges import Exchange

CONFORMANT, VIOLATIONS, COULD_NOT_RUN, INCONCLUSIVE = (
    "conformant",
    "violations",
    "could not run",
    "inconclusive",
)
STABLE, FLAKY, SEEN_ONCE = "stable", "flaky", "seen once"
"""What a second look at a finding can come to: broken again, kept then, not exercised again."""

_VALUES = re.compile(r"^\d{3}\b|'[^']*'|\"[^\"]*\"|(?<![0-9A-Za-z_.:+-])[0-9A-Za-z_.:+-]*\d[0-9A-Za-z_.:+-]{3,}")
"""A status at the start; quoted texts, identities, times and long numbers."""

WALKED = ", by the walk: "
"""What stands in a detail before the steps that led to what was seen: they are no part of the cause."""

EXIT_CODES = {CONFORMANT: 0, VIOLATIONS: 1, COULD_NOT_RUN: 2, INCONCLUSIVE: 3}


@dataclass(frozen=True)
class Promise:
    """Something that a server which speaks the API does."""

    id: str
    sentence: str
    standing: str
    """published, standard or inferred; that of the part of the document that a finding is about wins."""
    source: str
    """Which text says so; likewise."""


@dataclass(frozen=True)
class Finding:
    """A promise that was seen broken."""

    promise: Promise
    operations: tuple[str, ...]
    """The operationId of every operation at which it was seen, or the method and path where none is meant."""
    detail: str
    standing: str
    source: str
    exchange: Exchange
    """The smallest that shows it."""
    pointer: str = ""
    """The part of openapi.yaml that it is about."""
    numbers: frozenset[int] = frozenset()
    """Those of all exchanges that showed it."""
    again: str = ""
    """What a second look came to: `STABLE`, `FLAKY` or `SEEN_ONCE`; empty where there was none."""
    accepted: str = ""
    """Why it is accepted; empty where it is not."""
    also: tuple[Finding, ...] = ()
    """Findings that no other exchanges showed, so that they need no cause of their own."""

    @property
    def operation(self) -> str:
        """The first of its operations."""
        return self.operations[0]

    @property
    def count(self) -> int:
        """How many exchanges showed it."""
        return len(self.numbers)

    @property
    def cause(self) -> tuple[str, str]:
        """What findings at several operations that are one share: the promise, and what is wrong with it.

        That is the part of the document that is broken, below an operation with the status that was
        seen there; else what was seen.
        """
        below = self.pointer.split("/", 4)
        if below[1:2] == ["paths"]:
            return self.promise.id, f"{self.exchange.status} {''.join(below[4:])}"
        return self.promise.id, self.pointer or _kind(self.detail)

    def counts(self, *, inferred_fails: bool) -> bool:
        """Whether it makes the verdict."""
        return not self.accepted and (inferred_fails or self.standing != "inferred")


Place: TypeAlias = tuple[str, tuple[str, str]]
"""Where a finding belongs: an operation, and a cause."""


@dataclass
class Ledger:
    """What a run has seen so far: which promises were kept and broken, where, and what was not tried."""

    kept: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(operation, promise id) to the number of exchanges that kept it."""
    keepers: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    """(operation, promise id) to the numbers of the exchanges that kept it."""
    findings: dict[Place, Finding] = field(default_factory=dict)
    judges: dict[Place, str] = field(default_factory=dict)
    """The family of promises that reported each of them."""
    promises: dict[str, Promise] = field(default_factory=dict)
    successes: Counter[str] = field(default_factory=Counter)
    """operationId to the number of successes that broke no promise."""
    spoiled: set[int] = field(default_factory=set)
    """Numbers of the exchanges that broke a published or standard promise."""
    unable: list[str] = field(default_factory=list)
    """Tests that failed for another reason than a finding, and why: what they would have seen is unknown."""
    attempts: list[Attempt] = field(default_factory=list)
    """How each test of the suite ended, in the order run."""
    notes: dict[str, None] = field(default_factory=dict)
    """What was left out, and why; in the order noted."""

    def keep(self, promise: Promise, operation: str, number: int = 0) -> None:
        """Count an exchange, by its number, that kept a promise at an operation."""
        self.promises.setdefault(promise.id, promise)
        self.kept[operation, promise.id] += 1
        self.keepers.setdefault((operation, promise.id), set()).add(number)

    def report(self, finding: Finding) -> None:
        """Add a finding to those of the same cause at its operation, of which the smallest exchange shows."""
        self.promises.setdefault(finding.promise.id, finding.promise)
        if finding.standing != "inferred" and not finding.accepted:
            self.spoiled.add(finding.exchange.number)
        place = finding.operation, finding.cause
        known = self.findings.get(place, finding)
        self.findings[place] = merged(known, replace(finding, numbers=frozenset({finding.exchange.number})))

    def note(self, text: str) -> None:
        self.notes.setdefault(text)


def merged(one: Finding, other: Finding) -> Finding:
    """Two findings of one cause as one; of what second looks came to, the most certain."""
    smaller = min(one, other, key=lambda each: (_size(each.exchange), each.exchange.number))
    operations = tuple(dict.fromkeys((*one.operations, *other.operations)))
    again = next((word for word in (STABLE, FLAKY, SEEN_ONCE) if word in (one.again, other.again)), "")
    return replace(smaller, operations=operations, numbers=one.numbers | other.numbers, again=again)


def _kind(detail: str) -> str:
    """What was seen, without the values in it that differ from one exchange to the next."""
    return _VALUES.sub("…", detail.partition(WALKED)[0])


def _size(exchange: Exchange) -> int:
    return len(exchange.url) + len(exchange.request_body) + sum(len(value) for _, value in exchange.request_headers)


@dataclass(frozen=True)
class Verdict:
    """What a run comes to."""

    status: str
    findings: tuple[Finding, ...]
    reasons: tuple[str, ...]
    """Why it is inconclusive, a sentence each; empty otherwise."""
    remarks: tuple[str, ...] = ()
    """What became of the deviations that are accepted, a sentence each."""

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.status]


def judge(ledger: Ledger, exchanges: Iterable[Exchange], *, scope: Iterable[str], inferred_fails: bool) -> Verdict:
    """The verdict over the operations in `scope`.

    A broken published or standard promise is a violation, an inferred one only with
    `inferred_fails`. With nothing broken, every operation in scope needs a validated success, and every
    test must have been able to run; else it is inconclusive, with what was seen instead.
    """
    findings = by_cause(ledger)
    if any(finding.counts(inferred_fails=inferred_fails) for finding in findings):
        return Verdict(VIOLATIONS, findings, ())
    answers = statuses(exchanges)
    unproven = (_unproven(name, answers.get(name, {})) for name in scope if not ledger.successes[name])
    reasons = (*unproven, *ledger.unable)
    return Verdict(INCONCLUSIVE if reasons else CONFORMANT, findings, reasons)


_ORDER = {"published": 0, "standard": 1, "inferred": 2}


def by_cause(ledger: Ledger) -> tuple[Finding, ...]:
    """The findings, those that share a cause as one; published ones first, then in the order seen.

    Those of one promise at several operations are one where what is wrong is the same. Of several
    promises that the same exchanges broke, the one that more exchanges broke shows, and has the
    others beside it.
    """
    found: dict[tuple[object, ...], Finding] = {}
    families = list(dict.fromkeys(ledger.judges.values()))
    latest: dict[str, int] = {}
    for place, finding in ledger.findings.items():
        key = (finding.cause, finding.standing, finding.accepted)
        found[key] = merged(found[key], finding) if key in found else finding
        latest[finding.promise.id] = families.index(ledger.judges[place]) if place in ledger.judges else -1

    def rank(each: Finding) -> tuple[int, int, int]:
        """Families that only judge what others sent come last, and what they say is the nearest to an answer."""
        return -each.count, _ORDER[each.standing], -latest[each.promise.id]

    leading: list[Finding] = []
    for finding in sorted(found.values(), key=rank):
        index = next((n for n, each in enumerate(leading) if _explains(each, finding)), None)
        if index is None:
            leading.append(finding)
        else:
            leading[index] = replace(leading[index], also=(*leading[index].also, finding))
    return tuple(sorted(leading, key=lambda each: (_ORDER[each.standing], each.exchange.number)))


def _explains(one: Finding, other: Finding) -> bool:
    """Whether a finding needs no cause of its own beside another that counts at least as much."""
    return (
        other.numbers <= one.numbers
        and bool(one.accepted) == bool(other.accepted)
        and _ORDER[one.standing] <= _ORDER[other.standing]
    )


def statuses(exchanges: Iterable[Exchange]) -> dict[str, Counter[int | None]]:
    """operationId to the number of answers by status, None for no answer."""
    found: dict[str, Counter[int | None]] = {}
    for exchange in exchanges:
        if exchange.operation is not None:
            found.setdefault(exchange.operation, Counter())[exchange.status] += 1
    return found


def _unproven(operation: str, answers: Mapping[int | None, int]) -> str:
    if not answers:
        return f"{operation} was never asked: there was nothing to ask it with"
    counted = ", ".join(f"{status or 'no answer'} ×{count}" for status, count in sorted(answers.items(), key=str))
    return f"{operation} never succeeded: it answered {counted}"
