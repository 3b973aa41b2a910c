"""Plain scalars by the core schema of YAML 1.2, which JSON and OpenAPI use.

`on`, `yes`, `0o17` and `2024-11-13` are not what YAML 1.1 says.
"""

from __future__ import annotations

import math
import re

from .value import Json

_BOOL = r"true|True|TRUE|false|False|FALSE"
_NULL = r"~|null|Null|NULL|"
_INT = r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
_FLOAT = r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"

CORE_SCHEMA = (
    ("tag:yaml.org,2002:bool", _BOOL, "tTfF"),
    ("tag:yaml.org,2002:null", _NULL, ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:int", _INT, "-+0123456789"),
    ("tag:yaml.org,2002:float", _FLOAT, "-+.0123456789"),
)
"""(tag, pattern, first characters) of the plain scalars that are no texts."""

_LONGEST = 3000
"""Characters of a whole number; Python neither reads nor writes one of more than 4300 digits."""

_OTHER_THAN_TEXT = frozenset("tTfFnN~-+.0123456789")
_WORDS = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("~", "null", "Null", "NULL", ""), None),
}
_is_int = re.compile(_INT).fullmatch
_is_float = re.compile(_FLOAT).fullmatch


def plain(text: str) -> Json:
    """The value of the plain scalar `text`. Raises `ValueError` for a number that is too large."""
    if text and text[0] not in _OTHER_THAN_TEXT:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _is_int(text):
        if len(text) > _LONGEST:
            raise ValueError(text)
        return int(text, 0) if text[:2] in ("0x", "0o") else int(text)
    return as_float(text) if _is_float(text) else text


def tagged(tag: str, text: str) -> Json:
    """The value of a scalar with an explicit tag; tags that JSON has no type for leave a text.

    Raises `ValueError` if `text` is not of the type that the tag names.
    """
    kind = tag.removeprefix("tag:yaml.org,2002:")
    if kind == "float":
        return as_float(text)
    if kind == "int" and _is_int(text):
        return plain(text)
    if kind in ("bool", "null") and text in _WORDS:
        return _WORDS[text]
    if kind in ("int", "bool", "null"):
        raise ValueError(text)
    return text


def as_float(text: str) -> float:
    """The number that the text of a float stands for. Raises `ValueError` for one that JSON has not, as `.inf`."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value
