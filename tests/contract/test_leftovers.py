"""What is refused leaves nothing behind: no list shows what only a refused request can have created."""

from __future__ import annotations

import pytest

from scripts.contract.plugin import Promise, Unanswered, leftovers, newest_first, patiently, run, sent_texts, share

NOTHING_LEFT = Promise(
    "refused-leaves-nothing",
    "A request to create that is refused leaves nothing behind.",
    "standard",
    "RFC 9110, section 15.5: 4xx says that the request is not done",
)

LISTS = run().behaviour.lists if run().behaviour else ()


@pytest.mark.judges(NOTHING_LEFT.id)
@pytest.mark.parametrize("rule", LISTS, ids=lambda rule: rule.operation)
def test_what_is_refused_leaves_nothing_behind(rule) -> None:
    this = run()
    creations = [each for each in this.exchanges if each.operation == this.behaviour.create.operation]
    if not any(each.status is not None and 400 <= each.status < 500 for each in creations):
        pytest.skip("no request to create was refused")
    if rule.operation not in {operation.id for operation in this.scope}:
        pytest.skip("the list is not judged")
    with share("leftovers"):
        try:
            exchange = patiently(this.operations[rule.operation], query=newest_first(this.behaviour, rule))
        except Unanswered:
            return  # It is in the log, and judged there.
    found = leftovers(this.behaviour, rule, exchange, creations)
    # What a limit refuses is another promise's.
    of_limits = [sent_texts(this.behaviour, each) for each in creations if this.sender.tells_limit(each)]
    left = next((each for each in found or () if each.texts not in of_limits), None)
    if left is not None:
        detail = f"{left.identity} is listed, which no answer told of, with {min(left.texts)[1]!r:.80}"
        this.broken(NOTHING_LEFT, exchange, detail)
    elif found is not None:
        this.kept(NOTHING_LEFT, exchange)
