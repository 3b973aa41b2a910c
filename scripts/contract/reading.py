"""What the document says of a request and its answer, read off the wire.

A request is *valid* when every server that speaks the API must take it, *invalid* when every one
must refuse it, and *open* in between: where engines and lawful servers differ, where a value would
have to exist on the server, where a limit is the server's own. Only the first two are judged.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import jsonschema_rs

from ..document import Json, Operation, at, deeper, follow, parts, pointer
from ..project import Given
from .exchanges import Exchange, header
from .passage import hindrance

VALID, INVALID, OPEN = "valid", "invalid", "open"

_DOCUMENT = "urn:document"
_CERTAIN_INTEGER = 10
"""Integers without a stated maximum are certain to be taken up to this: beyond, a server may have a limit."""
_DEEPEST = 200
"""Levels of a value that are certain to be taken, and that the engine of schemas can tell of."""
_LONGEST = 1000
"""Characters of a text without a stated maximum that are certain to be taken; likewise."""


@dataclass(frozen=True)
class Reading:
    """What a request is by the document, and the first reason."""

    kind: str
    reason: str = ""


@dataclass(frozen=True)
class Misfit:
    """One way in which a body does not fit its schema."""

    pointer: str
    """The keyword of the document that is broken."""
    place: str
    """JSON pointer into the body."""
    message: str


@dataclass
class Reader:
    """Reads exchanges by one document; keeps the compiled schemas."""

    document: Json = field(repr=False)
    operations: Mapping[str, Operation]
    given: Mapping[str, Sequence[tuple[Given, Json]]]
    """operationId to the values that must exist on the server, each with the one to use."""
    _validators: dict[str, Any] = field(default_factory=dict, repr=False)

    def misfits(self, schema: str, value: Json) -> list[Misfit]:
        """How `value` does not fit the schema at the pointer `schema`; empty if it does, or is too deep to be told."""
        if deeper(value, _DEEPEST):
            return []
        if schema not in self._validators:
            self._validators[schema] = jsonschema_rs.Draft202012Validator(
                {"$ref": f"{_DOCUMENT}#{quote(schema, safe='/~')}"},
                registry=jsonschema_rs.Registry([(_DOCUMENT, self.document)]),
                validate_formats=True,
            )
        try:
            errors = list(self._validators[schema].iter_errors(value))
        except UnicodeEncodeError:
            errors = list(self._validators[schema].iter_errors(encodable(value)))
        return [Misfit(pointer(*error.schema_path), pointer(*error.instance_path), error.message) for error in errors]

    def response(self, operation: Operation, status: int) -> tuple[str, Mapping[str, Json]] | None:
        """The pointer and definition of the documented answer with a status; None if there is none."""
        responses = operation.definition.get("responses", {})
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in responses:
                return self._followed(pointer_to(operation, "responses", key))
        return None

    def request(self, exchange: Exchange) -> Reading:
        """What the exchange's request is by the document."""
        if exchange.operation is None:
            return Reading(OPEN, "no operation has this method and path")
        operation = self.operations[exchange.operation]
        readings = [*self._query(operation, exchange), *self._headers(operation, exchange)]
        readings += [*_path(operation, exchange), *self._body(operation, exchange)]
        if hindered := hindrance(exchange):
            readings.append(Reading(OPEN, hindered))
        for kind in (INVALID, OPEN):
            for reading in readings:
                if reading.kind == kind:
                    return reading
        return Reading(VALID)

    def _followed(self, at_pointer: str) -> tuple[str, Json]:
        node = at(self.document, at_pointer)
        if isinstance(node, dict) and "$ref" in node:
            return node["$ref"].removeprefix("#"), follow(self.document, node)
        return at_pointer, node

    # --- Parameters ---------------------------------------------------------------------------

    def _query(self, operation: Operation, exchange: Exchange) -> Iterator[Reading]:
        sent: dict[str, list[str]] = {}
        for name, value in parse_qsl(urlsplit(exchange.url).query, keep_blank_values=True, errors="surrogateescape"):
            sent.setdefault(name, []).append(value)
        declared = {each["name"]: each for each in operation.parameters if each["in"] == "query"}
        for name in sent.keys() - declared.keys():
            yield Reading(OPEN, f"no parameter is called {name!r}")
        for name, parameter in declared.items():
            if name not in sent:
                if parameter.get("required"):
                    yield Reading(INVALID, f"the required parameter `{name}` is missing")
            elif len(sent[name]) > 1:
                yield Reading(OPEN, f"`{name}` is sent more than once")
            else:
                yield self._parameter(parameter, sent[name][0])

    def _headers(self, operation: Operation, exchange: Exchange) -> Iterator[Reading]:
        for parameter in operation.parameters:
            if parameter["in"] == "header":
                value = header(exchange.request_headers, parameter["name"])
                if value:
                    yield self._parameter(parameter, value)
                elif parameter.get("required"):
                    yield Reading(INVALID, f"the required header `{parameter['name']}` is missing")

    def _parameter(self, parameter: Mapping[str, Json], text: str) -> Reading:
        name, schema = parameter["name"], follow(self.document, parameter.get("schema", {}))
        if not text:
            return Reading(OPEN, f"`{name}` is empty")
        kind = schema.get("type", "string")
        if kind == "integer":
            return _integer(name, schema, text)
        if kind == "boolean":
            return _boolean(name, text)
        if kind == "number" and not any(character.isdigit() for character in text):
            return Reading(INVALID, f"`{name}` is {text!r}, not a number")
        if kind != "string":
            return Reading(OPEN, f"`{name}` is of the type {kind}")
        if "enum" in schema and text not in schema["enum"]:
            alike = any(text.strip().casefold() == str(each).casefold() for each in schema["enum"])
            return Reading(OPEN if alike else INVALID, f"`{name}` is {text!r}, which is not listed")
        return _uncertain_text(name, schema, text) or self._by_schema(name, schema, text)

    def _by_schema(self, name: str, schema: Mapping[str, Json], value: Json) -> Reading:
        validator = jsonschema_rs.Draft202012Validator(dict(schema))
        return Reading(VALID) if validator.is_valid(value) else Reading(INVALID, f"`{name}` does not fit its schema")

    # --- Body -----------------------------------------------------------------------------------

    def _body(self, operation: Operation, exchange: Exchange) -> Iterator[Reading]:
        if "requestBody" not in operation.definition:
            if exchange.request_body:
                yield Reading(OPEN, "a body where none is documented")
            return
        where, definition = self._followed(pointer_to(operation, "requestBody"))
        if not exchange.request_body:
            yield Reading(INVALID if definition.get("required") else VALID, "there is no body")
            return
        media_type = header(exchange.request_headers, "content-type").partition(";")[0].strip().lower()
        if media_type not in definition["content"]:
            yield Reading(OPEN, f"the body's media type is {media_type!r}")
        elif media_type.endswith("json"):
            schema = f"{where}{pointer('content', media_type, 'schema')}"
            yield from self._json(operation, schema, exchange.request_body)
        else:
            yield Reading(OPEN, f"bodies of the type {media_type} are not read")

    def body(self, operation: Operation, value: Json) -> str:
        """What a JSON body is by the document, before it is sent: open where the operation takes none."""
        if "requestBody" not in operation.definition:
            return OPEN
        where, definition = self._followed(pointer_to(operation, "requestBody"))
        media_type = next((each for each in definition["content"] if each.endswith("json")), None)
        if media_type is None:
            return OPEN
        schema = f"{where}{pointer('content', media_type, 'schema')}"
        try:
            body = json.dumps(value).encode()
        except (ValueError, TypeError):
            return OPEN
        kinds = {reading.kind for reading in self._json(operation, schema, body)}
        return next((kind for kind in (INVALID, OPEN) if kind in kinds), VALID)

    def sent(self, exchange: Exchange) -> tuple[Json, str] | None:
        """The JSON body of a request and the pointer of its schema; None where parsers may read another, or none."""
        definition = self.operations[exchange.operation].definition if exchange.operation else {}
        if exchange.operation is None or "requestBody" not in definition or not exchange.request_body:
            return None
        where, definition = self._followed(pointer_to(self.operations[exchange.operation], "requestBody"))
        media_type = header(exchange.request_headers, "content-type").partition(";")[0].strip().lower()
        if media_type not in definition["content"] or not media_type.endswith("json"):
            return None
        try:
            value = json.loads(exchange.request_body.decode(), object_pairs_hook=_unique, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            return None
        return value, f"{where}{pointer('content', media_type, 'schema')}"

    def _json(self, operation: Operation, schema: str, body: bytes) -> Iterator[Reading]:
        try:
            value = json.loads(body.decode(), object_pairs_hook=_unique, parse_constant=_no_constant)
        except _AmbiguousError as error:
            yield Reading(OPEN, str(error))
            return
        except (ValueError, RecursionError):
            yield Reading(INVALID, "the body is not JSON")
            return
        if deeper(value, _DEEPEST):
            yield Reading(OPEN, "the body is deep")
            return
        misfits = self.misfits(schema, value)
        nulls = [misfit.place for misfit in misfits if misfit.place and at(value, misfit.place) is None]
        if nulls and not self.misfits(schema, _without(value, nulls)):
            yield Reading(OPEN, f"{nulls[0]} is null, which is absence to many servers")
            return
        for misfit in misfits:
            yield _weigh(misfit, at(value, misfit.place))
        given_values = self.given.get(operation.id, ())
        yield from self._uncertain(schema, value, "", certain=frozenset(given.member for given, _ in given_values))
        for given, wanted in given_values:
            try:
                same = at(value, given.member) == wanted
            except KeyError:
                same = False
            if not same:
                yield Reading(OPEN, f"{given.member} is not the value that exists on the server")

    def _uncertain(self, schema: str, value: Json, place: str, *, certain: frozenset[str]) -> Iterator[Reading]:
        """Where a body that fits may still be refused by a lawful server; not in the members that are `certain`."""
        if place in certain:
            return
        schema, definition = self._followed(schema)
        if isinstance(value, dict):
            named = definition.get("properties", {})
            for name, member in value.items():
                if name in named:
                    below = f"{schema}{pointer('properties', name)}"
                    yield from self._uncertain(below, member, f"{place}/{name}", certain=certain)
                elif named:
                    yield Reading(OPEN, f"{place}/{name} is a member that no text names")
        elif isinstance(value, str) and "enum" not in definition:
            uncertain = _uncertain_text(place, definition, value)
            if uncertain:
                yield uncertain
        elif isinstance(value, float):
            yield Reading(OPEN, f"{place} is written as a number with a fraction")
        elif _is_integer(value) and "maximum" not in definition and abs(value) > _CERTAIN_INTEGER:
            yield Reading(OPEN, f"{place} is a number without a stated maximum")


def pointer_to(operation: Operation, *parts: str) -> str:
    """The pointer to a part of an operation."""
    return operation.pointer + pointer(*parts)


def _path(operation: Operation, exchange: Exchange) -> Iterator[Reading]:
    if any(parameter["in"] == "path" for parameter in operation.parameters):
        steps = urlsplit(exchange.url).path.rsplit("/", operation.path.count("/"))[1:]
        if not all(re.fullmatch(r"[A-Za-z0-9_-]+", step) for step in steps):
            yield Reading(OPEN, "the path has characters that servers and proxies treat differently")


def _integer(name: str, schema: Mapping[str, Json], text: str) -> Reading:
    if not re.fullmatch(r"-?(0|[1-9][0-9]*)", text):
        # `1.0`, `+5` and ` 5` are numbers to some; a text without a digit is one to nobody.
        numeric = any(character.isdigit() for character in text)
        return Reading(OPEN if numeric else INVALID, f"`{name}` is {text!r}, not an integer")
    value = int(text) if len(text) < 100 else 10**100
    if value < schema.get("minimum", value) or value > schema.get("maximum", value):
        return Reading(INVALID, f"`{name}` is {text[:30]}, out of its bounds")
    if "maximum" not in schema and abs(value) > _CERTAIN_INTEGER:
        return Reading(OPEN, f"`{name}` is {text[:30]} and has no stated maximum")
    return Reading(VALID)


def _boolean(name: str, text: str) -> Reading:
    if text in ("true", "false"):
        return Reading(VALID)
    # `1`, `yes` and `True` are so to some; a text that is none of these is to nobody.
    uncertain = re.fullmatch("[01]|t|f|y|n|on|off|yes|no|true|false|null|none", text.strip(), re.IGNORECASE)
    return Reading(OPEN if uncertain else INVALID, f"`{name}` is {text!r}, neither true nor false")


def _uncertain_text(name: str, schema: Mapping[str, Json], text: str) -> Reading | None:
    """Why a text may be taken by one lawful server and refused by another; None if it may not."""
    if any(ord(character) < 32 or 127 <= ord(character) < 160 or character in "\u2028\u2029" for character in text):
        # Also what a `.` of a pattern stops at, in which engines differ.
        return Reading(OPEN, f"{name} has control characters")
    if any(0xD800 <= ord(character) < 0xE000 for character in text):
        return Reading(OPEN, f"{name} has half of a surrogate pair")
    if not text and "minLength" not in schema:
        return Reading(OPEN, f"{name} is empty")
    if len(text) > schema.get("maxLength", _LONGEST):
        return None if "maxLength" in schema else Reading(OPEN, f"{name} is long")
    if len(text.encode("utf-16-le")) // 2 > schema.get("maxLength", _LONGEST):
        # JSON Schema Validation, 6.3.1 counts characters, never bytes; of one beyond 16 bits some engines count two.
        return Reading(OPEN, f"{name} is within its length in characters, but not in units of UTF-16")
    if "pattern" not in schema and "format" not in schema and not re.fullmatch(r"[A-Za-z0-9 ._~-]*", text):
        # A pattern states which characters are taken; without one, only the plain ones are certain.
        return Reading(OPEN, f"{name} has characters that no text promises to take")
    return None


def _weigh(misfit: Misfit, value: Json) -> Reading:
    """Whether the misfit of `value` is one that every server must see."""
    reason = f"{misfit.place or 'the body'}: {misfit.message[:200]}"
    keyword = misfit.pointer.rpartition("/")[2]
    beyond = isinstance(value, str) and not (value.isascii() and value.isprintable())
    if keyword in ("pattern", "format") and beyond:
        return Reading(OPEN, f"{reason} (engines differ at line breaks and beyond ASCII)")
    return Reading(INVALID, reason)


def _without(value: Json, places: Sequence[str]) -> Json:
    """A copy of `value` without the members of objects at `places`."""
    pruned = copy.deepcopy(value)
    for place in places:
        above, _, last = place.rpartition("/")
        parent = at(pruned, above)
        if isinstance(parent, dict):
            del parent[parts(f"/{last}")[0]]
    return pruned


def encodable(value: Json) -> Json:
    """A copy of `value` with a question mark for each half of a surrogate pair, which JSON can write."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [encodable(item) for item in value]
    if isinstance(value, dict):
        return {encodable(name): encodable(member) for name, member in value.items()}
    return value


def _is_integer(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


class _AmbiguousError(ValueError):
    """JSON that parsers read differently."""


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise _AmbiguousError("a member stands twice in one object")
    return result


def _no_constant(name: str) -> Json:
    raise ValueError(name)
