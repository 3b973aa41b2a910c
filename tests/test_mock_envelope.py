"""An API that takes forms, answers at once and wraps every answer: its rules are data too."""

from __future__ import annotations

import json
import shutil
import uuid
from datetime import datetime

import httpx
import pytest

from scripts import behaviour, pipeline, project
from scripts.document import read, write_text
from scripts.mock.messages import Request
from scripts.mock.service import End

from .pure import START, Mock

DATA = {"version": None, "mimeType": "text/csv; header=present", "name": "Mine", "mapping": []}
FILE = ("example.csv", b"x,y\n1,\xff\n", "text/csv")


@pytest.fixture
def api(root, tmp_path) -> project.Api:
    shutil.copytree(root / "tests" / "data" / "envelope", tmp_path / "spec" / "envelope")
    api = project.discover(tmp_path)["envelope"]
    write_text(pipeline.normalised(api).openapi, api.openapi)
    return api


@pytest.fixture
def mock(api) -> Mock:
    return Mock(api)


def submit(mock: Mock, *, holder: str = "account", **form):
    """Submit a form as httpx writes it: `data` are its fields, `files` its other parts."""
    written = httpx.Request("POST", "http://h/api/v1/jobs", **form)
    headers = (("content-type", written.headers["content-type"]), *mock.keys[holder].items())
    return mock.answer(Request("POST", "/api/v1/jobs", "", headers, written.read()))


def as_python_does(mock: Mock, *, holder: str = "account", **changes):
    """`data` as a plain field of the form."""
    return submit(mock, holder=holder, data={"data": json.dumps({**DATA, **changes})}, files={"file": FILE})


def as_dotnet_does(mock: Mock, **changes):
    """`data` as a part of its own media type, without a file's name."""
    data = (None, json.dumps({**DATA, **changes}).encode(), "application/json; charset=utf-8")
    return submit(mock, files={"data": data, "file": FILE})


@pytest.mark.parametrize("submitted", [as_python_does, as_dotnet_does])
def test_a_job_is_submitted_by_a_form_and_answered_done_in_an_envelope(mock, submitted):
    answer = submitted(mock)
    assert answer.status == 200
    assert {**answer.body, "data": None} == {"data": None, "isError": False, "errorMessage": None}
    job = answer.body["data"]
    assert str(uuid.UUID(job["id"])) == job["id"]
    assert datetime.fromisoformat(job["createdDateUtc"]).timestamp() == START
    assert job == {
        "name": "Mine",
        "inputFileName": "example.csv",
        "inputMime": "text/csv; header=present",
        "billedUsage": 20,
        "recordCount": 3,
        "recordGroupCount": 1,
        "processingTimeMS": 1424,
        "status": "success",
        "errorMessage": None,
        "id": job["id"],
        "createdDateUtc": job["createdDateUtc"],
        "lastUpdatedUtc": job["createdDateUtc"],
    }
    assert mock.ask("GET", f"/api/v1/jobs/{job['id']}").body == answer.body
    assert mock.misfits("POST", answer) == []


def test_what_clients_send_that_no_text_knows_is_ignored_and_the_name_is_the_file_s(mock):
    data = {"mimeType": "text/csv", "jobName": "x", "groupId": 1, "isGrouped": False, "data": {"name": "y"}}
    job = submit(mock, data={"data": json.dumps(data), "more": "z"}, files={"file": FILE}).body["data"]
    assert (job["name"], job["inputMime"]) == ("example.csv", "text/csv")


def test_a_rename_changes_the_name_alone_and_when_it_was_changed(mock):
    job = as_python_does(mock).body["data"]
    mock.now += 60
    sent = {"name": "Theirs", "data": {"name": "no", "mimeType": "no"}, "file": {"filename": "no"}, "billedUsage": 0}
    renamed = mock.ask("PUT", f"/api/v1/jobs/{job['id']}", sent)
    changed = {name for name, value in renamed.body["data"].items() if value != job[name]}
    assert (renamed.status, renamed.body["data"]["name"], changed) == (200, "Theirs", {"name", "lastUpdatedUtc"})
    assert mock.ask("GET", f"/api/v1/jobs/{job['id']}").body == renamed.body


def test_the_latest_jobs_come_first_and_are_only_one_s_own(mock):
    for name in ("a", "b", "c"):
        as_python_does(mock, name=name)
        mock.now += 1
    as_python_does(mock, holder="other", name="theirs")
    answer = mock.ask("GET", "/api/v1/jobs/latest")
    assert [job["name"] for job in answer.body["data"]] == ["c", "b", "a"]
    assert (answer.body["isError"], mock.misfits("GET", answer)) == (False, [])
    assert mock.ask("GET", "/api/v1/jobs/latest", query="page=2&x").body == answer.body


def test_the_result_is_linked_to_once_there_is_one(api):
    mock = Mock(api, ends=[End("error", "/name", "bad *")])
    good, bad = (as_python_does(mock, name=name).body["data"] for name in ("good one", "bad one"))
    link = mock.ask("GET", f"/api/v1/jobs/result-link/{good['id']}")
    assert link.body["data"].startswith(f"https://results.example.com/{good['id']}/output/example.csv?")
    assert (sorted(link.body), link.body["isError"]) == (["data", "errorMessage", "isError"], False)
    assert (bad["status"], bad["errorMessage"]) == ("error", "The job failed.")
    refused = mock.ask("GET", f"/api/v1/jobs/result-link/{bad['id']}")
    assert (refused.status, refused.body["isError"]) == (400, True)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"data": {"data": json.dumps(DATA)}, "files": {"other": FILE}}, '"file" is a required property'),
        ({"files": {"file": FILE}}, '"data" is a required property'),
        ({"data": {"data": "{"}, "files": {"file": FILE}}, "not JSON"),
        ({"data": {"data": "[]"}, "files": {"file": FILE}}, "/data"),
        ({"data": {"data": ""}, "files": {"file": FILE}}, "not JSON"),
        ({"data": {"data": '{"name": "x"}'}, "files": {"file": FILE}}, '"mimeType" is a required property'),
        ({"data": {"data": '{"mimeType": 5}'}, "files": {"file": FILE}}, "/data/mimeType"),
        ({"data": {"data": '{"mimeType": "a", "mapping": {}}'}, "files": {"file": FILE}}, "/data/mapping"),
        ({"data": {"data": json.dumps(DATA)}}, "the body must be multipart/form-data"),
    ],
    ids=["no file", "no data", "cut", "a list", "empty", "no type", "a number", "an object", "no form"],
)
def test_a_form_that_lacks_something_is_refused_in_the_envelope(mock, form, said):
    answer = submit(mock, **form)
    assert (answer.status, answer.body["isError"], answer.body["data"]) == (400, True, None)
    assert said in answer.body["errorMessage"]
    assert mock.misfits("POST", answer) == []
    assert mock.held(None) == []


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_unknown_jobs_and_other_accounts_jobs_are_absent(mock, method):
    job = as_python_does(mock, holder="other").body["data"]
    for identity in (job["id"], str(uuid.UUID(int=0)), "nothing"):
        answer = mock.ask(method, f"/api/v1/jobs/{identity}", {"name": "x"} if method == "PUT" else None)
        assert (answer.status, answer.body["isError"]) == (404, True)
        assert mock.misfits(method, answer) == []


def test_a_wrong_key_is_refused_in_the_envelope(mock):
    for key in (None, "", "wrong"):
        answer = mock.ask("GET", "/api/v1/jobs/latest", headers={"x-api-key": key})
        assert (answer.status, answer.body["isError"]) == (401, True)


def test_its_rules_say_which_of_them_are_inferred(api):
    rules = behaviour.read(api.behaviour, read(api.openapi).data)
    assert rules.where("/lists/0/order/unasked").standing == "inferred"
    assert rules.where("/lists/0").standing == "published"
    assert rules.where("/lifecycle/course").standing == "inferred"
    assert rules.lifecycle.terminal == {"success", "error"}
    assert rules.leaves_open("unfinished-creation")
