"""Run one command to its end and print what it took, as JSON: `python -I -S measure.py SECONDS LOG COMMAND…`.

A process of its own, and a small one: a child begins as a copy of its parent, whose memory Linux
counts as the child's peak, so that a parent larger than the command would hide what the command needs.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time

_BYTES = 1 if sys.platform == "darwin" else 1024
"""The unit of `ru_maxrss`."""


def measure(command: list[str], *, log: str, limit: int) -> dict[str, float]:
    """Seconds, peak memory in bytes, and exit code of `command`, which is killed after `limit` seconds.

    What it prints goes to the file `log`. A killed one has the negative signal as its exit code.
    """
    output = (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    errors = (os.POSIX_SPAWN_DUP2, 1, 2)
    start = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=[output, errors])
    signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
    signal.alarm(limit)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    signal.alarm(0)
    return {"seconds": seconds, "peak": usage.ru_maxrss * _BYTES, "code": os.waitstatus_to_exitcode(status)}


if __name__ == "__main__":
    json.dump(measure(sys.argv[3:], log=sys.argv[2], limit=int(sys.argv[1])), sys.stdout)
