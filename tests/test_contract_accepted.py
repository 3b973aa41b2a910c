"""Deviations that are known and accepted until a day."""

from __future__ import annotations

import dataclasses
import datetime

import pytest

from scripts.contract.accepted import read_deviations, reason, remarks
from scripts.contract.verdict import Ledger
from scripts.errors import UsageError

from .test_contract_exchanges import exchange
from .test_contract_verdict import PROMISE, finding

TODAY = datetime.date(2027, 1, 15)

ENTRY = """
- promise: kept-word
  operation: read
  seen: seen
  reason: The vendor mends it in spring.
  until: 2027-01-15
"""


@pytest.fixture
def read(tmp_path):
    def made(text: str):
        path = tmp_path / "accepted.yaml"
        path.write_text(text)
        return read_deviations(path, ["read", "write"])

    return made


def found(*findings) -> Ledger:
    ledger = Ledger()
    for each in findings:
        ledger.report(each)
    return ledger


def test_a_finding_is_accepted_up_to_its_last_day(read):
    deviations = read(ENTRY)
    assert reason(deviations, finding(), TODAY) == "The vendor mends it in spring."
    assert reason(deviations, finding(), TODAY + datetime.timedelta(days=1)) == ""


@pytest.mark.parametrize(
    ("was", "now"),
    [("kept-word", "other-word"), ("operation: read", "operation: write"), ("seen: seen", "seen: something else")],
)
def test_a_finding_of_another_promise_operation_or_kind_is_not_accepted(read, was, now):
    assert reason(read(ENTRY.replace(was, now)), finding(), TODAY) == ""


def test_without_an_operation_it_is_accepted_at_any(read):
    assert reason(read(ENTRY.replace("  operation: read\n", "")), finding(), TODAY)


def test_what_is_expired_no_longer_seen_or_not_exercised_is_told(read):
    deviations = read(ENTRY)

    def told(ledger, today=TODAY):
        return [remark.state for remark in remarks(deviations, ledger, today)]

    kept = Ledger()
    kept.keep(PROMISE, "read", 1)
    assert told(found(finding())) == ["accepted"]
    assert told(found(finding()), TODAY + datetime.timedelta(days=1)) == ["expired"]
    assert told(kept) == ["not seen"]
    assert told(Ledger()) == ["not exercised"]
    assert "take it out of the file" in str(remarks(deviations, kept, TODAY)[0])


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("promise: a", 1, "are not a list"),
        ("- kept-word", 1, "not a mapping"),
        ("- promise: a\n  until: 2027-01-01", 1, "has no `reason`"),
        ("- promise: a\n  reason: b\n  until: soon", 3, "'soon', which is no day"),
        ("- promise: a\n  reason: b\n  until: 2027-02-30", 3, "which is no day"),
        ("- promise: a\n  reason: b\n  until: 2027-01-01\n  operation: fly", 4, "no operation is called 'fly'"),
        ("- promise: a\n  reason: b\n  until: 2027-01-01\n  till: x", 4, "`till` is no member"),
        ("- promise: [a]\n  reason: b\n  until: 2027-01-01", 1, "`promise` is not a text"),
    ],
    ids=lambda value: value if isinstance(value, str) and "\n" not in value else "",
)
def test_what_is_wrong_with_the_file_is_told_with_its_line(read, text, line, what):
    with pytest.raises(UsageError) as error:
        read(text)
    assert [problem.line for problem in error.value.problems if what in problem.what] == [line]


def test_all_problems_of_the_file_are_told_at_once(read):
    with pytest.raises(UsageError) as error:
        read("- promise: a\n- reason: b\n")
    assert len(error.value.problems) == 4


def test_an_empty_file_accepts_nothing(read):
    assert read("") == []


def test_an_accepted_finding_does_not_spoil_the_success_that_shows_it():
    accepted = Ledger()
    accepted.report(dataclasses.replace(finding(), accepted="known", exchange=exchange(number=7)))
    assert accepted.spoiled == set()
