"""A script of requests to two servers that share no code, and what they answered: `tests/data/exchanges.yaml`.

    python -m tests.agreement     records the answers anew, and keeps the reasons where they still hold

A step says what is sent (`send`, `keys`, `query`, `headers`, and a body: the job of the script changed by `with`
and `without`, or any other value in `json`, or bytes in `raw`), under which name the job that it makes is known
from then on (`save`), and whether all jobs must be completed before (`wait`). `answer` is the mock's. Where the
independent server answers otherwise, `server` is its answer, and `why` names the reasons, each of which says
which members it may explain.

Ids, users, request ids and time stamps differ at every run: each stands as a name in brackets, the same value
always as the same name. Of the headers, the media type alone is kept.
"""

from __future__ import annotations

import contextlib
import copy
import http.client
import json
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import yaml

from .processes import KEYS, ROOT, surroundings

Json = Any
Step = Mapping[str, Json]
Answer = dict[str, Json]

EXCHANGES = Path(__file__).parent / "data" / "exchanges.yaml"
AIR_SERVER = (sys.executable, str(ROOT / "tests" / "data" / "air_server.py"), "0")
MOCK = (sys.executable, "-m", "scripts", "mock", "--port", "0", "--log", "off")
STEP = ("--step", "0.7")
"""Seconds in a state: time enough for the steps that look at a job before it is completed."""

ONE = (KEYS["WASABI_ACCESS_KEY"], KEYS["WASABI_SECRET_KEY"])
OTHER = (KEYS["WASABI_OTHER_ACCESS_KEY"], KEYS["WASABI_OTHER_SECRET_KEY"])
HOLDERS: Mapping[str, tuple[str | None, str | None]] = {
    "account": ONE,
    "other account": OTHER,
    "none": (None, None),
    "access key alone": (ONE[0], None),
    "secret key alone": (None, ONE[1]),
    "wrong access key": ("EXAMPLEACCESSKEY9999", ONE[1]),
    "wrong secret key": (ONE[0], f"{ONE[1]}x"),
    "empty secret key": (ONE[0], ""),
    "of two accounts": (ONE[0], OTHER[1]),
    "exchanged": (ONE[1], ONE[0]),
}

NUMBERED = {"UserId": "user", "RequestId": "request"}
"""Members whose values are numbered in the order in which they come, and what they are called then."""

TIMES = ("Created", "Completed")
_RFC_3339 = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})")


@contextlib.contextmanager
def serving(*command: str) -> Iterator[str]:
    """A server as a process of its own, with the documented keys; gives the URL that its first line ends with."""
    process = subprocess.Popen(command, cwd=ROOT, env=surroundings(), stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().split()[-1]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


# --- One server ----------------------------------------------------------------------------------


@dataclass
class Conversation:
    """A run of the script on one server: the names of what it made."""

    url: str
    ids: dict[str, str] = field(default_factory=dict)
    """Ids of jobs by the names that steps save them under."""
    holders: dict[str, str] = field(default_factory=dict)
    """Whose keys they were made with."""
    times: dict[tuple[str, str], str] = field(default_factory=dict)
    """The time stamps of jobs, by the job's name and the member."""
    numbered: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    """The numbers of values, of each member of `NUMBERED`."""

    def take(self, step: Step, job: Json) -> Answer:
        """Do a step; its answer, with names for what differs at every run."""
        if "wait" in step:
            self._wait(step["wait"])
        method, _, path = step["send"].partition(" ")
        target = path.format(**self.ids) + (f"?{urlencode(step['query'])}" if "query" in step else "")
        holder = step.get("keys", "account")
        body = body_of(step, job) if method == "POST" else None
        headers = step.get("headers", {} if body is None else {"Content-Type": "application/json"})
        status, media_type, content = self._sent(method, target, holder, headers, body)
        value = json.loads(content) if media_type == "application/json" else content.decode()
        if "save" in step and status == 200:
            self.ids[step["save"]], self.holders[step["save"]] = value["Job"]["Id"], holder
        return {"status": status, "type": media_type, "body": self._named(value)}

    def _sent(
        self, method: str, target: str, holder: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> tuple[int, str | None, bytes]:
        place = urlsplit(self.url)
        pairs = zip(("x-amz-access-key", "x-amz-secret-key"), HOLDERS[holder], strict=True)
        keys = {name: key for name, key in pairs if key is not None}
        # http.client sends a target as it is, where others would write it in another way.
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
        with contextlib.closing(connection):
            connection.request(method, place.path + target, body, {**keys, **headers})
            response = connection.getresponse()
            media_type = response.getheader("Content-Type", "").partition(";")[0] or None
            return response.status, media_type, response.read()

    def _wait(self, state: str) -> None:
        until = time.monotonic() + 30
        for name in self.ids:
            while self._state(name) != state:
                assert time.monotonic() < until, f"{name} is not {state}"
                time.sleep(0.05)

    def _state(self, name: str) -> str:
        _, _, content = self._sent("GET", f"/jobs/{self.ids[name]}/status", self.holders[name], {})
        return json.loads(content)["Status"]

    def _named(self, value: Json, member: str = "") -> Json:
        if isinstance(value, dict):
            times = {name: self._time(value, name) for name in TIMES if isinstance(value.get(name), str)}
            return {name: times.get(name) or self._named(each, name) for name, each in value.items()}
        if isinstance(value, list):
            return [self._named(each) for each in value]
        if isinstance(value, str) and member in NUMBERED:
            known = self.numbered[member]
            return f"({NUMBERED[member]} {known.setdefault(value, len(known) + 1)})"
        if isinstance(value, str):
            for name, identity in self.ids.items():
                value = value.replace(identity, f"({name})")
        return value

    def _time(self, job: Json, member: str) -> str:
        """The name of a time stamp; a text that is none, or not the one that the job had before, stays itself."""
        name = next((name for name, identity in self.ids.items() if identity == job.get("Id")), "unknown")
        text = job[member]
        first = self.times.setdefault((name, member), text)
        return f"({member} of {name})" if text == first and _RFC_3339.fullmatch(text) else text


def body_of(step: Step, job: Json) -> bytes:
    """The body of a step that posts something."""
    if "raw" in step:
        return step["raw"] if isinstance(step["raw"], bytes) else step["raw"].encode()
    if "json" in step:
        return json.dumps(step["json"]).encode()
    body = copy.deepcopy(job)
    for place, value in step.get("with", {}).items():
        above, name = _within(body, place)
        above[name] = value
    for place in step.get("without", ()):
        above, name = _within(body, place)
        del above[name]
    return json.dumps(body).encode()


def _within(body: Json, place: str) -> tuple[Json, str]:
    *above, name = place.split("/")[1:]
    for each in above:
        body = body[each]
    return body, name


def answers(url: str, script: Json) -> list[Answer]:
    """What a server answers to a script, step by step."""
    conversation = Conversation(url)
    return [conversation.take(step, script["job"]) for step in script["steps"]]


def conversations(script: Json) -> tuple[list[Answer], list[Answer]]:
    """What the mock and the independent server answer."""
    with (
        serving(*MOCK, *STEP) as mock,
        serving(*AIR_SERVER, "--steady", *STEP) as server,
        ThreadPoolExecutor(2) as both,
    ):
        first, second = both.map(lambda url: answers(url, script), (mock, server))
    return first, second


# --- Two answers ---------------------------------------------------------------------------------


def differing(one: Json, two: Json, place: str = "") -> Iterator[str]:
    """Where two JSON values differ, as JSON pointers; an array of another length differs as a whole."""
    if isinstance(one, dict) and isinstance(two, dict):
        for name in sorted(one.keys() | two.keys()):
            if name in one and name in two:
                yield from differing(one[name], two[name], f"{place}/{name}")
            else:
                yield f"{place}/{name}"
    elif isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        for index, (left, right) in enumerate(zip(one, two, strict=True)):
            yield from differing(left, right, f"{place}/{index}")
    elif json.dumps(one) != json.dumps(two):  # true is not 1, and 1 not 1.0
        yield place


def unexplained(step: Step, reasons: Json) -> list[str]:
    """Where a step's two answers differ without a reason, and reasons for what does not differ."""
    places = list(differing(step["answer"], step.get("server", step["answer"])))
    named = {name: reasons[name]["at"] for name in step.get("why", ())}
    lost = [place for place in places if not any(_at(place, patterns) for patterns in named.values())]
    idle = [name for name, patterns in named.items() if not any(_at(place, patterns) for place in places)]
    return [f"{place} differs" for place in lost] + [f"{name} explains nothing" for name in idle]


def _at(place: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(place, pattern) for pattern in patterns)


# --- The record ----------------------------------------------------------------------------------


_WIDTH = 100


class _Dumper(yaml.SafeDumper):
    """What fits into a line stands in one; a job that was answered before is a reference to it."""

    def represent_mapping(self, tag: str, mapping: Json, flow_style: bool | None = None) -> yaml.MappingNode:  # noqa: ARG002
        short = len(str(mapping)) < _WIDTH and "send" not in mapping
        return super().represent_mapping(tag, mapping, flow_style=short)

    def represent_sequence(self, tag: str, sequence: Json, flow_style: bool | None = None) -> yaml.SequenceNode:  # noqa: ARG002
        return super().represent_sequence(tag, sequence, flow_style=len(str(sequence)) < _WIDTH)

    def generate_anchor(self, node: yaml.Node) -> str:
        identity = next((value.value for name, value in node.value if name.value == "Id"), "sent")
        self.last_anchor_id += 1
        return f"{identity.strip('()')}-{self.last_anchor_id}"


def read() -> Json:
    """The script with what is recorded."""
    return yaml.safe_load(EXCHANGES.read_text(encoding="utf-8"))


def recorded(script: Json, mock: Sequence[Answer], server: Sequence[Answer]) -> Json:
    """A script with new answers; of the reasons of each step, those that still explain something."""
    jobs: dict[str, Json] = {}
    steps = []
    for step, ours, theirs in zip(script["steps"], mock, server, strict=True):
        kept = {name: value for name, value in step.items() if name not in ("answer", "server", "why")}
        places = list(differing(ours, theirs))
        patterns = {name: script["reasons"][name]["at"] for name in step.get("why", ())}
        why = [name for name in patterns if any(_at(each, patterns[name]) for each in places)]
        new = {"answer": ours, "server": theirs, "why": why} if places else {"answer": ours}
        steps.append({**kept, **_shared(new, jobs)})
    return {**script, "steps": steps}


def _shared(value: Json, jobs: dict[str, Json]) -> Json:
    """A value in which jobs that are equal are one object, with its members in order."""
    if isinstance(value, list):
        return [_shared(each, jobs) for each in value]
    if not isinstance(value, dict):
        return value
    own = {name: _shared(each, jobs) for name, each in value.items()}
    if not {"Id", "Name"} <= own.keys():
        return own
    return jobs.setdefault(json.dumps(own, sort_keys=True), own)


def main() -> None:
    """Record all answers anew."""
    script = read()
    head = [line for line in EXCHANGES.read_text(encoding="utf-8").splitlines(keepends=True) if line.startswith("#")]
    new = recorded(script, *conversations(script))
    text = yaml.dump(new, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=118)
    EXCHANGES.write_text("".join(head) + text, encoding="utf-8")


if __name__ == "__main__":
    main()
