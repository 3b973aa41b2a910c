"""Random walks, and the shortest that still breaks what one of them broke.

A Hypothesis state machine chooses the steps. The walk that breaks a promise is then shortened here and not by
Hypothesis: each try sends and may create, so there must be few, and time passes at the server, so the same
steps need not get the same answers, which Hypothesis takes for a fault of the test.
"""

from __future__ import annotations

import unittest
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import ClassVar, TypeVar

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from ..behaviour import Change, View
from .budget import Spent
from .listing import Listing
from .ordering import Sorting
from .walks import Asking, Broken, Changing, Creating, Reading, Step, Waiting, Walk, Walker

T = TypeVar("T")

PAUSES = (0.02, 0.15)
"""Seconds that a walk may wait at a time."""

_ROUNDS = 3
"""How often walks are begun anew after one that broke a promise, to see others."""

_NUMBERS = st.integers(0, 3)


class Halt(unittest.SkipTest):
    """A walk broke a promise: Hypothesis is to stop, and to repeat nothing."""

    def __init__(self, broken: Broken) -> None:
        super().__init__(broken.check.wrong)
        self.broken = broken


def walk(walker: Walker) -> None:
    """Walk until the allowance is spent; what is found is in the walker."""
    for number in range(_ROUNDS):
        try:
            _round(walker, number)
            return
        except Halt as halt:
            walker.found[halt.broken.cause] = halt.broken
            walker.found[halt.broken.cause] = shortened(walker, halt.broken)
        except (Spent, Flaky):
            return


def _round(walker: Walker, number: int) -> None:
    run_state_machine_as_test(
        seed(walker.run.seed + number)(machine(walker)),
        settings=settings(
            max_examples=walker.allowance.walks,
            stateful_step_count=walker.allowance.steps,
            phases=(Phase.generate,),
            verbosity=Verbosity.quiet,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


class _Walking(RuleBasedStateMachine):
    """The steps that every walk may have; `machine` adds those of an API."""

    walker: ClassVar[Walker]

    def __init__(self) -> None:
        super().__init__()
        self.walk = Walk(self.walker)
        self.created = 0
        self.end: Halt | Spent | None = None

    def take(self, step: Step) -> None:
        """Take a step, unless the walk has ended: Hypothesis draws the rest of it all the same."""
        if self.end is not None:
            return
        try:
            broken = self.walk.take(step)
            self.end = Halt(broken) if broken else None
        except Spent as spent:
            self.end = spent

    def teardown(self) -> None:
        if self.end is not None:
            raise self.end

    @initialize()
    def begin(self) -> None:
        if self.walker.creates and not self.walker.held:
            self.create(0)

    @rule(seconds=st.sampled_from(PAUSES))
    def wait(self, seconds: float) -> None:
        self.take(Waiting(seconds))

    @precondition(lambda self: self.walker.creates and self.created < 1)
    @rule(number=_NUMBERS)
    def create(self, number: int) -> None:
        self.created += 1
        self.take(Creating(number))


def machine(of: Walker) -> type[RuleBasedStateMachine]:
    """The state machine whose runs are walks. What steps there are does not depend on answers."""
    behaviour = of.behaviour
    scope = {operation.id for operation in of.run.scope}
    views = [view for view in behaviour.views if view.operation in scope]
    changes = [change for change in behaviour.changes if change.operation in scope]
    lists = [Listing(index, each, behaviour) for index, each in enumerate(behaviour.lists) if each.operation in scope]
    ways = [*_ways(lists)]

    class Walks(_Walking):
        walker = of

        @precondition(lambda _: bool(views))
        @rule(which=_NUMBERS)
        def look(self, which: int) -> None:
            self.take(Reading(which, views[0]))

        @precondition(lambda _: bool(views))
        @rule(which=_NUMBERS, view=_any(views))
        def read(self, which: int, view: View) -> None:
            self.take(Reading(which, view))

        @precondition(lambda _: bool(ways))
        @rule(which=_NUMBERS, way=_any(ways))
        def ask(self, which: int, way: tuple[Listing, str, Sorting | None, int | None]) -> None:
            self.take(Asking(which, *way))

        @precondition(lambda _: bool(changes))
        @rule(which=_NUMBERS, change=_any(changes), number=_NUMBERS)
        def change(self, which: int, change: Change, number: int) -> None:
            self.take(Changing(which, change, number))

    return Walks


def _any(choices: Sequence[T]) -> st.SearchStrategy[T]:
    return st.sampled_from(choices) if choices else st.nothing()


def _ways(listings: Iterable[Listing]) -> Iterator[tuple[Listing, str, Sorting | None, int | None]]:
    """Every way to ask for each list that walks try; the plainest first."""
    for listing in listings:
        sizes = [listing.largest, *([2] if listing.rule.pages and listing.rule.pages.size else [])]
        for size in sizes:
            for way in (None, *listing.sortings()):
                for parameter in ("", *listing.rule.filters):
                    yield listing, parameter, way, size


# --- The shortest walk ----------------------------------------------------------------------------


def shortened(walker: Walker, broken: Broken) -> Broken:
    """The shortest walk that was found within the allowance to break the same; the walk itself where none did."""
    walker.shortening = True
    try:
        again = _again(walker, broken.steps, broken)
        if again is None:
            walker.once.add(broken.cause)
            return broken
        broken = again
        tried = [broken.steps]
        while steps := next((each for each in _shorter(broken.steps) if each not in tried), None):
            tried.append(steps)
            broken = _again(walker, steps, broken) or broken
    except Spent:
        pass
    finally:
        walker.shortening = False
    return broken


def _again(walker: Walker, steps: Sequence[Step], wanted: Broken) -> Broken | None:
    """What the steps break, if that is the same; None where it is not."""
    walk = Walk(walker)
    for step in steps:
        broken = walk.take(step)
        if broken:
            return broken if broken.cause == wanted.cause else None
    return None


def _shorter(steps: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    """Shorter walks with the same last step, those without many steps first; then plainer ones."""
    *before, last = steps
    size = len(before)
    while size:
        for start in range(0, len(before), size):
            yield (*before[:start], *before[start + size :], last)
        size //= 2
    for index, step in enumerate(steps):
        for plain in _plainer(step):
            yield (*steps[:index], plain, *steps[index + 1 :])


def _plainer(step: Step) -> Iterator[Step]:
    if isinstance(step, Asking):
        for changes in ({"way": None}, {"parameter": ""}, {"size": step.listing.largest}):
            plain = replace(step, **changes)
            if plain != step:
                yield plain
    elif isinstance(step, Waiting) and step.seconds > PAUSES[0]:
        yield Waiting(PAUSES[0])
