"""What support keeps of a person, in their own chat: the list, the export, a request to delete."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from sqlalchemy import func, select, update

from bot.sandbox.client import Message, Person
from domain.audit import AuditEntry
from domain.people.model import Person as Account
from domain.support.views import NewFile
from handlers.views.press import press
from tests.handlers.common.asking import LANGUAGES, VOICE, ask, taken
from tests.support.chat import Town, said, t_of, tap, tap_label
from tests.support.desk import open_desk


def has(message: Message, name: str) -> bool:
    """Whether a message has a button of this name."""
    return any((each.data or "").startswith(f"1:{name}") for each in message.buttons)


async def asked(town: Town) -> int:
    """How many requests to delete stand on record."""
    async with town.site.sessions() as session:
        found = await session.scalar(
            select(func.count()).where(AuditEntry.action == "recording.ask_deletion")
        )
        return found or 0


async def exported(town: Town, person: Person) -> dict[str, object]:
    """The file of the export."""
    sent = await person.eventually(lambda each: each.by_bot and "document" in each.raw)
    assert sent.raw["document"]["file_name"] == "my-data-2026-11-20.json"
    found: dict[str, object] = json.loads(
        await town.sandbox.content(sent.raw["document"]["file_id"])
    )
    return found


@pytest.mark.clause("366-21.1")
@pytest.mark.parametrize("language", LANGUAGES)
async def test_from_support_to_own_recordings_the_export_and_the_answer_on_deletion(
    town: Town, language: str
) -> None:
    t = t_of(language)
    person = await town.person(language=language)
    await ask(person, language)
    await tap_label(person, t.button("My recordings and data"))
    await person.eventually(
        lambda each: said(t, "No recordings of your voice are kept. When") in each.text
    )
    await person.send_voice(VOICE)
    await taken(person)
    await ask(person, language)
    await tap(person, "own.data", 0)
    listed = await person.eventually(lambda each: has(each, "own.delete") and "2027" in each.text)
    assert "0:03" in listed.text
    await tap(person, "own.file")
    data = await exported(town, person)
    assert [each["kind"] for each in data["recordings"]] == ["voice"]  # type: ignore[attr-defined]
    await tap(person, "own.delete")
    await tap(person, "own.data", 0)
    assert await asked(town) == 0
    await tap(person, "own.delete")
    await tap(person, "own.delete.yes")
    answer = await person.eventually(lambda e: said(t, "What is deleted, and when") in e.text)
    assert said(t, "Talks with support are recorded by law") in answer.text
    assert "2027" in answer.text
    assert await asked(town) == 1


@pytest.mark.parametrize("suspended", [True, False])
async def test_guests_and_suspended_accounts_have_it_too(town: Town, suspended: bool) -> None:
    t = t_of("ru")
    if suspended:
        person = await town.person()
        async with town.site.sessions.begin() as session:
            mine = Account.telegram_id == person.id
            await session.execute(update(Account).where(mine).values(state="suspended"))
    else:
        person = await town.stranger()
        await person.start()
    await person.say("/support")
    await tap(person, "own.data", 0)
    await tap(person, "own.file")
    assert (await exported(town, person))["recordings"] == []
    await tap(person, "own.delete")
    await tap(person, "own.delete.yes")
    await person.eventually(lambda e: said(t, "What is deleted, and when") in e.text)
    assert await asked(town) == 1


@pytest.mark.clause("366-21.2")
async def test_who_holds_a_recording_and_why_is_not_for_its_person(town: Town) -> None:
    desk, t = await open_desk(town), t_of("ru")
    sha256 = await town.site.files.put(VOICE)
    file = NewFile("voice", "v.ogg", "audio/ogg", len(VOICE), 65, sha256=sha256)
    for _ in range(9):
        view = await desk.ask("", file)
    operator = await town.actor(desk.operator)
    await town.services.support.mark_dispute(operator, view.number, "Тайное основание")
    town.clock.set(datetime.fromisoformat("2027-01-20T10:00:00+05:00"))
    await desk.user.say("/support")
    await tap(desk.user, "own.data", 0)
    first = await desk.user.eventually(lambda each: has(each, "own.delete"))
    assert said(t, "Kept until the dispute is settled") in first.text
    await tap(desk.user, "own.data", 1)
    second = await desk.user.eventually(
        lambda each: each.id == first.id and any(b.data == "1:own.data:0" for b in each.buttons)
    )
    for page in (first, second):
        assert "Тайное основание" not in page.text
        assert "Мұрат" not in page.text
    forged = await desk.user.press_data(press("own.data", "x"), second.id, forged=True)
    await desk.user.wait_answer(forged)


async def test_the_consent_says_what_whoever_refuses_can_do(town: Town) -> None:
    for language in LANGUAGES:
        t = t_of(language)
        person = await town.person(language=language)
        page = await ask(person, language)
        refuse = said(t, "If you do not agree to being recorded")
        assert refuse in page.text
        # A sound that comes as a file is one, too.
        await person.send("audio", VOICE, "memo.mp3")
        first = await taken(person)
        assert refuse in first.text
        assert said(t, "What you have said already") in first.text
        await person.send_voice(VOICE)
        assert refuse not in (await taken(person)).text
