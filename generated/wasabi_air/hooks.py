"""What the package offers first: a client for Wasabi AiR, whose two keys go in headers of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from .client import AuthenticatedClient
from .connection import TIMEOUT, open_client
from .settings import BASE_URL


def connect(
    access_key: str | None = None,
    secret_key: str | None = None,
    *,
    base_url: str = BASE_URL,
    allow_plain_http: bool = False,
    timeout: httpx.Timeout = TIMEOUT,
    environment: Mapping[str, str] | None = None,
    **settings: Any,
) -> AuthenticatedClient:
    """A client for Wasabi AiR, with a Wasabi user's access key and secret key.

        with connect() as client:
            page = list_jobs.sync(client=client)

    A key that is not given comes from the environment: `WASABI_ACCESS_KEY`, `WASABI_SECRET_KEY`.
    Both go with every request, to the origin of `base_url` alone; over plain http only to this
    machine, unless `allow_plain_http`. `settings` are further ones of `AuthenticatedClient`, such as
    `headers` or `follow_redirects`. A status that is not documented raises `errors.UnexpectedStatus`.
    Raises `CredentialsError` for keys that are missing or must not be sent there.
    """
    return open_client(
        {"access_key": access_key, "secret_key": secret_key},
        base_url=base_url,
        allow_plain_http=allow_plain_http,
        timeout=timeout,
        environment=environment,
        **settings,
    )
