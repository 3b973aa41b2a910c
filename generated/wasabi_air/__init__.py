"""A client library for accessing Air Jobs"""

from .client import AuthenticatedClient, Client
from .credentials import Credentials, CredentialsError
from .hooks import connect

__all__ = (
    "AuthenticatedClient",
    "Client",
    "Credentials",
    "CredentialsError",
    "connect",
)
