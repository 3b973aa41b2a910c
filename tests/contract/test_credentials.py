"""Every key is checked, in every operation: valid, missing, empty, wrong, of the other account."""

from __future__ import annotations

import pytest

from scripts.contract.plugin import INVALID, Exchange, Promise, Unanswered, run, share

REFUSED = Promise(
    "credentials-required",
    "A request without the account's own keys, each whole and right, is refused.",
    "published",
    "The security requirements of the document",
)
STATUS = Promise(
    "refusal-status",
    "A request that is refused for its keys is answered with the documented status.",
    "published",
    "The security requirements and the documented answers",
)

WRONG = "plumbline-wrong-key"


def probes() -> dict[str, dict[str, str | None]]:
    """Label to the headers that differ from the account's own; one factor at a time, then all."""
    this = run()
    own, other = this.sender.credentials, this.other or {}
    found: dict[str, dict[str, str | None]] = {}
    for name in own:
        found[f"{name} missing"] = {name: None}
        found[f"{name} empty"] = {name: ""}
        found[f"{name} wrong"] = {name: WRONG}
        if len(own) > 1 and name in other:
            found[f"{name} of the other account"] = {name: other[name]}
    if len(own) > 1:
        found["all missing"] = dict.fromkeys(own)
    return found


SECURED = sorted(
    (each for each in run().scope if each.definition.get("security", run().document.get("security"))),
    # A creating operation that takes wrong keys ends the family, so it comes last.
    key=lambda operation: operation.id in run().creating,
)


@pytest.mark.parametrize("operation", SECURED, ids=lambda operation: operation.id)
def test_every_key_is_checked(operation) -> None:
    this = run()
    if "{" in operation.path and operation.id not in this.known:
        this.ledger.note(f"{operation.id}: keys were tried on an unknown resource, none is known")
    with share("credentials", of=len(SECURED)):
        for label, headers in probes().items():
            if _stopped():
                pytest.skip("a request with wrong keys created something: no more of them")
            try:
                _judge(operation, _probe(operation, headers), label)
            except Unanswered:
                continue  # It is in the log, and judged there.


def _probe(operation, headers) -> Exchange:
    """The answer to wrong keys; where it might create, with a body that the schema refuses, if that tells enough.

    A server may look at the body before the keys: only if it does, a body that it would take is sent.
    """
    this = run()
    body = this.plain_body(operation)
    if operation.id in this.creating and this.reader.body(operation, {}) == INVALID:
        exchange = this.ask(operation, body={}, credentials=headers)
        if exchange.succeeded or str(exchange.status) in _documented(operation):
            return exchange
    return this.ask(operation, body=body, credentials=headers)


def _documented(operation) -> list[str]:
    """The statuses by which the operation is documented to refuse keys, the first of them the right one."""
    return [status for status in ("401", "403") if status in operation.definition["responses"]]


def _stopped() -> bool:
    """Whether a creating operation took wrong keys: it may cost money, so that is enough to know."""
    return any(promise == REFUSED.id and operation in run().creating for promise, operation, _ in run().ledger.findings)


def _judge(operation, exchange, label: str) -> None:
    this = run()
    pointer = f"{operation.pointer}/security"
    if exchange.succeeded:
        this.broken(REFUSED, exchange, f"{exchange.status} with {label}", pointer=pointer)
        return
    this.kept(REFUSED, exchange)
    documented = _documented(operation)
    if not documented or exchange.status in (429, 503):
        return
    if str(exchange.status) == documented[0]:
        this.kept(STATUS, exchange)
    elif exchange.status < 500:
        this.broken(
            STATUS,
            exchange,
            f"{exchange.status} with {label}, documented is {documented[0]}",
            pointer=pointer,
        )
