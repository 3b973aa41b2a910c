"""What a document may have at most, so that reading any text ends in bounded time and memory."""

from __future__ import annotations

from ..errors import Problem
from .value import Json, Place

DEPTH = 200
"""Levels of mappings and lists in a text. What walks through a value recurses."""

CONVERTED = 100
"""The same in a document that is converted, which may double them. Real documents have fewer than 70."""

ALIASED = 1_000_000
"""Values that the aliases of a YAML text may stand for, all together."""

COPIES = 1_000_000
"""Values that a conversion may repeat because they are said once and needed in several places, all together."""


def deeper(value: Json, levels: int) -> bool:
    """Whether there are more than so many levels of mappings and lists in `value`."""
    layer = [value] if isinstance(value, (dict, list)) else []
    for _ in range(levels):
        layer = [
            inner
            for outer in layer
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not layer:
            return False
    return True


def size(value: Json) -> int:
    """How many values there are in `value`, itself among them."""
    count, layer = 1, [value]
    while layer:
        layer = [
            inner
            for outer in layer
            for inner in (outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ())
        ]
        count += len(layer)
    return count


def too_deep(file: str, place: Place = (0, 0)) -> Problem:
    """The problem of a text with more levels than `DEPTH`."""
    hint = "Move inner parts into definitions and refer to them."
    return Problem(f"nested deeper than {DEPTH} levels", hint, file, *place)
