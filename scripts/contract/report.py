"""The report folder, made from the log and the ledger.

The folder holds `verdict.json`, `junit.xml` and `exchanges.har`. None of them holds a secret: what
is written has been masked where it was logged, and is searched once more before it is moved into
place.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree as ET

from .. import __version__
from ..document import Json, write_text
from ..errors import PlumblineError
from ..tree import Tree
from .exchanges import Exchange
from .run import Run
from .verdict import COULD_NOT_RUN, EXIT_CODES, Finding, Verdict, statuses

VERSION = 1
"""Of the form of `verdict.json`; raised when a member changes its meaning or goes."""


def files(run: Run, verdict: Verdict) -> Tree:
    """The report folder as a tree of texts. Raises `PlumblineError` if one of them holds a secret."""
    texts = {
        "verdict.json": json.dumps(summary(run, verdict), indent=2) + "\n",
        "junit.xml": _junit(run, verdict),
        "exchanges.har": json.dumps(_har(run), indent=1) + "\n",
    }
    for name, text in texts.items():
        if leaked := run.sender.secrets.found(text):
            raise PlumblineError(
                f"{name} would hold the value of {', '.join(leaked)}",
                hint="Nothing was written. This is a fault of ours.",
            )
    return texts


def write(run: Run, verdict: Verdict, folder: Path) -> None:
    """Write the report's files into a folder, which is made if need be; its other files stay."""
    for name, text in files(run, verdict).items():
        write_text(text, folder / name)


def write_failure(error: PlumblineError, folder: Path) -> None:
    """Leave in a report folder that a run could not be made, and nothing of an earlier run's report."""
    status = {"version": VERSION, "status": COULD_NOT_RUN, "exit_code": EXIT_CODES[COULD_NOT_RUN]}
    reasons = [str(problem) for problem in error.problems]
    write_text(json.dumps({**status, "reasons": reasons}, indent=2) + "\n", folder / "verdict.json")
    for name in ("junit.xml", "exchanges.har"):
        (folder / name).unlink(missing_ok=True)


def summary(run: Run, verdict: Verdict) -> dict[str, Json]:
    """The content of `verdict.json`."""
    answers = statuses(run.exchanges)
    return {
        "version": VERSION,
        "status": verdict.status,
        "exit_code": verdict.exit_code,
        "reasons": list(verdict.reasons),
        "api": run.api.name,
        "target": run.sender.connection.base_url,
        "mode": run.mode.name,
        "seed": run.seed,
        "inferred": "fail" if run.inferred_fails else "warn",
        "requests": {"sent": run.budget.requests, "at_most": run.mode.requests},
        "created": {"at_most_happened": run.budget.created, "at_most": run.mode.created},
        "seconds": round(run.budget.elapsed, 3),
        "operations": {
            operation.id: {
                "method": operation.method,
                "path": operation.path,
                "validated_successes": run.ledger.successes[operation.id],
                "answers": {
                    str(status or "none"): count
                    for status, count in sorted(answers.get(operation.id, Counter()).items(), key=str)
                },
            }
            for operation in run.scope
        },
        "out_of_scope": dict(run.out_of_scope),
        "promises": [_promise(run, name) for name in sorted(run.ledger.promises)],
        "findings": [_finding(finding, run.seed) for finding in verdict.findings],
        "notes": list(run.ledger.notes),
    }


def _promise(run: Run, name: str) -> dict[str, Json]:
    promise = run.ledger.promises[name]
    found = [each for each in run.ledger.findings.values() if each.promise.id == name]
    kept = {operation: count for (operation, each), count in run.ledger.kept.items() if each == name}
    return {
        "id": name,
        "sentence": promise.sentence,
        "standing": promise.standing,
        "source": promise.source,
        "kept": dict(sorted(kept.items())),
        "broken": sorted({operation for each in found for operation in each.operations}),
    }


def _finding(finding: Finding, seed: int) -> dict[str, Json]:
    exchange = finding.exchange
    return {
        "promise": finding.promise.id,
        "sentence": finding.promise.sentence,
        "operation": finding.operation,
        "operations": list(finding.operations),
        "detail": finding.detail,
        "standing": finding.standing,
        "source": finding.source,
        "pointer": finding.pointer,
        "seen": finding.count,
        "again": finding.again,
        "accepted": finding.accepted,
        "seed": seed,
        "curl": exchange.curl(),
        "exchange": {
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
        },
    }


def _text(body: bytes) -> str:
    """A body for people: as text, undecodable bytes replaced."""
    return body.decode("utf-8", "replace")


# --- JUnit --------------------------------------------------------------------------------------


def _junit(run: Run, verdict: Verdict) -> str:
    """A test case for each operation and promise, failed where broken, skipped where not exercised."""
    suite = ET.Element("testsuite", name=f"contract of {run.api.name}", time=f"{run.budget.elapsed:.3f}")
    broken = {operation for each in verdict.findings for operation in each.operations}
    names = sorted({operation for operation, _ in run.ledger.kept} | broken)
    names = [operation.id for operation in run.scope] + [
        name for name in names if name not in {each.id for each in run.scope}
    ]
    totals: Counter[str] = Counter()
    for operation in names:
        for promise in sorted(run.ledger.promises):
            findings = [
                each for each in verdict.findings if operation in each.operations and each.promise.id == promise
            ]
            totals["tests"] += 1
            case = ET.SubElement(suite, "testcase", classname=_xml(operation), name=promise, time="0")
            for finding in findings:
                counts = finding.counts(inferred_fails=run.inferred_fails)
                totals["failures" if counts else "skipped"] += 1
                element = ET.SubElement(case, "failure" if counts else "skipped", message=_xml(finding.detail))
                element.text = _xml(
                    f"{finding.promise.sentence}\n{finding.standing}: {finding.source}\n{finding.exchange.curl()}"
                )
                break  # one outcome a case; verdict.json has them all
            if not findings and not run.ledger.kept[operation, promise]:
                totals["skipped"] += 1
                ET.SubElement(case, "skipped", message="not exercised")
    for reason in verdict.reasons:
        totals["tests"] += 1
        totals["errors"] += 1
        case = ET.SubElement(suite, "testcase", classname="verdict", name=_xml(reason), time="0")
        ET.SubElement(case, "error", message=_xml(f"inconclusive: {reason}"))
    for name in ("tests", "failures", "errors", "skipped"):
        suite.set(name, str(totals[name]))
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _xml(text: str) -> str:
    """`text` without the characters that XML 1.0 cannot hold."""
    return "".join(character if _in_xml(ord(character)) else "\ufffd" for character in text)


def _in_xml(code: int) -> bool:
    return code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or code >= 0x10000


# --- HAR ----------------------------------------------------------------------------------------


def _har(run: Run) -> dict[str, Json]:
    """The log in the form HTTP Archive 1.2."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "plumbline", "version": __version__},
            "entries": [_entry(exchange) for exchange in run.exchanges],
        }
    }


def _entry(exchange: Exchange) -> dict[str, Json]:
    milliseconds = round(exchange.seconds * 1000, 3)
    request: dict[str, Any] = {
        "method": exchange.method,
        "url": exchange.url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(exchange.request_headers),
        "queryString": _pairs(parse_qsl(urlsplit(exchange.url).query, keep_blank_values=True)),
        "headersSize": -1,
        "bodySize": len(exchange.request_body),
    }
    if exchange.request_body:
        media_type = next((value for name, value in exchange.request_headers if name.lower() == "content-type"), "")
        request["postData"] = {"mimeType": media_type, "text": _text(exchange.request_body)}
    return {
        "startedDateTime": datetime.fromtimestamp(exchange.started, UTC).isoformat(timespec="milliseconds"),
        "time": milliseconds,
        "request": request,
        "response": {
            "status": exchange.status or 0,
            "statusText": exchange.failure,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(exchange.response_headers),
            "content": _content(exchange),
            "redirectURL": next((value for name, value in exchange.response_headers if name.lower() == "location"), ""),
            "headersSize": -1,
            "bodySize": len(exchange.response_body),
        },
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "_operation": exchange.operation,
        "_family": exchange.family,
        "_number": exchange.number,
    }


def _pairs(pairs: Any) -> list[Mapping[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _content(exchange: Exchange) -> dict[str, Json]:
    body = exchange.response_body
    content: dict[str, Json] = {"size": len(body), "mimeType": exchange.media_type}
    try:
        content["text"] = body.decode()
    except UnicodeDecodeError:
        content |= {"text": base64.b64encode(body).decode(), "encoding": "base64"}
    return content
