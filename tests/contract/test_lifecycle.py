"""Only listed moves happen, the end stays, time stamps are in order, views open and close with states.

Judged on what the whole log showed of each resource. States move by themselves between two answers, so a
state is only wrong where none of those that the resource can have been in would have been right.
"""

from __future__ import annotations

from datetime import datetime

import pytest

from scripts.contract.plugin import (
    INVALID,
    Change,
    Create,
    Exchange,
    ListRule,
    Track,
    Unanswered,
    View,
    asked,
    below,
    comes_back,
    patiently,
    reachable,
    run,
    same,
    share,
    sighted,
    tracks,
)

LOOKS = 5
"""How many resources are looked at once more at the end."""

DRAWN = frozenset({"generated", "robustness", "sequences"})
"""The families whose requests are drawn, or wrong on purpose: a refusal of theirs may be for something else."""

_UNSURE = frozenset({401, 429})
"""Refusals that say nothing of the state."""


@pytest.fixture
def this():
    if run().behaviour is None:
        pytest.skip("the API has no behaviour.yaml")
    return run()


def _tracks(this) -> dict[str, Track]:
    return tracks(sighted(), this.behaviour.lifecycle)


def _lawful(this) -> dict[str, Track]:
    """Those whose states are in order: of others nothing that goes by the state can be said."""
    return {identity: track for identity, track in _tracks(this).items() if track.lawful}


# --- What is still asked --------------------------------------------------------------------------


def test_what_ended_is_looked_at_once_more(this) -> None:
    """By a view of all states, by those of some, and by the first page of a list."""
    scope = {operation.id for operation in this.scope}
    every = [view for view in this.behaviour.views if view.operation in scope]
    plain = [view for view in every if not view.states][:1]
    lists = [rule for rule in this.behaviour.lists if rule.operation in scope][:1]
    with share("lifecycle"):
        for held in this.held[:LOOKS] if plain else ():
            for view in (*plain, *(each for each in every if each.states), *plain):
                _look(view.operation, path=this.path_of(held))
        for rule in lists:
            _look(rule.operation)


def _look(name: str, path=None) -> None:
    try:
        patiently(run().operations[name], path=path)
    except Unanswered:
        return  # It is in the log, and judged there.


# --- States -----------------------------------------------------------------------------------------


@pytest.mark.judges("first-state")
def test_what_was_created_is_in_the_first_state(this) -> None:
    if this.behaviour.leaves_open("unfinished-creation"):
        pytest.skip("the texts leave open how far a new resource is")
    first = this.behaviour.lifecycle.first
    promise = this.promised("first-state", "What was just created is in the first state.", "/lifecycle/course")
    for track in _tracks(this).values():
        for state, sighting in track.seen:
            if isinstance(sighting.rule, Create):
                if state == first:
                    this.kept(promise, sighting.exchange)
                else:
                    this.broken(promise, sighting.exchange, f"it is {state}, the first state is {first}")


@pytest.mark.judges("moves-listed", "end-stays", "state-in-step")
def test_only_listed_moves_are_seen(this) -> None:
    promises = {
        "moves": this.promised("moves-listed", "Only the listed moves lead to another state.", "/lifecycle/moves"),
        "end": this.promised("end-stays", "A state that none follows is not left.", "/lifecycle/moves"),
        "step": this.promised(
            "state-in-step", "No operation shows a state that another has shown to be past.", "/lifecycle/moves"
        ),
    }
    for track in _tracks(this).values():
        _follow(promises, track)
    _note_unseen({state for track in _tracks(this).values() for state, _ in track.seen})


def _note_unseen(shown: set[str]) -> None:
    """Say what was not seen of the course: a state may be too short to be seen, and no text says how long one lasts."""
    lifecycle = run().behaviour.lifecycle
    unseen = [state for state in lifecycle.course if state not in shown]
    if unseen:
        run().ledger.note(f"lifecycle: no resource was seen in the state {', '.join(unseen)}")
    if not shown & lifecycle.terminal:
        run().ledger.note("lifecycle: no resource was seen to end, so no end was judged")


def _follow(promises, track: Track) -> None:
    """Judge the states of one resource, each after what its own operation and all others had shown."""
    this, after = run(), reachable(track.lifecycle)
    own: dict[str, str] = {}
    last, told_by = track.seen[0][0], track.seen[0][1].rule.operation
    for state, sighting in track.seen:
        operation, exchange = sighting.rule.operation, sighting.exchange
        before = own.get(operation, state)
        if state not in after[before]:
            kind = "end" if before in track.lifecycle.terminal else "moves"
            this.broken(promises[kind], exchange, f"{state} after {before}")
        elif state not in after[last]:
            this.broken(promises["step"], exchange, f"{state}, after {told_by} had shown {last}")
        else:
            this.kept(promises["end" if last in track.lifecycle.terminal else "moves"], exchange)
            this.kept(promises["step"], exchange)
        own[operation], last, told_by = state, state, operation


# --- Time stamps ------------------------------------------------------------------------------------


@pytest.mark.judges("stamp-by-state")
def test_time_stamps_go_by_the_state(this) -> None:
    """Within one answer, where the state and the stamp stand together."""
    promise = [
        this.promised(
            "stamp-by-state",
            "A time stamp has a value in the states in which it must, and none in those in which it must not.",
            f"/lifecycle/stamps/{index}",
            stamp.member,
        )
        for index, stamp in enumerate(this.behaviour.lifecycle.stamps)
    ]
    for state, sighting in _seen(this):
        for index, stamp in enumerate(this.behaviour.lifecycle.stamps):
            value, exchange = sighting.holds(stamp.member), sighting.exchange
            if state in stamp.unset and value is not None:
                this.broken(promise[index], exchange, f"{stamp.member} has a value in the state {state}")
            elif state in stamp.set and value is None and _must_show(sighting, stamp.member):
                this.broken(promise[index], exchange, f"{stamp.member} has no value in the state {state}")
            elif state in (*stamp.set, *stamp.unset):
                this.kept(promise[index], exchange)


def _must_show(sighting, member: str) -> bool:
    """Whether an answer would show the member's value: its schema names it; lists may leave members out."""
    try:
        sighting.value(member)
    except KeyError:
        listed = isinstance(sighting.rule, ListRule)
        return not listed and sighting.schema != "" and below(run().document, sighting.schema, member) != ""
    return True


@pytest.mark.judges("stamps-in-order")
def test_time_stamps_are_in_order(this) -> None:
    stamps = this.behaviour.lifecycle.stamps
    for _, sighting in _seen(this):
        last = None
        for index, stamp in enumerate(stamps):
            value = sighting.holds(stamp.member)
            if not isinstance(value, str) or _instant(value) is None:
                continue
            if last is not None:
                promise = this.promised(
                    "stamps-in-order", "No time stamp is before the one above it.", f"/lifecycle/stamps/{index}"
                )
                if _earlier(value, last[1]):
                    this.broken(promise, sighting.exchange, f"{stamp.member} is before {last[0]}")
                else:
                    this.kept(promise, sighting.exchange)
            last = stamp.member, value


@pytest.mark.judges("stamp-stays")
def test_time_stamps_stay(this) -> None:
    """Those that no rule lets change, in states that are not come back to."""
    for index, stamp in enumerate(this.behaviour.lifecycle.stamps):
        if stamp.member in _changing(this):
            continue
        promise = this.promised(
            "stamp-stays", "A time stamp that was set stays as it is.", f"/lifecycle/stamps/{index}", stamp.member
        )
        first: dict[str, str] = {}
        for state, sighting in _seen(this):
            value = sighting.holds(stamp.member)
            if not isinstance(value, str) or _instant(value) is None or comes_back(this.behaviour.lifecycle, state):
                continue
            if same(first.setdefault(sighting.identity, value), value):
                this.kept(promise, sighting.exchange)
            else:
                this.broken(promise, sighting.exchange, f"{stamp.member} is another than an earlier answer showed")


def _changing(this) -> set[str]:
    """Members that may change, with each update or as a request sends them; `unchanging` is another family's."""
    updated = {each.member for each in this.behaviour.sets if each.value == "updated"}
    sent = {member for rule in this.behaviour.kept for member in rule.members.values()}
    return updated | sent | set(this.behaviour.unchanging)


def _seen(this):
    """State and sighting, of every resource in turn whose states are in order."""
    for track in _lawful(this).values():
        yield from track.seen


def _earlier(one: str, other: str) -> bool:
    """Whether a time is before another, beyond the lesser of their precisions."""
    return not same(one, other) and _instant(one) < _instant(other)


def _instant(text: str) -> datetime | None:
    """The time that a text says, with its offset; None where it says none."""
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    return moment if moment.tzinfo else None


# --- Views of some states, and changes in some states -----------------------------------------------


@pytest.mark.judges("view-opens", "view-closed", "view-refusal")
@pytest.mark.parametrize("name", sorted(run().conditional) if run().behaviour else ())
def test_a_view_opens_and_closes_with_states(this, name) -> None:
    index, view = next(each for each in enumerate(this.behaviour.views) if each[1].operation == name)
    where = f"/views/{index}"
    opens = this.promised("view-opens", "A view of some states shows a resource in each of them.", where, name)
    closed = this.promised("view-closed", "A view of some states shows nothing in any other.", where, name)
    refusal = this.promised("view-refusal", "A view that is closed answers with its status.", where, name)
    known, last = _lawful(this), {}
    for exchange in _asked(this, name):
        identity = asked(exchange, this.operations[name], this.behaviour.parameter)
        states = known[identity].possible(exchange.number) if identity in known else frozenset()
        if states and not states.intersection(view.states):
            _judge_closed(view, states, exchange, closed, refusal)
        elif states and states.issubset(view.states):
            last[identity] = exchange, states
    for exchange, states in last.values():
        # What is shown may take a moment to be there, so the last time that it was asked for counts.
        if exchange.succeeded:
            this.kept(opens, exchange)
        elif exchange.status < 500 and exchange.family not in DRAWN:
            this.broken(opens, exchange, f"{exchange.status} in the state {_listed(states)}")


def _judge_closed(rule: View | Change, states, exchange: Exchange, closed, refusal) -> None:
    """Judge an answer in states in which there must be none."""
    this = run()
    if exchange.succeeded:
        this.broken(closed, exchange, f"{exchange.status} in the state {_listed(states)}")
        return
    this.kept(closed, exchange)
    if this.behaviour.leaves_open("refusal-status", rule.operation):
        return
    if exchange.status == rule.otherwise:
        this.kept(refusal, exchange)
    elif exchange.status < 500 and exchange.family not in DRAWN:
        this.broken(refusal, exchange, f"{exchange.status}, and {rule.otherwise} is the status in other states")


def _asked(this, name: str) -> list[Exchange]:
    """The exchanges of an operation with the account's own keys whose answers tell something."""
    return [
        exchange
        for exchange in this.exchanges
        if exchange.operation == name
        and exchange.authentic
        and exchange.status is not None
        and exchange.status not in _UNSURE
        and (exchange.succeeded or this.reader.request(exchange).kind != INVALID)
    ]


def _listed(states) -> str:
    ordered = [state for state in run().behaviour.lifecycle.states if state in states]
    return " or ".join(ordered)


CHANGES = [each.operation for each in run().behaviour.changes] if run().behaviour else []


@pytest.mark.judges("change-made", "change-moves", "change-refused", "change-refusal")
@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_made_in_its_states_alone(this, name) -> None:
    index, rule = next(each for each in enumerate(this.behaviour.changes) if each[1].operation == name)
    where, after = f"/changes/{index}", reachable(this.behaviour.lifecycle)
    made = this.promised("change-made", "A change is made in each state in which it may be.", where, name)
    moved = this.promised(
        "change-moves", "A change that moves a resource leaves it in the state that it names.", where, name
    )
    closed = this.promised("change-refused", "A change is made in no state in which it may not be.", where, name)
    refusal = this.promised("change-refusal", "A change that may not be made is refused with its status.", where, name)
    known = _tracks(this)
    for exchange in _asked(this, name):
        track = known.get(asked(exchange, this.operations[name], this.behaviour.parameter) or "")
        states = track.possible(exchange.number) if track and track.lawful else frozenset()
        if exchange.succeeded and rule.does == "move" and track:
            _judge_moved(moved, rule, track, exchange, after)
        if not states or not rule.states or (rule.does == "move" and states == {rule.to}):
            continue  # What is there already may be asked for again.
        if not states.intersection(rule.states):
            _judge_closed(rule, states, exchange, closed, refusal)
        elif exchange.succeeded:
            this.kept(made, exchange)
        elif states.issubset(rule.states) and exchange.status == rule.otherwise and track.surrounds(exchange.number):
            this.broken(made, exchange, f"{exchange.status} in the state {_listed(states)}")


def _judge_moved(promise, rule: Change, track: Track, exchange: Exchange, after) -> None:
    """What the answer shows, and the next one does, is the state that a move names, or one that follows."""
    number = exchange.number
    own = [state for state, sighting in track.seen if sighting.exchange.number == number]
    later = [state for state, sighting in track.seen if sighting.exchange.number > number]
    if exchange.status == 202 or not own + later:
        return  # RFC 9110, section 15.3.3: it may still be to be done.
    wrong = [state for state in own[:1] + later[:1] if state not in after[rule.to]]
    if wrong:
        run().broken(promise, exchange, f"the state is {wrong[0]} afterwards, not {rule.to}")
    else:
        run().kept(promise, exchange)
