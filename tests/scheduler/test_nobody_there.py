"""While nobody can be reached at all, one asks for all the others."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import func, select

from domain.clock import ManualClock
from domain.notices.model import Delivery, Lane
from domain.notices.queue import NoticeQueue, Outcome
from domain.notices.views import NoticeView
from domain.work import Site
from scheduler.dispatcher import Dispatcher
from tests.scheduler.notices import queue, states

_PEOPLE = 300
_NOBODY = Outcome(
    "retry", retry_after=15, counted=False, reason="refused", holds=True, everyone=True
)


class Telegram:
    """Not there until it is."""

    def __init__(self) -> None:
        self.away = True
        self.asked: list[NoticeView] = []
        self.answer = Outcome("sent", message_id=1)

    async def __call__(self, notice: NoticeView) -> Outcome:
        self.asked.append(notice)
        await asyncio.sleep(0)
        return _NOBODY if self.away else self.answer


async def test_a_day_without_telegram_is_no_flood_of_attempts(
    site: Site, clock: ManualClock
) -> None:
    telegram = Telegram()
    dispatcher = Dispatcher(NoticeQueue(site), telegram)
    await queue(site, list(range(1, _PEOPLE + 1)), Lane.WORK)
    await dispatcher.drain()
    first = len(telegram.asked)
    assert first <= dispatcher._budget
    looks = 20
    for _ in range(looks):
        clock.advance(timedelta(seconds=30))
        await dispatcher.drain()
    assert len(telegram.asked) - first <= looks
    async with site.sessions() as session:
        rows = await session.scalar(select(func.count(Delivery.id)))
    assert rows is not None
    assert rows <= 2 * dispatcher._budget + looks
    assert await states(site) == {"queued": _PEOPLE}


async def test_once_it_answers_all_go_at_once_the_urgent_first(
    site: Site, clock: ManualClock
) -> None:
    telegram = Telegram()
    dispatcher = Dispatcher(NoticeQueue(site), telegram)
    await queue(site, list(range(1, _PEOPLE + 1)), Lane.NEWS, mark="news")
    await dispatcher.drain()
    await queue(site, [1001, 1002], Lane.STATUTORY, mark="law")
    telegram.asked.clear()
    telegram.away = False
    await dispatcher.drain()
    assert telegram.asked == [], "asked before its moment"
    clock.advance(timedelta(seconds=15))
    await dispatcher.drain()
    assert [each.params["mark"] for each in telegram.asked[:2]] == ["law", "law"]
    assert await states(site) == {"sent": _PEOPLE + 2}


async def test_one_who_asks_and_is_refused_leaves_it_to_the_next(
    site: Site, clock: ManualClock
) -> None:
    """Telegram is there again, and has something against the first: the others do not wait."""
    telegram = Telegram()
    dispatcher = Dispatcher(NoticeQueue(site), telegram)
    await queue(site, list(range(1, 6)))
    await dispatcher.drain()
    telegram.away, telegram.answer = False, Outcome("retry", retry_after=3600, reason="500")
    clock.advance(timedelta(seconds=15))
    await dispatcher.drain()
    assert len(telegram.asked) == 10
    telegram.answer = Outcome("sent")
    await queue(site, list(range(6, 9)), mark="more")
    await dispatcher.drain()
    assert await states(site) == {"sent": 3, "queued": 5}


async def test_one_connection_that_is_not_made_holds_nobody_else(site: Site) -> None:
    telegram = Telegram()
    telegram.away = False

    async def send(notice: NoticeView) -> Outcome:
        return _NOBODY if notice.person_id % 10 == 0 else await telegram(notice)

    await queue(site, list(range(1, _PEOPLE + 1)))
    await Dispatcher(NoticeQueue(site), send, budget=5).drain()
    assert await states(site) == {"sent": _PEOPLE * 9 // 10, "queued": _PEOPLE // 10}
