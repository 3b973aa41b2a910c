from __future__ import annotations

import itertools

import pytest

from scripts.contract.exchanges import Exchange
from scripts.contract.pace import LONGEST_WAIT, Pace, retry_after
from scripts.contract.prepare import POLITE
from scripts.contract.prepare import paced as paced_connection
from scripts.contract.sender import Connection

from .loopback import Answer, loopback
from .test_contract_sender import get, sender


class Clock:
    """Time that passes by pauses alone."""

    def __init__(self) -> None:
        self.now = 100.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


def paced(clock: Clock, rate: float | None = None) -> Pace:
    return Pace(rate, clock, clock.pause)


def busy(*headers: tuple[str, str], status: int = 429) -> Exchange:
    return Exchange(1, "", None, "GET", "", (), b"", status, response_headers=headers, started=1_000_000_000.0)


def wait(pace: Pace, *, creating: bool = False, at_most: float = 1000.0) -> None:
    pace.wait(creating=creating, at_most=at_most)


def test_without_a_rate_nothing_is_held_back():
    clock = Clock()
    pace = paced(clock)
    for _ in range(9):
        wait(pace)
    assert clock.pauses == []


def test_no_more_requests_leave_in_a_second_than_the_rate_says():
    clock = Clock()
    pace = paced(clock, rate=4)
    left = []
    for _ in range(9):
        wait(pace)
        left.append(clock.now)
    assert left[0] == 100
    assert [round(later - earlier, 6) for earlier, later in itertools.pairwise(left)] == [0.25] * 8


def test_time_that_passed_anyway_is_not_waited_again_and_not_caught_up_on():
    clock = Clock()
    pace = paced(clock, rate=2)
    wait(pace)
    clock.now += 10
    for _ in range(2):
        wait(pace)
    assert clock.pauses == [0.5]


@pytest.mark.parametrize(("creating", "held"), [(False, [2.0]), (True, [])], ids=["a read", "a creation"])
def test_what_a_read_is_told_holds_all_and_what_a_creation_is_told_holds_creations(creating, held):
    clock = Clock()
    pace = paced(clock)
    pace.hold(busy(("Retry-After", "2")), creating=creating)
    wait(pace)
    assert clock.pauses == held
    wait(pace, creating=True)
    assert clock.pauses == [2.0]


@pytest.mark.parametrize("stated", ["3600", "99999999999999999999", str(int(LONGEST_WAIT) + 1), "soon", "", "-1"])
def test_what_is_too_long_or_no_time_is_not_waited(stated):
    clock = Clock()
    pace = paced(clock)
    pace.hold(busy(("Retry-After", stated)), creating=False)
    wait(pace)
    assert clock.pauses == []


def test_no_wait_is_longer_than_the_time_that_is_left():
    clock = Clock()
    pace = paced(clock, rate=0.001)
    pace.hold(busy(("Retry-After", "4")), creating=False)
    wait(pace, at_most=1.5)
    wait(pace, at_most=0.25)
    assert clock.pauses == [1.5, 0.25]


@pytest.mark.parametrize(
    ("url", "asked", "rate"),
    [
        ("http://127.0.0.1:8080/api", None, None),
        ("http://localhost", None, None),
        ("http://[::1]:1", None, None),
        ("http://127.0.0.1:8080/api", 5.0, 5.0),
        ("https://air.example.com", None, POLITE),
        ("https://air.example.com", 200.0, 200.0),
        ("https://127.0.0.1.example.com", None, POLITE),
    ],
)
def test_a_server_elsewhere_is_sent_twenty_requests_a_second_at_most_unless_more_are_asked_for(url, asked, rate):
    assert paced_connection(Connection(url, rate=asked)).rate == rate


def test_the_sender_keeps_to_the_pace():
    clock = Clock()
    with loopback(lambda _: Answer()) as server:
        sending = sender(server.url)
        sending.pace = paced(clock, rate=0.5)
        for _ in range(3):
            sending.send(get(server.url))
    assert clock.pauses == [2, 2]


DATE = ("Date", "Sat, 08 Sep 2001 20:00:00 GMT")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ([("retry-after", " 7 ")], 7),
        ([("Retry-After", "0")], 0),
        ([("Retry-After", "Sun, 09 Sep 2001 01:46:45 GMT")], 5),
        ([("Retry-After", "Sun, 09 Sep 2001 01:46:35 GMT")], 0),
        ([DATE, ("Retry-After", "Sat, 08 Sep 2001 20:00:03 GMT")], 3),
        ([("Date", "now"), ("Retry-After", "Sun, 09 Sep 2001 01:46:45 GMT")], 5),
        ([("Retry-After", "Wed, 21 Oct 99999 07:28:00 GMT")], None),
        ([("Retry-After", "Wed, 21 Oct 2026 07:28:00 +9999999999")], None),
        ([("Retry-After", "²")], None),
        ([("Retry-After", "1.5")], None),
        ([], None),
    ],
    ids=str,
)
def test_when_to_try_again_is_read_as_seconds_or_as_a_date_by_the_clock_of_the_server(headers, seconds):
    assert retry_after(busy(*headers)) == seconds
