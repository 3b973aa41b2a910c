"""What a member's value must be, and how one that is not is read as what was meant.

A value whose meaning is plain (`"10"` for 10, one text for a list of it) is repaired; any other is left out.
Both are told with the place, and `strict` refuses them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ..document import Json, copied, escape
from .source import Source, kind


class _Unclear(Exception):  # noqa: N818 - not an error that leaves this module
    """What was meant by a value cannot be told."""


@dataclass(frozen=True)
class Form:
    """What a value must be."""

    word: str
    """How a message calls it."""
    fits: Callable[[Json], bool]
    meant: Callable[[Json], Json]
    """The value that one which does not fit stands for. Raises `_Unclear`."""


def fitted(source: Source, node: Mapping[str, Json], forms: Mapping[str, Form], here: str) -> dict[str, Json]:
    """The members of `node` that `forms` knows, each of its form, and its extensions, in the order of `node`.

    Any other is left out with a warning.
    """
    leave_unknown(source, node, forms, here)
    result: dict[str, Json] = {}
    for name, value in node.items():
        if name in forms:
            result |= member(source, name, value, forms[name], f"{here}/{name}")
        elif name.startswith("x-"):
            result[name] = copied(value)
    return result


def members(source: Source, node: Mapping[str, Json], forms: Mapping[str, Form], here: str) -> dict[str, Json]:
    """The members of `node` that `forms` knows, in the order of `forms`, each of its form."""
    result: dict[str, Json] = {}
    for name, form in forms.items():
        if name in node:
            result |= member(source, name, node[name], form, f"{here}/{name}")
    return result


def leave_unknown(source: Source, node: Mapping[str, Json], known: Container[str], here: str) -> None:
    """Note every member of `node` that is neither `known` nor an extension; it is left out."""
    for name in node:
        if name not in known and not name.startswith("x-"):
            source.defect(f"{here}/{escape(name)}", f"`{name}` is unknown", "It is left out.")


def member(source: Source, name: str, value: Json, form: Form, here: str) -> dict[str, Json]:
    """The member `name` with the value that is meant, or nothing where that cannot be told."""
    if form.fits(value):
        return {name: copied(value)}
    what = f"`{name}` is {kind(value)}, not {form.word}"
    try:
        meant = form.meant(value)
    except _Unclear:
        source.defect(here, what, "It is left out.")
        return {}
    source.defect(here, what, f"It is read as {_shown(meant)}.")
    return {name: meant}


def _shown(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"


# --- Forms -----------------------------------------------------------------------------------


def _unclear(value: Json) -> Json:  # noqa: ARG001 - what `meant` of a `Form` is given
    raise _Unclear


def _text(value: Json) -> str:
    if isinstance(value, (bool, int, float)):
        return json.dumps(value)
    raise _Unclear


def _flag(value: Json) -> bool:
    found = {"true": True, "false": False}.get(str(value).strip().casefold())
    if found is None or not isinstance(value, str):
        raise _Unclear
    return found


def _number(value: Json) -> Json:
    try:
        found = json.loads(value) if isinstance(value, str) else None
    except ValueError:
        raise _Unclear from None
    if not _is_number(found):
        raise _Unclear
    return found


def _positive(value: Json) -> Json:
    found = _number(value)
    return found if found > 0 else _unclear(value)


def _whole(value: Json) -> int:
    found = value if _is_number(value) else _number(value)
    if found < 0 or found != found // 1 or found == float("inf"):
        raise _Unclear
    return int(found)


def _texts(value: Json) -> list[str]:
    values = value if isinstance(value, list) else [value]
    if any(isinstance(each, bool) for each in values):
        raise _Unclear
    return list(dict.fromkeys(each if isinstance(each, str) else _text(each) for each in values if each is not None))


def _mapping(value: Json) -> dict[str, Json]:
    if value is None or value == []:
        return {}
    raise _Unclear


def _is_number(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < float("inf")


def _is_texts(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value) and len({*value}) == len(value)


def _is_a(*types: type[Any]) -> Callable[[Json], bool]:
    return lambda value: isinstance(value, types)


def _url(value: Json) -> str:
    text = value.strip() if isinstance(value, str) else _text(value)
    return quote(text, safe="%/:?#[]@!$&'()*+,;=~-._")


def _matches(pattern: str) -> Callable[[Json], bool]:
    matched = re.compile(pattern).fullmatch
    return lambda value: isinstance(value, str) and matched(value) is not None


TEXT = Form("a string", _is_a(str), _text)
_URL = r"(?:[A-Za-z0-9_:/?#@!$&'()*+,;=~.-]|%[0-9a-fA-F]{2})*"
URL = Form("a URL", _matches(rf"{_URL}(?:\[[0-9a-fA-F:.]+\]{_URL})?"), _url)
EMAIL = Form("an e-mail address", _matches(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)*"), _unclear)
FLAG = Form("true or false", _is_a(bool), _flag)
NUMBER = Form("a number", _is_number, _number)
POSITIVE = Form("a number above 0", lambda value: _is_number(value) and value > 0, _positive)
WHOLE = Form("a whole number from 0", lambda value: type(value) is int and value >= 0, _whole)
TEXTS = Form("a list of distinct strings", _is_texts, _texts)
MAPPING = Form("a mapping", _is_a(dict), _mapping)
LIST = Form("a list", _is_a(list), lambda value: [] if value is None or value == {} else _unclear(value))
ANYTHING = Form("anything", lambda _: True, _unclear)
