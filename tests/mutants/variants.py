"""Servers that differ from the mock as it starts, and break no promise."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx

from scripts import document, pipeline, project

from ..data.air_lawful import LAWFUL
from ..processes import GIVEN, KEYS, ROOT, mock, surroundings
from .independent import independent
from .outcome import ENV, Outcome, judged

JOB = {
    "Name": "of somebody",
    "Batch": "theirs",
    "Priority": 3,
    "Services": {"ocr": {}},
    "Source": {"Bucket": "media", "ObjectKey": "clip.mp4"},
    "Destination": {"Bucket": "results", "Region": "here-1"},
}

ACCOUNT = {"x-amz-access-key": KEYS["WASABI_ACCESS_KEY"], "x-amz-secret-key": KEYS["WASABI_SECRET_KEY"]}
OTHER = {"x-amz-access-key": KEYS["WASABI_OTHER_ACCESS_KEY"], "x-amz-secret-key": KEYS["WASABI_OTHER_SECRET_KEY"]}
VIEW = {"WASABI_ACCESS_KEY": "EXAMPLEACCESSKEY0003", "WASABI_SECRET_KEY": "example-secret-of-viewer-one"}
ODD_KEYS = {
    "WASABI_ACCESS_KEY": "AKIA/first+key",
    "WASABI_SECRET_KEY": "s3cr3t/first+value=",
    "WASABI_OTHER_ACCESS_KEY": "AKIA-second-key",
    "WASABI_OTHER_SECRET_KEY": "s3cr3t-second-value",
}


@dataclass(frozen=True)
class Place:
    """Where a verb is run to judge a server: its URL, and what the verb is to see."""

    url: str
    env: Mapping[str, str] = field(default_factory=lambda: ENV)
    cwd: Path = ROOT


Serving = Callable[[], contextlib.AbstractContextManager[Place]]


@dataclass(frozen=True)
class Variant:
    """A server that must not be accused."""

    name: str
    serving: Serving
    words: tuple[str, ...] = ()
    """More flags of the contract verb."""
    mode: str = ""
    """The one mode that it is for; empty for all."""
    says: str = ""
    """What it does, where its name does not tell."""
    codes: tuple[int, ...] = (0,)
    """The exit codes that are right: 3 where the server hides what a verdict needs."""

    def judged(self, mode: str, seed: int) -> Outcome:
        """Judge it with inferred promises as strict as all others."""
        words = ("--inferred", "fail", *self.words)
        with self.serving() as place:
            return judged(place.url, mode=self.mode or mode, seed=seed, words=words, env=place.env, cwd=place.cwd)

    def accused(self, outcome: Outcome) -> bool:
        return outcome.found or outcome.code not in self.codes


# --- Servers --------------------------------------------------------------------------------------


def _mock(*words: str, env: Mapping[str, str] | None = None) -> Serving:
    @contextlib.contextmanager
    def serving() -> Iterator[Place]:
        with mock("--step", "0.2", *words, env=env) as url:
            yield Place(url, env or ENV)

    return serving


def _independent(*words: str, module: str = "air_server") -> Serving:
    """A server that was written from the published texts alone."""

    @contextlib.contextmanager
    def serving() -> Iterator[Place]:
        with independent(*words, module=module) as there:
            yield Place(there.url)

    return serving


@contextlib.contextmanager
def _tickets() -> Iterator[Place]:
    """The invented API, in a project of its own."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(ROOT / "tests" / "data" / "tickets", root / "spec" / "tickets")
        api = project.discover(root)["tickets"]
        for name, text in pipeline.document_tree(pipeline.normalised(api)).items():
            document.write_text(text, api.folder / name)
        env = surroundings(PYTHONPATH=str(ROOT), **_examples(api))
        with mock("--step", "0.2", cwd=root, env=env) as url:
            yield Place(url, env, root)


def _examples(api: project.Api) -> dict[str, str]:
    return {
        name: each.example[holder]
        for each in api.credentials
        for holder, name in each.environment.items()
        if holder in each.example
    }


# --- What happened before, and what happens beside ------------------------------------------------


def _after(serving: Serving, create: int, keys: Mapping[str, str]) -> Serving:
    """A server whose account `keys` has created jobs before."""

    @contextlib.contextmanager
    def filled() -> Iterator[Place]:
        with serving() as place, httpx.Client(base_url=place.url, headers=keys) as client:
            for number in range(create):
                _create(client, number)
            yield place

    return filled


def _beside(serving: Serving, keys: Mapping[str, str]) -> Serving:
    """A server where the account `keys` creates a job every tenth of a second meanwhile."""

    @contextlib.contextmanager
    def busy() -> Iterator[Place]:
        ended = threading.Event()
        with serving() as place, httpx.Client(base_url=place.url, headers=keys) as client:

            def work() -> None:
                number = 0
                while not ended.wait(0.1):
                    _create(client, number)
                    number += 1

            thread = threading.Thread(target=work)
            thread.start()
            try:
                yield place
            finally:
                ended.set()
                thread.join()

    return busy


def _seen_with(serving: Serving, **env: str) -> Serving:
    """A server that is judged with other keys."""

    @contextlib.contextmanager
    def seen() -> Iterator[Place]:
        with serving() as place:
            yield replace(place, env=surroundings(**{**KEYS, **GIVEN, **env}))

    return seen


def _create(client: httpx.Client, number: int) -> Any:
    job = {**JOB, "Name": f"of somebody {number % 7}", "Batch": f"theirs {number % 3}", "Priority": number % 10 + 1}
    answer = client.post("/jobs", json=job)
    if answer.status_code != 200:
        raise RuntimeError(f"the server refused a job: {answer.status_code} {answer.text}")
    return answer.json()


HIDES = ("locks-out", "all-cancelled", "own-only")
"""Ways to be lawful that hide what a verdict needs."""


def _other_ways() -> Iterator[Variant]:
    """The independent server as each other lawful server is."""
    for name, way in LAWFUL.items():
        serving = _independent("--steady", "--lawful", name, module="air_lawful")
        yield Variant(f"air:{name}", serving, says=way.__doc__ or "", codes=(0, 3) if name in HIDES else (0,))


VARIANTS = (
    Variant("as it starts", _mock()),
    Variant("held back 0.05 s", _mock("--latency", "0.05")),
    Variant("0.05 s in each state", _mock("--step", "0.05")),
    Variant("1 s in each state", _mock("--step", "1")),
    Variant("no time in any state", _mock("--step", "0")),
    Variant("its time passes ten times as fast", _mock("--clock", "10")),
    Variant("nothing ever moves", _mock("--clock", "0"), codes=(3,)),
    Variant("every other job fails", _mock("--end", "failed:/Name=*[13579]")),
    Variant("all jobs fail", _mock("--end", "failed:/Name=*"), codes=(0, 3)),
    Variant("all jobs are cancelled", _mock("--end", "cancelled:/Name=*"), codes=(0, 3)),
    Variant("a cap of 5 a day", _mock("--limit", "cap=5"), codes=(0, 3)),
    Variant("a quota of 5 a month", _mock("--limit", "quota=5"), codes=(0, 3)),
    Variant("limits that are far away", _mock("--limit", "cap=5000", "--limit", "quota=5000")),
    Variant("keys with other characters", _mock(env=surroundings(**ODD_KEYS, **GIVEN))),
    Variant("no second account known", _seen_with(_mock(), WASABI_OTHER_ACCESS_KEY="", WASABI_OTHER_SECRET_KEY="")),
    Variant("250 jobs of the account", _after(_mock(), 250, ACCOUNT)),
    Variant("250 jobs of another account", _after(_mock(), 250, OTHER)),
    Variant("the account creates meanwhile", _beside(_mock(), ACCOUNT)),
    Variant("another account creates meanwhile", _beside(_mock(), OTHER)),
    Variant("read-only, 250 jobs", _after(_mock(), 250, ACCOUNT), mode="read-only"),
    Variant("read-only, 3 jobs that run", _after(_mock("--step", "5"), 3, ACCOUNT), mode="read-only", codes=(0, 3)),
    Variant("read-only, no jobs", _mock(), mode="read-only", codes=(3,)),
    Variant("read-only, keys that may only read", _seen_with(_after(_mock(), 9, ACCOUNT), **VIEW), mode="read-only"),
    Variant("with what only a guide describes", _mock("--preview"), words=("--preview",)),
    Variant("independent", _independent()),
    Variant("independent, no read is refused", _independent("--steady")),
    Variant("independent, 0.6 s in each state", _independent("--step", "0.6")),
    Variant("independent, 250 jobs", _after(_independent(), 250, ACCOUNT)),
    Variant("independent, the account creates meanwhile", _beside(_independent(), ACCOUNT)),
    Variant("an invented API", _tickets),
    *_other_ways(),
)
