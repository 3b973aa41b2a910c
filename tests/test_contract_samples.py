from __future__ import annotations

import pytest

from scripts.contract.samples import filled, json_schema, linked, overlap, pinned, pruned, put, sample
from scripts.document import operations, read
from scripts.project import Given

from .conftest import ROOT

DOCUMENT = read(ROOT / "tests" / "data" / "tickets" / "source.yaml").data
OPERATIONS = {operation.id: operation for operation in operations(DOCUMENT)}


def given(member: str) -> Given:
    return Given("openTicket", member, "VALUE", "example")


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"examples": ["a", "b"], "type": "string"}, "a"),
        ({"enum": ["x", "y"]}, "x"),
        ({"const": 3}, 3),
        ({"default": 7, "type": "integer"}, 7),
        ({"type": "string", "minLength": 3}, "xxx"),
        ({"type": ["integer", "null"], "minimum": 2}, 2),
        ({"type": "boolean"}, False),
        ({"type": "array", "items": {"type": "string"}, "minItems": 2}, ["x", "x"]),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "x"),
        ({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "b": {}}}, {"a": "x"}),
        ({"$ref": "#/components/schemas/NewTicket"}, {"title": "Broken door", "project": "house"}),
    ],
    ids=str,
)
def test_a_sample_is_the_first_example_or_the_least_that_fits(schema, value):
    assert sample(DOCUMENT, schema) == value


def test_given_values_stand_at_their_members_which_are_made_where_missing():
    body = {"a": {"b": 1}}
    assert pinned(body, [(given("/a/b"), 2), (given("/c/d"), 3), (given(""), 4)][:2]) == {"a": {"b": 2}, "c": {"d": 3}}
    assert body == {"a": {"b": 1}}
    assert pinned({"a": "a text"}, [(given("/a/b"), 2)]) == {"a": "a text"}


def test_members_that_no_schema_names_are_pruned_at_every_depth():
    schema = {"properties": {"a": {"properties": {"b": {}}}, "free": {"type": "object"}}}
    body = {"a": {"b": 1, "x": 2}, "free": {"y": 3}, "z": 4}
    assert pruned(DOCUMENT, schema, body) == {"a": {"b": 1}, "free": {"y": 3}}


def test_a_path_is_filled_with_encoded_values_or_the_unknown_one():
    assert filled(OPERATIONS["readTicket"], {"key": "a/b c"}, unknown="?") == "/tickets/a%2Fb%20c"
    assert filled(OPERATIONS["readTicket"], {}, unknown="nobody") == "/tickets/nobody"


def test_a_value_is_put_below_objects_that_are_made():
    body = {"a": {"b": 1}}
    put(body, "/a/c/d", 2)
    assert body == {"a": {"b": 1, "c": {"d": 2}}}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("/a", "/a/b", True), ("/a/b", "/a", True), ("/a", "/ab", False), ("", "/a", True)],
)
def test_pointers_overlap_where_one_is_the_other_or_below_it(one, other, expected):
    assert overlap(one, other) is expected


def test_links_lead_to_operations_with_values_out_of_the_answer():
    links = OPERATIONS["openTicket"].definition["responses"]["201"]["links"]
    found = linked({"key": "k1"}, links, [OPERATIONS["readTicket"]])
    assert [(operation.id, values) for operation, values in found] == [("readTicket", {"key": "k1"})]
    assert linked({}, links, [OPERATIONS["readTicket"]]) == []


def test_an_operation_without_a_json_body_has_no_schema_for_one():
    assert json_schema(DOCUMENT, OPERATIONS["listTickets"]) is None
    assert json_schema(DOCUMENT, OPERATIONS["openTicket"]) == {"$ref": "#/components/schemas/NewTicket"}
