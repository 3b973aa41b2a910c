from __future__ import annotations

import dataclasses
import re

import pytest

from scripts.contract import annotations, console, prepare
from scripts.contract.sender import Connection
from scripts.contract.verdict import Promise
from scripts.errors import Problem

from .loopback import Answer, loopback

KEY = "the-value-of-the-key"
PAGE = b'{"items": [], "total": 0}'


@pytest.fixture
def run(tickets):
    """A run on a server of the invented API that answered its first request."""
    with loopback(lambda _: Answer(body=PAGE)) as server:
        options = prepare.Options(Connection(f"{server.url}/v2"), mode="read-only")
        yield prepare.prepare(tickets, options, {"TICKETS_KEY": KEY})


def find(run, count: int = 1, *, detail: str = "it is wrong", standing: str = "published", name: str = "promise"):
    """Let a run find so many causes, each shown by an exchange of its own."""
    before = len(run.ledger.findings)
    for index in range(count):
        exchange = dataclasses.replace(run.exchanges[0], number=before + index)
        run.broken(Promise(f"{name}-{index}", "It is right.", standing, "a page"), exchange, detail)


def rows(text: str, width: int) -> int:
    return sum(max(1, -(-len(line) // width)) for line in text.splitlines())


# --- The summary --------------------------------------------------------------------------------


def test_a_finding_is_told_with_all_that_is_needed_to_believe_it_and_to_see_it_again(run):
    find(run)
    lines = console.summary(run, run.verdict()).splitlines()
    start = lines.index("broken: listTickets: promise-0")
    assert lines[start + 1 : start + 5] == [
        "  promise  It is right.",
        "  seen     it is wrong",
        "  source   published: a page",
        f"  again    {run.exchanges[0].curl()}",
    ]
    assert lines[-1] == "violations, read-only: openTicket, renameTicket not judged (exit code 1)"


@pytest.mark.parametrize("count", [1, 5, 9, 30, 300])
@pytest.mark.parametrize(("width", "height"), [(None, 40), (200, 40), (80, 40), (80, 24)])
def test_however_much_is_found_the_summary_fits_a_screen(run, count, width, height):
    find(run, count)
    for index in range(50):
        run.ledger.note(f"note {index}")
    text = console.summary(run, run.verdict(), width=width, height=height)
    assert rows(text, width or 10_000) <= height
    assert "  promise  It is right." in text
    shown = len(re.findall(r"(?m)^broken: ", text))
    more = re.findall(r"(?m)^and (\d+) more", text)
    assert shown == count or str(count - shown) in more


def test_a_terminal_too_small_for_one_finding_gets_it_all_the_same(run):
    find(run, 3)
    text = console.summary(run, run.verdict(), width=40, height=10)
    assert run.exchanges[0].curl() in text
    assert "and 2 more" in text


def test_what_counts_is_told_before_what_does_not(run):
    find(run, 1, standing="inferred", name="reading")
    find(run, 1, standing="standard", name="rule")
    text = console.summary(run, run.verdict())
    assert text.index("broken: listTickets: rule-0") < text.index("warning: listTickets: reading-0")


def test_what_is_accepted_is_told_last_in_a_line(run):
    find(run, 2)
    place, finding = next(iter(run.ledger.findings.items()))
    run.ledger.findings[place] = dataclasses.replace(finding, accepted="until the next release")
    lines = console.summary(run, run.verdict()).splitlines()
    told = next(line for line in lines if "promise-0" in line)
    assert told == "accepted: listTickets: promise-0: until the next release"
    assert lines.index(told) > lines.index("broken: listTickets: promise-1")


def test_what_a_second_look_came_to_is_said_at_the_finding(run):
    find(run)
    place, finding = next(iter(run.ledger.findings.items()))
    run.ledger.findings[place] = dataclasses.replace(finding, again="flaky", numbers=frozenset({1, 2}))
    assert "broken: listTickets: promise-0 (seen 2 times, flaky)\n" in console.summary(run, run.verdict())


HOSTILE = "\x1b]0;title\x07 \x1b[2J \u202eright to left \r\n::error::mine [bold red]x[/] \ud800"


def test_no_character_of_a_server_is_obeyed_by_a_terminal(run):
    find(run, 2, detail=HOSTILE)
    text = console.summary(run, run.verdict())
    assert all(character.isprintable() or character == "\n" for character in text)
    assert not any(line.startswith("::") for line in text.splitlines())
    assert "[bold red]x[/]" in text  # markup is text like any other


def test_endless_texts_are_cut_and_an_endless_curl_line_is_left_to_the_report(run):
    exchange = dataclasses.replace(run.exchanges[0], request_body=b"x" * 100_000)
    run.broken(Promise("long", "It is right.", "published", "a page"), exchange, "y" * 100_000)
    text = console.summary(run, run.verdict())
    assert len(text) < 3000
    assert re.search(r"again    a line of 100,\d+ characters, for exchange 1 of the report", text)


def test_a_secret_is_taken_out_whoever_told_it(run):
    find(run, detail=f"the server said {KEY}")
    verdict = run.verdict()
    for text in (
        console.summary(run, verdict),
        annotations.commands(run, verdict),
        annotations.page(run, verdict),
    ):
        assert KEY not in text
        assert "the server said" in text


def test_what_there_is_more_of_is_where_the_reader_has_it(run):
    find(run, 40)
    assert "more in the report" in console.summary(run, run.verdict(), reported=True)
    assert "more that --report FOLDER would keep" in console.summary(run, run.verdict())


# --- GitHub -------------------------------------------------------------------------------------


def read(line: str) -> tuple[str, dict[str, str], str]:
    """A workflow command as GitHub's runner reads it: command, properties, message."""
    command, properties, data = re.fullmatch(r"::(\w+) ?([^:]*)::(.*)", line).groups()
    pairs = (pair.split("=", 1) for pair in properties.split(",") if pair)

    def unescaped(text: str, *codes: tuple[str, str]) -> str:
        for code, character in (("%0D", "\r"), ("%0A", "\n"), *codes, ("%25", "%")):
            text = text.replace(code, character)
        return text

    more = (("%3A", ":"), ("%2C", ","))
    return command, {name: unescaped(value, *more) for name, value in pairs}, unescaped(data)


def test_a_finding_is_an_annotation_that_the_runner_reads_as_it_was_meant(run):
    find(run, detail="100% wrong: a, b")
    command, properties, message = read(annotations.commands(run, run.verdict()))
    assert (command, properties) == ("error", {"title": "listTickets: promise-0"})
    assert message.splitlines()[:3] == [
        "100% wrong: a, b",
        "Promise: It is right.",
        "Source: published: a page",
    ]


def test_whatever_a_server_says_stays_within_its_annotation(run):
    find(run, detail=HOSTILE)
    lines = annotations.commands(run, run.verdict()).splitlines()
    assert len(lines) == 1
    assert "::error::mine" in read(lines[0])[2]


def test_github_shows_ten_of_a_kind_so_the_tenth_says_how_many_there_are(run):
    find(run, 30)
    find(run, 2, standing="inferred", name="reading")
    told = [read(line) for line in annotations.commands(run, run.verdict()).splitlines()]
    errors = [message for command, _, message in told if command == "error"]
    assert len(errors) == 10
    assert errors[-1] == "21 more are in the report"
    assert len([command for command, _, _ in told if command == "warning"]) == 2


def test_an_inconclusive_run_is_a_warning_with_its_reason(run):
    told = [read(line) for line in annotations.commands(run, run.verdict()).splitlines()]
    assert ("warning", {"title": "inconclusive"}) in [each[:2] for each in told]


def test_what_kept_a_run_from_being_made_is_an_error():
    assert annotations.failure([Problem("no, 5% of it", "Look: here.")]).startswith(
        "::error title=could not run::no, 5%25"
    )


@pytest.mark.parametrize(
    "line", ["::error::x", "  ::add-mask::x", "seen ##[error]x"], ids=["command", "with blanks", "old form"]
)
def test_a_log_holds_no_command(line):
    text = annotations.inert(line)
    assert not re.search(r"(?m)^\s*::|##\[", text)
    assert "x" in text


def test_a_page_is_bounded_and_has_the_words_of_a_server_in_code_alone(run):
    find(run, 300, detail="`` ![x](https://h.example.com/y) </details> | " + HOSTILE)
    page = annotations.page(run, run.verdict())
    assert len(page.encode()) < 100_000
    assert "And 280 more in the report." in page
    outside = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", page)
    assert "https://h.example.com" not in outside
    assert "</details>" not in outside
    assert "<" not in outside


def test_a_page_has_each_operation_with_its_answers(run):
    page = annotations.page(run, run.verdict())
    assert "| `listTickets` | 0 | 200 ×1 |" in page
    assert "| `openTicket` | | not judged: `read-only only reads` |" in page
