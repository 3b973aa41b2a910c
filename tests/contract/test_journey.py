"""A resource is created, and every operation that it leads to is asked until it succeeds.

Where nothing may be created, the journey starts from what a list already holds. Either way it
leaves behind the path parameters with which operations succeed, for the families after it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import islice

import pytest

from scripts.contract.plugin import Exchange, Held, Operation, Promise, Unanswered, at, linked, run, share

REACHED = Promise(
    "created-is-reached",
    "What a success created is found by the operations that its links lead to.",
    "published",
    "The links of the answer in the document",
)

STOCK = 10
"""How many resources are created to start with, at most."""

POLL_SECONDS = 20.0
"""How long a new resource may take until every operation on it has succeeded once."""


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
        created = this.ask(operation, body=body)
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
    """Ask the targets in turn until each has succeeded or time is up."""
    this = run()
    targets = {target.id: (target, path) for target, path in _targets(created)}
    conditional = this.conditional
    deadline = time.monotonic() + min(POLL_SECONDS, this.budget.seconds_left)
    pause = 0.05
    while targets:
        for name, (target, path) in list(targets.items()):
            if not this.reads_only(target):
                del targets[name]
                continue
            answer = this.ask(target, path=path)
            if answer.succeeded or name not in conditional:
                _judge(answer)
                del targets[name]
        if not targets or time.monotonic() > deadline:
            break
        time.sleep(pause)
        pause = min(1.0, pause * 1.5)
    for name in targets:
        this.ledger.note(f"{name}: not reached within {POLL_SECONDS:g} s of what was created")


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
    for record in _records(this.ask(this.operations[each.operation]), each.at):
        try:
            path = {this.behaviour.parameter: at(record, this.behaviour.identity)}
        except KeyError:
            continue
        if len(this.held) < STOCK:
            this.held.append(Held(str(path[this.behaviour.parameter])))
        for name in sorted(waiting):
            try:
                reached = this.ask(this.operations[name], path=path)
            except Unanswered:
                continue
            if reached.succeeded:
                this.known[name] = path
                waiting.discard(name)
        if not waiting:
            return
