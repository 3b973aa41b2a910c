"""What the run created is brought to an end, where an operation does that: it may go on costing money.

Nothing is judged here; what was answered is judged with the whole log.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from scripts.contract.plugin import (
    Change,
    Exchange,
    Spent,
    Unanswered,
    patiently,
    reachable,
    run,
    seen,
    share,
    sighted,
    tracks,
)

RESERVE = 2
"""Requests that are left to see what came of it, and to the families after this one."""


def test_what_the_run_created_is_brought_to_an_end() -> None:
    this = run()
    rules = this.endings
    created = _created() if rules else {}
    if not created:
        pytest.skip("nothing was created that an operation of this run brings to an end")
    with share("cleanup"):
        try:
            _look_at_all()
            _end(rules, created)
            _look_at_all()
        except Spent as spent:
            this.ledger.note(f"cleanup: {spent}")
    _tell(rules, created)


def _created() -> dict[str, Exchange]:
    """Identity to the exchange that created it, the newest first; whatever keys it had."""
    this = run()
    made = [each for each in this.exchanges if each.operation == this.behaviour.create.operation and each.succeeded]
    return {each.told: exchange for exchange in reversed(made) for each in seen(exchange) if each.told}


def _end(rules: Sequence[Change], created: Mapping[str, Exchange]) -> None:
    this, states = run(), _states()
    for identity, exchange in created.items():
        last = states.get(identity, this.behaviour.lifecycle.first)
        rule = next((each for each in rules if _may(each, last)), None)
        if rule is None:
            continue
        if this.budget.requests_left <= RESERVE:
            return
        try:
            path = {this.behaviour.parameter: identity}
            patiently(this.operations[rule.operation], path=path, credentials=_keys(exchange))
        except Unanswered:
            continue  # It is in the log, and judged there.


def _may(rule: Change, last: str) -> bool:
    """Whether a resource that was in a state can be in one by now in which a change is made."""
    lifecycle = run().behaviour.lifecycle
    return bool(reachable(lifecycle)[last] & set(rule.states or lifecycle.moves))


def _states() -> dict[str, str]:
    """Identity to the state that was seen last."""
    return {identity: track.last for identity, track in tracks(sighted(), run().behaviour.lifecycle).items()}


def _look_at_all() -> None:
    """See what has ended by itself, with few requests: what many list items show need not be asked for one by one."""
    this = run()
    for rule in this.behaviour.lists[:1]:
        operation = this.operations[rule.operation]
        query = {rule.pages.size: rule.pages.maximum} if rule.pages and rule.pages.size and rule.pages.maximum else {}
        try:
            patiently(operation, query=query)
        except Unanswered:
            return


def _keys(exchange: Exchange) -> Mapping[str, str] | None:
    """The second account's keys, for what was created with them; None for the account's own."""
    this = run()
    carried = dict(exchange.request_headers)
    names = this.sender.secrets.names
    theirs = this.other or {}
    return theirs if theirs and all(carried.get(name) == f"${names[key]}" for name, key in theirs.items()) else None


def _tell(rules: Sequence[Change], created: Mapping[str, Exchange]) -> None:
    states, terminal = _states(), run().behaviour.lifecycle.terminal
    going = [each for each, exchange in created.items() if exchange.authentic and states.get(each) not in terminal]
    if going:
        names = ", ".join(rule.operation for rule in rules)
        run().ledger.note(f"{names}: {len(going)} of what the run created did not end, or was not seen to")
