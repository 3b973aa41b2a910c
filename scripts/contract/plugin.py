"""What the suite in `tests/contract/` sees of this package: the run, its words, and its budget.

The run is put in place before pytest collects; a test file takes it with `run()`, since its tests
are made from the run's operations.
"""

from __future__ import annotations

import math
import os
import sys
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
from . import again, engine
from .attempts import attempt
from .budget import Spent
from .cases import HEADER, QUERY, at_bounds, met, nested, refused
from .equality import contradicting, same
from .exchanges import Exchange, header
from .expectations import SENTENCES
from .filtering import groups, matching, misfits, sent, singly, together
from .leftovers import leftovers, marked, newest_first, sent_texts
from .listing import Listing, Page, Reading, in_words, worded
from .members import below, names
from .oddities import Oddity, of_bodies, of_headers, of_identities, of_queries
from .ordering import Sorting, compared, ties
from .passage import LARGEST_BODY, hindrance
from .patience import AFTER_THE_END, HOPELESS
from .progress import Observer, Watch
from .reading import INVALID, OPEN, VALID
from .run import UNKNOWN, Run
from .samples import linked
from .sender import Unanswered
from .sightings import Sighting, asked, sightings, value_at
from .stock import Held
from .tracks import Track, comes_back, reachable, tracks
from .trips import Sent, returns, sent_by
from .verdict import Promise
from .walking import walk
from .walks import Allowance, walker

__all__ = [
    "AFTER_THE_END",
    "HEADER",
    "HOPELESS",
    "INVALID",
    "LARGEST_BODY",
    "OPEN",
    "QUERY",
    "SENTENCES",
    "UNKNOWN",
    "VALID",
    "Allowance",
    "Case",
    "Change",
    "Create",
    "Exchange",
    "Flaky",
    "Held",
    "ListRule",
    "Listing",
    "Oddity",
    "Operation",
    "Page",
    "Promise",
    "Reading",
    "Run",
    "Sent",
    "Sighting",
    "Sorting",
    "Spent",
    "Track",
    "Unanswered",
    "View",
    "asked",
    "at",
    "at_bounds",
    "below",
    "comes_back",
    "compared",
    "contradicting",
    "groups",
    "header",
    "hindrance",
    "in_words",
    "leftovers",
    "linked",
    "marked",
    "matching",
    "met",
    "misfits",
    "names",
    "nested",
    "newest_first",
    "of_bodies",
    "of_headers",
    "of_identities",
    "of_queries",
    "patiently",
    "quiet",
    "reachable",
    "refused",
    "returns",
    "run",
    "same",
    "schema",
    "seen",
    "send",
    "sent",
    "sent_again",
    "sent_by",
    "sent_texts",
    "share",
    "sighted",
    "singly",
    "state_machine",
    "ties",
    "together",
    "tracks",
    "value_at",
    "walk",
    "walker",
    "worded",
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
    "spellings",
    "robustness",
    "generated",
    "sequences",
    "walks",
    "leftovers",
    "round_trip",
    "cleanup",
    "lifecycle",
    "shapes",
)
"""The families of promises in the order in which they run; the last three judge what all have sent."""

SHARES = {
    "again": (1.0, 1.0),
    "journey": (0.2, 0.4),
    "course": (0.12, 0.1),
    "changes": (0.1, 0.1),
    "views": (0.1, 0.05),
    "lists": (0.25, 0.2),
    "isolation": (0.15, 0.2),
    "credentials": (0.3, 0.2),
    "limits": (0.1, 0.0),
    "identity": (0.1, 0.0),
    "spellings": (0.2, 0.3),
    "robustness": (0.3, 0.3),
    "generated": (0.65, 0.6),
    "sequences": (0.12, 0.8),
    "walks": (0.7, 0.8),
    "leftovers": (0.3, 0.0),
    "round_trip": (0.5, 0.0),
    "cleanup": (1.0, 0.0),
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


def sent_again() -> list[Exchange]:
    """The exchanges whose requests a second look sends again."""
    return list(again.requests(run()))


def _unable(stopped: str, family: str) -> None:
    """Say once that a family, and what comes after it, found the run at its end."""
    if not any(reason.startswith(stopped) for reason in run().ledger.unable):
        run().ledger.unable.append(f"{stopped}: {family} and what comes after it could not run")


@contextmanager
def share(family: str, *, of: int = 1, part: float | None = None) -> Iterator[int]:
    """Let the block send for a family within its share; gives the requests it may send.

    Of the requests it gets `part` where one is named, else one part in `of` of the family's share; of what may
    be created the whole share, since few operations create.
    """
    budget = run().budget
    if stopped := run().sender.stopped:
        _unable(stopped, family)
    requests, created = SHARES[family]
    requests = requests if part is None else part
    if run().suspects:  # a second look is at little, with all that the first one left
        requests, of = 1.0, 1
    free = max(0, budget.requests_left - _reserved(family))
    allowed = max(min(1, free), int(free * requests) // of)
    creations = math.ceil(budget.creations_left * created)
    with budget.share(requests=allowed, created=creations), run().sender.sending_for(family):
        try:
            yield allowed
        finally:
            for reason in filter(None, (run().sender.limited, run().sender.stopped)):
                run().ledger.note(reason)


def _reserved(family: str) -> int:
    """Requests that are kept for bringing to an end what was created so far, where an operation does that."""
    if not run().endings or family not in FAMILIES[: FAMILIES.index("cleanup")]:
        return 0
    return run().budget.created + 4


def patiently(operation: Operation, **words: Any) -> Exchange:
    """The answer to `Run.ask`, asked again after a pause, a few times, while the server is busy: 429 or 503.

    Not while a limit of creations is reached: what that refuses is judged, and is not over in a moment.
    """
    exchange = run().ask(operation, **words)
    for pause in _PAUSES:
        if exchange.status not in _BUSY or run().sender.limited:
            break
        time.sleep(min(pause, run().budget.seconds_left))
        exchange = run().ask(operation, **words)
    return exchange


@lru_cache(maxsize=2048)
def _sightings(exchange: Exchange) -> Sequence[Sighting]:
    """What the answer of an exchange shows. The log is read many times, so it is kept."""
    this = run()
    return tuple(sightings(this.reader, this.behaviour, exchange)) if this.behaviour else ()


def seen(exchange: Exchange) -> Sequence[Sighting]:
    """The resources that the answer of an exchange shows; none where it shows single members of one."""
    return [sighting for sighting in _sightings(exchange) if sighting.whole]


def sighted() -> Iterator[Sighting]:
    """All that the account's own keys got to see so far, in the order of the log.

    Answers that show another resource than was asked for are left out: another promise is about that.
    """
    return (sighting for exchange in run().exchanges for sighting in _sightings(exchange) if sighting.own)


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
    accepted = engine.fit(
        case, operation, document=this.document, given=this.given, labels=this.labels, reader=this.reader
    )
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
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        ledger = run().ledger
        before = set(ledger.findings)
        try:
            result = yield
        finally:
            fresh = [finding for place, finding in ledger.findings.items() if place not in before]
            family = item.path.stem.removeprefix("test_")
            ledger.judges.update({(each.operation, each.cause): family for each in fresh})
        if fresh:
            pytest.fail("\n".join(f"{each.operation}: {each.detail}" for each in fresh), pytrace=False)
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
        expected = (pytest.skip.Exception, pytest.fail.Exception, unittest.SkipTest)
        if call.excinfo is not None and not isinstance(call.excinfo.value, expected):
            reason = f"{item.name} could not run: {type(call.excinfo.value).__name__}: {call.excinfo.value}"
            run().ledger.unable.append(run().sender.secrets.mask(reason.partition("\n")[0]))
        if made := attempt(item, call, run().operations):
            run().ledger.attempts.append(made)
        return (yield)


def execute(this: Run, suite: Path, observer: Observer) -> int:
    """Run the suite in the folder `suite` for a run, and look again at what it found; pytest's exit code.

    Nothing is printed: `observer` is told what is under way.
    """
    requests, created = again.spare(this.mode)
    with this.budget.share(requests=this.mode.requests - requests, created=this.mode.created - created):
        code = _collected(this, suite, FAMILIES, observer)
    second = again.second_look(this) if code in RAN else None
    if second is not None:
        _collected(second, suite, again.families(this, FAMILIES), observer)
        again.settle(this, second)
    return code


def _collected(this: Run, suite: Path, families: Sequence[str], observer: Observer) -> int:
    """Collect and run the tests of some families; pytest's exit code."""
    _current.append(this)
    os.environ.pop("PYTEST_ADDOPTS", None)  # meant for the tests of whoever calls us
    before = set(sys.modules)
    try:
        return int(
            pytest.main(
                [
                    *(str(suite / f"test_{family}.py") for family in families),
                    f"--rootdir={suite}",
                    f"--config-file={suite / 'pytest.ini'}",
                    "--import-mode=importlib",
                    "--assert=plain",  # no assertion tells anything; to rewrite Schemathesis for them takes a second
                    f"--hypothesis-seed={this.seed}",
                    "-p",
                    "no:cacheprovider",
                    "-p",
                    "no:terminal",
                ],
                plugins=[Plugin(), Watch(this, observer)],
            )
        )
    finally:
        _current.pop()
        for name in set(sys.modules) - before:  # tests are made from the run, so a second one needs them made anew
            if str(suite) in str(getattr(sys.modules[name], "__file__", "")):
                del sys.modules[name]
