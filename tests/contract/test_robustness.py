"""Whatever is sent, the server answers, does not fail, and keeps the connection.

It is only sent here; what was answered is judged with the whole log.
"""

from __future__ import annotations

from itertools import islice

import pytest

from scripts.contract.plugin import (
    Exchange,
    Oddity,
    Operation,
    Unanswered,
    marked,
    of_bodies,
    of_headers,
    of_identities,
    of_queries,
    run,
    share,
)

_FEW = run().mode.requests <= 300

MOST_BODIES, MOST_QUERIES, MOST_IDENTITIES, MOST_HEADERS = (20, 9, 8, 2) if _FEW else (60, 30, 20, 10)
"""How many odd requests of each kind are sent, at most: to an operation, or to all where few are left."""

READING = [operation for operation in run().scope if run().reads_only(operation)]


@pytest.mark.judges("answered", "no-server-error", elsewhere=True)
def test_odd_bodies_are_answered() -> None:
    """Where few requests are left, one operation stands for all that take bodies: the one that creates."""
    this = run()
    taking = [operation for operation in this.scope if this.plain_body(operation) is not None]
    if not taking:
        pytest.skip("no operation in scope takes JSON")
    taking.sort(key=lambda operation: operation.id not in this.creating)
    with share("robustness", of=1 if _FEW else 2):
        for operation in taking[:1] if _FEW else taking:
            for oddity in islice(of_bodies(this.document, operation, _plain(operation)), MOST_BODIES):
                exchange = _send(operation, oddity)
                if exchange is not None and exchange.succeeded and operation.id in this.creating:
                    break  # It may have cost something, so that is enough to know.


@pytest.mark.judges("answered", "no-server-error", elsewhere=True)
def test_odd_queries_are_answered() -> None:
    """Where few requests are left, lists stand for all."""
    this = run()
    lists = [operation for operation in READING if "{" not in operation.path] or READING[:1]
    with share("robustness"):
        for operation in lists if _FEW else READING:
            for oddity in islice(of_queries(this.document, operation, this.target(operation)), MOST_QUERIES):
                _send(operation, oddity)


@pytest.mark.judges("answered", "no-server-error", elsewhere=True)
def test_odd_identities_are_answered() -> None:
    """Where few requests are left, each operation gets other ones."""
    about_one = [operation for operation in READING if "{" in operation.path]
    with share("robustness"):
        for turn, operation in enumerate(about_one):
            odd = list(of_identities(operation))[:MOST_IDENTITIES]
            for oddity in odd[turn :: len(about_one)] if _FEW else odd:
                _send(operation, oddity)


@pytest.mark.judges("answered", "no-server-error", elsewhere=True)
def test_odd_headers_are_answered() -> None:
    with share("robustness"):
        for operation in READING[:1]:
            for oddity in islice(of_headers(run().target(operation)), MOST_HEADERS):
                _send(operation, oddity)


def _plain(operation: Operation):
    """A plain body with texts of its own, by which is found what it leaves behind."""
    this = run()
    plain, text = this.plain_body(operation), f"plumbline-{this.seed}-odd"
    return marked(this.document, this.behaviour, operation, plain, text) if this.behaviour else plain


def _send(operation: Operation, oddity: Oddity) -> Exchange | None:
    this = run()
    method, target = oddity.method or operation.method, oddity.target or this.target(operation)
    try:
        return this.send_exactly(method, target, headers=oddity.headers, data=oddity.body)
    except Unanswered:
        return None  # It is in the log, and judged there.
