from __future__ import annotations

import functools
import http.server
import itertools
import json
import subprocess
import sys
import threading
from collections import Counter

import pytest

from .bench import comparison, contract, load, mock, normalise, pages, peer, process, server, soak, speed
from .processes import ROOT


def test_a_measured_process_is_told_its_own_peak_and_not_that_of_the_one_that_measures():
    held = bytearray(200_000_000)
    small, large = (process.run([sys.executable, "-c", f"x = bytearray({size})"]) for size in (1, 100_000_000))
    assert small.peak < 50_000_000 < len(held)
    assert 100_000_000 < large.peak < 150_000_000


def test_a_measured_process_that_fails_says_so():
    done = process.run([sys.executable, "-c", "import sys; print('said'); sys.exit('why')"])
    assert (done.code, done.said) == (1, "said\nwhy\n")


def test_a_process_that_takes_too_long_is_killed():
    words = [sys.executable, str(ROOT / "tests" / "bench" / "measure.py"), "1", "/dev/null", "sleep", "30"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=20, check=True)
    assert json.loads(done.stdout)["code"] == -9


def test_commands_run_in_turn_and_the_first_run_of_each_does_not_count(tmp_path):
    log = tmp_path / "log"
    append = "import sys, time; open(sys.argv[1], 'a').write(sys.argv[2]); time.sleep(float(sys.argv[3]))"
    calls = []
    commands = [[sys.executable, "-c", append, str(log), *words] for words in (("a", "0"), ("b", "0.2"))]
    first, second = process.in_turn(commands, runs=2, before=lambda: calls.append("before"))
    assert log.read_text() == "ababab"
    assert len(calls) == 6
    assert first.seconds < 0.2 <= second.seconds


@pytest.mark.parametrize("program", [peer.CONVERTER, peer.MOCK], ids=lambda program: program.name)
def test_without_node_there_is_no_peer(tmp_path, program):
    assert peer.installed(program, path=str(tmp_path)) is None


def test_the_sample_is_of_swagger_documents_alone():
    found = normalise.sample()
    assert found
    assert all("swagger" in path.read_text(encoding="utf-8-sig") for path in found)


def test_what_npm_installs_has_a_hash_and_names_no_registry():
    text = (peer.FOLDER / "package-lock.json").read_text()
    assert "://" not in text
    lock = json.loads(text)
    installed = {name: package for name, package in lock["packages"].items() if name}
    assert installed[f"node_modules/{peer.CONVERTER.name}"]["version"] == "7.0.8"
    assert installed[f"node_modules/{peer.MOCK.name}"]["version"] == "5.16.0"
    assert all(package["integrity"].startswith("sha512-") for package in installed.values())
    assert not any("resolved" in package for package in installed.values())


class _Answering(http.server.BaseHTTPRequestHandler):
    """Answers with the status that the path names and a body of several packets."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = b"x" * 100_000
        self.send_response(int(self.path[1:]))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code="-", size="-"):  # noqa: ARG002 - the base class names them
        self.server.asked.append(self.client_address[1])


class _Noting(http.server.ThreadingHTTPServer):
    """Notes on which connection each request came."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answering)
        self.asked = []


@pytest.fixture
def answering():
    with _Noting() as noting:
        thread = threading.Thread(target=noting.serve_forever, args=(0.01,))
        thread.start()
        yield noting
        noting.shutdown()
        thread.join()


def test_a_load_is_every_request_once_spread_over_connections_that_stay_open(answering):
    asks = [load.ask("GET", "/200", {})] * 30
    found = load.drive(answering.server_port, asks, connections=3)
    assert found.answers == 30
    assert sorted(Counter(answering.asked).values()) == [10, 10, 10]


def test_a_load_ends_at_the_first_answer_with_another_status(answering):
    asks = [load.ask("GET", "/200", {}), load.ask("GET", "/404", {}, status=404), load.ask("GET", "/500", {})]
    with pytest.raises(load.UnexpectedError, match="500"):
        load.drive(answering.server_port, asks, connections=1)


def test_a_load_ends_when_its_time_is_over(answering):
    found = load.drive(answering.server_port, itertools.repeat(load.ask("GET", "/200", {})), connections=2, seconds=0.1)
    assert 0 < found.answers == len(answering.asked)
    assert 0.1 <= found.seconds < 5


def test_an_answer_is_read_whole(answering):
    assert load.answer(answering.server_port, load.ask("GET", "/200", {})) == b"x" * 100_000


def test_a_server_that_was_started_has_answered_and_is_ended_whatever_happens(tmp_path):
    file = tmp_path / "answers.json"
    file.write_text('{"GET /one": "1", "POST /two": "2"}')
    first = load.ask("GET", "/one", {})
    found = []

    def use():
        with server.started(functools.partial(server.bare, file), first) as bare:
            found.append(bare)
            assert load.answer(bare.port, first) == b"1"
            assert load.answer(bare.port, load.ask("POST", "/two", {}, b"{}")) == b"2"
            assert bare.memory() > 5_000_000
            assert bare.seconds > 0
            raise KeyError

    with pytest.raises(KeyError):
        use()
    with pytest.raises(ConnectionError):
        load.answer(found[0].port, first)


def test_a_server_that_ends_at_once_is_not_waited_for():
    with (
        pytest.raises(RuntimeError, match="does not answer"),
        server.started(lambda port: [sys.executable, "-c", "pass", str(port)], load.ask("GET", "/", {})),
    ):
        pass


@pytest.mark.parametrize(
    ("bar", "ours", "ratio", "absolute", "met"),
    [
        (comparison.Bar(2), 9, 2, False, True),
        (comparison.Bar(2), 1, 2.1, False, False),
        (comparison.Bar(5, at_least=True), 9, 5, False, True),
        (comparison.Bar(5, at_least=True), 9, 4.9, False, False),
        (comparison.Bar(1), 0.9, 3, True, True),
        (comparison.Bar(1), 1.1, 0.5, True, False),
        (comparison.Bar(1), 1.1, None, False, False),
        (None, 1, 1, False, None),
    ],
)
def test_a_bar_is_for_the_ratio_or_for_our_figure_alone(bar, ours, ratio, absolute, met):
    assert comparison.Comparison("name", "s", ours, 1, ratio, bar, absolute).met is met


def test_what_was_taken_in_turn_is_compared_round_by_round():
    found = comparison.paired("name", "s", [1, 10, 3], [1, 5, 1])
    assert (found.ours, found.beside, found.ratio) == (3, 1, 2)


@pytest.mark.slow
def test_the_mock_is_measured_without_a_peer_too():
    rates, _ = speed.speed(1, None, seconds=0.05)
    assert len(rates) == 4
    assert all(each.ours > 0 and each.beside and each.met is None for each in rates)
    assert mock.start(1, None).beside is None


@pytest.mark.slow
def test_pages_and_memory_are_measured_however_many_jobs_there_are():
    costs, _, job = pages.pages(1, few=1_000, many=2_000, seconds=0.01)
    assert all(each.ours > 0 for each in costs)
    assert 0 < job < 20_000
    grown, _ = soak.soak(job, requests=400, early=200)
    assert (grown[0].ours, grown[0].met) == (400, True)


# --- The verdict --------------------------------------------------------------------------------------


def test_the_sample_of_faults_has_one_of_each_family_that_every_judge_can_find():
    chosen = contract.sample()
    assert [each.family for each in chosen] == list(contract.FAMILIES)
    assert not any(each.point or each.preview for each in chosen)


def test_what_a_run_costs_has_its_bar_and_its_ratio():
    runs = {"full": [contract.Run(False, 9, 1000, 90)], "frugal": [contract.Run(False, 12, 300, 8)]}
    rows = list(contract.costs({**runs, contract.RAW: [contract.Run(False, 18, 2000, 200)]}))
    assert [each.name for each in rows if each.met is False] == ["frugal: a whole run"]
    assert [each.ratio for each in rows[:3]] == [0.5, 0.5, 0.45]


@pytest.mark.parametrize(("beside", "ratio"), [(True, 4.0), (False, None)])
def test_faults_are_counted_for_what_was_sent(beside, ratio):
    ours = [contract.Run(True, 1, 100, 1), contract.Run(True, 1, 100, 1)]
    raw = [contract.Run(beside, 1, 300, 1), contract.Run(False, 1, 100, 1)]
    rows = list(contract.rates({"full": ours, "frugal": ours, contract.RAW: raw}))
    assert [each.ours for each in rows] == [2, 1, 2, 1]
    assert rows[1].ratio == ratio
