"""``tapsyrys recordings``: preview, destroy, check, acts, act."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.storage.files import local_files
from domain.clock import ManualClock, astana
from domain.work import Site
from tests.bot.cli.conftest import Terminal
from tests.domain.support.recording_stage import RecordingStage


async def old_voice(
    terminal: Terminal, site: Site, *, days_ago: int, content: bytes = b"voice", copies: int = 0
) -> RecordingStage:
    """A voice of so many days ago, in the database and the store of the terminal."""
    # The command line has the machine's own clock.
    clock = ManualClock(datetime.now(UTC) - timedelta(days=days_ago))
    files = local_files(terminal.folder / "var" / "files")
    here = Site(site.sessions, clock, files)
    stage = RecordingStage(here, clock)
    await stage.voice(content, copies=copies)
    return stage


@pytest.mark.clause("366-21.3")
async def test_what_is_due_is_destroyed_and_its_act_is_written(
    terminal: Terminal, site: Site
) -> None:
    await old_voice(terminal, site, days_ago=400)
    await old_voice(terminal, site, days_ago=10, content=b"young")
    ended = await terminal.run_beside("recordings", "destroy")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        "Act of destruction 1: finished.",
        "Recordings destroyed: 1.",
    ]
    assert (await terminal.run_beside("recordings", "destroy")).out == "Recordings destroyed: 0.\n"
    listed = await terminal.run_beside("recordings", "acts")
    assert listed.out.split("\t")[0] == "1"
    assert listed.out.split("\t")[2:] == ["term_over", "1\n"]
    written = await terminal.run_beside("recordings", "act", "1", terminal.folder / "a.pdf")
    assert written.code == 0
    assert (terminal.folder / "a.pdf").read_bytes().startswith(b"%PDF-")


async def test_without_a_token_the_service_deletes_the_copies(
    terminal: Terminal, site: Site
) -> None:
    await old_voice(terminal, site, days_ago=400, copies=1)
    ended = await terminal.run_beside("recordings", "destroy")
    assert ended.out.splitlines()[0] == (
        "Act of destruction 1: begun: the running service finishes it."
    )


@pytest.mark.clause("366-21.2")
async def test_the_preview_shows_what_goes_and_what_stays(terminal: Terminal, site: Site) -> None:
    stage = await old_voice(terminal, site, days_ago=20)
    held = await stage.voice(b"held")
    await stage.mark(held, "Спор о сроке")
    collected = astana(stage.clock.now())
    month = f"{collected.year + 1}-{collected.month:02}"
    ended = await terminal.run_beside("recordings", "preview", "--month", month)
    first, going, kept = ended.out.splitlines()
    assert first == f"{month}: 1 to be destroyed (5 bytes), 1 kept by disputes."
    assert "ticket 1\tvoice\tcollected" in going
    assert kept.startswith("dispute\tticket 2\tvoice\tsince")
    assert kept.endswith("Спор о сроке")
    as_json = await terminal.run_beside("recordings", "preview", "--month", month, "--json")
    assert json.loads(as_json.out)["going_total"] == 1
    assert (await terminal.run_beside("recordings", "preview")).code == 0


@pytest.mark.clause("366-21.3")
async def test_what_a_backup_brought_back_is_found(terminal: Terminal, site: Site) -> None:
    stage = await old_voice(terminal, site, days_ago=400)
    await terminal.run_beside("recordings", "destroy")
    assert (await terminal.run_beside("recordings", "check")).code == 0
    sha256 = await stage.files.put(b"voice")
    ended = await terminal.run_beside("recordings", "check")
    assert (ended.code, ended.out) == (1, "Destroyed recordings that were here again: 1; act 2.\n")
    assert not await stage.files.has(sha256)


def test_a_wrong_month_and_an_unknown_act_are_told(terminal: Terminal) -> None:
    assert terminal.run("recordings", "preview", "--month", "December").code == 2
    ended = terminal.run("recordings", "act", "7")
    assert ended.code == 1
    assert "No. 7" in ended.err
    assert terminal.run("recordings", "acts").out == "Nothing has been destroyed yet.\n"
