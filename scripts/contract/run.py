"""One run of the suite: what it judges, against what, with what; and how it comes to its verdict."""

from __future__ import annotations

import datetime
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import requests

from ..behaviour import Behaviour, Change
from ..document import Json, Operation
from ..overlay import Standing, stated
from ..project import Api, Given
from . import accepted, stock
from .accepted import Deviation
from .budget import Budget, Mode
from .exchanges import Exchange
from .patience import Patience
from .reading import INVALID, Reader
from .samples import filled, json_schema, labelled, pinned, sample
from .sender import SAFE_METHODS, Sender
from .stock import Held
from .verdict import Finding, Ledger, Promise, Verdict, judge

UNKNOWN = "plumbline-unknown"
"""An identity that no server gives."""


@dataclass
class Run:
    """Everything that a test of the suite may use."""

    api: Api
    document: Json = field(repr=False)
    behaviour: Behaviour | None = field(repr=False)
    """None where the API has no `behaviour.yaml`."""
    standings: Mapping[str, Standing] = field(repr=False)
    usable: Sequence[Operation]
    """The operations that the mode allows to be called."""
    scope: Sequence[Operation]
    """Those of them to judge."""
    out_of_scope: Mapping[str, str]
    """operationId to the reason why it is not judged."""
    given: Mapping[str, Sequence[tuple[Given, Json]]] = field(repr=False)
    """operationId to the values that must exist on the server, each with the one to use."""
    labels: Mapping[str, str] = field(repr=False)
    """operationId to the place in its body of the text by which people know what the run created."""
    others: Mapping[str, Mapping[str, str]] = field(repr=False)
    """Holder to header to value, of those beside the account whose keys are known."""
    sender: Sender
    reader: Reader = field(repr=False)
    seed: int
    inferred_fails: bool
    deviations: Sequence[Deviation] = ()
    """What the target is known not to keep, and is accepted for a while."""
    since: int = 0
    """How many exchanges the log held when this look began: 0 for the first."""
    suspects: Sequence[Finding] = ()
    """What a second look is about; empty in the first."""
    ledger: Ledger = field(default_factory=Ledger)
    held: list[Held] = field(default_factory=list)
    """The resources that the run created or found, in that order."""
    patience: Patience = field(default_factory=Patience)
    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    """operationId to path parameters with which it is known to succeed."""

    @property
    def budget(self) -> Budget:
        return self.sender.budget

    @property
    def mode(self) -> Mode:
        return self.budget.mode

    @property
    def other(self) -> Mapping[str, str] | None:
        """Header to value, of a second account; None where it is not known."""
        return self.others.get("other")

    @property
    def creating(self) -> frozenset[str]:
        """operationIds whose success creates something."""
        return self.sender.creating

    @property
    def endings(self) -> Sequence[Change]:
        """The changes that bring a resource to its end, of those that may be asked for."""
        if self.behaviour is None:
            return ()
        usable, terminal = {operation.id for operation in self.usable}, self.behaviour.lifecycle.terminal
        return [each for each in self.behaviour.changes if each.to in terminal and each.operation in usable]

    @property
    def conditional(self) -> frozenset[str]:
        """operationIds that succeed in some states of a resource only."""
        return self.behaviour.conditional if self.behaviour else frozenset()

    @property
    def exchanges(self) -> Sequence[Exchange]:
        """Those of this look, in the order sent."""
        return self.sender.exchanges[self.since :]

    @property
    def operations(self) -> Mapping[str, Operation]:
        """operationId to the operation, in and out of scope."""
        return self.reader.operations

    def plain_body(self, operation: Operation) -> Json:
        """The plainest body that the document allows with the given values in it; None where it takes none.

        Its label, where it has one, says whose it is.
        """
        schema = json_schema(self.document, operation)
        if schema is None:
            return None
        body = sample(self.document, schema)
        if label := self.labels.get(operation.id):
            body = labelled(body, label, lambda value: self.reader.body(operation, value) != INVALID)
        return pinned(body, self.given.get(operation.id, ()))

    def bodies(self, operation: Operation) -> Iterator[Json]:
        """Bodies of a creating operation, without end, whose resources can be told apart; see `stock.bodies`."""
        plain = self.plain_body(operation)
        if self.behaviour is None:
            return itertools.repeat(plain)
        fixed = [given.member for given, _ in self.given.get(operation.id, ())]
        return stock.bodies(self.document, self.behaviour, operation, plain, fixed=fixed, seed=self.seed)

    def path_of(self, held: Held) -> dict[str, Any]:
        """The path parameter that names a resource."""
        return {self.behaviour.parameter: held.identity} if self.behaviour else {}

    def ask(
        self,
        operation: Operation,
        *,
        path: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Json = None,
        credentials: Mapping[str, str | None] | None = None,
    ) -> Exchange:
        """Send one request to an operation: raises what `Sender.send` raises.

        Path parameters that are not given are those that it is known to succeed with, else unknown
        ones. `credentials` changes the account's, by header, None leaving one out.
        """
        url = self.sender.connection.base_url + self.target(operation, path)
        sent, data = dict(headers or {}), None
        if body is not None:
            sent, data = {"Content-Type": "application/json", **sent}, json.dumps(body).encode()
        request = requests.Request(operation.method, url, params=dict(query or {}), headers=sent, data=data)
        return self.sender.send(request, credentials=credentials)

    def target(self, operation: Operation, path: Mapping[str, Any] | None = None) -> str:
        """The path of an operation with its parameters in it, as `ask` takes them."""
        return filled(operation, {**self.known.get(operation.id, {}), **(path or {})}, unknown=UNKNOWN)

    def send_exactly(
        self,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
        credentials: Mapping[str, str | None] | None = None,
    ) -> Exchange:
        """Send a request as it stands, well-formed or not: raises what `Sender.send` raises.

        `target` is what comes after the base URL.
        """
        url = self.sender.connection.base_url + target
        request = requests.Request(method, url, headers=dict(headers or {}), data=data)
        return self.sender.send(request, credentials=credentials, exact=True)

    def resend(self, exchange: Exchange) -> Exchange:
        """Send the request of an exchange again, as the account: raises what `Sender.send` raises."""
        headers = {name: value for name, value in exchange.request_headers if name.lower() not in _MADE_ANEW}
        return self.sender.send(
            requests.Request(exchange.method, exchange.url, headers=headers, data=exchange.request_body or None),
            exact=True,
        )

    def promised(self, name: str, sentence: str, pointer: str, about: str = "") -> Promise:
        """The promise `name` with the standing and source of a rule of `behaviour.yaml`, or of a part of one.

        `about` says in the source which member, parameter or operation is meant. Raises `LookupError`
        where the API has no behaviour.
        """
        if self.behaviour is None:
            raise LookupError("the API has no behaviour.yaml")
        stated = self.behaviour.where(pointer)
        return Promise(name, sentence, stated.standing, f"{about}: {stated.source}" if about else stated.source)

    def kept(self, promise: Promise, exchange: Exchange) -> None:
        """Note that an exchange kept a promise."""
        self.ledger.keep(promise, _operation(exchange), exchange.number)

    def broken(self, promise: Promise, exchange: Exchange, detail: str, *, pointer: str = "") -> None:
        """Report that an exchange broke a promise, at a part of the document where there is one.

        What stands behind that part stands behind the finding.
        """
        standing = stated(self.standings, pointer) if pointer else None
        finding = Finding(
            promise=promise,
            operations=(_operation(exchange),),
            detail=detail,
            standing=standing.standing if standing else promise.standing,
            source=standing.source if standing else _source(promise, pointer),
            exchange=exchange,
            pointer=pointer,
        )
        self.ledger.report(replace(finding, accepted=accepted.reason(self.deviations, finding, _today())))

    def reads_only(self, operation: Operation) -> bool:
        return operation.method in SAFE_METHODS

    def verdict(self) -> Verdict:
        """What the run comes to so far."""
        verdict = judge(
            self.ledger,
            self.sender.exchanges,
            scope=[operation.id for operation in self.scope],
            inferred_fails=self.inferred_fails,
        )
        remarks = accepted.remarks(self.deviations, self.ledger, _today())
        return replace(verdict, remarks=tuple(str(remark) for remark in remarks))


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


_MADE_ANEW = frozenset({"host", "content-length", "connection", "accept-encoding", "user-agent"})
"""Headers that every request gets when it is sent."""


def _source(promise: Promise, pointer: str) -> str:
    return f"{promise.source}, openapi.yaml#{pointer}" if pointer else promise.source


def _operation(exchange: Exchange) -> str:
    return exchange.operation or f"{exchange.method} {exchange.url}"
