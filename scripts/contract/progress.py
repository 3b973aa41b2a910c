"""What a person sees while a run is under way: the family of promises at work, and what all has cost so far.

Nothing here comes from the server, and nothing is printed: what shows it is handed in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Protocol

import pytest
from rich.console import Console, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from .run import Run

SECOND_LOOK = "second look"
"""What all families of a second look are told as."""


@dataclass(frozen=True)
class Family:
    """What a family of promises came to."""

    name: str
    requests: int
    created: int
    kept: int
    """How many promises it saw kept."""
    broken: int
    """How many causes it added to what was found."""
    seconds: float
    left_out: str = ""
    """Why none of its tests did anything; empty where one did."""

    def __str__(self) -> str:
        if self.left_out:
            return f"{self.name:<12} left out: {self.left_out}"
        return (
            f"{self.name:<12} {self.requests:>5,} requests  {self.created:>3} created  "
            f"{self.kept:>3} kept  {self.broken:>3} broken  {self.seconds:>6.1f} s"
        )


class Observer(Protocol):
    """Is told when a family starts and ends."""

    def started(self, name: str) -> None: ...

    def ended(self, family: Family) -> None: ...


@dataclass
class Lines:
    """Writes a line for each family when it ends: for logs."""

    write: Callable[[str], object]

    def started(self, name: str) -> None:
        """A log says what was, not what is."""

    def ended(self, family: Family) -> None:
        self.write(str(family))


@dataclass
class Board:
    """One line that is kept up to date: for terminals. It is read by another thread than the one that runs."""

    run: Run
    families: int
    """How many there are to come."""
    family: str = ""
    _done: int = 0
    _spinner: Spinner = field(default_factory=lambda: Spinner("dots"))

    def started(self, name: str) -> None:
        self.family = name

    def ended(self, family: Family) -> None:
        self._done += family.name != SECOND_LOOK

    def __rich__(self) -> RenderableType:
        budget, mode = self.run.budget, self.run.mode
        found = len(_causes(self.run))
        line = Table.grid(padding=(0, 1))
        for _ in range(2):
            line.add_column(no_wrap=True)
        line.add_column(width=10)
        line.add_column(no_wrap=True, overflow="ellipsis")
        told = Text(f"{budget.requests:,}/{mode.requests:,} requests  {budget.created}/{mode.created} created  ")
        told.append(f"{found} finding{'' if found == 1 else 's'}", style="red" if found else "green")
        told.append(f"  {budget.elapsed:.0f} s")
        bar = ProgressBar(total=self.families, completed=self._done, width=10)
        line.add_row(self._spinner, Text(f"{self.family:<11}", style="bold"), bar, told)
        return line


@contextmanager
def watched(run: Run, families: int, *, console: Console | None, write: Callable[[str], object]) -> Iterator[Observer]:
    """An observer for the block: live on a console, which is left as it was, else by lines that `write` gets."""
    if console is None:
        yield Lines(write)
        return
    board = Board(run, families)
    with Live(
        board, console=console, transient=True, refresh_per_second=8, redirect_stdout=False, redirect_stderr=False
    ):
        yield board


@dataclass(eq=False)
class Watch:
    """Tells an observer where families start and end, as a plugin of pytest, which is quiet itself."""

    run: Run
    observer: Observer
    _name: str = ""
    _before: _Count | None = None
    _reasons: list[str] = field(default_factory=list)
    _worked: bool = False

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        name = SECOND_LOOK if self.run.suspects else PurePath(nodeid.partition("::")[0]).stem.removeprefix("test_")
        if name == self._name:
            return
        self._end()
        self._name, self._before = name, _Count.of(self.run)
        self._reasons, self._worked = [], False
        self.observer.started(name)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and isinstance(report.longrepr, tuple):
            self._reasons.append(report.longrepr[2].removeprefix("Skipped: "))
        self._worked |= report.when == "call" and not report.skipped

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep why tests could not be made: nobody else says it."""
        if report.failed:
            told = report.longreprtext.strip().splitlines()[-1:]
            self.run.ledger.unable += [self.run.sender.secrets.mask(f"{report.nodeid}: {line}") for line in told]

    def pytest_sessionfinish(self) -> None:
        self._end()

    def _end(self) -> None:
        if self._before is None:
            return
        left_out = "" if self._worked else next(iter(self._reasons), "")
        self.observer.ended(self._before.until(_Count.of(self.run), self._name, left_out))
        self._name, self._before = "", None


@dataclass(frozen=True)
class _Count:
    """What a run had come to at a moment."""

    requests: int
    created: int
    kept: Counter[tuple[str, str]]
    causes: frozenset[tuple[str, str]]
    elapsed: float

    @classmethod
    def of(cls, run: Run) -> _Count:
        budget = run.budget
        return cls(budget.requests, budget.created, run.ledger.kept.copy(), _causes(run), budget.elapsed)

    def until(self, later: _Count, name: str, left_out: str) -> Family:
        kept = {promise for (_, promise) in later.kept - self.kept}
        requests = later.requests - self.requests
        return Family(
            name=name,
            requests=requests,
            created=later.created - self.created,
            kept=len(kept),
            broken=len(later.causes - self.causes),
            seconds=later.elapsed - self.elapsed,
            left_out="" if requests else left_out,
        )


def _causes(run: Run) -> frozenset[tuple[str, str]]:
    """The causes that were found so far. A copy is read: findings are added while it is drawn."""
    return frozenset(cause for _, cause in list(run.ledger.findings))
