"""HTTP connections that no server can hold longer, or make read more, than they are allowed.

A timeout of a socket starts again with every byte that comes, so a server that drips is never late by
it. Here the whole answer has one deadline, from its first byte to its last, and so many bytes.
"""

from __future__ import annotations

import functools
import http.client
import io
import socket
import time
from contextvars import ContextVar
from typing import Any

import requests
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

LARGEST_ANSWER = 8 << 20
"""Bytes of an answer that are taken from the wire, with all that is around its body."""
_CONNECTING = 5.0
"""Seconds for a connection to one address, of which a name may have several."""
_INTERIM = 20
"""Interim answers (1xx) before the final one that are passed over."""


_target: ContextVar[str] = ContextVar("target")
"""What the request under way asks for. urllib3 would encode once more what is not encoded rightly."""
opened: ContextVar[int] = ContextVar("opened", default=0)
"""How many connections were opened so far."""


class _Bounded(io.RawIOBase):
    """What a socket receives, until a deadline and up to `LARGEST_ANSWER`."""

    def __init__(self, sock: socket.socket, *, seconds: float) -> None:
        super().__init__()
        self._sock, self._seconds, self._until = sock, seconds, time.monotonic() + seconds
        self._raw = sock.makefile("rb", buffering=0)  # keeps the socket open, and closes it, as its owners expect
        self._left = LARGEST_ANSWER

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        seconds = self._until - time.monotonic()
        if seconds <= 0:
            raise TimeoutError(f"the answer was not whole after {self._seconds:.3g} s")
        if self._left <= 0:
            raise ConnectionAbortedError(f"the answer is longer than {LARGEST_ANSWER:,} bytes")
        self._sock.settimeout(seconds)
        count = self._sock.recv_into(memoryview(buffer)[: self._left])
        self._left -= count
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(http.client.HTTPResponse):
    """Reads from a bounded stream, and passes over interim answers of any kind (RFC 9110, section 15.2)."""

    def __init__(self, sock: socket.socket, *args: Any, seconds: float, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp.close()
        self.fp = io.BufferedReader(_Bounded(sock, seconds=seconds))

    def _read_status(self) -> tuple[str, int, str]:  # of the standard library, which knows 100 alone
        for _ in range(_INTERIM + 1):
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if not 100 <= status < 200 or status == http.HTTPStatus.SWITCHING_PROTOCOLS:
                return version, status, reason
            http.client.parse_headers(self.fp)
        raise http.client.HTTPException(f"more than {_INTERIM} interim answers (1xx)")


class _Connection(HTTPConnection):
    """Gives what it reads the time that is left for it."""

    def connect(self) -> None:
        self._bound()  # a proxy's answer to CONNECT
        opened.set(opened.get() + 1)
        super().connect()

    def putrequest(self, method: str, url: str, *args: Any, **kwargs: Any) -> None:
        super().putrequest(method, _target.get(url), *args, **kwargs)

    def getresponse(self) -> Any:
        self._bound()
        return super().getresponse()

    def _bound(self) -> None:
        seconds = self.timeout or _CONNECTING
        self.response_class = functools.partial(_Response, seconds=seconds)  # type: ignore[assignment]


class _SecureConnection(_Connection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class Adapter(requests.adapters.HTTPAdapter):
    """One connection that never retries: a request leaves once, or is counted again."""

    def __init__(self) -> None:
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=urllib3.Retry(0, read=False))

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}

    def request_url(self, request: requests.PreparedRequest, proxies: Any) -> str:
        url = super().request_url(request, proxies)
        _target.set(url)
        return url

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
        return manager


def within(seconds: float) -> urllib3.Timeout:
    """A timeout for a request whose answer is to be whole after `seconds`."""
    return urllib3.Timeout(connect=min(_CONNECTING, seconds), total=seconds)
