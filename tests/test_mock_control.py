from __future__ import annotations

import asyncio
import itertools
import json

import httpx
import pytest

from scripts.mock import control, server
from scripts.mock.messages import Request
from scripts.mock.settings import Settings

from .processes import KEYS, steered

HEADERS = {"x-amz-access-key": KEYS["WASABI_ACCESS_KEY"], "x-amz-secret-key": KEYS["WASABI_SECRET_KEY"]}
OTHER = {"x-amz-access-key": KEYS["WASABI_OTHER_ACCESS_KEY"], "x-amz-secret-key": KEYS["WASABI_OTHER_SECRET_KEY"]}
JOB = {
    "Name": "a job",
    "Services": {"ocr": {}},
    "Source": {"Bucket": "media", "ObjectKey": "clip.mp4"},
    "Destination": {"Bucket": "results", "Region": "us-west-1"},
}


class Steered:
    """A mock in this process, with its API and its control interface."""

    def __init__(self, api, **settings) -> None:
        service = server.service(api, preview=False, environment={})
        self.mock = server.made(service, Settings(**{"step": 1, "clock": 0, **settings}))
        self.applications = server.Application(self.mock, "/api/v1"), control.application(self.mock)

    def ask(self, method: str, path: str, *, headers=HEADERS, **more) -> httpx.Response:
        """An answer of the API."""
        return self._asked(self.applications[0], method, f"/api/v1{path}", headers=headers, **more)

    def steer(self, method: str, path: str, **more) -> httpx.Response:
        """An answer of the control interface."""
        return self._asked(self.applications[1], method, path, **more)

    def submit(self, **changes) -> str:
        """The identity of a new job."""
        return self.ask("POST", "/jobs", json={**JOB, **changes}).json()["Job"]["Id"]

    def state(self, identity: str) -> str:
        """The state that the API tells of a job."""
        return self.ask("GET", f"/jobs/{identity}/status").json()["Status"]

    def _asked(self, application, method, path, **more) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(application)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:1") as client:
                return await client.request(method, path, **more)

        return asyncio.run(asked())


@pytest.fixture
def mock(apis):
    return Steered(apis["wasabi_air"])


def test_what_was_asked_and_what_is_there_is_counted_also_by_account(mock):
    assert mock.steer("GET", "/counts").json() == {"requests": 0, "resources": 0, "accounts": {}}
    mock.submit()
    mock.submit()
    mock.ask("POST", "/jobs", json=JOB, headers=OTHER)
    mock.ask("POST", "/jobs", json={})
    counts = {"requests": 4, "resources": 3, "accounts": {"account": 2, "other": 1}}
    assert mock.steer("GET", "/counts").json() == counts


def test_time_passes_when_it_is_told_to(mock):
    identity = mock.submit()
    before = mock.steer("POST", "/clock", json={"advance": 0}).json()["now"]
    states = []
    for _ in range(4):
        states.append(mock.state(identity))
        now = mock.steer("POST", "/clock", json={"advance": 1}).json()["now"]
    assert states == ["submitted", "preflight", "in_progress", "completed"]
    assert now == before + 4


@pytest.mark.parametrize(
    "body", [{"advance": -1}, {"advance": "1"}, {"advance": True}, {"advance": 1e300}, {"advance": 1, "x": 1}, {}, []]
)
def test_time_goes_neither_back_nor_beyond_all_dates(mock, body):
    refused = mock.steer("POST", "/clock", json=body)
    assert (refused.status_code, list(refused.json())) == (400, ["errors"])
    identity = mock.submit()
    assert mock.state(identity) == "submitted"


def test_time_told_to_its_end_is_still_a_date(mock):
    identity = mock.submit()
    for seconds in (1e11, 1e11, 1e10):
        mock.steer("POST", "/clock", json={"advance": seconds})
    mock.steer("PATCH", "/settings", json={"limits": {"quota": 5}})
    assert mock.state(identity) == "completed"
    assert mock.state(mock.submit()) == "submitted"


def test_a_word_that_is_said_takes_the_place_of_what_was_said_before_and_the_others_stay(mock):
    mock.steer("PATCH", "/settings", json={"limits": {"quota": 1}, "prefer": True})
    answered = mock.steer("PATCH", "/settings", json={"limits": {"cap": 2}})
    assert answered.json() == mock.steer("GET", "/settings").json()
    assert answered.json() == {**Settings(clock=0, limits={"cap": 2}, prefer=True).words(), "step": 1}


def test_settings_are_taken_all_or_none(mock):
    before = mock.steer("GET", "/settings").json()
    refused = mock.steer("PATCH", "/settings", json={"step": 5, "limits": {"quota": 0, "qouta": 1}, "faults": ["no"]})
    assert refused.status_code == 400
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/limits/qouta", "/faults/0"]
    assert refused.json()["errors"][0]["hint"] == "There is quota, cap."
    assert mock.steer("GET", "/settings").json() == before
    mock.submit()


def test_limits_are_kept_from_the_moment_they_are_set(mock):
    mock.submit()
    mock.steer("PATCH", "/settings", json={"limits": {"quota": 2}})
    mock.submit()
    refused = mock.ask("POST", "/jobs", json=JOB)
    assert refused.status_code == 403
    assert int(refused.headers["Retry-After"]) > 0
    assert mock.ask("POST", "/jobs", json=JOB, headers=OTHER).status_code == 200
    mock.steer("PATCH", "/settings", json={"limits": {}})
    mock.submit()


def test_ends_are_for_what_is_created_from_then_on(mock):
    first = mock.submit(Name="broken")
    mock.steer(
        "PATCH", "/settings", json={"ends": [{"state": "failed", "member": "/Name", "pattern": "*broken*"}], "step": 0}
    )
    second = mock.submit(Name="broken")
    assert [mock.state(first), mock.state(second)] == ["completed", "failed"]


def test_a_preference_is_obeyed_only_where_it_is_asked_for(mock):
    wish = {**HEADERS, "Prefer": "code=429"}
    assert mock.ask("POST", "/jobs", json=JOB, headers=wish).status_code == 200
    mock.steer("PATCH", "/settings", json={"prefer": True})
    assert mock.ask("POST", "/jobs", json=JOB, headers=wish).status_code == 429
    assert mock.ask("POST", "/jobs", json=JOB).status_code == 200


def test_faults_are_put_in_and_taken_out(mock):
    for faults, status in ((["error-500"], 500), (["error-500:getJob"], 200), ([], 200)):
        assert mock.steer("PATCH", "/settings", json={"faults": faults}).status_code == 200
        assert mock.ask("GET", "/jobs").status_code == status


def test_a_resource_of_any_account_is_put_into_a_state(mock):
    identity = mock.ask("POST", "/jobs", json=JOB, headers=OTHER).json()["Job"]["Id"]
    put = mock.steer("PUT", f"/resources/{identity}/state", json={"state": "failed"})
    assert put.json() == {"identity": identity, "state": "failed"}
    mock.steer("POST", "/clock", json={"advance": 100})
    assert mock.ask("GET", f"/jobs/{identity}/status", headers=OTHER).json()["Status"] == "failed"


def test_time_takes_on_what_was_put_into_a_state_of_the_course(mock):
    identity = mock.submit()
    mock.steer("PUT", f"/resources/{identity}/state", json={"state": "failed"})
    mock.steer("PUT", f"/resources/{identity}/state", json={"state": "in_progress"})
    mock.steer("POST", "/clock", json={"advance": 1})
    assert mock.state(identity) == "completed"


def test_a_reset_forgets_resources_counts_and_what_was_steered(apis):
    mock = Steered(apis["wasabi_air"], limits={"quota": 1})
    start = mock.steer("GET", "/settings").json()
    first = mock.submit()
    mock.steer("PATCH", "/settings", json={"limits": {}, "faults": ["error-500"], "step": 9, "drop": 1})
    assert mock.steer("POST", "/reset").status_code == 204
    assert mock.steer("GET", "/counts").json() == {"requests": 0, "resources": 0, "accounts": {}}
    assert mock.steer("GET", "/settings").json() == start
    assert mock.ask("GET", f"/jobs/{first}").status_code == 404
    assert mock.submit() == first  # identities begin anew too
    assert mock.ask("POST", "/jobs", json=JOB).status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("PUT", "/resources/nobody/state", b'{"state": "failed"}', 404),
        ("PUT", "/resources/nobody/state", b'{"state": "done"}', 400),
        ("PUT", "/resources/nobody/state", b'{"state": ["failed"]}', 400),
        ("PUT", "/resources/%ff%00/state", b'{"state": "failed"}', 404),
        ("PUT", "/resources//state", b'{"state": "failed"}', 404),
        ("PATCH", "/settings", b"", 400),
        ("PATCH", "/settings", b"[]", 400),
        ("PATCH", "/settings", b"{", 400),
        ("PATCH", "/settings", b'{"step": NaN}', 400),
        ("PATCH", "/settings", b'{"step": 1e999}', 400),
        ("PATCH", "/settings", b'{"drop": 1' + b"0" * 5000 + b"}", 400),
        ("PATCH", "/settings", b'{"limits": {"\\ud800": 1}}', 400),
        ("PATCH", "/settings", b'{"faults": ["\xff"]}', 400),
        ("PATCH", "/settings", b"[" * 10_000, 400),
        ("PATCH", "/settings", b" " * 70_000 + b"{}", 413),
        ("POST", "/settings", b"{}", 405),
        ("GET", "/reset", b"", 405),
        ("GET", "/", b"", 404),
    ],
)
def test_what_is_wrong_is_answered_4xx_with_what_it_is(mock, method, path, body, status):
    refused = mock.steer(method, path, content=body)
    assert refused.status_code == status, refused.text
    assert all(each["what"] for each in refused.json()["errors"])
    assert mock.steer("GET", "/settings").json()["step"] == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "localhost"}, 200),
        ({"Host": "LocalHost:8081"}, 200),
        ({"Host": "127.3.2.1:8081"}, 200),
        ({"Host": "[::1]:8081"}, 200),
        ({"Host": "attacker.example"}, 403),
        ({"Host": "127.0.0.1.attacker.example"}, 403),
        ({"Host": "attacker.example:127.0.0.1"}, 403),
        ({"Host": "localhost.attacker.example"}, 403),
        ({"Host": "10.0.0.1"}, 403),
        ({"Host": "0.0.0.0"}, 403),
        ({"Host": ""}, 403),
        ({"Origin": "http://attacker.example"}, 403),
        ({"Origin": "http://localhost:3000"}, 403),
        ({"Origin": "null"}, 403),
    ],
    ids=json.dumps,
)
def test_a_web_page_steers_nothing(mock, headers, status):
    answers = [
        mock.steer("GET", "/counts", headers=headers),
        mock.steer("PATCH", "/settings", headers=headers, json={"step": 9}),
    ]
    assert [each.status_code for each in answers] == [status, status]
    assert mock.steer("GET", "/settings").json()["step"] == (9 if status == 200 else 1)


def test_it_has_a_listener_of_its_own_on_loopback_and_is_not_reached_through_the_api_s():
    with steered("--host", "127.0.0.2") as (url, interface):
        assert url.startswith("http://127.0.0.2:")
        assert interface.startswith("http://127.0.0.1:")
        assert httpx.get(f"{interface}/counts").json()["requests"] == 0
        for place in (url, url.removesuffix("/api/v1")):
            for path in ("/counts", "/settings", "/-/counts"):
                assert httpx.get(place + path, headers=HEADERS).status_code == 404
        assert httpx.get(f"{interface}/api/v1/jobs", headers=HEADERS).status_code == 404
        assert httpx.get(f"{interface}/counts").json()["requests"] == 6


def test_it_is_off_unless_it_is_asked_for(apis):
    service = server.service(apis["wasabi_air"], preview=False, environment={})
    mock = server.made(service, Settings())
    for path in ("/counts", "/settings", "/-/counts", "/control"):
        answer = asyncio.run(mock.answer(Request("GET", path, headers=tuple(HEADERS.items()))))
        assert answer.status == 404


def test_every_nth_connection_is_closed_without_an_answer_and_without_a_change():
    with steered("--drop", "3") as (url, interface):
        outcomes = []
        for _ in range(7):
            try:
                outcomes.append(httpx.post(f"{url}/jobs", headers=HEADERS, json=JOB).status_code)
            except httpx.RemoteProtocolError:
                outcomes.append(None)
        assert outcomes == [200, 200, None, 200, 200, None, 200]
        assert httpx.get(f"{interface}/counts").json() == {
            "requests": 7,
            "resources": 5,
            "accounts": {"account": 5},
        }


def test_latency_holds_back_each_answer_and_no_other_request(apis):
    mock = Steered(apis["wasabi_air"], latency=0.1)

    async def together(count: int) -> float:
        transport = httpx.ASGITransport(mock.applications[0])
        async with httpx.AsyncClient(transport=transport, base_url="http://mock/api/v1", headers=HEADERS) as client:
            start = asyncio.get_running_loop().time()
            answers = await asyncio.gather(*(client.get("/jobs") for _ in range(count)))
            assert all(each.is_success for each in answers)
            return asyncio.get_running_loop().time() - start

    assert 0.1 <= asyncio.run(together(20)) < 1


def test_what_steers_is_fast_enough_to_be_used_between_two_requests():
    with steered("--clock", "0") as (url, interface), httpx.Client() as client:
        identity = client.post(f"{url}/jobs", headers=HEADERS, json=JOB).json()["Job"]["Id"]
        states = []
        for _ in itertools.repeat(None, 40):
            states.append(client.get(f"{url}/jobs/{identity}/status", headers=HEADERS).json()["Status"])
            client.post(f"{interface}/clock", json={"advance": 0.01})
    assert list(dict.fromkeys(states)) == ["submitted", "preflight", "in_progress", "completed"]
