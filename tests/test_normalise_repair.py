"""Common defects of documents: what they are read as, and that the repair is told with its place."""

from __future__ import annotations

import pytest

from scripts.document import Document, at, parse
from scripts.errors import DocumentError
from scripts.normalise import normalise

from .validity import problems

HEAD = {"swagger": "2.0", "info": {"title": "T", "version": "1"}}
OK = {"200": {"description": "fine"}}


def repaired(members, target="3.0"):
    """The valid form of a document with these members, and the places and texts of what was repaired."""
    document = Document({**HEAD, "paths": {}, **members}, "test.yaml")
    result, warnings = normalise(document, target=target)
    assert problems(result) == []
    assert all(warning.hint for warning in warnings if warning.defect)
    with pytest.raises(DocumentError) as strict:
        normalise(document, target=target, strict=True)
    defects = [warning for warning in warnings if warning.defect]
    refused = [(each.pointer, each.what, each.hint) for each in strict.value.problems]
    assert refused == [(each.pointer, each.what, f"Repaired unless strict: {each.hint}") for each in defects]
    return result, [(defect.pointer, defect.what) for defect in defects]


def get(**members):
    return {"paths": {"/a": {"get": {"responses": OK, **members}}}}


# (members of the document, pointer and value in the result, pointer and message of the repair)
DEFECTS = {
    "no info": ({"info": {}}, "/info", {"title": "", "version": ""}, "/info", "`info` has no `title`"),
    "a number for a version": (
        {"info": {"title": "T", "version": 1.0}},
        "/info/version", "1.0", "/info/version", "`version` is a number, not a string",
    ),
    "a licence that is a text": (
        {"info": {"title": "T", "version": "1", "license": "MIT"}},
        "/info/license", {"name": "MIT"}, "/info/license", "`license` is a string, not a mapping",
    ),
    "a licence without a name": (
        {"info": {"title": "T", "version": "1", "license": {"url": "http://l"}}},
        "/info/license", {"name": "http://l", "url": "http://l"}, "/info/license", "the license has no `name`",
    ),
    "blanks in a URL": (
        {"info": {"title": "T", "version": "1", "contact": {"url": " http://a/b c "}}},
        "/info/contact/url", "http://a/b%20c", "/info/contact/url", "`url` is a string, not a URL",
    ),
    "no e-mail address": (
        {"info": {"title": "T", "version": "1", "contact": {"email": "nobody"}}},
        "/info/contact", {}, "/info/contact/email", "`email` is a string, not an e-mail address",
    ),
    "a tag twice": (
        {"tags": [{"name": "a"}, {"name": "a"}, "b"]},
        "/tags", [{"name": "a"}, {"name": "b"}], "/tags/1", "the tag 'a' appears twice",
    ),
    "a scheme in the host": (
        {"host": "https://h/v1", "basePath": "/v1/x"},
        "/servers", [{"url": "https://h/v1/x"}], "/host", "`host` is a URL",
    ),
    "a URL as base path": (
        {"basePath": "http://h/v1"}, "/servers", [{"url": "http://h/v1"}], "/basePath", "`basePath` is a URL",
    ),
    "a name in braces in the host": (
        {"host": "{tenant}.h", "schemes": ["https"]},
        "/servers/0/variables", {"tenant": {"default": "tenant"}}, "/host", "the address has a placeholder {tenant}",
    ),
    "a name in braces in the base path": (
        {"host": "h", "basePath": "/{tenant}"},
        "/servers", [{"url": "//h/{tenant}", "variables": {"tenant": {"default": "tenant"}}}],
        "/basePath", "the address has a placeholder {tenant}",
    ),
    "one scheme instead of a list": (
        {"host": "h", "schemes": "https"},
        "/servers", [{"url": "https://h"}], "/schemes", "a list is needed here, not a string",
    ),
    "a path without a slash": (
        {"paths": {"a": {"get": {"responses": OK}}}},
        "/paths/~1a/get/responses", OK, "/paths/a", "a path must start with a slash",
    ),
    "a pattern in a path": (
        {"paths": {"/a/{b:[0-9]{3}}": {"get": {"parameters": [
            {"name": "b", "in": "path", "required": True, "type": "string"}], "responses": OK}}}},
        "/paths/~1a~1{b}/get/responses", OK,
        "/paths/~1a~1{b:[0-9]{3}}", "a path parameter cannot have a pattern in the path",
    ),
    "an undeclared path parameter": (
        {"paths": {"/a/{b}": {"get": {"responses": OK}}}},
        "/paths/~1a~1{b}/get/parameters",
        [{"name": "b", "in": "path", "required": True, "schema": {"type": "string"}}],
        "/paths/~1a~1{b}/get", "nothing declares the path parameter 'b'",
    ),
    "a path parameter without a place": (
        get(parameters=[{"name": "b", "in": "path", "required": True, "type": "string"}]),
        "/paths/~1a/get", {"responses": OK}, "/paths/~1a/get/parameters/0", "the path has no {b}",
    ),
    "a parameter twice": (
        get(parameters=[{"name": "b", "in": "query", "type": each} for each in ("string", "integer")]),
        "/paths/~1a/get/parameters", [{"name": "b", "in": "query", "schema": {"type": "integer"}}],
        "/paths/~1a/get/parameters/1", "the query parameter 'b' appears twice",
    ),
    "a form parameter twice": (
        get(parameters=[{"name": "b", "in": "formData", "type": each} for each in ("string", "integer")]),
        "/paths/~1a/get/requestBody/content/application~1x-www-form-urlencoded/schema/properties",
        {"b": {"type": "integer"}},
        "/paths/~1a/get/parameters/1", "the formData parameter 'b' appears twice",
    ),
    "a body twice": (
        get(parameters=[{"name": "b", "in": "body", "schema": {"type": each}} for each in ("string", "integer")]),
        "/paths/~1a/get/requestBody/content/application~1json/schema", {"type": "integer"},
        "/paths/~1a/get/parameters/1", "the body parameter 'b' appears twice",
    ),
    "a parameter without a type": (
        get(parameters=[{"name": "b", "in": "query"}]),
        "/paths/~1a/get/parameters/0/schema", {}, "/paths/~1a/get/parameters/0", "there is no `type`",
    ),
    "a parameter from nowhere": (
        get(parameters=[{"name": "b", "type": "string"}]),
        "/paths/~1a/get", {"responses": OK}, "/paths/~1a/get/parameters/0",
        "a parameter needs a `name` and an `in`: query, path, header, body or formData",
    ),
    "a flag written as a text": (
        get(parameters=[{"name": "b", "in": "query", "type": "string", "required": "True"}]),
        "/paths/~1a/get/parameters/0/required", True, "/paths/~1a/get/parameters/0/required",
        "`required` is a string, not true or false",
    ),
    "no parameters at all": (
        get(parameters=None), "/paths/~1a/get", {"responses": OK}, "/paths/~1a/get/parameters",
        "a list is needed here, not null",
    ),
    "one operationId twice": (
        {"paths": {path: {"get": {"operationId": "o", "responses": OK}} for path in ("/a", "/b")}},
        "/paths/~1b/get/operationId", "o_2", "/paths/~1b/get/operationId", "another operation has the operationId 'o'",
    ),
    "an unknown member of an operation": (
        get(payload=1), "/paths/~1a/get", {"responses": OK}, "/paths/~1a/get/payload", "`payload` is unknown",
    ),
    "one media type instead of a list": (
        get(produces="a/b", responses={"200": {"description": "", "schema": {}}}),
        "/paths/~1a/get/responses/200/content", {"a/b": {"schema": {}}}, "/paths/~1a/get/produces",
        "a list is needed here, not a string",
    ),
    "a body and a form": (
        {"paths": {"/a": {"put": {"responses": OK, "parameters": [
            {"name": "b", "in": "body", "schema": {}}, {"name": "c", "in": "formData", "type": "string"}]}}}},
        "/paths/~1a/put/requestBody/content", {"application/json": {"schema": {}}},
        "/paths/~1a/put/parameters/1", "a request has only one body",
    ),
    "a body without a schema": (
        {"paths": {"/a": {"put": {"responses": OK, "parameters": [{"name": "b", "in": "body", "type": "string"}]}}}},
        "/paths/~1a/put/requestBody/content", {"application/json": {"schema": {"type": "string"}}},
        "/paths/~1a/put/parameters/0", "a body parameter has no `schema`",
    ),
    "no responses": (
        get(responses={}), "/paths/~1a/get/responses", {"default": {"description": ""}},
        "/paths/~1a/get/responses", "no response is described",
    ),
    "a response that is a text": (
        get(responses={"200": "fine"}), "/paths/~1a/get/responses", OK, "/paths/~1a/get/responses/200",
        "a response is a mapping, not a string",
    ),
    "a response that is nothing": (
        get(responses={"200": None}), "/paths/~1a/get/responses", {"200": {"description": ""}},
        "/paths/~1a/get/responses/200", "a response is a mapping, not null",
    ),
    "a status in small letters": (
        get(responses={"2xx": {"description": "fine"}}), "/paths/~1a/get/responses",
        {"2XX": {"description": "fine"}}, "/paths/~1a/get/responses/2xx", "'2xx' is not a status code",
    ),
    "a status twice": (
        get(responses={"2XX": {"description": "good"}, "2xx": {"description": "fine"}}), "/paths/~1a/get/responses",
        {"2XX": {"description": "fine"}}, "/paths/~1a/get/responses/2xx", "the status 2XX appears twice",
    ),
    "a description of another type": (
        get(responses={"200": {"description": 1}}), "/paths/~1a/get/responses", {"200": {"description": "1"}},
        "/paths/~1a/get/responses/200/description", "`description` is a number, not a string",
    ),
    "a status that is none": (
        get(responses={**OK, "success": {"description": ""}}), "/paths/~1a/get/responses", OK,
        "/paths/~1a/get/responses/success", "'success' is not a status code",
    ),
    "a response that refers to a definition": (
        {**get(responses={"200": {"$ref": "#/definitions/X"}}), "definitions": {"X": {"type": "object"}}},
        "/paths/~1a/get/responses/200/content/application~1json/schema", {"$ref": "#/components/schemas/X"},
        "/paths/~1a/get/responses/200", "refers to a definition, not to a response",
    ),
    "an example of no media type": (
        get(responses={"200": {"description": "fine", "examples": {"one": 1}}}),
        "/paths/~1a/get/responses", OK, "/paths/~1a/get/responses/200/examples/one", "'one' is not a media type",
    ),
    "a security scheme as OpenAPI 3 writes it": (
        {"securityDefinitions": {"S": {"type": "http", "scheme": "bearer"}}},
        "/components/securitySchemes/S", {"type": "http", "scheme": "bearer"},
        "/securityDefinitions/S/type", "Swagger 2.0 has no security type http",
    ),
    "a flow that is not named": (
        {"securityDefinitions": {"S": {"type": "oauth2", "authorizationUrl": "http://a", "scopes": {}}}},
        "/components/securitySchemes/S/flows", {"implicit": {"authorizationUrl": "http://a", "scopes": {}}},
        "/securityDefinitions/S", "an oauth2 scheme needs a `flow`",
    ),
    "scopes in a list": (
        {"securityDefinitions": {"S": {
            "type": "oauth2", "flow": "implicit", "authorizationUrl": "http://a", "scopes": ["r"]}}},
        "/components/securitySchemes/S/flows/implicit/scopes", {"r": ""},
        "/securityDefinitions/S/scopes", "`scopes` is a list, not a mapping",
    ),
    "a key in a cookie": (
        {"securityDefinitions": {"S": {"type": "apiKey", "in": "cookie", "name": "s"}}},
        "/components/securitySchemes/S", {"type": "apiKey", "in": "cookie", "name": "s"},
        "/securityDefinitions/S/in", "Swagger 2.0 has no cookies",
    ),
    "a security scheme that cannot be read": (
        {"securityDefinitions": {"S": {"type": "oauth3"}, "T": {"type": "basic"}}, "security": [{"S": []}, {"T": []}]},
        "/security", [{"S": []}, {"T": []}],
        "/securityDefinitions/S", "this is not a security definition of Swagger 2.0",
    ),
    "a cookie": (
        get(parameters=[{"name": "b", "in": "cookie", "type": "string"}]),
        "/paths/~1a/get/parameters/0", {"name": "b", "in": "cookie", "schema": {"type": "string"}},
        "/paths/~1a/get/parameters/0/in", "Swagger 2.0 has no cookies",
    ),
    "a number for a name": (
        get(parameters=[{"name": 1, "in": "query", "type": "string"}]),
        "/paths/~1a/get/parameters/0/name", "1", "/paths/~1a/get/parameters/0/name", "`name` is a number, not a string",
    ),
    "a body beside an inherited form": (
        {"paths": {"/a": {
            "parameters": [{"name": "f", "in": "formData", "type": "string"}],
            "put": {"responses": OK, "parameters": [{"name": "b", "in": "body", "schema": {}}]}}}},
        "/paths/~1a/put/requestBody/content", {"application/json": {"schema": {}}},
        "/paths/~1a/parameters/0", "a request has only one body",
    ),
    "two paths that are one": (
        {"paths": {"a": {"get": {"responses": OK}, "put": {"responses": OK}}, "/a": {"get": {"responses": {
            "200": {"description": "other"}}}}}},
        "/paths/~1a", {"get": {"responses": OK}, "put": {"responses": OK}},
        "/paths/~1a/get", "another path reads the same and has `get` too",
    ),
    "operationIds that a repair could meet": (
        {"paths": {path: {"get": {"operationId": name, "responses": OK}}
                   for path, name in (("/a", "o"), ("/b", "o"), ("/c", "o_2"))}},
        "/paths/~1b/get/operationId", "o_3", "/paths/~1b/get/operationId", "another operation has the operationId 'o'",
    ),
    "a requirement of nothing": (
        {"security": [{"S": []}]}, "/security", [{"S": []}], "/security/0/S", "there is no security definition 'S'",
    ),
}  # fmt: skip

# (the schema, its repaired form, pointer below it and message of the repair)
SCHEMAS = {
    "nothing": (None, {}, "", "a schema is a mapping, not null"),
    "the name of a type": ("integer", {"type": "integer"}, "", "a schema is a mapping, not a string"),
    "a type in capitals": ({"type": "String"}, {"type": "string"}, "/type", "the type is 'String'"),
    "a type of a language": (
        {"type": "long"}, {"type": "integer", "format": "int64"}, "/type", "the type is 'long'",
    ),
    "any type": ({"type": "any"}, {}, "/type", "the type is 'any'"),
    "a type of its own": ({"type": "Pet"}, {}, "/type", "the type is 'Pet'"),
    "the type null": ({"type": "null"}, {"enum": [None]}, "/type", "Swagger 2.0 has no type null"),
    "several types": (
        {"type": ["array", "string"], "items": {"type": "string"}, "minLength": 1, "title": "t"},
        {"title": "t", "anyOf": [
            {"type": "array", "items": {"type": "string"}}, {"type": "string", "minLength": 1}]},
        "/type", "Swagger 2.0 allows one type, not a list",
    ),
    "a number as a text": (
        {"type": "string", "maxLength": "10"}, {"type": "string", "maxLength": 10}, "/maxLength",
        "`maxLength` is a string, not a whole number from 0",
    ),
    "a number that is none": (
        {"type": "number", "minimum": "low"}, {"type": "number"}, "/minimum", "`minimum` is a string, not a number",
    ),
    "a multiple of nothing": (
        {"type": "number", "multipleOf": 0}, {"type": "number"}, "/multipleOf",
        "`multipleOf` is a number, not a number above 0",
    ),
    "a numeric exclusive bound": (
        {"type": "number", "exclusiveMinimum": 3}, {"type": "number", "minimum": 3, "exclusiveMinimum": True},
        "/exclusiveMinimum", "`exclusiveMinimum` is a number",
    ),
    "an exclusive bound of nothing": (
        {"type": "number", "exclusiveMaximum": True}, {"type": "number"},
        "/exclusiveMaximum", "`exclusiveMaximum` has no effect without `maximum`",
    ),
    "one required name": (
        {"type": "object", "required": "a"}, {"type": "object", "required": ["a"]}, "/required",
        "`required` is a string, not a list of distinct strings",
    ),
    "a required name twice": (
        {"type": "object", "required": ["a", "a"]}, {"type": "object", "required": ["a"]}, "/required",
        "`required` is a list, not a list of distinct strings",
    ),
    "no properties": (
        {"type": "object", "properties": []}, {"type": "object", "properties": {}}, "/properties",
        "`properties` is a list, not a mapping",
    ),
    "a part instead of parts": (
        {"allOf": {"type": "object"}}, {"allOf": [{"type": "object"}]}, "/allOf",
        "`allOf` is a mapping, not a list of schemas",
    ),
    "no parts": ({"allOf": []}, {}, "/allOf", "`allOf` is empty, not a list of schemas"),
    "items by position": (
        {"type": "array", "items": [{"type": "string"}, {"type": "integer"}]},
        {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}},
        "/items", "Swagger 2.0 has no `items` by position",
    ),
    "an enumeration of nothing": (
        {"type": "string", "enum": []}, {"type": "string"}, "/enum", "an empty `enum` allows no value",
    ),
    "values of another type": (
        {"type": "string", "enum": [1, True, "a"]}, {"type": "string", "enum": ["1", "true", "a"]},
        "/enum", "some values of `enum` are not of the type string",
    ),
    "a value twice": (
        {"enum": ["a", 1, True, "a"]}, {"enum": ["a", 1, True]}, "/enum", "`enum` has a value twice",
    ),
    "a default as a text": (
        {"type": "integer", "default": "5"}, {"type": "integer", "default": 5}, "/default",
        'the default "5" is not allowed by its schema',
    ),
    "a whole number with a point": (
        {"type": "integer", "default": 1.0}, {"type": "integer", "default": 1}, "/default",
        "the default 1.0 is not allowed by its schema",
    ),
    "a default of nothing in a list": (
        {"type": "array", "items": {}, "default": None}, {"type": "array", "items": {}, "x-default": None},
        "/default", "the default null is not allowed by its schema",
    ),
    "a default outside of a list": (
        {"type": "array", "items": {"type": "string"}, "default": "a"},
        {"type": "array", "items": {"type": "string"}, "default": ["a"]}, "/default",
        'the default "a" is not allowed by its schema',
    ),
    "a default that is not allowed": (
        {"type": "string", "enum": ["a"], "default": "b"}, {"type": "string", "enum": ["a"], "x-default": "b"},
        "/default", 'the default "b" is not allowed by its schema',
    ),
    "a default of nothing": (
        {"type": "string", "default": None}, {"type": "string", "x-default": None}, "/default",
        "the default null is not allowed by its schema",
    ),
    "a default beside a reference": (
        {"$ref": "#/definitions/Needy", "default": {}},
        {"allOf": [{"$ref": "#/components/schemas/Needy"}], "x-default": {}}, "/default",
        "the default {} is not allowed by its schema",
    ),
    "no regular expression": (
        {"type": "string", "pattern": "(a"}, {"type": "string", "x-pattern": "(a"}, "/pattern",
        "this is not a regular expression of ECMA-262",
    ),
    "a reference to nothing": (
        {"$ref": "#/definitions/Lost"}, {}, "", "refers to '#/definitions/Lost', which is not there",
    ),
    "a reference with words": (
        {"$ref": "#/definitions/Needy", "nullable": True},
        {"nullable": True, "allOf": [{"$ref": "#/components/schemas/Needy"}]},
        "/nullable", "Swagger 2.0 has no `nullable`",
    ),
    "words of OpenAPI 3": (
        {"oneOf": [{"type": "string"}]}, {"oneOf": [{"type": "string"}]}, "/oneOf", "Swagger 2.0 has no `oneOf`",
    ),
    "a constant": ({"const": 1}, {"enum": [1]}, "/const", "Swagger 2.0 has no `const`"),
    "a discriminator as OpenAPI 3 has it": (
        {"type": "object", "discriminator": {"propertyName": "k", "mapping": {"n": "#/definitions/Needy"}}},
        {"type": "object", "discriminator": {"propertyName": "k", "mapping": {"n": "#/components/schemas/Needy"}}},
        "/discriminator", "`discriminator` is a mapping",
    ),
    "a part that refers back": (
        {"type": "object", "allOf": [{"$ref": "#/definitions/X"}]}, {"type": "object"}, "/allOf/0",
        "a definition contains itself by `allOf`",
    ),
    "a requirement that nothing describes": (
        {"allOf": [{"$ref": "#/definitions/Needy"}], "required": ["a", "b"]},
        {"allOf": [{"$ref": "#/components/schemas/Needy"}], "required": ["a", "b"], "properties": {"b": {}}},
        "/required", "nothing describes the required property 'b'",
    ),
}  # fmt: skip

NEEDY = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}


@pytest.mark.parametrize("case", DEFECTS.values(), ids=DEFECTS)
@pytest.mark.parametrize("target", ["3.0", "3.1"])
def test_a_defect_is_repaired_with_its_place_and_refused_if_strict(case, target):
    members, where, value, pointer, what = case
    result, told = repaired(members, target)
    assert (pointer, what) in told
    found = at(result, where)
    assert found == value


@pytest.mark.parametrize("case", SCHEMAS.values(), ids=SCHEMAS)
def test_a_schema_that_2_0_does_not_allow_is_repaired_and_refused_if_strict(case):
    node, expected, pointer, what = case
    result, told = repaired({"definitions": {"X": node, "Needy": NEEDY}})
    assert told == [(f"/definitions/X{pointer}", what)]
    assert result["components"]["schemas"]["X"] == expected
    repaired({"definitions": {"X": node, "Needy": NEEDY}}, "3.1")


@pytest.mark.parametrize(
    ("pattern", "member", "kept"),
    [
        (r"^\p{L}+$", "x-pattern", r"^\p{L}+$"),
        (r"^[\w-.]+$", "pattern", r"^[\w\-.]+$"),
        (r"\A[a-z]+\Z", "pattern", "^[a-z]+$"),
    ],
)
def test_a_pattern_that_not_everybody_reads_is_a_loss_and_no_defect(pattern, member, kept):
    document = Document({**HEAD, "paths": {}, "definitions": {"X": {"type": "string", "pattern": pattern}}}, "t")
    result, warnings = normalise(document, strict=True)
    assert result["components"]["schemas"]["X"] == {"type": "string", member: kept}
    assert [(warning.pointer, warning.defect) for warning in warnings] == [("/definitions/X/pattern", False)]


@pytest.mark.parametrize("pattern", [r"^a{2,3}(?:b|c)*[^\s\]]+?\.\d$", "^(?=x)[-a-z_]$", r"a\-b\/", "[a-z-]", "é+"])
def test_a_pattern_that_everybody_reads_stays_as_it_is(pattern):
    document = Document({**HEAD, "paths": {}, "definitions": {"X": {"type": "string", "pattern": pattern}}}, "t")
    for target in ("3.0", "3.1"):
        result, warnings = normalise(document, target=target)
        assert (result["components"]["schemas"]["X"], warnings) == ({"type": "string", "pattern": pattern}, ())


@pytest.mark.parametrize("pattern", [r"[[:alpha:]]", "a++", "(?#c)a", "(?P=n)", "a{,3}"])
def test_a_pattern_of_another_language_is_no_pattern_of_the_result(pattern):
    result, _ = repaired({"definitions": {"X": {"type": "string", "pattern": pattern}}})
    assert result["components"]["schemas"]["X"] == {"type": "string", "x-pattern": pattern}


@pytest.mark.parametrize(
    "node",
    [
        {"type": "string", "format": "uri", "default": "/x"},
        {"type": "string", "format": "hostname", "default": "my_host"},
        {"type": "string", "format": "own", "default": "x"},
        {"type": "number", "minimum": 1, "default": 1.5},
        {"type": "array", "items": {"type": "string", "enum": ["a"]}, "default": ["a"]},
    ],
    ids=str,
)
def test_a_default_that_fits_stays_as_it_is(node):
    result, warnings = normalise(Document({**HEAD, "paths": {}, "definitions": {"X": node}}, "t"), target="3.0")
    assert (result["components"]["schemas"]["X"], warnings) == (node, ())


@pytest.mark.parametrize(
    ("members", "pointer", "what"),
    [
        pytest.param(
            get(parameters=[{"name": "Accept", "in": "header", "type": "string"}]),
            "/paths/~1a/get/parameters/0", "OpenAPI 3 ignores a header parameter called Accept", id="header parameter",
        ),
        pytest.param(
            get(responses={"200": {"description": "", "headers": {"content-type": {"type": "string"}}}}),
            "/paths/~1a/get/responses/200/headers/content-type",
            "OpenAPI 3 ignores a response header Content-Type", id="response header",
        ),
        pytest.param(
            {"parameters": {"B": {"name": "b", "in": "body", "schema": {}}}},
            "/parameters/B", "no operation uses this parameter, and OpenAPI 3 has no place for it", id="unused body",
        ),
        pytest.param(
            {"securityDefinitions": {"S": {
                "type": "oauth2", "flow": "implicit", "authorizationUrl": "http://a", "scopes": {"x-a": "b"}}}},
            "/securityDefinitions/S/scopes/x-a", "OpenAPI 3 has no extensions among scopes", id="scopes",
        ),
        pytest.param(
            {"responses": {"R": OK["200"]}, **get(responses={"200": {"$ref": "#/responses/R", "description": "x"}})},
            "/paths/~1a/get/responses/200/description", "`description` beside `$ref` has no effect", id="reference",
        ),
    ],
)  # fmt: skip
def test_what_openapi_3_has_no_place_for_is_a_loss_and_no_defect(members, pointer, what):
    _, warnings = normalise(Document({**HEAD, "paths": {}, **members}, "t"), strict=True)
    assert [(warning.pointer, warning.what, warning.defect) for warning in warnings] == [(pointer, what, False)]


def test_definitions_that_name_each_other_in_a_circle_end():
    circle = {"A": {"$ref": "#/definitions/B"}, "B": {"$ref": "#/definitions/A"}}
    result, told = repaired({"definitions": circle})
    assert result["components"]["schemas"] == {"A": {}, "B": {}}
    assert told == [
        ("/definitions/A", "refers to '/definitions/B', which refers to itself"),
        ("/definitions/B", "refers to '/definitions/A', which refers to itself"),
    ]


@pytest.mark.parametrize("section", ["parameters", "responses"])
def test_shared_parts_that_name_each_other_in_a_circle_end(section):
    circle = {"A": {"$ref": f"#/{section}/B"}, "B": {"$ref": f"#/{section}/A"}}
    used = {"parameters": [{"$ref": "#/parameters/A"}]} if section == "parameters" else {}
    answers = {"responses": {"200": {"$ref": "#/responses/A"}}} if section == "responses" else {}
    _, told = repaired({section: circle, **get(**used, **answers)})
    assert {what.partition(", ")[2] for _, what in told} == {"which refers to itself"}


def test_a_key_that_is_there_twice_is_a_defect_with_its_place():
    text = "swagger: '2.0'\ninfo: {title: T, version: '1', title: U}\npaths: {}\n"
    result, warnings = normalise(parse(text, "spec.yaml"))
    assert result["info"]["title"] == "U"
    assert [(str(warning.line), warning.defect) for warning in warnings] == [("2", True)]
    with pytest.raises(DocumentError, match="appears twice"):
        normalise(parse(text, "spec.yaml"), strict=True)


def test_all_defects_are_refused_together_with_their_lines():
    text = """\
swagger: '2.0'
info: {title: T, version: 1}
paths:
  /a:
    get:
      responses:
        200: {}
"""
    with pytest.raises(DocumentError) as caught:
        normalise(parse(text, "spec.yaml"), strict=True)
    assert [(problem.file, problem.line, problem.column) for problem in caught.value.problems] == [
        ("spec.yaml", 2, 18),
        ("spec.yaml", 7, 9),
    ]
