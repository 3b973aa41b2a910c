"""Resources are created, read, listed, changed and waited for in random orders, against a model of what is known.

What breaks a promise is looked for in shorter walks, and told with the shortest. All else that was sent is
judged with the whole log too.
"""

from __future__ import annotations

import pytest

from scripts.contract.plugin import SENTENCES, Allowance, run, share, sighted, walk, walker

MOST = {
    "full": Allowance(requests=150, created=12, walks=16, steps=12),
    "frugal": Allowance(requests=15, created=1, walks=2, steps=7),
    "read-only": Allowance(requests=40, created=0, walks=5, steps=10),
}
"""Mode to what walks may spend in it."""

FEWEST = 8
"""Requests without which walks are left out."""


@pytest.mark.judges(*SENTENCES, elsewhere=True)
def test_walks_agree_with_what_is_known() -> None:
    this = run()
    if this.behaviour is None:
        pytest.skip("the API has no behaviour.yaml")
    with share("walks") as allowed:
        most = MOST[this.mode.name]
        requests = min(most.requests, allowed // 2)
        created = min(most.created, this.budget.creations_left // 2 or this.budget.creations_left)
        if requests < FEWEST:
            this.ledger.note(f"walks were left out: {allowed} requests were left for them")
            pytest.skip("too few requests are left")
        allowance = Allowance(requests, created, most.walks, most.steps)
        walking = walker(this, this.behaviour, allowance, sighted())
        if not walking.held and not walking.creates:
            pytest.skip("no resource is known, and none may be created")
        walk(walking)
    for broken in walking.found.values():
        this.broken(walking.promise(broken.check), broken.exchange, broken.detail)
    for promise, operation in sorted(walking.once, key=str):
        this.ledger.note(f"walks: {promise} of {operation} was kept when the same steps were taken again")
