"""The resources that the mock holds, in memory: found by identity, listed through indexes, moved by time.

All of a resource's moves lie `step` seconds apart, so the resource that entered its state first is the
next to move, whatever the step is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from sortedcontainers import SortedList  # type: ignore[import-untyped]

from ..document import Json
from .indexes import Cell, Index, rank
from .journal import Journal
from .resource import Resource, frozen


class Held(Protocol):
    """What an answer is made from: what of a store is only read. `Store` says what each is."""

    @property
    def step(self) -> float: ...

    @property
    def next_sequence(self) -> int: ...

    def find(self, account: str | None, identity: str) -> Resource | None: ...

    def page(
        self,
        account: str | None,
        wanted: Mapping[str, Json],
        *,
        order: str | None,
        descending: bool,
        start: int,
        size: int | None,
    ) -> tuple[list[Resource], int]: ...

    def created_since(self, account: str | None, since: float, until: float) -> int: ...


@dataclass(slots=True)
class _Held:
    resource: Resource
    row: tuple[Cell, ...]
    """What the indexes have of it; kept, so that it can be taken out whatever `value` says by then."""


class Store:
    """Resources in memory, and behind them a journal if one is given, whose resources it starts with.

    `value(resource, pointer)` is the member at a JSON pointer of the resource as the API shows it; None if
    there is none. `awaited` are the states that a resource enters when it is settled, and not before.
    """

    def __init__(
        self,
        value: Callable[[Resource, str], Json],
        *,
        step: float,
        awaited: Iterable[str] = (),
        journal: Journal | None = None,
    ) -> None:
        self._value, self._journal, self._awaited = value, journal, frozenset(awaited)
        self.step = step
        self._empty()
        for resource in journal.load() if journal else ():
            self._hold(resource)

    def _empty(self) -> None:
        self._held: dict[int, _Held] = {}
        self._sequences: dict[str, dict[str, int]] = {}
        self._columns: dict[str, int] = {}
        self._indexes: dict[tuple[bool, tuple[str, ...], str | None], Index] = {}
        self._moving = SortedList()
        self._created: dict[str, SortedList] = {}
        self._due: dict[int, float] = {}
        self._changed: dict[int, Resource] = {}
        self._next = 1
        self._latest = 0.0

    @property
    def step(self) -> float:
        """The seconds that a resource stays in each state before time takes it on."""
        return self._step

    @step.setter
    def step(self, seconds: float) -> None:
        if not seconds >= 0:
            raise ValueError(f"a step is 0 seconds or more, not {seconds}")
        self._step = seconds

    @property
    def next_sequence(self) -> int:
        """The sequence for the next resource that is created."""
        return self._next

    @property
    def latest(self) -> float:
        """The time of the last change of any resource; 0 if there is none."""
        return self._latest

    def find(self, account: str | None, identity: str) -> Resource | None:
        """An account's resource, or with None whoever's it is; None if there is none of that identity."""
        accounts = self._sequences if account is None else (account,)
        for each in accounts:
            sequence = self._sequences.get(each, {}).get(identity)
            if sequence is not None:
                return self._held[sequence].resource
        return None

    def put(self, resource: Resource) -> None:
        """Hold a resource, in place of the one of its account and identity.

        Raises `ValueError` if its sequence is another resource's.
        """
        resource = self._hold(resource)
        if self._journal:
            self._changed[resource.sequence] = resource

    def advance(self, now: float) -> list[Resource]:
        """Make every move that is due, and give what each made, in the order of their times.

        A move happens at its own time, which may be long before `now`. One into a state of `awaited` is not
        made, where the resource is not settled: it is `due`.
        """
        moved = []
        while self._moving:
            entered, sequence = self._moving[0]
            if entered + self._step > now:
                break
            resource = self._held[sequence].resource
            if resource.ahead[0] in self._awaited and not resource.settled:
                self._moving.pop(0)
                self._due[sequence] = entered + self._step
                continue
            resource = _moved(resource, entered + self._step)
            self.put(resource)
            moved.append(resource)
        return moved

    def page(
        self,
        account: str | None,
        wanted: Mapping[str, Json],
        *,
        order: str | None,
        descending: bool,
        start: int,
        size: int | None,
    ) -> tuple[list[Resource], int]:
        """From position `start` on, `size` of the resources that have the wanted values, and how many have them.

        `wanted` is by JSON pointer, and exact: 1 and 1.0 are one number, "1" and true are others. They are
        sorted by the member at `order`, and where that is equal or None, by creation; `descending` is the
        reverse of the whole. None for `size` is all.
        """
        pointers = tuple(sorted(wanted))
        index = self._index(pointers, order, scoped=account is not None)
        values = [rank(wanted[pointer]) for pointer in pointers]
        sequences, total = index.page(account, values, descending=descending, start=start, size=size)
        return [self._held[sequence].resource for sequence in sequences], total

    def created_since(self, account: str | None, since: float, until: float) -> int:
        """How many resources were created from `since` to `until`, both included; with None, of all accounts."""
        accounts = self._created if account is None else (account,)
        lists = [self._created[each] for each in accounts if each in self._created]
        return sum(max(0, times.bisect_right(until) - times.bisect_left(since)) for times in lists)

    def due(self) -> list[Resource]:
        """What resources will be by the moves that wait until they are settled, those due first before the others."""
        waiting = sorted((when, sequence) for sequence, when in self._due.items())
        return [_moved(self._held[sequence].resource, when) for when, sequence in waiting]

    def counts(self) -> Counter[str]:
        """The number of resources by account."""
        return Counter({account: len(held) for account, held in self._sequences.items()})

    def clear(self) -> None:
        """Let go of everything, at once in the journal too, and count from 1 again."""
        if self._journal:
            self._journal.clear()
        self._empty()

    def commit(self, now: float | None = None) -> None:
        """Journal everything put since the last commit, in one transaction, and with it the time of the clock."""
        if self._journal and self._changed:
            self._journal.save(self._changed.values(), now)
            self._changed.clear()

    def keep_time(self, now: float) -> None:
        """Journal the time of the clock."""
        if self._journal:
            self._journal.keep_time(now)

    # --- Keeping everything that is derived from a resource in step with it -----------------------

    def _hold(self, resource: Resource) -> Resource:
        """Hold a resource, and give it as it is held."""
        sequence, account = resource.sequence, resource.account
        sent = frozen(resource.sent)
        if sent is not resource.sent:
            resource = replace(resource, sent=sent)
        identities = self._sequences.get(account, {})
        old = identities.get(resource.identity)
        if old != sequence and sequence in self._held:
            raise ValueError(f"the sequence {sequence} is another resource's")
        row = self._row(resource, self._columns)
        if old == sequence:
            self._replace(self._held[sequence], resource, row)
            return resource
        if old is not None:
            self._drop(old)
        self._sequences.setdefault(account, {})[resource.identity] = sequence
        self._insert(resource, row)
        return resource

    def _row(self, resource: Resource, pointers: Iterable[str]) -> tuple[Cell, ...]:
        return tuple([(*rank(self._value(resource, pointer)), resource.sequence) for pointer in pointers])

    def _insert(self, resource: Resource, row: tuple[Cell, ...]) -> None:
        sequence, account = resource.sequence, resource.account
        self._held[sequence] = _Held(resource, row)
        for index in self._indexes.values():
            index.add(account, sequence, row)
        self._plan(resource)
        if account not in self._created:
            self._created[account] = SortedList()
        self._created[account].add(resource.created)
        self._next = max(self._next, sequence + 1)

    def _replace(self, held: _Held, resource: Resource, row: tuple[Cell, ...]) -> None:
        old, sequence = held.resource, resource.sequence
        if row != held.row:
            for index in self._indexes.values():
                if index.concerns(held.row, row):
                    index.remove(old.account, sequence, held.row)
                    index.add(resource.account, sequence, row)
        self._unplan(old)
        held.resource, held.row = resource, row
        self._plan(resource)
        if resource.created != old.created:
            self._created[old.account].remove(old.created)
            self._created[old.account].add(resource.created)

    def _drop(self, sequence: int) -> None:
        held = self._held.pop(sequence)
        resource = held.resource
        for index in self._indexes.values():
            index.remove(resource.account, sequence, held.row)
        self._unplan(resource)
        self._created[resource.account].remove(resource.created)
        self._changed.pop(sequence, None)

    def _plan(self, resource: Resource) -> None:
        if resource.ahead:
            self._moving.add((resource.entered, resource.sequence))
        self._latest = max(self._latest, resource.created, resource.entered, resource.updated)

    def _unplan(self, resource: Resource) -> None:
        if resource.ahead and self._due.pop(resource.sequence, None) is None:
            self._moving.remove((resource.entered, resource.sequence))

    def _index(self, pointers: tuple[str, ...], order: str | None, *, scoped: bool) -> Index:
        name = (scoped, pointers, order)
        if name not in self._indexes:
            for pointer in (*pointers, *([] if order is None else [order])):
                self._add_column(pointer)
            columns = [self._columns[pointer] for pointer in pointers]
            index = Index(columns, None if order is None else self._columns[order], scoped=scoped)
            index.fill((held.resource.account, sequence, held.row) for sequence, held in self._held.items())
            self._indexes[name] = index
        return self._indexes[name]

    def _add_column(self, pointer: str) -> None:
        if pointer in self._columns:
            return
        rows = [held.row + self._row(held.resource, [pointer]) for held in self._held.values()]
        for held, row in zip(self._held.values(), rows, strict=True):
            held.row = row
        self._columns[pointer] = len(self._columns)


def _moved(resource: Resource, when: float) -> Resource:
    """What a resource is after its next move, at the time `when`."""
    ahead = resource.ahead[1:]
    # Written out, since `dataclasses.replace` takes twice as long, and every resource moves several times.
    return Resource(
        identity=resource.identity,
        account=resource.account,
        user=resource.user,
        sequence=resource.sequence,
        sent=resource.sent,
        created=resource.created,
        state=resource.ahead[0],
        entered=when,
        ahead=ahead,
        updated=max(resource.updated, when),
        ended=resource.ended if ahead else when,
        settled=resource.settled,
    )
