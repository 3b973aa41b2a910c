"""No server can hang, crash, mislead or rob the contract verb: real processes, real sockets."""

from __future__ import annotations

import base64
import gzip
import json
import math
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from .hostile import (
    Behaviour,
    always,
    answer,
    drips,
    drops,
    each,
    endless,
    field_of,
    hangs,
    hostile,
    job,
    once,
    page,
)
from .processes import GIVEN, surroundings, verb

SECRETS = {
    "WASABI_ACCESS_KEY": "AKIA/first+key00",
    "WASABI_SECRET_KEY": "s3cr3t/first+value=",
    "WASABI_OTHER_ACCESS_KEY": "AKIA-second-key0",
    "WASABI_OTHER_SECRET_KEY": "s3cr3t-second-value",
}
KEYS = ("x-amz-access-key", "x-amz-secret-key")
SOUND = answer(page(job()))

MARGIN = 10.0
"""Seconds for starting a process, and for judging and writing a report, on a machine that does other things too."""
MEGABYTES = 400
"""What a run may need of memory where each answer is too large to be kept."""

_MEASURED = (
    "import resource, subprocess, sys; code = subprocess.call(sys.argv[1:]); "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr); sys.exit(code)"
)


@dataclass(frozen=True)
class Outcome:
    """What a run of the verb came to."""

    code: int
    told: str
    """What it printed."""
    report: dict
    """`verdict.json`."""
    folder: Path
    seconds: float
    megabytes: float

    @property
    def broken(self) -> set[str]:
        return {finding["promise"] for finding in self.report.get("findings", ())}


def judged(url: str, folder: Path, *words: str, seconds: float = 4, **env: str) -> Outcome:
    """Run the verb on a URL, without a look at how it ends."""
    words = ("contract", "--url", url, "--report", str(folder), "--max-seconds", str(seconds), *words)
    started = time.monotonic()
    done = verb(*words, env=surroundings(**SECRETS, **GIVEN, **env), before=(sys.executable, "-c", _MEASURED))
    took = time.monotonic() - started
    *lines, size = done.stderr.splitlines()
    report = json.loads((folder / "verdict.json").read_text())
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Outcome(done.returncode, "\n".join((*lines, done.stdout)), report, folder, took, int(size) / unit)


def assert_orderly(outcome: Outcome, *, seconds: float = 4, megabytes: float = MEGABYTES) -> None:
    """The run ended in time and in words, its report is whole, and neither holds a secret or an escape."""
    last = outcome.told.splitlines()[-1]
    assert f"(exit code {outcome.code})" in last, outcome.told
    assert outcome.report["exit_code"] == outcome.code
    assert "Traceback" not in outcome.told
    assert "fault of ours" not in outcome.told
    assert outcome.seconds < seconds + MARGIN
    assert outcome.megabytes < megabytes
    assert not set(outcome.told) & {"\x1b", "\x07", "\x00", "\r"}
    texts = [outcome.told, *(path.read_text() for path in outcome.folder.rglob("*") if path.is_file())]
    for value in SECRETS.values():
        for form in (value, quote(value, safe=""), base64.b64encode(value.encode()).decode().rstrip("=")):
            assert not any(form in text for text in texts), form


# --- No answer of use: 2 ----------------------------------------------------------------------

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_CHUNKED = _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def _redirects(where: str, body: bytes = b"", status: str = "302 Found") -> Behaviour:
    return always(answer(body, status=status, headers={"Location": where}))


def _loops(head: str, number: int) -> bytes:
    return answer(status="307 Temporary Redirect", headers={"Location": head.split()[1]})


UNUSABLE: dict[str, Behaviour] = {
    "accepts and never answers": lambda peer: peer.until_gone(),
    "reads a request and never answers": hangs(),
    "sends headers and hangs": hangs(_HEAD + b"Content-Length: 9\r\n\r\n"),
    "hangs in the middle of the headers": hangs(_HEAD),
    "drips its headers": drips(SOUND, pause=0.4),
    "drips its body": endless(_HEAD + b"Content-Length: 99999\r\n\r\n", b" ", pause=0.2),
    "drips chunks": endless(_CHUNKED, b"1\r\n \r\n", pause=0.2),
    "drops the connection at once": lambda _: None,
    "drops the connection after a request": once(),
    "drops the connection in the status line": once(b"HTTP/1.1 2"),
    "drops the connection in the body": once(_HEAD + b"Content-Length: 99\r\n\r\n{}"),
    "drops the connection in a chunk": once(_CHUNKED + b"99\r\n{}"),
    "redirects in a loop": each(_loops),
    "redirects to a file": _redirects("file:///etc/passwd"),
    "redirects to what is no URL": _redirects("http://[::1"),
    "redirects with a body without end": endless(
        b"HTTP/1.1 301 Moved\r\nLocation: /\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"10000\r\n" + b" " * 65536 + b"\r\n",
    ),
    "says a length that is too long": once(answer(headers={"Content-Length": "100"})),
    "says two lengths": always(_HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
    "says an enormous length": once(_HEAD + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n{}"),
    "has no status line": once(b"{}\r\n\r\n"),
    "sends garbage": once(bytes(range(256)) * 40),
    "speaks HTTP/0.9": once(b"<html></html>"),
    "speaks HTTP/9.9": once(b"HTTP/9.9 200 OK\r\n\r\n{}"),
    "has the status 99999": once(b"HTTP/1.1 99999 OK\r\n\r\n{}"),
    "has the status -200": once(b"HTTP/1.1 -200 OK\r\n\r\n{}"),
    "has a header of 1 MB": once(_HEAD + b"X-Long: " + b"x" * (1 << 20) + b"\r\n\r\n{}"),
    "has 10,000 headers": once(_HEAD + b"X-Many: x\r\n" * 10_000 + b"\r\n{}"),
    "has headers without end": endless(_HEAD, b"X-Many: " + b"x" * 900 + b"\r\n"),
    "has a status line without end": endless(b"HTTP/1.1 200 ", b"O" * 9999),
    "continues without end": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "hints without end": endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n", pause=0.01),
    "has a chunk size that is no number": once(_CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n"),
    "has a chunk of a negative size": once(_CHUNKED + b"-2\r\n{}\r\n0\r\n\r\n"),
    "has a chunk size without end": endless(_CHUNKED, b"1" * 9999),
    "has trailers without end": endless(_CHUNKED + b"2\r\n{}\r\n0\r\n", b"X-Many: x\r\n" * 90),
    "has chunks of nothing but extensions": endless(_CHUNKED, b"1;" + b"x" * 8000 + b"\r\n \r\n"),
    "says gzip and is not": always(answer(headers={"Content-Encoding": "gzip"})),
    "says gzip a hundred times": always(
        answer(gzip.compress(b"{}"), headers={"Content-Encoding": "gzip, " * 99 + "gzip"})
    ),
    "answers everything with HTML": always(answer("<html>", headers={"Content-Type": "text/html"})),
    "answers everything 401": always(answer(status="401 Unauthorized")),
    "answers everything 404": always(answer(status="404 Not Found")),
    "answers everything 407": always(answer(status="407 Proxy Authentication Required")),
    "speaks TLS where HTTP is asked for": hangs(b"\x15\x03\x01\x00\x02\x02\x16"),
}
"""What a server does to every request, so that a run cannot begin."""


@pytest.mark.slow
@pytest.mark.parametrize("behave", UNUSABLE.values(), ids=UNUSABLE)
def test_a_run_on_what_gives_no_answer_of_use_ends_at_once_with_2(behave, tmp_path):
    with hostile(behave) as server:
        outcome = judged(server.url, tmp_path, "--timeout", "1")
    assert_orderly(outcome)
    assert outcome.code == 2, outcome.told
    assert outcome.report["reasons"]
    assert len(server.heads) <= 2


@pytest.mark.slow
@pytest.mark.parametrize("where", ["{}/jobs", "//{}/jobs", "/jobs?{}"], ids=["another host", "no scheme", "keys in it"])
def test_a_redirect_is_never_followed_and_no_key_goes_there(where, tmp_path):
    with hostile(always(SOUND)) as elsewhere:
        told = f"{SECRETS['WASABI_SECRET_KEY']}@" if "keys" in where else ""
        place = elsewhere.url if where.startswith("{") else urlsplit(elsewhere.url).netloc
        with hostile(_redirects(where.format(told + place))) as server:
            outcome = judged(server.url, tmp_path)
    assert_orderly(outcome)
    assert outcome.code == 2
    assert elsewhere.connections == 0
    assert len(server.heads) == 1


@pytest.mark.slow
def test_plain_http_where_tls_is_asked_for_is_told(tmp_path):
    with hostile(lambda peer: peer.stream.sendall(SOUND)) as server:
        outcome = judged(server.url.replace("http://", "https://"), tmp_path)
    assert_orderly(outcome)
    assert outcome.code == 2
    assert "http://" in outcome.told


# --- Answers, but wrong or useless ones: 1 or 3 -----------------------------------------------


@dataclass(frozen=True)
class Case:
    """A server that answers, and what a run on it comes to."""

    behave: Behaviour
    codes: Sequence[int]
    broken: frozenset[str] = frozenset()
    """Promises that are found broken, at least."""
    seconds: float = 20
    """What the run may last; a server that is done with earlier ends it earlier."""
    megabytes: float = MEGABYTES
    """What it may need of memory."""


def _case(behave: Behaviour, *codes: int, broken: str = "", **more: float) -> Case:
    return Case(behave, codes or (1,), frozenset(broken.split()), **more)


def _echoes(head: str, _number: int) -> bytes:
    keys = [field_of(head, name) for name in KEYS]
    coded = [base64.b64encode(key.encode()).decode() for key in keys] + [quote(key, safe="") for key in keys]
    told = json.dumps({"Error": " ".join((*keys, *coded)), "ErrorCode": head})
    headers = {"X-Echo": keys[1], "Link": f"<http://127.0.0.1/{quote(keys[1], safe='')}>", "Set-Cookie": f"k={keys[0]}"}
    return answer(told, headers=headers)


def _turns(_head: str, number: int) -> bytes:
    return SOUND if number < 4 else answer("{}", status="500 Internal Server Error")


def _never_empty(head: str, number: int) -> bytes:
    return answer(page(*(job(str(number * 100 + n)) for n in range(100)), total=10**30, number=number))


_GIGABYTE = 1 << 30
_MEMBERS = gzip.compress(b" " * (1 << 20)) * (1 << 10)  # members one after the other: 1 GB of blanks in 1 MB
_ESCAPES = "\x1b[31mred\x1b[0m\x1b]0;title\x07\r::error::gotcha\n<script>alert(1)</script>\u202e\x00"
_COOKIES = _HEAD + b"Set-Cookie: a=1; Path=/\r\n" * 40 + b"Content-Length: %d\r\n\r\n" % len(page()) + page().encode()
_BUSY = "429 Too Many Requests"

ANSWERING: dict[str, Case] = {
    "1 GB": _case(endless(_HEAD + b"Content-Length: %d\r\n\r\n" % _GIGABYTE, b" " * 65536), 1, 3),
    "1 GB in gzip": _case(always(answer(_MEMBERS, headers={"Content-Encoding": "gzip"})), 1, 3),
    "chunks without end": _case(endless(_CHUNKED, b"10000\r\n" + b" " * 65536 + b"\r\n"), 1, 3),
    "just below what is read": _case(always(answer(b" " * (1 << 20))), 1, broken="body-fits-schema", megabytes=700),
    "drops every other request": _case(drops(lambda n: n % 2 == 1, SOUND), 1, broken="answered"),
    "drops every third body": _case(drops(lambda n: n % 3 == 0, SOUND, after=SOUND[:-9]), 1, broken="answered"),
    "says a length that is too short": _case(always(answer(page(job()), headers={"Content-Length": "9"})), 1),
    "says a negative length": _case(once(answer(headers={"Content-Length": "-9"})), 1),
    "says a length that is no number": _case(once(answer(headers={"Content-Length": "many"})), 1),
    "drops the connection in the headers": _case(once(_HEAD), 1, broken="body-fits-schema"),
    "switches protocols": _case(always(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n")),
    "has the status 999": _case(always(answer(status="999 Odd")), 1, broken="no-server-error"),
    "has NUL in its headers": _case(always(answer(headers={"X-Nul": "a\0b", "Content-Type": "application/js\0on"}))),
    "is no UTF-8": _case(always(answer(b'{"Records": "\xff\xfe\x80"}')), 1, broken="body-fits-schema"),
    "nests 100,000 arrays": _case(always(answer("[" * 100_000 + "]" * 100_000)), 1, broken="body-fits-schema"),
    "nests 900 arrays": _case(always(answer(page(job(Services="§")).replace('"§"', "[" * 900 + "]" * 900))), 0, 1, 3),
    "has no number where one is": _case(always(answer(page(job(Priority=math.nan)))), 1, broken="body-fits-schema"),
    "has a number of a million digits": _case(always(answer(page(total="§").replace('"§"', "9" * 1_000_000)))),
    "says everything twice": _case(always(answer('{"Records": 1, ' * 99 + '"Records": []' + "}" * 99))),
    "says brotli": _case(always(answer(b"\x0b\x01\x80{}\x03", headers={"Content-Encoding": "br"}))),
    "sets 40 cookies": _case(always(_COOKIES)),
    "tells the keys": _case(each(_echoes), 1, broken="no-secret-told"),
    "writes at the terminal": _case(always(answer(page(job(_ESCAPES, Name=_ESCAPES, Status=_ESCAPES)))), 1),
    "is always busy, for years": _case(always(answer(status=_BUSY, headers={"Retry-After": "99999999"})), 3, seconds=4),
    "is always busy, for a while": _case(always(answer(status=_BUSY, headers={"Retry-After": "1"})), 3, seconds=4),
    "is always out of service": _case(always(answer(status="503 Service Unavailable")), 3, seconds=4),
    "changes its mind": _case(each(_turns), 1, broken="no-server-error"),
    "pages without end": _case(each(_never_empty), 1),
    "is null": _case(always(answer("null")), 1, broken="body-fits-schema"),
    "has identities that are none": _case(always(answer(page(*map(job, (None, 7, [], {}, True, ""))))), 1),
    "has a clock far off": _case(
        always(answer(page(job(Created="9999-12-31T23:59:60Z")), headers={"Date": "Thu, 01 Jan 1970 00:00:00 GMT"})),
        *(1, 3),
    ),
    "answers what it likes in time": _case(drips(answer(page()), pause=0.003), 1, 3, seconds=4),
}
"""What a server does to every request, which a run has to make something of."""


@pytest.mark.slow
@pytest.mark.parametrize("case", ANSWERING.values(), ids=ANSWERING)
def test_a_run_on_what_answers_wrongly_ends_in_time_with_a_verdict(case, tmp_path):
    with hostile(case.behave) as server:
        outcome = judged(server.url, tmp_path, "--only", "listJobs", seconds=case.seconds)
    assert_orderly(outcome, seconds=case.seconds, megabytes=case.megabytes)
    assert outcome.code in case.codes, outcome.told
    assert outcome.broken >= case.broken
    assert len(server.heads) == outcome.report["requests"]["sent"]
    assert not any(field_of(head, "cookie") for head in server.heads)


@pytest.mark.slow
def test_an_interim_answer_is_passed_over(tmp_path):
    """RFC 9110, section 15.2: a client takes any number of them before the final answer, though it asked for none."""
    hint = b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"
    with hostile(always(hint, answer(status="401 Unauthorized"))) as server:
        outcome = judged(server.url, tmp_path)
    assert "answers 401" in outcome.told


IDENTITIES = (
    *("../../../admin", "/etc/passwd", "http://127.0.0.1:9/x", "//127.0.0.1:9/x", "a?b=c#d", "..", ".", "\r\nX: y"),
    *("%2e%2e%2fadmin", "%0d%0aX: y", "\ud800", "\0", " ", "a" * 99_999),
)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["read-only", "frugal"])
def test_an_identity_leads_nowhere_but_below_the_target(mode, tmp_path):
    def answers(head: str, number: int) -> bytes:
        if head.startswith("GET"):
            return answer(page(*map(job, IDENTITIES)))
        return answer(json.dumps({"Id": IDENTITIES[number % len(IDENTITIES)], "Status": "submitted"}))

    with hostile(each(answers)) as server:
        outcome = judged(server.url, tmp_path, "--mode", mode, seconds=20)
    assert_orderly(outcome, seconds=20, megabytes=700)
    assert outcome.code == 1, outcome.told
    targets = [head.split()[1] for head in server.heads]
    assert [target for target in targets if not target.startswith("/api/v1/") or "/../" in target] == []
    assert any(target.startswith("/api/v1/jobs/..%2F") for target in targets)
    assert not any(field_of(head, "x") for head in server.heads)


@pytest.mark.slow
def test_answers_that_drip_within_their_time_do_not_hold_a_run_longer_than_it_may_last(tmp_path):
    with hostile(drips(answer(page(job())), pause=0.002)) as server:
        outcome = judged(server.url, tmp_path, seconds=3)
    assert_orderly(outcome, seconds=3)
    assert outcome.code in (1, 3)
    assert any("seconds of the run are over" in note for note in outcome.report["notes"])


@pytest.mark.slow
def test_a_busy_server_is_left_alone_after_twenty_answers(tmp_path):
    with hostile(always(answer(status=_BUSY))) as server:
        outcome = judged(server.url, tmp_path, seconds=30)
    assert_orderly(outcome, seconds=30)
    assert (outcome.code, len(server.heads)) == (3, 20)


@pytest.mark.slow
def test_a_server_at_an_ipv6_address_is_reached(tmp_path):
    with hostile(always(answer(status="401 Unauthorized")), host="::1") as server:
        outcome = judged(server.url, tmp_path)
    assert "answers 401" in outcome.told
