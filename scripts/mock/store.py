"""The resources that the mock holds, by account, and what time makes of them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..behaviour import Lifecycle
from ..document import Json


@dataclass(frozen=True)
class Resource:
    """One resource: what was sent of it, and when what happened."""

    identity: str
    account: str
    user: str
    sent: Json = field(repr=False)
    created: float
    """Seconds since the epoch."""
    moved_to: str = ""
    """The state that a change put it in; empty while only time moves it."""
    moved: float = 0.0
    """When it did."""


@dataclass(frozen=True)
class Pace:
    """How time moves resources: `step` seconds in each state."""

    lifecycle: Lifecycle
    step: float

    def state(self, resource: Resource, now: float) -> str:
        """The state that a resource is in."""
        if resource.moved_to:
            return resource.moved_to
        course = self.lifecycle.course
        passed = int((now - resource.created) / self.step) if self.step > 0 else len(course)
        return course[min(max(passed, 0), len(course) - 1)]

    def ended(self, resource: Resource, now: float) -> float | None:
        """When a resource reached a state that none follows; None if it has not."""
        if self.state(resource, now) not in self.lifecycle.terminal:
            return None
        if resource.moved_to:
            return resource.moved
        return resource.created + self.step * (len(self.lifecycle.course) - 1)


class Store:
    """Resources in memory, in the order in which they were created."""

    def __init__(self) -> None:
        self._accounts: dict[str, dict[str, Resource]] = {}
        self._next = 1

    def find(self, account: str, identity: str) -> Resource | None:
        """An account's resource; None if the account has none of that identity."""
        return self._accounts.get(account, {}).get(identity)

    def all(self, account: str) -> Iterator[Resource]:
        """An account's resources, the oldest first."""
        yield from self._accounts.get(account, {}).values()

    def next_identity(self) -> str:
        """The identity for the next resource: 32 hexadecimal digits, the same in every run."""
        return hashlib.blake2b(f"resource {self._next}".encode(), digest_size=16).hexdigest()

    def put(self, resource: Resource) -> None:
        """Hold a resource, in place of an older one of its identity."""
        if self.find(resource.account, resource.identity) is None:
            self._next += 1
        self._accounts.setdefault(resource.account, {})[resource.identity] = resource

    def counts(self) -> Counter[str]:
        """The number of resources by account."""
        return Counter({account: len(held) for account, held in self._accounts.items()})
