"""How many requests a second the mock answers, beside Prism and beside a route that only answers."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from pathlib import Path

from . import air
from .comparison import Bar, Comparison, paired
from .load import Ask, Load, answer, drive
from .peer import Peer
from .server import Server, bare, mock, prism, started

CONNECTIONS = 16

PAGE = 25
"""Jobs on the page that is asked for; the example that Prism answers has one, whatever it is asked for."""

_OURS, _BARE, _PRISM, _SILENT = "ours", "a bare route", "Prism", "Prism without log"

_STATUS, _ONE, _PAGE, _CREATE = "GET status", "GET list, 1 job", f"GET list, {PAGE} jobs", "POST job"
_BARS = {_STATUS: Bar(5, at_least=True), _PAGE: Bar(3, at_least=True), _CREATE: Bar(3, at_least=True)}
"""How many times as many requests as Prism the mock has to answer."""


@dataclass(frozen=True)
class _Rival:
    """A server, and each request as it is written there."""

    server: Server
    asks: Mapping[str, Ask]


def speed(runs: int, peer: Peer | None, *, seconds: float = 0.5) -> tuple[list[Comparison], list[str]]:
    """Answers a second to each request, of each server, and what there is to say about them.

    The servers are asked in turn, `runs` times for `seconds`; a first round does not count.
    """
    with ExitStack() as stack:
        rivals = _rivals(stack, peer)
        rounds = [_round(rivals, seconds) for _ in range(runs + 1)][1:]
    rates = {key: [each[key].rate for each in rounds] for key in rounds[0]}
    compared = [
        paired(f"{what}, to {name}", "1/s", rates[_OURS, what], rates[name, what], _bar(name, what))
        for what in rivals[_OURS].asks
        for name in rivals
        if name != _OURS
    ]
    return compared, [_sender([load for each in rounds for (name, _), load in each.items() if name == _BARE])]


def _bar(name: str, what: str) -> Bar | None:
    return _BARS.get(what) if name == _PRISM else None


def _round(rivals: Mapping[str, _Rival], seconds: float) -> dict[tuple[str, str], Load]:
    return {
        (name, what): drive(each.server.port, repeat(each.asks[what]), connections=CONNECTIONS, seconds=seconds)
        for what in rivals[_OURS].asks
        for name, each in rivals.items()
    }


def _rivals(stack: ExitStack, peer: Peer | None) -> dict[str, _Rival]:
    """The servers by name, each a process of its own that ends with `stack`."""
    ours = stack.enter_context(started(mock, air.page()))
    identity = [json.loads(answer(ours.port, air.create()))["Job"]["Id"] for _ in range(PAGE)].pop()
    found = {_OURS: _Rival(ours, _asks(identity, [air.BASE] * 4))}
    if peer:
        asks = _asks(identity, [""] * 4)
        for name, flags in ((_PRISM, ()), (_SILENT, ("-v", "silent"))):
            server = stack.enter_context(started(partial(prism, peer, flags), asks[_STATUS]))
            found[name] = _Rival(server, asks)
    found[_BARE] = _constant(stack, found[_OURS], _asks(identity, ["/1", "/2", "/3", "/4"]))
    return found


def _asks(identity: str, bases: Sequence[str]) -> dict[str, Ask]:
    """Each request, below its base path. Jobs are created for another account, so that the list stays as it is."""
    status, one, page, create = bases
    return {
        _STATUS: air.job(identity, "/status", base=status),
        _ONE: air.page({"pageSize": 1}, base=one),
        _PAGE: air.page(base=page),
        _CREATE: air.create(base=create, keys=air.OTHER),
    }


def _constant(stack: ExitStack, ours: _Rival, asks: Mapping[str, Ask]) -> _Rival:
    """The bare routes, one for each request, each with the answer that our mock gives."""
    answers = {asks[what].place: answer(ours.server.port, each).decode() for what, each in ours.asks.items()}
    file = Path(stack.enter_context(tempfile.TemporaryDirectory()), "answers.json")
    file.write_text(json.dumps(answers), encoding="utf-8")
    return _Rival(stack.enter_context(started(partial(bare, file), asks[_STATUS])), asks)


def _sender(loads: Sequence[Load]) -> str:
    """How far the sender is from being what is measured, where it is fastest."""
    work = sum(load.work for load in loads) / sum(load.answers for load in loads)
    return f"The sender, a process of its own, needs {work * 1e6:.0f} µs a request: at most {1 / work:,.0f} a second."
