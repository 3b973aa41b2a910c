"""The one place where a run's bytes leave: it counts, bounds, logs, and takes secrets out."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3

from ..document import Json, Operation
from .budget import Budget, Spent
from .exchanges import Exchange, Secrets, header

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
LARGEST_BODY = 1 << 20
"""Bytes of an answer that are read, after decompression; the rest is left."""
PATIENCE = 15.0
"""Seconds for one answer, whole."""
_SILENCES = 5
"""Requests in a row without an answer after which nothing more is sent."""
_LIMITED = 2
"""Creations in a row that a limit refuses after which none is tried again."""
_SHORT_WAIT = 2.0
"""Seconds that a limit may ask to wait for, and are waited."""
TOO_MANY = 429
"""The status by which any server may say that a limit is reached, documented or not (RFC 6585)."""


class Unanswered(Exception):  # noqa: N818 - named for what happened; the exchange holds the reason
    """No answer came to a request, which is in the log with the reason."""


@dataclass(frozen=True)
class Connection:
    """How the target is reached."""

    base_url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    """Sent with every request, beside the credentials."""
    cacert: str | None = None
    """A file with the certificates to trust instead of the usual ones."""
    cert: str | None = None
    """A file with a client certificate and its key."""
    proxy: str | None = None


@dataclass
class Sender:
    """Sends requests within a budget, and keeps the log of exchanges."""

    connection: Connection
    credentials: Mapping[str, str] = field(repr=False)
    """Header to value, of the account that the run acts as."""
    secrets: Secrets
    budget: Budget
    operations: Sequence[Operation]
    creating: frozenset[str]
    """operationIds whose success creates something."""
    limits: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """operationId to the statuses by which it says that a limit is reached, beside `TOO_MANY`."""
    family: str = ""
    """The family of promises that is sending."""
    exchanges: list[Exchange] = field(default_factory=list)
    answer: requests.Response | None = field(default=None, repr=False)
    """The last answer, raw."""
    _session: requests.Session = field(init=False, repr=False)
    _routes: list[tuple[str, re.Pattern[str], str]] = field(init=False, repr=False)
    limited: str = ""
    """Why nothing more is created, once a limit is reached."""
    _silences: int = 0
    _limited: int = 0
    _free_at: float = 0.0

    def __post_init__(self) -> None:
        self._session = requests.Session()
        # Nothing from the environment: no proxy, no .netrc, no certificates but what the run was told.
        self._session.trust_env = False
        self._session.headers.clear()
        # A pool of one connection that never retries: a request leaves once, or is counted again.
        adapter = requests.adapters.HTTPAdapter(
            pool_connections=1, pool_maxsize=1, max_retries=urllib3.Retry(0, read=False)
        )
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)
        self._routes = list(_routes(self.operations, urlsplit(self.connection.base_url).path))

    @contextmanager
    def sending_for(self, family: str) -> Iterator[None]:
        """Log what the block sends under a family of promises."""
        before, self.family = self.family, family
        try:
            yield
        finally:
            self.family = before

    def send(self, request: requests.Request, *, credentials: Mapping[str, str | None] | None = None) -> Exchange:
        """Send a request once, follow no redirect, and log the exchange.

        The account's credentials replace whatever the request has under their names; `credentials`
        changes them, None leaving one out. Raises `Spent` when the budget does not allow it, and
        `Unanswered` when no answer comes.
        """
        headers = {**(request.headers or {})}
        values = {**self.credentials, **(credentials or {})}
        names = {name.lower() for name in values}
        request.headers = {
            **{name: value for name, value in headers.items() if str(name).lower() not in names},
            **self.connection.headers,
            **{name: value for name, value in values.items() if value is not None},
        }
        prepared = self._session.prepare_request(request)
        prepared.headers.setdefault("User-Agent", "plumbline-contract")
        prepared.headers.setdefault("Accept", "application/json, */*;q=0.5")
        operation = self.operation_of(prepared.method or "", prepared.url or "")
        creating = self._creating(prepared.method or "", operation)
        if self._silences >= _SILENCES:
            raise Spent(f"{_SILENCES} requests in a row had no answer")
        if creating and self.limited:
            raise Spent(self.limited)
        self.budget.take(creating=creating)
        if creating:
            time.sleep(max(0.0, min(self._free_at - time.monotonic(), self.budget.seconds_left)))
        exchange = self._exchange(prepared, operation, authentic=values == dict(self.credentials))
        if creating and exchange.status is not None and not exchange.succeeded and exchange.status < 500:
            self.budget.give_back()
        self.exchanges.append(exchange)
        self._silences = self._silences + 1 if exchange.status is None else 0
        if creating:
            self._look_for_limit(exchange)
        if exchange.status is None:
            raise Unanswered(exchange.failure)
        return exchange

    def operation_of(self, method: str, url: str) -> str | None:
        """The operationId that a method and URL belong to; None where no operation does."""
        path = urlsplit(url).path
        return next((name for each, route, name in self._routes if each == method and route.fullmatch(path)), None)

    def _creating(self, method: str, operation: str | None) -> bool:
        """Whether a success may create something; what no operation documents may."""
        return method not in SAFE_METHODS and (operation is None or operation in self.creating)

    def tells_limit(self, exchange: Exchange) -> bool:
        """Whether an answer to the account's own request says that a limit is reached."""
        statuses = self.limits.get(exchange.operation or "", frozenset())
        return exchange.authentic and (exchange.status == TOO_MANY or exchange.status in statuses)

    def _look_for_limit(self, exchange: Exchange) -> None:
        """Count the creations that a limit refused since one succeeded; other refusals say nothing."""
        if exchange.succeeded:
            self._limited = 0
        if not self.tells_limit(exchange):
            return
        self._limited += 1
        seconds = header(exchange.response_headers, "retry-after").strip()
        if seconds.isascii() and seconds.isdigit() and int(seconds[:9]) <= _SHORT_WAIT:
            self._free_at = time.monotonic() + int(seconds)
        if self._limited >= _LIMITED:
            refused = f"{exchange.operation or exchange.method}: {exchange.status} {_LIMITED} times in a row"
            self.limited = f"{refused}, a limit is reached: nothing more is created"

    def _told(self, name: str, value: str) -> str:
        """A header's value without any secret."""
        carries = name.lower() in {each.lower() for each in self.credentials}
        return self.secrets.credential(value) if carries else self.secrets.mask(value, named=True)

    def _exchange(self, prepared: requests.PreparedRequest, operation: str | None, *, authentic: bool) -> Exchange:
        started, clock = time.time(), time.monotonic()
        seen: dict[str, Any] = {}
        self.answer = None
        try:
            seen = self._receive(prepared, clock)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            seen = {"status": None, "failure": self.secrets.mask(_reason(error))}
        return Exchange(
            number=len(self.exchanges) + 1,
            family=self.family,
            operation=operation,
            method=prepared.method or "",
            url=self.secrets.mask(prepared.url or ""),
            request_headers=tuple((name, self._told(name, _text(value))) for name, value in prepared.headers.items()),
            request_body=self._masked(_bytes(prepared.body)),
            authentic=authentic,
            started=started,
            seconds=time.monotonic() - clock,
            **seen,
        )

    def _receive(self, prepared: requests.PreparedRequest, clock: float) -> dict[str, Any]:
        patience = min(PATIENCE, max(0.1, self.budget.seconds_left))
        connection = self.connection
        with self._session.send(
            prepared,
            stream=True,
            allow_redirects=False,
            timeout=patience,
            verify=connection.cacert or True,
            cert=connection.cert,
            proxies={"http": connection.proxy, "https": connection.proxy} if connection.proxy else {},
        ) as answer:
            body, cut = b"", False
            for chunk in answer.iter_content(1 << 14):
                body += chunk
                cut = len(body) > LARGEST_BODY
                if cut:
                    break
                if time.monotonic() - clock > patience:
                    raise TimeoutError(f"the answer was not whole after {patience:g} s")
        answer._content = body[:LARGEST_BODY]  # noqa: SLF001 - how requests holds a body that was read in parts
        self.answer = answer
        headers = tuple((_text(name), _text(value)) for name, value in answer.raw.headers.items())
        told = "\n".join(f"{name}: {value}" for name, value in headers) + "\n" + body.decode("utf-8", "replace")
        return {
            "status": answer.status_code,
            "response_headers": tuple((name, self.secrets.mask(value)) for name, value in headers),
            "response_body": self._masked(body[:LARGEST_BODY]),
            "cut": cut,
            "leaked": tuple(self.secrets.found(told)),
        }

    def _masked(self, body: bytes) -> bytes:
        text = body.decode("utf-8", "surrogateescape")
        return self.secrets.mask(text).encode("utf-8", "surrogateescape")


def _routes(operations: Sequence[Operation], base: str) -> Iterator[tuple[str, re.Pattern[str], str]]:
    """Method, pattern and operationId; the operations with fewer parameters in their path first."""
    for operation in sorted(operations, key=lambda each: each.path.count("{")):
        steps = re.split(r"\{[^}]*\}", operation.path)
        yield (
            operation.method,
            re.compile(re.escape(base.rstrip("/")) + "[^/]+".join(map(re.escape, steps))),
            operation.id,
        )


def _reason(error: Exception) -> str:
    """Why no answer came, in the words of the innermost error that has some."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if reason is None:
        return f"{type(error).__name__}: {error}"
    return re.sub(r"^\w+\(.*?\): ", "", str(reason))


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _bytes(body: Json) -> bytes:
    """A prepared request's body; what is sent in parts as the text that stands for it."""
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode("utf-8", "surrogateescape")
    return body if isinstance(body, bytes) else repr(body).encode()
