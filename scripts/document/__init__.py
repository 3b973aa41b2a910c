"""Read and write documents: JSON or YAML text, places, JSON pointers, references, operations.

A document's value is plain JSON (`dict`, `list`, `str`, `int`, `float`, `bool`, `None`), whatever it
was written in: mapping keys are strings, and dates stay strings. Where a part stands in its file is
found out when it is asked for, since most documents have nothing to complain of.
"""

from __future__ import annotations

from .limits import deeper
from .operations import METHODS, Operation, operations
from .pointers import at, escape, exists, follow, parts, pointer, reference
from .reading import parse, read
from .value import Document, Json, copied
from .writing import dump, dump_json, write_text

__all__ = [
    "METHODS",
    "Document",
    "Json",
    "Operation",
    "at",
    "copied",
    "deeper",
    "dump",
    "dump_json",
    "escape",
    "exists",
    "follow",
    "operations",
    "parse",
    "parts",
    "pointer",
    "read",
    "reference",
    "write_text",
]
