"""Outcomes that outlive the process, so that a long run can be gone on with."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from .outcome import Outcome

Key = tuple[str, str, int]
"""Mode, name of the server, seed."""


class Record:
    """A JSON file of outcomes, written anew after each; without a path they are only held."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.outcomes: dict[Key, Outcome] = {}
        if path is not None and path.is_file():
            for mode, name, seed, outcome in json.loads(path.read_text(encoding="utf-8")):
                self.outcomes[mode, name, seed] = _outcome(outcome)

    def keep(self, key: Key, outcome: Outcome) -> None:
        self.outcomes[key] = outcome
        if self._path is not None:
            rows = [[*each, asdict(found)] for each, found in self.outcomes.items()]
            self._path.write_text(json.dumps(rows, indent=0) + "\n", encoding="utf-8")


def _outcome(members: dict) -> Outcome:
    return Outcome(**{name: tuple(value) if isinstance(value, list) else value for name, value in members.items()})
