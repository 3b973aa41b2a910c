"""A load on one server: ready requests over several connections that stay open, every answer's status checked."""

from __future__ import annotations

import contextlib
import math
import re
import socket
import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .process import LIMIT

_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
_STATUS = slice(9, 12)
"""Where the status stands in an answer."""


@dataclass(frozen=True)
class Ask:
    """A request as it goes over the wire, and the status that its answer must have."""

    wire: bytes
    status: int = 200

    @property
    def place(self) -> str:
        """Its method and its path, as in `GET /jobs`."""
        method, target, _ = self.wire.decode().split(" ", 2)
        return f"{method} {target.partition('?')[0]}"


@dataclass(frozen=True)
class Load:
    """What was answered, and what it took."""

    answers: int
    seconds: float
    work: float
    """Seconds in which this process, which sends, was at work itself."""

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds


class UnexpectedError(Exception):
    """An answer that is not the one expected, or none: what was measured would say nothing."""


def ask(method: str, target: str, headers: Mapping[str, str], body: bytes = b"", *, status: int = 200) -> Ask:
    """A request, written out."""
    stated = {"Host": "127.0.0.1", **headers}
    if body:
        stated |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in stated.items())
    return Ask(f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode() + body, status)


def drive(port: int, asks: Iterable[Ask], *, connections: int, seconds: float = math.inf) -> Load:
    """Send `asks` to a server on this machine, each connection's next when its last is answered.

    Ends with `asks`, or when `seconds` are over, after what was sent is answered. Raises
    `UnexpectedError` at the first answer with another status.
    """
    with contextlib.ExitStack() as stack:
        idle = deque(stack.enter_context(_connected(port)) for _ in range(connections))
        busy: deque[tuple[socket.socket, Ask]] = deque()
        start, worked, sent = time.perf_counter(), time.process_time(), 0
        for each in asks:
            if time.perf_counter() - start > seconds:
                break
            connection = idle.popleft() if idle else _answered(busy)
            connection.sendall(each.wire)
            busy.append((connection, each))
            sent += 1
        while busy:
            _answered(busy)
        return Load(sent, time.perf_counter() - start, time.process_time() - worked)


def answer(port: int, asked: Ask) -> bytes:
    """The body of the answer to one request. Raises `UnexpectedError` for another status, `OSError` for none."""
    with _connected(port) as connection:
        connection.sendall(asked.wire)
        return _received(connection, asked)


def _answered(busy: deque[tuple[socket.socket, Ask]]) -> socket.socket:
    """The connection that has waited longest, once it is answered.

    Taking them in the order in which they were sent on costs nothing: a server answers in about that order.
    """
    connection, asked = busy.popleft()
    _received(connection, asked)
    return connection


def _received(connection: socket.socket, asked: Ask) -> bytes:
    data = b""
    while (end := data.find(b"\r\n\r\n")) < 0:
        data += _some(connection)
    if int(data[_STATUS]) != asked.status:
        raise UnexpectedError(f"{data[:300]!r} where the status {asked.status} is expected")
    length = _LENGTH.search(data, 0, end + 2)
    if length is None:
        raise UnexpectedError(f"{data[:end]!r} does not say how long it is")
    body = data[end + 4 :]
    while len(body) < int(length[1]):
        body += _some(connection)
    return body


def _some(connection: socket.socket) -> bytes:
    data = connection.recv(1 << 16)
    if not data:
        raise UnexpectedError("the connection was closed before the answer was there")
    return data


def _connected(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), LIMIT)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection
