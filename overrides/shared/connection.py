"""Open a client with its credentials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from .client import AuthenticatedClient
from .credentials import credentials, is_this_machine
from .settings import BASE_URL

TIMEOUT = httpx.Timeout(30.0, connect=10.0)
"""Seconds to wait for a connection, and for each part of an answer."""


def open_client(
    keys: Mapping[str, str | None],
    *,
    base_url: str = BASE_URL,
    allow_plain_http: bool = False,
    timeout: httpx.Timeout = TIMEOUT,
    environment: Mapping[str, str] | None = None,
    **settings: Any,
) -> AuthenticatedClient:
    """A client for the API at `base_url`, with credentials from `keys` or the environment.

    `keys` are by argument name, as `settings.CREDENTIALS` lists them with the environment variable of
    each. `settings` are further ones of `AuthenticatedClient`. A status that is not documented raises
    `errors.UnexpectedStatus`. Plain http to this machine goes round a proxy that the environment
    names, unless `httpx_args` has one. Raises `CredentialsError` for credentials that are missing or
    must not be sent there.
    """
    settings["httpx_args"] = _direct(base_url, settings.get("httpx_args", {}))
    return AuthenticatedClient(
        base_url,
        credentials(keys, base_url=base_url, allow_plain_http=allow_plain_http, environment=environment),
        timeout=timeout,
        **{"raise_on_unexpected_status": True, **settings},
    )


def _direct(base_url: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """`arguments` for httpx that also keep plain http to this machine on it: a proxy would get the keys unencrypted."""
    url = httpx.URL(base_url)
    if url.scheme != "http" or not is_this_machine(url.host) or "proxy" in arguments:
        return dict(arguments)
    return {**arguments, "mounts": {base_url: None, **arguments.get("mounts", {})}}
