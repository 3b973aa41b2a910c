from __future__ import annotations

import dataclasses
import itertools
from urllib.parse import urlencode

import pytest

from scripts.mock import server
from scripts.mock.faults import KNOWN

from .pure import JOB, STEP, Mock, submitted


@pytest.fixture
def air(apis) -> Mock:
    return Mock(apis["wasabi_air"])


@pytest.fixture
def guide(apis) -> Mock:
    """The mock with what only the guide describes."""
    return Mock(apis["wasabi_air"], preview=True)


# --- What operations do ------------------------------------------------------------------------


def test_a_submission_is_answered_with_the_job_as_it_was_sent(air):
    job = air.ask("POST", "/jobs", JOB).body["Job"]
    assert {name: job[name] for name in JOB if name != "Source"} == {
        name: JOB[name] for name in JOB if name != "Source"
    }
    assert job["Source"] == {**JOB["Source"], "Provider": "wasabi"}
    assert (job["Status"], job["Completed"], job["Created"]) == ("submitted", None, "2023-11-14T22:13:20.000Z")


def test_what_was_not_sent_is_not_shown(air):
    identity = air.ask(
        "POST", "/jobs", {name: JOB[name] for name in ("Name", "Services", "Source", "Destination")}
    ).body
    assert not {"Batch", "Priority"} & set(identity["Job"])


def test_what_the_document_does_not_name_is_not_kept(air):
    sent = {**JOB, "ErrorCode": 5, "DestinationPath": 1, "Status": "lost", "Id": "mine", "surprise": True}
    identity = air.ask("POST", "/jobs", sent).body["Job"]["Id"]
    assert air.ask("GET", f"/jobs/{identity}/errors").body == {"Id": identity, "Status": "submitted", "ErrorCount": 0}
    assert air.ask("GET", f"/jobs/{identity}").body["Services"] == JOB["Services"]


def test_a_job_moves_through_its_states_with_time_and_stays_in_the_last(air):
    identity = submitted(air)
    seen = []
    for _ in range(6):
        seen.append(air.ask("GET", f"/jobs/{identity}/status").body["Status"])
        air.now += STEP
    assert seen == ["submitted", "preflight", "in_progress", "completed", "completed", "completed"]
    assert air.ask("GET", f"/jobs/{identity}").body["Completed"] == "2023-11-14T22:13:50.000Z"


def test_metadata_is_there_once_the_job_is_completed(air):
    identity = submitted(air)
    assert air.ask("GET", f"/jobs/{identity}/metadata").status == 404
    air.now += 3 * STEP
    answer = air.ask("GET", f"/jobs/{identity}/metadata")
    assert answer.body["DestinationPath"] == f"s3://results/jobs/{identity}/metadata.json"


def test_all_views_show_the_same_job(air):
    identity = submitted(air)
    assert air.ask("GET", f"/jobs/{identity}/errors").body == {"Id": identity, "Status": "submitted", "ErrorCount": 0}
    listed = air.ask("GET", "/jobs").body["Records"][0]
    job = air.ask("GET", f"/jobs/{identity}").body
    assert "Services" not in listed
    assert listed == {name: value for name, value in job.items() if name != "Services"}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["a", "b", "c"]),
        ("batch=one", ["a", "c"]),
        ("batch=one&name=c", ["c"]),
        ("status=submitted", ["b", "c"]),
        ("status=preflight", ["a"]),
        ("status=failed", []),
        ("sortBy=Created&sortOrder=Desc", ["c", "b", "a"]),
        ("sortBy=Created&sortOrder=Asc", ["a", "b", "c"]),
        ("pageSize=2", ["a", "b"]),
        ("pageSize=2&pageNumber=2", ["c"]),
        ("pageSize=2&pageNumber=3", []),
    ],
)
def test_a_list_is_filtered_sorted_and_cut_into_pages(air, query, names):
    submitted(air, Name="a", Batch="one")
    air.now += STEP
    submitted(air, Name="b", Batch="two")
    submitted(air, Name="c", Batch="one")
    answer = air.ask("GET", "/jobs", query=query)
    assert [record["Name"] for record in answer.body["Records"]] == names


def test_every_combination_of_filters_order_and_page_is_what_a_scan_of_all_jobs_gives(air):
    batches, names = ("one", "two"), ("a", "b")
    for index in range(24):
        if index % 6 == 0:
            air.now += STEP
        submitted(air, Batch=batches[index % 2], Name=names[index // 2 % 2])
    every = air.ask("GET", "/jobs").body["Records"]
    states = {record["Status"] for record in every}
    assert states == {"submitted", "preflight", "in_progress", "completed"}
    wanted = itertools.product((None, *batches), (None, *names), (None, *sorted(states)), ("", "Asc", "Desc"), (0, 5))
    for batch, name, state, order, size in wanted:
        filters = {"batch": batch, "name": name, "status": state}
        found = [each for each in every if _meets(each, batch, name, state)][:: -1 if order == "Desc" else 1]
        query = {**{key: value for key, value in filters.items() if value}, **({"pageSize": size} if size else {})}
        query |= {"sortBy": "Created", "sortOrder": order} if order else {}
        pages = range(0, len(found) + 1, size) if size else [0]
        for number, start in enumerate(pages, 1):
            answer = air.ask("GET", "/jobs", query=urlencode({**query, "pageNumber": number})).body
            assert answer["Records"] == found[start : start + size if size else None], (query, number)
            assert answer["Pagination"]["TotalRecords"] == len(found)


def _meets(record, batch, name, state) -> bool:
    return batch in (None, record["Batch"]) and name in (None, record["Name"]) and state in (None, record["Status"])


def test_filters_match_whole_values_alone(air):
    submitted(air, Name="a job", Batch="one")
    for query in ("name=a", "name=A%20job", "name=a%20job%20", "name=", "batch=", "batch=on", "batch=*", "name=%00"):
        assert air.ask("GET", "/jobs", query=query).body["Pagination"]["TotalRecords"] == 0
    assert air.ask("GET", "/jobs", query="name=a+job").body["Pagination"]["TotalRecords"] == 1


def test_a_page_repeats_what_was_asked_for_and_counts_what_was_found(air):
    for _ in range(3):
        submitted(air)
    answer = air.ask("GET", "/jobs", query="pageSize=2&pageNumber=2&batch=one")
    assert answer.body["Pagination"] == {"TotalRecords": 3, "PageNumber": 2, "PageSize": 2}
    assert air.ask("GET", "/jobs").body["Pagination"] == {"TotalRecords": 3, "PageNumber": 1, "PageSize": 100}


# --- Who may do what ---------------------------------------------------------------------------


EVERY = [
    ("GET", ""),
    ("GET", "/status"),
    ("GET", "/errors"),
    ("GET", "/metadata"),
    ("PUT", ""),
    ("DELETE", ""),
]
"""Method, and what follows a job in the path."""


@pytest.mark.parametrize("after", [0, 3], ids=["new", "completed"])
@pytest.mark.parametrize(("method", "way"), EVERY)
def test_another_account_s_job_is_answered_as_one_that_is_not_there(guide, method, way, after):
    identity = submitted(guide)
    guide.now += after * STEP
    theirs, nobody = (
        guide.ask(method, f"/jobs/{each}{way}", JOB if method == "PUT" else None, holder="other")
        for each in (identity, "0" * 32)
    )
    assert (theirs.status, theirs.content, theirs.headers) == (404, nobody.content, nobody.headers)
    assert guide.misfits(method, theirs) == []
    assert guide.held()[0].sent["Name"] == JOB["Name"]


def test_lists_and_totals_are_an_account_s_own(air):
    mine, theirs = [submitted(air) for _ in range(3)], [submitted(air, holder="other") for _ in range(2)]
    for holder, identities in (("account", mine), ("view", mine), ("other", theirs)):
        for query in ("", "batch=one", "sortBy=Created&status=submitted&name=a%20job"):
            answer = air.ask("GET", "/jobs", query=query, holder=holder).body
            assert [record["Id"] for record in answer["Records"]] == identities
            assert answer["Pagination"]["TotalRecords"] == len(identities)


@pytest.mark.parametrize(("method", "way"), EVERY)
def test_a_viewer_reads_its_account_s_jobs_and_changes_none(guide, method, way):
    identity = submitted(guide)
    guide.now += 3 * STEP if way == "/metadata" else 0
    before = guide.ask("GET", "/jobs").body
    answer = guide.ask(method, f"/jobs/{identity}{way}", JOB if method == "PUT" else None, holder="view")
    assert (answer.status == 200) is (method == "GET")
    assert guide.misfits(method, answer) == [] or answer.status == 403  # no text says which status PUT and DELETE deny
    assert guide.ask("GET", "/jobs").body == before


def test_a_viewer_lists_and_submits_nothing(guide):
    submitted(guide)
    assert len(guide.ask("GET", "/jobs", holder="view").body["Records"]) == 1
    for body in (JOB, {}):
        assert guide.ask("POST", "/jobs", body, holder="view").status == 403
    assert len(guide.held()) == 1


@pytest.mark.parametrize("path", ["/jobs", "/jobs/1", "/jobs/1/status", "/jobs/1/errors", "/jobs/1/metadata"])
@pytest.mark.parametrize(
    "headers",
    [
        {"x-amz-access-key": None},
        {"x-amz-secret-key": None},
        {"x-amz-access-key": None, "x-amz-secret-key": None},
        {"x-amz-access-key": ""},
        {"x-amz-secret-key": "wrong"},
        {"x-amz-secret-key": "example-secret-of-account-two"},
        {"x-amz-access-key": "EXAMPLEACCESSKEY0002"},
        {"x-amz-secret-key": "é"},
    ],
    ids=str,
)
def test_both_keys_are_needed_whole_and_of_one_holder(air, path, headers):
    answer = air.ask("GET", path, headers=headers)
    assert (answer.status, answer.body) == (401, {"Error": "Unauthorized", "ErrorCode": "UNAUTHORIZED"})


def test_keys_are_looked_at_before_the_request(air):
    assert air.ask("POST", "/jobs", raw=b"{", headers={"x-amz-secret-key": "wrong"}).status == 401


def test_no_refusal_repeats_what_was_sent_in_the_wrong_place(air):
    secret = "example-secret-of-account-one"
    for body in ({**JOB, "Destination": secret}, {**JOB, "Priority": secret}, secret, [secret]):
        answer = air.ask("POST", "/jobs", body)
        assert answer.status == 400
        assert secret not in str(answer)


def test_keys_come_from_the_environment_where_it_names_them(apis):
    environment = {"WASABI_ACCESS_KEY": "mine", "WASABI_SECRET_KEY": "s3cr3t"}
    service = server.service(apis["wasabi_air"], preview=False, environment=environment)
    assert service.keys.holders[0].values == ("mine", "s3cr3t")
    assert service.keys.holders[1].values == ("EXAMPLEACCESSKEY0002", "example-secret-of-account-two")
    assert "s3cr3t" not in repr(service)


# --- Preview -----------------------------------------------------------------------------------


def test_with_preview_a_job_is_cancelled_in_its_first_states_and_stays_cancelled(apis):
    mock = Mock(apis["wasabi_air"], preview=True)
    identity, late = submitted(mock), submitted(mock)
    assert mock.ask("DELETE", f"/jobs/{identity}").body["Status"] == "cancelled"
    assert mock.ask("DELETE", f"/jobs/{identity}").status == 409
    mock.now += 2 * STEP
    assert mock.ask("GET", f"/jobs/{identity}/status").body["Status"] == "cancelled"
    assert mock.ask("DELETE", f"/jobs/{late}").status == 409


def test_with_preview_a_job_is_replaced_while_it_is_submitted(apis):
    mock = Mock(apis["wasabi_air"], preview=True)
    identity = submitted(mock)
    assert mock.ask("PUT", f"/jobs/{identity}", {**JOB, "Name": "another"}).body["Name"] == "another"
    assert mock.ask("PUT", f"/jobs/{identity}", {"Name": "half"}).status == 400
    mock.now += STEP
    assert mock.ask("PUT", f"/jobs/{identity}", JOB).status == 409


def test_a_replaced_job_is_the_same_job_with_what_was_sent_and_nothing_of_before(guide):
    identity, other = submitted(guide), submitted(guide)
    before = guide.ask("GET", f"/jobs/{identity}").body
    guide.now += STEP / 2
    new = {"Name": "new", "Services": {"s2t": {}}, "Source": {"Bucket": "b", "ObjectKey": "k"}}
    new["Destination"] = {"Bucket": "d", "Region": "eu-central-1"}
    after = guide.ask("PUT", f"/jobs/{identity}", new).body
    assert after == guide.ask("GET", f"/jobs/{identity}").body
    assert {name: after[name] for name in ("Id", "UserId", "Created", "Status", "Completed")} == {
        name: before[name] for name in ("Id", "UserId", "Created", "Status", "Completed")
    }
    assert {name: after[name] for name in new} == {**new, "Source": {**new["Source"], "Provider": "wasabi"}}
    assert not {"Batch", "Priority"} & set(after)
    assert [each["Id"] for each in guide.ask("GET", "/jobs").body["Records"]] == [identity, other]
    assert guide.ask("GET", "/jobs", query="batch=one").body["Pagination"]["TotalRecords"] == 1
    guide.now += STEP / 2
    assert guide.ask("GET", f"/jobs/{identity}/status").body["Status"] == "preflight"


def test_without_preview_there_is_neither_replacing_nor_cancelling(air):
    identity = submitted(air)
    for method in ("PUT", "DELETE"):
        answer = air.ask(method, f"/jobs/{identity}", JOB)
        assert (answer.status, answer.headers["Allow"]) == (405, "GET")


# --- Every answer ------------------------------------------------------------------------------

ONE = {"POST": JOB, "PUT": JOB}
WAYS = ("", "/status", "/errors", "/metadata")


@pytest.mark.parametrize("after", [0, 1, 2, 3, 9], ids="after {} states".format)
def test_every_answer_is_documented_and_fits_its_schema(apis, after):
    mock = Mock(apis["wasabi_air"], preview=True)
    identity = submitted(mock)
    mock.now += after * STEP
    asked = [("/jobs", method, "/jobs", {}) for method in ("GET", "POST")]
    asked += [(f"/jobs/{{Id}}{way}", "GET", f"/jobs/{each}{way}", {}) for way in WAYS for each in (identity, "none")]
    asked += [("/jobs/{Id}", method, f"/jobs/{identity}", {}) for method in ("PUT", "DELETE")]
    asked += [(path, method, at, {"headers": {"x-amz-secret-key": "wrong"}}) for path, method, at, _ in asked]
    asked += [("/jobs", "GET", "/jobs", {"query": "pageSize=0"}), ("/jobs", "POST", "/jobs", {"raw": b"{"})]
    asked += [("/jobs", "POST", "/jobs", {"holder": "view"}), ("/jobs/{Id}", "DELETE", f"/jobs/{identity}", {})]
    for path, method, at, how in asked:
        answer = mock.ask(method, at, ONE.get(method), **how)
        assert answer.path == path
        assert mock.misfits(method, answer) == [], (method, at, answer)


def test_the_store_is_only_read_by_a_response(air):
    identity = submitted(air)
    before = [dataclasses.asdict(each) for each in air.held()]
    body = air.ask("GET", f"/jobs/{identity}").body
    body["Source"]["Bucket"] = "changed by the reader"
    body["Services"]["ocr"]["x"] = 1
    assert [dataclasses.asdict(each) for each in air.held()] == before


def test_an_unknown_fault_is_an_error_that_lists_the_known_ones(apis):
    for word in ("explode", "quota:nothing"):
        with pytest.raises(Exception, match="is called"):
            Mock(apis["wasabi_air"], words=[word])
    assert len(KNOWN) == len(set(KNOWN.values()))
