"""The servers that were written from the published texts alone, as processes."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from ..data.air_server import COUNTS
from ..processes import ROOT, end, steered, surroundings


@dataclass(frozen=True)
class Served:
    """A server that listens."""

    url: str
    counts: str
    """Where it tells what came."""

    def counted(self) -> tuple[int, int]:
        """How many requests came and how many resources were created, by the server's own count."""
        told = httpx.get(self.counts).json()
        return told["requests"], told["resources"]


@contextlib.contextmanager
def independent(*words: str, module: str = "air_server") -> Iterator[Served]:
    """A server of `tests/data` on a free port."""
    command = [sys.executable, "-m", f"tests.data.{module}", "0", *words]
    process = subprocess.Popen(command, cwd=ROOT, env=surroundings(), stdout=subprocess.PIPE, text=True)
    try:
        url = process.stdout.readline().strip()
        parts = urlsplit(url)
        yield Served(url, f"{parts.scheme}://{parts.netloc}{COUNTS}")
    finally:
        end(process)
        process.stdout.close()


@contextlib.contextmanager
def mocked(*words: str) -> Iterator[Served]:
    """A mock on a free port, with its control interface."""
    with steered(*words) as (url, control):
        yield Served(url, f"{control}/counts")
