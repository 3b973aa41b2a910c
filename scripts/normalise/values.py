"""Enumerated values, patterns and defaults: data that must fit the schema they stand in."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Mapping

from ..document import Json
from .source import Source

_CLASS = r"\[^\^?(?:[^\\\[\]]|\\[dwsDWSnrt.^$*+?()\[\]{}|/\\-])+\]"
_SIMPLE = re.compile(
    rf"(?:[^\\()\[\]{{}}*+?]|\\[dwsDWSbBnrt.^$*+?()\[\]{{}}|/\\-]|{_CLASS}|\((?:\?[:=!]|(?!\?))|\)|[*+?](?!\+)\??|\{{\d+(?:,\d*)?\}}(?!\+))*"
)
"""Regular expressions without anything that one language has and another has not."""

_IS_A = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
}
_NEEDS_NO_JUDGE = frozenset({"type", "default", "title", "description", "example", "nullable", "enum", "readOnly"})
"""Words of a schema whose default is judged by a look at its type and enumerated values."""


def settle_enum(source: Source, result: dict[str, Json], here: str) -> None:
    """Values of an enumeration are of its type and differ from each other; there is at least one."""
    if "enum" not in result:
        return
    place = f"{here}/enum"
    values = result["enum"]
    if not values:
        source.defect(place, "an empty `enum` allows no value", "It is left out.")
        del result["enum"]
        return
    read = [_of_type(result.get("type"), value) for value in values]
    if any(type(one) is not type(other) for one, other in zip(read, values, strict=True)):
        source.defect(place, f"some values of `enum` are not of the type {result['type']}", "They are converted to it.")
    distinct = list({json.dumps(value): value for value in read}.values())
    if len(distinct) < len(read):
        source.defect(place, "`enum` has a value twice", "It is kept once.")
    result["enum"] = distinct


def _of_type(type_name: Json, value: Json) -> Json:
    """`value` as one of the type, where what it stands for is plain; else itself."""
    if type_name == "string" and isinstance(value, (bool, int, float)):
        return json.dumps(value)
    if type_name == "integer" and isinstance(value, float) and value.is_integer():
        return int(value)
    if type_name in ("integer", "number", "boolean") and isinstance(value, str):
        try:
            found = json.loads(value)
        except ValueError:
            return value
        return found if _IS_A[type_name](found) else value
    return value


def settle_pattern(source: Source, result: dict[str, Json], here: str) -> None:
    """A pattern is a regular expression of ECMA-262 that Python reads too, since what follows here is Python's."""
    pattern = result.get("pattern")
    if not isinstance(pattern, str) or (_SIMPLE.fullmatch(pattern) and _in_python(pattern)):
        return
    from .judge import is_pattern  # noqa: PLC0415 - few documents need it, and it is slow to load

    place, told = f"{here}/pattern", "It is kept as `x-pattern`."
    for same in (pattern, _spelled_out(pattern)):
        if is_pattern(same) and _in_python(same):
            if same != pattern:
                what = "not every reader understands this regular expression"
                source.loss(place, what, f"It is rewritten as {same!r}.")
            result["pattern"] = same
            return
    if is_pattern(pattern):
        source.loss(place, "validators and generators written in Python cannot read this regular expression", told)
    else:
        source.defect(place, "this is not a regular expression of ECMA-262", told)
    result["x-pattern"] = result.pop("pattern")


def _spelled_out(pattern: str) -> str:
    """The same regular expression in words that all languages share, where it is one of another."""
    pattern = re.sub(r"(\\[wdsWDS])-(?!\])", r"\1\\-", pattern)
    return re.sub(r"^\\A", "^", re.sub(r"(?<!\\)\\[zZ]$", "$", pattern))


def _in_python(pattern: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what may be read otherwise one day
        try:
            re.compile(pattern)
        except (re.error, OverflowError, RecursionError):
            return False
    return True


def settle_default(source: Source, result: dict[str, Json], here: str) -> None:
    """A default is a value that its schema allows; one that plainly stands for such a value becomes it."""
    if "default" not in result or _plainly_fits(result, result["default"]):
        return
    from .judge import Judge  # noqa: PLC0415 - few documents need it, and it is slow to load

    source.judge = source.judge or Judge(source)
    fits = source.judge.of(result, here)
    value = result["default"]
    if fits(value):
        return
    place = f"{here}/default"
    what = f"the default {json.dumps(value, ensure_ascii=False)[:60]} is not allowed by its schema"
    for meant in (_of_type(result.get("type"), value), [value]):
        if value is not None and fits(meant):
            source.defect(place, what, f"It is read as {json.dumps(meant, ensure_ascii=False)[:60]}.")
            result["default"] = meant
            return
    source.defect(place, what, "It is kept as `x-default`.")
    result["x-default"] = result.pop("default")


def _plainly_fits(result: Mapping[str, Json], value: Json) -> bool:
    """Whether a look at the type, and at the enumerated values, is enough to see that the value fits."""
    if value is None and result.get("nullable") is True:
        return True
    if not all(name in _NEEDS_NO_JUDGE or name.startswith("x-") for name in result):
        return False
    fits = _IS_A.get(str(result.get("type")))
    if fits is None or not fits(value):
        return False
    return "enum" not in result or any(type(each) is type(value) and each == value for each in result["enum"])
