"""What became of own reports: the state, the facts, the screenshots, own deadlines moved."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from domain.files import FileInfo
from domain.incidents.views import Scope
from domain.roles import Role
from handlers.views.translator import plain
from tests.handlers.faults.reader import TEXT, Reader, document, operator_actor, reader
from tests.support.chat import Town
from tests.support.factories import again, make_customer, make_order, make_person, make_producer

LIST, CARD = "My fault reports", "Your report:"


def at(text: str) -> datetime:
    """A moment of 2026 in Astana."""
    return datetime.fromisoformat(f"2026-{text}+05:00")


async def supplier(town: Town, language: str = "ru") -> Reader:
    """A supplier's person."""
    return await reader(town, Role.SUPPLIER, language, await make_producer(town.site))


async def to_card(who: Reader, number: int = 1) -> None:
    """From the page of support to the card of an own report."""
    await who.menu(
        "support", "What you send next goes to support, until you choose something from the menu."
    )
    await who.press("My fault reports", LIST)
    await who.press("No. {number}", CARD, number=number)


@pytest.mark.clause("366-28")
@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_a_refuted_report_is_read_back_with_its_facts_and_files(
    town: Town, language: str
) -> None:
    who, other = await supplier(town, language), await supplier(town)
    actor, found = await town.actor(who.person), town.clock.now() - timedelta(hours=1)
    picture = b"\xff\xd8\xff\xe0screen"
    kept = await town.site.files.put(picture)
    file = FileInfo("screen.jpg", "image/jpeg", len(picture), kept)
    incidents = town.services.incidents
    await incidents.report(actor, TEXT, found, "+7 701 000 00 00", files=[file])
    await incidents.report(
        await town.actor(other.person), "Чужие слова", found, "+7 702 000 00 00", join=1
    )
    await incidents.refute(await operator_actor(town), 1, "Журнал сервера без ошибок")
    await to_card(who)
    card = await who.sees(CARD)
    assert who.shows(card, "Facts: {facts}", facts="Журнал сервера без ошибок")
    assert who.shows(card, "No fault was found. If it is back, report it once more.")
    assert who.shows(card, "Contacts: {contacts}", contacts="+7 701 000 00 00")
    assert who.shows(card, "Reports of other users on it: {count}", count=1)
    assert TEXT in card.text
    assert "Чужие слова" not in card.text
    await who.person.press(who.t.button("Show the files"))
    assert await document(who, "screen.jpg") == picture
    for name, ids in (("fault.mine", (1,)), ("fault.files", (1, 1)), ("fault.moved", (1, 0))):
        third = await supplier(town)
        assert (await third.alert(name, *ids)).show_alert, "of somebody else"


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_who_disagrees_with_a_refutation_writes_to_support(town: Town, language: str) -> None:
    who = await supplier(town, language)
    incidents, found = town.services.incidents, town.clock.now() - timedelta(hours=1)
    await incidents.report(await town.actor(who.person), TEXT, found, "+7 701 000 00 00")
    assert (await who.alert("fault.disagree", 1)).show_alert, "nothing is decided yet"
    await incidents.refute(await operator_actor(town), 1, "Журнал сервера без ошибок")
    await to_card(who)
    await who.press("I disagree", "You disagree: incident No. {number} was refuted")
    await who.say("У меня <b>есть</b> снимок", "Request No. {number} is taken")
    ticket = await town.services.support.ticket(await town.actor(who.person), 1)
    (message,) = [each for each in ticket.messages if "снимок" in each.text]
    assert plain(who.t("I disagree that incident No. {number} is refuted.", number=1)) in (
        message.text
    )
    assert "У меня <b>есть</b> снимок" in message.text


@pytest.mark.clause("366-29.3")
async def test_a_confirmed_report_leads_to_the_own_deadlines_it_moved(town: Town) -> None:
    customer, producer = await make_customer(town.site), await make_producer(town.site)
    who = await reader(town, Role.SUPPLIER, "kk", producer)
    order = await make_order(town.services, customer)
    town.clock.set(at("11-24T15:00"))
    incidents, operator = town.services.incidents, await operator_actor(town)
    began, mended = at("11-24T11:00"), at("11-24T13:00")
    await incidents.report(await town.actor(who.person), TEXT, began, "+7 701 000 00 00")
    await incidents.confirm(again(operator), 1, "Факт", began, Scope(), "high", mended_at=mended)
    await incidents.agree_level(await make_person(town.site, role=Role.AUTHORITY), 1)
    shown = await incidents.preview(again(operator), 1)
    await incidents.apply(again(operator), 1, shown.digest)
    await to_card(who)
    card = await who.sees(CARD)
    count = "Changes to deadlines of your orders: {count}"
    assert who.shows(card, count, count=1)
    page = await who.press("My deadlines", "What incident No. {number} has done")
    assert who.shows(page, "Order No. {number}", number=order)
    await who.press("Back to my report", CARD)


async def test_several_reports_of_one_fault_stand_on_pages(town: Town) -> None:
    who = await supplier(town)
    actor, now = await town.actor(who.person), town.clock.now()
    incidents = town.services.incidents
    await incidents.report(actor, TEXT, now, "+7 701 000 00 00")
    await incidents.report(again(actor), "И ещё раз", now, "+7 701 000 00 00", join=1)
    await who.say("/faults", LIST)
    head = "Your report {page} of {pages}:"
    first = await who.press("No. {number}", head, number=1)
    assert plain(who.t(head, page=1, pages=2)) in first.text
    await who.press("Later", head)
    second = await who.person.eventually(
        lambda each: plain(who.t(head, page=2, pages=2)) in each.text
    )
    assert second.id == first.id, "turned in its place"
    assert "И ещё раз" in second.text
