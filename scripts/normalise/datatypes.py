"""The `type` of a schema: one of six words in OpenAPI 3.0, whatever a document writes."""

from __future__ import annotations

from collections.abc import Mapping

from ..document import Json, copied
from .source import Source, kind

_TYPES = frozenset({"string", "number", "integer", "boolean", "array", "object", "file"})
_MEANT: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("str", "text", "char"), ("string",)),
    "date": ("string", "date"),
    **dict.fromkeys(("datetime", "date-time", "timestamp"), ("string", "date-time")),
    **dict.fromkeys(("uuid", "guid"), ("string", "uuid")),
    "byte": ("string", "byte"),
    **dict.fromkeys(("int", "int32"), ("integer", "int32")),
    **dict.fromkeys(("long", "int64"), ("integer", "int64")),
    "float": ("number", "float"),
    **dict.fromkeys(("double", "decimal"), ("number", "double")),
    "bool": ("boolean",),
    **dict.fromkeys(("list", "set"), ("array",)),
    **dict.fromkeys(("map", "dict", "json"), ("object",)),
}
"""Words that documents use for types, in small letters, to the type that they mean, and its format."""

_OF_A_TYPE = {
    "items": "array",
    "minItems": "array",
    "maxItems": "array",
    "uniqueItems": "array",
    "properties": "object",
    "additionalProperties": "object",
    "required": "object",
    "minProperties": "object",
    "maxProperties": "object",
    "minLength": "string",
    "maxLength": "string",
    "pattern": "string",
}
"""Words that say something about values of one type alone."""


def settle_types(source: Source, result: dict[str, Json], here: str) -> None:
    """Make the `type` of `result` one that OpenAPI 3.0 knows; several become alternatives."""
    if "type" not in result:
        return
    place = f"{here}/type"
    if isinstance(result["type"], list):
        _several(source, result, place)
        return
    if result["type"] == "null":
        source.defect(place, "Swagger 2.0 has no type null", "It is read as an `enum` of null.")
        del result["type"]
        result["enum"] = [None]
        return
    _become(result, _known(source, result["type"], place))


def _become(result: dict[str, Json], meant: Mapping[str, str]) -> None:
    """Put the type that is meant in the place of the one that was said; a format that was said stays."""
    if "type" not in meant:
        del result["type"]
    for name, value in meant.items():
        if name == "type" or name not in result:
            result[name] = value


def _known(source: Source, word: Json, here: str) -> Mapping[str, str]:
    """What the one type `word` means: a type, perhaps with a format, or nothing."""
    if isinstance(word, str) and word in _TYPES:
        return {"type": word}
    folded = word.strip().casefold() if isinstance(word, str) else ""
    meant = dict(zip(("type", "format"), _MEANT.get(folded, (folded,) if folded in _TYPES else ()), strict=False))
    told = f"It is read as {' '.join(meant.values())}." if meant else "Any value is allowed."
    source.defect(here, f"the type is {repr(word) if isinstance(word, str) else kind(word)}", told)
    return meant


def _several(source: Source, result: dict[str, Json], here: str) -> None:
    """2.0 has no lists of types, but what they mean is clear, and 3.0 can say it in other words."""
    source.defect(here, "Swagger 2.0 allows one type, not a list", "It is read as in JSON Schema.")
    words = result["type"]
    if "null" in words:
        result["x-nullable"] = True
    known = [dict(_known(source, word, here)) for word in words if word != "null"]
    alternatives = [each for index, each in enumerate(known) if each not in known[:index]]
    if len(alternatives) == 1:
        _become(result, alternatives[0])
        return
    del result["type"]
    if alternatives and all(alternatives) and "anyOf" not in result:
        result["anyOf"] = [_alternative(result, each) for each in alternatives]
        for name in [name for name in result if name in _OF_A_TYPE]:
            if any(each["type"] == _OF_A_TYPE[name] for each in alternatives):
                del result[name]
    if "null" in words and not alternatives:
        result["enum"] = [None]


def _alternative(result: Mapping[str, Json], one: Mapping[str, str]) -> dict[str, Json]:
    """The alternative of one type, with the words that say something about it."""
    told = {name: value for name, value in result.items() if _OF_A_TYPE.get(name) == one["type"]}
    found = {**one, **copied(told)}
    return found if found["type"] != "array" else {"items": {}, **found}
