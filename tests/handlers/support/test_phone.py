"""A call is registered in the private chat of an operator: who, when, in which language, sound."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sandbox.client import Person
from handlers.views.translator import Translator
from tests.support.chat import Town, said, t_of, tap, tap_label
from tests.support.desk import DeskTown, open_desk


async def asked(person: Person, t: Translator, question: str) -> None:
    """Wait for a step of the form."""
    await person.wait_for(lambda each: said(t, question) in each.text)


async def told(person: Person, t: Translator, *answers: tuple[str, str]) -> None:
    """Answer step after step."""
    for question, text in answers:
        await asked(person, t, question)
        await person.say(text)


@pytest.mark.clause("366-26")
@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_a_call_with_its_recording(town: Town, language: str) -> None:
    desk, t = await open_desk(town, language), t_of(language)
    operator = desk.operator
    await operator.say("/queue")
    await tap(operator, "desk.phone")
    await told(operator, t, ("Who called?", "Айгүл Сәрсен"), ("From which phone?", "хорошо"))
    # What cannot be a phone is answered with the reason, and the step stays.
    await told(operator, t, ("From which phone?", "8 701 555 00 01"), ("When was the call?", "?"))
    await asked(operator, t, "When was the call?")
    await tap_label(operator, t.button("1 hour ago"))
    await asked(operator, t, "In which language")
    await tap_label(operator, t.button("Kazakh"))
    await told(operator, t, ("What did they ask?", "Не открывается <заказ>"))
    await asked(operator, t, "Is there a recording")
    await operator.send_voice(b"OggS call", 30)
    await asked(operator, t, "Check the call")
    await tap_label(operator, t.button("Register the call"))
    await asked(operator, t, "The call is registered:")
    found = await desk.ticket(1)
    assert (found.line.channel, found.line.name, found.address, found.line.language) == (
        "phone",
        "Айгүл Сәрсен",
        "+77015550001",
        "kk",
    )
    assert found.line.opened_at == town.clock.now() - timedelta(hours=1)
    [message] = [each for each in found.messages if each.author == "user"]
    assert message.text == "Не открывается &lt;заказ&gt;"
    [file] = message.files
    assert (file.kind, file.duration, file.state) == ("call", 30, "waiting")
    assert file.recording is not None


@pytest.mark.clause("366-20")
async def test_a_call_without_a_recording_and_from_another_day(desk: DeskTown) -> None:
    t, operator = t_of("ru"), desk.operator
    await operator.say("/call")
    await told(operator, t, ("Who called?", "Ерлан"), ("From which phone?", "+77015550001"))
    for late in ("09.11 10:00", "21.11 10:00"):
        # Too long ago, and to come.
        await asked(operator, t, "When was the call?")
        await operator.say(late)
    await asked(operator, t, "When was the call?")
    await operator.say("19.11 17:00")
    await asked(operator, t, "In which language")
    await tap_label(operator, t.button("Russian"))
    await told(operator, t, ("What did they ask?", "Когда ответят?"))
    await asked(operator, t, "Is there a recording")
    await operator.say("нет")
    await asked(operator, t, "This step needs a recording.")
    await tap_label(operator, t.button("Without a recording"))
    await asked(operator, t, "Check the call")
    await tap_label(operator, t.button("Register the call"))
    await asked(operator, t, "The call is registered:")
    found = await desk.ticket(1)
    # Promised for the day of the call, which is over.
    assert found.line.overdue
    assert not any(each.files for each in found.messages)


async def test_whoever_is_no_operator_registers_nothing(desk: DeskTown) -> None:
    await desk.user.say("/call")
    answer = await desk.user.wait_for(lambda each: bool(each.text))
    assert said(t_of("ru"), "Who called?") not in answer.text
