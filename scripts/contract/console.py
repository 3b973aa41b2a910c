"""The words of a run's end, for people: a summary that fits one screen, whatever was found.

What a server said may be in it, so every line is made of characters that show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from .run import Run
from .verdict import Finding, Verdict, statuses

SCREEN = 40
"""Rows that a summary takes, at most, where a terminal has no fewer."""

IN_FULL = 5
"""Findings that are told in full, at most; the first one always is."""

IN_A_LINE = 5
"""Findings for each of which a line is kept free where others are told in full."""

LONGEST, LONGEST_CURL = 240, 1500
"""Characters of a line, and of one that sends a request again: it is of no use unless it is whole."""

STYLES: Mapping[str, str] = {
    r"(?m)^broken:|^violations": "bold red",
    r"(?m)^warning:|^inconclusive": "yellow",
    r"(?m)^conformant": "bold green",
    r"(?m)^accepted:|^note:|^and [0-9]+ more .*$|^  (?:promise|seen|source|beside|again) ": "dim",
}
"""Regular expression to the style of what it matches in a summary, in terms of rich."""

_OPERATIONS, _REASONS, _REMARKS, _NOTES = 10, 5, 3, 3
"""How many of each are told; of notes more where nothing was found."""


def summary(
    run: Run, verdict: Verdict, *, reported: bool = False, width: int | None = None, height: int = SCREEN
) -> str:
    """The summary, plain text, the status word and exit code on its last line.

    It fits a terminal of `height` rows and `width` columns, None where lines are not broken; the first
    finding is told in full all the same. `reported` says whether there is a report that holds the rest.
    """
    rest = "in the report" if reported else "that --report FOLDER would keep"
    head = [
        f"{run.api.title} at {run.sender.connection.base_url}, mode {run.mode.name}, seed {run.seed}",
        "",
        *_capped(_operations(run), _OPERATIONS, rest),
        "",
    ]
    foot = [
        *_capped([f"inconclusive: {reason}" for reason in verdict.reasons], _REASONS, rest),
        *_capped([f"accepted: {remark}" for remark in verdict.remarks], _REMARKS, rest),
        *_capped([f"note: {note}" for note in run.ledger.notes], _NOTES if verdict.findings else 4 * _NOTES, rest),
        _spent(run, verdict),
        _last(run, verdict),
    ]
    head, foot = [shortened(line) for line in head], [shortened(line) for line in foot]
    room = height - _rows(head, width) - _rows(foot, width) - 1
    # Where there are remarks, each accepted finding is behind one.
    findings = [each for each in ranked(run, verdict) if not (each.accepted and verdict.remarks)]
    told = list(_findings(findings, room, width, rest, inferred_fails=run.inferred_fails))
    if told:
        told.append("")
    return run.sender.secrets.mask("\n".join(plain(line) for line in (*head, *told, *foot)))


def plain(text: str) -> str:
    """A line whose every character shows: what a server said may hold what a terminal would obey."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def shortened(text: str, longest: int = LONGEST) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def ranked(run: Run, verdict: Verdict) -> list[Finding]:
    """The findings, those that count first, those that are accepted last."""
    order = list(_WORDS)
    return sorted(verdict.findings, key=lambda each: order.index(word(each, inferred_fails=run.inferred_fails)))


_WORDS = ("broken", "warning", "accepted")


def word(finding: Finding, *, inferred_fails: bool) -> str:
    """What a finding is called: one of broken, warning, accepted."""
    if finding.accepted:
        return "accepted"
    return "broken" if finding.counts(inferred_fails=inferred_fails) else "warning"


def title(finding: Finding) -> str:
    """The operations and the promise of a finding."""
    return f"{', '.join(finding.operations)}: {finding.promise.id}"


def last(run: Run, verdict: Verdict) -> str:
    """The status word and what was not judged, without the exit code."""
    words = [verdict.status]
    if run.out_of_scope:
        words.append(f"{run.mode.name}: {', '.join(run.out_of_scope)} not judged")
    return ", ".join(words)


def _last(run: Run, verdict: Verdict) -> str:
    # What is left out of an enormous API may be much, and the exit code must be there.
    return f"{shortened(last(run, verdict), LONGEST - 20)} (exit code {verdict.exit_code})"


def _spent(run: Run, verdict: Verdict) -> str:
    broken = {each.promise.id for finding in verdict.findings for each in (finding, *finding.also)}
    kept = len({promise for _, promise in run.ledger.kept} - broken)
    return (
        f"{run.budget.requests} of {run.mode.requests} requests, {run.budget.created} of {run.mode.created} created, "
        f"{kept} of {len(run.ledger.promises)} promises kept, {run.budget.elapsed:.1f} s"
    )


def _operations(run: Run) -> list[str]:
    answers = statuses(run.sender.exchanges)
    width = max((len(operation.id) for operation in run.scope), default=0)
    judged = []
    for operation in run.scope:
        counts = sorted(answers.get(operation.id, Counter()).items(), key=str)
        counted = "  ".join(f"{status or 'none'}×{count}" for status, count in counts)
        judged.append(f"  {operation.id:<{width}}  {run.ledger.successes[operation.id]:>4} validated   {counted}")
    # Those that never succeeded first, as there may be more than are shown.
    judged = sorted(judged, key=lambda line: "   0 validated" not in line) if len(judged) > _OPERATIONS else judged
    return [*judged, *(f"  {name:<{width}}  not judged: {reason}" for name, reason in run.out_of_scope.items())]


def _capped(lines: Sequence[str], count: int, rest: str) -> list[str]:
    """The first lines, and how many there are beside them."""
    if len(lines) <= count:
        return list(lines)
    return [*lines[: count - 1], f"and {len(lines) - count + 1} more {rest}"]


def _rows(lines: Sequence[str], width: int | None) -> int:
    """The rows that lines take on a terminal."""
    return sum(1 if not width else max(1, -(-len(line) // width)) for line in lines)


# --- Findings -----------------------------------------------------------------------------------


def _findings(
    findings: Sequence[Finding], room: int, width: int | None, rest: str, *, inferred_fails: bool
) -> Iterator[str]:
    """The first findings in full, the next in a line each, and how many more there are.

    One is told in full only where that leaves a line for each of some others.
    """
    full = 0
    for finding in findings[:IN_FULL]:
        block = _full(finding, word(finding, inferred_fails=inferred_fails))
        lines = min(len(findings) - full - 1, IN_A_LINE + 1)
        if full and (finding.accepted or _rows(block, width) + lines > room):
            break
        yield from block
        room -= _rows(block, width)
        full += 1
    others = findings[full:]
    longest = min(width or LONGEST, LONGEST)
    told = [shortened(_brief(each, word(each, inferred_fails=inferred_fails)), longest) for each in others]
    yield from _capped(told, max(1, room), rest)


def _full(finding: Finding, word_: str) -> list[str]:
    seen = [f"seen {finding.count} times"] if finding.count > 1 else []
    seen += [finding.again] if finding.again else []
    lines = [
        f"{word_}: {title(finding)}" + (f" ({', '.join(seen)})" if seen else ""),
        f"  promise  {finding.promise.sentence}",
        f"  seen     {finding.detail}",
        f"  source   {finding.standing}: {finding.source}",
        *(["  beside   " + "; ".join(map(title, finding.also))] if finding.also else []),
    ]
    return [*map(shortened, lines), f"  again    {_curl(finding)}"]


def _brief(finding: Finding, word_: str) -> str:
    operations = finding.operations if len(finding.operations) < 3 else (f"{finding.operation} and others",)
    return f"{word_}: {', '.join(operations)}: {finding.promise.id}: {finding.accepted or finding.detail}"


def _curl(finding: Finding) -> str:
    line = finding.exchange.curl()
    if len(line) <= LONGEST_CURL:
        return line
    return f"a line of {len(line):,} characters, for exchange {finding.exchange.number} of the report"
