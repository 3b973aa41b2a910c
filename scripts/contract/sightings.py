"""What the answers of a run showed of each resource, in the order of the log; and what its states can have been.

Requests are sent one at a time, so what an earlier answer showed was so before what a later one showed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import unquote, urlsplit

from ..behaviour import Answer, Behaviour, Change, Create, Lifecycle, ListRule, View
from ..document import Json, Operation, at
from .exchanges import Exchange


@dataclass(frozen=True)
class Sighting:
    """A resource as one answer showed it."""

    exchange: Exchange
    rule: Answer
    """What the operation does."""
    identity: str
    resource: Json = field(repr=False)
    singles: Mapping[str, Json] | None = field(default=None, repr=False)
    """Member to value, where the answer has single members instead of the resource."""

    def value(self, member: str) -> Json:
        """The value of a member. Raises `KeyError` where the answer has none."""
        return at(self.resource, member) if self.singles is None else self.singles[member]

    def holds(self, member: str) -> Json:
        """The value of a member; None where it is null or absent."""
        try:
            return self.value(member)
        except KeyError:
            return None


def sightings(
    exchanges: Iterable[Exchange], behaviour: Behaviour, operations: Mapping[str, Operation]
) -> Iterator[Sighting]:
    """Every sighting in successes that the account's own keys got.

    What cannot be read, or shows another resource than was asked for, is left out: other promises are
    about that.
    """
    for exchange in exchanges:
        rule = behaviour.rules.get(exchange.operation or "")
        if rule is None or not exchange.succeeded or not exchange.authentic or exchange.cut:
            continue
        try:
            answer = exchange.json()
        except (ValueError, RecursionError):
            continue
        if isinstance(rule, View) and rule.shows:
            yield from _singles(exchange, rule, answer, behaviour, operations)
        else:
            yield from _wholes(exchange, rule, answer, behaviour, operations)


def _wholes(
    exchange: Exchange, rule: Answer, answer: Json, behaviour: Behaviour, operations: Mapping[str, Operation]
) -> Iterator[Sighting]:
    try:
        found = at(answer, rule.at)
    except KeyError:
        return
    one = isinstance(rule, View | Change)
    about = asked(exchange, operations[rule.operation], behaviour.parameter) if one else None
    for resource in found if isinstance(rule, ListRule) and isinstance(found, list) else [found]:
        try:
            shown = at(resource, behaviour.identity)
        except KeyError:
            shown = about
        if shown is not None and isinstance(resource, dict) and about in (None, str(shown)):
            yield Sighting(exchange, rule, str(shown), resource)


def _singles(
    exchange: Exchange, rule: View, answer: Json, behaviour: Behaviour, operations: Mapping[str, Operation]
) -> Iterator[Sighting]:
    values = {}
    for place, member in rule.shows.items():
        try:
            values[member] = at(answer, place)
        except KeyError:
            continue
    about = asked(exchange, operations[rule.operation], behaviour.parameter)
    shown = values.get(behaviour.identity, about)
    if about is not None and about == str(shown):
        yield Sighting(exchange, rule, about, None, values)


def asked(exchange: Exchange, operation: Operation, parameter: str) -> str | None:
    """The identity in the path of a request; None where the operation's path has none."""
    template = operation.path.split("/")
    if f"{{{parameter}}}" not in template:
        return None
    from_end = template.index(f"{{{parameter}}}") - len(template)
    steps = urlsplit(exchange.url).path.split("/")
    return unquote(steps[from_end]) if len(steps) >= -from_end else None


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
