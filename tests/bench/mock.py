"""Our mock beside Prism: how many requests it answers, how soon, how many jobs it holds, and for how long."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from . import air
from .comparison import COLUMNS, Bar, Comparison, paired
from .pages import pages
from .peer import MOCK, Peer, installed
from .result import Result
from .server import mock, prism, started
from .soak import soak
from .speed import CONNECTIONS, speed

_START = Bar(1)
"""Seconds from the start of the process to its first answer."""


def benchmark(runs: int) -> Result:
    """Every figure with the bar that it has to clear; the medians of `runs` rounds, but for memory."""
    peer = installed(MOCK)
    rates, sender = speed(runs, peer)
    costs, filled, job = pages(runs)
    grown, mixed = soak(job)
    found = [*rates, start(runs, peer), *costs, *grown]
    return Result(
        f"the mock beside {MOCK.name} {peer.version}" if peer else "the mock",
        COLUMNS,
        [each.row() for each in found],
        [*_about(peer), *sender, *filled, *mixed, _verdict(found)],
        {
            "peer": f"{MOCK.name} {peer.version}" if peer else None,
            "runs": runs,
            "processors": os.cpu_count(),
            "figures": [each.data() for each in found],
        },
    )


def start(runs: int, peer: Peer | None) -> Comparison:
    """Seconds from the start of a process to its first answer, in turn with Prism's; a first run does not count."""
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(runs + 1):
        with started(mock, air.page()) as server:
            ours.append(server.seconds)
        if peer:
            with started(partial(prism, peer, ()), air.page(base="")) as server:
                theirs.append(server.seconds)
    compared = paired("start to first answer", "s", ours[1:], theirs[1:] or ours[1:], _START, absolute=True)
    return compared if peer else replace(compared, beside=None, ratio=None)


def _about(peer: Peer | None) -> list[str]:
    if peer is None:
        return [f"Node and npm, or {MOCK.name}, are not there: our figures stand alone."]
    return [
        f"{CONNECTIONS} connections stay open, and all servers are sent the same. Prism checks requests, answers the "
        "documented example, a list of one job, and writes its log unless it is said otherwise."
    ]


def _verdict(found: Sequence[Comparison]) -> str:
    missed = [each.name for each in found if each.met is False]
    return f"not met: {'; '.join(missed)}" if missed else "every bar is met"
