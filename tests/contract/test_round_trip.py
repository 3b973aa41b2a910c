"""What was sent comes back equal, what never changes does not, and identities are each one resource's.

Held resources are read once more by all that show them, as they are at the end of the run. Then the whole log
is judged, in the order in which it was sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import pytest

from scripts.contract.plugin import (
    Exchange,
    Held,
    Promise,
    Sent,
    Sighting,
    Unanswered,
    asked,
    names,
    patiently,
    returns,
    run,
    same,
    seen,
    sent_by,
    share,
    value_at,
)

ROUND_TRIP = "What was sent comes back equal in every answer that has a place for it."
UNCHANGING = "What never changes is the same in every answer about a resource."

_READ_AGAIN = 4 if run().mode.requests <= 300 else 10
"""How many held resources are read once more at the end."""


def test_held_resources_are_read_again() -> None:
    this = run()
    if this.behaviour is None or not this.held:
        pytest.skip("no resource is held")
    scope = {operation.id for operation in this.scope}
    with share("round_trip"):
        for held in this.held[-1:] + this.held[: _READ_AGAIN - 1]:
            for view in this.behaviour.views:
                if view.operation in scope and not _seen_at_the_end(held, view.operation):
                    _read(held, view.operation)
        for rule in this.behaviour.lists:
            if rule.operation in scope:
                _read(None, rule.operation)


@pytest.mark.judges("round-trip")
def test_what_was_sent_comes_back() -> None:
    if run().behaviour is None or not run().behaviour.kept:
        pytest.skip("no rule says what comes back")
    log = _Log({}, set())
    for exchange in run().exchanges:
        shown = seen(exchange)
        log.take(exchange, shown)
        for sighting in shown:
            sent = log.sent.get(sighting.identity)
            if sent is not None and exchange.authentic:
                _judge_sent(sent, sighting)


@pytest.mark.judges("unchanging")
def test_what_never_changes_stays() -> None:
    if run().behaviour is None:
        pytest.skip("no rule says what never changes")
    first: dict[tuple[str, str], tuple[object, Exchange]] = {}
    shared = _ambiguous()
    for exchange in run().exchanges:
        for identity in _changed_by(exchange):
            for member in _members_of(exchange.operation):
                first.pop((identity, member), None)
        for sighting in seen(exchange) if exchange.authentic else ():
            if sighting.identity not in shared:
                _judge_unchanging(sighting, first)


@pytest.mark.judges("identity-unique")
def test_identities_are_unique() -> None:
    this = run()
    if this.behaviour is None:
        pytest.skip("no rule says what the identity is")
    first: dict[str, Exchange] = {}
    for exchange, identity in _creations():
        promise = this.promised("identity-unique", "Every resource has an identity of its own.", "/resource")
        if identity not in first:
            first[identity] = exchange
            this.kept(promise, exchange)
        else:
            detail = f"the identity {identity!r} was given to an earlier creation too, request {first[identity].number}"
            _broken(promise, exchange, this.behaviour.identity, detail)


@pytest.mark.judges("identity-kept")
def test_an_identity_leads_to_its_resource() -> None:
    this = run()
    if this.behaviour is None:
        pytest.skip("no rule says what the identity is")
    known = {identity for _, identity in _creations()} | {held.identity for held in this.held}
    for exchange in this.exchanges:
        for sighting in seen(exchange):
            if sighting.asked in known and sighting.told and exchange.authentic:
                _judge_found(sighting)


# --- What is read -------------------------------------------------------------------------------


def _seen_at_the_end(held: Held, operation: str) -> bool:
    """Whether the log has what an operation shows of a resource after it was seen to have ended."""
    ended = False
    for exchange in run().exchanges:
        for sighting in seen(exchange):
            if sighting.identity == held.identity:
                ended = ended or _has_ended(sighting)
                if ended and exchange.operation == operation:
                    return True
    return False


def _has_ended(sighting: Sighting) -> bool:
    lifecycle = run().behaviour.lifecycle
    return value_at(sighting.resource, lifecycle.member) in lifecycle.terminal


def _read(held: Held | None, operation: str) -> None:
    this = run()
    try:
        patiently(this.operations[operation], path=this.path_of(held) if held else {})
    except Unanswered:
        pass  # It is in the log, and judged there.


# --- What was sent ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Log:
    """What the requests so far have sent for each resource."""

    sent: dict[str, dict[str, Sent]]
    """Identity to members; without what is not certain."""
    unsure: set[str]
    """Identities that two resources have: what either should show is not certain."""

    def take(self, exchange: Exchange, shown: Sequence[Sighting]) -> None:
        """Note what an exchange sends, if it was done; forget what it may have changed, if that is not known."""
        behaviour = run().behaviour
        if exchange.operation == behaviour.create.operation:
            for sighting in shown:
                if sighting.identity in self.sent or sighting.identity in self.unsure:
                    self.unsure.add(sighting.identity)
                    self.sent.pop(sighting.identity, None)
                elif exchange.authentic:
                    self.sent[sighting.identity] = _values(exchange)
        for identity in _changed_by(exchange):
            self._change(identity, exchange)

    def _change(self, identity: str, exchange: Exchange) -> None:
        rule = run().behaviour.rules[exchange.operation]
        before = self.sent.pop(identity, None)
        if before is None or not exchange.succeeded or not exchange.authentic:
            return
        after = {} if rule.does == "replace" else before
        self.sent[identity] = after if rule.does == "move" else {**after, **_values(exchange)}


def _changed_by(exchange: Exchange) -> Iterator[str]:
    """The identity of the resource that an exchange changed, or may have."""
    this = run()
    rule = next((each for each in this.behaviour.changes if each.operation == exchange.operation), None)
    refused = exchange.status is not None and 300 <= exchange.status < 500
    if rule is not None and not refused:
        yield asked(exchange, this.operations[rule.operation], this.behaviour.parameter) or ""


def _values(exchange: Exchange) -> dict[str, Sent]:
    return sent_by(run().reader, run().behaviour, exchange)


def _judge_sent(sent: dict[str, Sent], sighting: Sighting) -> None:
    this = run()
    for back in returns(this.document, this.behaviour, sent, sighting):
        promise = this.promised("round-trip", ROUND_TRIP, f"/round_trip/{back.rule}", about=back.member)
        if back.wrong:
            _broken(promise, sighting.exchange, back.place, back.wrong)
        else:
            this.kept(promise, sighting.exchange)


# --- What never changes -------------------------------------------------------------------------


def _judge_unchanging(sighting: Sighting, first: dict[tuple[str, str], tuple[object, Exchange]]) -> None:
    this = run()
    for member, rule in _unchanging().items():
        value = value_at(sighting.resource, member)
        if value is None or not names(this.document, sighting.schema, member):
            continue
        promise = this.promised("unchanging", UNCHANGING, rule, about=member)
        before, exchange = first.setdefault((sighting.identity, member), (value, sighting.exchange))
        if same(before, value):
            this.kept(promise, sighting.exchange)
        else:
            detail = (
                f"{member} of {sighting.identity} is {value!r:.80}; {exchange.operation} showed {before!r:.80} before"
            )
            _broken(promise, sighting.exchange, member, detail)


@cache
def _unchanging() -> dict[str, str]:
    """The members that never change, each with the pointer of the rule that says so."""
    rules = run().behaviour
    set_once = ("identity", "user", "account", "created")
    found = {each.member: f"/sets/{index}" for index, each in enumerate(rules.sets) if each.value in set_once}
    return {**found, **dict.fromkeys(rules.unchanging, "/unchanging/0")}


def _members_of(operation: str | None) -> set[str]:
    """The members that a change of an operation may give another value, though nothing else may."""
    sent = [rule for rule in run().behaviour.kept if not rule.operations or operation in rule.operations]
    return {member for rule in sent for member in rule.members.values()}


# --- Identities ---------------------------------------------------------------------------------


@cache
def _creations() -> list[tuple[Exchange, str]]:
    """The successes that created something, each with the identity that it gave."""
    create = run().behaviour.create.operation
    return [
        (exchange, sighting.told)
        for exchange in run().exchanges
        if exchange.operation == create and exchange.authentic
        for sighting in seen(exchange)
        if sighting.told
    ]


def _ambiguous() -> set[str]:
    """The identities that more than one creation gave."""
    counted = Counter(identity for _, identity in _creations())
    return {identity for identity, count in counted.items() if count > 1}


def _judge_found(sighting: Sighting) -> None:
    this = run()
    promise = this.promised("identity-kept", "What is found by an identity has that identity.", "/resource")
    if sighting.told == sighting.asked:
        this.kept(promise, sighting.exchange)
    else:
        detail = f"asked for {sighting.asked!r}, shown is {sighting.told!r}"
        _broken(promise, sighting.exchange, this.behaviour.identity, detail)


# --- Findings -----------------------------------------------------------------------------------

_reported: set[tuple[str, str | None, str]] = set()


def _broken(promise: Promise, exchange: Exchange, member: str, detail: str) -> None:
    """Report it once for each operation and member: the values differ from resource to resource."""
    if (promise.id, exchange.operation, member) not in _reported:
        _reported.add((promise.id, exchange.operation, member))
        run().broken(promise, exchange, detail)
