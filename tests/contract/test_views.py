"""Operations that show the same resource agree, member by member.

A resource is read by every operation that shows it, and then by the first of them once more: what that one
showed the same before and after is what all between must show. So a resource that moves meanwhile, or that
another client changes, accuses nobody.
"""

from __future__ import annotations

import time
from collections import Counter
from itertools import islice

import pytest

from scripts.contract.plugin import (
    HOPELESS,
    INVALID,
    Exchange,
    Held,
    Promise,
    Sighting,
    Unanswered,
    comes_back,
    contradicting,
    names,
    patiently,
    run,
    same,
    seen,
    share,
)

WATCHED_SECONDS = 5.0
"""How long a resource is watched while it moves."""

TRIES = 3
"""How often a resource is read around again that changed meanwhile."""

ODD = " Plumbline Ünïcödé 日本 🎬 e\u0301 & <b>\"quoted\" 'single' \\ / % %20 + ; = ? #</b> MiXeD  two blanks "
"""A text of all that careless servers change."""


@pytest.mark.judges("views-agree")
def test_views_agree_while_a_resource_moves() -> None:
    this = _with_views()
    if this.behaviour.create.operation not in {operation.id for operation in this.usable}:
        pytest.skip("nothing is created in this mode")
    with share("views"):
        held = _created()
        if held is None:
            pytest.skip("nothing could be created to be watched")
        this.held.append(held)
        _watch(held)


@pytest.mark.judges("views-agree")
def test_views_agree_on_what_is_there() -> None:
    this = _with_views()
    ordered = sorted(this.held, key=lambda held: not _ended(held))
    with share("views"):
        for held in ordered[: 2 if this.mode.requests <= 300 else 6]:
            _read_around(held)


def _with_views():
    this = run()
    if this.behaviour is None or _first() is None:
        pytest.skip("no operation in scope shows a resource in every state")
    return this


# --- What is read -------------------------------------------------------------------------------


def _first():
    """The view that is read before and after the others; None where there is none in scope."""
    this = run()
    return next((each for each in _views() if not each.states), None) if this.behaviour else None


def _views():
    this = run()
    scope = {operation.id for operation in this.scope}
    return [each for each in this.behaviour.views if each.operation in scope and not each.shows]


def _created() -> Held | None:
    """A new resource with texts that careless servers change, or with plain ones where those are refused."""
    this = run()
    operation = this.operations[this.behaviour.create.operation]
    if not any(each.endswith("json") for each in operation.definition.get("requestBody", {}).get("content", ())):
        return None
    bodies = list(islice(this.bodies(operation), 3, 5))
    for body in (_odd(operation, *bodies), bodies[0]) if len(bodies) == 2 else ():
        if body is None or this.budget.creations_left < 1:
            continue
        try:
            exchange = this.ask(operation, body=body)
        except Unanswered:
            return None  # It is in the log, and judged there.
        shown = seen(exchange)
        if shown and shown[0].told:
            return Held(shown[0].told, body, exchange)
    return None


def _odd(operation, plain, unusual):
    """A body with the longest odd text that the schema allows, wherever another unusual text may stand."""
    for length in (220, 120, len(ODD)):
        text = f"{ODD[:-1]}{'x' * (length - len(ODD))} "
        body = _replaced(plain, unusual, text)
        if run().reader.body(operation, body) != INVALID:
            return body
    return None


def _replaced(plain, unusual, text: str):
    """`unusual` with `text` in place of the texts beyond what is plain."""
    if isinstance(unusual, dict):
        inner = plain if isinstance(plain, dict) else {}
        return {name: _replaced(inner.get(name), each, text) for name, each in unusual.items()}
    beyond = isinstance(unusual, str) and unusual != plain and not unusual.startswith("plumbline-")
    return text if beyond else unusual


def _ended(held: Held) -> bool:
    """Whether the log shows a resource in a terminal state."""
    this = run()
    return any(
        sighting.identity == held.identity and _state(sighting) in this.behaviour.lifecycle.terminal
        for exchange in this.exchanges
        for sighting in seen(exchange)
    )


def _state(sighting: Sighting) -> str:
    return str(sighting.holds(run().behaviour.lifecycle.member) or "")


def _watch(held: Held) -> None:
    """Read a resource around in each state that time takes it to, until its end."""
    this, state, pause = run(), None, 0.02
    started, lifecycle = time.monotonic(), this.behaviour.lifecycle
    deadline = min(this.patience.until(WATCHED_SECONDS), started + this.budget.seconds_left)
    while time.monotonic() < (deadline if state in lifecycle.states else min(deadline, started + HOPELESS)):
        sighting = _look(held, _first().operation)
        now = _state(sighting) if sighting else state
        if now != state:
            state = now
            _read_around(held)
        if state in this.behaviour.lifecycle.terminal:
            return
        time.sleep(pause)
        pause = min(1.0, pause * 1.4)
    this.patience.in_vain(started)
    waited = time.monotonic() - started
    this.ledger.note(f"views were not compared to the end: it was not reached in {waited:.0f} s")


def _look(held: Held, operation: str) -> Sighting | None:
    """What an operation shows of a resource now; None where it does not."""
    this = run()
    rule = this.behaviour.rules[operation]
    single = rule in this.behaviour.views
    try:
        words = {"path": this.path_of(held)} if single else {"query": _newest_first(rule, held)}
        exchange = patiently(this.operations[operation], **words)
    except Unanswered:
        return None  # It is in the log, and judged there.
    return next((each for each in seen(exchange) if each.identity == held.identity), None)


def _newest_first(rule, held: Held) -> dict[str, str]:
    """The query by which a list begins with what was just created; none where it cannot, or was not."""
    stamped = {each.member for each in run().behaviour.sets if each.value == "created"}
    order = rule.order
    if held.created is None or order is None or not order.by or order.direction is None:
        return {}
    keys = [key for key, member in order.keys.items() if member in stamped]
    return {order.by: keys[0], order.direction.parameter: order.direction.descending} if keys else {}


# --- What is judged -----------------------------------------------------------------------------


def _read_around(held: Held) -> None:
    """Read a resource by all that show it, until it was the same before and after; then judge."""
    for _ in range(TRIES):
        before = _look(held, _first().operation)
        if before is None:
            return
        between = [sighting for name in _others(_state(before)) if (sighting := _look(held, name))]
        after = _look(held, _first().operation)
        if after is None or not between:
            return
        if _steady(before, after):
            _judge(before, between)
            return


def _others(state: str) -> list[str]:
    """The operations that show a resource in a state, but for the first view."""
    this = run()
    scope = {operation.id for operation in this.scope}
    views = [each.operation for each in _views() if not each.states or state in each.states]
    lists = [each.operation for each in this.behaviour.lists if each.operation in scope]
    return [name for name in (*views, *lists) if name != _first().operation]


def _steady(before: Sighting, after: Sighting) -> bool:
    """Whether a resource was the same before and after, and cannot have been another in between."""
    return same(_named(before), _named(after)) and not comes_back(run().behaviour.lifecycle, _state(before))


def _named(sighting: Sighting):
    """The members of a resource that the document names: others may be each answer's own."""
    document = run().document
    return {name: value for name, value in sighting.resource.items() if names(document, sighting.schema, f"/{name}")}


def _judge(before: Sighting, between: list[Sighting]) -> None:
    this = run()
    found = {sighting.exchange.number: list(_differences(before, sighting)) for sighting in between}
    odd = Counter(place for differences in found.values() for place, _, _ in differences)
    for sighting in between:
        differences = found[sighting.exchange.number]
        if not differences:
            this.kept(_promise(sighting.exchange), sighting.exchange)
        for place, expected, came in differences:
            if odd[place] == len(between) > 1:
                _broken(before.exchange, place, came, expected, sighting.exchange)
            else:
                _broken(sighting.exchange, place, expected, came, before.exchange)


def _differences(one: Sighting, other: Sighting):
    document = run().document
    for place, first, second in contradicting(one.resource, other.resource):
        if all(names(document, each.schema, place) for each in (one, other)):
            yield place, first, second


def _broken(exchange: Exchange, place: str, expected, came, beside: Exchange) -> None:
    """Report it once for each operation and member: the values differ from resource to resource."""
    promise = _promise(exchange)
    if (exchange.operation, place) in _reported:
        return
    _reported.add((exchange.operation, place))
    detail = f"{place} is {came!r:.80}, while {beside.operation} showed {expected!r:.80} of the same resource"
    run().broken(promise, exchange, detail)


_reported: set[tuple[str | None, str]] = set()


def _promise(exchange: Exchange) -> Promise:
    rules = run().behaviour
    for kind, every in (("views", rules.views), ("lists", rules.lists)):
        for index, rule in enumerate(every):
            if rule.operation == exchange.operation:
                return run().promised(
                    "views-agree",
                    "Operations that show the same resource agree on every member that they show.",
                    f"/{kind}/{index}",
                )
    raise LookupError(exchange.operation)
