"""The contract verb, end to end: real processes, real sockets."""

from __future__ import annotations

import base64
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from urllib.parse import quote
from xml.etree import ElementTree as ET

import httpx
import pytest

from .loopback import Answer, loopback
from .processes import GIVEN, KEYS, ROOT, mock, steered, surroundings, verb

ENV = surroundings(**KEYS)


def judged(url: str, folder, *words: str, env=None):
    """Run the verb on a URL: the finished process and `verdict.json`, which may not be there."""
    done = verb("contract", "--url", url, "--report", str(folder), *words, env=env or ENV)
    path = folder / "verdict.json"
    return done, json.loads(path.read_text()) if path.exists() else {}


def submit(url: str) -> None:
    """Submit a job and give it time to be completed."""
    headers = {"x-amz-access-key": KEYS["WASABI_ACCESS_KEY"], "x-amz-secret-key": KEYS["WASABI_SECRET_KEY"]}
    job = {"Name": "a", "Services": {"ocr": {}}, "Source": {"Bucket": "b", "ObjectKey": "k"}}
    answer = httpx.post(f"{url}/jobs", headers=headers, json={**job, "Destination": {"Bucket": "d", "Region": "r"}})
    assert answer.status_code == 200
    time.sleep(0.6)


# --- A conforming server -----------------------------------------------------------------------


@pytest.mark.slow
def test_without_a_url_it_judges_a_mock_of_its_own_and_says_what_it_exercised(tmp_path):
    done = verb("contract", "--report", str(tmp_path / "deep" / "report"), env=surroundings())
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "conformant (exit code 0)"
    verdict = json.loads((tmp_path / "deep" / "report" / "verdict.json").read_text())
    assert (verdict["status"], verdict["exit_code"], verdict["mode"]) == ("conformant", 0, "full")
    assert sorted(verdict["operations"]) == [
        *("getJob", "getJobErrors", "getJobMetadata", "getJobStatus", "listJobs", "submitJob"),
    ]
    assert all(operation["validated_successes"] > 0 for operation in verdict["operations"].values())
    assert [promise["id"] for promise in verdict["promises"] if promise["family"] == "other"] == []
    assert verdict["requests"]["sent"] <= 1500
    assert verdict["created"]["at_most_happened"] <= 100
    for operation in verdict["operations"]:
        assert operation in done.stdout


@pytest.fixture(scope="module")
def frugal(tmp_path_factory):
    """A frugal run on a mock with secrets of its own: what was printed, the report, and what the mock counted."""
    folder = tmp_path_factory.mktemp("frugal")
    secrets = {
        "WASABI_ACCESS_KEY": "AKIA/first+key",
        "WASABI_SECRET_KEY": "s3cr3t/first+value=",
        "WASABI_OTHER_ACCESS_KEY": "AKIA-second-key",
        "WASABI_OTHER_SECRET_KEY": "s3cr3t-second-value",
    }
    env = surroundings(**secrets)
    with steered(env=env) as (url, control):
        done, verdict = judged(url, folder, "--mode", "frugal", env=env)
        counted = httpx.get(f"{control}/counts").json()
    return done, verdict, counted, folder, secrets


@pytest.mark.slow
def test_frugal_judges_every_operation_within_its_bounds(frugal):
    done, verdict, _, _, _ = frugal
    assert (done.returncode, verdict["status"]) == (0, "conformant"), done.stdout
    assert verdict["requests"]["sent"] <= 300
    assert verdict["created"]["at_most_happened"] <= 10
    kept = {promise["id"]: promise["kept"] for promise in verdict["promises"]}
    for promise in ("valid-accepted", "invalid-refused"):
        assert kept[promise].keys() >= {"submitJob", "listJobs"}, promise


@pytest.mark.slow
def test_what_the_run_counts_is_what_the_server_counts(frugal):
    _, verdict, counted, folder, _ = frugal
    entries = json.loads((folder / "exchanges.har").read_text())["log"]["entries"]
    assert verdict["requests"]["sent"] == counted["requests"] == len(entries)
    assert verdict["created"]["at_most_happened"] == counted["resources"]


@pytest.mark.slow
def test_no_secret_is_printed_or_written(frugal):
    done, _, _, folder, secrets = frugal
    texts = [done.stdout, done.stderr, *(path.read_text() for path in folder.iterdir())]
    for value in secrets.values():
        for form in (value, quote(value, safe=""), base64.b64encode(value.encode()).decode()):
            assert not any(form in text for text in texts)


@pytest.mark.slow
def test_the_report_is_read_by_other_tools(frugal):
    _, verdict, _, folder, _ = frugal
    assert sorted(path.name for path in folder.iterdir()) == [
        *("exchanges.har", "index.html", "junit.xml", "verdict.json"),
    ]
    suite = ET.parse(folder / "junit.xml").getroot().find("testsuite")
    assert (suite.get("failures"), suite.get("errors")) == ("0", "0")
    assert len(suite.findall("testcase")) == int(suite.get("tests"))
    log = json.loads((folder / "exchanges.har").read_text())["log"]
    assert log["version"] == "1.2"
    assert {entry["_family"] for entry in log["entries"]} >= {
        "target",
        "journey",
        "course",
        "views",
        "lists",
        "isolation",
        "credentials",
        "identity",
        "generated",
        "round_trip",
    }
    assert {promise["id"] for promise in verdict["promises"]} >= {
        "body-fits-schema",
        "credentials-required",
        "answered",
    }


@pytest.mark.slow
def test_keys_crossed_between_accounts_are_tried(frugal):
    _, _, _, folder, _ = frugal
    entries = json.loads((folder / "exchanges.har").read_text())["log"]["entries"]
    crossed = [
        {header["name"]: header["value"] for header in entry["request"]["headers"]}
        for entry in entries
        if entry["_family"] == "credentials"
    ]
    pairs = {(each.get("x-amz-access-key"), each.get("x-amz-secret-key")) for each in crossed}
    assert ("$WASABI_ACCESS_KEY", "$WASABI_OTHER_SECRET_KEY") in pairs
    assert ("$WASABI_OTHER_ACCESS_KEY", "$WASABI_SECRET_KEY") in pairs


@pytest.mark.slow
def test_keys_that_are_ordinary_words_do_not_spoil_a_run(tmp_path):
    env = surroundings(WASABI_ACCESS_KEY="access-key", WASABI_SECRET_KEY="test")
    with mock(env=env) as url:
        done, verdict = judged(url, tmp_path, "--mode", "frugal", "--only", "getJobStatus", env=env)
    assert (done.returncode, verdict["findings"]) == (0, []), done.stdout + done.stderr
    assert "WASABI_SECRET_KEY is too short" in done.stdout
    entries = json.loads((tmp_path / "exchanges.har").read_text())["log"]["entries"]
    sent = {header["name"]: header["value"] for header in entries[0]["request"]["headers"]}
    assert (sent["x-amz-access-key"], sent["x-amz-secret-key"]) == ("$WASABI_ACCESS_KEY", "$WASABI_SECRET_KEY")


# --- A server that shares no code with ours ----------------------------------------------------


@pytest.fixture(scope="module")
def independent():
    """A server written from the published texts alone, which differs from ours wherever they leave it open."""
    command = [sys.executable, str(ROOT / "tests" / "data" / "air_server.py"), "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    url = process.stdout.readline().strip()
    submit(url)
    yield url
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "seed"), [("full", "1"), ("read-only", "3")])
def test_a_conforming_server_written_from_the_texts_alone_is_not_accused(independent, tmp_path, mode, seed):
    done, verdict = judged(independent, tmp_path, "--mode", mode, "--seed", seed, "--inferred", "fail")
    assert (done.returncode, verdict["findings"]) == (0, []), done.stdout


# --- A server with one fault -------------------------------------------------------------------

FAULTS = {
    "wrong-enum": ("body-fits-schema", "getJobStatus", "published"),
    "wrong-type:getJob": ("body-fits-schema", "getJob", "published"),
    "drop-required": ("body-fits-schema", "getJobErrors", "published"),
    "accept-wrong-secret": ("credentials-required", "listJobs", "published"),
    "accept-any-key:submitJob": ("credentials-required", "submitJob", "published"),
    "error-500": ("no-server-error", "listJobs", "standard"),
    "wrong-status:listJobs": ("status-documented", "listJobs", "published"),
    "wrong-media-type:getJob": ("media-type-documented", "getJob", "published"),
    "accept-invalid:submitJob": ("invalid-refused", "submitJob", "published"),
    "refuse-valid:listJobs": ("valid-accepted", "listJobs", "published"),
    "refuse-valid:submitJob": ("valid-accepted", "submitJob", "published"),
    "tell-secret:getJobErrors": ("no-secret-told", "getJobErrors", "standard"),
    "hide-created:getJob": ("created-is-reached", "getJob", "published"),
    "forget-created": ("created-is-reached", "getJob", "published"),
    "null-required:getJobErrors": ("body-fits-schema", "getJobErrors", "published"),
    "time-without-offset:getJob": ("body-fits-schema", "getJob", "published"),
    "cut-body:listJobs": ("body-fits-schema", "listJobs", "published"),
    "error-as-list:getJob": ("body-fits-schema", "getJob", "published"),
    "error-as-page:submitJob": ("media-type-documented", "submitJob", "published"),
    "undocumented-refusal:listJobs": ("status-documented", "listJobs", "published"),
    "unknown-400:getJob": ("status-documented", "getJob", "published"),
    "view-closed-otherwise:getJobMetadata": ("status-documented", "getJobMetadata", "published"),
    "unknown-500:getJob": ("no-server-error", "getJob", "standard"),
    "fail-beyond-the-end:listJobs": ("no-server-error", "listJobs", "standard"),
    "accept-above-maximum:submitJob": ("invalid-refused", "submitJob", "published"),
    "accept-too-long:submitJob": ("invalid-refused", "submitJob", "published"),
    "accept-missing:submitJob": ("invalid-refused", "submitJob", "published"),
    "accept-unlisted:listJobs": ("invalid-refused", "listJobs", "published"),
    "refuse-maximum:listJobs": ("valid-accepted", "listJobs", "published"),
    "refuse-minimum:listJobs": ("valid-accepted", "listJobs", "published"),
    "refuse-longest:submitJob": ("valid-accepted", "submitJob", "published"),
    "refuse-without-optional:submitJob": ("valid-accepted", "submitJob", "published"),
    "accept-no-keys:listJobs": ("credentials-required", "listJobs", "published"),
    "accept-missing-key:listJobs": ("credentials-required", "listJobs", "published"),
    "accept-empty-key:listJobs": ("credentials-required", "listJobs", "published"),
    "accept-wrong-first-key:listJobs": ("credentials-required", "listJobs", "published"),
    "accept-crossed-keys:listJobs": ("credentials-required", "listJobs", "published"),
    "refuse-keys-404:getJob": ("refusal-status", "getJob", "published"),
    "tell-secret-in-body:getJob": ("no-secret-told", "getJob", "standard"),
    "tell-secret-in-refusal:listJobs": ("no-secret-told", "listJobs", "standard"),
    "tell-right-key:listJobs": ("no-secret-told", "listJobs", "standard"),
}


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_and_named_with_its_promise_its_source_and_a_line_to_send_it_again(tmp_path, fault):
    promise, operation, standing = FAULTS[fault]
    with mock("--fault", fault) as url:
        done, verdict = judged(url, tmp_path, "--mode", "frugal", "--only", operation, env={**ENV, **GIVEN})
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith("violations")
    found = [each for each in verdict["findings"] if (each["promise"], each["operation"]) == (promise, operation)]
    assert found, [(each["promise"], each["operation"], each["detail"]) for each in verdict["findings"]]
    assert (found[0]["standing"], bool(found[0]["source"])) == (standing, True)
    assert f"{operation}: {promise}" in done.stdout
    assert found[0]["curl"] in done.stdout
    assert not any(value in found[0]["curl"] for value in KEYS.values())
    suite = ET.parse(tmp_path / "junit.xml").getroot().find("testsuite")
    assert int(suite.get("failures")) > 0


@pytest.mark.slow
def test_the_line_to_send_again_shows_the_fault(tmp_path):
    with mock("--fault", "wrong-enum:getJobStatus") as url:
        _, verdict = judged(url, tmp_path, "--mode", "frugal", "--only", "getJobStatus")
        line = verdict["findings"][0]["curl"]
        assert "$WASABI_ACCESS_KEY" in line
        assert "$WASABI_SECRET_KEY" in line
        again = subprocess.run(["sh", "-c", line], env=ENV, capture_output=True, text=True, check=True)
    assert "plumbline_unlisted" in again.stdout


@pytest.mark.slow
@pytest.mark.parametrize(("inferred", "code", "status"), [("warn", 0, "conformant"), ("fail", 1, "violations")])
def test_a_broken_inferred_promise_is_told_and_counts_only_when_asked(tmp_path, inferred, code, status):
    with mock("--fault", "drop-required:getJobStatus") as url:
        words = ("--mode", "frugal", "--only", "getJobStatus", "--inferred", inferred)
        done, verdict = judged(url, tmp_path, *words)
    assert (done.returncode, verdict["status"]) == (code, status), done.stdout
    assert [each["standing"] for each in verdict["findings"]] == ["inferred"]
    assert "The document" in verdict["findings"][0]["source"] or "Reference page" in verdict["findings"][0]["source"]


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["quota", "cap"])
def test_a_server_that_refuses_every_submission_for_its_limits_is_inconclusive(tmp_path, fault):
    with mock("--fault", fault) as url:
        done, verdict = judged(url, tmp_path, "--mode", "frugal", "--only", "submitJob", "--only", "getJob")
    assert (done.returncode, verdict["status"], verdict["findings"]) == (3, "inconclusive", []), done.stdout
    assert any("submitJob never succeeded" in reason for reason in verdict["reasons"])
    assert verdict["created"]["at_most_happened"] == 0


@pytest.mark.slow
@pytest.mark.parametrize("status", [403, 429])
def test_once_a_limit_has_refused_two_creations_no_family_sends_another(tmp_path, status):
    def answer(request):
        if request.method == "POST":
            return Answer(status, body=b'{"Error": "reached", "ErrorCode": "LIMIT"}')
        if "?" not in request.path and not request.path.endswith("/jobs"):
            return Answer(404, body=b'{"Error": "no such job", "ErrorCode": "NOT_FOUND"}')
        return Answer(body=b'{"Records": [], "Pagination": {"TotalRecords": 0, "PageNumber": 1, "PageSize": 100}}')

    with loopback(answer) as server:
        done, verdict = judged(server.url, tmp_path, "--mode", "full", "--only", "submitJob", "--max-seconds", "20")
    assert [request.method for request in server.received].count("POST") == 2
    assert (done.returncode, verdict["status"]) == (3, "inconclusive"), done.stdout
    assert any("a limit is reached" in note for note in verdict["notes"])


# --- Modes -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_url_is_only_read_unless_asked_and_an_account_without_jobs_is_inconclusive(tmp_path):
    with steered() as (url, control):
        empty, verdict = judged(url, tmp_path)
        counted = httpx.get(f"{control}/counts").json()
    assert (empty.returncode, verdict["mode"], counted["resources"]) == (3, "read-only", 0)
    entries = json.loads((tmp_path / "exchanges.har").read_text())["log"]["entries"]
    assert {entry["request"]["method"] for entry in entries} == {"GET"}


@pytest.mark.slow
def test_reading_only_an_account_with_jobs_is_conformant_and_says_what_it_left_out(tmp_path):
    with mock() as url:
        submit(url)
        done, verdict = judged(url, tmp_path)
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-1] == "conformant, read-only: submitJob not judged (exit code 0)"
    assert verdict["out_of_scope"] == {"submitJob": "read-only only reads"}


# --- Any API -----------------------------------------------------------------------------------


@pytest.mark.slow
def test_an_invented_api_is_judged_on_a_mock_of_its_own_without_code(tickets):
    done = verb("contract", "--report", "report", cwd=tickets.root, env=surroundings(PYTHONPATH=str(ROOT)))
    assert done.returncode == 0, done.stdout + done.stderr
    verdict = json.loads((tickets.root / "report" / "verdict.json").read_text())
    assert sorted(verdict["operations"]) == ["listTickets", "openTicket", "readTicket", "renameTicket"]


@pytest.mark.slow
def test_an_api_without_behaviour_is_judged_by_its_document_alone(tickets, tmp_path):
    env = surroundings(PYTHONPATH=str(ROOT), TICKETS_KEY="example-key-one")
    with mock(cwd=tickets.root, env=env) as url:
        tickets.behaviour.unlink()
        words = ("contract", "--url", url, "--mode", "frugal", "--only", "openTicket", "--only", "readTicket")
        done = verb(*words, cwd=tickets.root, env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert verb("mock", cwd=tickets.root, env=env).stderr.startswith(str(tickets.behaviour))


@pytest.mark.slow
def test_the_same_seed_sends_the_same_requests_in_the_same_order_to_the_same_answers(tickets, tmp_path):
    def sent(seed: int) -> list[tuple[str, str, bytes]]:
        opened = itertools.count(1)

        def answer(received):
            key = received.path.partition("?")[0].rpartition("/")[2]
            if key == "tickets" and received.method == "GET":
                return Answer(body=b'{"items": [], "total": 0}')
            key = f"t-{next(opened)}" if received.method == "POST" else key
            ticket = {"key": key, "title": "a", "state": "closed", "opened": 5, "closed": 6, "urgent": False}
            return Answer(201 if received.method == "POST" else 200, body=json.dumps(ticket).encode())

        env = surroundings(PYTHONPATH=str(ROOT), TICKETS_KEY="example-key-one")
        with loopback(answer) as server:
            words = ("--url", f"{server.url}/v2", "--mode", "frugal", "--seed", str(seed))
            verb("contract", *words, "--report", str(tmp_path / "report"), cwd=tickets.root, env=env)
            return [(each.method, each.path, each.body) for each in server.received]

    first = sent(5)
    assert len(first) > 100
    assert sent(5) == first
    assert sent(6) != first


# --- What could not run ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "env", "said"),
    [
        (["--url", "http://127.0.0.1:9/api/v1"], KEYS, "does not answer"),
        (["--url", "ftp://h"], KEYS, "It starts with http"),
        (["--url", "http://user:pass@127.0.0.1:9/"], KEYS, "credentials in a URL"),
        (["--url", "http://127.0.0.1:9"], {}, "WASABI_ACCESS_KEY is not set"),
        (["--url", "http://h.example.com", "--mode", "full"], KEYS, "--yes-create"),
        (["--url", "http://127.0.0.1:9", "--only", "nothing"], KEYS, "no operation is called nothing"),
        (["--url", "http://127.0.0.1:9", "--only", "submitJob"], KEYS, "leaves nothing to judge"),
        (["--api", "nothing"], KEYS, "no API is called 'nothing'"),
        (["--url", "http://127.0.0.1:9", "--header", "x"], KEYS, "NAME:VALUE"),
        (["--url", "http://127.0.0.1:9", "--given", "absent.toml"], KEYS, "cannot be read"),
        (["--mode", "extreme"], KEYS, "extreme"),
        (["--url", "https://127.0.0.1:9", "--cacert", "absent.pem"], KEYS, "absent.pem"),
        (["--url", "http://127.0.0.1:9"], {**KEYS, "WASABI_SECRET_KEY": "two\nlines"}, "characters that no header can"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_use_is_2_with_a_line_that_says_what_to_do(words, env, said):
    done = verb("contract", *words, env=surroundings(**env))
    assert done.returncode == 2, done.stdout
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not any(value in done.stdout + done.stderr for value in KEYS.values())


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(404), "does not know listJobs"),
        (Answer(401), "refuses the credentials"),
        (Answer(302, {"Location": "https://login.example.com"}), "redirects"),
        (Answer(200, {"Content-Type": "text/html"}, b"<html>"), "a page of HTML"),
        (Answer(raw=b"SSH-2.0-OpenSSH_9\r\n"), "does not answer"),
        (Answer(raw=b""), "does not answer"),
    ],
    ids=["404", "401", "redirect", "html", "another protocol", "nothing"],
)
def test_a_url_that_is_not_this_api_or_does_not_take_the_keys_is_2(answer, said):
    with loopback(lambda _: answer) as server:
        done = verb("contract", "--url", server.url, env=ENV)
    assert (done.returncode, done.stdout) == (2, "could not run (exit code 2)\n"), done.stdout
    assert said in done.stderr
    assert len(server.received) <= 2


def test_a_run_that_could_not_be_made_leaves_no_report_of_an_earlier_one(tmp_path):
    for name in ("verdict.json", "junit.xml", "exchanges.har", "index.html"):
        (tmp_path / name).write_text('{"status": "conformant"}')
    done, verdict = judged("http://127.0.0.1:9/api/v1", tmp_path)
    assert (done.returncode, verdict["status"], verdict["exit_code"]) == (2, "could not run", 2)
    assert "does not answer" in verdict["reasons"][0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index.html", "verdict.json"]
    assert "does not answer" in (tmp_path / "index.html").read_text()


def test_a_creating_mode_without_given_values_names_them_when_the_examples_are_refused(tmp_path):
    def answer(request):
        if request.method == "POST":
            return Answer(400, body=b'{"Error": "source object not found or inaccessible", "ErrorCode": "BAD_REQUEST"}')
        return Answer(body=b'{"Records": [], "Pagination": {"TotalRecords": 0, "PageNumber": 1, "PageSize": 100}}')

    with loopback(answer) as server:
        done = verb("contract", "--url", server.url, "--mode", "frugal", env=ENV)
    assert done.returncode == 2
    assert "WASABI_SOURCE_BUCKET is not set" in done.stderr
    assert "WASABI_SERVICES is not set" in done.stderr
    assert [request.method for request in server.received] == ["GET", "POST"]


def test_given_values_are_in_every_request_that_is_meant_to_be_accepted(tmp_path):
    (tmp_path / "given.toml").write_text('WASABI_SOURCE_BUCKET = "from-file"\nWASABI_SERVICES = {s2t = {}}\n')
    env = {**ENV, "WASABI_SOURCE_KEY": "from-environment"}
    bodies = []

    def answer(request):
        if request.method == "POST":
            bodies.append(request.body)
            return Answer(429)
        return Answer(body=b'{"Records": [], "Pagination": {"TotalRecords": 0, "PageNumber": 1, "PageSize": 100}}')

    with loopback(answer) as server:
        words = ("--mode", "frugal", "--only", "submitJob", "--max-seconds", "2")
        words += ("--given", str(tmp_path / "given.toml"))
        done, _ = judged(server.url, tmp_path / "report", *words, env=env)
    assert done.returncode == 3, done.stdout + done.stderr
    first = json.loads(bodies[0])
    assert (first["Source"]["Bucket"], first["Source"]["ObjectKey"]) == ("from-file", "from-environment")
    assert first["Services"] == {"s2t": {}}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["interrupted", "terminated"])
def test_one_second_after_an_interruption_no_process_is_left(number):
    command = [sys.executable, "-m", "scripts", "contract"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=ENV, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    time.sleep(2.5)
    os.kill(process.pid, number)
    output, _ = process.communicate(timeout=1.0)
    assert process.returncode == 130, output
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
