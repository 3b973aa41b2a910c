"""What a document may have at most, so that reading any text ends in bounded time and memory."""

from __future__ import annotations

from ..errors import Problem
from .value import Place

DEPTH = 100
"""Levels of mappings and lists. Real documents have fewer than 70; what walks through a value recurses."""

ALIASED = 1_000_000
"""Values that the aliases of a YAML text may stand for, all together."""


def too_deep(file: str, place: Place = (0, 0)) -> Problem:
    """The problem of a text with more levels than `DEPTH`."""
    return Problem(f"nested deeper than {DEPTH} levels", "Make what is inside a definition.", file, *place)
