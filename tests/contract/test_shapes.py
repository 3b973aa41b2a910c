"""What every answer must be, whatever asked for it: judged on the whole log of exchanges."""

from __future__ import annotations

import itertools
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from scripts.contract.plugin import INVALID, LARGEST_BODY, OPEN, VALID, Exchange, Promise, header, hindrance, run

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
NO_TRACE = Promise(
    "no-trace-told",
    "No refusal or failure shows where in the server's code it happened.",
    "standard",
    "Security that needs no text: a stack trace is for the server's own log",
)
MALFORMED = "What is malformed is refused for that, and not for the keys or for what is not there."

CONNECTION = Promise(
    "connection-kept",
    "A connection on which answers are followed by others stays open when one of them is a refusal.",
    "inferred",
    "RFC 9112, section 9.3: connections persist by default; that a refusal is no reason to close one is our reading",
)

_TRACES = (
    r"Traceback \(most recent call last\)",
    r'File \\?"[^"\\]+\.py\\?", line \d',
    r"\bat [\w$.]+\([\w$]+\.(?:java|kt|scala):\d",
    r"\bat [^()\n]{1,200}\([^()\n]{0,300}\.[cm]?[jt]s:\d+:\d",
    r"\bat [^()\n]{1,200}\([^()\n]{0,300}\) in [^\n]{1,300}:line \d",
    r"\bgoroutine \d+ \[",
    r"\bpanic: runtime error",
    r"\bthread '[^'\n]*' panicked at",
    r"#0 [^\n]{1,300}\.php\(\d",
    r"\.rb:\d+:in ",
)
_TRACE = re.compile("|".join(_TRACES))

_BREAK = re.compile(r"\\[nrt]")
"""A break of lines as JSON writes it: its letter must not be taken for one of the word after it."""

_TEMPORARY = (501, 503, 504)
"""Statuses that say of no failure in the server's code: not implemented, not now, not reached."""

_MALFORMED = frozenset({400, 405, 406, 411, 413, 414, 415, 422, 431, 501})
"""Statuses by which a server says that it does not take a request as it is."""


def answered(exchange: Exchange) -> None:
    """A server may close while a large body is still sent, whereby its answer is lost (RFC 9112, section 9.6)."""
    if exchange.status is not None:
        run().kept(ANSWERED, exchange)
    elif not _is_large(exchange):
        run().broken(ANSWERED, exchange, exchange.failure or "no answer")


def no_server_error(exchange: Exchange) -> None:
    if exchange.status is None:
        return
    if exchange.status >= 500 and exchange.status not in _TEMPORARY:
        run().broken(NO_SERVER_ERROR, exchange, f"{exchange.status}")
    else:
        run().kept(NO_SERVER_ERROR, exchange)


def status_is_documented(exchange: Exchange) -> None:
    """A server error is another promise's; 429 needs no document, since RFC 6585 lets any server answer it."""
    if exchange.status is None or exchange.status >= 500 or exchange.status == 429 or _is_of_others(exchange):
        return
    operation = run().operations[exchange.operation]
    if run().reader.response(operation, exchange.status) is not None:
        run().kept(STATUS, exchange)
    elif exchange.succeeded or run().reader.request(exchange).kind != OPEN:
        documented = ", ".join(operation.definition["responses"])
        run().broken(
            STATUS,
            exchange,
            f"{exchange.status}, and documented are {documented}",
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
    for name, documented in definition.get("headers", {}).items():
        if documented.get("required") and name.lower() not in {each.lower() for each, _ in exchange.response_headers}:
            run().broken(HEADERS, exchange, f"the header {name} is missing", pointer=f"{pointer}/headers/{name}")
        else:
            run().kept(HEADERS, exchange)


def valid_is_accepted(exchange: Exchange) -> None:
    if exchange.status is None or not exchange.authentic or run().reader.request(exchange).kind != VALID:
        return
    if exchange.status in _MALFORMED and _is_of_a_later_page(exchange):
        return
    if exchange.status in _MALFORMED:
        run().broken(ACCEPTED, exchange, f"{exchange.status} for a request that the document allows")
    else:
        run().kept(ACCEPTED, exchange)


def _is_of_a_later_page(exchange: Exchange) -> bool:
    """Whether it asks for a page that may be beyond the end, where it is open what that is answered."""
    behaviour = run().behaviour
    if behaviour is None or not behaviour.leaves_open("page-beyond-the-end", exchange.operation or ""):
        return False
    query = parse_qs(urlsplit(exchange.url).query)
    paged = [rule.pages for rule in behaviour.lists if rule.operation == exchange.operation and rule.pages]
    return any(query.get(pages.number, [str(pages.first)]) != [str(pages.first)] for pages in paged)


def invalid_is_refused(exchange: Exchange) -> None:
    reading = run().reader.request(exchange)
    if exchange.status is None or reading.kind != INVALID:
        return
    if exchange.succeeded:
        run().broken(REJECTED, exchange, f"{exchange.status} though {reading.reason}")
    else:
        run().kept(REJECTED, exchange)


def malformed_is_told(exchange: Exchange) -> None:
    this = run()
    refused = exchange.status is not None and 400 <= exchange.status < 500
    if this.behaviour is None or not refused or not exchange.authentic or _is_of_others(exchange):
        return
    reading, operation = this.reader.request(exchange), this.operations[exchange.operation]
    if reading.kind != INVALID or this.sender.tells_limit(exchange):
        return
    errors = this.behaviour.errors
    promise = this.promised("malformed-status", MALFORMED, "/errors", about="malformed")
    absent = exchange.status == errors.absent and "{" not in operation.path
    if exchange.status == errors.malformed:
        this.kept(promise, exchange)
    elif exchange.status in (401, 403) or absent:
        detail = f"{exchange.status} though {reading.reason}; expected is {errors.malformed}"
        this.broken(promise, exchange, detail)


def no_trace_is_told(exchange: Exchange) -> None:
    if exchange.status is None or exchange.status < 400:
        return
    text = _BREAK.sub(" ", exchange.response_body.decode("utf-8", "replace"))
    found = _TRACE.search(text)
    if found:
        run().broken(NO_TRACE, exchange, f"{exchange.status} shows {found.group()[:80]}")
    else:
        run().kept(NO_TRACE, exchange)


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
    malformed_is_told,
    no_secret_is_told,
    no_trace_is_told,
)

OF_ALL = (answered, no_server_error, no_secret_is_told, no_trace_is_told)
"""The rules that hold for what no operation documents too."""


@pytest.mark.judges(
    "answered",
    "no-server-error",
    "status-documented",
    "media-type-documented",
    "body-fits-schema",
    "headers-documented",
    "valid-accepted",
    "invalid-refused",
    "malformed-status",
    "no-secret-told",
    "no-trace-told",
)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("operation", run().scope, ids=lambda operation: operation.id)
def test_every_answer(operation, rule) -> None:
    asked = [exchange for exchange in run().exchanges if exchange.operation == operation.id]
    if not asked:
        pytest.skip("the operation was not asked")
    for exchange in asked:
        rule(exchange)


@pytest.mark.judges("answered", "no-server-error", "no-secret-told", "no-trace-told")
@pytest.mark.parametrize("rule", OF_ALL, ids=lambda rule: rule.__name__)
def test_every_answer_to_what_no_operation_documents(rule) -> None:
    for exchange in run().exchanges:
        if exchange.operation is None and exchange.family == "robustness":
            rule(exchange)


@pytest.mark.judges("connection-kept")
def test_connections_are_kept() -> None:
    """Judged where connections stay open after successes, and only by what every refusal of an operation does."""
    kept = [(exchange, followed) for exchange, followed in _followed() if exchange.succeeded]
    if len(kept) < _ENOUGH or sum(followed for _, followed in kept) < 0.9 * len(kept):
        pytest.skip("connections are not kept after successes either")
    for operation in run().scope:
        refused = [each for each in _followed() if each[0].operation == operation.id and _is_plain_refusal(each[0])]
        if len(refused) < _ENOUGH:
            continue
        if any(followed for _, followed in refused):
            run().kept(CONNECTION, refused[-1][0])
        else:
            detail = f"closed after {len(refused)} of {len(refused)} refusals, and kept after successes"
            run().broken(CONNECTION, refused[-1][0], detail)


def test_successes_are_counted() -> None:
    """A success is validated when it broke no promise and its request was the account's own."""
    this = run()
    for exchange in this.exchanges:
        spoiled = exchange.number in this.ledger.spoiled
        whole = exchange.succeeded and not exchange.cut
        if exchange.operation and whole and exchange.authentic and not spoiled:
            this.ledger.successes[exchange.operation] += 1


def _response(exchange: Exchange):
    if exchange.status is None or _is_of_others(exchange):
        return None
    return run().reader.response(run().operations[exchange.operation], exchange.status)


def _content(exchange: Exchange):
    """The pointer and definition of the documented content of an answer; None where it has none."""
    response = _response(exchange)
    if response is None or "content" not in response[1]:
        return None
    return f"{response[0]}/content", response[1]["content"]


def _is_of_others(exchange: Exchange) -> bool:
    """Whether an answer may be a proxy's or the HTTP server's own: no document speaks for those."""
    return not exchange.succeeded and hindrance(exchange) != ""


def _is_large(exchange: Exchange) -> bool:
    return len(exchange.request_body) > LARGEST_BODY


# --- Connections --------------------------------------------------------------------------------

_ENOUGH = 3
"""Answers of a kind without which nothing is said of what becomes of connections."""

_SOON = 1.0
"""Seconds within which a connection that is kept is not closed for having been idle."""


def _followed() -> list[tuple[Exchange, bool]]:
    """Answers after which another request was sent soon, and whether their connection was open then."""
    log = run().exchanges
    return [
        (one, not other.opened and header(one.response_headers, "connection").strip().lower() != "close")
        for one, other in itertools.pairwise(log)
        if one.status is not None and other.started - (one.started + one.seconds) < _SOON
    ]


def _is_plain_refusal(exchange: Exchange) -> bool:
    """A refusal after which nothing of the request can be left to be read, which would be a reason to close."""
    refused = exchange.status is not None and 400 <= exchange.status < 500
    whole = not exchange.request_body or exchange.status in (400, 409, 422)
    return refused and whole and not hindrance(exchange) and exchange.status != 429
