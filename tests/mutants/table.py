"""What a run of the mutants found, as a page."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .mutant import INDEPENDENT, MOCK, Mutant
from .outcome import Outcome
from .variants import Variant

RAW = "raw"
"""In place of a mode: `schemathesis run`."""

_SHOWN = 6
"""How many of the faults that break a promise are named."""


@dataclass(frozen=True)
class Results:
    """Outcomes by mode; a fault has one in each, a variant one for each seed."""

    modes: Sequence[str]
    """`RAW` last, where it was asked for."""
    mutants: Sequence[Mutant]
    variants: Sequence[Variant]
    outcomes: Mapping[tuple[str, str], Outcome]
    """(mode, fault) to what came of it."""
    trials: Mapping[tuple[str, str, int], Outcome]
    """(mode, variant, seed) to what came of it."""

    @property
    def faults(self) -> list[Mutant]:
        return [each for each in self.mutants if not each.point]

    def of(self, mode: str, mutants: Sequence[Mutant]) -> list[Outcome]:
        return [self.outcomes[mode, each.name] for each in mutants if (mode, each.name) in self.outcomes]


def alarms(results: Results) -> Iterator[str]:
    """A line for each accusation of a server that breaks nothing."""
    variants = {each.name: each for each in results.variants}
    for (mode, name, seed), outcome in results.trials.items():
        if variants[name].accused(outcome):
            yield f"{name} ({mode}, seed {seed}): exit code {outcome.code}: {'; '.join(outcome.said) or 'nothing said'}"
    for each in results.mutants:
        for mode in results.modes:
            outcome = results.outcomes.get((mode, each.name))
            if each.point and mode != RAW and outcome and outcome.found:
                yield f"{each.name} ({mode}): {each.point} is open: {'; '.join(outcome.said)}"


def rates(results: Results, server: str) -> Iterator[tuple[str, list[str]]]:
    """Family by family, and all: how many of a server's faults were found in each mode."""
    faults = [each for each in results.faults if each.server == server]
    for family in dict.fromkeys(each.family for each in faults):
        own = [each for each in faults if each.family == family]
        yield family, [_rate(results.of(mode, own)) for mode in results.modes]
    if faults:
        yield "all", [_rate(results.of(mode, faults)) for mode in results.modes]


def _rate(outcomes: Sequence[Outcome]) -> str:
    found = sum(each.found for each in outcomes)
    warned = sum(each.word == "as a warning" for each in outcomes)
    share = f" ({found / len(outcomes):.0%})" if outcomes else ""
    return f"{found} of {len(outcomes)}{share}" + (f", {warned} as a warning" if warned else "")


def breaking(results: Results) -> dict[str, list[str]]:
    """Each promise that a run knew of, with the faults that were seen to break it."""
    ours = [mode for mode in results.modes if mode != RAW]
    known = {promise for outcome in (*results.outcomes.values(), *results.trials.values()) for promise in outcome.known}
    found: dict[str, list[str]] = {promise: [] for promise in sorted(known)}
    for each in results.faults:
        made = (outcome for mode in ours for outcome in results.of(mode, [each]))
        for promise in dict.fromkeys(promise for outcome in made for promise in outcome.promises):
            found.setdefault(promise, []).append(each.name)
    return found


def page(results: Results) -> str:
    """docs/mutants.md."""
    parts = [_introduction(results), _rates(results)]
    parts += [_faults(results, MOCK), _faults(results, INDEPENDENT), _promises(results), _lawful(results)]
    return "\n".join(line for part in parts for line in part) + "\n"


def _introduction(results: Results) -> list[str]:
    words = ["--raw" if mode == RAW else f"--mode {mode}" for mode in results.modes]
    words += ["--variants"] * bool(results.trials)
    return [
        "# What the contract suite finds",
        "",
        f"Written by `python -m tests.mutants {' '.join(words)} --write`; not edited by hand. "
        "Each fault of the mock ([mock.md](mock.md)), and of a server that was written from the published texts alone, "
        "is judged alone. *Found* is exit code 1, or *as a warning* where the broken promise is our reading of "
        "silence, which only warns unless `--inferred fail` says otherwise. `raw` is `schemathesis run` on the same "
        "server with the corrected document and right keys, until its first failure, without the two checks that "
        "accuse conforming servers; its requests and creations are counted by the server. Seconds are of the whole "
        "process on two shared cores.",
        "",
    ]


HEADS = {MOCK: "faults of the mock", INDEPENDENT: "faults of the independent server"}


def _rates(results: Results) -> Iterator[str]:
    yield "## Found"
    yield ""
    for server, head in HEADS.items():
        if told := list(rates(results, server)):
            yield f"| {head} | {' | '.join(results.modes)} |"
            yield f"| --- |{' --- |' * len(results.modes)}"
            for family, cells in told:
                bold = "**" if family == "all" else ""
                yield f"| {bold}{family}{bold} | {' | '.join(cells)} |"
            yield from _costs(results, server)
            yield ""


def _costs(results: Results, server: str) -> Iterator[str]:
    """A row for what a run cost, in the middle."""
    faults = [each for each in results.faults if each.server == server]
    cells = []
    for mode in results.modes:
        made = results.of(mode, faults)
        middle = [statistics.median(figures) for figures in zip(*map(_cost, made), strict=True)] or [0, 0, 0]
        cells.append("{:.0f} requests, {:.0f} created, {:.1f} s".format(*middle))
    yield f"| a run, in the middle | {' | '.join(cells)} |"


def _cost(outcome: Outcome) -> tuple[float, float, float]:
    return outcome.requests, outcome.created, outcome.seconds


def _faults(results: Results, server: str) -> Iterator[str]:
    faults = [each for each in results.faults if each.server == server]
    if not faults:
        return
    yield f"## Each of the {HEADS[server]}"
    yield ""
    what = "of" if server == MOCK else "what it does"
    yield f"| fault | {what} | {' | '.join(f'{mode} | by | requests | created | s' for mode in results.modes)} |"
    yield f"| --- | --- |{' --- | --- | ---: | ---: | ---: |' * len(results.modes)}"
    for each in faults:
        cells = [_cells(results.outcomes.get((mode, each.name))) for mode in results.modes]
        yield f"| `{each.name}` | {_about(each)} | {' | '.join(cells)} |"
    yield ""


def _promises(results: Results) -> Iterator[str]:
    yield "## Promises and the faults that break them"
    yield ""
    yield "| promise | faults | broken by |"
    yield "| --- | ---: | --- |"
    for promise, names in breaking(results).items():
        told = ", ".join(f"`{name}`" for name in names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
        yield f"| {promise} | {len(names)} | {told} |"
    yield ""


def _cells(outcome: Outcome | None) -> str:
    if outcome is None:
        return " |  |  |  | "
    by = ", ".join(outcome.promises)
    return f"{outcome.word} | {by} | {outcome.requests} | {outcome.created} | {outcome.seconds:.1f}"


def _about(mutant: Mutant) -> str:
    if not mutant.about:
        return mutant.says
    return mutant.about[0] if len(mutant.about) == 1 else f"{len(mutant.about)} operations"


def _lawful(results: Results) -> Iterator[str]:
    yield "## Servers that break nothing"
    yield ""
    accused = list(alarms(results))
    yield f"{len(accused)} false alarms." if accused else "No false alarm."
    yield ""
    yield "| server | runs | accused | requests | s |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for each in results.variants:
        trials = [outcome for (_, name, _), outcome in results.trials.items() if name == each.name]
        if trials:
            name = f"`{each.name}`: {each.says}" if each.says else each.name
            yield _row(name, trials, sum(each.accused(outcome) for outcome in trials))
    for mutant in (each for each in results.mutants if each.point):
        trials = results.of("full", [mutant]) + results.of("frugal", [mutant])
        if trials:
            name = f"`{mutant.name}`: {mutant.point} is open"
            yield _row(name, trials, sum(outcome.found for outcome in trials))
    yield from ("", *(f"- {line}" for line in accused), *([""] if accused else []))


def _row(name: str, trials: Sequence[Outcome], accused: int) -> str:
    requests = max(each.requests for each in trials)
    return f"| {name} | {len(trials)} | {accused} | {requests} | {max(each.seconds for each in trials):.1f} |"
