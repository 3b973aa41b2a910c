from __future__ import annotations

import asyncio
import contextlib
import io
import itertools
import json
import random
import threading
import time
from dataclasses import dataclass, field, replace

import httpx
import pytest

from scripts.errors import UsageError
from scripts.mock import server
from scripts.mock.journal import Journal
from scripts.mock.log import FORMS, Log
from scripts.mock.resource import Resource
from scripts.mock.settings import Settings

from .processes import KEYS, running, steered, verb

HEADERS = {"x-amz-access-key": KEYS["WASABI_ACCESS_KEY"], "x-amz-secret-key": KEYS["WASABI_SECRET_KEY"]}
TERMINAL = ("completed", "failed")


def job(name: str) -> dict:
    """What a client sends."""
    return {
        "Name": name,
        "Batch": "größer 🎬",
        "Services": {"ocr": {"config": {"level": 0.1}}},
        "Source": {"Bucket": "media", "ObjectKey": f"{name}.mp4"},
        "Destination": {"Bucket": "results", "Region": "us-west-1"},
    }


@dataclass
class Seen:
    """What clients were told: of every job that was acknowledged, what was sent, and its end once it was seen."""

    sent: dict[str, dict] = field(default_factory=dict)
    ends: dict[str, str] = field(default_factory=dict)

    def submit(self, url: str, client: str) -> None:
        """Submit, and look at what was submitted, until the server is gone."""
        mine: list[str] = []
        with httpx.Client(base_url=url, headers=HEADERS) as connection, contextlib.suppress(httpx.TransportError):
            for number in itertools.count():
                body = job(f"{client} {number}")
                answer = connection.post("/jobs", json=body)
                assert answer.status_code == 200, answer.text
                mine.append(answer.json()["Job"]["Id"])
                self.sent[mine[-1]] = body
                self.look(connection, random.choice(mine))

    def look(self, connection: httpx.Client, identity: str) -> None:
        """See which state a job is in; one that has ended stays so."""
        state = connection.get(f"/jobs/{identity}/status").json()["Status"]
        if state in TERMINAL:
            assert self.ends.setdefault(identity, state) == state
        assert identity not in self.ends or state in TERMINAL

    def check(self, url: str) -> None:
        """Everything that was acknowledged is there, as it was sent, and what has ended is as it was."""
        with httpx.Client(base_url=url, headers=HEADERS) as connection:
            for identity, body in self.sent.items():
                held = connection.get(f"/jobs/{identity}").json()
                source = {name: held["Source"][name] for name in body["Source"]}
                assert {**{name: held[name] for name in body}, "Source": source} == body
                self.look(connection, identity)


def killed_under_load(file, seen: Seen, *, clients: int, rounds: int) -> None:
    """Let clients submit to a mock, kill it at any moment, start it again on its file, and check, so many times."""
    words = ("--state", str(file), "--step", "0.05", "--end", "failed:/Name=*[13579]")
    for number in range(rounds):
        with running(*words) as (process, url):
            seen.check(url)
            asking = [threading.Thread(target=seen.submit, args=(url, f"{number}-{each}")) for each in range(clients)]
            for each in asking:
                each.start()
            while len(seen.sent) < 20 * (number + 1) and any(each.is_alive() for each in asking):
                time.sleep(0.01)
            time.sleep(random.uniform(0, 0.5))
            process.kill()
            for each in asking:
                each.join(10)
    with running(*words) as (_, url):
        seen.check(url)


@pytest.mark.parametrize(
    ("clients", "rounds"), [(2, 1), pytest.param(6, 6, marks=pytest.mark.slow)], ids=["once", "many times"]
)
def test_every_acknowledged_job_outlives_a_kill_at_any_moment(tmp_path, clients, rounds):
    seen = Seen()
    killed_under_load(tmp_path / "state", seen, clients=clients, rounds=rounds)
    assert len(seen.sent) >= 20 * rounds
    assert set(seen.ends.values()) == set(TERMINAL)


def test_what_is_created_after_a_restart_has_an_identity_of_its_own(tmp_path):
    identities = []
    for _ in range(2):
        with running("--state", str(tmp_path / "state")) as (process, url):
            identities += [
                httpx.post(f"{url}/jobs", headers=HEADERS, json=job("a")).json()["Job"]["Id"] for _ in range(3)
            ]
            process.kill()
    assert len(set(identities)) == 6


def test_a_reset_empties_the_file_too(tmp_path):
    words = ("--state", str(tmp_path / "state"))
    with steered(*words) as (url, control):
        httpx.post(f"{url}/jobs", headers=HEADERS, json=job("a"))
        assert httpx.post(f"{control}/reset").is_success
    with steered(*words) as (url, control):
        assert httpx.get(f"{control}/counts").json()["resources"] == 0


def test_a_mock_that_ended_left_one_file_without_keys(tmp_path):
    with steered("--state", str(tmp_path / "state")) as (url, _):
        httpx.post(f"{url}/jobs", headers=HEADERS, json=job("a"))
    assert [path.name for path in tmp_path.iterdir()] == ["state"]
    assert not any(value.encode() in (tmp_path / "state").read_bytes() for value in KEYS.values())


def test_a_file_serves_one_process_at_a_time(tmp_path):
    with steered("--state", str(tmp_path / "state")):
        done = verb("mock", "--port", "0", "--state", str(tmp_path / "state"))
    assert (done.returncode, done.stdout) == (2, "could not run (exit code 2)\n")
    assert "is held by another process" in done.stderr


def test_a_file_belongs_to_one_api_of_one_version(apis, tmp_path):
    api = apis["wasabi_air"]
    Journal(tmp_path / "other", api="another 1.0").close()
    Journal(tmp_path / "older", api=f"{api.name} 0.0.0").close()
    for name, said in (("other", "'another 1.0'"), ("older", f"'{api.name} 0.0.0'")):
        with pytest.raises(UsageError, match=f"holds the state of another API, {said}"):
            server.serve(api, server.Start(state=tmp_path / name), environment={}, on_ready=lambda *_: None)


@pytest.mark.parametrize("place", ["no/such/folder/state", "."], ids=["no folder", "a folder"])
def test_a_place_that_can_hold_no_file_is_wrong_use(tmp_path, place):
    done = verb("mock", "--port", "0", "--state", str(tmp_path / place))
    assert (done.returncode, done.stdout) == (2, "could not run (exit code 2)\n")
    assert "the state file cannot be used" in done.stderr


def test_time_goes_on_from_the_last_change_though_the_machine_s_clock_was_set_back(apis, tmp_path):
    service = server.service(apis["wasabi_air"], preview=False, environment={})
    later = time.time() + 1_000_000
    journal = Journal(tmp_path / "state")
    resource = Resource("id", "account", "user", 1, job("a"), later, "submitted", later, ("preflight",), later)
    journal.save([resource, replace(resource, identity="other", sequence=2, created=later - 500)])
    mock = server.made(service, Settings(), journal=journal)
    assert later <= mock.clock.now() < later + 60
    journal.close()


class Full(Journal):
    """A journal whose disk is full for as long as it is said to be."""

    full = False

    def save(self, resources, now=None) -> None:
        if self.full:
            raise UsageError("the state file cannot be used: the disk is full")
        super().save(resources, now)


def test_a_job_that_cannot_be_written_is_not_acknowledged_and_the_mock_goes_on(apis, tmp_path):
    service = server.service(apis["wasabi_air"], preview=False, environment={})
    journal = Full(tmp_path / "state")
    stream = io.StringIO()

    async def run() -> list[int]:
        log = Log(stream, FORMS["json"])
        application = server.Application(server.made(service, Settings(), journal=journal), "", log)
        statuses = []
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(application), base_url="http://mock", headers=HEADERS
        ) as client:
            for journal.full in (False, True, False):
                statuses.append((await client.post("/jobs", json=job("a"))).status_code)
        log.close()
        return statuses

    assert asyncio.run(run()) == [200, 500, 200]
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line.get("status", line.get("trouble")) for line in lines] == [
        200,
        "the state file cannot be used: the disk is full",
        500,
        200,
    ]
    journal.close()


def test_a_clock_that_must_be_told_stands_still_over_a_restart(tmp_path):
    words = ("--clock", "0", "--state", str(tmp_path / "jobs.db"), "--limit", "cap=1")
    with steered(*words) as (url, control):
        httpx.post(f"{control}/clock", json={"advance": 10 * 86400})
        assert httpx.post(f"{url}/jobs", headers=HEADERS, json=job("a")).status_code == 200
        told = httpx.post(f"{control}/clock", json={"advance": 0}).json()["now"]
    time.sleep(0.5)
    with steered(*words) as (url, control):
        assert httpx.post(f"{control}/clock", json={"advance": 0}).json()["now"] == told
        states = [each["Status"] for each in httpx.get(f"{url}/jobs", headers=HEADERS).json()["Records"]]
        assert states == ["submitted"]
        assert httpx.post(f"{url}/jobs", headers=HEADERS, json=job("b")).status_code == 429
