"""The mock's log: a line for each request, written where no request has to wait for it."""

from __future__ import annotations

import asyncio
import json
import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TextIO

from .messages import Request, Response
from .service import Service

_PAUSE = 0.02
"""Seconds that lines are collected for, since to write each by itself costs more than to answer."""

_MOST = 500
"""Collections that wait for a reader that does not read; later ones are left out, and counted."""


def _text(service: Service, request: Request, response: Response | None, milliseconds: float) -> str:
    """A line for people: method, template of the path, status, time."""
    status = response.status if response else "dropped"
    return f"{request.method} {_path(service, request, response)} {status} {milliseconds:.1f} ms\n"


def _structured(service: Service, request: Request, response: Response | None, milliseconds: float) -> str:
    """A line for programs: one JSON object."""
    route = service.routes.find(request.method, request.path)[0]
    security = service.document.get("security", ())
    holder = route and service.authenticate(service.keys, request, route.operation, security)
    line = {
        "time": _now(),
        "method": request.method,
        "path": _path(service, request, response),
        "operation": route.operation.id if route else None,
        "status": response.status if response else None,
        "ms": round(milliseconds, 1),
        "account": holder.account if holder else None,
    }
    return json.dumps(line) + "\n"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _path(service: Service, request: Request, response: Response | None) -> str:
    """The template of what was asked for, because what stands in a path or a query may be a secret."""
    if response is None:
        route = service.routes.find(request.method, request.path)[0]
        return route.operation.path if route else "(no such path)"
    return response.path or "(no such path)"


@dataclass(frozen=True)
class Form:
    """How lines are written."""

    request: Callable[[Service, Request, Response | None, float], str]
    """The line for a request, its answer (None where its connection was closed) and its milliseconds."""
    trouble: Callable[[str], str]
    """The line for what went wrong on our side."""


FORMS: Mapping[str, Form] = {
    "text": Form(_text, lambda what: f"{what}\n"),
    "json": Form(_structured, lambda what: json.dumps({"time": _now(), "trouble": what}) + "\n"),
}
"""The forms by the word of `--log`."""


class Log:
    """Lines that go to a stream, in order, by a thread of their own. It belongs to one event loop until `close`."""

    def __init__(self, stream: TextIO, form: Form, *, most: int = _MOST) -> None:
        self._stream, self._form = stream, form
        self._lines: list[str] = []
        self._missing = 0
        self._collections: queue.Queue[str | None] = queue.Queue(most)
        self._writer = threading.Thread(target=self._write, daemon=True)
        self._writer.start()

    def request(self, service: Service, request: Request, response: Response | None, milliseconds: float) -> None:
        """Take in the line for a request."""
        self._take(self._form.request(service, request, response, milliseconds))

    def trouble(self, what: str) -> None:
        """Take in what went wrong on our side."""
        self._take(self._form.trouble(what))

    def close(self) -> None:
        """Write what there is, unless nobody reads it."""
        self._hand_over()
        try:
            self._collections.put(None, timeout=0.2)
        except queue.Full:
            return
        self._writer.join(timeout=0.5)

    def _take(self, line: str) -> None:
        if not self._lines:
            asyncio.get_running_loop().call_later(_PAUSE, self._hand_over)
        self._lines.append(line)

    def _hand_over(self) -> None:
        if not self._lines:
            return
        lines, self._lines = self._lines, []
        told = self._form.trouble(f"{self._missing} lines are missing: nobody read them") if self._missing else ""
        try:
            self._collections.put_nowait(told + "".join(lines))
        except queue.Full:
            self._missing += len(lines)
        else:
            self._missing = 0

    def _write(self) -> None:
        while (lines := self._collections.get()) is not None:
            try:
                self._stream.write(lines)
                self._stream.flush()
            except (OSError, ValueError):  # whoever read it is gone
                return
