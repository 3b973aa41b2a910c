"""Paths and operations: which came, went, moved or were renamed, and what differs within each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from ..document import METHODS
from . import messages, security
from .comparison import Comparison
from .constraints import deprecation, texts
from .effects import BREAKS, HARMLESS, MAY, NAME, OTHER, SAFE, UNCLEAR, Direction, Effect, Toll
from .ledger import TEXT, Place
from .parts import Part, in_words, key, same, shown

_PATH_WORDS = ("summary", "description")
_ITEM: Mapping[str, type] = {**dict.fromkeys(METHODS, dict), "parameters": list, "servers": list}
_WORDS = ("summary", "description", "externalDocs")
_OPERATION: Mapping[str, type] = {
    **dict.fromkeys(("requestBody", "responses", "callbacks"), dict),
    **dict.fromkeys(("parameters", "security", "servers", "tags"), list),
    "operationId": str,
    "deprecated": bool,
}
_TEMPLATED = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, eq=False)
class _Operation:
    """One operation of one of the documents."""

    method: str
    path: str
    item: Part
    part: Part

    @property
    def form(self) -> str:
        """The path without the names of its parameters: what it is on the wire."""
        return _TEMPLATED.sub("{}", self.path)

    @property
    def id(self) -> str | None:
        """Its `operationId`, if there is one."""
        found = self.part.get("operationId")
        return found if isinstance(found, str) else None

    @property
    def name(self) -> str:
        """As a person names it."""
        return f"{self.method.upper()} {self.path}"


Side: TypeAlias = list[_Operation]


def operations(
    comparison: Comparison, old: Mapping[str, Part], new: Mapping[str, Part], *, before: str = "", inward: bool = True
) -> None:
    """Compare the operations of two maps of path items.

    `before` stands before their names; `inward` is whether clients send the requests, and not servers,
    as with callbacks and webhooks.
    """
    direction = Direction.REQUEST if inward else Direction.RESPONSE
    gone, fresh = list(_listed(old)), list(_listed(new))
    pairs = _pairs(gone, fresh)
    for one, two in pairs:
        _operation(comparison, Place(before + two.name, "", direction), one, two)
    paired = {each for pair in pairs for each in pair}
    for each in (each for each in gone if each not in paired):
        place = Place(before + each.name, "", direction)
        comparison.note(place, "operation-removed", "is gone", _REMOVED, each.part, None)
    for each in (each for each in fresh if each not in paired):
        place = Place(before + each.name, "", direction)
        comparison.note(place, "operation-added", "is new", _ADDED, None, each.part)
    _items(comparison, old, new)


_REMOVED = Effect(*(Toll(BREAKS, SAFE, BREAKS, "Clients that send it get no such answer any more."),) * 2)
_ADDED = HARMLESS.explained("Nothing that is sent today changes; a server has to learn it.")


def listed(paths: Mapping[str, Part]) -> Iterator[tuple[str, Part]]:
    """(name, definition) of every operation of a map of path items."""
    for each in _listed(paths):
        yield each.name, each.part


def _listed(paths: Mapping[str, Part]) -> Iterator[_Operation]:
    for path, each in paths.items():
        item = each.followed()
        for method in METHODS:
            if isinstance(item.get(method), dict):
                yield _Operation(method, path, item, item.child(method))


def _items(comparison: Comparison, old: Mapping[str, Part], new: Mapping[str, Part]) -> None:
    """What path items say that is no operation's."""
    for path in old:
        if path in new:
            comparison.note_rest(None, old[path].followed(), new[path].followed(), _ITEM, _PATH_WORDS)


def _pairs(old: Side, new: Side) -> list[tuple[_Operation, _Operation]]:
    """Which operation is which: by method and path, the path's form, the id, and last by being the same elsewhere."""
    marks: tuple[Callable[[_Operation], str | None], ...] = (
        lambda each: each.name,
        lambda each: f"{each.method} {each.form}",
        lambda each: each.id,
        lambda each: f"{each.method} {key(each.part.value)}",
    )
    pairs: list[tuple[_Operation, _Operation]] = []
    taken: set[_Operation] = set()
    for mark in marks:
        before, after = (_single([each for each in side if each not in taken], mark) for side in (old, new))
        found = [(before[each], after[each]) for each in before if each in after]
        taken.update(each for pair in found for each in pair)
        pairs += found
    return pairs


def _single(side: Side, mark: Callable[[_Operation], str | None]) -> dict[str, _Operation]:
    """The operations that are the only one with their mark, by it."""
    counted = Counter(map(mark, side))
    return {found: each for each in side if (found := mark(each)) is not None and counted[found] == 1}


def _operation(comparison: Comparison, place: Place, old: _Operation, new: _Operation) -> None:
    """Compare two operations that are taken for the same."""
    if (old.method, old.form) != (new.method, new.form):
        comparison.note(place, "operation-moved", f"was {old.name}", OTHER, old.part, new.part)
    if old.part.get("operationId") != new.part.get("operationId"):
        what = f"operationId {_or_none(old.id)} → {_or_none(new.id)}"
        comparison.note(place, "operation-renamed", what, NAME, old.part, new.part)
    _tags(comparison, place, old.part, new.part)
    comparison.note_keywords(place, old.part, new.part, deprecation(old.part.members, new.part.members))
    messages.parameters(comparison, place, _parameters(old), _parameters(new), _same_places(old, new))
    messages.body(comparison, place, old.part.child("requestBody"), new.part.child("requestBody"))
    answers = replace(place, direction=place.direction.reverse)
    messages.responses(comparison, answers, old.part, new.part)
    security.requirements(comparison, replace(place, part="security"), old.part, new.part)
    _servers(comparison, replace(place, part="servers"), old, new)
    _callbacks(comparison, place, old.part, new.part)
    comparison.note_rest(place, old.part, new.part, _OPERATION, _WORDS)


def _or_none(name: str | None) -> str:
    return "none" if name is None else shown(name)


def _tags(comparison: Comparison, place: Place, old: Part, new: Part) -> None:
    """The first tag names the module that many generators put the operation into."""
    before, after = ([str(tag.value) for tag in part.items("tags")] for part in (old, new))
    if before[:1] != after[:1]:
        what = f"first tag {_or_none(next(iter(before), None))} → {_or_none(next(iter(after), None))}"
        effect = NAME.explained("Generated clients group operations by their first tag.")
        comparison.note(place, "tag-changed", what, effect, old.child("tags"), new.child("tags"))
    elif before != after:
        comparison.note(place, TEXT, "tags changed", HARMLESS, old.child("tags"), new.child("tags"))


def _parameters(operation: _Operation) -> dict[tuple[str, str], Part]:
    """The parameters of an operation and of its path; its own win."""
    found = {}
    for source in (operation.item, operation.part):
        for each in source.items("parameters"):
            part = each.followed()
            name, where = part.get("name"), part.get("in")
            if isinstance(name, str) and isinstance(where, str):
                found[where, name.lower() if where == "header" else name] = part
    return found


def _same_places(old: _Operation, new: _Operation) -> dict[str, str]:
    """Path parameters whose names differ, old to new, by their places in paths of as many parameters."""
    before, after = (_TEMPLATED.findall(each.path) for each in (old, new))
    if len(before) != len(after):
        return {}
    return {one: two for one, two in zip(before, after, strict=True) if one not in after and two not in before}


def _callbacks(comparison: Comparison, place: Place, old: Part, new: Part) -> None:
    before, after = old.children("callbacks"), new.children("callbacks")
    for name in dict.fromkeys([*before, *after]):
        one, two = (_expressions(each.get(name)) for each in (before, after))
        inward = place.direction is Direction.RESPONSE
        operations(comparison, one, two, before=f"{place.operation} callback {name}: ", inward=inward)


def _expressions(callback: Part | None) -> dict[str, Part]:
    if callback is None:
        return {}
    part = callback.followed()
    return {name: part.child(name) for name in part.members if name != "$ref" and not name.startswith("x-")}


# --- Servers -------------------------------------------------------------------------------------------


def _servers(comparison: Comparison, place: Place, old: _Operation, new: _Operation) -> None:
    """Compare the URLs at which an operation is served."""
    one, two = _stated_servers(old), _stated_servers(new)
    before, after = _urls(one), _urls(two)
    if before == after:
        _variables(comparison, place, one, two)
        return
    gone = [url for url in before if url not in after]
    fresh = [url for url in after if url not in before]
    if gone and fresh and len(gone) == len(before):
        what = f"{in_words(before)} → {in_words(after)}"
        comparison.note(place, "server-changed", what, OTHER, one, two)
    elif gone:
        effect = _REMOVED.explained("Clients that go there find nothing.")
        comparison.note(place, "server-removed", f"no longer at {in_words(gone)}", effect, one, two)
    elif fresh:
        comparison.note(place, "server-added", f"now also at {in_words(fresh)}", HARMLESS, one, two)
    if before[0] != after[0] and before[0] in after:
        what = f"the first server is {shown(after[0])} instead of {shown(before[0])}"
        effect = HARMLESS.coded(MAY).explained("Clients that go to the first by themselves now go elsewhere.")
        comparison.note(place, "first-server-changed", what, effect, one, two)


def _stated_servers(operation: _Operation) -> Part:
    """The list that holds: the operation's, else its path's, else the document's."""
    for source in (operation.part, operation.item):
        if source.items("servers"):
            return source.child("servers")
    return Part(operation.part.root, "/servers", operation.part.root.get("servers"))


def _each(servers: Part) -> list[Part]:
    return Part(servers.root, servers.pointer.rpartition("/")[0], {"servers": servers.value}).items("servers")


def _urls(servers: Part) -> list[str]:
    """The URLs with the defaults of their variables, without a slash at the end; `/` stands where none is stated."""
    return [_expanded(each) for each in _each(servers) if isinstance(each.get("url"), str)] or [""]


def _expanded(server: Part) -> str:
    values = {name: each.get("default") for name, each in server.children("variables").items()}
    return _TEMPLATED.sub(lambda found: str(values.get(found[1], found[0])), server.get("url")).rstrip("/")


def _variables(comparison: Comparison, place: Place, old: Part, new: Part) -> None:
    for one, two in zip(_each(old), _each(new), strict=False):
        before, after = (
            {name: {**each.members, "description": None} for name, each in part.children("variables").items()}
            for part in (one, two)
        )
        if not same(before, after):
            comparison.note(place, "server-variables-changed", "variables differ", UNCLEAR, one, two)
        comparison.note_keywords(place, one, two, texts(one.members, two.members, ("description",)))
