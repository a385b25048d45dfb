"""Asking support from outside: the promise to the second, files, suspension; in both languages."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.sandbox.client import Message
from domain.audit import AuditEntry
from domain.notices.model import Notice
from domain.people.model import Person as PersonRow
from domain.roles import Role
from domain.support.model import Recording, RecordingStep, TicketFile
from domain.support.views import TicketView
from handlers.views.translator import plain
from tests.e2e.player import Player
from tests.e2e.town import Town
from tests.support.factories import integration_actor, make_person, make_producer
from tests.support.waiting import until

LANGUAGES = ("kk", "ru")
MONDAY = {
    "kk": "дүйсенбі, 23 қараша, 18:30 (Астана)",
    "ru": "понедельник, 23 ноября, 18:30 (Астана)",
}


async def player(town: Town, language: str) -> Player:
    """Somebody with an open chat."""
    company = await make_producer(town.site)
    person = await town.person("Нұрлан", language, role=Role.SUPPLIER, company=company)
    return Player(town, person, language)


async def ticket(town: Town, number: int = 1) -> TicketView:
    """A request as platforms see it."""
    return await town.services.support.ticket(integration_actor(), number)


async def file_state(town: Town) -> tuple[str, int]:
    """The state of the only file, and how many tries have failed."""
    async with town.site.sessions() as session:
        file = (await session.scalars(select(TicketFile))).one()
    return file.state, file.attempts


def answer(found: list[Message]) -> Message:
    """The one answer."""
    assert len(found) == 1, [each.text for each in found]
    return found[0]


@pytest.mark.clause("366-19.2")
@pytest.mark.clause("366-20")
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_voice_on_friday_night_is_promised_for_monday(town: Town, language: str) -> None:
    """Taken at 18:31, recorded at once, answered from Monday's hours; said once."""
    asker = await player(town, language)
    await town.travel("2026-11-20T18:31:00+05:00")
    page = answer(await asker.choose("Support"))
    assert MONDAY[language] in page.text
    taken = answer(await asker.send_voice())
    assert plain(asker.t("Request No. {number} is taken", number=1)) in taken.text
    assert MONDAY[language] in taken.text
    found = await ticket(town)
    assert found.line.promised_at == datetime.fromisoformat("2026-11-23T18:30:00+05:00")
    assert (found.promise_clause, found.open_at_once, found.line.channel) == (
        "366-19.2",
        False,
        "voice",
    )
    await until(lambda: _is(town, ("stored", 0)))
    async with town.site.sessions() as session:
        recording = (await session.scalars(select(Recording))).one()
        steps = list(await session.scalars(select(RecordingStep.step).order_by(RecordingStep.id)))
        told = (await session.scalars(select(Notice).where(Notice.kind == "ticket.received"))).one()
        file = (await session.scalars(select(TicketFile))).one()
    assert steps == ["collected", "stored"]
    assert recording.state == "kept"
    assert await town.site.files.get(file.sha256) == b"OggS"
    assert (told.state, told.read_at is not None) == ("sent", True)


async def _is(town: Town, wanted: tuple[str, int]) -> bool:
    return await file_state(town) == wanted


@pytest.mark.clause("366-19.1")
@pytest.mark.parametrize(
    ("moment", "open_now", "due"),
    [
        ("2026-11-20T18:29:59+05:00", True, "2026-11-20T18:30:00+05:00"),
        ("2026-11-20T18:30:00+05:00", False, "2026-11-23T18:30:00+05:00"),
        ("2026-11-20T08:59:59+05:00", False, "2026-11-20T18:30:00+05:00"),
        ("2026-11-20T09:00:00+05:00", True, "2026-11-20T18:30:00+05:00"),
        # Independence Day.
        ("2026-12-16T12:00:00+05:00", False, "2026-12-17T18:30:00+05:00"),
    ],
)
async def test_the_hours_are_exact_to_the_second(
    town: Town, moment: str, open_now: bool, due: str
) -> None:
    asker = await player(town, "ru")
    town.clock.set(datetime.fromisoformat(moment))
    page = answer(await asker.say("/support"))
    now = plain(asker.t("An operator answers now. Write or say what happened."))
    assert (now in page.text) is open_now
    answer(await asker.say("Не открывается заказ"))
    found = await ticket(town)
    assert (found.open_at_once, found.line.promised_at) == (open_now, datetime.fromisoformat(due))


@pytest.mark.clause("627-8")
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_file_of_25_mb_is_refused_with_the_advice(town: Town, language: str) -> None:
    asker = await player(town, language)
    refused = answer(await asker.send_file(bytes(25 * 1024 * 1024), "scan.pdf"))
    advice = asker.t("Please send it in parts of at most {limit} MB each.", limit="20")
    assert plain(advice) in refused.text
    assert (await town.services.support.mine(await town.actor(asker.person))).total == 0
    assert not await town.sandbox.calls("getFile")


async def test_a_download_that_fails_twice_is_kept_at_the_third(town: Town) -> None:
    """The request is there from the first moment; whoever looks sees that its file is not."""
    asker = await player(town, "kk")
    await town.sandbox.fault("5xx", "getFile")
    await town.sandbox.fault("drop", "getFile")
    answer(await asker.send_voice())
    await until(lambda: _is(town, ("waiting", 1)))
    assert (await ticket(town)).line.files_missing == 1
    town.clock.advance(timedelta(minutes=1))
    await town.app.fetcher.drain()
    assert await file_state(town) == ("waiting", 2)
    town.clock.advance(timedelta(minutes=2))
    await town.app.fetcher.drain()
    assert await file_state(town) == ("stored", 2)
    assert (await ticket(town)).line.files_missing == 0
    assert town.app.failure is None


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_suspended_person_asks_and_is_answered(town: Town, language: str) -> None:
    asker = await player(town, language)
    async with town.site.sessions.begin() as session:
        query = select(PersonRow).where(PersonRow.telegram_id == asker.person.id)
        row = (await session.scalars(query)).one()
        row.state, row.state_reason = "suspended", "Тексеру"
    refused = answer(await asker.say("Тапсырыстар"))
    assert (
        plain(asker.t("You can still ask support: press /support or leave a voice message here."))
        in refused.text
    )
    answer(await asker.say("/support"))
    taken = answer(await asker.say("Неліктен?"))
    assert plain(asker.t("Request No. {number} is taken", number=1)) in taken.text
    operator = await make_person(town.site, role=Role.SUPPORT)
    await town.services.support.answer(operator, 1, "Құжат керек")
    await town.settled()
    await asker.sees("Answer to your request No. {number}")
    await asker.press("Open the request")
    card = await asker.person.eventually(
        lambda each: any("ticket.rate" in (b.data or "") for b in each.buttons)
    )
    assert "Құжат керек" in card.text
    await asker.press_data("1:ticket.rate:1:5", card)
    assert (await ticket(town)).rating == 5


async def test_the_answer_is_answered_by_a_reply(town: Town) -> None:
    """No menu, no button: a reply to what support wrote goes where it belongs."""
    asker = await player(town, "kk")
    answer(await asker.send_voice())
    operator = await make_person(town.site, role=Role.SUPPORT)
    await town.services.support.answer(operator, 1, "Қай тапсырыс?")
    await town.settled()
    told = await asker.sees("Answer to your request No. {number}")
    await asker.say("/menu")
    await asker.person.say("№ 12", reply_to=told.id)
    await town.settled()
    assert (await ticket(town)).messages[-1].text == "№ 12"


async def test_everything_is_on_record(town: Town) -> None:
    """Each act of the person, once."""
    asker = await player(town, "ru")
    answer(await asker.send_voice())
    answer(await asker.send_voice())
    async with town.site.sessions() as session:
        actions = list(
            await session.scalars(
                select(AuditEntry.action).where(
                    AuditEntry.action.in_(("ticket.write", "people.consent", "recording.collected"))
                )
            )
        )
    assert sorted(actions) == [
        "people.consent",
        *["recording.collected"] * 2,
        *["ticket.write"] * 2,
    ]
