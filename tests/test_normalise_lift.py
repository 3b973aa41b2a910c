from __future__ import annotations

import copy
from pathlib import Path

import pytest
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_spec_validator import OpenAPIV31SpecValidator

from scripts.document import at, read
from scripts.errors import DocumentError
from scripts.normalise import lift, moved, normalise

STATES = {"type": "string", "enum": ["a", "b"]}


def document(*, paths=None, **schemas):
    head = {"openapi": "3.1.1", "info": {"title": "T", "version": "1"}, "paths": paths or {}}
    return {**head, "components": {"schemas": schemas}}


def thing(**properties):
    return {"type": "object", "properties": properties}


def lifted(data, **names):
    """The lifted document, which is valid, and where things moved; `names` have `_` for `/properties/`."""
    places = {"/components/schemas/" + key.replace("_", "/properties/"): name for key, name in names.items()}
    result, moves = lift(data, names=places)
    assert [str(error) for error in OpenAPIV31SpecValidator(result).iter_errors()] == []
    return result["components"]["schemas"], moves


def ref(name):
    return {"$ref": f"#/components/schemas/{name}"}


# --- What is lifted ---------------------------------------------------------------------------


def test_equal_schemas_become_one_and_their_places_keep_what_is_said_of_them():
    first = {**STATES, "title": "One", "description": "first", "examples": ["a"]}
    second = {**STATES, "description": "second"}
    schemas, moves = lifted(document(A=thing(s=first), B=thing(s=second), C=thing(s=STATES)))
    assert schemas == {
        "A": thing(s={**ref("S"), "title": "One", "description": "first", "examples": ["a"]}),
        "B": thing(s={**ref("S"), "description": "second"}),
        "C": thing(s=ref("S")),
        "S": STATES,
    }
    assert moves == {f"/components/schemas/{each}/properties/s": "/components/schemas/S" for each in "ABC"}


def test_what_occurs_once_stays_unless_it_has_a_name():
    data = document(A=thing(s=STATES))
    assert lifted(data) == (data["components"]["schemas"], {})
    assert lifted(data, A_s="State")[0] == {"A": thing(s=ref("State")), "State": STATES}


def test_every_equal_schema_joins_the_named_one_whatever_it_is_called():
    parameter = {"name": "p", "in": "query", "schema": STATES}
    body = {"content": {"application/json": {"schema": thing(deep={"type": "array", "items": STATES})}}}
    responses = {"200": {"description": "d", "headers": {"H": {"schema": STATES}}, "content": body["content"]}}
    operation = {"parameters": [parameter], "requestBody": body, "responses": responses}
    data = document(paths={"/a": {"post": operation}}, A=thing(s=STATES))
    result, moves = lift(data, names={"/components/schemas/A/properties/s": "State"})
    assert list(moves.values()).count("/components/schemas/State") == 5
    assert result["paths"]["/a"]["post"]["parameters"][0]["schema"] == ref("State")
    assert result["paths"]["/a"]["post"]["responses"]["200"]["headers"]["H"]["schema"] == ref("State")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param({**STATES, "x-a": 1}, STATES, id="an extension"),
        pytest.param(
            thing(a={"type": "integer", "default": 1}),
            thing(a={"type": "integer", "default": 2}),
            id="an inner default",
        ),
        pytest.param({**thing(a={}), "required": ["a"]}, thing(a={}), id="required members"),
        pytest.param(thing(title={"type": "string"}), thing(title={"type": "integer"}), id="a property called title"),
        pytest.param(thing(description={}), thing(example={}), id="properties called as what is set aside"),
        pytest.param({"enum": [{"title": "a"}]}, {"enum": [{"title": "b"}]}, id="data"),
    ],
)
def test_what_differs_is_not_lifted(one, other):
    assert lifted(document(A=thing(s=one), B=thing(s=other)))[1] == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            {"type": "string", "enum": ["a", "b"]}, {"enum": ["b", "a"], "type": "string"}, id="order of values"
        ),
        pytest.param(
            {**thing(a={}, b={}), "required": ["a", "b"]},
            {"required": ["b", "a"], **thing(b={}, a={})},
            id="order of members",
        ),
        pytest.param(
            thing(a={"type": "string", "description": "x", "examples": [1]}),
            thing(a={"type": "string"}),
            id="inner descriptions",
        ),
    ],
)
def test_what_differs_in_order_or_words_alone_is_equal(one, other):
    assert len(lifted(document(A=thing(s=one), B=thing(s=other)))[1]) == 2


@pytest.mark.parametrize(
    "node",
    [
        pytest.param({**STATES, "default": "a"}, id="with a default"),
        pytest.param({"enum": ["a", None]}, id="with null"),
        pytest.param({"enum": [True, False]}, id="booleans"),
        pytest.param({"type": "object"}, id="an object without properties"),
        pytest.param({"type": "string"}, id="no enumeration"),
    ],
)
def test_what_is_not_liftable_stays(node):
    assert lifted(document(A=thing(s=node), B=thing(s=node)))[1] == {}


def test_inner_schemas_are_lifted_before_outer_ones():
    def source():
        return thing(state={**STATES, "description": "d"}, other={"type": "integer"})

    schemas, moves = lifted(document(A=thing(source=source()), B=thing(source=source()), C=thing(state=STATES)))
    assert schemas["Source"] == thing(state={**ref("State"), "description": "d"}, other={"type": "integer"})
    assert schemas["A"] == schemas["B"] == thing(source=ref("Source"))
    assert moves == {
        "/components/schemas/A/properties/source": "/components/schemas/Source",
        "/components/schemas/A/properties/source/properties/state": "/components/schemas/State",
        "/components/schemas/B/properties/source": "/components/schemas/Source",
        "/components/schemas/B/properties/source/properties/state": "/components/schemas/State",
        "/components/schemas/C/properties/state": "/components/schemas/State",
    }


def test_of_a_nullable_enumeration_the_enumeration_is_lifted():
    null = {"type": "null"}
    schemas, _ = lifted(document(A=thing(s={"anyOf": [STATES, null]}), B=thing(s=STATES)))
    assert schemas["A"] == thing(s={"anyOf": [ref("S"), null]})


def test_a_part_of_an_all_of_is_not_lifted_for_itself():
    whole = {"allOf": [ref("Base"), thing(a={"type": "string"})]}
    assert lifted(document(A=whole, B=copy.deepcopy(whole), Base=thing(b={})))[1] == {}


def test_references_into_what_moved_are_led_there():
    data = document(
        A=thing(s=thing(in_={"type": "string"})),
        B=thing(s=thing(in_={"type": "string"})),
        C=thing(t={"$ref": "#/components/schemas/B/properties/s/properties/in_"}),
    )
    assert lifted(data)[0]["C"] == thing(t={"$ref": "#/components/schemas/S/properties/in_"})


def test_lifting_again_changes_nothing():
    data = document(A=thing(s=thing(t=STATES)), B=thing(s=thing(t=STATES)))
    result, _ = lift(data, names={})
    assert lift(result, names={}) == (result, {})


def test_the_document_given_stays_as_it_is():
    data = document(A=thing(s=STATES), B=thing(s=STATES))
    before = copy.deepcopy(data)
    lift(data, names={})
    assert data == before


# --- What it is called --------------------------------------------------------------------------


def names_of(data, **names):
    schemas, _ = lifted(data, **names)
    return sorted(schemas.keys() - data["components"]["schemas"].keys())


@pytest.mark.parametrize(
    ("schemas", "expected"),
    [
        pytest.param({"A": thing(job_state=STATES), "B": thing(job_state=STATES)}, "JobState", id="agreed"),
        pytest.param({"B": thing(x=STATES), "A": thing(y=STATES)}, "AY", id="first by pointer"),
        pytest.param({"A": thing(s=STATES), "B": thing(s=STATES), "S": {}}, "AS", id="a component has the name"),
        pytest.param({"A": thing(s=STATES), "B": thing(s=STATES), "s_": {}}, "AS", id="a component has the class"),
        pytest.param(
            {"A": thing(s=STATES), "B": thing(s=STATES), "S": {}, "a_s": {}}, "AS2", id="a component has the full name"
        ),
        pytest.param(
            {"A": thing(xY=STATES), "B": thing(xY=STATES), "x": thing(y=thing(z={}))},
            "AXY",
            id="an inline object has the class",
        ),
        pytest.param(
            {"A": thing(s=STATES), "B": thing(s=STATES), "C": {**thing(z={}), "title": "S"}},
            "AS",
            id="a title has the class",
        ),
        pytest.param(
            {"A": thing(s={"type": "array", "items": STATES}), "B": thing(s={"type": "array", "items": STATES})},
            "SItem",
            id="in a list",
        ),
        pytest.param({"A": thing(ключ=STATES), "B": thing(ключ=STATES)}, "Schema", id="no letter of use"),
    ],
)
def test_names_come_from_the_places(schemas, expected):
    assert names_of(document(**schemas)) == [expected]


def test_a_schema_without_a_property_is_called_after_its_operation():
    media = {"content": {"a/b": {"schema": thing(x={})}, "c/d": {"schema": thing(x={})}}}
    answer, plain = {"responses": {"200": {"description": "d", **media}}}, {"200": {"description": "d"}}
    paths = {"/a/{id}": {"get": answer, "put": {"operationId": "putIt", "requestBody": media, "responses": plain}}}
    paths["/a/{id}"]["parameters"] = [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]
    data = document(paths=paths)
    assert names_of(data) == ["GetAIdResponse200"]
    del paths["/a/{id}"]["get"]
    assert names_of(data) == ["PutItBody"]


def test_names_and_order_do_not_depend_on_the_order_of_members():
    one = document(A=thing(s=STATES, t=thing(u={})), B=thing(v=STATES, t=thing(u={})))
    other = document(B=thing(t=thing(u={}), v=STATES), A=thing(t=thing(u={}), s=STATES))
    first, second = lift(one, names={}), lift(other, names={})
    assert first == second
    assert list(first[0]["components"]["schemas"])[2:] == list(second[0]["components"]["schemas"])[2:] == ["AS", "T"]


def refused(data, names):
    with pytest.raises(DocumentError) as caught:
        lift(data, names=names)
    return [(problem.pointer, problem.what) for problem in caught.value.problems]


A = "/components/schemas/A"


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        pytest.param({f"{A}/properties/no": "N"}, "there is no schema to be named N", id="nowhere"),
        pytest.param({f"{A}/properties": "N"}, "this is not a schema", id="no schema"),
        pytest.param({A: "N"}, "this is a component already and cannot be named N", id="a component"),
        pytest.param({f"{A}/properties/r": "N"}, "this cannot be named N: it is a reference already", id="a reference"),
        pytest.param(
            {f"{A}/properties/d": "N"},
            "this cannot be named N: it has a `default`, which generators drop beside a reference",
            id="a default",
        ),
        pytest.param(
            {f"{A}/properties/p": "N"},
            "this cannot be named N: it is neither an enumeration of texts or whole numbers"
            " nor an object with properties",
            id="a string",
        ),
        pytest.param(
            {f"{A}/properties/s": "b"}, "the name b is that of the component B too, which differs", id="taken"
        ),
        pytest.param({f"{A}/properties/s": "N N"}, "'N N' cannot name a component", id="illegal"),
    ],
)
def test_a_name_that_cannot_be_given_is_an_error(names, problem):
    data = document(A=thing(s=STATES, r=ref("B"), d={**STATES, "default": "a"}, p={"type": "string"}), B=thing())
    assert refused(data, names) == [(next(iter(names)), problem)]


def test_one_name_for_different_schemas_and_different_names_for_equal_ones_are_errors():
    data = document(A=thing(s=STATES, t=STATES, u=thing(v={})))
    one, two, three = (f"{A}/properties/{name}" for name in "stu")
    assert refused(data, {one: "N", three: "n"}) == [(three, f"the name n is that of {one} too, which differs")]
    assert refused(data, {one: "N", two: "M"}) == [(one, "equal schemas are given different names: M, N")]
    assert len(refused(data, {one: "B C", f"{A}/no": "N", three: "A"})) == 3
    assert names_of(data, A_s="N", A_t="N") == ["N"]


# --- Where things went --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/a/s", "/S"),
        ("/a/s/enum/0", "/S/enum/0"),
        ("/a/s/properties/t", "/T"),
        ("/a/s/properties/t/type", "/T/type"),
        ("/a/s/properties/u/type", "/S/properties/u/type"),
        ("/a/s/description", "/a/s/description"),
        ("/a/s/examples/0", "/a/s/examples/0"),
        ("/a/s/properties/t/description", "/S/properties/t/description"),
        ("/a/st", "/a/st"),
        ("/b", "/b"),
        ("", ""),
    ],
)
def test_an_old_pointer_is_led_to_where_its_part_is_now(old, new):
    assert moved(old, {"/a/s": "/S", "/a/s/properties/t": "/T"}) == new


def test_every_old_pointer_leads_to_an_equal_part(apis):
    api = apis["wasabi_air"]
    data, _ = normalise(read(api.source))
    result, moves = lift(data, names={})
    assert moves

    def leaves(node, here=""):
        if not isinstance(node, (dict, list)) or not node:
            yield here, node
            return
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from leaves(value, f"{here}/{str(key).replace('~', '~0').replace('/', '~1')}")

    for old, value in leaves(data):
        assert at(result, moved(old, moves)) == value or old.endswith("$ref")


# --- What it is for -----------------------------------------------------------------------------


def generated(data) -> tuple[list[str], set[str], set[str]]:
    """What a client generator complains of, and the models and enumerations that it makes."""
    config = Config.from_sources(
        ConfigFile(), MetaType.NONE, Path("document.yaml"), "utf-8", overwrite=False, output_path=None
    )
    parsed = GeneratorData.from_dict(copy.deepcopy(data), config=config)
    assert isinstance(parsed, GeneratorData), parsed
    complaints = [error.header for error in parsed.errors]
    complaints += [error.header for each in parsed.endpoint_collections_by_tag.values() for error in each.parse_errors]
    models = {str(model.class_info.name) for model in parsed.models}
    return complaints, models, {str(enum.class_info.name) for enum in parsed.enums}


@pytest.mark.parametrize("named", [True, False], ids=["with the names given", "with names of its own"])
def test_a_generator_drops_nothing_once_schemas_are_lifted(apis, named):
    data, _ = normalise(read(apis["wasabi_air"].source))
    naive, models, _ = generated(data)
    assert naive, "the naive conversion generates whole: this test shows nothing"
    assert not {"Job", "JobSubmissionResponse"} & models
    names = {here: name for here, name in apis["wasabi_air"].names.items() if named and _there(data, here)}
    result, _ = lift(data, names=names)
    assert [str(error) for error in OpenAPIV31SpecValidator(result).iter_errors()] == []
    complaints, models, enums = generated(result)
    assert complaints == []
    assert models >= {"Job", "JobSubmissionResponse", "JobStatus"}
    assert ("JobState" if named else "Status") in {str(name) for name in enums} | models


def _there(data, here) -> bool:
    try:
        at(data, here)
    except KeyError:
        return False
    return True


@pytest.mark.slow
def test_lifting_real_documents_keeps_them_valid_and_costs_a_generator_nothing(shared):
    for name in ("moby-1.25.yaml", "ar-url.json", "fake-endpoints.yaml", "quay.json"):
        data, _ = normalise(read(shared / "corpus" / name))
        result, moves = lift(data, names={})
        assert moves
        assert [str(error) for error in OpenAPIV31SpecValidator(result).iter_errors()] == [], name
        assert sorted(generated(result)[0]) == sorted(generated(data)[0]), name
