"""When the next request of a run may leave: not faster than it may send, nor before the server asked for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from .exchanges import Exchange, header

BUSY = frozenset({429, 503})
"""Statuses by which any server may ask to be left alone for a while (RFC 6585, RFC 9110)."""
LONGEST_WAIT = 5.0
"""Seconds that a server may ask to wait for, and are waited."""


@dataclass
class Pace:
    """Holds requests back. Not safe for threads: a run sends one request at a time."""

    rate: float | None = None
    """Requests a second, at most; None for as many as can be sent."""
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep
    _turn: float = 0.0
    _open: float = 0.0
    _creations_open: float = 0.0

    def wait(self, *, creating: bool, at_most: float) -> None:
        """Return when a request may leave, but after `at_most` seconds whatever holds it back."""
        until = max(self._turn, self._open, self._creations_open if creating else 0.0)
        seconds = min(until - self.clock(), at_most)
        if seconds > 0:
            self.pause(seconds)
        if self.rate:
            self._turn = max(self.clock(), self._turn) + 1 / self.rate

    def hold(self, exchange: Exchange, *, creating: bool) -> None:
        """Hold back what comes next as long as an answer asks for it, if that is not too long.

        What was to create holds back the creations alone: their limit is no limit of reads.
        """
        seconds = retry_after(exchange)
        if seconds is None or seconds > LONGEST_WAIT:
            return
        if creating:
            self._creations_open = self.clock() + seconds
        else:
            self._open = self.clock() + seconds


def retry_after(exchange: Exchange) -> float | None:
    """The seconds after which an answer says to try again, 0 at least; None where it says nothing of use.

    A date is read by the clock of the server, where it states one (RFC 9110, section 10.2.3).
    """
    text = header(exchange.response_headers, "retry-after").strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    date = _date(text)
    if date is None:
        return None
    now = _date(header(exchange.response_headers, "date")) or datetime.fromtimestamp(exchange.started, UTC)
    return max(0.0, (date - now).total_seconds())


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
