"""Requests and responses as values, and what is wrong with a request by the document."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

import jsonschema_rs

from ..document import Json, Operation, follow, operations, pointer

LARGEST_BODY = 1 << 20
"""Bytes of a request's body that are taken."""

DEEPEST_BODY = 100
"""Objects and arrays within each other that are taken: what answers them goes down as deep."""


@dataclass(frozen=True)
class Request:
    """A request as it came over the wire."""

    method: str
    path: str
    """Below the base path, percent-encoded."""
    query: str = ""
    headers: Sequence[tuple[str, str]] = field(default=(), repr=False)
    """Names in lower case."""
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """The value of a header that is there once; None if it is missing or there more than once."""
        values = [value for each, value in self.headers if each == name.lower()]
        return values[0] if len(values) == 1 else None


@dataclass(frozen=True)
class Response:
    """An answer. `body` is JSON."""

    status: int
    body: Json
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"
    path: str = ""
    """The template of the path that was asked for, for the log; empty where none fits."""


@dataclass(frozen=True)
class Checked:
    """A request that fits the document: its values, read as the document types them."""

    path: Mapping[str, str]
    query: Mapping[str, Json]
    body: Json = None


class RefusedError(Exception):
    """What is wrong with a request; `status` is the one that fits best."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


@dataclass(frozen=True)
class _Parameter:
    """One parameter of an operation, its schema compiled."""

    name: str
    place: str
    """path, query or header."""
    required: bool
    kinds: frozenset[str]
    """Its types; of an array, those of its items."""
    array: bool
    explode: bool
    validator: Any

    def read(self, texts: Sequence[str]) -> Json:
        """The value that is written in `texts`. Raises `RefusedError` if it is not valid."""
        if self.array:
            parted = texts if self.explode else [part for text in texts for part in text.split(",")]
            value: Json = [_typed(text, self.kinds, self.name) for text in parted]
        elif len(texts) > 1:
            raise RefusedError(400, f"{self.name} is given more than once")
        else:
            value = _typed(texts[0], self.kinds, self.name)
        if not self.validator.is_valid(value):
            raise RefusedError(400, f"{self.name} is not valid")
        return value


class Route:
    """One operation, its schemas compiled."""

    def __init__(self, operation: Operation, document: Json) -> None:
        self.operation = operation
        steps = re.split(r"\{[^}]*\}", operation.path)
        self._names = re.findall(r"\{([^}]*)\}", operation.path)
        self._pattern = re.compile("([^/]+)".join(map(re.escape, steps)))
        self._parameters = [_parameter(each, document) for each in operation.parameters]
        body = follow(document, operation.definition.get("requestBody", {}))
        self._required = bool(body.get("required"))
        self._media = {
            name.lower(): _compiled(document, media.get("schema", {}))
            for name, media in body.get("content", {}).items()
        }

    def match(self, path: str) -> Mapping[str, str] | None:
        """The path parameters, decoded, if `path` is this operation's; None if it is not."""
        found = self._pattern.fullmatch(path)
        return found and dict(zip(self._names, map(unquote, found.groups()), strict=True))

    def check(self, request: Request, path: Mapping[str, str]) -> Checked:
        """The request's values. Raises `RefusedError` with the first thing that is wrong.

        A path whose parameter is not valid names nothing that could be there: it is not found.
        """
        sent = parse_qsl(request.query, keep_blank_values=True, errors="replace")
        query: dict[str, Json] = {}
        for each in self._parameters:
            if each.place == "path":
                try:
                    each.read([path[each.name]])
                except RefusedError as error:
                    raise RefusedError(404, error.detail) from None
                continue
            wanted, there = (each.name, sent) if each.place == "query" else (each.name.lower(), request.headers)
            texts = [text for name, text in there if name == wanted]
            if texts:
                value = each.read(texts)
                if each.place == "query":
                    query[each.name] = value
            elif each.required:
                raise RefusedError(400, f"{each.name} is missing")
        return Checked(path, query, self._body(request))

    def _body(self, request: Request) -> Json:
        if not self._media:
            return None
        if not request.body:
            if self._required:
                raise RefusedError(400, "the body is missing")
            return None
        if len(request.body) > LARGEST_BODY:
            raise RefusedError(413, "the body is too large")
        stated = (request.header("content-type") or "").partition(";")[0].strip().lower()
        if stated not in self._media:
            raise RefusedError(415, f"the body must be {', '.join(self._media)}")
        value = parsed(request.body)
        error = next(iter(self._media[stated].iter_errors(value)), None)
        if error is not None:
            place = pointer(*error.instance_path) or "the body"
            raise RefusedError(400, f"{place}: {error.message[:200]}")
        return value


def routes(document: Json, *, preview: bool) -> list[Route]:
    """The routes of a document, those with fewer path parameters first."""
    chosen = [each for each in operations(document) if preview or not each.preview]
    return [Route(each, document) for each in sorted(chosen, key=lambda each: each.path.count("{"))]


def _compiled(document: Json, schema: Json) -> Any:
    # Beside the schema stands what it may refer to, which is no keyword and asks for nothing. Messages
    # are masked, because what was sent may be a key in the wrong place.
    beside = {name: document[name] for name in ("components", "paths") if name in document}
    return jsonschema_rs.Draft202012Validator({**schema, **beside}, validate_formats=True, mask="the value")


def _parameter(definition: Mapping[str, Json], document: Json) -> _Parameter:
    schema = follow(document, definition.get("schema", {}))
    array = "array" in _kinds(schema)
    return _Parameter(
        name=definition["name"],
        place=definition["in"],
        required=bool(definition.get("required")),
        kinds=_kinds(follow(document, schema.get("items", {}))) if array else _kinds(schema),
        array=array,
        explode=definition["in"] == "query" and definition.get("explode", definition.get("style", "form") == "form"),
        validator=_compiled(document, schema),
    )


def _kinds(schema: Mapping[str, Json]) -> frozenset[str]:
    kinds = schema.get("type", ())
    return frozenset([kinds] if isinstance(kinds, str) else kinds)


def _typed(text: str, kinds: frozenset[str], name: str) -> Json:
    """The value that a parameter's text stands for; a text that may be a string is one."""
    if not kinds or "string" in kinds:
        return text
    if "integer" in kinds and re.fullmatch(r"-?[0-9]{1,18}", text):
        return int(text)
    if "number" in kinds and re.fullmatch(r"-?[0-9]{1,18}(\.[0-9]+)?([eE][-+]?[0-9]{1,2})?", text):
        return float(text)
    if "boolean" in kinds and text in ("true", "false"):
        return text == "true"
    raise RefusedError(400, f"{name} is not of type {' or '.join(sorted(kinds - {'null'}))}")


def parsed(body: bytes) -> Json:
    """The value of a JSON text in UTF-8. Raises `RefusedError` if it is none that an answer could repeat.

    That leaves out numbers beyond a double, halves of surrogate pairs, and nesting beyond `DEEPEST_BODY`.
    """
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_no_constant, parse_float=_finite)
    except (ValueError, RecursionError):
        raise RefusedError(400, "the body is not JSON") from None
    waiting = [(value, 1)]
    while waiting:
        part, depth = waiting.pop()
        if isinstance(part, str):
            if not part.isascii() and any("\ud800" <= each <= "\udfff" for each in part):
                raise RefusedError(400, "the body has half of a surrogate pair")
        elif isinstance(part, dict | list):
            if depth > DEEPEST_BODY:
                raise RefusedError(400, "the body is nested too deep")
            within = [*part, *part.values()] if isinstance(part, dict) else part
            waiting += [(each, depth + 1) for each in within]
    return value


def _no_constant(name: str) -> Json:
    raise ValueError(name)


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError(text)
    return value
