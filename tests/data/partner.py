"""An example client of the Wasabi AiR jobs API: one whole workflow, each answer compared with the published texts.

    WASABI_ACCESS_KEY=... WASABI_SECRET_KEY=... python partner.py https://air.wasabisys.com/api/v1

It submits three jobs, and every accepted job may be billed. It ends with 0 if everything was as documented, 1 if
something was not, and 2 if the monthly quota or the daily cap stops it. What the texts leave open is not checked.
"""
# ruff: noqa: T201

import argparse
import json
import os
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

import requests

Json = dict[str, Any]

FINISHED = ("completed", "failed", "cancelled")
STATUSES = ("submitted", "preflight", "in_progress", *FINISHED)
CODES = {400: "BAD_REQUEST", 401: "UNAUTHORIZED", 404: "NOT_FOUND"}
SERVICES: Json = {"ocr": {}, "s2t": {}, "logo": {"config": {"rec_confidence_threshold": 0.85}}}

# The members of each answer and their types. Few are documented as required: an absent one is no difference.
PLACE = {"Bucket": str, "Region": str}
SOURCE = {**PLACE, "Endpoint": str, "ObjectKey": str, "Provider": str}
TIMES = {"Created": datetime, "Completed": datetime}
TEXTS = {"Id": str, "Name": str, "Batch": str, "UserId": str}
LISTED: Json = {**TEXTS, **TIMES, "Source": SOURCE, "Destination": PLACE, "Priority": int, "Status": STATUSES}
JOB: Json = {**LISTED, "Services": dict}
STATUS: Json = {"Id": str, "Status": STATUSES, "ErrorCount": int}
ERRORS: Json = {**STATUS, "ErrorCode": str}
METADATA: Json = {"Id": str, "UserId": str, "Destination": PLACE, "DestinationPath": str}
PAGE: Json = {"Records": [LISTED], "Pagination": {"TotalRecords": int, "PageNumber": int, "PageSize": int}}
ERROR: Json = {"Error": str, "ErrorCode": str}
NULLABLE = ("Completed", "Priority")  # what becomes of an absent priority is left open


class LimitReachedError(Exception):
    """No more jobs are accepted for now."""


@dataclass(frozen=True)
class Client:
    base: str
    access_key: str | None = field(repr=False)
    secret_key: str | None = field(repr=False)

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        headers = {"x-amz-access-key": self.access_key, "x-amz-secret-key": self.secret_key}  # None: not sent
        if method == "POST":
            headers["Content-Type"] = "application/json"
        return requests.request(method, self.base + path, headers=headers, timeout=30, **options)

    def submit(self, job: Json | str) -> requests.Response:
        """Submit a job once: if it were repeated after a failure, it might run twice."""
        response = self.call("POST", "/jobs", data=job if isinstance(job, str) else json.dumps(job))
        if response.status_code in (403, 429):
            reason = "monthly quota reached" if response.status_code == 403 else "daily cap exceeded"
            raise LimitReachedError(f"{response.status_code}, {reason}")
        return response

    def details(self, job_id: str) -> requests.Response:
        return self.call("GET", f"/jobs/{quote(job_id, safe='')}")

    def status(self, job_id: str) -> requests.Response:
        return self.call("GET", f"/jobs/{quote(job_id, safe='')}/status")

    def errors(self, job_id: str) -> requests.Response:
        return self.call("GET", f"/jobs/{quote(job_id, safe='')}/errors")

    def metadata(self, job_id: str) -> requests.Response:
        return self.call("GET", f"/jobs/{quote(job_id, safe='')}/metadata")

    def list_page(self, **query: str | int) -> requests.Response:
        """One page: pageNumber, pageSize, batch, status, name, sortBy, sortOrder."""
        return self.call("GET", "/jobs", params=query)


@dataclass
class Findings:
    secret: str = field(repr=False)
    checks: int = 0
    differences: list[str] = field(default_factory=list)

    def check(self, ok: bool, operation: str, says: Any, came: Any) -> bool:
        self.checks += 1
        if not ok:
            came = str(came).replace(self.secret, "***")[:300]
            self.differences.append(f"{operation}: the texts say {says}; what came: {came}")
        return ok

    def answer(self, operation: str, response: requests.Response, status: int, shape: Json, *needs: str) -> Json:
        """The body without what is not as documented: nothing of it, if the status or the format is another."""
        code, text, media = response.status_code, response.text, response.headers.get("Content-Type", "")
        self.check(media.lower().startswith("application/json"), operation, "application/json", media or "no type")
        body: Any
        try:
            body = response.json()
        except requests.JSONDecodeError:
            body = None
        if not self.check(code == status and isinstance(body, dict), operation, f"{status}, object", f"{code} {text}"):
            return {}
        assert isinstance(body, dict)
        for name in needs:
            self.check(name in body, operation, f"{name} is answered", text)
        for misfit in misfits(body, shape):
            self.check(False, operation, "another type or value", misfit)
        return body

    def refusal(self, operation: str, response: requests.Response, status: int) -> None:
        needs = ["ErrorCode"] if status == 404 else ["Error", "ErrorCode"]  # as the examples have them
        if body := self.answer(operation, response, status, ERROR, *needs):
            self.check(body.get("ErrorCode") == CODES[status], operation, CODES[status], body)


def parse_time(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def misfits(body: Json, shape: Json, where: str = "") -> Iterator[str]:
    """Take from a body, and name, each member that is not of its documented type."""
    for name in [name for name in shape if name in body and not (body[name] is None and name in NULLABLE)]:
        value, kind = body[name], shape[name]
        if kind is STATUSES:
            fits = value in STATUSES
        elif kind is datetime:
            fits = isinstance(value, str) and parse_time(value) is not None
        else:
            fits = type(value) is (kind if isinstance(kind, type) else type(kind))  # True is no integer
        if not fits:
            yield f"{where}{name} = {body.pop(name)!r}"
        elif isinstance(kind, dict):
            yield from misfits(value, kind, f"{where}{name}.")
        elif isinstance(kind, list):
            yield from (f"{where}{name}: {item!r}" for item in value if not isinstance(item, dict))
            body[name] = [item for item in value if isinstance(item, dict)]
            for item in body[name]:
                yield from misfits(item, kind[0], f"{where}{name}.")


def list_all(client: Client, found: Findings, size: int, **filters: str) -> list[Json]:
    """The jobs of all pages. None is asked for past the end: its answer is left open."""
    jobs: list[Json] = []
    for number in range(1, 101):
        what = f"GET /jobs {filters} page {number}"
        page = found.answer(what, client.list_page(pageNumber=number, pageSize=size, **filters), 200, PAGE, *PAGE)
        records, pagination = page.get("Records", []), page.get("Pagination", {})
        jobs += records
        print(f"  {what}: {len(records)} of {pagination.get('TotalRecords')}")
        counted = {"PageNumber": number, "PageSize": size, **pagination}
        right = (counted["PageNumber"], counted["PageSize"]) == (number, size) and len(records) <= size
        found.check(right, what, f"page {number} of {size} jobs", f"{len(records)} jobs, {pagination}")
        total = pagination.get("TotalRecords", len(jobs))
        found.check(total >= len(jobs), what, "the total number of jobs", f"{pagination} after {len(jobs)}")
        if len(records) < size or len(jobs) >= total:
            break
    return jobs


def wait(client: Client, found: Findings, job_id: str, deadline: float) -> str:
    """Poll the status until the job is finished or the time is over."""
    what, state, last = "GET /jobs/{Id}/status", "", ""
    while state not in FINISHED:
        body = found.answer(what, client.status(job_id), 200, STATUS, "Id", "Status")
        found.check(body.get("Id") == job_id, what, f"Id {job_id}", body)
        state = body.get("Status", "unknown")
        if state != last:
            print(f"  {job_id}: {state}")
        if not found.check(time.monotonic() < deadline, what, "that jobs finish", f"{state} when the time was over"):
            break
        last = state
        time.sleep(0 if state in FINISHED else 0.5)
    return state


def check_definition(found: Findings, operation: str, sent: Json, job: Json) -> None:
    """The answer includes the original definition; a source also has its provider."""
    for name, value in sent.items():
        came = job.get(name)
        if name in ("Source", "Destination") and isinstance(came, dict):
            came = {member: came.get(member) for member in value}
        found.check(came == value, operation, f"the original {name}, {value}", came)


def submit_batch(client: Client, found: Findings, template: Json) -> dict[str, Json]:
    """One job for each service: what was sent, by the id that it was given."""
    jobs: dict[str, Json] = {}
    for (service, settings), priority in zip(SERVICES.items(), ({"Priority": 5}, {"Priority": 10}, {}), strict=True):
        sent = {**template, **priority, "Name": f"{template['Batch']} {service}", "Services": {service: settings}}
        job = found.answer("POST /jobs", client.submit(sent), 200, {"Job": JOB}, "Job").get("Job", {})
        job_id = job.get("Id")
        if found.check(bool(job_id) and job_id not in jobs, "POST /jobs", "a unique Id", job):
            check_definition(found, "POST /jobs", sent, job)
            jobs[job_id] = sent
            print(f"  {job_id}: {sent['Name']}, {job.get('Status')}")
            early, what = client.metadata(job_id), "GET /jobs/{Id}/metadata at once"
            if early.status_code == 404:  # permitted before the job is completed
                found.refusal(what, early, 404)
            else:
                found.answer(what, early, 200, METADATA)
    return jobs


def read_job(client: Client, found: Findings, job_id: str, sent: Json, state: str) -> None:
    job = found.answer("GET /jobs/{Id}", client.details(job_id), 200, JOB, "Id", "Status")
    check_definition(found, "GET /jobs/{Id}", {**sent, "Id": job_id, "Status": state}, job)
    errors = found.answer("GET /jobs/{Id}/errors", client.errors(job_id), 200, ERRORS, *STATUS)
    check_definition(found, "GET /jobs/{Id}/errors", {"Id": job_id, "Status": state}, errors)
    print(f"  {job_id}: {errors.get('ErrorCount')} errors {errors.get('ErrorCode', '')}")
    if state == "completed":
        what = "GET /jobs/{Id}/metadata"
        metadata = found.answer(what, client.metadata(job_id), 200, METADATA, "DestinationPath")
        path = metadata.get("DestinationPath", "")
        found.check(metadata.get("Id", job_id) == job_id, what, f"Id {job_id}", metadata)
        found.check(path.startswith("s3://"), what, "an s3:// path", path)
        print(f"  {job_id}: {path}")


def check_lists(client: Client, found: Findings, jobs: dict[str, Json], states: dict[str, str], batch: str) -> None:
    for order in ({"sortOrder": "Asc"}, {"sortOrder": "Desc"}, {}):  # Asc is the default
        query = {"batch": batch, "sortBy": "Created", **order}
        records = list_all(client, found, 2, **query)
        ids = sorted(record.get("Id", "none") for record in records)
        found.check(ids == sorted(jobs), f"GET /jobs {query}", f"{sorted(jobs)}, each once", ids)
        times = [record["Created"] for record in records if "Created" in record]
        moments = [moment for moment in map(parse_time, times) if moment]
        right = moments == sorted(moments, reverse=order.get("sortOrder") == "Desc")
        found.check(right, f"GET /jobs {query}", "that order", times)
    for job_id, sent in jobs.items():  # whether a part of a name or its case matter is left open
        records = list_all(client, found, 100, name=sent["Name"])
        fits = all(sent["Name"].lower() in record.get("Name", "").lower() for record in records)
        fits = fits and job_id in [record.get("Id") for record in records]
        found.check(fits, "GET /jobs by name", f"{job_id}, {sent['Name']}", records)
    for state in STATUSES:  # the newest jobs only: an account may hold many
        what = f"GET /jobs?status={state}"
        response = client.list_page(status=state, sortBy="Created", sortOrder="Desc", pageSize=100)
        page = found.answer(what, response, 200, PAGE, *PAGE)
        records = page.get("Records", [])
        found.check(all(record.get("Status") == state for record in records), what, f"{state} jobs only", records)
        ours = {job_id for job_id, final in states.items() if final == state and state in FINISHED}
        found.check(ours <= {record.get("Id") for record in records}, what, f"the jobs {ours} too", records)
        print(f"  {state}: {len(records)}")


def without(job: Json, path: str) -> Json:
    name, _, member = path.partition(".")
    rest = {key: value for key, value in job.items() if key != name}
    return {**rest, name: without(job[name], member)} if member else rest


def check_refusals(client: Client, found: Findings, template: Json, job_id: str) -> None:
    valid = {**template, "Name": "to be refused", "Services": {"ocr": {}}}
    per_job = ("details", "status", "errors", "metadata")
    strangers = {
        "wrong secret": replace(client, secret_key="not-the-secret"),
        "no secret key": replace(client, secret_key=None),
        "no access key": replace(client, access_key=None),
        "no keys": replace(client, access_key=None, secret_key=None),
    }
    for who, stranger in strangers.items():
        found.refusal(f"POST /jobs, {who}", stranger.submit(valid), 401)
        found.refusal(f"GET /jobs, {who}", stranger.list_page(), 401)
        for operation in per_job:
            found.refusal(f"{operation} of a job, {who}", getattr(stranger, operation)(job_id), 401)

    required = ["Name", "Services", "Source", "Source.Bucket", "Source.ObjectKey"]
    required += ["Destination", "Destination.Bucket", "Destination.Region"]
    bodies: dict[str, Json | str] = {"not JSON": "Name: MyJobName"}
    bodies |= {f"no {path}": without(valid, path) for path in required}
    changes: dict[str, tuple[Any, ...]] = {
        "Name": ("", "   ", "n" * 257),
        "Priority": (0, 11),
        "Services": ({},),
        "Batch": ("b" * 257,),
    }
    for name, values in changes.items():
        bodies |= {f"{name} = {value!r}"[:40]: {**valid, name: value} for value in values}
    for what, body in bodies.items():
        found.refusal(f"POST /jobs, {what}", client.submit(body), 400)

    queries: dict[str, tuple[str | int, ...]] = {"pageSize": (0, 101), "pageNumber": (0,), "status": ("unheard-of",)}
    for name, values in {**queries, "sortBy": ("Colour",), "sortOrder": ("Sideways",)}.items():
        for value in values:
            found.refusal(f"GET /jobs?{name}={value}", client.list_page(**{name: value}), 400)
    for operation in per_job:
        found.refusal(f"{operation} of an unknown job", getattr(client, operation)(uuid.uuid4().hex), 404)


def run(client: Client, found: Findings, template: Json, seconds: float) -> None:
    print(f"Submitting the batch {template['Batch']}")
    jobs = submit_batch(client, found, template)
    print("Waiting")
    deadline = time.monotonic() + seconds
    states = {job_id: wait(client, found, job_id, deadline) for job_id in jobs}
    print("Reading details, errors and metadata")
    for job_id, sent in jobs.items():
        read_job(client, found, job_id, sent, states[job_id])
    print("Listing")
    check_lists(client, found, jobs, states, template["Batch"])
    print("Asking for what is to be refused")
    check_refusals(client, found, template, next(iter(jobs), "none"))


def main() -> int:
    parser = argparse.ArgumentParser(description="Run a workflow and compare each answer with the published texts.")
    parser.add_argument("base", help="the base URL, such as https://air.wasabisys.com/api/v1")
    parser.add_argument("--source", default="wasabifs-chm", help="the bucket of the object to process")
    parser.add_argument("--key", default="MP4/Commercial.mp4", help="its key")
    parser.add_argument("--destination", default="airstream-output-2", help="the bucket of the metadata")
    parser.add_argument("--region", default="us-west-1", help="of both buckets")
    parser.add_argument("--wait", type=float, default=120, help="seconds for all jobs to finish")
    options = parser.parse_args()
    access_key, secret_key = os.environ.get("WASABI_ACCESS_KEY"), os.environ.get("WASABI_SECRET_KEY")
    if not access_key or not secret_key:
        sys.exit("WASABI_ACCESS_KEY and WASABI_SECRET_KEY must be set")

    source = {"Endpoint": f"s3.{options.region}.wasabisys.com", "Bucket": options.source, "ObjectKey": options.key}
    template = {
        "Batch": f"partner_{uuid.uuid4().hex[:12]}",
        "Source": {**source, "Region": options.region},
        "Destination": {"Bucket": options.destination, "Region": options.region},
    }
    found, reached = Findings(secret_key), False
    try:
        run(Client(options.base.rstrip("/"), access_key, secret_key), found, template, options.wait)
    except LimitReachedError as limit:
        print(f"Stopped: no more jobs are accepted: {limit}")
        reached = True
    except requests.RequestException as error:
        found.check(False, "the connection", "that there is one", type(error).__name__)
    print(f"{found.checks} checks, {len(found.differences)} differences")
    for difference in found.differences:
        print(f"- {difference}")
    if reached:
        return 2
    if found.differences:
        return 1
    print("everything was as documented")
    return 0


if __name__ == "__main__":
    sys.exit(main())
