"""Recordings in the chat of those who work with them: card, steps, disputes, months, acts."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from bot.sandbox.client import Message, Person
from bot.telegram.deleting import CopyDeleter
from domain.actor import Actor
from domain.roles import Role
from domain.support.model import RecordingCopy, RecordingStep
from domain.support.views import NewFile
from handlers.views.menus import ACTIONS
from handlers.views.press import press
from handlers.views.recordings import STEPS
from handlers.views.translator import Translator, plain
from tests.support.chat import Town, said, t_of, tap, tap_label
from tests.support.desk import DeskTown, open_desk
from tests.support.factories import next_cause
from tests.support.waiting import until

SAID = b"OggS said"


async def voiced(desk: DeskTown, content: bytes = SAID) -> tuple[int, int]:
    """A ticket with a voice in our store: its number and the recording."""
    sha256 = await desk.town.site.files.put(content)
    file = NewFile("voice", "v.ogg", "audio/ogg", len(content), 65, sha256=sha256)
    view = await desk.ask("", file)
    made = view.messages[0].files[0].recording
    assert made is not None
    return view.number, made


async def steps(desk: DeskTown) -> list[tuple[str, str]]:
    """Steps of all recordings with their details, without those the platform takes at once."""
    async with desk.town.site.sessions() as session:
        found = await session.execute(
            select(RecordingStep.step, RecordingStep.detail)
            .where(RecordingStep.step.not_in(("collected", "stored")))
            .order_by(RecordingStep.id)
        )
        return [(step, detail) for step, detail in found]


async def copies(desk: DeskTown) -> list[tuple[int, bool]]:
    """Copies beside the topic: the chat, and whether it is taken away by itself."""
    async with desk.town.site.sessions() as session:
        found = await session.execute(select(RecordingCopy.chat_id, RecordingCopy.goes_at))
        return [(chat, goes_at is not None) for chat, goes_at in found]


async def destroy(desk: DeskTown) -> None:
    """The year of all recordings is over and they are gone."""
    desk.town.clock.set(datetime.fromisoformat("2027-11-20T10:00:00+05:00"))
    done = await desk.town.services.recordings.destroy_due(
        Actor.system(next_cause(), "cli"), CopyDeleter(desk.town.bot)
    )
    assert done.finished


def has(message: Message, name: str) -> bool:
    """Whether a message has a button of this name."""
    return any((each.data or "").startswith(f"1:{name}") for each in message.buttons)


async def asked(person: Person, t: Translator, begins: str) -> None:
    """A step of a form is shown."""
    await person.eventually(lambda each: said(t, begins) in each.text)


@pytest.mark.clause("366-21.1")
@pytest.mark.parametrize("language", ["ru", "kk"])
async def test_from_the_ticket_to_the_recording_its_steps_and_its_sound(
    town: Town, language: str
) -> None:
    desk, t = await open_desk(town, language), t_of(language)
    ticket, recording = await voiced(desk)
    operator = desk.operator
    await operator.say("/queue")
    await tap(operator, "desk.open", ticket)
    await tap_label(operator, t.button("Recordings"))
    await operator.eventually(lambda each: has(each, "rec.card"))
    await tap(operator, "rec.card", recording)
    card = await operator.eventually(lambda each: has(each, "rec.hear"))
    assert "1:05" in card.text
    assert "2027" in card.text
    await tap(operator, "rec.hear", recording)
    await operator.eventually(lambda each: each.by_bot and each.kind == "voice")
    await tap(operator, "rec.steps", recording)
    life = await operator.eventually(lambda each: plain(t(STEPS["listened"])) in each.text)
    assert "Мұрат" in life.text
    assert await steps(desk) == [("listened", "")]
    assert await copies(desk) == [(operator.id, True)]


@pytest.mark.clause("366-21.2")
async def test_a_dispute_is_marked_from_the_card_and_settled_after_a_question(
    desk: DeskTown,
) -> None:
    t = t_of("ru")
    ticket, recording = await voiced(desk)
    operator = desk.operator
    await operator.say("/queue")
    await tap(operator, "desk.open", ticket)
    await tap(operator, "rec.of", ticket)
    await tap(operator, "rec.card", recording)
    await tap(operator, "desk.dispute", ticket)
    await operator.eventually(lambda each: said(t, "On what ground is there") in each.text)
    await operator.say("Пользователь оспаривает ответ")
    await tap_label(operator, t.button("Send"))
    await operator.eventually(lambda each: said(t, "The dispute on ticket") in each.text)
    await tap(operator, "rec.of", ticket)
    await tap(operator, "rec.card", recording)
    held = await operator.eventually(lambda each: "Мұрат" in each.text and has(each, "rec.steps"))
    assert "Пользователь оспаривает ответ" in held.text
    # An operator marks; that it is settled says the lead, and by which decision.
    assert not has(held, "rec.settle")
    no = await operator.press_data(press("desk.settle", ticket), held.id, forged=True)
    assert (await operator.wait_answer(no)).show_alert
    lead = await desk.town.person("Админ Әділ", role=Role.ADMIN)
    await lead.start()
    await lead.say("/queue")
    await tap(lead, "desk.open", ticket)
    await tap(lead, "rec.of", ticket)
    await tap(lead, "rec.card", recording)
    await tap(lead, "rec.settle", recording)
    await lead.eventually(lambda each: said(t, "The term of its recordings counts") in each.text)
    assert (await steps(desk))[-1][0] == "held"
    await tap(lead, "desk.settle", ticket)
    await lead.eventually(lambda each: said(t, "By which final decision is") in each.text)
    await lead.say("Решение суда № 7")
    await tap_label(lead, t.button("Send"))
    await lead.eventually(lambda each: "обращению № 1 разрешен." in each.text)
    assert [step for step, _ in await steps(desk)] == ["held", "released"]


@pytest.mark.clause("366-21.1")
async def test_handing_over_is_on_record_before_the_file_comes(desk: DeskTown) -> None:
    t = t_of("ru")
    ticket, recording = await voiced(desk)
    operator = desk.operator
    await operator.say("/queue")
    await tap(operator, "desk.open", ticket)
    await tap(operator, "rec.of", ticket)
    await tap(operator, "rec.card", recording)
    await tap(operator, "rec.give", recording)
    await operator.eventually(lambda each: said(t, "To whom is the recording") in each.text)
    await operator.send_voice(b"OggS")
    await operator.eventually(lambda each: said(t, "This step needs a text") in each.text)
    await operator.say("<Комитет>")
    await operator.eventually(lambda each: said(t, "On what ground? For") in each.text)
    await operator.say("Запрос № 15")
    await operator.eventually(lambda each: "<Комитет>" in each.text and "Запрос № 15" in each.text)
    assert await steps(desk) == []
    await tap_label(operator, t.button("Hand over"))
    sent = await operator.eventually(lambda each: each.by_bot and "document" in each.raw)
    assert await desk.town.sandbox.content(sent.raw["document"]["file_id"]) == SAID
    assert await steps(desk) == [("transferred", "<Комитет>: Запрос № 15")]
    await until(lambda: _is([(operator.id, True)], desk))


async def _is(expected: list[tuple[int, bool]], desk: DeskTown) -> bool:
    return await copies(desk) == expected


@pytest.mark.clause("366-21.2")
@pytest.mark.parametrize("language", ["ru", "kk"])
async def test_an_admin_sees_what_goes_in_a_month_and_what_a_dispute_keeps(
    town: Town, language: str
) -> None:
    desk, t = await open_desk(town, language), t_of(language)
    (_, first), (disputed, second) = await voiced(desk), await voiced(desk, b"OggS two")
    operator = await town.actor(desk.operator)
    await town.services.support.mark_dispute(operator, disputed, "Жауап дұрыс емес")
    admin = desk.admin
    await admin.say(t.button(ACTIONS["recordings"]))
    await tap(admin, "rec.ahead", "202612", 0)
    await admin.eventually(lambda each: said(t, "Nothing reaches its term") in each.text)
    town.clock.set(datetime.fromisoformat("2027-10-05T10:00:00+05:00"))
    await admin.say("/recordings")
    await tap(admin, "rec.ahead", "202711", 0)
    page = await admin.eventually(lambda each: has(each, "rec.card"))
    assert "Жауап дұрыс емес" in page.text
    assert [b.data for b in page.buttons if "rec.card" in (b.data or "")] == [
        press("rec.card", first),
        press("rec.card", second),
    ]
    await tap(admin, "rec.ahead", "202712", 0)
    await admin.eventually(lambda each: said(t, "Nothing reaches its term") in each.text)


@pytest.mark.clause("366-21.3")
@pytest.mark.parametrize("language", ["ru", "kk"])
async def test_acts_are_listed_and_come_as_a_pdf(town: Town, language: str) -> None:
    desk, t = await open_desk(town, language), t_of(language)
    admin = desk.admin
    await admin.say("/recordings")
    await tap(admin, "rec.acts", 0)
    await admin.eventually(lambda each: said(t, "Nothing has been destroyed yet") in each.text)
    _, recording = await voiced(desk)
    await destroy(desk)
    await tap(admin, "rec.menu")
    await tap(admin, "rec.acts", 0)
    await tap(admin, "rec.act", 1)
    pdf = await admin.eventually(lambda each: each.by_bot and "document" in each.raw)
    assert pdf.raw["document"]["file_name"] == "destruction-1.pdf"
    assert (await town.sandbox.content(pdf.raw["document"]["file_id"])).startswith(b"%PDF")
    listed = await admin.eventually(lambda each: has(each, "rec.act"))
    late = await admin.press_data(press("rec.hear", recording), listed.id, forged=True)
    answer = await admin.wait_answer(late)
    assert answer.show_alert
    assert "1" in answer.text
    assert (await steps(desk))[-1] == ("destroyed", "1")


@pytest.mark.clause("366-21.3")
async def test_drafts_shown_in_a_topic_go_with_the_recording(desk: DeskTown) -> None:
    t = t_of("ru")
    number, _ = await voiced(desk)
    file = (await desk.ticket(number)).messages[0].files[0]
    await desk.town.services.support.transcribed(file.id, "Заказ " * 900)
    await desk.mirror.drain()
    thread = await desk.thread(number)
    card = next(each for each in await desk.in_topic(thread) if has(each, "desk.words"))
    # It is heard there; handing it over is an act of its own.
    (voice,) = [each for each in await desk.in_topic(thread) if each.kind == "voice"]
    assert voice.raw["has_protected_content"]
    await desk.operator.press(t.button("Transcript"), card, chat=desk.chat)

    async def words() -> list[Message]:
        return [each for each in await desk.in_topic(thread) if "Заказ Заказ" in each.text]

    async def shown() -> bool:
        return bool(await words()) and await copies(desk) == [(desk.chat, False)]

    await until(shown)
    await desk.operator.press(t.button("Recordings"), card, chat=desk.chat)

    async def listed() -> bool:
        return any(has(each, "rec.card") for each in await desk.in_topic(thread))

    await until(listed)
    await destroy(desk)
    assert await words() == []
    assert not any(each.kind == "voice" for each in await desk.in_topic(thread))


@pytest.mark.clause("366-21.2")
@pytest.mark.clause("366-21.3")
async def test_a_dispute_marked_in_the_chat_while_it_is_destroyed_is_told_of_the_act(
    desk: DeskTown,
) -> None:
    t, operator = t_of("ru"), desk.operator
    ticket, recording = await voiced(desk)
    await desk.mirror.drain()
    await operator.say("/queue")
    await tap(operator, "desk.open", ticket)
    await tap(operator, "desk.dispute", ticket)
    await operator.eventually(lambda each: said(t, "On what ground is there") in each.text)
    await operator.say("Пользователь оспаривает ответ")
    desk.town.clock.set(datetime.fromisoformat("2027-11-20T10:00:00+05:00"))
    # Telegram is away: the file is given up, the copy in the topic still stands.
    done = await desk.town.services.recordings.destroy_due(Actor.system(next_cause(), "cli"))
    assert (done.acts, done.finished) == ((1,), ())
    review = await operator.eventually(
        lambda each: any(b.text == t.button("Send") for b in each.buttons)
    )
    told = await operator.wait_answer(await operator.press(t.button("Send"), review))
    refused = plain(t("The recording has been destroyed. Act of destruction: No. {act}.", act=1))
    assert refused in (told.text or "")
    await desk.town.services.recordings.tend(CopyDeleter(desk.town.bot))
    assert await steps(desk) == [("destroyed", "1")]
    admin = await desk.town.actor(desk.admin)
    assert (await desk.town.services.recordings.one(admin, recording)).state == "destroyed"


@pytest.mark.clause("366-21.3")
async def test_what_an_operator_says_from_the_private_chat_goes_from_it_within_a_day(
    desk: DeskTown,
) -> None:
    t, operator = t_of("ru"), desk.operator
    ticket = (await desk.ask()).number
    await operator.say("/queue")
    await tap(operator, "desk.open", ticket)
    await tap_label(operator, t.button("Answer"))
    await operator.eventually(lambda each: said(t, "Write the answer, or send") in each.text)
    spoken = await operator.send_voice(b"OggS answer")
    await tap_label(operator, t.button("Send"))
    await until(lambda: _is([(operator.id, True)], desk))
    desk.town.clock.advance(timedelta(hours=24))
    await desk.town.services.recordings.tend(CopyDeleter(desk.town.bot))
    assert spoken.id not in {e.id for e in await operator.messages() if not e.deleted}
    assert await copies(desk) == []
    assert await steps(desk) == []


@pytest.mark.clause("366-20")
@pytest.mark.clause("366-21.3")
async def test_so_does_the_recording_of_a_call_that_is_registered(desk: DeskTown) -> None:
    t, operator = t_of("ru"), desk.operator
    await operator.say("/call")
    for question, answer in (
        ("Who called?", "Айгүл"),
        ("From which phone?", "8 701 555 00 01"),
        ("When was the call?", "1 hour ago"),
        ("In which language", "Kazakh"),
        ("What did they ask?", "Не открывается"),
    ):
        await asked(operator, t, question)
        if answer in ("1 hour ago", "Kazakh"):
            await tap_label(operator, t.button(answer))
        else:
            await operator.say(answer)
    await asked(operator, t, "Is there a recording")
    await operator.send_voice(b"OggS call", 30)
    await tap_label(operator, t.button("Register the call"))
    await until(lambda: _is([(operator.id, True)], desk))


async def test_recordings_are_not_for_others(desk: DeskTown) -> None:
    t = t_of("ru")
    ticket, recording = await voiced(desk)
    watcher = await desk.town.person("Чужой", role=Role.OBSERVER)
    await watcher.start()
    await watcher.say("/recordings")
    no = await watcher.eventually(lambda e: said(t, "Your role does not allow this.") in e.text)
    for name, *ids in (
        ("rec.card", recording),
        ("rec.of", ticket),
        ("rec.steps", recording, 0),
        ("rec.hear", recording),
        ("rec.give", recording),
        ("rec.settle", recording),
        ("desk.settle", ticket),
        ("rec.ahead", "202711", 0),
        ("rec.acts", 0),
        ("rec.act", 1),
    ):
        pressed = await watcher.press_data(press(name, *ids), no.id, forged=True)
        assert (await watcher.wait_answer(pressed)).show_alert, name
    assert await steps(desk) == []
    assert await copies(desk) == []


@pytest.mark.parametrize(
    "data",
    ["1:rec.card:x", "1:rec.card", "1:rec.of:99999999999999", "1:rec.act:77", "1:rec.hear:0"],
)
async def test_a_forged_press_is_answered(desk: DeskTown, data: str) -> None:
    await desk.operator.say("/recordings")
    shown = await desk.operator.eventually(lambda each: has(each, "rec.acts"))
    pressed = await desk.operator.press_data(data, shown.id, forged=True)
    assert (await desk.operator.wait_answer(pressed)).show_alert
