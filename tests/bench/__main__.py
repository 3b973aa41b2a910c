"""The command line of the benchmarks: `python -m tests.bench [NAME…] [--runs N] [--json FILE]`."""

from __future__ import annotations

import argparse
import compileall
import json
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from rich.console import Console

from . import contract, mock, normalise
from .process import ROOT
from .result import Result

BENCHMARKS: Mapping[str, Callable[[int], Result]] = {
    "normalise": normalise.benchmark,
    "mock": mock.benchmark,
    "contract": contract.benchmark,
}
"""Name to what measures, given how many runs of each command count."""

_WIDTH = 110
"""Columns of a table, also where the output is no terminal."""


def main() -> None:
    """Run the benchmarks that are named, or all of them, and print what they found."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(BENCHMARKS)}; none for all")
    parser.add_argument("--runs", type=int, default=7, metavar="N", help="how many runs of each command count")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to write the figures too")
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in BENCHMARKS]
    if unknown or given.runs < 1:
        parser.error(f"no benchmark {unknown[0]!r}" if unknown else "--runs must be 1 or more")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended too
    compileall.compile_dir(ROOT / "scripts", quiet=1)  # as at a user's, where the first run does it
    console = Console(width=_WIDTH)
    found = {}
    for name in given.names or BENCHMARKS:
        result = BENCHMARKS[name](given.runs)
        console.print(result.table())
        for line in result.said:
            console.print(line, highlight=False, markup=False, soft_wrap=True)
        found[name] = result.data
    if given.json:
        given.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


main()
