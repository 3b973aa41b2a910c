"""What every answer must be, whatever asked for it: judged on the whole log of exchanges."""

from __future__ import annotations

import pytest

from scripts.contract.plugin import INVALID, OPEN, VALID, Exchange, Promise, run

ANSWERED = Promise(
    "answered",
    "Every request gets a whole answer in time.",
    "standard",
    "RFC 9110, section 15: every request has a response",
)
NO_SERVER_ERROR = Promise(
    "no-server-error",
    "No request makes the server fail.",
    "standard",
    "RFC 9110, section 15.6: 5xx says that the server failed",
)
STATUS = Promise(
    "status-documented",
    "The status of every answer is documented for the operation.",
    "published",
    "The documented answers",
)
MEDIA_TYPE = Promise(
    "media-type-documented",
    "The media type of every answer is documented.",
    "published",
    "The documented answers",
)
BODY = Promise(
    "body-fits-schema",
    "The body of every answer fits its documented schema.",
    "published",
    "The documented answers",
)
HEADERS = Promise(
    "headers-documented", "Required headers of an answer are there.", "published", "The documented answers"
)
ACCEPTED = Promise(
    "valid-accepted",
    "A request that the document allows is not refused as malformed.",
    "published",
    "The documented request",
)
REJECTED = Promise(
    "invalid-refused",
    "A request that the document forbids is refused.",
    "published",
    "The documented request",
)
NO_SECRET = Promise(
    "no-secret-told",
    "No answer holds a key.",
    "standard",
    "Security that needs no text: a key is never sent back",
)

_MALFORMED = frozenset({400, 405, 406, 411, 413, 414, 415, 422, 431, 501})
"""Statuses by which a server says that it does not take a request as it is."""


def answered(exchange: Exchange) -> None:
    if exchange.status is None:
        run().broken(ANSWERED, exchange, exchange.failure or "no answer")
    else:
        run().kept(ANSWERED, exchange)


def no_server_error(exchange: Exchange) -> None:
    if exchange.status is None:
        return
    if exchange.status >= 500 and exchange.status not in (503, 504):
        run().broken(NO_SERVER_ERROR, exchange, f"{exchange.status}")
    else:
        run().kept(NO_SERVER_ERROR, exchange)


def status_is_documented(exchange: Exchange) -> None:
    """A server error is another promise's; 429 needs no document, since RFC 6585 lets any server answer it."""
    if exchange.status is None or exchange.status >= 500 or exchange.status == 429:
        return
    operation = run().operations[exchange.operation]
    if run().reader.response(operation, exchange.status) is not None:
        run().kept(STATUS, exchange)
    elif exchange.succeeded or run().reader.request(exchange).kind != OPEN:
        documented = ", ".join(operation.definition["responses"])
        run().broken(
            STATUS,
            exchange,
            f"{exchange.status}, documented are {documented}",
            pointer=f"{operation.pointer}/responses",
        )


def media_type_is_documented(exchange: Exchange) -> None:
    content = _content(exchange)
    if content is None:
        return
    pointer, documented = content
    if (not documented and not exchange.response_body) or not documented or exchange.media_type in documented:
        run().kept(MEDIA_TYPE, exchange)
    else:
        stated = exchange.media_type or "no media type"
        run().broken(MEDIA_TYPE, exchange, f"{stated}, documented is {', '.join(documented)}", pointer=pointer)


def body_fits_schema(exchange: Exchange) -> None:
    content = _content(exchange)
    if content is None:
        return
    pointer, documented = content
    media_type = exchange.media_type if exchange.media_type in documented else next(iter(documented), "")
    if not media_type.endswith("json") or "schema" not in documented[media_type] or exchange.cut:
        return
    try:
        value = exchange.json()
    except (ValueError, RecursionError):
        run().broken(BODY, exchange, "the body is not JSON", pointer=pointer)
        return
    misfits = run().reader.misfits(f"{pointer}/{media_type.replace('/', '~1')}/schema", value)
    for misfit in misfits:
        run().broken(BODY, exchange, f"{misfit.place or 'the body'}: {misfit.message[:300]}", pointer=misfit.pointer)
    if not misfits:
        run().kept(BODY, exchange)


def headers_are_documented(exchange: Exchange) -> None:
    response = _response(exchange)
    if response is None:
        return
    pointer, definition = response
    for name, header in definition.get("headers", {}).items():
        if header.get("required") and name.lower() not in {each.lower() for each, _ in exchange.response_headers}:
            run().broken(HEADERS, exchange, f"the header {name} is missing", pointer=f"{pointer}/headers/{name}")
        else:
            run().kept(HEADERS, exchange)


def valid_is_accepted(exchange: Exchange) -> None:
    if exchange.status is None or not exchange.authentic or run().reader.request(exchange).kind != VALID:
        return
    if exchange.status in _MALFORMED:
        run().broken(ACCEPTED, exchange, f"{exchange.status} for a request that the document allows")
    else:
        run().kept(ACCEPTED, exchange)


def invalid_is_refused(exchange: Exchange) -> None:
    reading = run().reader.request(exchange)
    if exchange.status is None or reading.kind != INVALID:
        return
    if exchange.succeeded:
        run().broken(REJECTED, exchange, f"{exchange.status} though {reading.reason}")
    else:
        run().kept(REJECTED, exchange)


def no_secret_is_told(exchange: Exchange) -> None:
    if exchange.leaked:
        run().broken(NO_SECRET, exchange, f"the answer holds the value of {', '.join(exchange.leaked)}")
    elif exchange.status is not None:
        run().kept(NO_SECRET, exchange)


RULES = (
    answered,
    no_server_error,
    status_is_documented,
    media_type_is_documented,
    body_fits_schema,
    headers_are_documented,
    valid_is_accepted,
    invalid_is_refused,
    no_secret_is_told,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("operation", run().scope, ids=lambda operation: operation.id)
def test_every_answer(operation, rule) -> None:
    asked = [exchange for exchange in run().exchanges if exchange.operation == operation.id]
    if not asked:
        pytest.skip("the operation was not asked")
    for exchange in asked:
        rule(exchange)


def test_successes_are_counted() -> None:
    """A success is validated when it broke no promise and its request was the account's own."""
    this = run()
    for exchange in this.exchanges:
        spoiled = exchange.number in this.ledger.spoiled
        if exchange.operation and exchange.succeeded and exchange.authentic and not spoiled:
            this.ledger.successes[exchange.operation] += 1


def _response(exchange: Exchange):
    if exchange.status is None:
        return None
    return run().reader.response(run().operations[exchange.operation], exchange.status)


def _content(exchange: Exchange):
    """The pointer and definition of the documented content of an answer; None where it has none."""
    response = _response(exchange)
    if response is None or "content" not in response[1]:
        return None
    return f"{response[0]}/content", response[1]["content"]
