"""Deviations that the mock is told to make, so that a suite can be seen to find them.

A fault is named alone, for all operations, or as `NAME:OPERATION` for one.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ..behaviour import Behaviour
from ..document import Json, Operation, follow, parts
from ..errors import UsageError
from .messages import Request, Response

KNOWN = {
    "wrong-enum": "a state is answered that the document does not list",
    "drop-required": "a required member of a success is left out",
    "wrong-type": "an identity is answered as a number",
    "wrong-status": "a success has a status that is not documented",
    "wrong-media-type": "a success is text/plain",
    "error-500": "every request is answered 500",
    "quota": "a creating operation answers 403",
    "cap": "a creating operation answers 429",
    "accept-wrong-secret": "the last key is not looked at",
    "accept-any-key": "no key is looked at",
    "accept-invalid": "requests are not checked against the document",
    "refuse-valid": "every request is refused as malformed",
    "tell-secret": "an answer repeats a key that it was sent",
    "hide-created": "what was created is not found",
}


@dataclass(frozen=True)
class Faults:
    """The faults that are on, and where."""

    active: frozenset[tuple[str, str]] = frozenset()
    """(name, operationId or nothing for all)."""

    def on(self, name: str, operation: Operation) -> bool:
        """Whether a fault is on for an operation."""
        return (name, "") in self.active or (name, operation.id) in self.active


def chosen(words: Iterable[str], operations: Iterable[str]) -> Faults:
    """The faults that `words` name. Raises `UsageError` for an unknown name or operation."""
    known, pairs = set(operations), set()
    for word in words:
        name, _, operation = word.partition(":")
        if name not in KNOWN:
            raise UsageError(f"no fault is called {name!r}", hint=f"There is {', '.join(KNOWN)}.")
        if operation and operation not in known:
            raise UsageError(f"no operation is called {operation!r}", hint=f"There is {', '.join(sorted(known))}.")
        pairs.add((name, operation))
    return Faults(frozenset(pairs))


def instead(faults: Faults, operation: Operation, behaviour: Behaviour) -> int | None:
    """The status that a fault answers with before anything is done; None if none does."""
    creating = operation.id in behaviour.creating
    for name, status, applies in (
        ("error-500", 500, True),
        ("quota", 403, creating),
        ("cap", 429, creating),
        ("refuse-valid", 400, True),
    ):
        if applies and faults.on(name, operation):
            return status
    return None


def altered(
    faults: Faults,
    request: Request,
    response: Response,
    operation: Operation,
    behaviour: Behaviour,
    document: Json,
    *,
    keys: Sequence[str],
) -> Response:
    """The response as the faults make it; `keys` are the headers that carry keys."""
    if faults.on("tell-secret", operation):
        told = ", ".join(request.header(name) or "" for name in keys)
        response = replace(response, headers={**response.headers, "X-Debug": told})
    if not 200 <= response.status < 300:
        return response
    for name, change in _CHANGES.items():
        if faults.on(name, operation):
            response = replace(response, body=change(copy.deepcopy(response.body), operation, behaviour, document))
    if faults.on("wrong-status", operation):
        response = replace(response, status=202)
    if faults.on("wrong-media-type", operation):
        response = replace(response, media_type="text/plain")
    return response


def _wrong_enum(body: Json, operation: Operation, behaviour: Behaviour, document: Json) -> Json:  # noqa: ARG001 - a change
    name = parts(behaviour.lifecycle.member)[-1]
    return _everywhere(body, name, lambda _: "plumbline_unlisted")


def _wrong_type(body: Json, operation: Operation, behaviour: Behaviour, document: Json) -> Json:  # noqa: ARG001 - a change
    return _everywhere(body, behaviour.identity, lambda _: 12345)


def _drop_required(body: Json, operation: Operation, behaviour: Behaviour, document: Json) -> Json:  # noqa: ARG001 - a change
    for status, answer in operation.definition["responses"].items():
        for media in follow(document, answer).get("content", {}).values() if status.startswith("2") else ():
            _drop(body, media.get("schema", {}), document)
    return body


def _drop(body: Json, schema: Mapping[str, Json], document: Json) -> bool:
    """Drop the last required member of the innermost object that has one; whether one was there."""
    schema = follow(document, schema)
    if not isinstance(body, dict):
        return False
    if any(_drop(body.get(name), member, document) for name, member in schema.get("properties", {}).items()):
        return True
    for name in reversed(schema.get("required", ())):
        if name in body:
            del body[name]
            return True
    return False


_CHANGES: dict[str, Callable[[Json, Operation, Behaviour, Json], Json]] = {
    "wrong-enum": _wrong_enum,
    "wrong-type": _wrong_type,
    "drop-required": _drop_required,
}


def _everywhere(value: Json, name: str, change: Callable[[Json], Json]) -> Json:
    """A copy of `value` in which every member called `name` is changed."""
    if isinstance(value, list):
        return [_everywhere(item, name, change) for item in value]
    if isinstance(value, dict):
        return {
            each: change(member) if each == name else _everywhere(member, name, change)
            for each, member in value.items()
        }
    return value
