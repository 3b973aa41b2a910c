"""`schemathesis run` on a server, for comparison: the corrected document, right keys, its checks but two."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from scripts.document import read
from scripts.project import Api

from .independent import Served
from .outcome import Outcome

ACCUSES_ALL = ("positive_data_acceptance", "ensure_resource_availability")
"""Checks that accuse conforming servers: of refusing a page beyond what can be reached, and of answering 404 where a
view is closed in the state that a resource is in."""

FIRST = ("--max-failures", "1")
"""The flags of a run that ends with its first failure, which is enough to know that it finds one."""

LIMIT = 150
"""Seconds after which it is killed; a run on a conforming server takes a fifth of them."""

_FAILURE = re.compile(r"^- (ST\d+) (.+)$", re.MULTILINE)


def judged(there: Served, api: Api, *, seed: int, preview: bool = False, flags: Sequence[str] = FIRST) -> Outcome:
    """Run it; requests and creations are those that the server counted."""
    outcome = _run(there.url, api, seed, flags, preview=preview)
    try:
        requests, created = there.counted()
    except (httpx.HTTPError, ValueError):  # a server that it brought down
        return outcome
    return replace(outcome, requests=requests, created=created)


def _run(url: str, api: Api, seed: int, flags: Sequence[str], *, preview: bool) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        document = Path(folder, "openapi.json")
        document.write_text(json.dumps(_published(read(api.openapi).data, preview=preview)), encoding="utf-8")
        command = [str(Path(sys.executable).with_name("schemathesis")), "--no-color", "run", str(document)]
        command += ["--url", url, "--seed", str(seed), "--exclude-checks", ",".join(ACCUSES_ALL), *flags]
        for scheme in (each.scheme for each in api.credentials):
            command += ["--header", _header(api, scheme)]
        started = time.monotonic()
        try:
            done = subprocess.run(
                command, cwd=folder, env=dict(os.environ), capture_output=True, text=True, timeout=LIMIT, check=False
            )
        except subprocess.TimeoutExpired:
            return Outcome(-1, seconds=float(LIMIT), said=("it did not end, and was killed",))
    return _read(done, time.monotonic() - started)


def _read(done: subprocess.CompletedProcess[str], seconds: float) -> Outcome:
    failures = tuple(dict.fromkeys(title for _, title in _FAILURE.findall(done.stdout)))
    if done.returncode not in (0, 1) or (done.returncode == 1) != bool(failures):
        return Outcome(2, seconds=round(seconds, 1), said=tuple((done.stdout + done.stderr).splitlines()[-5:]))
    return Outcome(done.returncode, failures, seconds=round(seconds, 1), said=failures)


def _published(document: Any, *, preview: bool) -> Any:
    """The document without the operations that only a guide describes, unless they are wanted."""
    if preview:
        return document
    paths = {
        path: {name: part for name, part in item.items() if not (isinstance(part, dict) and part.get("x-stage"))}
        for path, item in document["paths"].items()
    }
    return {**document, "paths": paths}


def _header(api: Api, scheme: str) -> str:
    name = read(api.openapi).data["components"]["securitySchemes"][scheme]["name"]
    value = next(each.example["account"] for each in api.credentials if each.scheme == scheme)
    return f"{name}: {value}"
