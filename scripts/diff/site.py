"""A pair of schemas that are compared, and how each is read before it is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..document import Json, at
from .constraints import ANY_TYPE, Difference, types
from .effects import BOTH_WAYS, Direction, Doubt, Effect
from .ledger import Finding, joined
from .parts import Part, target_of

NOTES = frozenset(
    [
        "title",
        "description",
        "default",
        "example",
        "examples",
        "readOnly",
        "writeOnly",
        "deprecated",
        "externalDocs",
        "xml",
        "$comment",
    ]
)
"""The keywords that say something of the place and restrict no value."""


@dataclass(frozen=True, eq=False)
class Site:
    """Two schemas to compare, and what is known of where they stand."""

    old: Part
    new: Part
    path: str = ""
    """The members that lead here from where the comparison began."""
    directions: frozenset[Direction] = BOTH_WAYS
    doubt: Doubt = Doubt.NONE

    def to(
        self,
        old: Part,
        new: Part,
        path: str = "",
        *,
        doubt: Doubt = Doubt.NONE,
        directions: frozenset[Direction] = BOTH_WAYS,
    ) -> Site:
        """A pair of schemas within these."""
        return Site(old, new, joined(self.path, path), self.directions & directions, max(self.doubt, doubt))

    def doubted(self, doubt: Doubt) -> Site:
        """The same pair, of which less is sure."""
        return replace(self, doubt=max(self.doubt, doubt))

    def finding(
        self,
        kind: str,
        what: str,
        effect: Effect,
        old: Part | None,
        new: Part | None,
        path: str = "",
        *,
        directions: frozenset[Direction] = BOTH_WAYS,
    ) -> Finding:
        """What differs between two parts within these schemas; None for a part that is not there."""
        return Finding(
            kind,
            what,
            effect,
            place_of(old),
            place_of(new),
            joined(self.path, path),
            self.directions & directions,
            self.doubt,
        )

    def differs(self, difference: Difference) -> Finding:
        """What differs in one keyword of these schemas."""
        name = difference.keyword
        old, new = (part.child(name) if name in part.members else part for part in (self.old, self.new))
        return self.finding(difference.kind, difference.what, difference.effect, old, new)


def place_of(part: Part | None) -> str | None:
    """The pointer of `part`, or of the nearest thing around it that is written in the document; None of None."""
    if part is None:
        return None
    pointer = part.pointer
    while pointer:
        try:
            at(part.root, pointer)
        except KeyError:
            pointer = pointer.rpartition("/")[0]
        else:
            break
    return pointer


# --- Reading one schema --------------------------------------------------------------------------


def is_reference(part: Part) -> bool:
    """Whether it is a reference and nothing that restricts more stands beside it."""
    return isinstance(part.get("$ref"), str) and _only_notes(part, "$ref")


def _only_notes(part: Part, *names: str) -> bool:
    return all(name in names or name in NOTES or name.startswith("x-") for name in part.members)


def schema_of(part: Part) -> Part:
    """The schema that a reference leads to, through chains of them; itself if it is none, or leads nowhere."""
    here, seen = part, set[str]()
    while is_reference(here):
        target = target_of(here)
        if target is None or target.pointer in seen:
            return part
        seen.add(target.pointer)
        here = read(target)
    return here


def read(part: Part) -> Part:
    """The schema, with true and false as objects, and what stands alone in an `allOf` in its place."""
    if part.value is True or part.value is None:
        return Part(part.root, part.pointer, {})
    if part.value is False:
        return Part(part.root, part.pointer, {"not": {}})
    while _only_notes(part, "allOf") and len(inner := part.items("allOf")) == 1 and inner[0].members:
        part = _within(part, inner[0])
    return part


def _within(outer: Part, inner: Part) -> Part:
    """`inner`, with what `outer` says of its place."""
    notes = {name: value for name, value in outer.members.items() if name in NOTES or name.startswith("x-")}
    return Part(inner.root, inner.pointer, {**inner.members, **notes})


def alternatives(part: Part) -> tuple[str, list[Part]]:
    """(keyword, alternatives) of a schema that says nothing but `anyOf` or `oneOf`; ("", []) of others."""
    for keyword in ("anyOf", "oneOf"):
        if part.items(keyword) and _only_notes(part, keyword, "discriminator"):
            return keyword, [read(each) for each in part.items(keyword)]
    return "", []


def beside_null(part: Part) -> Part | None:
    """What a schema allows beside null, if it is nothing but the two alternatives."""
    keyword, found = alternatives(part)
    others = [each for each in found if each.members != {"type": "null"}]
    if len(found) != 2 or len(others) != 1 or "discriminator" in part.members:
        return None
    if keyword == "oneOf" and "null" in known_types(others[0]):
        return None
    return _within(part, others[0])


def without_null(part: Part) -> tuple[Part, bool] | None:
    """(the rest, whether it allows null) of a schema whose types are listed; None where that is not plain."""
    allowed = known_types(part)
    if "null" not in allowed:
        return part, False
    listed = part.get("type")
    if not isinstance(listed, list):
        return None
    value: dict[str, Json] = {**part.members, "type": [word for word in listed if word != "null"]}
    if isinstance(part.get("enum"), list):
        value["enum"] = [each for each in part.get("enum") if each is not None]
    return Part(part.root, part.pointer, value), True


def known_types(part: Part) -> frozenset[str]:
    """The types that a schema or what it refers to allows, as far as `type`, `enum` and `const` say."""
    return types(schema_of(part).members) if part.members else ANY_TYPE
