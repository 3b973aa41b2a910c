"""Whether the mock's memory stays bounded while it answers very many requests of all kinds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import cycle, islice

from . import air
from .comparison import Bar, Comparison
from .load import Ask, answer, drive
from .process import LIMIT
from .server import mock, started
from .speed import CONNECTIONS

REQUESTS, EARLY = 200_000, 20_000
"""Requests in all, and those after which the memory is first looked at."""

_JOBS = 100
"""That are there from the start, and are asked for."""

_CYCLE = 100
"""Requests of which one creates a job."""

_LISTS: Sequence[Mapping[str, str]] = (
    {},
    {"status": "completed"},
    {"batch": "batch_2024_11_21", "sortBy": "Created", "sortOrder": "Desc"},
    {"name": "no job is called so"},
)

_SECONDS = 2 * LIMIT
"""After which no more is sent."""

_BAR = Bar(5)
"""Megabytes that memory may grow by, beyond what the jobs take that are created meanwhile."""


def soak(
    job: float, *, requests: int = REQUESTS, early: int = EARLY, seconds: float = _SECONDS
) -> tuple[list[Comparison], list[str]]:
    """The megabytes of the mock after all `requests`, beside those after the `early` ones, and what to say.

    `job` is how many bytes a job takes: those of the jobs that were created between are taken off.
    """
    with started(mock, air.page()) as server:
        known = [json.loads(answer(server.port, air.create()))["Job"]["Id"] for _ in range(_JOBS)]
        mixed = cycle(_mixed(known))
        drive(server.port, islice(mixed, early), connections=CONNECTIONS)
        before = server.memory() / 1e6
        rest = drive(server.port, islice(mixed, requests - early), connections=CONNECTIONS, seconds=seconds)
        after = server.memory() / 1e6
    created, answered = rest.answers / _CYCLE, early + rest.answers
    grown = after - before - created * job / 1e6
    found = [
        Comparison("soak, requests answered", "", answered, bar=Bar(requests, at_least=True)),
        Comparison(f"soak, memory at its end, to {early:,}", "MB", after, before, after / before),
        Comparison(f"soak, growth beyond {created:,.0f} new jobs", "MB", grown, bar=_BAR),
    ]
    mix = f"one request in {_CYCLE} creates a job, 4 ask for pages, 7 are refused, the others read jobs"
    return found, [f"The soak took {rest.seconds:.0f} s: {mix}."]


def _mixed(known: Sequence[str]) -> list[Ask]:
    """A cycle of requests: mostly reads of jobs, some pages, some that are refused, one that creates."""
    others = [air.create(), *_refused(known[0]), *(air.page({**query, "pageSize": 10}) for query in _LISTS)]
    parts = zip(cycle(known), ("", "/status", "/status", "/errors") * _CYCLE, strict=False)
    return [*others, *(air.job(identity, part) for identity, part in islice(parts, _CYCLE - len(others)))]


def _refused(identity: str) -> list[Ask]:
    return [
        *(air.job("0" * 32, part, status=404) for part in ("", "/status", "/errors")),
        air.page(keys=air.WRONG, status=401),
        air.job(identity, keys=air.WRONG, status=401),
        air.create(Name="", status=400),
        air.page({"pageNumber": 0}, status=400),
    ]
