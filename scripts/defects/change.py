"""The change that an overlay action asks for, on the document as it was published."""

from __future__ import annotations

import copy
import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..document import Json, dump
from ..overlay import Action, Outcome, Parts
from .origin import Origin, origin
from .restate import restated

_AROUND = 3
"""Unchanged lines that are shown around a change."""
_LONG = 70
"""Characters that are shown of an unchanged text."""


@dataclass(frozen=True)
class Edit:
    """One thing to change in the published document."""

    origin: Origin
    value: Json = None
    """What should stand there, as the published version says it."""
    removed: bool = False

    @property
    def whole(self) -> Parts:
        """Its place once the document is changed."""
        return (*self.origin.place, *self.origin.rest)

    @property
    def around(self) -> Parts:
        """The object or list in the published document that is changed."""
        return self.origin.place if self.origin.rest else self.origin.place[:-1]


def edits(source: Json, before: Json, action: Action, outcome: Outcome, version: str) -> list[Edit]:
    """What an action changes in `source`, of which `before` was converted, and which is of `version`."""
    if action.does == "remove":
        return [Edit(origin(source, before, place), removed=True) for place in outcome.matches]
    found: list[Edit] = []
    for written in outcome.written:
        at, place = origin(source, before, written.place), written.place
        if at.rest and not isinstance(_child(source, at.place), (dict, list)):
            # Conversion made more of one value, and only the whole of it can be changed.
            at, place = Origin(at.place), place[: -len(at.rest)]
        found += _written(at, place[-1], _child(outcome.data, place), version)
    return found


def _child(node: Json, place: Parts) -> Json:
    for part in place:
        node = node[part]
    return node


def _written(at: Origin, name: str | int, value: Json, version: str) -> Iterator[Edit]:
    if isinstance(name, int):
        yield Edit(at, restated(value, version))
        return
    # The name is restated with its value, for `examples` may be an `example`, and a type two members.
    for index, (new, each) in enumerate(restated({name: value}, version).items()):
        if at.rest:
            yield Edit(Origin(at.place, (*at.rest[:-1], new)), each)
        else:
            yield Edit(at if index == 0 else Origin(at.place[:-1], (new,)), each)


def around(changes: Iterable[Edit]) -> list[tuple[Parts, list[Edit]]]:
    """`changes` by the object or list that they change, in order; of several on one place the last."""
    latest = {edit.whole: edit for edit in changes}
    groups: dict[Parts, list[Edit]] = {}
    for edit in latest.values():
        groups.setdefault(edit.around, []).append(edit)
    return list(groups.items())


# --- Showing a change ------------------------------------------------------------------------


def difference(source: Json, place: Parts, changes: Sequence[Edit]) -> list[str]:
    """The lines of a diff of what stands at `place`: what there is now, and what `changes` make of it."""
    now = _child(source, place)
    then = copy.deepcopy(now)
    gone = [edit.origin.place[-1] for edit in changes if edit.removed and not edit.origin.rest]
    for part in sorted(gone, key=lambda part: part if isinstance(part, int) else -1, reverse=True):
        del then[part]
    for edit in changes:
        if not edit.removed:
            _put(then, edit.whole[len(place) :], edit.value)
    old, new = (dump(value).splitlines() if value else [] for value in _shortened(now, then))
    lines = list(difflib.unified_diff(old, new, n=_AROUND, lineterm=""))[3:]
    return [" …" if line.startswith("@@") else line for line in lines]


def _put(node: Json, path: Parts, value: Json) -> None:
    """Put `value` at `path` below `node`, with whatever lacks on the way; after the end of a list it is appended."""
    for part, following in pairwise(path):
        inner: Json = [] if isinstance(following, int) else {}
        if isinstance(part, int) and part >= len(node):
            node.append(inner)
            node = inner
        else:
            node = node[part] if isinstance(part, int) else node.setdefault(part, inner)
    last = path[-1]
    if isinstance(last, int) and last >= len(node):
        node.append(value)
    else:
        node[last] = value


def _shortened(now: Json, then: Json) -> tuple[Json, Json]:
    """Both with what they have in common reduced to a sign of it."""
    if now == then:
        return _short(now), _short(now)
    if isinstance(now, dict) and isinstance(then, dict):
        pairs = {name: _shortened(now[name], then[name]) for name in now if name in then}
        return (
            {name: pairs[name][0] if name in pairs else value for name, value in now.items()},
            {name: pairs[name][1] if name in pairs else value for name, value in then.items()},
        )
    if isinstance(now, list) and isinstance(then, list):
        return (
            [_short(item) if item in then else item for item in now],
            [_short(item) if item in now else item for item in then],
        )
    return now, then


def _short(value: Json) -> Json:
    if isinstance(value, (dict, list)):
        return "…" if value else value
    if isinstance(value, str) and (len(value) > _LONG or "\n" in value):
        return f"{value.partition(chr(10))[0][:_LONG]} …"
    return value
