from __future__ import annotations

import pytest

from scripts.contract.verdict import CONFORMANT, INCONCLUSIVE, VIOLATIONS, Finding, Ledger, Promise, judge

from .test_contract_exchanges import exchange

PROMISE = Promise("kept-word", "Its word is kept.", "published", "a page")


def finding(standing: str = "published", *, number: int = 1, url: str = "http://h/", pointer: str = "/a") -> Finding:
    return Finding(PROMISE, ("read",), "seen", standing, "a page", exchange(number=number, url=url), pointer)


def ledger(*findings: Finding, successes=("read",)) -> Ledger:
    filled = Ledger()
    for each in findings:
        filled.report(each)
    filled.successes.update(successes)
    return filled


@pytest.mark.parametrize(
    ("findings", "successes", "inferred_fails", "status", "code"),
    [
        ([], ["read"], False, CONFORMANT, 0),
        ([finding("published")], ["read"], False, VIOLATIONS, 1),
        ([finding("standard")], ["read"], False, VIOLATIONS, 1),
        ([finding("inferred")], ["read"], False, CONFORMANT, 0),
        ([finding("inferred")], ["read"], True, VIOLATIONS, 1),
        ([], [], False, INCONCLUSIVE, 3),
        ([finding("published")], [], False, VIOLATIONS, 1),
        ([finding("inferred")], [], False, INCONCLUSIVE, 3),
    ],
)
def test_the_verdict_follows_from_findings_standings_and_successes(findings, successes, inferred_fails, status, code):
    verdict = judge(ledger(*findings, successes=successes), [], scope=["read"], inferred_fails=inferred_fails)
    assert (verdict.status, verdict.exit_code) == (status, code)


def test_an_inconclusive_verdict_says_what_was_answered_instead():
    asked = [exchange(status=429), exchange(status=429), exchange(status=None), exchange(operation="other")]
    verdict = judge(Ledger(), asked, scope=["read", "unasked"], inferred_fails=False)
    assert verdict.reasons == (
        "read never succeeded: it answered 429 ×2, no answer ×1",
        "unasked was never asked: there was nothing to ask it with",
    )


def test_a_test_that_could_not_run_makes_the_verdict_inconclusive():
    seen = ledger()
    seen.unable.append("test_x could not run")
    verdict = judge(seen, [], scope=["read"], inferred_fails=False)
    assert (verdict.status, verdict.reasons) == (INCONCLUSIVE, ("test_x could not run",))


def test_findings_of_one_cause_are_one_with_the_smallest_exchange():
    found = ledger(finding(number=1, url="http://h/long"), finding(number=2), finding(number=3, pointer="/b"))
    assert [(each.exchange.number, each.count) for each in found.findings.values()] == [(2, 2), (3, 1)]


def test_an_exchange_that_broke_only_an_inferred_promise_is_not_spoiled():
    assert ledger(finding("inferred", number=1), finding(number=2)).spoiled == {2}


def test_published_findings_come_before_inferred_ones():
    found = ledger(finding("inferred", pointer="/a"), finding("published", number=9, pointer="/b"))
    verdict = judge(found, [], scope=[], inferred_fails=False)
    assert [each.standing for each in verdict.findings] == ["published", "inferred"]
