"""Apply OpenAPI Overlay documents, and say what stands behind each change.

The form is that of the Overlay Specification 1.0: actions in their order, each with a `target`
(JSONPath, RFC 9535) and `update` or `remove`. An update merges into objects, member by member,
and appends to lists. Here an action that matches nothing is an error: the document has changed
under it, and somebody should look.

For an API of this project, every action also says why (`description`), on what evidence
(`x-source`) and with what standing (`x-standing`), which findings later repeat:

published  a text of the API says so
standard   an RFC says so, or security that needs no text
inferred   our reading of silence
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import jsonpath

from .document import Document, Json, pointer
from .errors import OverlayError, Problem

STANDINGS = ("published", "standard", "inferred")

_PATHS = jsonpath.JSONPathEnvironment(strict=True)  # strict: RFC 9535 and none of the library's extensions

Parts: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True)
class Standing:
    """What stands behind one part of a document."""

    standing: str
    """One of `STANDINGS`."""
    reason: str
    source: str
    """Which text, which words."""


@dataclass(frozen=True)
class Action:
    """One action of an overlay."""

    target: str
    pointer: str
    """Where it stands in its overlay, for errors."""
    standing: Standing | None
    remove: bool = False
    update: Json = None


def actions(overlay: Document) -> list[Action]:
    """The actions of an overlay, in order. Raises `OverlayError` with everything not well formed."""
    data = overlay.data
    problems: list[Problem] = []
    if not re.fullmatch(r"1\.[01]\.\d+", str(data.get("overlay", ""))):
        problems.append(overlay.problem("/overlay", "not an overlay of version 1.0 or 1.1", "Write `overlay: 1.0.0`."))
    found = data.get("actions")
    if not isinstance(found, list) or not found:
        problems.append(overlay.problem("/actions", "there are no actions", "An overlay is a list of at least one."))
        found = []
    for index, action in enumerate(found):
        at = pointer("actions", index)
        problems += [overlay.problem(at, what, hint) for what, hint in _malformed(action)]
    if problems:
        raise OverlayError(problems)
    return [_action(action, pointer("actions", index)) for index, action in enumerate(found)]


def apply(data: Json, overlays: Iterable[Document], *, explained: bool = False) -> tuple[Json, dict[str, Standing]]:
    """`data` with the overlays applied in order, and the standing of what they changed.

    The standings are by JSON pointer into the result; what has none is as the source has it. With
    `explained`, an action without reason, source and standing is an error. `data` stays as it is.
    Raises `OverlayError` with the problems of all actions, each with the action's place.
    """
    result = copy.deepcopy(data)
    standings: dict[Parts, Standing] = {}
    problems: list[Problem] = []
    for overlay in overlays:
        for action in actions(overlay):
            try:
                if explained and action.standing is None:
                    raise _Unfit("says not why", "Give it `description`, `x-source` and `x-standing`.")
                _perform(result, action, standings)
            except _Unfit as unfit:
                problems.append(overlay.problem(action.pointer, f"action on {action.target} {unfit.what}", unfit.hint))
    if problems:
        raise OverlayError(problems)
    return result, {pointer(*parts): standing for parts, standing in sorted(standings.items(), key=_by_pointer)}


def stated(standings: Mapping[str, Standing], at: str) -> Standing | None:
    """The standing of the part at the pointer `at`: its own, or that of the nearest part around it."""
    while at not in standings:
        if not at:
            return None
        at = at.rpartition("/")[0]
    return standings[at]


class _Unfit(Exception):  # noqa: N818 - not an error that leaves this module
    """An action that cannot be applied."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what, self.hint = what, hint


_ACTION_MEMBERS = ("target", "description", "update", "remove")


def _malformed(action: Json) -> list[tuple[str, str]]:
    if not isinstance(action, dict):
        return [("an action is not a mapping", "")]
    found = []
    if not isinstance(action.get("target"), str):
        found.append(("an action has no `target`", "Give it a JSONPath that starts with `$`."))
    else:
        try:
            _PATHS.compile(action["target"])
        except jsonpath.JSONPathError as error:
            what = str(error).partition("\n")[0]
            found.append((f"`target` is not a JSONPath of RFC 9535: {what}", "It starts with `$`."))
    if (action.get("remove") is True) == ("update" in action):
        found.append(("an action needs either `update` or `remove: true`", ""))
    found += [
        (f"an action has no member {name!r}", f"Known are {', '.join(_ACTION_MEMBERS)} and `x-…`.")
        for name in action
        if name not in _ACTION_MEMBERS and not name.startswith("x-")
    ]
    if action.get("x-standing", STANDINGS[0]) not in STANDINGS:
        found.append((f"`x-standing` is {action['x-standing']!r}", f"Known are {', '.join(STANDINGS)}."))
    return found


def _action(action: Mapping[str, Json], at: str) -> Action:
    standing = None
    if all(action.get(name) for name in ("description", "x-source", "x-standing")):
        reason, source = (" ".join(action[name].split()) for name in ("description", "x-source"))
        standing = Standing(action["x-standing"], reason, source)
    return Action(action["target"], at, standing, action.get("remove") is True, action.get("update"))


def _perform(root: Json, action: Action, standings: dict[Parts, Standing]) -> None:
    matches = [tuple(match.parts) for match in _PATHS.compile(action.target).finditer(root)]
    if not matches:
        raise _Unfit("matches nothing", "The document has changed, or the target is misspelt.")
    if action.remove:
        # From the back, so that the places of a list's other items stay right meanwhile.
        for parts in sorted(matches, key=_by_pointer, reverse=True):
            _remove(root, parts, standings)
        return
    for parts in matches:
        for changed in _merge(_find(root, parts), action.update, parts):
            if action.standing is not None:
                standings[changed] = action.standing


def _by_pointer(item: Parts | tuple[Parts, Any]) -> list[tuple[bool, int, str]]:
    parts = item[0] if item and isinstance(item[0], tuple) else item
    return [(isinstance(part, int), part, "") if isinstance(part, int) else (False, 0, str(part)) for part in parts]


def _find(root: Json, parts: Sequence[str | int]) -> Json:
    for part in parts:
        root = root[part]
    return root


def _merge(target: Json, update: Json, at: Parts) -> list[Parts]:
    """Merge `update` into `target`, which must be an object or a list; the places that changed."""
    if isinstance(target, list):
        items = update if isinstance(update, list) else [update]
        target += copy.deepcopy(items)
        return [(*at, index) for index in range(len(target) - len(items), len(target))]
    if not isinstance(target, dict) or not isinstance(update, dict):
        raise _Unfit(
            f"meets {_kind(target)} at {pointer(*at) or 'the root'} and would merge {_kind(update)} into it",
            "Target the object around it.",
        )
    changed: list[Parts] = []
    for name, value in update.items():
        here = (*at, name)
        if name in target and isinstance(target[name], (dict, list)) and type(target[name]) is type(value):
            changed += _merge(target[name], value, here)
        else:
            target[name] = copy.deepcopy(value)
            changed.append(here)
    return changed


def _remove(root: Json, parts: Parts, standings: dict[Parts, Standing]) -> None:
    if not parts:
        raise _Unfit("would remove the whole document")
    *above, last = parts
    parent = _find(root, above)
    del parent[last]
    depth = len(above)
    for place in [place for place in standings if len(place) > depth and list(place[:depth]) == above]:
        here = place[depth]
        if here == last:
            del standings[place]
        elif isinstance(here, int) and isinstance(last, int) and here > last:
            standings[(*above, here - 1, *place[depth + 1 :])] = standings.pop(place)


def _kind(value: Json) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
