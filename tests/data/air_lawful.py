"""The independent server as other lawful servers are: each differs where the published texts leave it open.

    python -m tests.data.air_lawful PORT --lawful NAME     prints the URL when it listens

A class is a way to be lawful: its name is the way's, its docstring says what it does.
"""

# ruff: noqa: ARG002 - a decision may need less than it is given

from __future__ import annotations

import base64
import datetime
import gzip
import json
import random
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .air_server import USERS, Air, Answer, Handler, Job, Query, Refused, Request, User, bad, flags, serve
from .named import kebab

# --- Identities and owners ----------------------------------------------------------------------------


class UlidIdentities(Air):
    """identities are ULIDs: capitals and digits, in the order of time"""

    def identity(self) -> str:
        number, digits = int(self.clock() * 1000) << 80 | secrets.randbits(80), ""
        for _ in range(26):
            number, digit = divmod(number, 32)
            digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[digit] + digits
        return digits


class CountedIdentities(Air):
    """identities are numbers that count up, as strings"""

    def identity(self) -> str:
        return str(1001 + len(self.jobs))


class HashIdentities(Air):
    """identities are 64 hexadecimal digits"""

    def identity(self) -> str:
        return secrets.token_hex(32)


class PunctuatedIdentities(Air):
    """identities have capitals, dashes, underscores, dots and tildes"""

    def identity(self) -> str:
        return f"Job_{secrets.token_hex(4)}-A.b~{secrets.token_hex(2)}"


class EncodedIdentities(Air):
    """identities are base64: with plus, equals sign, and slash, which a path must encode"""

    def identity(self) -> str:
        return base64.b64encode(b"\xfb\xef" + secrets.token_bytes(8)).decode() + "+/="


class LongIdentities(Air):
    """identities have 200 characters"""

    def identity(self) -> str:
        return f"crn.v1.{secrets.token_hex(96)}x"


class IdentitiesInAnyCase(Air):
    """identities are UUIDs, and found in any case, as UUIDs are"""

    def job(self, identity: str, user: User, view: str | None) -> Job:
        return super().job(identity.lower(), user, view)


class NumberedOwners(Air):
    """UserId is a number, as a string"""

    def shown(self, job: Job) -> dict:
        return super().shown(job) | {"UserId": "10000" if job.user.account == "one" else "10001"}


# --- Times --------------------------------------------------------------------------------------------


class Timed(Air):
    """Writes times otherwise."""

    ahead = 0.0
    offset = "Z"
    zone = datetime.UTC
    digits = 6

    def timestamp(self, seconds: float) -> str:
        moment = datetime.datetime.fromtimestamp(seconds + self.ahead, self.zone)
        fraction = f".{moment.microsecond:06d}"[: self.digits + 1] if self.digits else ""
        return moment.strftime("%Y-%m-%dT%H:%M:%S") + fraction + self.offset


class WholeSeconds(Timed):
    """times have no fraction"""

    digits = 0


class WholeSecondsTiesTurned(WholeSeconds):
    """times have no fraction, and jobs of one second stand in the order of their identities"""

    def rank(self, job: dict) -> Any:
        return int(self.jobs[job["Id"]].at), job["Id"]


class Milliseconds(Timed):
    """times have three fraction digits"""

    digits = 3


class TrimmedFractions(Timed):
    """times have as many fraction digits as they need"""

    def timestamp(self, seconds: float) -> str:
        return super().timestamp(round(seconds, 2)).removesuffix("Z").rstrip("0").rstrip(".") + "Z"


class ZeroOffset(Timed):
    """times end with +00:00"""

    offset = "+00:00"


class OtherOffset(Timed):
    """times are those of a place with another offset"""

    zone = datetime.timezone(datetime.timedelta(hours=5, minutes=30))
    offset = "+05:30"


class ClockAhead(Timed):
    """its clock is ten minutes ahead"""

    ahead = 600.0


class ClockBehind(Timed):
    """its clock is ten minutes behind"""

    ahead = -600.0


# --- Members ------------------------------------------------------------------------------------------


class NullCompleted(Air):
    """Completed is null until the end"""

    def ending(self, job: Job, state: str) -> dict:
        return {"Completed": None} | super().ending(job, state)


class NoErrorCode(Air):
    """a job without errors has no ErrorCode, and its status no ErrorCount"""

    def errors(self, job: Job, whole: dict) -> dict:
        return {"Id": job.id, "Status": whole["Status"], "ErrorCount": 0}

    def status(self, job: Job, whole: dict) -> dict:
        return {"Id": job.id, "Status": whole["Status"]}


class FewMembers(Air):
    """lists and metadata have no member that no text requires"""

    def row(self, job: dict) -> dict:
        return {name: job[name] for name in ("Id", "Name", "Status", "Created")}

    def metadata(self, job: Job, whole: dict) -> dict:
        return {"Id": job.id, "DestinationPath": super().metadata(job, whole)["DestinationPath"]}


def more(value: Any) -> Any:
    """A JSON value with members that no text names in every object."""
    if isinstance(value, list):
        return [more(each) for each in value]
    if not isinstance(value, dict):
        return value
    added = {"x-trace": {"id": str(uuid.uuid4()), "took": 0.5}, "_links": [{"rel": "self", "n": None}]}
    return {**{name: more(each) for name, each in value.items()}, **added}


class UnknownMembers(Air):
    """objects have members that no text names, but for Services, which come back as they were sent"""

    def success(self, request: Request, body: Any) -> Answer:
        services = self.services(body)
        body = more(body)
        for job, own in zip(self.with_services(body), services, strict=True):
            job["Services"] = own
        return super().success(request, body)

    def with_services(self, body: dict) -> list[dict]:
        return [each for each in (body, body.get("Job", {})) if "Services" in each]

    def services(self, body: dict) -> list[dict]:
        return [each["Services"] for each in self.with_services(body)]

    def refusal(self, request: Request, refused: Refused) -> Answer:
        return self.json(refused.status, more(refused.body), refused.headers)


def shuffled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: shuffled(value[name]) for name in random.sample(list(value), len(value))}
    return [shuffled(each) for each in value] if isinstance(value, list) else value


class ShuffledMembers(Air):
    """members stand in another order in every answer"""

    def json(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> Answer:
        return super().json(status, shuffled(body), headers)


class PrettyJson(Air):
    """JSON is written over many lines, with characters beyond ASCII as they are"""

    def json(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> Answer:
        text = json.dumps(body, indent=4, ensure_ascii=False) + "\r\n"
        return replace(super().json(status, body, headers), content=text.encode(errors="replace"))


class DefaultsFilled(Air):
    """what was left out of a submission is an empty text, the priority 1"""

    def kept(self, sent: dict) -> dict:
        source = {"Endpoint": "s3.example.com", "Region": "elsewhere-1"} | sent["Source"]
        return {"Batch": "", "Priority": 1} | sent | {"Source": source}


class PriorityAbsent(Air):
    """a job without a Priority has none"""

    def shown(self, job: Job) -> dict:
        whole = super().shown(job)
        return whole if "Priority" in job.sent else {name: each for name, each in whole.items() if name != "Priority"}


# --- Refusals -----------------------------------------------------------------------------------------


class GermanErrors(Air):
    """error texts are in another language, and their codes are other ones"""

    def refusal(self, request: Request, refused: Refused) -> Answer:
        body = {"Error": f"Ungültige Anfrage – Fehler №{refused.status} ☹", "ErrorCode": f"E{refused.status}"}
        return self.json(refused.status, body, refused.headers)


class LongErrors(Air):
    """error texts have 8,000 characters and quote the path"""

    def refusal(self, request: Request, refused: Refused) -> Answer:
        return super().refusal(request, replace(refused, text=f"{request.path}: " + "no, since " * 800))


class MoreInErrors(Air):
    """errors have a code of their own, details and a request id in each answer"""

    def refusal(self, request: Request, refused: Refused) -> Answer:
        details = [{"field": "Name", "reason": "unknown"}] if refused.status == 400 else []
        body = refused.body | {"RequestId": str(uuid.uuid4()), "Time": self.clock(), "Details": details}
        return self.json(refused.status, body, refused.headers)


class EmptyErrors(Air):
    """errors are empty objects: no text requires a member"""

    def refusal(self, request: Request, refused: Refused) -> Answer:
        return self.json(refused.status, {}, refused.headers)


class StrictQueries(Air):
    """query parameters that no text names, and ones that are given twice, are refused"""

    def check_choices(self, query: Query) -> None:
        known = ("pageNumber", "pageSize", "batch", "status", "name", "sortBy", "sortOrder")
        if any(name not in known or len(values) > 1 for name, values in query.items()):
            raise bad("unknown or repeated parameter")
        super().check_choices(query)


class SmallBodies(Air):
    """a body of more than 8 KiB is refused"""

    def read(self, request: Request) -> Any:
        if len(request.body) > 8192:
            raise bad("too large")
        return super().read(request)


class StrictBatches(Air):
    """a batch that is empty or has characters that URLs encode is refused"""

    def check(self, sent: Any) -> None:
        super().check(sent)
        batch = sent.get("Batch", "a")
        if not batch or not all(each.isascii() and (each.isalnum() or each in "-._~") for each in batch):
            raise bad("Batch has characters that are not allowed")


class HtmlForUnknownPaths(Air):
    """paths that no text has are answered 404 in HTML, before the keys are looked at"""

    def answer(self, request: Request) -> Answer:
        parts = request.path.removeprefix("/api/v1/").split("/")
        if (
            parts[0] != "jobs"
            or len(parts) > 3
            or (len(parts) == 3 and parts[2] not in ("status", "errors", "metadata"))
        ):
            return Answer(404, {"Content-Type": "text/html"}, b"<!doctype html><h1>Not Found</h1>")
        return super().answer(request)


class BearerHint(Air):
    """a 401 has WWW-Authenticate, and comes a moment later than other answers"""

    def refusal(self, request: Request, refused: Refused) -> Answer:
        if refused.status != 401:
            return super().refusal(request, refused)
        self.sleep(0.05)
        return super().refusal(request, replace(refused, headers={"WWW-Authenticate": 'Keys realm="air"'}))


class LocksOut(Air):
    """after forty refusals for keys, everything is answered 429 for a second"""

    refusals, until = 0, 0.0

    def user(self, request: Request) -> User | None:
        if self.clock() < self.until:
            raise Refused(429, "LOCKED", "too many attempts", {"Retry-After": "1"})
        user = super().user(request)
        self.refusals += user is None
        if user is None and self.refusals % 40 == 0:
            self.until = self.clock() + 1
        return user


# --- Busy and slow ------------------------------------------------------------------------------------


class BusyNowAndThen(Air):
    """one read in 25 is answered 429 with a Retry-After of a second"""

    def take_a_breath(self, request: Request) -> None:
        self.reads += 1
        if self.reads % 25 == 0:
            raise Refused(429, "SLOW_DOWN", "slow down", {"Retry-After": "1"})


class UnavailableNowAndThen(Air):
    """one read in 40 is answered 503 in HTML with Retry-After"""

    def answer(self, request: Request) -> Answer:
        self.reads += request.method == "GET"
        if request.method == "GET" and self.reads % 40 == 0:
            return Answer(503, {"Content-Type": "text/html", "Retry-After": "1"}, b"<h1>Service Unavailable</h1>")
        return super().answer(request)

    def take_a_breath(self, request: Request) -> None:
        pass


class Slow(Air):
    """every answer takes 30 to 60 milliseconds"""

    def answer(self, request: Request) -> Answer:
        self.sleep(random.uniform(0.03, 0.06))
        return super().answer(request)


class DoneAtOnce(Air):
    """a job is completed by the time that it is looked at"""

    def steps(self, job: Job) -> float:
        return 3 + super().steps(job)

    def submitted(self, job: Job) -> dict:
        answer = super().submitted(job)
        first = {name: value for name, value in answer["Job"].items() if name != "Completed"} | {"Status": "submitted"}
        return answer | {"Job": first}

    def ending(self, job: Job, state: str) -> dict:
        return {"Completed": self.timestamp(job.at)} if state == "completed" else {}


class UnevenSteps(Air):
    """some jobs are done in no time, and some take four times as long as others"""

    def steps(self, job: Job) -> float:
        return super().steps(job) * (0.25, 1.0, 20.0)[int(job.at * 1e6) % 3]

    def ending(self, job: Job, state: str) -> dict:
        pace = (0.25, 1.0, 20.0)[int(job.at * 1e6) % 3]
        return {"Completed": self.timestamp(job.at + 3 * self.options.step / pace)} if state == "completed" else {}


class SomeFail(Air):
    """every other job fails while it is in progress, with two errors, and has a time of its end"""

    def fails(self, job: Job) -> bool:
        return int(job.at * 1e6) % 2 == 1

    def state(self, job: Job) -> str:
        return "failed" if self.fails(job) and self.steps(job) > 2.5 else super().state(job)

    def ending(self, job: Job, state: str) -> dict:
        if state == "failed":
            return {"Completed": self.timestamp(job.at + 2.5 * self.options.step)}
        return super().ending(job, state)

    def status(self, job: Job, whole: dict) -> dict:
        return super().status(job, whole) | {"ErrorCount": 2 * (whole["Status"] == "failed")}

    def errors(self, job: Job, whole: dict) -> dict:
        found = {"ErrorCount": 2, "ErrorCode": "MEDIA_UNREADABLE"} if whole["Status"] == "failed" else {}
        return super().errors(job, whole) | found


class AllCancelled(Air):
    """an operator cancels every job in preflight"""

    def state(self, job: Job) -> str:
        return "cancelled" if self.steps(job) > 1.5 else super().state(job)


# --- Lists --------------------------------------------------------------------------------------------


class PartialFilters(Air):
    """batch and name are found by any part of them"""

    def matches(self, name: str, job: dict, wanted: str) -> bool:
        return super().matches(name, job, wanted) or (name != "status" and wanted in job.get(name.capitalize(), ""))


class FoldedFilters(Air):
    """batch and name are found in any case"""

    def matches(self, name: str, job: dict, wanted: str) -> bool:
        if name == "status" or name.capitalize() not in job:
            return super().matches(name, job, wanted)
        return job[name.capitalize()].casefold() == wanted.casefold()


class BeginningFilters(Air):
    """batch and name are found by how they begin, in any case, and an empty one finds all"""

    def matches(self, name: str, job: dict, wanted: str) -> bool:
        if name == "status":
            return super().matches(name, job, wanted)
        return job.get(name.capitalize(), "").lower().startswith(wanted.lower())


class UnaskedNewestFirst(Air):
    """a list that is not sorted by anything begins with the newest, whatever the direction"""

    def ordered(self, found: list[dict], query: Query) -> list[dict]:
        return super().ordered(found, query if "sortBy" in query else {"sortOrder": ["Desc"]})


class UnaskedByIdentity(Air):
    """a list that is not sorted by anything goes by identity"""

    def ordered(self, found: list[dict], query: Query) -> list[dict]:
        return super().ordered(found, query) if "sortBy" in query else sorted(found, key=lambda job: job["Id"])


class SizeOf25(Air):
    """a page has 25 jobs where no size is asked for"""

    def number(self, query: Query, name: str, default: int, most: int) -> int:
        return super().number(query, name, 25 if name == "pageSize" else default, most)


class ShortReach(Air):
    """rows beyond the 300th cannot be asked for"""

    def check_reach(self, page: int, size: int, found: Sequence[dict]) -> None:
        if page * size > 300:
            raise bad(
                "The limit on the number of rows allowed to query is 300! Please adjust pageNumber and/or pageSize."
            )


class BeyondTheEndRefused(Air):
    """a page beyond the end is refused"""

    def check_reach(self, page: int, size: int, found: Sequence[dict]) -> None:
        if page > 1 and (page - 1) * size >= len(found):
            raise bad("there is no such page")


class BeyondTheEndIsLast(Air):
    """beyond the end the last page is answered, and its number echoed"""

    def cut(self, found: list[dict], page: int, size: int) -> list[dict]:
        return super().cut(found, self.last(found, page, size), size)

    def pagination(self, found: Sequence[dict], page: int, size: int) -> dict:
        return super().pagination(found, self.last(found, page, size), size)

    def last(self, found: Sequence[dict], page: int, size: int) -> int:
        return min(page, max(1, -(-len(found) // size)))


class OwnOnly(Air):
    """a user sees only what they submitted, not what others of the account did"""

    def of(self, user: User, query: Query) -> list[Job]:
        return [job for job in super().of(user, query) if job.user == user]

    def job(self, identity: str, user: User, view: str | None) -> Job:
        job = super().job(identity, user, view)
        return job if job.user == user else super().job("", user, view)


NAMES = (
    "Ünïcödé ☃ 😀",
    "مرحبا بالعالم",
    "a, b; c: \"d\" 'e' <f> & g",
    "100 %25 %s %d {} ${x}",
    "x" * 256,
    " blanks around ",
    "Robert'); DROP TABLE jobs;--",
    "null",
    "0",
    "tab\tand e\u0301 combined",
    "back\\slash/and+plus?q=1#f",
    "of somebody",
)


class Filled(Air):
    """the account has 250 jobs of odd names, in all states, many of one second"""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.past: dict[str, str] = {}
        start = int(self.clock()) - 90_000
        for number in range(250):
            self.fill(number, start + number // 5 * 60)
        self.accepted = 0

    def fill(self, number: int, at: int) -> None:
        sent = {
            "Name": NAMES[number % len(NAMES)],
            "Services": {"ocr": "", "logo": {"config": {"limit": 0.85}}},
            "Source": {"Bucket": "media", "ObjectKey": f"odd key {number}/ü.mp4"},
            "Destination": {"Bucket": "results", "Region": "here-1"},
        }
        sent |= {"Batch": f"b {number % 7}"} if number % 3 else {}
        sent |= {"Priority": number % 10 + 1} if number % 2 else {}
        user = next(each for each in USERS.values() if each.account == "one" and each.may_submit)
        job = self.accept(sent, user)
        job.at = at
        self.past[job.id] = ("failed", "cancelled", "in_progress", "completed")[min(number % 9, 3)]

    def state(self, job: Job) -> str:
        return self.past.get(job.id) or super().state(job)


# --- HTTP ---------------------------------------------------------------------------------------------


class PlainJsonType(Air):
    """the media type is written without a charset, or with one in capitals"""

    def json(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> Answer:
        kind = "application/json" if status < 400 else 'Application/JSON;charset="UTF-8"'
        answer = super().json(status, body, headers)
        return replace(answer, headers={**answer.headers, "Content-Type": kind})


class ManyHeaders(Air):
    """answers have an ETag, caching, cookies, and headers that nobody knows, all in lower case"""

    def json(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> Answer:
        answer = super().json(status, body, headers)
        added = {
            "etag": f'W/"{uuid.uuid4()}"',
            "cache-control": "private, max-age=0, must-revalidate",
            "vary": "accept-encoding, x-amz-access-key",
            "set-cookie": f"session={secrets.token_hex(8)}; Path=/; HttpOnly",
            "strict-transport-security": "max-age=31536000",
            "x-request-id": str(uuid.uuid4()),
            "x-ratelimit-limit": "1000",
            "x-ratelimit-remaining": "999",
            "server": "envoy",
        }
        return replace(answer, headers={name.lower(): value for name, value in answer.headers.items()} | added)


class Gzip(Handler):
    """bodies are compressed where the client takes that"""

    def send(self, answer: Answer) -> None:
        if "gzip" in self.headers.get("Accept-Encoding", "") and answer.content:
            headers = {**answer.headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
            answer = replace(answer, content=gzip.compress(answer.content), headers=headers)
        super().send(answer)


class Chunked(Handler):
    """bodies come in chunks of seven bytes, without a length"""

    def send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for start in range(0, len(answer.content), 7):
            chunk = answer.content[start : start + 7]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        self.wfile.write(b"0\r\n\r\n")


class ClosesEach(Handler):
    """every answer closes the connection, and says so"""

    def send(self, answer: Answer) -> None:
        super().send(replace(answer, headers={**answer.headers, "Connection": "close"}))
        self.close_connection = True


class ClosesAfterTen(Handler):
    """a connection is closed after ten answers, and the tenth says so"""

    count = 0

    def send(self, answer: Answer) -> None:
        self.count += 1
        last = self.count % 10 == 0
        super().send(replace(answer, headers={**answer.headers, **({"Connection": "close"} if last else {})}))
        self.close_connection = self.close_connection or last


class Http10(Handler):
    """it speaks HTTP/1.0: no length, the end of the connection ends the body"""

    protocol_version = "HTTP/1.0"

    def send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.content)
        self.close_connection = True


class UnknownMethodsInJson(Handler):
    """methods that no text has are answered 404 in JSON, OPTIONS 204 and HEAD as GET without a body"""

    def do_other(self) -> None:
        self.close_connection = True
        self.send(self.air.json(404, {"ErrorCode": "NO_ROUTE"}, {"Connection": "close"}))

    def do_OPTIONS(self) -> None:  # noqa: N802
        self.send_response(204)
        self.send_header("Allow", "GET, POST, OPTIONS")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()

    def do_HEAD(self) -> None:  # noqa: N802
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()


WAYS = (
    UlidIdentities, CountedIdentities, HashIdentities, PunctuatedIdentities, EncodedIdentities, LongIdentities,
    IdentitiesInAnyCase, NumberedOwners, WholeSeconds, WholeSecondsTiesTurned, Milliseconds, TrimmedFractions,
    ZeroOffset, OtherOffset, ClockAhead, ClockBehind, NullCompleted, NoErrorCode, FewMembers, UnknownMembers,
    ShuffledMembers, PrettyJson, DefaultsFilled, PriorityAbsent, GermanErrors, LongErrors, MoreInErrors, EmptyErrors,
    StrictQueries, SmallBodies, StrictBatches, HtmlForUnknownPaths, BearerHint, LocksOut, BusyNowAndThen,
    UnavailableNowAndThen, Slow, DoneAtOnce, UnevenSteps, SomeFail, AllCancelled, PartialFilters, FoldedFilters,
    BeginningFilters, UnaskedNewestFirst, UnaskedByIdentity, SizeOf25, ShortReach, BeyondTheEndRefused,
    BeyondTheEndIsLast, OwnOnly, Filled, PlainJsonType, ManyHeaders, Gzip, Chunked, ClosesEach, ClosesAfterTen, Http10,
    UnknownMethodsInJson,
)  # fmt: skip

LAWFUL = {kebab(each): each for each in WAYS}
"""All ways to be lawful by name."""


if __name__ == "__main__":
    parser = flags()
    parser.add_argument("--lawful", required=True, choices=LAWFUL, metavar="NAME", help=", ".join(LAWFUL))
    given = parser.parse_args()
    way = LAWFUL[given.lawful]
    serve(*(Air(given), way) if issubclass(way, Handler) else (way(given), Handler))
