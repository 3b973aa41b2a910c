"""Schemathesis as the maker of requests: its cases leave through our sender, and only through it.

Its checks are not used, and neither are its sessions: what it makes is sent, logged and judged
with everything else. The subclasses below reach into the pinned version; a test counts at a server
what was sent, so that a new version that goes round them is seen.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import requests
import schemathesis
from schemathesis.core.transport import Response
from schemathesis.generation.case import Case
from schemathesis.generation.meta import CoveragePhaseData
from schemathesis.schemas import BaseSchema
from schemathesis.transport.requests import RequestsTransport

from ..document import Json, Operation, operations, parts
from ..project import Given
from .reading import INVALID, Reader
from .samples import json_schema, labelled, pinned, pruned
from .sender import Sender, Unanswered

_THEIR_HEADERS = ("X-Schemathesis-TestCaseId", "User-Agent")
"""What Schemathesis adds for its own reports: a request that is sent again should be as short as it can be."""

_SENDABLE = ("method", "url", "headers", "files", "data", "params", "cookies", "json")


class SenderTransport(RequestsTransport):
    """Serializes as Schemathesis does, and sends as we do, whatever session it is handed."""

    def __init__(self, sender: Sender, serializers: RequestsTransport) -> None:
        super().__init__()
        self._copy_serializers_from(serializers)
        self.sender = sender

    def send(self, case: Case[Any], *, session: requests.Session | None = None, **kwargs: Any) -> Response:  # noqa: ARG002 - theirs
        """The answer to a case. Raises what `Sender.send` raises."""
        data = self.serialize_case(case, **kwargs)
        for name in _THEIR_HEADERS:
            data["headers"].pop(name, None)
        self.sender.send(requests.Request(**{name: data[name] for name in _SENDABLE if name in data}))
        if self.sender.answer is None:
            raise Unanswered
        return Response.from_requests(self.sender.answer, verify=True)


def schema(document: Json, sender: Sender, *, seed: int, only: Sequence[Operation], examples: int) -> BaseSchema:
    """The Schemathesis schema of a document, whose every request leaves through `sender`.

    `only` are the operations to make requests for, `examples` how many of them each fuzzing makes
    at most. Methods that no operation documents are never tried: what they do is nobody's promise.
    """
    config = schemathesis.Config.from_dict(
        {
            "seed": seed,
            "base-url": sender.connection.base_url,
            "generation": {
                "max-examples": examples,
                "no-shrink": True,
                "with-security-parameters": False,
                "database": "none",
            },
            "phases": {"coverage": {"unexpected-methods": []}},
        }
    )
    loaded = schemathesis.openapi.from_dict(_narrowed(document, only), config=config)
    transport = SenderTransport(sender, loaded.transport)  # type: ignore[arg-type]
    guarded: type[BaseSchema] = type("SentSchema", (type(loaded),), {"transport": property(lambda _: transport)})
    return guarded(loaded.raw_schema, config=loaded.config)


def _narrowed(document: Json, only: Sequence[Operation]) -> Json:
    """The document with no operations but `only`, and no links that lead to others."""
    names, places = {operation.id for operation in only}, {operation.pointer for operation in only}
    narrowed = copy.deepcopy(document)
    for operation in list(operations(narrowed)):
        if operation.pointer not in places:
            del narrowed["paths"][operation.path][operation.method.lower()]
        for response in operation.definition.get("responses", {}).values():
            links = response.get("links", {})
            for name in [name for name, link in links.items() if link.get("operationId") not in names]:
                del links[name]
    return narrowed


def fit(
    case: Case[Any],
    operation: Operation,
    *,
    document: Json,
    given: Mapping[str, Sequence[tuple[Given, Json]]],
    labels: Mapping[str, str],
    reader: Reader,
) -> bool:
    """Put the given values into a case's body, and say whether it is meant to be accepted.

    A body meant to be accepted loses the members that no schema names, whose fate is open, and gets a text
    at the place in `labels`, by operation, that says whose it is, unless that text is what the case is about. One
    meant to be refused keeps what makes it so: it gets the values only where it stays invalid.
    """
    body_schema = json_schema(document, operation)
    positive = case.meta is None or case.meta.generation.mode.is_positive
    values, label = given.get(operation.id, ()), labels.get(operation.id, "")
    if body_schema is None or not (values or label) or not isinstance(case.body, dict):
        return positive
    if positive:
        body = pruned(document, body_schema, case.body)
        if label and not _is_about(case, label):
            body = labelled(body, label, lambda value: reader.body(operation, value) != INVALID)
        case.body = pinned(body, values)
        return True
    candidate = pinned(case.body, values)
    if reader.body(operation, candidate) == INVALID:
        case.body = candidate
    return False


def _is_about(case: Case[Any], place: str) -> bool:
    """Whether a case of the coverage phase is made for the member at a place: only its description says so."""
    data = case.meta.phase.data if case.meta else None
    return isinstance(data, CoveragePhaseData) and f"'{parts(place)[-1]}'" in (data.description or "")
