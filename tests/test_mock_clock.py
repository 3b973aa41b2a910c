from __future__ import annotations

import math

import pytest

from scripts.mock.clock import Clock


class Real:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.time = 1_700_000_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def real() -> Real:
    return Real()


@pytest.mark.parametrize("factor", [0, 0.5, 1, 60])
def test_time_passes_at_the_factor(real, factor):
    clock = Clock(factor, real)
    start = real.time
    real.time += 10
    assert clock.now() == start + 10 * factor


def test_a_clock_starts_at_the_real_time_and_at_its_pace(real):
    clock = Clock(real=real)
    assert (clock.now(), clock.factor) == (real.time, 1.0)


def test_what_is_told_is_added_once_and_does_not_grow_with_the_factor(real):
    clock = Clock(2, real)
    start = real.time
    assert clock.advance(5) == start + 5
    real.time += 10
    assert clock.now() == start + 25
    assert clock.advance(0) == start + 25


def test_a_new_factor_counts_from_when_it_is_set(real):
    clock = Clock(10, real)
    start = real.time
    real.time += 3
    clock.factor = 0
    assert clock.now() == start + 30
    real.time += 1000
    assert clock.now() == start + 30
    clock.factor = 1
    assert clock.now() == start + 30
    real.time += 7
    assert clock.now() == start + 37


def test_the_clock_stands_while_the_real_one_is_set_back(real):
    clock = Clock(1, real)
    start = real.time
    real.time += 10
    assert clock.now() == start + 10
    real.time -= 100
    assert clock.now() == start + 10
    clock.advance(5)
    assert clock.now() == start + 15
    real.time += 1
    assert clock.now() == start + 16


@pytest.mark.parametrize("wrong", [-1, -1e-9, math.nan, math.inf])
def test_what_would_turn_time_back_or_end_it_is_refused(real, wrong):
    clock = Clock(1, real)
    with pytest.raises(ValueError, match="an advance is"):
        clock.advance(wrong)
    with pytest.raises(ValueError, match="a factor is"):
        clock.factor = wrong
    with pytest.raises(ValueError, match="a factor is"):
        Clock(wrong, real)
    assert (clock.now(), clock.factor) == (real.time, 1)
