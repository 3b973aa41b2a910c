"""Faults of shapes and statuses: what answers are, and what is taken."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from ...document import Json, Operation, follow, operations, parts
from ..messages import RefusedError, Request, Response, encoded
from ..routes import Checked, Route
from ..service import Call, Handler, Outcome, Service
from .fault import (
    At,
    Fault,
    Put,
    Where,
    answering,
    checking,
    creating,
    everywhere,
    instead,
    lax,
    layered,
    newest,
    refusing,
    sending,
    sent,
    showing,
    success,
    views,
    with_body,
    within,
)
from .values import everywhere_called, texts

_NAMED = frozenset({"properties", "patternProperties", "$defs", "definitions", "schemas", "dependentSchemas"})
"""Keywords whose members are names, not keywords."""


# --- Answers --------------------------------------------------------------------------------------


def _wrong_enum(call: Call, body: Json) -> Json:
    name = parts(call.service.behaviour.lifecycle.member)[-1]
    return everywhere_called(body, name, lambda _: "plumbline_unlisted")


def _wrong_type(call: Call, body: Json) -> Json:
    # A true is neither a text nor a number, whichever of them an identity is.
    return everywhere_called(body, parts(call.service.behaviour.identity)[-1], lambda _: True)


def _time_without_offset(call: Call, body: Json) -> Json:
    for setting in call.service.behaviour.sets:
        if setting.is_time:
            name = parts(setting.member)[-1]
            body = everywhere_called(body, name, lambda text: text[:-1] if str(text).endswith("Z") else text)
    return body


def _with_times(service: Service) -> Collection[str]:
    """All operations, where a resource has times as texts."""
    members = [each.member for each in service.behaviour.sets if each.is_time]
    shown = [success(service, each) for each in operations(service.document) if each.id in views(service)]
    timed = any(within(service, schema, place).get("format") == "date-time" for schema in shown for place in members)
    return everywhere(service) if timed else ()


def _of_required(change: Callable[[dict[str, Json], str], None]) -> Put:
    """A fault in the last required member of the innermost object that has one."""

    def changed(call: Call, body: Json) -> Json:
        _innermost(body, success(call.service, call.route.operation), call.service.document, change)
        return body

    return showing(changed)


def _innermost(
    body: Json, schema: Mapping[str, Json], document: Json, change: Callable[[dict[str, Json], str], None]
) -> bool:
    schema = follow(document, schema)
    if not isinstance(body, dict):
        return False
    members = schema.get("properties", {}).items()
    if any(_innermost(body.get(name), member, document, change) for name, member in members):
        return True
    for name in reversed(schema.get("required", ())):
        if name in body:
            change(body, name)
            return True
    return False


def _drop(body: dict[str, Json], name: str) -> None:
    del body[name]


def _blank(body: dict[str, Json], name: str) -> None:
    body[name] = None


def _of_success(**fields: Json) -> Put:
    """A fault in what a success is beside its body."""
    return answering(lambda _, response: replace(response, **fields) if 200 <= response.status < 300 else response)


def _cut(_: Call, response: Response) -> Response:
    if not 200 <= response.status < 300 or not response.content:
        return response
    return replace(response, content=response.content[:-1])


def _undocumented(call: Call, response: Response) -> Response:
    if response.status != call.service.behaviour.errors.malformed:
        return response
    documented = call.route.operation.definition["responses"]
    return replace(response, status=next(each for each in (422, 418, 421, 424) if str(each) not in documented))


def _refusal(**fields: Json) -> Put:
    return refusing(lambda _, response: replace(response, **fields))


# --- What is taken, and what is not ---------------------------------------------------------------


def _fitting(change: Callable[[dict[str, Json]], dict[str, Json]]) -> Put:
    """A fault that goes by a document with other schemas, to check requests."""

    def put_into(service: Service, where: Where) -> Service:
        document = _rewritten(service.document, change, named=False)
        routes = {each.id: Route(each, document) for each in operations(document) if where(each)}
        before = service.check

        def check(route: Route, request: Request, path: Mapping[str, str]) -> Checked:
            return before(routes.get(route.operation.id, route), request, path)

        return replace(service, check=check)

    return put_into


def _rewritten(value: Json, change: Callable[[dict[str, Json]], dict[str, Json]], *, named: bool) -> Json:
    if isinstance(value, list):
        return [_rewritten(item, change, named=False) for item in value]
    if not isinstance(value, dict):
        return value
    within = {name: _rewritten(each, change, named=not named and name in _NAMED) for name, each in value.items()}
    return within if named else change(within)


def _without(says: str, *keywords: str) -> Fault:
    """A fault that does not look at some keywords of schemas."""
    return Fault(says, _ignoring(*keywords), _using(*keywords))


def _ignoring(*keywords: str) -> Put:
    def change(schema: dict[str, Json]) -> dict[str, Json]:
        # A parameter, too, is `required`, but says so by true and not by a list.
        return {name: each for name, each in schema.items() if name not in keywords or isinstance(each, bool)}

    return _fitting(change)


def _tightened(says: str, keyword: str, by: int) -> Fault:
    """A fault that takes a bound for another one."""

    def change(schema: dict[str, Json]) -> dict[str, Json]:
        bound = schema.get(keyword)
        return {**schema, keyword: bound + by} if isinstance(bound, int) else schema

    return Fault(says, _fitting(change), _using(keyword))


def _using(*keywords: str) -> At:
    """The operations in whose requests a schema has one of some keywords."""

    def uses(document: Json, operation: Operation) -> bool:
        seen: set[int] = set()
        waiting = [*operation.parameters, operation.definition.get("requestBody", {})]
        while waiting:
            value = waiting.pop()
            value = follow(document, value) if isinstance(value, dict) else value
            if id(value) in seen or not isinstance(value, dict | list):
                continue
            seen.add(id(value))
            if isinstance(value, dict) and any(not isinstance(value.get(each, True), bool) for each in keywords):
                return True
            waiting += value.values() if isinstance(value, dict) else value
        return False

    return lambda service: [each.id for each in operations(service.document) if uses(service.document, each)]


def _refuse_without_optional(service: Service, operation: Operation, body: Json) -> Json:
    schema = sent(service, operation)
    optional = [name for name in schema.get("properties", ()) if name not in schema.get("required", ())]
    if any(name not in body for name in optional[-1:]):
        raise RefusedError(400, f"{optional[-1]} is missing")
    return body


def _lax(inner: Handler, call: Call) -> Outcome:
    return inner(replace(call, service=lax(call.service)))


def _lax_query(inner: Handler, call: Call) -> Outcome:
    """Answer without the parameters of the query where they are what is wrong."""
    before = call.service.check

    def check(route: Route, request: Request, path: Mapping[str, str]) -> Checked:
        try:
            return before(route, request, path)
        except RefusedError:
            values = before(route, replace(request, query=""), path)
            return replace(values, query=route.unchecked(request, path).query)

    return inner(replace(call, service=replace(call.service, check=check)))


def _refusing_if(odd: Callable[[Checked, Request], bool], what: str) -> Put:
    def look(values: Checked, request: Request) -> Checked:
        if odd(values, request):
            raise RefusedError(400, f"{what} are not taken")
        return values

    return checking(look)


def _beyond_ascii(values: Checked, _: Request) -> bool:
    read = (values.query, values.body, dict(values.path))
    return any(not text.isascii() for each in read for text in texts(each))


def _leave_behind(inner: Handler, call: Call) -> Outcome:
    response, changed = inner(call)
    if changed is not None or response.status != call.service.behaviour.errors.malformed:
        return response, changed
    before, sequence = newest(call), call.store.next_sequence
    _, taken = inner(replace(call, service=lax(call.service)))
    if taken is None:
        return response, None
    # Like the last one, so that nothing is wrong with it but that it is there.
    like = before.sent if before else taken.sent
    return response, replace(taken, sent=like, sequence=sequence)


FAULTS: Mapping[str, Fault] = {
    "wrong-enum": Fault("a state is answered that the document does not list", showing(_wrong_enum)),
    "drop-required": Fault("a required member of a success is left out", _of_required(_drop)),
    "null-required": Fault("a required member of a success is null", _of_required(_blank)),
    "wrong-type": Fault("an identity is answered as true", showing(_wrong_type)),
    "time-without-offset": Fault("times are answered without their offset", showing(_time_without_offset), _with_times),
    "cut-body": Fault("the JSON text of a success lacks its last character", answering(_cut)),
    "wrong-status": Fault("a success has a status that is not documented", _of_success(status=202)),
    "wrong-media-type": Fault("a success is text/plain", _of_success(media_type="text/plain")),
    "undocumented-refusal": Fault("what is malformed is refused with an undocumented status", answering(_undocumented)),
    "error-as-list": Fault(
        "the body of a refusal is an array", refusing(lambda _, it: replace(it, content=encoded([it.body])))
    ),
    "error-as-page": Fault(
        "a refusal is an HTML page", _refusal(content=b"<!doctype html><title>Error</title>", media_type="text/html")
    ),
    "error-without-body": Fault("a refusal has no body", _refusal(content=b"")),
    "error-500": Fault("every request is answered 500", instead(500)),
    "refuse-valid": Fault("every request is refused as malformed", instead(400)),
    "accept-invalid": Fault("requests are not checked against the document", layered(_lax)),
    "accept-invalid-query": Fault("parameters in the query that are not valid are taken for none", layered(_lax_query)),
    "accept-above-maximum": _without("numbers above their maximum are taken", "maximum", "exclusiveMaximum"),
    "accept-below-minimum": _without("numbers below their minimum are taken", "minimum", "exclusiveMinimum"),
    "accept-too-long": _without("texts longer than their longest are taken", "maxLength"),
    "accept-blank": _without("texts that are too short, or of another pattern, are taken", "minLength", "pattern"),
    "accept-unlisted": _without("values that an enumeration does not list are taken", "enum", "const"),
    "accept-other-type": Fault("values of another type are taken in bodies", _ignoring("type"), with_body),
    "accept-missing": Fault("bodies without a required member are taken", _ignoring("required"), with_body),
    "accept-empty-object": _without("objects with too few members are taken", "minProperties"),
    "refuse-maximum": _tightened("a number that is its maximum is refused", "maximum", -1),
    "refuse-minimum": _tightened("a number that is its minimum is refused", "minimum", 1),
    "refuse-longest": _tightened("a text of the greatest length is refused", "maxLength", -1),
    "refuse-without-optional": Fault(
        "a body without its last optional member is refused", sending(_refuse_without_optional), with_body
    ),
    "refuse-unicode": Fault("texts beyond ASCII are refused", _refusing_if(_beyond_ascii, "texts beyond ASCII")),
    "refuse-percent-encoding": Fault(
        "percent-encoded characters are refused",
        _refusing_if(lambda _, request: "%" in request.path + request.query, "percent-encoded characters"),
    ),
    "create-refused": Fault(
        "a creation that is refused as malformed leaves something behind", layered(_leave_behind), creating
    ),
}
