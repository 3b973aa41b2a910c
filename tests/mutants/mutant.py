"""The faults of the mock that are faults of an API, each as a server to judge."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scripts import project
from scripts.document import operations
from scripts.mock import server
from scripts.mock.faults import listed, operations_of

from ..processes import ROOT, mock
from . import raw
from .outcome import Outcome, judged

API = "wasabi_air"

OPEN: Mapping[str, str] = {
    "quota": "limit-counts",
    "cap": "limit-counts",
    "limit-too-early": "limit-counts",
    "limit-too-late": "limit-counts",
    "limit-counts-others": "limit-counts",
    "limit-without-retry-after": "retry-after",
    "other-default-size": "default-size",
    "change-refused-otherwise": "refusal-status",
}
"""Faults of the mock that break nothing where an API leaves a point of `behaviour.yaml` open."""

_LIMIT = ("--limit", "cap=5")
"""What a mock with a fault of limits needs for its limit to be reached in every mode."""


@dataclass(frozen=True)
class Mutant:
    """A server that breaks one promise."""

    name: str
    family: str
    about: tuple[str, ...]
    """The operations that it is about."""
    words: tuple[str, ...]
    """The mock's flags."""
    preview: bool = False
    """Whether it is about operations that only a guide describes."""
    point: str = ""
    """The point of the API's behaviour that leaves it open; empty for a fault."""

    @contextlib.contextmanager
    def served(self) -> Iterator[str]:
        with mock("--step", "0.2", "--control", "0", *self.words) as url:
            yield url

    def judged(self, mode: str, seed: int) -> Outcome:
        with self.served() as url:
            return judged(url, mode=mode, seed=seed, words=("--preview",) * self.preview)

    def judged_by_schemathesis(self, seed: int) -> Outcome:
        with self.served() as url:
            return raw.judged(url, api(), seed=seed, preview=self.preview)


def api() -> project.Api:
    """The API whose servers are judged."""
    return project.discover(ROOT)[API]


def mutants() -> Iterator[Mutant]:
    """A mutant for each fault that the API's rules give something to break, family by family."""
    service = server.service(api(), preview=True, environment={})
    preview = {operation.id for operation in operations(service.document) if operation.preview}
    for name, _, family in listed():
        if about := operations_of(service, name):
            only_preview = preview.issuperset(about)
            words = ("--fault", name, *(("--preview",) if only_preview else ()))
            words += _LIMIT if family == "limits" and name not in ("quota", "cap") else ()
            told = tuple(each for each in about if only_preview or each not in preview)
            point = OPEN.get(name, "")
            open_ = point in service.behaviour.open
            yield Mutant(name, family, told, words, only_preview, point if open_ else "")
