from __future__ import annotations

import pytest

from scripts.contract import coverage
from scripts.contract.exchanges import Exchange
from scripts.contract.reading import Reader
from scripts.document import exists, operations

DOCUMENT = """
openapi: 3.1.0
info: {title: Things, version: '1'}
components:
  schemas:
    Size: {type: integer, minimum: 1, maximum: 9}
    Tree: {type: object, properties: {children: {type: array, items: {$ref: '#/components/schemas/Tree'}}}}
  parameters:
    Page: {name: page, in: query, schema: {$ref: '#/components/schemas/Size'}}
paths:
  /things:
    get:
      operationId: listThings
      parameters:
      - $ref: '#/components/parameters/Page'
      - {name: kind, in: query, schema: {type: string, enum: [a, b]}}
      - {name: X-Note, in: header, schema: {type: string}}
      responses: {'200': {description: ok}, 4XX: {description: no}, default: {description: other}}
    post:
      operationId: makeThing
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [name]
              additionalProperties: false
              properties:
                name: {type: string, minLength: 2}
                size: {$ref: '#/components/schemas/Size'}
                state: {anyOf: [{type: string, enum: [on, off]}, {type: 'null'}]}
                tree: {$ref: '#/components/schemas/Tree'}
      responses: {'200': {description: ok}}
  /things/{id}:
    get:
      operationId: getThing
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {'200': {description: ok}}
"""


@pytest.fixture
def points(parse):
    """The points of the document above after some exchanges, by operation, kind and name."""
    data = parse(DOCUMENT).data
    known = {operation.id: operation for operation in operations(data)}

    def made(*exchanges: Exchange):
        found = coverage.points(Reader(data, known, {}), known.values(), exchanges)
        assert all(exists(data, point.pointer) for point in found)
        return {(point.operation, point.kind, point.name): dict(point.ways) for point in found}

    return made


def asked(url: str, *, status: int | None = 200, headers=()) -> Exchange:
    operation = "listThings" if url.startswith("/things?") or url == "/things" else "getThing"
    return Exchange(1, "any", operation, "GET", f"http://host/base{url}", tuple(headers), b"", status)


def made(body: bytes) -> Exchange:
    headers = (("Content-Type", "application/json"),)
    return Exchange(1, "any", "makeThing", "POST", "http://host/base/things", headers, body, 200)


def test_before_anything_is_sent_every_way_of_the_document_is_open(points):
    found = points()
    assert all(count == 0 for ways in found.values() for count in ways.values())
    assert len(found) == len(set(found))
    assert found["listThings", "parameter", "page"] == {"valid": 0, "invalid": 0, "left out": 0}
    assert found["makeThing", "keyword", "body: required name"] == {"kept": 0, "broken": 0}
    assert found["makeThing", "keyword", "body/tree/children: type"] == {"kept": 0, "broken": 0}


def test_what_cannot_be_done_is_no_way(points):
    found = points()
    assert found["getThing", "parameter", "id"] == {"valid": 0}  # neither left out of a path nor of another type
    assert found["listThings", "keyword", "kind: type"] == {"kept": 0}  # all that a URL holds is text


def test_statuses_count_where_they_are_documented(points):
    found = points(asked("/things"), asked("/things", status=404), asked("/things", status=503), asked("/things"))
    seen = {name: ways["seen"] for (operation, kind, name), ways in found.items() if (operation, kind) == OF_LIST}
    assert seen == {"200": 2, "4XX": 1, "default": 1}
    assert found["listThings", "operation", "GET /things"] == {"asked": 4, "succeeded": 2}


OF_LIST = ("listThings", "status")


def test_no_answer_is_no_status_and_a_request_all_the_same(points):
    found = points(asked("/things", status=None))
    assert found["listThings", "operation", "GET /things"] == {"asked": 1, "succeeded": 0}
    assert found["listThings", "status", "default"] == {"seen": 0}


@pytest.mark.parametrize(
    ("url", "keyword", "way"),
    [
        ("/things?page=1", "minimum", "kept"),
        ("/things?page=0", "minimum", "broken"),
        ("/things?page=10", "maximum", "broken"),
        ("/things?page=ten", "type", "broken"),
        ("/things?page=", "type", "broken"),
    ],
)
def test_a_parameter_s_text_keeps_or_breaks_a_keyword(points, url, keyword, way):
    found = points(asked(url))
    assert found["listThings", "keyword", f"page: {keyword}"][way] == 1
    sent = "valid" if way == "kept" else "invalid"
    assert found["listThings", "parameter", "page"] == {"valid": 0, "invalid": 0, "left out": 0} | {sent: 1}
    assert found["listThings", "parameter", "kind"]["left out"] == 1


def test_what_is_no_number_says_nothing_of_its_bounds(points):
    assert points(asked("/things?page=ten"))["listThings", "keyword", "page: minimum"] == {"kept": 0, "broken": 0}


def test_headers_and_parts_of_the_path_are_parameters_too(points):
    assert points(asked("/things", headers=[("x-note", "n")]))["listThings", "parameter", "X-Note"]["valid"] == 1
    assert points(asked("/things/a%2Fb"))["getThing", "parameter", "id"]["valid"] == 1


@pytest.mark.parametrize(
    ("body", "keyword", "way"),
    [
        (b'{"name": "ab"}', "body: required name", "kept"),
        (b"{}", "body: required name", "broken"),
        (b'{"name": "a"}', "body/name: minLength", "broken"),
        (b'{"name": "ab", "other": 1}', "body: additionalProperties", "broken"),
        (b'{"name": "ab", "size": 9}', "body/size: maximum", "kept"),
        (b'{"name": "ab", "size": true}', "body/size: type", "broken"),
        (b'{"name": "ab", "state": "on"}', "body/state: enum", "kept"),
        (b'{"name": "ab", "state": "no"}', "body/state: enum", "broken"),
        (b'{"name": "ab", "tree": {"children": [{}]}}', "body/tree/children: type", "kept"),
        (b'{"name": "\\ud800x"}', "body/name: type", "kept"),
    ],
    ids=lambda value: value.decode() if isinstance(value, bytes) else value,
)
def test_a_body_keeps_or_breaks_a_keyword(points, body, keyword, way):
    assert points(made(body))["makeThing", "keyword", keyword][way] == 1


def test_of_a_choice_only_the_branch_that_fits_counts(points):
    found = points(made(b'{"name": "ab", "state": null}'))
    assert found["makeThing", "keyword", "body/state: enum"] == {"kept": 0, "broken": 0}
    assert found["makeThing", "parameter", "body"]["valid"] == 1


@pytest.mark.parametrize(("body", "way"), [(b"{", "invalid"), (b"[" * 99999, "invalid"), (b"", "left out")], ids=repr)
def test_a_body_that_is_no_json_is_invalid_and_none_is_left_out(points, body, way):
    assert points(made(body))["makeThing", "parameter", "body"][way] == 1


def test_one_exchange_counts_once_for_a_keyword_however_often_it_applies(points):
    found = points(made(b'{"name": "ab", "tree": {"children": [{"children": []}, {"children": []}]}}'))
    assert found["makeThing", "keyword", "body/tree/children: type"] == {"kept": 1, "broken": 0}


def test_what_is_told_counts_ways_and_names_what_is_missing(parse):
    data = parse(DOCUMENT).data
    known = {operation.id: operation for operation in operations(data)}
    told = coverage.told(coverage.points(Reader(data, known, {}), known.values(), [asked("/things/a")]))
    assert told["operations"] == {"covered": 2, "of": 6}
    assert told["by_operation"]["getThing"]["operations"] == {"covered": 2, "of": 2}
    missing = {(each["operation"], each["name"]): each["missing"] for each in told["not_covered"]}
    assert missing["listThings", "page"] == ["valid", "invalid", "left out"]
    assert ("getThing", "200") not in missing
