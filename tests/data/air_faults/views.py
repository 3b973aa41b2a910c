"""Faults of views that should agree."""

from __future__ import annotations

from typing import Any

from ..air_server import (
    Air,
    Job,
    Query,
    User,
)


class StatusCached(Air):
    """the status view says for three seconds what it said first"""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.cache: dict[str, tuple[float, dict]] = {}

    def status(self, job: Job, whole: dict) -> dict:
        then, status = self.cache.get(job.id, (0.0, {}))
        if self.clock() - then > 3:
            then, status = self.cache[job.id] = (self.clock(), super().status(job, whole))
        return status


class StatusOfLast(Air):
    """the status view tells the identity of the job that was looked at before"""

    last = ""

    def shown(self, job: Job) -> dict:
        self.last, self.before = job.id, self.last
        return super().shown(job)

    def status(self, job: Job, whole: dict) -> dict:
        return super().status(job, whole) | {"Id": self.before or job.id}


class IdentityWithoutDashes(Air):
    """the errors view writes identities without dashes"""

    def errors(self, job: Job, whole: dict) -> dict:
        return super().errors(job, whole) | {"Id": job.id.replace("-", "")}


class ListTurnsPriority(Air):
    """lists count priorities the other way round"""

    def row(self, job: dict) -> dict:
        return super().row(job) | {"Priority": 11 - job["Priority"]}


class ListCutsNames(Air):
    """lists cut names after 40 characters"""

    def row(self, job: dict) -> dict:
        name = job["Name"]
        return super().row(job) | {"Name": name if len(name) <= 40 else f"{name[:40]}..."}


class ListRepeatsBatch(Air):
    """all rows of a page have the batch of the first"""

    def list(self, query: Query, user: User) -> dict:
        page = super().list(query, user)
        first = next((each["Batch"] for each in page["Records"] if "Batch" in each), None)
        return page | {"Records": [each if first is None else each | {"Batch": first} for each in page["Records"]]}


class MetadataOfSource(Air):
    """the metadata names the bucket of Source as that of Destination"""

    def metadata(self, job: Job, whole: dict) -> dict:
        destination = whole["Destination"] | {"Bucket": whole["Source"]["Bucket"]}
        return super().metadata(job, whole) | {"Destination": destination}


class MetadataOfFirst(Air):
    """the metadata has the identity of the account's first job"""

    def metadata(self, job: Job, whole: dict) -> dict:
        return super().metadata(job, whole) | {"Id": self.of(job.user, {})[0].id}


class MetadataOtherOwner(Air):
    """the metadata names the account as the user"""

    def metadata(self, job: Job, whole: dict) -> dict:
        return super().metadata(job, whole) | {"UserId": job.user.account}


class ErrorsCountedTwice(Air):
    """a job has an error in its errors and none in its status"""

    def errors(self, job: Job, whole: dict) -> dict:
        return super().errors(job, whole) | {"ErrorCount": 1}


FAULTS = (
    StatusCached,
    StatusOfLast,
    IdentityWithoutDashes,
    ListTurnsPriority,
    ListCutsNames,
    ListRepeatsBatch,
    MetadataOfSource,
    MetadataOfFirst,
    MetadataOtherOwner,
    ErrorsCountedTwice,
)
