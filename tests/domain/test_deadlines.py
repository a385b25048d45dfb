"""Deadlines as rows: fired once at their instant, put off when a handler fails, never lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from bot.storage.outage import is_outage
from domain.audit import verify
from domain.deadlines import Deadline, NewDeadline, set_moment, write
from domain.firing import Deadlines
from domain.notices.writing import tell
from domain.orders.model import Order
from domain.registry.rules import Status
from domain.work import Work, use_case
from tests.domain.stage import Stage, moment, offered
from tests.support.factories import integration_actor
from tests.support.kinds import add_kinds
from tests.support.waiting import PATIENCE


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bell's own kind of notice."""
    add_kinds(monkeypatch, "bell")


class Bell:
    """Handlers that write down what they were called for, and fail on demand."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.deadlines = Deadlines(stage.site)
        self.rung: list[str] = []
        self.broken: set[str] = set()
        self.deadlines.on("bell", self.ring)
        self.deadlines.on("remind.bell", self.ring)

    async def ring(self, work: Work, deadline: Deadline) -> None:
        self.rung.append(deadline.subject)
        work.record(deadline.subject)
        await tell(work, [1], "bell", deadline.subject)
        if deadline.subject in self.broken:
            raise ZeroDivisionError(deadline.subject)

    async def set(self, *subjects: str, kind: str = "bell", after: int = 60) -> None:
        now = self.stage.clock.now()
        due = now + timedelta(seconds=after)
        async with self.stage.site.sessions.begin() as session:
            await write(session, [NewDeadline(kind, each, now, due) for each in subjects])

    async def row(self, subject: str) -> Deadline:
        async with self.stage.site.sessions() as session:
            return (
                await session.scalars(select(Deadline).where(Deadline.subject == subject))
            ).one()

    def wait(self, seconds: float) -> None:
        self.stage.clock.advance(timedelta(seconds=seconds))


@pytest.fixture
def bell(stage: Stage) -> Bell:
    return Bell(stage)


async def test_a_deadline_fires_at_its_instant_and_once(bell: Bell) -> None:
    await bell.set("a")
    bell.wait(59.999999)
    assert await bell.deadlines.fire_due() == 0
    bell.wait(0.000001)
    assert await bell.deadlines.fire_due() == 1
    assert await bell.deadlines.fire_due() == 0
    assert bell.rung == ["a"]
    row = await bell.row("a")
    assert (row.state, row.closed_at) == ("fired", bell.stage.clock.now())
    (entry,) = await bell.stage.record("a")
    assert (entry.action, entry.cause) == ("due.bell", f"due:{row.id}:1")


async def test_two_sweeps_at_once_fire_each_deadline_once(bell: Bell) -> None:
    await bell.set(*(f"s{number}" for number in range(40)))
    bell.wait(60)
    fired = await asyncio.gather(*(bell.deadlines.fire_due(7) for _ in range(8)))
    while await bell.deadlines.fire_due(7):
        pass
    assert sorted(bell.rung) == sorted(f"s{number}" for number in range(40))
    assert sum(fired) <= 40
    async with bell.stage.site.sessions() as session:
        assert (await verify(session)).broken_at is None


async def test_a_handler_that_fails_holds_up_nobody_and_is_tried_again(bell: Bell) -> None:
    await bell.set("a", "bad", "z")
    bell.broken.add("bad")
    bell.wait(60)
    assert await bell.deadlines.fire_due() == 2
    assert [(await bell.row(each)).state for each in ("a", "bad", "z")] == [
        "fired",
        "open",
        "fired",
    ]
    bad = await bell.row("bad")
    assert (bad.attempts, bad.error) == (1, "ZeroDivisionError: bad")
    assert await bell.stage.record("bad") == []
    assert await bell.deadlines.fire_due() == 0
    bell.broken.clear()
    bell.wait(2)
    assert await bell.deadlines.fire_due() == 1
    assert (await bell.row("bad")).state == "fired"
    # What was rolled back with the failed tries has left no trace.
    assert [len(await bell.stage.record(each)) for each in ("a", "bad", "z")] == [1, 1, 1]


async def test_tries_are_put_off_up_to_five_minutes_however_often_they_fail(bell: Bell) -> None:
    await bell.set("bad")
    bell.broken.add("bad")
    bell.wait(60)
    waits = []
    for _ in range(12):
        await bell.deadlines.fire_due()
        row = await bell.row("bad")
        assert row.retry_at is not None
        waits.append((row.retry_at - bell.stage.clock.now()).total_seconds())
        bell.stage.clock.set(row.retry_at)
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300]
    async with bell.stage.site.sessions.begin() as session:
        row = await session.get_one(Deadline, row.id)
        row.attempts = 5000
    await bell.set("z", after=0)
    assert await bell.deadlines.fire_due() == 1
    assert (await bell.row("bad")).attempts == 5001


DISK_FULL = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$;
"""
NO_ROOM = "CREATE TRIGGER no_room BEFORE INSERT ON audit_entry EXECUTE FUNCTION no_room()"


@pytest.mark.parametrize("broken", [(), ("s0",)], ids=["together", "one by one"])
async def test_a_slow_batch_ends_with_what_it_has_done(bell: Bell, broken: tuple[str, ...]) -> None:
    """Each row takes two seconds: nothing is lost, and no turn takes as long as all of them."""
    spent = 0.0

    async def slowly(work: Work, deadline: Deadline) -> None:
        nonlocal spent
        spent += 2.0
        await bell.ring(work, deadline)

    deadlines = Deadlines(bell.stage.site, monotonic=lambda: spent)
    deadlines.on("bell", slowly)
    bell.broken.update(broken)
    await bell.set(*(f"s{number}" for number in range(10)))
    bell.wait(60)
    turns: list[float] = []
    while await deadlines.fire_due():
        turns.append(spent - sum(turns))
        bell.broken.clear()
    assert max(turns) <= 10.0
    assert [(await bell.row(f"s{number}")).state for number in range(1, 10)] == ["fired"] * 9
    async with bell.stage.site.sessions() as session:
        assert (await verify(session)).broken_at is None


async def test_a_full_disk_is_no_fault_of_a_deadline(bell: Bell) -> None:
    bell.deadlines.tell_outages(is_outage)
    await bell.set(*"abcde")
    bell.wait(60)
    async with bell.stage.site.sessions.begin() as session:
        await session.execute(text(DISK_FULL))
        await session.execute(text(NO_ROOM))
    for _ in range(3):
        with pytest.raises(DBAPIError):
            await bell.deadlines.fire_due()
    rows = [await bell.row(each) for each in "abcde"]
    assert {(row.state, row.attempts, row.retry_at) for row in rows} == {("open", 0, None)}
    # The batch, and of the rows alone as many as show that it is the same for each.
    assert len(bell.rung) == 3 * (5 + 3)
    async with bell.stage.site.sessions.begin() as session:
        await session.execute(text("DROP TRIGGER no_room ON audit_entry"))
    assert await bell.deadlines.fire_due() == 5


async def test_a_row_that_is_too_much_for_the_database_holds_up_nobody(bell: Bell) -> None:
    bell.deadlines.tell_outages(lambda error: isinstance(error, ZeroDivisionError))
    await bell.set("bad", "a", "b")
    bell.broken.add("bad")
    bell.wait(60)
    assert await bell.deadlines.fire_due() == 2
    assert [(await bell.row(each)).state for each in ("bad", "a", "b")] == ["open", *["fired"] * 2]
    with pytest.raises(ZeroDivisionError):
        await bell.deadlines.fire_due()


async def test_a_reminder_that_an_outage_held_up_is_dropped(bell: Bell) -> None:
    await bell.set("in time", kind="remind.bell", after=60)
    await bell.set("too late", kind="remind.bell", after=59)
    await bell.set("of law", after=1)
    bell.wait(60 + 3600)
    await bell.deadlines.fire_due()
    assert sorted(bell.rung) == ["in time", "of law"]
    assert (await bell.row("too late")).state == "dropped"


class Setting:
    def __init__(self, stage: Stage) -> None:
        self.site = stage.site

    @use_case("test.set", by=None)
    async def moment(self, work: Work, subject: str) -> None:
        await set_moment(work, "bell", subject, work.now + timedelta(seconds=60))


async def test_setting_a_moment_again_replaces_the_one_before(bell: Bell) -> None:
    setting = Setting(bell.stage)
    await setting.moment(integration_actor(), "a")
    bell.wait(30)
    await setting.moment(integration_actor(), "a")
    rows = await bell.stage.deadlines("bell", "a")
    assert [(row.generation, row.state) for row in rows] == [(1, "cancelled"), (2, "open")]
    bell.wait(30)
    assert await bell.deadlines.fire_due() == 0
    bell.wait(30)
    assert await bell.deadlines.fire_due() == 1


def test_a_kind_has_one_handler(bell: Bell) -> None:
    with pytest.raises(ValueError, match="bell"):
        bell.deadlines.on("bell", bell.ring)


def test_every_kind_that_is_set_has_its_handler(stage: Stage) -> None:
    assert set(stage.services.deadlines.handlers) >= {
        "offer_window",
        "selection",
        "confirmation",
        "contract",
        "remind.offer_window",
        "remind.selection",
        "remind.confirmation",
        "remind.contract",
        "remind.me",
        "overdue.selection",
        "overdue.contract",
    }


async def test_a_sweep_does_not_wait_for_an_act_in_hand(stage: Stage) -> None:
    """An act holds the order: the sweep leaves its deadline for later and fires the others."""
    customer = await stage.customer()
    await stage.supplier()
    held, free = await stage.order(customer), await stage.order(customer)
    await stage.at("11-25 00:00")
    async with stage.site.sessions.begin() as session:
        await session.execute(select(Order).where(Order.number == held).with_for_update())
        await asyncio.wait_for(stage.sweep(), PATIENCE)
        assert (await stage.card(customer, free)).state == "failed"
        assert (await stage.card(customer, held)).state == "collecting"
    await stage.sweep()
    assert (await stage.card(customer, held)).state == "failed"


async def test_a_deadline_that_the_same_sweep_has_settled_does_not_fire(stage: Stage) -> None:
    """After a week's outage a lapse opens a new term: the term before is not overdue as well."""
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    number = await stage.closed(customer, (one, offered("50")), (two, offered("100")))
    await stage.select(customer, number, (one, "50"))
    await stage.at("12-07 10:00")
    await stage.sweep()
    assert await stage.kinds(customer, "selection.overdue") == []
    terms = await stage.deadlines("selection")
    assert [(term.state, term.due_at) for term in terms] == [
        ("cancelled", moment("12-03 00:00")),
        ("open", moment("12-15 00:00")),
    ]
    assert await stage.deadlines("overdue.selection") == []


async def test_a_repetition_says_fired_and_not_cancelled(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    await stage.closed(customer, (one, offered()))
    await stage.until("12-08 08:59")
    rows = await stage.deadlines("overdue.selection")
    assert [row.state for row in rows] == ["fired", "fired", "open"]


async def test_a_company_out_of_the_registry_leaves_nothing_to_select(stage: Stage) -> None:
    """The only offer is of a company that went bankrupt: the order does not wait for ever."""
    customer, one = await stage.customer(), await stage.supplier()
    number = await stage.closed(customer, (one, offered()))
    await stage.strike(one, Status.BANKRUPT)
    await stage.until("12-03 00:00")
    card = await stage.card(customer, number)
    assert (card.state, card.failure_ground) == ("failed", "15.3")
    assert await stage.kinds(customer, "selection.overdue") == []
    assert await stage.deadlines("overdue.selection") == []
