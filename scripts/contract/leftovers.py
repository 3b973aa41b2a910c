"""What a refused request left behind, found in a list.

Bodies that the run sends have texts of its own. What a list shows with such a text, under an identity
that no answer told, was created by a request that was refused. What other clients create meanwhile
has none of these texts.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import jsonschema_rs

from ..behaviour import Behaviour, ListRule
from ..document import Json, Operation
from .exchanges import Exchange
from .ordering import moment
from .samples import json_schema, put
from .sightings import value_at
from .stock import coming_back

MARK = "plumbline"
"""What every text of the run's own has in it."""

Texts = frozenset[tuple[str, str]]
"""Members of a resource, each with a text that only the run can have sent."""


@dataclass(frozen=True)
class Leftover:
    """A resource that no answer told of."""

    identity: str
    texts: Texts


def marked(
    document: Json, behaviour: Behaviour, operation: Operation, body: Json, text: str, *, but: Sequence[str] = ()
) -> Json:
    """A copy of a body with `text` in the members that come back and may hold it, but for those at or around `but`."""
    schema = json_schema(document, operation)
    body = copy.deepcopy(body)
    for place, _, member in coming_back(document, schema or {}, behaviour, operation, but):
        if _takes(member, text) and _holds_objects(body, place):
            put(body, place, text)
    return body


def newest_first(behaviour: Behaviour, rule: ListRule) -> dict[str, Json]:
    """The query by which a list shows the newest first, as many as it can; empty where it has none."""
    query: dict[str, Json] = {}
    if rule.pages and rule.pages.size and rule.pages.maximum:
        query[rule.pages.size] = rule.pages.maximum
    if rule.order and rule.order.by and rule.order.direction:
        key = next((key for key, member in rule.order.keys.items() if member in _stamps(behaviour)), None)
        if key is not None:
            query |= {rule.order.by: key, rule.order.direction.parameter: rule.order.direction.descending}
    return query


def leftovers(
    behaviour: Behaviour, rule: ListRule, listing: Exchange, creations: Sequence[Exchange]
) -> list[Leftover] | None:
    """What a list shows that the run created, and no answer told of, in the order of the list.

    Earlier runs sent the same texts, so only what is younger than the first that this one created is its
    own. None where nothing can be said: the answer is no list, nothing was created, or a success does not
    tell what it created and when. Texts of requests whose fate is not known say nothing either.
    """
    told = [_resource(each, behaviour.create.at) for each in creations if each.succeeded]
    known = {str(value_at(each, behaviour.identity)) for each in told}
    items = _resource(listing, rule.at) if listing.succeeded and not listing.cut else None
    times = [_time(behaviour, each) for each in told]
    if not isinstance(items, list) or "None" in known or not all(times) or not times:
        return None
    lost = {text for each in creations if _is_lost(each) for text in sent_texts(behaviour, each)}
    own = {text for each in creations for text in sent_texts(behaviour, each)} - lost
    found = []
    for item in items:
        identity = value_at(item, behaviour.identity)
        texts = frozenset(text for text in own if value_at(item, text[0]) == text[1])
        if identity is not None and str(identity) not in known and texts and _time(behaviour, item) > min(times):
            found.append(Leftover(str(identity), texts))
    return found


def sent_texts(behaviour: Behaviour, creation: Exchange) -> Texts:
    """The texts of the run's own that a request to create sent for members that come back."""
    try:
        body = json.loads(creation.request_body)
    except (ValueError, RecursionError):
        return frozenset()
    pairs = ((own, value_at(body, place)) for rule in behaviour.kept for place, own in rule.members.items())
    return frozenset((own, text) for own, text in pairs if isinstance(text, str) and MARK in text.casefold())


def _is_lost(creation: Exchange) -> bool:
    """Whether nobody knows what became of a request."""
    return creation.status is None or creation.status >= 500


def _takes(schema: Mapping[str, Json], text: str) -> bool:
    free = schema.get("type") == "string" and not {"enum", "const", "format"} & schema.keys()
    return free and jsonschema_rs.is_valid(dict(schema), text)


def _holds_objects(body: Json, place: str) -> bool:
    """Whether all above a place in a body is an object, or missing."""
    above = value_at(body, place.rpartition("/")[0])
    return isinstance(body, dict) and isinstance({} if above is None else above, dict)


def _stamps(behaviour: Behaviour) -> list[str]:
    """The members that hold the time of creation."""
    return [setting.member for setting in behaviour.sets if setting.value == "created"]


def _time(behaviour: Behaviour, resource: Json) -> str:
    """When a resource was created, as a text that is sorted by time; empty where it shows no time that can be read."""
    value = next((found for each in _stamps(behaviour) if (found := value_at(resource, each)) is not None), None)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:020}"
    when = moment(str(value))
    return f"{when[0].isoformat()}.{when[1]}" if when else ""


def _resource(exchange: Exchange, place: str) -> Json:
    """What stands at a place of an answer; None where nothing does."""
    try:
        return value_at(exchange.json(), place)
    except (ValueError, RecursionError):
        return None
