"""What the mock answers: a pure function of what it holds, the time, and a request.

The order of refusals is that of a careful server: unknown paths and methods, then keys, then the
request itself, then what its keys may do, and only then whether the resource is there. A status that
an operation does not document is replaced by one that it does.
"""

from __future__ import annotations

import copy
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from ..behaviour import Behaviour, Change, Create, ListRule, View
from ..document import Json, Operation, at, follow, parts
from . import faults as deviations
from .faults import Faults
from .messages import Checked, RefusedError, Request, Response, Route, parsed
from .store import Pace, Resource, Store


@dataclass(frozen=True)
class Holder:
    """Whose keys a request carries."""

    account: str
    user: str
    values: tuple[str, ...] = field(repr=False)
    """Of the keys, in the order of the headers."""
    may_change: bool = True


@dataclass(frozen=True)
class Service:
    """One API as it is served: its rules, compiled."""

    document: Json = field(repr=False)
    behaviour: Behaviour
    routes: Sequence[Route] = field(repr=False)
    headers: tuple[str, ...]
    """The headers that carry the keys."""
    holders: Sequence[Holder] = field(repr=False)
    pace: Pace
    faults: Faults = field(default_factory=Faults)


@dataclass(frozen=True)
class Asked:
    """A request that passed all checks: what there is to do."""

    service: Service
    store: Store
    now: float
    holder: Holder
    operation: Operation
    values: Checked

    @property
    def identity(self) -> str:
        return self.values.path.get(self.service.behaviour.parameter, "")

    def found(self) -> Resource | None:
        """The resource that the request is about, if its account has it."""
        return self.store.find(self.holder.account, self.identity)


Outcome = tuple[Response, Resource | None]
"""The answer, and the resource to hold from now on, if anything changed."""


def respond(service: Service, store: Store, now: float, request: Request) -> Outcome:
    """The answer to a request at the time `now` (seconds since the epoch), and what changes by it.

    The store is only read. No answer and no error holds a key.
    """
    matches = [(route, path) for route in service.routes if (path := route.match(request.path)) is not None]
    found = next(((route, path) for route, path in matches if route.operation.method == request.method), None)
    if found is None:
        return _unknown(service, [route.operation for route, _ in matches]), None
    route, path = found
    response, changed = _operation(service, store, now, request, route, path)
    if service.faults.active:
        arguments = (service.faults, request, response, route.operation, service.behaviour, service.document)
        response = deviations.altered(*arguments, keys=service.headers)
    return replace(response, path=route.operation.path), changed


def _operation(
    service: Service, store: Store, now: float, request: Request, route: Route, path: Mapping[str, str]
) -> Outcome:
    operation, errors = route.operation, service.behaviour.errors
    instead = deviations.instead(service.faults, operation, service.behaviour)
    holder = _holder(service, request, operation)
    if holder is None:
        return _refusal(service, operation, errors.refused), None
    if instead is not None:
        return _refusal(service, operation, instead), None
    try:
        values = route.check(request, path)
    except RefusedError as error:
        if not service.faults.on("accept-invalid", operation):
            return _refusal(service, operation, error.status, error.detail), None
        values = _unchecked(request, path)
    if operation.method not in ("GET", "HEAD") and not holder.may_change:
        return _refusal(service, operation, errors.denied, "these keys may only read"), None
    return _act(Asked(service, store, now, holder, operation, values))


def _act(asked: Asked) -> Outcome:
    behaviour, name = asked.service.behaviour, asked.operation.id
    if name == behaviour.create.operation:
        return _create(asked, behaviour.create)
    for rule in behaviour.lists:
        if name == rule.operation:
            return _list(asked, rule), None
    for view in behaviour.views:
        if name == view.operation:
            return _show(asked, view), None
    for change in behaviour.changes:
        if name == change.operation:
            return _change(asked, change)
    return _refusal(asked.service, asked.operation, 501, "no rule says what this does"), None


# --- What operations do -------------------------------------------------------------------------


def _create(asked: Asked, rule: Create) -> Outcome:
    resource = Resource(asked.store.next_identity(), asked.holder.account, asked.holder.user, _sent(asked), asked.now)
    return _shown(asked, resource, rule.at, rule.beside), resource


def _show(asked: Asked, view: View) -> Response:
    resource = asked.found()
    if resource is None or asked.service.faults.on("hide-created", asked.operation):
        return _refusal(asked.service, asked.operation, asked.service.behaviour.isolation.otherwise)
    if view.states and asked.service.pace.state(resource, asked.now) not in view.states:
        return _refusal(asked.service, asked.operation, view.otherwise)
    return _shown(asked, resource, view.at, view.beside)


def _change(asked: Asked, rule: Change) -> Outcome:
    resource = asked.found()
    if resource is None:
        return _refusal(asked.service, asked.operation, asked.service.behaviour.isolation.otherwise), None
    state = asked.service.pace.state(resource, asked.now)
    if rule.states and state not in rule.states:
        return _refusal(asked.service, asked.operation, rule.otherwise, f"it is {state}"), None
    if rule.does == "move":
        changed = replace(resource, moved_to=rule.to, moved=asked.now)
    elif rule.does == "update":
        changed = replace(resource, sent={**resource.sent, **_sent(asked)})
    else:
        changed = replace(resource, sent=_sent(asked))
    return _shown(asked, changed, rule.at, rule.beside), changed


def _list(asked: Asked, rule: ListRule) -> Response:
    query = asked.values.query
    wanted = {member: query[name] for name, member in rule.filters.items() if name in query}
    whole = [_whole(asked, resource) for resource in asked.store.all(asked.holder.account)]
    chosen = [item for item in whole if all(_member(item, member) == value for member, value in wanted.items())]
    if rule.order:
        member = rule.order.keys.get(query.get(rule.order.by, ""))
        descending = query.get(rule.order.direction) == rule.order.descending and rule.order.descending != ""
        if member is not None:
            chosen.sort(key=lambda item: _rank(_member(item, member)))
        if descending:
            chosen.reverse()
    answer = copy.deepcopy(dict(rule.beside))
    shown, pages = chosen, rule.pages
    if pages:
        number, size = query.get(pages.number, pages.first), query.get(pages.size, pages.default)
        start = (number - pages.first) * size
        shown = chosen[start : start + size] if start >= 0 else []
        for place, value in (
            (pages.total, len(chosen)),
            (pages.echoes.get("number"), number),
            (pages.echoes.get("size"), size),
        ):
            if place:
                _put(answer, place, value)
    _put(answer, rule.items, shown)
    return Response(*_success(asked.service.document, asked.operation, answer))


def _rank(value: Json) -> tuple[int, float, str]:
    """Where a value sorts: what is absent first, then numbers, then texts."""
    if value is None:
        return 0, 0, ""
    return (1, value, "") if isinstance(value, int | float) else (2, 0, str(value))


def _shown(asked: Asked, resource: Resource, place: str, beside: Mapping[str, Json]) -> Response:
    whole = _whole(asked, resource)
    answer = copy.deepcopy(dict(beside))
    if place:
        _put(answer, place, whole)
    else:
        answer |= whole
    return Response(*_success(asked.service.document, asked.operation, answer))


# --- A resource in full, and what of it an answer shows ------------------------------------------


def _sent(asked: Asked) -> dict[str, Json]:
    """The members of the request's body that the document names.

    Others are not kept: an answer could have a member of that name, with a schema that they do not fit.
    """
    body = follow(asked.service.document, asked.operation.definition.get("requestBody", {}))
    schema: Mapping[str, Json] = next((media.get("schema", {}) for media in body.get("content", {}).values()), {})
    kept = _projected(asked.service.document, schema, asked.values.body)
    return kept if isinstance(kept, dict) else {}


def _whole(asked: Asked, resource: Resource) -> Json:
    """All members of a resource: what was sent, and what the server sets."""
    pace, now = asked.service.pace, asked.now
    values = {
        "identity": resource.identity,
        "user": resource.user,
        "created": _timestamp(resource.created),
        "ended": _timestamp(pace.ended(resource, now)),
        "state": pace.state(resource, now),
    }
    whole = copy.deepcopy(resource.sent)
    for rule in asked.service.behaviour.sets:
        if rule.value:
            value: Json = values[rule.value]
        elif rule.text:
            value = re.sub(r"\{(/[^}]*)\}", lambda found: str(_member(whole, found[1])), rule.text)
        else:
            value = copy.deepcopy(rule.constant)
        _put(whole, rule.member, value, make=rule.member.count("/") == 1)
    return whole


def _success(document: Json, operation: Operation, answer: Json) -> tuple[int, Json]:
    """The first documented success of an operation, and of `answer` the members that its schema names."""
    for status, definition in operation.definition["responses"].items():
        if status.startswith("2"):
            number = int(status.replace("X", "0"))
            for media in follow(document, definition).get("content", {}).values():
                return number, _projected(document, media.get("schema", {}), answer)
            return number, None
    return 200, answer


def _projected(document: Json, schema: Mapping[str, Json], value: Json) -> Json:
    schema = follow(document, schema)
    if isinstance(value, list):
        return [_projected(document, schema.get("items", {}), item) for item in value]
    named = _named(document, schema) if isinstance(value, dict) else None
    if not named:
        return value
    return {
        name: _projected(document, member, value[name])
        for name, member in named.items()
        if name in value and (value[name] is not None or _nullable(document, member))
    }


def _named(document: Json, schema: Mapping[str, Json]) -> dict[str, Json]:
    """The members that a schema names, those of the schemas that it is made of included."""
    schema = follow(document, schema)
    made_of = (each for word in ("allOf", "anyOf", "oneOf") for each in schema.get(word, ()))
    named = {name: member for each in made_of for name, member in _named(document, each).items()}
    return {**named, **schema.get("properties", {})}


def _nullable(document: Json, schema: Mapping[str, Json]) -> bool:
    schema = follow(document, schema)
    kinds = schema.get("type", ())
    return "null" in kinds or any(_nullable(document, each) for each in schema.get("anyOf", ()))


def _member(value: Json, place: str) -> Json:
    try:
        return at(value, place)
    except KeyError:
        return None


def _put(value: Json, place: str, member: Json, *, make: bool = True) -> None:
    """Set the member at a pointer; objects on the way to it are made, unless `make` is off."""
    *above, last = parts(place)
    for part in above:
        if not isinstance(value.get(part), dict):
            if not make:
                return
            value[part] = {}
        value = value[part]
    value[last] = member


def _timestamp(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


# --- Keys -----------------------------------------------------------------------------------------


def _holder(service: Service, request: Request, operation: Operation) -> Holder | None:
    """Whose keys the request carries; None if they are not somebody's, each whole and right."""
    security = operation.definition.get("security", service.document.get("security"))
    if not security or service.faults.on("accept-any-key", operation):
        return service.holders[0]
    schemes = service.document.get("components", {}).get("securitySchemes", {})
    ways = [[schemes[name].get("name") for name in requirement] for requirement in security]
    given = [request.header(name) or "" for name in service.headers]
    if [] in ways and not any(given):
        return service.holders[0]
    accepted = None
    for holder in service.holders:
        # Every holder and every key is compared, whatever the ones before gave.
        pairs = zip(given, holder.values, strict=True)
        right = [hmac.compare_digest(_octets(sent, "latin-1"), _octets(value, "utf-8")) for sent, value in pairs]
        same = dict(zip(service.headers, right, strict=True))
        if service.faults.on("accept-wrong-secret", operation):
            same[service.headers[-1]] = True
        if accepted is None and any(way and all(same.get(name, False) for name in way) for way in ways):
            accepted = holder
    return accepted


def _octets(text: str, encoding: str) -> bytes:
    # A header is read as Latin-1, the environment as UTF-8 with surrogates for what is not: so both
    # give back the bytes that they were made of, and neither fails.
    return text.encode(encoding, "surrogateescape" if encoding == "utf-8" else "replace")


# --- Refusals -------------------------------------------------------------------------------------


def _unknown(service: Service, there: Sequence[Operation]) -> Response:
    """404 for a path that no operation has, 405 for a method, in the API's own shape."""
    status = 405 if there else 404
    body = _error_body(service, HTTPStatus(status).phrase, status)
    if not there:
        return Response(status, body)
    allowed = ", ".join(sorted({each.method for each in there}))
    return Response(status, body, {"Allow": allowed}, path=there[0].path)


def _refusal(service: Service, operation: Operation, status: int, detail: str = "") -> Response:
    """An answer with a documented status: its example, or a body in the API's shape."""
    if _documented(operation, status) is None:
        fallback = service.behaviour.errors.malformed if status < 500 else 500
        status = fallback if _documented(operation, fallback) is not None else status
    definition = follow(service.document, _documented(operation, status) or {})
    example = next((media["example"] for media in definition.get("content", {}).values() if "example" in media), None)
    if example is not None and not detail:
        return Response(status, copy.deepcopy(example))
    description = detail or definition.get("description") or HTTPStatus(status).phrase
    return Response(status, {**_error_body(service, description, status), **_codes(service, example)})


def _documented(operation: Operation, status: int) -> Json:
    """What an operation documents for a status: by its number, its range, or `default`; None if nothing does."""
    responses = operation.definition["responses"]
    return next((responses[key] for key in (str(status), f"{status // 100}XX", "default") if key in responses), None)


def _codes(service: Service, example: Json) -> Json:
    """The members of an example that do not describe: they hold for every error of its status."""
    if not isinstance(example, dict):
        return {}
    described = {name for name, text in service.behaviour.errors.body.items() if "{description}" in str(text)}
    return {name: value for name, value in example.items() if name not in described}


def _error_body(service: Service, description: str, status: int) -> dict[str, Any]:
    words = {"{description}": description, "{phrase}": HTTPStatus(status).phrase.upper().replace(" ", "_")}
    text = json.dumps(service.behaviour.errors.body)
    for word, value in words.items():
        text = text.replace(word, json.dumps(value)[1:-1])
    body: dict[str, Any] = json.loads(text)
    return body


def _unchecked(request: Request, path: Mapping[str, str]) -> Checked:
    """The values of a request that does not fit the document, as far as they can be read."""
    try:
        body = parsed(request.body)
    except RefusedError:
        body = {}
    return Checked(path, {}, body)
