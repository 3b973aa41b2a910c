"""The content of `verdict.json`, whose form `verdict.schema.json` states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from ... import __version__
from ...document import Json
from ...errors import PlumblineError
from .. import coverage
from ..exchanges import Exchange
from ..run import Run
from ..verdict import COULD_NOT_RUN, EXIT_CODES, Finding, Verdict, statuses
from .bounds import cut_body
from .matrix import Row, families, rows

VERSION = 1
"""Of the form of `verdict.json`; raised when a member changes its meaning or goes."""

LARGEST_BODY = 64 << 10
"""Bytes of a body in a finding; `exchanges.har` has more."""

_MOST_NUMBERS = 50
"""Numbers of exchanges that a finding names."""


def summary(run: Run, verdict: Verdict) -> dict[str, Json]:
    """The content of `verdict.json` after a run."""
    made = rows(run, verdict)
    points = coverage.points(run.reader, run.scope, run.sender.exchanges)
    return {
        "version": VERSION,
        "plumbline": __version__,
        "status": verdict.status,
        "exit_code": verdict.exit_code,
        "reasons": list(verdict.reasons),
        "api": run.api.name,
        "title": run.api.title,
        "target": run.sender.connection.base_url,
        "mode": run.mode.name,
        "seed": run.seed,
        "inferred": "fail" if run.inferred_fails else "warn",
        "started": _started(run.sender.exchanges),
        "requests": {"sent": run.budget.requests, "at_most": run.mode.requests},
        "created": {"at_most_happened": run.budget.created, "at_most": run.mode.created},
        "seconds": round(run.budget.elapsed, 3),
        "operations": _operations(run),
        "out_of_scope": dict(run.out_of_scope),
        "families": [asdict(family) for family in families(run, made)],
        "promises": [_promise(row) for row in made],
        "findings": [_finding(finding, run) for finding in verdict.findings],
        "coverage": coverage.told(points),
        "unable": list(run.ledger.unable),
        "remarks": list(verdict.remarks),
        "notes": list(run.ledger.notes),
    }


def failure(error: PlumblineError) -> dict[str, Json]:
    """The content of `verdict.json` when no run could be made."""
    return {
        "version": VERSION,
        "plumbline": __version__,
        "status": COULD_NOT_RUN,
        "exit_code": EXIT_CODES[COULD_NOT_RUN],
        "reasons": [str(problem) for problem in error.problems],
    }


def _started(exchanges: Sequence[Exchange]) -> str | None:
    if not exchanges:
        return None
    return datetime.fromtimestamp(exchanges[0].started, UTC).isoformat(timespec="seconds")


def _operations(run: Run) -> dict[str, Json]:
    answers = statuses(run.sender.exchanges)
    return {
        operation.id: {
            "method": operation.method,
            "path": operation.path,
            "validated_successes": run.ledger.successes[operation.id],
            "answers": {
                str(status or "none"): count
                for status, count in sorted(answers.get(operation.id, Counter()).items(), key=str)
            },
            "documented": [str(key) for key in operation.definition.get("responses", {})],
        }
        for operation in run.scope
    }


def _promise(row: Row) -> dict[str, Json]:
    return {
        "id": row.id,
        "family": row.family,
        "sentence": row.promise.sentence if row.promise else None,
        "standing": row.promise.standing if row.promise else None,
        "source": row.promise.source if row.promise else None,
        "kept": dict(row.kept),
        "broken": list(row.broken),
        "not_exercised": dict(row.not_exercised),
    }


def _finding(finding: Finding, run: Run) -> dict[str, Json]:
    return {
        **_stated(finding),
        "counts": finding.counts(inferred_fails=run.inferred_fails),
        "seen": finding.count,
        "seen_in": sorted(finding.numbers)[:_MOST_NUMBERS],
        "again": finding.again,
        "accepted": finding.accepted,
        "also": [_stated(each) for each in finding.also],
        "seed": run.seed,
        "curl": finding.exchange.curl(),
        "exchange": _exchange(finding.exchange),
    }


def _stated(finding: Finding) -> dict[str, Json]:
    return {
        "promise": finding.promise.id,
        "sentence": finding.promise.sentence,
        "operation": finding.operation,
        "operations": list(finding.operations),
        "detail": finding.detail,
        "standing": finding.standing,
        "source": finding.source,
        "pointer": finding.pointer,
    }


def _exchange(exchange: Exchange) -> dict[str, Json]:
    return {
        "number": exchange.number,
        "request": {
            "method": exchange.method,
            "url": exchange.url,
            "headers": [list(pair) for pair in exchange.request_headers],
            "body": _text(exchange.request_body),
        },
        "response": {
            "status": exchange.status,
            "headers": [list(pair) for pair in exchange.response_headers],
            "body": _text(exchange.response_body),
            "failure": exchange.failure,
        },
        "cut": exchange.cut or max(len(exchange.request_body), len(exchange.response_body)) > LARGEST_BODY,
    }


def _text(body: bytes) -> str:
    """The start of a body for people: as text, undecodable bytes replaced."""
    return cut_body(body, LARGEST_BODY).decode("utf-8", "replace")
