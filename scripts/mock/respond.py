"""What the mock answers: a pure function of what it holds, the time, and a request.

The order of refusals is that of a careful server: unknown paths and methods, then keys, then what the
keys may do, then the request itself, then limits, and only then whether the resource is there and in
which state it is.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from ..behaviour import Change, Create, Limit, ListRule, View
from ..document import Json, Operation, parts
from .keys import Holder
from .limits import period
from .members import member, merged, put, sent
from .messages import RefusedError, Request, Response, encoded
from .preferences import preferred
from .refusals import documented
from .resource import Resource, frozen
from .routes import Checked
from .service import Call, Handler, Outcome, Service
from .store import Held

_ITEMS = "\N{OBJECT REPLACEMENT CHARACTER}items"
"""What stands for the items in the text of a list until they are put there."""

_CACHED = 50_000
"""Resources whose JSON is kept for the next time that it is shown."""


@dataclass(frozen=True)
class Asked:
    """A request that passed all checks: what there is to do."""

    service: Service
    store: Held
    now: float
    holder: Holder
    operation: Operation
    values: Checked

    @property
    def account(self) -> str | None:
        """The account whose resources are seen; None for those of all."""
        return self.holder.account if self.service.behaviour.isolated else None

    def found(self) -> Resource | None:
        """The resource that the request is about, if its account has it."""
        return self.store.find(self.account, self.values.path.get(self.service.behaviour.parameter, ""))

    def sent(self) -> dict[str, Json]:
        """What the request says of a resource; what the document does not name in it says nothing."""
        body = self.service.shapes.request(self.operation).of(self.values.body)
        return sent(self.service.behaviour, self.operation.id, body)

    def refuse(self, status: int, detail: str = "") -> Response:
        """What the operation answers with a status; `detail` says what is wrong."""
        return self.service.refusals.refusal(self.operation, status, detail)

    def absent(self) -> Response:
        """What is answered where no such resource is."""
        return self.refuse(self.service.behaviour.errors.absent)


def respond(service: Service, store: Held, now: float, request: Request) -> Outcome:
    """The answer to a request at the time `now` (seconds since the epoch), and what changes by it.

    The store, which must have been advanced to `now`, is only read. No answer and no error holds a key.
    """
    route, path, there = service.routes.find(request.method, request.path)
    if route is None:
        return service.refusals.unknown(there), None
    handle: Handler = _operation
    for layer in service.layers:
        handle = partial(layer, handle)
    response, changed = handle(Call(service, store, now, request, route, path))
    made = Response(response.status, response.content, response.headers, response.media_type, route.operation.path)
    return made, changed


def unreadable(service: Service, request: Request) -> Response:
    """The answer to a request that passed all checks but names an object in storage that is not there."""
    reads = service.behaviour.storage and service.behaviour.storage.reads
    return _refused(service, request, reads.otherwise if reads else service.behaviour.errors.absent)


def broken(service: Service, request: Request) -> Response:
    """The answer to a request that the server cannot answer for reasons of its own."""
    return _refused(service, request, 500)


def _refused(service: Service, request: Request, status: int) -> Response:
    route, _, there = service.routes.find(request.method, request.path)
    if route is None:
        return service.refusals.unknown(there)
    return replace(service.refusals.refusal(route.operation, status), path=route.operation.path)


def _operation(call: Call) -> Outcome:
    service, request, operation = call.service, call.request, call.route.operation
    refusals = service.refusals
    holder = service.authenticate(service.keys, request, operation, service.document.get("security", ()))
    if holder is None:
        return refusals.refusal(operation, service.behaviour.errors.refused), None
    instead = service.instead(operation)
    if instead is not None:
        return refusals.refusal(operation, instead), None
    status = preferred(request) if service.prefers else None
    if status is not None and status >= 400 and documented(operation, status) is not None:
        return _as_preferred(call, status), None
    for permission in service.behaviour.permissions:
        if permission.holder == holder.name and operation.id not in permission.may:
            return refusals.refusal(operation, permission.otherwise, "these keys may only read"), None
    try:
        values = service.check(call.route, request, call.path)
    except RefusedError as error:
        return refusals.refusal(operation, error.status, error.detail), None
    asked = Asked(service, call.store, call.now, holder, operation, values)
    return _limit_reached(asked) or _act(asked)


def _as_preferred(call: Call, status: int) -> Response:
    """The refusal that a request asked for; that of a limit is the one of a limit that is reached."""
    service, operation = call.service, call.route.operation
    headers = {"Preference-Applied": f"code={status}"}
    for limit in service.behaviour.limits:
        if limit.status == status and operation.id in limit.counts:
            refused = _limited(service, operation, limit, call.now)
            return replace(refused, headers={**refused.headers, **headers})
    return service.refusals.refusal(operation, status, headers=headers)


def _limit_reached(asked: Asked) -> Outcome | None:
    service, now = asked.service, asked.now
    for limit in service.behaviour.limits:
        most = service.limits.get(limit.name)
        if most is None or asked.operation.id not in limit.counts:
            continue
        if asked.store.created_since(asked.holder.account, period(limit.per, now)[0], now) >= most:
            return _limited(service, asked.operation, limit, now), None
    return None


def _limited(service: Service, operation: Operation, limit: Limit, now: float) -> Response:
    """The answer of a limit that is reached, until its period is over."""
    headers = {"Retry-After": str(math.ceil(period(limit.per, now)[1] - now))}
    return service.refusals.refusal(operation, limit.status, members=limit.body, headers=headers)


def _act(asked: Asked) -> Outcome:
    rule = asked.service.behaviour.rules.get(asked.operation.id)
    if isinstance(rule, View):
        return _show(asked, rule), None
    if isinstance(rule, ListRule):
        return _list(asked, rule), None
    if isinstance(rule, Create):
        return _create(asked, rule)
    if isinstance(rule, Change):
        return _change(asked, rule)
    return asked.refuse(501, "no rule says what this does"), None


# --- What operations do -------------------------------------------------------------------------


def _create(asked: Asked, rule: Create) -> Outcome:
    service, sequence = asked.service, asked.store.next_sequence
    lifecycle = service.behaviour.lifecycle
    resource = Resource(
        identity=service.identity(sequence),
        account=asked.holder.account,
        user=asked.holder.user,
        sequence=sequence,
        sent=frozen(asked.sent()),
        created=asked.now,
        state=lifecycle.first,
        entered=asked.now,
        ahead=lifecycle.course[1:],
        updated=asked.now,
        ended=asked.now if lifecycle.first in lifecycle.terminal else None,
        settled=not service.stores,
    )
    if service.ends:
        course = service.course(service.members.whole(resource))
        ended = None if course[1:] or course[0] not in lifecycle.terminal else asked.now
        resource = replace(resource, state=course[0], ahead=course[1:], ended=ended)
    return _shown(asked, resource, rule.at, rule.beside), resource


def _show(asked: Asked, view: View) -> Response:
    resource = asked.found()
    if resource is None:
        return asked.absent()
    if view.states and resource.state not in view.states:
        return asked.refuse(view.otherwise)
    if not view.shows:
        return _shown(asked, resource, view.at, view.beside)
    whole, body = asked.service.members.whole(resource), copy.deepcopy(dict(view.beside))
    for place, own in view.shows.items():
        put(body, place, member(whole, own))
    return _success(asked, body)


def _change(asked: Asked, rule: Change) -> Outcome:
    resource = asked.found()
    if resource is None:
        return asked.absent(), None
    if rule.states and resource.state not in rule.states:
        return asked.refuse(rule.otherwise, f"it is {resource.state}"), None
    new = asked.sent()
    if rule.does == "move":
        changed = moved(asked.service, resource, rule.to, asked.now)
    else:
        kept = merged(resource.sent, new) if rule.does == "update" else new
        changed = _on_course(asked.service, replace(resource, sent=kept, updated=asked.now))
    return _shown(asked, changed, rule.at, rule.beside), changed


def _on_course(service: Service, resource: Resource) -> Resource:
    """A resource that was changed while time moves it, on the course that its members lead to now."""
    if not service.ends or not resource.ahead:
        return resource
    course = service.course(service.members.whole(resource))
    return replace(resource, ahead=course[course.index(resource.state) + 1 :]) if resource.state in course else resource


def moved(service: Service, resource: Resource, state: str, now: float) -> Resource:
    """A resource that is put into a state; from one of the course, time takes it on."""
    course = service.behaviour.lifecycle.course
    ahead = course[course.index(state) + 1 :] if state in course else ()
    ended = now if state in service.behaviour.lifecycle.terminal else None
    return replace(resource, state=state, entered=now, updated=now, ahead=ahead, ended=ended)


def _list(asked: Asked, rule: ListRule) -> Response:
    query, pages = asked.values.query, rule.pages
    wanted = {own: query[name] for name, own in rule.filters.items() if name in query}
    order, descending = _order(rule, query)
    start, size = 0, None
    body = copy.deepcopy(dict(rule.beside))
    if pages:
        number, size = query.get(pages.number, pages.first), query.get(pages.size, pages.default)
        size = min(size, pages.maximum) if pages.maximum else size
        start = (number - pages.first) * size
        for place, value in ((pages.number_echo, number), (pages.size_echo, size)):
            if place:
                put(body, place, value)
    found, total = asked.store.page(
        asked.account, wanted, order=order, descending=descending, start=max(start, 0), size=size if start >= 0 else 0
    )
    if pages and pages.total:
        put(body, pages.total, total)
    return _listed(asked, rule, body, found)


def _order(rule: ListRule, query: Mapping[str, Json]) -> tuple[str | None, bool]:
    """The member by which a list is sorted, None for the order of creation, and whether downwards."""
    order = rule.order
    if order is None:
        return None, False
    own = order.keys.get(query.get(order.by, "")) if order.by else None
    if own is None and order.unasked:
        return order.unasked, order.unasked_descending
    way = order.direction
    if way is None:
        return own, False
    asked = query.get(way.parameter, way.descending if way.default == "descending" else way.ascending)
    return own, asked == way.descending


def _listed(asked: Asked, rule: ListRule, body: Json, found: list[Resource]) -> Response:
    """The answer of a list: its text with the items', which are kept, put in their place."""
    shapes = asked.service.shapes
    status, shape = shapes.success(asked.operation)
    item = shape and shape.within(parts(rule.at)).items
    items = b"[" + b",".join([text(asked.service, each, item) for each in found]) + b"]"
    if not rule.at:
        return Response(status, items)
    put(body, rule.at, _ITEMS)
    around = encoded(shape.of(body) if shape else body)
    return Response(status, around.replace(encoded(_ITEMS), items, 1))


# --- What an answer shows of a resource ----------------------------------------------------------


def text(service: Service, resource: Resource, shape: Json) -> bytes:
    """The JSON of what a shape shows of a resource."""
    key = id(shape), resource.sequence
    held = service.cache.get(key)
    if held is not None and held[0] is resource:
        return held[1]
    whole = service.members.whole(resource)
    made = encoded(shape.of(whole) if shape else whole)
    if len(service.cache) >= _CACHED:
        service.cache.clear()
    service.cache[key] = resource, made
    return made


def _shown(asked: Asked, resource: Resource, place: str, beside: Mapping[str, Json]) -> Response:
    status, shape = asked.service.shapes.success(asked.operation)
    if shape is None:
        return Response(status)
    if not place and not beside:
        return Response(status, text(asked.service, resource, shape))
    body = copy.deepcopy(dict(beside))
    whole = asked.service.members.whole(resource)
    if place:
        put(body, place, whole)
    else:
        body |= whole
    return _success(asked, body)


def _success(asked: Asked, body: Json) -> Response:
    status, shape = asked.service.shapes.success(asked.operation)
    return Response(status, encoded(shape.of(body))) if shape else Response(status)
