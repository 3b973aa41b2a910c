"""Faults of credentials: keys that are looked at loosely or late, and what is told that nobody should know."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from ...document import Json, Operation, operations
from ..keys import Holder, Keys, Security
from ..messages import RefusedError, Request, Response
from ..service import Call, Handler, Outcome, Service
from .fault import Fault, Put, Where, about_one, absent, answering, asked_for, holder, layered, refusing, showing

_Given = Sequence[str | None]
"""The keys that a request carries; None is a missing one."""

_TRACE = 'Traceback (most recent call last): File "/srv/app/handlers.py", line 87, in handle'

_JAVA = "java.lang.NullPointerException\n\tat com.example.jobs.JobResource.find(JobResource.java:214)"


def _secured(service: Service) -> Collection[str]:
    default = service.document.get("security")
    return [each.id for each in operations(service.document) if each.definition.get("security", default)]


def _with_several_keys(service: Service) -> Collection[str]:
    return _secured(service) if len(service.keys.headers) > 1 else ()


# --- Loosely --------------------------------------------------------------------------------------


def _accepting(loose: Callable[[Keys, _Given, Sequence[str]], bool]) -> Put:
    """A fault that also accepts keys for which `loose` holds: those that were sent, and a holder's."""

    def put_into(service: Service, where: Where) -> Service:
        before = service.authenticate

        def authenticate(keys: Keys, request: Request, operation: Operation, security: Security) -> Holder | None:
            found = before(keys, request, operation, security)
            if found is not None or not where(operation):
                return found
            given = [request.header(name) for name in keys.headers]
            return next((each for each in keys.holders if loose(keys, given, each.values)), None)

        return replace(service, authenticate=authenticate)

    return put_into


def _accepting_each(loose: Callable[[str, str], bool]) -> Put:
    """A fault that accepts a key that is right or for which `loose` holds: what was sent, and the right one."""
    return _accepting(
        lambda _, given, held: all(
            sent is not None and (sent == right or loose(sent, right)) for sent, right in zip(given, held, strict=True)
        )
    )


def _some_missing(_: Keys, given: _Given, held: Sequence[str]) -> bool:
    there = [(sent, right) for sent, right in zip(given, held, strict=True) if sent is not None]
    return all(sent == right for sent, right in there) and (bool(there) or len(held) == 1)


def _crossed(keys: Keys, given: _Given, _: Sequence[str]) -> bool:
    columns = zip(*(each.values for each in keys.holders), strict=True)
    return all(sent in column for sent, column in zip(given, columns, strict=True))


# --- Late, and with another status ----------------------------------------------------------------


def _refused_with(status: int) -> Put:
    def change(call: Call, response: Response) -> Response:
        return replace(response, status=status) if holder(call) is None else response

    return refusing(change)


def _before_keys(look: Callable[[Call], Response | None]) -> Put:
    """A fault that tells something of a request before its keys are looked at."""

    def around(inner: Handler, call: Call) -> Outcome:
        told = look(call) if holder(call) is None else None
        return (told, None) if told else inner(call)

    return layered(around)


def _absence(call: Call) -> Response | None:
    if call.store.find(None, asked_for(call)) is not None:
        return None
    return absent(call)


def _malformed(call: Call) -> Response | None:
    try:
        call.service.check(call.route, call.request, call.path)
    except RefusedError as error:
        return call.service.refusals.refusal(call.route.operation, error.status, error.detail)
    return None


# --- Told -----------------------------------------------------------------------------------------


def _given(call: Call) -> str:
    return ", ".join(call.request.header(name) or "" for name in call.service.keys.headers)


def _in_header(call: Call, response: Response) -> Response:
    return replace(response, headers={**response.headers, "X-Debug": _given(call)})


def _in_body(call: Call, body: Json) -> Json:
    return {**body, "debug": _given(call)} if isinstance(body, dict) else body


def _detailed(detail: Callable[[Call], str]) -> Put:
    """A fault that says more in a refusal than it should; what `detail` leaves empty is as it was."""

    def change(call: Call, response: Response) -> Response:
        more = detail(call)
        if not more:
            return response
        told = call.service.refusals.refusal(call.route.operation, response.status, more, headers=response.headers)
        return replace(told, status=response.status)

    return refusing(change)


def _right_key(call: Call) -> str:
    """The last key of the holder whose first one was sent, where the keys are refused."""
    if holder(call) is not None:
        return ""
    first = call.request.header(call.service.keys.headers[0])
    right = next((each.values[-1] for each in call.service.keys.holders if each.values[0] == first), "")
    return right and f"the key should be {right}"


FAULTS: Mapping[str, Fault] = {
    "accept-any-key": Fault("no key is looked at", _accepting(lambda *_: True), _secured),
    "accept-wrong-secret": Fault(
        "the last key is not looked at",
        _accepting(lambda _, given, held: list(given[:-1]) == list(held[:-1])),
        _secured,
    ),
    "accept-wrong-first-key": Fault(
        "the first key is not looked at",
        _accepting(lambda _, given, held: list(given[1:]) == list(held[1:])),
        _with_several_keys,
    ),
    "accept-no-keys": Fault(
        "a request without any key is accepted", _accepting(lambda _, given, __: not any(given)), _secured
    ),
    "accept-missing-key": Fault("a key may be missing where another is right", _accepting(_some_missing), _secured),
    "accept-empty-key": Fault("a key may be empty", _accepting_each(lambda sent, _: not sent), _secured),
    "accept-truncated-key": Fault(
        "the beginning of a key is accepted",
        _accepting_each(lambda sent, right: bool(sent) and right.startswith(sent)),
        _secured,
    ),
    "accept-lengthened-key": Fault(
        "a key with more behind it is accepted", _accepting_each(lambda sent, right: sent.startswith(right)), _secured
    ),
    "accept-other-case": Fault(
        "a key in other letter case is accepted",
        _accepting_each(lambda sent, right: sent.casefold() == right.casefold()),
        _secured,
    ),
    "accept-swapped-keys": Fault(
        "keys are accepted in each other's places",
        _accepting(lambda _, given, held: list(reversed(given)) == list(held)),
        _with_several_keys,
    ),
    "accept-crossed-keys": Fault(
        "one account's key is accepted beside another's", _accepting(_crossed), _with_several_keys
    ),
    "refuse-keys-403": Fault("wrong keys are refused with 403", _refused_with(403), _secured),
    "refuse-keys-404": Fault("wrong keys are refused with 404", _refused_with(404), _secured),
    "refuse-keys-500": Fault("wrong keys are answered 500", _refused_with(500), _secured),
    "absent-before-keys": Fault(
        "unknown identities are told before keys are looked at", _before_keys(_absence), about_one
    ),
    "malformed-before-keys": Fault(
        "malformed requests are told before keys are looked at", _before_keys(_malformed), _secured
    ),
    "tell-secret": Fault("an answer repeats a key that it was sent", answering(_in_header), _secured),
    "tell-secret-in-body": Fault("the body of a success holds a key", showing(_in_body), _secured),
    "tell-secret-in-refusal": Fault("a refusal repeats a key that it was sent", _detailed(_given), _secured),
    "tell-right-key": Fault(
        "a refusal tells the key that would have been right", _detailed(_right_key), _with_several_keys
    ),
    "tell-trace": Fault("a refusal holds a stack trace", _detailed(lambda _: _TRACE)),
    "tell-other-trace": Fault("a refusal holds a stack trace of another language", _detailed(lambda _: _JAVA)),
}
