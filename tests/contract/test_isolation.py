"""What one account creates is not there for another; and keys that may not do everything may do what they may.

Another account's resource must be answered as one that does not exist: any other answer tells that it does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from urllib.parse import quote

import pytest

from scripts.contract.plugin import (
    INVALID,
    VALID,
    Exchange,
    Held,
    Operation,
    Promise,
    Unanswered,
    at,
    patiently,
    run,
    share,
)

_FULL = run().mode.requests > 300

HELD = 3 if _FULL else 1
"""How many resources of the account the other one asks for."""

_LOOKS = 3
"""How often, each time at other identities, a refusal must differ in the same place."""


# --- Isolation ----------------------------------------------------------------------------------


@pytest.mark.judges("others-see-nothing")
def test_another_account_s_resources_are_absent() -> None:
    keys = _other()
    with share("isolation", of=3):
        for operation in _in_scope([view.operation for view in run().behaviour.views]):
            unknown = _ask(operation, keys, path=_path(_unlike(run().held[0].identity)))
            for held in run().held[:HELD]:
                _judge_absence(_seen_by_others(), unknown, _ask(operation, keys, path=_path(held.identity)))


@pytest.mark.judges("others-see-nothing")
def test_refusals_of_another_account_s_resources_tell_nothing() -> None:
    """What differs from answer to answer by itself, or with the identity asked for, tells nothing."""
    keys = _other()
    with share("isolation"):
        for operation in _in_scope([view.operation for view in run().behaviour.views])[: None if _FULL else 1]:
            differing, exchange = _differing(operation, keys, 0)
            for look in range(1, _LOOKS):
                differing &= _differing(operation, keys, look)[0] if differing else set()
            if differing:
                where = ", ".join(sorted(place or "the body" for place in differing))
                detail = f"another account's resource is refused otherwise than one that is nobody's, at {where}"
                run().broken(_seen_by_others(), exchange, detail)


@pytest.mark.judges("others-change-nothing")
def test_another_account_s_resources_are_not_changed() -> None:
    this, keys = run(), _other()
    promise = this.promised(
        "others-change-nothing", "A change of another account's resource is refused as absent.", "/isolation"
    )
    with share("isolation", of=2):
        for operation in _in_scope([change.operation for change in this.behaviour.changes]):
            body = this.plain_body(operation)
            unknown = _ask(operation, keys, path=_path(_unlike(this.held[-1].identity)), body=body)
            _judge_absence(promise, unknown, _ask(operation, keys, path=_path(this.held[-1].identity), body=body))


@pytest.mark.judges("others-list-nothing")
def test_another_account_s_resources_are_not_listed() -> None:
    keys = _other()
    with share("isolation"):
        for rule in run().behaviour.lists:
            for operation in _in_scope([rule.operation]):
                before: set[bool] = set()
                for query, tagged in _queries(rule):
                    if tagged and (_FULL or tagged not in before):
                        _ask(operation, {}, query=query)  # what the account is answered may be remembered for all
                    before.add(tagged)
                    _judge_list(rule, operation, keys, query, tagged=tagged)


def _other() -> Mapping[str, str]:
    """The other account's keys; skips where they cannot be used, or nothing is held that it could be told of."""
    this = run()
    if this.behaviour is None or not this.behaviour.isolated or not this.held:
        pytest.skip("no resource is held that belongs to one account alone")
    keys = this.others.get("other")
    if keys is None or dict(keys) == dict(this.sender.credentials):
        this.ledger.note("isolation: not judged, no keys of another account are known")
        pytest.skip("no keys of another account are known")
    with share("isolation"):
        _see_usable("other", keys)
    return keys


def _see_usable(holder: str, keys: Mapping[str, str]) -> None:
    """Skip if the keys of a holder are refused by every list and view."""
    this = run()
    if holder not in _usable:
        reads = _in_scope([each.operation for each in (*this.behaviour.lists, *this.behaviour.views)])
        answers = [_ask(operation, keys) for operation in reads[:2]]
        _usable[holder] = any(each is not None and each.status != this.behaviour.errors.refused for each in answers)
    if not _usable[holder]:
        this.ledger.note(f"isolation: the keys of the holder `{holder}` are refused, so nothing was judged with them")
        pytest.skip(f"the keys of the holder `{holder}` are refused")


_usable: dict[str, bool] = {}
"""Holder to whether its keys were seen to be taken."""


def _seen_by_others() -> Promise:
    return run().promised(
        "others-see-nothing",
        "Another account's resource is answered as one that does not exist, on every view.",
        "/isolation",
    )


def _judge_absence(promise: Promise, unknown: Exchange | None, held: Exchange | None) -> None:
    """Compare what the other account gets for a resource with what it gets for one that is nobody's."""
    this = run()
    if unknown is None or held is None or unknown.succeeded or max(unknown.status, held.status) >= 500:
        return
    if held.status != unknown.status:
        nobody = f"{unknown.status} is answered for an identity that is nobody's"
        this.broken(promise, held, f"{held.status} for another account's resource, where {nobody}")
    else:
        this.kept(promise, held)


def _differing(operation: Operation, keys: Mapping[str, str], look: int) -> tuple[set[str], Exchange | None]:
    """The places at which a refusal of a held resource differs from two for nobody's, which are alike there.

    Each look is at other identities. None are found where one of the three is no refusal by the same status.
    """
    held = run().held[look % len(run().held)].identity
    nobody_s = held
    for _ in range(2 * look + 1):
        nobody_s = _unlike(nobody_s)
    # The held one in between, so that what changes with time does so between the other two as well.
    identities = (nobody_s, held, _unlike(nobody_s))
    answers = [_ask(operation, keys, path=_path(identity)) for identity in identities]
    refusals = [each for each in answers if each is not None and 400 <= each.status < 500 and not each.cut]
    if len(refusals) < len(answers) or len({each.status for each in refusals}) > 1:
        return set(), None
    before, ours, after = (_told(each, asked) for each, asked in zip(refusals, identities, strict=True))
    places = before.keys() | ours.keys() | after.keys()
    alike = {place for place in places if before.get(place) == after.get(place)}
    return {place for place in alike if ours.get(place) != before.get(place)}, refusals[1]


def _told(exchange: Exchange, identity: str) -> dict[str, str]:
    """JSON pointer to the text of what stands there in a refusal, without the identity that was asked for."""
    try:
        body = exchange.json()
    except ValueError:
        return {}
    coded = quote(identity, safe="")
    return {place: text.replace(identity, "").replace(coded, "") for place, text in _texts(body, "")}


def _texts(value, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        yield place, ""  # an empty object, too, is something that is told
        for name, inner in value.items():
            yield from _texts(inner, f"{place}/{name}")
    elif isinstance(value, list):
        # However many they are: how many may be chance.
        yield place, ""
        for inner in value[:1]:
            yield from _texts(inner, f"{place}/0")
    else:
        yield place, json.dumps(value, ensure_ascii=False)


def _queries(rule) -> Iterator[tuple[dict[str, object], bool]]:
    """Queries of a list, and whether only resources like a held one can meet them."""
    this = run()
    wide: dict[str, object] = {}
    if rule.pages and rule.pages.size and rule.pages.maximum:
        wide[rule.pages.size] = rule.pages.maximum
    if rule.order and rule.order.by and rule.order.direction:
        # The newest first: the account's own resources are, in a list of many.
        created = [setting.member for setting in this.behaviour.sets if setting.value == "created"]
        key = next((key for key, member in rule.order.keys.items() if member in created), None)
        if key is not None:
            wide |= {rule.order.by: key, rule.order.direction.parameter: rule.order.direction.descending}
    yield wide, False
    if rule.pages and rule.pages.size and rule.pages.number:
        number, size = rule.pages.number, max(1, len(this.held) // 2)
        yield {**wide, rule.pages.size: size, number: rule.pages.first + 1}, False
    tags = max((_tags(held, rule) for held in this.held), key=len)
    for name, tag in tags.items():
        yield {name: tag}, True
    if len(tags) > 1:
        yield tags, True


def _tags(held: Held, rule) -> dict[str, object]:
    """Filter to the text by which it finds a resource, where only this run can have sent that."""
    return {name: tag for name, own in rule.filters.items() if (tag := _tag(held, own)) is not None}


def _tag(held: Held, own: str) -> str | None:
    """The text of a member with which a resource was created, where it tells that this run did."""
    for rule in run().behaviour.kept:
        for place, member in rule.members.items():
            if member == own and held.body is not None:
                try:
                    value = at(held.body, place)
                except KeyError:
                    continue
                return value if isinstance(value, str) and "plumbline" in value else None
    return None


def _judge_list(rule, operation: Operation, keys: Mapping[str, str], query: dict, *, tagged: bool) -> None:
    this = run()
    promise = this.promised("others-list-nothing", "No list shows or counts another account's resources.", "/isolation")
    exchange = _ask(operation, keys, query=query)
    listed = _listed(exchange, rule)
    if listed is None:
        return
    identities, total = listed
    ours = sorted(identities & {held.identity for held in this.held})
    if ours:
        this.broken(promise, exchange, f"another account's {ours[0]} is listed")
    elif tagged and not identities and total:
        again = _listed(_ask(operation, keys, query=query), rule)
        if again is not None and not again[0] and again[1]:
            this.broken(promise, exchange, f"a total of {total} where nothing is listed: another account's are counted")
    else:
        this.kept(promise, exchange)


def _listed(exchange: Exchange | None, rule) -> tuple[set[str], object] | None:
    """The identities that a list shows, and its total; None where it is no list, which is judged elsewhere."""
    if exchange is None or not exchange.succeeded or exchange.cut:
        return None
    try:
        answer = exchange.json()
        items = [str(at(item, run().behaviour.identity)) for item in at(answer, rule.at)]
        total = at(answer, rule.pages.total) if rule.pages and rule.pages.total else 0
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return set(items), total if isinstance(total, int) else 0


# --- Permissions --------------------------------------------------------------------------------


PERMITTED = [
    (index, operation)
    for index, permission in enumerate(run().behaviour.permissions if run().behaviour else ())
    # A creation that is let through ends the family, so it comes last.
    for operation in sorted(run().scope, key=lambda each: (each.id in run().creating, each.id not in permission.may))
]


@pytest.mark.judges("permissions-kept")
@pytest.mark.parametrize(("index", "operation"), PERMITTED, ids=lambda value: getattr(value, "id", None))
def test_keys_do_what_they_may_and_nothing_else(index, operation) -> None:
    this = run()
    permission = this.behaviour.permissions[index]
    keys = this.others.get(permission.holder)
    if keys is None:
        this.ledger.note(f"permissions of the holder `{permission.holder}`: not judged, no such keys are known")
        pytest.skip("no such keys are known")
    may = operation.id in permission.may
    promise = this.promised(
        "permissions-kept",
        "The keys of a holder do what they may, and for everything else they are refused.",
        f"/permissions/{index}",
        f"the holder `{permission.holder}`",
    )
    with share("isolation", of=2):
        _see_usable(permission.holder, keys)
        if may and this.reads_only(operation):
            _judge_permitted(promise, permission, _ask(operation, keys, path=this.known.get(operation.id)))
        elif not may and any((at, each) == (operation.id, promise.id) for at, (each, _) in this.ledger.findings):
            pytest.skip("these keys did what they may not: not tried again")
        elif not may:
            _judge_forbidden(promise, permission, operation, _try(operation, keys))


def _try(operation: Operation, keys: Mapping[str, str]) -> Exchange | None:
    """The answer to what keys may not do; first with a body that the schema refuses, since it may be let through."""
    this = run()
    path = _subject(operation)
    body = this.plain_body(operation)
    if body is not None and this.reader.body(operation, {}) == INVALID:
        exchange = _ask(operation, keys, path=path, body={})
        if exchange is None or exchange.succeeded or exchange.status not in _MALFORMED:
            return exchange
    return _ask(operation, keys, path=path, body=body)


def _subject(operation: Operation) -> dict[str, str] | None:
    """The path of a resource to try a change on: a new one where only some states take it, else one that is held."""
    this = run()
    rule = this.behaviour.rules.get(operation.id)
    create = this.operations[this.behaviour.create.operation]
    if getattr(rule, "states", ()) and not this.reads_only(operation) and this.budget.creations_left > 1:
        created = patiently(create, body=this.plain_body(create))
        try:
            return _path(str(at(created.json(), this.behaviour.create.at + this.behaviour.identity)))
        except (ValueError, KeyError):
            pass  # It was refused, or its answer has another form: both are judged elsewhere.
    about_one = this.held and f"{{{this.behaviour.parameter}}}" in operation.path
    return _path(this.held[-1].identity) if about_one else None


_MALFORMED = (400, 415, 422)


def _judge_permitted(promise: Promise, permission, exchange: Exchange | None) -> None:
    if exchange is None:
        return
    if exchange.status in {permission.otherwise, 401, 403}:
        run().broken(promise, exchange, f"{exchange.status} for what the keys of `{permission.holder}` may do")
    elif exchange.status < 500:
        run().kept(promise, exchange)


def _judge_forbidden(promise: Promise, permission, operation: Operation, exchange: Exchange | None) -> None:
    """A state or a request that is refused as well may be told first; so may absence, where users are kept apart."""
    this = run()
    if exchange is None or exchange.status >= 500:
        return
    refused = f"documented for what the keys of `{permission.holder}` may not do is {permission.otherwise}"
    about_one = f"{{{this.behaviour.parameter}}}" in operation.path
    apart = about_one and this.behaviour.leaves_open("other-users-of-the-account")
    absent = apart and exchange.status == this.behaviour.errors.absent
    malformed = exchange.status in _MALFORMED and this.reader.request(exchange).kind != VALID
    if exchange.status == permission.otherwise:
        this.kept(promise, exchange)
    elif not (absent or malformed or exchange.status in (401, 409)):
        this.broken(promise, exchange, f"{exchange.status}, {refused}")


# --- Asking -------------------------------------------------------------------------------------


def _in_scope(names: list[str]) -> list[Operation]:
    return [operation for operation in run().scope if operation.id in names]


def _path(identity: str) -> dict[str, str]:
    return {run().behaviour.parameter: identity}


def _ask(operation: Operation, keys: Mapping[str, str], **words) -> Exchange | None:
    """An answer to a holder's keys; None where none came, or the server stays busy."""
    try:
        exchange = patiently(operation, credentials=keys, **words)
    except Unanswered:
        return None  # It is in the log, and judged there.
    return None if exchange.status in (429, 503) else exchange


def _unlike(identity: str) -> str:
    """An identity of the same form that is, in all likelihood, nobody's."""
    after = str.maketrans("0123456789abcdefABCDEF", "1234567891bcdefaBCDEFA")
    head, tail = identity[:-4], identity[-4:]
    return head + tail[:-1].translate(after) + tail[-1:].translate(after if len(tail) < 4 else {})
