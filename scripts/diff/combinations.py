"""Schemas within schemas: `allOf`, `anyOf`, `oneOf`, items, and the other keywords that hold one schema."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations as pairs_of

from .constraints import types
from .effects import MAY, NARROWER, SAFE, UNCLEAR, WIDER, Doubt, Effect
from .ledger import Finding
from .parts import Part, same, shown
from .site import NOTES, Site, alternatives, is_reference, known_types, read, schema_of


def combined(site: Site) -> Iterator[Finding | Site]:
    """What differs in `allOf`, `anyOf`, `oneOf`, and the pairs that are left to compare."""
    yield from _all_of(site)
    for keyword in ("anyOf", "oneOf"):
        old, new = (_branches(part, keyword) for part in (site.old, site.new))
        other = "oneOf" if keyword == "anyOf" else "anyOf"
        if old and new:
            yield from _either(site, keyword, keyword, old, new)
        elif old and not _branches(site.new, other):
            yield site.finding(f"{keyword}-removed", "need no longer be one of several", WIDER, site.old, site.new)
        elif new and not _branches(site.old, other):
            yield site.finding(f"{keyword}-added", "must now be one of several", NARROWER, site.old, site.new)
        elif old:  # the other keyword has come in its place
            yield from _either(site, keyword, other, old, _branches(site.new, other))


def united(site: Site) -> Iterator[Finding | Site] | None:
    """The comparison of a schema with one that offers it beside others; None where neither side is such a choice."""
    (keyword, old), (other, new) = alternatives(site.old), alternatives(site.new)
    if bool(old) == bool(new):
        return None
    alone = site.new if old else site.old
    if _branches(alone, "anyOf") or _branches(alone, "oneOf") or alternatives(schema_of(alone))[1]:
        return None
    return _either(site, keyword or other, other or keyword, old or [alone], new or [alone])


def gathered(site: Site) -> Iterator[Finding | Site] | None:
    """The comparison of a schema with one that asks for it beside others; None where neither side is such a sum."""
    old, new = _sum(site.old), _sum(site.new)
    if bool(old) == bool(new) or _branches(site.new if old else site.old, "allOf")[1:]:
        return None
    return _added_up(site, old or [site.old], new or [site.new])


def _sum(part: Part) -> list[Part]:
    """The parts of a schema that says nothing but `allOf`; none of others."""
    return _branches(part, "allOf") if set(part.members) - NOTES <= {"allOf"} else []


def _branches(part: Part, keyword: str) -> list[Part]:
    found = [read(each) for each in part.items(keyword)]
    if keyword == "allOf" and isinstance(part.get("$ref"), str):
        found.append(Part(part.root, part.pointer, {"$ref": part.get("$ref")}))
    return found


def _all_of(site: Site) -> Iterator[Finding | Site]:
    yield from _added_up(site, *(_branches(part, "allOf") for part in (site.old, site.new)))


def _added_up(site: Site, old: Sequence[Part], new: Sequence[Part]) -> Iterator[Finding | Site]:
    matched = _match(old, new)
    if any(map(_open_to_anything, [site.old, site.new, *old, *new])):
        site = site.doubted(Doubt.OTHER_WAY)
    for one, two in matched.pairs:
        yield site.to(one, two)
    for part in matched.gone:
        yield site.finding("all-of-removed", f"need no longer be {_named(part)} too", WIDER.coded(MAY), part, None)
    for part in matched.fresh:
        yield site.finding("all-of-added", f"must now be {_named(part)} too", NARROWER.coded(MAY), None, part)


def _open_to_anything(part: Part) -> bool:
    """Whether it names what may be sent beside the members that others name."""
    return bool(schema_of(part).get("additionalProperties"))


def _either(site: Site, before: str, after: str, old: Sequence[Part], new: Sequence[Part]) -> Iterator[Finding | Site]:
    exclusive = [each for keyword, each in ((before, old), (after, new)) if keyword == "oneOf"]
    parents = [part for part in (site.old, site.new) if "discriminator" in part.members]
    overlap = not parents and not all(map(_disjoint, exclusive))
    if before != after and overlap and len(old) > 1 and len(new) > 1:
        effect = NARROWER if after == "oneOf" else WIDER
        yield site.finding("combination-changed", f"{before} → {after}", effect, site.old, site.new)
    inner = site.doubted(Doubt.OTHER_WAY) if overlap else site
    matched = _match(old, new)
    for one, two in matched.pairs:
        yield inner.to(one, two)
    for part in matched.gone:
        yield _alternative(inner, "alternative-removed", f"may no longer be {_named(part)}", NARROWER, part, None)
    for part in matched.fresh:
        yield _alternative(inner, "alternative-added", f"may now be {_named(part)}", WIDER, None, part)


def _alternative(site: Site, kind: str, what: str, effect: Effect, old: Part | None, new: Part | None) -> Finding:
    code = MAY if old else SAFE
    return site.finding(kind, what, effect.coded(code, MAY), old, new)


def _disjoint(parts: Sequence[Part]) -> bool:
    """Whether the types alone tell that no value fits two of them."""
    return not any(known_types(one) & known_types(two) for one, two in pairs_of(parts, 2))


# --- Which belongs to which ------------------------------------------------------------------------


@dataclass(frozen=True)
class _Matched:
    pairs: list[tuple[Part, Part]]
    gone: list[Part]
    fresh: list[Part]


def _match(old: Sequence[Part], new: Sequence[Part]) -> _Matched:
    """The schemas of two lists in pairs: the same reference or text first, then those of one form, in order."""
    gone, fresh = list(old), list(new)
    pairs: list[tuple[Part, Part]] = []
    for alike in (_same, _same_title, _same_members, _same_types):
        for one in list(gone):
            two = next((each for each in fresh if alike(one, each)), None)
            if two is not None:
                pairs.append((one, two))
                gone.remove(one)
                fresh.remove(two)
    return _Matched(pairs, gone, fresh)


def _same(one: Part, two: Part) -> bool:
    if is_reference(one) and is_reference(two):
        return bool(one.get("$ref") == two.get("$ref"))
    return same(one.value, two.value)


def _same_title(one: Part, two: Part) -> bool:
    return "title" in one.members and one.get("title") == two.get("title")


def _same_members(one: Part, two: Part) -> bool:
    names = [schema_of(part).children("properties").keys() for part in (one, two)]
    return bool(names[0] & names[1]) and not _known_apart(one, two)


def _same_types(one: Part, two: Part) -> bool:
    return bool(known_types(one) & known_types(two)) and not _known_apart(one, two)


def _known_apart(one: Part, two: Part) -> bool:
    """Whether each is in the other's document too under its own name, so that neither is the other renamed."""
    if not (is_reference(one) and is_reference(two)):
        return False
    return bool(
        schema_of(Part(two.root, "", {"$ref": one.get("$ref")})).pointer
        or schema_of(Part(one.root, "", {"$ref": two.get("$ref")})).pointer
    )


def _named(part: Part) -> str:
    """A schema in a few words."""
    if is_reference(part):
        return shown(str(part.get("$ref")).rpartition("/")[2])
    if isinstance(part.get("title"), str):
        return shown(part.get("title"))
    listed = part.get("type")
    words = [listed] if isinstance(listed, str) else listed if isinstance(listed, list) else []
    return " or ".join(map(str, words)) or "something that is written in place"


# --- Keywords that hold one schema, and lists -----------------------------------------------------------

_HELD = {
    "propertyNames": ("object", Doubt.NONE, NARROWER, WIDER, "{name}"),
    "unevaluatedProperties": ("object", Doubt.ALL, NARROWER, WIDER, "{}"),
    "unevaluatedItems": ("array", Doubt.ALL, NARROWER, WIDER, "[]"),
    "not": ("", Doubt.ALL, NARROWER, WIDER, ""),
    "if": ("", Doubt.ALL, UNCLEAR, UNCLEAR, ""),
    "then": ("", Doubt.ALL, UNCLEAR, UNCLEAR, ""),
    "else": ("", Doubt.ALL, UNCLEAR, UNCLEAR, ""),
    "contentSchema": ("string", Doubt.ALL, UNCLEAR, UNCLEAR, ""),
}
"""Keyword to (type it looks at, doubt in what is within, effect when it comes, when it goes, step of the path)."""


def held(site: Site) -> Iterator[Finding | Site]:
    """What differs in the keywords that hold one schema, and the pairs that are left to compare."""
    common = types(site.old.members) & types(site.new.members)
    for keyword, (kind, doubt, added, removed, path) in _HELD.items():
        one, two = site.old.child(keyword), site.new.child(keyword)
        if (one.value is None and two.value is None) or (kind and kind not in common):
            continue
        if one.value is not None and two.value is not None:
            yield site.to(one, two, path, doubt=doubt)
        else:
            word, effect = ("removed", removed) if two.value is None else ("added", added)
            yield site.finding(f"{keyword}-{word}", f"`{keyword}` {word}", effect, one, two)


def items(site: Site) -> Iterator[Finding | Site]:
    """What differs in a list's items, and the pairs that are left to compare."""
    before, after = site.old.items("prefixItems"), site.new.items("prefixItems")
    rest = site.old.child("items"), site.new.child("items")
    for index in range(max(len(before), len(after))):
        one = before[index] if index < len(before) else rest[0]
        two = after[index] if index < len(after) else rest[1]
        yield site.to(one, two, f"[{index}]")
    if rest[0].value is not None or rest[1].value is not None:
        yield site.to(*rest, "[]")
    if site.doubt is not Doubt.NONE and (rest[0].value is None) != (rest[1].value is None):
        # Where `unevaluatedItems` stands around it, what is said to be anything counts as evaluated.
        yield site.finding("items-changed", "other items are no longer, or now, said to be anything", UNCLEAR, *rest)
    yield from _contains(site)


def _contains(site: Site) -> Iterator[Finding | Site]:
    one, two = site.old.child("contains"), site.new.child("contains")
    counts = [[part.get(name) for name in ("minContains", "maxContains")] for part in (site.old, site.new)]
    if one.value is not None and two.value is not None:
        yield site.to(one, two, "[]", doubt=Doubt.NONE if counts == [[None, None]] * 2 else Doubt.ALL)
        if counts[0] != counts[1]:
            what = f"may hold another number of such items: {shown(counts[0])} → {shown(counts[1])}"
            yield site.finding("contains-changed", what, UNCLEAR, site.old, site.new)
    elif one.value is not None:
        yield site.finding("contains-removed", "need no longer hold such an item", WIDER, one, two)
    elif two.value is not None:
        yield site.finding("contains-added", "must now hold such an item", NARROWER, one, two)
