"""The status that a request prefers to be answered with, in a `Prefer` header (RFC 7240)."""

from __future__ import annotations

import re

from .messages import Request

_PARTED = re.compile(r'((?:[^,"]|"(?:[^"\\]|\\.)*"?)+)')
"""One of the preferences that commas part, a quoted text among them taken whole."""
_CODE = re.compile(r'\s*code\s*=\s*(?:([1-5][0-9]{2})|"([1-5][0-9]{2})")\s*(?:;.*)?', re.IGNORECASE | re.DOTALL)


def preferred(request: Request) -> int | None:
    """The first `code=…` among the preferences of a request, in whatever headers; None if there is none.

    What follows a preference after a semicolon is its parameter, and no preference.
    """
    headers = ",".join(value for name, value in request.headers if name == "prefer")
    for preference in _PARTED.findall(headers):
        found = _CODE.fullmatch(preference)
        if found:
            return int(found[1] or found[2])
    return None
