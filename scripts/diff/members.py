"""The members of objects: `properties`, `required`, and what is allowed beside those named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from ..document import Json
from .effects import (
    BOTH_WAYS,
    MEMBER_ADDED,
    MEMBER_REMOVED,
    NAME,
    NARROWER,
    NO_LONGER_REQUIRED,
    NOW_REQUIRED,
    REQUIRED_ADDED,
    REQUIRED_REMOVED,
    UNCLEAR,
    WIDER,
    Direction,
    Doubt,
    Effect,
)
from .ledger import Finding
from .parts import Part, key, shown
from .site import NOTES, Site, schema_of


class _Beside(Enum):
    """What an object allows beside the members that it names."""

    UNSAID = auto()
    """Anything is valid, but nobody is told to send it."""
    ANYTHING = auto()
    """It says that anything may be sent, or names no member at all."""
    NOTHING = auto()
    SCHEMA = auto()


@dataclass(frozen=True, eq=False)
class _Object:
    """What a schema says of an object's members."""

    part: Part
    named: Mapping[str, Part]
    required: frozenset[str]
    beside: _Beside

    @classmethod
    def of(cls, part: Part) -> _Object:
        required = part.get("required")
        words = required if isinstance(required, list) else []
        return cls(
            part, part.children("properties"), frozenset(word for word in words if isinstance(word, str)), _beside(part)
        )


def _beside(part: Part) -> _Beside:
    value = part.get("additionalProperties")
    if value is False:
        return _Beside.NOTHING
    if isinstance(value, dict) and not value.keys() <= NOTES:
        return _Beside.SCHEMA
    return _Beside.UNSAID if value is None and part.children("properties") else _Beside.ANYTHING


def members(site: Site) -> Iterator[Finding | Site]:
    """What differs in an object's members, and the pairs of schemas that are left to compare."""
    old, new = _Object.of(site.old), _Object.of(site.new)
    for name in (name for name in old.named if name in new.named):
        one, two = old.named[name], new.named[name]
        yield site.to(one, two, name, directions=_travels(one) | _travels(two))
    yield from _required(site, old, new)
    patterned = "patternProperties" in {**old.part.members, **new.part.members}
    unsure = site.doubted(Doubt.ALL) if patterned else site
    yield from _comings_and_goings(unsure, old, new)
    yield from _others(unsure, old, new)
    yield from _patterns(site)
    yield from _dependent(site)


# --- Members that both name ------------------------------------------------------------------------


def _required(site: Site, old: _Object, new: _Object) -> Iterator[Finding]:
    """Members that have to be there now, or no longer; of those that come or go it is said with that."""
    for name in sorted(old.required ^ new.required):
        now = name in new.required
        if (now and name in new.named and name not in old.named) or (
            not now and name in old.named and name not in new.named
        ):
            continue
        one, two = (each.named.get(name, each.part.child("required")) for each in (old, new))
        directions = _travels(old.named.get(name)) & _travels(new.named.get(name))
        kind, what = ("now-required", "is now required") if now else ("no-longer-required", "is no longer required")
        effect = NOW_REQUIRED if now else NO_LONGER_REQUIRED
        yield site.finding(kind, what, effect, one, two, name, directions=directions)


def _travels(part: Part | None) -> frozenset[Direction]:
    """The directions in which a member is sent: `readOnly` and `writeOnly` leave one."""
    if part is None:
        return BOTH_WAYS
    notes = {**schema_of(part).members, **part.members}
    directions = set(Direction)
    if notes.get("readOnly") is True:
        directions.discard(Direction.REQUEST)
    if notes.get("writeOnly") is True:
        directions.discard(Direction.RESPONSE)
    return frozenset(directions)


# --- Members that come and go ----------------------------------------------------------------------


def _comings_and_goings(site: Site, old: _Object, new: _Object) -> Iterator[Finding | Site]:
    gone = {name: part for name, part in old.named.items() if name not in new.named}
    fresh = {name: part for name, part in new.named.items() if name not in old.named}
    pairs = renames(
        {name: (name in old.required, _bare(part)) for name, part in gone.items()},
        {name: (name in new.required, _bare(part)) for name, part in fresh.items()},
    )
    for name, part in gone.items():
        yield from _against_others(site, part, new.part, name, is_old=True)
        effect = _removed(name, old, new)
        if name not in pairs:
            yield site.finding("member-removed", "is gone", effect, part, None, name, directions=_travels(part))
            continue
        effect |= _added(pairs[name], old, new)
        what = f"is gone, and {shown(pairs[name])} is new with the same schema: renamed?"
        successor = fresh[pairs[name]]
        yield site.finding("member-renamed", what, effect, part, successor, name, directions=_travels(part))
    for name, part in fresh.items():
        yield from _against_others(site, part, old.part, name, is_old=False)
        if name not in pairs.values():
            what = "is new and required" if name in new.required else "is new"
            effect = _added(name, old, new)
            yield site.finding("member-added", what, effect, None, part, name, directions=_travels(part))


def _against_others(site: Site, part: Part, other: Part, name: str, *, is_old: bool) -> Iterator[Site]:
    """A member that only one side names falls under what the other says of members that it does not name."""
    if _beside(other) is not _Beside.SCHEMA:
        return
    rest = other.child("additionalProperties")
    yield site.to(part, rest, name) if is_old else site.to(rest, part, name)


def _removed(name: str, old: _Object, new: _Object) -> Effect:
    required = name in old.required and name not in new.required
    if new.beside is _Beside.SCHEMA:
        return NAME | NO_LONGER_REQUIRED if required else NAME
    effect = REQUIRED_REMOVED if required else MEMBER_REMOVED
    if new.beside is _Beside.NOTHING:
        return NARROWER.explained("Requests that have it are refused.") | effect
    return effect | WIDER.softened() if new.beside is _Beside.ANYTHING else effect


def _added(name: str, old: _Object, new: _Object) -> Effect:
    required = name in new.required and name not in old.required
    effect = REQUIRED_ADDED if required else MEMBER_ADDED
    if old.beside is _Beside.NOTHING:
        words = ("Servers of the old edition refuse it.", "Clients that refuse unknown members fail.")
        return effect | WIDER.explained(*words)
    if old.beside is _Beside.ANYTHING and new.named[name].value not in ({}, True):
        words = ("Who sent something else under this name is refused.", "Servers that send something else there fail.")
        return effect | NARROWER.softened().explained(*words)
    return effect


def renames(gone: Mapping[str, Json], fresh: Mapping[str, Json]) -> dict[str, str]:
    """Old name to new, for what is gone and new in the same form; only where there is one candidate.

    First the names that differ in case and separators alone, then any.
    """
    found: dict[str, str] = {}
    ways: tuple[Callable[[str], str], ...] = (_folded, lambda _: "")
    for alike in ways:
        before, after = (
            _single(each, alike, taken) for each, taken in ((gone, set(found)), (fresh, set(found.values())))
        )
        found |= {name: after[mark] for mark, name in before.items() if name and after.get(mark)}
    return found


def _single(named: Mapping[str, Json], alike: Callable[[str], str], taken: set[str]) -> dict[str, str]:
    """Mark to the one name that has it; an empty name where several have."""
    marks: dict[str, str] = {}
    for name, form in named.items():
        if name not in taken:
            mark = alike(name) + key(form)
            marks[mark] = "" if mark in marks else name
    return marks


def _folded(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _bare(part: Part) -> Json:
    return {name: value for name, value in part.members.items() if name not in NOTES} or part.value


# --- Members that are not named ----------------------------------------------------------------------


def _others(site: Site, old: _Object, new: _Object) -> Iterator[Finding | Site]:
    one, two = (each.part.child("additionalProperties") for each in (old, new))
    before, after = (
        _Beside.ANYTHING if each.beside is _Beside.UNSAID else each.beside  # equally valid
        for each in (old, new)
    )
    if before is after:
        if before is _Beside.SCHEMA:
            yield site.to(one, two, "{}")
        elif site.doubt is not Doubt.NONE and (one.value is None) != (two.value is None):
            # Where `unevaluatedProperties` stands around it, what is said to be anything counts as evaluated.
            what = "members that are not named are no longer, or now, said to be anything"
            yield site.finding("additional-members-changed", what, UNCLEAR, one, two)
        return
    words = {
        _Beside.ANYTHING: "may be anything",
        _Beside.NOTHING: "are not allowed",
        _Beside.SCHEMA: "have to fit a schema",
    }
    narrower = after is _Beside.NOTHING or (after is _Beside.SCHEMA and before is _Beside.ANYTHING)
    what = f"members that are not named now {words[after]}"
    yield site.finding("additional-members-changed", what, NARROWER if narrower else WIDER, one, two)


def _patterns(site: Site) -> Iterator[Finding | Site]:
    before, after = site.old.children("patternProperties"), site.new.children("patternProperties")
    for pattern in dict.fromkeys([*before, *after]):
        if pattern in before and pattern in after:
            yield site.to(before[pattern], after[pattern], f"{{{pattern}}}")
        else:
            what = f"members named like {shown(pattern)} are {'new' if pattern in after else 'no longer named'}"
            yield site.finding("pattern-members-changed", what, UNCLEAR, before.get(pattern), after.get(pattern))


def _dependent(site: Site) -> Iterator[Finding | Site]:
    """Members that others bring along: `dependentRequired` and `dependentSchemas`."""
    before, after = (_pairs(part) for part in (site.old, site.new))
    one, two = (part.child("dependentRequired") for part in (site.old, site.new))
    for name, needed in sorted(before ^ after):
        now = (name, needed) in after
        what = f"{shown(name)} {'now' if now else 'no longer'} needs {shown(needed)} beside it"
        yield site.finding("dependent-required-changed", what, NARROWER if now else WIDER, one, two)
    schemas_before, schemas_after = site.old.children("dependentSchemas"), site.new.children("dependentSchemas")
    for name in dict.fromkeys([*schemas_before, *schemas_after]):
        if name in schemas_before and name in schemas_after:
            yield site.to(schemas_before[name], schemas_after[name])
        else:
            now = name in schemas_after
            what = f"{shown(name)} {'now' if now else 'no longer'} brings further rules with it"
            effect = NARROWER if now else WIDER
            yield site.finding(
                "dependent-schema-changed", what, effect, schemas_before.get(name), schemas_after.get(name)
            )


def _pairs(part: Part) -> set[tuple[str, str]]:
    return {
        (name, needed)
        for name, each in part.children("dependentRequired").items()
        if isinstance(each.value, list)
        for needed in each.value
        if isinstance(needed, str)
    }
