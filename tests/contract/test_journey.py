"""A resource is created, and every operation that it leads to is asked until it succeeds.

Where nothing may be created, the journey starts from what a list already holds. Either way it
leaves behind the path parameters with which operations succeed, for the families after it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from itertools import islice

import pytest

from scripts.contract.plugin import (
    AFTER_THE_END,
    HOPELESS,
    Exchange,
    Held,
    Operation,
    Promise,
    Spent,
    Unanswered,
    at,
    linked,
    patiently,
    run,
    seen,
    share,
)

REACHED = Promise(
    "created-is-reached",
    "What a success created is found by the operations that its links lead to.",
    "published",
    "The links of the answer in the document",
)

STOCK = 10
"""How many resources are created to start with, at most."""

LONG = 0.3
"""Seconds between two looks from which it is looked whether there is still something to wait for."""

POLL_SECONDS = 20.0
"""How long a new resource may take until every operation on it has succeeded once."""


@pytest.mark.judges("created-is-reached")
def test_what_is_created_is_reached() -> None:
    this = run()
    creating = [operation for operation in this.usable if operation.id in this.creating]
    if not creating:
        pytest.skip("nothing is created in this mode")
    for operation in creating:
        with share("journey", of=len(creating)):
            created = _create(operation)
            if created is not None:
                for target, path in _targets(created):
                    this.known[target.id] = path
                _poll(created)


def _create(operation: Operation) -> Exchange | None:
    """The first success of a creating operation, whose bodies get less plain; then a few more, to be told apart."""
    this, first = run(), None
    count = min(STOCK, this.budget.creations_left)
    for body in (this.plain_body(operation), *islice(this.bodies(operation), count - 1)):
        if this.budget.creations_left < 1 or (first is None and this.held):
            break
        try:
            created = patiently(operation, body=body)
        except Spent:
            break  # a limit is reached; what was created is judged all the same
        if created.succeeded:
            first = first or created
            _hold(created, body)
        elif first is None:
            break
    return first


def _hold(created: Exchange, body) -> None:
    """Note what an exchange created, if its answer says so."""
    this = run()
    if this.behaviour is None or created.operation != this.behaviour.create.operation:
        return
    try:
        identity = at(created.json(), this.behaviour.create.at + this.behaviour.identity)
    except (ValueError, KeyError):
        return
    this.held.append(Held(str(identity), body, created))


def test_what_is_there_is_reached() -> None:
    this = run()
    waiting = {operation.id for operation in this.scope if "{" in operation.path and operation.id not in this.known}
    usable = {operation.id for operation in this.usable}
    lists = [each for each in this.behaviour.lists if each.operation in usable] if this.behaviour else []
    if not waiting or not lists:
        pytest.skip("nothing is left to be reached by a list")
    with share("journey"):
        for each in lists:
            _from_list(each, waiting)


def _targets(created: Exchange) -> Iterator:
    this = run()
    responses = this.operations[created.operation].definition["responses"]
    documented = responses.get(str(created.status), {})
    try:
        answer = created.json()
    except ValueError:
        return
    yield from linked(answer, documented.get("links", {}), this.scope)


def _poll(created: Exchange) -> None:
    """Ask what is only read until each has succeeded, or can no more, or time or requests are spent."""
    this = run()
    targets = {target.id: (target, path) for target, path in _targets(created) if this.reads_only(target)}
    started = time.monotonic()
    try:
        _ask_in_turn(targets, started)
    finally:
        for name in targets:
            this.ledger.note(f"{name}: not reached within {time.monotonic() - started:.0f} s of what was created")
        if targets:
            this.patience.in_vain(started)


def _ask_in_turn(targets: dict[str, tuple[Operation, dict]], started: float) -> None:
    """Take out of the targets, by operationId, what has succeeded, until there is nothing left to wait for."""
    this, pause, watched = run(), 0.05, None
    deadline = min(this.patience.until(POLL_SECONDS), started + this.budget.seconds_left)
    while targets:
        for name, (target, path) in list(targets.items()):
            answer = patiently(target, path=path)
            if answer.succeeded or name not in this.conditional:
                _judge(answer)
                del targets[name]
                watched = watched or ((target, path) if _state(answer) else None)
        if not targets or time.monotonic() > deadline:
            break
        time.sleep(pause)
        pause = min(1.0, pause * 1.5)
        if pause > LONG:
            deadline = min(deadline, _latest(watched, started))


def _latest(watched: tuple[Operation, dict] | None, started: float) -> float:
    """The moment up to which it makes sense to wait for what states bring, seen from a view of the state."""
    if watched is None:
        return started + HOPELESS
    state = _state(patiently(watched[0], path=watched[1]))
    return time.monotonic() + AFTER_THE_END if state in run().behaviour.lifecycle.terminal else math.inf


def _state(answer: Exchange) -> str | None:
    """The state of the lifecycle that an answer shows; None where it shows none."""
    this = run()
    states = [each.holds(this.behaviour.lifecycle.member) for each in seen(answer)] if this.behaviour else []
    return next((state for state in states if state in this.behaviour.lifecycle.states), None)


def _judge(answer: Exchange) -> None:
    if answer.status == 404:
        run().broken(REACHED, answer, "404 for what was just created")
    elif answer.succeeded:
        run().kept(REACHED, answer)


def _records(answer: Exchange, items: str) -> list:
    """The items of a list's answer; none where it has another form, which is judged elsewhere."""
    try:
        found = at(answer.json(), items)
    except (ValueError, KeyError):
        return []
    return found if isinstance(found, list) else []


def _from_list(each, waiting: set[str]) -> None:
    this = run()
    for record in _records(patiently(this.operations[each.operation]), each.at):
        try:
            path = {this.behaviour.parameter: at(record, this.behaviour.identity)}
        except KeyError:
            continue
        if len(this.held) < STOCK:
            this.held.append(Held(str(path[this.behaviour.parameter])))
        for name in sorted(waiting):
            try:
                reached = patiently(this.operations[name], path=path)
            except Unanswered:
                continue
            if reached.succeeded:
                this.known[name] = path
                waiting.discard(name)
        if not waiting:
            return
