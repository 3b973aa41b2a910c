"""Faults of identity: what is created and what is found by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from ...document import Json
from ..members import member
from ..messages import Response
from ..resource import Resource
from ..service import Call, Handler, Outcome
from .fault import (
    Fault,
    Put,
    Through,
    absent,
    account,
    answering,
    asked_for,
    creating,
    holder,
    holding,
    layered,
    newest,
    showing,
    through,
    views,
)
from .values import with_member


def _repeating(inner: Handler, call: Call) -> Outcome:
    before = call.service.numbered

    def numbered(sequence: int) -> int:
        return before(sequence - 1 + sequence % 2)  # every second one is called as the one before it

    return inner(replace(call, service=replace(call.service, numbered=numbered)))


def _hidden(call: Call, response: Response) -> Response:
    if response.status >= 400:
        return response
    return absent(call)


def _unknown(status: int) -> Put:
    """A fault that answers with another status where no such resource is."""

    def change(call: Call, response: Response) -> Response:
        unknown = holder(call) is not None and call.store.find(account(call), asked_for(call)) is None
        refused = response.status == call.service.behaviour.errors.absent
        return replace(response, status=status) if refused and unknown else response

    return answering(change)


def _called(change: Callable[[Call, str], str]) -> Put:
    """A fault in the identity that is shown; `change` gets the right one."""

    def shown(call: Call, body: Json) -> Json:
        place = call.service.behaviour.identity
        own = member(body, place)
        return with_member(body, place, change(call, own)) if isinstance(own, str) else body

    return showing(shown)


def _of_newest(call: Call, own: str) -> str:
    last = newest(call)
    return last.identity if last else own


class _Newest(Through):
    """A store that finds its newest resource where it has none of an identity."""

    def find(self, account: str | None, identity: str) -> Resource | None:
        return self.store.find(account, identity) or newest(self.call)


FAULTS: Mapping[str, Fault] = {
    "repeat-identity": Fault(
        "every second creation gets the identity of the one before", layered(_repeating), creating
    ),
    "forget-created": Fault("what was created is forgotten", holding(lambda *_: None), creating),
    "hide-created": Fault("what was created is not found", answering(_hidden), views),
    "other-identity": Fault("the identity is shown turned round", _called(lambda _, own: own[::-1]), views),
    "identity-of-newest": Fault("the identity of the newest resource is shown", _called(_of_newest), views),
    "unknown-found": Fault("an unknown identity shows the newest resource", through(_Newest), views),
    "unknown-400": Fault("an unknown identity is answered 400", _unknown(400), views),
    "unknown-500": Fault("an unknown identity is answered 500", _unknown(500), views),
}
