"""Requests and responses as values, and what is wrong with a request by the document."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

import jsonschema_rs

from ..document import Json, Operation, follow, operations, pointer

LARGEST_BODY = 1 << 20
"""Bytes of a request's body that are taken."""


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


class Route:
    """One operation, its schemas compiled."""

    def __init__(self, operation: Operation, document: Json) -> None:
        self.operation = operation
        steps = re.split(r"\{[^}]*\}", operation.path)
        self._names = re.findall(r"\{([^}]*)\}", operation.path)
        self._pattern = re.compile("([^/]+)".join(map(re.escape, steps)))
        self._parameters = [
            (each, _compiled(document, follow(document, each.get("schema", {})))) for each in operation.parameters
        ]
        self._types = {
            each["name"]: follow(document, each.get("schema", {})).get("type") for each in operation.parameters
        }
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
        """The request's values. Raises `RefusedError` with the first thing that is wrong."""
        sent = parse_qsl(request.query, keep_blank_values=True, errors="replace")
        query: dict[str, Json] = {}
        for parameter, validator in self._parameters:
            name = parameter["name"]
            values: list[str] = []
            if parameter["in"] == "query":
                values = [value for each, value in sent if each == name]
            elif parameter["in"] == "header":
                values = [value for each, value in request.headers if each == name.lower()]
            else:
                continue
            if len(values) > 1:
                raise RefusedError(400, f"{name} is given more than once")
            if not values:
                if parameter.get("required"):
                    raise RefusedError(400, f"{name} is missing")
                continue
            value = _typed(values[0], self._types[name], name)
            if not validator.is_valid(value):
                raise RefusedError(400, f"{name} is not valid")
            query[name] = value
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
        value = _parsed(request.body)
        try:
            error = next(iter(self._media[stated].iter_errors(value)), None)
        except UnicodeEncodeError:
            raise RefusedError(400, "the body has half of a surrogate pair") from None
        if error is not None:
            place = pointer(*error.instance_path) or "the body"
            raise RefusedError(400, f"{place}: {error.message[:200]}")
        return value


def routes(document: Json, *, preview: bool) -> list[Route]:
    """The routes of a document, those with fewer path parameters first."""
    chosen = [each for each in operations(document) if preview or not each.preview]
    return [Route(each, document) for each in sorted(chosen, key=lambda each: each.path.count("{"))]


def _compiled(document: Json, schema: Json) -> Any:
    # Beside the schema stands what it may refer to, which is no keyword and asks for nothing.
    beside = {name: document[name] for name in ("components", "paths") if name in document}
    return jsonschema_rs.Draft202012Validator({**schema, **beside}, validate_formats=True)


def _typed(text: str, kind: Json, name: str) -> Json:
    if kind == "integer":
        if not re.fullmatch(r"-?[0-9]{1,18}", text):
            raise RefusedError(400, f"{name} is not an integer")
        return int(text)
    if kind == "number":
        try:
            return float(text)
        except ValueError:
            raise RefusedError(400, f"{name} is not a number") from None
    if kind == "boolean":
        if text not in ("true", "false"):
            raise RefusedError(400, f"{name} is not true or false")
        return text == "true"
    return text


def _parsed(body: bytes) -> Json:
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise RefusedError(400, "the body is not JSON") from None


def _no_constant(name: str) -> Json:
    raise ValueError(name)
