"""Faults of limits: how it is told that one is reached, and what else it does."""

from __future__ import annotations

from dataclasses import replace

from ..air_server import (
    Air,
    Answer,
    Job,
    Query,
    Refused,
    Request,
    User,
    bad,
    crash,
)


class CapAsSuccess(Air):
    """beyond the cap a submission is answered 200, and nothing is held"""

    def submit(self, request: Request, user: User) -> dict:
        try:
            return super().submit(request, user)
        except Refused as refused:
            if refused.status != 429:
                raise
            job = self.accept(self.read(request), user)
            del self.jobs[job.id]
            return self.submitted(job)


class CapAs500(Air):
    """beyond the cap a submission is answered 500"""

    def capped(self) -> Refused:
        return crash()


class CapAs400(Air):
    """beyond the cap a submission is answered 400"""

    def capped(self) -> Refused:
        return bad("Daily Cap Exceeded")


class CapAsText(Air):
    """beyond the cap a submission is answered in plain text"""

    def refusal(self, request: Request, refused: Refused) -> Answer:
        if refused.code == "DAILY_CAP":
            return Answer(429, {"Content-Type": "text/plain"}, b"too many")
        return super().refusal(request, refused)


class CapAsList(Air):
    """beyond the cap a submission is answered by an array of errors"""

    def refusal(self, request: Request, refused: Refused) -> Answer:
        return self.json(429, [refused.body]) if refused.code == "DAILY_CAP" else super().refusal(request, refused)


class CapStopsReads(Air):
    """beyond the cap nothing is read either"""

    def take_a_breath(self, request: Request) -> None:
        if self.user(request) and len(self.of(self.user(request), {})) >= self.options.cap:
            raise self.capped()
        super().take_a_breath(request)


class CapHolds(Air):
    """what is refused for the cap is held all the same"""

    def check_limits(self, user: User) -> None:
        self.over = False
        try:
            super().check_limits(user)
        except Refused:
            self.over = True

    def submitted(self, job: Job) -> dict:
        if self.over:
            raise self.capped()
        return super().submitted(job)


class CapWithOddRetryAfter(Air):
    """beyond the cap Retry-After is `tomorrow`"""

    def capped(self) -> Refused:
        return replace(super().capped(), headers={"Retry-After": "tomorrow"})


class CapWithPastRetryAfter(Air):
    """beyond the cap Retry-After is a negative number"""

    def capped(self) -> Refused:
        return replace(super().capped(), headers={"Retry-After": "-30"})


class CapEmptiesLists(Air):
    """beyond the cap lists are empty"""

    def of(self, user: User, query: Query) -> list[Job]:
        own = super().of(user, query)
        return [] if len(own) >= self.options.cap else own


class CapHang(Air):
    """beyond the cap a submission is not answered for a minute"""

    def capped(self) -> Refused:
        self.sleep(60)
        return super().capped()


FAULTS = (
    CapAsSuccess,
    CapAs500,
    CapAs400,
    CapAsText,
    CapAsList,
    CapStopsReads,
    CapHolds,
    CapWithOddRetryAfter,
    CapWithPastRetryAfter,
    CapEmptiesLists,
    CapHang,
)
