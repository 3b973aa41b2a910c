"""Whatever is asked, the mock answers, and what it answers is documented."""

from __future__ import annotations

import json
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts import pipeline, project
from scripts.document import Operation, operations, write_text
from scripts.mock.messages import Request, Response
from scripts.mock.service import End

from .pure import JOB, STEP, TICKET, Mock

SUBMISSION = (
    b'--b\r\nContent-Disposition: form-data; name="data"\r\n\r\n{"mimeType": "text/csv"}\r\n'
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="f.csv"\r\n\r\nx\r\n--b--\r\n'
)
MEDIA_TYPES = ("application/json", "multipart/form-data; boundary=b", "application/x-www-form-urlencoded", "text/plain")
FITTING = {
    "POST /jobs": json.dumps(JOB).encode(),
    "PUT /jobs/{Id}": json.dumps(JOB).encode(),
    "POST /tickets": json.dumps(TICKET).encode(),
    "PATCH /tickets/{key}": b'{"title": "x"}',
    "POST /api/v1/jobs": SUBMISSION,
    "PUT /api/v1/jobs/{jobId}": b'{"name": "x"}',
}
"""Operation to a body that it takes."""


@pytest.fixture
def enveloped(root, tmp_path) -> project.Api:
    shutil.copytree(root / "tests" / "data" / "envelope", tmp_path / "envelope" / "spec" / "envelope")
    api = project.discover(tmp_path / "envelope")["envelope"]
    write_text(pipeline.normalised(api).openapi, api.openapi)
    return api


TEXTS = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=12)
CODES = st.sampled_from(["code=429", "code=500, x", 'code="403";a', "code=404"])


def mostly(usual: st.SearchStrategy, odd: st.SearchStrategy) -> st.SearchStrategy:
    """Eleven times out of twelve what is usual."""
    return st.integers(0, 11).flatmap(lambda number: usual if number else odd)


def headers(mock: Mock, media_types: list[str]) -> st.SearchStrategy:
    """Keys, right, wrong or both, and the headers that an answer depends on, each any number of times."""
    holders = [list(mock.keys[holder].items()) for holder in ("account", "account", "other", "view")]
    pairs = [pair for holder in holders for pair in holder]
    keys = mostly(st.sampled_from(holders), st.lists(st.sampled_from(pairs), max_size=3))
    media = mostly(st.sampled_from(media_types), st.sampled_from(MEDIA_TYPES) | TEXTS)
    names = st.sampled_from([*mock.service.keys.headers, "content-type", "content-encoding", "prefer", "x-other"])
    odd = mostly(st.just([]), st.lists(st.tuples(names, TEXTS) | st.tuples(st.just("prefer"), CODES), max_size=2))
    return st.tuples(keys, media.map(lambda name: [("content-type", name)]), odd).map(
        lambda parts: tuple(pair for part in parts for pair in part)
    )


def paths(mock: Mock, template: str) -> st.SearchStrategy:
    """A path with a held or an odd identity, or with something after it."""
    head, brace, tail = template.partition("{")
    odd = st.text("%/.0123abcéÿ{}?#;~", max_size=6)
    identity = mostly(st.sampled_from([1, 1, 1, 2]).map(mock.service.identity), odd) if brace else st.just("")
    after = tail.partition("}")[2]
    return st.tuples(identity, mostly(st.just(""), odd)).map(lambda parts: f"{head}{parts[0]}{after}{parts[1]}")


def queries(names: list[str]) -> st.SearchStrategy:
    """Queries of an operation's parameters and of others, with values that fit, nearly fit, or do not."""
    values = st.sampled_from(["0", "1", "2", "-1", "true", "open", "submitted", "Created", "Desc", "title", "yes", ""])
    pair = st.tuples(mostly(st.sampled_from([*names, "x"]), TEXTS), values | TEXTS)
    return st.lists(pair, max_size=3).map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)) | TEXTS


def cut(body: bytes) -> st.SearchStrategy:
    """A body with a piece taken out or put in."""
    places = st.tuples(st.integers(0, len(body)), st.integers(0, 8), st.binary(max_size=4))
    return places.map(lambda at: body[: at[0]] + at[2] + body[at[0] + at[1] :])


def requests(mock: Mock) -> st.SearchStrategy:
    """Requests of one operation or another, each part of which may be wrong."""
    methods = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "BREW"])

    def of(operation: Operation) -> st.SearchStrategy:
        fitting = FITTING.get(str(operation), b"")
        body = mostly(st.just(fitting), cut(fitting) | st.binary(max_size=40))
        content = operation.definition.get("requestBody", {}).get("content", {"text/plain": {}})
        types = [f"{name}; boundary=b" for name in content]
        names = [each["name"] for each in operation.parameters if each["in"] == "query"]
        return st.builds(
            Request,
            mostly(st.just(operation.method), methods),
            paths(mock, operation.path),
            queries(names),
            headers(mock, types),
            mostly(body, st.sampled_from(list(FITTING.values()))),
        )

    return st.sampled_from(list(operations(mock.service.document))).flatmap(of)


@pytest.mark.parametrize("name", ["air", "tickets", "envelope"])
def test_any_requests_are_answered_as_the_document_says(apis, tickets, enveloped, name):
    api = {"air": apis["wasabi_air"], "tickets": tickets, "envelope": enveloped}[name]
    ends = [End("failed", "/Name", "y")] if name == "air" else []
    mock = Mock(api, preview=True, prefers=True, limits={"cap": 3, "rate": 3}, ends=ends)
    every = list(operations(mock.service.document))
    creating = next(each for each in every if each.id in mock.service.behaviour.creating)
    seen = set()
    later = st.sampled_from([0, 0, 0, 0.5, 3 * STEP])

    @settings(max_examples=200)
    @given(st.lists(st.tuples(requests(mock), later), min_size=1, max_size=6))
    def answered(asked) -> None:
        mock.clear()
        media_type = MEDIA_TYPES["multipart" in str(creating.definition)]
        keys = (*mock.keys["account"].items(), ("content-type", media_type))
        first = Request("POST", creating.path, "", keys, FITTING[str(creating)])
        for request, seconds in [(first, 0.0), *asked]:
            mock.now += seconds
            answer = mock.answer(request)
            seen.add((request.method, answer.path, answer.status))
            assert _kept(mock, request, answer), (request, answer)

    answered()
    assert {400, 401, 404, 405} <= {status for _, _, status in seen}
    succeeded = {(method, path) for method, path, status in seen if 200 <= status < 300}
    assert succeeded == {(each.method, each.path) for each in every}


def _kept(mock: Mock, request: Request, answer: Response) -> bool:
    """Whether an answer is as it must be, whatever was asked."""
    if answer.status >= 500 and "code=5" not in str(request.headers):
        return False
    if answer.status == 405 and request.method in answer.headers["Allow"].split(", "):
        return False
    unsaid = answer.status == 403 and request.method in ("PUT", "DELETE")  # which status denies these, no text says
    return unsaid or mock.misfits(request.method, answer) == []
