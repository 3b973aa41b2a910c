"""Requests and responses as values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ..document import Json


@dataclass(frozen=True)
class Request:
    """A request as it came over the wire."""

    method: str
    path: str
    """Below the base path, percent-encoded."""
    query: str = ""
    headers: Sequence[tuple[str, str]] = field(default=(), repr=False)
    """Names in lower case."""
    body: bytes = field(default=b"", repr=False)

    @cached_property
    def _values(self) -> dict[str, list[str]]:
        values: dict[str, list[str]] = {}
        for name, value in self.headers:
            values.setdefault(name, []).append(value)
        return values

    def header(self, name: str) -> str | None:
        """The value of a header that is there once; None if it is missing or there more than once."""
        values = self._values.get(name.lower(), ())
        return values[0] if len(values) == 1 else None


@dataclass(frozen=True)
class Response:
    """An answer."""

    status: int
    content: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"
    path: str = ""
    """The template of the path that was asked for, for the log; empty where none fits."""

    @property
    def body(self) -> Json:
        """The value that `content` is the JSON text of; None where there is none."""
        return json.loads(self.content) if self.content else None


def answer(status: int, body: Json, headers: Mapping[str, str] | None = None) -> Response:
    """A response with a JSON body; None is none."""
    return Response(status, b"" if body is None else encoded(body), headers or {})


_ENCODER = json.JSONEncoder(separators=(",", ":"))


def encoded(value: Json) -> bytes:
    """The JSON text of a value, in ASCII."""
    return _ENCODER.encode(value).encode("ascii")


class RefusedError(Exception):
    """What is wrong with a request; `status` is the one that fits best."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
