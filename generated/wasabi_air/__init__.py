"""A client library for accessing Air Jobs"""

from .client import AuthenticatedClient, Client
from .connection import connect
from .credentials import Credentials, CredentialsError

__all__ = (
    "AuthenticatedClient",
    "Client",
    "Credentials",
    "CredentialsError",
    "connect",
)
