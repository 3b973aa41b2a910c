"""Values of request bodies: JSON, and forms as browsers and clients send them."""

from __future__ import annotations

import json
import logging
import math
import re
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

from python_multipart import parse_form
from python_multipart.exceptions import FormParserError

from ..document import Json
from .messages import RefusedError, Request

LARGEST_BODY = 1 << 20
"""Bytes of a body that are taken; of a form with files, `LARGEST_FORM`."""

LARGEST_FORM = 1 << 24

DEEPEST_BODY = 100
"""Objects and arrays within each other that are taken: what answers them goes down as deep."""

# It warns of what is wrong with a form, where a refusal says so.
logging.getLogger("python_multipart").addHandler(logging.NullHandler())
logging.getLogger("python_multipart").propagate = False

MULTIPART, URLENCODED = "multipart/form-data", "application/x-www-form-urlencoded"


def is_json(media_type: str) -> bool:
    """Whether bodies of a media type are JSON."""
    return media_type.endswith(("/json", "+json"))


def largest(media_type: str) -> int:
    """The bytes of a body that are taken."""
    return LARGEST_FORM if media_type == MULTIPART else LARGEST_BODY


def body_of(request: Request, media_type: str, parts: Mapping[str, Callable[[str], Json]]) -> tuple[Json, Json]:
    """The value of a request's body, and what is kept of it: a file's name, type and size in place of its bytes.

    `parts` read what a form sends as text, by name; what has none stays a text. A file's bytes are a text
    of as many characters. Raises `RefusedError` for what cannot be read.
    """
    if media_type == URLENCODED:
        texts = parse_qsl(_text(request.body), keep_blank_values=True, errors="replace")
        form = {name: parts.get(name, str)(value) for name, value in texts}
        return form, form
    if media_type == MULTIPART:
        return _multipart(request, parts)
    if is_json(media_type):
        value = parsed(request.body)
        return value, value
    text = request.body.decode("latin-1")
    return text, {"size": len(text)}


def _multipart(request: Request, parts: Mapping[str, Callable[[str], Json]]) -> tuple[Json, Json]:
    value: dict[str, Any] = {}
    kept: dict[str, Any] = {}

    def on_field(field: Any) -> None:
        name = _text(field.field_name or b"")
        value[name] = kept[name] = parts.get(name, str)(_text(field.value or b""))

    def on_file(file: Any) -> None:
        name = _text(file.field_name or b"")
        file.file_object.seek(0)
        content = file.file_object.read()
        file.close()
        if name in parts:  # a JSON document is sent as a file by some clients
            value[name] = kept[name] = parts[name](_text(content))
            return
        value[name] = content.decode("latin-1")
        sent = {"filename": _text(file.file_name or b""), "size": len(content), "type": file.content_type}
        kept[name] = {word: each for word, each in sent.items() if each is not None}

    boundary = re.search(r'boundary="?([^";,\s]+)', request.header("content-type") or "")
    if boundary is None or f"--{boundary[1]}--".encode("latin-1") not in request.body:
        raise RefusedError(400, "the form has no end")  # the parser would give the parts that are whole
    headers = {name: header.encode("latin-1") for name in ("Content-Type",) if (header := request.header(name))}
    try:
        parse_form(headers, BytesIO(request.body), on_field, on_file)
    except (FormParserError, ValueError):
        raise RefusedError(400, "the body is no form") from None
    return value, kept


def _text(octets: bytes) -> str:
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        raise RefusedError(400, "the body is not UTF-8") from None


def parsed(body: bytes) -> Json:
    """The value of a JSON text in UTF-8. Raises `RefusedError` if it is none that an answer could repeat.

    That leaves out numbers beyond a double, halves of surrogate pairs, and nesting beyond `DEEPEST_BODY`.
    """
    try:
        value = _DECODER.decode(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise RefusedError(400, "the body is not JSON") from None
    if body.isascii() and b"\\u" not in body and body.count(b"{") + body.count(b"[") <= DEEPEST_BODY:
        return value
    waiting = [(value, 1)]
    while waiting:
        part, depth = waiting.pop()
        if isinstance(part, str):
            if not part.isascii() and re.search("[\ud800-\udfff]", part):
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


_DECODER = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)
