"""A backup brings nothing back unnoticed: what was destroyed is destroyed again, on record."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.clock import ManualClock
from domain.files import Destroyed
from domain.roles import Role
from domain.work import Site
from tests.domain.support.recording_stage import RecordingStage, Voice
from tests.support.factories import make_person


@pytest.fixture
def stage(site: Site, clock: ManualClock, tmp_path: Path) -> RecordingStage:
    """No recordings yet; Friday, 20 November 2026, 10:00 in Astana."""
    return RecordingStage(site, clock, tmp_path / "files")


async def gone(stage: RecordingStage, content: bytes = b"voice") -> Voice:
    """A recording destroyed as its year ended."""
    voice = await stage.voice(content)
    await stage.until("2027-11-20 10:00")
    assert await stage.state(voice) == "destroyed"
    return voice


@pytest.mark.clause("366-21.3")
async def test_files_put_back_are_destroyed_again_with_an_act_of_their_own(
    stage: RecordingStage,
) -> None:
    voice = await gone(stage)
    admin = await make_person(stage.site, role=Role.ADMIN)
    await stage.files.put(b"voice")
    stage.restart()
    await stage.recordings.tend(stage.chat)
    assert not await stage.has(voice)
    again = await stage.recordings.act(admin, 2)
    assert again.ground == "restored"
    (item,) = again.items
    assert (item.recording, item.ticket, item.sha256) == (voice.id, voice.ticket, voice.sha256)
    steps = await stage.recordings.steps(admin, voice.id)
    assert [step.detail for step in steps if step.step == "destroyed"] == ["1", "2"]
    assert (await stage.recordings.one(admin, voice.id)).act == 1


@pytest.mark.clause("366-21.3")
@pytest.mark.parametrize("with_file", [True, False])
async def test_rows_put_back_are_known_by_the_ledger(
    stage: RecordingStage, with_file: bool
) -> None:
    voice = await gone(stage)
    await stage.forget_destruction(voice)
    if with_file:
        await stage.files.put(b"voice")
    stage.restart()
    await stage.recordings.tend(stage.chat)
    assert await stage.state(voice) == "destroyed"
    await stage.whole()
    (act,) = await stage.acts()
    assert (act.ground, act.finished_at) == ("restored", stage.clock.now())
    # Its number was given once; the ledger knows it though the database does not.
    assert act.number == 2
    assert [line.act for line in await stage.files.destroyed()] == [1, 2]


async def test_rows_put_back_without_a_ledger_are_known_by_the_record(
    stage: RecordingStage,
) -> None:
    voice = await gone(stage)
    await stage.forget_destruction(voice)
    await stage.files.put(b"voice")
    await stage.lose_ledger()
    stage.restart()
    assert (await stage.recordings.check_restored(stage.cli())).found == 1
    await stage.recordings.tend(stage.chat)
    assert await stage.state(voice) == "destroyed"


async def test_bytes_that_no_row_speaks_of_are_dropped(stage: RecordingStage) -> None:
    sha256 = await stage.files.put(b"stranger")
    other = await stage.files.put(b"kept by nobody, destroyed by nobody")
    await stage.files.note_destroyed([Destroyed(sha256, 41, stage.clock.now())])
    found = await stage.recordings.check_restored(stage.cli())
    assert (found.act, found.found, found.held) == (42, 1, 0)
    await stage.recordings.finish_begun(stage.chat)
    assert not await stage.files.has(sha256)
    assert await stage.files.has(other)
    (item,) = (await stage.recordings.act(stage.cli(), 42)).items
    assert (item.recording, item.ticket, item.state) == (None, None, "destroyed")


@pytest.mark.clause("366-21.3")
async def test_a_few_among_many_are_found(stage: RecordingStage) -> None:
    at = stage.clock.now()
    lines = [Destroyed(f"{number:064x}", 1, at) for number in range(70)]
    back = [Destroyed(await stage.files.put(each), 1, at) for each in (b"one", b"two")]
    await stage.files.note_destroyed([*lines, *back])
    assert (await stage.recordings.check_restored(stage.cli())).found == 2
    await stage.recordings.finish_begun(stage.chat)
    assert not any([await stage.files.has(each.sha256) for each in back])


@pytest.mark.clause("366-21.2")
async def test_what_a_dispute_holds_is_counted_and_stays(stage: RecordingStage) -> None:
    voice = await gone(stage)
    await stage.forget_destruction(voice)
    await stage.files.put(b"voice")
    await stage.mark(voice)
    found = await stage.recordings.check_restored(stage.cli())
    assert (found.act, found.found, found.held) == (None, 0, 1)
    assert await stage.state(voice) == "kept"


async def test_the_same_words_sent_anew_are_a_recording_of_their_own(
    stage: RecordingStage,
) -> None:
    await gone(stage)
    anew = await stage.voice(b"voice")
    stage.restart()
    await stage.recordings.tend(stage.chat)
    assert await stage.state(anew) == "kept"
    assert await stage.has(anew)
    assert len(await stage.acts()) == 1


async def test_nothing_is_found_where_nothing_came_back(stage: RecordingStage) -> None:
    await gone(stage)
    found = await stage.recordings.check_restored(stage.cli())
    assert (found.act, found.found, found.held) == (None, 0, 0)


async def test_it_is_looked_for_at_the_start_and_once_a_day(stage: RecordingStage) -> None:
    voice = await gone(stage)
    await stage.recordings.tend(stage.chat)
    await stage.files.put(b"voice")
    await stage.recordings.tend(stage.chat)
    assert await stage.has(voice)
    await stage.until("2027-11-21 00:01")
    assert not await stage.has(voice)
