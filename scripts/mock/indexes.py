"""Indexes for lists: which resources have which values, in which order."""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from sortedcontainers import SortedList  # type: ignore[import-untyped]

from ..document import Json

Rank: TypeAlias = tuple[int, Json]
"""Where a value sorts among all JSON values; equal for values that are equal in JSON."""

Cell: TypeAlias = tuple[int, Json, int]
"""The rank of a resource's member, and the resource's sequence: where the resource sorts by that member."""

_Key: TypeAlias = tuple[object, ...]
"""Of a bucket: the account, or None for all, and the ranks of the filters' values."""

_Bucket: TypeAlias = Any
"""The entries in order: of a few in a list, of many in a `SortedList`, which is quick when it is long,
and of one takes seven times as much memory."""

_FEW = 1000


def rank(value: Json) -> Rank:
    """Where a value sorts: null first, then booleans, numbers, texts by code point, arrays, objects.

    JSON has no NaN: one counts as null, since what equals nothing could never be found again.
    """
    if isinstance(value, str):
        return 3, value
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return 0, 0
    if isinstance(value, bool):
        return 1, value
    if isinstance(value, int | float):
        return 2, value
    if isinstance(value, list):
        return 4, tuple(rank(each) for each in value)
    return 5, tuple(sorted((name, rank(each)) for name, each in value.items()))


class Index:
    """Resources in buckets: those of one account (or of all), with the same values in some columns, in order.

    A row holds a resource's cells, one for each column.
    """

    def __init__(self, filters: Sequence[int], order: int | None, *, scoped: bool) -> None:
        self._filters, self._order, self._scoped = tuple(filters), order, scoped
        self._buckets: dict[_Key, _Bucket] = {}

    def fill(self, rows: Iterable[tuple[str, int, Sequence[Cell]]]) -> None:
        """Take in many resources, given as account, sequence and row, into an empty index."""
        for account, sequence, row in rows:
            self._buckets.setdefault(self._key(account, row), []).append(self._entry(sequence, row))
        for key, entries in self._buckets.items():
            entries.sort()
            if len(entries) > _FEW:
                self._buckets[key] = SortedList(entries)

    def add(self, account: str, sequence: int, row: Sequence[Cell]) -> None:
        """Take in one resource."""
        key, entry = self._key(account, row), self._entry(sequence, row)
        bucket = self._buckets.setdefault(key, [])
        if isinstance(bucket, SortedList):
            bucket.add(entry)
            return
        insort(bucket, entry)
        if len(bucket) > _FEW:
            self._buckets[key] = SortedList(bucket)

    def remove(self, account: str, sequence: int, row: Sequence[Cell]) -> None:
        """Let go of one resource, which is there."""
        key, entry = self._key(account, row), self._entry(sequence, row)
        bucket = self._buckets[key]
        if isinstance(bucket, SortedList):
            bucket.remove(entry)
        else:
            del bucket[bisect_left(bucket, entry)]
        if not bucket:
            del self._buckets[key]

    def concerns(self, old: Sequence[Cell], new: Sequence[Cell]) -> bool:
        """Whether a resource whose row changes has another place."""
        return any(old[column] != new[column] for column in self._filters) or (
            self._order is not None and old[self._order] != new[self._order]
        )

    def page(
        self, account: str | None, values: Sequence[Rank], *, descending: bool, start: int, size: int | None
    ) -> tuple[list[int], int]:
        """The sequences of those from position `start` on that have the values, and how many have them."""
        bucket = self._buckets.get((account, *values), ())
        total = len(bucket)
        first = total if start < 0 else min(start, total)
        last = total if size is None else min(first + max(size, 0), total)
        if descending:
            first, last = total - last, total - first
        entries = bucket[first:last]
        sequences = list(entries) if self._order is None else [sequence for _, _, sequence in entries]
        return sequences[::-1] if descending else sequences, total

    def _key(self, account: str, row: Sequence[Cell]) -> _Key:
        return (account if self._scoped else None, *[row[column][:2] for column in self._filters])

    def _entry(self, sequence: int, row: Sequence[Cell]) -> object:
        return sequence if self._order is None else row[self._order]
