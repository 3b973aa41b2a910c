"""The defects of a published document, as a page that its publisher can act on."""

from __future__ import annotations

from .page import page

__all__ = ["page"]
