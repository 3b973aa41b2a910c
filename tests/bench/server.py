"""Servers as processes on loopback: started on a free port, known to answer, and always ended."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..processes import KEYS, end, surroundings
from .load import Ask, answer
from .peer import Peer
from .process import LIMIT, ROOT

_PAUSE = 0.005
"""Seconds between two attempts to get the first answer."""


@dataclass(frozen=True)
class Server:
    """A server that answers."""

    pid: int
    port: int
    seconds: float
    """From the start of its process to its first answer."""

    def memory(self) -> int:
        """The bytes of it that are in memory now."""
        counts = Path(f"/proc/{self.pid}/statm")
        if counts.is_file():
            return int(counts.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
        told = subprocess.run(["ps", "-o", "rss=", "-p", str(self.pid)], stdout=subprocess.PIPE, check=True)
        return int(told.stdout) * 1024


def mock(port: int) -> list[str]:
    """The command that starts our mock as the verb does it."""
    return [sys.executable, "-m", "scripts", "mock", "--api", "wasabi_air", "--port", str(port)]


def prism(peer: Peer, flags: Sequence[str], port: int) -> list[str]:
    """The command that starts Prism on the same document."""
    return peer.command("mock", "spec/wasabi_air/openapi.yaml", "--port", str(port), *flags)


def bare(file: Path, port: int) -> list[str]:
    """The command that starts a server of constant answers, which `file` holds."""
    return [sys.executable, "-m", "tests.bench.bare", str(port), str(file)]


@contextlib.contextmanager
def started(command: Callable[[int], Sequence[str]], first: Ask) -> Iterator[Server]:
    """The server that `command` starts on the port it is given, from when it has answered `first`.

    What it prints is dropped, as the log of a million requests must be. Raises `RuntimeError` if it
    ends, or does not answer.
    """
    port = _free()
    words = command(port)
    dropped = subprocess.DEVNULL
    start = time.perf_counter()
    process = subprocess.Popen(words, cwd=ROOT, env=surroundings(**KEYS), stdin=dropped, stdout=dropped, stderr=dropped)
    try:
        while not _answers(port, first):
            if process.poll() is not None or time.perf_counter() - start > LIMIT:
                raise RuntimeError(f"{' '.join(words)} does not answer")
            time.sleep(_PAUSE)
        yield Server(process.pid, port, time.perf_counter() - start)
    finally:
        end(process)


def _answers(port: int, first: Ask) -> bool:
    try:
        answer(port, first)
    except ConnectionError:
        return False
    return True


def _free() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
