"""The one place where a run's bytes leave: it counts, bounds, logs, and takes secrets out."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
import urllib3

from ..document import Json, Operation
from . import transport
from .budget import Budget, Spent
from .exchanges import SHORT, Exchange, Secrets
from .pace import BUSY, Pace

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
LARGEST_BODY = 1 << 20
"""Bytes of an answer that are read, after decompression; the rest is left."""
LARGEST_CUT = 1 << 16
"""Bytes that are kept of an answer of which the rest is left: it is judged by nobody."""
LARGEST_LOG = 1 << 26
"""Bytes of answers that are kept, in all."""
PATIENCE = 15.0
"""Seconds for one answer, whole."""
_SILENCES = 5
"""Requests in a row without an answer after which nothing more is sent."""
_LONGEST_REASON = 300
"""Characters of the reason why no answer came."""
_BUSY_ANSWERS = 20
"""Answers in a row that the server is busy, after which nothing more is sent."""
_LIMITED = 2
"""Creations in a row that a limit refuses after which none is tried again."""
TOO_MANY = 429
"""The status by which any server may say that a limit is reached, documented or not (RFC 6585)."""
NOT_IMPLEMENTED = 501
"""The status by which a server says that it does not know a method: nothing was done (RFC 9110, section 15.6.2)."""

_SECRET = re.compile(r"auth|cookie|credential|key|passw|secret|session|signature|token", re.IGNORECASE)
"""What the name of a header has in it whose value is for the server alone."""


class Unanswered(Exception):  # noqa: N818 - named for what happened; the exchange holds the reason
    """No answer came to a request, which is in the log with the reason."""


@dataclass(frozen=True)
class Connection:
    """How the target is reached."""

    base_url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Sent with every request, beside the credentials, whose place they never take."""
    cacert: str | None = None
    """A file with the certificates to trust instead of the usual ones."""
    cert: str | None = None
    """A file with a client certificate and its key."""
    proxy: str | None = field(default=None, repr=False)
    timeout: float = PATIENCE
    """Seconds for one answer, whole."""
    rate: float | None = None
    """Requests a second, at most; None for as many as can be sent."""

    @property
    def secrets(self) -> dict[str, str]:
        """Value to the name under which it is told, of what no one else may read.

        That is what headers carry by whose name it is a secret, whole and the parts that may be one, such
        as the token in `Bearer …`, and the password of the proxy.
        """
        found: dict[str, str] = {}
        for name, value in self.headers.items():
            if _SECRET.search(name):
                words = re.split(r"[\s;,=]+", value)
                found |= {each: variable(name) for each in words if len(each) >= 2 * SHORT} | {value: variable(name)}
        coded = urlsplit(self.proxy or "").password or ""
        return found | {each: "PROXY_PASSWORD" for each in (coded, unquote(coded)) if each}


def variable(header: str) -> str:
    """What stands for the value of a header of the command line, like a variable of the environment."""
    return "HEADER_" + re.sub(r"\W", "_", header).upper()


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
    pace: Pace = field(default_factory=Pace)
    _adapter: transport.Adapter = field(init=False, repr=False)
    _routes: list[tuple[str, re.Pattern[str], str]] = field(init=False, repr=False)
    limited: str = ""
    """Why nothing more is created, once a limit is reached."""
    locked: str = ""
    """Why nothing more is sent, once the account is locked out."""
    _silences: int = 0
    _busy: int = 0
    _kept: int = 0
    _limited: int = 0

    def __post_init__(self) -> None:
        # An adapter and no session: nothing comes from the environment (no proxy, no .netrc, no certificates
        # but what the run was told), no cookie is sent back, and of a redirect not even the target is read.
        self._adapter = transport.Adapter()
        self._routes = list(_routes(self.operations, urlsplit(self.connection.base_url).path))

    @contextmanager
    def sending_for(self, family: str) -> Iterator[None]:
        """Log what the block sends under a family of promises."""
        before, self.family = self.family, family
        try:
            yield
        finally:
            self.family = before

    def send(
        self, request: requests.Request, *, credentials: Mapping[str, str | None] | None = None, exact: bool = False
    ) -> Exchange:
        """Send a request once, follow no redirect, and log the exchange.

        The account's credentials replace whatever the request has under their names; `credentials`
        changes them, None leaving one out. An `exact` request's URL leaves as it stands, well-formed
        or not; others are encoded where they must be. Raises `Spent` when the budget does not allow it, and
        `Unanswered` when no answer comes.
        """
        prepared, authentic = self._prepared(request, credentials or {})
        prepared.url = request.url if exact else prepared.url
        operation = self.operation_of(prepared.method or "", prepared.url or "")
        creating = self._creating(prepared.method or "", operation)
        if stopped := self.stopped or (self.limited if creating else ""):
            raise Spent(stopped)
        self.pace.wait(creating=creating, at_most=self.budget.seconds_left)
        self.budget.take(creating=creating)
        exchange = self._exchange(prepared, operation, authentic=authentic)
        self.exchanges.append(exchange)
        self._take_note(exchange, creating=creating)
        if exchange.status is None:
            raise Unanswered(exchange.failure)
        return exchange

    def _prepared(
        self, request: requests.Request, changed: Mapping[str, str | None]
    ) -> tuple[requests.PreparedRequest, bool]:
        """A request as it will leave, and whether it carries the account's own credentials, whole."""
        values = {**self.credentials, **changed}
        names = {name.lower() for name in values}
        headers = {**(request.headers or {}), **self.connection.headers}
        request.headers = {
            **{name: value for name, value in headers.items() if str(name).lower() not in names},
            **{name: value for name, value in values.items() if value is not None},
        }
        prepared = request.prepare()
        prepared.headers.setdefault("User-Agent", "plumbline-contract")
        prepared.headers.setdefault("Accept", "application/json, */*;q=0.5")
        return prepared, values == dict(self.credentials)

    @property
    def stopped(self) -> str:
        """Why nothing more is sent; empty while something is."""
        if not self.budget.seconds_left:
            return f"the {self.budget.seconds:g} seconds of the run are over"
        if self._silences >= _SILENCES:
            return f"{_SILENCES} requests in a row had no answer"
        if self.locked:
            return self.locked
        if self._busy >= _BUSY_ANSWERS:
            return f"{_BUSY_ANSWERS} answers in a row said that the server is busy"
        if self._kept >= LARGEST_LOG:
            return f"the answers hold more than {LARGEST_LOG >> 20} MB in all"
        return ""

    def _take_note(self, exchange: Exchange, *, creating: bool) -> None:
        """Draw from an answer what it says of the requests to come."""
        refused = exchange.status is not None and not exchange.succeeded and exchange.status < 500
        if creating and (refused or exchange.status == NOT_IMPLEMENTED):
            self.budget.give_back()
        self._silences = self._silences + 1 if exchange.status is None else 0
        self._busy = self._busy + 1 if exchange.status in BUSY else 0
        self._kept += len(exchange.response_body)
        if exchange.status in BUSY or self.tells_limit(exchange):
            self.pace.hold(exchange, creating=creating)
        if creating:
            self._look_for_limit(exchange)

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
        if self._limited >= _LIMITED:
            refused = f"{exchange.operation or exchange.method}: {exchange.status} {_LIMITED} times in a row"
            self.limited = f"{refused}, a limit is reached: nothing more is created"

    def _told(self, name: str, value: str) -> str:
        """A header's value without any secret."""
        if name.lower() in {each.lower() for each in self.connection.headers}:
            return f"${variable(name)}"
        carries = name.lower() in {each.lower() for each in self.credentials}
        return self.secrets.credential(value) if carries else self.secrets.mask(value, named=True)

    def _exchange(self, prepared: requests.PreparedRequest, operation: str | None, *, authentic: bool) -> Exchange:
        started, clock = time.time(), time.monotonic()
        connections = transport.opened.get()
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
            opened=transport.opened.get() > connections,
            **seen,
        )

    def _receive(self, prepared: requests.PreparedRequest, clock: float) -> dict[str, Any]:
        patience = min(self.connection.timeout, max(0.1, self.budget.seconds_left))
        connection = self.connection
        with self._adapter.send(
            prepared,
            stream=True,
            timeout=transport.within(patience),  # type: ignore[arg-type]  # which it takes as it is
            verify=connection.cacert or True,
            # Twice, so that a key with a passphrase is an error, and no question at the terminal.
            cert=(connection.cert, connection.cert) if connection.cert else None,
            proxies={"http": connection.proxy, "https": connection.proxy} if connection.proxy else {},
        ) as answer:
            body, cut = _body(answer, until=clock + patience)
        answer._content = body  # noqa: SLF001 - how requests holds a body that was read in parts
        self.answer = answer
        headers = tuple((_text(name), _text(value)) for name, value in answer.raw.headers.items())
        told = "\n".join(f"{name}: {value}" for name, value in headers) + "\n" + body.decode("utf-8", "replace")
        return {
            "status": answer.status_code,
            "response_headers": tuple((name, self.secrets.mask(value)) for name, value in headers),
            "response_body": self._masked(body[:LARGEST_CUT] if cut else body),
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


def _body(answer: requests.Response, *, until: float) -> tuple[bytes, bool]:
    """What is read of an answer's body, and whether that is not all. Raises `TimeoutError`."""
    body = bytearray()
    for chunk in answer.iter_content(1 << 14):
        body += chunk
        if len(body) > LARGEST_BODY:
            return bytes(body[:LARGEST_BODY]), True
        if time.monotonic() > until:
            raise TimeoutError("the answer was not whole in time")
    return bytes(body), False


def _reason(error: Exception) -> str:
    """Why no answer came, in the words of the innermost error."""
    inner: BaseException = error
    while (deeper := _within(inner)) is not None:
        inner = deeper
    text = re.sub(r"^\w+\(.*?\): ", "", str(inner)[:_LONGEST_REASON])
    text = "".join(each if each.isprintable() else " " for each in text).strip()  # it may be what a server sent
    if "Read timed out" in text:
        return "the answer was not whole in time"
    name = "" if text.startswith(type(inner).__name__) else f"{type(inner).__name__}: "
    return ("the proxy: " if isinstance(error, requests.exceptions.ProxyError) else "") + name + text


def _within(error: BaseException) -> BaseException | None:
    """The error that another one was made of; None where there is none."""
    found = (getattr(error, "reason", None), *reversed(error.args))
    return next((each for each in found if isinstance(each, BaseException)), None)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _bytes(body: Json) -> bytes:
    """A prepared request's body; what is sent in parts as the text that stands for it."""
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode("utf-8", "surrogateescape")
    return body if isinstance(body, bytes) else repr(body).encode()
