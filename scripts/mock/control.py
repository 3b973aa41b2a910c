"""The control interface: what steers a mock while it runs, on a listener of its own.

No web page can use it: a request must be addressed to loopback, so that no name that was pointed there
leads here, and must come from no page's origin.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from ..document import Json
from ..errors import PlumblineError, Problem, UsageError
from .bodies import parsed
from .messages import RefusedError
from .running import Mock
from .settings import changed, wrong

LARGEST = 1 << 16
"""Bytes of a body that are taken."""

_LATEST = 221_845_392_000.0
"""The year 9000: later times are told to no clock, since no date can be written for what comes after them."""


def application(mock: Mock) -> ASGIApp:
    """The ASGI application that steers `mock`; every refusal is `{"errors": [{"what": …}]}` with a 4xx."""
    app = Starlette(
        routes=[
            Route("/counts", _counts, methods=["GET"]),
            Route("/settings", _settings, methods=["GET"]),
            Route("/settings", _steer, methods=["PATCH"]),
            Route("/clock", _clock, methods=["POST"]),
            Route("/reset", _reset, methods=["POST"]),
            Route("/resources/{identity}/state", _state, methods=["PUT"]),
        ],
        exception_handlers={
            HTTPException: _refused,
            RefusedError: _refused,
            PlumblineError: _wrong,
            ClientDisconnect: _gone,
        },
    )
    app.state.mock = mock

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        what = _stranger(scope)
        await (_errors(403, what) if what else app)(scope, receive, send)

    return guarded


# --- What it does ---------------------------------------------------------------------------------


async def _counts(request: Request) -> Response:
    mock = _mock(request)
    accounts = mock.store.counts()
    counts = {"requests": mock.served, "resources": accounts.total(), "accounts": dict(accounts)}
    return JSONResponse(counts)


async def _settings(request: Request) -> Response:
    return JSONResponse(_mock(request).settings.words())


async def _steer(request: Request) -> Response:
    mock, words = _mock(request), await _body(request)
    found = list(wrong(words, mock.plain))
    if found:
        raise UsageError(Problem(what, hint, pointer=pointer) for pointer, what, hint in found)
    mock.steer(changed(mock.settings, words))
    return await _settings(request)


async def _clock(request: Request) -> Response:
    mock, body = _mock(request), await _body(request)
    seconds = body.get("advance")
    if set(body) != {"advance"} or isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
        raise RefusedError(400, 'the body is not {"advance": seconds}, with a number of 0 or more')
    if mock.clock.now() + seconds > _LATEST:
        raise RefusedError(400, "that is beyond the year 9000")
    return JSONResponse({"now": await mock.tell(seconds)})


async def _reset(request: Request) -> Response:
    _mock(request).reset()
    return Response(status_code=204)


async def _state(request: Request) -> Response:
    mock, body = _mock(request), await _body(request)
    states = mock.service.behaviour.lifecycle.states
    if set(body) != {"state"} or body["state"] not in states:
        raise RefusedError(400, f'the body is not {{"state": …}}, with one of {", ".join(states)}')
    identity = request.path_params["identity"]
    moved = await mock.moved(identity, body["state"])
    if moved is None:
        raise RefusedError(404, "no resource has this identity")
    return JSONResponse({"identity": identity, "state": moved.state})


def _mock(request: Request) -> Mock:
    mock: Mock = request.app.state.mock
    return mock


async def _body(request: Request) -> dict[str, Json]:
    """The object that a request sends. Raises `RefusedError` for anything else."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            raise RefusedError(413, f"the body has more than {LARGEST} bytes")
    value = parsed(bytes(body))
    if not isinstance(value, dict):
        raise RefusedError(400, "the body is not an object")
    return value


# --- What it refuses ------------------------------------------------------------------------------


def _stranger(scope: Scope) -> str:
    """Why a request is none of somebody who sits at this machine; empty if it may be."""
    headers = [(name, value.decode("latin-1")) for name, value in scope["headers"]]
    hosts = [value for name, value in headers if name == b"host"]
    if len(hosts) != 1 or not _is_loopback(hosts[0]):
        return "the Host is not a loopback address: this interface is for the machine that it runs on"
    if any(name == b"origin" for name, _ in headers):
        return "a request with an Origin comes from a web page, which must not steer this"
    return ""


def _is_loopback(host: str) -> bool:
    name = re.sub(r":[0-9]*$", "", host)
    if name.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False


async def _refused(_: Request, error: Exception) -> Response:
    match error:
        case RefusedError():
            return _errors(error.status, error.detail)
        case HTTPException():
            return _errors(error.status_code, error.detail, headers=error.headers)
    raise error


async def _wrong(_: Request, error: Exception) -> Response:
    problems = error.problems if isinstance(error, PlumblineError) else ()
    told = ({"pointer": each.pointer, "what": each.what, "hint": each.hint} for each in problems)
    return JSONResponse({"errors": [{name: text for name, text in each.items() if text} for each in told]}, 400)


async def _gone(*_: object) -> Response:
    return Response(status_code=400)  # which nobody reads


def _errors(status: int, what: str, *, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse({"errors": [{"what": what}]}, status, headers=headers)
