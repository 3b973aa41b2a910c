"""A walk through an API: many different requests to a mock in process, so that two mocks can be compared."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from scripts.document import Operation, operations
from scripts.mock.faults import applied, chosen
from scripts.mock.limits import period
from scripts.mock.messages import Request
from scripts.mock.respond import respond
from scripts.mock.service import End, Service
from scripts.mock.store import Store

STEP = 100.0
BEGINNING = 1_700_000_000.0


@dataclass(frozen=True)
class Answer:
    """What was answered."""

    status: int
    media_type: str
    headers: str
    body: str
    """Resources that the walk names stand in it by their names."""


@dataclass(frozen=True)
class Step:
    """One request. In its path `{name}` is the identity of a resource that the walk named; `{%name}` is it encoded."""

    label: str
    method: str
    path: str
    query: str = ""
    body: object = None
    raw: bytes | None = None
    holder: str = "account"
    keys: Mapping[str, str | None] = field(default_factory=dict)
    """Headers that differ from the holder's; None is a missing one."""
    media_type: str = "application/json"
    names: str = ""
    """What the resource that this creates is called from here on."""
    after: float = 0.0
    """Seconds that pass before it."""
    left: int | None = None
    """How many creations every limit leaves to the account from here on."""


@dataclass(frozen=True)
class Walk:
    """What there is before a fault is put in, and the requests after it."""

    service: Service
    keys: Mapping[str, Mapping[str, str]]
    """Holder to the values of headers."""
    before: Sequence[Step]
    steps: Sequence[Step]
    identity: Callable[[object], str]
    """The identity in the body of a creation's answer."""

    def answers(self, *words: str) -> dict[str, Answer]:
        """Label to what is answered, with the faults that `words` name put in before the steps."""
        names = {operation.id for operation in self.operations()}
        mock = _Mocked(self, self.service)
        for step in self.before:
            mock.ask(step)
        mock.service = applied(self.service, chosen(words, names))
        return {step.label: mock.ask(step) for step in self.steps}

    def differing(self, *words: str) -> set[str]:
        """The labels of the steps that are answered otherwise with the faults that `words` name."""
        wrong = self.answers(*words)
        return {label for label, answer in self.right.items() if wrong[label] != answer}

    @cached_property
    def right(self) -> Mapping[str, Answer]:
        """Label to what is answered without a fault."""
        return self.answers()

    def operations(self) -> Iterator[Operation]:
        """The operations of the API."""
        return operations(self.service.document)

    def asked(self, operation: str) -> set[str]:
        """The labels of the steps that ask an operation."""
        found = set()
        for step in self.steps:
            route, _, _ = self.service.routes.find(step.method, step.path)
            if route is not None and route.operation.id == operation:
                found.add(step.label)
        return found


class _Mocked:
    """A mock in process, and what the walk calls its resources."""

    def __init__(self, walk: Walk, service: Service) -> None:
        self.walk, self.service, self.now = walk, service, BEGINNING
        self.store = Store(service.members.value, step=STEP)
        self.called: dict[str, str] = {}

    def ask(self, step: Step) -> Answer:
        self.now += step.after
        self.store.advance(self.now)
        if step.left is not None:
            self.service = replace(self.service, limits=dict(self._limits(step.holder, step.left)))
        response, changed = respond(self.service, self.store, self.now, self._request(step))
        if changed is not None:
            self.store.put(changed)
        text = response.content.decode("latin-1")
        if step.names and response.status < 300:
            self.called |= self._named(step.names, text)
        for name, identity in self.called.items():
            text = text.replace(identity, f"<{name}>")
        return Answer(response.status, response.media_type, str(sorted(response.headers.items())), text)

    def _limits(self, account: str, left: int) -> Iterator[tuple[str, int]]:
        for limit in self.service.behaviour.limits:
            start, _ = period(limit.per, self.now)
            yield limit.name, self.store.created_since(account, start, self.now) + left

    def _named(self, name: str, text: str) -> dict[str, str]:
        """The identity in an answer by the name for it; nothing where a fault leaves none to be found."""
        try:
            identity = self.walk.identity(json.loads(text))
        except (ValueError, LookupError):
            return {}
        return {name: identity} if isinstance(identity, str) else {}

    def _request(self, step: Step) -> Request:
        path = step.path
        for name, identity in self.called.items():
            path = path.replace(f"{{{name}}}", identity).replace(
                f"{{%{name}}}", f"%{ord(identity[0]):02x}{identity[1:]}"
            )
        sent = {**self.walk.keys[step.holder], "content-type": step.media_type, **step.keys}
        content = step.raw if step.raw is not None else b"" if step.body is None else json.dumps(step.body).encode()
        headers = tuple((name, value) for name, value in sent.items() if value is not None)
        return Request(step.method, path, step.query, headers, content)


def walk_of(service: Service, before: Sequence[Step], steps: Sequence[Step], identity: Callable, *ends: End) -> Walk:
    """A walk through a service, some of whose resources end otherwise."""
    keys = {
        each.name: dict(zip((name.lower() for name in service.keys.headers), each.values, strict=True))
        for each in service.keys.holders
    }
    return Walk(replace(service, ends=ends), keys, before, steps, identity)
