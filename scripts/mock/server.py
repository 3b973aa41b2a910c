"""The mock as a process: HTTP around a mock that runs, until it is interrupted."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from .. import behaviour
from ..document import Json, operations, read
from ..errors import PlumblineError, Problem, UsageError
from ..project import HOLDERS, Api
from . import faults
from .bodies import LARGEST_FORM
from .clock import Clock
from .journal import Journal
from .keys import Holder, Keys
from .log import FORMS, Log
from .messages import Request, Response
from .resource import Resource
from .respond import broken
from .running import Mock
from .service import Service, served
from .settings import Settings, chosen
from .storage import Storage
from .store import Store

LARGEST_HEAD = 1 << 16
"""Bytes of a request before its body that are taken."""

_IDLE = 0.05
"""Seconds between two looks at what time has ended, while nobody asks."""


@dataclass(frozen=True)
class Start:
    """What a process is started with."""

    host: str = "127.0.0.1"
    port: int = 0
    """0 is a free one, here and below."""
    control: int | None = None
    """The port of the control interface; None for none."""
    preview: bool = False
    scenario: Path | None = None
    words: Mapping[str, Json] = field(default_factory=dict)
    """What flags say of settings; each takes the place of the scenario's."""
    state: Path | None = None
    """The file that outlives the process."""
    storage: str | None = None
    """The URL of an S3-compatible storage."""
    log: str = "text"


def service(api: Api, *, preview: bool, words: Sequence[str] = (), environment: Mapping[str, str]) -> Service:
    """An API ready to be served; `words` name faults.

    Accepts the keys that the environment names, and the documented ones where it names none. Raises
    `UsageError` for unknown faults and for keys that it cannot check.
    """
    document = read(api.openapi).data
    if not api.behaviour.is_file():
        raise UsageError(Problem("this file is missing", "docs/behaviour.md says what it holds.", str(api.behaviour)))
    keeps = behaviour.read(api.behaviour, document)
    keys = Keys(
        _headers(api, document), tuple(each.scheme for each in api.credentials), tuple(_holders(api, environment))
    )
    plain = served(document, keeps, keys, preview=preview)
    return faults.applied(plain, faults.chosen(words, [operation.id for operation in operations(document)]))


def made(
    service: Service, settings: Settings, *, journal: Journal | None = None, storage: Storage | None = None
) -> Mock:
    """A mock of a service, with what its journal holds; its time goes on from the last change there."""

    def value(resource: Resource, pointer: str) -> Json:
        return mock.service.members.value(resource, pointer)  # as the faults of the moment show it

    writes = service.behaviour.storage.writes if service.behaviour.storage and storage else None
    store = Store(value, step=settings.step, awaited=writes.states if writes else (), journal=journal)
    clock = _clock(settings, max(store.latest, journal.time() if journal else 0.0))
    mock = Mock(replace(service, stores=storage is not None), store, clock, storage, start=settings)
    return mock


def _clock(settings: Settings, reached: float) -> Clock:
    """A clock that goes on from the time that was reached before; one that must be told does not start after it."""
    clock = Clock(settings.clock)
    told_only = settings.clock == 0 and reached > 0
    return Clock(settings.clock, start=reached if told_only else max(reached, clock.now()))


# --- HTTP ---------------------------------------------------------------------------------------


@dataclass
class Application:
    """The ASGI application: reads requests, writes answers, and logs a line for each."""

    mock: Mock
    base: str
    """The path that the API is served below."""
    log: Log | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        started = time.perf_counter()
        try:
            request = Request(
                scope["method"],
                self._path(scope),
                scope["query_string"].decode("latin-1"),
                tuple([(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]),
                await _body(scope, receive),
            )
        except ClientDisconnect:
            return
        mock = self.mock
        mock.served += 1
        if mock.settings.drop and mock.served % mock.settings.drop == 0:
            _cut(send)
            self._logged(request, None, started)
            return
        if mock.settings.latency:
            await asyncio.sleep(mock.settings.latency)
        try:
            response = await mock.answer(request)
        except PlumblineError as error:  # the state cannot be written
            response = broken(mock.service, request)
            if self.log:
                self.log.trouble(str(error))
        self._logged(request, response, started)
        await _written(response, send)

    def _path(self, scope: Scope) -> str:
        """The path below the base, percent-encoded; empty for one that is not below it."""
        path = scope["raw_path"].decode("latin-1")
        if not path.startswith("/"):
            path = re.sub(r"^https?://[^/]*", "", path)  # RFC 9112, 3.2.2: a server accepts the absolute form too
        return path[len(self.base) :] if path.startswith(f"{self.base}/") else ""

    def _logged(self, request: Request, response: Response | None, started: float) -> None:
        if self.log:
            self.log.request(self.mock.service, request, response, (time.perf_counter() - started) * 1000)


async def _body(scope: Scope, receive: Receive) -> bytes:
    """The request's body, or one byte more of it than is taken."""
    if not any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"]):
        return b""
    body = bytearray()
    while len(body) <= LARGEST_FORM:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return bytes(body[: LARGEST_FORM + 1])


async def _written(response: Response, send: Send) -> None:
    headers = [(b"content-length", str(len(response.content)).encode())]
    if response.content:
        headers.append((b"content-type", response.media_type.encode("latin-1")))
    headers += [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})


def _cut(send: Send) -> None:
    """Close the connection of a request without an answer."""
    # ASGI has no word for it: an application that does not answer is answered for, with a 500.
    exchange = getattr(send, "__self__", None)
    if exchange is not None:
        exchange.disconnected = True
        exchange.transport.abort()


class _Protocol(HttpToolsProtocol):
    """uvicorn's protocol, for heads of a bounded size."""

    _head = 0
    _in_head = True

    def on_message_begin(self) -> None:
        self._head, self._in_head = 0, True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._in_head and not self.transport.is_closing():
            self._head += len(data)
            if self._head > LARGEST_HEAD:
                self.send_400_response("The request's head is too large.")


# --- The process --------------------------------------------------------------------------------


def serve(
    api: Api, start: Start, *, environment: Mapping[str, str], on_ready: Callable[[str, str | None], None]
) -> None:
    """Serve an API until the process is interrupted or terminated.

    `on_ready` gets the URLs of the API and of the control interface once requests are answered. Raises
    `UsageError` for what does not fit the API, and for a port, a file or a storage that cannot be used.
    """
    plain = service(api, preview=start.preview, environment=environment)
    settings = chosen(start.scenario, start.words, plain)
    with contextlib.ExitStack() as held:
        storage = _storage(api, plain, start.storage)
        journal = _journal(api, plain, start.state)
        if journal:
            held.callback(journal.close)
        mock = made(plain, settings, journal=journal, storage=storage)
        lines = Log(sys.stderr, FORMS[start.log]) if start.log in FORMS else None
        if lines:
            held.callback(lines.close)
        base = urlsplit(api.base_url).path.rstrip("/")
        servers = [_Server(Application(mock, base, lines), _listen(start.host, start.port, "--port"))]
        if start.control is not None:
            from . import control  # noqa: PLC0415 - slow to load, and few mocks are steered

            servers.append(_Server(control.application(mock), _listen("127.0.0.1", start.control, "--control")))
        urls = _url(servers[0].listening, base), _url(servers[1].listening) if servers[1:] else None
        with asyncio.Runner(loop_factory=servers[0].config.get_loop_factory()) as runner:
            runner.run(_served(mock, servers, lambda: on_ready(*urls)))


async def _served(mock: Mock, servers: Sequence[_Server], on_ready: Callable[[], None]) -> None:
    """Serve until a signal comes."""

    def end(*_: object) -> None:
        for server in servers:
            server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    looking = asyncio.create_task(settling(mock)) if mock.storage else None
    serving = [asyncio.create_task(server.serve(sockets=[server.listening])) for server in servers]
    for server in servers:
        await server.ready.wait()
    on_ready()
    await asyncio.gather(*serving)
    if looking and mock.storage:
        looking.cancel()
        await asyncio.wait([looking])
        await mock.storage.aclose()


async def settling(mock: Mock) -> None:
    """See to what is due while nobody asks, until cancelled."""
    while True:
        with contextlib.suppress(PlumblineError):  # the state cannot be written; requests will say so
            await mock.settle()
        await asyncio.sleep(_IDLE)


class _Server(uvicorn.Server):
    """uvicorn's server on one socket, which says when it is ready, and ends without waiting for clients."""

    def __init__(self, application: ASGIApp, listening: socket.socket) -> None:
        config = uvicorn.Config(
            application,
            http=_Protocol,
            ws="none",
            log_config=None,
            log_level="error",
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=1,
            backlog=256,
        )
        super().__init__(config)
        self.listening, self.ready = listening, asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to whoever runs the server: there may be two."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening, then say so."""
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening and end; a request of which half has come, or that is not answered yet, is dropped."""
        for name in ("uvicorn.error", "asyncio"):
            logging.getLogger(name).disabled = True  # that it is dropped is nobody's concern any more
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        for task in list(self.server_state.tasks):
            task.cancel()
        await super().shutdown(sockets)


def _url(listening: socket.socket, path: str = "") -> str:
    host, port = listening.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{path}"


def _listen(host: str, port: int, flag: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only where the protocol is named, and with it on, an answer in
    # two packets waits for the client's delayed acknowledgement: 40 ms a request.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        raise UsageError(
            f"cannot listen on {host}:{port}: {error.strerror}", hint=f"Choose another {flag}; 0 is a free one."
        ) from None
    return listening


def _journal(api: Api, service: Service, path: Path | None) -> Journal | None:
    """The file that holds the state; it belongs to one API of one version."""
    version = service.document["info"]["version"]
    return Journal(path, api=f"{api.name} {version}") if path else None


def _storage(api: Api, service: Service, url: str | None) -> Storage | None:
    if url is None:
        return None
    if service.behaviour.storage is None:
        what = f"{api.title} has no storage to connect"
        raise UsageError(what, hint=f"Leave --storage out, or say in {api.behaviour} what it stores.")
    return Storage(url)


def _headers(api: Api, document: Json) -> tuple[str, ...]:
    """The headers that carry the keys, in the order of `api.credentials`."""
    schemes = document.get("components", {}).get("securitySchemes", {})
    wrong = [each.scheme for each in api.credentials if schemes.get(each.scheme, {}).get("in") != "header"]
    if wrong:
        raise UsageError(
            Problem(f"the security scheme {name} is not a key in a header", file=str(api.settings)) for name in wrong
        )
    return tuple(schemes[credential.scheme]["name"] for credential in api.credentials)


def _holders(api: Api, environment: Mapping[str, str]) -> list[Holder]:
    """Who may come: an account and its viewer, and a second account."""
    found = []
    for holder in HOLDERS:
        values = [
            environment.get(credential.environment.get(holder, "")) or credential.example.get(holder, "")
            for credential in api.credentials
        ]
        if values and all(values):
            account = "other" if holder == "other" else "account"
            found.append(Holder(holder, account, f"user-of-{holder}", tuple(values)))
    return found or [Holder("account", "account", "user-of-account", ())]
