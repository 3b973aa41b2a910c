"""Whole processes, measured: one run, and several commands in turn."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

LIMIT = 60
"""Seconds after which a command is killed."""


@dataclass(frozen=True)
class Run:
    """What one run of a command took."""

    seconds: float
    peak: int
    """The most memory it had, in bytes."""
    code: int
    """Its exit code; the negative signal where one ended it."""
    said: str
    """What it printed."""


def run(command: Sequence[str]) -> Run:
    """`command` run in the project's folder, to its end or to `LIMIT`."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        script = str(Path(__file__).with_name("measure.py"))
        words = [sys.executable, "-I", "-S", script, str(LIMIT), str(log), *command]
        done = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=LIMIT + 10, check=True)
        return Run(**json.loads(done.stdout), said=log.read_text(encoding="utf-8", errors="replace"))


@dataclass(frozen=True)
class Figures:
    """The medians of several runs of one command."""

    seconds: float
    peak: float


def in_turn(commands: Sequence[Sequence[str]], *, runs: int, before: Callable[[], None]) -> list[Figures]:
    """The figures of each command, run in turn so that a slow moment of the machine hits them all.

    `before` is called before each run. The first run of each is a warm-up and does not count.
    """
    taken: list[list[Run]] = [[] for _ in commands]
    for _ in range(runs + 1):
        for command, kept in zip(commands, taken, strict=True):
            before()
            kept.append(run(command))
    return [_figures(kept[1:]) for kept in taken]


def _figures(runs: Sequence[Run]) -> Figures:
    return Figures(statistics.median(each.seconds for each in runs), statistics.median(each.peak for each in runs))
