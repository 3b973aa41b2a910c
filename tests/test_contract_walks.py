"""Random walks against servers in memory: what they find, how they tell it, and what they cost."""

from __future__ import annotations

from collections import Counter

import pytest

from scripts.contract import prepare
from scripts.contract.sender import Connection
from scripts.contract.walking import walk
from scripts.contract.walks import Allowance, Broken, Walker, walker

from .tickets import served

AMPLE = Allowance(requests=150, created=20, walks=16, steps=12)


def walked(tickets, server, allowance: Allowance = AMPLE, *, seed: int = 1) -> Walker:
    """A walker that has walked on a server of the invented API."""
    options = prepare.Options(Connection(f"{server.url}/v2"), mode="full", preview=True, seed=seed)
    run = prepare.prepare(tickets, options, {"TICKETS_KEY": "the-value-of-the-key"})
    walking = walker(run, run.behaviour, allowance, ())
    walking.pause = lambda _: None
    with run.sender.sending_for("walks"):
        walk(walking)
    return walking


def of(walking: Walker, promise: str) -> Broken | None:
    """The shortest walk that broke a promise; None where none did."""
    return next((broken for broken in walking.found.values() if broken.check.promise == promise), None)


@pytest.mark.parametrize("seed", range(5))
def test_a_server_that_keeps_its_promises_is_walked_on_and_not_accused(tickets, seed):
    with served() as (_, server):
        walking = walked(tickets, server, seed=seed)
    asked = Counter(exchange.operation for exchange in walking.run.exchanges)
    assert walking.found == {}
    assert asked.keys() >= {"openTicket", "readTicket", "listTickets", "renameTicket", "dropTicket"}
    assert not walking.run.ledger.findings


@pytest.mark.parametrize(
    ("fault", "promise", "steps"),
    [
        ("lost-when-read", "created-stays", 5),
        ("sorted-as-opened", "list-ordered", 4),
        ("dropped-twice", "change-refused", 4),
    ],
)
def test_what_only_a_sequence_shows_is_found_with_a_short_walk(tickets, fault, promise, steps):
    with served(fault) as (_, server):
        walking = walked(tickets, server)
    broken = of(walking, promise)
    assert broken is not None
    assert len(broken.steps) <= steps, broken.detail
    assert broken.told[0] == "openTicket gives #1"


def test_a_walk_is_told_after_what_was_seen(tickets):
    with served("lost-when-read") as (_, server):
        walking = walked(tickets, server)
    broken = of(walking, "created-stays")
    read = " → ".join(["readTicket #1"] * 4)
    assert broken.detail == f"404 for what was created before, by the walk: openTicket gives #1 → {read}"
    assert broken.exchange.status == 404


@pytest.mark.parametrize("fault", ["", "lost-when-read", "dropped-twice"])
def test_walking_keeps_to_its_allowance_and_shortening_to_as_much_again(tickets, fault):
    allowance = Allowance(requests=40, created=5, walks=16, steps=12)
    with served(fault) as (_, server):
        walking = walked(tickets, server, allowance)
    looks = 2 if fault else 1
    sent = Counter(exchange.operation for exchange in walking.run.exchanges if exchange.family == "walks")
    assert sum(sent.values()) <= looks * allowance.requests
    assert sent["openTicket"] <= looks * allowance.created


def test_the_same_seed_walks_the_same_way(tickets):
    ways = []
    for seed in (3, 3, 4):
        with served() as (_, server):
            walking = walked(tickets, server, seed=seed)
        ways.append([(each.method, each.url.removeprefix(server.url)) for each in walking.run.exchanges])
    assert ways[0] == ways[1]
    assert ways[0] != ways[2]


def test_what_is_reported_already_is_passed_over(tickets):
    with served("lost-when-read") as (_, server):
        walking = walked(tickets, server)
        broken = of(walking, "created-stays")
        walking.run.broken(walking.promise(broken.check), broken.exchange, broken.detail)
        walking.found.clear()
        walk(walking)
    assert of(walking, "created-stays") is None


def test_others_may_create_meanwhile(tickets):
    with served() as (store, server):
        kept = store.answer

        def answer_and_create(request):
            store.tickets[f"X-{len(store.tickets)}"] = {
                "key": f"X-{len(store.tickets)}",
                "title": "of another",
                "project": "house",
                "urgent": False,
                "state": "waiting",
                "opened": 1,
            }
            return kept(request)

        store.answer = answer_and_create
        walking = walked(tickets, server)
    assert walking.found == {}
