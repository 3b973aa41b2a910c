"""Faults of the lifecycle: states, times, and the view that opens at the end."""

# ruff: noqa: ARG002 - a decision may need less than it is given

from __future__ import annotations

from ..air_server import (
    Air,
    Job,
    Refused,
    absent,
)


class DoneRunsAgain(Air):
    """a job that is completed is in progress again for a step"""

    def state(self, job: Job) -> str:
        return "in_progress" if 4 <= self.steps(job) < 5 else super().state(job)


class DoneThenFailed(Air):
    """a completed job has failed a while later"""

    def state(self, job: Job) -> str:
        return "failed" if self.steps(job) > 5 else super().state(job)


class PreflightSkipped(Air):
    """a job is in progress straight after it was submitted"""

    def state(self, job: Job) -> str:
        state = super().state(job)
        return "in_progress" if state == "preflight" else state


class BackToSubmitted(Air):
    """a job in preflight is submitted once more"""

    def state(self, job: Job) -> str:
        return "submitted" if 1.6 <= self.steps(job) < 2 else super().state(job)


class AnsweredAsDone(Air):
    """the answer to a submission says that the job is completed"""

    def submitted(self, job: Job) -> dict:
        answer = super().submitted(job)
        return answer | {"Job": answer["Job"] | {"Status": "completed"}}


class CompletedInLocalTime(Air):
    """Completed is the local time of a place five hours behind, called UTC"""

    def ending(self, job: Job, state: str) -> dict:
        ending = super().ending(job, state)
        return {"Completed": self.timestamp(job.at - 5 * 3600)} if ending else ending


class CompletedExpected(Air):
    """Completed is there from the start, as an estimate"""

    def ending(self, job: Job, state: str) -> dict:
        return {"Completed": self.timestamp(job.at + 3 * self.options.step)}


class CompletedNever(Air):
    """a completed job has no Completed"""

    def ending(self, job: Job, state: str) -> dict:
        return {}


class CompletedNow(Air):
    """Completed is the time of the answer"""

    def ending(self, job: Job, state: str) -> dict:
        return {"Completed": self.timestamp(self.clock())} if state == "completed" else {}


class MetadataEarly(Air):
    """the metadata is there while a job is in progress"""

    def check_ended(self, job: Job, whole: dict) -> None:
        if whole["Status"] != "in_progress":
            super().check_ended(job, whole)


class MetadataExpires(Air):
    """the metadata of a completed job is gone a little later"""

    def check_ended(self, job: Job, whole: dict) -> None:
        super().check_ended(job, whole)
        if self.steps(job) > 6:
            raise absent()


class MetadataConflict(Air):
    """the metadata of a job that is not completed is answered 409, which no text has"""

    def check_ended(self, job: Job, whole: dict) -> None:
        if whole["Status"] != "completed":
            raise Refused(409, "CONFLICT", "not completed")


class MetadataEmpty(Air):
    """the metadata of a job that is not completed is answered 200 with an empty object"""

    def metadata(self, job: Job, whole: dict) -> dict:
        return super().metadata(job, whole) if whole["Status"] == "completed" else {}

    def check_ended(self, job: Job, whole: dict) -> None:
        pass


FAULTS = (
    DoneRunsAgain,
    DoneThenFailed,
    PreflightSkipped,
    BackToSubmitted,
    AnsweredAsDone,
    CompletedInLocalTime,
    CompletedExpected,
    CompletedNever,
    CompletedNow,
    MetadataEarly,
    MetadataExpires,
    MetadataConflict,
    MetadataEmpty,
)
