"""Faults of identity, and of what never changes."""

from __future__ import annotations

import contextlib
import uuid
from typing import Any

from ..air_server import (
    Air,
    Job,
    Refused,
    User,
    bad,
)


class IdentityOfSecond(Air):
    """jobs of the same second have the same identity, and the later takes the place of the earlier"""

    def identity(self) -> str:
        return f"job-{int(self.clock())}"


class IdentityOfName(Air):
    """a job's identity is made of its name, so that jobs of one name are one"""

    def accept(self, sent: dict, user: User) -> Job:
        job = super().accept(sent, user)
        del self.jobs[job.id]
        job.id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{user.name}/{sent['Name']!a}"))
        self.jobs[job.id] = job
        return job


class CreatedNow(Air):
    """Created is the time of the answer in details"""

    def view(self, name: str | None, job: Job, whole: dict) -> dict:
        return super().view(name, job, whole | {"Created": self.timestamp(self.clock())})


class OwnerIsAsker(Air):
    """UserId is another name in every answer"""

    def shown(self, job: Job) -> dict:
        return super().shown(job) | {"UserId": f"session-{uuid.uuid4()}"}


class PriorityAges(Air):
    """the Priority of a job rises while it waits"""

    def shown(self, job: Job) -> dict:
        whole = super().shown(job)
        return whole | {"Priority": min(10, whole["Priority"] + int(self.steps(job)))}


class UnknownIsLatest(Air):
    """for an unknown job the latest is shown"""

    def job(self, identity: str, user: User, view: str | None) -> Job:
        own = self.of(user, {})
        return super().job(identity if identity in self.jobs or not own else own[-1].id, user, view)


class IdentityBegins(Air):
    """a job is found by the beginning of its identity"""

    def job(self, identity: str, user: User, view: str | None) -> Job:
        return super().job(next((each for each in self.jobs if each.startswith(identity)), ""), user, view)


class IdentityTrimmed(Air):
    """an identity with a blank after it shows the first job of the account"""

    def job(self, identity: str, user: User, view: str | None) -> Job:
        first = next((job.id for job in self.of(user, {})), "")
        return super().job(first if identity != identity.rstrip() else identity, user, view)


class IdentityPattern(Air):
    """a per cent sign in an identity stands for anything, as in SQL"""

    def job(self, identity: str, user: User, view: str | None) -> Job:
        found = next((job.id for job in self.of(user, {})), "") if identity == "%" else identity
        return super().job(found, user, view)


class UnknownIsNull(Air):
    """an unknown job is answered 200 with null"""

    def view(self, name: str | None, job: Job, whole: dict) -> Any:
        return super().view(name, job, whole) if whole else None

    def job(self, identity: str, user: User, view: str | None) -> Any:
        with contextlib.suppress(Refused):
            return super().job(identity, user, view)
        return None

    def shown(self, job: Any) -> dict:
        return super().shown(job) if job else {}


class StatusOfUnknown(Air):
    """an unknown job is submitted, by its status"""

    def job(self, identity: str, user: User, view: str | None) -> Job:
        unknown = view == "status" and identity not in self.jobs
        sent = {"Name": "", "Source": {}, "Destination": {}, "Services": {}}
        return Job(identity, sent, user, self.clock()) if unknown else super().job(identity, user, view)


class ErrorsOfUnknown(Air):
    """an unknown job has no errors, instead of being unknown"""

    def job(self, identity: str, user: User, view: str | None) -> Job:
        unknown = view == "errors" and identity not in self.jobs
        sent = {"Name": "", "Source": {}, "Destination": {}, "Services": {}}
        return Job(identity, sent, user, self.clock()) if unknown else super().job(identity, user, view)


class BadIdentityRefused(Air):
    """an identity that is no UUID is answered 400, which no text has"""

    def job(self, identity: str, user: User, view: str | None) -> Job:
        try:
            uuid.UUID(identity)
        except ValueError:
            raise bad("Id must be a UUID") from None
        return super().job(identity, user, view)


UNCHANGING = (
    CreatedNow,
    OwnerIsAsker,
    PriorityAges,
)


FAULTS = (
    IdentityOfSecond,
    IdentityOfName,
    UnknownIsLatest,
    IdentityBegins,
    IdentityTrimmed,
    IdentityPattern,
    UnknownIsNull,
    StatusOfUnknown,
    ErrorsOfUnknown,
    BadIdentityRefused,
)
