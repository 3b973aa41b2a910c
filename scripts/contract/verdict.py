"""Promises, findings, and what a run comes to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from .exchanges import Exchange

CONFORMANT, VIOLATIONS, COULD_NOT_RUN, INCONCLUSIVE = (
    "conformant",
    "violations",
    "could not run",
    "inconclusive",
)
STABLE, FLAKY, SEEN_ONCE = "stable", "flaky", "seen once"
"""What a second look at a finding can come to: broken again, kept then, not exercised again."""

_VALUES = re.compile(r"'[^']*'|\"[^\"]*\"|[0-9A-Za-z_.:+-]*\d[0-9A-Za-z_.:+-]{3,}")
"""Quoted texts, identities, times and long numbers."""

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
    count: int = 1
    """How many exchanges showed it."""
    again: str = ""
    """What a second look came to: `STABLE`, `FLAKY` or `SEEN_ONCE`; empty where there was none."""
    accepted: str = ""
    """Why it is accepted; empty where it is not."""

    @property
    def operation(self) -> str:
        """The first of its operations."""
        return self.operations[0]

    @property
    def cause(self) -> tuple[str, str]:
        """What findings that are one share: the promise, and the part of the document or what was seen."""
        return self.promise.id, self.pointer or _kind(self.detail)

    def counts(self, *, inferred_fails: bool) -> bool:
        """Whether it makes the verdict."""
        return not self.accepted and (inferred_fails or self.standing != "inferred")


@dataclass
class Ledger:
    """What a run has seen so far: which promises were kept and broken, where, and what was not tried."""

    kept: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(operation, promise id) to the number of exchanges that kept it."""
    findings: dict[tuple[str, str], Finding] = field(default_factory=dict)
    promises: dict[str, Promise] = field(default_factory=dict)
    successes: Counter[str] = field(default_factory=Counter)
    """operationId to the number of successes that broke no promise."""
    spoiled: set[int] = field(default_factory=set)
    """Numbers of the exchanges that broke a published or standard promise."""
    unable: list[str] = field(default_factory=list)
    """Tests that failed for another reason than a finding, and why: what they would have seen is unknown."""
    notes: dict[str, None] = field(default_factory=dict)
    """What was left out, and why; in the order noted."""

    def keep(self, promise: Promise, operation: str) -> None:
        self.promises.setdefault(promise.id, promise)
        self.kept[operation, promise.id] += 1

    def report(self, finding: Finding) -> None:
        """Add a finding to those of the same cause, of which the one with the smallest exchange shows."""
        self.promises.setdefault(finding.promise.id, finding.promise)
        if finding.standing != "inferred":
            self.spoiled.add(finding.exchange.number)
        known = self.findings.get(finding.cause)
        if known is None:
            self.findings[finding.cause] = finding
            return
        smaller = min(known, finding, key=lambda each: (_size(each.exchange), each.exchange.number))
        operations = tuple(dict.fromkeys((*known.operations, *finding.operations)))
        self.findings[finding.cause] = replace(smaller, operations=operations, count=known.count + finding.count)

    def note(self, text: str) -> None:
        self.notes.setdefault(text)


def _kind(detail: str) -> str:
    """What was seen, without the values in it that differ from one exchange to the next."""
    return _VALUES.sub("…", detail)


def _size(exchange: Exchange) -> int:
    return len(exchange.url) + len(exchange.request_body) + sum(len(value) for _, value in exchange.request_headers)


@dataclass(frozen=True)
class Verdict:
    """What a run comes to."""

    status: str
    findings: tuple[Finding, ...]
    reasons: tuple[str, ...]
    """Why it is inconclusive, a sentence each; empty otherwise."""

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.status]


def judge(ledger: Ledger, exchanges: Iterable[Exchange], *, scope: Iterable[str], inferred_fails: bool) -> Verdict:
    """The verdict over the operations in `scope`.

    A broken published or standard promise is a violation, an inferred one only with
    `inferred_fails`. With nothing broken, every operation in scope needs a validated success, and every
    test must have been able to run; else it is inconclusive, with what was seen instead.
    """
    order = {"published": 0, "standard": 1, "inferred": 2}
    findings = tuple(sorted(ledger.findings.values(), key=lambda each: (order[each.standing], each.exchange.number)))
    if any(finding.counts(inferred_fails=inferred_fails) for finding in findings):
        return Verdict(VIOLATIONS, findings, ())
    answers = statuses(exchanges)
    unproven = (_unproven(name, answers.get(name, {})) for name in scope if not ledger.successes[name])
    reasons = (*unproven, *ledger.unable)
    return Verdict(INCONCLUSIVE if reasons else CONFORMANT, findings, reasons)


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
