"""Read the actions of an overlay, and find what is not well formed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ..document import Document, Json, escape, pointer
from ..errors import OverlayError, Problem
from .query import fault

STANDINGS = ("published", "standard", "inferred")
"""From the strongest to the weakest."""

Doubt: TypeAlias = tuple[str, str]
"""What is wrong, and what to do about it."""


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
    does: str
    """update, copy, remove or nothing."""
    value: Json
    """What an update merges in; of a copy, the query that selects it."""
    version: str
    """Of the specification that the overlay follows: 1.0 or 1.1."""
    pointer: str
    """Where it stands in its overlay, for errors."""
    standing: Standing | None = None
    doubts: tuple[Doubt, ...] = ()
    """What the specification allows in it and is seldom meant."""


def actions(overlay: Document) -> list[Action]:
    """The actions of an overlay, in order. Raises `OverlayError` with everything not well formed."""
    found, problems = read_actions(overlay)
    if problems:
        raise OverlayError(problems)
    return found


def read_actions(overlay: Document) -> tuple[list[Action], list[Problem]]:
    """The well-formed actions of an overlay, in order, and everything about it that is not well formed."""
    version, malformed = _root(overlay.data)
    problems = [overlay.problem(at, what, hint) for at, (what, hint) in malformed]
    listed = overlay.data.get("actions")
    found: list[Action] = []
    seen: set[str] = set()
    for index, action in enumerate(listed if isinstance(listed, list) else ()):
        at = pointer("actions", index)
        wrong = _malformed(action, version)
        problems += [overlay.problem(at, what, hint) for what, hint in wrong]
        if not wrong:
            written = json.dumps(action, sort_keys=True)
            found.append(_action(action, version, at, again=written in seen))
            seen.add(written)
    return found, problems


_VERSION = re.compile(r"(1\.[01])\.\d+")
_MEMBERS = ("overlay", "info", "extends", "actions")
_INFO_MEMBERS = ("title", "version", "description")
_ACTION_MEMBERS = {
    "1.0": ("target", "description", "update", "remove"),
    "1.1": ("target", "description", "update", "copy", "remove"),
}


def _root(data: Mapping[str, Json]) -> tuple[str, list[tuple[str, Doubt]]]:
    """The version that an overlay follows, and what is wrong with all but its actions, each with its pointer."""
    found: list[tuple[str, Doubt]] = []
    stated = _VERSION.fullmatch(str(data.get("overlay")))
    if not stated:
        found.append(("/overlay", ("not an overlay of version 1.0 or 1.1", "Write `overlay: 1.1.0`.")))
    found += [(f"/{escape(name)}", doubt) for name, doubt in _strange(data, _MEMBERS, "an overlay")]
    info = data.get("info")
    if isinstance(info, dict):
        found += [(f"/info/{escape(name)}", doubt) for name, doubt in _strange(info, _INFO_MEMBERS, "`info`")]
        for name in _INFO_MEMBERS:
            if name in info and not isinstance(info[name], str):
                found.append((f"/info/{name}", (f"`{name}` is not a text", "Put it in quotes.")))
            elif name not in info and name != "description":
                found.append(("/info", (f"`info` has no `{name}`", "")))
    else:
        found.append(("/info", ("there is no `info`", "Give it a `title` and a `version`.")))
    if not isinstance(data.get("extends", ""), str):
        found.append(("/extends", ("`extends` is not a text", "It is a URI reference, such as ./openapi.yaml.")))
    if not isinstance(data.get("actions"), list) or not data["actions"]:
        found.append(("/actions", ("there are no actions", "An overlay is a list of at least one.")))
    return stated[1] if stated else "1.1", found


def _strange(data: Mapping[str, Json], known: Sequence[str], kind: str) -> list[tuple[str, Doubt]]:
    hint = f"Known are {', '.join(known)} and `x-…`."
    names = (name for name in data if name not in known and not name.startswith("x-"))
    return [(name, (f"{kind} has no member {name!r}", hint)) for name in names]


def _malformed(action: Json, version: str) -> list[Doubt]:
    if not isinstance(action, dict):
        return [("an action is not a mapping", "")]
    found: list[Doubt] = []
    for name in ("target", "copy"):
        if name not in action:
            continue
        why = fault(action[name]) if isinstance(action[name], str) else "not a text"
        if why:
            hint = "It starts with `$`; a name with more than letters, digits and `_` in it is written `['…']`."
            found.append((f"`{name}` is not a JSONPath of RFC 9535: {why}", hint))
    if "target" not in action:
        found.append(("an action has no `target`", "Give it a JSONPath that starts with `$`."))
    if not isinstance(action.get("remove", False), bool):
        found.append(("`remove` is not true or false", ""))
    if not isinstance(action.get("description", ""), str):
        found.append(("`description` is not a text", ""))
    if version == "1.0" and "copy" in action:
        return [*found, ("`copy` is unknown to version 1.0", "Write `overlay: 1.1.0`.")]
    return found + [doubt for _, doubt in _strange(action, _ACTION_MEMBERS[version], "an action")]


def _action(action: Mapping[str, Json], version: str, at: str, *, again: bool) -> Action:
    does, doubts = _does(action)
    if again:
        doubts = (*doubts, ("stands here a second time", "The specification's schema wants actions to differ."))
    return Action(action["target"], does, action.get(does), version, at, _standing(action), doubts)


def _standing(action: Mapping[str, Json]) -> Standing | None:
    """What an action of this project says of itself; elsewhere these members may hold anything."""
    texts = [action.get(name) for name in ("x-standing", "description", "x-source")]
    if not all(isinstance(text, str) and text.strip() for text in texts) or texts[0] not in STANDINGS:
        return None
    return Standing(*(" ".join(str(text).split()) for text in texts))


def _does(action: Mapping[str, Json]) -> tuple[str, tuple[Doubt, ...]]:
    """What an action does, and the members of it that have no effect."""
    present = [name for name in ("update", "copy") if name in action]
    if action.get("remove") is True:
        hint = "To put something in its place, remove it in one action and update in the next."
        return "remove", tuple((f"has an `{name}` without effect beside `remove`", hint) for name in present)
    if len(present) == 2:
        return "nothing", (("changes nothing: `update` and `copy` take each other's effect", "Keep one of them."),)
    if not present:
        return "nothing", (("changes nothing", "Give it `update`, `copy` or `remove: true`."),)
    return present[0], ()
