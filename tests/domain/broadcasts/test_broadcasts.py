"""Broadcasts over their whole life, on PostgreSQL, with the dispatcher that sends them."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import event, func, insert, literal, select, update

from domain.actor import Actor
from domain.broadcasts import rows
from domain.broadcasts.model import Broadcast, BroadcastReader
from domain.broadcasts.rules import Audience, Content, File
from domain.broadcasts.views import Progress, Reach
from domain.clock import astana
from domain.errors import AccessDenied, Conflict, NotFound, RuleBroken
from domain.files import Attachment
from domain.notices.model import Lane, Notice
from domain.notices.queue import Outcome
from domain.notices.views import NoticeView
from domain.people.model import Membership, Person
from domain.preferences.rules import QuietHours
from domain.roles import Role
from domain.work import Site
from scheduler.dispatcher import Dispatcher
from tests.domain.stage import Stage, moment
from tests.scheduler.notices import Sender, queue
from tests.support.factories import (
    admin_actor,
    again,
    good,
    integration_actor,
    make_customer,
    make_person,
    make_producer,
)

NEWS = Content("<b>Жаңалық</b>", "Новость")
EVERYBODY = Audience()
SUPPLIERS = Audience(("supplier",))


async def crowd(site: Site, count: int, language: str = "ru") -> None:
    """Observers, all at once."""
    now = site.clock.now()
    async with site.sessions.begin() as session:
        people = [
            {
                "telegram_id": 900_000_000 + number,
                "language": language,
                "name": f"Житель {number}",
                "state": "active",
                "created_at": now,
            }
            for number in range(count)
        ]
        await session.execute(insert(Person), people)
        await session.execute(
            insert(Membership).from_select(
                ["person_id", "role", "position", "state", "created_at"],
                select(
                    Person.id,
                    literal("observer"),
                    literal("head"),
                    literal("active"),
                    Person.created_at,
                ).where(Person.telegram_id >= 900_000_000),
            )
        )


async def made(stage: Stage, admin: Actor, audience: Audience = EVERYBODY, key: str = "a") -> int:
    """A broadcast sent at once."""
    return await stage.services.broadcasts.create(again(admin), key, NEWS, audience)


async def progress(stage: Stage, admin: Actor, number: int) -> Progress:
    """How far it has come."""
    return (await stage.services.broadcasts.one(again(admin), number)).progress


async def state(stage: Stage, admin: Actor, number: int) -> str:
    """Its state as administrators see it."""
    return (await stage.services.broadcasts.one(again(admin), number)).state


def sending(stage: Stage, sender: Sender, budget: int = 90) -> Dispatcher:
    """The dispatcher with this sender."""
    return Dispatcher(stage.services.notice_queue, sender, budget=budget)


async def readers(site: Site) -> list[int]:
    """People of the audiences on record."""
    async with site.sessions() as session:
        return list(await session.scalars(select(BroadcastReader.person_id)))


async def test_each_condition_counts_the_people_it_should(stage: Stage) -> None:
    site, broadcasts = stage.site, stage.services.broadcasts
    admin = await admin_actor(site)
    pipes = await make_producer(site, goods=[good("242013.100.000000", kato="710000000")])
    films = await make_producer(
        site, goods=[good("222121.500.000001", kato="751110000"), good("", agsk3="241-101-0103")]
    )
    customer = await make_customer(site)
    both = await make_person(site, 501, Role.SUPPLIER, pipes, "kk")
    await make_person(site, 501, Role.CUSTOMER, customer, "kk")
    await make_person(site, 502, Role.SUPPLIER, films)
    await make_person(site, 503, Role.CUSTOMER, customer)
    await make_person(site, 504)  # nobody yet
    suspended = await make_person(site, 505, Role.SUPPLIER, pipes)
    await stage.services.people.suspend(again(admin), suspended.person_id or 0, "приказ № 1")
    revoked = await make_person(site, 506, Role.SUPPLIER, films)
    async with site.sessions.begin() as session:
        await session.execute(
            update(Membership)
            .where(Membership.person_id == revoked.person_id)
            .values(state="revoked")
        )
        await session.execute(
            update(Person).where(Person.telegram_id == 503).values(unreachable_since=func.now())
        )

    async def counted(*roles: str, **conditions: str) -> int:
        found = await broadcasts.reach(again(admin), Audience(roles, **conditions))
        return found.total

    assert await broadcasts.reach(again(admin), EVERYBODY) == Reach(4, 3, 1, 0)
    assert await counted("supplier") == 2
    assert await counted("customer") == 2
    assert await counted("supplier", "customer") == 3
    assert await counted("observer") == 0
    assert await counted(language="kk") == 1
    assert await counted(region="71") == 1
    assert await counted(region="710000000") == 1
    assert await counted(region="7511") == 1
    assert await counted(region="10") == 0
    assert await counted(code="24") == 1
    assert await counted(code="242013.100") == 1
    assert await counted(code="2221") == 1
    assert await counted(code="241-101") == 1
    assert await counted(code="2221", region="75") == 1
    assert await counted(code="241-101", region="75") == 0, "one good for both conditions"
    assert await counted("customer", code="24") == 0
    number = await made(stage, admin)
    assert both.person_id in await readers(site)
    assert len(await readers(site)) == 4
    assert len(await stage.told(both, "broadcast.news")) == 1, "once, however many roles"
    assert (await progress(stage, admin, number)).total == 4


async def test_ten_thousand_people_take_no_more_statements_than_one(stage: Stage) -> None:
    admin = await admin_actor(stage.site)
    await crowd(stage.site, 10_000)
    asked: list[str] = []
    engine = stage.site.sessions.kw["bind"].sync_engine

    def note(*given: object) -> None:
        asked.append(str(given[2]))

    event.listen(engine, "before_cursor_execute", note)
    number = await made(stage, admin, Audience(("observer",)))
    event.remove(engine, "before_cursor_execute", note)
    assert sum("INSERT INTO notice " in each for each in asked) == 1
    assert sum("INSERT INTO broadcast_reader" in each for each in asked) == 1
    assert len(asked) < 20
    found = await progress(stage, admin, number)
    assert (found.total, found.waiting, found.percent) == (10_000, 10_000, 0)
    await stage.services.broadcasts.pause(again(admin), number)
    async with stage.site.sessions() as session:
        counts = Counter(await session.scalars(select(Notice.state)))
        lanes = set(await session.scalars(select(Notice.lane).distinct()))
    assert (counts, lanes) == ({"held": 10_000}, {int(Lane.NEWS)})
    await stage.services.broadcasts.stop(again(admin), number)
    found = await progress(stage, admin, number)
    assert (found.dropped, found.waiting, found.percent) == (10_000, 0, 0), (
        "nothing came to anybody"
    )


async def test_everything_else_goes_first(stage: Stage) -> None:
    admin = await admin_actor(stage.site)
    await crowd(stage.site, 5)
    await made(stage, admin)
    await queue(stage.site, [1, 2], Lane.WORK, mark="work")
    await queue(stage.site, [3], Lane.STATUTORY, mark="statutory")
    sender = Sender()
    await sending(stage, sender, budget=1).drain()
    kinds = [notice.params.get("mark", "news") for notice in sender.sent]
    assert kinds == ["statutory", "work", "work", *["news"] * 6]


async def test_pausing_in_the_middle_and_going_on_sends_to_everybody_once(stage: Stage) -> None:
    admin = await admin_actor(stage.site)
    await crowd(stage.site, 300)
    number = await made(stage, admin, Audience(("observer",)))
    broadcasts = stage.services.broadcasts
    begun = asyncio.Event()

    def answer(notice: NoticeView) -> Outcome:
        if len(sender.sent) >= 40:
            begun.set()
        return Outcome("sent", message_id=notice.number)

    sender = Sender(answer)
    dispatcher = sending(stage, sender, budget=10)
    work = asyncio.create_task(dispatcher.drain())
    await begun.wait()
    await broadcasts.pause(again(admin), number)
    await work
    paused = await progress(stage, admin, number)
    assert 40 <= paused.sent < 300
    assert (paused.sent + paused.waiting, paused.sent) == (300, len(sender.sent))
    assert await dispatcher.drain() == 0
    assert await state(stage, admin, number) == "paused"
    await broadcasts.resume(again(admin), number)
    await dispatcher.drain()
    assert await progress(stage, admin, number) == Progress(300, 300)
    assert len({notice.person_id for notice in sender.sent}) == len(sender.sent) == 300
    assert await state(stage, admin, number) == "done"


async def test_stopping_drops_and_counts_those_who_have_not_had_it(stage: Stage) -> None:
    admin = await admin_actor(stage.site)
    await crowd(stage.site, 50)
    number = await made(stage, admin, Audience(("observer",)))
    broadcasts = stage.services.broadcasts
    sent = await stage.services.notice_queue.claim(20, timedelta(minutes=5))
    await broadcasts.stop(again(admin), number)
    found = await progress(stage, admin, number)
    assert (found.dropped, found.waiting) == (30, len(sent))
    await broadcasts.tend()
    assert (await broadcasts.one(again(admin), number)).over_at is None, "some are in hand"
    stage.clock.advance(timedelta(minutes=6))
    assert await stage.services.notice_queue.claim(0, timedelta(minutes=5)) == []
    async with stage.site.sessions.begin() as session:
        # Their process died: they are back in the queue.
        await session.execute(
            update(Notice).where(Notice.state == "sending").values(state="queued")
        )
    await broadcasts.tend()
    found = await progress(stage, admin, number)
    assert (found.dropped, found.waiting, found.sent) == (50, 0, 0)
    assert (await broadcasts.one(again(admin), number)).over_at == stage.clock.now()
    assert await sending(stage, Sender()).drain() == 0


async def test_a_retry_after_the_pause_is_held_too(stage: Stage) -> None:
    admin = await admin_actor(stage.site)
    await crowd(stage.site, 1)
    number = await made(stage, admin, Audience(("observer",)))
    sender = Sender(lambda notice: Outcome("retry", retry_after=60, counted=False))
    await sending(stage, sender).drain()
    await stage.services.broadcasts.pause(again(admin), number)
    stage.clock.advance(timedelta(minutes=2))
    assert await sending(stage, sender).drain() == 0
    await stage.services.broadcasts.resume(again(admin), number)
    await sending(stage, Sender()).drain()
    assert (await progress(stage, admin, number)).sent == 1


async def test_a_pause_that_a_crash_cut_short_is_finished(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = await admin_actor(stage.site)
    await crowd(stage.site, 25)
    number = await made(stage, admin, Audience(("observer",)))
    monkeypatch.setattr(rows, "BATCH", 10)
    await stage.services.broadcasts._pause(again(admin), number)
    assert (await sending(stage, Sender(), budget=5).look()) > 0, "nothing is held yet"
    await stage.services.broadcasts.tend()
    async with stage.site.sessions() as session:
        counts = Counter(await session.scalars(select(Notice.state)))
    assert counts["queued"] == 0
    assert counts["held"] >= 15


async def test_what_a_restore_holds_waits_for_a_word(stage: Stage) -> None:
    """A restored database sends no storm of old news by itself."""
    admin = await admin_actor(stage.site)
    await crowd(stage.site, 3)
    number = await made(stage, admin, Audience(("observer",)))
    broadcasts = stage.services.broadcasts
    async with stage.site.sessions.begin() as session:
        await session.execute(update(Notice).values(state="held"))
    await broadcasts.tend()
    assert await sending(stage, Sender()).drain() == 0
    await broadcasts.pause(again(admin), number)
    await broadcasts.resume(again(admin), number)
    assert await sending(stage, Sender()).drain() == 3


async def test_news_that_are_muted_or_wait_for_a_digest_are_counted(stage: Stage) -> None:
    admin = await admin_actor(stage.site)
    await crowd(stage.site, 3)
    number = await made(stage, admin, Audience(("observer",)))
    async with stage.site.sessions.begin() as session:
        ids = list(await session.scalars(select(Notice.id).order_by(Notice.id)))
        for id_, state_ in zip(ids, ("muted", "digest", "queued"), strict=True):
            await session.execute(update(Notice).where(Notice.id == id_).values(state=state_))
    assert await progress(stage, admin, number) == Progress(3, waiting=1, muted=1, digest=1)
    await stage.services.broadcasts.stop(again(admin), number)
    assert await progress(stage, admin, number) == Progress(3, muted=1, dropped=2)


async def test_whoever_collects_news_gets_it_in_the_digest_after_a_pause_too(stage: Stage) -> None:
    admin, reader = await admin_actor(stage.site), await make_person(stage.site, 601, Role.OBSERVER)
    other = await make_person(stage.site, 602, Role.OBSERVER)
    preferences, broadcasts = stage.services.preferences, stage.services.broadcasts
    for person in (reader, other):
        await preferences.set_digest(again(person), 18 * 60)
    number = await made(stage, admin, Audience(("observer",)))
    assert await progress(stage, admin, number) == Progress(2, digest=2)
    await broadcasts.tend()
    assert await state(stage, admin, number) == "running", "it has not come to anybody yet"
    await broadcasts.pause(again(admin), number)
    assert await progress(stage, admin, number) == Progress(2, waiting=2)
    await preferences.set_digest(again(other), None)
    await broadcasts.resume(again(admin), number)
    assert await progress(stage, admin, number) == Progress(2, waiting=1, digest=1)
    sender = Sender()
    assert await sending(stage, sender).drain() == 1
    assert [notice.person_id for notice in sender.sent] == [other.person_id]
    (row,) = await stage.told(reader, "broadcast.news")
    stage.clock.set(row.not_before)
    assert await stage.services.digests.collect() == 1
    assert await progress(stage, admin, number) == Progress(2, sent=1, digested=1)
    await broadcasts.tend()
    view = await broadcasts.one(again(admin), number)
    assert (view.state, view.over_at) == ("done", row.not_before)


async def test_quiet_hours_that_began_in_a_pause_hold_what_goes_on(stage: Stage) -> None:
    admin, reader = await admin_actor(stage.site), await make_person(stage.site, 601, Role.OBSERVER)
    number = await made(stage, admin, Audience(("observer",)))
    await stage.services.broadcasts.pause(again(admin), number)
    now = astana(stage.clock.now())
    minute = now.hour * 60 + now.minute
    quiet = QuietHours(minute, (minute + 60) % (24 * 60))
    await stage.services.preferences.set_quiet(again(reader), quiet)
    await stage.services.broadcasts.resume(again(admin), number)
    assert await sending(stage, Sender()).drain() == 0
    stage.clock.advance(timedelta(hours=1))
    assert await sending(stage, Sender()).drain() == 1


async def test_what_became_of_each_is_counted(stage: Stage) -> None:
    admin = await admin_actor(stage.site)
    await crowd(stage.site, 4)
    number = await made(stage, admin, Audience(("observer",)))
    ends = [
        Outcome("sent", message_id=1),
        Outcome("unreachable", reason="blocked"),
        Outcome("dead", reason="bad"),
        Outcome("sent", message_id=2),
    ]
    await sending(stage, Sender(lambda notice: ends.pop())).drain()
    found = await progress(stage, admin, number)
    assert found == Progress(total=4, sent=2, unreachable=1, dead=1)
    await stage.services.broadcasts.tend()
    view = await stage.services.broadcasts.one(again(admin), number)
    assert (view.state, view.over_at) == ("done", stage.clock.now())


async def test_a_scheduled_one_goes_out_in_time_to_those_who_are_there_then(stage: Stage) -> None:
    admin = await admin_actor(stage.site)
    first, _ = await stage.supplier(), await stage.customer()
    broadcasts = stage.services.broadcasts
    number = await broadcasts.create(again(admin), "a", NEWS, SUPPLIERS, moment("11-21 09:00"))
    assert await state(stage, admin, number) == "scheduled"
    second = await stage.supplier()
    await stage.until("11-21 08:59")
    assert await stage.kinds(first, "broadcast") == []
    await stage.until("11-21 09:00")
    late = await stage.supplier()
    await stage.until("11-22 09:00")
    told = [len(await stage.told(each, "broadcast.news")) for each in (first, second, late)]
    assert told == [1, 1, 0]
    view = await broadcasts.one(again(admin), number)
    assert (view.state, view.started_at) == ("running", moment("11-21 09:00"))
    assert (await stage.told(first, "broadcast"))[0].params["text_kk"] == NEWS.text_kk


async def test_a_scheduled_one_is_sent_at_once_or_called_off(stage: Stage) -> None:
    admin = await admin_actor(stage.site)
    side = await stage.supplier()
    broadcasts = stage.services.broadcasts
    at = moment("11-21 09:00")
    now = await broadcasts.create(again(admin), "a", NEWS, SUPPLIERS, at)
    never = await broadcasts.create(again(admin), "b", NEWS, SUPPLIERS, at)
    await broadcasts.start(again(admin), now)
    await broadcasts.stop(again(admin), never)
    await stage.until("11-22 09:00")
    assert len(await stage.told(side, "broadcast.news")) == 1
    view = await broadcasts.one(again(admin), never)
    assert (view.state, view.started_at, view.over_at) == ("stopped", None, moment("11-20 10:00"))


async def test_what_has_come_to_everybody_is_not_paused_or_stopped(stage: Stage) -> None:
    admin = await admin_actor(stage.site)
    await stage.supplier()
    broadcasts, number = stage.services.broadcasts, await made(stage, admin, SUPPLIERS)
    assert await sending(stage, Sender()).drain() == 1
    await broadcasts.tend()
    for act in (broadcasts.pause, broadcasts.stop, broadcasts.resume, broadcasts.start):
        with pytest.raises(Conflict) as late:
            await act(again(admin), number)
        assert (late.value.code, late.value.params["state"]) == ("broadcast_state", "done")
    assert await state(stage, admin, number) == "done"


async def test_nothing_happens_twice(stage: Stage) -> None:
    admin, other = await admin_actor(stage.site), await admin_actor(stage.site)
    side = await stage.supplier()
    broadcasts = stage.services.broadcasts
    number = await made(stage, admin, SUPPLIERS)
    assert await made(stage, admin, SUPPLIERS) == number, "the same form"
    with pytest.raises(Conflict) as started:
        await broadcasts.start(again(other), number)
    assert (started.value.code, started.value.params["state"]) == ("broadcast_state", "running")
    pressed = [broadcasts.pause(again(each), number) for each in (admin, other)]
    ends = await asyncio.gather(*pressed, return_exceptions=True)
    assert sorted(type(end).__name__ for end in ends) == ["Conflict", "int"]
    await broadcasts.stop(again(other), number)
    for act in (broadcasts.stop, broadcasts.resume, broadcasts.pause, broadcasts.start):
        with pytest.raises(Conflict):
            await act(again(admin), number)
    assert len(await stage.told(side, "broadcast.news")) == 1
    actions = [entry.action for entry in await stage.record(f"broadcast:{number}")]
    assert actions == ["broadcast.create", "broadcast.create", "broadcast.pause", "broadcast.stop"]


async def test_our_copy_of_a_file_is_named_once(stage: Stage) -> None:
    admin = await admin_actor(stage.site)
    file = File("document", "id-1", "plan.pdf", "application/pdf", 9, "a" * 64)
    news = Content("а", "б", file)
    broadcasts = stage.services.broadcasts
    for _ in range(2):
        number = await broadcasts.create(again(admin), "a", news, EVERYBODY)
    async with stage.site.sessions() as session:
        (kept,) = await session.scalars(select(Attachment))
    assert (kept.subject, kept.sha256) == (f"broadcast:{number}", "a" * 64)
    assert (await broadcasts.one(again(admin), number)).content == news


async def test_two_start_a_scheduled_one_at_the_same_time(stage: Stage) -> None:
    admin, other = await admin_actor(stage.site), await admin_actor(stage.site)
    side = await stage.supplier()
    broadcasts = stage.services.broadcasts
    number = await broadcasts.create(again(admin), "a", NEWS, SUPPLIERS, moment("11-21 09:00"))
    stage.clock.set(moment("11-21 09:00"))
    ends = await asyncio.gather(
        broadcasts.start(again(admin), number),
        broadcasts.start(again(other), number),
        stage.services.deadlines.fire_due(),
        return_exceptions=True,
    )
    assert sum(isinstance(end, Exception) for end in ends) in (1, 2)
    await stage.sweep()
    assert len(await stage.told(side, "broadcast.news")) == 1


async def test_an_audience_without_people_and_bad_words_change_nothing(stage: Stage) -> None:
    admin = await admin_actor(stage.site)
    broadcasts = stage.services.broadcasts
    for wrong, code in (
        ((NEWS, SUPPLIERS), "broadcast_nobody"),
        ((NEWS, EVERYBODY, moment("11-20 09:00")), "broadcast_past"),
        ((Content("", "Новость"), EVERYBODY), "text_missing"),
        ((Content("a" * 4097, "Новость"), EVERYBODY), "text_too_long"),
        ((NEWS, Audience(code="x")), "goods_code_format"),
    ):
        with pytest.raises(RuleBroken) as refused:
            await broadcasts.create(again(admin), "a", *wrong)
        assert refused.value.code == code
    assert (await broadcasts.page(again(admin))).broadcasts == []
    with pytest.raises(NotFound):
        await broadcasts.one(again(admin), 99)
    with pytest.raises(NotFound):
        await broadcasts.pause(again(admin), 2**70)


async def test_only_administrators_send_and_integrations_read(stage: Stage) -> None:
    admin = await admin_actor(stage.site)
    side = await stage.supplier()
    broadcasts = stage.services.broadcasts
    number = await made(stage, admin)
    for act in (
        broadcasts.page(side.me),
        broadcasts.one(side.me, number),
        broadcasts.reach(side.me, EVERYBODY),
        broadcasts.test(side.me, NEWS),
        broadcasts.create(side.me, "b", NEWS, EVERYBODY),
        broadcasts.pause(side.me, number),
        broadcasts.resume(side.me, number),
        broadcasts.stop(side.me, number),
    ):
        with pytest.raises(AccessDenied):
            await act
    assert (await broadcasts.one(integration_actor(read_only=True), number)).number == number
    with pytest.raises(NotFound):
        await broadcasts.test(integration_actor(), NEWS)


async def test_a_test_comes_to_its_author_alone(stage: Stage) -> None:
    admin = await admin_actor(stage.site)
    side = await stage.supplier()
    await stage.services.broadcasts.test(again(admin), NEWS)
    (told,) = await stage.told(admin, "broadcast")
    assert (told.kind, told.params["text_ru"], told.lane) == ("broadcast.test", "Новость", 1)
    assert await stage.told(side, "broadcast") == []


async def test_pages_go_from_new_to_old(stage: Stage) -> None:
    admin = await admin_actor(stage.site)
    made_ = [await made(stage, admin, key=str(each)) for each in range(8)]
    first = await stage.services.broadcasts.page(again(admin))
    assert [each.number for each in first.broadcasts] == made_[:1:-1]
    assert first.first
    assert first.broadcasts[0].created_by == "Админ Әділ"
    last = await stage.services.broadcasts.page(again(admin), first.older)
    assert [each.number for each in last.broadcasts] == made_[1::-1]
    assert (last.older, last.first) == (None, False)


async def test_cards_are_taken_once_and_a_last_time_at_the_end(stage: Stage) -> None:
    admin = await admin_actor(stage.site)
    number = await made(stage, admin)
    broadcasts = stage.services.broadcasts
    await broadcasts.watch(admin, number, 5, 7, "x")
    await broadcasts.watch(admin, number, 5, 8, "y")
    assert await broadcasts.cards(stage.clock.now() - timedelta(seconds=3)) == []
    stage.clock.advance(timedelta(seconds=3))
    before = stage.clock.now() - timedelta(seconds=3)
    (card,) = await broadcasts.cards(before)
    assert (card.number, card.chat_id, card.message_id, card.shown) == (number, 5, 8, "y")
    assert await broadcasts.cards(before) == []
    await sending(stage, Sender()).drain()
    await broadcasts.tend()
    stage.clock.advance(timedelta(seconds=3))
    assert len(await broadcasts.cards(stage.clock.now())) == 1
    stage.clock.advance(timedelta(seconds=3))
    assert await broadcasts.cards(stage.clock.now()) == []
    async with stage.site.sessions() as session:
        assert await session.scalar(select(Broadcast.over_at)) is not None


async def test_the_card_of_somebody_who_is_no_administrator_any_more_tells_no_more(
    stage: Stage,
) -> None:
    admin = await admin_actor(stage.site)
    number = await made(stage, admin)
    await stage.services.broadcasts.watch(admin, number, 5, 7, "x")
    async with stage.site.sessions.begin() as session:
        await session.execute(
            update(Membership)
            .where(Membership.person_id == admin.person_id)
            .values(state="revoked")
        )
    stage.clock.advance(timedelta(minutes=1))
    assert await stage.services.broadcasts.cards(stage.clock.now()) == []
