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

        Raises `CredentialsError` if a key is empty or holds what a header cannot, if `base_url` is no
        URL of http or https, and if keys would go over plain http to a host that is not this machine,
        unless `allow_plain_http`.
        """
        for name, value in headers.items():
            if not value or not value.isascii() or not value.isprintable() or value != value.strip():
                raise CredentialsError(
                    f"the value for the header {name} is empty, or has blanks or characters that no header can have"
                )
        url = httpx.URL(base_url)
        if url.scheme not in _DEFAULT_PORTS or not url.host:
            raise CredentialsError("the base URL must start with https:// or http://, and name a host")
        if headers and url.scheme == "http" and not allow_plain_http and not is_this_machine(url.host):
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
            request.headers = _MaskedHeaders(request.headers, masked=tuple(self._headers.values()))

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

    None in `values` and an empty environment variable count as not given; an empty text in `values`
    is refused, so that a key that was lost on its way is never replaced by another. Raises
    `CredentialsError` naming every one that is in neither, for a name in `values` that no credential
    has, and for what `Credentials` refuses.
    """
    environment = os.environ if environment is None else environment
    names = [argument for argument, _, _ in fields]
    if not values.keys() <= set(names):
        raise CredentialsError(f"a credential was given by a name that none has; there is {', '.join(names) or 'none'}")
    headers: dict[str, str] = {}
    missing: list[str] = []
    for argument, header, variable in fields:
        value = values.get(argument)
        if value is None:
            value = environment.get(variable) or None
        if value is None:
            missing.append(f"{argument} (or the environment variable {variable})")
        else:
            headers[header] = value
    if missing:
        raise CredentialsError(f"credentials are missing: {', '.join(missing)}")
    return Credentials(headers, base_url=base_url, allow_plain_http=allow_plain_http)


class _MaskedHeaders(httpx.Headers):
    """A request's headers, whose `repr` shows no key, and whose pickle holds none.

    So a request, and a response with its request, can be pickled: into a cache, or to another process.
    """

    def __init__(self, headers: httpx.Headers, *, masked: tuple[str, ...]) -> None:
        super().__init__(headers)
        self._masked = masked

    def copy(self) -> httpx.Headers:
        return _MaskedHeaders(self, masked=self._masked)

    def __copy__(self) -> httpx.Headers:
        return self.copy()

    def __deepcopy__(self, memo: object) -> httpx.Headers:
        return self.copy()

    def __reduce__(self) -> tuple[type[httpx.Headers], tuple[list[tuple[str, str]]]]:
        return httpx.Headers, (self._shown(),)

    def __repr__(self) -> str:
        return repr(httpx.Headers(self._shown()))

    def _shown(self) -> list[tuple[str, str]]:
        return [
            (name, "[secret]" if any(key in value for key in self._masked) else value)
            for name, value in self.multi_items()
        ]


def is_this_machine(host: str) -> bool:
    """Whether `host` is a loopback address, or localhost."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host.lower(), url.port or _DEFAULT_PORTS.get(url.scheme)
