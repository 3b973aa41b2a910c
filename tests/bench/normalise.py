"""Our `normalise` beside swagger2openapi, as whole processes, on real documents."""

from __future__ import annotations

import json
import re
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from .peer import CONVERTER, Peer, conversion, installed
from .process import ROOT, Figures, Run, in_turn, run
from .result import Result

_SWAGGER = re.compile(r"""^["']?swagger["']?\s*:\s*["']?2""", re.MULTILINE)
_COLUMNS = ("document", "KB", "ours s", "theirs s", "ratio", "ours MB", "theirs MB", "ratio")


@dataclass(frozen=True)
class Row:
    """One document: what ours took, and theirs where it gave a result."""

    document: str
    size: int
    """In bytes."""
    ours: Figures
    theirs: Figures | None = None
    flags: Sequence[str] = ()
    """What the peer needed beside `--patch` to give a result."""
    refused: str = ""
    """Why it gave none, in its own words."""
    failed: str = ""
    """Why ours gave none."""

    @property
    def time(self) -> float | None:
        """Our seconds as a part of theirs."""
        return self.ours.seconds / self.theirs.seconds if self.theirs else None

    @property
    def memory(self) -> float | None:
        """Our peak memory as a part of theirs."""
        return self.ours.peak / self.theirs.peak if self.theirs else None


def benchmark(runs: int) -> Result:
    """The medians of `runs` runs on each document of the sample, and the ratios."""
    peer = installed(CONVERTER)
    with tempfile.TemporaryDirectory() as folder:
        rows = [_row(document, peer, Path(folder, "openapi.yaml"), runs) for document in sample()]
    said = [] if peer else [f"Node and npm, or {CONVERTER.name}, are not there: our figures stand alone."]
    return Result(
        f"normalise --target 3.0 beside {CONVERTER.name} {peer.version} --patch" if peer else "normalise --target 3.0",
        _COLUMNS,
        [_drawn(row) for row in rows],
        said + [_summary(name, _ratios(rows, name)) for name in ("time", "memory") if peer] + _remarks(rows),
        {
            "peer": f"{CONVERTER.name} {peer.version}" if peer else None,
            "runs": runs,
            "documents": [asdict(row) | {"time": row.time, "memory": row.memory} for row in rows],
            **{name: _extremes(_ratios(rows, name)) for name in ("time", "memory") if peer},
        },
    )


def sample() -> list[Path]:
    """The Swagger 2.0 documents of the shared sample where it is beside the clone, else of the project itself."""
    corpus = ROOT.parent / "shared" / "corpus"
    own = [*ROOT.glob("spec/*/source.yaml"), *ROOT.glob("tests/data/*/source.yaml")]
    found = corpus.rglob("*") if corpus.is_dir() else own
    return [path for path in sorted(found) if path.suffix in (".json", ".yaml", ".yml") and _is_swagger(path)]


def _is_swagger(path: Path) -> bool:
    text = path.read_text(encoding="utf-8-sig")
    return "swagger" in json.loads(text) if path.suffix == ".json" else bool(_SWAGGER.search(text))


def _row(document: Path, peer: Peer | None, output: Path, runs: int) -> Row:
    ours = [sys.executable, "-m", "scripts", "normalise", str(document), "-o", str(output), "--target", "3.0"]
    name, size = document.name, document.stat().st_size

    def before() -> None:
        output.unlink(missing_ok=True)

    failed = _why(run(ours))
    flags, refused = _accepted(document, peer, output) if peer else ((), "")
    commands = [ours] if peer is None or refused or failed else [ours, conversion(peer, document, output, *flags)]
    first, *second = in_turn(commands, runs=runs, before=before)
    return Row(name, size, first, second[0] if second else None, flags, refused, failed)


def _accepted(document: Path, peer: Peer, output: Path) -> tuple[Sequence[str], str]:
    """The further flags with which the peer converts `document`; where none do, why it refuses."""
    refused = ""
    for flags in ((), ("--warnOnly",)):
        why = _why(run(conversion(peer, document, output, *flags)))
        if not why:
            return flags, ""
        refused = refused or why
    return (), refused


def _why(done: Run) -> str:
    """The line of its output that says why a command failed; empty where it did not."""
    if done.code == 0:
        return ""
    told = [line.strip() for line in done.said.splitlines() if "warning" not in line]
    return next((line for line in told if "Error" in line), told[0] if told else f"exit code {done.code}")


def _drawn(row: Row) -> list[str]:
    theirs = (f"{row.theirs.seconds:.3f}", f"{row.theirs.peak / 1e6:.0f}") if row.theirs else ("-", "-")
    time, memory = (f"{ratio:.2f}" if ratio is not None else "-" for ratio in (row.time, row.memory))
    ours = (f"{row.ours.seconds:.3f}", f"{row.ours.peak / 1e6:.0f}")
    return [row.document, f"{row.size / 1000:.0f}", ours[0], theirs[0], time, ours[1], theirs[1], memory]


def _ratios(rows: Sequence[Row], name: str) -> dict[str, float]:
    """Document to its ratio, where there is one."""
    return {row.document: ratio for row in rows if (ratio := getattr(row, name)) is not None}


def _extremes(ratios: dict[str, float]) -> dict[str, float | str]:
    worst = max(ratios, key=ratios.__getitem__)
    return {"median": statistics.median(ratios.values()), "worst": ratios[worst], "document": worst}


def _summary(name: str, ratios: dict[str, float]) -> str:
    if not ratios:
        return f"{name}: no document to compare on"
    found = _extremes(ratios)
    return f"{name}, ours to theirs: median {found['median']:.2f}, worst {found['worst']:.2f} ({found['document']})"


def _remarks(rows: Sequence[Row]) -> list[str]:
    told = []
    for row in rows:
        if row.failed:
            told.append(f"{row.document}: ours gives no result: {row.failed}")
        if row.refused:
            told.append(f"{row.document}: {CONVERTER.name} gives no result: {row.refused}")
        if row.flags:
            told.append(f"{row.document}: {CONVERTER.name} gives a result only with {' '.join(row.flags)}")
    return told
