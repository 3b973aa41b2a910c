from __future__ import annotations

import json
from dataclasses import replace

import pytest

from scripts import behaviour
from scripts.contract.leftovers import leftovers, marked, newest_first, sent_texts
from scripts.contract.samples import json_schema, sample
from scripts.document import operations, read

from .test_contract_exchanges import exchange

MINE, REFUSED = "plumbline-1-0", "plumbline-1-refused-7"


@pytest.fixture
def rules(apis):
    api = apis["wasabi_air"]
    return behaviour.read(api.behaviour, read(api.openapi).data)


def job(identity: str, name: str, second: int = 30) -> dict:
    return {"Id": identity, "Name": name, "Created": f"2026-01-01T10:00:{second:02}.5Z", "Status": "submitted"}


def created(identity: str, name: str, second: int = 20, status: int | None = 200):
    """A request to create, and its answer."""
    answer = {"Job": job(identity, name, second)} if status == 200 else {}
    return exchange(
        operation="submitJob",
        method="POST",
        status=status,
        request_body=json.dumps({"Name": name}).encode(),
        response_body=json.dumps(answer).encode(),
    )


def listed(*jobs: dict):
    return exchange(operation="listJobs", response_body=json.dumps({"Records": list(jobs)}).encode())


def found(rules, listing, *creations) -> list[str] | None:
    left = leftovers(rules, rules.lists[0], listing, creations)
    return None if left is None else [each.identity for each in left]


def test_what_is_told_is_no_leftover(rules):
    assert found(rules, listed(job("1", MINE)), created("1", MINE)) == []


def test_what_nobody_told_of_and_has_a_text_of_a_refused_request_is_left_over(rules):
    creations = created("1", MINE), created("", REFUSED, status=400)
    assert found(rules, listed(job("2", REFUSED), job("1", MINE)), *creations) == ["2"]


def test_so_is_a_copy_of_what_was_created(rules):
    assert found(rules, listed(job("2", MINE), job("1", MINE)), created("1", MINE)) == ["2"]


def test_what_others_create_meanwhile_is_none(rules):
    assert found(rules, listed(job("2", "theirs"), job("1", MINE)), created("1", MINE)) == []


def test_what_an_earlier_run_left_is_none(rules):
    assert found(rules, listed(job("2", MINE, 10), job("1", MINE, 20)), created("1", MINE, 20)) == []


@pytest.mark.parametrize(
    ("earlier", "first"),
    [
        ("2026-01-01T12:00:19+02:00", "2026-01-01T10:00:20Z"),
        ("2026-01-01T12:00:19.9+02:00", "2026-01-01T12:00:20+02:00"),
        ("2026-01-01T10:00:20Z", "2026-01-01T10:00:20Z"),
        (1767261619, 1767261620),
    ],
    ids=["two offsets", "an offset and a fraction", "the same second", "numbers"],
)
def test_what_an_earlier_run_left_is_none_however_times_are_written(rules, earlier, first):
    answer = {"Job": {**job("1", MINE), "Created": first}}
    mine = replace(created("1", MINE), response_body=json.dumps(answer).encode())
    assert found(rules, listed({**job("2", MINE), "Created": earlier}, answer["Job"]), mine) == []


@pytest.mark.parametrize("time", [None, "today", "2026-01-01T10:00:20"], ids=str)
def test_nothing_is_said_where_nobody_can_read_when_something_was_created(rules, time):
    answer = {"Job": {**job("1", MINE), "Created": time}}
    mine = replace(created("1", MINE), response_body=json.dumps(answer).encode())
    assert found(rules, listed(job("2", MINE)), mine) is None


def test_nothing_is_said_where_nothing_was_created(rules):
    assert found(rules, listed(job("2", REFUSED)), created("", REFUSED, status=400)) is None


def test_what_a_request_may_have_created_that_was_not_answered_is_none(rules):
    creations = created("1", MINE), created("", REFUSED, status=None)
    assert found(rules, listed(job("2", REFUSED), job("1", MINE)), *creations) == []


@pytest.mark.parametrize("body", [b"{", b'{"Records": 5}', b"[]"])
def test_nothing_is_said_of_what_is_no_list(rules, body):
    assert found(rules, exchange(operation="listJobs", response_body=body), created("1", MINE)) is None


def test_nothing_is_said_where_a_success_does_not_tell_what_it_created(rules):
    silent = exchange(operation="submitJob", request_body=b"{}", response_body=b"{}")
    assert found(rules, listed(job("1", MINE)), silent) is None


def test_the_texts_of_a_request_are_those_of_the_run_alone(rules):
    body = json.dumps({"Name": MINE, "Batch": "another", "Priority": 5}).encode()
    assert sent_texts(rules, exchange(request_body=body)) == {("/Name", MINE)}
    assert sent_texts(rules, exchange(request_body=b"\xff")) == frozenset()


def test_a_list_is_asked_for_the_newest_first_as_many_as_it_can(rules):
    assert newest_first(rules, rules.lists[0]) == {"pageSize": 100, "sortBy": "Created", "sortOrder": "Desc"}


def test_a_body_is_marked_but_where_something_is_wrong_with_it(apis, rules):
    document = read(apis["wasabi_air"].openapi).data
    create = next(each for each in operations(document) if each.id == rules.create.operation)
    plain = sample(document, json_schema(document, create))
    whole = marked(document, rules, create, plain, REFUSED)
    assert (whole["Name"], whole["Batch"], whole["Services"]) == (REFUSED, REFUSED, plain["Services"])
    assert marked(document, rules, create, plain, REFUSED, but=["/Name"])["Name"] == plain["Name"]
    assert marked(document, rules, create, "no object", REFUSED) == "no object"
    assert marked(document, rules, create, plain, "x" * 300) == plain
