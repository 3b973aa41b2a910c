"""What the suite in `tests/contract/` sees of this package: the run, its words, and its budget.

The run is put in place before pytest collects; a test file takes it with `run()`, since its tests
are made from the run's operations.
"""

from __future__ import annotations

import math
import os
import time
import unittest
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import Flaky
from schemathesis.generation.case import Case
from schemathesis.generation.stateful.state_machine import APIStateMachine
from schemathesis.schemas import BaseSchema

from ..behaviour import Change, Create, ListRule, View
from ..document import Operation, at
from . import engine
from .budget import Spent
from .equality import contradicting, lacking, same
from .exchanges import Exchange
from .reading import INVALID, OPEN, VALID
from .run import UNKNOWN, Run
from .samples import linked
from .sender import Unanswered
from .shown import Shown, below, names, shown
from .sightings import Sighting, Track, asked, reachable, sightings, tracks
from .stock import Held
from .verdict import Promise

__all__ = [
    "INVALID",
    "OPEN",
    "UNKNOWN",
    "VALID",
    "Case",
    "Change",
    "Create",
    "Exchange",
    "Flaky",
    "Held",
    "ListRule",
    "Operation",
    "Promise",
    "Run",
    "Shown",
    "Sighting",
    "Spent",
    "Track",
    "Unanswered",
    "View",
    "asked",
    "at",
    "below",
    "contradicting",
    "lacking",
    "linked",
    "names",
    "patiently",
    "quiet",
    "reachable",
    "run",
    "same",
    "schema",
    "seen",
    "send",
    "share",
    "sightings",
    "state_machine",
    "tracks",
]

FAMILIES = (
    "journey",
    "course",
    "changes",
    "views",
    "lists",
    "isolation",
    "credentials",
    "limits",
    "identity",
    "generated",
    "sequences",
    "round_trip",
    "lifecycle",
    "shapes",
)
"""The families of promises in the order in which they run; the last three judge what all have sent."""

SHARES = {
    "journey": (0.2, 0.4),
    "course": (0.12, 0.1),
    "changes": (0.1, 0.1),
    "views": (0.15, 0.05),
    "lists": (0.25, 0.2),
    "isolation": (0.15, 0.2),
    "credentials": (0.3, 0.2),
    "limits": (0.1, 0.0),
    "identity": (0.1, 0.0),
    "generated": (0.75, 0.6),
    "sequences": (0.5, 0.8),
    "round_trip": (0.5, 0.0),
    "lifecycle": (1.0, 1.0),
}
"""How much of what is left of the requests and of what may be created a family may spend."""

RAN = frozenset({pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED})
"""pytest's exit codes after a run that a verdict can be made of."""

_BUSY, _PAUSES = (429, 503), (0.1, 0.3, 1.0)

_current: list[Run] = []


def run() -> Run:
    """The run that is under way. Raises `LookupError` outside one."""
    if not _current:
        raise LookupError("these tests judge a server: run `python -m scripts contract`")
    return _current[-1]


@contextmanager
def share(family: str, *, of: int = 1) -> Iterator[int]:
    """Let the block send for a family within its share; gives the requests it may send.

    Of the requests it gets one part in `of`; of what may be created the whole share, since few
    operations create.
    """
    budget = run().budget
    requests, created = SHARES[family]
    allowed = max(1, int(budget.requests_left * requests) // of)
    creations = math.ceil(budget.creations_left * created)
    with budget.share(requests=allowed, created=creations), run().sender.sending_for(family):
        try:
            yield allowed
        finally:
            if run().sender.limited:
                run().ledger.note(run().sender.limited)


def patiently(operation: Operation, **words: Any) -> Exchange:
    """The answer to `Run.ask`, asked again after a pause, a few times, while the server is busy: 429 or 503."""
    exchange = run().ask(operation, **words)
    for pause in _PAUSES:
        if exchange.status not in _BUSY:
            break
        time.sleep(pause)
        exchange = run().ask(operation, **words)
    return exchange


@lru_cache(maxsize=2048)
def seen(exchange: Exchange) -> Sequence[Shown]:
    """The resources that the answer of an exchange shows; see `shown`. The log is read many times, so it is kept."""
    this = run()
    return tuple(shown(this.reader, this.behaviour, exchange)) if this.behaviour else ()


def schema(examples: int) -> BaseSchema:
    """The Schemathesis schema of the operations in scope, whose requests leave through the run's sender."""
    this = run()
    return engine.schema(this.document, this.sender, seed=this.seed, only=this.scope, examples=examples)


def send(case: Case[Any]) -> bool:
    """Send a generated case with the given values in it; False if the budget asks to leave it out.

    A request meant to be accepted is left out when only one more thing may be created: that one
    is kept for a server which accepts what it should refuse.
    """
    if not prepare(case):
        return False
    try:
        case.call()
    except Unanswered:
        pass  # It is in the log, and judged there.
    return True


def prepare(case: Case[Any]) -> bool:
    """Put the given values into a case; False if the budget asks to leave it out."""
    this = run()
    named = case.operation.definition.raw.get("operationId") or f"{case.operation.method.upper()} {case.operation.path}"
    operation = this.operations[named]
    accepted = engine.fit(case, operation, document=this.document, given=this.given, reader=this.reader)
    creating = operation.id in this.creating
    if creating and accepted and this.budget.creations_left < 2:
        this.ledger.note(f"{operation.id}: valid requests left out, what this phase may create is created")
        return False
    return True


def state_machine(made: BaseSchema) -> type[APIStateMachine]:
    """The state machine that follows the links between operations; its answers are judged in the log."""
    base: type[APIStateMachine] = made.as_state_machine()

    class Sequences(base):  # type: ignore[valid-type,misc]
        def before_call(self, case: Case[Any]) -> None:
            if not prepare(case):
                raise Spent("what this phase may create is created")

        def call(self, case: Case[Any], **kwargs: Any) -> Any:
            try:
                return case.call(**kwargs)
            except Unanswered as error:
                raise unittest.SkipTest(str(error)) from None

        def validate_response(self, *args: Any, **kwargs: Any) -> None:
            """Everything sent is judged in the log."""

    return Sequences


def quiet(**changes: Any) -> settings:
    """Hypothesis settings for requests that are made and not judged on the spot: nothing to shrink or replay."""
    return settings(
        phases=(Phase.explicit, Phase.generate),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        **changes,
    )


class Plugin:
    """Fails a test after which there are more findings than before it, and notes one that fails otherwise."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Iterator[None]:
        before = set(run().ledger.findings)
        result = yield
        fresh = [finding for cause, finding in run().ledger.findings.items() if cause not in before]
        if fresh:
            pytest.fail("\n".join(f"{each.operation}: {each.detail}" for each in fresh), pytrace=False)
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
        expected = (pytest.skip.Exception, pytest.fail.Exception, unittest.SkipTest)
        if call.excinfo is not None and not isinstance(call.excinfo.value, expected):
            reason = f"{item.name} could not run: {type(call.excinfo.value).__name__}: {call.excinfo.value}"
            run().ledger.unable.append(run().sender.secrets.mask(reason.partition("\n")[0]))
        return (yield)


def execute(this: Run, suite: Path) -> int:
    """Run the suite in the folder `suite` for a run; pytest's exit code. Output is pytest's own."""
    _current.append(this)
    os.environ.pop("PYTEST_ADDOPTS", None)  # meant for the tests of whoever calls us
    try:
        return int(
            pytest.main(
                [
                    *(str(suite / f"test_{family}.py") for family in FAMILIES),
                    f"--rootdir={suite}",
                    f"--config-file={suite / 'pytest.ini'}",
                    "--import-mode=importlib",
                    f"--hypothesis-seed={this.seed}",
                    "-p",
                    "no:cacheprovider",
                ],
                plugins=[Plugin()],
            )
        )
    finally:
        _current.pop()
