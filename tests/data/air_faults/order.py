"""Faults of lists: their order."""

from __future__ import annotations

from typing import Any

from ..air_server import (
    FILTERS,
    Air,
    Query,
)


class OrderBySecond(Air):
    """the order goes by whole seconds, and by identity within them"""

    def rank(self, job: dict) -> Any:
        return int(self.jobs[job["Id"]].at), job["Id"]


class OrderForgottenByFilter(Air):
    """a list that is filtered is never descending"""

    def ordered(self, found: list[dict], query: Query) -> list[dict]:
        filtered = any(name in query for name in FILTERS)
        return super().ordered(found, {} if filtered else query)


class OrderWithinPage(Air):
    """descending turns each page, not the list"""

    def ordered(self, found: list[dict], query: Query) -> list[dict]:
        self.turned = query.get("sortOrder", [""])[0] == "Desc"
        return super().ordered(found, {})

    def cut(self, found: list[dict], page: int, size: int) -> list[dict]:
        records = super().cut(found, page, size)
        return records[::-1] if self.turned else records


class NewestFirst(Air):
    """a list that is sorted by Created is descending where no direction is asked for"""

    def ordered(self, found: list[dict], query: Query) -> list[dict]:
        sorted_ = "sortBy" in query and "sortOrder" not in query
        return super().ordered(found, {"sortOrder": ["Desc"]} if sorted_ else query)


class OrderByPriority(Air):
    """the order goes by Priority before it goes by Created"""

    def rank(self, job: dict) -> Any:
        return job["Priority"], self.jobs[job["Id"]].at


class OrderByEnd(Air):
    """the order goes by the end where there is one: completed jobs come last"""

    def rank(self, job: dict) -> Any:
        return job["Status"] == "completed", self.jobs[job["Id"]].at


FAULTS = (
    OrderBySecond,
    OrderForgottenByFilter,
    OrderWithinPage,
    NewestFirst,
    OrderByPriority,
    OrderByEnd,
)
