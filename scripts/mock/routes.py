"""The operations of a document as routes, and what is wrong with a request by the document."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, unquote

import jsonschema_rs

from ..document import Json, Operation, follow, operations, pointer
from .bodies import MULTIPART, URLENCODED, body_of, is_json, largest, parsed
from .messages import RefusedError, Request


@dataclass(frozen=True)
class Checked:
    """A request that fits the document: its values, read as the document types them."""

    path: Mapping[str, str]
    query: Mapping[str, Json]
    body: Json = None
    """What of the body is kept: a file in a form is its name, type and size."""


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


@dataclass(frozen=True)
class _Media:
    """One media type of a body."""

    validator: Any
    parts: Mapping[str, Callable[[str], Json]]
    """How the texts of a form's parts are read, where they are no texts."""


class Route:
    """One operation, its schemas compiled."""

    def __init__(self, operation: Operation, document: Json) -> None:
        self.operation = operation
        self._names = re.findall(r"\{([^}]*)\}", operation.path)
        self._parameters = [_parameter(each, document) for each in operation.parameters]
        body = follow(document, operation.definition.get("requestBody", {}))
        self._required = bool(body.get("required"))
        self._media = {
            name.lower(): _Media(
                _compiled(document, media.get("schema", {})), _parts(document, name, media.get("schema", {}))
            )
            for name, media in body.get("content", {}).items()
        }

    def path(self, found: Sequence[str]) -> dict[str, str]:
        """The path parameters by name, decoded, of the texts that stand in their places."""
        return dict(zip(self._names, map(unquote, found), strict=True))

    def check(self, request: Request, path: Mapping[str, str]) -> Checked:
        """The request's values. Raises `RefusedError` with the first thing that is wrong.

        A path whose parameter is not valid names nothing that could be there: it is not found.
        """
        sent = parse_qsl(request.query, keep_blank_values=True, errors="replace") if request.query else []
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
        return Checked(path, query, self._body(request) if self._media else None)

    def unchecked(self, request: Request, path: Mapping[str, str]) -> Checked:
        """The values of a request that does not fit the document, as far as they can be read."""
        query = {}
        for each in self._parameters:
            texts = [text for name, text in parse_qsl(request.query, errors="replace") if name == each.name]
            if each.place == "query" and texts:
                try:
                    query[each.name] = each.read(texts)
                except RefusedError:
                    continue
        try:
            body = parsed(request.body)
        except RefusedError:
            body = {}
        return Checked(path, query, body)

    def _body(self, request: Request) -> Json:
        if not request.body:
            if self._required:
                raise RefusedError(400, "the body is missing")
            return None
        stated = (request.header("content-type") or "").partition(";")[0].strip().lower()
        if len(request.body) > largest(stated):
            raise RefusedError(413, "the body is too large")
        if (request.header("content-encoding") or "identity").lower() != "identity":
            raise RefusedError(415, "the body must not be compressed")
        media = self._media.get(stated)
        if media is None:
            raise RefusedError(415, f"the body must be {', '.join(self._media)}")
        value, kept = body_of(request, stated, media.parts)
        error = next(iter(media.validator.iter_errors(value)), None)
        if error is not None:
            place = pointer(*error.instance_path) or "the body"
            raise RefusedError(400, f"{place}: {error.message[:200]}")
        return kept


class Routes:
    """All routes of a document: those without path parameters are looked up, the others matched."""

    def __init__(self, document: Json, *, preview: bool) -> None:
        self._literal: dict[str, dict[str, Route]] = {}
        self._patterns: dict[str, tuple[re.Pattern[str], dict[str, Route]]] = {}
        chosen = [each for each in operations(document) if preview or not each.preview]
        for each in sorted(chosen, key=lambda each: each.path.count("{")):
            if "{" not in each.path:
                self._literal.setdefault(each.path, {})[each.method] = Route(each, document)
                continue
            pattern = re.compile("([^/]+)".join(map(re.escape, re.split(r"\{[^}]*\}", each.path))))
            self._patterns.setdefault(each.path, (pattern, {}))[1][each.method] = Route(each, document)

    def find(self, method: str, path: str) -> tuple[Route | None, Mapping[str, str], Sequence[Operation]]:
        """The route for a request and its path parameters; else None, and the operations that the path has."""
        there: list[Operation] = []
        for methods, found in self._matches(path):
            route = methods.get(method)
            if route is not None:
                return route, route.path(found), ()
            there += [each.operation for each in methods.values()]
        return None, {}, there

    def named(self, operation: str) -> Route | None:
        """The route of the operation with an operationId; None if it is not served."""
        every = [*self._literal.values(), *(methods for _, methods in self._patterns.values())]
        return next((each for methods in every for each in methods.values() if each.operation.id == operation), None)

    def _matches(self, path: str) -> list[tuple[dict[str, Route], Sequence[str]]]:
        literal = self._literal.get(path)
        if literal is not None:
            return [(literal, ())]
        fits = ((pattern.fullmatch(path), methods) for pattern, methods in self._patterns.values())
        return [(methods, found.groups()) for found, methods in fits if found]


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


def _parts(document: Json, media_type: str, schema: Mapping[str, Json]) -> dict[str, Callable[[str], Json]]:
    """How the parts of a form are read that are no texts: objects and arrays as JSON, others by their types."""
    if media_type.lower() not in (MULTIPART, URLENCODED) or is_json(media_type):
        return {}
    found: dict[str, Callable[[str], Json]] = {}
    for name, member in follow(document, schema).get("properties", {}).items():
        own = follow(document, member)
        kinds = _kinds(own)
        if kinds & {"object", "array"} or "properties" in own:
            found[name] = lambda text: parsed(text.encode())
        elif kinds & {"integer", "number", "boolean"}:
            found[name] = partial(_typed, kinds=kinds, name=name)
    return found


def _kinds(schema: Mapping[str, Json]) -> frozenset[str]:
    kinds = schema.get("type", ())
    return frozenset([kinds] if isinstance(kinds, str) else kinds)


def _typed(text: str, kinds: frozenset[str], name: str) -> Json:
    """The value that a parameter's text stands for; a text that may be a string is one."""
    if not kinds or "string" in kinds:
        return text
    if "integer" in kinds and re.fullmatch(r"-?[0-9]{1,18}", text):
        return int(text)
    if "integer" in kinds and re.fullmatch(r"-?[0-9]+", text):
        raise RefusedError(400, f"{name} is too large")
    if "number" in kinds and re.fullmatch(r"-?[0-9]{1,18}(\.[0-9]+)?([eE][-+]?[0-9]{1,2})?", text):
        return float(text)
    if "boolean" in kinds and text in ("true", "false"):
        return text == "true"
    raise RefusedError(400, f"{name} is not of type {' or '.join(sorted(kinds - {'null'}))}")
