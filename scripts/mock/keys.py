"""Whose keys a request carries."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ..document import Json, Operation
from .messages import Request

Security = Sequence[Mapping[str, Json]]
"""What an operation asks for: alternatives, each the security schemes that it takes together."""


@dataclass(frozen=True)
class Holder:
    """Somebody with keys."""

    name: str
    """account, other or view."""
    account: str
    user: str
    values: tuple[str, ...] = field(repr=False)
    """Of the keys, in the order of the headers."""

    @cached_property
    def octets(self) -> tuple[bytes, ...]:
        """The keys as they come over the wire."""
        return tuple(_octets(value, "utf-8") for value in self.values)


def _octets(text: str, encoding: str) -> bytes:
    # A header is read as Latin-1, the environment as UTF-8 with surrogates for what is not: so both
    # give back the bytes that they were made of, and neither fails.
    return text.encode(encoding, "surrogateescape" if encoding == "utf-8" else "replace")


@dataclass(frozen=True)
class Keys:
    """How an API's keys are looked at."""

    headers: tuple[str, ...]
    """The headers that carry the keys."""
    schemes: tuple[str, ...]
    """The security schemes that they belong to, in the same order."""
    holders: Sequence[Holder] = field(repr=False)

    def holder(self, request: Request, operation: Operation, security: Security) -> Holder | None:
        """Whose keys the request carries; None if they are not one holder's, each whole and right.

        Where an operation asks for none, or may do without and gets none, it is the first.
        """
        wanted = operation.definition.get("security", security)
        given = [_octets(request.header(name) or "", "latin-1") for name in self.headers]
        if not wanted or ({} in wanted and not any(given)):
            return self.holders[0]
        accepted = None
        for holder in self.holders:
            # Every holder and every key is compared, whatever the ones before gave, and in a time that
            # does not depend on where they differ.
            pairs = zip(self.schemes, given, holder.octets, strict=True)
            right = {scheme: hmac.compare_digest(sent, held) for scheme, sent, held in pairs}
            if accepted is None and any(way and all(right.get(scheme, False) for scheme in way) for way in wanted):
                accepted = holder
        return accepted
