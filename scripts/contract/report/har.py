"""The log in the form HTTP Archive 1.2 (http://www.softwareishard.com/blog/har-12-spec/)."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ... import __version__
from ...document import Json
from ..exchanges import Exchange, header
from .bounds import bounded

LARGEST = 64 << 20
"""Bytes of all bodies, URLs and headers together; where a log has more, the longest are cut, and it is said."""


def archive(exchanges: Sequence[Exchange], *, largest: int = LARGEST) -> dict[str, Json]:
    """The archive of a log; what is longer than fits is cut, with a comment."""
    made = bounded(exchanges, largest)
    entries = []
    for exchange, whole in zip(made.exchanges, exchanges, strict=True):
        entry = _entry(exchange, whole)
        if exchange.number in made.cut:
            entry["comment"] = f"cut: no part is longer than {made.limit} here"
        entries.append(entry)
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "plumbline", "version": __version__},
            "entries": entries,
        }
    }


def _entry(exchange: Exchange, whole: Exchange) -> dict[str, Any]:
    milliseconds = round(exchange.seconds * 1000, 3)
    return {
        "startedDateTime": datetime.fromtimestamp(exchange.started, UTC).isoformat(timespec="milliseconds"),
        "time": milliseconds,
        "request": _request(exchange, whole),
        "response": _response(exchange, whole),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "_operation": exchange.operation,
        "_family": exchange.family,
        "_number": exchange.number,
    }


def _request(exchange: Exchange, whole: Exchange) -> dict[str, Any]:
    request: dict[str, Any] = {
        "method": exchange.method,
        "url": exchange.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(exchange.request_headers),
        "queryString": _pairs(parse_qsl(urlsplit(exchange.url).query, keep_blank_values=True)),
        "headersSize": -1,
        "bodySize": len(whole.request_body),
    }
    if exchange.request_body:
        text, encoding = _text(exchange.request_body)
        request["postData"] = {"mimeType": header(exchange.request_headers, "content-type"), "text": text}
        if encoding:  # the form has no member for it in a request
            request["postData"]["comment"] = f"the text is {encoding}"
    return request


def _response(exchange: Exchange, whole: Exchange) -> dict[str, Any]:
    text, encoding = _text(exchange.response_body)
    content: dict[str, Json] = {
        "size": len(whole.response_body),
        "mimeType": header(exchange.response_headers, "content-type"),
        "text": text,
    }
    if encoding:
        content["encoding"] = encoding
    if whole.cut:
        content["comment"] = "the answer was longer than what was read of it"
    return {
        "status": exchange.status or 0,
        "statusText": _phrase(exchange.status) or exchange.failure,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(exchange.response_headers),
        "content": content,
        "redirectURL": header(exchange.response_headers, "location"),
        "headersSize": -1,
        "bodySize": len(whole.response_body),
    }


def _phrase(status: int | None) -> str:
    try:
        return HTTPStatus(status or 0).phrase
    except ValueError:
        return ""


def _text(body: bytes) -> tuple[str, str]:
    """A body as text and how that is encoded; empty where it is not."""
    try:
        return body.decode(), ""
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), "base64"


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]
