"""What GitHub shows of a run: annotations beside its log, and a page of the workflow's summary.

The runner obeys what it reads, so everything in these texts is escaped, and a log is made of lines
that it reads over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..errors import Problem
from .console import last, plain, ranked, shortened, title, word
from .run import Run
from .verdict import INCONCLUSIVE, Finding, Verdict, statuses

EACH = 10
"""Annotations of one kind that GitHub shows of a step; what is beyond is dropped silently, so it is said here."""

TOLD, LONGEST = 20, 500
"""Findings that a page has, at most, and characters of each text in it."""


def commands(run: Run, verdict: Verdict) -> str:
    """Workflow commands, a line each: an error for each finding that counts, a warning for any other.

    Accepted findings are left out. Inconclusive reasons are warnings.
    """
    told: dict[str, list[tuple[str, str]]] = {"error": [], "warning": []}
    for finding in ranked(run, verdict):
        if not finding.accepted:
            kind = "error" if word(finding, inferred_fails=run.inferred_fails) == "broken" else "warning"
            told[kind].append((title(finding), _message(finding)))
    told["warning"] += [(INCONCLUSIVE, reason) for reason in verdict.reasons]
    lines = [line for kind, each in told.items() for line in _lines(kind, each)]
    return run.sender.secrets.mask("\n".join(lines))


def failure(problems: Iterable[Problem]) -> str:
    """Workflow commands for what kept a run from being made."""
    return "\n".join(_lines("error", [("could not run", str(problem)) for problem in problems]))


def inert(text: str) -> str:
    """A log in which the runner finds no command, in the old form either, which may stand anywhere in a line."""
    return re.sub(r"(?m)^(\s*):(?=:)", "\\1:\u200b", text).replace("##[", "## [")


def _lines(kind: str, told: list[tuple[str, str]]) -> Iterator[str]:
    shown = told if len(told) <= EACH else told[: EACH - 1]
    for name, message in shown:
        yield f"::{kind} title={_property(name)}::{_data(message)}"
    if len(told) > len(shown):
        yield f"::{kind} title=more::{len(told) - len(shown)} more are in the report"


def _message(finding: Finding) -> str:
    lines = (
        finding.detail,
        f"Promise: {finding.promise.sentence}",
        f"Source: {finding.standing}: {finding.source}",
        f"Again: {finding.exchange.curl()}",
    )
    return "\n".join(shortened(plain(line), LONGEST) for line in lines)


def _data(text: str) -> str:
    """A message as the runner reads it: https://github.com/actions/toolkit, `escapeData`."""
    lines = "\n".join(plain(line) for line in text.split("\n"))
    return lines.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """A property likewise: `escapeProperty`."""
    return _data(shortened(plain(text), LONGEST)).replace(":", "%3A").replace(",", "%2C")


# --- The page -----------------------------------------------------------------------------------


def page(run: Run, verdict: Verdict) -> str:
    """The run as GitHub's Markdown; what a server said stands in code, where nothing means anything."""
    findings = ranked(run, verdict)
    lines = [
        f"## {_code(run.api.title)}: {last(run, verdict)}",
        "",
        f"{_code(run.sender.connection.base_url)}, mode {run.mode.name}, seed {run.seed}: "
        f"{run.budget.requests:,} of {run.mode.requests:,} requests, {run.budget.created} of {run.mode.created} "
        f"created, {run.budget.elapsed:.1f} s.",
        "",
        *_table(run),
        "",
        *(f"- inconclusive: {_code(reason)}" for reason in verdict.reasons[:TOLD]),
        *(f"- accepted: {_code(remark)}" for remark in verdict.remarks[:TOLD]),
    ]
    for finding in findings[:TOLD]:
        lines += ["", *_section(finding, word(finding, inferred_fails=run.inferred_fails))]
    if len(findings) > TOLD:
        lines += ["", f"And {len(findings) - TOLD} more in the report."]
    return run.sender.secrets.mask("\n".join(lines)) + "\n"


def _table(run: Run) -> Iterator[str]:
    answers = statuses(run.sender.exchanges)
    yield "| operation | validated | answers |"
    yield "| --- | ---: | --- |"
    for operation in run.scope[: 5 * TOLD]:
        counts = sorted(answers.get(operation.id, {}).items(), key=str)
        counted = ", ".join(f"{status or 'none'} ×{count}" for status, count in counts)
        yield f"| {_cell(operation.id)} | {run.ledger.successes[operation.id]} | {counted} |"
    for name, reason in list(run.out_of_scope.items())[: 5 * TOLD]:
        yield f"| {_cell(name)} | | not judged: {_cell(reason)} |"


def _section(finding: Finding, word_: str) -> Iterator[str]:
    again = f", {finding.again}" if finding.again else ""
    yield f"### {word_}{again}: {_code(title(finding))}"
    yield ""
    yield f"- promise: {_code(finding.promise.sentence)}"
    yield f"- seen: {_code(finding.detail)}"
    yield f"- source: {finding.standing}: {_code(finding.source)}"
    if finding.accepted:
        yield f"- accepted: {_code(finding.accepted)}"
    curl = finding.exchange.curl()
    yield f"- again: {_code(curl)}" if len(curl) <= 4 * LONGEST else "- again: a long line, in the report"


def _code(text: str) -> str:
    """A text as a code span, whose fence is longer than any row of backticks in it."""
    text = shortened(plain(text), 4 * LONGEST) or " "
    longest = max((len(row) for row in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}"


def _cell(text: str) -> str:
    """A code span in a table, which ends cells before it reads spans."""
    return _code(text).replace("|", "\\|")
