from __future__ import annotations

import dataclasses
import json
from xml.etree import ElementTree as ET

import pytest

from scripts.contract import console, prepare, report
from scripts.contract.sender import Connection
from scripts.errors import PlumblineError

from .loopback import Answer, loopback

PAGE = b'{"items": [], "total": 0}'


@pytest.fixture
def run(tickets):
    """A run on a server of the invented API that answered its first request."""
    with loopback(lambda _: Answer(body=PAGE)) as server:
        options = prepare.Options(Connection(f"{server.url}/v2"), mode="read-only")
        yield prepare.prepare(tickets, options, {"TICKETS_KEY": "the-value-of-the-key"})


def broken(run, detail: str = "it is wrong", **changes):
    from scripts.contract.verdict import Promise

    exchange = dataclasses.replace(run.exchanges[0], **changes)
    run.broken(Promise("a-promise", "It is right.", "published", "a page"), exchange, detail)
    return run.verdict()


def test_a_finding_is_in_every_form_of_the_report_with_what_sends_it_again(run):
    verdict = broken(run)
    files = report.files(run, verdict)
    finding = json.loads(files["verdict.json"])["findings"][0]
    assert (finding["promise"], finding["operation"], finding["standing"], finding["source"]) == (
        *("a-promise", "listTickets", "published", "a page"),
    )
    assert '-H "x-key: $TICKETS_KEY"' in finding["curl"]
    failure = ET.fromstring(files["junit.xml"]).find(".//testcase[@name='a-promise']/failure")
    assert failure.get("message") == "it is wrong"
    assert finding["curl"] in failure.text
    text = console.summary(run, verdict)
    assert text.splitlines()[-1] == ("violations, read-only: openTicket, renameTicket not judged (exit code 1)")
    assert "listTickets: a-promise" in text


def test_a_report_with_a_secret_in_it_is_not_written(run, tmp_path):
    verdict = broken(run, detail="the server said the-value-of-the-key")
    with pytest.raises(PlumblineError, match=r"verdict\.json would hold the value of TICKETS_KEY"):
        report.write(run, verdict, tmp_path / "report")
    assert not (tmp_path / "report").exists()


@pytest.mark.parametrize("detail", ["\x00\x1b[31m", "\ud800", "]]><&", "\uffff"], ids=repr)
def test_whatever_a_server_says_the_report_can_be_read(run, tmp_path, detail):
    verdict = broken(run, detail=detail, response_body=b"\xff\x00" + detail.encode("utf-8", "surrogatepass"))
    report.write(run, verdict, tmp_path)
    ET.parse(tmp_path / "junit.xml")
    assert json.loads((tmp_path / "verdict.json").read_text())["findings"][0]["detail"] == detail
    json.loads((tmp_path / "exchanges.har").read_text())


def test_other_files_of_the_folder_stay(run, tmp_path):
    (tmp_path / "mine.txt").write_text("kept")
    report.write(run, run.verdict(), tmp_path)
    assert (tmp_path / "mine.txt").read_text() == "kept"


def test_an_inconclusive_run_is_an_error_to_junit(run):
    files = report.files(run, run.verdict())
    suite = ET.fromstring(files["junit.xml"]).find("testsuite")
    assert int(suite.get("errors")) > 0
    assert json.loads(files["verdict.json"])["status"] == "inconclusive"


def test_terminal_controls_in_an_answer_do_not_reach_the_terminal(run):
    assert "\x1b" not in console.summary(run, broken(run, detail="\x1b]0;title\x07 red"))
