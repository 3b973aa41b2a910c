"""The periods that limits count in: whole minutes, hours, days and months of UTC."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

_PERIODS: Mapping[str, Any] = {
    "minute": {"second": 0},
    "hour": {"second": 0, "minute": 0},
    "day": {"second": 0, "minute": 0, "hour": 0},
    "month": {"second": 0, "minute": 0, "hour": 0, "day": 1},
}


def period(per: str, now: float) -> tuple[float, float]:
    """When the minute, hour, day or month that `now` is in began, and when the next begins."""
    start = datetime.fromtimestamp(now, UTC).replace(microsecond=0, **_PERIODS[per])
    # 32 days after the first of a month is in the next, and so is any later moment before its second day.
    later = (start + timedelta(days=32)).replace(day=1) if per == "month" else start + timedelta(**{f"{per}s": 1})
    return start.timestamp(), later.timestamp()
