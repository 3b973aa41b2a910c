"""Where the API is, and what its credentials are called: produced from its settings."""

from typing import Final

BASE_URL: Final = "https://air.wasabisys.com/api/v1"
"""The published base URL."""

CREDENTIALS: Final = (
    ("access_key", "x-amz-access-key", "WASABI_ACCESS_KEY"),
    ("secret_key", "x-amz-secret-key", "WASABI_SECRET_KEY"),
)
"""For each credential: its argument, the header that carries it, and the environment variable that holds it."""
