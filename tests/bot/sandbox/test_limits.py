"""Rates by an hour-glass of one's own: no test here waits."""

from __future__ import annotations

import pytest

from bot.sandbox.limits import Limits, RateLimiter

GROUP = -1001


class Seconds:
    """A monotonic clock moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def test_a_chat_takes_a_burst_and_then_one_a_second(seconds: Seconds) -> None:
    limiter = RateLimiter(Limits(burst=3), seconds)
    assert [limiter.take(1) for _ in range(4)] == [0, 0, 0, 1]
    assert limiter.take(2) == 0
    seconds.now += 1
    assert [limiter.take(1), limiter.take(1)] == [0, 1]
    seconds.now += 100
    assert [limiter.take(1) for _ in range(4)] == [0, 0, 0, 1]


def test_thirty_a_second_in_all(seconds: Seconds) -> None:
    limiter = RateLimiter(Limits(), seconds)
    assert [limiter.take(chat) for chat in range(1, 32)] == [0] * 30 + [1]
    seconds.now += 0.99
    assert limiter.take(99) == 1
    seconds.now += 0.02
    assert limiter.take(99) == 0


def test_twenty_a_minute_in_a_group(seconds: Seconds) -> None:
    limiter = RateLimiter(Limits(), seconds)
    assert [limiter.take(GROUP) for _ in range(20)] == [0] * 20
    assert limiter.take(GROUP) == 60
    seconds.now += 59.5
    assert limiter.take(GROUP) == 1
    seconds.now += 1
    assert limiter.take(GROUP) == 0


def test_an_album_counts_each_item(seconds: Seconds) -> None:
    limiter = RateLimiter(Limits(overall=5, per_group_minute=4), seconds)
    assert limiter.take(GROUP, 4) == 0
    assert limiter.take(GROUP, 1) == 60
    assert limiter.take(7, 2) == 1


def test_waiting_as_told_is_enough(seconds: Seconds) -> None:
    limiter = RateLimiter(Limits(per_chat=0.3), seconds)
    for _ in range(50):
        wait = limiter.take(1)
        seconds.now += wait
        assert wait == 0 or limiter.take(1) == 0


def test_switched_off(seconds: Seconds) -> None:
    limiter = RateLimiter(None, seconds)
    assert not any(limiter.take(1) for _ in range(100))
