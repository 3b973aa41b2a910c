"""Requests that do not fit the document: what they are answered."""

from __future__ import annotations

import json

import pytest

from scripts.mock.bodies import LARGEST_BODY
from scripts.mock.messages import Request

from .pure import JOB, Mock, submitted


@pytest.fixture
def air(apis) -> Mock:
    return Mock(apis["wasabi_air"])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"Name": ""}, "/Name"),
        ({"Name": "  "}, "/Name"),
        ({"Name": "x" * 257}, "/Name"),
        ({"Name": 5}, "/Name"),
        ({"Priority": 0}, "/Priority"),
        ({"Priority": 11}, "/Priority"),
        ({"Priority": "5"}, "/Priority"),
        ({"Services": {}}, "/Services"),
        ({"Services": []}, "/Services"),
        ({"Source": {"Bucket": "b"}}, "/Source"),
        ({"Destination": {"Bucket": "b"}}, "/Destination"),
        ({"Destination": None}, "/Destination"),
        ({"Batch": "x" * 257}, "/Batch"),
    ],
    ids=repr,
)
def test_a_body_that_the_document_forbids_is_refused_with_its_place(air, changes, said):
    answer = air.ask("POST", "/jobs", {**JOB, **changes})
    assert (answer.status, answer.body["ErrorCode"]) == (400, "BAD_REQUEST")
    assert answer.body["Error"].startswith(said)
    assert air.held() == []


@pytest.mark.parametrize(
    "query",
    [
        "pageSize=0",
        "pageSize=101",
        "pageSize=x",
        "pageSize=1.5",
        "pageNumber=0",
        "status=lost",
        "sortBy=Name",
        "sortOrder=up",
        "pageSize=1&pageSize=2",
        "pageNumber=" + "9" * 400,
    ],
)
def test_a_query_that_the_document_forbids_is_refused(air, query):
    assert air.ask("GET", "/jobs", query=query).status == 400


def within_services(raw: bytes) -> bytes:
    """A submission with `raw` where the document allows any object."""
    return json.dumps({**JOB, "Services": "HERE"}).encode().replace(b'"HERE"', raw)


@pytest.mark.parametrize(
    ("raw", "headers"),
    [
        (b"", {}),
        (b"{", {}),
        (b"\xff\xfe", {}),
        (b"null", {}),
        (b"NaN", {}),
        (b"[" * 100_000, {}),
        (b'{"Name": "\\ud800"}', {}),
        (b"9" * 5000, {}),
        (b" " * (LARGEST_BODY + 1), {}),
        (json.dumps(JOB).encode(), {"content-type": "text/plain"}),
        (json.dumps(JOB).encode(), {"content-type": None}),
        (json.dumps(JOB).encode("utf-16"), {}),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, {}),
        (within_services(b'{"a":' * 900 + b"1" + b"}" * 900), {}),
        (within_services(b'{"a":' * 400 + b"1" + b"}" * 400), {}),
        (within_services(b'{"ocr": 1e999}'), {}),
        (within_services(b'{"ocr": -1e999}'), {}),
        (within_services(b'{"ocr": Infinity}'), {}),
        (within_services(b'{"ocr": "\\ud800"}'), {}),
        (within_services(b'{"\\udfff": {}}'), {}),
    ],
    ids=[
        "none",
        "cut",
        "not UTF-8",
        "null",
        "NaN",
        "deep",
        "half a pair",
        "huge number",
        "too large",
        "text",
        "no type",
        "UTF-16",
        "nested",
        "nested where anything goes",
        "nested less",
        "beyond a double",
        "below a double",
        "infinite",
        "half a pair within",
        "half a pair as a name",
    ],
)
def test_a_hostile_body_is_refused_as_documented(air, raw, headers):
    answer = air.ask("POST", "/jobs", raw=raw, headers=headers)
    assert (answer.status, answer.body["ErrorCode"]) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "gzip, identity", "chunked"])
def test_a_compressed_body_is_refused_and_an_identical_one_is_not(air, encoding):
    assert air.ask("POST", "/jobs", JOB, headers={"content-encoding": encoding}).status == 400
    assert air.ask("POST", "/jobs", JOB, headers={"content-encoding": "Identity"}).status == 200


@pytest.mark.parametrize(
    ("media_type", "status"),
    [
        ("application/json", 200),
        ("Application/JSON", 200),
        ("application/json; charset=utf-8", 200),
        ("application/json;charset=UTF-8;x=y", 200),
        (" application/json ", 200),
        ("application/jsonx", 400),
        ("application/problem+json", 400),
        ("application/x-www-form-urlencoded", 400),
        ("multipart/form-data; boundary=x", 400),
        ("json", 400),
        ("", 400),
        ("*/*", 400),
        ("é", 400),
    ],
)
def test_the_media_type_of_a_body_is_the_documented_one_however_it_is_written(air, media_type, status):
    assert air.ask("POST", "/jobs", JOB, headers={"content-type": media_type}).status == status


def wire(mock: Mock, *headers: tuple[str, str], holder: str = "account", query: str = "") -> int:
    """The status of a list that is asked for with headers as they stand, after the holder's keys."""
    keys = tuple(mock.keys[holder].items())
    return mock.answer(Request("GET", "/jobs", query, (*keys, *headers))).status


def test_a_key_that_is_sent_twice_is_none(air):
    (name, value), *_ = air.keys["account"].items()
    assert wire(air) == 200
    assert wire(air, (name, value)) == 401
    assert wire(air, (name, "other")) == 401
    assert wire(air, ("x-other", value), ("accept", "*/*"), ("accept", "text/html")) == 200


@pytest.mark.parametrize("value", ["", " ", "\t", "\xff\xfe", "\x00", "é" * 9, "x" * 100_000])
def test_keys_of_odd_characters_are_wrong(air, value):
    for name in air.keys["account"]:
        assert air.ask("GET", "/jobs", headers={name: value}).status == 401


@pytest.mark.parametrize(
    "path",
    [
        "/jobs/%",
        "/jobs/%zz",
        "/jobs/%ff",
        "/jobs/%00",
        "/jobs/%2F",
        "/jobs/..%2F..",
        "/jobs/%E2%98%83",
        "/jobs/" + "x" * 9999,
    ],
)
def test_a_path_with_odd_encodings_names_no_job(air, path):
    for method, way in (("GET", ""), ("GET", "/status")):
        answer = air.ask(method, path + way)
        assert (answer.status, answer.body["ErrorCode"]) == (404, "NOT_FOUND")


def test_a_job_is_found_by_its_identity_however_it_is_encoded(air):
    identity = submitted(air)
    encoded = "".join(f"%{ord(character):02x}" for character in identity)
    assert air.ask("GET", f"/jobs/{encoded}").status == 200
    assert air.ask("GET", f"/jobs/{identity.upper()}").status == (200 if identity.isdigit() else 404)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 200),
        ("&", 200),
        ("&&=&", 200),
        ("unknown=1&unknown=2", 200),
        ("name=%", 200),
        ("name=%ff", 200),
        ("name=a=b", 200),
        ("name", 200),
        ("%6eame=x", 200),
        ("PAGESIZE=0", 200),
        ("pageSize=5&pageNumber=1", 200),
        ("pageSize", 400),
        ("pageSize=", 400),
        ("pageSize=+5", 400),
        ("pageSize=05", 200),
        ("pageSize=5%00", 400),
        ("pageSize=٣", 400),
        ("pageSize=5,6", 400),
        ("pageSize=true", 400),
        ("pageSize=1e1", 400),
        ("pageSize=-1", 400),
        ("status=", 400),
        ("status=submitted&status=submitted", 400),
        ("status=SUBMITTED", 400),
        ("name=a&name=b", 400),
        ("pageNumber=999999999999999999", 200),
    ],
)
def test_a_query_is_read_as_it_is_written(air, query, status):
    answer = air.ask("GET", "/jobs", query=query)
    assert (answer.status, air.misfits("GET", answer)) == (status, [])


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "/nowhere", 404, None),
        ("GET", "/jobs/1/2/3", 404, None),
        ("GET", "/jobs/", 404, None),
        ("GET", "jobs", 404, None),
        ("GET", "", 404, None),
        ("GET", "/", 404, None),
        ("GET", "/jobs//status", 404, None),
        ("GET", "//jobs", 404, None),
        ("GET", "/Jobs", 404, None),
        ("GET", "/jobs/1/statuses", 404, None),
        ("POST", "/jobs/1/status", 405, "GET"),
        ("OPTIONS", "/jobs/1", 405, "GET"),
        ("get", "/jobs", 405, "GET, POST"),
        ("PUT", "/jobs", 405, "GET, POST"),
        ("DELETE", "/jobs/1", 405, "GET"),
        ("HEAD", "/jobs", 405, "GET, POST"),
        ("PROPFIND", "/jobs", 405, "GET, POST"),
    ],
)
def test_unknown_paths_and_methods_are_answered_in_the_api_s_shape(air, method, path, status, allow):
    answer = air.ask(method, path)
    assert (answer.status, answer.headers.get("Allow")) == (status, allow)
    assert sorted(answer.body) == ["Error", "ErrorCode"]
