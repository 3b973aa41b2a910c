"""Our verdict beside `schemathesis run` on the same mock: what a run costs, and how many faults its requests find."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ..mutants import mutant, outcome, raw
from ..mutants.independent import Served, mocked
from ..mutants.mutant import Mutant
from ..mutants.outcome import Outcome
from .comparison import COLUMNS, Bar, Comparison, paired
from .result import Result

RAW = "schemathesis run"

BARS: Mapping[str, tuple[int, int, int]] = {"full": (30, 1500, 100), "frugal": (10, 300, 10)}
"""Mode to the most seconds, requests and creations of a run on a conforming server."""

FAMILIES = ("shapes and statuses", "credentials", "round trip", "identity", "views agree", "lists", "isolation")
"""Families of faults that need neither a limit, nor a third user, nor operations that only a guide describes."""

_SEED = 1
_MOST = 2
"""Runs of each kind on a conforming server that count, however many are asked for: one takes up to half a minute."""

_AT_ONCE = 2
"""How many faults are judged at a time: what counts then is what was found and sent, not how long it took."""


@dataclass(frozen=True)
class Run:
    """What a run came to, by the server's own count."""

    found: bool
    seconds: float
    requests: int
    created: int


Judge = Callable[[Served], Outcome]


def benchmark(runs: int) -> Result:
    """A conforming mock for what a run costs, and a fixed sample of faults for what it finds."""
    clean = {name: [_on_conforming(judge) for _ in range(min(runs, _MOST))] for name, judge in judges().items()}
    chosen = sample()
    found = {name: _on_faults(judge, chosen) for name, judge in judges(first=True).items()}
    rows = [*costs(clean), *rates(found)]
    accused = [name for name, each in clean.items() if any(run.found for run in each)]
    return Result(
        f"the verdict beside {RAW}",
        COLUMNS,
        [each.row() for each in rows],
        [*_about(chosen), f"accused without a fault: {', '.join(accused) or 'none'}", _verdict(rows)],
        {"runs": min(runs, _MOST), "processors": os.cpu_count(), "figures": [each.data() for each in rows]},
    )


def judges(*, first: bool = False) -> dict[str, Judge]:
    """What judges a server: our two modes, and `schemathesis run`, until its first failure where that is enough."""
    api, flags = mutant.api(), raw.FIRST if first else ()
    return {
        **{mode: lambda there, mode=mode: outcome.judged(there.url, mode=mode, seed=_SEED) for mode in BARS},
        RAW: lambda there: raw.judged(there, api, seed=_SEED, flags=flags),
    }


def sample() -> list[Mutant]:
    """The first fault of each family of the mock that every judge can find without more than a server and its keys."""
    faults = [each for each in mutant.of_the_mock() if not each.point and not each.preview]
    return [next(each for each in faults if each.family == family) for family in FAMILIES]


def _on_conforming(judge: Judge) -> Run:
    with mocked("--step", "0.2") as there:
        return _measured(judge, there)


def _on_faults(judge: Judge, chosen: Sequence[Mutant]) -> list[Run]:
    def one(fault: Mutant) -> Run:
        with fault.served() as there:
            return _measured(judge, there)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(one, chosen))


def _measured(judge: Judge, there: Served) -> Run:
    """Raises `RuntimeError` for a run that came to no verdict."""
    started = time.perf_counter()
    made = judge(there)
    seconds = time.perf_counter() - started
    if made.code not in (0, 1, 3):
        raise RuntimeError(f"no verdict: {'; '.join(made.said)}")
    return Run(made.found, seconds, *there.counted())


def costs(clean: Mapping[str, Sequence[Run]]) -> Iterator[Comparison]:
    """What a run on a conforming server costs in each mode, beside the peer's."""
    for mode, bars in BARS.items():
        for (name, unit, of), bar in zip(_COSTS, bars, strict=True):
            ours, beside = ([of(run) for run in clean[each]] for each in (mode, RAW))
            yield paired(f"{mode}: {name}", unit, ours, beside, Bar(bar), absolute=True)


_COSTS: Sequence[tuple[str, str, Callable[[Run], float]]] = (
    ("a whole run", "s", lambda run: run.seconds),
    ("requests", "", lambda run: run.requests),
    ("created", "", lambda run: run.created),
)


def rates(found: Mapping[str, Sequence[Run]]) -> Iterator[Comparison]:
    """What the runs on servers with a fault found, for what they sent."""
    for mode in BARS:
        for name, unit, of in (("found", f"of {len(found[mode])}", _found), ("found", "per 100 requests", _per_100)):
            ours, beside = of(found[mode]), of(found[RAW])
            yield Comparison(f"{mode}: faults {name}", unit, ours, beside, ours / beside if beside else None)


def _found(runs: Sequence[Run]) -> float:
    return sum(run.found for run in runs)


def _per_100(runs: Sequence[Run]) -> float:
    return 100 * _found(runs) / sum(run.requests for run in runs)


def _about(chosen: Sequence[Mutant]) -> list[str]:
    return [
        f"beside: {RAW} on the corrected document with right keys, without the two checks that accuse conforming "
        "servers; on a fault it ends with its first failure, and ours goes on. What was sent and created is the mock's "
        "count.",
        f"faults: {', '.join(each.name for each in chosen)}",
    ]


def _verdict(rows: Sequence[Comparison]) -> str:
    missed = [each.name for each in rows if each.met is False]
    return f"not met: {'; '.join(missed)}" if missed else "every bar is met"
