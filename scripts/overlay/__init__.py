"""Apply OpenAPI Overlay documents, and say what stands behind each change.

The form is that of the Overlay Specification, 1.0 and 1.1; docs/overlays.md says how the texts are
read where they leave room. What they allow and is seldom meant, such as an action that matches
nothing, is a warning.

For an API of this project it is an error: the document has changed under the action, and somebody
should look. There every action also says why (`description`), on what evidence (`x-source`) and
with what standing (`x-standing`), which findings later repeat:

published  a text of the API says so
standard   an RFC says so, or security that needs no text
inferred   our reading of silence
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..document import Document, Json, pointer
from ..errors import OverlayError, Problem
from . import standings
from .actions import STANDINGS, Action, Doubt, Standing, actions, read_actions
from .files import gather
from .perform import Outcome, Unfit, in_order, perform
from .query import Parts

__all__ = [
    "STANDINGS",
    "Action",
    "Outcome",
    "Overlaid",
    "Parts",
    "Standing",
    "actions",
    "apply",
    "gather",
    "overlaid",
    "perform",
    "stated",
]


@dataclass(frozen=True)
class Overlaid:
    """A document with overlays applied."""

    data: Json
    standings: dict[str, Standing]
    """JSON pointer into `data` to the standing of what an overlay wrote there; the rest is as the source has it."""
    warnings: tuple[Problem, ...]


def overlaid(data: Json, overlays: Iterable[Document], *, explained: bool = False) -> Overlaid:
    """`data` with the overlays applied in order. `data` stays as it is, and the result shares nothing with it.

    With `explained`, an action without reason, source and standing is an error, and so is each
    warning. Raises `OverlayError` with the problems of all actions, each with the action's place.
    """
    result = copy.deepcopy(data)
    known: standings.Standings = {}
    problems: list[Problem] = []
    warnings: list[Problem] = []
    for overlay in overlays:
        found, malformed = read_actions(overlay)
        problems += malformed
        for action in found:
            try:
                outcome = perform(result, action)
            except Unfit as unfit:
                problems.append(_problem(overlay, action, (unfit.what, unfit.hint)))
                continue
            doubts = [_problem(overlay, action, doubt) for doubt in (*action.doubts, *outcome.doubts)]
            if explained and action.standing is None:
                hint = f"Give it `description`, `x-source` and `x-standing` ({', '.join(STANDINGS)})."
                doubts.append(_problem(overlay, action, ("says not why", hint)))
            (problems if explained else warnings).extend(doubts)
            result = outcome.data
            known = standings.after(known, action, outcome)
    if problems:
        raise OverlayError(problems)
    placed = {pointer(*place): known[place] for place in sorted(known, key=in_order)}
    return Overlaid(result, placed, tuple(warnings))


def apply(data: Json, overlays: Iterable[Document], *, explained: bool = False) -> tuple[Json, dict[str, Standing]]:
    """The document and the standings that `overlaid` gives, for those who want no warnings."""
    made = overlaid(data, overlays, explained=explained)
    return made.data, made.standings


def stated(standings: Mapping[str, Standing], at: str) -> Standing | None:
    """The standing of the part at the pointer `at`: its own, or that of the nearest part around it."""
    while at not in standings:
        if not at:
            return None
        at = at.rpartition("/")[0]
    return standings[at]


def _problem(overlay: Document, action: Action, doubt: Doubt) -> Problem:
    what, hint = doubt
    return overlay.problem(action.pointer, f"action on {action.target} {what}", hint)
