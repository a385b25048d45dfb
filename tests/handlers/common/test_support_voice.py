"""A voice or a video message opens or continues a request, wherever it is sent outside a form."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from bot.sandbox.client import Message, Person
from bot.storage.tables import FsmState
from domain.roles import Role
from domain.support.model import TicketFile
from handlers.views.menus import ACTIONS
from handlers.views.support_words import when
from handlers.views.translator import plain
from tests.handlers.common.asking import LANGUAGES, NIGHT, VOICE, answer, taken, ticket
from tests.support.chat import Town, said, t_of, tap
from tests.support.factories import make_customer
from tests.support.waiting import until


async def speak(person: Person, kind: str) -> Message:
    """Say something by voice or in a circle."""
    if kind == "voice":
        return await person.send_voice(VOICE)
    return await person.send("video_note", b"\0\0\0 ftypmp42", "circle.mp4", duration=5)


async def spoken(town: Town, number: int = 1) -> list[str]:
    """The kinds of the files of a request."""
    return [file.kind for each in (await ticket(town, number)).messages for file in each.files]


@pytest.mark.parametrize("kind", ["voice", "video_note"])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_whoever_never_pressed_start(town: Town, language: str, kind: str) -> None:
    t = t_of(language)
    town.clock.set(NIGHT)
    person = await town.stranger("Ерлан", language)
    await speak(person, kind)
    told = await taken(person)
    assert plain(t("Request No. {number} is taken", number=1)) in told.text
    assert said(t, "By sending voice messages you agree") in told.text
    found = await ticket(town)
    assert (found.line.channel, found.line.language) == ("voice", language)
    assert await spoken(town) == [kind]


@pytest.mark.parametrize("role", list(Role))
async def test_in_every_role_and_menu(town: Town, role: Role) -> None:
    company = await make_customer(town.site) if role in (Role.SUPPLIER, Role.CUSTOMER) else None
    person = await town.person(language="kk", role=role, company=company)
    await person.say("/menu")
    await person.wait_for(lambda each: bool(each.text))
    assert t_of("kk").button(ACTIONS["support"]) in [each.text for each in await person.keyboard()]
    await speak(person, "voice")
    await taken(person)
    assert await spoken(town) == ["voice"]


async def _lapse(town: Town) -> None:
    """Forget the form that is open, as a release without it would."""

    async def forgotten() -> bool:
        # A form is kept only after its first message was sent.
        form = delete(FsmState).where(FsmState.destiny.contains("context"))
        async with town.site.sessions.begin() as session:
            return bool((await session.scalars(form.returning(FsmState.destiny))).all())

    await until(forgotten)


async def _kept(town: Town) -> bool:
    """Whether a form is open and kept."""
    form = select(FsmState.destiny).where(FsmState.destiny.contains("context"))
    async with town.site.sessions() as session:
        return bool((await session.scalars(form)).all())


@pytest.mark.parametrize("kind", ["voice", "video_note"])
async def test_in_a_form_that_is_gone(town: Town, kind: str) -> None:
    t = t_of("ru")
    person = await town.person()
    await person.say(t.button(ACTIONS["register"]))
    form = await person.wait_for(lambda each: bool(each.buttons))
    await _lapse(town)
    await speak(person, kind)
    await taken(person)
    # The next form opens as if nothing had been.
    await person.say(t.button(ACTIONS["register"]))
    await person.wait_for(lambda each: bool(each.buttons) and each.id > form.id + 1)
    assert await spoken(town) == [kind]


async def test_the_menu_opens_the_next_form_at_once(town: Town) -> None:
    t = t_of("ru")
    person = await town.person()
    await person.say(t.button(ACTIONS["register"]))
    form = await person.wait_for(lambda each: bool(each.buttons))
    await _lapse(town)
    await person.say("Имя")
    gone = await person.wait_for(lambda each: each.id > form.id)
    assert said(t, "This form is no longer open.") in gone.text
    await person.say(t.button(ACTIONS["register"]))
    form = await person.wait_for(lambda each: bool(each.buttons) and each.id > gone.id)
    await _lapse(town)
    await person.say(t.button(ACTIONS["register"]))
    await person.wait_for(lambda each: bool(each.buttons) and each.id > form.id)


@pytest.mark.parametrize("open_form", [False, True])
async def test_as_a_reply_to_a_form_that_is_gone(town: Town, open_form: bool) -> None:
    t = t_of("ru")
    person = await town.person()
    await person.say(t.button(ACTIONS["register"]))
    old = await person.wait_for(lambda each: bool(each.buttons))
    await _lapse(town)
    if open_form:
        await person.say(t.button(ACTIONS["register"]))
        await person.wait_for(lambda each: bool(each.buttons) and each.id > old.id)
        await until(lambda: _kept(town))
    message = {
        "message_id": 900,
        "date": 1,
        "chat": {"id": person.id, "type": "private"},
        "from": {"id": person.id, "is_bot": False, "first_name": "Айгүл"},
        "voice": {"file_id": "f", "file_unique_id": "u", "duration": 1},
        "reply_to_message": await _with_buttons(town, person, old),
    }
    await town.dispatcher.feed_raw_update(town.bot, {"update_id": 10**9, "message": message})
    assert await spoken(town) == ["voice"]


async def _with_buttons(town: Town, person: Person, form: Message) -> dict[str, object]:
    """A form as it stands above a reply to it, keyboard and all."""
    me = await town.bot.me()
    rows = [[{"text": each.text, "callback_data": each.data} for each in form.buttons]]
    return {
        "message_id": form.id,
        "date": 1,
        "chat": {"id": person.id, "type": "private"},
        "from": {"id": me.id, "is_bot": True, "first_name": "Tapsyrys"},
        "text": "?",
        "reply_markup": {"inline_keyboard": rows},
    }


@pytest.mark.parametrize("language", LANGUAGES)
async def test_at_night_in_a_request_of_the_day(town: Town, language: str) -> None:
    """What is promised is what holds now, not what held when the request was opened."""
    t = t_of(language)
    at_once = plain(t("An operator answers now."))
    late = plain(t("Your request stands at the head of the queue."))
    monday = plain(when(t, NIGHT + timedelta(days=3, minutes=-1)))
    person = await town.person(language=language)
    town.clock.set(NIGHT - timedelta(minutes=2))
    await speak(person, "voice")
    first = await taken(person)
    assert at_once in first.text
    assert late not in first.text
    town.clock.set(NIGHT)
    await speak(person, "voice")
    second = await taken(person)
    assert plain(t("Added to request No. {number}", number=1)) in second.text
    assert at_once not in second.text
    assert late in second.text
    assert monday in second.text
    await answer(town)
    await speak(person, "voice")
    third = await taken(person)
    # An answered request that goes on has a promise of its own.
    assert late not in third.text
    assert monday in third.text


async def test_a_forwarded_voice_and_one_after_the_answer_of_a_card(town: Town) -> None:
    person = await town.person()
    first = await speak(person, "voice")
    await taken(person)
    await person.forward(first)
    await taken(person)
    await tap(person, "ticket.card", 1)
    await speak(person, "video_note")
    await taken(person)
    assert await spoken(town) == ["voice", "voice", "video_note"]
    async with town.site.sessions() as session:
        assert await session.get(TicketFile, 3) is not None
