"""The verdict in the form of JUnit: a case for each operation and promise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

from ...document import Json
from ..run import Run
from ..verdict import Finding, Verdict
from .matrix import everything

_COUNTED = {"failure": "failures", "error": "errors", "skipped": "skipped"}


def suites(run: Run, verdict: Verdict, summed: Mapping[str, Json]) -> str:
    """The report: failed where broken, skipped where not exercised or broken without counting.

    `summed` is the content of `verdict.json`. Why a run is inconclusive is an error.
    """
    suite = ET.Element("testsuite", name=f"contract of {run.api.name}", time=f"{run.budget.elapsed:.3f}")
    findings = everything(verdict.findings)
    for operation in _operations(run, findings):
        for promise in summed["promises"]:
            case = ET.SubElement(suite, "testcase", classname=_xml(operation), name=promise["id"], time="0")
            own = [each for each in findings if each.promise.id == promise["id"] and operation in each.operations]
            if own:
                _broken(case, own, inferred_fails=run.inferred_fails)
            elif operation not in promise["kept"]:
                reason = promise["not_exercised"].get(operation, "not exercised")
                ET.SubElement(case, "skipped", message=_xml(reason))
    for reason in verdict.reasons:
        case = ET.SubElement(suite, "testcase", classname="verdict", name=_xml(reason), time="0")
        ET.SubElement(case, "error", message=_xml(f"inconclusive: {reason}"))
    _count(suite)
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _operations(run: Run, findings: Sequence[Finding]) -> list[str]:
    """The operations in scope, and every other thing that a promise was kept or broken at."""
    scope = [operation.id for operation in run.scope]
    broken = {operation for each in findings for operation in each.operations}
    return [*scope, *sorted(({operation for operation, _ in run.ledger.kept} | broken) - set(scope))]


def _broken(case: ET.Element, findings: Sequence[Finding], *, inferred_fails: bool) -> None:
    """One outcome for all findings of a case: of those that count if any does; each is told."""
    counting = [each for each in findings if each.counts(inferred_fails=inferred_fails)]
    shown = counting or findings
    message = shown[0].detail if counting else f"{shown[0].detail} ({_why_it_does_not_count(shown[0])})"
    element = ET.SubElement(case, "failure" if counting else "skipped", message=_xml(message))
    element.text = _xml("\n\n".join(_told(each) for each in findings))


def _why_it_does_not_count(finding: Finding) -> str:
    return f"accepted: {finding.accepted}" if finding.accepted else f"{finding.standing}, so it does not count"


def _told(finding: Finding) -> str:
    lines = [finding.promise.sentence, f"seen: {finding.detail}", f"{finding.standing}: {finding.source}"]
    again = [f"looked at again: {finding.again}"] if finding.again else []
    return "\n".join([*lines, *again, finding.exchange.curl()])


def _count(suite: ET.Element) -> None:
    outcomes = Counter(element.tag for case in suite for element in case)
    suite.set("tests", str(len(suite)))
    for tag, name in _COUNTED.items():
        suite.set(name, str(outcomes[tag]))


def _xml(text: str) -> str:
    """`text` without the characters that XML 1.0 cannot hold."""
    return "".join(character if _in_xml(ord(character)) else "\ufffd" for character in text)


def _in_xml(code: int) -> bool:
    return code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or code >= 0x10000
