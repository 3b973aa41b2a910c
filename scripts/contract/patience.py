"""How long a run waits for what only time brings."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

LEAST = 2.0
"""Seconds that each wait may take, whatever was waited for in vain before it."""

HOPELESS = 3.0
"""Seconds after which a wait ends for something that shows no state of the lifecycle, so that none can be followed."""

AFTER_THE_END = 1.0
"""Seconds that what the last state brings may take after that was seen."""


@dataclass
class Patience:
    """What is left of a run's patience: a wait in vain shortens those after it, one that was not costs nothing."""

    left: float = 20.0
    """Seconds."""
    clock: Callable[[], float] = time.monotonic

    def until(self, seconds: float) -> float:
        """The moment at which a wait is to end that may take so many seconds."""
        return self.clock() + min(seconds, max(LEAST, self.left))

    def in_vain(self, since: float) -> None:
        """A wait that began at a moment ended without what it was for."""
        self.left -= self.clock() - since
