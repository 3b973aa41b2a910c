"""What `diff` calls safe is safe: held against a JSON Schema validator that knows nothing of `diff`.

The values are all those of a small world, in which the constants of the schemas occur too.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scripts.diff import Change, Severity, diff
from scripts.document import Json

NAMES = ("A", "B")
"""The components that schemas may refer to."""


def world() -> list[Json]:
    """Some hundred values: scalars, lists of up to three, objects of up to four members, and some nested."""
    scalars = [None, True, False, -1, 0, 1, 2, 3, 0.5, 1.5, "", "a", "b", "ab", "ba", "abc"]
    inner = [1, "a", "ab", None, {}, {"a": 1}, {"a": "ab", "b": 1}, [1], ["a", "a"]]
    lists = [list(each) for length in range(4) for each in itertools.product([0, 1, "a", "ab", None], repeat=length)]
    members = [
        dict.fromkeys(()),
        *({"a": one} for one in scalars),
        *({"a": one, "b": two} for one in inner for two in inner),
    ]
    more = [{"a": one, "b": two, "c": three} for one in inner[:4] for two in inner[:4] for three in inner[:6]]
    odd = [{name: one} for name in ("b", "c", "d") for one in (*scalars, *inner)]
    full = [{"a": one, "b": 1, "c": "a", "d": 1} for one in inner]
    return [*scalars, *lists, *([one] for one in inner), *members, *more, *odd, *full]


WORLD = world()

Compare: TypeAlias = Callable[[Json, Json], tuple[Change, ...]]

# --- Schemas ------------------------------------------------------------------------------------------

constants = st.sampled_from([None, True, 0, 1, 2, 1.5, "a", "ab", "b", {"a": 1}, [1]])
few = st.integers(0, 2)
types = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])


def keywords(inner: st.SearchStrategy[Json]) -> dict[str, st.SearchStrategy[Json]]:
    """Each keyword with values for it; schemas within are of `inner`."""
    name = st.sampled_from(["a", "b", "c"])
    several = st.lists(inner, min_size=1, max_size=3)
    return {
        "type": st.one_of(types, st.lists(types, min_size=1, max_size=3, unique=True)),
        "enum": st.lists(constants, min_size=1, max_size=4, unique_by=repr),
        "const": constants,
        "minimum": st.sampled_from([-1, 0, 1, 1.5]),
        "maximum": st.sampled_from([0, 1, 2]),
        "exclusiveMinimum": st.sampled_from([-1, 0, 1]),
        "exclusiveMaximum": st.sampled_from([1, 2, 3]),
        "multipleOf": st.sampled_from([0.5, 1, 2]),
        **dict.fromkeys(["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"], few),
        "pattern": st.sampled_from(["^a", "b$", "a"]),
        "uniqueItems": st.booleans(),
        "properties": st.dictionaries(name, inner, max_size=3),
        "required": st.lists(name, max_size=2, unique=True),
        "additionalProperties": st.one_of(st.booleans(), inner),
        "patternProperties": st.dictionaries(st.sampled_from(["^a", "b"]), inner, min_size=1, max_size=1),
        "propertyNames": st.fixed_dictionaries({"maxLength": few}),
        "dependentRequired": st.dictionaries(name, st.lists(name, max_size=2, unique=True), max_size=2),
        "dependentSchemas": st.dictionaries(name, inner, max_size=1),
        "unevaluatedProperties": st.just(False),
        "items": st.one_of(inner, st.booleans()),
        "prefixItems": several,
        "contains": inner,
        "minContains": few,
        "maxContains": few,
        "allOf": several,
        "anyOf": several,
        "oneOf": several,
        "not": inner,
        "if": inner,
        "then": inner,
        "$ref": st.sampled_from([f"#/components/schemas/{name}" for name in NAMES]),
    }


COMMON = ("type", "type", "properties", "properties", "required", "enum", "additionalProperties", "items", "$ref")
RARE = tuple(keywords(st.nothing()))


@st.composite
def schemas(draw: st.DrawFn, depth: int = 2) -> Json:
    """A schema of a few keywords."""
    inner = schemas(depth - 1) if depth else types.map(lambda word: {"type": word})
    possible = keywords(inner)
    chosen = draw(st.lists(st.sampled_from(COMMON + RARE), max_size=3, unique=True))
    return {name: draw(possible[name]) for name in chosen}


@st.composite
def edited(draw: st.DrawFn, schema: Json, depth: int = 3) -> Json:
    """`schema` with one keyword of it, or of a schema within it, added, removed or changed."""
    if not isinstance(schema, dict):
        return draw(schemas(1))
    within = [name for name, value in schema.items() if isinstance(value, (dict, list)) and name in STRUCTURAL]
    if within and depth and draw(st.integers(0, 2)):
        name = draw(st.sampled_from(within))
        return {**schema, name: draw(edited_within(name, schema[name], depth - 1))}
    if schema and draw(st.booleans()):
        gone = draw(st.sampled_from(sorted(schema)))
        schema = {name: value for name, value in schema.items() if name != gone}
        if draw(st.booleans()):
            return schema
    name = draw(st.sampled_from(COMMON + RARE))
    return {**schema, name: draw(keywords(schemas(1))[name])}


STRUCTURAL = {
    **dict.fromkeys(("properties", "patternProperties", "dependentSchemas"), dict),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), list),
    **dict.fromkeys(("items", "additionalProperties", "contains", "not", "if", "then"), None),
}


@st.composite
def edited_within(draw: st.DrawFn, name: str, value: Json, depth: int) -> Json:
    """The value of a keyword that holds schemas, with one of these edited, added or removed."""
    form = STRUCTURAL[name]
    if form is None:
        return draw(edited(value, depth))
    if form is list:
        index = draw(st.integers(0, len(value)))
        if index == len(value):
            return [*value, draw(schemas(1))]
        if len(value) > 1 and draw(st.booleans()):
            return [each for at, each in enumerate(value) if at != index]
        return [draw(edited(each, depth)) if at == index else each for at, each in enumerate(value)]
    chosen = draw(st.sampled_from(["a", "b", "c"] if name != "patternProperties" else ["^a", "b"]))
    if chosen in value and draw(st.booleans()):
        return {each: schema for each, schema in value.items() if each != chosen}
    return {**value, chosen: draw(edited(value[chosen], depth) if chosen in value else schemas(1))}


@st.composite
def editions(draw: st.DrawFn) -> tuple[dict[str, Json], dict[str, Json]]:
    """Two editions of the components, the first of which is the schema that is sent."""
    old = {"S": draw(schemas()), **{name: draw(schemas(1)) for name in NAMES}}
    new = dict(old)
    for _ in range(draw(st.integers(1, 2))):
        name = draw(st.sampled_from(["S", "S", *NAMES]))
        new[name] = draw(st.one_of(edited(new[name]), edited(new[name]), schemas(1)))
    return old, new


# --- What is valid ------------------------------------------------------------------------------------


def document(components: dict[str, Json], direction: str) -> Json:
    """A document in which clients send `S`, or get it."""
    content = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/S"}}}}
    operation = {"requestBody": content} if direction == "request" else {"responses": {"200": content}}
    return {"openapi": "3.1.1", "paths": {"/s": {"post": operation}}, "components": {"schemas": components}}


def accepted(components: dict[str, Json], *, sent: bool = False) -> frozenset[int] | None:
    """Which values of the world are valid; with `sent`, those alone whose members are all named somewhere.

    None where the validator does not take the schema.
    """
    if sent:
        top = closed({"$ref": "#/components/schemas/S"}, components)
        components = {name: within(schema, components) for name, schema in components.items()}
    else:
        top = {"$ref": "#/components/schemas/S"}
    try:
        validator = jsonschema_rs.Draft202012Validator({**top, "components": {"schemas": components}})
    except (jsonschema_rs.ValidationError, ValueError):
        return None
    return frozenset(index for index, value in enumerate(WORLD) if validator.is_valid(value))


def closed(schema: Json, components: dict[str, Json]) -> Json:
    """`schema` for those who send only members that it names, if it names any."""
    if not isinstance(schema, dict) or "unevaluatedProperties" in schema or not names_members(schema, components, ()):
        return schema
    return {**schema, "unevaluatedProperties": False}


def names_members(schema: Json, components: dict[str, Json], seen: tuple[str, ...]) -> bool:
    if not isinstance(schema, dict):
        return False
    if schema.get("properties"):
        return True
    inner = [each for name in ("allOf", "anyOf", "oneOf") for each in schema.get(name, ())]
    inner += [schema[name] for name in ("if", "then") if name in schema] + list(
        schema.get("dependentSchemas", {}).values()
    )
    name = schema.get("$ref", "").rpartition("/")[2]
    if name and name not in seen and names_members(components[name], components, (*seen, name)):
        return True
    return any(names_members(each, components, seen) for each in inner)


def within(schema: Json, components: dict[str, Json]) -> Json:
    """`schema` with the schemas of members and items in it closed; what it combines is closed with the whole."""
    if not isinstance(schema, dict):
        return schema

    def value(each: Json) -> Json:
        return closed(within(each, components), components)

    result = dict(schema)
    for name in ("properties", "patternProperties"):
        if name in schema:
            result[name] = {member: value(each) for member, each in schema[name].items()}
    for name in ("items", "additionalProperties"):
        if name in schema:
            result[name] = value(schema[name])
    if "prefixItems" in schema:
        result["prefixItems"] = [value(each) for each in schema["prefixItems"]]
    for name in ("allOf", "anyOf", "oneOf"):
        if name in schema:
            result[name] = [within(each, components) for each in schema[name]]
    return result


# --- What is claimed ----------------------------------------------------------------------------------


def lies(old: dict[str, Json], new: dict[str, Json], compare: Compare = diff) -> list[str]:
    """Which claims about two editions the values of the world contradict."""
    if accepted(old) is None or accepted(new) is None:
        return []
    asked, answered = (compare(document(old, way), document(new, way)) for way in ("request", "response"))
    forward, backward = broken(old, new), broken(new, old)
    claims = {
        "requests of the old edition are taken": (asked, "clients", forward),
        "requests of the new edition are taken by old servers": (asked, "servers", backward),
        "answers of the new edition are understood by old clients": (answered, "clients", backward),
        "answers of old servers fit the new edition": (answered, "servers", forward),
    }
    found = [claim for claim, (changes, party, sent) in claims.items() if sent and safe(changes, party)]
    if not asked and accepted(old) != accepted(new):
        found.append("nothing changed")
    return found


def safe(changes: tuple[Change, ...], party: str) -> bool:
    return all(getattr(change, party) is Severity.SAFE for change in changes)


def broken(old: dict[str, Json], new: dict[str, Json]) -> list[Json]:
    """What is sent by one edition and refused by the other."""
    sent, taken = accepted(old, sent=True), accepted(new)
    return [WORLD[index] for index in sorted((sent or frozenset()) - (taken or frozenset()))]


several = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


@several
@given(editions())
def test_what_is_called_safe_is_safe_for_every_value(pair):
    assert lies(*pair) == []


@pytest.mark.slow
@settings(several, max_examples=1500)
@given(editions())
def test_what_is_called_safe_is_safe_for_every_value_of_many_schemas(pair):
    assert lies(*pair) == []


def test_a_comparison_that_says_nothing_would_be_caught():
    old, new = {"S": {"type": "string"}}, {"S": {"type": "string", "maxLength": 1}}
    assert lies(old, new, lambda *_: ()) == [
        "requests of the old edition are taken",
        "answers of old servers fit the new edition",
        "nothing changed",
    ]


def test_a_comparison_that_takes_one_direction_for_the_other_would_be_caught():
    def swapped(old: Json, new: Json) -> tuple[Change, ...]:
        return tuple(replace(each, clients=each.servers, servers=each.clients) for each in diff(old, new))

    old, new = {"S": {"enum": ["a", "b"]}}, {"S": {"enum": ["a"]}}
    assert lies(old, new) == []
    assert lies(old, new, swapped) == [
        "requests of the old edition are taken",
        "answers of old servers fit the new edition",
    ]


def test_members_that_nobody_names_are_not_sent():
    named = {"S": {"properties": {"a": {"type": "string"}}}, "A": {}, "B": {}}
    sent = [WORLD[index] for index in accepted(named, sent=True)]
    assert {"a": "b"} in sent
    assert all(set(value) <= {"a"} for value in sent if isinstance(value, dict))
