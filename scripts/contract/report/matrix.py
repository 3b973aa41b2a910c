"""The matrix of operations and promises: where each was kept, where broken, and why it was not exercised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..attempts import FAILED, SKIPPED, SPENT, UNABLE, Attempt
from ..run import Run
from ..verdict import Finding, Promise, Verdict

OTHER = "other"
"""The family of promises that no test of the run declares."""

_NOTHING_TO_MAKE_IT_OF = "got empty parameter set"
"""How pytest starts the reason for a test that is made once for each of no things."""


@dataclass(frozen=True)
class Row:
    """One promise at every operation."""

    id: str
    family: str
    promise: Promise | None
    """None where no test got so far as to say it."""
    kept: Mapping[str, int]
    """Operation to the number of exchanges that kept it."""
    broken: Sequence[str]
    """The operations at which it was seen broken."""
    not_exercised: Mapping[str, str]
    """operationId to the reason why neither was seen there."""


def rows(run: Run, verdict: Verdict) -> list[Row]:
    """A row for each promise that is declared or was judged, in the order of the families."""
    declared: dict[str, str] = {}
    for attempt in sorted(run.ledger.attempts, key=lambda each: each.elsewhere):
        for name in attempt.promises:
            declared.setdefault(name, attempt.family)
    names = [*declared, *sorted(run.ledger.promises.keys() - declared.keys())]
    found = everything(verdict.findings)
    return [_row(run, name, declared.get(name, OTHER), found) for name in names]


def everything(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, and those that stand beside one that the same exchanges showed."""
    return [each for finding in findings for each in (finding, *finding.also)]


def _row(run: Run, name: str, family: str, found: Iterable[Finding]) -> Row:
    kept = {operation: count for (operation, each), count in sorted(run.ledger.kept.items()) if each == name}
    broken = sorted({operation for each in found if each.promise.id == name for operation in each.operations})
    about = [attempt for attempt in run.ledger.attempts if name in attempt.promises]
    empty = [operation.id for operation in run.scope if operation.id not in (*kept, *broken)]
    reasons = {operation: _why_not(about, operation) for operation in empty}
    out = {operation: f"out of scope: {reason}" for operation, reason in run.out_of_scope.items()}
    without = {operation: reason for operation, reason in out.items() if operation not in (*kept, *broken)}
    return Row(name, family, run.ledger.promises.get(name), kept, broken, {**reasons, **without})


def _why_not(attempts: Sequence[Attempt], operation: str) -> str:
    """The best reason known why a promise was neither kept nor broken at an operation."""
    if not attempts:
        return "no test of this run judges it"
    near = [attempt for attempt in attempts if attempt.operation in (operation, None)]
    if not near:
        about = sorted({attempt.operation or "" for attempt in attempts})
        return f"it is not about this operation, but about {', '.join(about)}"
    if reasons := list(dict.fromkeys(_reasons(near))):
        return "; ".join(reasons[:3])
    return "nothing was seen at this operation to judge it by"


def _reasons(attempts: Iterable[Attempt]) -> Iterator[str]:
    for attempt in attempts:
        if attempt.outcome == SKIPPED:
            empty = attempt.reason.startswith(_NOTHING_TO_MAKE_IT_OF)
            yield "nothing of this API is of the kind that it is about" if empty else attempt.reason
        elif attempt.outcome == SPENT:
            yield f"the budget ended it: {attempt.reason}"
        elif attempt.outcome == UNABLE:
            yield "a test that judges it could not run"
        elif attempt.outcome == FAILED:
            yield "its test found another promise broken"


@dataclass(frozen=True)
class Family:
    """What became of one family of promises."""

    id: str
    promises: int
    kept: int
    broken: int
    not_exercised: int
    requests: int
    tests: Mapping[str, int]
    """How many of its tests ended in each way."""


def families(run: Run, made: Sequence[Row]) -> list[Family]:
    """The families in the order in which they ran, those that only sent among them."""
    sent = Counter(exchange.family for exchange in run.sender.exchanges)
    judged = [attempt.family for attempt in run.ledger.attempts]
    names = dict.fromkeys([*list(sent)[:1], *judged, *sent, *(row.family for row in made)])
    return [_family(run, name, [row for row in made if row.family == name], sent[name]) for name in names]


def _family(run: Run, name: str, own: Sequence[Row], requests: int) -> Family:
    broken = sum(bool(row.broken) for row in own)
    kept = sum(bool(row.kept) and not row.broken for row in own)
    tests = Counter(attempt.outcome for attempt in run.ledger.attempts if attempt.family == name)
    return Family(name, len(own), kept, broken, len(own) - kept - broken, requests, dict(sorted(tests.items())))
