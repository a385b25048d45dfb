"""Destroying recordings: when, what, with which act, and whatever crashes in between."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from domain.clock import ASTANA, ManualClock
from domain.errors import AccessDenied, Conflict, NotFound
from domain.notices.model import Notice
from domain.roles import Role
from domain.services import Services
from domain.support.model import (
    DeskPost,
    DestructionItem,
    DisputeMark,
    RecordingStep,
    Ticket,
)
from domain.work import Site
from tests.domain.support.recording_stage import Killed, RecordingStage
from tests.support.factories import again, make_person

#: Whether somebody waits for a lock in this database.
WAITS = text(
    "SELECT exists(SELECT 1 FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock')"
)


@pytest.fixture
def stage(site: Site, clock: ManualClock) -> RecordingStage:
    """No recordings yet; Friday, 20 November 2026, 10:00 in Astana."""
    return RecordingStage(site, clock)


@pytest.mark.clause("366-21.2")
@pytest.mark.clause("366-21.3")
async def test_a_recording_goes_as_its_year_ends_with_an_act(stage: RecordingStage) -> None:
    voice = await stage.voice(transcript="алло", copies=2)
    await stage.until("2027-11-19 23:59")
    assert await stage.state(voice) == "kept"
    await stage.until("2027-11-20 00:01")
    recording, file = await stage.row(voice)
    assert recording.state == "destroyed"
    assert (file.state, file.transcript, file.telegram_file_id) == ("destroyed", None, "")
    assert not await stage.has(voice)
    assert stage.chat.deleted == set(voice.copies)
    admin = await make_person(stage.site, role=Role.ADMIN)
    (line,) = await stage.recordings.acts(admin)
    act = await stage.recordings.act(admin, line.number)
    (item,) = act.items
    assert (act.ground, act.executor, item.ticket) == ("term_over", "", voice.ticket)
    assert (item.kind, item.duration, item.size, item.sha256) == ("voice", 65, 5, voice.sha256)
    assert (item.transcribed, item.copies_deleted, item.copies_left) == (True, 2, 0)
    assert item.destroyed_at == act.finished_at == stage.clock.now().replace(minute=0)
    steps = [step.step for step in await stage.recordings.steps(admin, voice.id)]
    assert steps == ["collected", "stored", "destroyed"]


@pytest.mark.clause("366-21.2")
async def test_an_installation_may_keep_them_for_less(stage: RecordingStage) -> None:
    voice = await stage.voice()
    stage.restart(keep_recordings_days=30)
    await stage.until("2026-12-19 23:59")
    assert await stage.state(voice) == "kept"
    await stage.until("2026-12-20 00:01")
    assert await stage.state(voice) == "destroyed"


@pytest.mark.clause("366-21.2")
async def test_a_dispute_holds_it_and_once_settled_the_term_resumes(stage: RecordingStage) -> None:
    held, free = await stage.voice(b"one"), await stage.voice(b"two")
    await stage.until("2027-06-01 12:00")
    await stage.mark(held)
    await stage.until("2028-02-10 12:00")
    assert (await stage.state(held), await stage.state(free)) == ("kept", "destroyed")
    assert await stage.has(held)
    admin = await make_person(stage.site, role=Role.ADMIN)
    await stage.settle(held)
    # Settled on Thursday: all of Friday is left.
    async with stage.site.sessions() as session:
        told = await session.scalar(
            select(Notice).where(
                Notice.person_id == admin.person_id, Notice.kind == "recording.released"
            )
        )
    assert told is not None
    assert told.params["ground"] == "Решение суда № 7"
    assert (told.params["until"], told.params["count"]) == ("2028-02-11T19:00:00Z", 1)
    assert told.params["recordings"] == [{"kind": "voice", "at": "2026-11-20T05:00:00Z"}]
    await stage.until("2028-02-11 23:59")
    assert await stage.state(held) == "kept"
    assert (await stage.recordings.destroy_due(stage.cli(), stage.chat)).recordings == 0
    await stage.until("2028-02-12 00:01")
    assert await stage.state(held) == "destroyed"
    await stage.whole()


@pytest.mark.clause("366-21.2")
async def test_a_dispute_settled_by_mistake_is_marked_again_in_time(stage: RecordingStage) -> None:
    voice = await stage.voice()
    await stage.mark(voice)
    await stage.until("2028-02-10 12:00")
    await stage.settle(voice)
    await stage.until("2028-02-11 12:00")
    await stage.try_mark(voice)
    await stage.until("2028-03-10 12:00")
    assert await stage.state(voice) == "kept"


@pytest.mark.clause("366-21.2")
async def test_a_dispute_settled_in_time_changes_nothing(stage: RecordingStage) -> None:
    voice = await stage.voice()
    await stage.mark(voice)
    await stage.until("2027-06-01 12:00")
    await stage.settle(voice)
    await stage.until("2027-11-20 00:01")
    assert await stage.state(voice) == "destroyed"


async def test_a_mark_goes_with_a_ticket_that_was_merged(stage: RecordingStage) -> None:
    marked, into = await stage.voice(b"one"), await stage.voice(b"two")
    await stage.mark(marked)
    async with stage.site.sessions.begin() as session:
        rows = {row.number: row for row in await session.scalars(select(Ticket))}
        rows[marked.ticket].merged_into_id = rows[into.ticket].id
    await stage.until("2027-12-01 00:01")
    assert await stage.state(into) == "kept"


@pytest.mark.clause("366-21.2")
@pytest.mark.clause("366-21.3")
async def test_a_mark_set_after_the_act_has_begun_wins(stage: RecordingStage) -> None:
    held, free = await stage.voice(b"one"), await stage.voice(b"two")
    stage.clock.set(stage.clock.now().replace(year=2027))
    number = await stage.begin()
    assert await stage.state(held) == "destroying"
    await stage.try_mark(held)
    await stage.recordings.finish_begun(stage.chat)
    assert (await stage.state(held), await stage.state(free)) == ("kept", "destroyed")
    assert await stage.has(held)
    act = await stage.recordings.act(stage.cli(), number)
    assert [item.state for item in act.items] == ["kept", "destroyed"]
    await stage.settle(held)
    stage.clock.advance(timedelta(days=5))
    assert (await stage.recordings.destroy_due(stage.cli(), stage.chat)).recordings == 1
    assert await stage.state(held) == "destroyed"


@pytest.mark.clause("366-21.3")
async def test_a_mark_after_the_point_of_no_return_comes_too_late(stage: RecordingStage) -> None:
    voice = await stage.voice()
    stage.clock.set(stage.clock.now().replace(year=2027))
    number = await stage.begin()
    stage.killer.at = 1
    with pytest.raises(Killed):
        await stage.recordings.finish_begun(stage.chat)
    with pytest.raises(Conflict) as refused:
        await stage.try_mark(voice)
    assert (refused.value.code, refused.value.params["act"]) == ("recording_destroyed", number)
    stage.restart()
    await stage.recordings.tend(stage.chat)
    await stage.whole()


@pytest.mark.clause("366-21.3")
@pytest.mark.parametrize("at", range(1, 11))
async def test_a_kill_at_any_step_is_made_good_after_the_restart(
    stage: RecordingStage, at: int
) -> None:
    for content in (b"one", b"two", b"three"):
        await stage.voice(content, transcript="алло")
    stage.clock.set(stage.clock.now().replace(year=2027))
    await stage.begin()
    stage.killer.at = at
    # 2 steps at the ledger, 2 at each of the three files, 2 in the chat.
    with pytest.raises(Killed):
        await stage.recordings.finish_begun(stage.chat)
    stage.restart()
    await stage.recordings.tend(stage.chat)
    await stage.whole()
    assert [act.number for act in await stage.acts()] == [1]
    assert len(await stage.files.destroyed()) == 3
    async with stage.site.sessions() as session:
        steps = await session.scalars(
            select(RecordingStep).where(RecordingStep.step == "destroyed")
        )
        assert len(steps.all()) == 3


async def test_an_act_waits_while_telegram_is_away(stage: RecordingStage) -> None:
    voice = await stage.voice()
    stage.clock.set(stage.clock.now().replace(year=2027))
    await stage.begin()
    stage.chat.away = True
    assert await stage.recordings.finish_begun(stage.chat) == {}
    assert await stage.recordings.finish_begun(None) == {}
    assert not await stage.has(voice)
    assert await stage.state(voice) == "destroying"
    stage.chat.away = False
    assert await stage.recordings.finish_begun(stage.chat) == {1: 1}
    await stage.whole()


@pytest.mark.clause("366-21.3")
async def test_the_act_says_which_copies_telegram_keeps(stage: RecordingStage) -> None:
    voice = await stage.voice(copies=3)
    stage.chat.refused.add(voice.copies[1])
    await stage.until("2027-11-20 00:01")
    act = await stage.recordings.act(stage.cli(), 1)
    assert (act.items[0].copies_deleted, act.items[0].copies_left) == (2, 1)
    async with stage.site.sessions() as session:
        (item,) = await session.scalars(select(DestructionItem))
        left = list(await session.scalars(select(DeskPost.post_id)))
    chat, post = voice.copies[1]
    assert dict(item.copies_left) == {f"{chat}:{post}": "message can't be deleted"}
    assert left == [post]


async def test_bytes_that_something_else_needs_stay(stage: RecordingStage) -> None:
    old = await stage.voice(b"same")
    stage.clock.set(stage.clock.now().replace(month=12))
    young = await stage.voice(b"same")
    await stage.until("2027-11-20 00:01")
    assert (await stage.state(old), await stage.state(young)) == ("destroyed", "kept")
    assert await stage.has(young)
    assert (await stage.recordings.act(stage.cli(), 1)).items[0].shared
    assert await stage.files.destroyed() == []
    await stage.until("2027-12-20 00:01")
    assert not await stage.has(young)
    assert [line.act for line in await stage.files.destroyed()] == [2]


async def test_more_than_one_act_holds_goes_in_several(
    stage: RecordingStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("domain.support.destruction_rows.BATCH", 2)
    for content in (b"1", b"2", b"3", b"4", b"5"):
        await stage.voice(content)
    await stage.until("2027-11-20 00:01")
    assert [len((await stage.recordings.act(stage.cli(), n)).items) for n in (1, 2, 3)] == [2, 2, 1]
    await stage.whole()


async def test_only_an_admin_or_the_command_line_destroys(stage: RecordingStage) -> None:
    await stage.voice()
    stage.clock.set(stage.clock.now().replace(year=2027))
    operator = await make_person(stage.site, role=Role.SUPPORT)
    with pytest.raises(AccessDenied):
        await stage.recordings.destroy_due(operator, stage.chat)
    admin = await make_person(stage.site, role=Role.ADMIN, name="Админ Әділ")
    first = await stage.recordings.destroy_due(admin, stage.chat)
    assert (first.acts, first.finished, first.recordings) == ((1,), (1,), 1)
    assert (await stage.recordings.act(admin, 1)).executor == "Админ Әділ"
    assert (await stage.recordings.destroy_due(again(admin), stage.chat)).acts == ()


async def test_preview_tells_what_goes_and_what_a_dispute_keeps(stage: RecordingStage) -> None:
    free, held = await stage.voice(b"one"), await stage.voice(b"two")
    stage.clock.set(stage.clock.now().replace(month=12))
    await stage.voice(b"later")
    await stage.mark(held, "Спор о сроке")
    operator = await make_person(stage.site, role=Role.SUPPORT)
    shown = await stage.recordings.preview(operator, date(2027, 11, 5))
    assert (shown.month, shown.going_total, shown.going_bytes) == (date(2027, 11, 1), 1, 3)
    assert [each.id for each in shown.going] == [free.id]
    assert [(each.recording.id, each.ground) for each in shown.held] == [(held.id, "Спор о сроке")]
    assert shown.held[0].recording.until is None
    december = await stage.recordings.preview(operator, date(2027, 12, 1))
    assert (december.going_total, december.held_total) == (1, 1)


async def test_an_unknown_act_is_not_found(stage: RecordingStage) -> None:
    with pytest.raises(NotFound):
        await stage.recordings.act(stage.cli(), 7)
    with pytest.raises(NotFound):
        await stage.recordings.act(stage.cli(), 2**70)


@pytest.mark.clause("366-21.2")
async def test_a_mark_being_set_at_this_very_moment_is_waited_for(stage: RecordingStage) -> None:
    voice = await stage.voice()
    stage.clock.set(stage.clock.now().replace(year=2027))
    await stage.begin()
    async with stage.site.sessions.begin() as marking:
        ticket = await marking.scalar(
            select(Ticket).where(Ticket.number == voice.ticket).with_for_update()
        )
        assert ticket is not None
        marking.add(DisputeMark(ticket_id=ticket.id, ground="Спор", set_at=stage.clock.now()))
        await marking.flush()
        finishing = asyncio.create_task(stage.recordings.finish_begun(stage.chat))
        # Statement by statement: within a transaction one sees who waited when it began to look.
        async with stage.site.reading() as session:
            while not await session.scalar(WAITS):  # noqa: ASYNC110 - only the database knows
                await asyncio.sleep(0.01)
        assert not finishing.done()
    await finishing
    assert await stage.state(voice) == "kept"
    assert await stage.has(voice)


async def test_administrators_are_told_on_the_25th_what_goes_next_month(
    stage: RecordingStage,
) -> None:
    admin = await make_person(stage.site, role=Role.ADMIN)
    await stage.voice(b"one")
    await stage.mark(await stage.voice(b"two"))
    for moment in ("2027-10-26 12:00", "2027-11-20 12:00", "2027-11-26 12:00"):
        await stage.until(moment)
    async with stage.site.sessions() as session:
        notices = list(
            await session.scalars(
                select(Notice).where(Notice.person_id == admin.person_id).order_by(Notice.id)
            )
        )
    assert [(each.kind, each.created_at.astimezone(ASTANA).date()) for each in notices] == [
        ("recording.ahead", date(2027, 10, 25)),
        ("recording.act_finished", date(2027, 11, 20)),
        # The one that a dispute holds goes as soon as that is settled.
        ("recording.ahead", date(2027, 11, 25)),
    ]
    assert dict(notices[0].params) == {"month": "2027-11-01", "count": 1, "held": 1}
    assert dict(notices[2].params) == {"month": "2027-12-01", "count": 0, "held": 1}


@pytest.mark.clause("366-21.3")
async def test_two_processes_at_the_same_act_finish_it_once(stage: RecordingStage) -> None:
    for content in (b"one", b"two"):
        await stage.voice(content, transcript="алло")
    stage.clock.set(stage.clock.now().replace(year=2027))
    other = Services(stage.site)
    await asyncio.gather(
        *(
            each.destroy_due(stage.cli(), stage.chat)
            for each in (stage.recordings, other.recordings)
        )
    )
    await asyncio.gather(stage.recordings.tend(stage.chat), other.recordings.tend(stage.chat))
    await stage.whole()
    assert len(await stage.acts()) == 1
    async with stage.site.sessions() as session:
        ends = await session.scalars(select(RecordingStep).where(RecordingStep.step == "destroyed"))
        assert len(ends.all()) == 2
