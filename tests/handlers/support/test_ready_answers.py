"""Ready answers are kept by an administrator; operators read them; and the list of the muted."""

from __future__ import annotations

from datetime import timedelta

from handlers.views.press import press
from tests.support.chat import said, t_of, tap, tap_label
from tests.support.desk import DeskTown
from tests.support.factories import next_cause
from tests.support.waiting import until


async def test_an_administrator_adds_one_and_removes_it(desk: DeskTown) -> None:
    t, admin = t_of("ru"), desk.admin
    await admin.say("/answers")
    await tap(admin, "desk.answers.add")
    await admin.eventually(lambda each: said(t, "Under which name") in each.text)
    await admin.say("Вход")
    await admin.eventually(lambda each: said(t, "Write the answer in Kazakh") in each.text)
    await admin.say("Жүйеге <кіру>")
    await admin.eventually(lambda each: said(t, "Now the same in Russian.") in each.text)
    await admin.say("Вход в систему")
    await admin.eventually(lambda each: said(t, "Keep this ready answer?") in each.text)
    await tap_label(admin, t.button("Keep"))
    actor = await desk.town.actor(desk.operator)

    async def kept(titles: list[str]) -> bool:
        found = await desk.town.services.support.canned(actor)
        return [each.title for each in found] == titles

    await until(lambda: kept(["Вход"]))
    [answer] = await desk.town.services.support.canned(actor)
    assert (answer.text_kk, answer.text_ru) == ("Жүйеге &lt;кіру&gt;", "Вход в систему")

    await desk.operator.say("/answers")
    await tap(desk.operator, "desk.answers.show", answer.id)
    card = await desk.operator.eventually(lambda each: "Вход в систему" in each.text)
    assert [button.text for button in card.buttons] == [t.button("Back")]

    await tap(admin, "desk.answers.show", answer.id)
    await tap(admin, "desk.answers.sure", answer.id)
    await tap(admin, "desk.answers.remove", answer.id)
    await until(lambda: kept([]))


async def test_an_operator_may_not_add_one(desk: DeskTown) -> None:
    shown = await say_and_see(desk)
    pressed = await desk.operator.press_data(press("desk.answers.add"), shown, forged=True)
    answer = await desk.operator.wait_answer(pressed)
    assert said(t_of("ru"), "Your role does not allow this.") in answer.text


async def say_and_see(desk: DeskTown) -> int:
    """The list of ready answers of an operator: no button adds one."""
    await desk.operator.say("/answers")
    shown = await desk.operator.eventually(
        lambda each: said(t_of("ru"), "Ready answers of support: ") in each.text
    )
    assert not shown.buttons
    return shown.id


async def test_the_list_of_those_who_may_not_write(desk: DeskTown) -> None:
    actor, user = await desk.town.actor(desk.operator), await desk.town.actor(desk.user)
    until_then = desk.town.clock.now() + timedelta(days=3)
    support = desk.town.services.support
    await support.mute(actor.because(next_cause()), user.person_id or 0, "Брань", until_then)
    await desk.operator.say("/shift")
    await tap(desk.operator, "desk.muted")
    await desk.operator.eventually(lambda each: "Брань" in each.text)
    await tap(desk.operator, "desk.unmute.person", user.person_id or 0)

    async def nobody() -> bool:
        return not await support.muted(actor)

    await until(nobody)
