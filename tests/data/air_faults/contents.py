"""Faults of lists: what they hold, and what reading does."""

from __future__ import annotations

from typing import Any

from ..air_server import (
    FILTERS,
    Air,
    Job,
    Query,
    User,
)


class ListCached(Air):
    """a list is remembered for three seconds"""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.cache: dict[str, tuple[float, dict]] = {}

    def list(self, query: Query, user: User) -> dict:
        key = self.key(query, user)
        then, page = self.cache.get(key, (0.0, {}))
        if self.clock() - then > 3:
            then, page = self.cache[key] = (self.clock(), super().list(query, user))
        return page

    def key(self, query: Query, user: User) -> str:
        return f"{user.name} {sorted(query.items())}"


class ListCachedForAll(ListCached):
    """a filtered list is remembered for three seconds, whoever asks"""

    def key(self, query: Query, user: User) -> str:
        filtered = any(name in query for name in FILTERS)
        return f"{sorted(query.items())}" if filtered else f"{user.name} {self.clock()}"


class BatchlessHidden(Air):
    """jobs without a batch are in no list"""

    def of(self, user: User, query: Query) -> list[Job]:
        return [job for job in super().of(user, query) if "Batch" in job.sent]


class BatchedTwice(Air):
    """jobs with a batch are twice in lists"""

    def of(self, user: User, query: Query) -> list[Job]:
        return [job for job in super().of(user, query) for _ in range(1 + ("Batch" in job.sent))]


class EndedHidden(Air):
    """completed jobs are in no list unless they are asked for"""

    def matching(self, found: list[dict], query: Query) -> list[dict]:
        left = [job for job in found if "status" in query or job["Status"] != "completed"]
        return super().matching(left, query)


class NewHidden(Air):
    """a job is in lists only two seconds after its submission"""

    def of(self, user: User, query: Query) -> list[Job]:
        return [job for job in super().of(user, query) if self.clock() - job.at > 2]


class ReadingTouches(Air):
    """reading a job lowers its Priority"""

    def view(self, name: str | None, job: Job, whole: dict) -> dict:
        if name is None:
            job.sent = job.sent | {"Priority": max(1, int(job.sent.get("Priority", 5)) - 1)}
        return super().view(name, job, whole)


class ReadingRestarts(Air):
    """asking for the errors of a completed job starts it again"""

    def errors(self, job: Job, whole: dict) -> dict:
        if whole["Status"] == "completed":
            job.at = self.clock()
        return super().errors(job, whole)


FAULTS = (
    ListCached,
    BatchlessHidden,
    BatchedTwice,
    EndedHidden,
    NewHidden,
    ReadingTouches,
    ReadingRestarts,
)


ISOLATION = (ListCachedForAll,)
