"""Deviations that the mock is told to make, so that a suite can be seen to find them.

A fault is named alone, for all operations that it is about, or as `NAME:OPERATION` for one. It is a
function that makes a service of a service: with another look at keys or requests, or with a layer around
their handling that goes by other rules, sees the store differently, or changes what is answered or held.
Each breaks one promise, and no other as far as one can be broken without another; nothing in them
names an API. The modules are families of promises; `fault` and `values` are what faults are made of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from ...document import Operation
from ...errors import UsageError
from ..service import Service
from . import accounts, changes, credentials, identity, lifecycle, limits, lists, robustness, round_trip, shapes
from .fault import Fault, Where

__all__ = ["FAMILIES", "KNOWN", "Fault", "applied", "chosen", "listed", "operations_of"]

FAMILIES: Mapping[str, Mapping[str, Fault]] = {
    "shapes and statuses": shapes.FAULTS,
    "credentials": credentials.FAULTS,
    "round trip": round_trip.ROUND_TRIP,
    "what never changes": round_trip.UNCHANGING,
    "identity": identity.FAULTS,
    "views agree": round_trip.VIEWS,
    "lifecycle": lifecycle.FAULTS,
    "lists": lists.FAULTS,
    "isolation": accounts.ISOLATION,
    "permissions": accounts.PERMISSIONS,
    "changes": changes.FAULTS,
    "robustness": robustness.FAULTS,
    "limits": limits.FAULTS,
}

KNOWN: Mapping[str, Fault] = {name: fault for family in FAMILIES.values() for name, fault in family.items()}
"""All faults by name."""


def listed() -> Iterator[tuple[str, str, str]]:
    """Each fault's name, what it does, and its family."""
    for family, faults in FAMILIES.items():
        for name, fault in faults.items():
            yield name, fault.says, family


def operations_of(service: Service, name: str) -> list[str]:
    """The operationIds that a fault is about in an API; none if it is no fault of it."""
    return sorted(set(KNOWN[name].at(service)))


def chosen(words: Iterable[str], operations: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The faults that `words` name, each with its operationId or nothing for all.

    Raises `UsageError` for an unknown name or operation.
    """
    known, pairs = set(operations), []
    for word in words:
        name, _, operation = word.partition(":")
        if name not in KNOWN:
            raise UsageError(f"no fault is called {name!r}", hint=f"There is {', '.join(KNOWN)}.")
        if operation and operation not in known:
            raise UsageError(f"no operation is called {operation!r}", hint=f"There is {', '.join(sorted(known))}.")
        pairs.append((name, operation))
    return tuple(dict.fromkeys(pairs))


def applied(service: Service, faults: Iterable[tuple[str, str]]) -> Service:
    """A service with faults put in."""
    for name, operation in faults:
        fault = KNOWN[name]
        service = fault.put_into(service, _where(fault.at(service), operation))
    return service


def _where(about: Collection[str], operation: str) -> Where:
    names = frozenset(about) & {operation} if operation else frozenset(about)

    def where(asked: Operation) -> bool:
        return asked.id in names

    return where
