"""Faults of limits: when they are reached, and how that is told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from ...behaviour import Behaviour
from ...document import Json
from ..messages import Response, encoded
from ..resource import Resource
from ..service import Call, Handler, Outcome, Service
from .fault import Fault, Put, Through, creating, instead, layered, lists, reads, ruled, through


def _counted(service: Service) -> Collection[str]:
    """The operations that limits count."""
    return [operation for limit in service.behaviour.limits for operation in limit.counts]


def _limited(service: Service) -> Collection[str]:
    return reads(service) if service.behaviour.limits else ()


def _limited_lists(service: Service) -> Collection[str]:
    return lists(service) if service.behaviour.limits else ()


def _reached(change: Callable[[Call, Response, Outcome], Outcome]) -> Put:
    """A fault once a limit is reached; `change` gets the refusal, and what would be without the limit."""

    def around(inner: Handler, call: Call) -> Outcome:
        response, changed = inner(call)
        if changed is not None or not call.service.limits:
            return response, changed
        free = inner(replace(call, service=replace(call.service, limits={})))
        return change(call, response, free) if free[1] is not None else (response, changed)

    return layered(around)


def _refused(change: Callable[[Call, Response], Response]) -> Put:
    """A fault in how it is told that a limit is reached."""
    return _reached(lambda call, response, _: (change(call, response), None))


def _without_retry_after(_: Call, response: Response) -> Response:
    left = {name: value for name, value in response.headers.items() if name != "Retry-After"}
    return replace(response, headers=left)


def _with_retry_after(value: str) -> Put:
    return _refused(lambda _, response: replace(response, headers={**response.headers, "Retry-After": value}))


def _by(more: int) -> Put:
    """A fault that takes limits for greater than they are."""

    def around(inner: Handler, call: Call) -> Outcome:
        limits = {name: max(most + more, 0) for name, most in call.service.limits.items()}
        return inner(replace(call, service=replace(call.service, limits=limits)))

    return layered(around)


def _counting_too(behaviour: Behaviour, operation: str) -> Behaviour:
    limits = tuple(replace(each, counts=each.counts | {operation}) for each in behaviour.limits)
    return replace(behaviour, limits=limits)


def _emptied(inner: Handler, call: Call) -> Outcome:
    counted = call.service.by(_counting_too(call.service.behaviour, call.route.operation.id))
    reached = inner(replace(call, service=counted))[0].status != inner(call)[0].status
    return inner(replace(call, store=_Empty(call)) if reached else call)


def _ended(call: Call, free: Outcome) -> Resource | None:
    last = call.service.behaviour.lifecycle.course[-1]
    return free[1] and replace(free[1], state=last, ahead=(), entered=call.now, ended=call.now)


class _Empty(Through):
    """A store whose lists are empty."""

    def page(self, account: str | None, wanted: Mapping[str, Json], **asked: Any) -> tuple[list[Resource], int]:  # noqa: ARG002
        return [], 0


class _OfAll(Through):
    """A store that counts what everybody created."""

    def created_since(self, account: str | None, since: float, until: float) -> int:  # noqa: ARG002
        return self.store.created_since(None, since, until)


FAULTS: Mapping[str, Fault] = {
    "quota": Fault("a creating operation answers 403", instead(403), creating),
    "cap": Fault("a creating operation answers 429", instead(429), creating),
    "limit-as-malformed": Fault(
        "that a limit is reached is told by the status of malformed requests",
        _refused(lambda call, response: replace(response, status=call.service.behaviour.errors.malformed)),
        _counted,
    ),
    "limit-as-500": Fault(
        "that a limit is reached is answered 500", _refused(lambda _, response: replace(response, status=500)), _counted
    ),
    "limit-as-list": Fault(
        "that a limit is reached is told by an array",
        _refused(lambda _, response: replace(response, content=encoded([response.body]))),
        _counted,
    ),
    "limit-as-success": Fault(
        "that a limit is reached is answered as a success, and nothing is created",
        _reached(lambda _, __, free: (free[0], None)),
        _counted,
    ),
    "limit-creates": Fault(
        "what is refused for a limit is created all the same",
        _reached(lambda _, response, free: (response, free[1])),
        _counted,
    ),
    "limit-creates-ended": Fault(
        "what is refused for a limit is there all the same, in its last state",
        _reached(lambda call, response, free: (response, _ended(call, free))),
        _counted,
    ),
    "limit-without-retry-after": Fault(
        "that a limit is reached does not tell when it begins anew", _refused(_without_retry_after), _counted
    ),
    "limit-with-odd-retry-after": Fault(
        "Retry-After is neither seconds nor a date", _with_retry_after("soon"), _counted
    ),
    "limit-with-past-retry-after": Fault("Retry-After is negative", _with_retry_after("-1"), _counted),
    "limit-too-late": Fault("a limit is reached one too late", _by(1), _counted),
    "limit-too-early": Fault("a limit is reached one too early", _by(-1), _counted),
    "limit-counts-others": Fault("a limit counts what other accounts created", through(_OfAll), _counted),
    "limit-empties-lists": Fault("where a limit is reached, lists are empty", layered(_emptied), _limited_lists),
    "limit-stops-reads": Fault("where a limit is reached, nothing is read either", ruled(_counting_too), _limited),
}
