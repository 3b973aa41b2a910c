"""Faults of isolation between accounts, and of what keys may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ...behaviour import Behaviour
from ..messages import Response
from ..resource import Resource
from ..service import Call, Handler, Outcome
from .fault import (
    At,
    Fault,
    Through,
    about_one,
    absent,
    account,
    answering,
    asked_for,
    changes,
    creating,
    holder,
    layered,
    lists,
    reads,
    ruled,
    through,
    views,
)
from .lists import listing


def _isolated(at: At) -> At:
    return lambda service: at(service) if service.behaviour.isolated else ()


def _permitted(at: At) -> At:
    return lambda service: at(service) if service.behaviour.permissions else ()


class _OfAll(Through):
    """A store that finds everybody's resources."""

    def find(self, account: str | None, identity: str) -> Resource | None:  # noqa: ARG002
        return self.store.find(None, identity)


def _quietly(inner: Handler, call: Call) -> Outcome:
    response, changed = inner(call)
    if changed is not None or response.status != call.service.behaviour.errors.absent:
        return response, changed
    return response, inner(replace(call, store=_OfAll(call)))[1]


def _forbidden(call: Call, response: Response) -> Response:
    mine = call.store.find(account(call), asked_for(call))
    other = holder(call) is not None and mine is None and call.store.find(None, asked_for(call)) is not None
    refused = response.status == call.service.behaviour.errors.absent
    return replace(response, status=403) if other and refused else response


def _may(behaviour: Behaviour, operation: str) -> Behaviour:
    allowed = tuple(replace(each, may=each.may | {operation}) for each in behaviour.permissions)
    return replace(behaviour, permissions=allowed)


def _may_not(behaviour: Behaviour, operation: str) -> Behaviour:
    refused = tuple(replace(each, may=each.may - {operation}) for each in behaviour.permissions)
    return replace(behaviour, permissions=refused)


def _denied_as_absent(call: Call, response: Response) -> Response:
    found = holder(call)
    for each in call.service.behaviour.permissions:
        if found and each.holder == found.name and call.route.operation.id not in each.may:
            return absent(call)
    return response


ISOLATION: Mapping[str, Fault] = {
    "show-others": Fault("another account's resource is shown", through(_OfAll), _isolated(views)),
    "change-others": Fault("another account's resource is changed", through(_OfAll), _isolated(changes)),
    "change-others-quietly": Fault(
        "another account's resource is refused as absent, and changed all the same",
        layered(_quietly),
        _isolated(changes),
    ),
    "forbid-others": Fault(
        "another account's resource is refused with 403, which tells that it is there",
        answering(_forbidden),
        _isolated(about_one),
    ),
    "list-others": Fault(
        "other accounts' resources are listed", listing(lambda asked: asked.page(account=None)), _isolated(lists)
    ),
    "list-others-filtered": Fault(
        "other accounts' resources are listed where a filter is asked for",
        listing(lambda asked: asked.page(account=None if asked.wanted else asked.account)),
        _isolated(lists),
    ),
    "count-others": Fault(
        "the total counts other accounts' resources",
        listing(lambda asked: (asked.page()[0], asked.page(account=None)[1])),
        _isolated(lists),
    ),
}

PERMISSIONS: Mapping[str, Fault] = {
    "view-may-create": Fault("keys that may only read create", ruled(_may), _permitted(creating)),
    "view-may-change": Fault("keys that may only read change", ruled(_may), _permitted(changes)),
    "view-may-not-read": Fault("keys that may read are refused", ruled(_may_not), _permitted(reads)),
    "deny-as-absent": Fault(
        "what keys may not do is answered as if nothing were there",
        answering(_denied_as_absent),
        _permitted(lambda service: [*creating(service), *changes(service)]),
    ),
}
