"""Exchanges cut so that a file of them stays of a size that can be opened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..exchanges import Exchange


@dataclass(frozen=True)
class Bounded:
    """Exchanges of which no part is longer than a limit."""

    exchanges: Sequence[Exchange]
    limit: int | None
    """Bytes of a body, characters of a URL or of a header; None where nothing had to be cut."""
    cut: frozenset[int]
    """Numbers of the exchanges of which something was cut."""


def bounded(exchanges: Sequence[Exchange], total: int) -> Bounded:
    """The exchanges with their longest parts cut, so that all parts together are at most `total` long.

    The limit is a power of two, the same for every part: short ones stay whole.
    """
    lengths = [[len(part) for part in _parts(exchange)] for exchange in exchanges]
    if sum(map(sum, lengths)) <= total:
        return Bounded(exchanges, None, frozenset())
    limit = 1 << 20
    while limit > 1 and sum(min(length, limit) for each in lengths for length in each) > total:
        limit //= 2
    longer = [max(each) > limit for each in lengths]
    made = [_cut(each, limit) if long else each for each, long in zip(exchanges, longer, strict=True)]
    numbers = frozenset(each.number for each, long in zip(exchanges, longer, strict=True) if long)
    return Bounded(made, limit, numbers)


def _parts(exchange: Exchange) -> Iterator[str | bytes]:
    yield from (exchange.url, exchange.request_body, exchange.response_body, exchange.failure)
    for headers in (exchange.request_headers, exchange.response_headers):
        yield from (text for pair in headers for text in pair)


def _cut(exchange: Exchange, limit: int) -> Exchange:
    return replace(
        exchange,
        url=exchange.url[:limit],
        request_headers=tuple((name[:limit], value[:limit]) for name, value in exchange.request_headers),
        request_body=cut_body(exchange.request_body, limit),
        response_headers=tuple((name[:limit], value[:limit]) for name, value in exchange.response_headers),
        response_body=cut_body(exchange.response_body, limit),
        failure=exchange.failure[:limit],
    )


def cut_body(body: bytes, limit: int) -> bytes:
    """The start of a body, of at most `limit` bytes, that ends with a whole character where it is UTF-8."""
    if len(body) <= limit:
        return body
    stop = limit
    while stop > max(0, limit - 3) and body[stop] & 0xC0 == 0x80:
        stop -= 1
    return body[:stop]
