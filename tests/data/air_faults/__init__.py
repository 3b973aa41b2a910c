"""The independent server with one fault each, as real servers have them.

    python -m tests.data.air_faults PORT --fault NAME     prints the URL when it listens

A class is a fault: its name is the fault's, its docstring says what it does. They were invented from
the published texts and from what servers get wrong, without a look at what any suite checks. The
modules are families of promises, and lists have several.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..air_server import Air, Handler
from ..named import kebab
from . import (
    accounts,
    contents,
    credentials,
    filters,
    identity,
    lifecycle,
    limits,
    order,
    pages,
    robustness,
    round_trip,
    shapes,
    views,
)

__all__ = ["CAP", "FAMILIES", "FAULTS"]

CAP = ("--cap", "5")
"""What a fault of limits needs for its limit to be reached in every mode."""

FAMILIES: Mapping[str, Sequence[type[Air] | type[Handler]]] = {
    "shapes and statuses": shapes.FAULTS,
    "credentials": credentials.FAULTS,
    "round trip": round_trip.FAULTS,
    "what never changes": identity.UNCHANGING,
    "identity": identity.FAULTS,
    "views agree": views.FAULTS,
    "lifecycle": lifecycle.FAULTS,
    "lists": (*filters.FAULTS, *order.FAULTS, *pages.FAULTS, *contents.FAULTS),
    "isolation": (*accounts.ISOLATION, *contents.ISOLATION),
    "permissions": accounts.PERMISSIONS,
    "robustness": robustness.FAULTS,
    "limits": limits.FAULTS,
}

FAULTS = {kebab(each): each for family in FAMILIES.values() for each in family}
"""All faults by name."""
