from __future__ import annotations

import json

import pytest

from scripts.contract.reading import INVALID, OPEN, VALID, Reader
from scripts.document import operations, read
from scripts.project import Given

from .test_contract_exchanges import exchange


@pytest.fixture(scope="module")
def reader() -> Reader:
    from .conftest import ROOT

    document = read(ROOT / "tests" / "data" / "tickets" / "source.yaml").data
    # A value that is known to exist on the server is taken, whatever its characters.
    given = {"openTicket": [(Given("openTicket", "/project", "PROJECT", "house/ä"), "house/ä")]}
    return Reader(document, {each.id: each for each in operations(document)}, given)


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("", VALID),
        ("page=0&size=50&state=open&text=door", VALID),
        ("size=0", INVALID),
        ("size=51", INVALID),
        ("size=-1", INVALID),
        ("size=abc", INVALID),
        ("state=lost", INVALID),
        ("page=-1", INVALID),
        ("size=5.0", OPEN),
        ("size=+5", OPEN),
        ("size=%205", OPEN),
        ("size=", OPEN),
        ("size=5&size=6", OPEN),
        ("page=11", OPEN),
        ("page=99999999999999999999", OPEN),
        ("state=OPEN", OPEN),
        ("unknown=1", OPEN),
        ("text=%00", OPEN),
        ("text=d%C3%B6r", OPEN),
        ("text=" + "x" * 2000, OPEN),
        ("text=%ff", OPEN),
        ("size=0&text=%zz", INVALID),
        ("urgent=true", VALID),
        ("urgent=plumbline", INVALID),
        ("urgent=1", OPEN),
        ("urgent=True", OPEN),
    ],
)
def test_a_query_is_valid_or_invalid_only_where_every_server_must_agree(reader, query, kind):
    assert reader.request(exchange(operation="listTickets", url=f"http://h/tickets?{query}")).kind == kind


def posted(body: bytes, media_type: str = "application/json"):
    headers = (("Content-Type", media_type),)
    return exchange(
        operation="openTicket", method="POST", url="http://h/tickets", request_headers=headers, request_body=body
    )


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({}, VALID),
        ({"weight": 9}, VALID),
        ({"title": "Tür ☃ 𝒳"}, VALID),
        ({"title": "x" * 20}, VALID),
        ({"title": "é" * 20}, VALID),
        ({"count": 10}, VALID),
        ({"title": "x" * 21}, INVALID),
        ({"title": ""}, INVALID),
        ({"title": "   "}, INVALID),
        ({"title": 5}, INVALID),
        ({"title": None}, INVALID),
        ({"title": ...}, INVALID),
        ({"project": ..., "title": ...}, INVALID),
        ({"weight": 0}, INVALID),
        ({"weight": "5"}, INVALID),
        ({"weight": 5.5}, INVALID),
        ({"weight": True}, INVALID),
        ({"weight": None}, OPEN),
        ({"weight": 5.0}, OPEN),
        ({"count": 11}, OPEN),
        ({"project": "another"}, OPEN),
        ({"extra": 1}, OPEN),
        ({"note": ""}, OPEN),
        ({"note": "a/b"}, OPEN),
        ({"title": "a\nb"}, OPEN),
        ({"title": "\n"}, OPEN),
        ({"title": "\u2003"}, OPEN),
        ({"title": "𝒳" * 15}, OPEN),
        ({"title": "\ud800"}, OPEN),
        ({"extra": 1, "weight": 0}, INVALID),
    ],
    ids=repr,
)
def test_a_body_is_valid_or_invalid_only_where_every_server_must_agree(reader, changes, kind):
    body = {"title": "Broken door", "project": "house/ä", **changes}
    sent = {name: value for name, value in body.items() if value is not ...}
    assert reader.request(posted(json.dumps(sent).encode())).kind == kind


@pytest.mark.parametrize(
    ("body", "media_type", "kind"),
    [
        (b"", "application/json", INVALID),
        (b"{", "application/json", INVALID),
        (b"\xff", "application/json", INVALID),
        (b"[]", "application/json", INVALID),
        (b'{"title": NaN}', "application/json", INVALID),
        (b"[" * 100_000, "application/json", INVALID),
        (b'{"title": "a", "title": "b", "project": "house/\\u00e4"}', "application/json", OPEN),
        (b"{}", "text/plain", OPEN),
        (b'{"title": "a", "project": "house/\\u00e4"}', "Application/JSON; charset=utf-8", VALID),
    ],
    ids=["none", "cut", "not UTF-8", "a list", "NaN", "deep", "a member twice", "other type", "type with parameters"],
)
def test_what_is_no_json_body_is_invalid(reader, body, media_type, kind):
    assert reader.request(posted(body, media_type)).kind == kind


@pytest.mark.parametrize(("path", "kind"), [("abc-1", VALID), ("a%2Fb", OPEN), ("..", OPEN), ("%C3%A9", OPEN)])
def test_a_path_with_characters_that_proxies_change_is_open(reader, path, kind):
    assert reader.request(exchange(operation="readTicket", url=f"http://h/tickets/{path}")).kind == kind


def test_a_body_that_is_deep_is_open_where_nothing_else_is_wrong_with_it(reader):
    deep = b'{"extra":' + b"[" * 250 + b"]" * 250 + b', "title": "a", "project": "house/\\u00e4"}'
    assert reader.request(posted(deep)).kind == OPEN
    assert reader.misfits("/components/schemas/Ticket", json.loads(deep)) == []


def test_an_operation_that_takes_no_json_body_leaves_one_open(reader):
    assert reader.body(reader.operations["listTickets"], {}) == OPEN


def test_a_misfit_names_the_keyword_where_the_document_has_it(reader):
    response = reader.response(reader.operations["readTicket"], 200)
    schema = f"{response[0]}/content/application~1json/schema"
    found = reader.misfits(schema, {"key": "1", "state": "lost"})
    assert {(each.pointer, each.place) for each in found} == {
        ("/components/schemas/State/enum", "/state"),
        ("/components/schemas/Ticket/required", ""),
    }


@pytest.mark.parametrize(("status", "documented"), [(200, True), (404, True), (418, False)])
def test_a_status_is_documented_or_not(reader, status, documented):
    assert (reader.response(reader.operations["readTicket"], status) is not None) is documented
