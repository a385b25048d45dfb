"""Every button of a ticket's card does its act: in the topic, and in the private chat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from bot.sandbox.client import Message
from domain.roles import Role
from domain.support.views import TicketView
from handlers.views.desk_terms import CALL, DISPUTE, INCIDENT, MERGE, MUTE
from handlers.views.press import press
from tests.support.chat import t_of, tap, tap_label
from tests.support.desk import DeskTown
from tests.support.factories import make_person, next_cause
from tests.support.waiting import until

Check = Callable[[TicketView], bool]


@dataclass
class Place:
    """Where an operator works: ``chat`` 0 is the private one."""

    desk: DeskTown
    number: int
    chat: int = 0
    thread: int = 0

    async def tap(self, name: str, *ids: int | str) -> None:
        """Press a button that a message of this place has."""
        if self.chat:
            data = press(name, *ids)
            shown = await self.desk.operator.eventually(
                lambda each: any(button.data == data for button in each.buttons), chat=self.chat
            )
            await self.desk.operator.press_data(data, shown.id, chat=self.chat)
        else:
            await tap(self.desk.operator, name, *ids)

    async def answer(self, sign: str, text: str) -> None:
        """The words that the pressed button asks for."""
        operator = self.desk.operator
        if not self.chat:
            await operator.say(text)
            await tap_label(operator, t_of("ru").button("Send"))
            return
        asked = await operator.eventually(
            lambda each: (
                each.text.startswith(sign) and each.raw.get("message_thread_id") == self.thread
            ),
            chat=self.chat,
        )
        await operator.say(text, chat=self.chat, thread=self.thread, reply_to=asked.id)

    async def until(self, check: Check) -> TicketView:
        """Wait for the ticket to be so."""
        found: list[TicketView] = []

        async def so() -> bool:
            found[:] = [await self.desk.ticket(self.number)]
            return check(found[0])

        await until(so)
        if self.chat:
            await self.desk.mirror.drain()
        return found[0]

    async def anew(self) -> None:
        """The card as it is now: the private one is opened again."""
        if not self.chat:
            await self.desk.operator.say("/queue")
            await self.tap("desk.open", self.number)


@pytest.fixture(params=["topic", "private"])
async def place(desk: DeskTown, request: pytest.FixtureRequest) -> Place:
    """A ticket's card, in a topic or in the private chat."""
    number = (await desk.ask()).number
    made = Place(desk, number)
    if request.param == "topic":
        await desk.mirror.drain()
        made.chat, made.thread = desk.chat, await desk.thread(number)
    await made.anew()
    return made


def events(view: TicketView) -> list[str]:
    """What the system says to have happened."""
    return [each.kind for each in view.messages if each.author == "system"]


def by_desk(view: TicketView) -> list[str]:
    """What operators told the user."""
    return [each.text for each in view.messages if each.author == "operator"]


async def test_whose_it_is_and_how_urgent(place: Place) -> None:
    number, operator = place.number, await place.desk.town.actor(place.desk.operator)
    await place.tap("desk.take", number)
    await place.until(lambda view: view.line.assignee_id == operator.person_id)
    await place.tap("desk.release", number)
    await place.until(lambda view: view.line.assignee_id is None)
    await place.desk.town.services.support.begin_shift(operator.because(next_cause()))
    await place.tap("desk.assign", number)
    await place.tap("desk.give", number, 0)
    await place.until(lambda view: view.line.assignee_id == operator.person_id)
    await place.tap("desk.prio", number)
    await place.tap("desk.prio.set", number, "high")
    await place.until(lambda view: view.line.priority == "high")
    await place.anew()
    await place.tap("desk.prio", number)
    high = press("desk.prio.set", number, "high")
    card = await place.desk.operator.eventually(
        lambda each: any(
            button.text.startswith("• ") for button in each.buttons if button.data == high
        ),
        chat=place.chat or None,
    )
    marked = [button.data for button in card.buttons if button.text.startswith("• ")]
    assert marked == [high]


async def test_a_taken_ticket_offers_the_answer_first_and_release_last(place: Place) -> None:
    number, label = place.number, t_of("ru").button
    await place.tap("desk.take", number)
    await place.until(lambda view: view.line.assignee_id is not None)
    await place.anew()
    release = press("desk.release", number)
    card = await place.desk.operator.eventually(
        lambda each: any(button.data == release for button in each.buttons),
        chat=place.chat or None,
    )
    names = [button.text for button in card.buttons]
    wanted = ["Ready answer", "Ask for documents", "Close"]
    at = names.index(label("Ready answer"))
    assert names[at : at + 3] == [label(each) for each in wanted]
    # In the private chat the way to answer and the files stand before.
    assert at == 0 or names[0] == label("Answer")
    assert names.index(label("Release")) > names.index(label("Merge"))


async def test_a_dispute_and_the_end(place: Place) -> None:
    number = place.number
    await place.tap("desk.dispute", number)
    await place.answer(DISPUTE, "Спор о сроке")
    await place.until(lambda view: view.disputed == "Спор о сроке")
    await place.anew()
    lead = await make_person(place.desk.town.site, role=Role.ADMIN)
    await place.desk.town.services.support.settle_dispute(lead, number, "Решение суда № 7")
    await place.anew()
    await place.tap("desk.close", number)
    await place.tap("desk.close.as", number, "duplicate")
    await place.until(lambda view: view.state == "closed")
    # A dispute may begin when the ticket is long over.
    assert await offered(place, "desk.dispute", number)
    await place.tap("desk.reopen", number)
    await place.until(lambda view: view.state in ("open", "working"))


async def offered(place: Place, name: str, *ids: int | str) -> bool:
    """Whether the newest card has this button."""
    data = press(name, *ids)
    shown = await place.desk.operator.eventually(
        lambda each: any(button.data == data for button in each.buttons), chat=place.chat or None
    )
    return isinstance(shown, Message)


async def test_merging(place: Place) -> None:
    other = await place.desk.ask("Второе")
    await place.tap("desk.merge", place.number)
    await place.answer(MERGE, str(other.number))
    await place.until(lambda view: view.merged_into == other.number)


async def test_a_ready_answer_goes_once(place: Place) -> None:
    number, admin = place.number, await place.desk.town.actor(place.desk.admin)
    answer = await place.desk.town.services.support.add_canned(
        admin.because(next_cause()), "Вход", "Қазақша <b>мәтін</b>", "Русский <b>текст</b>"
    )
    await place.tap("desk.canned", number)
    await place.tap("desk.canned.show", number, answer.id)
    data = press("desk.canned.send", number, answer.id)
    preview = await place.desk.operator.eventually(
        lambda each: any(button.data == data for button in each.buttons), chat=place.chat or None
    )
    for _ in range(2):
        await place.desk.operator.press_data(data, preview.id, chat=place.chat or None, forged=True)
    view = await place.until(lambda view: view.state == "answered")
    await settled(place)
    view = await place.desk.ticket(number)
    assert by_desk(view) == ["Русский <b>текст</b>"]


async def settled(place: Place) -> None:
    """Everything pressed so far is worked."""

    async def quiet() -> bool:
        return not place.desk.world.updates.pending

    await until(quiet)


async def test_a_call_back_and_its_result(place: Place) -> None:
    number = place.number
    await place.tap("desk.call", number)
    revision = (await place.desk.ticket(number)).line.revision
    data = press("desk.unreached", number, revision)
    card = await place.desk.operator.eventually(
        lambda each: any(button.data == data for button in each.buttons), chat=place.chat or None
    )
    for _ in range(2):
        await place.desk.operator.press_data(data, card.id, chat=place.chat or None, forged=True)
    view = await place.until(lambda view: "not_reached" in events(view))
    await settled(place)
    view = await place.desk.ticket(number)
    assert events(view).count("not_reached") == 1
    assert view.state == "open"
    await place.anew()
    await place.tap("desk.call", number)
    await place.tap("desk.called", number)
    await place.answer(CALL, "Объяснили, как войти")
    view = await place.until(lambda view: view.state == "answered")
    [told] = [each for each in view.messages if each.author == "operator"]
    assert (told.kind, told.text) == ("called_back", "Объяснили, как войти")


async def test_somebody_is_kept_from_writing_and_let_again(place: Place) -> None:
    number, services = place.number, place.desk.town.services
    actor = await place.desk.town.actor(place.desk.operator)

    async def muted(reasons: list[str]) -> bool:
        return [each.reason for each in await services.support.muted(actor)] == reasons

    await place.tap("desk.mute", number)
    await place.tap("desk.mute.for", number, 30)
    await place.answer(MUTE, "Оскорбления")
    await until(lambda: muted(["Оскорбления"]))
    await place.anew()
    await place.tap("desk.mute", number)
    await place.tap("desk.unmute", number)
    await until(lambda: muted([]))


async def test_a_ticket_becomes_the_report_of_a_fault(place: Place) -> None:
    desk, number = place.desk, place.number
    if place.chat:
        await place.tap("desk.incident", number)
        await place.answer(INCIDENT, "Заказы не сохраняются")
        taken = await place.until(lambda view: view.incident is not None)
        operator = (await desk.town.actor(desk.operator)).because(next_cause())
        (report,) = await desk.town.services.incidents.reports(operator, taken.incident or 0)
        assert (report.ticket, report.text) == (number, "Заказы не сохраняются")
        # Another ticket is of the same fault: its number is enough.
        other = (await desk.ask("Тоже не сохраняется")).number
        await desk.mirror.drain()
        again = Place(desk, other, desk.chat, await desk.thread(other))
        await again.tap("desk.incident", other)
        await again.answer(INCIDENT, f"№ {taken.incident}")
        await again.until(lambda view: view.incident == taken.incident)
        return
    await place.tap("fault.report", number)
    asked = await desk.operator.eventually(
        lambda each: any(b.text == t_of("ru").button("Cancel") for b in each.buttons)
    )
    assert asked.text
