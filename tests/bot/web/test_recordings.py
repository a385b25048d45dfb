"""Recordings over HTTP: what is kept of them, who may hear them, and the acts of destruction."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.clock import ManualClock
from domain.roles import Role
from domain.services import Services
from domain.work import Site
from tests.bot.web.conftest import Api
from tests.bot.web.story import problem
from tests.domain.support.recording_stage import RecordingStage
from tests.support.factories import again, make_person

VOICE = b"OggS what was said"


@pytest.fixture
def stage(site: Site, clock: ManualClock, tmp_path: Path) -> RecordingStage:
    """Recordings made in one line each."""
    return RecordingStage(site, clock, tmp_path / "files")


@pytest.mark.clause("366-21.2")
async def test_what_is_kept_and_until_when(api: Api, stage: RecordingStage) -> None:
    voice = await stage.voice(VOICE)
    shown = await api.ok("GET", f"/recordings/{voice.id}")
    assert shown.json == {
        "id": voice.id,
        "ticket": voice.ticket,
        "kind": "voice",
        "size": len(VOICE),
        "duration": 65,
        "sha256": voice.sha256,
        "collected_at": "2026-11-20T10:00:00+05:00",
        "until": "2027-11-20T00:00:00+05:00",
        "state": "kept",
        "stored": True,
        "dispute": None,
        "dispute_at": None,
        "dispute_by": "",
    }
    await stage.mark(voice, "Жалоба")
    held = await api.ok("GET", f"/recordings/{voice.id}")
    assert (held["until"], held["dispute"]) == (None, "Жалоба")
    listed = await api.ok("GET", f"/tickets/{voice.ticket}/recordings")
    assert (listed["items.0.id"], listed["items.0.act"]) == (voice.id, None)


async def test_what_goes_in_a_month(api: Api, stage: RecordingStage) -> None:
    going, kept = await stage.voice(VOICE), await stage.voice(VOICE + b"!")
    await stage.mark(kept, "Жалоба")
    shown = await api.ok("GET", "/recordings/preview?month=2027-11-30")
    assert (shown["month"], shown["going_total"], shown["going_bytes"]) == (
        "2027-11-01",
        1,
        len(VOICE),
    )
    assert shown["going.0.id"] == going.id
    assert (shown["held.0.recording.id"], shown["held.0.ground"]) == (kept.id, "Жалоба")
    assert (await api.get("/recordings/preview?month=2027-12-01"))["going"] == []
    problem(await api.get("/recordings/preview"), 400, "invalid_request")


@pytest.mark.clause("366-21.1")
async def test_what_was_said_is_heard_by_people_only(
    api: Api, stage: RecordingStage, services: Services
) -> None:
    voice = await stage.voice(VOICE)
    ticket = await api.ok("GET", f"/tickets/{voice.ticket}")
    file = ticket["messages.0.files.0.id"]
    found = problem(await api.get(f"/tickets/{voice.ticket}/files/{file}"), 403, "not_a_person")
    assert found["clause"] == "366-21.1"
    # Nor by the hash, which the answer tells.
    problem(await api.get(f"/files/{voice.sha256}"), 404, "file_unknown")
    operator = await make_person(services.site, role=Role.SUPPORT, name="Ерлан")
    await services.recordings.content(again(operator), voice.id)
    steps = (await api.ok("GET", f"/recordings/{voice.id}/steps"))["items"]
    assert isinstance(steps, list)
    # What the API asked left no trace of a listening; what the person heard did.
    assert [(each["step"], each["name"]) for each in steps if each["step"] == "listened"] == [
        ("listened", "Ерлан")
    ]
    assert steps[0]["step"] == "collected"


@pytest.mark.clause("366-21.3")
async def test_what_was_destroyed_is_gone_with_its_act(api: Api, stage: RecordingStage) -> None:
    voice = await stage.voice(VOICE, transcript="Заказ не открывается")
    file = (await api.ok("GET", f"/tickets/{voice.ticket}"))["messages.0.files.0.id"]
    await stage.until("2027-11-20 00:00")
    listed = await api.ok("GET", "/destruction-acts")
    act = listed["items.0.number"]
    assert (listed["items.0.recordings"], listed["next"]) == (1, None)

    for path in (f"/recordings/{voice.id}", f"/tickets/{voice.ticket}/files/{file}"):
        gone = problem(await api.get(path), 410, "recording_destroyed")
        assert (gone["params"], gone["clause"]) == ({"act": act}, "366-21.3")
        assert gone["title"] == "No longer there"
    steps = (await api.ok("GET", f"/recordings/{voice.id}/steps"))["items"]
    assert isinstance(steps, list)
    assert steps[-1]["step"] == "destroyed"
    of_ticket = await api.ok("GET", f"/tickets/{voice.ticket}/recordings")
    assert (of_ticket["items.0.state"], of_ticket["items.0.act"]) == ("destroyed", act)

    shown = await api.ok("GET", f"/destruction-acts/{act}")
    assert (shown["ground"], shown["finished_at"] is not None) == ("term_over", True)
    assert (shown["items.0.recording"], shown["items.0.sha256"]) == (voice.id, voice.sha256)
    assert (shown["items.0.state"], shown["items.0.transcribed"]) == ("destroyed", True)
    pdf = await api.get(f"/destruction-acts/{act}.pdf")
    assert (pdf.status, pdf.headers["Content-Type"]) == (200, "application/pdf")
    assert pdf.raw.startswith(b"%PDF-")


async def test_acts_come_in_pages(api: Api, stage: RecordingStage) -> None:
    for day in ("2027-11-20 00:00", "2028-11-20 00:00", "2029-11-20 00:00"):
        await stage.voice(VOICE + day.encode())
        await stage.until(day)
    first = await api.ok("GET", "/destruction-acts?limit=2")
    items = first["items"]
    assert isinstance(items, list)
    last = await api.ok("GET", f"/destruction-acts?limit=2&cursor={first['next']}")
    assert last["next"] is None
    numbers = [each["number"] for each in items] + [last["items.0.number"]]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == 3


@pytest.mark.parametrize("number", ["404", "x", "0", "9" * 30, "1.pdfx"])
async def test_what_was_never_there(api: Api, number: str) -> None:
    problem(await api.get(f"/recordings/{number}"), 404, "recording_unknown")
    problem(await api.get(f"/recordings/{number}/steps"), 404, "recording_unknown")
    problem(await api.get(f"/tickets/{number}/recordings"), 404, "ticket_unknown")
    problem(await api.get(f"/destruction-acts/{number}"), 404, "destruction_unknown")
    problem(await api.get(f"/destruction-acts/{number}.pdf"), 404, "destruction_unknown")
