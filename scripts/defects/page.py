"""Write the defects of a document down for its publisher, who knows neither this project nor overlays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any

from ..document import METHODS, Document, pointer
from ..errors import Problem
from ..normalise import normalise
from ..overlay import Parts
from .change import Edit, around, difference
from .notes import Defect, defects
from .restate import later

_SECTIONS = {
    "published": (
        "A. The document and the other published texts",
        "Here the document contradicts itself or another published text, or leaves out what such a text says.",
    ),
    "standard": ("B. What a standard asks for", "Here the document departs from the standard that is named."),
    "inferred": (
        "C. Questions",
        "Here the texts that we know are silent. What follows is our reading of that silence: please confirm it, or "
        "tell us what holds instead.",
    ),
}
_REPAIRED = "D. What had to be repaired before the document could be read"


def page(source: Document, overlays: Sequence[Document]) -> str:
    """The defects of `source` as Markdown: what the overlays correct in it, and what conversion had to repair.

    What contradicts a published text comes first, then what a standard asks for, then questions.
    Raises `DocumentError` and `OverlayError` for what cannot be read or applied.
    """
    converted, warnings = normalise(source)
    version = _version(source)
    found = defects(source, converted, overlays, version)
    chosen = {kind: [defect for defect in found if defect[0].standing.standing == kind] for kind in _SECTIONS}
    repairs = [warning for warning in warnings if warning.defect]
    counts = {heading: len(chosen[kind]) for kind, (heading, _) in _SECTIONS.items()} | {_REPAIRED: len(repairs)}
    lines = _opening(source, counts)
    for kind, (heading, words) in _SECTIONS.items():
        if chosen[kind]:
            lines += [f"## {heading}", "", words, ""]
        for number, defect in enumerate(chosen[kind], 1):
            lines += _defect(source, defect, f"{heading[0]}{number}")
    return "\n".join([*lines, *_repaired(repairs)]).rstrip("\n") + "\n"


def _version(source: Document) -> str:
    return "2.0" if "swagger" in source.data else str(source.data.get("openapi"))[:3]


def _opening(source: Document, counts: dict[str, int]) -> list[str]:
    info = source.data.get("info")
    told = [str(info[part]) for part in ("title", "version") if part in info] if isinstance(info, dict) else []
    name = " ".join(told) or _name(source.file)
    form = f"{'Swagger' if 'swagger' in source.data else 'OpenAPI'} {_version(source)}"
    return [
        f"# {name}: notes on the published document",
        "",
        f"To the publisher of “{name}”: these notes are about its {form} document. They were taken while a",
        "client and tests were made from it, and it was read beside the other published texts.",
        "",
        f"Each note says what was seen, and where: by line and JSON pointer in the document, `{_name(source.file)}`.",
        "Lines with `-` stand there now, lines with `+` would solve it, and `…` is for what can stay as it is.",
        "",
        "| | notes |",
        "| --- | ---: |",
        *(f"| {heading} | {count} |" for heading, count in counts.items()),
        f"| together | {sum(counts.values())} |",
        "",
    ]


def _name(file: str) -> str:
    return PurePath(file).name


# --- One defect ------------------------------------------------------------------------------


def _defect(source: Document, defect: Defect, label: str) -> list[str]:
    title, *more = dict.fromkeys(note.standing.reason for note in defect)
    lines = [f"### {label}. {title}", ""]
    for reason in more:
        lines += [reason, ""]
    for places, diff in _changes(source, [edit for note in defect for edit in note.changes]):
        lines += [*(f"- {_where(source, place)}" for place in places), ""]
        lines += [*_fenced(diff, "diff"), ""] if diff else []
    if _version(source) == "2.0" and any(later(_added(edit)) for note in defect for edit in note.changes):
        lines += ["Swagger 2.0 has no words for all of this; it is written as OpenAPI 3 has it.", ""]
    return lines + _evidence(defect)


def _added(edit: Edit) -> Any:
    """What an edit adds, with its name where that is a word of the specification."""
    name, *above = reversed(edit.whole)
    return edit.value if not edit.origin.rest or above[:1] == ["properties"] else {str(name): edit.value}


def _changes(source: Document, edits: Iterable[Edit]) -> list[tuple[list[Parts], list[str]]]:
    """The places that change, and the diff; places that change alike together."""
    alike: dict[tuple[str, ...], tuple[list[Parts], list[str]]] = {}
    for place, group in around(edits):
        diff = difference(source.data, place, group)
        key = tuple(line for line in diff if line[:1] in "+-")
        alike.setdefault(key, ([], diff))[0].append(group[0].origin.place if len(group) == 1 else place)
    return list(alike.values())


def _where(source: Document, place: Parts) -> str:
    at = pointer(*place)
    line = source.problem(at, "").line
    words = [f"line {line}"] if line else []
    words.append(f"`{at}`" if at else "the whole document")
    return ", ".join(words) + (f" ({_subject(place)})" if _subject(place) else "")


def _subject(place: Parts) -> str:
    """What a place belongs to, as people call it."""
    if place[:1] == ("paths",) and len(place) > 2 and place[2] in METHODS:
        return f"{str(place[2]).upper()} {place[1]}"
    return ""


def _fenced(lines: Sequence[str], language: str) -> list[str]:
    longest = max((len(run) for line in lines for run in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{language}", *lines, fence]


def _evidence(defect: Defect) -> list[str]:
    """What each change rests on; with its place where the texts differ from change to change."""
    places: dict[str, list[Parts]] = {}
    for note in defect:
        places.setdefault(note.standing.source, []).extend(edit.around for edit in note.changes)
    word = "What we read it from" if defect[0].standing.standing == "inferred" else "Evidence"
    if len(places) == 1:
        return [f"{word}: {next(iter(places))}", ""]
    lines = [
        f"- {', '.join(dict.fromkeys(_subject(place) or f'`{pointer(*place)}`' for place in known))}: {text}"
        for text, known in places.items()
    ]
    return [f"{word}:", "", *lines, ""]


# --- Repairs ---------------------------------------------------------------------------------


def _repaired(repairs: Sequence[Problem]) -> list[str]:
    if not repairs:
        return []
    words = "Here the document does not keep to its own specification. What a reader can do meanwhile stands beside it."
    lines = [f"## {_REPAIRED}", "", words, ""]
    for repair in repairs:
        place = f"line {repair.line}, `{repair.pointer}`" if repair.pointer else f"line {repair.line}"
        lines.append(f"- {place}: {repair.what}. {repair.hint}".rstrip())
    return [*lines, ""]
