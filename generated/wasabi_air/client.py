import ssl
from typing import Any, Self

import httpx
from attrs import define, evolve, field

from .credentials import Credentials


@define
class Client:
    """A client for operations that need no credentials.

    Attributes:
        base_url: Where the API is; operations are requested relative to it.
        raise_on_unexpected_status: Whether a status that is not documented raises errors.UnexpectedStatus.
        cookies: Cookies for every request.
        headers: Headers for every request.
        timeout: How long to wait; see httpx.
        verify_ssl: Whether, or by what, the server's certificate is verified; see httpx.
        follow_redirects: Whether redirects are followed.
        httpx_args: Further arguments of httpx.Client and httpx.AsyncClient.
    """

    _base_url: str = field(alias="base_url")
    raise_on_unexpected_status: bool = field(default=False, kw_only=True)
    _cookies: dict[str, str] = field(factory=dict, kw_only=True, alias="cookies", repr=False)
    _headers: dict[str, str] = field(factory=dict, kw_only=True, alias="headers", repr=False)
    _timeout: httpx.Timeout | None = field(default=None, kw_only=True, alias="timeout")
    _verify_ssl: str | bool | ssl.SSLContext = field(
        default=True, kw_only=True, alias="verify_ssl", repr=False
    )
    _follow_redirects: bool = field(default=False, kw_only=True, alias="follow_redirects")
    _httpx_args: dict[str, Any] = field(factory=dict, kw_only=True, alias="httpx_args", repr=False)
    _client: httpx.Client | None = field(default=None, init=False, repr=False)
    _async_client: httpx.AsyncClient | None = field(default=None, init=False, repr=False)

    def with_headers(self, headers: dict[str, str]) -> Self:
        """A copy of this client that also sends these headers."""
        return evolve(self, headers={**self._headers, **headers})

    def with_cookies(self, cookies: dict[str, str]) -> Self:
        """A copy of this client that also sends these cookies."""
        return evolve(self, cookies={**self._cookies, **cookies})

    def with_timeout(self, timeout: httpx.Timeout) -> Self:
        """A copy of this client that waits so long."""
        return evolve(self, timeout=timeout)

    def set_httpx_client(self, client: httpx.Client) -> Self:
        """Use an httpx client of your own; its settings take the place of this client's."""
        self._client = client
        return self

    def get_httpx_client(self) -> httpx.Client:
        """The httpx client in use, made when it is first asked for."""
        if self._client is None:
            self.set_httpx_client(
                httpx.Client(
                    base_url=self._base_url,
                    cookies=self._cookies,
                    headers=self._headers,
                    timeout=self._timeout,
                    verify=self._verify_ssl,
                    follow_redirects=self._follow_redirects,
                    **self._httpx_args,
                )
            )
        assert self._client is not None
        return self._client

    def __enter__(self) -> Self:
        self.get_httpx_client().__enter__()
        return self

    def __exit__(self, *args: Any) -> None:
        self.get_httpx_client().__exit__(*args)

    def set_async_httpx_client(self, async_client: httpx.AsyncClient) -> Self:
        """Use an async httpx client of your own; its settings take the place of this client's."""
        self._async_client = async_client
        return self

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """The async httpx client in use, made when it is first asked for."""
        if self._async_client is None:
            self.set_async_httpx_client(
                httpx.AsyncClient(
                    base_url=self._base_url,
                    cookies=self._cookies,
                    headers=self._headers,
                    timeout=self._timeout,
                    verify=self._verify_ssl,
                    follow_redirects=self._follow_redirects,
                    **self._httpx_args,
                )
            )
        assert self._async_client is not None
        return self._async_client

    async def __aenter__(self) -> Self:
        await self.get_async_httpx_client().__aenter__()
        return self

    async def __aexit__(self, *args: Any) -> None:
        await self.get_async_httpx_client().__aexit__(*args)


@define
class AuthenticatedClient:
    """A client for operations that need credentials, and for all others.

    The credentials go with every request to the origin of their base URL and with no other, whatever
    redirects are followed and whichever httpx client is set.

    Attributes:
        base_url: Where the API is; operations are requested relative to it.
        credentials: The keys to send.
        raise_on_unexpected_status: Whether a status that is not documented raises errors.UnexpectedStatus.
        cookies: Cookies for every request.
        headers: Headers for every request.
        timeout: How long to wait; see httpx.
        verify_ssl: Whether, or by what, the server's certificate is verified; see httpx.
        follow_redirects: Whether redirects are followed.
        httpx_args: Further arguments of httpx.Client and httpx.AsyncClient.
    """

    _base_url: str = field(alias="base_url")
    _credentials: Credentials = field(alias="credentials")
    raise_on_unexpected_status: bool = field(default=False, kw_only=True)
    _cookies: dict[str, str] = field(factory=dict, kw_only=True, alias="cookies", repr=False)
    _headers: dict[str, str] = field(factory=dict, kw_only=True, alias="headers", repr=False)
    _timeout: httpx.Timeout | None = field(default=None, kw_only=True, alias="timeout")
    _verify_ssl: str | bool | ssl.SSLContext = field(
        default=True, kw_only=True, alias="verify_ssl", repr=False
    )
    _follow_redirects: bool = field(default=False, kw_only=True, alias="follow_redirects")
    _httpx_args: dict[str, Any] = field(factory=dict, kw_only=True, alias="httpx_args", repr=False)
    _client: httpx.Client | None = field(default=None, init=False, repr=False)
    _async_client: httpx.AsyncClient | None = field(default=None, init=False, repr=False)

    def with_headers(self, headers: dict[str, str]) -> Self:
        """A copy of this client that also sends these headers."""
        return evolve(self, headers={**self._headers, **headers})

    def with_cookies(self, cookies: dict[str, str]) -> Self:
        """A copy of this client that also sends these cookies."""
        return evolve(self, cookies={**self._cookies, **cookies})

    def with_timeout(self, timeout: httpx.Timeout) -> Self:
        """A copy of this client that waits so long."""
        return evolve(self, timeout=timeout)

    def set_httpx_client(self, client: httpx.Client) -> Self:
        """Use an httpx client of your own; its settings take the place of this client's, all but the credentials."""
        client.auth = self._credentials
        hooks = client.event_hooks
        hooks["request"].append(self._credentials.guard)
        client.event_hooks = hooks
        self._client = client
        return self

    def get_httpx_client(self) -> httpx.Client:
        """The httpx client in use, made when it is first asked for."""
        if self._client is None:
            self.set_httpx_client(
                httpx.Client(
                    base_url=self._base_url,
                    cookies=self._cookies,
                    headers=self._headers,
                    timeout=self._timeout,
                    verify=self._verify_ssl,
                    follow_redirects=self._follow_redirects,
                    **self._httpx_args,
                )
            )
        assert self._client is not None
        return self._client

    def __enter__(self) -> Self:
        self.get_httpx_client().__enter__()
        return self

    def __exit__(self, *args: Any) -> None:
        self.get_httpx_client().__exit__(*args)

    def set_async_httpx_client(self, async_client: httpx.AsyncClient) -> Self:
        """Use an async httpx client of your own; its settings take the place of this client's, all but the credentials."""
        async_client.auth = self._credentials
        hooks = async_client.event_hooks
        hooks["request"].append(self._credentials.guard_async)
        async_client.event_hooks = hooks
        self._async_client = async_client
        return self

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """The async httpx client in use, made when it is first asked for."""
        if self._async_client is None:
            self.set_async_httpx_client(
                httpx.AsyncClient(
                    base_url=self._base_url,
                    cookies=self._cookies,
                    headers=self._headers,
                    timeout=self._timeout,
                    verify=self._verify_ssl,
                    follow_redirects=self._follow_redirects,
                    **self._httpx_args,
                )
            )
        assert self._async_client is not None
        return self._async_client

    async def __aenter__(self) -> Self:
        await self.get_async_httpx_client().__aenter__()
        return self

    async def __aexit__(self, *args: Any) -> None:
        await self.get_async_httpx_client().__aexit__(*args)
