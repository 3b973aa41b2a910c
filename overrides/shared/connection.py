"""Open a client with its credentials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from .client import AuthenticatedClient
from .credentials import credentials
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
    `errors.UnexpectedStatus`. Raises `CredentialsError` for credentials that are missing or must not
    be sent there.
    """
    return AuthenticatedClient(
        base_url,
        credentials(keys, base_url=base_url, allow_plain_http=allow_plain_http, environment=environment),
        timeout=timeout,
        **{"raise_on_unexpected_status": True, **settings},
    )
