"""Requests that differ from a plain one in one thing: a keyword of a schema is just broken, or just met.

Each part of a request that the document names is tried once for each of its keywords, so that a
server which does not look at one of them is seen with few requests.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jsonschema_rs

from ..document import Json, Operation, follow, pointer
from .samples import json_schema, overlap, put, sample

QUERY, HEADER, BODY = "query", "header", "body"

LONGEST = 100_000
"""Characters beyond which no text is made."""
_TEXTS = ("   ", "plumbline", "plumbline!", "0", "")
"""Texts of which most patterns and formats refuse one; the most telling first."""
_OTHERS: Mapping[str, Sequence[Json]] = {
    "string": (5, True, ["plumbline"], {"plumbline": 1}),
    "integer": ("5", 1.5, True, [5]),
    "number": ("5", True, [5]),
    "boolean": ("true", 1),
    "array": ("plumbline", {"plumbline": 1}),
    "object": ("plumbline", [], 5),
}
"""Type to values of other types; those that careless servers take first."""


@dataclass(frozen=True)
class Case:
    """One thing that is wrong, or unusual but right, with a request."""

    location: str
    """`QUERY`, `HEADER` or `BODY`."""
    place: str
    """The parameter's name, or the JSON pointer into the body."""
    keyword: str
    """The keyword that is broken or met."""
    value: Json
    """The parameter's value, or the whole body."""
    rank: int = 0
    """How many cases of the same keyword at the same place are more telling."""


@dataclass(frozen=True)
class _Part:
    """A member of a body, with what puts another value in its place."""

    place: str
    schema: Mapping[str, Json]
    value: Json
    put: Callable[[Json], Json] = field(repr=False)


def refused(document: Json, operation: Operation, plain: Json) -> list[Case]:
    """The cases that break a keyword, the most telling of each place and keyword first. `plain` is a body that fits."""
    cases = [
        Case(parameter["in"], parameter["name"], keyword, value, rank)
        for parameter in operation.parameters
        if parameter["in"] in (QUERY, HEADER)
        for keyword, values in _wrong_parameter(document, parameter)
        for rank, value in enumerate(values)
    ]
    schema = json_schema(document, operation)
    if schema is not None and plain is not None:
        for part in _members(document, _Part("", follow(document, schema), plain, lambda value: value)):
            cases += _null(part)
            for keyword, values in _wrong(document, part):
                cases += [Case(BODY, part.place, keyword, part.put(value), n) for n, value in enumerate(values)]
    return sorted(cases, key=lambda case: case.rank)


def met(document: Json, operation: Operation) -> Iterator[Case]:
    """The cases of parameters that meet a keyword at its bound, and all that is listed."""
    for parameter in operation.parameters:
        if parameter["in"] == QUERY:
            schema = follow(document, parameter.get("schema", {}))
            for rank, (keyword, value) in enumerate(_right(schema)):
                yield Case(QUERY, parameter["name"], keyword, value, rank)


def at_bounds(document: Json, operation: Operation, plain: Json, *, fixed: Sequence[str]) -> Iterator[tuple[str, Json]]:
    """Bodies in which every member is as great, and as small, as it may be, but for those at or below `fixed`.

    Each comes with a word for it. The longest texts have characters of two bytes where a pattern takes them.
    """
    schema = json_schema(document, operation)
    if schema is None or not isinstance(plain, dict):
        return
    for word, bounds in (("greatest", ("maximum", "maxLength")), ("least", ("minimum", "minLength"))):
        body = copy.deepcopy(plain)
        for part in _members(document, _Part("", follow(document, schema), plain, lambda value: value)):
            if not any(overlap(part.place, each) for each in fixed):
                value = next((value for keyword, value in _right(part.schema) if keyword in bounds), None)
                if value is not None:
                    put(body, part.place, _widened(part.schema, value) if word == "greatest" else value)
        yield word, body


def nested(document: Json, operation: Operation, plain: Json) -> Json:
    """A body whose objects of any members have an object with members of its own, as the document's examples have.

    None where no example has one, or no such object stands in `plain`.
    """
    schema = json_schema(document, operation)
    body, found = copy.deepcopy(plain), False
    for part in _members(document, _Part("", follow(document, schema or {}), plain, lambda value: value)):
        inner = next((each for each in _objects(part.schema.get("examples", ())) if any(each.values())), None)
        if inner is not None and "properties" not in part.schema and isinstance(part.value, dict) and part.value:
            name, found = next(iter(part.value)), True
            put(body, part.place, {**part.value, name: inner})
    return body if found else None


def _objects(examples: Sequence[Json]) -> Iterator[dict[str, Json]]:
    """The objects within some examples that are objects."""
    for example in examples:
        yield from (each for each in example.values() if isinstance(each, dict)) if isinstance(example, dict) else ()


# --- Where ----------------------------------------------------------------------------------------


def _members(document: Json, part: _Part) -> Iterator[_Part]:
    """A part of a body and every part below it that a schema names."""
    yield part
    if not isinstance(part.value, dict):
        return
    for name, below in part.schema.get("properties", {}).items():
        schema = follow(document, below)
        value = part.value.get(name, sample(document, schema))

        def put(value: Json, name: str = name) -> Json:
            return part.put({**part.value, name: value})

        yield from _members(document, _Part(part.place + pointer(name), schema, value, put))


# --- What -----------------------------------------------------------------------------------------


def _wrong_parameter(document: Json, parameter: Mapping[str, Json]) -> Iterator[tuple[str, list[Json]]]:
    """Keyword to values of a parameter that break it."""
    schema = follow(document, parameter.get("schema", {}))
    if schema.get("type") in ("integer", "number", "boolean"):
        yield "type", ["plumbline"]
    yield from _wrong_value(schema)


def _wrong(document: Json, part: _Part) -> Iterator[tuple[str, list[Json]]]:
    """Keyword to values that break it in the place of a part."""
    schema, value = part.schema, part.value
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    for kind in kinds[:1]:
        yield "type", [each for each in _OTHERS.get(kind, ()) if not jsonschema_rs.is_valid({"type": kinds}, each)]
    yield from _wrong_value(schema)
    if isinstance(value, dict):
        yield from _wrong_object(schema, value)
    if isinstance(value, list):
        yield from _wrong_array(document, schema, value)


def _null(part: _Part) -> Iterator[Case]:
    """Null in the place of each required member of an object, those of the body itself the most telling."""
    for name in part.schema.get("required", ()) if isinstance(part.value, dict) else ():
        place, below = part.place + pointer(name), bool(part.place)
        yield Case(BODY, place, "null", part.put({**part.value, name: None}), rank=int(below))


def _wrong_value(schema: Mapping[str, Json]) -> Iterator[tuple[str, list[Json]]]:
    if "enum" in schema or "const" in schema:
        yield "enum", [each for each in ("plumbline", -7919) if not jsonschema_rs.is_valid(_only(schema), each)][:1]
        return
    step = schema.get("multipleOf", 1)
    for keyword, by in (("maximum", step), ("minimum", -step), ("exclusiveMaximum", 0), ("exclusiveMinimum", 0)):
        if isinstance(bound := schema.get(keyword), int | float):
            yield keyword, [bound + by, bound + 1000 * by] if by else [bound]
    if "multipleOf" in schema:
        yield "multipleOf", [schema.get("minimum", 0) + step / 2]
    if schema.get("maxLength", LONGEST) < LONGEST:
        yield "maxLength", ["x" * (schema["maxLength"] + 1), "x" * (schema["maxLength"] * 2 + 10)]
    if schema.get("minLength", 0) > 0:
        yield "minLength", ["x" * (schema["minLength"] - 1)]
    for keyword in sorted({"pattern", "format"} & schema.keys()):
        within = {"minLength": schema.get("minLength", 0), "maxLength": schema.get("maxLength", LONGEST)}
        fitting = [text for text in _TEXTS if jsonschema_rs.is_valid(within, text)]
        yield keyword, [text for text in fitting if _breaks(schema, keyword, text)]


def _wrong_object(schema: Mapping[str, Json], value: dict[str, Json]) -> Iterator[tuple[str, list[Json]]]:
    for one in schema.get("required", ()):
        yield "required", [{name: each for name, each in value.items() if name != one}]
    if schema.get("minProperties", 0) > 0:
        yield "minProperties", [dict(list(value.items())[: schema["minProperties"] - 1])]
    if schema.get("additionalProperties") is False:
        yield "additionalProperties", [{**value, "plumbline": "plumbline"}]
    if "maxProperties" in schema:
        yield "maxProperties", [{**value, **{f"plumbline{n}": n for n in range(schema["maxProperties"] + 1)}}]


def _wrong_array(document: Json, schema: Mapping[str, Json], value: list[Json]) -> Iterator[tuple[str, list[Json]]]:
    item = value[0] if value else sample(document, schema.get("items", {}))
    if schema.get("minItems", 0) > 0:
        yield "minItems", [value[: schema["minItems"] - 1]]
    if schema.get("maxItems", LONGEST) < LONGEST:
        yield "maxItems", [[item] * (schema["maxItems"] + 1)]
    if schema.get("uniqueItems"):
        yield "uniqueItems", [[item, item]]
    items = follow(document, schema.get("items", {}))
    for _, values in _wrong(document, _Part("", items, item, lambda each: each)):
        yield "items", [[*value, each] for each in values[:1]]


def _right(schema: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    """Keyword to value that just meets it."""
    for each in schema.get("enum", ()):
        yield "enum", each
    for keyword in ("maximum", "minimum"):
        if keyword in schema and "enum" not in schema:
            yield keyword, schema[keyword]
    for keyword in ("maxLength", "minLength"):
        length = schema.get(keyword, 0)
        if 0 < length <= LONGEST and not {"enum", "const", "format"} & schema.keys():
            yield keyword, "x" * length


def _widened(schema: Mapping[str, Json], value: Json) -> Json:
    """A text as long of characters that take two bytes each, where a pattern takes them; else the value itself."""
    if not isinstance(value, str) or "pattern" not in schema:
        return value
    wide = "é" * len(value)
    return value if _breaks(schema, "pattern", wide) else wide


def _only(schema: Mapping[str, Json]) -> dict[str, Json]:
    return {name: schema[name] for name in ("enum", "const") if name in schema}


def _breaks(schema: Mapping[str, Json], keyword: str, text: str) -> bool:
    validator: Any = jsonschema_rs.Draft202012Validator({keyword: schema[keyword]}, validate_formats=True)
    return not validator.is_valid(text)
