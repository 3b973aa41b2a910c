"""The matrix of operations and promises as a page shows it, made of `verdict.json`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...document import Json

OTHERS = "other requests"
"""The column for what no operation of the document is asked with."""


@dataclass(frozen=True)
class Cell:
    """What became of a promise at an operation."""

    look: str
    sign: str
    words: str


@dataclass(frozen=True)
class Line:
    """One promise in the matrix."""

    promise: Mapping[str, Json]
    cells: Sequence[Cell]
    look: str


@dataclass(frozen=True)
class Group:
    """The promises of one family."""

    family: Mapping[str, Json]
    lines: Sequence[Line]
    look: str
    missing: Mapping[str, Sequence[str]]
    """Each reason why something was not exercised, to the promises and operations."""


@dataclass(frozen=True)
class Matrix:
    """Operations × promises."""

    operations: Sequence[str]
    groups: Sequence[Group]
    look: str
    totals: Mapping[str, int]


def matrix(summed: Mapping[str, Json]) -> Matrix:
    """The matrix of a run: a line for each promise by family, a cell for each operation."""
    promises = summed["promises"]
    known = [*summed["operations"], *summed["out_of_scope"]]
    others = any({*each["kept"], *each["broken"]} - set(known) for each in promises)
    columns = [*known, *([OTHERS] if others else [])]
    harmless = _harmless(summed["findings"])
    groups = []
    for family in summed["families"]:
        own = [each for each in promises if each["family"] == family["id"]]
        if own:
            lines = [_line(each, known, columns, harmless) for each in own]
            groups.append(Group(family, lines, _worst(line.look for line in lines), _missing(own, known)))
    totals = {word: sum(family[word] for family in summed["families"]) for word in ("kept", "broken", "not_exercised")}
    look = _worst(group.look for group in groups)
    return Matrix(columns, groups, look, {**totals, "promises": len(promises)})


def _harmless(findings: Sequence[Mapping[str, Json]]) -> dict[tuple[str, str], str]:
    """Promise and operation to why what was found there does not count, where nothing that was found does."""
    found: dict[tuple[str, str], str] = {}
    for finding in sorted(findings, key=lambda each: bool(each["counts"])):  # the last word is of those that count
        why = "" if finding["counts"] else ("accepted" if finding["accepted"] else "inferred")
        for each in (finding, *finding["also"]):
            found.update({(each["promise"], operation): why for operation in each["operations"]})
    return found


def _line(
    promise: Mapping[str, Json], known: Sequence[str], columns: Sequence[str], harmless: Mapping[tuple[str, str], str]
) -> Line:
    cells = [_cell(promise, [column], harmless) for column in known]
    if len(columns) > len(known):
        cells.append(_cell(promise, sorted({*promise["kept"], *promise["broken"]} - set(known)), harmless))
    return Line(promise, cells, _worst(cell.look for cell in cells))


def _worst(looks: Iterable[str]) -> str:
    found = set(looks)
    return next((look for look in ("bad", "unsure", "ok") if look in found), "none")


def _cell(promise: Mapping[str, Json], operations: Sequence[str], harmless: Mapping[tuple[str, str], str]) -> Cell:
    broken = [operation for operation in operations if operation in promise["broken"]]
    kept = sum(promise["kept"].get(operation, 0) for operation in operations)
    if broken:
        why = {harmless.get((promise["id"], operation), "") for operation in broken}
        if "" in why:
            return Cell("bad", "✗", f"broken; kept {kept} times beside that" if kept else "broken")
        return Cell("unsure", "!", f"broken, and does not count: {', '.join(sorted(why))}")
    if kept:
        return Cell("ok", f"✓ {kept}", f"kept {kept} times" if kept > 1 else "kept once")
    reasons = [promise["not_exercised"][each] for each in operations if each in promise["not_exercised"]]
    return Cell("none", "·", "not exercised: " + (reasons[0] if reasons else "no such request speaks of it"))


def _missing(promises: Sequence[Mapping[str, Json]], known: Sequence[str]) -> dict[str, list[str]]:
    """Each reason, to the promises that were not exercised for it and where."""
    found: dict[str, dict[str, list[str]]] = {}
    for promise in promises:
        for operation, reason in promise["not_exercised"].items():
            found.setdefault(reason, {}).setdefault(promise["id"], []).append(operation)
    return {
        reason: [f"{name} at {_many(operations, known)}" for name, operations in by_promise.items()]
        for reason, by_promise in found.items()
    }


def _many(operations: Sequence[str], known: Sequence[str]) -> str:
    return "every operation" if set(operations) == set(known) else ", ".join(operations)
