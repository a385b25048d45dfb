"""Messages keep Telegram's limits, wait in order, and none is lost."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from bot.telegram.limits import ChatPaused, Limits, Urgency
from tests.support.virtual_time import VirtualTime


def most_within(instants: list[float], span: float) -> int:
    """The largest number of instants within any ``span`` seconds."""
    return max(sum(1 for at in instants if start <= at < start + span) for start in instants)


class Sent:
    def __init__(self) -> None:
        self.time = VirtualTime()
        self.limits = Limits(monotonic=self.time.monotonic, sleep=self.time.sleep)
        self.at: list[tuple[float, int, int]] = []
        self.latency = 0.0

    async def send(
        self, chat: int, number: int = 0, count: int = 1, urgency: Urgency = Urgency.PRESS
    ) -> None:
        async with self.limits.turn(chat, count, urgency):
            self.at += [(self.time.monotonic(), chat, number)] * count
            await self.time.sleep(self.latency)

    def instants(self) -> list[float]:
        return [at for at, _, _ in self.at]


async def test_thirty_a_second_in_all() -> None:
    sent = Sent()
    await sent.time.run(*(sent.send(chat) for chat in range(1, 201)))
    assert len(sent.at) == 200
    assert most_within(sent.instants(), 1.0) == 30
    # No slower than it must be: 200 messages are seven batches.
    assert max(sent.instants()) - min(sent.instants()) < 6.5


async def test_one_a_second_to_a_person_after_a_burst_of_three() -> None:
    sent = Sent()
    await sent.time.run(*(sent.send(5, number) for number in range(8)))
    assert [number for _, _, number in sent.at] == list(range(8))
    start = sent.at[0][0]
    assert [int(at - start) for at in sent.instants()] == [0, 0, 0, 1, 2, 3, 4, 5]


async def test_twenty_a_minute_to_a_group() -> None:
    sent = Sent()
    await sent.time.run(*(sent.send(-100) for _ in range(45)))
    assert most_within(sent.instants(), 60.0) == 20
    assert max(sent.instants()) - min(sent.instants()) < 130


async def test_who_pressed_a_button_does_not_wait_for_topics() -> None:
    """While a group is filled with topics, a question to an operator comes at once."""
    sent = Sent()

    async def topic(number: int) -> None:
        await sent.send(-100, number, urgency=Urgency.WORK)

    async def pressed() -> None:
        await sent.time.sleep(30.0)
        await sent.send(-100, -1)

    await sent.time.run(*(topic(number) for number in range(60)), pressed())
    [asked] = [at for at, _, number in sent.at if number == -1]
    assert asked - sent.at[0][0] < 31
    assert most_within(sent.instants(), 60.0) <= 20
    topics = [number for _, _, number in sent.at if number >= 0]
    assert topics == list(range(60))


async def test_groups_leave_room_in_each_second() -> None:
    sent = Sent()
    groups = [sent.send(-100 - number % 6) for number in range(120)]
    await sent.time.run(*groups, *(sent.send(chat) for chat in range(1, 11)))
    of_groups = [at for at, chat, _ in sent.at if chat < 0]
    assert most_within(of_groups, 1.0) == 20
    assert most_within(sent.instants(), 1.0) == 30
    # No slower than it must be, together with what people are told.
    assert max(sent.instants()) - min(sent.instants()) < 6.5


async def test_a_busy_chat_does_not_hold_up_the_others() -> None:
    sent = Sent()
    busy = [sent.send(5, number) for number in range(20)]
    await sent.time.run(*busy, *(sent.send(chat) for chat in range(100, 110)))
    start = min(sent.instants())
    assert all(at - start < 1 for at, chat, _ in sent.at if chat != 5)


async def test_an_album_counts_as_its_messages() -> None:
    sent = Sent()
    await sent.time.run(*(sent.send(chat, count=10) for chat in range(1, 7)))
    assert most_within(sent.instants(), 1.0) == 30
    await sent.time.run(sent.send(1))
    assert sent.at[-1][0] - min(sent.instants()) > 8, "the album has used up the chat's turns"


async def test_a_pause_holds_its_chat_and_nobody_else() -> None:
    sent = Sent()
    sent.limits.pause(5, 10)
    start = sent.time.monotonic()
    await sent.time.run(sent.send(5), sent.send(6))
    assert [(chat, round(at - start)) for at, chat, _ in sent.at] == [(6, 0), (5, 10)]


async def test_refusals_of_two_chats_at_once_hold_everybody_for_seconds_at_most() -> None:
    sent = Sent()
    sent.limits.pause(5, 3)
    sent.limits.pause(6, 10_072)
    start = sent.time.monotonic()
    await sent.time.run(sent.send(7))
    assert [(chat, round(at - start)) for at, chat, _ in sent.at] == [(7, 5)]


async def test_who_has_no_patience_is_told_how_long_a_chat_is_paused() -> None:
    sent = Sent()
    sent.limits.pause(5, 10_072)
    with pytest.raises(ChatPaused) as refused:
        async with sent.limits.turn(5, patience=5):
            raise AssertionError
    assert refused.value.seconds == 10_072


async def test_news_fill_the_second_evenly_and_the_urgent_pass_them() -> None:
    """During a broadcast an answer and a statutory notice wait for one place, not for a batch."""
    sent = Sent()
    sent.latency = 0.005

    async def urgent(number: int, urgency: Urgency) -> None:
        await sent.time.sleep(number * 0.377)
        asked = sent.time.monotonic()
        await sent.send(10_000 + number, -1, urgency=urgency)
        waits[urgency].append(sent.time.monotonic() - sent.latency - asked)

    waits: dict[Urgency, list[float]] = {Urgency.PRESS: [], Urgency.STATUTORY: []}
    news = [sent.send(chat, chat, urgency=Urgency.NEWS) for chat in range(1, 901)]
    hurried = [urgent(number, list(waits)[number % 2]) for number in range(60)]
    await sent.time.run(*news, *hurried)
    assert most_within(sent.instants(), 1.0) <= 30
    length = max(sent.instants()) - min(sent.instants())
    assert len(sent.at) / length >= 30 * 0.97
    assert max(waits[Urgency.PRESS]) < 0.2
    assert max(waits[Urgency.STATUTORY]) < 0.2
    # News keep their own order.
    order = [number for _, _, number in sent.at if number > 0]
    assert order == sorted(order)


async def test_a_storm_of_presses_leaves_places_to_what_is_statutory() -> None:
    """A thousand people press at once; a deadline's word does not wait until all are answered."""
    sent = Sent()
    sent.latency = 0.05
    waits = []

    async def urgent(number: int) -> None:
        await sent.time.sleep(1 + number * 0.4)
        asked = sent.time.monotonic()
        await sent.send(10_000 + number, -1, urgency=Urgency.STATUTORY)
        waits.append(sent.time.monotonic() - sent.latency - asked)

    presses = [sent.send(chat, chat) for chat in range(1, 1001)]
    await sent.time.run(*presses, *(urgent(number) for number in range(60)))
    assert most_within(sent.instants(), 1.0) <= 30
    assert max(waits) < 1.3, "a second is full when the storm begins"
    # Presses have the rest, and all of it where nothing is statutory.
    assert max(sent.instants()) - min(sent.instants()) < 1060 / 30 * 1.15


async def test_a_turn_that_came_too_late_for_its_waiter_is_passed_on() -> None:
    """It is cancelled in the moment of its turn: its place is free again after a second."""
    sent = Sent()
    await sent.time.run(*(sent.send(chat) for chat in range(1, 30)))
    task = asyncio.ensure_future(sent.send(30))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    start = sent.time.monotonic()
    await sent.time.run(*(sent.send(chat) for chat in range(101, 131)))
    assert max(sent.instants()) - start < 1.1
    assert sent.limits.waiting == 0


async def test_slow_answers_do_not_bring_more_than_thirty_into_one_second() -> None:
    """Whenever within its call each message arrives."""
    sent = Sent()
    sent.latency = 0.4
    await sent.time.run(*(sent.send(chat) for chat in range(1, 101)))
    arrivals = [at + sent.latency * (chat % 2) for at, chat, _ in sent.at]
    assert most_within(arrivals, 1.0) <= 30


async def test_a_call_that_is_never_answered_takes_no_place_for_good() -> None:
    sent = Sent()
    sent.latency = 3_600.0
    await sent.time.run(*(sent.send(chat) for chat in range(1, 91)))
    assert max(sent.instants()) - min(sent.instants()) < 20


async def test_who_gives_up_waiting_leaves_the_place_to_others() -> None:
    sent = Sent()

    async def impatient() -> None:
        with contextlib.suppress(TimeoutError):
            task = asyncio.ensure_future(sent.send(5, 99))
            await sent.time.sleep(0.5)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    await sent.time.run(
        *(sent.send(5, number) for number in range(3)), impatient(), sent.send(5, 4)
    )
    assert [number for _, _, number in sent.at] == [0, 1, 2, 4]


async def test_idle_chats_are_forgotten_and_busy_ones_are_not() -> None:
    sent = Sent()
    await sent.time.run(*(sent.send(1) for _ in range(3)))
    await sent.time.run(*(sent.send(chat) for chat in range(2, 32)))
    for chat in range(100, 6000):
        sent.limits._chat(chat)
    assert 1 in sent.limits._chats
    assert len(sent.limits._chats) < 5000
