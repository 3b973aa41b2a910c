"""What a request sends of a resource, and what of it an answer shows otherwise."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from scripts.contract.sightings import sightings
from scripts.contract.trips import returns, sent_by

from .test_contract_exchanges import exchange
from .test_contract_sightings import DOCUMENT, READER, RULES

TICKET = {"title": "Broken door", "project": "house", "weight": 3, "urgent": False}
BRIEF = replace(RULES, views=(replace(RULES.views[0], states=("closed",)),))
"""Rules by which a ticket can be read when it is closed alone."""


def sent(body=TICKET, operation: str = "openTicket", rules=RULES, **changes):
    method, path = ("POST", "tickets") if operation == "openTicket" else ("PATCH", "tickets/T-1")
    headers = (("Content-Type", "application/json"),)
    words = {"operation": operation, "method": method, "url": f"http://h/{path}", "request_headers": headers}
    return sent_by(READER, rules, exchange(**{**words, "request_body": json.dumps(body).encode(), **changes}))


def wrong(rules=RULES, operation: str = "readTicket", **members) -> dict[str, bool]:
    """Each member that was judged in an answer, to whether something is wrong with it."""
    ticket = {name: value for name, value in {"key": "T-1", **TICKET, **members}.items() if value != "left out"}
    body = {"items": [ticket], "total": 1} if operation == "listTickets" else ticket
    url = "http://h/tickets" if operation == "listTickets" else "http://h/tickets/T-1"
    answer = exchange(operation=operation, url=url, response_body=json.dumps(body).encode())
    (sighting,) = sightings(READER, rules, answer)
    return {back.member: bool(back.wrong) for back in returns(DOCUMENT, rules, sent(), sighting)}


def test_what_is_sent_and_comes_back_is_known_by_the_member_of_the_resource():
    assert {member: each.value for member, each in sent().items()} == {f"/{name}": TICKET[name] for name in TICKET}
    assert sent()["/title"].schema.endswith("/Title") or "title" in sent()["/title"].schema
    assert sent({"title": "New"}, "renameTicket").keys() == {"/title"}


@pytest.mark.parametrize(
    "changes",
    [{"body": {"title": ""}}, {"request_body": b"{"}, {"request_body": b'{"title": "a", "title": "b"}'}],
    ids=["invalid", "no JSON", "a member twice"],
)
def test_nothing_is_certain_of_a_body_that_may_be_read_otherwise(changes):
    assert sent(**changes) == {}


def test_what_a_text_leaves_the_form_of_is_not_certain():
    assert "/title" not in sent(rules=replace(RULES, open={**RULES.open, "text-form": frozenset({"/title"})}))


def test_what_came_back_equal_is_told_as_kept():
    assert wrong() == dict.fromkeys(("/title", "/project", "/weight", "/urgent"), False)


@pytest.mark.parametrize("operation", ["readTicket", "listTickets"])
def test_what_came_back_otherwise_is_wrong_everywhere(operation):
    assert wrong(operation=operation, weight=4)["/weight"]


@pytest.mark.parametrize(
    ("rules", "operation", "judged"),
    [(RULES, "readTicket", True), (RULES, "listTickets", False), (BRIEF, "readTicket", False)],
    ids=["a view", "a list", "a view of some states"],
)
def test_what_is_left_out_is_wrong_where_all_that_was_sent_is_shown(rules, operation, judged):
    assert wrong(rules, operation, weight="left out").get("/weight", False) is judged
    assert wrong(rules, operation)["/weight"] is False
