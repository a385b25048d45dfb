"""A chain that climbs while duty, vacations and the calendar change."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from sqlalchemy import update

from domain.deadlines import Deadline
from domain.extensions import Step
from domain.working_time.rules import OverrideChange
from tests.domain.escalations.town import Cast
from tests.domain.stage import moment
from tests.support.factories import again


async def _turns_of_three(cast: Cast) -> None:
    turns = [person.person_id or 0 for person in (cast.duty, cast.deputy, cast.other)]
    await cast.stage.services.duty.set_turns(again(cast.head), turns)


async def test_whoever_has_the_duty_since_midnight_is_woken_before_a_deputy(cast: Cast) -> None:
    await _turns_of_three(cast)
    await cast.stage.until("11-27 17:30")
    await cast.selected()
    assert await cast.sent_to() == {"Айгүл"}
    # Her week is over on Sunday at midnight of Astana: the duty is Болат's.
    await cast.stage.until("11-30 10:00")
    assert await cast.sent_to() == {"Айгүл", "Болат"}
    await cast.stage.until("11-30 12:00")
    assert await cast.sent_to() == {"Айгүл", "Болат", "Сәуле"}
    await cast.stage.until("11-30 16:00")
    assert [name for _, name, _ in await cast.woken()] == ["Айгүл", "Болат", "Сәуле", "Ерлан"]


async def test_whoever_was_handed_the_duty_meanwhile_is_woken_before_a_deputy(cast: Cast) -> None:
    await cast.keep_roster()
    await cast.selected()
    day = date(2026, 11, 25)
    await cast.stage.services.duty.hand_over(again(cast.duty), cast.other.person_id or 0, day, day)
    await cast.stage.until("11-25 12:00")
    assert await cast.sent_to() == {"Айгүл", "Ерлан"}


async def test_a_deputy_on_vacation_is_passed_over(cast: Cast) -> None:
    await _turns_of_three(cast)
    day = date(2026, 11, 25)
    await cast.stage.services.duty.away(again(cast.deputy), cast.deputy.person_id or 0, day, day)
    await cast.selected()
    await cast.stage.until("11-25 12:00")
    assert await cast.sent_to() == {"Айгүл", "Ерлан"}


async def test_the_head_on_vacation_is_stood_in_for(cast: Cast) -> None:
    await cast.keep_roster()
    day = date(2026, 11, 25)
    await cast.stage.services.duty.away(
        again(cast.head), cast.head.person_id or 0, day, day, cast.other.person_id
    )
    await cast.selected()
    await cast.stage.until("11-25 12:00")
    assert await cast.sent_to() == {"Айгүл", "Болат"}
    await cast.stage.until("11-25 14:00")
    assert await cast.sent_to() == {"Айгүл", "Болат", "Ерлан"}
    assert (2, "Ерлан", "own") in await cast.woken(), "as the head, before the whole company"


async def test_a_head_on_duty_is_woken_once(cast: Cast) -> None:
    await cast.stage.services.duty.set_turns(again(cast.head), [cast.head.person_id or 0])
    await cast.selected()
    assert await cast.sent_to() == {"Сәуле"}
    # Nobody is left for the second and the third step: the whole company comes at once.
    await cast.stage.until("11-25 12:00")
    assert await cast.sent_to() == {"Айгүл", "Болат", "Сәуле", "Ерлан"}
    assert [name for _, name, _ in await cast.woken()].count("Сәуле") == 1


def _lost(number: int, since: str, until: str) -> Step:
    cause = f"incident:{number}"
    return Step(cause, "lost_time", "627-25.2", since=moment(since), until=moment(until))


async def _faults(cast: Cast, *lost: Step) -> None:
    """The term of the award has these steps."""
    steps = [each.as_json() for each in lost]
    async with cast.stage.site.sessions.begin() as session:
        await session.execute(
            update(Deadline)
            .where(Deadline.subject == f"award:{cast.award}", Deadline.kind == "confirmation")
            .values(extension={"steps": steps})
        )


async def test_each_fault_puts_a_chain_off_once(cast: Cast) -> None:
    await cast.keep_roster()
    await cast.selected()
    await _faults(cast, _lost(1, "11-25 10:30", "11-25 12:00"))
    await cast.stage.until("11-25 13:30")
    assert await cast.sent_to() == {"Айгүл", "Болат"}
    # Two hours after him, as ever: he has had them in full.
    await cast.stage.until("11-25 15:30")
    assert await cast.sent_to() == {"Айгүл", "Болат", "Сәуле"}
    # What leaves the company counts from the beginning, so it waits for as long as was lost.
    await cast.stage.until("11-27 11:29")
    assert await cast.stage.told(cast.customer, "escalation.silent") == []
    await cast.stage.until("11-27 11:30")
    assert len(await cast.stage.told(cast.customer, "escalation.silent")) == 1


async def test_another_fault_puts_the_same_step_off_again(cast: Cast) -> None:
    await cast.keep_roster()
    await cast.selected()
    first = _lost(1, "11-25 10:30", "11-25 12:00")
    await _faults(cast, first)
    await cast.stage.until("11-25 13:00")
    await _faults(cast, first, _lost(2, "11-25 12:15", "11-25 13:00"))
    await cast.stage.until("11-25 14:14")
    assert await cast.sent_to() == {"Айгүл"}
    await cast.stage.until("11-25 14:15")
    assert await cast.sent_to() == {"Айгүл", "Болат"}


async def test_a_step_that_was_put_off_wakes_nobody_on_a_day_off_either(cast: Cast) -> None:
    await cast.keep_roster()
    await cast.selected()
    await _faults(cast, _lost(1, "11-25 10:30", "11-25 17:30"))
    # Put off into the evening, so until the next morning, which then becomes a holiday.
    await cast.stage.until("11-25 13:00")
    days, admin = cast.stage.services.working_time, cast.admin
    change = OverrideChange(date(2026, 11, 26), False, "Демалыс", "Выходной", "Указ")
    seen = await days.preview(again(admin), [change])
    await days.apply(again(admin), [change], seen.version)
    await cast.stage.until("11-26 18:00")
    assert await cast.sent_to() == {"Айгүл"}
    await cast.stage.until("11-27 09:00")
    assert await cast.sent_to() == {"Айгүл", "Болат"}


@pytest.mark.parametrize("attempt", range(5))
async def test_seen_by_letter_while_the_head_is_being_woken(cast: Cast, attempt: int) -> None:
    """Either the head is woken first and told that it is done, or is not woken at all."""
    await cast.keep_roster()
    await cast.selected()
    await cast.stage.until("11-25 13:59")
    (notice,) = await cast.stage.told(cast.duty, "award.selected")
    await cast.stage.at("11-25 14:00")
    escalations, sweep = cast.stage.services.escalations, cast.stage.sweep

    async def say() -> None:
        for _ in range(attempt):
            await asyncio.sleep(0)
        assert (await escalations.seen_by_letter(notice.id)).stopped == 1

    await asyncio.gather(sweep(), say(), sweep())
    await cast.stage.until("11-25 18:00")
    (chain,) = [each for each in await cast.chains() if each.category == "confirmation"]
    assert (chain.state, chain.ended_by) == ("acked", cast.duty.person_id)
    woken = await cast.rung(cast.head) == ["queued"]
    assert len(await cast.stage.told(cast.head, "escalation.done")) == int(woken)
    (done,) = await cast.stage.told(cast.deputy, "escalation.done")
    assert done.params["by"] == "Айгүл"
    assert await cast.rung(cast.other) == ["listed"]
    # The link followed once more says the same and wakes nobody.
    assert (await escalations.seen_by_letter(notice.id)).stopped == 1
    assert len(await cast.stage.told(cast.deputy, "escalation.done")) == 1
