"""That a limit is reached is told as documented; it stops what it counts, and nothing else."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest

from scripts.contract.plugin import (
    VALID,
    Exchange,
    Operation,
    Promise,
    Unanswered,
    leftovers,
    newest_first,
    run,
    sent_texts,
    share,
)

RETRY_AFTER = Promise(
    "retry-after-is-a-time",
    "Where an answer says when to try again, that is a number of seconds, or a date that is not past.",
    "standard",
    "RFC 9110, section 10.2.3: Retry-After is an HTTP-date or a number of seconds to delay",
)

_PAUSES = (0.0, 0.3, 0.7, 1.0)
"""Seconds before a read that the limit may not refuse is asked, and asked again."""

_SKEW = 120.0
"""Seconds by which clocks may differ."""


@pytest.mark.judges("retry-after-is-a-time")
def test_retry_after_is_a_time() -> None:
    for exchange in run().exchanges:
        stated = [value for name, value in exchange.response_headers if name.lower() == "retry-after"]
        if exchange.status not in (403, 429, 503) or not stated:
            continue
        wrong = _no_time(stated[0].strip(), exchange)
        if wrong:
            run().broken(RETRY_AFTER, exchange, f"Retry-After: {stated[0][:80]!r} {wrong}")
        else:
            run().kept(RETRY_AFTER, exchange)


def _no_time(text: str, exchange: Exchange) -> str:
    """What is wrong with a value of Retry-After; empty if nothing is."""
    if text.isascii() and text.isdigit():
        return ""
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return "is neither a number of seconds nor a date"
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return "is past" if date < datetime.fromtimestamp(exchange.started - _SKEW, UTC) else ""


@pytest.mark.judges("limit-stops-nothing-else")
def test_reads_are_answered_while_a_limit_holds() -> None:
    this = run()
    refused = [each for each in _creations() if this.sender.tells_limit(each)]
    limit = _limit(refused[-1]) if refused else None
    if limit is None:
        pytest.skip("no limit of the API was reached")
    sentence = "A limit refuses what it counts, and nothing else."
    promise = this.promised("limit-stops-nothing-else", sentence, f"/limits/{limit}")
    counts = this.behaviour.limits[limit].counts
    with share("limits"):
        for operation in this.scope:
            if this.reads_only(operation) and operation.id not in counts:
                _judge_read(promise, operation, refused[-1].status)


def _limit(refused: Exchange) -> int | None:
    """The number of the limit by which a creation was refused."""
    limits = enumerate(run().behaviour.limits)
    return next((n for n, each in limits if each.status == refused.status and refused.operation in each.counts), None)


def _judge_read(promise: Promise, operation: Operation, status: int | None) -> None:
    for pause in _PAUSES:
        time.sleep(pause)
        try:
            exchange = run().ask(operation)
        except Unanswered:
            return  # It is in the log, and judged there.
        if exchange.status != status:
            run().kept(promise, exchange)
            return
    run().broken(
        promise, exchange, f"{status} for a read, {len(_PAUSES)} times, while the limit of creations is reached"
    )


@pytest.mark.judges("limit-creates-nothing")
def test_what_a_limit_refuses_is_not_created() -> None:
    this = run()
    refused = [
        each for each in _creations() if this.sender.tells_limit(each) and this.reader.request(each).kind == VALID
    ]
    limit = next((number for each in refused[-1:] if (number := _limit(each)) is not None), None)
    if limit is None or not any(each.succeeded for each in _creations()):
        pytest.skip("no creation was refused for a limit after one had succeeded")
    if any(each.status is None or each.status >= 500 for each in _creations()):
        pytest.skip("what became of some creations is not known")
    promise = this.promised("limit-creates-nothing", "What is refused for a limit is not created.", f"/limits/{limit}")
    with share("limits"):
        for rule in this.behaviour.lists:
            if rule.operation in {operation.id for operation in this.scope}:
                _judge_list(promise, rule, refused)


def _creations() -> list[Exchange]:
    this = run()
    return [each for each in this.exchanges if this.behaviour and each.operation == this.behaviour.create.operation]


def _judge_list(promise: Promise, rule, refused: list[Exchange]) -> None:
    """Look in a list for what no answer told of, and is like a request that the limit refused."""
    this = run()
    try:
        exchange = this.ask(this.operations[rule.operation], query=newest_first(this.behaviour, rule))
    except Unanswered:
        return  # It is in the log, and judged there.
    found = leftovers(this.behaviour, rule, exchange, _creations())
    of_limit = [sent for each in refused if (sent := sent_texts(this.behaviour, each))]
    like = next((each for each in found or () if each.texts in of_limit), None)
    if like is not None:
        detail = f"{like.identity} is listed, which only a refused request can have created"
        this.broken(promise, exchange, detail)
    elif found is not None:
        this.kept(promise, exchange)
