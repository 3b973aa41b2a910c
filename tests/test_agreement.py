"""The mock beside a server that shares no code with it: on recorded exchanges, and to the generated client."""

from __future__ import annotations

import importlib
import re
import time
from collections import Counter

import pytest
import yaml

from scripts.document import operations, read

from . import agreement
from .agreement import AIR_SERVER, MOCK, differing, recorded, serving, unexplained
from .processes import KEYS, ROOT

SPEC = ROOT / "spec" / "wasabi_air"


@pytest.fixture(scope="module")
def script():
    return agreement.read()


# --- The recorded exchanges ----------------------------------------------------------------------


@pytest.mark.slow
def test_both_servers_answer_as_is_recorded(script):
    names = [step["name"] for step in script["steps"]]
    mock, server = agreement.conversations(script)
    wrong = []
    for name, step, ours, theirs in zip(names, script["steps"], mock, server, strict=True):
        for who, came, record in (("mock", ours, step["answer"]), ("server", theirs, step.get("server"))):
            places = list(differing(came, record or step["answer"]))
            if places:
                wrong.append((name, who, places, came))
    assert wrong == []


def test_each_difference_has_a_reason_and_each_reason_a_difference(script):
    found = {step["name"]: unexplained(step, script["reasons"]) for step in script["steps"]}
    assert {name: problems for name, problems in found.items() if problems} == {}
    given = {name for step in script["steps"] for name in step.get("why", ())}
    assert given == set(script["reasons"])


def test_a_reason_that_cites_an_open_point_cites_one_of_the_behaviour(script):
    points = {each["point"] for each in yaml.safe_load((SPEC / "behaviour.yaml").read_text())["open"]}
    assert {reason["point"] for reason in script["reasons"].values() if "point" in reason} <= points


STEP = {"answer": {"status": 200, "body": {"Priority": 1, "Error": "a"}}}
REASONS = {"text": {"at": ["/body/Error"]}, "number": {"at": ["*/Priority"]}}


@pytest.mark.parametrize(
    ("body", "status", "why", "problems"),
    [
        ({"Priority": 1, "Error": "b"}, 200, ["text"], []),
        ({"Priority": 1, "Error": "b"}, 200, [], ["/body/Error differs"]),
        ({"Priority": 1, "Error": "b"}, 400, ["text"], ["/status differs"]),
        ({"Priority": 1, "Error": "a"}, 200, ["text"], ["text explains nothing"]),
        ({"Priority": 1.0}, 200, ["text"], ["/body/Priority differs"]),
        ({"Priority": True}, 200, ["text", "number"], []),
        ({"Error": "a", "More": None}, 200, ["number"], ["/body/More differs"]),
    ],
    ids=["explained", "no reason", "another place", "gone", "number's form", "two reasons", "null is not absent"],
)
def test_a_difference_without_a_reason_is_told_and_so_is_a_reason_without_one(body, status, why, problems):
    step = {**STEP, "server": {"status": status, "body": body}, "why": why}
    assert unexplained(step, REASONS) == problems


def test_what_is_recorded_anew_keeps_the_reasons_that_still_hold_and_finds_no_new_ones():
    script = {"reasons": REASONS, "steps": [{"send": "GET /a", "why": ["text", "number"], **STEP}]}
    ours = {"status": 200, "body": {"Priority": 1, "Error": "c"}}
    other = {"status": 201, "body": {"Priority": 1, "Error": "d"}}
    step = recorded(script, [ours], [other])["steps"][0]
    assert step == {"send": "GET /a", "answer": ours, "server": other, "why": ["text"]}
    assert unexplained(step, REASONS) == ["/status differs"]
    assert recorded(script, [ours], [ours])["steps"] == [{"send": "GET /a", "answer": ours}]


def test_the_exchanges_cover_each_operation_with_the_statuses_that_both_can_be_brought_to(script):
    missing = []
    for operation in operations(read(SPEC / "openapi.yaml").data):
        if operation.preview:
            continue
        path = re.sub(r"\{[^}]*\}", "[^/?]+", operation.path)
        asked = [each for each in script["steps"] if re.fullmatch(rf"{operation.method} {path}", each["send"])]
        came = {each["answer"]["status"] for each in asked}
        documented = {int(status) for status in operation.definition["responses"]} & {200, 400, 401, 404}
        missing += [(operation.id, status) for status in documented - came]
        sent = {name for each in asked for name in each.get("query", ())}
        missing += [
            (operation.id, each["name"])
            for each in operation.parameters
            if each["in"] == "query" and each["name"] not in sent
        ]
    assert missing == []


def test_each_step_has_a_name_of_its_own(script):
    assert [name for name, times in Counter(step["name"] for step in script["steps"]).items() if times > 1] == []


# --- The generated client ------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["mock", "independent"])
def url(request):
    """Either server, at a quick pace."""
    command = {"mock": MOCK, "independent": (*AIR_SERVER, "--steady")}[request.param]
    with serving(*command, "--step", "0.05") as url:
        yield url


@pytest.fixture
def call(generated, url):
    """Call an operation by its module's name, with the keys of the account or of the given environment."""

    def calling(operation: str, *arguments, environment=KEYS, **named):
        module = importlib.import_module(f"wasabi_air.api.jobs.{operation}")
        with generated.connect(base_url=url, environment=environment) as client:
            return module.sync_detailed(*arguments, client=client, **named)

    return calling


@pytest.fixture
def models(generated):
    return importlib.import_module("wasabi_air.models")


def request(models, name: str, batch: str):
    return models.JobSubmissionRequest(
        name=name,
        services=models.JobSubmissionRequestServices.from_dict({"ocr": {"config": {"languages": ["de", None]}}}),
        source=models.Source(bucket="media", object_key="clips/ä b.mp4"),
        destination=models.Destination(bucket="results", region="here-1"),
        priority=3,
        batch=batch,
    )


def completed(call, models, identity: str) -> None:
    until = time.monotonic() + 10
    while call("get_job_status", identity).parsed.status is not models.JobState.COMPLETED:
        assert time.monotonic() < until
        time.sleep(0.02)


def test_the_generated_client_submits_waits_and_reads_all_views(call, models):
    sent = request(models, "Ünïcode 🎬", "views")
    answer = call("submit_job", body=sent)
    job = answer.parsed.job
    assert (answer.status_code, job.status) == (200, models.JobState.SUBMITTED)
    early = call("get_job_metadata", job.id)
    if early.status_code != 200:  # a busy machine may take so long that the job has ended
        assert (early.status_code, early.parsed.error_code) == (404, "NOT_FOUND")
    completed(call, models, job.id)
    details = call("get_job", job.id).parsed
    assert (details.id, details.name, details.batch, details.priority) == (job.id, sent.name, "views", 3)
    assert details.services.to_dict() == sent.services.to_dict()
    assert (details.source.object_key, details.destination.to_dict()) == ("clips/ä b.mp4", sent.destination.to_dict())
    assert details.created == job.created < details.completed
    errors = call("get_job_errors", job.id).parsed
    assert (errors.id, errors.status, errors.error_count) == (job.id, models.JobState.COMPLETED, 0)
    metadata = call("get_job_metadata", job.id).parsed
    assert (metadata.id, metadata.user_id) == (job.id, job.user_id)
    assert metadata.destination_path.startswith("s3://results/")


def test_the_generated_client_lists_with_filters_and_page_by_page(call, models):
    ids = [call("submit_job", body=request(models, f"list {number}", "a & ü")).parsed.job.id for number in range(3)]
    for each in ids:
        completed(call, models, each)
    found = []
    for number in (1, 2, 3):
        page = call(
            "list_jobs",
            batch="a & ü",
            status=models.JobState.COMPLETED,
            sort_by=models.SortField.CREATED,
            sort_order=models.SortOrder.DESC,
            page_number=number,
            page_size=2,
        ).parsed
        assert (page.pagination.total_records, page.pagination.page_number, page.pagination.page_size) == (3, number, 2)
        found.append([record.id for record in page.records])
    assert found == [ids[:0:-1], ids[:1], []]
    named = call("list_jobs", name="list 1").parsed.records
    assert [(record.id, record.name) for record in named] == [(ids[1], "list 1")]
    assert call("list_jobs", status=models.JobState.FAILED).parsed.records == []


def test_the_generated_client_gets_typed_errors(call, models):
    job = call("submit_job", body=request(models, "mine", "errors")).parsed.job
    wrong = {**KEYS, "WASABI_SECRET_KEY": "wrong"}
    other = {
        "WASABI_ACCESS_KEY": KEYS["WASABI_OTHER_ACCESS_KEY"],
        "WASABI_SECRET_KEY": KEYS["WASABI_OTHER_SECRET_KEY"],
    }
    answers = {
        "no name": (call("submit_job", body=request(models, "", "errors")), 400, "BAD_REQUEST"),
        "page size": (call("list_jobs", page_size=101), 400, "BAD_REQUEST"),
        "wrong keys": (call("list_jobs", environment=wrong), 401, "UNAUTHORIZED"),
        "unknown": (call("get_job", "no such/job"), 404, "NOT_FOUND"),
        "another account's": (call("get_job_status", job.id, environment=other), 404, "NOT_FOUND"),
    }
    for name, (answer, status, code) in answers.items():
        assert isinstance(answer.parsed, models.ErrorResponse), name
        assert (answer.status_code, answer.parsed.error_code) == (status, code), name
