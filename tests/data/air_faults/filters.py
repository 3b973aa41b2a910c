"""Faults of lists: filters."""

from __future__ import annotations

from ..air_server import (
    FILTERS,
    Air,
    Query,
    User,
)


class NameFilterIgnored(Air):
    """the filter by name is ignored"""

    def matches(self, name: str, job: dict, wanted: str) -> bool:
        return name == "name" or super().matches(name, job, wanted)


class LastFilterCounts(Air):
    """of two filters only the last counts"""

    def matching(self, found: list[dict], query: Query) -> list[dict]:
        asked = [name for name in query if name in FILTERS]
        return super().matching(found, {name: query[name] for name in asked[-1:]})


class EitherFilter(Air):
    """two filters find what fits either"""

    def matching(self, found: list[dict], query: Query) -> list[dict]:
        asked = [name for name in FILTERS if name in query]
        either = [job for job in found if any(self.matches(name, job, query[name][0]) for name in asked)]
        return either if asked else found


class FilterWithinPage(Air):
    """filters are applied to the page, not to the list"""

    def list(self, query: Query, user: User) -> dict:
        page = super().list({name: values for name, values in query.items() if name not in FILTERS}, user)
        self.check_choices(query)
        return page | {"Records": self.matching(page["Records"], query)}


class StateIndexedAtSubmission(Air):
    """the filter by state goes by the state that a job began in"""

    def matches(self, name: str, job: dict, wanted: str) -> bool:
        return wanted == "submitted" if name == "status" else super().matches(name, job, wanted)


class StateFilterLeaks(Air):
    """the filter for submitted jobs finds those in preflight too"""

    def matches(self, name: str, job: dict, wanted: str) -> bool:
        states = {"submitted": ("submitted", "preflight")}.get(wanted, (wanted,))
        return job["Status"] in states if name == "status" else super().matches(name, job, wanted)


class CompletedNotFiltered(Air):
    """the filter for completed jobs finds only those of the last second"""

    def matches(self, name: str, job: dict, wanted: str) -> bool:
        late = name == "status" and wanted == "completed" and self.clock() - self.jobs[job["Id"]].at > 1
        return super().matches(name, job, wanted) and not late


class FilterInLatin1(Air):
    """filters are decoded as Latin-1, so that names beyond ASCII are not found"""

    def matches(self, name: str, job: dict, wanted: str) -> bool:
        return super().matches(name, job, wanted.encode(errors="surrogateescape").decode("latin-1"))


class FilterCut(Air):
    """filters go by the first ten characters"""

    def matches(self, name: str, job: dict, wanted: str) -> bool:
        return job.get(FILTERS[name], "")[:10] == wanted[:10] and (FILTERS[name] in job)


class FilterOfFirstTen(Air):
    """filters look at the first ten jobs only"""

    def matching(self, found: list[dict], query: Query) -> list[dict]:
        return super().matching(found[:10] if any(name in query for name in FILTERS) else found, query)


class BatchFilterFindsNone(Air):
    """the filter by batch finds jobs without a batch too"""

    def matches(self, name: str, job: dict, wanted: str) -> bool:
        return super().matches(name, job, wanted) or (name == "batch" and "Batch" not in job)


FAULTS = (
    NameFilterIgnored,
    LastFilterCounts,
    EitherFilter,
    FilterWithinPage,
    StateIndexedAtSubmission,
    StateFilterLeaks,
    CompletedNotFiltered,
    FilterInLatin1,
    FilterCut,
    FilterOfFirstTen,
    BatchFilterFindsNone,
)
