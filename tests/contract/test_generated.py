"""Requests that Schemathesis makes of the document: its examples, the bounds of everything, and random ones.

They are only sent here; what was answered is judged with the whole log.
"""

from __future__ import annotations

import pytest

from scripts.contract.plugin import quiet, run, schema, send, share

EXAMPLES = 60 if run().mode.requests > 300 else 15
"""Random requests for each operation, at most."""


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
        yield Sampler(explicit, int(allowed * 0.7))
    _done.add(request.node.name)


_done: set[str] = set()
"""The operations that have had their share."""


@schema(EXAMPLES).parametrize()
@quiet(max_examples=EXAMPLES)
def test_generated_requests_are_sent(case, sampler) -> None:
    if sampler.takes():
        send(case)
