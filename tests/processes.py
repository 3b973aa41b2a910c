"""The project's own verbs as processes, for tests: started in the repository, and always ended."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

KEYS = {
    "WASABI_ACCESS_KEY": "EXAMPLEACCESSKEY0001",
    "WASABI_SECRET_KEY": "example-secret-of-account-one",
    "WASABI_OTHER_ACCESS_KEY": "EXAMPLEACCESSKEY0002",
    "WASABI_OTHER_SECRET_KEY": "example-secret-of-account-two",
}
"""The documented credentials, as a user would set them."""

GIVEN = {
    "WASABI_SOURCE_BUCKET": "media",
    "WASABI_SOURCE_KEY": "clips/a.mp4",
    "WASABI_SOURCE_ENDPOINT": "s3.example.com",
    "WASABI_SOURCE_REGION": "here-1",
    "WASABI_DESTINATION_BUCKET": "results",
    "WASABI_DESTINATION_REGION": "here-1",
    "WASABI_SERVICES": '{"s2t": {}}',
}
"""Values that exist on a server, likewise."""


def surroundings(**more: str) -> dict[str, str]:
    """The environment of this process without any setting of the APIs or of a CI it runs in, and `more`."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("WASABI_", "GITHUB_", "CI"))}
    return ours | more


def verb(
    *words: str,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    timeout: float = 120,
    before: Sequence[str] = (),
):
    """Run a verb to its end, by the command `before` where there is one: its exit code, and what it printed."""
    command = [*before, sys.executable, "-m", "scripts", *words]
    return subprocess.run(
        command, cwd=cwd, env=env or surroundings(), capture_output=True, text=True, timeout=timeout, check=False
    )


@contextlib.contextmanager
def mock(*words: str, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> Iterator[str]:
    """A mock on a free port, which logs nothing; gives its URL."""
    with _mock(words, env, cwd) as process:
        yield _address(process)


@contextlib.contextmanager
def steered(*words: str, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> Iterator[tuple[str, str]]:
    """A mock on a free port, which logs nothing; gives its URL and that of its control interface."""
    with _mock(("--control", "0", *words), env, cwd) as process:
        yield _address(process), _address(process)


@contextlib.contextmanager
def running(*words: str, env: Mapping[str, str] | None = None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A mock on a free port, which logs nothing; gives its process, which a test may kill, and its URL."""
    with _mock(words, env, ROOT) as process:
        yield process, _address(process)


@contextlib.contextmanager
def _mock(words: Sequence[str], env: Mapping[str, str] | None, cwd: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "scripts", "mock", "--port", "0", "--step", "0.1", "--log", "off", *words]
    process = subprocess.Popen(command, cwd=cwd, env=env or surroundings(), stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        end(process)
        process.stdout.close()


def end(process: subprocess.Popen) -> None:
    """Terminate a process; kill one that does not end by that."""
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _address(process: subprocess.Popen[str]) -> str:
    return process.stdout.readline().rpartition(" at ")[2].strip()
