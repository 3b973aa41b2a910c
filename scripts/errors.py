"""Every error that Plumbline raises on purpose.

    PlumblineError
    ├── UsageError        wrong use: an unknown API, a missing setting, a flag that does not fit
    ├── DocumentError     a document that cannot be read, or is not what it must be
    ├── OverlayError      an overlay action that cannot be applied
    ├── BehaviourError    a behaviour description that contradicts its document
    ├── GenerateError     a client that cannot be generated
    └── TargetError       a server that cannot be reached or judged

An error carries all the problems that were found, each with its place, so that one run reports
them together. Errors are caught once, in `__main__`, which prints them and exits with 2.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where it stands, what it is, and what to do about it."""

    what: str
    """What is wrong, as a sentence without a full stop."""
    hint: str = ""
    """What to do about it; empty where nothing better than `what` can be said."""
    file: str = ""
    line: int = 0
    """Counted from 1; 0 where no line is known."""
    column: int = 0
    """Counted from 1; 0 where no column is known."""
    pointer: str | None = None
    """JSON pointer (RFC 6901) into the file; None where none applies."""
    defect: bool = False
    """Whether a document does not keep to its own specification there, and was repaired."""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        if self.pointer is not None:
            place = f"{place} #{self.pointer}".lstrip()
        text = f"{place}: {self.what}" if place else self.what
        return f"{text}\n  {self.hint}" if self.hint else text


class PlumblineError(Exception):
    """What `__main__` reports and exits with 2 for: one or more problems, in the order found."""

    def __init__(self, problems: Problem | Iterable[Problem] | str, *, hint: str = "") -> None:
        if isinstance(problems, str):
            problems = Problem(problems, hint)
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UsageError(PlumblineError):
    """Wrong use: an unknown API, a missing setting, a flag that does not fit the others."""


class DocumentError(PlumblineError):
    """A document that cannot be read, or that is not what it must be."""


class OverlayError(PlumblineError):
    """An overlay action that cannot be applied: it matches nothing, or is not well formed."""


class BehaviourError(PlumblineError):
    """A behaviour description that is not well formed, or names what its document does not have."""


class GenerateError(PlumblineError):
    """A client that cannot be generated whole."""


class TargetError(PlumblineError):
    """A server that cannot be reached or judged: wrong URL, refused credentials, no answer."""
