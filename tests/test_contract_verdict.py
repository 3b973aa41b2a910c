from __future__ import annotations

from dataclasses import replace

import pytest

from scripts.contract.verdict import CONFORMANT, INCONCLUSIVE, VIOLATIONS, Finding, Ledger, Promise, by_cause, judge

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


# --- Causes --------------------------------------------------------------------------------------


def seen(promise: str, operation: str, numbers: list[int], *, standing: str = "published", detail: str = "wrong"):
    """Findings of a promise at an operation, one for each exchange."""
    made = Promise(promise, "It is right.", standing, "a page")
    return [
        Finding(made, (operation,), detail, standing, "a page", exchange(number=number, operation=operation))
        for number in numbers
    ]


def causes(*findings: Finding) -> list[tuple[str, tuple[str, ...], list[str]]]:
    found = by_cause(ledger(*findings))
    return [(each.promise.id, each.operations, [other.promise.id for other in each.also]) for each in found]


def test_a_promise_broken_in_the_same_way_at_several_operations_is_one_finding():
    assert causes(*seen("p", "read", [1]), *seen("p", "list", [2, 3])) == [("p", ("read", "list"), [])]


def test_a_promise_broken_in_two_ways_is_two_findings():
    assert len(causes(*seen("p", "read", [1]), *seen("p", "read", [2], detail="otherwise"))) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("404 for 'a b'", "410 for 'c'"),
        ("89f494ee6d2d8a51 is shown", "e3f0d5ebb34ccfe0 is shown"),
        ("set at 2026-01-01T00:00:00Z", "set at 2026-02-02T10:00:00.5Z"),
    ],
)
def test_values_in_what_was_seen_do_not_make_another_cause(one, other):
    assert len(causes(*seen("p", "read", [1], detail=one), *seen("p", "read", [2], detail=other))) == 1


def test_what_only_exchanges_of_a_wider_finding_show_stands_beside_it():
    assert causes(*seen("narrow", "list", [2]), *seen("wide", "read", [1, 2, 3])) == [("wide", ("read",), ["narrow"])]


def test_a_published_finding_is_never_hidden_behind_an_inferred_one():
    found = causes(*seen("wide", "read", [1, 2, 3], standing="inferred"), *seen("narrow", "list", [2]))
    assert [promise for promise, _, _ in found] == ["narrow", "wide"]


def test_an_accepted_finding_hides_none_that_is_not():
    wide = [replace(each, accepted="known") for each in seen("wide", "read", [1, 2, 3])]
    assert len(causes(*wide, *seen("narrow", "list", [2]))) == 2


def test_accepted_findings_make_no_violation():
    accepted = [replace(finding(), accepted="known")]
    assert judge(ledger(*accepted), [], scope=["read"], inferred_fails=True).status == CONFORMANT


def test_the_same_status_that_no_operation_documents_is_one_finding():
    found = [
        replace(each, pointer=f"/paths/~1{each.operation}/get/responses")
        for each in [*seen("p", "read", [1], detail="200, 404"), *seen("p", "list", [2], detail="200")]
    ]
    assert causes(*found) == [("p", ("read", "list"), [])]


def test_of_one_cause_what_a_second_look_is_most_certain_of_is_told():
    found = [*seen("p", "read", [1]), *seen("p", "list", [2])]
    words = zip(found, ("seen once", "stable"), strict=True)
    assert [each.again for each in by_cause(ledger(*(replace(each, again=word) for each, word in words)))] == ["stable"]
