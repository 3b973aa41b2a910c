"""The mutants: what they are, what is made of them, and some of them judged."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from scripts.mock.faults import KNOWN

from .data.air_faults import FAULTS
from .data.air_lawful import LAWFUL as WAYS
from .mutants.mutant import INDEPENDENT, MOCK, OPEN, Mutant, mutants
from .mutants.outcome import Outcome
from .mutants.record import Record
from .mutants.table import RAW, Results, alarms, breaking, page, rates
from .mutants.variants import VARIANTS, Variant
from .processes import ROOT

FOUND = {
    "wrong-enum": "body-fits-schema",
    "accept-crossed-keys": "credentials-required",
    "ignore-direction": "list-ordered",
    "air:name-trimmed": "round-trip",
}
"""A fault of each of some families, and a promise that it breaks."""

LAWFUL = ("250 jobs of the account", "independent", "air:ulid-identities")


def mutant(name: str, *, point: str = "", family: str = "lists", server: str = MOCK) -> Mutant:
    about = ("listThings",) if server == MOCK else ()
    return Mutant(name, family, about, ("--fault", name), point=point, server=server, says="does wrong")


def results(outcomes=(), trials=(), *, found=(), modes=("full", RAW)) -> Results:
    variants = [Variant("as it starts", lambda: None)]
    return Results(modes, found, variants, dict(outcomes), dict(trials))


# --- The table of servers -------------------------------------------------------------------------


def test_every_fault_is_a_mutant_once():
    names = [each.name for each in mutants()]
    assert len(names) == len(set(names))
    assert {name for name in names if name.startswith("air:")} == {f"air:{name}" for name in FAULTS}
    assert set(KNOWN) - set(names) == {"repeat-last-page", "update-drops"}  # the API leaves open what they are about


def test_a_mutant_of_operations_that_only_a_guide_describes_is_served_with_them():
    known = {each.name: each for each in mutants()}
    assert known["change-nothing"].preview
    assert "--preview" in known["change-nothing"].words
    assert not known["wrong-enum"].preview
    assert "replaceJob" not in known["wrong-enum"].about


def test_what_is_open_is_no_fault_and_names_faults_that_there_are():
    assert set(OPEN) <= set(KNOWN)
    assert {each.name for each in mutants() if each.point} <= set(OPEN)
    assert "limit-without-retry-after" in {each.name for each in mutants() if each.point}


def test_the_page_has_every_mutant_as_a_fault_or_as_lawful():
    text = (ROOT / "docs" / "mutants.md").read_text(encoding="utf-8")
    for each in mutants():
        assert (f"| `{each.name}`: {each.point} is open |" if each.point else f"| `{each.name}` |") in text


def test_every_other_lawful_way_of_the_independent_server_is_judged():
    assert {each.name for each in VARIANTS if each.name.startswith("air:")} == {f"air:{name}" for name in WAYS}


def test_there_are_at_least_15_lawful_servers_with_a_name_each():
    names = {each.name for each in VARIANTS}
    assert len(names) == len(VARIANTS) >= 15


# --- What is made of outcomes ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "word"),
    [
        (Outcome(1, ("a",)), "yes"),
        (Outcome(0, ("a",)), "as a warning"),
        (Outcome(3, ("a",)), "as a warning"),
        (Outcome(3), "inconclusive"),
        (Outcome(0), "no"),
        (Outcome(2), "could not run"),
        (Outcome(-1), "could not run"),
    ],
)
def test_an_outcome_is_told_in_a_word(outcome, word):
    assert outcome.word == word


def test_rates_count_faults_that_were_found_and_leave_out_what_is_open():
    found = [mutant("one"), mutant("two"), mutant("three", point="retry-after"), mutant("four", family="limits")]
    outcomes = {
        ("full", "one"): Outcome(1, ("a",)),
        ("full", "two"): Outcome(3),
        ("full", "three"): Outcome(0),
        ("full", "four"): Outcome(0, ("b",)),
    }
    told = dict(rates(results(outcomes, found=found), MOCK))
    assert list(rates(results(outcomes, found=found), INDEPENDENT)) == []
    assert told["lists"] == ["1 of 2 (50%)", "0 of 0"]
    assert told["limits"] == ["1 of 1 (100%), 1 as a warning", "0 of 0"]
    assert told["all"] == ["2 of 3 (67%), 1 as a warning", "0 of 0"]


@pytest.mark.parametrize(
    ("outcome", "accused"),
    [
        (Outcome(0), False),
        (Outcome(0, ("a",)), True),
        (Outcome(1, ("a",)), True),
        (Outcome(3), True),
        (Outcome(2), True),
    ],
)
def test_a_lawful_server_that_is_not_called_conformant_is_an_alarm(outcome, accused):
    lines = list(alarms(results(trials={("full", "as it starts", 7): outcome})))
    assert bool(lines) is accused
    assert all("as it starts (full, seed 7)" in line for line in lines)


def test_an_open_point_that_is_accused_is_an_alarm_where_we_do_it():
    found = [mutant("three", point="retry-after"), mutant("one")]
    accused = Outcome(1, ("a",), said=("listThings: a: why",))
    outcomes = {(mode, each.name): accused for mode in ("full", RAW) for each in found}
    lines = list(alarms(results(outcomes, found=found)))
    assert lines == ["three (full): retry-after is open: listThings: a: why"]


def test_the_page_has_a_row_for_each_fault_and_each_lawful_server():
    found = [mutant("one"), mutant("three", point="retry-after")]
    outcomes = {("full", "one"): Outcome(1, ("a", "b"), requests=12, created=3, seconds=4.5)}
    outcomes |= {("full", "three"): Outcome(0), (RAW, "one"): Outcome(0, requests=9, created=2, seconds=1.5)}
    text = page(results(outcomes, {("full", "as it starts", 1): Outcome(0, requests=9)}, found=found))
    assert "| `one` | listThings | yes | a, b | 12 | 3 | 4.5 | no |  | 9 | 2 | 1.5 |\n" in text
    assert "| as it starts | 1 | 0 | 9 | 0.0 |\n" in text
    assert "| `three`: retry-after is open | 1 | 0 |" in text
    assert "No false alarm." in text


def test_faults_of_the_independent_server_have_rates_and_rows_of_their_own():
    found = [mutant("one"), mutant("air:one", server=INDEPENDENT), mutant("air:two", server=INDEPENDENT)]
    outcomes = {("full", "one"): Outcome(1, ("a",)), ("full", "air:one"): Outcome(1, ("b",))}
    outcomes |= {("full", "air:two"): Outcome(0)}
    text = page(results(outcomes, found=found, modes=("full",)))
    assert "| faults of the mock | full |\n| --- | --- |\n| lists | 1 of 1 (100%) |" in text
    assert "| faults of the independent server | full |\n| --- | --- |\n| lists | 1 of 2 (50%) |" in text
    assert "| `air:two` | does wrong | no |" in text


def test_a_promise_is_told_with_the_faults_that_break_it():
    found = [mutant(name) for name in ("one", "two", "three")]
    outcomes = {("full", "one"): Outcome(1, ("b", "a")), ("full", "two"): Outcome(0, ("a",), known=("a", "b", "c"))}
    outcomes |= {("full", "three"): Outcome(0), (RAW, "three"): Outcome(1, ("Server error",))}
    made = results(outcomes, found=found)
    assert breaking(made) == {"a": ["one", "two"], "b": ["one"], "c": []}
    assert "| a | 2 | `one`, `two` |\n| b | 1 | `one` |\n| c | 0 |  |" in page(made)


FEWER = {
    *("beyond-the-end", "default-page-size", "headers-documented", "malformed-status"),
    *("change-made", "change-refusal", "change-refused", "others-change-nothing"),
    *("created-stays", "filter-takes-texts", "limit-stops-nothing-else", "view-refusal"),
}
"""Promises that fewer than two faults were seen to break: what the API leaves open or nowhere documents, what needs
changes, which only a guide describes, and what the page's mode seldom reaches."""


def test_every_promise_on_the_page_is_broken_by_two_faults_but_those_that_are_known():
    text = (ROOT / "docs" / "mutants.md").read_text(encoding="utf-8").partition("## Promises and the faults")[2]
    counts = dict(re.findall(r"^\| ([a-z-]+) \| (\d+) \|", text.partition("\n## ")[0], re.MULTILINE))
    assert len(counts) > 50
    assert {promise for promise, count in counts.items() if int(count) < 2} <= FEWER


def test_a_record_gives_back_what_was_kept(tmp_path):
    outcome = Outcome(1, ("a",), ("getThing",), 5, 1, 2.5, ("getThing: a: why",))
    Record(tmp_path / "record.json").keep(("full", "one", 3), outcome)
    assert Record(tmp_path / "record.json").outcomes == {("full", "one", 3): outcome}


def test_a_fault_that_there_is_not_is_told():
    command = [sys.executable, "-m", "tests.mutants", "--fault", "nothing"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "no fault or family of this API is called nothing" in done.stderr


# --- Judged ---------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", FOUND)
def test_a_fault_of_each_kind_is_found_by_its_promise_in_frugal(name):
    chosen = next(each for each in mutants() if each.name == name)
    outcome = chosen.judged("frugal", 1)
    assert outcome.found, outcome
    assert FOUND[name] in outcome.promises


@pytest.mark.slow
@pytest.mark.parametrize("name", LAWFUL)
def test_a_lawful_server_is_not_accused_in_frugal(name):
    chosen = next(each for each in VARIANTS if each.name == name)
    outcome = chosen.judged("frugal", 1)
    assert not chosen.accused(outcome), outcome
