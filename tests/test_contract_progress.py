from __future__ import annotations

import contextlib
import fcntl
import io
import os
import pty
import re
import signal
import struct
import sys
import termios
import time
from types import SimpleNamespace

import pytest
from rich.console import Console

from scripts.contract import prepare, progress
from scripts.contract.sender import Connection
from scripts.contract.verdict import Promise

from .loopback import Answer, loopback
from .processes import KEYS, ROOT, mock, surroundings, verb

PAGE = b'{"items": [], "total": 0}'
PROMISE = Promise("promise", "It is right.", "published", "a page")


@pytest.fixture
def run(tickets):
    """A run on a server of the invented API that answered its first request."""
    with loopback(lambda _: Answer(body=PAGE)) as server:
        options = prepare.Options(Connection(f"{server.url}/v2"), mode="read-only")
        yield prepare.prepare(tickets, options, {"TICKETS_KEY": "the-value-of-the-key"})


def start(watch, name: str) -> None:
    watch.pytest_runtest_logstart(f"tests/contract/test_{name}.py::a_test[test_other.py::x]")


def report(watch, *, skipped: str = "") -> None:
    reason = ("a file", 1, f"Skipped: {skipped}") if skipped else None
    watch.pytest_runtest_logreport(SimpleNamespace(when="call", skipped=bool(skipped), longrepr=reason))


# --- Families -----------------------------------------------------------------------------------


def test_each_family_is_told_once_with_what_it_sent_and_what_it_judged(run):
    told = []
    watch = progress.Watch(run, progress.Lines(told.append))
    for name in ("journey", "journey", "lists"):
        start(watch, name)
        exchange = run.ask(run.operations["listTickets"])
        (run.kept if name == "journey" else run.broken)(PROMISE, exchange, *(["it is wrong"] * (name == "lists")))
        report(watch)
    watch.pytest_sessionfinish()
    assert [re.sub(r" +", " ", line).rpartition(" ")[0].rpartition(" ")[0] for line in told] == [
        "journey 2 requests 0 created 1 kept 0 broken",
        "lists 1 requests 0 created 0 kept 1 broken",
    ]


def test_a_family_that_had_nothing_to_do_says_why(run):
    told = []
    watch = progress.Watch(run, progress.Lines(told.append))
    start(watch, "changes")
    report(watch, skipped="nothing is created in this mode")
    watch.pytest_sessionfinish()
    assert told == ["changes      left out: nothing is created in this mode"]


def test_a_second_look_is_one_line_whatever_families_it_takes(run):
    told = []
    run.suspects = (object(),)
    watch = progress.Watch(run, progress.Lines(told.append))
    for name in ("again", "journey", "shapes"):
        start(watch, name)
        report(watch)
    watch.pytest_sessionfinish()
    assert [line.split("  ")[0] for line in told] == [progress.SECOND_LOOK]


def test_why_tests_could_not_be_made_is_kept(run):
    watch = progress.Watch(run, progress.Lines(print))
    watch.pytest_collectreport(
        SimpleNamespace(failed=True, nodeid="test_x.py", longreprtext="a trace\nE  NameError: y")
    )
    assert run.ledger.unable == ["test_x.py: E  NameError: y"]


@pytest.mark.parametrize("width", [100, 60, 20])
def test_what_is_live_is_one_line_of_any_terminal(run, width):
    board = progress.Board(run, families=10)
    board.started("credentials")
    shown = io.StringIO()
    Console(file=shown, width=width, force_terminal=True).print(board)
    assert shown.getvalue().count("\n") == 1


# --- On a terminal, and elsewhere ---------------------------------------------------------------

COMMAND = [sys.executable, "-m", "scripts", "contract", "--mode", "frugal", "--only", "listJobs"]
FAULT = "wrong-enum:listJobs"


@contextlib.contextmanager
def terminal(*command: str, env: dict[str, str]):
    """A process on a terminal of 100 columns and 40 rows: its number, and the terminal's other end."""
    number, other = pty.fork()
    if number == 0:
        os.chdir(ROOT)
        os.execve(command[0], list(command), env)
    fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    try:
        yield number, other
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(number, 0)
        os.close(other)


def read(other: int, *, until: bytes | None = None, seconds: float = 60) -> str:
    """All that a process writes to its terminal, or up to some bytes."""
    written, deadline = b"", time.monotonic() + seconds
    while time.monotonic() < deadline and (until is None or until not in written):
        try:
            more = os.read(other, 1 << 16)
        except OSError:  # the process has ended
            break
        if not more:
            break
        written += more
    return written.decode()


def on_terminal(**more: str) -> dict[str, str]:
    return surroundings(**{**KEYS, "TERM": "xterm-256color", **more})


def left(text: str) -> list[str]:
    """The lines that stay on a screen: what is drawn over, and the codes that do it, taken out."""
    after = text.rpartition("\x1b[?25h")[2]
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", after).replace("\r", "").splitlines()


@pytest.mark.slow
def test_a_terminal_shows_what_is_under_way_and_keeps_the_summary_alone():
    with (
        mock("--fault", FAULT, "--step", "0.05") as url,
        terminal(*COMMAND, "--url", url, env=on_terminal()) as (_, other),
    ):
        text = read(other)
    assert re.search(r"lists .*\d+/300 requests.*/10 created.*finding", text)
    screen = left(text)
    assert screen[0].startswith("Wasabi AiR jobs at http")
    assert len(screen) <= 40
    assert screen[-1].startswith("violations")
    assert "passed" not in text
    assert "\x1b[1;31mbroken:" in text


@pytest.mark.slow
@pytest.mark.parametrize("more", [{"CI": "true"}, {"TERM": "dumb"}], ids=["ci", "dumb"])
def test_a_terminal_that_is_a_log_gets_lines(more):
    with mock("--step", "0.05") as url, terminal(*COMMAND, "--url", url, env=on_terminal(**more)) as (_, other):
        text = read(other)
    assert "\x1b[?25l" not in text
    assert re.search(r"(?m)^lists +\d+ requests", text)


@pytest.mark.slow
def test_no_color_is_respected():
    env = on_terminal(NO_COLOR="1")
    with mock("--fault", FAULT, "--step", "0.05") as url, terminal(*COMMAND, "--url", url, env=env) as (_, other):
        text = read(other)
    assert "broken:" in text
    assert not re.search(r"\x1b\[[0-9;]*3[0-9][;m]", text)


@pytest.mark.slow
def test_an_interrupted_run_gives_the_terminal_its_cursor_back():
    with mock("--latency", "0.2") as url, terminal(*COMMAND, "--url", url, env=on_terminal()) as (number, other):
        seen = read(other, until=b"journey")
        os.kill(number, signal.SIGINT)
        seen += read(other, seconds=5)
    assert "\x1b[?25l" in seen
    assert seen.rindex("\x1b[?25h") > seen.rindex("\x1b[?25l")
    assert seen.rstrip().endswith("interrupted (exit code 130)")


@pytest.mark.slow
def test_github_gets_annotations_lines_and_a_page_and_the_last_line_is_as_ever(tmp_path):
    page = tmp_path / "summary.md"
    page.write_text("# Earlier steps\n")
    env = surroundings(**KEYS, GITHUB_ACTIONS="true", CI="true", GITHUB_STEP_SUMMARY=str(page))
    with mock("--fault", FAULT, "--step", "0.05") as url:
        done = verb(*COMMAND[3:], "--url", url, env=env)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert any(line.startswith("::error title=listJobs%3A body-fits-schema::") for line in lines)
    assert any(re.match(r"lists +\d+ requests", line) for line in lines)
    assert lines[-1].startswith("violations")
    assert "\x1b" not in done.stdout
    assert page.read_text().startswith("# Earlier steps\n## `Wasabi AiR jobs`: violations")


def test_what_could_not_run_is_an_error_of_the_workflow():
    env = surroundings(**KEYS, GITHUB_ACTIONS="true")
    done = verb("contract", "--url", "http://127.0.0.1:9/api/v1", env=env)
    assert done.returncode == 2
    assert done.stdout.startswith("::error title=could not run::http://127.0.0.1:9/api/v1 does not answer")
    assert done.stdout.splitlines()[-1] == "could not run (exit code 2)"
