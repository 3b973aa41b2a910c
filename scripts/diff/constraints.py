"""The keywords of JSON Schema (2020-12, which OpenAPI 3.1 uses) that look at one value and not into it.

Each function compares one group of keywords in two schemas and yields the differences. A keyword
counts only where both schemas allow a type that it looks at: what else differs, the types say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import TypeAlias

from ..document import Json
from .effects import (
    BEHAVIOUR,
    BREAKS,
    HARMLESS,
    MAY,
    MAYBE_NAME,
    NARROWER,
    OTHER,
    SAFE,
    UNCLEAR,
    WIDER,
    Effect,
    Toll,
)
from .ledger import TEXT
from .parts import in_words, key, same, shown

Schema: TypeAlias = Mapping[str, Json]

ANY_TYPE = frozenset({"null", "boolean", "integer", "fraction", "string", "array", "object"})
"""Every type of a value. `number` is integer and fraction: what is an integer, and what is none."""


@dataclass(frozen=True)
class Difference:
    """One difference between two schemas."""

    keyword: str
    """The keyword that it is about; empty for the schema as a whole."""
    kind: str
    what: str
    effect: Effect


def constraints(old: Schema, new: Schema) -> Iterator[Difference]:
    """What differs in the keywords that do not look into the value."""
    common = types(old) & types(new)
    yield from _types(old, new)
    yield from _values(old, new)
    if common & {"integer", "fraction"}:
        yield from _numeric(old, new)
    for kind, names in _SIZES.items():
        if kind in common:
            for name, default in names:
                yield from _size(old, new, name, default)
    if "string" in common:
        yield from _pattern(old, new)
    if "array" in common:
        yield from _unique(old, new)
    yield from _format(old, new, common)
    yield from _malformed(old, new)


# --- Types and values ----------------------------------------------------------------------------


def types(schema: Schema) -> frozenset[str]:
    """The types that `type` allows, else those of the enumerated values. An unknown word stands for itself."""
    named = schema.get("type")
    words = [named] if isinstance(named, str) else named
    if not isinstance(words, list):
        values = _stated(schema)
        return ANY_TYPE if values is None else frozenset(map(type_of, values))
    return frozenset(
        each
        for word in words
        if isinstance(word, str)
        for each in (("integer", "fraction") if word == "number" else (word,))
    )


def type_of(value: Json) -> str:
    """The type of a value, as `types` names it."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "integer" if isinstance(value, int) or value.is_integer() else "fraction"
    return {type(None): "null", str: "string", list: "array"}.get(type(value), "object")


def _types(old: Schema, new: Schema) -> Iterator[Difference]:
    before, after = types(old), types(new)
    if before == after or (_stated(old) is not None and _stated(new) is not None):
        return
    if before ^ after == {"null"}:
        if "null" in after:
            yield Difference("type", "null-added", "may now be null", WIDER.coded(SAFE, MAY))
        else:
            yield Difference("type", "null-removed", "may no longer be null", NARROWER.coded(MAY, SAFE))
        return
    effect = _by_size(after < before, before < after).coded(MAY if before & after else BREAKS)
    yield Difference("type", "type-changed", f"type {_named(before)} → {_named(after)}", effect)


def _by_size(narrower: bool, wider: bool) -> Effect:
    return NARROWER if narrower else WIDER if wider else OTHER


def _named(words: frozenset[str]) -> str:
    if words == ANY_TYPE:
        return "any"
    names = set(words)
    if {"integer", "fraction"} <= names:
        names = names - {"integer", "fraction"} | {"number"}
    return " or ".join(sorted(names, key=lambda name: (name == "null", name))) or "none"


def _stated(schema: Schema) -> list[Json] | None:
    """The values that `enum` and `const` leave; None if neither restricts."""
    values = schema.get("enum") if isinstance(schema.get("enum"), list) else None
    if "const" not in schema:
        return values
    const = schema["const"]
    return [const] if values is None or key(const) in map(key, values) else []


def enumerated(schema: Schema) -> dict[str, Json] | None:
    """The values that `enum`, `const` and `type` leave together, by their key; None if only `type` restricts."""
    values = _stated(schema)
    if values is None:
        return None
    allowed = types(schema)
    return {key(value): value for value in values if type_of(value) in allowed}


def _values(old: Schema, new: Schema) -> Iterator[Difference]:
    before, after = enumerated(old), enumerated(new)
    keyword = next((name for name in ("enum", "const") if name in old or name in new), "enum")
    if before is None or after is None:
        if after is not None:
            what = f"is now only {in_words(after.values())}"
            yield Difference(keyword, "enum-added", what, NARROWER.coded(BREAKS))
        elif before is not None:
            what = f"is no longer only {in_words(before.values())}"
            yield Difference(keyword, "enum-removed", what, WIDER.coded(BREAKS))
        return
    gone = [value for mark, value in before.items() if mark not in after]
    fresh = [value for mark, value in after.items() if mark not in before]
    if gone:
        what = f"no longer allows {in_words(gone)}"
        yield Difference(keyword, "enum-value-removed", what, NARROWER.coded(BREAKS))
    if fresh:
        yield Difference(keyword, "enum-value-added", f"now also allows {in_words(fresh)}", WIDER)


# --- Numbers, sizes, texts -----------------------------------------------------------------------

_SIZES = {
    "string": (("minLength", 0), ("maxLength", None)),
    "array": (("minItems", 0), ("maxItems", None)),
    "object": (("minProperties", 0), ("maxProperties", None)),
}
_NUMBERS = (
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    *(name for names in _SIZES.values() for name, _ in names),
)


def _number(value: Json) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and isfinite(value))


def _numeric(old: Schema, new: Schema) -> Iterator[Difference]:
    for bound, exclusive, sign in (("minimum", "exclusiveMinimum", 1), ("maximum", "exclusiveMaximum", -1)):
        before, after = _bound(old, bound, exclusive, sign), _bound(new, bound, exclusive, sign)
        if before != after:
            keyword = exclusive if exclusive in old or exclusive in new else bound
            what = f"{bound} {_limit(before, sign)} → {_limit(after, sign)}"
            yield Difference(keyword, f"{bound}-changed", what, NARROWER if _stricter(after, before) else WIDER)
    yield from _multiples(old, new)


def _multiples(old: Schema, new: Schema) -> Iterator[Difference]:
    before, after = _multiple(old), _multiple(new)
    if before != after:
        narrower = after is not None and (before is None or after % before == 0)
        wider = before is not None and (after is None or before % after == 0)
        what = f"multipleOf {_or_none(old.get('multipleOf'))} → {_or_none(new.get('multipleOf'))}"
        yield Difference("multipleOf", "multiple-changed", what, _by_size(narrower, wider))


def _bound(schema: Schema, bound: str, exclusive: str, sign: int) -> tuple[float, bool] | None:
    """The stricter of the two bounds, as (value times sign, exclusive): the greater is the stricter."""
    found = [(schema[name] * sign, name == exclusive) for name in (bound, exclusive) if _number(schema.get(name))]
    return max(found, default=None)


def _stricter(one: tuple[float, bool] | None, two: tuple[float, bool] | None) -> bool:
    return one is not None and (two is None or one > two)


def _limit(bound: tuple[float, bool] | None, sign: int) -> str:
    return "none" if bound is None else f"{bound[0] * sign}{' (excluded)' if bound[1] else ''}"


def _multiple(schema: Schema) -> Fraction | None:
    value = schema.get("multipleOf")
    return Fraction(str(value)) if value is not None and _number(value) and value > 0 else None


def _or_none(value: Json) -> str:
    return "none" if value is None else shown(value).strip("`")


def _size(old: Schema, new: Schema, name: str, default: int | None) -> Iterator[Difference]:
    before, after = (schema[name] if _number(schema.get(name)) else default for schema in (old, new))
    if before == after:
        return
    none = float("inf")
    raised = (none if before is None else before) < (none if after is None else after)
    effect = NARROWER if raised == name.startswith("min") else WIDER
    what = f"{name} {_or_none(before)} → {_or_none(after)}"
    yield Difference(name, f"{name}-changed", what, effect)


def _pattern(old: Schema, new: Schema) -> Iterator[Difference]:
    before, after = old.get("pattern"), new.get("pattern")
    if before == after:
        return
    if before is None:
        yield Difference("pattern", "pattern-added", f"must now match {shown(after)}", NARROWER)
    elif after is None:
        yield Difference("pattern", "pattern-removed", f"need no longer match {shown(before)}", WIDER)
    else:
        yield Difference("pattern", "pattern-changed", f"pattern {shown(before)} → {shown(after)}", UNCLEAR)


def _unique(old: Schema, new: Schema) -> Iterator[Difference]:
    before, after = old.get("uniqueItems") is True, new.get("uniqueItems") is True
    if after and not before:
        yield Difference("uniqueItems", "unique-items-added", "items must now differ from each other", NARROWER)
    elif before and not after:
        yield Difference("uniqueItems", "unique-items-removed", "items may now be equal", WIDER)


# --- Formats -----------------------------------------------------------------------------------

_WITHIN = {("int32", "int64"), ("float", "double"), ("uint32", "uint64"), ("int8", "int16"), ("int16", "int32")}
"""(format, format that takes all of it and more), of the OpenAPI format registry."""

_TIGHTER = (
    NARROWER.softened()
    .coded(MAY)
    .explained("Servers that check the format refuse other values.", "Servers that send other values break the format.")
)
_LOOSER = (
    WIDER.softened()
    .coded(MAY)
    .explained("Servers of the old edition may check the format.", "Clients that read the format may get other values.")
)


def _format(old: Schema, new: Schema, common: frozenset[str]) -> Iterator[Difference]:
    """`format` is no more than a note in JSON Schema, so what it restricts is never sure."""
    for name in ("format", "contentEncoding", "contentMediaType"):
        before, after = old.get(name), new.get(name)
        if same(before, after) or not common:
            continue
        what = f"{name} {_or_none(before)} → {_or_none(after)}"
        yield Difference(name, f"{name}-changed", what, _format_effect(name, before, after))


def _format_effect(name: str, before: Json, after: Json) -> Effect:
    if name != "format":
        return UNCLEAR.coded(MAY)
    if (before, after) in _WITHIN:
        return WIDER.coded(SAFE)
    if (after, before) in _WITHIN:
        return NARROWER.coded(SAFE)
    if before is None:
        return _TIGHTER
    return _LOOSER if after is None else UNCLEAR.coded(MAY)


def _malformed(old: Schema, new: Schema) -> Iterator[Difference]:
    """What is not of the form that its keyword asks for cannot be compared, but is not passed over."""
    forms = {**dict.fromkeys(_NUMBERS, _number), "enum": _is(list), "type": _is(str, list), "uniqueItems": _is(bool)}
    for name, fits in forms.items():
        pair = [schema[name] for schema in (old, new) if name in schema]
        if not all(map(fits, pair)) and not same(old.get(name), new.get(name)):
            yield Difference(
                name, "malformed", f"{name} {_or_none(old.get(name))} → {_or_none(new.get(name))}", UNCLEAR
            )


def _is(*kinds: type) -> Callable[[Json], bool]:
    return lambda value: isinstance(value, kinds)


# --- What says something of the place ------------------------------------------------------------

_TEXTS = ("title", "description", "example", "examples", "externalDocs", "$comment")
_READ_ONLY = Effect(Toll(MAY, SAFE, MAY, "A request that has it may be refused, or it is ignored."), Toll())
_NO_LONGER_READ_ONLY = Effect(Toll(MAY, SAFE, SAFE, "Requests may now be expected to have it."), Toll())
_WRITE_ONLY = Effect(Toll(), Toll(BREAKS, SAFE, MAY, "Clients that read it no longer find it."))
_NO_LONGER_WRITE_ONLY = HARMLESS.explained("", "A client that does not know it ignores it.")


def notes(old: Schema, new: Schema) -> Iterator[Difference]:
    """What differs in the keywords that restrict no value."""
    yield from _access(old, new, "readOnly", _READ_ONLY, _NO_LONGER_READ_ONLY)
    yield from _access(old, new, "writeOnly", _WRITE_ONLY, _NO_LONGER_WRITE_ONLY)
    if not same(old.get("default"), new.get("default")) or ("default" in old) != ("default" in new):
        before, after = (shown(each["default"]) if "default" in each else "none" for each in (old, new))
        yield Difference("default", "default-changed", f"default {before} → {after}", BEHAVIOUR)
    yield from deprecation(old, new)
    yield from texts(old, new)
    if makes_a_class(old) and makes_a_class(new) and old.get("title") != new.get("title"):
        what = f"title {_or_none(old.get('title'))} → {_or_none(new.get('title'))}"
        yield Difference("title", "title-changed", what, MAYBE_NAME)
    if not same(old.get("xml"), new.get("xml")):
        yield Difference("xml", "xml-changed", "is written otherwise in XML", UNCLEAR)


def _access(old: Schema, new: Schema, name: str, added: Effect, removed: Effect) -> Iterator[Difference]:
    before, after = old.get(name) is True, new.get(name) is True
    if before != after:
        what = f"is now {name}" if after else f"is no longer {name}"
        yield Difference(name, f"{name}-changed", what, added if after else removed)


def deprecation(old: Schema, new: Schema) -> Iterator[Difference]:
    """Whether it has become deprecated, or is so no longer; of operations and parameters too."""
    before, after = old.get("deprecated") is True, new.get("deprecated") is True
    if before != after:
        kind, what = ("deprecated", "is now deprecated") if after else ("undeprecated", "is no longer deprecated")
        yield Difference("deprecated", kind, what, HARMLESS)


def texts(old: Schema, new: Schema, names: tuple[str, ...] = _TEXTS) -> Iterator[Difference]:
    """What differs in words for people, and in extensions, which no reader needs to know."""
    extensions = [name for name in {**old, **new} if name.startswith("x-")]
    for name in (*names, *extensions):
        if not same(old.get(name), new.get(name)) or (name in old) != (name in new):
            word = "changed" if name in old and name in new else "added" if name in new else "removed"
            yield Difference(name, TEXT, f"{name} {word}", HARMLESS)


def makes_a_class(schema: Schema) -> bool:
    """Whether a generator makes a class of it, which its title or place may name."""
    return "object" in types(schema) != ANY_TYPE or any(name in schema for name in ("properties", "enum", "allOf"))
