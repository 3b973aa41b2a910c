"""A resource is watched from its creation to its end, and a little beyond.

What is seen is judged with the whole log, by the promises of the lifecycle.
"""

from __future__ import annotations

import time
from itertools import islice

import pytest

from scripts.contract.plugin import HOPELESS, Held, Unanswered, at, patiently, run, seen, share

WATCHED_SECONDS = 20.0
"""How long the end is waited for."""

BEYOND = 3
"""How often a resource that has ended is looked at again."""


def test_a_resource_is_watched_to_its_end() -> None:
    this = run()
    usable = {operation.id for operation in this.usable}
    if this.behaviour is None or this.behaviour.create.operation not in usable:
        pytest.skip("nothing is created in this mode")
    views = [view for view in this.behaviour.views if view.operation in usable and not view.states]
    with share("course"):
        view = next((each for each in views if _shows_state(each.operation)), None)
        held = _created() if view else None
        if held is None:
            pytest.skip("there is no resource whose state could be watched")
        started, ended = time.monotonic(), False
        try:
            ended = _watch(held, view.operation)
        finally:
            waited = time.monotonic() - started
            if not ended:
                this.patience.in_vain(started)
                this.ledger.note(f"lifecycle: what was created was not seen to end within {waited:.0f} s")
        if ended:
            _look_beyond(held, view.operation, pace=waited)


def _created() -> Held | None:
    this = run()
    operation = this.operations[this.behaviour.create.operation]
    body = next(islice(this.bodies(operation), 2, None), None)
    exchange = patiently(operation, body=body)
    shown = seen(exchange)
    if not shown:
        return None
    this.held.append(Held(shown[0].identity, body, exchange))
    return this.held[-1]


def _watch(held: Held, view: str) -> bool:
    """Look until the end, and in each state at the views of some states between two looks; whether it came."""
    this, pause, before = run(), 0.02, None
    conditional = sorted(this.conditional & {operation.id for operation in this.usable})
    started, lifecycle = time.monotonic(), this.behaviour.lifecycle
    deadline = min(this.patience.until(WATCHED_SECONDS), started + this.budget.seconds_left)
    while time.monotonic() < (deadline if before in lifecycle.states else min(deadline, started + HOPELESS)):
        state = _look(held, view) or before
        if state != before:
            before, pause = state, 0.02
            for name in conditional:
                _look(held, name)
                state = _look(held, view) or state
        if state in lifecycle.terminal:
            return True
        time.sleep(pause)
        pause = min(2.0, pause * 1.4)
    return False


def _look_beyond(held: Held, view: str, *, pace: float) -> None:
    """Look again after about as long as a state lasted, for what is left again."""
    pause = min(1.0, pace / max(1, len(run().behaviour.lifecycle.course) - 1))
    for _ in range(BEYOND):
        time.sleep(pause)
        _look(held, view)
    for name in sorted(run().conditional & {operation.id for operation in run().usable}):
        _look(held, name)
    _look(held, view)


def _look(held: Held, name: str) -> str | None:
    """The state that an operation shows; None where it shows none."""
    this = run()
    try:
        exchange = patiently(this.operations[name], path=this.path_of(held))
    except Unanswered:
        return None  # It is in the log, and judged there.
    states = [_found(each.resource) for each in seen(exchange) if each.identity == held.identity]
    return states[0] if states else None


def _found(resource) -> str | None:
    try:
        return str(at(resource, run().behaviour.lifecycle.member))
    except KeyError:
        return None


def _shows_state(name: str) -> bool:
    """Whether a view is known to show the state, or not yet known to show none."""
    shown = [each for exchange in run().exchanges if exchange.operation == name for each in seen(exchange)]
    return not shown or any(_found(each.resource) is not None for each in shown)
