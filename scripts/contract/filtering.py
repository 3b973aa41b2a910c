"""What filters must find, may find and must leave out, as far as all lawful servers agree on it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..behaviour import Behaviour, ListRule
from ..document import Json
from .sightings import value_at
from .stock import Held

Values = Mapping[str, Mapping[str, Json]]
"""Identity to parameter to the value that the resource has of the filtered member."""

_QUERY_WORDS = re.compile(r"[\\\[\](){}*+?^$|\"'~&:<>]")
"""Characters that may mean something to a filter which matches more than what is equal."""


@dataclass(frozen=True)
class Group:
    """The resources that a filter finds by a value."""

    parameter: str
    value: Json
    identities: frozenset[str]


def sent(behaviour: Behaviour, held: Held, own: str) -> Json:
    """The value of a member as it was sent to create a resource; None where it was not, or need not come back."""
    for rule in behaviour.kept:
        if rule.operations and behaviour.create.operation not in rule.operations:
            continue
        for place, kept in rule.members.items():
            if f"{own}/".startswith(f"{kept}/"):
                return value_at(held.body, place + own[len(kept) :])
    return None


def groups(behaviour: Behaviour, known: Values) -> list[Group]:
    """What each value has that every lawful filter finds; the largest groups first, texts before all others.

    Others, like numbers, are what many resources of other clients have too.
    """
    found: dict[tuple[str, bool, Json], set[str]] = {}
    for identity, held in known.items():
        for name, value in held.items():
            if findable(behaviour, name, value):
                found.setdefault((name, isinstance(value, bool), value), set()).add(identity)
    made = [Group(name, value, frozenset(identities)) for (name, _, value), identities in found.items()]
    return sorted(made, key=lambda group: (not isinstance(group.value, str), -len(group.identities)))


def findable(behaviour: Behaviour, parameter: str, value: Json) -> bool:
    """Whether every lawful filter finds what equals a value."""
    if value == "" or not isinstance(value, bool | int | str):
        return False
    if not isinstance(value, str) or not behaviour.leaves_open("filter-match", parameter):
        return True
    return not _QUERY_WORDS.search(value) and value == value.strip() == unicodedata.normalize("NFC", value)


def singly(found: Sequence[Group]) -> Iterator[dict[str, Json]]:
    """Queries by one filter: of each parameter the two values that most have, and the most unusual text."""
    by_parameter: dict[str, list[Json]] = {}
    for group in found:
        by_parameter.setdefault(group.parameter, []).append(group.value)
    for parameter, values in by_parameter.items():
        unusual = [value for value in values[2:] if isinstance(value, str) and not value.isascii()]
        for value in (*values[:2], *unusual[:1]):
            yield {parameter: value}


def together(found: Sequence[Group]) -> Iterator[dict[str, Json]]:
    """Queries by two filters, each of which finds something that the other does not; in both orders."""
    for one in found:
        for other in found:
            both = one.identities & other.identities
            if one.parameter != other.parameter and both < one.identities and both < other.identities and both:
                pair = [(group.parameter, group.value) for group in (one, other)]
                yield from (dict(pair), dict(pair[::-1]))
                return


def matching(known: Values, wanted: Mapping[str, Json]) -> set[str]:
    """What a query by filters must find."""
    return {
        identity
        for identity, held in known.items()
        if all(_equal(held.get(name), value) for name, value in wanted.items())
    }


def misfits(
    behaviour: Behaviour,
    rule: ListRule,
    known: Values,
    items: Iterable[tuple[str, Json]],
    wanted: Mapping[str, Json],
) -> Iterator[tuple[str, Json]]:
    """What a query by filters must not find, of items with their identities; each with the value that it has."""
    for identity, item in items:
        for name, value in wanted.items():
            shown = value_at(item, rule.filters[name])
            shown = known.get(identity, {}).get(name) if shown is None else shown
            never = shown is None and identity in known and isinstance(value, str)
            if never or (shown is not None and not fits(behaviour, name, value, shown)):
                yield identity, shown


def fits(behaviour: Behaviour, parameter: str, wanted: Json, shown: Json) -> bool:
    """Whether a filter may find a value: what equals it, and what is like it where the texts leave that open."""
    if _equal(wanted, shown):
        return True
    if not behaviour.leaves_open("filter-match", parameter):
        return False
    one, other = folded(wanted), folded(shown)
    return one in other or other in one


def _equal(one: Json, other: Json) -> bool:
    """Whether two values are equal; a boolean is no number."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def folded(value: Json) -> str:
    """A value as a text without marks and case."""
    apart = unicodedata.normalize("NFKD", str(value))
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).casefold()
