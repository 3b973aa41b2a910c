from __future__ import annotations

import json
import re

import pytest

from scripts.contract.oddities import of_bodies, of_headers, of_identities, of_queries
from scripts.contract.reading import INVALID, Reader
from scripts.contract.samples import json_schema, sample
from scripts.document import operations, read

from .conftest import ROOT
from .test_contract_exchanges import exchange

DOCUMENT = read(ROOT / "tests" / "data" / "tickets" / "source.yaml").data
OPERATIONS = {operation.id: operation for operation in operations(DOCUMENT)}
OPEN_TICKET, LIST, READ = (OPERATIONS[name] for name in ("openTicket", "listTickets", "readTicket"))
PLAIN = sample(DOCUMENT, json_schema(DOCUMENT, OPEN_TICKET))
BODIES = list(of_bodies(DOCUMENT, OPEN_TICKET, PLAIN))


@pytest.mark.parametrize("odd", BODIES, ids=lambda odd: odd.word)
def test_no_odd_body_is_one_that_a_server_has_to_take(odd):
    stated = tuple(odd.headers.items())
    asked = exchange(operation="openTicket", method="POST", request_headers=stated, request_body=odd.body)
    reader = Reader(DOCUMENT, OPERATIONS, {})
    if odd.headers.get("Content-Type") == "application/json" and "twice" not in odd.word:
        assert reader.request(asked).kind == INVALID
    else:
        with pytest.raises((ValueError, AssertionError)):
            assert "title" in json.loads(odd.body)


def test_the_first_odd_bodies_are_of_every_kind():
    words = [odd.word for odd in BODIES[:12]]
    assert {"a truncated body", "a deep body", "a body that is plain text", "a bad escape", "a null character"} <= {
        *words
    }


def test_a_body_of_which_nothing_is_required_is_only_sent_where_it_cannot_be_read():
    content = {"application/json": {"schema": {"type": "object", "properties": {"a": {"type": "string"}}}}}
    document = {
        "openapi": "3.1.0",
        "paths": {"/x": {"post": {"operationId": "x", "requestBody": {"content": content}}}},
    }
    for odd in of_bodies(document, next(operations(document)), {"a": "x"}):
        try:
            value = json.loads(odd.body, parse_constant=lambda _: 1 / 0)
        except (ValueError, ZeroDivisionError, RecursionError):
            continue
        assert not isinstance(value, dict)


def test_odd_queries_name_parameters_of_the_operation_where_it_has_some():
    targets = [odd.target for odd in of_queries(DOCUMENT, LIST, "/tickets")]
    assert "/tickets?text=plumb%00line" in targets
    assert "/tickets?page=9223372036854775808" in targets
    assert all(target.startswith("/tickets?") for target in targets)
    assert any("plumbline=" in odd.target for odd in of_queries(DOCUMENT, READ, "/tickets/1"))


def test_odd_identities_stand_in_the_path_as_one_step():
    targets = [odd.target for odd in of_identities(READ)]
    assert "/tickets/plumb%zzline%" in targets
    assert all(re.fullmatch("/tickets/[^/?#]+", target) for target in targets)
    assert not list(of_identities(LIST))


def test_odd_headers_never_change_what_is_done_or_who_asks():
    for odd in of_headers("/tickets"):
        assert odd.body is None
        assert not {"authorization", "range", "if-match", "x-key"} & {name.lower() for name in odd.headers}
