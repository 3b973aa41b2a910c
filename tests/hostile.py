"""Servers on loopback that break HTTP, or a client, on purpose: each is a function of one connection."""

from __future__ import annotations

import contextlib
import itertools
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass
class Peer:
    """The server's end of one connection."""

    stream: socket.socket
    number: int
    """Of the connection, counted from 1."""
    heads: list[str]
    """The heads of the requests that came so far, on any connection."""

    def request(self) -> str:
        """The head of the next request, whose body is read and left; empty when the other end is gone."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = self.stream.recv(1)
            if not byte:
                return ""
            head += byte
        text = head.decode("latin-1")
        self.heads.append(text)
        left = int(field_of(text, "content-length") or 0)
        while left:
            left -= len(self.stream.recv(min(left, 1 << 16))) or left
        return text

    def until_gone(self) -> None:
        """Wait until the other end closes, or this one is closed."""
        while self.stream.recv(1 << 16):
            pass


Behaviour: TypeAlias = Callable[[Peer], None]


@dataclass
class Hostile:
    """A server that runs until its block ends."""

    url: str
    heads: list[str] = field(default_factory=list)
    connections: int = 0


@contextlib.contextmanager
def hostile(behave: Behaviour, *, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Iterator[Hostile]:
    """Serve on a free port, each connection in a thread of its own."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, 0), family=family)
    name = f"[{host}]" if ":" in host else host
    server = Hostile(f"http{'s' if tls else ''}://{name}:{listening.getsockname()[1]}/api/v1")
    streams: list[socket.socket] = []

    def serve(stream: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError, ValueError):
            if tls:
                stream = tls.wrap_socket(stream, server_side=True)
                streams.append(stream)
            with stream:
                behave(Peer(stream, number, server.heads))

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                stream, _ = listening.accept()
                streams.append(stream)
                server.connections += 1
                threading.Thread(target=serve, args=(stream, server.connections), daemon=True).start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield server
    finally:
        for each in (listening, *streams):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        accepting.join(5)


# --- Answers ----------------------------------------------------------------------------------


def field_of(head: str, name: str) -> str:
    """The value of a header; empty where there is none."""
    lines = (line.partition(":") for line in head.split("\r\n")[1:])
    return next((value.strip() for each, _, value in lines if each.lower() == name), "")


def answer(body: bytes | str = b"[]", *, status: str = "200 OK", headers: Mapping[str, str] | None = None) -> bytes:
    """An answer as it goes over the wire; a header of `headers` takes the place of a usual one, "" leaves it out."""
    data = body.encode() if isinstance(body, str) else body
    usual = {"Content-Type": "application/json", "Content-Length": str(len(data))}
    lines = [f"{name}: {value}" for name, value in {**usual, **(headers or {})}.items() if value]
    return "\r\n".join((f"HTTP/1.1 {status}", *lines, "", "")).encode("latin-1") + data


def page(*records: Mapping[str, object], total: object = None, number: object = 1) -> str:
    """A list as the API documents it."""
    count = len(records) if total is None else total
    return json.dumps(
        {"Records": records, "Pagination": {"TotalRecords": count, "PageNumber": number, "PageSize": 100}}
    )


def job(identity: object = "1", **more: object) -> dict[str, object]:
    """A resource as a list shows it."""
    plain = {"Id": identity, "Name": "a", "Status": "completed", "Created": "2026-01-01T00:00:00Z"}
    return {**plain, "Completed": "2026-01-01T00:00:01Z", "Priority": 5, "UserId": "1", **more}


# --- Behaviours -------------------------------------------------------------------------------


def always(*parts: bytes) -> Behaviour:
    """Answers every request with the same bytes, and keeps the connection."""
    return each(lambda _head, _number: b"".join(parts))


def each(made: Callable[[str, int], bytes]) -> Behaviour:
    """Answers with what a function makes of a request's head and its number, counted from 1 over all connections."""

    def behave(peer: Peer) -> None:
        while head := peer.request():
            peer.stream.sendall(made(head, len(peer.heads)))

    return behave


def once(*parts: bytes) -> Behaviour:
    """Answers one request of each connection with these bytes, and closes it."""

    def behave(peer: Peer) -> None:
        peer.request()
        peer.stream.sendall(b"".join(parts))

    return behave


def hangs(*parts: bytes) -> Behaviour:
    """Answers with these bytes, and nothing after them."""

    def behave(peer: Peer) -> None:
        peer.request()
        peer.stream.sendall(b"".join(parts))
        peer.until_gone()

    return behave


def endless(start: bytes, part: bytes, *, pause: float = 0.0) -> Behaviour:
    """Answers with `start`, and then `part` again and again."""

    def behave(peer: Peer) -> None:
        peer.request()
        peer.stream.sendall(start)
        for _ in itertools.count():
            peer.stream.sendall(part)
            time.sleep(pause)

    return behave


def drips(data: bytes, *, pause: float) -> Behaviour:
    """Answers every request with these bytes, one at a time."""

    def behave(peer: Peer) -> None:
        while peer.request():
            for byte in data:
                peer.stream.sendall(bytes((byte,)))
                time.sleep(pause)

    return behave


def drops(which: Callable[[int], bool], otherwise: bytes, *, after: bytes = b"") -> Behaviour:
    """Closes the connection of the requests whose number `which` picks, after these bytes of an answer."""

    def behave(peer: Peer) -> None:
        while peer.request():
            if which(len(peer.heads)):
                peer.stream.sendall(after)
                return
            peer.stream.sendall(otherwise)

    return behave
