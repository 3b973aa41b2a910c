"""That a limit is reached is told as documented; it stops what it counts, and nothing else."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest

from scripts.contract.plugin import VALID, Exchange, Operation, Promise, Unanswered, at, run, share

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
    """Look in a list for what is younger than the last creation, was never answered, and is like a refused one."""
    this = run()
    try:
        exchange = this.ask(this.operations[rule.operation], query=_newest_first(rule))
    except Unanswered:
        return  # It is in the log, and judged there.
    answered = [_resource(each, this.behaviour.create.at) for each in _creations() if each.succeeded]
    known = {str(_member(each, this.behaviour.identity)) for each in answered}
    last = max((_time(each) for each in answered), default="")
    items = _resource(exchange, rule.at) if exchange.succeeded else None
    for item in items if last and isinstance(items, list) else ():
        identity = str(_member(item, this.behaviour.identity))
        if identity not in known and _time(item) > last and any(_alike(item, each) for each in refused):
            this.broken(promise, exchange, f"{identity} is listed, which only a refused request can have created")
            return
    if items is not None:
        this.kept(promise, exchange)


def _newest_first(rule) -> dict[str, object]:
    """The query by which a list shows the newest first, as many as it can; empty where it has none."""
    query: dict[str, object] = {}
    if rule.pages and rule.pages.size and rule.pages.maximum:
        query[rule.pages.size] = rule.pages.maximum
    if rule.order and rule.order.by and rule.order.direction:
        key = next((key for key, member in rule.order.keys.items() if member in _stamps()), None)
        if key is not None:
            query |= {rule.order.by: key, rule.order.direction.parameter: rule.order.direction.descending}
    return query


def _stamps() -> list[str]:
    """The members that hold the time of creation."""
    return [setting.member for setting in run().behaviour.sets if setting.value == "created"]


def _time(resource) -> str:
    """When a resource was created, as the server writes it to the second, so that it can be compared; or nothing."""
    value = next((found for each in _stamps() if (found := _member(resource, each)) is not None), None)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:020}"
    found = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|\+00:00)", str(value))
    return f"{found[1]}.{(found[2] or '')[:9]:0<9}" if found else ""


def _resource(exchange: Exchange, place: str):
    """What stands at a place of an answer; None where nothing does."""
    try:
        return _member(exchange.json(), place)
    except (ValueError, RecursionError):
        return None


def _member(value, place: str):
    try:
        return at(value, place)
    except (KeyError, TypeError):
        return None


def _alike(resource, refused: Exchange) -> bool:
    """Whether all texts of a request that come back as they were sent are those of a resource."""
    body = json.loads(refused.request_body)
    places = [pair for rule in run().behaviour.kept for pair in rule.members.items()]
    sent = [(value, own) for place, own in places if isinstance(value := _member(body, place), str)]
    return bool(sent) and all(_member(resource, own) == value for value, own in sent)
