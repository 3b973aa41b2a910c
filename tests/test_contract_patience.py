from __future__ import annotations

import time

import pytest

from scripts.contract.patience import LEAST, Patience

from .processes import KEYS, mock, surroundings, verb


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_wait_in_vain_shortens_those_after_it_and_one_that_was_not_costs_nothing():
    clock = Clock()
    patience = Patience(20.0, clock)
    assert patience.until(30) == clock.now + 20
    assert patience.until(5) == clock.now + 5
    clock.now += 8
    patience.in_vain(since=100.0)
    assert patience.until(30) == clock.now + 12


def test_some_patience_is_always_left():
    clock = Clock()
    patience = Patience(20.0, clock)
    clock.now += 500
    patience.in_vain(since=100.0)
    assert patience.until(30) == clock.now + LEAST
    assert patience.until(1) == clock.now + 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "seconds"),
    [(["--end", "failed:/Name=*"], 16), (["--fault", "hide-created:getJob"], 20)],
    ids=["all fail", "nothing is found"],
)
def test_what_cannot_come_any_more_is_not_waited_for(words, seconds):
    with mock(*words) as url:
        started = time.monotonic()
        done = verb("contract", "--url", url, "--mode", "frugal", env=surroundings(**KEYS))
    assert time.monotonic() - started < seconds, done.stdout
    assert "not reached within" in done.stdout or "created-is-reached" in done.stdout
