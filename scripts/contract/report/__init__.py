"""The report folder, made from the log, the ledger and the verdict; see `folder`."""

from __future__ import annotations

from .folder import files, write, write_failure
from .summary import VERSION, summary

__all__ = ["VERSION", "files", "summary", "write", "write_failure"]
