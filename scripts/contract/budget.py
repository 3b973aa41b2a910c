"""How much a run may cost: requests, resources created, seconds.

The count is taken by the sender, where bytes leave. What would exceed it raises `Spent`, which is
a skip and no failure, so that neither pytest nor Hypothesis goes on with the phase.
"""

from __future__ import annotations

import time
import unittest
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


class Spent(unittest.SkipTest):
    """The budget of the run, or the share of a phase, is spent: the phase ends as skipped."""


@dataclass(frozen=True)
class Mode:
    """What a run may do to the server."""

    name: str
    requests: int
    created: int

    @property
    def creates(self) -> bool:
        return self.created > 0


MODES = {mode.name: mode for mode in (Mode("read-only", 300, 0), Mode("frugal", 300, 10), Mode("full", 1500, 100))}


@dataclass
class Budget:
    """What is left of a run's bounds. Not safe for threads: a run sends one request at a time."""

    mode: Mode
    seconds: float
    clock: Callable[[], float] = time.monotonic
    requests: int = 0
    """Requests sent so far."""
    created: int = 0
    """Resources created so far, counting every one that may have been."""
    _started: float = field(init=False)
    _requests_until: int = field(init=False)
    _created_until: int = field(init=False)

    def __post_init__(self) -> None:
        self._started = self.clock()
        self._requests_until = self.mode.requests
        self._created_until = self.mode.created

    @property
    def elapsed(self) -> float:
        return self.clock() - self._started

    @property
    def seconds_left(self) -> float:
        return max(0.0, self.seconds - self.elapsed)

    @property
    def requests_left(self) -> int:
        """In the share that is open, or in the run where none is."""
        return self._requests_until - self.requests

    @property
    def creations_left(self) -> int:
        """Likewise."""
        return self._created_until - self.created

    @contextmanager
    def share(self, *, requests: int, created: int) -> Iterator[None]:
        """Let the block spend at most so much of what is left."""
        before = self._requests_until, self._created_until
        self._requests_until = min(before[0], self.requests + requests)
        self._created_until = min(before[1], self.created + created)
        try:
            yield
        finally:
            self._requests_until, self._created_until = before

    def take(self, *, creating: bool) -> None:
        """Count one request before it is sent, as creating something where it may. Raises `Spent`."""
        if self.seconds_left <= 0:
            raise Spent(f"the {self.seconds:g} seconds of the run are over")
        if self.requests_left <= 0:
            raise Spent("the requests of this phase are spent")
        if creating and self.creations_left <= 0:
            raise Spent("what this phase may create is created")
        self.requests += 1
        self.created += creating

    def give_back(self) -> None:
        """A request counted as creating turned out to have created nothing."""
        self.created -= 1
