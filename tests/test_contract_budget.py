from __future__ import annotations

import unittest

import pytest

from scripts.contract.budget import MODES, Budget, Mode, Spent

SMALL = Mode("small", requests=3, created=1)


def budget(mode: Mode = SMALL, *, seconds: float = 60.0, times=None) -> Budget:
    return Budget(mode, seconds, clock=(lambda: next(times)) if times else (lambda: 0.0))


def test_the_modes_have_the_bounds_of_the_design():
    assert {name: (mode.requests, mode.created) for name, mode in MODES.items()} == {
        "read-only": (300, 0),
        "frugal": (300, 10),
        "full": (1500, 100),
    }


def test_a_request_beyond_the_bound_is_refused_before_it_is_counted():
    spending = budget()
    for _ in range(3):
        spending.take(creating=False)
    with pytest.raises(Spent, match="requests"):
        spending.take(creating=False)
    assert spending.requests == 3


def test_what_may_create_is_counted_until_it_is_known_not_to_have():
    spending = budget()
    spending.take(creating=True)
    with pytest.raises(Spent, match="create"):
        spending.take(creating=True)
    spending.give_back()
    spending.take(creating=True)
    assert (spending.requests, spending.created) == (2, 1)


def test_nothing_is_taken_once_time_is_up():
    spending = budget(seconds=5.0, times=iter([0.0, 4.0, 6.0]))
    spending.take(creating=False)
    with pytest.raises(Spent, match="seconds"):
        spending.take(creating=False)


def test_a_share_bounds_its_block_and_no_more_than_the_whole_does():
    spending = budget(Mode("m", requests=10, created=4))
    with spending.share(requests=2, created=1):
        spending.take(creating=True)
        with pytest.raises(Spent):
            spending.take(creating=True)
        spending.take(creating=False)
        with pytest.raises(Spent):
            spending.take(creating=False)
    assert (spending.requests_left, spending.creations_left) == (8, 3)
    with spending.share(requests=99, created=99):
        assert (spending.requests_left, spending.creations_left) == (8, 3)


def test_a_spent_budget_is_a_skip_to_pytest_and_hypothesis():
    assert issubclass(Spent, unittest.SkipTest)
