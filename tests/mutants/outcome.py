"""One run of the contract verb on a server, and what came of it."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..processes import GIVEN, KEYS, ROOT, surroundings, verb

ENV = surroundings(
    **KEYS,
    **GIVEN,
    WASABI_VIEW_ACCESS_KEY="EXAMPLEACCESSKEY0003",
    WASABI_VIEW_SECRET_KEY="example-secret-of-viewer-one",
)
"""The documented keys, and values that the mock takes."""

LIMIT = 240
"""Seconds after which a run stops sending; it is killed a while later."""


@dataclass(frozen=True)
class Outcome:
    """What a run came to."""

    code: int
    """Its exit code; -1 where it was killed."""
    promises: tuple[str, ...] = ()
    """Those that were seen broken, those that count first."""
    operations: tuple[str, ...] = ()
    """At which operations."""
    known: tuple[str, ...] = ()
    """All promises that the run had something to say about."""
    requests: int = 0
    created: int = 0
    seconds: float = 0.0
    said: tuple[str, ...] = ()
    """A line for each finding, or why there is no verdict."""

    @property
    def word(self) -> str:
        """yes; as a warning, where what was seen broken is inferred; inconclusive; no; or could not run."""
        if self.code == 1:
            return "yes"
        if self.code not in (0, 3):
            return "could not run"
        return "as a warning" if self.promises else "inconclusive" if self.code == 3 else "no"

    @property
    def found(self) -> bool:
        return bool(self.promises)


def judged(
    url: str, *, mode: str, seed: int, words: Sequence[str] = (), env: Mapping[str, str] = ENV, cwd: Path = ROOT
) -> Outcome:
    """Run the verb on a URL, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["contract", "--url", url, "--mode", mode, "--seed", str(seed), "--report", folder, *words]
        started = time.monotonic()
        try:
            done = verb(*command, "--max-seconds", str(LIMIT), env=env, cwd=cwd, timeout=LIMIT + 60)
        except subprocess.TimeoutExpired:
            return Outcome(-1, seconds=time.monotonic() - started, said=("it did not end, and was killed",))
        seconds = time.monotonic() - started
        path = Path(folder, "verdict.json")
        verdict = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if not verdict:
        return Outcome(done.returncode, seconds=seconds, said=tuple((done.stdout + done.stderr).splitlines()[-3:]))
    return _read(done.returncode, verdict, seconds)


def _read(code: int, verdict: Mapping[str, Any], seconds: float) -> Outcome:
    findings = verdict.get("findings", [])
    return Outcome(
        code,
        promises=tuple(dict.fromkeys(each["promise"] for found in findings for each in (found, *found["also"]))),
        operations=tuple(dict.fromkeys(each["operation"] for each in findings)),
        known=tuple(each["id"] for each in verdict.get("promises", ())),
        requests=verdict.get("requests", {}).get("sent", 0),
        created=verdict.get("created", {}).get("at_most_happened", 0),
        seconds=round(seconds, 1),
        said=(*(f"{each['operation']}: {each['promise']}: {each['detail']}" for each in findings), *verdict["reasons"]),
    )
