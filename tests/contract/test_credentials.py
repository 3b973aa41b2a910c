"""Every key is checked, in every operation: whole, right, in its place, of one account; and before anything else."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping

import pytest

from scripts.contract.plugin import (
    INVALID,
    QUERY,
    UNKNOWN,
    Exchange,
    Operation,
    Promise,
    Unanswered,
    patiently,
    refused,
    run,
    share,
)

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
FIRST = Promise(
    "keys-before-all-else",
    "Who sends wrong keys learns nothing else: neither what is there, nor what else is wrong.",
    "standard",
    "Security that needs no text: what is there is told to nobody without keys",
)
_TRIES = 3
_BUSY = (429, 503)
_LOCKED = (*_BUSY, 401, 403, 423)
"""Statuses by which a server may refuse the right keys of an account for which wrong ones were tried."""
_FULL = run().mode.requests > 300

Keys = Mapping[str, str | None]
"""Header to the value that differs from the account's own; None leaves it out."""


def _factors(name: str) -> dict[str, str | None]:
    """What is wrong with one key to its value, the most telling first."""
    this = run()
    key, other = this.sender.credentials[name], this.other or {}
    found: dict[str, str | None] = {"wrong": _replaced(key), "missing": None, "empty": ""}
    if len(this.sender.credentials) > 1 and name in other:
        found["of the other account"] = other[name]
    found["truncated"] = key[: len(key) * 3 // 4].strip()
    found["lengthened"] = f"{key}0"
    found["in other case"] = key.swapcase()
    return {label: value for label, value in found.items() if value != key}


def _replaced(key: str) -> str:
    """Another key of the same length, which begins as the right one does."""
    half = len(key) // 2
    return key[:half] + "".join(_another(character) for character in key[half:])


def _another(character: str) -> str:
    """Another character, of the same kind where it is a digit or a letter."""
    one, other = "78" if character.isdigit() else "xy" if character.islower() else "XY"
    return other if character == one else one


def cheap() -> dict[str, Keys]:
    """Label to keys: those that find most of what is looked at loosely."""
    own = run().sender.credentials
    found: dict[str, Keys] = {f"{name} wrong": {name: _factors(name)["wrong"]} for name in reversed(own)}
    return {**found, "all missing": dict.fromkeys(own)}


def probes() -> dict[str, Keys]:
    """Label to keys: one factor at a time, then all missing, and the keys in each other's places."""
    own = run().sender.credentials
    found = cheap()
    for name in own:
        found |= {f"{name} {label}": {name: value} for label, value in _factors(name).items()}
    if len(own) == 2 and len(set(own.values())) == 2:
        found["keys swapped"] = dict(zip(own, reversed(own.values()), strict=True))
    return found


def pairs() -> dict[str, Keys]:
    """Label to keys: two of them wrong at once, in all ways but the one that is another account's pair."""
    found: dict[str, Keys] = {}
    for one, other in itertools.combinations(run().sender.credentials, 2):
        for (label, value), (second, another) in itertools.product(_factors(one).items(), _factors(other).items()):
            if (label, second) != ("of the other account",) * 2:
                found[f"{one} {label}, {other} {second}"] = {one: value, other: another}
    return found


def _wanted(operation: Operation) -> list[frozenset[str]]:
    """The headers that the operation takes together, one set for each alternative."""
    schemes = run().document.get("components", {}).get("securitySchemes", {})
    ways = operation.definition.get("security", run().document.get("security", ()))
    return [frozenset(schemes.get(name, {}).get("name", name) for name in way) for way in ways]


def _must_refuse(operation: Operation, keys: Keys) -> bool:
    """Whether the keys are nobody's, for no alternative; an empty one takes whoever comes."""
    this = run()
    sent = {**this.sender.credentials, **keys}
    holders = (this.sender.credentials, *this.others.values())
    return not any(
        all(sent.get(name) == values.get(name) for name in way) for way in _wanted(operation) for values in holders
    )


SECURED = sorted(
    (each for each in run().scope if _wanted(each)),
    # The read on which everything is tried comes first. A creating operation that takes wrong keys ends
    # the family, so it comes last.
    key=lambda operation: (operation.id in run().creating, not run().reads_only(operation), "{" in operation.path),
)


@pytest.mark.judges("credentials-required", "refusal-status")
@pytest.mark.parametrize("operation", SECURED, ids=lambda operation: operation.id)
def test_every_key_is_checked(operation) -> None:
    this = run()
    if "{" in operation.path and operation.id not in this.known:
        this.ledger.note(f"{operation.id}: keys were tried on an unknown resource, none is known")
    tried = probes() if _FULL or operation == SECURED[0] else cheap()
    if _FULL and operation == SECURED[0]:
        tried |= pairs()
    with share("credentials", of=1 if operation == SECURED[0] else max(1, len(SECURED) // 2)):
        for label, keys in tried.items():
            if _must_refuse(operation, keys) and (exchange := _probe(operation, keys)) is not None:
                _judge(operation, exchange, label)
        _see_lockout()


@pytest.mark.judges("keys-before-all-else")
@pytest.mark.parametrize("operation", SECURED, ids=lambda operation: operation.id)
def test_keys_are_looked_at_first(operation) -> None:
    keys = next(iter(cheap().values()))
    if not _must_refuse(operation, keys) or not _refuses(operation):
        pytest.skip("well-formed requests with wrong keys were not refused with a documented status")
    with share("credentials", of=max(1, len(SECURED) // 2)):
        for what, words in _other_faults(operation):
            exchange = _ask(operation, keys, **words)
            if exchange is not None and (what == UNKNOWN or run().reader.request(exchange).kind == INVALID):
                _judge_order(operation, exchange, what)


# --- What is sent -------------------------------------------------------------------------------


def _probe(operation: Operation, keys: Keys) -> Exchange | None:
    """The answer to wrong keys; where it might create, with a body that the schema refuses, if that tells enough.

    A server may look at the body before the keys: only if it does, a body that it would take is sent.
    """
    this = run()
    body = this.plain_body(operation)
    if operation.id in this.creating and this.reader.body(operation, {}) == INVALID:
        exchange = _ask(operation, keys, body={})
        if exchange is None or exchange.succeeded or str(exchange.status) in _documented(operation):
            return exchange
    return _ask(operation, keys, body=body)


def _ask(operation: Operation, keys: Keys, **words) -> Exchange | None:
    """An answer to wrong keys, asked again while the server is busy; None where none came.

    A server that stays busy may lock out who tries keys, so nothing more is tried then.
    """
    this = run()
    if _created():
        pytest.skip("a request with wrong keys created something: no more of them")
    if _locked:
        pytest.skip(_locked[0])
    for attempt in range(_TRIES):
        try:
            exchange = this.ask(operation, credentials=keys, **words)
        except Unanswered:
            return None  # It is in the log, and judged there.
        if exchange.status not in _BUSY:
            return exchange
        time.sleep(0.1 * 3**attempt)
    _locked.append(f"{operation.id}: {exchange.status} again and again for wrong keys: no more of them are tried")
    this.ledger.note(_locked[0])
    _see_lockout()
    return None


def _see_lockout() -> None:
    """Stop the run if the account's own keys are refused now, which may come of the wrong ones: one request.

    A server may lock an account out, and what it answers then says nothing of its other promises.
    """
    this = run()
    read = SECURED[0]
    if not this.reads_only(read) or this.sender.locked:
        return
    try:
        exchange = patiently(read)
    except Unanswered:
        return
    if exchange.status in _LOCKED or str(exchange.status) in _documented(read):
        refused = f"{read.id}: the account's own keys are refused ({exchange.status}) after wrong ones were tried"
        this.sender.locked = f"{refused}: nothing more is sent"
        _locked.append(this.sender.locked)


_locked: list[str] = []
"""Why no more wrong keys are tried."""


def _other_faults(operation: Operation) -> Iterator[tuple[str, dict]]:
    """What else can be wrong with a request, beside its keys: a word for it, and the request."""
    this = run()
    views = [each.operation for each in this.behaviour.views] if this.behaviour else []
    asks_for_one = operation.id in views and operation.id in this.known
    if asks_for_one and (_FULL or operation.id == views[0]):
        yield UNKNOWN, {"path": {this.behaviour.parameter: UNKNOWN}}
    if this.plain_body(operation) is not None and this.reader.body(operation, {}) == INVALID:
        yield "malformed", {"body": {}}
        return
    by_keyword = [case for case in refused(this.document, operation, None) if (case.location, case.rank) == (QUERY, 0)]
    # A number that is none is often seen elsewhere than one that is out of its bounds.
    for keywords in (("type",), ("minimum", "maximum", "enum")):
        bad = {case.place: case.value for case in by_keyword if case.keyword in keywords}
        if bad:
            yield "malformed", {"query": bad}


# --- What it is judged by -----------------------------------------------------------------------


def _documented(operation: Operation) -> list[str]:
    """The statuses by which the operation is documented to refuse keys, the first of them the right one."""
    return [status for status in ("401", "403") if status in operation.definition["responses"]]


def _refuses(operation: Operation) -> bool:
    """Whether a request that is not malformed was refused for its keys, with a documented status."""
    this, documented = run(), _documented(operation)
    return any(
        each.operation == operation.id and str(each.status) in documented and this.reader.request(each).kind != INVALID
        for each in this.exchanges
        if not each.authentic
    )


def _created() -> bool:
    """Whether a creating operation took wrong keys: it may cost money, so that is enough to know."""
    return any(name == REFUSED.id and operation in run().creating for operation, (name, _) in run().ledger.findings)


def _judge(operation: Operation, exchange: Exchange, label: str) -> None:
    this = run()
    pointer = f"{operation.pointer}/security"
    if exchange.succeeded:
        this.broken(REFUSED, exchange, f"{exchange.status} with {label}", pointer=pointer)
        return
    this.kept(REFUSED, exchange)
    documented = _documented(operation)
    if not documented:
        return
    if str(exchange.status) == documented[0]:
        this.kept(STATUS, exchange)
    elif exchange.status < 500:
        wanted = f"documented is {documented[0]}"
        this.broken(STATUS, exchange, f"{exchange.status} with {label}, {wanted}", pointer=pointer)


def _judge_order(operation: Operation, exchange: Exchange, what: str) -> None:
    this = run()
    alone = f"wrong keys alone are refused with {_documented(operation)[0]}"
    if what == UNKNOWN:
        told, about = exchange.status == this.behaviour.errors.absent, "an identity that is nobody's"
    else:
        told, about = exchange.status in (400, 404, 409, 415, 422), "a malformed request"
    if exchange.succeeded:
        this.broken(REFUSED, exchange, f"{exchange.status} with wrong keys", pointer=f"{operation.pointer}/security")
    elif told:
        this.broken(FIRST, exchange, f"{exchange.status} with wrong keys for {about}; {alone}")
    elif str(exchange.status) in _documented(operation):
        this.kept(FIRST, exchange)
