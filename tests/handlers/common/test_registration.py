"""Registration in the chat: the whole way in both languages, and everything that can go wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sandbox.client import Person
from domain.registry.rules import Status
from domain.registry.views import CompanyView
from domain.roles import Role
from handlers.views.errors import TEXTS
from handlers.views.menus import ACTIONS
from handlers.views.terms import ROLES
from handlers.views.translator import Lazy, Translator
from tests.handlers.common.steps import VERSIONS, to_contact
from tests.support.chat import Town, said, t_of, tap, tap_label
from tests.support.factories import (
    admin_actor,
    make_customer,
    make_person,
    make_producer,
    next_bin,
)
from tests.support.language import assert_catalogued, listening


async def see(person: Person, t: Translator, message: str) -> str:
    """Wait for the next message with this text of the catalogue; its whole text."""
    found = await person.wait_for(lambda each: said(t, message) in each.text)
    return found.text


def refusal(t: Translator, code: str) -> str:
    """What is said about a broken rule, up to its first value."""
    told = TEXTS[code]
    text = getattr(told, "what", None)
    assert isinstance(text, Lazy)
    return said(t, text.text)


async def see_refusal(person: Person, t: Translator, code: str) -> None:
    """Wait for the next message that tells of this broken rule."""
    what = refusal(t, code)
    await person.wait_for(lambda each: what in each.text)


async def fill(person: Person, t: Translator, number: str, *, role: str = "As a supplier") -> None:
    """From the contact to the review."""
    await person.share_contact()
    await tap_label(person, t.button(role))
    await see(person, t, "Type the BIN or IIN of your company: 12 digits. Example: {example}")
    await person.say(number)
    await tap_label(person, t.button("Yes, this is us"))
    await tap_label(person, t.button("Head"))
    await see(person, t, "Type your surname, name and patronymic in full, as in your documents. ")
    await person.say("Сәрсен Айгүл Серікқызы")
    await see(person, t, "Type your e-mail. Example: {example}")
    await person.say("aigul@example.kz")
    await see(person, t, "Check before sending")


@pytest.mark.clause("344-6.1")
@pytest.mark.clause("344-6.2")
@pytest.mark.clause("366-6.1")
@pytest.mark.clause("366-6.2")
@pytest.mark.clause("366-15")
@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_whole_way_to_a_number_and_its_approval(town: Town, language: str) -> None:
    """A newcomer of either language ends with a number, and acts once approved."""
    t = t_of(language)
    producer = await make_producer(town.site)
    aigul = await town.stranger("Айгүл", language)
    with listening() as heard:
        await whole_way(town, aigul, t, producer)
        for message in await aigul.messages():
            if message.by_bot:
                assert_catalogued(message.text, heard)
                for button in message.buttons:
                    assert_catalogued(button.text, heard)


async def whole_way(town: Town, aigul: Person, t: Translator, producer: CompanyView) -> None:
    """From Start to the first menu of somebody who may act."""
    await to_contact(aigul, t)
    assert [each.contact for each in await aigul.keyboard()] == [True]
    await fill(aigul, t, producer.bin)
    review = await aigul.find(lambda each: said(t, "Check before sending") in each.text)
    assert producer.bin in review.text
    assert "Сәрсен Айгүл Серікқызы" in review.text
    assert "aigul@example.kz" in review.text
    await tap_label(aigul, t.button("Send"))
    told = await see(aigul, t, "An administrator checks who may act for the company. ")
    actor = await town.actor(aigul)
    receipts = await town.services.people.my_registrations(actor)
    assert [each.state for each in receipts] == ["pending"]
    assert str(receipts[0].number) in told
    person = await town.services.people.me(actor)
    assert person.consents == ("data", "truth")
    assert person.language == t.locale
    assert person.email == "aigul@example.kz"

    admin = await admin_actor(town.site)
    await town.services.people.decide_registration(admin, receipts[0].number, True)
    await aigul.start()
    await see(aigul, t, "Choose an action from the menu below.")
    labels = [each.text for each in await aigul.keyboard()]
    assert t.button(ACTIONS["awards"]) in labels
    assert "orders" in await aigul.commands()


async def test_invited_colleague_is_in_at_once(town: Town) -> None:
    """A link names company and role: the form asks for neither, and nobody has to approve."""
    t = t_of("kk")
    producer = await make_producer(town.site)
    head = await make_person(town.site, role=Role.SUPPLIER, company=producer)
    link = await town.services.people.invite(head, Role.SUPPLIER)
    erlan = await town.stranger("Ерлан", "kk")
    await to_contact(erlan, t, link.token)
    await erlan.share_contact()
    shown = await erlan.eventually(lambda each: said(t, "Is this your company?") in each.text)
    assert producer.bin in shown.text
    assert t.button("Another number") not in [each.text for each in shown.buttons]
    await tap_label(erlan, t.button("Yes, this is us"))
    await tap_label(erlan, t.button("Contact person"))
    await tap_label(erlan, t.button("Use this name"))
    await see(erlan, t, "Type your e-mail. Example: {example}")
    await erlan.say("erlan@example.kz")
    await tap_label(erlan, t.button("Send"))
    await see(erlan, t, "You are registered by invitation and can act at once.")
    actor = await town.actor(erlan)
    assert actor.role is Role.SUPPLIER

    other = await town.stranger("Болат", "ru")
    await other.start(link.token)
    await other.wait_for(lambda each: refusal(t_of("ru"), "invitation_used") in each.text)


async def test_staff_invitation_asks_for_no_company(town: Town) -> None:
    t = t_of("ru")
    admin = await admin_actor(town.site)
    link = await town.services.people.invite(admin, Role.AUTHORITY)
    dana = await town.stranger("Дана")
    await to_contact(dana, t, link.token)
    await dana.share_contact()
    await tap_label(dana, t.button("Use this name"))
    await see(dana, t, "Type your e-mail. Example: {example}")
    await dana.say("dana@example.kz")
    await tap_label(dana, t.button("Send"))
    await see(dana, t, "You are registered by invitation and can act at once.")
    labels = [each.text for each in await dana.keyboard()]
    assert t.button(ACTIONS["role_register"]) in labels


async def test_expired_invitation_is_told_and_the_way_in_stays_open(town: Town) -> None:
    t = t_of("ru")
    head = await make_person(town.site, role=Role.SUPPLIER, company=await make_producer(town.site))
    link = await town.services.people.invite(head, Role.SUPPLIER)
    town.clock.advance(timedelta(days=40))
    dana = await town.stranger("Дана")
    await dana.start(link.token)
    await dana.wait_for(lambda each: refusal(t, "invitation_expired") in each.text)
    await tap(dana, "language", "ru")


async def test_somebody_elses_contact_is_refused(town: Town) -> None:
    t = t_of("ru")
    dana, other = await town.stranger("Дана"), await town.stranger("Болат")
    await to_contact(dana, t)
    await dana.share_contact(user_id=other.id)
    await dana.wait_for(lambda each: refusal(t, "contact_not_own") in each.text)
    await dana.catch_up()
    await dana.say("+7 701 123 45 67")
    await see(dana, t, "Your phone number")
    assert (await town.services.people.me(await town.actor(dana))).phone is None


async def test_contact_before_the_consent_is_not_kept(town: Town) -> None:
    """Nothing personal is stored before the person has agreed to it."""
    t = t_of("kk")
    dana = await town.stranger("Дана", "kk")
    await dana.start()
    await tap(dana, "language", "kk")
    await dana.catch_up()
    await dana.share_contact()
    await dana.wait_for(lambda each: each.has(t.button("I accept")))
    assert (await town.services.people.me(await town.actor(dana))).phone is None


async def test_declining_records_nothing_and_leaves_the_menu(town: Town) -> None:
    t = t_of("ru")
    dana = await town.stranger("Дана")
    await dana.start()
    await tap(dana, "language", "ru")
    await tap(dana, "consent.decline")
    await see(dana, t, "Choose an action from the menu below.")
    assert (await town.services.people.me(await town.actor(dana))).consents == ()
    await dana.say(t.button(ACTIONS["register"]))
    await dana.wait_for(lambda each: any("consent.accept" in (b.data or "") for b in each.buttons))


async def test_outdated_consent_is_not_recorded(town: Town) -> None:
    """A button of an older wording is forged or very old: the new wording must be read first."""
    t = t_of("ru")
    dana = await town.stranger("Дана")
    await dana.start()
    await tap(dana, "language", "ru")
    shown = await dana.eventually(lambda each: each.has(t.button("I accept")))
    pressed = await dana.press_data("1:consent.accept:0:0", shown.id, forged=True)
    answer = await dana.wait_answer(pressed)
    assert refusal(t, "consent_outdated") in answer.text
    assert (await town.services.people.me(await town.actor(dana))).consents == ()
    assert VERSIONS == ("1", "1")


@pytest.mark.clause("344-6.refuse")
@pytest.mark.parametrize(
    ("status", "code"),
    [
        (Status.BANKRUPT, "company_bankrupt"),
        (Status.LIQUIDATION, "company_liquidation"),
        (Status.UNFAIR, "company_unfair"),
    ],
)
async def test_barred_company_is_refused_with_its_ground(
    town: Town, status: Status, code: str
) -> None:
    t = t_of("kk")
    producer = await make_producer(town.site, status=status)
    dana = await town.stranger("Дана", "kk")
    await to_contact(dana, t)
    await dana.share_contact()
    await tap_label(dana, t.button("As a supplier"))
    await see(dana, t, "Type the BIN or IIN of your company: 12 digits. Example: {example}")
    await dana.say(producer.bin)
    told = await dana.wait_for(lambda each: "344" in each.text)
    assert "6" in told.text
    assert await town.services.people.my_registrations(await town.actor(dana)) == []


async def test_wrong_numbers_and_addresses_keep_the_step(town: Town) -> None:
    t = t_of("ru")
    customer = await make_customer(town.site)
    dana = await town.stranger("Дана")
    await to_contact(dana, t)
    await dana.share_contact()
    await tap_label(dana, t.button("As a customer"))
    for wrong, code in (("12345", "bin_format"), (_spoiled(customer.bin), "bin_check_digit")):
        await dana.say(wrong)
        await see_refusal(dana, t, code)
    await dana.say(next_bin())
    await dana.wait_for(lambda each: "344" in each.text)
    await dana.send_photo(b"\xff\xd8\xff\xe0" + b"0" * 64)
    await see(dana, t, "This step needs a text.")
    await dana.say(customer.bin)
    await tap_label(dana, t.button("Yes, this is us"))
    await tap_label(dana, t.button("Head"))
    await dana.say("Ж" * 300)
    await dana.wait_for(lambda each: "300" in each.text)
    for no_name in ("<b>Дана</b> 🙂", "dana@example.kz"):
        await dana.say(no_name)
        await see_refusal(dana, t, "full_name_format")
    await dana.say("Дана & Ко 🙂")
    await see(dana, t, "Type your e-mail. Example: {example}")
    await dana.say("dana@")
    await dana.wait_for(lambda each: refusal(t, "email_invalid") in each.text)
    await dana.say("dana@example.kz")
    review = await see(dana, t, "Check before sending")
    assert "Дана & Ко 🙂" in review
    assert str(t(ROLES["customer"])) in review


def _spoiled(number: str) -> str:
    return number[:-1] + str((int(number[-1]) + 1) % 10)


async def test_draft_goes_on_after_cancel_and_menu_works_meanwhile(town: Town) -> None:
    """/cancel keeps what was typed; the form asks whether to go on with it."""
    t = t_of("kk")
    producer = await make_producer(town.site)
    dana = await town.stranger("Дана", "kk")
    await to_contact(dana, t)
    await dana.share_contact()
    await tap_label(dana, t.button("As a supplier"))
    await see(dana, t, "Type the BIN or IIN of your company: 12 digits. Example: {example}")
    await dana.say(producer.bin)
    await tap_label(dana, t.button("Yes, this is us"))
    await dana.eventually(lambda each: each.has(t.button("Contact person")))
    await dana.say(t.button(ACTIONS["help"]))
    await see(dana, t, "Help")
    await dana.say("/cancel")
    await see(dana, t, "The form is closed. What you typed is kept: open it again to go on.")
    await dana.say("/cancel")
    await see(dana, t, "There is no open form.")
    await dana.say(t.button(ACTIONS["register"]))
    await tap_label(dana, t.button("Continue"))
    await tap_label(dana, t.button("Head"))
    await tap_label(dana, t.button("Use this name"))
    await dana.say("dana@example.kz")
    review = await see(dana, t, "Check before sending")
    assert producer.bin in review


async def test_second_application_is_refused_while_the_first_waits(town: Town) -> None:
    t = t_of("ru")
    producer = await make_producer(town.site)
    dana = await town.stranger("Дана")
    await to_contact(dana, t)
    await fill(dana, t, producer.bin)
    review = await tap_label(dana, t.button("Send"))
    await see(dana, t, "An administrator checks who may act for the company. ")
    stale = next(each for each in review.buttons if each.text == t.button("Send"))
    assert stale.data is not None
    pressed = await dana.press_data(stale.data, review.id)
    answer = await dana.wait_answer(pressed)
    assert answer.show_alert
    await dana.say("/start")
    await see(dana, t, "Your application No. {number} is under review.")
    assert len(await town.services.people.my_registrations(await town.actor(dana))) == 1


@pytest.mark.parametrize(("name", "offered"), [("\N{GRINNING FACE}", False), ("Ерлан", True)])
async def test_a_name_that_cannot_stand_is_not_offered(
    town: Town, name: str, offered: bool
) -> None:
    t = t_of("ru")
    producer = await make_producer(town.site)
    person = await town.stranger(name)
    await to_contact(person, t)
    await person.share_contact()
    await tap_label(person, t.button("As a supplier"))
    await see(person, t, "Type the BIN or IIN of your company: 12 digits. Example: {example}")
    await person.say(producer.bin)
    await tap_label(person, t.button("Yes, this is us"))
    await tap_label(person, t.button("Head"))
    asked = said(t, "Type your surname, name and patronymic in full, as in your documents. ")
    step = await person.wait_for(lambda each: asked in each.text)
    assert step.has(t.button("Use this name")) is offered
