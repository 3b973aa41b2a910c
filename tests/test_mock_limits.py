"""What is set of a mock beyond its rules: limits, ends, and the statuses that a request prefers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scripts.mock.messages import Request
from scripts.mock.service import End

from .pure import JOB, START, STEP, Mock, submitted


@pytest.fixture
def limited(apis):
    """Make a mock of the shipped API with limits."""
    return lambda **limits: Mock(apis["wasabi_air"], preview=True, limits=limits)


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


# --- Limits ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "status", "description"), [("quota", 403, "Monthly quota"), ("cap", 429, "Daily Cap")]
)
def test_a_limit_that_is_reached_refuses_with_its_documented_status_and_shape(limited, name, status, description):
    mock = limited(**{name: 2})
    submitted(mock), submitted(mock)
    answer = mock.ask("POST", "/jobs", JOB)
    assert (answer.status, mock.misfits("POST", answer), len(mock.held())) == (status, [], 2)
    assert answer.body["Error"].startswith(description)
    assert "Retry-After" in answer.headers


@pytest.mark.parametrize(
    ("name", "now", "seconds", "again"),
    [
        ("cap", "2024-02-28T23:59:59", 1, "2024-02-29T00:00:00"),
        ("cap", "2024-02-29T00:00:00", 86400, "2024-03-01T00:00:00"),
        ("cap", "2023-12-31T12:00:00.25", 43200, "2024-01-01T00:00:00"),
        ("cap", "2023-12-31T23:59:59.999", 1, "2024-01-01T00:00:00"),
        ("quota", "2024-02-01T00:00:00", 29 * 86400, "2024-03-01T00:00:00"),
        ("quota", "2023-12-31T23:59:30", 30, "2024-01-01T00:00:00"),
        ("quota", "2024-01-31T00:00:00", 86400, "2024-02-01T00:00:00"),
    ],
)
def test_a_limit_says_to_the_second_when_to_come_back_and_holds_no_longer(limited, name, now, seconds, again):
    mock = limited(**{name: 1})
    mock.now = at(now)
    submitted(mock)
    assert mock.ask("POST", "/jobs", JOB).headers["Retry-After"] == str(seconds)
    mock.now = max(mock.now, at(again) - 0.001)
    assert mock.ask("POST", "/jobs", JOB).status != 200
    mock.now = at(again)
    submitted(mock)
    assert mock.ask("POST", "/jobs", JOB).status != 200


def test_what_a_limit_refused_is_not_counted(limited):
    mock = limited(cap=1, quota=2)
    mock.now = at("2024-01-10T12:00:00")
    submitted(mock)
    assert [mock.ask("POST", "/jobs", JOB).status for _ in range(5)] == [429] * 5
    mock.now += 86400
    submitted(mock)
    assert mock.ask("POST", "/jobs", JOB).status == 403


def test_what_was_refused_for_another_reason_is_not_counted_and_told_first(limited):
    mock = limited(cap=1)
    for _ in range(3):
        assert mock.ask("POST", "/jobs", {}).status == 400
        assert mock.ask("POST", "/jobs", JOB, holder="view").status == 403
    submitted(mock)
    assert mock.ask("POST", "/jobs", {}).status == 400
    assert mock.ask("POST", "/jobs", JOB, headers={"x-amz-secret-key": "no"}).status == 401
    assert mock.ask("POST", "/jobs", JOB, holder="view").status == 403


def test_limits_are_an_account_s_own(limited):
    mock = limited(cap=1)
    submitted(mock)
    submitted(mock, holder="other")
    assert mock.ask("POST", "/jobs", JOB, holder="other").status == 429


def test_everything_else_is_answered_when_a_limit_is_reached(limited):
    mock = limited(cap=1, quota=1)
    identity = submitted(mock)
    assert mock.ask("PUT", f"/jobs/{identity}", JOB).status == 200
    for way in ("", "/status", "/errors"):
        assert mock.ask("GET", f"/jobs/{identity}{way}").status == 200
    assert mock.ask("GET", "/jobs").status == 200
    assert mock.ask("DELETE", f"/jobs/{identity}").status == 200


def test_a_limit_of_none_refuses_all_and_one_that_is_not_set_nothing(limited):
    assert limited(cap=0).ask("POST", "/jobs", JOB).status == 429
    mock = limited()
    for _ in range(200):
        submitted(mock)


# --- Ends --------------------------------------------------------------------------------------


def ended(mock: Mock, **changes) -> dict:
    """A job's errors, long after it was submitted."""
    identity = submitted(mock, **changes)
    mock.now += 9 * STEP
    told = mock.ask("GET", f"/jobs/{identity}/errors").body
    assert told["Status"] == mock.ask("GET", f"/jobs/{identity}").body["Status"]
    return told


@pytest.mark.parametrize(
    ("end", "changes", "state"),
    [
        (End("failed", "/Name", "bad*"), {"Name": "bad one"}, "failed"),
        (End("failed", "/Name", "bad*"), {"Name": "Bad one"}, "completed"),
        (End("failed", "/Name", "bad*"), {"Name": "not bad"}, "completed"),
        (End("failed", "/Source/ObjectKey", "*.txt"), {"Source": {"Bucket": "b", "ObjectKey": "a/b.txt"}}, "failed"),
        (End("failed", "/Source/ObjectKey", "clip.mp[34]"), {}, "failed"),
        (End("failed", "/Priority", "3"), {}, "failed"),
        (End("failed", "/Priority", "?"), {"Priority": 10}, "completed"),
        (End("failed", "/Nothing", "*"), {}, "completed"),
        (End("cancelled", "/Batch", "one"), {}, "cancelled"),
        (End("in_progress", "/Batch", "one"), {}, "in_progress"),
    ],
    ids=str,
)
def test_a_job_ends_as_the_first_end_that_its_member_meets_says(apis, end, changes, state):
    mock = Mock(apis["wasabi_air"], ends=[end, End("cancelled", end.member, end.pattern)])
    assert ended(mock, **changes)["Status"] == state


def test_a_failed_job_goes_the_way_of_all_up_to_its_end_and_tells_its_error(apis):
    mock = Mock(apis["wasabi_air"], ends=[End("failed", "/Name", "bad")])
    identity = submitted(mock, Name="bad")
    seen = []
    for _ in range(5):
        seen.append(mock.ask("GET", f"/jobs/{identity}/status").body["Status"])
        mock.now += STEP
    assert seen == ["submitted", "preflight", "in_progress", "failed", "failed"]
    answer = mock.ask("GET", f"/jobs/{identity}/errors")
    assert answer.body == {"Id": identity, "Status": "failed", "ErrorCount": 1, "ErrorCode": "INTERNAL_ERROR"}
    assert mock.ask("GET", f"/jobs/{identity}/metadata").status == 404
    job = mock.ask("GET", f"/jobs/{identity}")
    assert datetime.fromisoformat(job.body["Completed"]).timestamp() == START + 3 * STEP
    listed = mock.ask("GET", "/jobs", query="status=failed")
    assert [record["Id"] for record in listed.body["Records"]] == [identity]
    assert mock.misfits("GET", answer) == mock.misfits("GET", job) == mock.misfits("GET", listed) == []


# --- Preferences -------------------------------------------------------------------------------


@pytest.fixture
def preferring(apis) -> Mock:
    return Mock(apis["wasabi_air"], preview=True, prefers=True)


@pytest.mark.parametrize(
    ("prefer", "status"),
    [
        ("code=429", 429),
        ("code=500", 500),
        ('code="429"', 429),
        ("Code=429", 429),
        ("code = 429", 429),
        ("respond-async, code=429", 429),
        ("code=429, wait=10", 429),
        ("code=429; foo=bar", 429),
        ("wait=10;x=1,code=403", 403),
        ("code=200", 200),
        ("code=42", 200),
        ("code=4290", 200),
        ("code", 200),
        ("code=", 200),
        ("xcode=429", 200),
        ("", 200),
        ("return=minimal", 200),
        ('note="code=429"', 200),
        ('note="a, code=429"', 200),
        ("wait=10; code=429", 200),
        ("code=403, code=429", 403),
    ],
)
def test_a_status_is_preferred_as_rfc_7240_writes_preferences(preferring, prefer, status):
    answer = preferring.ask("POST", "/jobs", JOB, headers={"prefer": prefer})
    assert answer.status == status
    assert preferring.misfits("POST", answer) == []
    applied = {"Preference-Applied": f"code={status}"} if status != 200 else {}
    assert {name: text for name, text in answer.headers.items() if name != "Retry-After"} == applied
    assert ("Retry-After" in answer.headers) == (status in (403, 429))  # the limits of this operation
    assert len(preferring.held()) == (status == 200)


def test_preferences_are_for_one_request_and_for_those_with_keys(preferring):
    assert preferring.ask("GET", "/jobs", headers={"prefer": "code=500", "x-amz-secret-key": "no"}).status == 401
    assert preferring.ask("GET", "/jobs", headers={"prefer": "code=500"}).status == 500
    assert preferring.ask("GET", "/jobs").status == 200
    assert preferring.ask("GET", "/nothing", headers={"prefer": "code=500"}).status == 404


def test_several_headers_of_preferences_are_one(preferring):
    headers = (*preferring.keys["account"].items(), ("prefer", "wait=1"), ("prefer", "code=500"))
    assert preferring.answer(Request("GET", "/jobs", "", headers)).status == 500


@pytest.mark.parametrize("code", [402, 404, 418, 503, 599])
def test_a_status_that_is_not_documented_is_no_preference_that_can_be_kept(preferring, code):
    answer = preferring.ask("GET", "/jobs", headers={"prefer": f"code={code}"})
    assert (answer.status, answer.headers) == (200, {})


def test_preferences_are_not_looked_at_unless_asked_for(apis):
    answer = Mock(apis["wasabi_air"]).ask("GET", "/jobs", headers={"prefer": "code=429"})
    assert (answer.status, answer.headers) == (200, {})


def test_a_job_that_is_replaced_comes_to_the_end_that_its_new_members_lead_to(apis):
    mock = Mock(apis["wasabi_air"], preview=True, ends=[End("failed", "/Name", "*broken*")])
    ends = {}
    for before, after in (("whole", "broken"), ("broken", "whole")):
        identity = mock.ask("POST", "/jobs", {**JOB, "Name": before}).body["Job"]["Id"]
        assert mock.ask("PUT", f"/jobs/{identity}", {**JOB, "Name": after}).status == 200
        ends[after] = identity
    mock.now += 10 * STEP
    states = {name: mock.ask("GET", f"/jobs/{identity}").body["Status"] for name, identity in ends.items()}
    assert states == {"broken": "failed", "whole": "completed"}
