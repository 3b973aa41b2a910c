from __future__ import annotations

import jsonschema_rs
import pytest

from scripts.contract.cases import BODY, QUERY, at_bounds, met, nested, refused
from scripts.contract.reading import INVALID, Reader
from scripts.contract.samples import json_schema, sample
from scripts.document import operations, read

from .conftest import ROOT

DOCUMENT = read(ROOT / "tests" / "data" / "tickets" / "source.yaml").data
OPERATIONS = {operation.id: operation for operation in operations(DOCUMENT)}
OPEN_TICKET, LIST = OPERATIONS["openTicket"], OPERATIONS["listTickets"]
PLAIN = sample(DOCUMENT, json_schema(DOCUMENT, OPEN_TICKET))


def with_schema(schema):
    """An operation whose body has one member of a schema, and a body that fits."""
    body = {"type": "object", "required": ["a"], "properties": {"a": schema}}
    content = {"application/json": {"schema": body}}
    document = {
        "openapi": "3.1.0",
        "paths": {"/x": {"post": {"operationId": "x", "requestBody": {"content": content}}}},
    }
    operation = next(operations(document))
    return document, operation, {"a": sample(document, schema)}


def test_every_case_of_a_body_is_refused_by_its_schema():
    reader = Reader(DOCUMENT, OPERATIONS, {})
    cases = [case for case in refused(DOCUMENT, OPEN_TICKET, PLAIN) if case.location == BODY]
    assert len(cases) > 20
    assert all(reader.body(OPEN_TICKET, case.value) == INVALID for case in cases if case.value is not None)


def test_each_place_and_keyword_of_a_body_has_a_most_telling_case():
    first = {(case.place, case.keyword) for case in refused(DOCUMENT, OPEN_TICKET, PLAIN) if case.rank == 0}
    assert first >= {
        *(("", "type"), ("", "required"), ("/title", "minLength"), ("/title", "maxLength"), ("/title", "pattern")),
        *(("/weight", "minimum"), ("/weight", "maximum"), ("/weight", "type"), ("/urgent", "type"), ("/note", "type")),
    }


def test_each_required_member_is_left_out_once():
    missing = [case.value for case in refused(DOCUMENT, OPEN_TICKET, PLAIN) if case.keyword == "required"]
    assert [set(PLAIN) - set(body) for body in missing] == [{"title"}, {"project"}]


def test_each_required_member_is_null_once_those_of_the_body_itself_first():
    found = [(case.place, case.rank) for case in refused(DOCUMENT, OPEN_TICKET, PLAIN) if case.keyword == "null"]
    assert found == [("/title", 0), ("/project", 0)]
    document, operation, plain = with_schema({"type": "object", "required": ["b"], "properties": {"b": {"const": 1}}})
    nulls = [case for case in refused(document, operation, plain) if case.keyword == "null"]
    assert [(case.place, case.value, case.rank) for case in nulls] == [
        ("/a", {"a": None}, 0),
        ("/a/b", {"a": {"b": None}}, 1),
    ]


def test_each_keyword_of_a_query_parameter_has_a_case():
    found = {(case.place, case.keyword, case.value) for case in refused(DOCUMENT, LIST, None) if case.rank == 0}
    assert {
        *(("page", "minimum", -1), ("size", "minimum", 0), ("size", "maximum", 51), ("size", "type", "plumbline")),
        *(("state", "enum", "plumbline"), ("urgent", "type", "plumbline"), ("sort", "enum", "plumbline")),
    } <= found


@pytest.mark.parametrize(
    ("schema", "keyword"),
    [
        ({"type": "array", "items": {"type": "string"}, "minItems": 2}, "minItems"),
        ({"type": "array", "items": {"type": "string"}, "maxItems": 2}, "maxItems"),
        ({"type": "array", "items": {"type": "string"}, "uniqueItems": True}, "uniqueItems"),
        ({"type": "array", "items": {"type": "integer", "maximum": 3}}, "items"),
        ({"type": "object", "minProperties": 1, "examples": [{"b": 1}]}, "minProperties"),
        ({"type": "object", "maxProperties": 2}, "maxProperties"),
        ({"type": "object", "properties": {"b": {}}, "additionalProperties": False}, "additionalProperties"),
        ({"type": "integer", "exclusiveMaximum": 5}, "exclusiveMaximum"),
        ({"type": "number", "exclusiveMinimum": 5, "examples": [6]}, "exclusiveMinimum"),
        ({"type": "integer", "multipleOf": 5}, "multipleOf"),
        ({"type": "string", "format": "date-time", "examples": ["2024-11-13T07:11:51Z"]}, "format"),
        ({"type": "string", "enum": ["b"]}, "enum"),
        ({"const": 3}, "enum"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_keyword_of_a_schema_has_a_case_that_breaks_it(schema, keyword):
    document, operation, plain = with_schema(schema)
    cases = [case for case in refused(document, operation, plain) if case.keyword == keyword]
    assert cases
    validator = jsonschema_rs.Draft202012Validator(json_schema(document, operation), validate_formats=True)
    assert not any(validator.is_valid(case.value) for case in cases)


def test_members_of_members_are_broken_too():
    document, operation, plain = with_schema({"type": "object", "properties": {"b": {"type": "integer", "maximum": 3}}})
    broken = next(case for case in refused(document, operation, plain) if case.keyword == "maximum")
    assert (broken.place, broken.value) == ("/a/b", {"a": {"b": 4}})


def test_what_is_listed_and_each_bound_of_a_parameter_is_met():
    found = {(case.place, case.value) for case in met(DOCUMENT, LIST)}
    assert {("size", 50), ("size", 1), ("page", 0), ("state", "waiting"), ("state", "dropped")} <= found
    assert all(case.location == QUERY for case in met(DOCUMENT, LIST))


def test_a_body_has_every_member_at_its_bound_but_those_that_are_fixed():
    (greatest, most), (least, fewest) = at_bounds(DOCUMENT, OPEN_TICKET, PLAIN, fixed=["/project"])
    assert (greatest, least) == ("greatest", "least")
    assert most == {**PLAIN, "title": "é" * 20, "weight": 9}
    assert fewest == {**PLAIN, "title": "x", "weight": 1}


@pytest.mark.parametrize(
    ("more", "text"),
    [({"pattern": r"^.*\S.*$"}, "ééé"), ({"pattern": "^[a-z]+$"}, "xxx"), ({}, "xxx")],
    ids=["a pattern that takes them", "a pattern that does not", "no pattern"],
)
def test_the_longest_text_takes_two_bytes_a_character_where_its_pattern_says_that_they_are_taken(more, text):
    document, operation, plain = with_schema({"type": "string", "maxLength": 3, **more})
    assert next(at_bounds(document, operation, plain, fixed=())) == ("greatest", {"a": text})


def test_an_object_of_any_members_gets_the_inner_objects_of_its_examples():
    schema = {"type": "object", "examples": [{"a": ""}, {"b": {"c": {"d": 1}}}]}
    document, operation, _ = with_schema(schema)
    assert nested(document, operation, {"a": {"mine": {}}}) == {"a": {"mine": {"c": {"d": 1}}}}
    assert nested(DOCUMENT, OPEN_TICKET, PLAIN) is None
