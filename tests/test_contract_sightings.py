"""What answers show of resources, and which members the document names there."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from scripts import behaviour
from scripts.contract.members import below, closed, names
from scripts.contract.reading import Reader
from scripts.contract.sightings import asked, sightings, value_at
from scripts.document import operations, read

from .conftest import ROOT
from .test_contract_exchanges import exchange

TICKETS = ROOT / "tests" / "data" / "tickets"
DOCUMENT = read(TICKETS / "source.yaml").data
RULES = behaviour.read(TICKETS / "behaviour.yaml", DOCUMENT)
READER = Reader(DOCUMENT, {each.id: each for each in operations(DOCUMENT)}, {})
TICKET = {"key": "T-1", "title": "a", "state": "open"}
SCHEMA = "/components/schemas/Ticket"


def answered(body, operation: str = "readTicket", **changes):
    url = "http://h/tickets" if operation in ("openTicket", "listTickets") else "http://h/tickets/T-1"
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return exchange(**{"operation": operation, "url": url, "response_body": text, **changes})


def shown(body, operation: str = "readTicket", rules=RULES, **changes):
    return list(sightings(READER, rules, answered(body, operation, **changes)))


@pytest.mark.parametrize(
    ("body", "operation", "changes", "asked_for", "told"),
    [
        (TICKET, "openTicket", {"status": 201}, "", "T-1"),
        (TICKET, "readTicket", {}, "T-1", "T-1"),
        ({"title": "a"}, "readTicket", {}, "T-1", ""),
        ({**TICKET, "key": 7}, "readTicket", {}, "T-1", "7"),
        (TICKET, "readTicket", {"url": "http://h/tickets/T%2F1"}, "T/1", "T-1"),
    ],
    ids=["created", "read", "without an identity", "a number as identity", "an encoded path"],
)
def test_an_answer_shows_the_resource_at_its_place(body, operation, changes, asked_for, told):
    (sighting,) = shown(body, operation, **changes)
    assert (sighting.asked, sighting.told) == (asked_for, told)
    assert sighting.identity == (told or asked_for)
    assert sighting.resource == body
    assert below(DOCUMENT, sighting.schema, "/title") == f"{SCHEMA.rpartition('/')[0]}/Ticket/properties/title"


def test_a_list_shows_each_of_its_items_with_its_schema():
    found = shown({"items": [TICKET, {**TICKET, "key": "T-2"}, "no object", {"title": "nameless"}]}, "listTickets")
    assert [sighting.identity for sighting in found] == ["T-1", "T-2"]
    assert all(names(DOCUMENT, sighting.schema, "/weight") for sighting in found)
    assert not any(names(DOCUMENT, sighting.schema, "/unheard") for sighting in found)


@pytest.mark.parametrize(
    "answer",
    [
        answered(TICKET, status=404),
        answered(TICKET, status=None),
        answered(TICKET, cut=True),
        answered(TICKET, operation=None),
        answered(b"<html>"),
        answered(b"[" * 100_000),
        answered([TICKET]),
        answered({"things": [TICKET]}, "listTickets"),
    ],
    ids=["refused", "no answer", "cut", "no operation", "no JSON", "too deep", "another form", "no list"],
)
def test_what_cannot_be_read_shows_nothing(answer):
    assert not list(sightings(READER, RULES, answer))


def test_single_members_stand_at_their_places_in_the_resource():
    view = replace(RULES.views[0], shows={"/is": "/state", "/deep/by": "/who/name", "/gone": "/gone", "/id": "/key"})
    rules = replace(RULES, views=(view,))
    (sighting,) = shown({"is": "open", "deep": {"by": "me"}, "id": "T-1"}, rules=rules)
    assert sighting.resource == {"state": "open", "who": {"name": "me"}, "key": "T-1"}
    assert not sighting.whole
    assert sighting.schema == ""
    assert sighting.value("/who/name") == "me"
    with pytest.raises(KeyError):
        sighting.value("/gone")


@pytest.mark.parametrize(
    ("body", "changes", "own"),
    [
        (TICKET, {}, True),
        (TICKET, {"authentic": False}, False),
        ({**TICKET, "key": "T-2"}, {}, False),
        ({"title": "a"}, {}, True),
    ],
    ids=["own", "by other keys", "another than was asked for", "the one that was asked for"],
)
def test_what_other_keys_or_another_identity_showed_is_not_the_accounts_own(body, changes, own):
    (sighting,) = shown(body, **changes)
    assert sighting.own is own


def test_null_and_absence_are_the_same_to_who_asks_what_a_resource_holds():
    (sighting,) = shown({**TICKET, "closed": None})
    assert (sighting.holds("/closed"), sighting.holds("/weight"), sighting.holds("/title/0")) == (None, None, None)
    assert value_at(TICKET, "/title") == "a"


def test_only_a_path_with_the_parameter_asks_for_an_identity():
    by_id = READER.operations
    assert asked(exchange(url="http://h/v2/tickets/T%201?a=b"), by_id["readTicket"], "key") == "T 1"
    assert asked(exchange(url="http://h/v2/tickets"), by_id["listTickets"], "key") is None


# --- Members that a schema names ------------------------------------------------------------------

SCHEMAS = {
    "components": {
        "schemas": {
            "Base": {"properties": {"id": {"type": "string"}}},
            "Thing": {
                "allOf": [
                    {"$ref": "#/components/schemas/Base"},
                    {"properties": {"parts": {"items": {"$ref": "#/components/schemas/Base"}}, "any": {}}},
                ]
            },
        }
    }
}
THING = "/components/schemas/Thing"


@pytest.mark.parametrize(
    ("place", "schema", "named"),
    [
        ("", THING, True),
        ("/id", "/components/schemas/Base/properties/id", True),
        ("/parts/0/id", "/components/schemas/Base/properties/id", True),
        ("/any", f"{THING}/allOf/1/properties/any", True),
        ("/any/whatever/else", "", True),
        ("/unheard", "", False),
        ("/parts/0/unheard", "", False),
    ],
)
def test_a_member_is_named_by_a_schema_its_branches_and_its_items(place, schema, named):
    assert below(SCHEMAS, THING, place) == schema
    assert names(SCHEMAS, THING, place) is named


def test_a_schema_without_members_leaves_them_open():
    assert closed(SCHEMAS, THING)
    assert not closed(SCHEMAS, f"{THING}/allOf/1/properties/any")
    assert names(SCHEMAS, "", "/anything")
