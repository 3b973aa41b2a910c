from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit

import httpx
import pytest

from scripts.mock import server

from .processes import KEYS, ROOT, mock, surroundings, verb

HEADERS = {"x-amz-access-key": KEYS["WASABI_ACCESS_KEY"], "x-amz-secret-key": KEYS["WASABI_SECRET_KEY"]}
JOB = {
    "Name": "a job",
    "Services": {"ocr": {}},
    "Source": {"Bucket": "media", "ObjectKey": "clip.mp4"},
    "Destination": {"Bucket": "results", "Region": "us-west-1"},
}


@pytest.fixture(scope="module")
def url():
    with mock("--control") as served:
        yield served


def test_a_plain_client_submits_and_waits_over_http(url):
    with httpx.Client(base_url=url, headers=HEADERS) as client:
        identity = client.post("/jobs", json=JOB).json()["Job"]["Id"]
        deadline = time.monotonic() + 10
        while client.get(f"/jobs/{identity}/status").json()["Status"] != "completed":
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert client.get(f"/jobs/{identity}/metadata").json()["DestinationPath"].startswith("s3://results/")


def test_unknown_paths_are_answered_in_the_api_s_shape_below_the_base_path_and_beside_it(url):
    for path in ("/nowhere", "/../other", "/%2e%2e/x", "//jobs"):
        answer = httpx.get(url + path, headers=HEADERS)
        assert (answer.status_code, sorted(answer.json())) == (404, ["Error", "ErrorCode"]), path
    assert httpx.get(f"http://127.0.0.1:{urlsplit(url).port}/").status_code == 404


def test_what_was_served_is_counted_outside_the_api(url):
    counts = f"http://127.0.0.1:{urlsplit(url).port}/-/counts"
    before = httpx.get(counts).json()
    httpx.get(url + "/jobs", headers=HEADERS)
    httpx.post(url + "/jobs", headers=HEADERS, json=JOB)
    after = httpx.get(counts).json()
    assert {name: after[name] - before[name] for name in before} == {"requests": 2, "resources": 1}
    assert httpx.get(url + "/-/counts").status_code == 404


def asked_within(api, *paths: str, client: str = "127.0.0.1") -> list[httpx.Response]:
    """The answers of an application in this process, as for a client at an address."""
    made = server.service(api, step=1, preview=False, words=[], environment={})
    transport = httpx.ASGITransport(server.Application(made, "/api/v1", control=True), client=(client, 1))

    async def ask() -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=transport, base_url="http://mock", headers=HEADERS) as asking:
            return [await asking.get(path) for path in paths]

    return asyncio.run(ask())


def test_a_line_is_logged_for_a_request_without_anything_that_was_sent(apis, caplog):
    caplog.set_level(logging.INFO, "plumbline.mock")
    asked_within(apis["wasabi_air"], "/api/v1/jobs/s3cr3t?batch=s3cr3t", "/api/v1/jobs?name=s3cr3t", "/s3cr3t")
    lines = [record.getMessage() for record in caplog.records if record.name == "plumbline.mock"]
    assert lines == ["GET /jobs/{Id} 404", "GET /jobs 200", "GET (no such path) 404"]


@pytest.mark.parametrize(("client", "status"), [("127.0.0.1", 200), ("::1", 200), ("10.0.0.1", 404)])
def test_the_counts_are_told_to_loopback_alone(apis, client, status):
    assert asked_within(apis["wasabi_air"], "/-/counts", client=client)[0].status_code == status


def test_a_path_may_come_as_a_proxy_would_send_it(url):
    keys = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
    with socket.create_connection(("127.0.0.1", urlsplit(url).port), timeout=5) as connection:
        connection.sendall(f"GET {url}/jobs HTTP/1.1\r\nHost: h\r\n{keys}\r\n".encode())
        assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")


def test_requests_at_the_same_time_are_all_answered_and_get_identities_of_their_own(url):
    with httpx.Client(base_url=url, headers=HEADERS) as client, concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.post("/jobs", json=JOB).json()["Job"]["Id"], range(60)))
    assert len(set(answers)) == 60


@pytest.mark.parametrize(
    "sent",
    [
        b"GARBAGE\r\n\r\n",
        b"GET /api/v1/jobs HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/v1/jobs HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"GET /api/v1/jobs?\xff\xfe HTTP/1.1\r\nHost: h\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: h\r\n\r\n",
        b"POST /api/v1/jobs HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nshort",
    ],
    ids=["garbage", "negative length", "bad chunk", "not UTF-8", "long path", "cut body"],
)
def test_hostile_bytes_never_make_it_fail(url, sent):
    with socket.create_connection(("127.0.0.1", urlsplit(url).port), timeout=5) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(4096)
    assert not answer or answer.split()[1].startswith(b"4"), answer
    assert httpx.get(url + "/jobs", headers=HEADERS).status_code == 200


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["interrupted", "terminated"])
def test_it_ends_within_a_second_and_tells_no_secret(number):
    env = surroundings(WASABI_ACCESS_KEY="mine", WASABI_SECRET_KEY="never-to-be-told")
    command = [sys.executable, "-m", "scripts", "mock", "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    url = process.stdout.readline().rpartition(" at ")[2].strip()
    assert httpx.get(
        url + "/jobs", headers={"x-amz-access-key": "mine", "x-amz-secret-key": "never-to-be-told"}
    ).is_success
    os.kill(process.pid, number)
    output, _ = process.communicate(timeout=1)
    assert "never-to-be-told" not in output
    assert "Traceback" not in output
    with pytest.raises(httpx.ConnectError):
        httpx.get(url + "/jobs")


def test_it_ends_within_a_second_while_half_a_request_has_come():
    command = [sys.executable, "-m", "scripts", "mock", "--port", "0"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=surroundings(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    url = process.stdout.readline().rpartition(" at ")[2].strip()
    keys = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
    with socket.create_connection(("127.0.0.1", urlsplit(url).port), timeout=5) as connection:
        connection.sendall(f"POST /api/v1/jobs HTTP/1.1\r\nHost: h\r\n{keys}Content-Length: 99\r\n\r\n{{".encode())
        assert httpx.get(url + "/jobs", headers=HEADERS).is_success  # so the half has come too
        os.kill(process.pid, signal.SIGINT)
        output, _ = process.communicate(timeout=1)
    assert "Traceback" not in output


def test_a_taken_port_is_wrong_use(url):
    done = verb("mock", "--port", str(urlsplit(url).port))
    assert (done.returncode, done.stdout) == (2, "could not run (exit code 2)\n")
    assert "Choose another --port" in done.stderr
