"""Collect what the overlays of an API correct in its published document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ..document import Document, Json
from ..overlay import Standing, actions, overlaid, perform
from .change import Edit, edits


@dataclass(frozen=True)
class Note:
    """What one overlay action says of a document, and what it changes."""

    standing: Standing
    changes: tuple[Edit, ...]


Defect: TypeAlias = list[Note]
"""One thing that is wrong, missing or unclear: the notes on it, in order."""


def defects(source: Document, converted: Json, overlays: Sequence[Document], version: str) -> list[Defect]:
    """What `overlays` correct in `source`, which is of `version` and of which `converted` was made.

    Actions with the same reason are one defect, and so are actions with the same evidence at the
    same place. Raises `OverlayError` for an action that cannot be applied, or says not why.
    """
    overlaid(converted, overlays, explained=True)
    found: list[Defect] = []
    data = converted
    for action in (action for overlay in overlays for action in actions(overlay)):
        outcome = perform(data, action)
        if action.standing is not None:
            note = Note(action.standing, tuple(edits(source.data, data, action, outcome, version)))
            defect = next((each for each in found if any(_same(note, other) for other in each)), None)
            if defect is None:
                found.append([note])
            else:
                defect.append(note)
        data = outcome.data
    return found


def _same(note: Note, other: Note) -> bool:
    if note.standing.standing != other.standing.standing:
        return False
    places = {edit.whole for edit in other.changes}
    touches = any(edit.whole in places for edit in note.changes)
    return note.standing.reason == other.standing.reason or (note.standing.source == other.standing.source and touches)
