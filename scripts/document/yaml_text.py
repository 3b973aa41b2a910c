"""Read YAML text, from libyaml's events: no tree of nodes is built, and nothing recurses.

Values are plain JSON: keys are texts, and a date stays one. An alias stands for the value itself, and
`<<` merges mappings, as YAML 1.1 has it and many documents use it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from ..errors import DocumentError, Problem
from .limits import ALIASED, DEPTH, too_deep
from .pointers import escape, pointer
from .scalars import plain, tagged
from .value import Json, Place, after

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str, file: str, places: dict[str, Place] | None = None) -> tuple[Json, list[Problem]]:
    """The value of the YAML document `text`, and its duplicate keys. Raises `DocumentError`.

    The place of every part is noted in `places`, if given, by its pointer; this takes twice as long.
    """
    reading = _Reading(file, places)
    loader = _Loader(text)
    try:
        while True:
            event = loader.get_event()
            handle = _HANDLERS.get(type(event))
            if handle:
                handle(reading, event)
            elif isinstance(event, yaml.StreamEndEvent):
                return reading.root, reading.flaws
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(part for part in (error.context, error.problem) if part)
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        hint = "Fix the text there; it is read as YAML, of which JSON is a part."
        raise DocumentError(Problem(what, hint, file, line, column)) from None
    except yaml.YAMLError as error:
        place = after(text[: getattr(error, "position", 0) or 0])
        raise DocumentError(Problem(str(error).partition("\n")[0], "", file, *place)) from None
    finally:
        loader.dispose()


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come yet."""

    value: Json
    pointer: str
    anchor: str | None
    before: int
    """How many values there were before it."""
    key: str | None = None
    """Of a mapping: the key whose value comes next."""
    merging: bool = False
    """Whether that key is `<<`."""
    merged: dict[str, Json] = field(default_factory=dict)
    height: int = 0
    """How many levels of mappings and lists there are in it."""


@dataclass(slots=True)
class _Anchored:
    value: Json
    size: int
    height: int


class _Reading:
    """What was read so far."""

    def __init__(self, file: str, places: dict[str, Place] | None) -> None:
        self.root: Json = None
        self.flaws: list[Problem] = []
        self._file = file
        self._places = places
        self._open: list[_Open] = []
        self._anchored: dict[str, _Anchored] = {}
        self._count = 0
        self._aliased = 0
        self._documents = 0

    def document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            self._refuse(event, "a second document starts here", "Put it into a file of its own.")

    def scalar(self, event: Any) -> None:
        inside = self._open[-1] if self._open else None
        if inside is not None and isinstance(inside.value, dict) and inside.key is None:
            inside.merging = event.value == "<<" and event.implicit[0]
            self._key(inside, event.value, event)
            value: Json = event.value
        else:
            value = self._scalar(event)
            self._add(value, event, 0)
        if event.anchor:
            self._anchored[event.anchor] = _Anchored(value, 1, 0)

    def _scalar(self, event: Any) -> Json:
        try:
            if event.tag:
                return tagged(event.tag, event.value)
            return plain(event.value) if event.implicit[0] else event.value
        except ValueError:
            kind = (event.tag or "number").rpartition(":")[2]
            return self._refuse(event, f"{event.value[:40]!r} cannot be read as {kind}", "Put it in quotes.")

    def start(self, event: Any) -> None:
        if len(self._open) >= DEPTH:
            raise DocumentError(too_deep(self._file, self._place(event)))
        inside = self._open[-1] if self._open else None
        if inside is not None and isinstance(inside.value, dict) and inside.key is None:
            self._refuse(event, "a key that is not a string")
        value: Json = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._open.append(_Open(value, self._pointer(), event.anchor, self._count))
        if self._places is not None:
            self._places.setdefault(self._open[-1].pointer, self._place(event))

    def end(self, event: Any) -> None:
        closed = self._open.pop()
        value = closed.value
        if closed.merged:
            explicit = dict(value)
            value.clear()
            value |= closed.merged | explicit
        if closed.anchor:
            self._anchored[closed.anchor] = _Anchored(value, self._count - closed.before + 1, closed.height + 1)
        self._add(value, event, closed.height + 1)

    def alias(self, event: Any) -> None:
        found = self._anchored.get(event.anchor)
        if found is None:
            within = any(each.anchor == event.anchor for each in self._open)
            what = f"the alias *{event.anchor} stands " + ("in what it names" if within else "for nothing")
            self._refuse(event, what)
            return
        self._count += found.size
        self._aliased += found.size
        if self._aliased > ALIASED:
            self._refuse(event, f"aliases stand for more than {ALIASED:,} values", "Write out what they stand for.")
        if len(self._open) + found.height > DEPTH:
            raise DocumentError(too_deep(self._file, self._place(event)))
        inside = self._open[-1] if self._open else None
        if inside is not None and isinstance(inside.value, dict) and inside.key is None:
            if not isinstance(found.value, str):
                self._refuse(event, "a key that is not a string")
            self._key(inside, found.value, event)
        else:
            self._add(found.value, event, found.height)

    def _key(self, inside: _Open, key: str, event: Any) -> None:
        inside.key = key
        if inside.merging:
            return
        if key in inside.value:
            line, column = self._place(event)
            what, here = f"the key {key!r} appears twice", pointer(*map(self._part, self._open))
            self.flaws.append(Problem(what, "The last one counts.", self._file, line, column, here, defect=True))
        if self._places is not None:
            self._places[self._pointer()] = self._place(event)

    def _add(self, value: Json, event: Any, height: int) -> None:
        """Put a finished value to where it belongs."""
        self._count += 1
        if not self._open:
            self.root = value
            if self._places is not None:
                self._places.setdefault("", self._place(event))
            return
        inside = self._open[-1]
        inside.height = max(inside.height, height)
        if isinstance(inside.value, list):
            if self._places is not None:
                self._places.setdefault(self._pointer(), self._place(event))
            inside.value.append(value)
        elif inside.merging:
            self._merge(inside, value, event)
            inside.key, inside.merging = None, False
        else:
            inside.value[inside.key] = value
            inside.key = None

    def _merge(self, inside: _Open, value: Json, event: Any) -> None:
        for each in value if isinstance(value, list) else [value]:
            if not isinstance(each, dict):
                self._refuse(event, "`<<` merges what is not a mapping")
            inside.merged = each | inside.merged  # the first that has a key wins

    def _part(self, inside: _Open) -> str:
        """The name or index of the value that comes next in what is open."""
        return str(len(inside.value)) if isinstance(inside.value, list) else inside.key or ""

    def _pointer(self) -> str:
        """The pointer of the value that comes next."""
        if self._places is None or not self._open:
            return ""
        inside = self._open[-1]
        return f"{inside.pointer}/{escape(self._part(inside))}"

    def _place(self, event: Any) -> Place:
        return event.start_mark.line + 1, event.start_mark.column + 1

    def _refuse(self, event: Any, what: str, hint: str = "") -> None:
        line, column = self._place(event)
        raise DocumentError(Problem(what, hint, self._file, line, column))


_HANDLERS = {
    yaml.DocumentStartEvent: _Reading.document,
    yaml.ScalarEvent: _Reading.scalar,
    yaml.MappingStartEvent: _Reading.start,
    yaml.SequenceStartEvent: _Reading.start,
    yaml.MappingEndEvent: _Reading.end,
    yaml.SequenceEndEvent: _Reading.end,
    yaml.AliasEvent: _Reading.alias,
}
