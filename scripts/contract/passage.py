"""Whether a request comes through to an API: HTTP servers and proxies refuse some by themselves.

What they answer then is theirs, so it need not be documented, and not JSON. The bounds below are
well within what RFC 9110 and RFC 9112 ask of everybody, and what the usual servers are set to.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes, urlsplit

from .exchanges import Exchange, header

LONGEST_URL = 2000
LONGEST_HEADER = 4000
MOST_PARAMETERS = 50
LARGEST_BODY = 100_000

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(\s*;\s*charset=\"?utf-8\"?)?", re.IGNORECASE | re.ASCII)
"""A media type without parameters, or with the one that JSON is sent with."""


def hindrance(exchange: Exchange) -> str:
    """Why something in front of an API may refuse a request; empty if nothing does."""
    if exchange.method not in _METHODS:
        return f"the method {exchange.method} is nobody's"
    return _in_url(exchange.url) or _in_headers(exchange) or _in_body(exchange)


def _in_url(url: str) -> str:
    parts = urlsplit(url)
    sent = f"{parts.path}?{parts.query}"
    if len(url) > LONGEST_URL:
        return "the URL is long"
    if parts.query.count("&") >= MOST_PARAMETERS:
        return "the query has many parameters"
    if re.search("%(?![0-9A-Fa-f]{2})", sent):
        return "the URL is not rightly encoded"
    if any(byte < 32 or byte == 127 for byte in unquote_to_bytes(sent)):
        return "the URL has control characters"
    try:
        unquote_to_bytes(sent).decode()
    except UnicodeDecodeError:
        return "the URL is not UTF-8"
    if re.search(r"%2f|%5c|\\|//|/\.{1,2}(/|$)", parts.path.replace("%2e", ".").replace("%2E", "."), re.IGNORECASE):
        return "the path has steps that are treated differently"
    return ""


def _in_headers(exchange: Exchange) -> str:
    if sum(len(name) + len(value) for name, value in exchange.request_headers) > LONGEST_HEADER:
        return "the headers are long"
    if header(exchange.request_headers, "content-encoding") or header(exchange.request_headers, "expect"):
        return "a header changes how the body is read"
    accepted = header(exchange.request_headers, "accept").lower()
    if accepted and "json" not in accepted and "*/*" not in accepted:
        return "no JSON is accepted"
    stated = header(exchange.request_headers, "content-type").strip()
    if stated and not _TYPE.fullmatch(stated):
        return "the media type is not one"
    return ""


def _in_body(exchange: Exchange) -> str:
    if exchange.request_body and exchange.method not in _WITH_BODY:
        return f"a body of the method {exchange.method}"
    return "the body is large" if len(exchange.request_body) > LARGEST_BODY else ""
