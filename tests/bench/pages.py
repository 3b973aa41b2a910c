"""What a page of a list costs among many jobs and among few, and the memory that a job takes."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import repeat

from . import air
from .comparison import Bar, Comparison, paired
from .load import Ask, UnexpectedError, answer, drive
from .process import LIMIT
from .server import Server, mock, started
from .speed import CONNECTIONS

FEW, MANY = 1_000, 100_000
"""Jobs of one account."""

_SIZE = 10
"""Of a page."""

_GROUPS = 10
"""As many batches there are, and as many names in each batch."""

_BAR = Bar(2)
"""How many times as much a page among many may cost."""


@dataclass(frozen=True)
class _Kind:
    """A kind of page."""

    name: str
    query: Mapping[str, str]
    share: int
    """One job in so many is in the list."""
    depth: float
    """How far into the list the page is: 0 for the first, 1 for the last."""

    def ask(self, count: int) -> Ask:
        """The request for it, where there are `count` jobs."""
        last = count // self.share // _SIZE
        return air.page({**self.query, "pageNumber": max(1, round(last * self.depth)), "pageSize": _SIZE})


_DONE, _OLDEST, _NEWEST = {"status": "completed"}, {"sortBy": "Created"}, {"sortBy": "Created", "sortOrder": "Desc"}
_BATCH, _NAME = {"batch": "batch-3"}, {"name": "name-7"}
_KINDS = (
    _Kind("page of all, first", {}, 1, 0),
    _Kind("page of all, newest first, last", _NEWEST, 1, 1),
    _Kind("page by status, oldest first, middle", {**_DONE, **_OLDEST}, 1, 0.5),
    _Kind("page by batch, newest first, last", {**_BATCH, **_NEWEST}, _GROUPS, 1),
    _Kind("page by name, oldest first, middle", {**_NAME, **_OLDEST}, _GROUPS, 0.5),
    _Kind("page by all three, newest first", {**_DONE, **_BATCH, **_NAME, **_NEWEST}, _GROUPS**2, 0),
)


def pages(
    runs: int, *, few: int = FEW, many: int = MANY, seconds: float = 0.1
) -> tuple[list[Comparison], list[str], float]:
    """The milliseconds of each kind of page among `many` jobs and among `few`; what to say; the bytes of a job.

    Both are asked in turn, `runs` times for `seconds`, but not for much more than a minute in all.
    """
    with started(_at_once, air.page()) as small, started(_at_once, air.page()) as large:
        _fill(small, few)
        _first(small, few)
        before = large.memory()
        filled = _fill(large, many)
        created = large.memory()
        first = _first(large, many)
        indexed = large.memory()
        found = _compared(runs, {few: small, many: large}, seconds)
    alone, known = ((each - before) / many for each in (created, indexed))
    memory = Comparison("memory of a job", "bytes", alone)
    asked = Comparison("memory of a job, all these pages known", "bytes", known)
    said = (
        f"{many:,} jobs were created over HTTP in {filled:.0f} s. The first page of a kind took up to {first:,.0f} ms."
    )
    return [*found, memory, asked], [said], known


def _at_once(port: int) -> list[str]:
    return [*mock(port), "--step", "0"]  # a job is completed when it is created


def _fill(server: Server, count: int) -> float:
    """Create jobs; the seconds that it took."""
    texts = ((f"batch-{number % _GROUPS}", f"name-{number // _GROUPS % _GROUPS}") for number in range(count))
    asks = (air.create(Batch=batch, Name=name) for batch, name in texts)
    return drive(server.port, asks, connections=CONNECTIONS).seconds


def _first(server: Server, count: int) -> float:
    """The most milliseconds that the first page of a kind takes.

    Raises `UnexpectedError` for a page that is not full.
    """
    most = 0.0
    for kind in _KINDS:
        start = time.perf_counter()
        page = json.loads(answer(server.port, kind.ask(count)))
        most = max(most, time.perf_counter() - start)
        if len(page["Records"]) != _SIZE or page["Pagination"]["TotalRecords"] != count // kind.share:
            raise UnexpectedError(f"{kind.name}: {len(page['Records'])} jobs of {page['Pagination']}")
    return most * 1000


def _compared(runs: int, servers: Mapping[int, Server], seconds: float) -> list[Comparison]:
    """The milliseconds of each kind of page, of the server of many jobs to that of few."""
    few, many = servers
    end = time.perf_counter() + LIMIT
    rounds: list[dict[tuple[str, int], float]] = []
    while len(rounds) < runs and (not rounds or time.perf_counter() < end):
        rounds.append(_round(servers, seconds))
    return [
        paired(
            kind.name, "ms", [each[kind.name, many] for each in rounds], [each[kind.name, few] for each in rounds], _BAR
        )
        for kind in _KINDS
    ]


def _round(servers: Mapping[int, Server], seconds: float) -> dict[tuple[str, int], float]:
    return {
        (kind.name, count): 1000 / drive(each.port, repeat(kind.ask(count)), connections=1, seconds=seconds).rate
        for kind in _KINDS
        for count, each in servers.items()
    }
