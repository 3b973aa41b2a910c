"""What states a resource was seen in, and in which it can have been in between.

Requests are sent one at a time, so what an earlier answer showed was so before what a later one showed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ..behaviour import Create, Lifecycle
from .sightings import Sighting


def reachable(lifecycle: Lifecycle) -> Mapping[str, frozenset[str]]:
    """Each state to those in which a resource can be later on, by listed moves; itself included."""
    found = {}
    for state in lifecycle.states:
        seen, ahead = {state}, [state]
        while ahead:
            after = [each for each in lifecycle.moves.get(ahead.pop(), ()) if each not in seen]
            seen.update(after)
            ahead += after
        found[state] = frozenset(seen)
    return found


def comes_back(lifecycle: Lifecycle, state: str) -> bool:
    """Whether a state may be left and entered again."""
    after = reachable(lifecycle)
    return any(state in after[each] for each in lifecycle.moves.get(state, ()))


@dataclass(frozen=True)
class Track:
    """The sightings of one resource that showed its state, in the order of the log."""

    lifecycle: Lifecycle
    seen: Sequence[tuple[str, Sighting]]

    @property
    def last(self) -> str:
        """The state that was shown last."""
        return self.seen[-1][0]

    @property
    def lawful(self) -> bool:
        """Whether listed moves lead from each state that was shown to the next."""
        after = reachable(self.lifecycle)
        return all(state in after[before] for (before, _), (state, _) in pairwise(self.seen))

    def possible(self, number: int) -> frozenset[str]:
        """The states in which the resource can have been when the exchange of a number was answered."""
        after = reachable(self.lifecycle)
        states = frozenset(self.lifecycle.states)
        for state, sighting in self.seen:
            if sighting.exchange.number < number:
                states &= after[state]
            elif sighting.exchange.number > number:
                states &= {each for each in states if state in after[each]}
        return states

    def surrounds(self, number: int) -> bool:
        """Whether the state was shown both before and after the exchange of a number."""
        numbers = [sighting.exchange.number for _, sighting in self.seen]
        return min(numbers) < number < max(numbers)


def tracks(seen: Iterable[Sighting], lifecycle: Lifecycle) -> dict[str, Track]:
    """Identity to the track of the resource; without those whose identity was given to two of them."""
    found: dict[str, list[tuple[str, Sighting]]] = {}
    created: set[str] = set()
    repeated: set[str] = set()
    for sighting in seen:
        if isinstance(sighting.rule, Create):
            (repeated if sighting.identity in created else created).add(sighting.identity)
        state = sighting.holds(lifecycle.member)
        if isinstance(state, str) and state in lifecycle.states:
            found.setdefault(sighting.identity, []).append((state, sighting))
    return {identity: Track(lifecycle, states) for identity, states in found.items() if identity not in repeated}
