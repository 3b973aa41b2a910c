"""The example client, a program of its own, against the mock and against a server that shares no code with it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from .agreement import AIR_SERVER, MOCK, serving
from .processes import KEYS, ROOT, surroundings

PARTNER = ROOT / "tests" / "data" / "partner.py"
QUICK = ("--step", "0.05")


def partner(url: str, *words: str) -> subprocess.CompletedProcess[str]:
    """The client's run to its end, which says no key."""
    done = subprocess.run(
        [sys.executable, str(PARTNER), url, *words],
        env=surroundings(**KEYS),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert not any(value in done.stdout + done.stderr for value in KEYS.values())
    return done


def differences(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in done.stdout.splitlines() if line.startswith("- ")]


@pytest.mark.slow
def test_the_example_client_finds_the_mock_as_documented_without_any_flag():
    with serving(*MOCK) as url:
        done = partner(url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "everything was as documented"


@pytest.mark.parametrize("server", [MOCK, (*AIR_SERVER, "--steady")], ids=["mock", "independent"])
def test_the_example_client_finds_nothing_on_either_server(server):
    with serving(*server, *QUICK) as url:
        done = partner(url)
    assert (done.returncode, differences(done)) == (0, []), done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "everything was as documented"


FAULTS = {
    "wrong-enum:getJobStatus": "GET /jobs/{Id}/status: the texts say another type or value",
    "wrong-status:listJobs": "the texts say 200, object; what came: 202",
    "accept-wrong-secret:getJobErrors": "errors of a job, wrong secret: the texts say 401",
    "accept-invalid:submitJob": "POST /jobs, no Name: the texts say 400",
    "refuse-valid:listJobs": "the texts say 200, object; what came: 400",
    "hide-created:getJobMetadata": "GET /jobs/{Id}/metadata: the texts say 200",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_example_client_finds_a_fault_and_says_where(fault):
    with serving(*MOCK, *QUICK, "--fault", fault) as url:
        done = partner(url, "--wait", "1")
    assert done.returncode == 1, done.stdout + done.stderr
    assert any(FAULTS[fault] in line for line in differences(done)), done.stdout


@pytest.mark.parametrize(
    ("limit", "said"),
    [("cap=2", "429, daily cap exceeded"), ("quota=0", "403, monthly quota reached")],
    ids=["cap", "quota"],
)
def test_the_example_client_stops_at_a_limit_and_says_which(limit, said):
    with serving(*MOCK, *QUICK, "--limit", limit) as url:
        done = partner(url)
    assert (done.returncode, differences(done)) == (2, []), done.stdout + done.stderr
    assert f"Stopped: no more jobs are accepted: {said}" in done.stdout


def test_the_example_client_says_that_nobody_listens_without_a_key():
    with serving(*MOCK, *QUICK) as url:
        pass
    done = partner(url)
    assert done.returncode == 1
    assert differences(done) == ["- the connection: the texts say that there is one; what came: ConnectionError"]
