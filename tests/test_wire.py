"""The independent reading of what goes over the wire: it accepts right conversions, and finds each wrong one."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from .validity import problems
from .wire import compare

OLD: Any = {
    "swagger": "2.0",
    "info": {"title": "T", "version": "1"},
    "host": "a.example",
    "basePath": "/v1/",
    "schemes": ["https", "http"],
    "consumes": ["application/json", "application/xml"],
    "produces": ["application/json"],
    "securityDefinitions": {
        "basic": {"type": "basic"},
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "code": {
            "type": "oauth2",
            "flow": "accessCode",
            "authorizationUrl": "https://a.example/a",
            "tokenUrl": "https://a.example/t",
            "scopes": {"r": "read"},
        },
    },
    "security": [{"basic": []}, {"key": [], "code": ["r"]}],
    "paths": {
        "/a/{id}": {
            "parameters": [
                {"name": "id", "in": "path", "required": True, "type": "array", "items": {"type": "string"}},
                {"name": "q", "in": "query", "type": "string"},
            ],
            "get": {
                "security": [],
                "parameters": [
                    {"name": "q", "in": "query", "type": "array", "items": {"type": "integer"}, "required": True},
                    {"name": "m", "in": "query", "type": "array", "items": {"type": "integer"},
                     "collectionFormat": "multi", "minItems": 2},
                    {"name": "s", "in": "query", "type": "array", "items": {"type": "string"},
                     "collectionFormat": "ssv", "allowEmptyValue": True},
                    {"name": "n", "in": "query", "type": "number", "maximum": 5, "exclusiveMaximum": True,
                     "default": 1, "x-nullable": True},
                ],
                "responses": {
                    "200": {
                        "description": "",
                        "schema": {"type": "array", "items": {"$ref": "#/definitions/Pet"}},
                        "headers": {"X-Rate": {"type": "array", "items": {"type": "integer", "minimum": 0}}},
                        "examples": {"application/json": False, "text/plain": None},
                    },
                    "default": {"$ref": "#/responses/Error"},
                },
            },
            "put": {
                "schemes": ["wss"],
                "produces": ["image/png", "image/gif"],
                "parameters": [{"name": "b", "in": "body", "required": True, "schema": {"$ref": "#/definitions/Cat"}}],
                "responses": {"200": {"description": "", "schema": {"type": "file"}}},
            },
            "post": {
                "consumes": ["multipart/form-data"],
                "parameters": [
                    {"name": "f", "in": "formData", "type": "file", "required": True},
                    {"name": "l", "in": "formData", "type": "array", "items": {"type": "string", "enum": ["a"]}},
                ],
                "responses": {"204": {"description": "", "x-a": {"$ref": "#/nowhere"}}},
            },
        }
    },
    "responses": {"Error": {"description": "bad", "schema": {"$ref": "#/definitions/Err%20or"}}},
    "definitions": {
        "Pet": {
            "type": "object",
            "discriminator": "kind",
            "required": ["kind"],
            "properties": {
                "kind": {"type": "string", "readOnly": True},
                "next": {"$ref": "#/definitions/Pet"},
                "size": {"type": "string", "enum": ["s", "l"], "x-nullable": True},
                "born": {"type": "string", "format": "date", "maxLength": 10, "example": "2020-01-01"},
                "data": {"type": "string", "format": "byte"},
                "tags": {"type": "object", "additionalProperties": {"type": "string", "pattern": "^a"}},
            },
        },
        "Cat": {
            "allOf": [{"$ref": "#/definitions/Pet"}, {"type": "object", "additionalProperties": False}],
            "x-ms-discriminator-value": "cat",
        },
        "Err or": {"type": "object", "x-nullable": True, "properties": {"code": {"type": "integer", "minimum": 1}}},
    },
}  # fmt: skip

_FORM: Any = {
    "schema": {
        "type": "object",
        "required": ["f"],
        "properties": {
            "f": {"type": "string", "format": "binary"},
            "l": {"type": "array", "items": {"type": "string", "enum": ["a"]}},
        },
    },
    "encoding": {"l": {"style": "form", "explode": False}},
}
_ERROR: Any = {
    "description": "bad",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Err_or"}}},
}

NEW: Any = {
    "openapi": "3.0.3",
    "info": {"title": "T", "version": "1"},
    "servers": [{"url": "https://a.example/v1"}, {"url": "http://a.example/v1"}],
    "security": [{"key": [], "code": ["r"]}, {"basic": []}],
    "paths": {
        "/a/{id}": {
            "parameters": [
                {"name": "id", "in": "path", "required": True,
                 "schema": {"type": "array", "items": {"type": "string"}}},
                {"name": "q", "in": "query", "schema": {"type": "string"}},
            ],
            "get": {
                "security": [],
                "parameters": [
                    {"name": "q", "in": "query", "required": True, "explode": False,
                     "schema": {"type": "array", "items": {"type": "integer"}}},
                    {"name": "m", "in": "query",
                     "schema": {"type": "array", "items": {"type": "integer"}, "minItems": 2}},
                    {"name": "s", "in": "query", "style": "spaceDelimited", "allowEmptyValue": True,
                     "schema": {"type": "array", "items": {"type": "string"}}},
                    {"name": "n", "in": "query", "schema": {
                        "type": "number", "maximum": 5, "exclusiveMaximum": True, "default": 1, "nullable": True}},
                ],
                "responses": {
                    "200": {
                        "description": "",
                        "headers": {
                            "X-Rate": {"schema": {"type": "array", "items": {"type": "integer", "minimum": 0}}}
                        },
                        "content": {
                            "application/json": {
                                "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}},
                                "example": False,
                            },
                            "text/plain": {"example": None},
                        },
                    },
                    "default": _ERROR,
                },
            },
            "put": {
                "servers": [{"url": "wss://a.example/v1"}],
                "requestBody": {
                    "required": True,
                    "content": {
                        name: {"schema": {"$ref": "#/components/schemas/Cat"}}
                        for name in ("application/json", "application/xml")
                    },
                },
                "responses": {
                    "200": {
                        "description": "",
                        "content": {
                            name: {"schema": {"type": "string", "format": "binary"}}
                            for name in ("image/png", "image/gif")
                        },
                    }
                },
            },
            "post": {
                "requestBody": {"required": True, "content": {"multipart/form-data": _FORM}},
                "responses": {"204": {"description": "", "x-a": {"$ref": "#/nowhere"}}},
            },
        }
    },
    "components": {
        "responses": {"Error": _ERROR},
        "securitySchemes": {
            "basic": {"type": "http", "scheme": "basic"},
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
            "code": {
                "type": "oauth2",
                "flows": {
                    "authorizationCode": {
                        "authorizationUrl": "https://a.example/a",
                        "tokenUrl": "https://a.example/t",
                        "scopes": {"r": "read"},
                    }
                },
            },
        },
        "schemas": {
            "Pet": {
                "type": "object",
                "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}},
                "required": ["kind"],
                "properties": {
                    "kind": {"type": "string", "readOnly": True},
                    "next": {"$ref": "#/components/schemas/Pet"},
                    "size": {"type": "string", "enum": ["s", "l", None], "nullable": True},
                    "born": {"type": "string", "format": "date", "maxLength": 10, "example": "2020-01-01"},
                    "data": {"type": "string", "format": "byte"},
                    "tags": {"type": "object", "additionalProperties": {"type": "string", "pattern": "^a"}},
                },
            },
            "Cat": {
                "allOf": [
                    {"$ref": "#/components/schemas/Pet"}, {"type": "object", "additionalProperties": False},
                ],
                "x-ms-discriminator-value": "cat",
            },
            "Err_or": {
                "type": "object", "nullable": True, "properties": {"code": {"type": "integer", "minimum": 1}},
            },
        },
    },
}  # fmt: skip


def changed(document: Any, *changes: tuple[str, Any]) -> Any:
    """`document` with something else at each of some places; `...` removes what is there."""
    result = copy.deepcopy(document)
    for place, value in changes:
        *above, last = (int(part) if part.isdigit() else part.replace("~1", "/") for part in place.split(" "))
        node = result
        for part in above:
            node = node[part] if isinstance(node, list) else node[str(part)]
        key = last if isinstance(node, list) else str(last)
        if value is ...:
            del node[key]
        else:
            node[key] = copy.deepcopy(value)
    return result


_PET = "components schemas Pet"
_PUT = "paths /a/{id} put"
_GET = "paths /a/{id} get"
_POST = "paths /a/{id} post"
_FORM_AT = f"{_POST} requestBody content multipart/form-data"
_ANSWER = f"{_GET} responses 200"

NULL: Any = {"type": "null"}
NEW_3_1 = changed(
    NEW,
    ("openapi", "3.1.1"),
    (f"{_GET} parameters 3 schema", {"type": ["number", "null"], "exclusiveMaximum": 5, "default": 1}),
    (f"{_PET} properties size", {"anyOf": [{"type": "string", "enum": ["s", "l"]}, NULL]}),
    (f"{_PET} properties born example", ...),
    (f"{_PET} properties born examples", ["2020-01-01"]),
    (f"{_PET} properties data", {"type": "string", "contentEncoding": "base64"}),
    (f"{_FORM_AT} schema properties f", {"type": "string", "contentMediaType": "application/octet-stream"}),
    ("components schemas Err_or", {
        "anyOf": [{"type": "object", "properties": {"code": {"type": "integer", "minimum": 1}}}, NULL]}),
)  # fmt: skip


@pytest.mark.parametrize("document", [OLD, NEW, NEW_3_1], ids=["2.0", "3.0", "3.1"])
def test_the_documents_compared_here_are_valid(document):
    assert problems(document) == []


@pytest.mark.parametrize("new", [NEW, NEW_3_1], ids=["3.0", "3.1"])
def test_a_right_conversion_has_no_difference(new):
    assert [str(each) for each in compare(OLD, new)] == []


SAME = {
    "explode said where it is the default": (f"{_GET} parameters 1 explode", True),
    "simple said where it is the default": ("paths /a/{id} parameters 0 style", "simple"),
    "a wrapped reference": (f"{_PET} properties next", {"allOf": [{"$ref": f"#/{_PET.replace(' ', '/')}"}]}),
    "anything said of the other members": (f"{_PET} additionalProperties", True),
    "a number with a point": (f"{_PET} properties born maxLength", 10.0),
    "a bound that is not excluded, said": (f"{_PET} properties born exclusiveMinimum", False),
    "another component": ("components schemas More", {"type": "string"}),
    "another extension": (f"{_PET} x-more", 1),
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME)
def test_what_means_the_same_is_no_difference(change):
    assert [str(each) for each in compare(OLD, changed(NEW, change))] == []


WRONG = {
    "operation lost": ((_PUT, ...), "operation"),
    "operation gained": (("paths /a/{id} head", {"responses": {"200": {"description": ""}}}), "operation"),
    "path level parameter not overridden": ((f"{_GET} parameters 0 name", "Q"), "parameter"),
    "parameter lost": ((f"{_GET} parameters 3", ...), "parameter"),
    "required lost": ((f"{_GET} parameters 0 required", ...), "required"),
    "path parameter optional": (("paths /a/{id} parameters 0 required", False), "required"),
    "csv exploded": ((f"{_GET} parameters 0 explode", ...), "written"),
    "multi joined": ((f"{_GET} parameters 1 explode", False), "written"),
    "style lost": ((f"{_GET} parameters 2 style", ...), "written"),
    "wrong style": ((f"{_GET} parameters 2 style", "pipeDelimited"), "written"),
    "allowEmptyValue lost": ((f"{_GET} parameters 2 allowEmptyValue", ...), "allow_empty"),
    "items lost": ((f"{_GET} parameters 0 schema items", {}), "type"),
    "count of items lost": ((f"{_GET} parameters 1 schema minItems", ...), "minItems"),
    "bound lost": ((f"{_GET} parameters 3 schema maximum", ...), "maximum"),
    "bound included": ((f"{_GET} parameters 3 schema exclusiveMaximum", ...), "maximum"),
    "default lost": ((f"{_GET} parameters 3 schema default", ...), "default"),
    "null refused": ((f"{_GET} parameters 3 schema nullable", ...), "null"),
    "media type of a body lost": ((f"{_PUT} requestBody content application/xml", ...), "media types"),
    "body optional": ((f"{_PUT} requestBody required", ...), "required"),
    "body lost": ((f"{_PUT} requestBody", ...), "body"),
    "body gained": ((f"{_GET} requestBody", {"content": {}}), "body"),
    "servers of an operation lost": ((f"{_PUT} servers", ...), "servers"),
    "scheme lost": (("servers 1", ...), "servers"),
    "base path lost": (("servers 0 url", "https://a.example"), "servers"),
    "form sent otherwise": (
        (f"{_POST} requestBody content", {"application/x-www-form-urlencoded": _FORM}),
        "media types of a form with files",
    ),
    "field lost": ((f"{_FORM_AT} schema properties l", ...), "field"),
    "required field optional": ((f"{_FORM_AT} schema required", ...), "required"),
    "list in a form exploded": ((f"{_FORM_AT} encoding", ...), "written"),
    "file as text": ((f"{_FORM_AT} schema properties f format", ...), "format"),
    "form of anything": ((f"{_FORM_AT} schema additionalProperties", False), "form"),
    "status lost": ((f"{_GET} responses default", ...), "response"),
    "media type of an answer lost": ((f"{_PUT} responses 200 content image/gif", ...), "media types"),
    "media type of an answer gained": ((f"{_PUT} responses 200 content image/webp", {}), "media types"),
    "schema of an answer lost": ((f"{_PUT} responses 200 content image/gif schema", ...), "schema"),
    "answer gained": ((f"{_POST} responses 204 content", {"text/plain": {}}), "content"),
    "falsy example lost": ((f"{_ANSWER} content application/json example", ...), "example"),
    "example of another type lost": ((f"{_ANSWER} content text/plain", ...), "example"),
    "header lost": ((f"{_ANSWER} headers X-Rate", ...), "header"),
    "bound in a header lost": ((f"{_ANSWER} headers X-Rate schema items minimum", ...), "minimum"),
    "extension rewritten": ((f"{_POST} responses 204 x-a $ref", "#/components/nowhere"), "x-a"),
    "no security lost": ((f"{_GET} security", ...), "security"),
    "alternative lost": (("security 1", ...), "security"),
    "both made either": (("security", [{"basic": []}, {"key": []}, {"code": ["r"]}]), "security"),
    "scope lost": (("security 0 code", []), "security"),
    "key elsewhere": (("components securitySchemes key in", "query"), "security"),
    "other flow": (
        ("components securitySchemes code flows", {"password": {"tokenUrl": "t", "scopes": {}}}), "security"),
    "scheme of a requirement renamed": (("components securitySchemes basic", ...), "security"),
    "schema lost": (("components schemas Cat", {"type": "object"}), "allOf"),
    "property lost": ((f"{_PET} properties born", ...), "property"),
    "required property optional": ((f"{_PET} required", ...), "required"),
    "enumerated value lost": ((f"{_PET} properties size enum", ["s", None]), "enum"),
    "null not among the enumerated": ((f"{_PET} properties size enum", ["s", "l"]), "null"),
    "nullable reference": (
        (f"{_PET} properties next", {"nullable": True, "allOf": [{"$ref": "#/components/schemas/Pet"}]}), "null"),
    "format lost": ((f"{_PET} properties born format", ...), "format"),
    "length lost": ((f"{_PET} properties born maxLength", ...), "maxLength"),
    "pattern inside lost": ((f"{_PET} properties tags additionalProperties pattern", ...), "pattern"),
    "other members refused": ((f"{_PET} additionalProperties", False), "null"),
    "other members allowed": (("components schemas Cat allOf 1 additionalProperties", ...), "null"),
    "read-only lost": ((f"{_PET} properties kind readOnly", ...), "readOnly"),
    "inheritance lost": (("components schemas Cat allOf 0", {}), "type"),
    "reference to another": ((f"{_PET} properties next $ref", "#/components/schemas/Cat"), "type"),
    "reference that leads nowhere": ((f"{_PET} properties next $ref", "#/components/schemas/Dog"), "reference"),
    "discriminator lost": ((f"{_PET} discriminator", ...), "discriminator"),
    "discriminator elsewhere": ((f"{_PET} discriminator propertyName", "next"), "discriminator"),
    "value of the discriminator lost": ((f"{_PET} discriminator mapping", ...), "discriminator value 'cat'"),
    "value of the discriminator gained": (
        (f"{_PET} discriminator mapping dog", "#/components/schemas/Cat"), "discriminator value 'dog'"),
    "a word that nobody knows": ((f"{_PET} properties born minimumLength", 3), "minimumLength"),
    "a word of parameters of 2.0": ((f"{_GET} parameters 0 schema collectionFormat", "csv"), "collectionFormat"),
    "renamed schema changed": (("components schemas Err_or properties code minimum", 2), "minimum"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "aspect"), WRONG.values(), ids=WRONG)
def test_a_wrong_conversion_is_found(change, aspect):
    assert aspect in {each.aspect for each in compare(OLD, changed(NEW, change))}


WRONG_IN_3_1 = {
    "null not said": ((f"{_PET} properties size anyOf 1", {"type": "string"}), "null"),
    "bound included": (
        (f"{_GET} parameters 3 schema", {"type": ["number", "null"], "maximum": 5, "default": 1}), "maximum"),
    "bytes as text": ((f"{_PET} properties data contentEncoding", ...), "format"),
    "nullable, which 3.1 does not know": (("components schemas Err_or", {"type": "object", "nullable": True,
        "properties": {"code": {"type": "integer", "minimum": 1}}}), "null"),
    "restricted beside a reference": ((f"{_PET} properties next maxProperties", 1), "maxProperties"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "aspect"), WRONG_IN_3_1.values(), ids=WRONG_IN_3_1)
def test_a_wrong_upgrade_is_found(change, aspect):
    assert aspect in {each.aspect for each in compare(OLD, changed(NEW_3_1, change))}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(
            {"x-nullable": True, "type": "string", "enum": [None]}, {"enum": [None], "nullable": True}, id="3.0"
        ),
        pytest.param({"x-nullable": True, "type": "string", "enum": [None]}, {"type": "null"}, id="3.1"),
    ],
)
def test_null_alone_is_null_alone_however_it_is_said(old, new):
    head = {"info": {"title": "", "version": ""}, "paths": {}}
    version = "3.0.3" if "nullable" in new else "3.1.0"
    older = {"swagger": "2.0", **head, "definitions": {"X": old}}
    assert compare(older, {"openapi": version, **head, "components": {"schemas": {"X": new}}}) == []


def test_siblings_of_a_reference_are_read_only_where_they_are_meant():
    head = {"info": {"title": "", "version": ""}, "paths": {}}
    old = {"swagger": "2.0", **head, "definitions": {"X": {}, "Y": {"$ref": "#/definitions/X", "readOnly": True}}}
    reference = {"$ref": "#/components/schemas/X"}
    new = {"openapi": "3.0.3", **head, "components": {"schemas": {"X": {}, "Y": reference}}}
    assert compare(old, new) == []
    assert [str(each) for each in compare(old, new, siblings=frozenset({"readOnly"}))] == [
        "schema 'Y': readOnly was True, is 'missing'"
    ]
