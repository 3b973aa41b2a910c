"""The states that a resource was seen in, and those in which it can have been in between."""

from __future__ import annotations

import json

import pytest

from scripts.contract.sightings import sightings
from scripts.contract.tracks import comes_back, reachable, tracks

from .test_contract_exchanges import exchange
from .test_contract_sightings import READER, RULES


def shown(number: int, state: str, operation: str = "readTicket", key: str = "T-1"):
    """What the answer of a number shows of a ticket."""
    url = "http://h/tickets" if operation == "openTicket" else f"http://h/tickets/{key}"
    body = json.dumps({"key": key, "state": state}).encode()
    answer = exchange(number=number, operation=operation, url=url, response_body=body)
    return next(sightings(READER, RULES, answer))


def track(*seen):
    return tracks(seen, RULES.lifecycle)["T-1"]


def test_what_is_reachable_follows_the_listed_moves():
    after = reachable(RULES.lifecycle)
    assert after["waiting"] == {"waiting", "open", "closed", "dropped"}
    assert after["open"] == {"open", "closed", "dropped"}
    assert after["closed"] == {"closed"}
    assert not any(comes_back(RULES.lifecycle, state) for state in RULES.lifecycle.states)


@pytest.mark.parametrize(
    ("states", "lawful"),
    [
        (["waiting", "open", "closed"], True),
        (["waiting", "closed"], True),
        (["waiting", "waiting"], True),
        (["open", "waiting"], False),
        (["closed", "dropped"], False),
    ],
    ids=str,
)
def test_a_track_is_lawful_where_listed_moves_lead_from_each_state_to_the_next(states, lawful):
    assert track(*(shown(number, state) for number, state in enumerate(states, 1))).lawful is lawful


@pytest.mark.parametrize(
    ("number", "possible"),
    [
        (1, {"waiting"}),
        (3, {"waiting", "open"}),
        (5, {"open"}),
        (7, {"open", "closed", "dropped"}),
    ],
)
def test_between_two_answers_a_resource_was_in_what_lies_between_them(number, possible):
    seen = track(shown(2, "waiting"), shown(4, "open"), shown(6, "open"))
    assert seen.possible(number) == possible
    assert seen.surrounds(number) is (2 < number < 6)
    assert seen.last == "open"


def test_an_identity_that_was_given_twice_has_no_track():
    assert tracks([shown(1, "waiting", "openTicket"), shown(2, "waiting", "openTicket")], RULES.lifecycle) == {}
    assert tracks([shown(1, "unheard")], RULES.lifecycle) == {}
