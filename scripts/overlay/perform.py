"""Perform one action on a document: remove what its target selects, or merge a value into it."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from ..document import Json, pointer
from .actions import Action, Doubt
from .query import Parts, find


@dataclass(frozen=True)
class Written:
    """A part of a document that an action wrote."""

    place: Parts
    """In the document after the action."""
    below: Parts
    """Where it comes from, below the value that was merged in."""


@dataclass(frozen=True)
class Outcome:
    """What one action does to a document."""

    data: Json
    """The document after the action. It shares the parts that stay the same with the document before."""
    matches: tuple[Parts, ...] = ()
    """What the target selects in the document before."""
    written: tuple[Written, ...] = ()
    origin: Parts | None = None
    """Of a copy: where its value stands in the document before."""
    doubts: tuple[Doubt, ...] = ()


class Unfit(Exception):  # noqa: N818 - a problem once its place is known
    """An action that cannot be performed: what is wrong, and what to do about it."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what, self.hint = what, hint


def perform(data: Json, action: Action) -> Outcome:
    """What `action` does to `data`, which stays as it is. Raises `Unfit` if it cannot be performed."""
    matches = _found(action.target, data)
    if not matches:
        return Outcome(data, doubts=(("matches nothing", "The document has changed, or the target is misspelt."),))
    if action.does == "nothing":
        return Outcome(data, matches)
    return _removal(data, matches, action) if action.does == "remove" else _merging(data, matches, action)


def in_order(place: Parts) -> list[tuple[bool, int, str]]:
    """A key that sorts places by name, and items of a list by index."""
    return [(True, part, "") if isinstance(part, int) else (False, 0, part) for part in place]


def _found(query: str, data: Json) -> tuple[Parts, ...]:
    try:
        return tuple(find(query, data))
    except ValueError as error:
        raise Unfit(f"cannot be followed: {error}") from None


def _at(node: Json, place: Parts) -> Json:
    for part in place:
        node = node[part]
    return node


# --- Removing --------------------------------------------------------------------------------


def _removal(data: Json, matches: tuple[Parts, ...], action: Action) -> Outcome:
    if () in matches:
        raise Unfit("would remove the whole document")
    doubts: tuple[Doubt, ...] = ()
    primitive = _primitive(data, matches)
    if action.version == "1.0" and primitive is not None:
        what = f"removes {_name(_at(data, primitive))} at {pointer(*primitive)}; 1.0 speaks of objects and lists alone"
        doubts = ((what, "Write `overlay: 1.1.0`."),)
    return Outcome(_without(data, matches), matches, doubts=doubts)


def _without(node: Json, places: Iterable[Parts]) -> Json:
    """`node` without what stands at `places` below it: in one pass, so that no place moves meanwhile."""
    gone: set[str | int] = set()
    inner: dict[str | int, list[Parts]] = {}
    for part, group in groupby(sorted(places, key=in_order), key=lambda place: place[0]):
        below = [place[1:] for place in group]
        if () in below:
            gone.add(part)
        else:
            inner[part] = below
    if isinstance(node, dict):
        kept = ((name, value) for name, value in node.items() if name not in gone)
        return {name: _without(value, inner[name]) if name in inner else value for name, value in kept}
    items = ((index, item) for index, item in enumerate(node) if index not in gone)
    return [_without(item, inner[index]) if index in inner else item for index, item in items]


# --- Merging ---------------------------------------------------------------------------------


def _merging(data: Json, matches: tuple[Parts, ...], action: Action) -> Outcome:
    _check_kinds(data, matches, action)
    value, origin = action.value, None
    if action.does == "copy":
        origin = _origin(data, action.value)
        value = _at(data, origin)
    joins = action.version != "1.0"
    doubts: tuple[Doubt, ...] = ()
    if not joins and isinstance(value, list) and any(isinstance(_at(data, place), list) for place in matches):
        doubts = (("appends a list as one item, as 1.0 says", "1.1 appends its items; write `overlay: 1.1.0`."),)
    written: list[Written] = []
    for place in matches:
        merged, places = _updated(_at(data, place), value, place, joins=joins)
        data = _with(data, place, merged)
        written += places
    return Outcome(data, matches, tuple(written), origin, doubts)


def _check_kinds(data: Json, matches: tuple[Parts, ...], action: Action) -> None:
    if action.version == "1.0":
        primitive = _primitive(data, matches)
        if primitive is not None:
            hint = "Target the object around it, or write `overlay: 1.1.0`."
            raise Unfit(f"meets {_name(_at(data, primitive))} at {_shown(primitive)}: 1.0 cannot update it", hint)
    elif len({_kind(_at(data, place)) for place in matches}) > 1:
        raise Unfit("meets nodes of different kinds", "They must be all objects, all lists or all primitive values.")


def _origin(data: Json, query: str) -> Parts:
    found = _found(query, data)
    if len(found) != 1:
        raise Unfit(f"copies from {query}, which selects {len(found) or 'no'} nodes", "It must select exactly one.")
    return found[0]


def _updated(target: Json, value: Json, at: Parts, *, joins: bool) -> tuple[Json, list[Written]]:
    """`target`, which stands at `at`, with `value` merged in; a list that `joins` takes the items of another."""
    if isinstance(target, list) and not (joins and isinstance(value, list)):
        return [*target, copy.deepcopy(value)], [Written((*at, len(target)), ())]
    return _merged(target, value, at, ())


def _merged(target: Json, value: Json, at: Parts, below: Parts) -> tuple[Json, list[Written]]:
    if _kind(target) != _kind(value):
        what = f"meets {_name(target)} at {_shown(at)} and would merge {_name(value)} into it"
        raise Unfit(what, "Remove it by an action before, or target what is around it.")
    if isinstance(target, list):
        count = len(target)
        written = [Written((*at, count + index), (*below, index)) for index in range(len(value))]
        return [*target, *copy.deepcopy(value)], written
    if not isinstance(target, dict):
        return value, [Written(at, below)]
    result, written = dict(target), []
    for name, each in value.items():
        if name in target:
            result[name], places = _merged(target[name], each, (*at, name), (*below, name))
            written += places
        else:
            result[name] = copy.deepcopy(each)
            written.append(Written((*at, name), (*below, name)))
    return result, written


def _with(node: Json, place: Parts, value: Json) -> Json:
    """`node` with `value` at `place` below it."""
    if not place:
        return value
    fresh = copy.copy(node)
    fresh[place[0]] = _with(node[place[0]], place[1:], value)
    return fresh


# --- Words -----------------------------------------------------------------------------------


def _primitive(data: Json, places: Iterable[Parts]) -> Parts | None:
    return next((place for place in places if _kind(_at(data, place)) == "primitive"), None)


def _kind(value: Json) -> str:
    return "object" if isinstance(value, dict) else "list" if isinstance(value, list) else "primitive"


def _name(value: Json) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")


def _shown(place: Parts) -> str:
    return pointer(*place) or "the root"
