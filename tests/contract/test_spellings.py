"""The same request, spelt in another way that means the same, is answered the same.

What percent-encoding, case and order do not change is settled for every server; a text that a resource
has can be asked for. Bodies that are spelt otherwise are only sent here, and judged with the whole log.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import islice
from urllib.parse import quote

import pytest

from scripts.contract.plugin import Exchange, Operation, Promise, Unanswered, patiently, run, seen, share, value_at

SAME = Promise(
    "spelling-free",
    "A request that is spelt otherwise, and means the same, is answered the same.",
    "standard",
    "RFC 3986, section 6.2.2.2: percent-encoded letters and digits are these; RFC 9110, section 5.1: names of "
    "header fields are case-insensitive",
)
_FEW = run().mode.requests <= 300
READING = [operation for operation in run().scope if run().reads_only(operation)]


@pytest.mark.judges(SAME.id)
@pytest.mark.parametrize("operation", READING, ids=lambda operation: operation.id)
def test_an_encoded_identity_is_the_same(operation) -> None:
    this = run()
    known = this.known.get(operation.id)
    if "{" not in operation.path or not known:
        pytest.skip("no resource is known that it succeeds with")
    encoded = operation.path
    for name, value in known.items():
        encoded = encoded.replace(f"{{{name}}}", _encoded(str(value)))
    with share("spellings"):
        _compare(lambda: patiently(operation), lambda: this.send_exactly(operation.method, encoded), _before(operation))


@pytest.mark.judges(SAME.id)
@pytest.mark.parametrize("operation", READING[:1] if _FEW else READING, ids=lambda operation: operation.id)
def test_names_of_headers_have_no_case(operation) -> None:
    this = run()
    keys = dict(this.sender.credentials)
    other: Mapping[str, str | None] = {**dict.fromkeys(keys), **{name.swapcase(): key for name, key in keys.items()}}
    if "{" in operation.path and operation.id not in this.known:
        pytest.skip("no resource is known that it succeeds with")
    target = this.target(operation)
    with share("spellings"):
        _compare(
            lambda: patiently(operation),
            lambda: this.send_exactly(operation.method, target, headers={"ACCEPT": "*/*"}, credentials=other),
            _before(operation) if "{" in operation.path else None,
        )


def _filters() -> list[tuple[Operation, int, str, str]]:
    """Lists with their filters by texts: the operation, the number of its rule, the parameter, the member."""
    this = run()
    scope = {operation.id: operation for operation in this.scope}
    return [
        (scope[rule.operation], index, name, member)
        for index, rule in enumerate(this.behaviour.lists if this.behaviour else ())
        if rule.operation in scope
        for name, member in rule.filters.items()
        if not this.behaviour.leaves_open("refused-characters", member)
    ]


@pytest.mark.judges(SAME.id, "filter-takes-texts")
@pytest.mark.parametrize(
    ("operation", "rule", "name", "member"), _filters(), ids=lambda value: getattr(value, "id", None)
)
def test_a_filter_takes_what_a_resource_has(operation, rule, name, member) -> None:
    texts = _texts_of(member)
    if not texts:
        pytest.skip("no resource is held that was created with a text there")
    with share("spellings"):
        _compare(
            lambda: run().send_exactly("GET", f"{operation.path}?{name}={quote(texts[0], safe='')}"),
            lambda: run().send_exactly("GET", f"{operation.path}?{name}={_encoded(texts[0])}"),
        )
        unusual = [text for text in texts if not text.isascii()]
        for text in unusual[:1] if _FEW else unusual:
            _judge_filter(operation, rule, name, text)


def _texts_of(member: str) -> list[str]:
    """The texts that a member of the held resources was created with, each once, the plainest first."""
    rules = run().behaviour.kept
    places = [place for each in rules for place, own in each.members.items() if own == member]
    found = {
        text: None for held in run().held for place in places if isinstance(text := value_at(held.body, place), str)
    }
    return sorted((text for text in found if text.strip()), key=lambda text: (not text.isascii(), len(text)))


def _judge_filter(operation: Operation, rule: int, name: str, text: str) -> None:
    this = run()
    sentence = "A filter takes every text that a resource can have where it filters."
    promise = this.promised("filter-takes-texts", sentence, f"/lists/{rule}", about=name)
    exchange = _answer(lambda: this.send_exactly("GET", f"{operation.path}?{name}={quote(text, safe='')}"))
    if exchange is None or exchange.status in (429, 503):
        return
    if exchange.status in (400, 422):
        this.broken(promise, exchange, f"{exchange.status} for a text with which a resource was created")
    elif exchange.succeeded:
        this.kept(promise, exchange)


# --- Bodies -------------------------------------------------------------------------------------


def _spelt(body) -> dict[str, tuple[dict[str, str], bytes]]:
    """A word for each other spelling of a body, the headers, and the bytes."""
    plain = {"Content-Type": "application/json"}
    turned = dict(reversed(body.items()))
    text = json.dumps(body)
    escaped = "".join(f"\\u{ord(each):04x}" if each.isalpha() else each for each in "plumbline")
    return {
        "all": (
            {"CONTENT-TYPE": "Application/JSON; charset=UTF-8"},
            json.dumps(turned, indent="\t\t").replace("plumbline", escaped).replace("\n", "\r\n ").encode(),
        ),
        "order": (plain, json.dumps(turned).encode()),
        "blanks": (plain, f" \r\n\t{json.dumps(body, indent=4)}\n".encode()),
        "escapes": (plain, text.replace("plumbline", escaped).encode()),
        "unescaped": (plain, json.dumps(body, ensure_ascii=False).encode()),
        "media type": ({"content-type": "APPLICATION/json;charset=utf-8"}, text.encode()),
    }


def test_bodies_may_be_spelt_otherwise() -> None:
    this = run()
    create = this.operations.get(this.behaviour.create.operation) if this.behaviour else None
    if create is None or create.id not in {operation.id for operation in this.scope}:
        pytest.skip("nothing is created in this mode")
    bodies = islice(this.bodies(create), 4, None)
    with share("spellings"):
        for body in islice(bodies, 1):
            for headers, data in list(_spelt(body).values())[: 1 if _FEW else None]:
                if this.budget.creations_left >= 1:
                    _answer(
                        lambda sent=(headers, data): this.send_exactly(
                            create.method, this.target(create), headers=sent[0], data=sent[1]
                        )
                    )


# --- Comparing ----------------------------------------------------------------------------------


def _encoded(text: str) -> str:
    """Percent-encoded, its first letter or digit too, which needs none."""
    place = next((place for place, each in enumerate(text) if each.isascii() and each.isalnum()), None)
    if place is None:
        return quote(text, safe="")
    return f"{quote(text[:place], safe='')}%{ord(text[place]):02X}{quote(text[place + 1 :], safe='')}"


def _answer(ask: Callable[[], Exchange]) -> Exchange | None:
    try:
        return ask()
    except Unanswered:
        return None  # It is in the log, and judged there.


def _compare(plainly: Callable[[], Exchange], otherwise: Callable[[], Exchange], plain: Exchange | None = None) -> None:
    """Judge that two spellings are answered the same; asked again where they are not, as things may have moved.

    `plain` is an answer to the plain one that the log has already.
    """
    for last in (plain, None, None):
        other = _answer(otherwise)
        plain = last or _answer(plainly)
        if plain is None or other is None or not plain.succeeded or {429, 503} & {other.status}:
            return
        if _shown(plain) == _shown(other):
            run().kept(SAME, other)
            return
    differs = "other resources than" if other.succeeded else f"{other.status} instead of"
    run().broken(SAME, other, f"{differs} what the plain spelling is answered, request {plain.number}")


def _before(operation: Operation) -> Exchange | None:
    """The last success of an operation's plain request, if the log has one."""
    url = run().sender.connection.base_url + run().target(operation)
    asked = (each for each in reversed(run().exchanges) if each.operation == operation.id and each.url == url)
    return next((each for each in asked if each.succeeded and each.authentic), None)


def _shown(exchange: Exchange):
    """What an answer tells that another of the same request must tell too."""
    return exchange.succeeded and {sighting.identity for sighting in seen(exchange)}
