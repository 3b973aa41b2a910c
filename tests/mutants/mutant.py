"""The faults of the mock and of the independent server, each as a server to judge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from scripts import project
from scripts.document import operations
from scripts.mock import server
from scripts.mock.faults import listed, operations_of

from ..data import air_faults
from ..data.named import kebab
from ..processes import ROOT
from . import raw
from .independent import Served, independent, mocked
from .outcome import Outcome, judged

API = "wasabi_air"

MOCK, INDEPENDENT = "mock", "independent"
"""The two servers that faults are put into."""

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
    """The operations that it is about; none where only `says` tells."""
    words: tuple[str, ...]
    """The server's flags."""
    preview: bool = False
    """Whether it is about operations that only a guide describes."""
    point: str = ""
    """The point of the API's behaviour that leaves it open; empty for a fault."""
    server: str = MOCK
    says: str = ""
    """What it does."""

    def served(self) -> AbstractContextManager[Served]:
        if self.server == INDEPENDENT:
            return independent(*self.words, module="air_faults")
        return mocked("--step", "0.2", *self.words)

    def judged(self, mode: str, seed: int) -> Outcome:
        with self.served() as there:
            return judged(there.url, mode=mode, seed=seed, words=("--preview",) * self.preview)

    def judged_by_schemathesis(self, seed: int) -> Outcome:
        with self.served() as there:
            return raw.judged(there, api(), seed=seed, preview=self.preview)


def api() -> project.Api:
    """The API whose servers are judged."""
    return project.discover(ROOT)[API]


def mutants() -> Iterator[Mutant]:
    """A mutant for each fault that the API can have, server by server and family by family."""
    yield from of_the_mock()
    yield from of_the_independent_server()


def of_the_mock() -> Iterator[Mutant]:
    """A mutant for each fault of the mock that the API's rules give something to break."""
    service = server.service(api(), preview=True, environment={})
    preview = {operation.id for operation in operations(service.document) if operation.preview}
    for name, says, family in listed():
        if about := operations_of(service, name):
            only_preview = preview.issuperset(about)
            words = ("--fault", name, *(("--preview",) if only_preview else ()))
            words += _LIMIT if family == "limits" and name not in ("quota", "cap") else ()
            told = tuple(each for each in about if only_preview or each not in preview)
            point = OPEN.get(name, "")
            open_ = point in service.behaviour.open
            yield Mutant(name, family, told, words, only_preview, point if open_ else "", says=says)


def of_the_independent_server() -> Iterator[Mutant]:
    """A mutant for each fault of the server that was written from the published texts alone."""
    for family, faults in air_faults.FAMILIES.items():
        for each in faults:
            name = kebab(each)
            words = ("--steady", "--fault", name, *(air_faults.CAP if family == "limits" else ()))
            yield Mutant(f"air:{name}", family, (), words, server=INDEPENDENT, says=each.__doc__ or "")
