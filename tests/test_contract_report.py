from __future__ import annotations

import base64
import dataclasses
import html
import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest

from scripts.contract import console, prepare, report
from scripts.contract.attempts import SKIPPED, Attempt
from scripts.contract.exchanges import Secrets
from scripts.contract.report import bounds, folder, har
from scripts.contract.sender import Connection
from scripts.contract.verdict import Promise
from scripts.errors import PlumblineError, Problem, TargetError

from .loopback import Answer, loopback

PAGE = b'{"items": [], "total": 0}'
SCHEMA = json.loads((Path(report.__file__).parent / "verdict.schema.json").read_text(encoding="utf-8"))
PROMISE = Promise("a-promise", "It is right.", "published", "a page")


@pytest.fixture
def run(tickets):
    """A run on a server of the invented API that answered its first request."""
    with loopback(lambda _: Answer(body=PAGE)) as server:
        options = prepare.Options(Connection(f"{server.url}/v2"), mode="read-only")
        yield prepare.prepare(tickets, options, {"TICKETS_KEY": "the-value-of-the-key"})


def broken(run, detail: str = "it is wrong", *, promise: Promise = PROMISE, **changes):
    exchange = dataclasses.replace(run.sender.exchanges[0], **changes)
    run.broken(promise, exchange, detail)
    return run.verdict()


def misfits(value) -> list[str]:
    validator = jsonschema_rs.Draft202012Validator(SCHEMA, validate_formats=True)
    return [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(value)]


# --- The folder ---------------------------------------------------------------------------------


def test_a_finding_is_in_every_form_of_the_report_with_what_sends_it_again(run):
    verdict = broken(run)
    files = report.files(run, verdict)
    assert sorted(files) == ["exchanges.har", "index.html", "junit.xml", "verdict.json"]
    finding = json.loads(files["verdict.json"])["findings"][0]
    assert (finding["promise"], finding["operation"], finding["standing"], finding["source"]) == (
        *("a-promise", "listTickets", "published", "a page"),
    )
    assert '-H "x-key: $TICKETS_KEY"' in finding["curl"]
    failure = ET.fromstring(files["junit.xml"]).find(".//testcase[@name='a-promise']/failure")
    assert failure.get("message") == "it is wrong"
    assert finding["curl"] in failure.text
    assert html.escape(finding["curl"], quote=False) in files["index.html"].replace("&#34;", '"').replace("&#39;", "'")
    text = console.summary(run, verdict)
    assert text.splitlines()[-1] == ("violations, read-only: openTicket, renameTicket not judged (exit code 1)")
    assert "listTickets: a-promise" in text


def test_a_report_with_a_secret_in_it_is_not_written(run, tmp_path):
    verdict = broken(run, detail="the server said the-value-of-the-key")
    with pytest.raises(PlumblineError, match=r"verdict\.json would hold the value of TICKETS_KEY"):
        report.write(run, verdict, tmp_path / "report")
    assert not (tmp_path / "report").exists()


SECRET = "a\"b<c>&d/e'f+g=h-and-more"
FORMS = {
    "raw": SECRET,
    "URL-encoded": quote(SECRET, safe=""),
    "URL-encoded in part": quote(SECRET, safe="/+"),
    "base64": base64.b64encode(b"user:" + SECRET.encode()).decode(),
    "HTML-escaped": html.escape(SECRET),
    "HTML by number": "".join(f"&#{ord(character)};" for character in SECRET),
    "JSON": json.dumps(SECRET),
    "JSON of a page": json.dumps(SECRET).replace("<", "\\u003c").replace("&", "\\u0026").replace(">", "\\u003E"),
    "JSON in JSON": json.dumps(json.dumps(SECRET)),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_secret_is_found_in_every_form_that_a_file_may_give_it(form):
    secrets = Secrets({SECRET: "THE_NAME"})
    assert folder.told(secrets, f"<p>before {form} after</p>") == ["THE_NAME"]


@pytest.mark.parametrize("form", ["raw", "URL-encoded", "base64", "HTML-escaped", "JSON"])
def test_a_form_that_servers_give_a_secret_is_masked_where_it_is_logged(form):
    masked = Secrets({SECRET: "THE_NAME"}).mask(f"before {FORMS[form]} after")
    assert masked.startswith("before ")
    assert "[secret]" in masked
    assert folder.told(Secrets({SECRET: "THE_NAME"}), masked) == []


def test_a_secret_is_not_found_in_its_neighbours():
    assert folder.told(Secrets({SECRET: "THE_NAME"}), f"{html.escape(SECRET[:-1])} {quote(SECRET[1:])}") == []


@pytest.mark.parametrize("name", ["verdict.json", "junit.xml", "index.html"])
def test_each_file_alone_would_be_found_to_hold_a_secret(run, name):
    """A value that escapes hide from a plain search is found in the file that holds it."""
    text = report.files(run, broken(run, detail=SECRET))[name]
    assert folder.told(Secrets({SECRET: "THE_NAME"}), text) == ["THE_NAME"]


@pytest.mark.parametrize("detail", ["\x00\x1b[31m", "\ud800", "]]><&", "\uffff"], ids=repr)
def test_whatever_a_server_says_the_report_can_be_read(run, tmp_path, detail):
    verdict = broken(run, detail=detail, response_body=b"\xff\x00" + detail.encode("utf-8", "surrogatepass"))
    report.write(run, verdict, tmp_path)
    ET.parse(tmp_path / "junit.xml")
    assert json.loads((tmp_path / "verdict.json").read_text())["findings"][0]["detail"] == detail
    json.loads((tmp_path / "exchanges.har").read_text())
    assert not re.search("[\x00\x1b\uffff]", (tmp_path / "index.html").read_text(encoding="utf-8"))


def test_other_files_of_the_folder_stay(run, tmp_path):
    (tmp_path / "mine.txt").write_text("kept")
    report.write(run, run.verdict(), tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "kept"


def test_a_run_that_could_not_be_made_leaves_nothing_of_an_earlier_report(run, tmp_path):
    report.write(run, broken(run), tmp_path / "report")
    report.write_failure(TargetError("there is <nobody>"), tmp_path / "report")
    assert sorted(path.name for path in (tmp_path / "report").iterdir()) == ["index.html", "verdict.json"]
    page = (tmp_path / "report" / "index.html").read_text()
    assert "there is &lt;nobody&gt;" in page
    assert "could not run" in page
    assert "a-promise" not in page


def test_the_report_is_the_same_twice(run):
    verdict = broken(run)
    elapsed = run.budget.elapsed
    run.sender.budget.clock = lambda: run.budget._started + elapsed
    assert report.files(run, verdict) == report.files(run, verdict)


# --- verdict.json -------------------------------------------------------------------------------


def accepted(run):
    broken(run)
    place, finding = next(iter(run.ledger.findings.items()))
    run.ledger.findings[place] = dataclasses.replace(finding, accepted="known", again="flaky")
    return run.verdict()


def kept(run):
    run.kept(PROMISE, run.sender.exchanges[0])
    for operation in run.scope:
        run.ledger.successes[operation.id] += 1
    return run.verdict()


@pytest.mark.parametrize(
    ("made", "status"),
    [(kept, "conformant"), (broken, "violations"), (lambda run: run.verdict(), "inconclusive")],
    ids=["conformant", "broken", "inconclusive"],
)
def test_every_verdict_fits_its_schema(run, made, status):
    summed = report.summary(run, made(run))
    assert (summed["status"], misfits(summed)) == (status, [])


def test_what_is_accepted_or_could_not_run_fits_the_schema_too(run, tmp_path):
    assert misfits(report.summary(run, accepted(run))) == []
    report.write_failure(PlumblineError([Problem("one"), Problem("two")]), tmp_path)
    failure = json.loads((tmp_path / "verdict.json").read_text())
    assert (misfits(failure), failure["reasons"]) == ([], ["one", "two"])


@pytest.mark.parametrize("lost", ["findings", "coverage", "promises", "exit_code"])
def test_a_verdict_that_lacks_a_member_does_not_fit(run, lost):
    summed = report.summary(run, broken(run))
    del summed[lost]
    assert misfits(summed)


def properties(schema) -> Iterator[tuple[str, dict]]:
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict) and "type" in schema:
            yield from schema["properties"].items()
        for each in schema.values():
            yield from properties(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from properties(each)


def test_every_member_is_described():
    found = list(properties(SCHEMA))
    assert len(found) > 80
    assert [name for name, schema in found if not schema.get("description")] == []


def test_the_version_of_the_schema_is_that_of_the_verdict():
    assert SCHEMA["properties"]["version"]["const"] == report.VERSION


# --- JUnit --------------------------------------------------------------------------------------


def cases(run, verdict) -> tuple[ET.Element, dict[tuple[str, str], list[ET.Element]]]:
    suite = ET.fromstring(report.files(run, verdict)["junit.xml"]).find("testsuite")
    return suite, {(case.get("classname"), case.get("name")): list(case) for case in suite.findall("testcase")}


def test_an_inconclusive_run_is_an_error_to_junit(run):
    suite, _ = cases(run, run.verdict())
    assert int(suite.get("errors")) > 0
    assert report.summary(run, run.verdict())["status"] == "inconclusive"


def test_a_finding_at_several_operations_fails_in_each_and_is_counted_in_each(run):
    other = Promise("another", "It is right too.", "published", "a page")
    broken(run, "first")
    broken(run, "first", operation="getTicket")
    broken(run, "second")
    run.kept(other, run.sender.exchanges[0])
    suite, found = cases(run, run.verdict())
    outcomes = [element.tag for case in found.values() for element in case]
    assert outcomes.count("failure") == int(suite.get("failures")) == 2
    assert found["getTicket", "a-promise"][0].get("message") == "first"
    assert "second" in found["listTickets", "a-promise"][0].text
    assert found["listTickets", "another"] == []
    assert outcomes.count("skipped") == int(suite.get("skipped"))
    assert len(found) == int(suite.get("tests"))


def test_what_does_not_count_is_skipped_with_the_reason(run):
    _, found = cases(run, accepted(run))
    assert [(each.tag, each.get("message")) for each in found["listTickets", "a-promise"]] == [
        ("skipped", "it is wrong (accepted: known)")
    ]


def test_what_was_not_exercised_is_skipped_with_the_reason(run):
    run.ledger.attempts.append(Attempt("test_it", "some", ("a-promise",), None, SKIPPED, "there is nothing"))
    _, found = cases(run, run.verdict())
    assert found["listTickets", "a-promise"][0].get("message") == "there is nothing"


# --- HAR ----------------------------------------------------------------------------------------

HAR_MEMBERS = {
    "": {"startedDateTime": str, "time": float, "request": dict, "response": dict, "cache": dict, "timings": dict},
    "request": {
        "method": str,
        "url": str,
        "httpVersion": str,
        "cookies": list,
        "headers": list,
        "queryString": list,
        "headersSize": int,
        "bodySize": int,
    },
    "response": {
        "status": int,
        "statusText": str,
        "httpVersion": str,
        "cookies": list,
        "headers": list,
        "content": dict,
        "redirectURL": str,
        "headersSize": int,
        "bodySize": int,
    },
    "timings": {"send": float, "wait": float, "receive": float},
}
"""What HAR 1.2 requires of an entry and of its parts."""


@pytest.mark.parametrize("body", [b"", b"text", b"\xff\x00"], ids=repr)
def test_the_log_is_an_archive_by_the_rules_of_its_form(run, body):
    exchange = dataclasses.replace(
        run.sender.exchanges[0], request_body=body, response_body=body, url="http://a/?b=c%20d&e="
    )
    log = json.loads(json.dumps(har.archive([exchange])))["log"]
    assert (log["version"], sorted(log["creator"])) == ("1.2", ["name", "version"])
    entry = log["entries"][0]
    for part, members in HAR_MEMBERS.items():
        found = entry[part] if part else entry
        assert {name: type(found[name]) for name in members} == {
            name: kind if kind is not float else type(found[name]) for name, kind in members.items()
        }
    assert datetime.fromisoformat(entry["startedDateTime"]).utcoffset() is not None
    assert sum(entry["timings"].values()) == entry["time"]
    assert entry["request"]["queryString"] == [{"name": "b", "value": "c d"}, {"name": "e", "value": ""}]
    content = entry["response"]["content"]
    text = base64.b64decode(content["text"]) if content.get("encoding") == "base64" else content["text"].encode()
    assert (text, content["size"], entry["response"]["bodySize"]) == (body, len(body), len(body))
    own = [name for name in entry if name not in HAR_MEMBERS[""] and not name.startswith("_")]
    assert own == []
    assert ("postData" in entry["request"]) == bool(body)


def test_an_exchange_without_an_answer_has_the_status_0_and_its_reason(run):
    exchange = dataclasses.replace(run.sender.exchanges[0], status=None, failure="reset", response_headers=())
    response = har.archive([exchange])["log"]["entries"][0]["response"]
    assert (response["status"], response["statusText"]) == (0, "reset")


def test_an_archive_that_would_be_too_large_is_cut_and_says_so(run):
    short = dataclasses.replace(run.sender.exchanges[0], response_headers=(), request_headers=(), response_body=b"ok")
    long = dataclasses.replace(short, number=2, response_body="é".encode() * 50_000)
    entries = har.archive([short, long, long], largest=100_000)["log"]["entries"]
    assert "comment" not in entries[0]
    assert "cut" in entries[1]["comment"]
    assert entries[1]["response"]["content"]["size"] == 100_000
    kept = [len(entry["response"]["content"]["text"].encode()) for entry in entries]
    assert kept[0] == 2
    assert 30_000 < kept[1] <= 50_000
    assert "encoding" not in entries[1]["response"]["content"]  # no character is cut in two


@pytest.mark.parametrize("part", ["url", "request_body", "response_body", "response_headers", "failure"])
def test_no_part_of_an_exchange_makes_a_file_too_large(run, part):
    long = {"url": "u" * 9999, "failure": "f" * 9999, "response_headers": (("n" * 9999, "v" * 9999),)}
    exchange = dataclasses.replace(run.sender.exchanges[0], **{part: long.get(part, b"b" * 9999)})
    made = bounds.bounded([exchange] * 3, 2000)
    assert made.limit is not None
    assert sum(len(piece) for each in made.exchanges for piece in bounds._parts(each)) <= 2000


def test_what_fits_is_not_touched(run):
    made = bounds.bounded(run.sender.exchanges, 1 << 20)
    assert (made.exchanges, made.limit, made.cut) == (run.sender.exchanges, None, frozenset())


# --- Terminals ----------------------------------------------------------------------------------


def test_terminal_controls_in_an_answer_do_not_reach_the_terminal(run):
    assert "\x1b" not in console.summary(run, broken(run, detail="\x1b]0;title\x07 red"))
