"""Read JSON text with the standard library's C scanner, and find places in it only when they are asked for."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import cached_property
from json.decoder import scanstring  # type: ignore[attr-defined]

from ..errors import DocumentError, Problem
from .limits import DEPTH, deeper, too_deep
from .pointers import parts, pointer
from .scalars import as_float
from .value import Json, Place

_blank = re.compile(r"[ \t\n\r]*").match
_escapes = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL).finditer
_brackets = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]').finditer
_decoder = json.JSONDecoder()


def read_json(text: str, file: str) -> tuple[Json, list[Problem]]:
    """The value of the JSON document `text`, and its duplicate keys.

    Raises `ValueError` if it is not JSON, and `DocumentError` if it is JSON that cannot be used.
    """
    repeated: list[tuple[dict[str, Json], str]] = []

    def members(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        made = dict(pairs)
        if len(made) < len(pairs):
            seen: set[str] = set()
            for name, _ in pairs:
                if name in seen:
                    repeated.append((made, name))
                seen.add(name)
        return made

    try:
        value = json.loads(text, object_pairs_hook=members, parse_constant=as_float, parse_float=as_float)
    except RecursionError:
        raise DocumentError(too_deep(file, _too_deep(text))) from None
    if deeper(value, DEPTH):
        raise DocumentError(too_deep(file, _too_deep(text)))
    _refuse_half_characters(text, file)
    return value, _repeated_keys(value, repeated, text, file) if repeated else []


def _too_deep(text: str) -> Place:
    """Where the first level is that is too much."""
    depth = 0
    for found in _brackets(text):
        depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(found[0], 0)
        if depth > DEPTH:
            return JsonPlaces(text).place(found.start())
    return 0, 0


def _refuse_half_characters(text: str, file: str) -> None:
    """Raise `DocumentError` at an escape that is half of a surrogate pair, which no text can hold."""
    if "\\ud" not in text and "\\uD" not in text:
        return
    high = None
    for found in _escapes(text):
        code = int(found[1] or "0", 16)
        low = 0xDC00 <= code < 0xE000
        if (high is not None) != low or (high is not None and high.end() != found.start()):
            break
        high = found if 0xD800 <= code < 0xDC00 else None
    else:
        if high is None:
            return
        found = high
    line, column = JsonPlaces(text).place(found.start())
    raise DocumentError(Problem("half of a surrogate pair", "Write the whole character.", file, line, column))


def _repeated_keys(value: Json, repeated: list[tuple[dict[str, Json], str]], text: str, file: str) -> list[Problem]:
    pointers = {id(inner): here for here, inner in _containers(value)}
    locate = JsonPlaces(text).locate
    result = []
    for made, name in repeated:
        # One that itself stands under a key which appears twice may be gone.
        here = pointers.get(id(made))
        if here is not None:
            place = here + pointer(name)
            line, column = locate(place) or (0, 0)
            what = f"the key {name!r} appears twice"
            result.append(Problem(what, "The last one counts.", file, line, column, place, defect=True))
    return result


def _containers(value: Json) -> Iterator[tuple[str, Json]]:
    waiting = [("", value)]
    while waiting:
        here, outer = waiting.pop()
        yield here, outer
        inner = outer.items() if isinstance(outer, dict) else enumerate(outer)
        waiting += [(here + pointer(name), each) for name, each in inner if isinstance(each, (dict, list))]


class JsonPlaces:
    """Where the parts of a JSON text stand. Each mapping or list is looked through once, when first asked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._known: dict[int, Mapping[str, tuple[int, int]]] = {}

    def locate(self, pointer: str) -> Place | None:
        """The place of the part at `pointer`: of a member, its key's; None where there is nothing."""
        start = self._next(0)
        shown = start
        for part in parts(pointer):
            members = self._members(start)
            if part not in members:
                return None
            shown, start = members[part]
        return self.place(shown)

    def place(self, offset: int) -> Place:
        """The line and column of the character at `offset`."""
        line = bisect_left(self._line_ends, offset)
        return line + 1, offset - (self._line_ends[line - 1] if line else -1)

    @cached_property
    def _line_ends(self) -> list[int]:
        return [found.start() for found in re.finditer("\n", self._text)]

    def _members(self, start: int) -> Mapping[str, tuple[int, int]]:
        """Name or index, to the offsets of what shows it and of its value, in what starts at `start`."""
        if start not in self._known:
            found = {"{": self._in_mapping, "[": self._in_list}.get(self._text[start])
            self._known[start] = dict(found(start)) if found else {}
        return self._known[start]

    def _in_mapping(self, start: int) -> Iterator[tuple[str, tuple[int, int]]]:
        at = self._next(start + 1)
        while self._text[at] != "}":
            name, end = scanstring(self._text, at + 1)
            value = self._next(self._next(end) + 1)
            yield name, (at, value)
            at = self._after(value)

    def _in_list(self, start: int) -> Iterator[tuple[str, tuple[int, int]]]:
        at, index = self._next(start + 1), 0
        while self._text[at] != "]":
            yield str(index), (at, at)
            at, index = self._after(at), index + 1

    def _after(self, value: int) -> int:
        """Where the next member starts, or the end of what holds it."""
        _, end = _decoder.raw_decode(self._text, value)
        end = self._next(end)
        return self._next(end + 1) if self._text[end] == "," else end

    def _next(self, offset: int) -> int:
        found = _blank(self._text, offset)
        return found.end() if found else offset
