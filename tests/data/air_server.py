"""A small Wasabi AiR server, written from the published texts alone with nothing but the standard library.

It shares no code with the mock or the suite, and differs from the mock wherever the texts leave it
open: UUIDs as ids, an ARN as user, nine fraction digits, `Completed` absent until the end, members
that no text names, plain HTML for methods that nobody documents, `429` for one read in fifty.

    python tests/data/air_server.py PORT     prints the URL when it listens
"""

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
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

KEYS = {
    ("EXAMPLEACCESSKEY0001", "example-secret-of-account-one"): "arn:aws:iam::100000000001:user/one",
    ("EXAMPLEACCESSKEY0002", "example-secret-of-account-two"): "arn:aws:iam::100000000002:user/two",
}
STATES = ["submitted", "preflight", "in_progress", "completed"]
ALL_STATES = [*STATES, "failed", "cancelled"]
BUSY_READ = 50

jobs: dict[str, dict] = {}
lock = threading.Lock()
reads = 0
options = argparse.Namespace(step=0.15, steady=False)


class Refused(Exception):  # noqa: N818 - what it answers, not what went wrong
    """An answer other than a success."""

    def __init__(self, status: int, code: str, text: str | None) -> None:
        super().__init__(text)
        self.status, self.body = status, {"ErrorCode": code} | ({} if text is None else {"Error": text})


def bad(text: str) -> Refused:
    return Refused(400, "BAD_REQUEST", text)


def timestamp(seconds: float) -> str:
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{int(seconds % 1 * 1e9):09d}Z"


def check_text(holder: dict, name: str, *, required: bool, most: int | None = None) -> None:
    if name not in holder:
        if required:
            raise bad(f"{name} is required")
        return
    value = holder[name]
    if not isinstance(value, str):
        raise bad(f"{name} must be a string")
    if most is not None and len(value) > most:
        raise bad(f"{name} is too long")


def check_submission(job) -> None:
    if not isinstance(job, dict):
        raise bad("an object is required")
    check_text(job, "Name", required=True, most=256)
    if not job["Name"].strip():
        raise bad("Name is blank")
    check_text(job, "Batch", required=False, most=256)
    priority = job.get("Priority", 5)
    if type(priority) not in (int, float) or not 1 <= priority <= 10 or priority != int(priority):
        raise bad("Priority must be an integer from 1 to 10")
    if not isinstance(job.get("Services"), dict) or not job["Services"]:
        raise bad("at least one service is required")
    for name, required, optional in (
        ("Source", ("Bucket", "ObjectKey"), ("Endpoint", "Region")),
        ("Destination", ("Bucket", "Region"), ()),
    ):
        if not isinstance(job.get(name), dict):
            raise bad(f"{name} must be an object")
        for member in required:
            check_text(job[name], member, required=True)
        for member in optional:
            check_text(job[name], member, required=False)


def state_of(job: dict) -> str:
    return STATES[min(int((time.time() - job["at"]) / options.step), len(STATES) - 1)]


def shown(identity: str, job: dict) -> dict:
    sent, state = job["sent"], state_of(job)
    view = {
        "Id": identity,
        "Name": sent["Name"],
        "Source": sent["Source"] | {"Provider": "wasabi"},
        "Services": sent["Services"],
        "UserId": job["user"],
        "Created": timestamp(job["at"]),
        "Priority": int(sent.get("Priority", 5)),
        "Status": state,
        "Destination": sent["Destination"],
        "Etag": "a member that no text names",
    }
    if "Batch" in sent:
        view["Batch"] = sent["Batch"]
    if state == "completed":
        view["Completed"] = timestamp(job["at"] + 3 * options.step)
    return view


def finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):  # JSON has no way to say it back
        raise ValueError(text)
    return number


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # headers and body in one packet

    def answer(self, status: int, body) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def handle_request(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        try:
            self.answer(200, self.result(body))
        except Refused as refused:
            self.answer(refused.status, refused.body)

    do_GET = do_POST = handle_request  # noqa: N815

    def do_other(self) -> None:
        self.close_connection = True  # the body, if there is one, is not read
        data = b"<html>no</html>"
        self.send_response(405)
        self.send_header("Connection", "close")
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_PUT = do_DELETE = do_PATCH = do_other  # noqa: N815

    def result(self, body: bytes) -> dict:
        global reads  # noqa: PLW0603 - one server a process
        url = urlsplit(self.path)
        path = re.fullmatch(r"/api/v1/jobs(?:/([^/]+)(?:/(status|errors|metadata))?)?", url.path)
        keys = (self.headers.get("x-amz-access-key", ""), self.headers.get("x-amz-secret-key", ""))
        if keys not in KEYS:
            raise Refused(401, "UNAUTHORIZED", "Unauthorized")
        if path is None:
            raise Refused(404, "NOT_FOUND", None)
        identity, view = path.groups()
        if self.command == "POST" and identity is None:
            return self.submit(body, KEYS[keys])
        if self.command == "POST":
            raise Refused(404, "NOT_FOUND", None)
        reads += 1
        if reads % BUSY_READ == 0 and not options.steady:
            raise Refused(429, "TOO_MANY_REQUESTS", "slow down")
        if identity is None:
            return self.list(parse_qs(url.query, keep_blank_values=True), KEYS[keys])
        job = jobs.get(unquote(identity))
        if job is None or job["user"] != KEYS[keys]:
            raise Refused(404, "NOT_FOUND", None)
        whole = shown(unquote(identity), job)
        if view == "status":
            return {"Id": whole["Id"], "Status": whole["Status"], "ErrorCount": 0}
        if view == "errors":
            return {"Id": whole["Id"], "Status": whole["Status"], "ErrorCount": 0, "ErrorCode": ""}
        if view == "metadata":
            if whole["Status"] != "completed":
                raise Refused(404, "NOT_FOUND", None)
            bucket = job["sent"]["Destination"]["Bucket"]
            place = f"s3://{bucket}/jobs/{whole['Id']}/out.json"
            return {
                "Id": whole["Id"],
                "UserId": job["user"],
                "Destination": whole["Destination"],
                "DestinationPath": place,
            }
        return whole

    def submit(self, body: bytes, user: str) -> dict:
        if self.headers.get_content_type() != "application/json":
            raise bad("application/json is required")
        try:
            sent = json.loads(body.decode(), parse_float=finite, parse_constant=finite)
        except (ValueError, RecursionError):
            raise bad("not JSON") from None
        check_submission(sent)
        identity = str(uuid.uuid4())
        with lock:
            jobs[identity] = {"at": time.time(), "sent": sent, "user": user}
        return {"Job": shown(identity, jobs[identity]), "RequestId": str(uuid.uuid4())}

    def list(self, query: dict[str, list[str]], user: str) -> dict:
        def number(name: str, default: int, most: int) -> int:
            text = query.get(name, [str(default)])[0]
            if not re.fullmatch(r"[0-9]+", text) or not 1 <= int(text[:20]) <= most:
                raise bad(f"{name} is out of its bounds")
            return int(text[:20])

        page, size = number("pageNumber", 1, 10**6), number("pageSize", 100, 100)
        for name, allowed in (("status", ALL_STATES), ("sortBy", ["Created"]), ("sortOrder", ["Asc", "Desc"])):
            if name in query and query[name][0] not in allowed:
                raise bad(f"{name} is not one of {allowed}")
        found = [shown(identity, job) for identity, job in list(jobs.items()) if job["user"] == user]
        for name, member in (("status", "Status"), ("batch", "Batch"), ("name", "Name")):
            if name in query:
                found = [job for job in found if job.get(member) == query[name][0]]
        found.sort(key=lambda job: job["Created"], reverse=query.get("sortOrder") == ["Desc"])
        if page * size > 10_000:
            raise bad(
                "The limit on the number of rows allowed to query is 10000! Please adjust pageNumber and/or pageSize."
            )
        for job in found:
            del job["Services"]
        records = found[(page - 1) * size : page * size]
        return {"Records": records, "Pagination": {"TotalRecords": len(found), "PageNumber": page, "PageSize": size}}

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Serve Wasabi AiR jobs, and print the URL when it listens.")
    parser.add_argument("port", type=int, help="0 for a free one")
    parser.add_argument("--step", type=float, default=options.step, metavar="SECONDS", help="a job is in each state")
    parser.add_argument("--steady", action="store_true", help="answer no read 429")
    options = parser.parse_args()
    server = ThreadingHTTPServer(("127.0.0.1", options.port), Handler)
    server.daemon_threads = True
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}/api/v1\n")
    sys.stdout.flush()
    server.serve_forever()
