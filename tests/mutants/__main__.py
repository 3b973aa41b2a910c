"""The command line of the mutants: `python -m tests.mutants [--mode MODE…] [--fault NAME…] [--raw] [--variants]`."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from functools import partial
from pathlib import Path

import httpx

from scripts.document import write_text

from ..processes import ROOT
from .mutant import INDEPENDENT, MOCK, Mutant, mutants
from .outcome import Outcome
from .record import Key, Record
from .table import RAW, Results, alarms, page, rates
from .variants import VARIANTS, Variant

PAGE = ROOT / "docs" / "mutants.md"

Trial = tuple[Key, Callable[[], Outcome]]


def main() -> None:
    """Judge the servers that are asked for; 1 where one that breaks nothing is accused."""
    parser = _parser()
    given = parser.parse_args()
    chosen = _chosen(parser, given)
    variants = _chosen_variants(parser, given)
    modes = list(dict.fromkeys(given.mode or ([] if given.raw else ["full"])))
    seeds = [given.seed + number for number in range(given.seeds)]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended too
    record = Record(given.record)
    _run([*_trials(chosen, modes, given), *_lawful(variants, modes, seeds)], record, given.jobs)
    results = _results(chosen, variants, [*modes, *([RAW] if given.raw else [])], given.seed, seeds, record)
    accused = list(alarms(results))
    for server in (MOCK, INDEPENDENT):
        for family, told in rates(results, server):
            sys.stdout.write(f"{server:<12} {family:<22} {'   '.join(told)}\n")
    for line in accused:
        sys.stdout.write(f"FALSE ALARM: {line}\n")
    if given.write:
        write_text(page(results), PAGE)
    sys.exit(1 if accused else 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument(
        "--mode",
        action="append",
        choices=("full", "frugal"),
        help="again for more; without it full, or with --raw none",
    )
    parser.add_argument("--fault", action="append", metavar="NAME", help="this fault; again for more; all without it")
    parser.add_argument("--family", action="append", metavar="NAME", help="the faults of this family; again for more")
    parser.add_argument("--server", choices=(MOCK, INDEPENDENT), help="only faults of this one")
    parser.add_argument("--no-faults", action="store_true", help="only servers that break nothing")
    parser.add_argument("--raw", action="store_true", help="judge by `schemathesis run` too")
    parser.add_argument("--variants", action="store_true", help="judge servers that break nothing too")
    parser.add_argument("--variant", action="append", metavar="NAME", help="this one of them; again for more")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="the first seed; 1 without it")
    parser.add_argument(
        "--seeds", type=int, default=2, metavar="N", help="how many seeds servers that break nothing get"
    )
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="how many are judged at a time")
    parser.add_argument(
        "--record", type=Path, metavar="FILE", help="keep outcomes here; those in it are not made again"
    )
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    return parser


def _chosen(parser: argparse.ArgumentParser, given: argparse.Namespace) -> list[Mutant]:
    if given.no_faults:
        return []
    known = list(mutants())
    names, families = set(given.fault or ()), set(given.family or ())
    if unknown := (names - {each.name for each in known}) | (families - {each.family for each in known}):
        parser.error(f"no fault or family of this API is called {', '.join(sorted(unknown))}")
    every = not names and not families
    chosen = [each for each in known if every or each.name in names or each.family in families]
    return [each for each in chosen if given.server in (None, each.server)]


def _chosen_variants(parser: argparse.ArgumentParser, given: argparse.Namespace) -> list[Variant]:
    names = set(given.variant or ())
    if unknown := names - {each.name for each in VARIANTS}:
        parser.error(
            f"no variant is called {', '.join(sorted(unknown))}; there is {', '.join(v.name for v in VARIANTS)}"
        )
    return [each for each in VARIANTS if each.name in names or (given.variants and not names)]


def _trials(chosen: Sequence[Mutant], modes: Sequence[str], given: argparse.Namespace) -> Iterator[Trial]:
    for mode in modes:
        for each in chosen:
            yield (mode, each.name, given.seed), partial(each.judged, mode, given.seed)
    for each in chosen if given.raw else ():
        yield (RAW, each.name, given.seed), partial(each.judged_by_schemathesis, given.seed)


def _lawful(variants: Sequence[Variant], modes: Sequence[str], seeds: Sequence[int]) -> Iterator[Trial]:
    for each in variants:
        for mode in [each.mode] if each.mode else modes:
            for seed in seeds:
                yield (mode, each.name, seed), partial(each.judged, mode, seed)


def _run(trials: Sequence[Trial], record: Record, jobs: int) -> None:
    """Make the trials that are not on record, several at a time, and tell each."""
    left = [(key, make) for key, make in trials if key not in record.outcomes]
    pool = ThreadPoolExecutor(jobs)
    try:
        made = {pool.submit(make): key for key, make in left}
        for number, future in enumerate(as_completed(made), 1):
            key, outcome = made[future], _of(future)
            record.keep(key, outcome)
            sys.stdout.write(f"{number}/{len(left)} {_told(key, outcome)}\n")
            sys.stdout.flush()
    finally:
        pool.shutdown(cancel_futures=True)  # those under way end what they started


def _of(future: Future[Outcome]) -> Outcome:
    """What a trial came to; where it could not be made, that."""
    try:
        return future.result()
    except (OSError, RuntimeError, ValueError, httpx.HTTPError) as error:
        return Outcome(2, said=(f"{type(error).__name__}: {error}",))


def _told(key: Key, outcome: Outcome) -> str:
    mode, name, seed = key
    cost = f"{outcome.requests} requests, {outcome.created} created, {outcome.seconds:.1f} s"
    return f"{mode:<9} {seed} {name:<28} {outcome.word:<13} {', '.join(outcome.promises)} ({cost})"


def _results(
    chosen: Sequence[Mutant],
    variants: Sequence[Variant],
    modes: Sequence[str],
    seed: int,
    seeds: Sequence[int],
    record: Record,
) -> Results:
    names, lawful = {each.name for each in chosen}, {each.name for each in variants}
    outcomes = {
        (mode, name): each for (mode, name, of), each in record.outcomes.items() if of == seed and name in names
    }
    trials = {key: each for key, each in record.outcomes.items() if key[1] in lawful and key[2] in seeds}
    return Results(modes, chosen, variants, outcomes, trials)


main()
