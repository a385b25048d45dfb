"""By which way and at which hour a chain wakes: confirmed addresses, quiet hours."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, update

from domain.actor import Actor
from domain.channels.model import ContactAddress
from domain.deadlines import Deadline
from domain.notices.model import Notice
from domain.people.model import Membership
from domain.preferences.model import Preference
from domain.roles import Role
from domain.work import Site
from tests.domain.escalations.town import Cast
from tests.domain.stage import moment


async def _confirmed_address(site: Site, person: Actor) -> None:
    async with site.sessions.begin() as session:
        session.add(
            ContactAddress(
                person_id=person.person_id,
                channel="email",
                address="head@example.kz",
                state="verified",
                verified_at=site.clock.now(),
                codes=[],
                created_at=site.clock.now(),
            )
        )


async def test_with_the_whole_company_its_confirmed_addresses_are_written_to(cast: Cast) -> None:
    await cast.keep_roster()
    await _confirmed_address(cast.stage.site, cast.head)
    await cast.selected()
    await cast.stage.until("11-25 17:00")
    chat, letter = await cast.stage.told(cast.head, "award.selected")
    assert (chat.channel, letter.channel, letter.origin_id) == ("telegram", "email", chat.id)
    assert await cast.rung(cast.other) == ["queued"]
    woken = [(each.name, each.channel) for each in (await cast.views(cast.head))[0].woken]
    assert woken[-2:] == [("Сәуле", "email"), ("Ерлан", "telegram")]


async def test_without_a_roster_the_letters_come_at_once_when_nobody_else_is_left(
    cast: Cast,
) -> None:
    """Everybody was told by the act: the next who can be told is told by e-mail."""
    await _confirmed_address(cast.stage.site, cast.other)
    await cast.selected()
    await cast.stage.until("11-25 12:00")
    assert [row.channel for row in await cast.stage.told(cast.other, "award.selected")] == [
        "telegram",
        "email",
    ]
    await cast.stage.until("11-27 09:59")
    assert await cast.stage.told(cast.customer, "escalation.silent") == []


async def _quiet(site: Site, person: Actor, first: int, last: int) -> None:
    async with site.sessions.begin() as session:
        session.add(
            Preference(
                person_id=person.person_id,
                quiet_from=first * 60,
                quiet_until=last * 60,
                quiet_days=127,
                muted=[],
                changed_at=site.clock.now(),
            )
        )


async def test_quiet_hours_of_whoever_is_woken_are_kept_but_close_to_the_end(cast: Cast) -> None:
    await cast.keep_roster()
    for person in (cast.deputy, cast.other):
        await _quiet(cast.stage.site, person, 11, 15)
    await cast.selected()
    await cast.stage.until("11-25 12:00")
    (waits,) = await cast.stage.told(cast.deputy, "award.selected")
    assert (waits.state, waits.not_before) == ("queued", moment("11-25 15:00"))
    # The chain goes on meanwhile: nobody waits for somebody who sleeps.
    await cast.stage.until("11-25 14:00")
    assert await cast.rung(cast.head) == ["queued"]


async def test_quiet_hours_that_end_with_the_term_are_no_reason_to_wait(cast: Cast) -> None:
    await cast.keep_roster()
    await _quiet(cast.stage.site, cast.deputy, 11, 10)
    await cast.selected()
    await _set_due(cast.stage.site, moment("11-26 13:00"))
    await cast.stage.until("11-25 12:00")
    (woken,) = await cast.stage.told(cast.deputy, "award.selected")
    assert woken.not_before == moment("11-25 12:00")


async def _set_due(site: Site, due_at: datetime) -> None:
    async with site.sessions.begin() as session:
        await session.execute(
            update(Deadline)
            .where(Deadline.kind == "confirmation", Deadline.state == "open")
            .values(due_at=due_at)
        )


async def test_of_a_company_without_people_nobody_says_that_they_were_told(cast: Cast) -> None:
    async with cast.stage.site.sessions.begin() as session:
        await session.execute(delete(Membership).where(Membership.role == Role.SUPPLIER.value))
    await cast.selected()
    await cast.stage.until("11-27 10:00")
    (silent,) = await cast.stage.told(cast.customer.person, "escalation.silent")
    assert silent.params["told"] is False


async def test_who_sleeps_when_it_is_done_is_not_woken_for_it(cast: Cast) -> None:
    await cast.keep_roster()
    await _quiet(cast.stage.site, cast.deputy, 11, 15)
    await cast.selected()
    await cast.stage.until("11-25 14:00")
    assert await cast.rung(cast.deputy) == ["queued"]
    assert await cast.rung(cast.head) == ["queued"]
    await cast.seen(cast.duty)
    # It stands in the list of the one, who would have heard of it at 15:00; the other knows of it.
    assert await cast.rung(cast.deputy) == ["listed"]
    assert await cast.stage.told(cast.deputy, "escalation.done") == []
    assert await cast.rung(cast.head) == ["queued"]
    assert len(await cast.stage.told(cast.head, "escalation.done")) == 1


async def test_what_the_act_has_sent_goes_its_way_though_it_is_done(cast: Cast) -> None:
    """Without a roster everybody is told by the act: nobody's notice is taken back."""
    await _confirmed_address(cast.stage.site, cast.head)
    await cast.selected()
    async with cast.stage.site.sessions.begin() as session:
        await session.execute(
            update(Notice)
            .where(Notice.person_id == cast.other.person_id, Notice.kind == "award.selected")
            .values(not_before=moment("11-25 15:00"))
        )
    await cast.stage.until("11-25 12:00")
    assert [row.channel for row in await cast.stage.told(cast.head, "award.")][-1] == "email"
    await cast.seen(cast.duty)
    assert await cast.rung(cast.other) == ["queued"]
    assert len(await cast.stage.told(cast.other, "escalation.done")) == 1
