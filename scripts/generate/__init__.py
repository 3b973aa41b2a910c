"""Make a client package of a document: openapi-python-client writes it, ruff tidies it."""

from __future__ import annotations

from .client import TOOLS, Partial, generate, generate_partly, tidy

__all__ = ["TOOLS", "Partial", "generate", "generate_partly", "tidy"]
