from __future__ import annotations

import pytest

from scripts import behaviour
from scripts.document import read
from scripts.errors import BehaviourError


@pytest.fixture
def changed(tickets):
    """Read the invented API's behaviour with one piece of its text replaced."""
    document = read(tickets.openapi).data

    def make(old: str = "", new: str = "") -> behaviour.Behaviour:
        text = tickets.behaviour.read_text(encoding="utf-8")
        assert old in text
        tickets.behaviour.write_text(text.replace(old, new), encoding="utf-8")
        return behaviour.read(tickets.behaviour, document)

    return make


def test_the_rules_are_read_as_values(changed):
    rules = changed()
    assert (rules.identity, rules.parameter, rules.create.operation) == ("key", "key", "openTicket")
    assert rules.lifecycle.course == ("open", "closed")
    assert rules.lifecycle.terminal == {"closed"}
    assert rules.creating == {"openTicket"}
    assert rules.conditional == frozenset()
    assert rules.lists[0].pages.first == 0


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("identity: key,", "", '"identity" is a required property'),
        ("does: update", "does: explode", '"explode" is not one of'),
        ("standing: published", "standing: certain", '"certain" is not one of'),
        ("source: invented", "origin: invented", '"source" is a required property'),
        ("operation: readTicket", "operation: seeTicket", "no operation is called seeTicket"),
        ("course: [open, closed]", "course: [open, gone]", "gone is no state"),
        ("states: [open]", "states: [ajar]", "ajar is no state"),
        ("member: /state\n", "member: /status\n", "/status is no member of what openTicket creates"),
        ("member: /path", "member: /way", "no answer has the member /way"),
        ("filters: {state:", "filters: {status:", "listTickets has no query parameter status"),
        ("{state: /state}", "{state: /status}", "the items of listTickets have no member /status"),
        ("total: /total", "total: /sum", "the answer of listTickets has no member /sum"),
        ("identity: key", "identity: id", "no answer has the member /id"),
        ("parameter: key", "parameter: id", "readTicket has no path parameter id"),
        ("{/project}", "{/projekt}", "no request and no answer has the member /projekt"),
        ("{operation: readTicket,", "{operation: readTicket, at: /Ticket,", "the answer of readTicket has no member"),
        ("moves: {open: [closed]}", "moves: {closed: [open]}", "no move leads from open to closed"),
        ("does: update, states: [open]", "does: move, to: open, states: [closed]", "no move leads from closed to open"),
        ("errors:", "isolation: {between: galaxy, otherwise: 404}\nerrors:", '"source" is a required property'),
    ],
)
def test_what_is_not_well_formed_or_not_in_the_document_is_an_error_with_its_place(changed, old, new, message):
    with pytest.raises(BehaviourError, match=message) as caught:
        changed(old, new)
    assert all(problem.line > 0 and problem.file.endswith("behaviour.yaml") for problem in caught.value.problems)


def test_where_a_rule_comes_from_is_told_by_its_pointer(apis):
    api = apis["wasabi_air"]
    stated = behaviour.read(api.behaviour, read(api.openapi).data).stated
    assert stated["/isolation"].standing == "standard"
    assert stated["/views/3"].source.startswith("An earlier edition of the reference page")
    assert {each.standing for each in stated.values()} == {"published", "standard", "inferred"}


def test_moves_that_are_not_stated_are_those_of_time(changed):
    assert changed("  moves: {open: [closed]}\n", "").lifecycle.terminal == {"closed"}


def test_members_of_a_schema_that_is_made_of_others_are_found(tickets):
    document = read(tickets.openapi).data
    schemas = document["components"]["schemas"]
    schemas["Ticket"] = {"allOf": [schemas["Ticket"]]}
    assert behaviour.read(tickets.behaviour, document).identity == "key"


def test_every_shipped_behaviour_fits_its_document(apis):
    for api in apis.values():
        assert behaviour.read(api.behaviour, read(api.openapi).data).creating
