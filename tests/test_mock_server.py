from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import gzip
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from urllib.parse import urlsplit

import httpx
import pytest

from scripts.errors import UsageError
from scripts.mock import server
from scripts.mock.log import FORMS, Log
from scripts.mock.settings import Settings

from .processes import KEYS, ROOT, mock, surroundings, verb

HEADERS = {"x-amz-access-key": KEYS["WASABI_ACCESS_KEY"], "x-amz-secret-key": KEYS["WASABI_SECRET_KEY"]}
JOB = {
    "Name": "a job",
    "Services": {"ocr": {}},
    "Source": {"Bucket": "media", "ObjectKey": "clip.mp4"},
    "Destination": {"Bucket": "results", "Region": "us-west-1"},
}


@contextlib.contextmanager
def process(*words: str, env=None):
    """A mock as a process, and the URLs that it prints; what it writes on standard error is kept in a pipe."""
    command = [sys.executable, "-m", "scripts", "mock", "--port", "0", *words]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env=env or surroundings(), text=True, **pipes) as started:
        try:
            urls = [started.stdout.readline().rpartition(" at ")[2].strip()]
            if "--control" in words:
                urls.append(started.stdout.readline().rpartition(" at ")[2].strip())
            yield started, urls
        finally:
            started.kill()


@pytest.fixture(scope="module")
def url():
    with mock() as served:
        yield served


@pytest.fixture(scope="module")
def watched():
    """The URL of a mock that is given hostile bytes, and writes nothing on standard error but for its own log."""
    with process("--log", "off") as (started, urls):
        yield urls[0]
        started.terminate()
        assert started.communicate(timeout=5)[1] == ""


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


def test_a_path_may_come_as_a_proxy_would_send_it(url):
    keys = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
    with socket.create_connection(("127.0.0.1", urlsplit(url).port), timeout=5) as connection:
        connection.sendall(f"GET {url}/jobs HTTP/1.1\r\nHost: h\r\n{keys}\r\n".encode())
        assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")


def test_requests_at_the_same_time_are_all_answered_and_get_identities_of_their_own(url):
    with httpx.Client(base_url=url, headers=HEADERS) as client, concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.post("/jobs", json=JOB).json()["Job"]["Id"], range(60)))
    assert len(set(answers)) == 60


# --- Logs --------------------------------------------------------------------------------------


def logged(api, form: str, *asked: str, holder=HEADERS) -> list[str]:
    """The lines for some requests to a mock in this process, and what it answers; a path below the base alone."""
    stream = io.StringIO()
    service = server.service(api, preview=False, environment={})
    mock = server.made(service, Settings())

    async def ask() -> None:
        log = Log(stream, FORMS[form])
        transport = httpx.ASGITransport(server.Application(mock, "/api/v1", log))
        async with httpx.AsyncClient(transport=transport, base_url="http://mock", headers=holder) as client:
            for each in asked:
                method, _, path = each.partition(" ")
                await client.request(method, path)
        log.close()

    asyncio.run(ask())
    return stream.getvalue().splitlines()


ASKED = (
    "GET /api/v1/jobs/s3cr3t?batch=s3cr3t",
    "GET /api/v1/jobs?name=s3cr3t",
    "GET /s3cr3t",
    "DELETE /api/v1/jobs/s3cr3t",
)


def test_a_line_is_logged_for_a_request_without_anything_that_was_sent(apis):
    lines = logged(apis["wasabi_air"], "text", *ASKED)
    assert [re.sub(r" [0-9]+\.[0-9] ms$", " … ms", line) for line in lines] == [
        "GET /jobs/{Id} 404 … ms",
        "GET /jobs 200 … ms",
        "GET (no such path) 404 … ms",
        "DELETE /jobs/{Id} 405 … ms",
    ]


def test_on_demand_a_line_is_a_json_object(apis):
    lines = [json.loads(line) for line in logged(apis["wasabi_air"], "json", *ASKED)]
    assert [(each["operation"], each["status"], each["account"]) for each in lines] == [
        ("getJob", 404, "account"),
        ("listJobs", 200, "account"),
        (None, 404, None),
        (None, 405, None),
    ]
    for line in lines:
        assert list(line) == ["time", "method", "path", "operation", "status", "ms", "account"]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
        assert line["ms"] >= 0
    assert "s3cr3t" not in str(lines)


def test_who_has_no_right_keys_is_nobody_s_account(apis):
    [line] = logged(apis["wasabi_air"], "json", "GET /api/v1/jobs", holder={"x-amz-secret-key": "s3cr3t"})
    assert (json.loads(line)["account"], json.loads(line)["status"], "s3cr3t" in line) == (None, 401, False)


def test_lines_appear_while_the_mock_runs_and_none_where_they_are_off():
    with process("--drop", "2") as (started, [url]):
        httpx.get(url + "/jobs", headers=HEADERS)
        assert re.fullmatch(r"GET /jobs 200 [0-9.]+ ms\n", started.stderr.readline())
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(url + "/jobs", headers=HEADERS)
        assert re.fullmatch(r"GET /jobs dropped [0-9.]+ ms\n", started.stderr.readline())
    with process("--log", "off") as (started, [url]):
        httpx.get(url + "/jobs", headers=HEADERS)
        started.terminate()
        assert started.communicate(timeout=5)[1] == ""


def test_a_log_that_nobody_reads_holds_up_no_request():
    with process("--log", "json") as (_, [url]), httpx.Client(base_url=url, headers=HEADERS, timeout=5) as client:
        for _ in range(1500):  # more than a pipe holds
            assert client.get("/nowhere").status_code == 404


class Stuck(io.StringIO):
    """A stream that takes nothing until it is released."""

    def __init__(self) -> None:
        super().__init__()
        self.released = threading.Event()

    def write(self, text: str) -> int:
        self.released.wait(5)
        return super().write(text)


def test_what_the_log_could_not_take_is_counted():
    stream = Stuck()

    async def fill() -> None:
        log = Log(stream, FORMS["text"], most=1)
        for number in range(4):  # the first is being written, the second waits, the others find no room
            log.trouble(f"{number}")
            await asyncio.sleep(0.1)
        stream.released.set()
        await asyncio.sleep(0.1)
        log.trouble("4")
        log.close()

    asyncio.run(fill())
    assert stream.getvalue() == "0\n1\n2 lines are missing: nobody read them\n4\n"


# --- Hostile bytes -------------------------------------------------------------------------------


KEYED = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items()).encode()
GET = b"GET /api/v1/jobs HTTP/1.1\r\nHost: h\r\n" + KEYED
POST = b"POST /api/v1/jobs HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n" + KEYED
CONTENT = json.dumps(JOB).encode()
CHUNKED = b"Transfer-Encoding: chunked\r\n"
ZIPPED = gzip.compress(CONTENT)
MANY = 20_000_000


def sized(content: bytes) -> bytes:
    """A body with its length before it."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(content), content)


HOSTILE = {
    "garbage": b"GARBAGE\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a negative length": GET + b"Content-Length: -1\r\n\r\n",
    "a signed length": POST + b"Content-Length: +2\r\n\r\n{}",
    "a length beyond 64 bits": POST + b"Content-Length: 99999999999999999999999\r\n\r\n{}",
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "a length and chunks": POST + CHUNKED + b"Content-Length: 3\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "a bad chunk": POST + CHUNKED + b"\r\nZZ\r\n",
    "a negative chunk": POST + CHUNKED + b"\r\n-1\r\n\r\n",
    "an unknown transfer encoding": POST + b"Transfer-Encoding: gzip\r\n\r\n{}",
    "20 MB": POST + sized(b"x" * MANY),
    "20 MB in a chunk": POST + CHUNKED + b"\r\n%x\r\n%b\r\n0\r\n\r\n" % (MANY, b"x" * MANY),
    "20 MB in a header": GET + b"x: " + b"a" * MANY + b"\r\n\r\n",
    "headers without end": GET + b"a: b\r\n" * 100_000,
    "a long path": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: h\r\n\r\n",
    "a path that is not UTF-8": b"GET /api/v1/\xff HTTP/1.1\r\nHost: h\r\n\r\n",
    "a query that is not UTF-8": b"GET /api/v1/jobs?\xff\xfe HTTP/1.1\r\nHost: h\r\n\r\n",
    "a path with a wrong escape": GET.replace(b"/jobs", b"/jobs/%zz") + b"\r\n",
    "an escape that is not UTF-8": GET.replace(b"/jobs", b"/jobs/%ff%fe/status") + b"\r\n",
    "an escaped NUL in the path": GET.replace(b"/jobs", b"/jobs/%00") + b"\r\n",
    "an escaped NUL in the query": GET.replace(b"/jobs", b"/jobs?pageSize=%00") + b"\r\n",
    "NUL in the path": GET.replace(b"/jobs", b"/jo\0bs") + b"\r\n",
    "NUL in a header": GET + b"x: \0\r\n\r\n",
    "NUL in the body": POST + sized(b"\0\0\0\0"),
    "a key that is not UTF-8": GET.replace(KEYS["WASABI_SECRET_KEY"].encode(), b"\xff\xfe") + b"\r\n",
    "a media type that is not UTF-8": POST.replace(b"application/json", b"\xff/\xfe") + sized(CONTENT),
    "a body that is not UTF-8": POST + sized(b'"\xff\xfe"'),
    "a body in gzip": POST + b"Content-Encoding: gzip\r\n" + sized(ZIPPED),
    "a form without a boundary": POST.replace(b"application/json", b"multipart/form-data") + sized(CONTENT),
    "half a head": b"GET /api/v1/jo",
    "half a body": POST + b"Content-Length: 100\r\n\r\nshort",
    "HEAD": GET.replace(b"GET", b"HEAD", 1) + b"\r\n",
    "OPTIONS": GET.replace(b"GET", b"OPTIONS", 1) + b"\r\n",
    "OPTIONS *": b"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
    "TRACE": GET.replace(b"GET", b"TRACE", 1) + b"\r\n",
    "CONNECT": b"CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n",
    "an upgrade with a body": POST + b"Connection: Upgrade\r\nUpgrade: websocket\r\n" + sized(CONTENT),
    "a folded header": GET + b"x: a\r\n b\r\n\r\n",
    "a header without a colon": GET + b"xyz\r\n\r\n",
    "a broken absolute path": GET.replace(b"/api", b"http://[::1/api", 1) + b"\r\n",
}


@pytest.mark.parametrize("sent", HOSTILE.values(), ids=HOSTILE)
def test_hostile_bytes_are_refused_or_nobody_s_answer_and_never_make_it_fail(watched, sent):
    answer = exchanged(watched, sent)
    assert not answer or answer.split()[1].startswith(b"4"), answer
    assert httpx.get(watched + "/jobs", headers=HEADERS).status_code == 200


def test_hostile_bytes_never_make_the_control_interface_fail():
    with process("--control", "0", "--log", "off") as (started, [_, interface]):
        for name, sent in HOSTILE.items():
            answer = exchanged(interface, sent)
            assert not answer or answer.split()[1].startswith(b"4"), (name, answer)
        assert httpx.get(f"{interface}/counts").is_success
        started.terminate()
        assert started.communicate(timeout=5)[1] == ""


LAWFUL = {
    "a long query": GET.replace(b"/jobs", b"/jobs?name=" + b"a" * 30_000) + b"\r\n",
    "a header that is not UTF-8": GET + b"x-y: \xff\xfe\r\n\r\n",
    "HTTP/1.0": GET.replace(b"HTTP/1.1", b"HTTP/1.0") + b"\r\n",
    "chunks": POST + CHUNKED + b"\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(CONTENT), CONTENT),
    "an upgrade that is not taken": GET + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    "an absolute path": GET.replace(b"/api", b"http://h/api", 1) + b"\r\n",
}


@pytest.mark.parametrize("sent", LAWFUL.values(), ids=LAWFUL)
def test_odd_but_lawful_bytes_are_answered(watched, sent):
    assert exchanged(watched, sent).startswith(b"HTTP/1.1 200 ")


def test_a_client_may_wait_before_it_sends_a_body(watched):
    with socket.create_connection(("127.0.0.1", urlsplit(watched).port), timeout=5) as connection:
        connection.sendall(POST + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(CONTENT))
        assert connection.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(CONTENT)
        assert connection.recv(4096).startswith(b"HTTP/1.1 200 ")


def test_requests_sent_at_once_are_answered_in_their_order(watched):
    unknown = GET.replace(b"/jobs", b"/nowhere") + b"\r\n"
    answers = b""
    with socket.create_connection(("127.0.0.1", urlsplit(watched).port), timeout=5) as connection:
        connection.sendall(GET + b"\r\n" + unknown + POST + sized(CONTENT) + unknown)
        while answers.count(b"HTTP/1.1 ") < 4 or not answers.endswith(b"}"):
            answers += connection.recv(65536)
    assert re.findall(rb"HTTP/1\.1 (\d+)", answers) == [b"200", b"404", b"200", b"404"]


def exchanged(url: str, sent: bytes) -> bytes:
    """The start of what is answered to some bytes; nothing if the connection is closed without an answer."""
    with socket.create_connection(("127.0.0.1", urlsplit(url).port), timeout=5) as connection:
        with contextlib.suppress(ConnectionError):  # it may be closed before all was sent
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
        try:
            return connection.recv(4096)
        except ConnectionError:
            return b""


# --- Its end -------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["interrupted", "terminated"])
@pytest.mark.parametrize("words", [(), ("--control", "0")], ids=["alone", "with its control interface"])
def test_it_ends_quietly_within_a_second_and_tells_no_secret(number, words):
    env = surroundings(WASABI_ACCESS_KEY="mine", WASABI_SECRET_KEY="never-to-be-told")
    with process(*words, env=env) as (started, urls):
        keys = {"x-amz-access-key": "mine", "x-amz-secret-key": "never-to-be-told"}
        assert httpx.get(urls[0] + "/jobs", headers=keys).is_success
        assert started.stdout.readline() == "Credentials: $WASABI_ACCESS_KEY $WASABI_SECRET_KEY\n"
        os.kill(started.pid, number)
        output, errors = started.communicate(timeout=1)
        assert (started.returncode, output) == (0, "")
        assert re.fullmatch(r"GET /jobs 200 [0-9.]+ ms\n", errors)
        for url in urls:
            with pytest.raises(httpx.ConnectError):
                httpx.get(url)


def test_it_ends_quietly_within_a_second_whatever_is_under_way():
    with process("--latency", "30", "--control", "0", "--log", "off") as (started, urls):
        with contextlib.ExitStack() as held:
            for url, sent in [
                (urls[0], POST + b"Content-Length: 99\r\n\r\n{"),
                (urls[0], GET + b"\r\n"),
                (urls[0], (GET + b"\r\n") * 3),
                (urls[1], b"PATCH /settings HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{"),
            ]:
                address = ("127.0.0.1", urlsplit(url).port)
                held.enter_context(socket.create_connection(address, timeout=5)).sendall(sent)
            deadline = time.monotonic() + 5
            while httpx.get(f"{urls[1]}/counts").json()["requests"] < 2:
                assert time.monotonic() < deadline
            os.kill(started.pid, signal.SIGINT)
            _, errors = started.communicate(timeout=1)
        assert (started.returncode, errors) == (0, "")


@pytest.mark.parametrize("flag", ["--port", "--control"])
def test_a_taken_port_is_wrong_use(url, flag):
    done = verb("mock", *([] if flag == "--port" else ["--port", "0"]), flag, str(urlsplit(url).port))
    assert (done.returncode, done.stdout) == (2, "could not run (exit code 2)\n")
    assert f"Choose another {flag}" in done.stderr


def test_an_address_that_is_not_this_machine_s_is_wrong_use():
    done = verb("mock", "--port", "0", "--host", "nowhere.invalid")
    assert (done.returncode, done.stdout) == (2, "could not run (exit code 2)\n")
    assert "nowhere.invalid" in done.stderr
    assert "Traceback" not in done.stderr


# --- Storage -------------------------------------------------------------------------------------


class Shelf:
    """A storage in this process."""

    def __init__(self) -> None:
        self.written: dict[str, dict] = {}

    async def readable(self, _bucket: str, key: str, *_) -> bool:
        return key != "lost"

    async def write(self, bucket: str, key: str, body: bytes, *_) -> bool:
        self.written[f"{bucket}/{key}"] = json.loads(body)
        return True


def test_what_time_ends_is_written_in_storage_while_nobody_asks(apis):
    shelf = Shelf()
    service = server.service(apis["wasabi_air"], preview=False, environment={})

    async def run() -> httpx.Response:
        mock = server.made(service, Settings(step=0.01), storage=shelf)
        transport = httpx.ASGITransport(server.Application(mock, "/api/v1"))
        async with httpx.AsyncClient(transport=transport, base_url="http://mock/api/v1", headers=HEADERS) as client:
            answer = await client.post("/jobs", json=JOB)
            lost = await client.post("/jobs", json={**JOB, "Source": {"Bucket": "media", "ObjectKey": "lost"}})
        assert lost.status_code == 400
        settling = asyncio.create_task(server.settling(mock))
        async with asyncio.timeout(5):
            while not shelf.written:
                await asyncio.sleep(0.01)
        settling.cancel()
        return answer

    identity = asyncio.run(run()).json()["Job"]["Id"]
    assert list(shelf.written) == [f"results/jobs/{identity}/metadata.json"]
    assert shelf.written[f"results/jobs/{identity}/metadata.json"]["Status"] == "completed"


def test_an_api_that_stores_nothing_is_connected_to_no_storage(tickets):
    start = server.Start(storage="http://127.0.0.1:1")
    with pytest.raises(UsageError, match="has no storage to connect"):
        server.serve(tickets, start, environment={}, on_ready=lambda *_: None)


def test_what_is_no_url_of_a_storage_is_wrong_use():
    done = verb("mock", "--port", "0", "--storage", "s3://bucket")
    assert (done.returncode, done.stdout) == (2, "could not run (exit code 2)\n")
    assert "'s3://bucket' is no URL of a storage" in done.stderr
