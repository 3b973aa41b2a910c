from __future__ import annotations

import copy

import pytest

from scripts.document import Document, at
from scripts.generate.prepare import content_types, prepare, pruned
from scripts.normalise import normalise
from scripts.normalise.classes import LONGEST, clashes, classes
from scripts.normalise.lift import lift

from .generator import parsed

TEXT = {"type": "string"}


def document(*, paths=None, **schemas):
    head = {"openapi": "3.1.1", "info": {"title": "T", "version": "1"}, "paths": paths or {}}
    return {**head, "components": {"schemas": schemas}}


def thing(**properties):
    return {"type": "object", "properties": properties}


def operation(**members):
    return {"operationId": "getIt", "responses": {"200": {"description": "d"}}, **members}


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        pytest.param({"type": "number", "enum": [1.5]}, {"type": "number"}, id="numbers"),
        pytest.param({"enum": ["a", 1]}, {}, id="several types"),
        pytest.param({"type": "object", "enum": [{}], "default": {}}, {"type": "object"}, id="objects, and a default"),
        pytest.param({"type": "boolean", "enum": [True]}, {"type": "boolean", "enum": [True]}, id="booleans are fine"),
        pytest.param({"enum": [None]}, {"enum": [None]}, id="null alone is fine"),
        pytest.param({"enum": ["a", "b", None]}, {"enum": ["a", "b", None]}, id="texts and null are fine"),
        pytest.param({"enum": ["a", "a"]}, {"enum": ["a"]}, id="twice the same"),
        pytest.param(
            {"type": ["string", "null"], "enum": ["a", None], "description": "d"},
            {"description": "d", "anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]},
            id="a list of types with null",
        ),
        pytest.param(
            {"type": ["string", "null"], "enum": ["a"]},
            {"type": ["string", "null"], "enum": ["a"]},
            id="a list of types whose null is not listed",
        ),
        pytest.param(
            {"enum": ["a", "A", "a_2"]}, {"enum": ["a", "A", "a_2"], "x-enum-varnames": ["A", "A_3", "A_2"]}, id="case"
        ),
        pytest.param(
            {"enum": ["a-b", "a b"]}, {"enum": ["a-b", "a b"], "x-enum-varnames": ["A_B", "A_B_2"]}, id="marks"
        ),
        pytest.param(
            {"enum": ["x", "y"], "x-enum-varnames": ["up", "UP"]},
            {"enum": ["x", "y"], "x-enum-varnames": ["UP", "UP_2"]},
            id="given names",
        ),
        pytest.param({"type": "array", "items": TEXT, "default": ["a"]}, {"type": "array", "items": TEXT}, id="a list"),
    ],
)
def test_a_schema_is_said_as_the_generator_can_take_it(node, expected):
    data = document(A=thing(p=node))
    prepared = prepare(data)
    assert prepared == document(A=thing(p=expected))
    assert prepare(prepared) == prepared
    assert parsed(copy.deepcopy(prepared)).complaints == []


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        pytest.param({"type": "string", "format": "date"}, TEXT, id="a date"),
        pytest.param({"type": "array", "items": TEXT, "description": "d"}, {**TEXT, "description": "d"}, id="a list"),
        pytest.param({"type": "string", "format": "uuid"}, {"type": "string", "format": "uuid"}, id="a UUID is fine"),
    ],
)
def test_a_header_is_a_text(node, expected):
    parameters = [{"name": "X", "in": "header", "schema": node}, {"name": "x", "in": "query", "schema": node}]
    prepared = prepare(document(paths={"/a": {"get": operation(parameters=parameters)}}))
    header, query = prepared["paths"]["/a"]["get"]["parameters"]
    assert (header["schema"], query["schema"]) == (expected, node)
    assert parsed(copy.deepcopy(prepared)).complaints == []


def test_bytes_are_called_bytes():
    content = {"application/octet-stream": {"schema": TEXT}, "application/json": {"schema": TEXT}}
    prepared = prepare(document(paths={"/a": {"put": operation(requestBody={"content": content})}}))
    body = prepared["paths"]["/a"]["put"]["requestBody"]["content"]
    assert body["application/octet-stream"] == {"schema": {"type": "string", "format": "binary"}}
    assert body["application/json"] == {"schema": TEXT}


@pytest.mark.parametrize(
    ("schemas", "names"),
    [
        pytest.param({"A": {**thing(), "title": "X"}, "B": {**thing(), "title": "X"}}, {"A", "B"}, id="titles alike"),
        pytest.param({"A": {**thing(), "title": "B"}, "B": thing()}, {"A", "B"}, id="a title like a name"),
        pytest.param(
            {"A": {**thing(b=thing()), "title": "x" * 180}}, {"X" + "x" * 179, "X" + "x" * 179 + "B"}, id="fits"
        ),
        pytest.param({"A": {**thing(b=thing()), "title": "x" * 200}}, {"A", "AB"}, id="too long with what is in it"),
        pytest.param(
            {"Job": thing(Status=thing()), "JobStatus": thing()}, {"Job", "JobStatus", "JobStatus2"}, id="inside"
        ),
        pytest.param({"a_b": thing(), "a.b": thing(), "AB": thing()}, {"AB", "AB2", "AB3"}, id="components alike"),
        pytest.param(
            {"a_b": thing(), "AB": thing(), "AB2": thing()}, {"AB", "AB2", "AB3"}, id="a number that is taken"
        ),
        pytest.param({"FooBAR": thing(), "FooBar": thing()}, {"FooBAR", "FooBar2"}, id="one module"),
    ],
)
def test_no_class_has_the_name_of_another(schemas, names):
    prepared = prepare(document(**schemas))
    assert {each.name for each in classes(prepared)} == names
    assert not list(clashes(classes(prepared)))
    found = parsed(copy.deepcopy(prepared))
    assert (found.complaints, found.names) == ([], names)


def test_a_document_that_the_generator_can_take_stays_as_it_is():
    data = document(A={**thing(b={"enum": ["x"]}), "title": "T", "default": None}, B=thing(c=TEXT))
    before = copy.deepcopy(data)
    assert prepare(data) == data == before


def test_a_name_that_is_too_long_without_a_title_is_left_to_the_one_who_can_name_it():
    data = document(**{"x" * (LONGEST + 1): thing()})
    assert prepare(data) == data


BYTES = {"type": "string", "format": "binary"}


def responses(**content):
    media = {name.replace("_", "/"): {"schema": schema} for name, schema in content.items()}
    return document(paths={"/a": {"get": operation(responses={"200": {"description": "d", "content": media}})}})


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(responses(image_png=BYTES), {"image/png": "application/octet-stream"}, id="bytes"),
        pytest.param(responses(text_csv=BYTES), {"text/csv": "application/octet-stream"}, id="bytes called a text"),
        pytest.param(responses(text_csv=TEXT, image_png=thing()), {}, id="no bytes"),
        pytest.param(responses(**{"*_*": thing()}), {"*/*": "application/json"}, id="anything, structured"),
        pytest.param(responses(**{"*_*": TEXT}), {}, id="anything, a text"),
        pytest.param(responses(application_json=BYTES), {}, id="known"),
        pytest.param(
            document(paths={"/a": {"put": operation(requestBody={"content": {"*/*": {"schema": thing()}}})}}),
            {},
            id="sent as anything",
        ),
    ],
)
def test_media_types_that_it_does_not_know_but_could_are_set(data, expected):
    assert content_types(data) == expected


A = "/components/schemas/A"


@pytest.mark.parametrize(
    ("here", "gone", "rest"),
    [
        pytest.param(f"{A}/properties/b/minLength", f"{A}/properties/b/type", f"{A}/properties/b", id="a schema"),
        pytest.param(f"{A}/allOf/1/properties", f"{A}/allOf/1/type", f"{A}/allOf/0/type", id="in a list"),
        pytest.param("/paths/~1a/get/parameters/0/in", "/paths/~1a/get", "/paths/~1a/put", id="an operation"),
        pytest.param(f"{A}/properties/anything/x", f"{A}/properties", A, id="what allows anything already"),
        pytest.param(
            "/components/responses/R/headers", "/components/responses/R", "/components/responses/S", id="other"
        ),
    ],
)
def test_a_part_is_taken_out_with_as_little_as_can_be(here, gone, rest):
    data = document(
        paths={"/a": {"get": operation(parameters=[{"name": "p", "in": "x", "schema": {}}]), "put": operation()}},
        A={**thing(b={**TEXT, "minLength": -1}, anything={}), "allOf": [dict(TEXT), thing()]},
    )
    data["components"]["responses"] = {"R": {"headers": 1}, "S": {}}
    found = pruned(data, here)
    at(data, gone)
    with pytest.raises(KeyError):
        at(found, gone)
    at(found, rest)


@pytest.mark.parametrize("here", ["", "/info/title", "/paths/~1a"])
def test_what_cannot_be_spared_is_not_taken_out(here):
    assert pruned(document(paths={"/a": {"get": operation()}}), here) is None


NULLABLE = {
    "2.0": {"swagger": "2.0", "definitions": {"A": thing(p={**TEXT, "enum": ["a", "b"], "x-nullable": True})}},
    "3.0": {
        "openapi": "3.0.3",
        "components": {"schemas": {"A": thing(p={**TEXT, "enum": ["a", "b", None], "nullable": True})}},
    },
    "3.1": {
        "openapi": "3.1.0",
        "components": {"schemas": {"A": thing(p={"type": ["string", "null"], "enum": ["a", "b", None]})}},
    },
}


@pytest.mark.parametrize("lifted", [False, True], ids=["as it is", "lifted"])
@pytest.mark.parametrize("version", NULLABLE)
def test_of_an_enumeration_that_may_be_null_one_class_is_made(version, lifted):
    head = {"info": {"title": "T", "version": "1"}, "paths": {}}
    data, _ = normalise(Document({**head, **NULLABLE[version]}, "test.yaml"))
    if lifted:
        data, _ = lift(data, names={})
    found = parsed(copy.deepcopy(prepare(data)))
    assert found.complaints == []
    assert len(found.names - {"A"}) == 1


def test_of_a_list_of_types_the_generator_by_itself_makes_three_classes():
    """Why an enumeration that may be null is written as two alternatives."""
    assert len(parsed(document(A=thing(p={"type": ["string", "null"], "enum": ["a", None]}))).names - {"A"}) == 3
