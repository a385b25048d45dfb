"""Copies of recordings in chats: whoever shows one says where, and it goes in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from domain.clock import ManualClock
from domain.support.mirror_rows import DeskRows
from domain.support.model import DeskPost, Recording, RecordingCopy, TicketFile, TicketMessage
from domain.support.recording_rows import is_recorded
from domain.support.recording_views import Copy
from domain.work import Site
from tests.domain.support.recording_stage import Chat, RecordingStage, Voice

GROUP, OPERATOR, USER = -1002, 700, 900
YEAR_ENDS = "2027-11-20 00:01"


@pytest.fixture
def stage(site: Site, clock: ManualClock) -> RecordingStage:
    """No recordings yet; Friday, 20 November 2026, 10:00 in Astana."""
    return RecordingStage(site, clock)


async def written_in(
    stage: RecordingStage, voice: Voice, author: str, chat: int, message: int
) -> None:
    """The recording came as this message of a chat, and nothing mirrors it."""
    async with stage.site.sessions.begin() as session:
        of_file = select(TicketFile.message_id).join(Recording, Recording.file_id == TicketFile.id)
        await session.execute(
            update(TicketMessage)
            .where(TicketMessage.id == of_file.where(Recording.id == voice.id).scalar_subquery())
            .values(author=author, chat_id=chat, message_id=message)
        )


async def copies(stage: RecordingStage) -> list[RecordingCopy]:
    """Copies that are known."""
    async with stage.site.sessions() as session:
        return list(await session.scalars(select(RecordingCopy).order_by(RecordingCopy.id)))


@pytest.mark.clause("366-21.3")
async def test_drafts_shown_in_a_group_go_with_the_first_of_their_recordings(
    stage: RecordingStage,
) -> None:
    one, two = await stage.voice(b"one", copies=1), await stage.voice(b"two", copies=0)
    await stage.recordings.shown_in([one.id, two.id], GROUP, 5)
    await stage.recordings.shown_in([one.id, two.id], GROUP, 5)
    await stage.mark(two)
    await stage.until(YEAR_ENDS)
    assert (await stage.state(one), await stage.state(two)) == ("destroyed", "kept")
    assert stage.chat.deleted == {*one.copies, (GROUP, 5)}
    assert await copies(stage) == []
    act = await stage.recordings.act(stage.cli(), 1)
    assert [item.copies_deleted for item in act.items] == [2]


@pytest.mark.clause("366-21.3")
async def test_what_is_shown_in_a_private_chat_is_taken_away_within_a_day(
    stage: RecordingStage,
) -> None:
    voice = await stage.voice(copies=0)
    await stage.recordings.shown_in([voice.id], OPERATOR, 7)
    stage.clock.set(stage.clock.now() + timedelta(hours=23, minutes=59))
    await stage.recordings.tend(stage.chat)
    assert stage.chat.deleted == set()
    stage.clock.set(stage.clock.now() + timedelta(minutes=1))
    await stage.recordings.tend(stage.chat)
    assert stage.chat.deleted == {(OPERATOR, 7)}
    assert await copies(stage) == []
    assert await stage.state(voice) == "kept"


@pytest.mark.clause("366-21.3")
async def test_a_copy_that_telegram_kept_is_named_by_the_act(stage: RecordingStage) -> None:
    voice = await stage.voice(copies=0)
    await stage.recordings.shown_in([voice.id], OPERATOR, 7)
    stage.chat.refused = {(OPERATOR, 7)}
    stage.clock.set(stage.clock.now() + timedelta(days=3))
    await stage.recordings.tend(stage.chat)
    await stage.until(YEAR_ENDS)
    act = await stage.recordings.act(stage.cli(), 1)
    assert [item.copies_left for item in act.items] == [1]


async def test_while_telegram_is_away_copies_wait_and_acts_go_on(stage: RecordingStage) -> None:
    shown, over = await stage.voice(b"one", copies=0), await stage.voice(b"two", copies=0)
    await stage.recordings.shown_in([shown.id], OPERATOR, 7)
    await stage.mark(shown)
    stage.clock.set(stage.clock.now().replace(year=2027))
    await stage.begin()
    stage.chat.away = True
    assert await stage.recordings.tend(stage.chat) == 1
    assert await stage.state(over) == "destroyed"
    stage.chat.away = False
    await stage.recordings.tend(stage.chat)
    assert stage.chat.deleted == {(OPERATOR, 7)}


@pytest.mark.clause("366-21.3")
async def test_what_an_operator_said_in_the_topic_itself_goes_too(stage: RecordingStage) -> None:
    voice = await stage.voice(copies=0)
    await written_in(stage, voice, "operator", GROUP, 11)
    await stage.until(YEAR_ENDS)
    assert stage.chat.deleted == {(GROUP, 11)}


async def test_what_stands_in_the_chat_of_its_user_is_theirs(stage: RecordingStage) -> None:
    voice = await stage.voice(copies=0)
    await written_in(stage, voice, "user", USER, 12)
    await stage.until(YEAR_ENDS)
    assert await stage.state(voice) == "destroyed"
    assert stage.chat.deleted == set()


class Slow(Chat):
    """While copies are deleted, a press of before still brings one more."""

    stage: RecordingStage
    voice: Voice

    async def delete(self, copies: Sequence[Copy]) -> Mapping[Copy, str]:
        """As Telegram."""
        await self.stage.recordings.shown_in([self.voice.id], GROUP, 13)
        return await super().delete(copies)


@pytest.mark.clause("366-21.3")
async def test_a_copy_that_comes_while_its_recording_goes_is_no_copy_to_stay(
    stage: RecordingStage,
) -> None:
    voice = await stage.voice(copies=1)
    slow = Slow()
    slow.stage, slow.voice = stage, voice
    stage.clock.set(stage.clock.now().replace(year=2027))
    await stage.begin()
    await stage.recordings.finish_begun(slow)
    assert await stage.state(voice) == "destroyed"
    await stage.recordings.tend(stage.chat)
    assert stage.chat.deleted == {(GROUP, 13)}


class Mirroring(Slow):
    """While copies are deleted, the mirror still brings one into another topic."""

    async def delete(self, copies: Sequence[Copy]) -> Mapping[Copy, str]:
        """As Telegram."""
        _, file = await self.stage.row(self.voice)
        await DeskRows(self.stage.site).posted(file.message_id, GROUP, 14)
        return await Chat.delete(self, copies)


@pytest.mark.clause("366-21.3")
async def test_what_the_mirror_had_in_hand_while_it_went_goes_too(stage: RecordingStage) -> None:
    voice, other = await stage.voice(b"one", copies=1), await stage.voice(b"two", copies=0)
    await stage.mark(other)
    _, kept = await stage.row(other)
    await DeskRows(stage.site).posted(kept.message_id, GROUP, 15)
    assert await copies(stage) == []
    mirroring = Mirroring()
    mirroring.stage, mirroring.voice = stage, voice
    stage.clock.set(stage.clock.now().replace(year=2027))
    await stage.begin()
    await stage.recordings.finish_begun(mirroring)
    await stage.recordings.tend(stage.chat)
    assert stage.chat.deleted == {(GROUP, 14)}
    _, gone = await stage.row(voice)
    stage.clock.set(stage.clock.now() + timedelta(minutes=10))
    # A topic made anew says that a recording stood there.
    await DeskRows(stage.site).posted(gone.message_id, GROUP, 16)
    await stage.recordings.tend(stage.chat)
    assert stage.chat.deleted == {(GROUP, 14)}
    async with stage.site.sessions() as session:
        assert set(await session.scalars(select(DeskPost.post_id))) == {15, 16}


@pytest.mark.clause("366-21.3")
@pytest.mark.parametrize("found", [True, False])
async def test_an_act_waits_for_the_mirror_to_know_whether_it_has_posted(
    stage: RecordingStage, found: bool
) -> None:
    voice = await stage.voice(copies=0)
    _, file = await stage.row(voice)
    mirror = DeskRows(stage.site)
    await mirror.sending(file.message_id, GROUP)
    stage.clock.set(stage.clock.now().replace(year=2027))
    await stage.begin()
    assert await stage.recordings.finish_begun(stage.chat) == {}
    assert not await stage.has(voice)
    if found:
        await mirror.posted(file.message_id, GROUP, 17)
    else:
        stage.clock.set(stage.clock.now() + timedelta(minutes=10))
    assert await stage.recordings.finish_begun(stage.chat) == {1: 1}
    assert stage.chat.deleted == ({(GROUP, 17)} if found else set())
    (item,) = (await stage.recordings.act(stage.cli(), 1)).items
    assert (item.copies_deleted, item.copies_left) == ((1, 0) if found else (0, 1))


@pytest.mark.clause("366-20")
@pytest.mark.parametrize(
    ("kind", "mime", "expected"),
    [
        ("voice", "audio/ogg", True),
        ("video_note", "video/mp4", True),
        ("call", "application/octet-stream", True),
        ("audio", "audio/mp4", True),
        ("document", "audio/x-m4a", True),
        ("document", "application/pdf", False),
        ("photo", "image/jpeg", False),
    ],
)
def test_whatever_sounds_is_a_recording(kind: str, mime: str, expected: bool) -> None:
    assert is_recorded(kind, mime) is expected
