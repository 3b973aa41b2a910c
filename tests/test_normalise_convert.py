from __future__ import annotations

import copy

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from scripts.document import Document, read
from scripts.errors import DocumentError
from scripts.normalise import normalise

HEAD = {"swagger": "2.0", "info": {"title": "T", "version": "1"}}
OK = {"200": {"description": "fine"}}
VALIDATORS = {"3.0": OpenAPIV30SpecValidator, "3.1": OpenAPIV31SpecValidator}


def document(**members) -> Document:
    return Document({**HEAD, "paths": {}, **members}, "test.yaml")


def converted(**members):
    """The valid 3.0 form of a document, and what its warnings say."""
    result, warnings = normalise(document(**members), target="3.0")
    assert [str(error) for error in OpenAPIV30SpecValidator(result).iter_errors()] == []
    return result, [warning.what for warning in warnings]


def operation(node, *, path="/a", method="post", **members):
    """The 3.0 form of one operation, and what the warnings say."""
    result, warnings = converted(paths={path: {method: {"responses": OK, **node}}}, **members)
    return result["paths"][path][method], warnings


def parameter(node, *, path="/a"):
    """The 3.0 form of one parameter, and what the warnings say."""
    result, warnings = operation({"parameters": [{"name": "p", **node}]}, path=path, method="get")
    return result["parameters"][0], warnings


def schema(node):
    """The 3.0 form of one definition, and what the warnings say."""
    others = {"Pet": {"type": "object"}}
    result, warnings = converted(definitions={"X": node, **others})
    return result["components"]["schemas"]["X"], warnings


def problems(**members) -> list[tuple[str, str]]:
    with pytest.raises(DocumentError) as caught:
        normalise(document(**members))
    return [(problem.pointer, problem.what) for problem in caught.value.problems]


# --- The document ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("members", "urls"),
    [
        pytest.param(
            {"host": "h", "basePath": "/v1", "schemes": ["https", "ws"]}, ["https://h/v1", "ws://h/v1"], id="all"
        ),
        pytest.param({"host": "h:80", "basePath": "/v1"}, ["//h:80/v1"], id="no schemes"),
        pytest.param({"host": "h", "schemes": ["http"]}, ["http://h"], id="no base path"),
        pytest.param({"host": "h", "basePath": "/", "schemes": ["http"]}, ["http://h"], id="root base path"),
        pytest.param({"host": "h", "basePath": "v1/", "schemes": ["http"]}, ["http://h/v1"], id="slashes mended"),
        pytest.param({"basePath": "/v1"}, ["/v1"], id="base path alone"),
        pytest.param({"basePath": "/"}, None, id="nothing to say"),
        pytest.param({}, None, id="nothing said"),
    ],
)
def test_servers_are_host_base_path_and_schemes(members, urls):
    result, _ = converted(**members)
    assert result.get("servers") == (urls and [{"url": url} for url in urls])


def test_schemes_without_a_host_are_lost_with_a_warning():
    assert converted(schemes=["https"])[1] == ["without a `host`, OpenAPI 3 cannot express `schemes`"]


def test_an_operation_s_schemes_become_its_servers():
    result, _ = operation({"schemes": ["wss"]}, host="h", basePath="/v1", schemes=["https"])
    assert result["servers"] == [{"url": "wss://h/v1"}]


def test_members_have_one_order_and_extensions_follow():
    members = {
        "x-b": 1,
        "definitions": {"X": {}},
        "tags": [{"name": "t"}],
        "externalDocs": {"url": "u"},
        "security": [],
    }
    result, _ = converted(**members, host="h", **{"x-a": {"$ref": "elsewhere.json"}})
    assert list(result) == [
        "openapi", "info", "servers", "security", "tags", "paths", "components", "x-b", "x-a", "externalDocs",
    ]  # fmt: skip
    assert result["x-a"] == {"$ref": "elsewhere.json"}
    assert result["security"] == []


def test_the_document_given_stays_as_it_is():
    given = document(definitions={"X": {"x-nullable": True, "enum": ["a"], "type": "string"}}, host="h")
    before = copy.deepcopy(given.data)
    result, _ = normalise(given)
    result["info"]["title"] = "changed"
    assert given.data == before


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        pytest.param({"type": "basic"}, {"type": "http", "scheme": "basic"}, id="basic"),
        pytest.param(
            {"type": "apiKey", "in": "header", "name": "k", "description": "d", "x-a": 1},
            {"type": "apiKey", "in": "header", "name": "k", "description": "d", "x-a": 1},
            id="API key",
        ),
        pytest.param(
            {"type": "oauth2", "flow": "implicit", "authorizationUrl": "a", "scopes": {"s": "d"}},
            {"type": "oauth2", "flows": {"implicit": {"authorizationUrl": "a", "scopes": {"s": "d"}}}},
            id="implicit",
        ),
        pytest.param(
            {"type": "oauth2", "flow": "password", "tokenUrl": "t"},
            {"type": "oauth2", "flows": {"password": {"tokenUrl": "t", "scopes": {}}}},
            id="password without scopes",
        ),
        pytest.param(
            {"type": "oauth2", "flow": "application", "tokenUrl": "t", "scopes": {}},
            {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "t", "scopes": {}}}},
            id="application",
        ),
        pytest.param(
            {"type": "oauth2", "flow": "accessCode", "authorizationUrl": "a", "tokenUrl": "t", "scopes": {}},
            {
                "type": "oauth2",
                "flows": {"authorizationCode": {"authorizationUrl": "a", "tokenUrl": "t", "scopes": {}}},
            },
            id="access code",
        ),
    ],
)
def test_security_schemes(node, expected):
    result, _ = converted(securityDefinitions={"S": node})
    assert result["components"]["securitySchemes"] == {"S": expected}


def test_security_requirements_stay_as_published():
    either = [{"A": []}, {"B": []}]
    schemes = {name: {"type": "basic"} for name in "AB"}
    assert operation({"security": either}, securityDefinitions=schemes)[0]["security"] == either
    assert operation({"security": []}, securityDefinitions=schemes)[0]["security"] == []


# --- Parameters ------------------------------------------------------------------------------


def test_what_describes_a_parameter_s_value_becomes_its_schema():
    value = {"type": "integer", "format": "int32", "minimum": 1, "maximum": 9, "default": 2, "enum": [1, 2]}
    node = {"in": "query", "description": "d", "required": False, "allowEmptyValue": True, "x-a": 1, **value}
    assert parameter(node) == (
        {
            "name": "p", "in": "query", "description": "d", "required": False, "allowEmptyValue": True,
            "schema": value, "x-a": 1,
        },
        [],
    )  # fmt: skip


def array(place: str, collection: str | None) -> dict:
    node = {"in": place, "type": "array", "items": {"type": "integer", "maximum": 3}, "maxItems": 2}
    node |= {"required": True} if place == "path" else {}
    return node | ({"collectionFormat": collection} if collection else {})


@pytest.mark.parametrize(
    ("place", "collection", "style", "explode"),
    [
        ("query", None, "form", False),
        ("query", "csv", "form", False),
        ("query", "multi", "form", True),
        ("query", "ssv", "spaceDelimited", False),
        ("query", "pipes", "pipeDelimited", False),
        ("path", None, "simple", False),
        ("path", "csv", "simple", False),
        ("header", "csv", "simple", False),
    ],
)
def test_an_array_has_the_style_of_its_collection_format(place, collection, style, explode):
    result, warnings = parameter(array(place, collection), path="/a/{p}" if place == "path" else "/a")
    assert (result["style"], result["explode"]) == (style, explode)
    assert result["schema"] == {"type": "array", "items": {"type": "integer", "maximum": 3}, "maxItems": 2}
    assert warnings == []


@pytest.mark.parametrize(
    ("place", "collection", "separator"),
    [
        ("query", "tsv", "\t"),
        ("path", "ssv", " "),
        ("path", "pipes", "|"),
        ("header", "tsv", "\t"),
        ("header", "pipes", "|"),
    ],
)
def test_an_array_without_a_style_becomes_a_described_string(place, collection, separator):
    node = {**array(place, collection), "default": [1, 2], "description": "Said."}
    result, warnings = parameter(node, path="/a/{p}" if place == "path" else "/a")
    assert result["schema"]["type"] == "string"
    assert result["schema"]["default"] == f"1{separator}2"
    assert result["description"].startswith("Said.\n\nA list of values, separated by ")
    assert "style" not in result
    assert warnings == [f"OpenAPI 3 has no style for an array in {place} written as {collection}"]


def test_the_inner_format_of_an_array_of_arrays_is_lost_with_a_warning():
    inner = {"type": "array", "items": {"type": "string"}, "collectionFormat": "pipes"}
    result, warnings = parameter({"in": "query", "type": "array", "items": inner})
    assert result["schema"]["items"] == {"type": "array", "items": {"type": "string"}}
    assert warnings == ["OpenAPI 3 cannot express how arrays in an array are written"]


def test_a_path_parameter_is_required():
    result, warnings = parameter({"in": "path", "type": "string"}, path="/a/{p}")
    assert result["required"] is True
    assert warnings == ["a path parameter is always required"]


def test_empty_values_are_allowed_in_queries_alone():
    result, warnings = parameter({"in": "header", "type": "string", "allowEmptyValue": True})
    assert "allowEmptyValue" not in result
    assert warnings == ["`allowEmptyValue` is for query and form parameters only"]
    assert form({**TEXT, "allowEmptyValue": True})[1] == ["OpenAPI 3 allows `allowEmptyValue` in queries only"]


def test_a_parameter_may_be_nullable():
    assert parameter({"in": "query", "type": "string", "x-nullable": True})[0] == {
        "name": "p", "in": "query", "schema": {"type": "string", "nullable": True},
    }  # fmt: skip


def test_shared_parameters_are_referred_to():
    shared = {"Page": {"name": "page", "in": "query", "type": "integer"}}
    result, _ = converted(
        parameters=shared,
        paths={"/a": {"parameters": [{"$ref": "#/parameters/Page"}], "get": {"responses": OK}}},
    )
    assert result["paths"]["/a"]["parameters"] == [{"$ref": "#/components/parameters/Page"}]
    assert result["components"]["parameters"]["Page"]["schema"] == {"type": "integer"}


# --- Bodies ----------------------------------------------------------------------------------

BODY = {"name": "b", "in": "body", "schema": {"type": "object"}}


@pytest.mark.parametrize(
    ("own", "whole", "media"),
    [
        pytest.param(["a/b"], ["c/d"], ["a/b"], id="its own"),
        pytest.param(None, ["c/d", "e/f"], ["c/d", "e/f"], id="the document's"),
        pytest.param([], ["c/d"], ["application/json"], id="cleared"),
        pytest.param(None, None, ["application/json"], id="none"),
    ],
)
def test_a_body_has_the_media_types_that_are_consumed(own, whole, media):
    node = {"parameters": [BODY]} | ({} if own is None else {"consumes": own})
    result, _ = operation(node, **({} if whole is None else {"consumes": whole}))
    assert list(result["requestBody"]["content"]) == media


def test_a_body_keeps_what_is_said_of_it():
    node = {**BODY, "description": "d", "required": True, "x-a": 1}
    assert operation({"parameters": [node]})[0]["requestBody"] == {
        "description": "d",
        "content": {"application/json": {"schema": {"type": "object"}}},
        "required": True,
        "x-body-name": "b",
        "x-a": 1,
    }


def test_the_body_of_a_get_is_kept_with_a_warning():
    result, warnings = operation({"parameters": [BODY]}, method="get")
    assert "requestBody" in result
    assert warnings == ["OpenAPI 3 gives the body of a GET request no meaning"]


def test_the_body_of_a_path_is_inherited_unless_the_operation_has_one():
    own = {**BODY, "name": "own"}
    result, _ = converted(
        paths={"/a": {"parameters": [BODY], "put": {"responses": OK}, "post": {"parameters": [own], "responses": OK}}}
    )
    item = result["paths"]["/a"]
    assert "parameters" not in item
    assert item["put"]["requestBody"]["x-body-name"] == "b"
    assert item["post"]["requestBody"]["x-body-name"] == "own"


def test_a_shared_body_goes_into_each_operation_with_its_own_media_types():
    operations = {
        method: {"parameters": [{"$ref": "#/parameters/B"}], "consumes": [media], "responses": OK}
        for method, media in (("put", "a/b"), ("post", "c/d"))
    }
    result, _ = converted(parameters={"B": BODY}, paths={"/a": operations})
    found = {method: list(node["requestBody"]["content"]) for method, node in result["paths"]["/a"].items()}
    assert found == {"put": ["a/b"], "post": ["c/d"]}
    assert "components" not in result


def form(*fields, consumes=None):
    node = {"parameters": [{"in": "formData", **field} for field in fields]}
    result, warnings = operation(node | ({"consumes": consumes} if consumes else {}))
    return result["requestBody"], warnings


URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
TEXT = {"name": "t", "type": "string"}
FILE = {"name": "f", "type": "file"}
FILES = {"name": "f", "type": "array", "items": {"type": "file"}}


@pytest.mark.parametrize(
    ("fields", "consumes", "media"),
    [
        pytest.param([TEXT], None, [URLENCODED], id="text"),
        pytest.param([TEXT], [URLENCODED, MULTIPART], [URLENCODED, MULTIPART], id="both kept"),
        pytest.param([TEXT], ["application/json", MULTIPART], [MULTIPART], id="JSON dropped"),
        pytest.param([FILE], None, [MULTIPART], id="file"),
        pytest.param([FILE, TEXT], [URLENCODED], [MULTIPART], id="file in the wrong form"),
        pytest.param([FILES], [URLENCODED, MULTIPART], [MULTIPART], id="files"),
    ],
)
def test_a_form_has_the_media_types_that_can_hold_it(fields, consumes, media):
    result, warnings = form(*fields, consumes=consumes)
    assert list(result["content"]) == media
    assert bool(warnings) == (consumes is not None and consumes != media)


def test_a_required_field_makes_the_form_and_its_member_required():
    result, _ = form({**TEXT, "required": True, "description": "d", "minLength": 1}, FILE)
    assert result["required"] is True
    assert result["content"][MULTIPART]["schema"] == {
        "type": "object",
        "properties": {
            "t": {"description": "d", "type": "string", "minLength": 1},
            "f": {"type": "string", "format": "binary"},
        },
        "required": ["t"],
    }
    assert "required" not in form(TEXT)[0]


@pytest.mark.parametrize(
    ("collection", "style", "explode"),
    [
        (None, "form", False),
        ("csv", "form", False),
        ("multi", "form", True),
        ("ssv", "spaceDelimited", False),
        ("pipes", "pipeDelimited", False),
    ],
)
def test_an_array_in_a_form_says_its_style_in_the_encoding(collection, style, explode):
    node = {"name": "l", **array("formData", collection), "default": [1]}
    content = form(node)[0]["content"][URLENCODED]
    assert content["encoding"] == {"l": {"style": style, "explode": explode}}
    assert content["schema"]["properties"]["l"]["default"] == [1]


def test_an_array_of_files_has_binary_items_and_no_style():
    content = form(FILES)[0]["content"][MULTIPART]
    assert content["schema"]["properties"]["f"]["items"] == {"type": "string", "format": "binary"}
    assert "encoding" not in content


# --- Responses -------------------------------------------------------------------------------


def response(node, *, own=None, **members):
    described = {"responses": {"200": {"description": "fine", **node}}}
    result, warnings = operation(described | ({} if own is None else {"produces": own}), **members)
    return result["responses"]["200"], warnings


@pytest.mark.parametrize(
    ("own", "whole", "media"),
    [
        pytest.param(["a/b"], ["c/d"], ["a/b"], id="its own"),
        pytest.param(None, ["c/d"], ["c/d"], id="the document's"),
        pytest.param([], ["c/d"], ["application/json"], id="cleared"),
        pytest.param(None, None, ["application/json"], id="none"),
    ],
)
def test_a_response_has_the_media_types_that_are_produced(own, whole, media):
    result, _ = response({"schema": {"type": "string"}}, own=own, **({"produces": whole} if whole else {}))
    assert result["content"] == {each: {"schema": {"type": "string"}} for each in media}


def test_a_response_without_schema_has_no_content():
    assert response({}, own=["a/b"])[0] == {"description": "fine"}


@pytest.mark.parametrize("value", [{"a": {"$ref": "x"}}, None, 0, False, ""], ids=repr)
def test_examples_are_kept_by_media_type_whatever_they_are(value):
    node = {"schema": {"type": "string"}, "examples": {"a/b": value, "c/d": "other"}}
    content = response(node, own=["a/b"])[0]["content"]
    assert content["a/b"] == {"schema": {"type": "string"}, "example": value}
    assert content["c/d"] == {"schema": {"type": "string"}, "example": "other"}


def test_a_file_is_binary():
    assert response({"schema": {"type": "file"}})[0]["content"] == {
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
    }


def test_headers_have_schemas_and_styles():
    headers = {
        "A": {"type": "integer", "description": "d", "x-a": 1},
        "B": {"type": "array", "items": {"type": "string"}},
    }
    assert response({"headers": headers})[0]["headers"] == {
        "A": {"description": "d", "schema": {"type": "integer"}, "x-a": 1},
        "B": {"style": "simple", "explode": False, "schema": {"type": "array", "items": {"type": "string"}}},
    }


def test_a_missing_description_is_empty_with_a_warning():
    result, warnings = operation({"responses": {"200": {}}})
    assert result["responses"] == {"200": {"description": ""}}
    assert warnings == ["a response needs a `description`"]


def test_a_shared_response_is_copied_where_other_media_types_are_produced():
    shared = {"R": {"description": "d", "schema": {"type": "string"}}}
    used = {"200": {"$ref": "#/responses/R"}}
    result, _ = converted(
        produces=["a/b"],
        responses=shared,
        paths={"/a": {"get": {"responses": used}, "put": {"responses": used, "produces": ["c/d"]}}},
    )
    assert list(result["components"]["responses"]["R"]["content"]) == ["a/b"]
    assert result["paths"]["/a"]["get"]["responses"]["200"] == {"$ref": "#/components/responses/R"}
    assert list(result["paths"]["/a"]["put"]["responses"]["200"]["content"]) == ["c/d"]


# --- Schemas ---------------------------------------------------------------------------------

PET = "#/components/schemas/Pet"


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        pytest.param({"type": "string", "format": "odd"}, {"type": "string", "format": "odd"}, id="unknown format"),
        pytest.param({"type": "string", "x-nullable": True}, {"type": "string", "nullable": True}, id="nullable"),
        pytest.param({"type": "string", "x-nullable": False}, {"type": "string"}, id="not nullable"),
        pytest.param(
            {"type": "string", "enum": ["a"], "x-nullable": True},
            {"type": "string", "enum": ["a", None], "nullable": True},
            id="nullable enumeration",
        ),
        pytest.param(
            {"$ref": "#/definitions/Pet", "x-nullable": True},
            {"nullable": True, "allOf": [{"$ref": PET}]},
            id="nullable reference",
        ),
        pytest.param(
            {"$ref": "#/definitions/Pet", "description": "d", "x-a": 1},
            {"description": "d", "x-a": 1, "allOf": [{"$ref": PET}]},
            id="described reference",
        ),
        pytest.param(
            {"type": "object", "properties": {"k": {"type": "string"}}, "required": ["k"], "discriminator": "k"},
            {
                "type": "object", "properties": {"k": {"type": "string"}}, "required": ["k"],
                "discriminator": {"propertyName": "k"},
            },
            id="discriminator",
        ),
        pytest.param(
            {"type": "integer", "minimum": 1, "exclusiveMinimum": True},
            {"type": "integer", "minimum": 1, "exclusiveMinimum": True},
            id="exclusive bound",
        ),
        pytest.param(
            {"additionalProperties": {"$ref": "#/definitions/Pet"}}, {"additionalProperties": {"$ref": PET}}, id="map"
        ),
        pytest.param({"additionalProperties": False}, {"additionalProperties": False}, id="closed"),
        pytest.param({"allOf": [{"$ref": "#/definitions/Pet"}]}, {"allOf": [{"$ref": PET}]}, id="allOf"),
    ],
)  # fmt: skip
def test_schemas(node, expected):
    assert schema(node) == (expected, [])


@pytest.mark.parametrize("member", ["example", "default"])
def test_data_that_looks_like_a_schema_stays_as_it_is(member):
    data = {"$ref": "#/definitions/Pet", "type": "file", "x-nullable": True, "discriminator": "k", "example": 1}
    result, _ = normalise(document(definitions={"X": {"type": "object", member: data}}), target="3.0")
    assert result["components"]["schemas"]["X"][member] == data


@pytest.mark.parametrize("name", ["discriminator", "type", "$ref", "x-nullable", "example", "properties", "enum"])
def test_a_property_may_have_any_name(name):
    node = {"type": "object", "properties": {name: {"type": "string", "x-nullable": True}}, "required": [name]}
    for target in VALIDATORS:
        result, _ = normalise(document(definitions={"X": node}), target=target)
        expected = {"type": "string", "nullable": True} if target == "3.0" else {"type": ["string", "null"]}
        assert result["components"]["schemas"]["X"]["properties"] == {name: expected}


@pytest.mark.parametrize(
    ("node", "expected", "warning"),
    [
        pytest.param(
            {"type": ["string", "null"]},
            {"type": "string", "nullable": True},
            "Swagger 2.0 allows one type, not a list",
            id="type list",
        ),
        pytest.param(
            {"$ref": "#/definitions/Pet", "type": "object"},
            {"$ref": PET},
            "`type` beside `$ref` has no effect",
            id="type beside reference",
        ),
        pytest.param(
            {"type": "object", "patternProperties": {"a": {}}},
            {"type": "object", "x-patternProperties": {"a": {}}},
            "Swagger 2.0 has no `patternProperties`",
            id="foreign word",
        ),
        pytest.param({"type": "array"}, {"type": "array", "items": {}}, "an array needs `items`", id="bare array"),
        pytest.param(
            {"type": "string", "required": True},
            {"type": "string"},
            "`required` is a boolean, not a list of distinct strings",
            id="required flag of nothing",
        ),
        pytest.param(
            {"properties": {"a": {"required": True}, "b": {}, "c": {"required": False}}, "required": ["b"]},
            {"properties": {"a": {}, "b": {}, "c": {}}, "required": ["a", "b"]},
            "`required` is a boolean, not a list of names",
            id="required flag of a property",
        ),
    ],
)
def test_what_2_0_does_not_have_is_mended_with_a_warning(node, expected, warning):
    result, warnings = schema(node)
    assert result == expected
    assert set(warnings) == {warning}


def test_names_that_components_may_not_have_are_replaced_without_collision():
    definitions = {"List«Pet»": {"type": "string"}, "List_Pet_": {"type": "integer"}, "Pet": {"type": "object"}}
    definitions["User"] = {"type": "object", "properties": {"p": {"$ref": "#/definitions/List%C2%ABPet%C2%BB"}}}
    result, _ = converted(definitions=definitions)
    schemas = result["components"]["schemas"]
    assert list(schemas) == ["List_Pet__2", "List_Pet_", "Pet", "User"]
    assert schemas["User"]["properties"]["p"] == {"$ref": "#/components/schemas/List_Pet__2"}


def test_values_of_a_discriminator_are_mapped_to_the_schemas_below_it():
    base = {"type": "object", "discriminator": "k", "properties": {"k": {"type": "string"}}, "required": ["k"]}
    below = {"allOf": [{"$ref": "#/definitions/Base"}], "x-ms-discriminator-value": "#A"}
    definitions = {"Base": base, "A": below, "B": {"allOf": [{"$ref": "#/definitions/A"}]}}
    result, _ = converted(definitions=definitions)
    assert result["components"]["schemas"]["Base"]["discriminator"] == {
        "propertyName": "k",
        "mapping": {"#A": "#/components/schemas/A"},
    }


def test_a_reference_into_the_paths_is_followed_to_where_it_was():
    answer = {"200": {"description": "d", "schema": {"type": "object", "title": "inner"}}}
    inner = {"$ref": "#/paths/~1a/get/responses/200/schema"}
    result, _ = converted(paths={"/a": {"get": {"responses": answer}}}, definitions={"X": inner})
    schemas = result["components"]["schemas"]
    assert schemas["X"] == {"$ref": "#/components/schemas/paths_a_get_responses_200"}
    assert schemas["paths_a_get_responses_200"] == {"type": "object", "title": "inner"}


# --- What cannot be read ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("members", "pointer", "what"),
    [
        pytest.param(
            {"definitions": {"X": {"$ref": "other.json#/X"}}},
            "/definitions/X",
            "refers to 'other.json#/X', another file, and this document has no folder",
            id="other document",
        ),
        pytest.param({"paths": {"/a": 3}}, "/paths/~1a", "a mapping is needed here, not a number", id="path"),
        pytest.param(
            {"paths": {"/a": {"get": {"parameters": {"a": 1}, "responses": OK}}}},
            "/paths/~1a/get/parameters",
            "a list is needed here, not a mapping",
            id="parameters",
        ),
    ],
)
def test_what_cannot_be_read_is_an_error_with_its_place(members, pointer, what):
    assert problems(**members) == [(pointer, what)]


def test_all_problems_come_together():
    assert len(problems(paths={"/a": 1, "/b": {"get": {"responses": 2}}}, securityDefinitions={"X": 3})) == 3


def test_references_in_a_circle_through_paths_become_components():
    def answer(other):
        return {"get": {"responses": {"200": {"description": "d", "schema": {"items": {"$ref": other}}}}}}

    refer = "#/paths/~1{}/get/responses/200/schema"
    result, warnings = converted(paths={"/a": answer(refer.format("b")), "/b": answer(refer.format("a"))})
    component = "#/components/schemas/paths_{}_get_responses_200"
    assert warnings == []
    assert result["components"]["schemas"] == {
        "paths_b_get_responses_200": {"items": {"$ref": component.format("a")}},
        "paths_a_get_responses_200": {"items": {"$ref": component.format("b")}},
    }


@pytest.mark.parametrize(
    ("data", "what"),
    [
        ({"swagger": "1.2"}, "version '1.2' is not known"),
        ({"openapi": "4.0.0"}, "version '4.0.0' is not known"),
        ({"hello": 1}, "neither an OpenAPI nor a Swagger document"),
    ],
    ids=["1.2", "4.0", "none"],
)
def test_another_kind_of_document_is_an_error(data, what):
    with pytest.raises(DocumentError) as caught:
        normalise(Document(data, "test.yaml"))
    assert [problem.what for problem in caught.value.problems] == [what]


def test_places_are_those_of_the_file(parse):
    text = """\
        swagger: '2.0'
        info: {title: T, version: '1'}
        paths: {}
        definitions:
          X:
            $ref: other.yaml
        """
    with pytest.raises(DocumentError) as caught:
        normalise(parse(text))
    assert [(problem.file, problem.line) for problem in caught.value.problems] == [("test.yaml", 5)]


# --- Whole documents -------------------------------------------------------------------------


@pytest.mark.parametrize("target", VALIDATORS)
def test_sources_of_this_project_become_valid(apis, target):
    for api in apis.values():
        document = read(api.source)
        if target == "3.0" and str(document.data.get("openapi", "")).startswith("3.1"):
            continue
        result, _ = normalise(document, target=target)
        assert [str(error) for error in VALIDATORS[target](result).iter_errors()] == []
        assert str(result["openapi"]).startswith(target)


@pytest.mark.slow
@pytest.mark.parametrize("target", VALIDATORS)
def test_real_documents_become_valid(shared, target):
    paths = [path for path in sorted((shared / "corpus").glob("*.*")) if path.suffix in (".json", ".yaml")]
    paths += (shared / "corpus").glob("*/**/swagger.json")
    assert len(paths) == 15
    for path in paths:
        result, _ = normalise(read(path), target=target)
        assert [str(error) for error in VALIDATORS[target](result).iter_errors()] == [], path.name
