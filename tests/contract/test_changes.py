"""A change does what it says to the members that it is about, and nothing else.

A resource is created for it and held by nobody else. In which states a change is made and refused is judged
with the whole log, by the promises of the lifecycle.
"""

from __future__ import annotations

import copy
from itertools import islice

import pytest

from scripts.contract.plugin import (
    Change,
    Exchange,
    Held,
    Sighting,
    Unanswered,
    patiently,
    run,
    same,
    seen,
    share,
    value_at,
)


@pytest.mark.judges("change-done", "replacement-whole", "change-alone")
def test_changes_do_what_they_say() -> None:
    this = run()
    usable = {operation.id for operation in this.usable}
    changes = [each for each in this.behaviour.changes if each.operation in usable] if this.behaviour else []
    if not changes or this.behaviour.create.operation not in usable:
        pytest.skip("no operation of this mode changes a resource that it created")
    view = next((each for each in this.behaviour.views if each.operation in usable and not each.states), None)
    with share("changes"):
        held = _created() if view else None
        if held is None:
            pytest.skip("there is no resource that could be changed")
        # What moves a resource comes last, and then everything once more, when most must be refused.
        ordered = sorted(changes, key=lambda rule: rule.does == "move")
        for rule in (*ordered, *ordered):
            _change(rule, held, view.operation)
        _refused_at_the_end(changes, view.operation)


def _created() -> Held | None:
    this = run()
    operation = this.operations[this.behaviour.create.operation]
    body = next(islice(this.bodies(operation), 1, None), None)
    exchange = patiently(operation, body=body)
    shown = seen(exchange)
    return Held(shown[0].identity, body, exchange) if shown else None


def _refused_at_the_end(changes: list[Change], view: str) -> None:
    """Try on a resource of the run that has ended what may not be made of it any more."""
    this = run()
    created = [held for held in this.held if held.created is not None]
    for held in reversed(created[-3:]):
        state = _state(_look(held, view))
        if state in this.behaviour.lifecycle.terminal:
            for rule in changes:
                if rule.states and state not in rule.states and state != rule.to:
                    _change(rule, held, view)
            return


def _change(rule: Change, held: Held, view: str) -> None:
    before = _look(held, view)
    body = _body(rule, held)
    exchange = _ask(rule, held, body)
    after = _look(held, view)
    if exchange is None or before is None or after is None:
        return
    if exchange.succeeded and exchange.status != 202:
        _judge(rule, body, before, exchange, after)
    elif exchange.status == rule.otherwise and rule.states:
        _judge_rest(rule, set(), before, exchange, after)


def _look(held: Held, name: str) -> Sighting | None:
    this = run()
    try:
        exchange = patiently(this.operations[name], path=this.path_of(held))
    except Unanswered:
        return None  # It is in the log, and judged there.
    return next((each for each in seen(exchange) if each.identity == held.identity), None)


def _ask(rule: Change, held: Held, body) -> Exchange | None:
    this = run()
    try:
        return patiently(this.operations[rule.operation], path=this.path_of(held), body=body)
    except Unanswered:
        return None


def _state(shown: Sighting | None):
    return value_at(shown.resource, run().behaviour.lifecycle.member) if shown else None


# --- What is sent ---------------------------------------------------------------------------------


def _members(operation: str) -> dict[str, str]:
    """Where a request of an operation sends the members that come back, and where they stand in the resource."""
    rules = run().behaviour.kept
    return {
        place: member
        for rule in rules
        if not rule.operations or operation in rule.operations
        for place, member in rule.members.items()
    }


def _body(rule: Change, held: Held):
    """What the change must be sent, as it was created, and one text or number that is another than before."""
    this = run()
    operation = this.operations[rule.operation]
    plain = this.plain_body(operation)
    if rule.does == "move" or not isinstance(plain, dict):
        return plain
    body = copy.deepcopy({**plain, **{name: held.body[name] for name in plain if name in held.body}})
    other = next(islice(this.bodies(operation), 2, None), plain)
    for place in _members(rule.operation):
        name = place.removeprefix("/")
        if "/" not in name and name in other and not same(other[name], held.body.get(name)):
            return {**body, name: other[name]}
    return body


# --- What is judged -------------------------------------------------------------------------------


def _judge(rule: Change, body, before: Sighting, exchange: Exchange, after: Sighting) -> None:
    """Judge a change that was answered as done: what was sent is there, and what was not is as it must be."""
    this, index = run(), run().behaviour.changes.index(rule)
    where = f"/changes/{index}"
    done = this.promised("change-done", "What a change sent is there afterwards.", where, rule.operation)
    dropped = this.promised(
        "replacement-whole", "What a replacement does not send is not there afterwards.", where, rule.operation
    )
    members, sent = _members(rule.operation), set()
    for place, member in members.items() if rule.does != "move" else ():
        value, shown = value_at(body, place), value_at(after.resource, member)
        if isinstance(value, str | int | float):
            sent.add(member)
            if same(value, shown):
                this.kept(done, exchange)
            else:
                this.broken(done, exchange, f"{member} is not as it was sent")
        elif value is not None:
            sent.add(member)
        elif rule.does == "replace":
            sent.add(member)
            old = value_at(before.resource, member)
            # No default is a text that only this run has sent.
            open_ = this.behaviour.leaves_open("default", member) and "plumbline" not in str(old)
            if old is not None and same(old, shown) and not open_:
                this.broken(dropped, exchange, f"{member} is as before, and was not sent")
    _judge_rest(rule, sent, before, exchange, after)


def _judge_rest(rule: Change, sent: set[str], before: Sighting, exchange: Exchange, after: Sighting) -> None:
    """Judge that what was not changed is as before."""
    this, index = run(), run().behaviour.changes.index(rule)
    rest = this.promised(
        "change-alone", "A change leaves alone what it is not about.", f"/changes/{index}", rule.operation
    )
    kept = {member for each in this.behaviour.kept for member in each.members.values()}
    for member in sorted((kept | set(this.behaviour.unchanging)) - sent):
        old, new = value_at(before.resource, member), value_at(after.resource, member)
        if same(old, new):
            this.kept(rest, exchange)
        else:
            this.broken(rest, exchange, f"{member} is another than before")
