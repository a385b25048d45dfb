"""Reporting a fault in the chat, own reports."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.incidents.views import Scope
from domain.roles import Role
from handlers.views.press import press
from handlers.views.translator import plain
from tests.handlers.faults.reader import TEXT, Reader, incident, operator_actor, reader
from tests.support.chat import Town
from tests.support.factories import again, make_customer, make_order, make_person, make_producer

ASKED = "Report a fault: what does not work?"
FOUND = "When did you find the fault?"
CONTACTS = "How can we reach you?"
FILES = "Send screenshots or files that show the fault"
REVIEW = "Check the report"
TAKEN = "Your report of a fault is taken: incident No. {number}"


async def supplier(town: Town, language: str = "ru") -> Reader:
    """A supplier's person."""
    return await reader(town, Role.SUPPLIER, language, await make_producer(town.site))


async def begin(who: Reader) -> None:
    """From the page of support to the form."""
    await who.menu(
        "support", "What you send next goes to support, until you choose something from the menu."
    )
    await who.press("Report a fault", ASKED)


@pytest.mark.clause("366-25")
@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_a_report_goes_from_the_page_of_support_to_its_number(
    town: Town, language: str
) -> None:
    customer = await make_customer(town.site)
    who = await supplier(town, language)
    number = await make_order(town.services, customer)
    await begin(who)
    assert who.shows(
        await who.sees(ASKED),
        "A fault is reported within {term} after it was found ({clause}). "
        "A later report is taken, too, and is marked as late.",
        term=plain(who.t.plural("{n} working day", "{n} working days", 3)),
        clause=plain(who.t("act No. {act}, clause {clause}", act="366", clause="25")),
    )
    await who.say(TEXT, FOUND)
    await who.press("1 hour ago", CONTACTS)
    await who.say("+7 701 123 45 67", FILES)
    await who.person.send_photo(b"\xff\xd8\xff\xe0one", album="9")
    await who.person.send_photo(b"\xff\xd8\xff\xe0two", album="9")
    await who.person.eventually(
        lambda each: plain(who.t("Attached: {count}", count=2)) in each.text
    )
    await who.press("Done, go on", "Which of your orders are at stake?")
    await who.press("No. {number}", "Chosen: No. {numbers}", number=number)
    review = await who.press("Go on", REVIEW)
    assert TEXT in review.text
    assert "09:00" in review.text, "an hour before ten in Astana"
    assert who.shows(review, "Files: {count}", count=2)
    await who.press("Send the report", TAKEN)
    view = await incident(town)
    assert (view.state, view.reports, view.late_reports) == ("analysing", 1, 0)
    (report,) = await town.services.incidents.reports(again(await operator_actor(town)), 1)
    assert (report.text, report.contacts, len(report.files)) == (TEXT, "+7 701 123 45 67", 2)
    assert report.found_at == town.clock.now() - timedelta(hours=1)


async def test_a_report_joins_a_known_fault_in_one_tap(town: Town) -> None:
    first, second = await supplier(town), await supplier(town, "kk")
    await town.services.incidents.report(
        await town.actor(first.person), TEXT, town.clock.now(), "+7 701 000 00 00"
    )
    await begin(second)
    shown = await second.say("Предложение не отправляется, ошибка 502", "Is it one of these?")
    assert TEXT in shown.text
    await second.press("No. {number}", FOUND, number=1)
    await second.press("Now", CONTACTS)
    await second.press("As registered", FILES)
    review = await second.press("Without files", REVIEW)
    assert second.shows(review, "Joins incident No. {number}", number=1)
    await second.press("Send the report", TAKEN)
    assert (await incident(town)).reports == 2


async def test_a_report_that_can_no_longer_join_becomes_one_of_its_own(town: Town) -> None:
    who, operator = await supplier(town), await operator_actor(town)
    other = await supplier(town)
    await town.services.incidents.report(
        await town.actor(other.person), TEXT, town.clock.now(), "+7 701 000 00 00"
    )
    await begin(who)
    await who.say(TEXT, "Is it one of these?")
    await who.press("No. {number}", FOUND, number=1)
    await who.press("Now", CONTACTS)
    await who.press("As registered", FILES)
    await who.press("Without files", REVIEW)
    await town.services.incidents.refute(again(operator), 1, "Сбоя нет")
    await who.press("Send the report", "Report the fault as a new one.")
    await who.press("Send the report", TAKEN)
    assert (await incident(town, 2)).reports == 1


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_an_operator_takes_a_report_down_for_who_phoned(town: Town, language: str) -> None:
    who = await reader(town, Role.SUPPORT, language)
    await who.say("/status", "Status of the platform")
    await who.press("Report a fault", "Who called?")
    await who.say("Болат Ахметов", "From which phone?")
    await who.say("8 701 555 00 99", ASKED)
    await who.say(TEXT, FOUND)
    await who.press("Now", CONTACTS)
    await who.press("As registered", FILES)
    review = await who.press("Without files", REVIEW)
    assert who.shows(review, "Caller: {name}", name="Болат Ахметов")
    await who.press("Send the report", TAKEN)
    (report,) = await town.services.incidents.reports(again(await operator_actor(town)), 1)
    assert (report.person_id, report.name, report.phone) == (None, "Болат Ахметов", "+77015550099")


async def test_wrong_answers_are_explained_and_the_step_stays(town: Town) -> None:
    who = await supplier(town)
    await begin(who)
    await who.person.send_voice(b"OggS")
    await who.comes("This step needs a text. Please type the answer, or press a button.")
    await who.say("x", "This is too short: at least {minimum} letters are needed.")
    await who.say(TEXT, FOUND)
    unclear = "I cannot read this date and time. Type the day, the month and the time: {example}"
    await who.say("вчера вечером", unclear)
    await who.say("20.11", unclear)
    await who.say("20.11 10:01", "The time at which the fault was found is in the future.")
    await who.say("20.11 09:30", CONTACTS)
    await who.press("As registered", FILES)
    await who.say("нет файлов", "This step needs files. Send one, or press a button below.")
    await who.person.send_document(b"MZ", "setup.exe")
    await who.person.eventually(lambda each: "setup.exe" in each.text)
    await who.person.send_document(bytes(25 * 1024 * 1024), "screen.png")
    await who.comes(FILES)
    await who.press("Without files", REVIEW)
    await who.press("Back", FILES)
    await who.press("Without files", REVIEW)
    await who.press("Send the report", TAKEN)
    assert (await incident(town)).reports == 1


async def test_a_late_report_is_marked_before_and_after(town: Town) -> None:
    late = "The term is over: your report is late. It is taken and analysed all the same."
    who = await supplier(town, "kk")
    await begin(who)
    await who.say(TEXT, FOUND)
    await who.say("12.11 10:00", CONTACTS)
    await who.press("As registered", FILES)
    await who.press("Without files", REVIEW)
    await who.sees(late)
    await who.press("Send the report", TAKEN)
    await who.sees(late)
    assert (await incident(town)).late_reports == 1


async def test_a_draft_goes_on_where_it_was(town: Town) -> None:
    who = await supplier(town)
    await begin(who)
    await who.say(TEXT, FOUND)
    await who.press("Yesterday", CONTACTS)
    await who.say("/menu", "Choose an action from the menu below.")
    await who.menu(
        "support", "What you send next goes to support, until you choose something from the menu."
    )
    await who.press(
        "Report a fault", "You began this form before and did not finish. Continue the draft?"
    )
    await who.press("Continue", CONTACTS)
    await who.press("As registered", FILES)
    await who.press("Without files", REVIEW)
    await who.press("Send the report", TAKEN)
    (report,) = await town.services.incidents.reports(again(await operator_actor(town)), 1)
    assert report.found_at == town.clock.now() - timedelta(days=1)


async def test_own_reports_and_nobody_elses(town: Town) -> None:
    who, other = await supplier(town), await supplier(town)
    await who.say("/faults", "You have reported no faults. If something does not work, tell us.")
    actor = await town.actor(who.person)
    for at in range(9):
        await town.services.incidents.report(
            again(actor), f"Сбой номер {at}", town.clock.now(), "+7 701 000 00 00"
        )
    shown = await who.say("/faults", "My fault reports")
    assert "Сбой номер 8" in shown.text
    assert "Сбой номер 0" not in shown.text
    await who.press("Older", "My fault reports")
    await who.person.eventually(lambda each: "Сбой номер 0" in each.text)
    card = await who.press(
        "No. {number}", "Support analyses it and tells you the result here.", number=1
    )
    assert "Сбой номер 0" in card.text
    await other.say("/faults", "You have reported no faults. If something does not work, tell us.")
    assert (await other.alert("fault.mine", 1)).show_alert
    assert (await other.alert("incident.card", 1)).show_alert


async def test_the_level_is_shown_to_users_only_when_it_is_in_effect(town: Town) -> None:
    who, operator = await supplier(town), await operator_actor(town)
    services, at = town.services.incidents, town.clock.now() - timedelta(minutes=30)
    await services.report(await town.actor(who.person), TEXT, at, "+7 701 000 00 00")
    await services.confirm(again(operator), 1, "Факт", at, Scope(), "high")
    await who.say("/faults", "My fault reports")
    card = await who.press("No. {number}", "Not mended yet.", number=1)
    assert plain(who.t("Level: {level}", level="")).strip() not in card.text
    authority = await make_person(town.site, role=Role.AUTHORITY)
    await services.agree_level(authority, 1)
    await who.press("No. {number}", "Level: {level}", number=1)


async def test_a_guest_cannot_report_but_is_answered(town: Town) -> None:
    guest = await reader(town, None)
    answer = await guest.alert("fault.report")
    assert answer.show_alert
    told = "This form is for registered users. Write here what happened: it goes to us."
    assert answer.text == plain(guest.t(told))


@pytest.mark.clause("366-26")
async def test_an_operator_registers_the_report_of_who_called(town: Town) -> None:
    caller = await supplier(town)
    ticket = await town.services.support.open(
        await town.actor(caller.person), "chat", "Не работает подача"
    )
    who = await reader(town, Role.SUPPORT)
    shown = [each for each in await who.person.messages() if each.by_bot]
    await who.person.press_data(press("fault.report", ticket.number), shown[-1].id, forged=True)
    await who.sees(ASKED)
    await who.say(TEXT, FOUND)
    await who.press("Now", CONTACTS)
    await who.say("+7 701 123 45 67", FILES)
    await who.press("Without files", REVIEW)
    await who.press("Send the report", TAKEN)
    (report,) = await town.services.incidents.reports(again(await operator_actor(town)), 1)
    assert (report.ticket, report.person_id) == (
        ticket.number,
        (await town.actor(caller.person)).person_id,
    )
    listed = await caller.say("/faults", "My fault reports")
    assert TEXT in listed.text
