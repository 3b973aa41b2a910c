"""Keys in headers: taken from arguments or the environment, sent to one origin alone, shown nowhere."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Generator, Mapping, Sequence
from typing import Final, NoReturn

import httpx

from .settings import CREDENTIALS

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class CredentialsError(ValueError):
    """Credentials that are missing, cannot be sent, or must not be sent where they would go."""


class Credentials(httpx.Auth):
    """Puts its keys into the headers of every request to one origin, and takes them out of all others.

    An origin is a scheme, host and port. httpx copies the headers of a request to where a redirect
    leads, another origin too; `guard` (for `httpx.AsyncClient`, `guard_async`) is the request hook
    that takes them out there. The clients of this package install it.
    """

    def __init__(self, headers: Mapping[str, str], *, base_url: str, allow_plain_http: bool = False) -> None:
        """Keys for the origin of `base_url`, by the header that carries each.

        Raises `CredentialsError` if a key is empty or holds what a header cannot, or if they would
        go over plain http to a host that is not this machine, unless `allow_plain_http`.
        """
        for name, value in headers.items():
            if not value or not value.isascii() or not value.isprintable() or value != value.strip():
                raise CredentialsError(
                    f"the value for the header {name} is empty, or has blanks or characters that no header can have"
                )
        url = httpx.URL(base_url)
        if url.scheme != "https" and not allow_plain_http and not _is_this_machine(url.host):
            raise CredentialsError(
                f"credentials would go to {url.host} unencrypted: use https, or say allow_plain_http=True"
            )
        self._headers = dict(headers)
        self._origin = _origin(url)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Put the keys into a request to their origin."""
        if _origin(request.url) == self._origin:
            request.headers.update(self._headers)
        self.guard(request)
        yield request

    def guard(self, request: httpx.Request) -> None:
        """Take the keys out of a request to another origin; mask them in the headers' `repr` of one to their own."""
        if _origin(request.url) != self._origin:
            for name, value in self._headers.items():
                if request.headers.get(name) == value:
                    del request.headers[name]
        elif not isinstance(request.headers, _MaskedHeaders):
            request.headers = _MaskedHeaders(request.headers, masked=self._headers)

    async def guard_async(self, request: httpx.Request) -> None:
        """`guard` for `httpx.AsyncClient`."""
        self.guard(request)

    def __reduce__(self) -> NoReturn:
        """Refused: a pickle would hold the keys."""
        raise TypeError("credentials are not pickled: make them again from the environment")

    def __repr__(self) -> str:
        return f"Credentials({', '.join(f'{name}=[secret]' for name in self._headers)})"


def credentials(
    values: Mapping[str, str | None],
    *,
    base_url: str,
    allow_plain_http: bool = False,
    environment: Mapping[str, str] | None = None,
    fields: Sequence[tuple[str, str, str]] = CREDENTIALS,
) -> Credentials:
    """The credentials of the API: each from `values`, by its argument's name, else from the environment.

    Raises `CredentialsError` naming every one that is in neither, and for what `Credentials` refuses.
    """
    environment = os.environ if environment is None else environment
    headers, missing = {}, []
    for argument, header, variable in fields:
        value = values.get(argument) or environment.get(variable)
        if value:
            headers[header] = value
        else:
            missing.append(f"{argument} (or the environment variable {variable})")
    if missing:
        raise CredentialsError(f"credentials are missing: {', '.join(missing)}")
    return Credentials(headers, base_url=base_url, allow_plain_http=allow_plain_http)


class _MaskedHeaders(httpx.Headers):
    """A request's headers, whose `repr` shows no key."""

    def __init__(self, headers: httpx.Headers, *, masked: Mapping[str, str]) -> None:
        super().__init__(headers)
        self._masked = tuple(masked.values())

    def __repr__(self) -> str:
        shown = [
            (name, "[secret]" if any(key in value for key in self._masked) else value)
            for name, value in self.multi_items()
        ]
        return repr(httpx.Headers(shown))


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host.lower(), url.port or _DEFAULT_PORTS.get(url.scheme)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"
