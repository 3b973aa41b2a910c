"""Unknown identities are absent on every view and for every change.

What the run's creations gave is judged with the whole log, in test_round_trip.
"""

from __future__ import annotations

import random
import re

import pytest

from scripts.contract.plugin import UNKNOWN, Exchange, Unanswered, patiently, run, seen, share

ABSENT_SENTENCE = "An identity that no resource has is answered as absent, and shows nothing."

_FULL = run().mode.requests > 300
_HEXADECIMAL = "0123456789abcdef"


@pytest.mark.judges("unknown-absent")
def test_unknown_identities_are_absent() -> None:
    this = run()
    if this.behaviour is None or not this.held or not _views():
        pytest.skip("no resource is held whose identity's form could be taken")
    with share("identity"):
        for identity in _unknown(this.held[0].identity):
            existing = [view for view in _views() if not _is_absent(view, identity)]
            if len(existing) < len(_views()):
                _try_changes(identity)


@pytest.mark.judges("unknown-absent")
def test_parts_and_patterns_of_identities_are_nobody_s() -> None:
    """Of another form than the server's, or another resource's, so that what is shown must be what was asked for."""
    this = run()
    if this.behaviour is None or not this.held or not _views():
        pytest.skip("no resource is held whose identity could be changed")
    with share("identity"):
        for view in _views() if _FULL else _views()[:1]:
            for word, identity in _near(this.held[-1].identity).items():
                if (exchange := _ask(view, identity)) is not None:
                    _judge_near(exchange, identity, word)


@pytest.mark.judges("unknown-absent")
def test_made_up_identities_show_nothing() -> None:
    """Of another form than the server's, so that no more is certain than that nothing is found."""
    this = run()
    if this.behaviour is None or not _views():
        pytest.skip("no operation in scope shows a resource")
    with share("identity"):
        for view in _views():
            exchange = _ask(view, UNKNOWN)
            if exchange is not None and exchange.succeeded:
                this.broken(_absent(), exchange, f"{exchange.status} for an identity that is nobody's")
            elif exchange is not None and exchange.status is not None and exchange.status < 500:
                this.kept(_absent(), exchange)


def _views() -> list[str]:
    this = run()
    scope = {operation.id for operation in this.scope}
    return [each.operation for each in this.behaviour.views if each.operation in scope]


def _unknown(held: str) -> list[str]:
    """Identities of the form of a held one: with another character, and with several others.

    The first characters stay, which may hold a version or a kind, and so does the last, which may hold bits
    that must be naught.
    """
    alike, chance = held.lower(), random.Random(run().seed)
    hexadecimal = all(character in _HEXADECIMAL for character in re.sub(r"[\W_]", "", alike))
    places = [place for place, each in enumerate(held) if each.isascii() and each.isalnum()]
    inner = places[-len(places) // 3 :][:-1] or places[-1:]
    one = _changed(held, inner[-1:], chance, hexadecimal=hexadecimal)
    several = _changed(held, inner, chance, hexadecimal=hexadecimal)
    known = {each.identity for each in run().held}
    return [each for each in dict.fromkeys((one, several)) if each not in known]


def _changed(held: str, places: list[int], chance: random.Random, *, hexadecimal: bool) -> str:
    """A text with other characters of the same kind at some places: digits for digits, letters for letters."""
    characters = list(held)
    for place in places:
        old = held[place]
        letters = "abcdef" if hexadecimal else "abcdefghjkmnpqrstvwxyz"
        kind = "123456789" if old.isdigit() else letters
        new = chance.choice([each for each in kind if each != old.lower()])
        characters[place] = new.upper() if old.isupper() else new
    return "".join(characters)


def _near(held: str) -> dict[str, str]:
    """A word for each text that a careless search takes for a held identity or for any, and the text.

    Other case is left out: where an identity is a number to the base of 16, it is the same one.
    """
    found = {"a beginning of one": held[: min(8, len(held) // 2)], "a pattern: %": "%", "one and a blank": f"{held} "}
    if _FULL:
        found |= {"one and a digit": f"{held}0", "a pattern: *": "*", "a pattern: _": "_" * len(held)}
    return {word: identity for word, identity in found.items() if identity.strip()}


def _ask(operation: str, identity: str, *, body=None) -> Exchange | None:
    this = run()
    try:
        exchange = patiently(this.operations[operation], path={this.behaviour.parameter: identity}, body=body)
    except Unanswered:
        return None  # It is in the log, and judged there.
    return None if exchange.status in (429, 503) else exchange


def _is_absent(view: str, identity: str) -> bool:
    """Judge a view of an unknown identity; False where nothing is certain, since it turned out to be a resource's."""
    exchange = _ask(view, identity)
    if exchange is None or any(sighting.told == identity for sighting in seen(exchange)):
        return False
    _judge(exchange)
    return exchange.status == run().behaviour.errors.absent


def _judge_near(exchange: Exchange, identity: str, word: str) -> None:
    """A blank at an end may be nothing; and a text may be of no form that the server looks for, which is refused."""
    this = run()
    others = [each.told for each in seen(exchange) if each.told.strip() not in ("", identity.strip())]
    if others:
        this.broken(_absent(), exchange, f"{others[0]} is shown for an identity that is nobody's, {word}")
    elif exchange.status == this.behaviour.errors.absent:
        this.kept(_absent(), exchange)


def _try_changes(identity: str) -> None:
    this = run()
    scope = {operation.id for operation in this.scope}
    for rule in this.behaviour.changes:
        if rule.operation in scope:
            exchange = _ask(rule.operation, identity, body=this.plain_body(this.operations[rule.operation]))
            if exchange is not None:
                _judge(exchange)


def _judge(exchange: Exchange) -> None:
    this, absent = run(), run().behaviour.errors.absent
    if exchange.status == absent:
        this.kept(_absent(), exchange)
    else:
        this.broken(_absent(), exchange, f"{exchange.status} for an unknown identity, expected is {absent}")


def _absent():
    return run().promised("unknown-absent", ABSENT_SENTENCE, "/errors", about="absent")
