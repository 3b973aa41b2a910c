"""Requests made of the document: each keyword of it broken and met once, and what Schemathesis makes of it.

They are only sent here; what was answered is judged with the whole log.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from urllib.parse import parse_qsl, urlsplit

import pytest

from scripts.contract.plugin import (
    HEADER,
    INVALID,
    QUERY,
    Operation,
    Unanswered,
    at_bounds,
    marked,
    met,
    nested,
    quiet,
    refused,
    run,
    schema,
    send,
    share,
)

_FEW = run().mode.requests <= 300
EXAMPLES = 12 if _FEW else 60
"""Random requests for each operation, at most."""

MOST_MET = 4 if _FEW else 100
"""Requests that meet a keyword at its bound, at most."""

_PLAIN = ("null", "type")
"""Keywords that most servers keep, so that they are broken after others."""


def _broken() -> list[tuple[Operation, object]]:
    """Operations and cases that break one keyword each, the most telling of every operation first."""
    this = run()
    found = [
        (operation, case)
        for operation in this.scope
        for case in refused(this.document, operation, this.plain_body(operation))
    ]
    found.sort(key=lambda each: (each[1].rank, each[1].keyword in _PLAIN))
    return [each for each in found if each[1].rank == 0 or not _FEW]


def test_each_keyword_is_broken() -> None:
    """Bodies of creating operations have texts of their own, by which is found what they leave behind."""
    this = run()
    with share("generated", part=0.85 if _FEW else None):
        for number, (operation, case) in enumerate(_broken()):
            if case.location == QUERY:
                _ask(operation, query={case.place: case.value}, body=this.plain_body(operation))
            elif case.location == HEADER:
                _ask(operation, headers={case.place: str(case.value)}, body=this.plain_body(operation))
            elif this.reader.body(operation, case.value) == INVALID:
                _ask(operation, body=_told_apart(operation, case, number))


def _told_apart(operation: Operation, case, number: int):
    this = run()
    if this.behaviour is None:
        return case.value
    text = f"plumbline-{this.seed}-refused-{number}"
    body = marked(this.document, this.behaviour, operation, case.value, text, but=[case.place] if case.place else ())
    return body if this.reader.body(operation, body) == INVALID else case.value


def test_each_keyword_is_met() -> None:
    """Nothing that a request before had already."""
    this = run()
    asked = set(_asked())
    missing = [
        (operation, case)
        for operation in this.scope
        if this.reads_only(operation)
        for case in met(this.document, operation)
        if (operation.id, case.place, str(case.value)) not in asked
    ]
    with share("generated", of=3):
        for operation, case in sorted(missing, key=lambda each: each[1].rank)[:MOST_MET]:
            _ask(operation, query={case.place: case.value})


@pytest.fixture
def creating() -> list[Operation]:
    """The operations to judge whose success creates something; skips where there are none."""
    this = run()
    found = [operation for operation in this.scope if operation.id in this.creating]
    if not found:
        pytest.skip("nothing is created in this mode")
    return found


def test_every_bound_is_met_in_a_body(creating) -> None:
    this = run()
    with share("generated", of=3):
        for operation in creating:
            fixed = [given.member for given, _ in this.given.get(operation.id, ())]
            plain = this.plain_body(operation)
            for _, body in at_bounds(this.document, operation, plain, fixed=fixed):
                if this.budget.creations_left > 1:
                    _ask(operation, body=body)


def test_objects_within_objects_are_sent(creating) -> None:
    """What is accepted of them must come back; a server may refuse them, since it need not know their members."""
    this = run()
    with share("generated", of=3):
        for operation in creating:
            plain = next(islice(this.bodies(operation), 1, None), None)
            body = nested(this.document, operation, plain)
            if body is not None and this.budget.creations_left > 0:
                _ask(operation, body=body)


def _asked() -> Iterator[tuple[str, str, str]]:
    """What operations were asked for by single parameters."""
    for exchange in run().exchanges:
        for name, value in parse_qsl(urlsplit(exchange.url).query, errors="replace"):
            yield exchange.operation or "", name, value


def _ask(operation: Operation, **words) -> None:
    try:
        run().ask(operation, **words)
    except Unanswered:
        pass  # It is in the log, and judged there.


# --- Schemathesis -------------------------------------------------------------------------------


class Sampler:
    """Takes evenly from more cases than may be sent, so that none of their kinds is left out."""

    def __init__(self, total: int, allowed: int) -> None:
        self.total, self.allowed, self.seen = total, allowed, 0

    def takes(self) -> bool:
        index, self.seen = self.seen, self.seen + 1
        if index >= self.total or self.total <= self.allowed:
            return True
        return (index + 1) * self.allowed // self.total > index * self.allowed // self.total


@pytest.fixture
def sampler(request):
    with share("generated", of=len(run().scope) - len(_done)) as allowed:
        explicit = len(getattr(request.node.obj, "hypothesis_explicit_examples", ()))
        # Where few requests are left, the keywords have had theirs above.
        yield Sampler(explicit, 1 if _FEW else int(allowed * 0.7))
    _done.add(request.node.name)


_done: set[str] = set()
"""The operations that have had their share."""


@schema(EXAMPLES).parametrize()
@quiet(max_examples=EXAMPLES)
def test_generated_requests_are_sent(case, sampler) -> None:
    if sampler.takes():
        send(case)
