"""An API's mock without a server: its pure core, a store, and a clock that a test sets."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import jsonschema_rs

from scripts.document import follow
from scripts.mock import server
from scripts.mock.messages import Request, Response
from scripts.mock.resource import Resource
from scripts.mock.respond import respond
from scripts.mock.store import Store
from scripts.project import HOLDERS, Api

STEP = 10.0
START = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC).timestamp()

JOB = {
    "Name": "a job",
    "Services": {"ocr": {}},
    "Source": {"Bucket": "media", "ObjectKey": "clip.mp4"},
    "Destination": {"Bucket": "results", "Region": "us-west-1"},
    "Batch": "one",
    "Priority": 3,
}

TICKET = {"title": "A door", "project": "house"}


class Mock:
    """One API's mock. `with_` changes what is served, as faults and settings do."""

    def __init__(self, api: Api, *, preview: bool = False, words=(), **with_) -> None:
        self.service = replace(server.service(api, preview=preview, words=words, environment={}), **with_)
        self.keys = {
            holder: {
                name: credential.example[holder]
                for name, credential in zip(self.service.keys.headers, api.credentials, strict=True)
                if holder in credential.example
            }
            for holder in HOLDERS
        }
        self.clear()

    def clear(self) -> None:
        """Begin anew, without resources."""
        self.store, self.now = Store(self.service.members.value, step=STEP), START

    def ask(self, method: str, path: str, body=None, *, query="", holder="account", headers=None, raw=None) -> Response:
        """Answer one request, whose headers are the holder's keys, then `headers`; one that is None is not sent."""
        sent = {**self.keys[holder], "content-type": "application/json", **(headers or {})}
        content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        pairs = tuple((name, value) for name, value in sent.items() if value is not None)
        return self.answer(Request(method, path, query, pairs, content))

    def answer(self, request: Request) -> Response:
        """Answer a request as it came over the wire."""
        self.store.advance(self.now)
        response, changed = respond(self.service, self.store, self.now, request)
        if changed is not None:
            self.store.put(changed)
        return response

    def held(self, account: str | None = "account") -> list[Resource]:
        """An account's resources, or everybody's, in the order of their creation."""
        return self.store.page(account, {}, order=None, descending=False, start=0, size=None)[0]

    def misfits(self, method: str, response: Response) -> list[str]:
        """What is wrong with an answer by the document: its status, its media type, or its body."""
        item = self.service.document["paths"].get(response.path)
        if item is None or method.lower() not in item:
            return [] if response.status in (404, 405) else [f"{response.status} where nothing is documented"]
        responses = item[method.lower()]["responses"]
        names = (str(response.status), f"{response.status // 100}XX", "default")
        documented = next((responses[name] for name in names if name in responses), None)
        if documented is None:
            return [f"{response.status} is not documented"]
        content = follow(self.service.document, documented).get("content", {})
        if not content:
            return ["a body where none is documented"] if response.content else []
        if response.media_type not in content:
            return [f"{response.media_type} is not documented"]
        schema = {**content[response.media_type].get("schema", {}), "components": self.service.document["components"]}
        return [error.message for error in jsonschema_rs.Draft202012Validator(schema).iter_errors(response.body)]


def submitted(mock: Mock, *, holder: str = "account", **changes) -> str:
    """The identity of a job that was submitted."""
    answer = mock.ask("POST", "/jobs", {**JOB, **changes}, holder=holder)
    assert answer.status == 200, answer.body
    return answer.body["Job"]["Id"]


def opened(mock: Mock, **changes) -> str:
    """The identity of a ticket that was opened."""
    answer = mock.ask("POST", "/tickets", {**TICKET, **changes})
    assert answer.status == 201, answer.body
    return answer.body["key"]
