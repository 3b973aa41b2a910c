"""A server of the invented API of tickets for tests, in memory, that can be made to break a promise."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from .loopback import Answer, Loopback, Received, loopback


@dataclass
class Tickets:
    """Tickets that wait until they are dropped; `fault` is what is wrong with them."""

    fault: str = ""
    """One of `lost-when-read` (after the third read), `sorted-as-opened` (a list does not know of new titles),
    `dropped-twice` (the second time undoes the first); empty for none."""
    tickets: dict[str, dict] = field(default_factory=dict)
    first_titles: dict[str, str] = field(default_factory=dict)
    reads: dict[str, int] = field(default_factory=dict)

    def answer(self, request: Received) -> Answer:
        path = urlsplit(request.path)
        key = unquote(path.path.partition("/tickets/")[2])
        if not key:
            return self._open(request) if request.method == "POST" else self._list(dict(parse_qsl(path.query)))
        if key not in self.tickets:
            return _refusal(404)
        return {"GET": self._read, "PATCH": self._rename, "DELETE": self._drop}[request.method](key, request)

    def _open(self, request: Received) -> Answer:
        key = f"T-{len(self.tickets) + 1}"
        opened = {"key": key, "state": "waiting", "opened": 1000 + len(self.tickets), "urgent": False}
        self.tickets[key] = opened | json.loads(request.body)
        self.first_titles[key] = self.tickets[key]["title"]
        return _shown(self.tickets[key], 201)

    def _list(self, query: dict[str, str]) -> Answer:
        found = [each for each in self.tickets.values() if _fits(each, query)]
        if query.get("sort"):
            found.sort(key=lambda each: self._sorted_by(each, query["sort"]), reverse=query.get("down") == "yes")
        size, page = int(query.get("size", 10)), int(query.get("page", 0))
        return _shown({"items": found[page * size : (page + 1) * size], "total": len(found)})

    def _sorted_by(self, ticket: dict, name: str):
        stale = self.fault == "sorted-as-opened" and name == "title"
        return self.first_titles[ticket["key"]] if stale else ticket[name]

    def _read(self, key: str, _: Received) -> Answer:
        self.reads[key] = self.reads.get(key, 0) + 1
        if self.fault == "lost-when-read" and self.reads[key] > 3:
            return _refusal(404)
        return _shown(self.tickets[key])

    def _rename(self, key: str, request: Received) -> Answer:
        if self.tickets[key]["state"] == "dropped":
            return _refusal(409)
        self.tickets[key] |= json.loads(request.body)
        return _shown(self.tickets[key])

    def _drop(self, key: str, _: Received) -> Answer:
        if self.tickets[key]["state"] == "dropped":
            if self.fault == "dropped-twice":
                self.tickets[key]["state"] = "waiting"
            return _refusal(409)
        self.tickets[key] |= {"state": "dropped", "closed": 2000}
        return Answer(204, body=b"")


def _fits(ticket: dict, query: dict[str, str]) -> bool:
    shown = {name: json.dumps(ticket.get(name)).strip('"') for name in ("state", "urgent", "weight") if name in query}
    return all(query[name] == value for name, value in shown.items())


def _shown(value: dict, status: int = 200) -> Answer:
    return Answer(status, body=json.dumps(value).encode())


def _refusal(status: int) -> Answer:
    return Answer(status, body=b'{"reason": "no"}')


@contextlib.contextmanager
def served(fault: str = "") -> Iterator[tuple[Tickets, Loopback]]:
    """Tickets on a free port, with or without a fault."""
    tickets = Tickets(fault)
    with loopback(tickets.answer) as server:
        yield tickets, server
