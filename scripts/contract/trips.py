"""What a request sends of a resource, and what of it an answer shows otherwise or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..behaviour import Behaviour, ListRule, View
from ..document import Json
from .equality import lacking
from .exchanges import Exchange
from .members import below, names
from .reading import INVALID, Reader
from .sightings import Sighting, value_at


@dataclass(frozen=True)
class Sent:
    """A value that was sent for a member of a resource."""

    value: Json
    schema: str
    """JSON pointer of the schema that the request's body has for it."""
    rule: int
    """Which of the round trip's rules says that it comes back."""


@dataclass(frozen=True)
class Return:
    """A member that was sent, in an answer that has a place for it."""

    member: str
    place: str
    """JSON pointer of what is another than was sent; the member itself where all is equal."""
    rule: int
    """Which of the round trip's rules says that it comes back."""
    wrong: str
    """What is wrong; empty where it is equal."""


def sent_by(reader: Reader, behaviour: Behaviour, exchange: Exchange) -> dict[str, Sent]:
    """Member to value, of what must come back; nothing where a body is not certain to be read as it was meant."""
    sent = reader.sent(exchange)
    if sent is None or reader.request(exchange).kind == INVALID:
        return {}
    body, schema = sent
    found = {}
    for index, rule in enumerate(behaviour.kept):
        if rule.operations and exchange.operation not in rule.operations:
            continue
        for place, own in rule.members.items():
            value = value_at(body, place)
            if value is not None and not behaviour.leaves_open("text-form", own):
                found[own] = Sent(value, below(reader.document, schema, place), index)
    return found


def returns(document: Json, behaviour: Behaviour, sent: Mapping[str, Sent], sighting: Sighting) -> Iterator[Return]:
    """Each member that was sent and must be in an answer, once where it is equal, else for all that is not.

    What a list, or a view of some states, leaves out is not judged: whether it must have a member is for
    the schema to say.
    """
    for member, wanted in sent.items():
        left_open = wanted.value == "" and behaviour.leaves_open("empty-value", member)
        if left_open or not sighting.whole or not names(document, sighting.schema, member):
            continue
        schema = below(document, sighting.schema, member)
        missing = list(lacking(document, (wanted.value, wanted.schema), (sighting.holds(member), schema), member))
        if _in_brief(sighting):
            missing = [each for each in missing if each[2] is not None]
            if not missing and sighting.holds(member) is None:
                continue
        if not missing:
            yield Return(member, member, wanted.rule, "")
        for place, expected, came in missing:
            wrong = f"{place} of {sighting.identity} was sent as {expected!r:.120} and came back as {came!r:.120}"
            yield Return(member, place, wanted.rule, wrong)


def _in_brief(sighting: Sighting) -> bool:
    """Whether an answer is not there to show all that was sent."""
    return isinstance(sighting.rule, ListRule) or (isinstance(sighting.rule, View) and bool(sighting.rule.states))
