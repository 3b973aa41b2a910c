"""The mock's time: at real pace, at a factor, or only when told."""

from __future__ import annotations

import math
import time
from collections.abc import Callable


class Clock:
    """A clock that starts at the real time, in seconds since the epoch, and never goes back.

    `real` is the time that it follows; `start` is where it starts instead.
    """

    def __init__(
        self, factor: float = 1.0, real: Callable[[], float] = time.time, *, start: float | None = None
    ) -> None:
        self._real = real
        self._since = real()
        self._last = self._reached = self._since if start is None else start
        self._factor = _checked(factor, "a factor")

    def now(self) -> float:
        """The time on this clock. Where the clock that it follows is set back, it stands until that is made up."""
        self._last = max(self._last, self._reached + (self._real() - self._since) * self._factor)
        return self._last

    def advance(self, seconds: float) -> float:
        """Go on by `seconds`, 0 or more, and give the time. Raises `ValueError` for others."""
        seconds = _checked(seconds, "an advance")
        self._hold()
        self._reached += seconds
        return self.now()

    @property
    def factor(self) -> float:
        """The seconds that pass here in a real one; 0 is "only when told"."""
        return self._factor

    @factor.setter
    def factor(self, factor: float) -> None:
        factor = _checked(factor, "a factor")
        self._hold()
        self._factor = factor

    def _hold(self) -> None:
        """Count from now on, so that what changes next does not reach back."""
        self._reached, self._since = self.now(), self._real()


def _checked(value: float, what: str) -> float:
    if not 0 <= value < math.inf:
        raise ValueError(f"{what} is a finite number, 0 or more, not {value}")
    return value
