"""How much of the document the log of exchanges has exercised: operations, statuses, parameters, keywords.

A *point* is a part of the document, and its *ways* are what can be done to it: an operation is asked
and succeeds, a status is seen, a parameter is sent valid, sent invalid and left out, a keyword of a
request's schema is kept and broken. Each way that no exchange has gone is told with the JSON pointer
of its part.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import jsonschema_rs

from ..document import Json, Operation, at, deeper, follow, parts, pointer
from .exchanges import Exchange, header
from .reading import Reader, encodable, pointer_to

OPERATION, STATUS, PARAMETER, KEYWORD = "operation", "status", "parameter", "keyword"
KINDS = {OPERATION: "operations", STATUS: "statuses", PARAMETER: "parameters", KEYWORD: "keywords"}
"""Each kind of points, to the word for several."""

ASKED, SUCCEEDED, SEEN = "asked", "succeeded", "seen"
SENT_VALID, SENT_INVALID, LEFT_OUT = "valid", "invalid", "left out"
KEPT, BROKEN = "kept", "broken"

_DEEPEST = 64
"""Schemas inside each other that are followed; what refers to itself has no end."""

_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_TEXTS = ("minLength", "maxLength", "pattern", "format")
_LISTS = ("minItems", "maxItems", "uniqueItems")
_OBJECTS = ("minProperties", "maxProperties")
_ASSERTIONS = ("type", "enum", "const", *_NUMBERS, *_TEXTS, *_LISTS, *_OBJECTS)


@dataclass(frozen=True)
class Point:
    """A part of the document, and how many exchanges went each of its ways."""

    kind: str
    operation: str
    """The operationId."""
    name: str
    pointer: str
    ways: Mapping[str, int]

    @property
    def missing(self) -> list[str]:
        """The ways that no exchange went."""
        return [way for way, count in self.ways.items() if not count]


def points(reader: Reader, scope: Iterable[Operation], exchanges: Iterable[Exchange]) -> list[Point]:
    """The points of the operations in `scope`, in the order of the document."""
    asked: dict[str, list[Exchange]] = {}
    for exchange in exchanges:
        asked.setdefault(exchange.operation or "", []).append(exchange)
    found: list[Point] = []
    for operation in scope:
        own = asked.get(operation.id, [])
        ways = {ASKED: len(own), SUCCEEDED: sum(exchange.succeeded for exchange in own)}
        found.append(Point(OPERATION, operation.id, str(operation), operation.pointer, ways))
        found += _statuses(operation, own)
        found += _requests(reader, operation, own)
    return found


def told(found: Sequence[Point]) -> dict[str, Json]:
    """The summary of points: of each kind the ways gone and all there are, and every point with a way not gone."""
    operations = dict.fromkeys(point.operation for point in found)
    lacking = [
        {
            "kind": point.kind,
            "operation": point.operation,
            "name": point.name,
            "pointer": point.pointer,
            "missing": point.missing,
        }
        for point in found
        if point.missing
    ]
    by_operation = {name: _totals([point for point in found if point.operation == name]) for name in operations}
    return {**_totals(found), "by_operation": by_operation, "not_covered": lacking}


def _totals(found: Sequence[Point]) -> dict[str, Json]:
    totals: dict[str, Json] = {}
    for kind, several in KINDS.items():
        counts = [count for point in found if point.kind == kind for count in point.ways.values()]
        totals[several] = {"covered": sum(count > 0 for count in counts), "of": len(counts)}
    return totals


def _statuses(operation: Operation, own: Sequence[Exchange]) -> Iterator[Point]:
    documented = operation.definition.get("responses", {})
    seen = Counter(_documented(documented, each.status) for each in own if each.status is not None)
    for key in documented:
        yield Point(STATUS, operation.id, str(key), pointer_to(operation, "responses", str(key)), {SEEN: seen[key]})


def _documented(responses: Mapping[str, Json], status: int) -> str | None:
    """The key under which an answer is documented; None where none is."""
    return next((key for key in (str(status), f"{status // 100}XX", "default") if key in responses), None)


# --- Requests -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Field:
    """A parameter, or the body, of an operation."""

    name: str
    place: str
    """path, query, header, cookie or body."""
    pointer: str
    schema: str
    """The pointer of its schema."""
    textual: bool
    """Whether it is a text on the wire, so that every value fits `type: string`."""

    @property
    def label(self) -> str:
        return "body" if self.place == "body" else self.name


def _requests(reader: Reader, operation: Operation, own: Sequence[Exchange]) -> Iterator[Point]:
    """The parameters of an operation, its body among them, each with the keywords of its schema."""
    walk = _Walk(reader)
    for each in (*_parameters(reader.document, operation), *_body(reader.document, operation)):
        keywords = {key: key for key in walk.keywords(each.schema, each.label)}
        sent: Counter[str] = Counter()
        tried: Counter[tuple[str, str, bool]] = Counter()
        for exchange in own:
            results = _results(walk, each, operation, exchange)
            if results is None:
                sent[LEFT_OUT] += 1
                continue
            tried.update({(*key, kept) for key, kept in results if key in keywords})
            sent[SENT_VALID if all(kept for _, kept in results) else SENT_INVALID] += 1
        fixed = {key for key in keywords if each.textual and _is_text(reader.document, key)}
        ways = [SENT_VALID] + [SENT_INVALID] * (keywords.keys() != fixed) + [LEFT_OUT] * (each.place != "path")
        yield Point(PARAMETER, operation.id, each.label, each.pointer, {way: sent[way] for way in ways})
        for place, where in keywords:
            counts = {KEPT: tried[place, where, True], BROKEN: tried[place, where, False]}
            if (place, where) in fixed:
                del counts[BROKEN]
            yield Point(KEYWORD, operation.id, f"{place}: {_keyword(reader.document, where)}", where, counts)


def _results(
    walk: _Walk, each: _Field, operation: Operation, exchange: Exchange
) -> list[tuple[tuple[str, str], bool]] | None:
    """Every keyword that an exchange's value came to, and whether it was kept; None where none was sent."""
    if each.place != "body":
        texts = _texts(each, operation, exchange)
        return list(walk.tried(each.schema, walk.read(each.schema, texts), each.label)) if texts else None
    if not exchange.request_body:
        return None
    try:
        value = json.loads(exchange.request_body)
    except (ValueError, RecursionError):
        return [(("", ""), False)]
    if deeper(value, _DEEPEST):  # than any schema that is followed, and maybe than its engine can go
        return [(("", ""), False)]
    value = encodable(value)
    return list(walk.tried(each.schema, value, each.label))


def _parameters(document: Json, operation: Operation) -> Iterator[_Field]:
    above = operation.pointer.rpartition("/")[0]
    places: dict[tuple[str, str], str] = {}
    for source in (above, operation.pointer):
        for index, parameter in enumerate(at(document, source).get("parameters", ())):
            definition = follow(document, parameter)
            where = _resolved(document, f"{source}{pointer('parameters', index)}")[0]
            places[definition["name"], definition["in"]] = where
    for parameter in operation.parameters:
        where = places[parameter["name"], parameter["in"]]
        yield _Field(parameter["name"], parameter["in"], where, f"{where}/schema", textual=True)


def _body(document: Json, operation: Operation) -> Iterator[_Field]:
    if "requestBody" in operation.definition:
        where, definition = _resolved(document, pointer_to(operation, "requestBody"))
        for media_type in definition.get("content", {}):
            if media_type.partition(";")[0].endswith("json"):
                schema = f"{where}{pointer('content', media_type, 'schema')}"
                yield _Field("body", "body", where, schema, textual=False)
                return


def _texts(each: _Field, operation: Operation, exchange: Exchange) -> list[str]:
    """The texts that an exchange sent for a parameter; empty where it left it out."""
    url = urlsplit(exchange.url)
    if each.place == "query":
        pairs = parse_qsl(url.query, keep_blank_values=True, errors="surrogateescape")
        return [encodable(value) for name, value in pairs if name == each.name]
    if each.place == "header":
        value = header(exchange.request_headers, each.name.lower())
        return [value] if value else []
    if each.place == "path":
        steps = re.split(r"\{([^}]*)\}", operation.path)
        route = "".join("([^/]*)" if index % 2 else re.escape(step) for index, step in enumerate(steps))
        matched = re.search(f"{route}$", url.path)
        values = dict(zip(steps[1::2], matched.groups(), strict=True)) if matched else {}
        return [unquote(values[each.name])] if each.name in values else []
    return []


# --- Schemas ------------------------------------------------------------------------------------


@dataclass
class _Walk:
    """Goes through schemas and values; keeps the compiled keywords."""

    reader: Reader
    _checks: dict[str, Any] = field(default_factory=dict)

    def keywords(self, schema: str, place: str, seen: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
        """Place in the request and pointer of each keyword that a request can keep or break."""
        where, definition = _resolved(self.reader.document, schema)
        if not isinstance(definition, dict) or where in seen or len(seen) > _DEEPEST:
            return
        yield from ((place, where + pointer(name)) for name in _ASSERTIONS if name in definition)
        yield from ((place, where + pointer("required", index)) for index, _ in enumerate(_required(definition)))
        if definition.get("additionalProperties") is False:
            yield place, where + pointer("additionalProperties")
        for below, at_place in _below(where, definition, place):
            yield from self.keywords(below, at_place, seen | {where})

    def tried(self, schema: str, value: Json, place: str, *, depth: int = 0) -> Iterator[tuple[tuple[str, str], bool]]:
        """Place and pointer of each keyword that applies to a value, and whether the value keeps it."""
        where, definition = _resolved(self.reader.document, schema)
        if not isinstance(definition, dict) or depth > _DEEPEST:
            return
        for name in _ASSERTIONS:
            if name in definition and _applies(name, value):
                yield (place, where + pointer(name)), self._holds(where + pointer(name), name, value)
        if isinstance(value, dict):
            for index, name in enumerate(_required(definition)):
                yield (place, where + pointer("required", index)), name in value
            if definition.get("additionalProperties") is False:
                yield (place, where + pointer("additionalProperties")), value.keys() <= _named(definition)
        for below, member in self._members(where, definition, value):
            name = parts(below)[-1]
            at_place = f"{place}[]" if isinstance(value, list) else f"{place}/{name}"
            yield from self.tried(below, member, at_place, depth=depth + 1)
        for branch in self._branches(where, definition, value):
            yield from self.tried(branch, value, place, depth=depth + 1)

    def read(self, schema: str, texts: Sequence[str]) -> Json:
        """What the texts of a parameter mean by its schema; a text where they mean nothing else."""
        definition = _resolved(self.reader.document, schema)[1]
        kind = definition.get("type") if isinstance(definition, dict) else None
        if kind == "array":
            return [self.read(f"{_resolved(self.reader.document, schema)[0]}/items", [text]) for text in texts]
        text = texts[0]
        if kind == "integer" and re.fullmatch(r"-?[0-9]{1,99}", text):
            return int(text)
        if kind == "number" and re.fullmatch(r"-?[0-9]{1,99}(\.[0-9]{1,99})?", text):
            return float(text)
        return text == "true" if kind == "boolean" and text in ("true", "false") else text

    def _members(self, where: str, definition: Mapping[str, Json], value: Json) -> Iterator[tuple[str, Json]]:
        if isinstance(value, dict):
            for name in value.keys() & definition.get("properties", {}).keys():
                yield where + pointer("properties", name), value[name]
        elif isinstance(value, list) and "items" in definition:
            for item in value[:_DEEPEST]:
                yield where + pointer("items"), item

    def _branches(self, where: str, definition: Mapping[str, Json], value: Json) -> Iterator[str]:
        """The branches that speak of a value: all that must fit; of a choice those that fit, or all where none does."""
        yield from (where + pointer("allOf", index) for index, _ in enumerate(definition.get("allOf", ())))
        for choice in ("anyOf", "oneOf"):
            branches = [where + pointer(choice, index) for index, _ in enumerate(definition.get(choice, ()))]
            yield from [branch for branch in branches if not self.reader.misfits(branch, value)] or branches

    def _holds(self, where: str, name: str, value: Json) -> bool:
        if where not in self._checks:
            keyword = {name: at(self.reader.document, where)}
            self._checks[where] = jsonschema_rs.Draft202012Validator(keyword, validate_formats=True)
        return bool(self._checks[where].is_valid(value))


def _below(where: str, definition: Mapping[str, Json], place: str) -> Iterator[tuple[str, str]]:
    """The schemas inside one, each with the place in the request that it is about."""
    for name in definition.get("properties", {}):
        yield where + pointer("properties", name), f"{place}/{name}"
    if "items" in definition:
        yield where + pointer("items"), f"{place}[]"
    for choice in ("allOf", "anyOf", "oneOf"):
        yield from ((where + pointer(choice, index), place) for index, _ in enumerate(definition.get(choice, ())))


def _applies(name: str, value: Json) -> bool:
    """Whether a keyword says anything of a value of its type."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    kinds = (
        (_NUMBERS, number),
        (_TEXTS, isinstance(value, str)),
        (_LISTS, isinstance(value, list)),
        (_OBJECTS, isinstance(value, dict)),
    )
    return next((fits for names, fits in kinds if name in names), True)


def _named(definition: Mapping[str, Json]) -> frozenset[str]:
    return frozenset(definition.get("properties", ()))


def _required(definition: Mapping[str, Json]) -> Sequence[str]:
    required: Sequence[str] = definition.get("required", ())
    return required


def _resolved(document: Json, where: str) -> tuple[str, Json]:
    """The pointer and value of what stands at a pointer, references followed."""
    node = at(document, where)
    for _ in range(_DEEPEST):
        if not isinstance(node, dict) or not isinstance(node.get("$ref"), str):
            break
        where = unquote(node["$ref"]).removeprefix("#")
        node = at(document, where)
    return where, node


def _is_text(document: Json, key: tuple[str, str]) -> bool:
    return key[1].endswith("/type") and at(document, key[1]) == "string"


def _keyword(document: Json, where: str) -> str:
    """A keyword in words: its name, and of `required` the member."""
    *_, above, last = parts(where)
    return f"required {at(document, where)}" if above == "required" else last
