"""Faults of lists: pages, totals and echoes."""

# ruff: noqa: ARG002 - a decision may need less than it is given

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..air_server import (
    Air,
    Query,
    User,
    bad,
)


class PagesOverlap(Air):
    """every page begins with the last job of the one before"""

    def cut(self, found: list[dict], page: int, size: int) -> list[dict]:
        start = (page - 1) * size - (page > 1)
        return found[start : start + size]


class PagesSkip(Air):
    """between two pages a job is lost"""

    def cut(self, found: list[dict], page: int, size: int) -> list[dict]:
        start = (page - 1) * (size + 1)
        return found[start : start + size]


class PagesFromZero(Air):
    """pages are counted from 0, as in the guide"""

    def cut(self, found: list[dict], page: int, size: int) -> list[dict]:
        return super().cut(found, page + 1, size)


class SecondPageRefused(Air):
    """a second page is refused, though there is one"""

    def check_reach(self, page: int, size: int, found: Sequence[dict]) -> None:
        if page == 2:
            raise bad("pageNumber is out of its bounds")


class LastPageFull(Air):
    """the last page is filled with jobs of the one before"""

    def cut(self, found: list[dict], page: int, size: int) -> list[dict]:
        start = (page - 1) * size
        last = start < len(found) < start + size and page > 1
        return found[-size:] if last else found[start : start + size]


class SizeCappedAt5(Air):
    """no page has more than five jobs, whatever is asked for"""

    def cut(self, found: list[dict], page: int, size: int) -> list[dict]:
        return super().cut(found, page, min(size, 5))


class OneTooMany(Air):
    """a page has one job more than was asked for"""

    def cut(self, found: list[dict], page: int, size: int) -> list[dict]:
        return found[(page - 1) * size : page * size + 1]


class SizeOneIgnored(Air):
    """a page size of 1 is taken for none"""

    def list(self, query: Query, user: User) -> dict:
        return super().list({} if query.get("pageSize") == ["1"] else query, user)


class TotalOfPage(Air):
    """the total counts the page"""

    def pagination(self, found: Sequence[dict], page: int, size: int) -> dict:
        return super().pagination(found, page, size) | {"TotalRecords": len(self.cut(list(found), page, size))}


class TotalCapped(Air):
    """the total is never more than five"""

    def pagination(self, found: Sequence[dict], page: int, size: int) -> dict:
        return super().pagination(found, page, size) | {"TotalRecords": min(len(found), 5)}


class TotalOfPages(Air):
    """the total counts pages"""

    def pagination(self, found: Sequence[dict], page: int, size: int) -> dict:
        return super().pagination(found, page, size) | {"TotalRecords": -(-len(found) // size)}


class TotalUnfiltered(Air):
    """the total counts what the filters leave out too"""

    def list(self, query: Query, user: User) -> dict:
        page = super().list(query, user)
        return page | {"Pagination": page["Pagination"] | {"TotalRecords": len(self.of(user, {}))}}


class TotalOfFirstLook(Air):
    """the total is remembered for three seconds"""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.totals: dict[str, tuple[float, int]] = {}

    def list(self, query: Query, user: User) -> dict:
        page, key = super().list(query, user), f"{user.name} {sorted(query.items())}"
        then, total = self.totals.get(key, (0.0, 0))
        if self.clock() - then > 3:
            then, total = self.totals[key] = (self.clock(), page["Pagination"]["TotalRecords"])
        return page | {"Pagination": page["Pagination"] | {"TotalRecords": total}}


class SizeEchoedAsDefault(Air):
    """the page size is echoed as 100, whatever was asked for"""

    def pagination(self, found: Sequence[dict], page: int, size: int) -> dict:
        return super().pagination(found, page, 100)


class SizeEchoedAsFound(Air):
    """the page size is echoed as the number of jobs on the page"""

    def pagination(self, found: Sequence[dict], page: int, size: int) -> dict:
        return super().pagination(found, page, size) | {"PageSize": len(self.cut(list(found), page, size))}


class NumberEchoedFromZero(Air):
    """the page number is echoed counted from 0"""

    def pagination(self, found: Sequence[dict], page: int, size: int) -> dict:
        return super().pagination(found, page - 1, size)


FAULTS = (
    PagesOverlap,
    PagesSkip,
    PagesFromZero,
    SecondPageRefused,
    LastPageFull,
    SizeCappedAt5,
    OneTooMany,
    SizeOneIgnored,
    TotalOfPage,
    TotalCapped,
    TotalOfPages,
    TotalUnfiltered,
    TotalOfFirstLook,
    SizeEchoedAsDefault,
    SizeEchoedAsFound,
    NumberEchoedFromZero,
)
