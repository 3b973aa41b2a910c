from __future__ import annotations

import copy
import timeit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_python_client.strings import ClassName, PythonIdentifier
from openapi_spec_validator import OpenAPIV31SpecValidator

from scripts.document import at, follow, read
from scripts.errors import DocumentError
from scripts.normalise import normalise
from scripts.normalise.classes import clashes, class_name, classes
from scripts.normalise.lift import lift, liftable, moved

from .generator import parsed

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


@pytest.mark.parametrize("named", [True, False], ids=["with the names given", "with names of its own"])
def test_a_generator_drops_nothing_once_schemas_are_lifted(apis, named):
    data, _ = normalise(read(apis["wasabi_air"].source))
    naive = parsed(copy.deepcopy(data))
    assert naive.complaints, "the naive conversion generates whole: this test shows nothing"
    assert not {"Job", "JobSubmissionResponse"} & naive.names
    names = {here: name for here, name in apis["wasabi_air"].names.items() if named and _there(data, here)}
    result, _ = lift(data, names=names)
    assert [str(error) for error in OpenAPIV31SpecValidator(result).iter_errors()] == []
    whole = parsed(copy.deepcopy(result))
    assert whole.complaints == []
    assert whole.names >= {"Job", "JobSubmissionResponse", "JobStatus", "JobState" if named else "Status"}


def _there(data, here) -> bool:
    try:
        at(data, here)
    except KeyError:
        return False
    return True


def real_documents(shared):
    """The documents of the sample that can be normalised, as OpenAPI 3.1."""
    for path in sorted((shared / "corpus").iterdir()):
        if path.suffix in (".json", ".yaml"):
            yield path.name, normalise(read(path))[0]


def errors(data):
    return [str(error) for error in OpenAPIV31SpecValidator(data).iter_errors()]


@pytest.mark.slow
def test_lifting_real_documents_is_safe(shared):
    lifted_somewhere = 0
    for name, data in real_documents(shared):
        result, moves = lift(data, names={})
        if not moves:
            assert result == data, name
            continue
        lifted_somewhere += 1
        if len(data["paths"]) < 50:  # the validator is slow
            assert errors(result) == [] or len(errors(result)) == len(errors(data)), name
        assert same(data, result), name
        assert lift(result, names={}) == (result, {}), name
        new = set(moves.values())
        assert not [some for some in clashes(classes(result)) if new & {each.pointer for each in some}], name
        before, after = parsed(copy.deepcopy(data)), parsed(copy.deepcopy(result))
        assert len(after.complaints) <= len(before.complaints), name
    assert lifted_somewhere > 5


# --- On any document ----------------------------------------------------------------------------


NAMES = st.sampled_from(["a", "b", "A", "aB", "a_b", "ab", "item", "b_item", "type_0"])
TITLES = st.sampled_from(["a", "A b", "x/b", "b", "é"])


def said(node):
    """Schemas like `node`, with what may be said of their place."""
    return st.tuples(
        node, st.fixed_dictionaries({}, optional={"title": TITLES, "description": NAMES, "examples": st.just(["a"])})
    ).map(lambda pair: {**pair[0], **pair[1]})


def enumerations():
    values = st.lists(st.sampled_from(["a", "b", "-"]), min_size=1, max_size=3, unique=True)
    mixed = st.lists(st.sampled_from(["a", 1, None, True, 1.5]), min_size=1, max_size=3, unique_by=repr)
    return st.one_of(
        values.map(lambda some: {"type": "string", "enum": some}),
        values.map(lambda some: {"type": "string", "enum": some, "default": some[0]}),
        mixed.map(lambda some: {"enum": some}),
    )


def objects(inner):
    properties = st.dictionaries(NAMES, inner, min_size=1, max_size=3)
    extra = st.fixed_dictionaries(
        {}, optional={"additionalProperties": inner | st.booleans(), "required": st.just(["a"])}
    )
    return st.tuples(properties, extra).map(lambda pair: {"type": "object", "properties": pair[0], **pair[1]})


def combined(inner):
    return st.one_of(
        inner.map(lambda one: {"type": "array", "items": one}),
        inner.map(lambda one: {"anyOf": [one, {"type": "null"}]}),
        st.tuples(inner, inner).map(lambda two: {"allOf": list(two)}),
        st.tuples(inner, inner).map(lambda two: {"oneOf": list(two)}),
    )


REFERENCES = st.sampled_from(
    [
        "/components/schemas/a",
        "/components/schemas/a/properties/b",
        "/components/schemas/A/properties/a",
        "/components/schemas/b",
    ]
).map(lambda pointer: {"$ref": f"#{pointer}"})
SCHEMAS = st.recursive(
    st.one_of(said(enumerations()), REFERENCES, st.just({"type": "string"})),
    lambda inner: said(st.one_of(objects(inner), combined(inner))),
    max_leaves=12,
)


@st.composite
def documents(draw):
    """OpenAPI 3.1 documents whose names are much alike, and whose references lead somewhere."""
    schemas = draw(st.dictionaries(NAMES, SCHEMAS, max_size=4))
    answers = draw(st.lists(SCHEMAS, max_size=2))
    parameters = draw(st.lists(SCHEMAS, max_size=2))
    operations = {
        "parameters": [{"name": f"p{index}", "in": "query", "schema": each} for index, each in enumerate(parameters)],
        "responses": {
            f"20{index}": {"description": "d", "content": {"application/json": {"schema": each}}}
            for index, each in enumerate(answers)
        }
        or {"200": {"description": "d"}},
    }
    path = {"get": {"operationId": "a", **operations}, "post": {"operationId": "a_b", **copy.deepcopy(operations)}}
    return settled(document(paths={"/a": path}, **schemas))


def settled(data):
    """`data` with what refers to nothing, or to itself for ever, as a plain text."""

    def change(node):
        if isinstance(node, list):
            return [change(each) for each in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node and not leads(node):
            return {"type": "string"}
        return {key: change(each) for key, each in node.items()}

    def leads(node):
        try:
            follow(data, node)
        except KeyError:
            return False
        return True

    while (changed := change(data)) != data:
        data = changed
    return data


def same(one, other):
    """Whether the operations and components of two documents mean the same: references followed, as deep as they go.

    What is set aside in comparison (title, description, examples, order) is so here.
    """
    seen = set()
    waiting = [(one.get("paths"), other.get("paths")), _components(one, other)]
    while waiting:
        mine, theirs = waiting.pop()
        mine, theirs = _whole(one, mine), _whole(other, theirs)
        if isinstance(mine, dict) and isinstance(theirs, dict):
            if (id(mine), id(theirs)) in seen:
                continue
            seen.add((id(mine), id(theirs)))
            if mine.keys() - SAID != theirs.keys() - SAID:
                return False
            waiting += [(_ordered(key, mine[key]), _ordered(key, theirs[key])) for key in mine.keys() - SAID]
        elif isinstance(mine, list) and isinstance(theirs, list) and len(mine) == len(theirs):
            waiting += zip(mine, theirs, strict=True)
        elif mine != theirs:
            return False
    return True


def _ordered(key, value):
    """`value`, in an order of its own where order says nothing; as a text where it is data."""
    if key.startswith("x-"):
        return repr(value)
    return sorted(value, key=repr) if key in ("enum", "required") and isinstance(value, list) else value


SAID = {"title", "description", "examples"}


def _components(one, other):
    """The components of both; of the schemas those that the first has."""
    mine, theirs = one.get("components", {}), other.get("components", {})
    schemas = {key: each for key, each in theirs.get("schemas", {}).items() if key in mine.get("schemas", {})}
    return {"schemas": {}, **mine}, {**theirs, "schemas": schemas}


def _whole(data, node):
    """`node`, or what it refers to with what is said beside the reference."""
    if not isinstance(node, dict) or not isinstance(node.get("$ref"), str):
        return node
    return follow(data, node)


@given(documents())
@settings(max_examples=100, deadline=None)
def test_lifting_keeps_what_every_operation_means(data):
    assert same(data, lift(data, names={})[0])


@given(documents())
@settings(max_examples=100, deadline=None)
def test_lifting_any_document_again_changes_nothing(data):
    result, _ = lift(data, names={})
    assert lift(result, names={}) == (result, {})


@given(documents(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_members_changes_nothing(data, chance):
    def shuffled(node):
        if isinstance(node, list):
            return [shuffled(each) for each in node]
        if not isinstance(node, dict):
            return node
        keys = list(node)
        chance.shuffle(keys)
        return {key: shuffled(node[key]) for key in keys}

    assert lift(shuffled(data), names={}) == lift(data, names={})


@given(documents())
@settings(max_examples=100, deadline=None)
def test_no_lifted_name_is_that_of_another_class(data):
    result, _ = lift(data, names={})
    new = result["components"]["schemas"].keys() - data["components"]["schemas"].keys()
    named = [class_name(name) for name in new]
    others = [each for each in classes(result) if each.pointer.removeprefix("/components/schemas/") not in new]
    taken = {(str(ClassName(each, "f")), str(PythonIdentifier(each, "f"))) for each in named}
    assert len(taken) == len(new) == len({module for _, module in taken})
    assert not {module for _, module in taken} & {each.module for each in others}


@given(documents())
@settings(max_examples=100, deadline=None)
def test_what_can_be_lifted_is_never_taken_for_another_class(data):
    result, _ = lift(data, names={})
    for some in clashes(classes(result)):
        for each in some:
            assert each.pointer.count("/") == 3 or not liftable(at(result, each.pointer)), each


@given(documents())
@settings(max_examples=100, deadline=None)
def test_each_old_pointer_leads_to_an_equal_schema(data):
    result, moves = lift(data, names={})
    for old, new in moves.items():
        assert same_schema(data, result, at(data, old), at(result, new)), old


def same_schema(one, other, mine, theirs):
    head = {"paths": {"x": mine}, "components": {**one["components"], "schemas": one["components"]["schemas"]}}
    tail = {"paths": {"x": theirs}, "components": other["components"]}
    return same(head, tail)


@given(documents(), NAMES)
@settings(max_examples=100, deadline=None)
def test_in_3_0_what_is_said_of_a_place_stands_around_the_reference(data, name):
    data = {
        **data,
        "openapi": "3.0.3",
        "components": {
            "schemas": {**data["components"]["schemas"], name: thing(s={**STATES, "description": "d"}, t=STATES)}
        },
    }
    result, moves = lift(data, names={})
    for old in moves:
        node = at(result, moved(old.rpartition("/")[0], moves) + "/" + old.rpartition("/")[2])
        assert list(node) == ["$ref"] or (
            node.keys() <= {"title", "description", "examples", "allOf"} and len(node["allOf"]) == 1
        )


def nested(depth):
    node = thing(end=STATES, other=STATES)
    for _ in range(depth):
        node = {"type": "array", "items": node}
    return node


def test_documents_as_deep_as_they_may_be_are_lifted():
    data = document(A=thing(s=nested(180)), B=thing(s=nested(180)))
    result, moves = lift(data, names={})
    assert len(set(moves.values())) == 2
    assert same(data, result)


def test_time_grows_with_the_size_and_not_with_its_square():
    def document_of(size):
        wide = {f"p{index}": thing(s=STATES, t=thing(u=STATES)) for index in range(size)}
        return document(A=thing(**wide), B=thing(x=nested(60)))

    def seconds(data):
        return min(timeit.repeat(lambda: lift(data, names={}), number=1, repeat=3))

    assert seconds(document_of(1600)) < 30 * seconds(document_of(200))


@pytest.mark.parametrize(
    ("schemas", "expected"),
    [
        pytest.param({"Job": thing(Status=STATES), "JobStatus": thing(a={})}, {"Status"}, id="a component"),
        pytest.param({"A": thing(b=thing(c=STATES), b_c={"enum": ["x"]})}, {"BC", "C"}, id="each other"),
        pytest.param({"A": thing(b={**STATES, "title": "x" * 250})}, {"B"}, id="a module that cannot be written"),
        pytest.param(
            {"A": thing(s=thing(b=thing(c={}), b_c=thing(d={}))), "B": thing(s=thing(b=thing(c={}), b_c=thing(d={})))},
            {"S", "ASB", "BC"},
            id="within what is lifted",
        ),
    ],
)
def test_what_a_generator_would_take_for_another_is_lifted_though_it_occurs_once(schemas, expected):
    data = document(**schemas)
    result, _ = lifted(data)
    assert result.keys() - schemas.keys() == expected
    assert not list(clashes(classes({"components": {"schemas": result}})))


def test_what_differs_in_a_reference_to_the_same_alone_is_lifted_too():
    data = document(A=thing(s=STATES, x=thing(t=STATES)), B=thing(y=thing(t=ref("A/properties/s"))))
    result, moves = lift(data, names={})
    assert moves == {
        f"{A}/properties/s": "/components/schemas/AS",
        f"{A}/properties/x": "/components/schemas/AX",
        f"{A}/properties/x/properties/t": "/components/schemas/AS",
        "/components/schemas/B/properties/y": "/components/schemas/AX",
    }
    assert lift(result, names={}) == (result, {})


def test_what_names_its_own_place_stays():
    anchored = {**STATES, "$anchor": "x"}
    apart = {**thing(a=STATES, b=STATES), "$id": "https://example.com/x"}
    data = document(A=thing(s=anchored, t=apart), B=thing(s=anchored, t=apart))
    assert lift(data, names={}) == (data, {})
