"""What an answer shows of resources, with the schemas that the document has for them there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from ..behaviour import Answer, Behaviour, ListRule, View
from ..document import Json, Operation, at, parts, pointer
from .exchanges import Exchange
from .members import below
from .reading import Reader


@dataclass(frozen=True)
class Sighting:
    """A resource as one answer shows it."""

    exchange: Exchange
    rule: Answer
    """What the operation does."""
    asked: str
    """The identity in the request's path; empty where it has none."""
    told: str
    """The identity that the answer shows; empty where it shows none."""
    resource: Mapping[str, Json] = field(repr=False)
    """What is shown of it; of an answer with single members, those at their places in the resource."""
    schema: str = field(repr=False)
    """JSON pointer of the schema that the resource has in this answer; empty where the document has none."""
    whole: bool = True
    """Whether the resource itself is shown, not single members of it."""

    @property
    def identity(self) -> str:
        return self.told or self.asked

    @property
    def own(self) -> bool:
        """Whether the account's own keys got it, and it is the resource that was asked for."""
        return self.exchange.authentic and self.asked in ("", self.identity)

    def value(self, member: str) -> Json:
        """The value of a member. Raises `KeyError` where the answer has none."""
        return at(self.resource, member)

    def holds(self, member: str) -> Json:
        """The value of a member; None where it is null or absent."""
        return value_at(self.resource, member)


def sightings(reader: Reader, behaviour: Behaviour, exchange: Exchange) -> Iterator[Sighting]:
    """The resources that the answer of an exchange shows; none unless it is a success and whole JSON."""
    rule = behaviour.rules.get(exchange.operation or "")
    if rule is None or exchange.status is None or not exchange.succeeded or exchange.cut:
        return
    try:
        body = exchange.json()
    except (ValueError, RecursionError):
        return
    operation = reader.operations[rule.operation]
    asked_for = asked(exchange, operation, behaviour.parameter) or ""
    schema = _answer_schema(reader, operation, exchange.status)
    for resource, place in _resources(rule, body):
        told = _text(value_at(resource, behaviour.identity))
        if isinstance(resource, dict) and (told or asked_for):
            where = below(reader.document, schema, place) if place is not None else ""
            yield Sighting(exchange, rule, asked_for, told, resource, where, whole=place is not None)


def asked(exchange: Exchange, operation: Operation, parameter: str) -> str | None:
    """The identity in the path of a request; None where the operation's path has none."""
    template = operation.path.split("/")
    if f"{{{parameter}}}" not in template:
        return None
    from_end = template.index(f"{{{parameter}}}") - len(template)
    steps = urlsplit(exchange.url).path.split("/")
    return unquote(steps[from_end]) if len(steps) >= -from_end else None


def value_at(value: Json, place: str) -> Json:
    """What stands at a JSON pointer in a value; None where nothing does."""
    try:
        return at(value, place)
    except KeyError:
        return None


def _answer_schema(reader: Reader, operation: Operation, status: int) -> str:
    documented = reader.response(operation, status)
    if documented is None:
        return ""
    where, definition = documented
    for media_type, content in definition.get("content", {}).items():
        if media_type.endswith("json") and "schema" in content:
            return where + pointer("content", media_type, "schema")
    return ""


def _resources(rule: Answer, body: Json) -> Iterator[tuple[Json, str | None]]:
    """The resources in an answer by a rule, each with its place in the body; None where single members stand in it."""
    if isinstance(rule, View) and rule.shows:
        yield _of_singles(rule.shows, body), None
    elif isinstance(rule, ListRule):
        items = value_at(body, rule.at)
        for index, item in enumerate(items if isinstance(items, list) else ()):
            yield item, f"{rule.at}/{index}"
    else:
        yield value_at(body, rule.at), rule.at


def _of_singles(shows: Mapping[str, str], body: Json) -> Json:
    """A resource with nothing but the members that an answer shows one by one."""
    resource: dict[str, Json] = {}
    for place, member in shows.items():
        try:
            value = at(body, place)
        except KeyError:
            continue
        *above, last = parts(member)
        inner = resource
        for name in above:
            inner = inner.setdefault(name, {})
            if not isinstance(inner, dict):
                break
        else:
            inner[last] = value
    return resource


def _text(identity: Json) -> str:
    return str(identity) if isinstance(identity, str | int) and not isinstance(identity, bool) else ""
