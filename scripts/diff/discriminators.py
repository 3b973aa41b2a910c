"""Discriminators: which member tells the schema of a value, and which values it may have.

A value of the member is the name of a component, or what `mapping` says (OpenAPI 3.1.1, 4.8.25).
The components are the alternatives beside the discriminator, else those whose `allOf` leads to the
schema that has it.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..document import parts, pointer
from .effects import BREAKS, MAY, NARROWER, OTHER, SAFE, UNCLEAR, WIDER
from .ledger import Finding
from .parts import Part, in_words, shown, target_of
from .site import Site, alternatives

_SCHEMAS = "/components/schemas/"


def discriminated(site: Site) -> Iterator[Finding | Site]:
    """What differs in the discriminators of two schemas, and the pairs of subtypes that are left to compare."""
    one, two = site.old.child("discriminator"), site.new.child("discriminator")
    if one.value is None and two.value is None:
        return
    if one.value is None or two.value is None:
        word = "no longer says" if two.value is None else "now says"
        what = f"{word} which member tells the schema"
        yield site.finding("discriminator-changed", what, UNCLEAR.coded(MAY), one, two)
        return
    if one.get("propertyName") != two.get("propertyName"):
        what = f"the member that tells the schema: {shown(one.get('propertyName'))} → {shown(two.get('propertyName'))}"
        yield site.finding("discriminator-changed", what, OTHER.coded(BREAKS), one, two)
    yield from _mapped(site, one, two)


def _mapped(site: Site, one: Part, two: Part) -> Iterator[Finding | Site]:
    before, after = _values(site.old, one), _values(site.new, two)
    gone = [value for value in before if value not in after]
    fresh = [value for value in after if value not in before]
    if gone:
        what = f"{shown(one.get('propertyName'))} no longer tells {in_words(gone)}"
        yield site.finding("discriminator-value-removed", what, NARROWER.coded(MAY), one, two)
    if fresh:
        what = f"{shown(two.get('propertyName'))} now also tells {in_words(fresh)}"
        yield site.finding("discriminator-value-added", what, WIDER.coded(SAFE), one, two)
    for value in before:
        if value in after and before[value] and after[value]:
            yield site.to(_referring(site.old, before[value]), _referring(site.new, after[value]), f"({value})")


def _referring(part: Part, target: str) -> Part:
    return Part(part.root, part.pointer, {"$ref": f"#{target}"})


def _values(part: Part, discriminator: Part) -> dict[str, str]:
    """Value to the pointer of its schema, which is empty for one outside the document."""
    stated = {value: _target(str(name)) for value, name in discriminator.child("mapping").members.items()}
    _, found = alternatives(part)
    targets = [target_of(each) for each in found] if found else [*_subtypes(part)]
    implied = {
        parts(each.pointer)[-1]: each.pointer
        for each in targets
        if each is not None and each.pointer.startswith(_SCHEMAS) and each.pointer not in stated.values()
    }
    return {**implied, **stated}


def _target(name: str) -> str:
    if name.startswith("#"):
        return name.removeprefix("#")
    return pointer("components", "schemas", name) if "/" not in name else ""


def _subtypes(base: Part) -> Iterator[Part]:
    """The components whose `allOf` leads to `base`, itself not counted."""
    schemas = Part(base.root, "", base.root).child("components").children("schemas")
    above = {each.pointer: {target.pointer for target in _extended(each)} for each in schemas.values()}
    for each in schemas.values():
        waiting, seen = list(above[each.pointer]), set[str]()
        while waiting:
            here = waiting.pop()
            if here not in seen:
                seen.add(here)
                waiting += above.get(here, ())
        if base.pointer in seen and each.pointer != base.pointer:
            yield each


def _extended(part: Part) -> Iterator[Part]:
    for each in part.items("allOf"):
        target = target_of(each)
        if target is not None:
            yield target
