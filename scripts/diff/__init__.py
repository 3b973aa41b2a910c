"""What changed between two API documents, and what of it breaks clients, servers, or programs on a client."""

from __future__ import annotations

from .documents import diff
from .effects import Severity
from .ledger import Change

__all__ = ["Change", "Severity", "diff"]
