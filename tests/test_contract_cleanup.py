"""What a run created does not go on afterwards, where an operation of the API ends it."""

from __future__ import annotations

import json

import httpx
import pytest

from .processes import ROOT, mock, surroundings, verb

STEP = 2
"""Seconds that a ticket stays in a state: longer than the run takes after most were opened."""


def judged(tickets, *words: str):
    """A frugal run on a mock of the invented API: its report, and all tickets right after it."""
    env = surroundings(PYTHONPATH=str(ROOT), TICKETS_KEY="example-key-one")
    with mock("--preview", "--step", str(STEP), cwd=tickets.root, env=env) as url:
        report = tickets.root / "report"
        call = ("contract", "--url", url, "--mode", "frugal", "--report", str(report), *words)
        done = verb(*call, cwd=tickets.root, env=env)
        left = httpx.get(f"{url}/tickets", params={"size": 50}, headers={"x-key": "example-key-one"}).json()["items"]
    assert done.returncode == 0, done.stdout + done.stderr
    verdict = json.loads((report / "verdict.json").read_text())
    return verdict, left


@pytest.mark.slow
def test_what_was_created_has_ended_when_the_run_is_over(tickets):
    verdict, left = judged(tickets, "--preview")
    assert len(left) == verdict["created"]["at_most_happened"] > 3
    assert {ticket["state"] for ticket in left} <= {"closed", "dropped"}
    assert [ticket["state"] for ticket in left].count("dropped") > 1


@pytest.mark.slow
def test_an_operation_that_the_run_may_not_call_ends_nothing(tickets):
    _, left = judged(tickets)
    assert "dropped" not in {ticket["state"] for ticket in left}
    assert {"waiting", "open"} & {ticket["state"] for ticket in left}
