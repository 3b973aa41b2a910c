"""The mock as a process: HTTP around `respond`, until it is interrupted."""

from __future__ import annotations

import ipaddress
import json
import logging
import re
import socket
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import uvicorn
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse
from starlette.responses import Response as HttpResponse
from starlette.types import Receive, Scope, Send

from .. import behaviour
from ..document import Json, operations, read
from ..errors import Problem, UsageError
from ..project import HOLDERS, Api
from . import faults
from .messages import LARGEST_BODY, Request, Response, routes
from .respond import Holder, Service, respond
from .store import Pace, Store

log = logging.getLogger("plumbline.mock")

COUNTS = "/-/counts"
"""Where the control interface tells loopback what was served; outside every API's base path."""


def service(api: Api, *, step: float, preview: bool, words: Sequence[str], environment: Mapping[str, str]) -> Service:
    """An API ready to be served; `words` name faults.

    Accepts the keys that the environment names, and the documented ones where it names none. Raises
    `UsageError` for unknown faults and for keys that it cannot check.
    """
    document = read(api.openapi).data
    if not api.behaviour.is_file():
        raise UsageError(f"{api.behaviour} is not there", hint="The mock needs to be told how the API behaves.")
    keeps = behaviour.read(api.behaviour, document)
    return Service(
        document=document,
        behaviour=keeps,
        routes=routes(document, preview=preview),
        headers=_headers(api, document),
        holders=_holders(api, environment),
        pace=Pace(keeps.lifecycle, step),
        faults=faults.chosen(words, [operation.id for operation in operations(document)]),
    )


@dataclass
class Application:
    """The ASGI application: reads requests, holds the store, writes answers and one log line each."""

    service: Service
    base: str
    """The path that the API is served below."""
    clock: Callable[[], float] = time.time
    control: bool = False
    """Whether the counts are served."""
    store: Store = field(default_factory=Store)
    served: Counter[str] = field(default_factory=Counter)
    """Requests by method and status."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        try:
            answer = await self._answer(HttpRequest(scope, receive))
        except ClientDisconnect:
            return
        await answer(scope, receive, send)

    async def _answer(self, http: HttpRequest) -> HttpResponse:
        path = http.scope.get("raw_path", http.url.path.encode()).decode("latin-1").partition("?")[0]
        path = re.sub(r"^https?://[^/]*", "", path)  # RFC 9112, 3.2.2: a server accepts the absolute form too
        if self.control and path == COUNTS and _is_loopback(http.scope.get("client")):
            return JSONResponse({"requests": self.served.total(), "resources": self.store.counts().total()})
        request = Request(
            http.method,
            path.removeprefix(self.base) if path.startswith(f"{self.base}/") else "",
            http.scope["query_string"].decode("latin-1"),
            tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in http.headers.raw),
            await _body(http),
        )
        response, changed = respond(self.service, self.store, self.clock(), request)
        if changed is not None:
            self.store.put(changed)
        self.served[f"{request.method} {response.status}"] += 1
        # The template, because what stands in a path or query may be a secret.
        log.info("%s %s %d", request.method, response.path or "(no such path)", response.status)
        return _written(response)


def _is_loopback(client: tuple[str, int] | None) -> bool:
    return client is not None and ipaddress.ip_address(client[0]).is_loopback


async def _body(http: HttpRequest) -> bytes:
    """The request's body, or one byte more of it than is taken."""
    body = b""
    async for chunk in http.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            break
    return body[: LARGEST_BODY + 1]


def _written(response: Response) -> HttpResponse:
    content = b"" if response.body is None else json.dumps(response.body, separators=(",", ":")).encode()
    return HttpResponse(content, response.status, dict(response.headers), response.media_type)


def serve(
    api: Api,
    *,
    host: str,
    port: int,
    step: float,
    preview: bool,
    words: Sequence[str],
    environment: Mapping[str, str],
    on_ready: Callable[[str], None],
    control: bool = False,
) -> None:
    """Serve an API until the process is interrupted or terminated.

    `on_ready` gets the URL once requests are answered; port 0 is a free one. Raises `UsageError` if
    the port is taken.
    """
    base = urlsplit(api.base_url).path.rstrip("/")
    made = service(api, step=step, preview=preview, words=words, environment=environment)
    listening = _listen(host, port)
    url = f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}{base}"
    config = uvicorn.Config(
        Application(made, base, control=control),
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=1,
        backlog=256,
    )
    _Server(config, lambda: on_ready(url)).run(sockets=[listening])


class _Server(uvicorn.Server):
    """uvicorn's server, which says when it is ready, and ends without waiting for clients."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening, then say so."""
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening and end; a request of which half has come is dropped."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await super().shutdown(sockets)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only where the protocol is named, and with it on, an answer in
    # two packets waits for the client's delayed acknowledgement: 40 ms a request.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        raise UsageError(
            f"cannot listen on {host}:{port}: {error.strerror}", hint="Choose another --port; 0 is a free one."
        ) from None
    return listening


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
            found.append(Holder(account, f"user-of-{holder}", tuple(values), may_change=holder != "view"))
    return found or [Holder("account", "user-of-account", ())]
