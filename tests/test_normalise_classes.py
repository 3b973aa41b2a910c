from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openapi_python_client.parser.properties.enum_property import EnumProperty
from openapi_python_client.parser.properties.schemas import Class
from openapi_python_client.strings import ClassName, PythonIdentifier

from scripts.document import read
from scripts.normalise import normalise
from scripts.normalise.classes import clashes, class_name, classes, member_names, module_name

from .generator import CONFIG, parsed

TEXTS = st.text(st.sampled_from("aAbBzZ019_.- /\\éÉßñ中·²{}#")) | st.text(max_size=8)


def plain(name: str) -> str:
    """A name of the generator without the underscore that a reserved word gets."""
    return str(name).rstrip("_")


@given(TEXTS)
def test_classes_and_modules_are_called_as_the_generator_calls_them(text):
    assert class_name(text).rstrip("_") == plain(ClassName(text, "field_"))
    assert module_name(text).rstrip("_") == plain(PythonIdentifier(text, "field_"))


@given(
    st.lists(TEXTS, min_size=1, unique_by=lambda text: text.upper()) | st.lists(st.integers(), min_size=1, unique=True)
)
def test_members_are_called_as_the_generator_calls_them(values):
    info = Class.from_string(string="X", config=CONFIG)
    try:
        theirs = EnumProperty.values_from_list(values, info, [])
    except ValueError:
        return
    assert set(member_names(values)) == set(theirs)


TEXT = {"type": "string", "enum": ["a", "b"]}


def document(paths=None, parameters=None, responses=None, bodies=None, **schemas):
    components = {"schemas": schemas, "parameters": parameters or {}, "responses": responses or {}}
    head = {"openapi": "3.1.1", "info": {"title": "T", "version": "1"}, "paths": paths or {}}
    return {**head, "components": {**components, "requestBodies": bodies or {}}}


def thing(**properties):
    return {"type": "object", "properties": properties}


def content(schema, *kinds):
    return {"description": "d", "content": {kind: {"schema": schema} for kind in kinds or ("application/json",)}}


def operation(**members):
    return {"operationId": "getIt", "responses": {"200": {"description": "d"}}, **members}


def parameter(schema, name="p", where="query"):
    return {"name": name, "in": where, "schema": schema, **({"required": True} if where == "path" else {})}


DOCUMENTS = {
    "properties": document(A=thing(b=thing(c=TEXT), **{"c-d": TEXT})),
    "titles": document(A={**thing(b={**TEXT, "title": "my b"}), "title": "some/Thing"}),
    "lists": document(A=thing(b={"type": "array", "items": thing(c=TEXT)}), B={"type": "array", "items": TEXT}),
    "a list by position": document(A=thing(b={"type": "array", "prefixItems": [TEXT, thing()]})),
    "alternatives": document(
        A=thing(b={"anyOf": [TEXT, thing()], "oneOf": [{**thing(c=TEXT), "title": "T"}, {"type": "null"}]})
    ),
    "one alternative": document(A=thing(b={"anyOf": [{"$ref": "#/components/schemas/B"}]}), B=thing()),
    "parts": document(A={"allOf": [{"$ref": "#/components/schemas/B"}, thing(c=TEXT)]}, B=thing(d=thing())),
    "maps": document(A={"type": "object", "additionalProperties": thing(b=TEXT)}),
    "null": document(A=thing(b={"enum": ["a", None]}, c={"type": ["object", "null"], "properties": {"d": TEXT}})),
    "whole numbers": document(A=thing(b={"enum": [1, -1]}, c={"enum": [1], "x-enum-varnames": ["one"]})),
    "no classes": document(
        A={"type": "string"},
        B=thing(a={"type": "boolean", "enum": [True]}, b={"const": 1}, c={}, d={"enum": [None]}, e={"not": thing()}),
    ),
    "operations": document(
        {
            "/a-b/{p}": {
                "parameters": [parameter(TEXT, "p", "path"), parameter(thing(), "q"), parameter(TEXT, "r")],
                "get": operation(parameters=[{"$ref": "#/components/parameters/R"}]),
                "put": operation(operationId="put-it", requestBody={"$ref": "#/components/requestBodies/B"}),
                "post": {
                    "responses": {
                        "default": {"$ref": "#/components/responses/R"},
                        "2XX": content(TEXT, "application/x", "text/plain", "application/json; charset=utf-8"),
                    },
                    "requestBody": content(TEXT, "application/json", "application/x"),
                },
            }
        },
        parameters={"R": parameter(TEXT, "r")},
        responses={"R": content(thing(x=TEXT), "application/problem+json")},
        bodies={"B": content(thing(y=TEXT))},
    ),
    "forms": document(
        {"/": {"post": operation(requestBody=content(thing(f=TEXT), "multipart/form-data", "application/json"))}}
    ),
}


@pytest.mark.parametrize("data", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_the_classes_are_those_that_the_generator_makes(data):
    theirs = parsed(copy.deepcopy(data))
    assert {(each.name, each.module) for each in classes(data)} == theirs.classes


@pytest.mark.slow
def test_of_real_documents_the_classes_are_those_that_the_generator_makes_and_drops(shared):
    for path in sorted((shared / "corpus").glob("*.*")):
        if path.suffix not in (".json", ".yaml"):
            continue
        data, _ = normalise(read(path))
        theirs = parsed(copy.deepcopy(data))
        ours = {(each.name, each.module) for each in classes(data)}
        assert theirs.classes <= ours, path.name
        assert theirs.complaints or theirs.classes == ours, path.name


@pytest.mark.parametrize(
    ("schemas", "expected"),
    [
        pytest.param({"job_status": thing(), "JobStatus": thing()}, ["JobStatus"], id="components"),
        pytest.param({"Foo.Bar": thing(), "FooBar": thing()}, ["FooBar"], id="components with a dot"),
        pytest.param({"Job": thing(Status=TEXT), "JobStatus": thing()}, ["JobStatus"], id="what stands inside"),
        pytest.param({"FooBAR": thing(), "FooBar": thing()}, ["FooBAR", "FooBar"], id="one module"),
        pytest.param({"A": {**thing(), "title": "B"}, "B": thing()}, ["B"], id="a title"),
        pytest.param({"A": {"enum": ["a", "b"]}, "a": {"enum": ["b", "a"]}}, [], id="the same enumeration"),
        pytest.param({"A": {"enum": ["-", "b"]}, "a": {"enum": ["b", "-"]}}, ["A"], id="members by their place"),
        pytest.param({"A": {"enum": ["a"]}, "a": {"enum": ["b"]}}, ["A"], id="another enumeration"),
        pytest.param({"foobar": thing(), "FooBar": thing()}, [], id="no clash"),
    ],
)
def test_classes_that_the_generator_takes_for_each_other_clash(schemas, expected):
    found = list(clashes(classes(document(**schemas))))
    assert sorted({each.name for some in found for each in some}) == expected
