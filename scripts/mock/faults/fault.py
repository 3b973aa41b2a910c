"""What faults are, and what most of them are made of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...behaviour import Behaviour
from ...document import Json, Operation, follow, operations, parts
from ..keys import Holder
from ..messages import RefusedError, Request, Response, encoded
from ..resource import Resource
from ..routes import Checked, Route
from ..service import Call, Handler, Outcome, Service
from ..store import Held

Where = Callable[[Operation], bool]
"""Whether a fault is on for an operation."""

Put = Callable[[Service, Where], Service]
"""What puts a fault into a service."""

At = Callable[[Service], Collection[str]]
"""The operationIds that a fault is about."""


def everywhere(service: Service) -> Collection[str]:
    """All operations."""
    return [operation.id for operation in operations(service.document)]


def creating(service: Service) -> Collection[str]:
    """The operation that creates."""
    return service.behaviour.creating


def views(service: Service) -> Collection[str]:
    """The operations that show a resource."""
    return [view.operation for view in service.behaviour.views]


def conditional(service: Service) -> Collection[str]:
    """The views that can be seen in some states only."""
    return service.behaviour.conditional


def lists(service: Service) -> Collection[str]:
    """The operations that list resources."""
    return [each.operation for each in service.behaviour.lists]


def changes(service: Service) -> Collection[str]:
    """The operations that change a resource."""
    return [each.operation for each in service.behaviour.changes]


def reads(service: Service) -> Collection[str]:
    """The operations that show or list."""
    return [*views(service), *lists(service)]


def about_one(service: Service) -> Collection[str]:
    """The operations whose path names a resource."""
    named = f"{{{service.behaviour.parameter}}}"
    return [operation.id for operation in operations(service.document) if named in operation.path]


def with_body(service: Service) -> Collection[str]:
    """The operations that take a body."""
    return [operation.id for operation in operations(service.document) if "requestBody" in operation.definition]


@dataclass(frozen=True)
class Fault:
    """A fault that can be put in."""

    says: str
    """What it does, for people."""
    put_into: Put
    at: At = everywhere
    """The operations that it is about. For others it does nothing; where there is none, the API cannot have it."""


def layered(around: Callable[[Handler, Call], Outcome]) -> Put:
    """A fault that stands around the handling of requests."""

    def put_into(service: Service, where: Where) -> Service:
        def there(inner: Handler, call: Call) -> Outcome:
            return around(inner, call) if where(call.route.operation) else inner(call)

        return replace(service, layers=(*service.layers, there))

    return put_into


def answering(change: Callable[[Call, Response], Response]) -> Put:
    """A fault that changes answers, and nothing that is held."""

    def around(inner: Handler, call: Call) -> Outcome:
        response, changed = inner(call)
        return change(call, response), changed

    return layered(around)


def showing(change: Callable[[Call, Json], Json]) -> Put:
    """A fault that changes the bodies of successes; `change` gets one of its own."""

    def changed(call: Call, response: Response) -> Response:
        if not 200 <= response.status < 300 or not response.content:
            return response
        return replace(response, content=encoded(change(call, response.body)))

    return answering(changed)


def refusing(change: Callable[[Call, Response], Response]) -> Put:
    """A fault that changes refusals."""
    return answering(lambda call, response: change(call, response) if response.status >= 400 else response)


def ruled(change: Callable[[Behaviour, str], Behaviour]) -> Put:
    """A fault that goes by other rules; `change` also gets the operationId."""

    def around(inner: Handler, call: Call) -> Outcome:
        rules = change(call.service.behaviour, call.route.operation.id)
        return inner(replace(call, service=call.service.by(rules)))

    return layered(around)


def instead(status: int) -> Put:
    """A fault that answers with a status before anything is done, once the keys are right."""

    def put_into(service: Service, where: Where) -> Service:
        before = service.instead
        return replace(service, instead=lambda operation: status if where(operation) else before(operation))

    return put_into


def checking(look: Callable[[Checked, Request], Checked]) -> Put:
    """A fault that looks at what passed the check: it changes the values, or raises `RefusedError`."""

    def put_into(service: Service, where: Where) -> Service:
        before = service.check

        def check(route: Route, request: Request, path: Mapping[str, str]) -> Checked:
            values = before(route, request, path)
            return look(values, request) if where(route.operation) else values

        return replace(service, check=check)

    return put_into


Change = Callable[[Service, Operation, Json], Json]
"""What is made of a body that was sent."""


def sending(change: Change) -> Put:
    """A fault in what is understood of a body once it is found to be valid, or one that refuses it."""

    def put_into(service: Service, where: Where) -> Service:
        before = service.check

        def check(route: Route, request: Request, path: Mapping[str, str]) -> Checked:
            values = before(route, request, path)
            if not where(route.operation) or not isinstance(values.body, dict):
                return values
            return replace(values, body=change(service, route.operation, values.body))

        return replace(service, check=check)

    return put_into


def lax(service: Service) -> Service:
    """A service that takes what does not fit the document, as far as it can be read."""
    before = service.check

    def check(route: Route, request: Request, path: Mapping[str, str]) -> Checked:
        try:
            return before(route, request, path)
        except RefusedError:
            return route.unchecked(request, path)

    return replace(service, check=check)


def holding(change: Callable[[Call, Resource], Resource | None]) -> Put:
    """A fault in what is held after a request that changed something; None is as it was."""

    def around(inner: Handler, call: Call) -> Outcome:
        response, changed = inner(call)
        return response, changed and change(call, changed)

    return layered(around)


class Through:
    """A store seen through a fault: what a fault does not change is the store's own."""

    def __init__(self, call: Call) -> None:
        self.call, self.store = call, call.store

    @property
    def step(self) -> float:
        """The store's."""
        return self.store.step

    @property
    def next_sequence(self) -> int:
        """The store's."""
        return self.store.next_sequence

    def find(self, account: str | None, identity: str) -> Resource | None:
        """The store's."""
        return self.store.find(account, identity)

    def page(self, account: str | None, wanted: Mapping[str, Json], **asked: Any) -> tuple[list[Resource], int]:
        """The store's."""
        return self.store.page(account, wanted, **asked)

    def created_since(self, account: str | None, since: float, until: float) -> int:
        """The store's."""
        return self.store.created_since(account, since, until)


class _Seen(Through):
    """A store whose resources look different when they are read."""

    def __init__(self, call: Call, change: Callable[[Call, Resource], Resource], *, filtered: bool) -> None:
        super().__init__(call)
        self._change, self._filtered = change, filtered

    def find(self, account: str | None, identity: str) -> Resource | None:
        resource = self.store.find(account, identity)
        return resource and self._change(self.call, resource)

    def page(self, account: str | None, wanted: Mapping[str, Json], **asked: Any) -> tuple[list[Resource], int]:
        found, total = self.store.page(account, wanted, **asked)
        if wanted and not self._filtered:
            return found, total
        return [self._change(self.call, each) for each in found], total


def through(view: Callable[[Call], Held]) -> Put:
    """A fault in what is seen of the store."""
    return layered(lambda inner, call: inner(replace(call, store=view(call))))


def seen(change: Callable[[Call, Resource], Resource], *, filtered: bool = True) -> Put:
    """A fault in how resources look when they are read; in lists that are filtered too, unless said otherwise."""
    return through(lambda call: _Seen(call, change, filtered=filtered))


def holder(call: Call) -> Holder | None:
    """Whose keys a request carries; None where it is refused for them."""
    service = call.service
    return service.authenticate(service.keys, call.request, call.route.operation, service.document.get("security", ()))


def account(call: Call) -> str | None:
    """The account whose resources a request sees; None for those of all."""
    found = holder(call)
    return found.account if found and call.service.behaviour.isolated else None


def asked_for(call: Call) -> str:
    """The identity that a request names; empty if it names none."""
    return call.path.get(call.service.behaviour.parameter, "")


def absent(call: Call) -> Response:
    """What a request is answered where no such resource is."""
    return call.service.refusals.refusal(call.route.operation, call.service.behaviour.errors.absent)


def newest(call: Call) -> Resource | None:
    """The resource that was created last, of those that a request sees."""
    found, _ = call.store.page(account(call), {}, order=None, descending=True, start=0, size=1)
    return found[0] if found else None


def success(service: Service, operation: Operation) -> Mapping[str, Json]:
    """The schema of an operation's first success that has a body; without keywords if none has."""
    for status, definition in operation.definition["responses"].items():
        for media in follow(service.document, definition).get("content", {}).values() if status[0] == "2" else ():
            return _mapping(follow(service.document, media.get("schema", {})))
    return {}


def sent(service: Service, operation: Operation) -> Mapping[str, Json]:
    """The schema of an operation's body; without keywords if it has none."""
    body = follow(service.document, operation.definition.get("requestBody", {}))
    for media in body.get("content", {}).values():
        return _mapping(follow(service.document, media.get("schema", {})))
    return {}


def within(service: Service, schema: Mapping[str, Json], place: str) -> Mapping[str, Json]:
    """The schema of what stands at a JSON pointer; without keywords where nothing says it."""
    for name in parts(place):
        schema = _mapping(follow(service.document, schema.get("properties", {}).get(name, {})))
    return schema


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, dict) else {}


def kept(service: Service, operation: str = "") -> list[str]:
    """The members that come back as they were sent: in requests of an operation, or else of resources."""
    rules = service.behaviour.kept
    if not operation:
        return [own for rule in rules for own in rule.members.values()]
    return [place for rule in rules if not rule.operations or operation in rule.operations for place in rule.members]
