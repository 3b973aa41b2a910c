"""What an answer shows of resources, with the schemas that the document has for it there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..behaviour import Answer, Behaviour, ListRule, View
from ..document import Json, Operation, at, follow, parts, pointer
from .exchanges import Exchange
from .reading import Reader
from .sightings import asked as asked_by


@dataclass(frozen=True)
class Shown:
    """A resource as one answer shows it."""

    exchange: Exchange
    asked: str
    """The identity in the request's path; empty where it has none."""
    told: str
    """The identity that the answer shows; empty where it shows none."""
    resource: Mapping[str, Json] = field(repr=False)
    schema: str = field(repr=False)
    """JSON pointer of the schema that the resource has in this answer; empty where the document has none."""

    @property
    def identity(self) -> str:
        return self.told or self.asked


def shown(reader: Reader, behaviour: Behaviour, exchange: Exchange) -> Iterator[Shown]:
    """The resources that the answer of an exchange shows; none unless it is a success and whole JSON.

    Answers with single members instead of a resource are left out: no schema names those as its members.
    """
    rule = behaviour.rules.get(exchange.operation or "")
    if rule is None or exchange.status is None or not exchange.succeeded or exchange.cut:
        return
    try:
        body = exchange.json()
    except (ValueError, RecursionError):
        return
    operation = reader.operations[rule.operation]
    asked = asked_by(exchange, operation, behaviour.parameter) or ""
    schema = _answer_schema(reader, operation, exchange.status)
    for resource, place in _resources(rule, body):
        told = _text(_found(resource, behaviour.identity))
        if isinstance(resource, dict) and (told or asked):
            yield Shown(exchange, asked, told, resource, below(reader.document, schema, place))


def below(document: Json, schema: str, place: str) -> str:
    """JSON pointer of the schema of the value at `place` in a value of another; empty where none names it."""
    for name in parts(place):
        if not schema:
            return ""
        schema = _member(document, schema, name)
    return schema


def names(document: Json, schema: str, place: str) -> bool:
    """Whether a schema names the member at `place`, or lets what is there be anything without naming members."""
    for name in parts(place):
        if not schema:
            return True
        inner = _member(document, schema, name)
        if not inner and closed(document, schema):
            return False
        schema = inner
    return True


def closed(document: Json, schema: str) -> bool:
    """Whether a schema names the members that it is about."""
    definition = _followed(document, schema)[1]
    return any(word in definition for word in ("properties", "allOf", "items"))


def _member(document: Json, schema: str, name: str) -> str:
    where, definition = _followed(document, schema)
    if name in definition.get("properties", {}):
        return where + pointer("properties", name)
    if "items" in definition and name.isdigit():
        return where + pointer("items")
    branches = (f"{where}/allOf/{index}" for index in range(len(definition.get("allOf", ()))))
    return next((found for branch in branches if (found := _member(document, branch, name))), "")


def _followed(document: Json, schema: str) -> tuple[str, Mapping[str, Json]]:
    node = at(document, schema)
    if not isinstance(node, dict):
        return schema, {}
    if "$ref" in node:
        return node["$ref"].removeprefix("#"), follow(document, node)
    return schema, node


def _answer_schema(reader: Reader, operation: Operation, status: int) -> str:
    documented = reader.response(operation, status)
    if documented is None:
        return ""
    where, definition = documented
    for media_type, content in definition.get("content", {}).items():
        if media_type.endswith("json") and "schema" in content:
            return where + pointer("content", media_type, "schema")
    return ""


def _resources(rule: Answer, body: Json) -> Iterator[tuple[Json, str]]:
    """The resources in an answer by a rule, each with its place in the body."""
    found = _found(body, rule.at)
    if isinstance(rule, ListRule):
        for index, item in enumerate(found if isinstance(found, list) else ()):
            yield item, f"{rule.at}/{index}"
    elif not (isinstance(rule, View) and rule.shows):
        yield found, rule.at


def _found(value: Json, place: str) -> Json:
    try:
        return at(value, place)
    except KeyError:
        return None


def _text(identity: Json) -> str:
    return str(identity) if isinstance(identity, str | int) and not isinstance(identity, bool) else ""
