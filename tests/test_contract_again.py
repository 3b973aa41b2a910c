"""The second look at what was found, before it is blamed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from scripts.contract import again, prepare
from scripts.contract.budget import MODES
from scripts.contract.sender import Connection
from scripts.contract.verdict import Promise

from .loopback import Answer, loopback
from .processes import ROOT, surroundings, verb

PAGE = b'{"items": [], "total": 0}'
PROMISE = Promise("kept-word", "Its word is kept.", "published", "a page")
ORDER = ("journey", "lists", "generated", "shapes")


@pytest.fixture
def first(tickets):
    """A run on a server of the invented API that answered its first request."""
    with loopback(lambda _: Answer(body=PAGE)) as server:
        options = prepare.Options(Connection(f"{server.url}/v2"), mode="read-only")
        yield prepare.prepare(tickets, options, {"TICKETS_KEY": "the-value-of-the-key"})


def found(run, *, judge: str, exchange=None) -> None:
    """Let a family report the run's first exchange, or another."""
    exchange = exchange or run.exchanges[0]
    run.broken(PROMISE, exchange, "it is wrong")
    run.ledger.judges.update(dict.fromkeys(run.ledger.findings, judge))


def looked_again(run):
    second = again.second_look(run)
    assert second is not None
    return second


def words(run) -> list[str]:
    return [finding.again for finding in run.ledger.findings.values()]


def test_there_is_no_second_look_where_nothing_was_found(first):
    assert again.second_look(first) is None


def test_there_is_no_second_look_at_what_is_accepted(first):
    found(first, judge="shapes")
    first.ledger.findings = {at: replace(each, accepted="known") for at, each in first.ledger.findings.items()}
    assert again.second_look(first) is None


def test_without_requests_left_that_is_noted_instead(first):
    found(first, judge="shapes")
    first.budget.requests = first.mode.requests
    assert again.second_look(first) is None
    assert list(first.ledger.notes) == ["what was found was not looked at again: the run's bounds are reached"]


def test_what_is_broken_again_is_stable(first):
    found(first, judge="shapes")
    second = looked_again(first)
    second.resend(first.exchanges[0])
    second.broken(PROMISE, second.exchanges[0], "it is wrong in other words")
    again.settle(first, second)
    assert words(first) == ["stable"]


def test_what_the_same_request_keeps_then_is_flaky(first):
    found(first, judge="shapes")
    second = looked_again(first)
    second.resend(first.exchanges[0])
    second.kept(PROMISE, second.exchanges[0])
    again.settle(first, second)
    assert words(first) == ["flaky"]


def test_what_only_another_request_keeps_was_seen_once(first):
    found(first, judge="lists")
    second = looked_again(first)
    second.ask(first.operations["listTickets"], query={"size": 3})
    second.kept(PROMISE, second.exchanges[0])
    again.settle(first, second)
    assert words(first) == ["seen once"]


def test_what_only_a_second_look_finds_is_told_too(first):
    found(first, judge="shapes")
    second = looked_again(first)
    second.resend(first.exchanges[0])
    second.broken(replace(PROMISE, id="other-word"), second.exchanges[0], "it is wrong")
    again.settle(first, second)
    assert words(first) == ["seen once", "seen once"]


def test_a_second_look_has_a_log_of_its_own_within_the_bounds_of_the_run(first):
    found(first, judge="shapes")
    second = looked_again(first)
    second.resend(first.exchanges[0])
    assert [len(second.exchanges), len(first.exchanges), first.budget.requests] == [1, 2, 2]
    assert second.budget is first.budget


def test_what_one_answer_shows_is_only_sent_again(first):
    found(first, judge="shapes")
    assert again.families(first, ORDER) == ["again", "shapes"]
    assert [each.number for each in again.requests(looked_again(first))] == [1]


def test_what_several_answers_show_needs_the_families_that_sent_and_judged_them(first):
    found(first, judge="lists")
    assert again.families(first, ORDER) == ["again", "journey", "lists", "shapes"]


def test_a_request_with_changed_keys_is_not_sent_again_but_its_family_is(first):
    found(first, judge="shapes", exchange=replace(first.exchanges[0], authentic=False, family="lists"))
    assert list(again.requests(looked_again(first))) == []
    assert "lists" in again.families(first, ORDER)


@pytest.mark.parametrize("mode", MODES.values(), ids=lambda mode: mode.name)
def test_a_part_of_each_bound_is_kept_for_it(mode):
    requests, created = again.spare(mode)
    assert 20 <= requests <= mode.requests / 5
    assert created == mode.created // 10


@pytest.mark.slow
@pytest.mark.parametrize(("failures", "word"), [(10**6, "stable"), (1, "flaky")], ids=["always", "once"])
def test_the_verb_says_whether_what_it_found_was_there_again(tickets, tmp_path, failures, word):
    left = [failures]

    def answer(received):
        wrong = left[0] > 0 and "size" in received.path
        left[0] -= wrong
        return Answer(body=b'{"items": 7, "total": 0}' if wrong else PAGE)

    with loopback(answer) as server:
        flags = ["--url", f"{server.url}/v2", "--only", "listTickets", "--report", str(tmp_path / "report")]
        env = surroundings(PYTHONPATH=str(ROOT), TICKETS_KEY="the-value-of-the-key")
        done = verb("contract", *flags, cwd=tickets.root, env=env)
    assert done.returncode == 1, done.stdout + done.stderr
    findings = json.loads((tmp_path / "report" / "verdict.json").read_text())["findings"]
    assert [each["again"] for each in findings if each["promise"] == "body-fits-schema"] == [word]
