from __future__ import annotations

import copy

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from scripts.document import Document
from scripts.errors import DocumentError
from scripts.normalise import normalise

HEAD = {"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": {}}
PET = {"$ref": "#/components/schemas/Pet"}


def upgraded(node):
    """The valid 3.1 form of one component's schema, and what the warnings say."""
    components = {"schemas": {"X": node, "Pet": {"type": "object"}}}
    result, warnings = normalise(Document({**HEAD, "components": components}, "test.yaml"))
    assert [str(error) for error in OpenAPIV31SpecValidator(result).iter_errors()] == []
    return result["components"]["schemas"]["X"], [warning.what for warning in warnings]


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        pytest.param({"type": "string", "nullable": True}, {"type": ["string", "null"]}, id="nullable"),
        pytest.param({"type": "string", "nullable": False}, {"type": "string"}, id="not nullable"),
        pytest.param({"nullable": True, "maxLength": 3}, {"maxLength": 3}, id="nullable without a type"),
        pytest.param(
            {"type": "string", "enum": ["a", None], "nullable": True, "description": "d", "default": "a"},
            {"description": "d", "default": "a", "anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]},
            id="nullable enumeration",
        ),
        pytest.param(
            {"type": "string", "enum": ["a"], "nullable": True},
            {"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]},
            id="nullable enumeration without null",
        ),
        pytest.param({"type": "string", "enum": [None], "nullable": True}, {"type": "null"}, id="null alone"),
        pytest.param(
            {"type": "object", "properties": {"a": {}}, "nullable": True},
            {"anyOf": [{"type": "object", "properties": {"a": {}}}, {"type": "null"}]},
            id="nullable object",
        ),
        pytest.param({**PET, "nullable": True}, {"anyOf": [PET, {"type": "null"}]}, id="nullable reference"),
        pytest.param(
            {"allOf": [PET], "nullable": True, "description": "d"},
            {"description": "d", "anyOf": [PET, {"type": "null"}]},
            id="nullable reference in allOf",
        ),
        pytest.param(
            {"oneOf": [PET, {"type": "string"}], "nullable": True},
            {"oneOf": [PET, {"type": "string"}, {"type": "null"}]},
            id="nullable alternatives",
        ),
        pytest.param({"minimum": 1, "exclusiveMinimum": True}, {"exclusiveMinimum": 1}, id="exclusive minimum"),
        pytest.param({"maximum": 1, "exclusiveMaximum": True}, {"exclusiveMaximum": 1}, id="exclusive maximum"),
        pytest.param({"maximum": 1, "exclusiveMaximum": False}, {"maximum": 1}, id="inclusive maximum"),
        pytest.param({"exclusiveMinimum": True}, {}, id="flag without a bound"),
        pytest.param({"example": None, "type": "string"}, {"examples": [None], "type": "string"}, id="example"),
        pytest.param(
            {"type": "string", "format": "byte"},
            {"type": "string", "format": "byte", "contentEncoding": "base64"},
            id="base64",
        ),
        pytest.param(
            {"type": "string", "format": "binary"},
            {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"},
            id="binary",
        ),
        pytest.param({**PET, "description": "d"}, {**PET, "description": "d"}, id="described reference"),
        pytest.param(
            {"items": {"properties": {"a": {"type": "string", "nullable": True}}}, "type": "array"},
            {"items": {"properties": {"a": {"type": ["string", "null"]}}}, "type": "array"},
            id="inner",
        ),
    ],
)
def test_schemas(node, expected):
    assert upgraded(node) == (expected, [])


def test_what_stands_beside_a_reference_and_would_now_restrict_goes_with_a_warning():
    warning = "`type` beside `$ref` has no effect in OpenAPI 3.0"
    assert upgraded({**PET, "type": "string"}) == (PET, [warning])


@pytest.mark.parametrize("member", ["example", "default", "x-a"])
def test_data_that_looks_like_a_schema_stays_as_it_is(member):
    data = {"type": "string", "nullable": True, "example": 1, "properties": {"a": {"nullable": True}}}
    result = upgraded({"type": "object", member: data})[0]
    assert result == {"type": "object", **({"examples": [data]} if member == "example" else {member: data})}


def test_schemas_are_found_everywhere_and_examples_of_media_types_stay():
    null, done = {"type": "string", "nullable": True}, {"type": ["string", "null"]}

    def content(schema):
        return {"application/json": {"schema": schema, "example": {"nullable": True}}}

    def operation(schema):
        return {
            "parameters": [{"name": "p", "in": "query", "schema": schema, "example": "e"}],
            "requestBody": {"content": content(schema)},
            "responses": {
                "200": {
                    "description": "d",
                    "headers": {"H": {"schema": schema}},
                    "content": content(schema),
                }
            },
        }

    def document(schema, version):
        called = {"cb": {"{$request.body#/url}": {"post": operation(schema)}}}
        paths = {"/a": {"post": {**operation(schema), "callbacks": called}}}
        return {"openapi": version, "info": {"title": "T", "version": "1"}, "paths": paths}

    given = document(null, "3.0.1")
    before = copy.deepcopy(given)
    assert normalise(Document(given, "test.yaml")) == (document(done, "3.1.1"), ())
    assert given == before


def test_names_that_only_3_0_overlooks_are_replaced_and_everything_follows():
    pet = {
        "type": "object",
        "discriminator": {"propertyName": "k", "mapping": {"x": "#/components/schemas/a%20b", "y": "a b", "z": "a_b"}},
        "properties": {"k": {"type": "string"}, "p": {"$ref": "#/components/schemas/a%20b/properties/q"}},
    }
    data = {
        "openapi": "3.0.1",
        "info": {"title": "T", "version": "1"},
        "security": [{"k/1": []}],
        "paths": {
            "/a": {"get": {"security": [{"k/1": []}], "responses": {"200": {"$ref": "#/components/responses/o k"}}}}
        },
        "components": {
            "schemas": {"a b": {"type": "object", "properties": {"q": {"type": "string"}}}, "a_b": {}, "Pet": pet},
            "responses": {"o k": {"description": "fine"}},
            "securitySchemes": {"k/1": {"type": "http", "scheme": "basic"}},
        },
    }
    result, _ = normalise(Document(data, "test.yaml"))
    assert [str(error) for error in OpenAPIV31SpecValidator(result).iter_errors()] == []
    components = result["components"]
    assert list(components["schemas"]) == ["a_b_2", "a_b", "Pet"]
    found = components["schemas"]["Pet"]
    assert found["discriminator"]["mapping"] == {"x": "#/components/schemas/a_b_2", "y": "a_b_2", "z": "a_b"}
    assert found["properties"]["p"] == {"$ref": "#/components/schemas/a_b_2/properties/q"}
    assert result["paths"]["/a"]["get"]["responses"]["200"] == {"$ref": "#/components/responses/o_k"}
    assert result["security"] == result["paths"]["/a"]["get"]["security"] == [{"k_1": []}]


def test_a_reference_into_a_part_that_moved_follows_it():
    node = {"type": "object", "nullable": True, "anyOf": [{"properties": {"a": {"type": "string"}}}, {}]}
    answer = {"description": "fine", "content": {"application/json": {"schema": node}}}
    inner = "#/paths/~1a/get/responses/200/content/application~1json/schema/anyOf/{}0/properties/a"
    other = {"description": "fine", "content": {"application/json": {"schema": {"$ref": inner.format("")}}}}
    paths = {"/a": {"get": {"responses": {"200": answer, "201": other}}}}
    result, _ = normalise(Document({**HEAD, "paths": paths}, "test.yaml"))
    found = result["paths"]["/a"]["get"]["responses"]["201"]["content"]["application/json"]["schema"]
    assert found == {"$ref": inner.format("0/anyOf/")}
    assert [str(error) for error in OpenAPIV31SpecValidator(result).iter_errors()] == []


def test_what_is_of_the_target_already_stays_as_it_is():
    for version, target in (("3.1.0", "3.1"), ("3.0.1", "3.0")):
        data = {"paths": {}, "info": {"version": "1", "title": "T"}, "openapi": version, "components": {"schemas": {}}}
        result, warnings = normalise(Document(data, "test.yaml"), target=target)
        assert (list(result.items()), warnings) == (list(data.items()), ())


def test_3_1_does_not_become_3_0():
    with pytest.raises(DocumentError, match=r"cannot become 3\.0"):
        normalise(Document({**HEAD, "openapi": "3.1.0"}, "test.yaml"), target="3.0")
