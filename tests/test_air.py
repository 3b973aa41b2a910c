"""The independent servers with a fault, or lawful in another way: each is another server than all others."""

from __future__ import annotations

import argparse
import http.client
import json
import math
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from functools import cache
from http.server import ThreadingHTTPServer

import pytest

from .data.air_faults import FAMILIES, FAULTS
from .data.air_lawful import LAWFUL
from .data.air_server import Air, Handler, Request
from .processes import KEYS

ONE = (KEYS["WASABI_ACCESS_KEY"], KEYS["WASABI_SECRET_KEY"])
OTHER = (KEYS["WASABI_OTHER_ACCESS_KEY"], KEYS["WASABI_OTHER_SECRET_KEY"])
VIEWER = ("EXAMPLEACCESSKEY0003", "example-secret-of-viewer-one")
STEP = 100.0
BEGINNING = 1_700_000_000.0
JOB = {
    "Name": "a job",
    "Batch": "one",
    "Priority": 7,
    "Services": {"ocr": {}},
    "Source": {"Bucket": "media", "ObjectKey": "a.mp4", "Endpoint": "s3.example.com", "Region": "here-1"},
    "Destination": {"Bucket": "results", "Region": "here-1"},
}
MINIMAL = {name: value for name, value in JOB.items() if name not in ("Batch", "Priority")}
UNKNOWN = "12345678-1234-4123-8123-123456789abc"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Ask:
    """One request. In its path `{name}` is the identity of a job that was named before."""

    method: str
    path: str
    query: str = ""
    keys: tuple[str | None, str | None] = ONE
    body: bytes = b""
    media_type: str = "application/json"
    names: str = ""
    after: float = 0.1


def create(body=JOB, **more):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Ask("POST", "/jobs", body=content, **more)


def job(name, view="", **more):
    return Ask("GET", f"/jobs/{name}{view}", **more)


def jobs(query="", **more):
    return Ask("GET", "/jobs", query, **more)


def views(name, **more) -> Iterator[Ask]:
    for view in ("", "/status", "/errors", "/metadata"):
        yield job(name, view, **more)


def asks() -> Iterator[Ask]:
    """Everything that a client may ask, in an order in which every fault and way shows."""
    yield jobs("sortBy=Created")
    for number in range(12):
        members = {"Name": f"a job {number}", "Priority": number % 10 + 1, "Batch": f"Batch {number % 2}"}
        yield create({**JOB, **members}, names=f"j{number}", after=0.05)
    yield jobs()
    yield create({**MINIMAL, "Name": "minimal"}, names="m", after=1.0)
    yield create({**JOB, "Name": "theirs"}, keys=OTHER, names="x")
    yield create(names="n1")
    yield create(names="n2")
    for name in (
        "caf\u00e9 cafe\u0301 \u263a",
        " Tom & Zo\u00eb %20 ",
        "n" * 255 + "m",
        "\u00e9" * 256,
        "\U0001f600",
        "a\0b",
        "\ud800",
    ):
        yield create({**JOB, "Name": name})
    yield from OF_BODIES
    yield from OF_LISTS
    yield from (
        jobs(query, keys=keys) for keys in (OTHER, VIEWER) for query in ("", "pageNumber=2", "name=a%20job%203")
    )
    yield from OF_KEYS
    yield from OF_A_MOMENT
    for after in (0.0, 60.0, 100.0, 100.0, 100.0, 60.0, 100.0, 200.0):
        yield jobs("status=submitted", after=after)
        yield from views("{j1}")
        yield from views("{j2}")
    yield create(names="late")
    yield jobs("sortBy=Created&pageSize=20&pageNumber=2")
    yield from OF_LISTS
    for name in (UNKNOWN, "{x}", "{j1}%20", "%25", "%24%7Bx%7D", "%FF", "u" * 300, "short", "{J1}", "{j1:8}"):
        yield from views(name)
    yield from (job("{x}", keys=OTHER), Ask("GET", "/nothing"), Ask("GET", "/jobs/x/other"))
    yield from views("{j1}", keys=VIEWER)


OF_A_MOMENT = [
    jobs("name=z"),
    create({**JOB, "Name": "z"}, names="z"),
    jobs("name=z"),
    jobs("name=z", keys=OTHER),
    job("{z}", "/status", after=98.0),
    job("{z}", "/status", after=2.5),
    jobs("status=submitted"),
    jobs("status=preflight"),
]
"""What shows only to who asks twice within seconds, or between two states."""

OF_BODIES = [
    create(b"{"),
    create(b""),
    create(b"[]"),
    create(b"null"),
    create(b"hello", media_type="text/plain"),
    create(b'{"a":' * 60 + b"0" + b"}" * 60),
    create({**JOB, "Pad": "x" * 9000}),
    *(create({**JOB, **change}) for change in (
        {"Priority": 0}, {"Priority": 11}, {"Priority": "3"}, {"Priority": 3.5}, {"Priority": 1}, {"Priority": 10},
        {"Name": "n" * 257}, {"Name": " "}, {"Name": ""}, {"Services": {}}, {"Source": None}, {"Batch": ""},
        {"Batch": "a b/c"}, {"Destination": {"Bucket": "results"}},
    )),
    create(keys=VIEWER),
]  # fmt: skip

OF_LISTS = [
    jobs(query)
    for query in (
        "", "pageSize=3", "pageSize=3&pageNumber=2", "pageSize=1", "pageSize=5&pageNumber=9", "pageSize=101",
        "pageNumber=0", "pageNumber=-1", "pageNumber=x", "pageNumber=99999999999", "pageNumber=4&pageSize=100",
        "sortBy=Created", "sortBy=Created&sortOrder=Desc", "sortBy=Created&sortOrder=Desc&pageSize=3", "sortBy=Name",
        "batch=Batch%201", "batch=batch%201", "batch=Batch%201&sortBy=Created&sortOrder=Desc",
        "status=submitted", "status=completed", "status=COMPLETED", "status=failed", "name=a%20job", "name=a%20job%203",
        "name=a%20job%203&batch=Batch%200", "batch=Batch%200&name=a%20job%203",
        "name=caf%C3%A9%20cafe%CC%81%20%E2%98%BA",
        "name=a%20job%2011", "name=nobody", "name=it%27s", "name=a%00b", f"name={'n' * 300}", "name=%FF",
        "pageSize=3&pageSize=3", "colour=red", "name=a%20job%203&pageSize=1",
    )
]  # fmt: skip

OF_KEYS = [
    each
    for keys in (
        (None, None), (ONE[0], None), (None, ONE[1]), (ONE[0], ""), ("", ONE[1]), (ONE[0], "wrong"), ("wrong", ONE[1]),
        (ONE[0], ONE[1][:-1]), (f"{ONE[0]}1", ONE[1]), (ONE[0], f"{ONE[1]}1"), (ONE[0].lower(), ONE[1]),
        (ONE[0], ONE[1].upper()), (ONE[0], OTHER[1]), ONE[::-1],
    )
    for each in (*views("{j1}", keys=keys), jobs(keys=keys), jobs("pageSize=0", keys=keys), job(UNKNOWN, keys=keys),
                 create(keys=keys), create(b"{", keys=keys))
]  # fmt: skip


class Time:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = BEGINNING

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def answers(made, *, cap=math.inf):
    """What a server answers to all that is asked, with identities by their names and forms."""
    time = Time()
    air = made(argparse.Namespace(step=STEP, steady=True, cap=cap, quota=math.inf), time, time.sleep)
    called: dict[str, str] = {}
    return [answered(air, time, ask, called) for ask in asks()]


def answered(air, time, ask, called):
    time.now += ask.after
    forms = {}
    for identity, name in called.items() if "{" in ask.path else ():
        forms |= {name: identity, name.upper(): identity.upper(), f"{name}:8": identity[:8]}
    path = re.sub(r"\{(.*?)\}", lambda found: forms.get(found[1], found[0]), ask.path)
    headers = Message()
    headers["Content-Type"] = ask.media_type
    for name, value in zip(("x-amz-access-key", "x-amz-secret-key"), ask.keys, strict=True):
        if value is not None:
            headers[name] = value
    before = time.now
    answer = air.answer(Request(ask.method, f"/api/v1{path}", ask.query, headers, ask.body))
    if ask.names and answer.status < 300:
        called.setdefault(json.loads(answer.content)["Job"]["Id"], ask.names)
    text = answer.content.decode("latin-1")
    for identity, name in called.items():
        text = text.replace(identity, f"<{name} {_form(identity)}>")
    return answer.status, sorted(answer.headers.items()), UUID.sub("<uuid>", text), time.now - before


@cache
def _form(identity):
    return re.sub("[0-9a-z]", "x", identity)


AIRS = {name: each for name, each in {**FAULTS, **LAWFUL}.items() if not issubclass(each, Handler)}
HANDLERS = {name: each for name, each in {**FAULTS, **LAWFUL}.items() if issubclass(each, Handler)}
CAPPED = {name for name in FAULTS if name.startswith("cap-")}


@pytest.fixture(scope="module")
def plain():
    return {cap: answers(Air, cap=cap) for cap in (math.inf, 5)}


@pytest.fixture(scope="module")
def told(plain):
    """What each server answers otherwise than the plain one, by the number of the request."""
    found = {}
    for name, made in AIRS.items():
        cap = 5 if name in CAPPED else math.inf
        pairs = zip(answers(made, cap=cap), plain[cap], strict=True)
        found[name] = {number: one for number, (one, right) in enumerate(pairs) if one != right}
    return found


def test_the_plain_server_answers_the_same_twice(plain):
    assert answers(Air) == plain[math.inf]


def test_the_plain_server_never_fails(plain):
    assert {answer[0] for answer in plain[math.inf]} == {200, 400, 401, 403, 404}


@pytest.mark.slow
def test_every_fault_and_every_lawful_way_is_seen_by_who_asks(told):
    assert [name for name, found in told.items() if not found] == []


@pytest.mark.slow
def test_no_two_of_them_answer_the_same(told):
    names = list(told)
    same = [(a, b) for number, a in enumerate(names) for b in names[number + 1 :] if told[a] == told[b]]
    assert same == []


def test_there_are_faults_of_every_family_and_many_lawful_ways():
    assert len(FAULTS) == sum(map(len, FAMILIES.values())) >= 150
    assert all(len(faults) >= 3 for faults in FAMILIES.values())
    assert len(LAWFUL) >= 50
    assert all(each.__doc__ and not each.__doc__.endswith(".") for each in (*FAULTS.values(), *LAWFUL.values()))


# --- Through HTTP -------------------------------------------------------------------------------------


@pytest.fixture(params=[Handler, *HANDLERS.values()], ids=["plain", *HANDLERS])
def port(request):
    """The port of a server with another handler of HTTP."""
    options = argparse.Namespace(step=STEP, steady=True, cap=math.inf, quota=math.inf)
    bound = type("Bound", (request.param,), {"air": Air(options)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), bound)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield request.node.callspec.id, server.server_port
    server.shutdown()
    server.server_close()


def test_another_handler_differs_in_what_goes_over_the_wire(port):
    name, number = port
    assert (over_the_wire(number) == EXPECTED) is (name == "plain")


def over_the_wire(number):
    """What is seen of four requests on connections that are kept while the server keeps them."""
    connection = http.client.HTTPConnection("127.0.0.1", number, timeout=5)
    found = []
    for method, keys, body in [
        ("GET", ONE, None),
        ("GET", ("wrong", "wrong"), None),
        ("POST", ONE, "{"),
        ("TRACE", ONE, None),
    ]:
        headers = {"x-amz-access-key": keys[0], "x-amz-secret-key": keys[1], "Accept-Encoding": "gzip"}
        headers |= {"Content-Type": "application/json"} if body else {}
        for _ in range(11 if method == "GET" and keys == ONE else 1):
            try:
                connection.request(method, "/api/v1/jobs", body, headers)
                answer = connection.getresponse()
                told = {name.lower() for name, _ in answer.getheaders()} - {"date", "server"}
                found.append((answer.status, answer.version, sorted(told), answer.read()[:1], connection.sock is None))
            except (http.client.HTTPException, OSError):
                found.append("closed")
                connection.close()
    connection.close()
    return found


KINDS = ["content-length", "content-type"]
EXPECTED = [
    *[(200, 11, KINDS, b"{", False)] * 11,
    (401, 11, KINDS, b"{", False),
    (400, 11, KINDS, b"{", False),
    (405, 11, ["allow", "connection", *KINDS], b"<", True),
]
