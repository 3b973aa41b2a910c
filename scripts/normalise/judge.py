"""Whether a value is what a schema of Swagger 2.0 allows, references and formats included."""

from __future__ import annotations

import base64
import datetime
import json
import uuid
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import quote

import jsonschema_rs

from ..document import Json, at
from .source import Source

_DEEPEST = 5
"""How many references and parts are followed for the schema of a default that holds no values."""

_JUDGEMENTS = 100
"""How many defaults that hold values, and whose schemas refer to others, are judged: each costs all of those."""

_OF_ITSELF = frozenset(
    {"type", "enum", "required", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems"}
    | {"maxLength", "minLength", "pattern", "minProperties"}
)
"""Words that restrict a value whatever it holds."""

_BASE = "urn:source"
_JUDGED = frozenset({"byte", "date", "date-time", "email", "ipv4", "ipv6", "regex", "time", "uuid"})
"""Formats whose meaning nobody disputes. Any other is a name that the document may mean as it likes."""


class Judge:
    """The judge of one document's defaults, and what it has built and spent so far."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._judgements = 0

    def of(self, result: Mapping[str, Json], here: str) -> Callable[[Json], bool]:
        """What tells whether a value fits the schema `result`, which is converted from what stands at `here`.

        A schema that cannot be used for it, or would cost too much, is taken to allow anything.
        """
        try:
            if '"$ref"' not in json.dumps(_restrictions(result)):
                return _by_itself(result)
            # The components are not there yet; what the document itself says means the same.
            if result["default"] and isinstance(result["default"], (dict, list)):
                return self._by_document(here)
            return _validator(_shallow(self._source, at(self._source.data, here), here)).is_valid
        except (ValueError, jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError):
            return _anything

    def _by_document(self, here: str) -> Callable[[Json], bool]:
        self._judgements += 1
        if self._judgements > _JUDGEMENTS:
            return _anything
        return _validator({"$ref": f"{_BASE}#{quote(here)}"}, registry=self._registry).is_valid

    @cached_property
    def _registry(self) -> jsonschema_rs.Registry:
        resources = [(_BASE, self._source.data)]
        return jsonschema_rs.Registry(resources, draft=jsonschema_rs.Draft4, retriever=_refuse)


def _restrictions(result: Mapping[str, Json]) -> dict[str, Json]:
    """What the schema `result` says of a value, as far as it can be judged."""
    said = {name: value for name, value in result.items() if name not in ("default", "example", "xml", "externalDocs")}
    if said.get("format") not in _JUDGED:
        said.pop("format", None)
    return said


def _by_itself(result: Mapping[str, Json]) -> Callable[[Json], bool]:
    """Whether a value fits a schema that refers to no other."""
    fits = _validator(_restrictions(result)).is_valid
    bits = {"int32": 31, "int64": 63}.get(str(result.get("format")))
    return fits if bits is None else lambda value: fits(value) and _within(value, bits)


def _anything(value: Json) -> bool:  # noqa: ARG001 - a judgement
    return True


def _shallow(source: Source, node: Json, here: str, *, depth: int = 0) -> dict[str, Json]:
    """What the schema `node` says of a value that holds no others, with its references followed some way."""
    found = source.resolve(node, here)
    if found is None or not isinstance(found[0], dict) or depth > _DEEPEST:
        return {}
    node, here = found
    said = {name: value for name, value in node.items() if name in _OF_ITSELF}
    for word in ("allOf", "anyOf", "oneOf"):
        if isinstance(node.get(word), list):
            places = ((each, f"{here}/{word}/{index}") for index, each in enumerate(node[word]))
            said[word] = [_shallow(source, each, place, depth=depth + 1) for each, place in places]
    return said


def is_pattern(text: str) -> bool:
    """Whether `text` is a regular expression of ECMA-262."""
    return jsonschema_rs.Draft4Validator({"format": "regex"}, validate_formats=True).is_valid(text)


def _validator(said: Json, **options: Any) -> jsonschema_rs.Draft4Validator:
    return jsonschema_rs.Draft4Validator(said, validate_formats=True, formats=_FORMATS, retriever=_refuse, **options)


def _within(value: Json, bits: int) -> bool:
    return not isinstance(value, int) or -(2**bits) <= value < 2**bits


def _refuse(uri: str) -> Json:
    """Fetch nothing."""
    raise ValueError(uri)


def _parses(parse: Callable[[str], object]) -> Callable[[str], bool]:
    def fits(text: str) -> bool:
        try:
            parse(text)
        except ValueError:
            return False
        return True

    return fits


_FORMATS = {
    "byte": _parses(lambda text: base64.b64decode(text, validate=True)),
    "date": _parses(datetime.date.fromisoformat),
    "uuid": _parses(uuid.UUID),
    "time": _parses(datetime.time.fromisoformat),
}
