"""The words of a run's end, for people at a terminal."""

from __future__ import annotations

from collections import Counter

from .run import Run
from .verdict import Finding, Verdict, statuses


def summary(run: Run, verdict: Verdict) -> str:
    """The summary for a terminal, plain text, the status word and exit code on its last line."""
    lines = [
        f"{run.api.title} at {run.sender.connection.base_url}, mode {run.mode.name}, seed {run.seed}",
        "",
    ]
    answers = statuses(run.exchanges)
    width = max((len(operation.id) for operation in run.scope), default=0)
    for operation in run.scope:
        counted = "  ".join(
            f"{status or 'none'}×{count}"
            for status, count in sorted(answers.get(operation.id, Counter()).items(), key=str)
        )
        validated = run.ledger.successes[operation.id]
        lines.append(f"  {operation.id:<{width}}  {validated:>4} validated   {counted}")
    lines += [f"  {name:<{width}}  not judged: {reason}" for name, reason in run.out_of_scope.items()]
    lines.append("")
    for finding in verdict.findings:
        lines += _told(finding, counts=finding.counts(inferred_fails=run.inferred_fails))
    lines += [f"inconclusive: {reason}" for reason in verdict.reasons]
    lines += [f"note: {note}" for note in run.ledger.notes]
    kept = len({promise for _, promise in run.ledger.kept} - {each.promise.id for each in verdict.findings})
    lines += [
        f"{run.budget.requests} of {run.mode.requests} requests, {run.budget.created} of {run.mode.created} created, "
        f"{kept} of {len(run.ledger.promises)} promises kept, {run.budget.elapsed:.1f} s",
        _last(run, verdict),
    ]
    return "\n".join(_plain(line) for line in lines)


def _plain(line: str) -> str:
    """A line whose every character shows: what a server said may hold what a terminal would obey."""
    return "".join(character if character.isprintable() else "\ufffd" for character in line)


def _told(finding: Finding, *, counts: bool) -> list[str]:
    seen = f" (seen {finding.count} times)" if finding.count > 1 else ""
    return [
        f"{'broken' if counts else 'warning'}: {', '.join(finding.operations)}: {finding.promise.id}{seen}",
        f"  promise  {finding.promise.sentence}",
        f"  seen     {finding.detail}",
        f"  source   {finding.standing}: {finding.source}",
        f"  again    {finding.exchange.curl()}",
        "",
    ]


def _last(run: Run, verdict: Verdict) -> str:
    words = [verdict.status]
    if run.out_of_scope:
        words.append(f"{run.mode.name}: {', '.join(run.out_of_scope)} not judged")
    return f"{', '.join(words)} (exit code {verdict.exit_code})"
