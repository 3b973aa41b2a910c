"""Deviations of a server that are known and accepted for a while, from a file beside the pipeline that judges it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..document import Document, Json, pointer, read
from ..errors import Problem, UsageError
from .verdict import Finding, Ledger

_MEMBERS = {"promise": True, "operation": False, "seen": False, "reason": True, "until": True}
"""The members of an entry, and whether it must have them."""


@dataclass(frozen=True)
class Deviation:
    """One promise that a server is known not to keep, and that does not count until a day is over."""

    promise: str
    """The promise's id."""
    operation: str
    """The operationId at which it is broken; empty for any."""
    seen: str
    """What the finding's detail holds; empty for anything."""
    reason: str
    until: datetime.date
    """The last day on which it is accepted."""

    def __str__(self) -> str:
        return f"{self.operation}: {self.promise}" if self.operation else self.promise

    def matches(self, finding: Finding) -> bool:
        """Whether it is about a finding, whatever the day."""
        return (
            self.promise == finding.promise.id
            and self.operation in ("", *finding.operations)
            and self.seen in finding.detail
        )


@dataclass(frozen=True)
class Remark:
    """What became of an accepted deviation in a run."""

    deviation: Deviation
    state: str
    """`ACCEPTED`, `EXPIRED`, `NOT_SEEN` or `NOT_EXERCISED`."""

    def __str__(self) -> str:
        return f"{self.deviation}: {_WORDS[self.state].format(self.deviation)}"


ACCEPTED, EXPIRED, NOT_SEEN, NOT_EXERCISED = "accepted", "expired", "not seen", "not exercised"
_WORDS = {
    ACCEPTED: "accepted until {0.until}: {0.reason}",
    EXPIRED: "accepted until {0.until} only, which is past: it counts again",
    NOT_SEEN: "an accepted deviation that is no longer seen: take it out of the file",
    NOT_EXERCISED: "an accepted deviation whose promise this run did not exercise",
}


def read_deviations(path: Path, operations: Iterable[str]) -> list[Deviation]:
    """The deviations in a YAML or JSON file, a list of entries, for an API with these operationIds.

    Raises `UsageError` with everything that is wrong with the file, each with its place.
    """
    source = read(path, mapping=False)
    problems = list(_wrong(source, frozenset(operations)))
    if problems:
        raise UsageError(problems)
    entries: Json = source.data
    return [_deviation(entry) for entry in entries or ()]


def _wrong(source: Document, operations: frozenset[str]) -> Iterator[Problem]:
    entries: Json = source.data if source.data is not None else []
    if not isinstance(entries, list):
        yield source.problem("", "the accepted deviations are not a list", "Begin each entry with `- promise: …`.")
        return
    for index, entry in enumerate(entries):
        place = pointer(index)
        if not isinstance(entry, dict):
            yield source.problem(place, "an entry is not a mapping", f"It has {', '.join(_MEMBERS)}.")
            continue
        for name, must in _MEMBERS.items():
            if must and entry.get(name) in (None, ""):
                yield source.problem(place, f"the entry has no `{name}`", _WHY[name])
        for name, value in entry.items():
            what = _wrong_member(name, value, operations)
            if what:
                yield source.problem(place + pointer(name), *what)


_WHY = {
    "promise": "It is the id that a finding names.",
    "reason": "Say why the deviation is accepted, for who reads the report.",
    "until": "Say the last day on which it is accepted, as in 2027-01-31.",
}


def _wrong_member(name: str, value: Any, operations: frozenset[str]) -> tuple[str, str] | None:
    if name not in _MEMBERS:
        return f"`{name}` is no member of an entry", f"It has {', '.join(_MEMBERS)}."
    if name == "until":
        return None if _day(value) else (f"`until` is {value!r}, which is no day", "Write it as in 2027-01-31.")
    if not isinstance(value, str):
        return f"`{name}` is not a text", ""
    if name == "operation" and value not in operations:
        return f"no operation is called {value!r}", f"There is {', '.join(sorted(operations))}."
    return None


def _day(value: Any) -> datetime.date | None:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    try:
        return datetime.date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _deviation(entry: Mapping[str, Any]) -> Deviation:
    until = _day(entry["until"]) or datetime.date.min
    return Deviation(entry["promise"], entry.get("operation", ""), entry.get("seen", ""), entry["reason"], until)


def reason(deviations: Iterable[Deviation], finding: Finding, today: datetime.date) -> str:
    """Why a finding is accepted on a day; empty where it is not."""
    return next((each.reason for each in deviations if each.until >= today and each.matches(finding)), "")


def remarks(deviations: Sequence[Deviation], ledger: Ledger, today: datetime.date) -> list[Remark]:
    """What became of each deviation."""
    return [Remark(each, _state(each, ledger, today)) for each in deviations]


def _state(deviation: Deviation, ledger: Ledger, today: datetime.date) -> str:
    if any(deviation.matches(finding) for finding in ledger.findings.values()):
        return ACCEPTED if deviation.until >= today else EXPIRED
    exercised = any(
        promise == deviation.promise and deviation.operation in ("", operation) for operation, promise in ledger.kept
    )
    return NOT_SEEN if exercised else NOT_EXERCISED
