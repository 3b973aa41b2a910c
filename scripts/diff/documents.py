"""Compare two whole documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from ..document import Json
from . import security
from .comparison import Comparison
from .constraints import makes_a_class, texts
from .effects import HARMLESS, NAME, Direction
from .ledger import TEXT, Change, Place
from .members import renames
from .operations import listed, operations
from .parts import Part, same

_ROOT: Mapping[str, type] = {
    **dict.fromkeys(("paths", "webhooks", "components", "info"), dict),
    **dict.fromkeys(("servers", "security"), list),
    "openapi": str,  # both are read as 3.1
}
_WORDS = ("tags", "externalDocs")


def diff(old: Json, new: Json) -> tuple[Change, ...]:
    """What changed between two documents in OpenAPI 3.1 form: what breaks first, each in the document's order.

    Empty for documents that say the same, however they are ordered. Changes of kind `text` are those of
    words for people. Nothing malformed raises: what cannot be compared is a change that may break.
    """
    comparison = Comparison(old, new)
    operations(comparison, _paths(comparison.old, "paths"), _paths(comparison.new, "paths"))
    webhooks = (_paths(part, "webhooks") for part in (comparison.old, comparison.new))
    operations(comparison, *webhooks, before="webhook ", inward=False)
    security.schemes(comparison, _users(comparison))
    _schemas(comparison)
    _unused(comparison)
    _root(comparison)
    return tuple(sorted(comparison.changes(), key=lambda change: (change.kind == TEXT, -change.worst)))


def _paths(document: Part, name: str) -> dict[str, Part]:
    return {path: part for path, part in document.children(name).items() if not path.startswith("x-")}


def _users(comparison: Comparison) -> dict[str, list[Place]]:
    """The operations that ask for each security scheme, in either document."""
    users: dict[str, dict[Place, None]] = defaultdict(dict)
    for document in (comparison.new, comparison.old):
        for name, part in listed(_paths(document, "paths")):
            for scheme in sorted({scheme for each in security.alternatives(part) for scheme, _ in each}):
                users[scheme][Place(name, f"security scheme {scheme}", Direction.REQUEST)] = None
    return {scheme: list(places) for scheme, places in users.items()}


# --- Components --------------------------------------------------------------------------------------


def _schemas(comparison: Comparison) -> None:
    """Compare the schemas of one name that no operation leads to as well, and tell which came and went."""
    old, new = (part.child("components").children("schemas") for part in (comparison.old, comparison.new))
    for name in (name for name in old if name in new):
        comparison.unused(old[name], new[name])
    paired = comparison.paired()
    gone = {name: part for name, part in old.items() if name not in new and part.pointer not in paired[0]}
    fresh = {name: part for name, part in new.items() if name not in old and part.pointer not in paired[1]}
    values = [{name: part.value for name, part in each.items()} for each in (gone, fresh)]
    for one, two in renames(*values).items():
        comparison.unused(gone.pop(one), fresh.pop(two))
    for part in gone.values():
        effect = _CLASS_GONE if makes_a_class(part.members) else HARMLESS
        comparison.note(None, "schema-removed", "is gone", effect, part, None)
    for part in fresh.values():
        comparison.note(None, "schema-added", "is new", HARMLESS, None, part)


_CLASS_GONE = NAME.explained("The class that a generator makes of it goes; what uses it is told by itself.")


def _unused(comparison: Comparison) -> None:
    """Tell of other components that changed and that nothing refers to; those in use are compared where they are."""
    old, new = comparison.old.child("components"), comparison.new.child("components")
    used = {*_references(comparison.old.value), *_references(comparison.new.value)}
    for section in dict.fromkeys([*old.members, *new.members]):
        if section in ("schemas", "securitySchemes"):
            continue
        before, after = old.children(section), new.children(section)
        for name in dict.fromkeys([*before, *after]):
            one, two = before.get(name), after.get(name)
            pointer = (one or after[name]).pointer
            if f"#{pointer}" not in used and not same(one and one.value, two and two.value):
                what = "is new" if one is None else "is gone" if two is None else "differs"
                comparison.note(None, "component-changed", f"{what}; nothing refers to it", HARMLESS, one, two)


def _references(data: Json) -> Iterator[str]:
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                yield value["$ref"]
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _root(comparison: Comparison) -> None:
    """Compare what a document says of itself."""
    old, new = comparison.old, comparison.new
    comparison.note_rest(None, old, new, _ROOT, _WORDS)
    one, two = old.child("info"), new.child("info")
    names = tuple(dict.fromkeys([*one.members, *two.members]))
    comparison.note_keywords(None, one, two, texts(one.members, two.members, names))
