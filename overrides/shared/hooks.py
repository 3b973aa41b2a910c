"""What a package offers first, where its API has no hooks of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .client import AuthenticatedClient
from .connection import open_client


def connect(keys: Mapping[str, str | None] | None = None, **settings: Any) -> AuthenticatedClient:
    """A client with credentials from `keys`, by argument name, or from the environment; see `open_client`."""
    return open_client(keys or {}, **settings)
