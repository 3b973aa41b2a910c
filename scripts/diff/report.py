"""What changed, for a person and as JSON. The JSON form is described in `docs/diff.md`."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..document import Json
from . import version
from .effects import Severity
from .ledger import TEXT, Change

FORM = 1
"""The version of the JSON form: raised when a reader of the form before would fail."""

_PARTIES = (("clients", "clients"), ("servers", "servers"), ("code", "client code"))
_REACHED_SHOWN = 6


@dataclass(frozen=True)
class Edition:
    """One of the two documents, for those who read what changed."""

    file: str
    title: str
    version: str
    """What its `info` says; no more than information."""

    @classmethod
    def of(cls, file: str, data: Json) -> Edition:
        """The edition that `file` holds."""
        info = data.get("info")
        found = info if isinstance(info, dict) else {}
        return cls(file, str(found.get("title", "")), str(found.get("version", "")))


@dataclass(frozen=True)
class Report:
    """What changed between two editions."""

    old: Edition
    new: Edition
    changes: tuple[Change, ...]
    current: str | None = None
    """The version of the client that is made from the old edition, if it was told."""

    @property
    def step(self) -> str:
        """The step to the client's next version."""
        return version.step(self.changes)

    @property
    def next(self) -> str | None:
        """The client's next version; None without a current one."""
        return None if self.current is None else version.after(self.current, self.step)

    @property
    def worst(self) -> Severity:
        """The worst for anybody."""
        return max((change.worst for change in self.changes), default=Severity.SAFE)

    @property
    def exit_code(self) -> int:
        """1 if something breaks or may break for anybody, else 0."""
        return int(self.worst is not Severity.SAFE)

    @property
    def status(self) -> str:
        """The last line's words."""
        if not self.changes:
            return "no changes"
        return ("nothing breaks", "something may break", "something breaks")[self.worst]


def as_json(report: Report) -> str:
    """The report as JSON: the same report gives the same text."""
    value = {
        "form": FORM,
        "status": report.status,
        "exit_code": report.exit_code,
        "old": vars(report.old),
        "new": vars(report.new),
        "step": report.step,
        "current_version": report.current,
        "next_version": report.next,
        "changes": [_change(change) for change in report.changes],
    }
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _change(change: Change) -> dict[str, Json]:
    return {
        "kind": change.kind,
        "subject": change.subject,
        "part": change.part,
        "what": change.what,
        "why": change.why,
        "clients": change.clients.word,
        "servers": change.servers.word,
        "client_code": change.code.word,
        "old": change.old,
        "new": change.new,
        "operations": list(change.operations),
    }


# --- For a person --------------------------------------------------------------------------------------


def as_text(report: Report, *, width: int = 80, every: bool = False) -> str:
    """The report in lines of at most `width` where words allow; with `every`, what changed in words for people too."""
    shown = [change for change in report.changes if every or change.kind != TEXT]
    lines = [*_heading(report)]
    for subject, changes in _by_subject(shown):
        lines += ["", *_group(subject, changes, width)]
    lines += ["", *_wrapped(_counts(report, every=every), width), *_wrapped(_advice(report), width)]
    return "\n".join(lines)


def _heading(report: Report) -> Iterator[str]:
    for word, edition in (("old", report.old), ("new", report.new)):
        about = " ".join(part for part in (edition.title, edition.version) if part)
        yield f"{word}: {edition.file}" + (f" ({about})" if about else "")


def _by_subject(changes: Sequence[Change]) -> list[tuple[str, list[Change]]]:
    """Subjects with their changes; what breaks comes first, as in the report."""
    groups: dict[str, list[Change]] = {}
    for change in changes:
        groups.setdefault(change.subject, []).append(change)
    return list(groups.items())


def _group(subject: str, changes: Sequence[Change], width: int) -> Iterator[str]:
    yield subject
    alike: dict[tuple[str, ...], list[Change]] = {}
    for change in changes:
        reached = "" if change.operations in ((), (subject,)) else f" Reached by {_operations(change.operations)}."
        alike.setdefault((_marks(change), change.why + reached), []).append(change)
    for (marks, why), each in alike.items():
        yield from _wrapped(f"{marks}: {why}", width, "  ", "    ")
        for change in each:
            what = f"{change.part}: {change.what}" if change.part else change.what
            yield from _wrapped(what, width, "  - ", "    ")
            yield from _wrapped(_pointers(change), width, "    ", "    ")


def _marks(change: Change) -> str:
    """Whom it breaks, the worst first: `breaks clients; may break client code`."""
    told = []
    for severity in (Severity.BREAKS, Severity.MAY_BREAK):
        parties = [word for name, word in _PARTIES if getattr(change, name) is severity]
        if parties:
            told.append(f"{severity.word} {', '.join(parties)}")
    return "; ".join(told) or "safe"


def _operations(operations: Sequence[str]) -> str:
    """The first few of the operations."""
    more = f" and {len(operations) - _REACHED_SHOWN} more" if len(operations) > _REACHED_SHOWN else ""
    return ", ".join(operations[:_REACHED_SHOWN]) + more


def _pointers(change: Change) -> str:
    old, new = change.old, change.new
    if old is not None and new is not None and (old.startswith(new) or new.startswith(old)):
        return f"#{max(old, new, key=len)}"  # a keyword that only one side has
    places = [f"{word} #{place}" for word, place in (("old", change.old), ("new", change.new)) if place is not None]
    return " ".join(places)


def _counts(report: Report, *, every: bool) -> str:
    found = [change for change in report.changes if change.kind != TEXT]
    told = [f"{len(found)} {'change' if len(found) == 1 else 'changes'}"]
    for severity, phrase in ((Severity.BREAKS, "breaking"), (Severity.MAY_BREAK, "may be breaking")):
        counted = {word: sum(getattr(change, name) is severity for change in found) for name, word in _PARTIES}
        parties = [f"{count} {word}" for word, count in counted.items() if count]
        if parties:
            told.append(f"{phrase}: {', '.join(parties)}")
    words = len(report.changes) - len(found)
    if words:
        told.append(f"{words} more in words for people{'' if every else ' (--all shows them)'}")
    return "; ".join(told) + "."


def _advice(report: Report) -> str:
    """The step to the next version, and the number where the current one is known."""
    if report.current is None:
        return f"The client's next version is a step of kind: {report.step} (--version X.Y.Z gives the number)."
    rule = f"; {version.RULE}" if report.current.startswith("0.") else ""
    return f"The client's next version is {report.next}, after {report.current} ({report.step}{rule})."


def _wrapped(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
