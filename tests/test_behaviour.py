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
    ],
)
def test_what_is_not_well_formed_or_not_in_the_document_is_an_error_with_its_place(changed, old, new, message):
    with pytest.raises(BehaviourError, match=message) as caught:
        changed(old, new)
    assert all(problem.line > 0 and problem.file.endswith("behaviour.yaml") for problem in caught.value.problems)


def test_every_shipped_behaviour_fits_its_document(apis):
    for api in apis.values():
        assert behaviour.read(api.behaviour, read(api.openapi).data).creating
