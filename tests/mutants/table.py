"""What a run of the mutants found, as a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .mutant import Mutant
from .outcome import Outcome
from .variants import Variant

RAW = "raw"
"""In place of a mode: `schemathesis run`."""


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


def rates(results: Results) -> Iterator[tuple[str, list[str]]]:
    """Family by family, and all: how many of its faults were found in each mode."""
    families = dict.fromkeys(each.family for each in results.faults)
    for family in families:
        own = [each for each in results.faults if each.family == family]
        yield family, [_rate(results.of(mode, own)) for mode in results.modes]
    yield "all", [_rate(results.of(mode, results.faults)) for mode in results.modes]


def _rate(outcomes: Sequence[Outcome]) -> str:
    found = sum(each.found for each in outcomes)
    warned = sum(each.word == "as a warning" for each in outcomes)
    share = f" ({found / len(outcomes):.0%})" if outcomes else ""
    return f"{found} of {len(outcomes)}{share}" + (f", {warned} as a warning" if warned else "")


def page(results: Results) -> str:
    """docs/mutants.md."""
    return "\n".join([*_introduction(results), *_rates(results), *_faults(results), *_lawful(results)]) + "\n"


def _introduction(results: Results) -> list[str]:
    words = ["--raw" if mode == RAW else f"--mode {mode}" for mode in results.modes]
    words += ["--variants"] * bool(results.trials)
    return [
        "# What the contract suite finds",
        "",
        f"Written by `python -m tests.mutants {' '.join(words)} --write`; not edited by hand. "
        "Each fault of the mock ([mock.md](mock.md)) is put into a mock alone and judged. *Found* is exit code 1, or "
        "*as a warning* where the broken promise is our reading of silence, which only warns unless `--inferred fail` "
        "says otherwise. `raw` is `schemathesis run` on the same server with the corrected document and right keys, "
        "until its first failure, without the two checks that accuse conforming servers. Seconds are of the whole "
        "process on two shared cores.",
        "",
    ]


def _rates(results: Results) -> Iterator[str]:
    yield "## Found"
    yield ""
    yield f"| faults of | {' | '.join(results.modes)} |"
    yield f"| --- |{' --- |' * len(results.modes)}"
    for family, told in rates(results):
        bold = "**" if family == "all" else ""
        yield f"| {bold}{family}{bold} | {' | '.join(told)} |"
    yield ""


def _faults(results: Results) -> Iterator[str]:
    ours = [mode for mode in results.modes if mode != RAW]
    heads = [f"{mode} | by | requests | created | s" for mode in ours] + [RAW] * (RAW in results.modes)
    yield "## Each fault"
    yield ""
    yield f"| fault | of | {' | '.join(heads)} |"
    yield f"| --- | --- |{' --- | --- | ---: | ---: | ---: |' * len(ours)}{' --- |' * (RAW in results.modes)}"
    for each in results.faults:
        cells = [_cells(results.outcomes.get((mode, each.name))) for mode in ours]
        if RAW in results.modes:
            outcome = results.outcomes.get((RAW, each.name))
            cells.append(outcome.word if outcome else "")
        yield f"| `{each.name}` | {_about(each)} | {' | '.join(cells)} |"
    yield ""


def _cells(outcome: Outcome | None) -> str:
    if outcome is None:
        return " |  |  |  | "
    by = ", ".join(outcome.promises)
    return f"{outcome.word} | {by} | {outcome.requests} | {outcome.created} | {outcome.seconds:.1f}"


def _about(mutant: Mutant) -> str:
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
            yield _row(each.name, trials, sum(each.accused(outcome) for outcome in trials))
    for mutant in (each for each in results.mutants if each.point):
        trials = results.of("full", [mutant]) + results.of("frugal", [mutant])
        if trials:
            name = f"`{mutant.name}`: {mutant.point} is open"
            yield _row(name, trials, sum(outcome.found for outcome in trials))
    yield from ("", *(f"- {line}" for line in accused), *([""] if accused else []))


def _row(name: str, trials: Sequence[Outcome], accused: int) -> str:
    requests = max(each.requests for each in trials)
    return f"| {name} | {len(trials)} | {accused} | {requests} | {max(each.seconds for each in trials):.1f} |"
