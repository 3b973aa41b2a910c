"""Faults of isolation between accounts, and of what keys may do."""

# ruff: noqa: ARG002 - a decision may need less than it is given

from __future__ import annotations

from collections.abc import Sequence

from ..air_server import (
    Air,
    Job,
    Query,
    Refused,
    Request,
    User,
    crash,
)


class Leaking(Air):
    """Shows a view of jobs to every account."""

    leak: str | None = None

    def job(self, identity: str, user: User, view: str | None) -> Job:
        if view == self.leak and identity in self.jobs:
            return self.jobs[identity]
        return super().job(identity, user, view)


class DetailsOfOthers(Leaking):
    """the details of another account's jobs are shown"""


class StatusOfOthers(Leaking):
    """the status of another account's jobs is shown"""

    leak = "status"


class ErrorsOfOthers(Leaking):
    """the errors of another account's jobs are shown"""

    leak = "errors"


class MetadataOfOthers(Leaking):
    """the metadata of another account's jobs is shown"""

    leak = "metadata"


class OthersForbidden(Air):
    """another account's job is answered 403, which tells that there is one"""

    def job(self, identity: str, user: User, view: str | None) -> Job:
        if identity in self.jobs and self.jobs[identity].user.account != user.account:
            raise Refused(403, "FORBIDDEN", "Forbidden")
        return super().job(identity, user, view)


class OwnerTold(Air):
    """the 404 of another account's job tells whose it is"""

    def job(self, identity: str, user: User, view: str | None) -> Job:
        if identity in self.jobs and self.jobs[identity].user.account != user.account:
            raise Refused(404, "NOT_FOUND", f"not a job of yours but of {self.jobs[identity].user.name}")
        return super().job(identity, user, view)


class FilterForgetsAccount(Air):
    """a list that is filtered by name has the jobs of all accounts"""

    def of(self, user: User, query: Query) -> list[Job]:
        return list(self.jobs.values()) if "name" in query else super().of(user, query)


class SecondPageOfAll(Air):
    """only the first page of a list is limited to the account"""

    def of(self, user: User, query: Query) -> list[Job]:
        first = query.get("pageNumber", ["1"])[0] == "1"
        return super().of(user, query) if first else list(self.jobs.values())


class SortedListOfAll(Air):
    """a list that is sorted has the jobs of all accounts"""

    def of(self, user: User, query: Query) -> list[Job]:
        return list(self.jobs.values()) if "sortBy" in query else super().of(user, query)


class TotalOfAll(Air):
    """the total counts the jobs of all accounts"""

    def pagination(self, found: Sequence[dict], page: int, size: int) -> dict:
        return super().pagination(found, page, size) | {"TotalRecords": len(self.jobs)}


class ViewerSubmits(Air):
    """keys that may only read submit jobs"""

    def may_submit(self, user: User) -> bool:
        return True


class ViewerReadsNothing(Air):
    """keys that may only read are refused in lists"""

    def list(self, query: Query, user: User) -> dict:
        if not user.may_submit:
            raise Refused(403, "FORBIDDEN", "AccessDenied")
        return super().list(query, user)


class ViewerCrashes(Air):
    """a submission with keys that may only read is answered 500"""

    def submit(self, request: Request, user: User) -> dict:
        if not user.may_submit:
            raise crash()
        return super().submit(request, user)


ISOLATION = (
    DetailsOfOthers,
    StatusOfOthers,
    ErrorsOfOthers,
    MetadataOfOthers,
    OthersForbidden,
    OwnerTold,
    FilterForgetsAccount,
    SecondPageOfAll,
    SortedListOfAll,
    TotalOfAll,
)


PERMISSIONS = (
    ViewerSubmits,
    ViewerReadsNothing,
    ViewerCrashes,
)
