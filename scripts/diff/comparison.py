"""What one comparison of two documents holds: what was found, and the schemas that are still to be reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..document import Json
from .constraints import Difference, texts
from .effects import UNCLEAR, Effect
from .ledger import Change, Finding, Ledger, Place
from .parts import Part, same
from .schemas import Pair, Schemas
from .site import place_of


class Comparison:
    """Two documents, and what was found so far."""

    def __init__(self, old: Json, new: Json) -> None:
        self.old, self.new = Part(old, "", old), Part(new, "", new)
        self._ledger, self._schemas = Ledger(), Schemas()
        self._uses: list[tuple[Pair, Place]] = []

    def note(
        self, place: Place | None, kind: str, what: str, effect: Effect, old: Part | None, new: Part | None
    ) -> None:
        """Note what differs between two parts; None for a part that is not there."""
        self._ledger.add(Finding(kind, what, effect, place_of(old), place_of(new)), place)

    def note_keywords(self, place: Place | None, old: Part, new: Part, differences: Iterable[Difference]) -> None:
        """Note what differs in members of two parts."""
        for each in differences:
            one, two = (part.child(each.keyword) if each.keyword in part.members else part for part in (old, new))
            self.note(place, each.kind, each.what, each.effect, one, two)

    def note_rest(
        self, place: Place | None, old: Part, new: Part, known: Mapping[str, type], words: tuple[str, ...]
    ) -> None:
        """Note what differs in members of two parts that nothing else compares.

        `known` are the members that something else compares if they are of the type; `words` are those
        for people. What is left cannot be classed.
        """
        self.note_keywords(place, old, new, texts(old.members, new.members, words))
        for name in dict.fromkeys([*old.members, *new.members]):
            if name in words or name.startswith("x-") or name == "$ref":
                continue
            compared = name in known and all(
                isinstance(part.get(name), known[name]) for part in (old, new) if name in part.members
            )
            if not compared and not same(old.get(name), new.get(name)):
                self.note(place, "member-changed", f"`{name}` differs", UNCLEAR, old.child(name), new.child(name))

    def schemas(self, place: Place, old: Part, new: Part) -> None:
        """Compare two schemas that are used at `place`."""
        self._uses.append((self._schemas.compare(old, new), place))

    def unused(self, old: Part, new: Part) -> None:
        """Compare two schemas that no operation need use."""
        self._schemas.compare(old, new)

    def paired(self) -> tuple[set[str], set[str]]:
        """The pointers of the old and of the new schemas that were compared as a whole."""
        pairs = self._schemas.pairs()
        return {old for old, _ in pairs}, {new for _, new in pairs}

    def changes(self) -> Iterator[Change]:
        """All that was found; to be asked once everything is compared."""
        for pair, place in self._uses:
            for finding, before, doubt in self._schemas.reached(pair, place.direction):
                self._ledger.add(finding, place, before=before, doubt=doubt)
        for finding in self._schemas.findings():
            self._ledger.add(finding)
        return self._ledger.changes()
