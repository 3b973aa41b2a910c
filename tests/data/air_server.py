"""A small Wasabi AiR server, written from the published texts alone with nothing but the standard library.

It shares no code with the mock or the suite, and differs from the mock wherever the texts leave it
open: UUIDs as ids, an ARN as user, nine fraction digits, `Completed` absent until the end, members
that no text names, plain HTML for methods that nobody documents, `429` for one read in fifty.
`air_faults` and `air_lawful` have servers that differ from it.

    python tests/data/air_server.py PORT     prints the URL when it listens
"""

# ruff: noqa: ARG002 - a server that differs may need what this one does not

from __future__ import annotations

import argparse
import datetime
import json
import math
import re
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote

Query = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class User:
    """Who has keys."""

    name: str
    account: str
    may_submit: bool = True


USERS = {
    ("EXAMPLEACCESSKEY0001", "example-secret-of-account-one"): User("arn:aws:iam::100000000001:user/one", "one"),
    ("EXAMPLEACCESSKEY0002", "example-secret-of-account-two"): User("arn:aws:iam::100000000002:user/two", "two"),
    ("EXAMPLEACCESSKEY0003", "example-secret-of-viewer-one"): User("arn:aws:iam::100000000001:user/v", "one", False),
}
COURSE = ["submitted", "preflight", "in_progress", "completed"]
STATES = [*COURSE, "failed", "cancelled"]
FILTERS = {"status": "Status", "batch": "Batch", "name": "Name"}
CHOICES = {"status": STATES, "sortBy": ["Created"], "sortOrder": ["Asc", "Desc"]}
PATH = re.compile(r"/api/v1/jobs(?:/([^/]+)(?:/(status|errors|metadata))?)?")
NAME = re.compile(r"^.*\S.*$")
BUSY_READ = 50
REACH = 10_000
COUNTS = "/counts"
"""The path at which a test may ask how many requests came and how many jobs were accepted."""


@dataclass
class Job:
    """A job that was submitted."""

    id: str
    sent: dict
    user: User
    at: float


@dataclass(frozen=True)
class Request:
    """What was asked."""

    method: str
    path: str
    query: str
    headers: Message
    body: bytes

    @property
    def keys(self) -> tuple[str, str]:
        """The access key and the secret key; empty where there is none."""
        return self.headers.get("x-amz-access-key", ""), self.headers.get("x-amz-secret-key", "")

    @property
    def is_list(self) -> bool:
        return self.method == "GET" and self.path.endswith("/jobs")

    @property
    def view(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True)
class Answer:
    """What is answered."""

    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass
class Refused(Exception):  # noqa: N818 - what it answers, not what went wrong
    """An answer other than a success."""

    status: int
    code: str
    text: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> dict:
        """As the texts have it: a 404 has no `Error`."""
        return {"ErrorCode": self.code} | ({} if self.text is None else {"Error": self.text})


def bad(text: str) -> Refused:
    return Refused(400, "BAD_REQUEST", text)


def absent() -> Refused:
    return Refused(404, "NOT_FOUND")


def crash() -> Refused:
    """What a server answers that fails; this one never does."""
    return Refused(500, "INTERNAL_ERROR", "An unexpected error occurred while processing the job.")


def finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):  # JSON has no way to say it back
        raise ValueError(text)
    return number


class Air:
    """What the server holds, and what it answers; each method is one decision that another server may take."""

    def __init__(
        self,
        options: argparse.Namespace,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.options, self.clock, self.sleep = options, clock, sleep
        self.reads, self.lock = 0, threading.Lock()
        self.jobs: dict[str, Job] = {}
        self.requests = self.accepted = 0

    # --- Requests and answers

    def answer(self, request: Request) -> Answer:
        try:
            return self.success(request, self.result(request))
        except Refused as refused:
            return self.refusal(request, refused)

    def success(self, request: Request, body: Any) -> Answer:
        return self.json(200, body)

    def refusal(self, request: Request, refused: Refused) -> Answer:
        return self.json(refused.status, refused.body, refused.headers)

    def json(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> Answer:
        content = json.dumps(body).encode()
        return Answer(status, {"Content-Type": "application/json; charset=utf-8", **(headers or {})}, content)

    def result(self, request: Request) -> dict:
        user = self.user(request)
        if user is None:
            raise Refused(401, "UNAUTHORIZED", "Unauthorized")
        path = PATH.fullmatch(request.path)
        if path is None:
            raise absent()
        identity, view = path.groups()
        if request.method == "POST":
            if identity is not None:
                raise Refused(405, "METHOD_NOT_ALLOWED", headers={"Allow": "GET"})
            return self.submit(request, user)
        self.take_a_breath(request)
        if identity is None:
            return self.list(parse_qs(request.query, keep_blank_values=True), user)
        job = self.job(unquote(identity), user, view)
        return self.view(view, job, self.shown(job))

    def take_a_breath(self, request: Request) -> None:
        """Refuse a read now and then."""
        self.reads += 1
        if self.reads % BUSY_READ == 0 and not self.options.steady:
            raise Refused(429, "TOO_MANY_REQUESTS", "slow down")

    def user(self, request: Request) -> User | None:
        return USERS.get(request.keys)

    # --- Submissions

    def submit(self, request: Request, user: User) -> dict:
        if not self.may_submit(user):
            raise Refused(403, "FORBIDDEN", "AccessDenied")
        sent = self.read(request)
        self.check(sent)
        with self.lock:
            self.check_limits(user)
            job = self.accept(sent, user)
        return self.submitted(job)

    def may_submit(self, user: User) -> bool:
        return user.may_submit

    def read(self, request: Request) -> Any:
        if request.headers.get_content_type() != "application/json":
            raise bad("application/json is required")
        try:
            return json.loads(request.body.decode(), parse_float=finite, parse_constant=finite)
        except (ValueError, RecursionError):
            raise bad("not JSON") from None

    def check(self, sent: Any) -> None:
        if not isinstance(sent, dict):
            raise bad("an object is required")
        self.check_text(sent, "Name", required=True, most=256)
        self.check_name(sent["Name"])
        self.check_text(sent, "Batch", required=False, most=256)
        self.check_priority(sent.get("Priority", 5))
        self.check_services(sent.get("Services"))
        self.check_place(sent, "Source", ("Bucket", "ObjectKey"), ("Endpoint", "Region"))
        self.check_place(sent, "Destination", ("Bucket", "Region"), ())

    def check_text(self, holder: dict, name: str, *, required: bool, most: float = math.inf) -> None:
        if name not in holder:
            if required:
                raise bad(f"{name} is required")
            return
        if not isinstance(holder[name], str):
            raise bad(f"{name} must be a string")
        if self.length(holder[name]) > most:
            raise bad(f"{name} is too long")

    def length(self, text: str) -> int:
        return len(text)

    def check_name(self, name: str) -> None:
        if not NAME.search(name):
            raise bad("Name is blank")

    def check_priority(self, priority: Any) -> None:
        if type(priority) not in (int, float) or not 1 <= priority <= 10 or priority != int(priority):
            raise bad("Priority must be an integer from 1 to 10")

    def check_services(self, services: Any) -> None:
        if not isinstance(services, dict) or not services:
            raise bad("at least one service is required")

    def check_place(self, sent: dict, name: str, required: Sequence[str], optional: Sequence[str]) -> None:
        if not isinstance(sent.get(name), dict):
            raise bad(f"{name} must be an object")
        for member in (*required, *optional):
            self.check_text(sent[name], member, required=member in required)

    def check_limits(self, user: User) -> None:
        count = sum(job.user.account == user.account for job in self.jobs.values())
        if count >= self.options.quota:
            raise Refused(403, "QUOTA_REACHED", "Monthly quota reached")
        if count >= self.options.cap:
            raise self.capped()

    def capped(self) -> Refused:
        return Refused(429, "DAILY_CAP", "Daily Cap Exceeded")

    def accept(self, sent: dict, user: User) -> Job:
        job = Job(self.identity(), self.kept(sent), user, self.clock())
        self.jobs[job.id] = job
        self.accepted += 1
        return job

    def identity(self) -> str:
        return str(uuid.uuid4())

    def kept(self, sent: dict) -> dict:
        """What is held of a submission."""
        return sent

    def submitted(self, job: Job) -> dict:
        return {"Job": self.shown(job), "RequestId": str(uuid.uuid4())}

    # --- One job

    def job(self, identity: str, user: User, view: str | None) -> Job:
        """The job that is asked for, or the refusal of one that there is not for this user."""
        job = self.jobs.get(identity)
        if job is None or job.user.account != user.account:
            raise absent()
        return job

    def steps(self, job: Job) -> float:
        """How many steps the job's age is."""
        return (self.clock() - job.at) / max(self.options.step, 1e-9)

    def state(self, job: Job) -> str:
        return COURSE[min(int(self.steps(job)), len(COURSE) - 1)]

    def timestamp(self, seconds: float) -> str:
        moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{int(seconds % 1 * 1e9):09d}Z"

    def shown(self, job: Job) -> dict:
        state = self.state(job)
        view = {
            "Id": job.id,
            "Name": job.sent["Name"],
            "Source": job.sent["Source"] | {"Provider": "wasabi"},
            "Services": job.sent["Services"],
            "UserId": job.user.name,
            "Created": self.timestamp(job.at),
            "Priority": int(job.sent.get("Priority", 5)),
            "Status": state,
            "Destination": job.sent["Destination"],
            "Etag": "a member that no text names",
        }
        if "Batch" in job.sent:
            view["Batch"] = job.sent["Batch"]
        return view | self.ending(job, state)

    def ending(self, job: Job, state: str) -> dict:
        """What a job has at its end."""
        return {"Completed": self.timestamp(job.at + 3 * self.options.step)} if state == "completed" else {}

    def view(self, name: str | None, job: Job, whole: dict) -> dict:
        if name == "status":
            return self.status(job, whole)
        if name == "errors":
            return self.errors(job, whole)
        if name == "metadata":
            self.check_ended(job, whole)
            return self.metadata(job, whole)
        return whole

    def status(self, job: Job, whole: dict) -> dict:
        return {"Id": whole["Id"], "Status": whole["Status"], "ErrorCount": 0}

    def errors(self, job: Job, whole: dict) -> dict:
        return {"Id": whole["Id"], "Status": whole["Status"], "ErrorCount": 0, "ErrorCode": ""}

    def check_ended(self, job: Job, whole: dict) -> None:
        if whole["Status"] != "completed":
            raise absent()

    def metadata(self, job: Job, whole: dict) -> dict:
        place = f"s3://{whole['Destination']['Bucket']}/jobs/{job.id}/out.json"
        return {
            "Id": whole["Id"],
            "UserId": whole["UserId"],
            "Destination": whole["Destination"],
            "DestinationPath": place,
        }

    # --- Lists

    def list(self, query: Query, user: User) -> dict:
        page, size = self.number(query, "pageNumber", 1, 10**6), self.number(query, "pageSize", 100, 100)
        self.check_choices(query)
        found = [self.shown(job) for job in self.of(user, query)]
        found = self.ordered(self.matching(found, query), query)
        self.check_reach(page, size, found)
        records = [self.row(each) for each in self.cut(found, page, size)]
        return {"Records": records, "Pagination": self.pagination(found, page, size)}

    def number(self, query: Query, name: str, default: int, most: int) -> int:
        text = query.get(name, [str(default)])[0]
        if not re.fullmatch(r"[0-9]+", text) or not 1 <= int(text[:20]) <= most:
            raise bad(f"{name} is out of its bounds")
        return int(text[:20])

    def check_choices(self, query: Query) -> None:
        for name, allowed in CHOICES.items():
            if name in query and query[name][0] not in allowed:
                raise bad(f"{name} is not one of {allowed}")

    def check_reach(self, page: int, size: int, found: Sequence[dict]) -> None:
        if page * size > REACH:
            raise bad(
                f"The limit on the number of rows allowed to query is {REACH}! "
                "Please adjust pageNumber and/or pageSize."
            )

    def of(self, user: User, query: Query) -> list[Job]:
        """The jobs that a user's list is made of."""
        return [job for job in list(self.jobs.values()) if job.user.account == user.account]

    def matching(self, found: list[dict], query: Query) -> list[dict]:
        asked = [name for name in FILTERS if name in query]
        return [job for job in found if all(self.matches(name, job, query[name][0]) for name in asked)]

    def matches(self, name: str, job: dict, wanted: str) -> bool:
        return job.get(FILTERS[name]) == wanted

    def ordered(self, found: list[dict], query: Query) -> list[dict]:
        return sorted(found, key=self.rank, reverse=query.get("sortOrder", [""])[0] == "Desc")

    def rank(self, job: dict) -> Any:
        """What a list is ordered by."""
        return self.jobs[job["Id"]].at

    def cut(self, found: list[dict], page: int, size: int) -> list[dict]:
        return found[(page - 1) * size : page * size]

    def row(self, job: dict) -> dict:
        """What a list shows of a job."""
        return {name: value for name, value in job.items() if name != "Services"}

    def pagination(self, found: Sequence[dict], page: int, size: int) -> dict:
        return {"TotalRecords": len(found), "PageNumber": page, "PageSize": size}


class Handler(BaseHTTPRequestHandler):
    """HTTP around an `Air`."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body in one packet
    air: Air

    def handle_request(self) -> None:
        path, _, query = self.path.partition("?")
        if path == COUNTS:
            self.send(self.air.json(200, {"requests": self.air.requests, "resources": self.air.accepted}))
            return
        self.air.requests += 1
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send(self.air.answer(Request(self.command, path, query, self.headers, body)))

    do_GET = do_POST = handle_request  # noqa: N815

    def send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    def do_other(self) -> None:
        self.air.requests += 1
        self.close_connection = True  # the body, if there is one, is not read
        allowed = "GET, POST" if self.path.partition("?")[0].endswith("/jobs") else "GET"
        headers = {"Connection": "close", "Content-Type": "text/html", "Allow": allowed}
        self.send(Answer(405, headers, b"" if self.command == "HEAD" else b"<html>no</html>"))

    def __getattr__(self, name: str) -> Any:
        """Methods that no text has."""
        if name.startswith("do_"):
            return self.do_other
        raise AttributeError(name)

    def log_message(self, *_: object) -> None:
        pass


def flags() -> argparse.ArgumentParser:
    """The flags of every such server."""
    parser = argparse.ArgumentParser(description="Serve Wasabi AiR jobs, and print the URL when it listens.")
    parser.add_argument("port", type=int, help="0 for a free one")
    parser.add_argument("--step", type=float, default=0.15, metavar="SECONDS", help="a job is in each state")
    parser.add_argument("--steady", action="store_true", help="answer no read 429")
    parser.add_argument("--cap", type=float, default=math.inf, metavar="N", help="jobs of an account, then 429")
    parser.add_argument("--quota", type=float, default=math.inf, metavar="N", help="jobs of an account, then 403")
    return parser


def serve(air: Air, handler: type[Handler] = Handler) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", air.options.port), type("Bound", (handler,), {"air": air}))
    server.daemon_threads = True
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}/api/v1\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    serve(Air(flags().parse_args()))
