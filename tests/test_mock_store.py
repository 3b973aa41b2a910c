from __future__ import annotations

import copy
import itertools
import json
import math
import random
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from scripts.document import copied
from scripts.mock.journal import Journal
from scripts.mock.resource import Resource
from scripts.mock.store import Store

COURSE = ("waiting", "running", "done")


def value(resource: Resource, pointer: str):
    if pointer == "/state":
        return resource.state
    if pointer == "/created":
        return resource.created
    return resource.sent.get(pointer[1:])


def made(store: Store, identity: str = "", *, account="one", now=0.0, **sent) -> Resource:
    """A resource that has just been created, and is held."""
    number = store.next_sequence
    resource = Resource(identity or f"r{number}", account, "user", number, sent, now, COURSE[0], now, COURSE[1:], now)
    store.put(resource)
    return store.find(account, resource.identity)


def listed(store: Store, account="one", *, order=None, descending=False, start=0, size=None, **wanted) -> list[str]:
    pointers = {f"/{name}": each for name, each in wanted.items()}
    found, _ = store.page(account, pointers, order=order, descending=descending, start=start, size=size)
    return [resource.identity for resource in found]


@pytest.fixture
def store() -> Store:
    return Store(value, step=10)


# --- Against a model that looks at everything every time ------------------------------------------


def same(one, other) -> bool:
    """Equality in JSON."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    return one == other


def place(member):
    """Where a plain value sorts."""
    if isinstance(member, str):
        return "3 text", 0, [ord(character) for character in member]
    if isinstance(member, bool):
        return "1 boolean", int(member), []
    return ("0 null", 0, []) if member is None else ("2 number", member, [])


class Model:
    """What a store does, from scratch each time."""

    def __init__(self) -> None:
        self.held: list[Resource] = []

    def put(self, resource: Resource) -> None:
        name = (resource.account, resource.identity)
        self.held = [each for each in self.held if (each.account, each.identity) != name] + [resource]

    def advance(self, step: float, now: float) -> list[Resource]:
        moves = []
        while due := [each for each in self.held if each.ahead and each.entered + step <= now]:
            old = min(due, key=lambda each: (each.entered, each.sequence))
            when, (state, *ahead) = old.entered + step, old.ahead
            new = replace(old, state=state, ahead=tuple(ahead), entered=when, updated=max(old.updated, when))
            moves.append(new if ahead else replace(new, ended=when))
            self.put(moves[-1])
        return moves

    def page(self, account, wanted, order, descending, start, size):
        chosen = [each for each in self.held if account in (None, each.account)]
        chosen = [each for each in chosen if all(same(value(each, at), wanted[at]) for at in wanted)]
        chosen.sort(key=lambda each: (place(value(each, order)) if order else 0, each.sequence))
        chosen = chosen[::-1] if descending else chosen
        return chosen[start:][:size], len(chosen)


SCALARS = st.sampled_from(
    [None, False, True, 0, 1, 1.0, -2.5, 10**20, "", "1", "a", "B", "true", "\uffff", "\U00010000"]
)
FEW = st.sampled_from([None, True, 1, 1.0, "1", [1, True], [1.0, True], [1, 1], {"a": 1, "b": 2}, {"b": 2, "a": 1.0}])
SENT = st.fixed_dictionaries({}, optional={"any": SCALARS, "few": FEW})
ACCOUNTS = st.sampled_from(["one", "two"])
SECONDS = st.sampled_from([0.0, 0.1, 1.0, 2.5, 40.0])
QUERIES = st.tuples(
    st.none() | ACCOUNTS,
    st.fixed_dictionaries({}, optional={"/any": SCALARS, "/few": FEW, "/state": st.sampled_from([*COURSE, "stopped"])}),
    st.sampled_from([None, "/any", "/state", "/created"]),
    st.booleans(),
    st.integers(0, 6),
    st.none() | st.integers(0, 4),
)


KEPT = [
    (None, {}, "/any"),
    *(("one", {"/few": each}, None) for each in (None, 1, True)),
    *(("one", {"/state": each}, "/any") for each in ("waiting", "done", "stopped")),
]


class Machine(RuleBasedStateMachine):
    """A store and a model, to which the same is done."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = tempfile.TemporaryDirectory()
        self.file = Path(self.directory.name, "state")
        self.journal = Journal(self.file)
        self.store, self.model, self.now = Store(value, step=1.0, journal=self.journal), Model(), 100.0
        self.committed: list[Resource] = []

    def teardown(self) -> None:
        self.journal.close()
        self.directory.cleanup()

    def put(self, resource: Resource) -> None:
        self.store.put(resource)
        self.model.put(resource)

    @rule(account=ACCOUNTS, identity=st.sampled_from("abcdef"), sent=SENT, length=st.integers(0, 2))
    def create(self, account, identity, sent, length):
        ahead = COURSE[3 - length :] if length else ()
        number, now = self.store.next_sequence, self.now
        self.put(Resource(identity, account, "user", number, sent, now, "waiting", now, ahead, now, settled=False))

    @rule(data=st.data(), sent=SENT, stop=st.booleans(), settled=st.booleans())
    def change(self, data, sent, stop, settled):
        if not self.model.held:
            return
        new = replace(data.draw(st.sampled_from(self.model.held)), sent=sent, updated=self.now, settled=settled)
        self.put(replace(new, state="stopped", entered=self.now, ahead=(), ended=self.now) if stop else new)

    @rule(seconds=SECONDS)
    def advance(self, seconds):
        self.now += seconds
        assert self.store.advance(self.now) == self.model.advance(self.store.step, self.now)

    @rule(step=SECONDS)
    def pace(self, step):
        self.store.step = step

    @rule()
    def clear(self):
        self.store.clear()
        self.model.held, self.committed = [], []
        assert self.store.next_sequence == 1

    @rule()
    def commit(self):
        self.store.commit()
        self.committed = list(self.model.held)

    @rule()
    def restart(self):
        self.journal.close()
        self.journal = Journal(self.file)
        self.store = Store(value, step=self.store.step, journal=self.journal)
        self.model.held = list(self.committed)

    @rule(query=QUERIES)
    def page(self, query):
        account, wanted, order, descending, start, size = query
        page = self.store.page(account, wanted, order=order, descending=descending, start=start, size=size)
        assert page == self.model.page(*query)

    @rule(account=st.none() | ACCOUNTS, since=SECONDS, until=SECONDS)
    def count(self, account, since, until):
        since, until = self.now - since, self.now - until
        held = [each for each in self.model.held if account in (None, each.account)]
        expected = sum(since <= each.created <= until for each in held)
        assert self.store.created_since(account, since, until) == expected

    @invariant()
    def holds_the_same(self):
        held = self.model.held
        assert self.store.counts() == {
            each: n for each in ("one", "two") if (n := sum(r.account == each for r in held))
        }
        assert all(self.store.find(each.account, each.identity) == each for each in held)
        assert self.store.next_sequence > max((each.sequence for each in held), default=0)

    @invariant()
    def lists_the_same(self):
        """By a few indexes that are in use from the first step to the last."""
        for account, wanted, order in KEPT:
            page = self.store.page(account, wanted, order=order, descending=False, start=0, size=None)
            assert page == self.model.page(account, wanted, order, False, 0, None)


def test_a_store_does_what_looking_at_everything_does():
    few = settings(max_examples=50, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Machine, settings=few)


def test_so_does_one_whose_indexes_have_grown_long():
    chance, store, model = random.Random(1), Store(value, step=1), Model()
    queries = list(itertools.product([{}, {"/few": 1}, {"/few": 1, "/state": "done"}], [None, "/any"], [False, True]))
    for number in range(1, 2601):
        sent = {"any": chance.choice([None, True, number % 7, str(number)]), "few": chance.choice([1, 1.0, 1, True])}
        resource = Resource(f"r{number}", "one", "user", number, sent, 0.0, "waiting", number / 100, ("done",))
        store.put(resource)
        model.held.append(resource)
        if number in (1, 999, 1001, 2600):
            assert store.advance(number / 100) == model.advance(1, number / 100)
            for wanted, order, descending in queries:
                start, size = chance.randrange(number), chance.randrange(30)
                page = store.page("one", wanted, order=order, descending=descending, start=start, size=size)
                assert page == model.page("one", wanted, order, descending, start, size)
                page = store.page("one", wanted, order=order, descending=descending, start=0, size=None)
                assert page == model.page("one", wanted, order, descending, 0, None)


# --- Lists -----------------------------------------------------------------------------------------


def test_values_sort_by_their_kind_and_then_among_their_own(store):
    ascending = [None, False, True, -1, 0.5, 10, 10**30, math.inf, "", "10", "9", "B", "a", "é", "\uffff", "\U00010000"]
    for each in random.Random(1).sample(range(len(ascending)), len(ascending)):
        made(store, str(each), any=ascending[each])
    names = [str(each) for each in range(len(ascending))]
    assert listed(store, order="/any") == names
    assert listed(store, order="/any", descending=True) == names[::-1]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        pytest.param(1, ["one", "float"], id="a number"),
        pytest.param(1.0, ["one", "float"], id="the same number"),
        pytest.param(True, ["true"], id="true"),
        pytest.param("1", ["text"], id="a text"),
        pytest.param(None, ["null", "absent", "nan"], id="null"),
        pytest.param([1], ["array"], id="an array"),
        pytest.param({"a": 1, "b": 2}, ["object"], id="an object"),
        pytest.param("2", [], id="none's"),
    ],
)
def test_a_filter_is_exact_in_value_and_type(store, wanted, found):
    values = {
        "one": 1,
        "float": 1.0,
        "true": True,
        "text": "1",
        "null": None,
        "array": [1.0],
        "object": {"b": 2, "a": 1.0},
    }
    for name, each in values.items():
        made(store, name, any=each)
    made(store, "absent")
    made(store, "nan", any=math.nan)
    assert listed(store, any=wanted) == found


def test_descending_is_the_exact_reverse_where_values_are_equal(store):
    for name in "abcd":
        made(store, name, few=1)
    assert listed(store, order="/few") == list("abcd")
    assert listed(store, order="/few", descending=True) == list("dcba")


@pytest.mark.parametrize(
    ("start", "size", "found"),
    [
        (0, 2, "ab"),
        (3, 2, "de"),
        (4, 2, "e"),
        (5, 2, ""),
        (10**30, 2, ""),
        (-1, 2, ""),
        (1, 0, ""),
        (0, -1, ""),
        (2, None, "cde"),
    ],
)
def test_a_page_is_a_slice_and_says_how_many_there_are(store, start, size, found):
    for name in "abcde":
        made(store, name)
    page, total = store.page("one", {}, order=None, descending=False, start=start, size=size)
    assert ("".join(each.identity for each in page), total) == (found, 5)
    assert listed(store, start=start, size=size, descending=True) == [
        dict(zip("abcde", "edcba", strict=True))[c] for c in found
    ]


def test_an_account_sees_its_own_resources_and_none_sees_all(store):
    made(store, "a", account="one", few=1)
    made(store, "a", account="two", few=1)
    made(store, "b", account="two", few=1)
    assert listed(store, "one", few=1) == ["a"]
    assert listed(store, None, few=1) == ["a", "a", "b"]
    assert listed(store, "three") == []
    assert store.find("one", "b") is None
    assert store.find(None, "b").account == "two"
    assert store.find("two", "a").sequence == 2
    assert store.counts() == {"one": 1, "two": 2}


def test_only_the_first_page_of_its_kind_looks_at_the_resources():
    looked = []
    store = Store(lambda resource, pointer: looked.append(pointer) or value(resource, pointer), step=10)
    for number in range(50):
        made(store, few=number % 5, any=number)
    assert looked == []
    first = listed(store, few=1, order="/any", size=3)
    assert len(looked) == 100
    assert listed(store, few=1, order="/any", size=3) == first
    assert listed(store, few=2, order="/any", start=7, descending=True) != first
    assert listed(store, few=3) != first
    assert len(looked) == 100
    made(store, few=1, any=-1)
    assert len(looked) == 102


# --- Time ------------------------------------------------------------------------------------------


def test_moves_happen_at_their_own_times_in_the_order_of_time(store):
    made(store, "a", now=0.0)
    made(store, "b", now=4.0)
    moves = store.advance(1000.0)
    assert [(each.identity, each.state, each.entered) for each in moves] == [
        ("a", "running", 10.0),
        ("b", "running", 14.0),
        ("a", "done", 20.0),
        ("b", "done", 24.0),
    ]
    assert [(each.updated, each.ended) for each in moves] == [(10, None), (14, None), (20, 20), (24, 24)]
    assert store.find("one", "a") == moves[2]
    assert store.latest == 24.0
    assert store.advance(2000.0) == []


def test_a_resource_moves_when_its_step_is_over_and_not_before(store):
    made(store, "a", now=5.0)
    assert store.advance(14.999) == []
    assert [each.state for each in store.advance(15.0)] == ["running"]


def test_a_new_step_counts_for_resources_on_their_way(store):
    made(store, "a", now=0.0)
    store.step = 3
    assert [each.entered for each in store.advance(4.0)] == [3.0]
    store.step = 100
    assert store.advance(102.9) == []
    assert [each.entered for each in store.advance(103.0)] == [103.0]


def test_a_move_that_a_new_step_puts_before_the_last_change_leaves_that_the_last(store):
    store.put(replace(made(store, "a", now=0.0), updated=8.0))
    store.step = 3
    assert [(each.entered, each.updated) for each in store.advance(9.0)] == [(3.0, 8.0), (6.0, 8.0)]


def test_with_step_0_everything_is_over_at_once(store):
    store.step = 0
    made(store, "a", now=7.0)
    assert [(each.state, each.ended) for each in store.advance(7.0)] == [("running", None), ("done", 7.0)]


def test_what_was_stopped_moves_no_more(store):
    resource = made(store, "a")
    store.put(replace(resource, state="stopped", ahead=(), ended=1.0))
    assert store.advance(1000.0) == []
    assert listed(store, state="stopped") == ["a"]


@pytest.mark.parametrize("step", [-1, -0.001, math.nan])
def test_no_step_is_less_than_nothing(store, step):
    with pytest.raises(ValueError, match="a step is"):
        store.step = step
    assert store.step == 10


def test_an_awaited_state_is_not_entered_before_the_resource_is_settled():
    store = Store(value, step=10, awaited=["done"])
    late, early, never = (
        replace(made(store, name, now=now), settled=False)
        for name, now in (("late", 5.0), ("early", 0.0), ("never", 900.0))
    )
    for each in (late, early, never):
        store.put(each)
    store.advance(100.0)
    assert {store.find("one", name).state for name in ("late", "early")} == {COURSE[-2]}
    early, late = store.due()
    assert [(each.identity, each.state, each.ended) for each in (early, late)] == [
        ("early", "done", early.created + 20.0),
        ("late", "done", late.created + 20.0),
    ]
    store.put(replace(early, settled=True))
    assert store.find("one", "early").state == "done"
    assert [each.identity for each in store.due()] == ["late"]
    store.put(replace(store.find("one", "late"), ahead=(), state="stopped"))
    assert store.due() == store.advance(200.0) == []


# --- What is held ----------------------------------------------------------------------------------


SENT_ONCE = {"name": "x", "list": [1, {"deep": [2]}], "object": {"a": {"b": 1}}}


def test_what_the_sender_changes_afterwards_changes_nothing(store):
    sent = copy.deepcopy(SENT_ONCE)
    store.put(Resource("a", "one", "user", 1, sent, 0.0, "waiting", 0.0))
    sent["list"][1]["deep"].append(3)
    sent["object"]["a"]["b"] = sent["name"] = "other"
    assert store.find("one", "a").sent == SENT_ONCE
    assert listed(store, name="x") == ["a"]


@pytest.mark.parametrize(
    "change",
    [
        lambda sent: sent.update(name="y"),
        lambda sent: sent.pop("name"),
        lambda sent: sent.popitem(),
        lambda sent: sent.clear(),
        lambda sent: sent.setdefault("more", 1),
        lambda sent: sent.__setitem__("name", "y"),
        lambda sent: sent.__delitem__("name"),
        lambda sent: sent.__ior__({"name": "y"}),
        lambda sent: sent["object"]["a"].update(b=2),
        lambda sent: sent["list"].append(1),
        lambda sent: sent["list"].extend([1]),
        lambda sent: sent["list"].insert(0, 1),
        lambda sent: sent["list"].pop(),
        lambda sent: sent["list"].remove(1),
        lambda sent: sent["list"].clear(),
        lambda sent: sent["list"].reverse(),
        lambda sent: sent["list"].sort(key=str),
        lambda sent: sent["list"].__setitem__(0, 2),
        lambda sent: sent["list"].__delitem__(0),
        lambda sent: sent["list"].__iadd__([1]),
        lambda sent: sent["list"].__imul__(2),
        lambda sent: sent["list"][1]["deep"].append(3),
    ],
)
def test_nothing_handed_out_can_be_changed(store, change):
    made(store, "a", **SENT_ONCE)
    page, _ = store.page("one", {}, order=None, descending=False, start=0, size=None)
    for resource in (store.find("one", "a"), *page, *store.advance(10.0)):
        with pytest.raises(TypeError, match="change a copy"):
            change(resource.sent)
    page.clear()
    assert store.find("one", "a").sent == SENT_ONCE


@pytest.mark.parametrize("way", [copied, copy.deepcopy, lambda sent: json.loads(json.dumps(sent))])
def test_a_copy_is_plain_and_can_be_changed(store, way):
    mine = way(made(store, "a", **SENT_ONCE).sent)
    assert mine == SENT_ONCE
    mine["list"][1]["deep"].append(3)
    mine["object"]["a"]["b"] = 2
    assert type(mine["object"]) is dict
    assert store.find("one", "a").sent == SENT_ONCE
    assert json.dumps(store.find("one", "a").sent) == json.dumps(SENT_ONCE)


def test_a_sequence_belongs_to_one_resource(store):
    resource = made(store, "a", few=1)
    for other in (replace(resource, identity="b"), replace(resource, account="two")):
        with pytest.raises(ValueError, match="sequence 1"):
            store.put(other)
    assert listed(store, None, few=1) == ["a"]
    assert store.counts() == {"one": 1}


def test_the_next_sequence_is_after_all_others(store):
    store.put(replace(made(store, "a"), identity="b", sequence=7))
    store.put(replace(made(store, "c"), identity="d", sequence=3))
    assert store.next_sequence == 9


def test_a_member_that_cannot_be_told_leaves_the_store_as_it_was():
    def failing(resource: Resource, pointer: str):
        if resource.sent.get("bad") and pointer == "/few":
            raise KeyError(pointer)
        return value(resource, pointer)

    store = Store(failing, step=10)
    made(store, "a", few=1)
    assert listed(store, few=1) == ["a"]
    with pytest.raises(KeyError):
        made(store, "b", bad=True)
    assert store.find("one", "b") is None
    assert (store.next_sequence, store.counts()) == (2, {"one": 1})
    assert len(store.advance(1000.0)) == 2
    assert listed(store, few=1) == ["a"]


def test_those_created_at_both_ends_of_a_time_count(store):
    for name, now in (("a", 1.0), ("b", 2.0), ("c", 2.0), ("d", 3.0)):
        made(store, name, now=now)
    assert [store.created_since("one", *times) for times in ((1, 3), (2, 2), (2.5, 9), (3, 1))] == [4, 2, 1, 0]
    assert store.created_since("two", 0, 9) == 0
    assert store.created_since(None, 0, 9) == 4
