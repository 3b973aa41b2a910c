"""Each rule of `diff`: what is said of one change, and whom it breaks."""

from __future__ import annotations

import copy
import json

import pytest

from scripts import document
from scripts.diff import Change, diff
from scripts.document import Json
from scripts.normalise import normalise

SAFE, MAY, BREAKS = "safe", "may break", "breaks"


def with_schema(schema: Json, direction: str = "request", **components: Json) -> Json:
    """A document with one operation, in whose request or answer a schema stands."""
    content = {"content": {"application/json": {"schema": schema}}}
    operation: Json = {"responses": {"200": {"description": "ok"}}}
    if direction == "request":
        operation["requestBody"] = content
    else:
        operation["responses"]["200"] |= content
    return {
        "openapi": "3.1.1",
        "info": {"title": "T", "version": "1"},
        "paths": {"/things": {"post": operation}},
        "components": {"schemas": components},
    }


def with_operation(path: str = "/things", method: str = "get", **members: Json) -> Json:
    """A document with one operation."""
    operation = {"responses": {"200": {"description": "ok"}}, **members}
    return {"openapi": "3.1.1", "info": {"title": "T", "version": "1"}, "paths": {path: {method: operation}}}


def brief(changes: tuple[Change, ...]) -> list[tuple[str, str, str, str]]:
    """(kind, clients, servers, client code) of each change."""
    return [(each.kind, each.clients.word, each.servers.word, each.code.word) for each in changes]


def on_the_wire(changes: tuple[Change, ...]) -> dict[str, tuple[str, str]]:
    """Kind to (clients, servers)."""
    return {each.kind: (each.clients.word, each.servers.word) for each in changes}


# --- Schemas: what is narrower and what is wider ------------------------------------------------------

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
LIST = {"type": "array", "items": TEXT}


def thing(*required: str, **properties: Json) -> Json:
    return {"type": "object", "properties": properties, **({"required": list(required)} if required else {})}


NARROWING = {
    "an enumerated value goes": ({"enum": ["a", "b"]}, {"enum": ["a"]}, "enum-value-removed"),
    "a text becomes an enumeration": (TEXT, {"type": "string", "enum": ["a"]}, "enum-added"),
    "a text becomes a constant": (TEXT, {"type": "string", "const": "a"}, "enum-added"),
    "a type goes": ({"type": ["string", "integer"]}, TEXT, "type-changed"),
    "numbers become integers": ({"type": "number"}, NUMBER, "type-changed"),
    "null goes": ({"type": ["string", "null"]}, TEXT, "null-removed"),
    "null goes from beside a reference": (
        {"anyOf": [{"$ref": "#/components/schemas/A"}, {"type": "null"}]},
        {"$ref": "#/components/schemas/A"},
        "null-removed",
    ),
    "a minimum comes": (NUMBER, {**NUMBER, "minimum": 0}, "minimum-changed"),
    "a minimum is excluded": ({**NUMBER, "minimum": 0}, {**NUMBER, "exclusiveMinimum": 0}, "minimum-changed"),
    "a maximum falls": ({**NUMBER, "maximum": 9}, {**NUMBER, "maximum": 8}, "maximum-changed"),
    "a multiple grows": ({**NUMBER, "multipleOf": 2}, {**NUMBER, "multipleOf": 4}, "multiple-changed"),
    "a length falls": ({**TEXT, "maxLength": 9}, {**TEXT, "maxLength": 8}, "maxLength-changed"),
    "a least length comes": (TEXT, {**TEXT, "minLength": 1}, "minLength-changed"),
    "a pattern comes": (TEXT, {**TEXT, "pattern": "^a"}, "pattern-added"),
    "a format shrinks": ({**NUMBER, "format": "int64"}, {**NUMBER, "format": "int32"}, "format-changed"),
    "a list shortens": ({**LIST, "maxItems": 9}, {**LIST, "maxItems": 8}, "maxItems-changed"),
    "items have to differ": (LIST, {**LIST, "uniqueItems": True}, "unique-items-added"),
    "items narrow": (LIST, {"type": "array", "items": {**TEXT, "maxLength": 1}}, "maxLength-changed"),
    "a member has to be there": (thing(a=TEXT), thing("a", a=TEXT), "now-required"),
    "a new member has to be there": (thing(a=TEXT), thing("b", a=TEXT, b=NUMBER), "member-added"),
    "members narrow": (thing(a=TEXT), thing(a={**TEXT, "maxLength": 1}), "maxLength-changed"),
    "other members are shut out": (
        thing(a=TEXT),
        {**thing(a=TEXT), "additionalProperties": False},
        "additional-members-changed",
    ),
    "values of a map narrow": (
        {"type": "object", "additionalProperties": TEXT},
        {"type": "object", "additionalProperties": {**TEXT, "maxLength": 1}},
        "maxLength-changed",
    ),
    "an alternative goes": ({"anyOf": [TEXT, NUMBER]}, {"anyOf": [TEXT]}, "alternative-removed"),
    "one of two that do not overlap goes": ({"oneOf": [TEXT, NUMBER]}, TEXT, "alternative-removed"),
    "a part comes": ({"allOf": [thing(a=TEXT)]}, {"allOf": [thing(a=TEXT), thing("b")]}, "all-of-added"),
    "something is excluded": (TEXT, {**TEXT, "not": {"const": "a"}}, "not-added"),
    "names are restricted": (thing(), {**thing(), "propertyNames": {"maxLength": 3}}, "propertyNames-added"),
    "a member brings another": (thing(), {**thing(), "dependentRequired": {"a": ["b"]}}, "dependent-required-changed"),
    "a list has to hold something": (LIST, {**LIST, "contains": {"const": "a"}}, "contains-added"),
    "a kind of thing is no longer told": (
        {"type": "object", "discriminator": {"propertyName": "k", "mapping": {"a": "A", "b": "B"}}},
        {"type": "object", "discriminator": {"propertyName": "k", "mapping": {"a": "A"}}},
        "discriminator-value-removed",
    ),
}
"""(wider schema, narrower schema, kind of the change from the first to the second)."""


@pytest.mark.parametrize(("wide", "narrow", "kind"), NARROWING.values(), ids=NARROWING.keys())
def test_what_narrows_breaks_who_sends(wide, narrow, kind):
    parts = {"A": thing(), "B": thing()}
    asked = diff(with_schema(wide, **parts), with_schema(narrow, **parts))
    answered = diff(with_schema(wide, "response", **parts), with_schema(narrow, "response", **parts))
    assert on_the_wire(asked) == {kind: (BREAKS, SAFE)}
    assert on_the_wire(answered) == {kind: (SAFE, BREAKS)}


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [(wide, narrow) for wide, narrow, kind in NARROWING.values() if kind != "member-added"],
    ids=[name for name, (_, _, kind) in NARROWING.items() if kind != "member-added"],
)
def test_what_widens_breaks_who_receives(wide, narrow):
    parts = {"A": thing(), "B": thing()}
    asked = diff(with_schema(narrow, **parts), with_schema(wide, **parts))
    answered = diff(with_schema(narrow, "response", **parts), with_schema(wide, "response", **parts))
    assert set(on_the_wire(asked).values()) == {(SAFE, BREAKS)}
    assert set(on_the_wire(answered).values()) == {(BREAKS, SAFE)}


OTHERWISE = {
    "another type": (TEXT, NUMBER, "type-changed", (BREAKS, BREAKS)),
    "another pattern": ({**TEXT, "pattern": "a"}, {**TEXT, "pattern": "b"}, "pattern-changed", (MAY, MAY)),
    "another multiple": (
        {**NUMBER, "multipleOf": 2},
        {**NUMBER, "multipleOf": 3},
        "multiple-changed",
        (BREAKS, BREAKS),
    ),
    "another format": ({**TEXT, "format": "date"}, {**TEXT, "format": "date-time"}, "format-changed", (MAY, MAY)),
    "another encoding": (TEXT, {**TEXT, "contentEncoding": "base64"}, "contentEncoding-changed", (MAY, MAY)),
    "what is excluded changes": ({"not": NUMBER}, {"not": TEXT}, "type-changed", (MAY, MAY)),
    "alternatives that overlap change": (
        {"oneOf": [{**TEXT, "maxLength": 2}, {**TEXT, "pattern": "a"}]},
        {"oneOf": [{**TEXT, "maxLength": 1}, {**TEXT, "pattern": "a"}]},
        "maxLength-changed",
        (BREAKS, MAY),
    ),
    "another member tells the kind": (
        {"type": "object", "discriminator": {"propertyName": "a"}},
        {"type": "object", "discriminator": {"propertyName": "b"}},
        "discriminator-changed",
        (BREAKS, BREAKS),
    ),
    "a keyword that nobody knows": ({"frobnicate": 1}, {"frobnicate": 2}, "keyword-changed", (MAY, MAY)),
    "a keyword that is malformed": ({**TEXT, "maxLength": "a"}, {**TEXT, "maxLength": "b"}, "malformed", (MAY, MAY)),
    "another reference that leads nowhere": ({"$ref": "#/x"}, {"$ref": "y.json"}, "reference-changed", (MAY, MAY)),
    "a reference that leads nowhere any more": (TEXT, {"$ref": "y.json"}, "reference-changed", (MAY, MAY)),
    "another name in XML": (TEXT, {**TEXT, "xml": {"name": "b"}}, "xml-changed", (MAY, MAY)),
    "another default": ({**TEXT, "default": "a"}, {**TEXT, "default": "b"}, "default-changed", (SAFE, SAFE)),
    "a default of null": (TEXT, {**TEXT, "default": None}, "default-changed", (SAFE, SAFE)),
    "deprecation": (TEXT, {**TEXT, "deprecated": True}, "deprecated", (SAFE, SAFE)),
    "another description": (TEXT, {**TEXT, "description": "b"}, "text", (SAFE, SAFE)),
    "an extension": (TEXT, {**TEXT, "x-order": 1}, "text", (SAFE, SAFE)),
    "a number is not a boolean": ({"enum": [1]}, {"enum": [1, True]}, "enum-value-added", (SAFE, BREAKS)),
}


@pytest.mark.parametrize(("old", "new", "kind", "breaks"), OTHERWISE.values(), ids=OTHERWISE.keys())
def test_what_is_neither_narrower_nor_wider_is_told_for_what_it_is(old, new, kind, breaks):
    assert on_the_wire(diff(with_schema(old), with_schema(new))) == {kind: breaks}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"allOf": [TEXT, {"minLength": 1}]}, {"allOf": [{"minLength": 1}, TEXT]}),
        ({"enum": ["a"]}, {"const": "a"}),
        ({"type": "string", "enum": ["a", 1]}, {"enum": ["a"]}),
        ({"type": ["integer", "number"]}, {"type": "number"}),
        ({**NUMBER, "minimum": 1}, {**NUMBER, "minimum": 1.0}),
        ({**TEXT, "minLength": 0}, TEXT),
        ({**TEXT, "minimum": 1}, TEXT),
        ({**thing(a=TEXT), "required": []}, {**thing(a=TEXT), "additionalProperties": True}),
        ({"allOf": [TEXT]}, TEXT),
        ({"type": ["string", "null"]}, {"anyOf": [TEXT, {"type": "null"}]}),
        ({"anyOf": [TEXT, NUMBER]}, {"anyOf": [NUMBER, TEXT]}),
        ({"allOf": [{"$ref": "#/components/schemas/A"}]}, {"$ref": "#/components/schemas/A"}),
        (True, {}),
        ({"anyOf": [TEXT]}, {"oneOf": [TEXT]}),
    ],
    ids=str,
)
def test_two_ways_to_say_the_same_are_no_change(one, two):
    assert diff(with_schema(one, A=thing()), with_schema(two, A=thing())) == ()


# --- Members --------------------------------------------------------------------------------------------


def test_a_member_that_goes_is_missed_by_readers_and_may_be_refused():
    old, new = thing(a=TEXT, b=NUMBER), thing(b=NUMBER)
    assert brief(diff(with_schema(old), with_schema(new))) == [("member-removed", MAY, SAFE, BREAKS)]
    answered = diff(with_schema(old, "response"), with_schema(new, "response"))
    assert brief(answered) == [("member-removed", BREAKS, SAFE, BREAKS)]


def test_a_member_that_comes_breaks_nobody_unless_the_object_was_closed():
    old, new = thing(a=TEXT), thing(a=TEXT, b=NUMBER)
    assert brief(diff(with_schema(old), with_schema(new))) == [("member-added", SAFE, SAFE, SAFE)]
    closed = [{**each, "additionalProperties": False} for each in (old, new)]
    assert on_the_wire(diff(*map(with_schema, closed))) == {"member-added": (SAFE, BREAKS)}
    answers = [with_schema(each, "response") for each in closed]
    assert on_the_wire(diff(*answers)) == {"member-added": (BREAKS, SAFE)}


def test_a_member_that_comes_to_a_free_object_may_contradict_what_is_sent():
    old, new = {"type": "object"}, thing(a=TEXT)
    assert on_the_wire(diff(with_schema(old), with_schema(new))) == {"member-added": (MAY, SAFE)}


def test_a_member_is_held_against_what_others_had_to_be():
    old = {**thing(a=TEXT), "additionalProperties": NUMBER}
    changes = diff(with_schema(old), with_schema({**old, "properties": {"a": TEXT, "b": TEXT}}))
    assert on_the_wire(changes) == {"member-added": (SAFE, SAFE), "type-changed": (BREAKS, BREAKS)}

    changes = diff(with_schema({**old, "properties": {"a": TEXT, "b": TEXT}}), with_schema(old))
    assert on_the_wire(changes) == {"member-removed": (SAFE, SAFE), "type-changed": (BREAKS, BREAKS)}


UNSURE = {
    "a pattern may have named it": {"patternProperties": {"^b": NUMBER}},
    "what is not evaluated is refused": {"unevaluatedProperties": False},
    "another part lets anything be sent": {"allOf": [{"additionalProperties": True}, {"minProperties": 0}]},
}


@pytest.mark.parametrize("around", UNSURE.values(), ids=UNSURE.keys())
def test_a_member_that_comes_may_break_where_others_had_a_say(around):
    def summed(**properties: Json) -> Json:
        inner = {"properties": properties}
        return {**around, "allOf": [*around["allOf"], inner]} if "allOf" in around else {**around, **inner}

    changes = diff(with_schema(summed(a=TEXT)), with_schema(summed(a=TEXT, b=TEXT)))
    assert on_the_wire(changes) == {"member-added": (MAY, MAY)}


def test_a_read_only_member_that_is_a_reference_does_not_count_in_requests():
    old = thing(a={**REFERENCE, "readOnly": True})
    for direction, breaks in (("request", (SAFE, SAFE)), ("response", (BREAKS, BREAKS))):
        changes = diff(with_schema(old, direction, Thing=TEXT), with_schema(old, direction, Thing=NUMBER))
        assert on_the_wire(changes) == {"type-changed": breaks}


def test_null_that_fits_two_of_one_is_not_allowed():
    nullable = {"type": ["string", "null"]}
    changes = diff(with_schema({"oneOf": [nullable, {"type": "null"}]}), with_schema(nullable))
    assert {servers for _, servers in on_the_wire(changes).values()} == {MAY}


def test_a_renamed_member_is_one_change_that_asks():
    (change,) = diff(with_schema(thing(colour=TEXT, b=NUMBER)), with_schema(thing(color=TEXT, b=NUMBER)))
    assert change.kind == "member-renamed"
    assert change.where == "POST /things request body colour"
    assert change.what == "is gone, and `color` is new with the same schema: renamed?"
    assert change.old.endswith("/properties/colour")
    assert change.new.endswith("/properties/color")


def test_names_that_differ_in_case_alone_find_each_other_among_several():
    old, new = thing(jobId=TEXT, userName=TEXT), thing(user_name=TEXT, job_id=TEXT)
    told = {(each.part, each.what) for each in diff(with_schema(old), with_schema(new))}
    assert told == {
        ("request body jobId", "is gone, and `job_id` is new with the same schema: renamed?"),
        ("request body userName", "is gone, and `user_name` is new with the same schema: renamed?"),
    }


def test_what_is_read_only_does_not_count_in_requests():
    old, new = thing(a={**TEXT, "readOnly": True}), thing("a", a={**TEXT, "readOnly": True, "maxLength": 3})
    both = {"now-required": (SAFE, SAFE), "maxLength-changed": (SAFE, SAFE)}
    assert on_the_wire(diff(with_schema(old), with_schema(new))) == both
    answered = diff(with_schema(old, "response"), with_schema(new, "response"))
    assert on_the_wire(answered) == {"now-required": (SAFE, BREAKS), "maxLength-changed": (SAFE, BREAKS)}


def test_what_becomes_write_only_is_missed_by_readers():
    old, new = thing(a=TEXT), thing(a={**TEXT, "writeOnly": True})
    assert on_the_wire(diff(with_schema(old), with_schema(new))) == {"writeOnly-changed": (SAFE, SAFE)}
    answered = diff(with_schema(old, "response"), with_schema(new, "response"))
    assert on_the_wire(answered) == {"writeOnly-changed": (BREAKS, SAFE)}


# --- Components -------------------------------------------------------------------------------------------

REFERENCE = {"$ref": "#/components/schemas/Thing"}


def with_uses(count: int, thing: Json, name: str = "Thing") -> Json:
    """A document in which so many operations answer with one component."""
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
    answer = {"responses": {"200": {"description": "ok", "content": content}}}
    paths = {f"/{index}": {"get": answer} for index in range(count)}
    return {"openapi": "3.1.1", "paths": paths, "components": {"schemas": {name: thing}}}


def test_a_component_that_many_use_is_told_once_with_all_it_reaches():
    (change,) = diff(with_uses(40, thing(a=TEXT)), with_uses(40, thing(a=NUMBER)))
    assert change.where == "schema Thing a"
    assert change.operations == tuple(f"GET /{index}" for index in range(40))


def test_a_component_in_both_directions_counts_in_both():
    both = with_uses(1, thing(a=TEXT))
    both["paths"]["/0"]["put"] = {"requestBody": {"content": {"application/json": {"schema": REFERENCE}}}}
    new = copy.deepcopy(both)
    new["components"]["schemas"]["Thing"] = thing("a", a=TEXT)
    (change,) = diff(both, new)
    assert (change.clients.word, change.servers.word) == (BREAKS, BREAKS)
    assert set(change.operations) == {"GET /0", "PUT /0"}


def test_references_in_circles_are_followed_once():
    tree = thing(value=TEXT, children={"type": "array", "items": REFERENCE}, parent=REFERENCE)
    new = copy.deepcopy(tree)
    new["properties"]["value"] = NUMBER
    (change,) = diff(with_uses(2, tree), with_uses(2, new))
    assert change.where == "schema Thing value"


def test_a_recursive_schema_is_compared_with_one_that_is_written_out():
    tree = thing(value=TEXT, next=REFERENCE)
    written = thing(value=TEXT, next=thing(value=TEXT, next=thing(value=NUMBER)))
    changes = diff(with_uses(1, tree), with_uses(1, written))
    assert {"type-changed", "member-removed"} <= {each.kind for each in changes}


def test_a_circle_of_nothing_but_references_is_not_taken_for_what_it_becomes():
    old, new = ({"$ref": "#/components/schemas/Thing", **more} for more in ({}, {"type": "null"}))
    changes = diff(with_schema(REFERENCE, Thing=old), with_schema(REFERENCE, Thing=new))
    assert ("reference-changed", MAY, MAY, SAFE) in brief(changes)


def test_a_renamed_component_changes_names_in_the_client_alone():
    changes = diff(with_uses(2, thing(a=TEXT)), with_uses(2, thing(a=TEXT), "Item"))
    assert brief(changes) == [("schema-renamed", SAFE, SAFE, BREAKS)]
    assert changes[0].what == "is called `Item` instead of `Thing`"


def test_a_component_that_no_operation_uses_breaks_nobody_on_the_wire():
    old, new = with_schema(TEXT, Spare=thing(a=TEXT)), with_schema(TEXT, Spare=thing(a=NUMBER))
    (change,) = diff(old, new)
    assert (change.clients.word, change.servers.word, change.operations) == (SAFE, SAFE, ())


def test_a_schema_that_gets_a_name_is_compared_with_what_it_was():
    parts = {"allOf": [thing(a=TEXT), thing(b=NUMBER)]}
    new = {"allOf": [thing(a=TEXT), thing("b", b=NUMBER)]}
    changes = diff(with_schema(parts), with_schema(REFERENCE, Thing=new))
    assert brief(changes) == [("now-required", BREAKS, SAFE, BREAKS), ("schema-moved", SAFE, SAFE, MAY)]


def test_a_reference_that_gets_company_narrows():
    changes = diff(
        with_schema(REFERENCE, Thing=thing()), with_schema({"allOf": [REFERENCE, thing("a")]}, Thing=thing())
    )
    assert on_the_wire(changes) == {"all-of-added": (BREAKS, SAFE)}
    changes = diff(with_schema(REFERENCE, Thing=thing()), with_schema({**REFERENCE, "minProperties": 1}, Thing=thing()))
    assert on_the_wire(changes) == {"minProperties-changed": (BREAKS, SAFE)}


def test_components_that_come_and_go_are_told():
    old, new = with_schema(TEXT, Spare=thing(a=TEXT)), with_schema(TEXT, Other=thing(b=NUMBER))
    assert brief(diff(old, new)) == [("schema-removed", SAFE, SAFE, BREAKS), ("schema-added", SAFE, SAFE, SAFE)]


def test_subtypes_that_only_a_discriminator_leads_to_are_reached():
    base = {**thing("kind", kind=TEXT), "discriminator": {"propertyName": "kind"}}
    extends = {"$ref": "#/components/schemas/Thing"}
    old = with_uses(1, base)
    old["components"]["schemas"]["Dog"] = {"allOf": [extends, thing(bark=TEXT)]}
    new = copy.deepcopy(old)
    new["components"]["schemas"]["Dog"]["allOf"][1] = thing(bark=NUMBER)
    new["components"]["schemas"]["Cat"] = {"allOf": [extends]}
    wire = on_the_wire(diff(old, new))
    assert wire["type-changed"] == (BREAKS, BREAKS)
    assert wire["discriminator-value-added"] == (BREAKS, SAFE)


# --- Operations -------------------------------------------------------------------------------------------


def test_an_operation_that_goes_breaks_clients_and_one_that_comes_nobody():
    old, new = with_operation("/a", operationId="one"), with_operation("/b", operationId="two")
    assert brief(diff(old, new)) == [("operation-removed", BREAKS, SAFE, BREAKS), ("operation-added", SAFE, SAFE, SAFE)]


@pytest.mark.parametrize("moved", [("/b", "get"), ("/a", "post")], ids=["path", "method"])
def test_an_operation_elsewhere_under_its_id_has_moved(moved):
    old, new = with_operation("/a", operationId="one"), with_operation(*moved, operationId="one", summary="new")
    changes = diff(old, new)
    assert brief(changes)[0] == ("operation-moved", BREAKS, BREAKS, SAFE)
    assert changes[0].where == f"{moved[1].upper()} {moved[0]}"
    assert [each.kind for each in changes[1:]] == ["text"]


def test_an_operation_without_id_that_is_the_same_elsewhere_has_moved():
    old, new = with_operation("/a", summary="all things"), with_operation("/b", summary="all things")
    assert [each.kind for each in diff(old, new)] == ["operation-moved"]


def test_a_new_operation_id_or_first_tag_changes_names_in_the_client_alone():
    old = with_operation(operationId="list", tags=["a", "b"])
    assert brief(diff(old, with_operation(operationId="all", tags=["a", "b"]))) == [
        ("operation-renamed", SAFE, SAFE, BREAKS)
    ]
    assert brief(diff(old, with_operation(operationId="list", tags=["b", "a"]))) == [
        ("tag-changed", SAFE, SAFE, BREAKS)
    ]
    assert brief(diff(old, with_operation(operationId="list", tags=["a"]))) == [("text", SAFE, SAFE, SAFE)]


def parameter(name: str = "size", where: str = "query", **members: Json) -> Json:
    return {"name": name, "in": where, "schema": NUMBER, **members}


def test_a_path_with_another_name_for_its_parameter_is_the_same_on_the_wire():
    old = with_operation("/jobs/{id}", parameters=[parameter("id", "path", required=True)])
    new = with_operation("/jobs/{Id}", parameters=[parameter("Id", "path", required=True)])
    (change,) = diff(old, new)
    assert brief((change,)) == [("path-parameter-renamed", SAFE, SAFE, BREAKS)]
    assert change.what == "is called `Id` instead, at the same place of the path"


PARAMETERS = {
    "comes": ([], [parameter()], [("parameter-added", SAFE, SAFE, SAFE)]),
    "comes and is required": ([], [parameter(required=True)], [("parameter-added", BREAKS, SAFE, BREAKS)]),
    "goes": ([parameter()], [], [("parameter-removed", MAY, SAFE, BREAKS)]),
    "goes and was required": ([parameter(required=True)], [], [("parameter-removed", MAY, BREAKS, BREAKS)]),
    "moves": ([parameter()], [parameter(where="header")], [("parameter-moved", BREAKS, BREAKS, MAY)]),
    "is renamed": ([parameter()], [parameter("limit")], [("parameter-renamed", MAY, SAFE, BREAKS)]),
    "becomes required": ([parameter()], [parameter(required=True)], [("now-required", BREAKS, SAFE, BREAKS)]),
    "is no longer required": (
        [parameter(required=True)],
        [parameter()],
        [("no-longer-required", SAFE, BREAKS, SAFE)],
    ),
    "narrows": ([parameter()], [parameter(schema={**NUMBER, "maximum": 9})], [("maximum-changed", BREAKS, SAFE, SAFE)]),
    "is written otherwise": (
        [parameter(schema=LIST)],
        [parameter(schema=LIST, style="spaceDelimited", explode=True)],
        [("style-changed", BREAKS, BREAKS, SAFE)],
    ),
    "is exploded no longer": (
        [parameter(schema=LIST)],
        [parameter(schema=LIST, explode=False)],
        [("explode-changed", BREAKS, BREAKS, SAFE)],
    ),
    "a number is not exploded": ([parameter()], [parameter(explode=False)], []),
    "states the default style": ([parameter()], [parameter(style="form", explode=True, required=False)], []),
    "may hold reserved characters": (
        [parameter()],
        [parameter(allowReserved=True)],
        [("allow-reserved-changed", MAY, MAY, SAFE)],
    ),
    "may no longer be empty": (
        [parameter(allowEmptyValue=True)],
        [parameter()],
        [("empty-value-changed", BREAKS, SAFE, SAFE)],
    ),
    "becomes a media type": (
        [parameter()],
        [{"name": "size", "in": "query", "content": {"application/json": {"schema": NUMBER}}}],
        [("content-changed", BREAKS, BREAKS, SAFE)],
    ),
    "a header in other letters": ([parameter("X-Size", "header")], [parameter("x-size", "header")], []),
    "is deprecated": ([parameter()], [parameter(deprecated=True)], [("deprecated", SAFE, SAFE, SAFE)]),
    "has a member that nobody knows": ([parameter()], [parameter(frob=1)], [("member-changed", MAY, MAY, SAFE)]),
}


@pytest.mark.parametrize(("old", "new", "told"), PARAMETERS.values(), ids=PARAMETERS.keys())
def test_a_parameter(old, new, told):
    changes = diff(with_operation(parameters=old), with_operation(parameters=new))
    assert [each for each in brief(changes) if each[0] != "text"] == told


def body(*media: str, schema: Json | None = None, **members: Json) -> Json:
    return {"content": {each: {"schema": schema or TEXT} for each in media}, **members}


BODIES = {
    "comes": ({}, {"requestBody": body("text/plain")}, [("body-added", SAFE, SAFE, SAFE)]),
    "comes and is required": (
        {},
        {"requestBody": body("text/plain", required=True)},
        [("body-added", BREAKS, SAFE, BREAKS)],
    ),
    "goes": ({"requestBody": body("text/plain")}, {}, [("body-removed", BREAKS, SAFE, BREAKS)]),
    "becomes required": (
        {"requestBody": body("text/plain")},
        {"requestBody": body("text/plain", required=True)},
        [("now-required", BREAKS, SAFE, BREAKS)],
    ),
    "loses a media type": (
        {"requestBody": body("text/plain", "text/csv")},
        {"requestBody": body("text/plain")},
        [("media-type-removed", BREAKS, SAFE, MAY)],
    ),
    "gains a media type": (
        {"requestBody": body("text/plain")},
        {"requestBody": body("text/plain", "text/csv")},
        [("media-type-added", SAFE, BREAKS, SAFE)],
    ),
    "is written with other letters": (
        {"requestBody": body("text/plain; charset=utf-8")},
        {"requestBody": body("Text/Plain;charset=UTF-8")},
        [],
    ),
    "says the same change in two media types once": (
        {"requestBody": body("application/json", "text/json")},
        {"requestBody": body("application/json", "text/json", schema=NUMBER)},
        [("type-changed", BREAKS, BREAKS, BREAKS)],
    ),
}


@pytest.mark.parametrize(("old", "new", "told"), BODIES.values(), ids=BODIES.keys())
def test_a_request_body(old, new, told):
    assert brief(diff(with_operation(method="post", **old), with_operation(method="post", **new))) == told


def test_a_media_range_takes_in_what_it_names():
    old, new = ({"requestBody": body(media)} for media in ("image/png", "image/*"))
    assert brief(diff(with_operation(method="post", **old), with_operation(method="post", **new))) == [
        ("media-type-added", SAFE, BREAKS, SAFE)
    ]


def test_a_form_member_that_is_written_otherwise():
    form = {"multipart/form-data": {"schema": thing(a=LIST), "encoding": {"a": {"contentType": "text/csv"}}}}
    plain = {"multipart/form-data": {"schema": thing(a=LIST), "encoding": {"a": {"style": "form", "explode": False}}}}
    old, new = (with_operation(method="post", requestBody={"content": each}) for each in (form, plain))
    assert set(on_the_wire(diff(old, new))) == {"explode-changed", "content-type-changed"}


def answers(**statuses: Json) -> Json:
    return with_operation(
        responses={status.lstrip("_"): {"description": "", **each} for status, each in statuses.items()}
    )


RESPONSES = {
    "a new success": (answers(_200={}), answers(_200={}, _202={}), [("status-added", BREAKS, SAFE, SAFE)]),
    "a new error": (answers(_200={}), answers(_200={}, _429={}), [("status-added", SAFE, SAFE, SAFE)]),
    "a success goes": (
        answers(_200={}, _202={}),
        answers(_200={}),
        [("status-removed", BREAKS, BREAKS, BREAKS)],
    ),
    "an error goes": (answers(_200={}, _404={}), answers(_200={}), [("status-removed", SAFE, MAY, MAY)]),
    "an error that its class describes": (
        answers(_200={}, _404={}),
        answers(_200={}, _4XX={}),
        [("status-described", SAFE, SAFE, MAY), ("status-added", SAFE, SAFE, SAFE)],
    ),
    "a header goes": (
        answers(_200={"headers": {"X-Left": {"schema": NUMBER}}}),
        answers(_200={}),
        [("header-removed", BREAKS, SAFE, BREAKS)],
    ),
    "a header comes": (
        answers(_200={}),
        answers(_200={"headers": {"X-Left": {"schema": NUMBER}}}),
        [("header-added", SAFE, SAFE, SAFE)],
    ),
    "a header widens": (
        answers(_200={"headers": {"X-Left": {"schema": NUMBER}}}),
        answers(_200={"headers": {"x-left": {"schema": {"type": "number"}}}}),
        [("type-changed", BREAKS, SAFE, MAY)],
    ),
    "a media type goes": (
        answers(_200=body("text/plain", "text/csv")),
        answers(_200=body("text/plain")),
        [("media-type-removed", BREAKS, MAY, MAY)],
    ),
    "a media type comes": (
        answers(_200=body("text/plain")),
        answers(_200=body("text/plain", "text/csv")),
        [("media-type-added", MAY, SAFE, SAFE)],
    ),
    "a link comes": (
        answers(_200={}),
        answers(_200={"links": {"next": {"operationId": "a"}}}),
        [("link-changed", SAFE, SAFE, SAFE)],
    ),
}


@pytest.mark.parametrize(("old", "new", "told"), RESPONSES.values(), ids=RESPONSES.keys())
def test_a_response(old, new, told):
    assert sorted(brief(diff(old, new))) == sorted(told)


def test_what_servers_send_to_clients_counts_the_other_way_round():
    def hooked(schema: Json) -> Json:
        item = {"post": {"requestBody": body("application/json", schema=schema), "responses": {}}}
        return {"openapi": "3.1.1", "webhooks": {"done": item}}

    (change,) = diff(hooked({"enum": ["a"]}), hooked({"enum": ["a", "b"]}))
    assert (change.clients.word, change.servers.word) == (BREAKS, SAFE)
    assert change.where == "webhook POST done request body"
    callbacks = [
        with_operation(callbacks={"on": {"{$url}": hooked({"enum": each})["webhooks"]["done"]}}) for each in ("a", "ab")
    ]
    for each in callbacks:
        each["paths"]["/things"]["get"]["callbacks"]["on"]["{$url}"]["post"]["requestBody"] = body(
            "application/json", schema={"enum": ["a"] if each is callbacks[0] else ["a", "b"]}
        )
    (change,) = diff(*callbacks)
    assert (change.clients.word, change.servers.word) == (BREAKS, SAFE)


# --- Security and servers ----------------------------------------------------------------------------------

KEY = {"type": "apiKey", "in": "header", "name": "X-Key"}


def secured(*alternatives: Json, schemes: Json | None = None, count: int = 1) -> Json:
    paths = {f"/{index}": {"get": {"responses": {}}} for index in range(count)}
    schemes = schemes or {"key": KEY, "secret": {**KEY, "name": "X-Secret"}}
    return {
        "openapi": "3.1.1",
        "paths": paths,
        "security": list(alternatives),
        "components": {"securitySchemes": schemes},
    }


SECURITY = {
    "is asked for": ([], [{"key": []}], (BREAKS, SAFE)),
    "is asked for no longer": ([{"key": []}], [], (SAFE, BREAKS)),
    "either becomes both": ([{"key": []}, {"secret": []}], [{"key": [], "secret": []}], (BREAKS, SAFE)),
    "an alternative comes": ([{"key": []}], [{"key": []}, {"secret": []}], (SAFE, BREAKS)),
    "an alternative goes": ([{"key": []}, {"secret": []}], [{"key": []}], (BREAKS, SAFE)),
    "another": ([{"key": []}], [{"secret": []}], (BREAKS, BREAKS)),
    "a scope comes": ([{"key": ["read"]}], [{"key": ["read", "write"]}], (BREAKS, SAFE)),
    "becomes optional": ([{"key": []}], [{"key": []}, {}], (SAFE, BREAKS)),
}


@pytest.mark.parametrize(("old", "new", "breaks"), SECURITY.values(), ids=SECURITY.keys())
def test_security(old, new, breaks):
    assert on_the_wire(diff(secured(*old), secured(*new))) == {"security-changed": breaks}


def test_the_order_of_alternatives_and_scopes_is_no_change():
    one = secured({"key": ["a", "b"]}, {"secret": []})
    assert diff(one, secured({"secret": []}, {"key": ["b", "a"]})) == ()


def test_security_of_the_whole_document_is_told_once():
    (change,) = diff(secured(count=5), secured({"key": []}, count=5))
    assert (change.subject, change.part, len(change.operations)) == ("document", "security", 5)
    assert change.what == "asks for `key` instead of nothing"


def test_a_scheme_that_is_another_thing_breaks_all_who_use_it():
    new = secured({"key": []}, schemes={"key": {"type": "http", "scheme": "bearer"}}, count=3)
    changes = diff(secured({"key": []}, schemes={"key": KEY}, count=3), new)
    assert {each.kind for each in changes} == {"scheme-changed"}
    assert {(each.subject, each.clients.word, each.servers.word) for each in changes} == {
        ("security scheme key", BREAKS, BREAKS)
    }
    assert all(len(each.operations) == 3 for each in changes)


def test_a_scheme_under_another_name_is_the_same_on_the_wire():
    old, new = secured({"key": []}, schemes={"key": KEY}), secured({"token": []}, schemes={"token": KEY})
    assert brief(diff(old, new)) == [("scheme-renamed", SAFE, SAFE, MAY)]


def test_where_tokens_come_from_matters():
    def flows(**members: Json) -> Json:
        flow = {"tokenUrl": "https://a/token", "scopes": {"read": ""}} | members
        return secured({"o": []}, schemes={"o": {"type": "oauth2", "flows": {"clientCredentials": flow}}})

    assert on_the_wire(diff(flows(), flows(tokenUrl="https://b/token"))) == {"flow-changed": (BREAKS, BREAKS)}
    assert on_the_wire(diff(flows(), flows(scopes={}))) == {"scope-changed": (MAY, MAY)}


def served(*urls: str) -> Json:
    return {**with_operation(), "servers": [{"url": url} for url in urls]}


SERVERS = {
    "another": (["https://a/v1"], ["https://a/v2"], {"server-changed": (BREAKS, BREAKS)}),
    "one more": (["https://a"], ["https://a", "https://b"], {"server-added": (SAFE, SAFE)}),
    "one less": (["https://a", "https://b"], ["https://a"], {"server-removed": (BREAKS, SAFE)}),
    "another first": (["https://a", "https://b"], ["https://b", "https://a"], {"first-server-changed": (SAFE, SAFE)}),
    "a slash at the end": (["https://a"], ["https://a/"], {}),
    "the default": ([], ["/"], {}),
}


@pytest.mark.parametrize(("old", "new", "told"), SERVERS.values(), ids=SERVERS.keys())
def test_servers(old, new, told):
    assert on_the_wire(diff(served(*old), served(*new))) == told


# --- Whole documents -----------------------------------------------------------------------------------------


def reordered(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: reordered(value[name]) for name in reversed(value)}
    return [reordered(each) for each in value] if isinstance(value, list) else value


def test_the_same_document_in_json_in_3_1_and_in_another_order_has_no_changes(root):
    source = document.read(root / "spec" / "wasabi_air" / "source.yaml")
    converted, _ = normalise(source)
    in_json, _ = normalise(document.parse(json.dumps(source.data), "source.json"))
    again, _ = normalise(document.parse(document.dump(converted), "openapi.yaml"))
    assert diff(converted, in_json) == diff(converted, again) == diff(converted, reordered(converted)) == ()


def test_every_document_of_the_sample_equals_itself(shared):
    names = ("alertmanager.yaml", "fake-endpoints.yaml", "kin-petstore.json", "ar-url.json")
    for name in names:
        converted, _ = normalise(document.read(shared / "corpus" / name))
        assert diff(converted, copy.deepcopy(converted)) == (), name


def test_an_earlier_edition_of_a_published_document(root):
    source = document.read(root / "spec" / "wasabi_air" / "source.yaml")
    earlier = copy.deepcopy(source.data)
    request = earlier["definitions"]["JobSubmissionRequest"]
    request["required"].append("Priority")
    for name in ("AccessKey", "SecretKey"):
        request["properties"]["Source"]["properties"][name] = {
            "type": "string",
            "description": "not entered if provider is wasabi",
        }
    old, _ = normalise(document.Document(earlier, "earlier.yaml"))
    new, _ = normalise(source)
    told = [(each.where, each.what, *brief((each,))[0][1:]) for each in diff(old, new)]
    assert told == [
        ("POST /jobs request body Priority", "is no longer required", SAFE, BREAKS, SAFE),
        ("POST /jobs request body Source.AccessKey", "is gone", MAY, SAFE, BREAKS),
        ("POST /jobs request body Source.SecretKey", "is gone", MAY, SAFE, BREAKS),
    ]
    back = [(each.where, each.what, *brief((each,))[0][1:]) for each in diff(new, old)]
    assert back == [
        ("POST /jobs request body Priority", "is now required", BREAKS, SAFE, BREAKS),
        ("POST /jobs request body Source.AccessKey", "is new", SAFE, SAFE, SAFE),
        ("POST /jobs request body Source.SecretKey", "is new", SAFE, SAFE, SAFE),
    ]


@pytest.mark.parametrize(
    "broken",
    [
        {"paths": []},
        {"paths": {"/a": None, "/b": {"get": 1, "parameters": 5}}},
        {
            "paths": {
                "/a": {"get": {"parameters": [1, {"name": 2, "in": []}], "responses": [], "security": 3, "tags": [{}]}}
            }
        },
        {"paths": {"/a": {"get": {"requestBody": {"content": {"a": 1, "b": {"schema": 3}}}}}}, "servers": {}},
        {"components": {"schemas": {"A": 5, "B": {"$ref": "#/components/schemas/B"}}, "securitySchemes": [1]}},
        with_schema({"type": {}, "properties": 3, "required": [{}], "allOf": 2, "enum": 5, "discriminator": []}),
        with_schema({"minimum": float("inf"), "multipleOf": float("nan"), "maximum": 10**400}),
    ],
    ids=str,
)
def test_what_is_malformed_is_compared_as_far_as_it_can_be(broken):
    whole = with_schema({"type": "object"}, A=thing(a=TEXT))
    assert diff(broken, copy.deepcopy(broken)) == ()
    assert diff(broken, whole)
    assert diff(whole, broken)
