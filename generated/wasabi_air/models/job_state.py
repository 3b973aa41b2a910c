from __future__ import annotations

from enum import StrEnum


class JobState(StrEnum):
    """One of the listed values, or another text that the server sent: `.value` is always that text."""

    CANCELLED = "cancelled"
    COMPLETED = "completed"
    FAILED = "failed"
    IN_PROGRESS = "in_progress"
    PREFLIGHT = "preflight"
    SUBMITTED = "submitted"

    def __str__(self) -> str:
        return str(self.value)

    @classmethod
    def _missing_(cls, value: object) -> JobState | None:
        """A value that is not listed, as a member that iteration and `__members__` leave out."""
        if not isinstance(value, str):
            return None
        unlisted = str.__new__(cls, value)
        unlisted._name_ = unlisted._value_ = value
        return unlisted
