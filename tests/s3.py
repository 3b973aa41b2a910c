"""A real S3-compatible server on loopback for tests: moto's, as a process that is always ended."""

from __future__ import annotations

import contextlib
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from .processes import end

STARTS_WITHIN = 30.0
"""Seconds that the server may take until it answers."""


@contextlib.contextmanager
def s3() -> Iterator[str]:
    """Serve S3 in memory on a free port of 127.0.0.1 until the block ends; gives its URL."""
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "said"
        with said.open("wb") as log:
            command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
            process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield _url(process, said)
        finally:
            end(process)


def _url(process: subprocess.Popen[bytes], said: Path) -> str:
    """The server's URL, once it answers."""
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and process.poll() is None:
        # The server chooses the port itself, so that none is taken between choosing and listening.
        found = re.search(r"http://127\.0\.0\.1:\d+", said.read_text())
        if found and _answers(found[0]):
            return found[0]
        time.sleep(0.02)
    raise RuntimeError(f"no S3 server: {said.read_text()}")


def _answers(url: str) -> bool:
    try:
        socket.create_connection((urlsplit(url).hostname, urlsplit(url).port), timeout=1).close()
    except OSError:
        return False
    return True
