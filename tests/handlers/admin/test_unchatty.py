"""Administrators register people without Telegram, correct, give tokens and end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sandbox.client import Person
from domain.channels.rules import Served
from domain.channels.unchatty import UnchattyView
from domain.roles import Role
from handlers.views.terms import POSITIONS, ROLES
from handlers.views.translator import Translator, plain
from handlers.views.unchatty import LANGUAGES
from tests.support.chat import Town, said, t_of, tap, tap_label
from tests.support.factories import make_customer

each_language = pytest.mark.parametrize("language", ["kk", "ru"])
MAIL = "d.ospanov@gov.example"


async def opened(town: Town, language: str) -> tuple[Person, Translator]:
    """An administrator who has opened the list."""
    town.services.addresses.served = Served(frozenset({"email"}))
    admin = await town.person("Әділ", language, role=Role.ADMIN)
    await admin.say("/people")
    await tap(admin, "unchatty")
    return admin, t_of(language)


async def until_ground(admin: Person, t: Translator, role: str) -> None:
    """The first steps of the form."""
    await tap(admin, "unchatty.new")
    await admin.wait_for(lambda each: said(t, "Type surname, name and patronymic") in each.text)
    await admin.say("Дәурен Оспанов")
    await admin.wait_for(lambda each: said(t, "In which language shall letters") in each.text)
    await tap_label(admin, t.button(LANGUAGES["kk"]))
    await admin.wait_for(lambda each: said(t, "Which role? The desk") in each.text)
    await tap_label(admin, str(t(ROLES[role]))[:24])


async def the_one(town: Town, admin: Person) -> UnchattyView:
    (found,) = (await town.services.unchatty.page(await town.actor(admin))).people
    return found


async def code(town: Town) -> str:
    letters = await town.services.addresses.codes.claim("email", timedelta(minutes=5))
    await town.services.addresses.codes.sent(letters[0])
    return letters[0].code


@each_language
async def test_a_clerk_of_a_state_body_from_the_form_to_the_proved_mail(
    town: Town, language: str
) -> None:
    admin, t = await opened(town, language)
    await admin.wait_for(lambda each: said(t, "There is nobody yet.") in each.text)
    await until_ground(admin, t, "observer")
    await admin.wait_for(lambda each: said(t, "Without an e-mail the person") in each.text)
    await admin.say("дәурен@")
    await admin.wait_for(lambda each: said(t, "This is not an e-mail address.") in each.text)
    await admin.say(MAIL)
    await admin.wait_for(lambda each: said(t, "Type the ground: ") in each.text)
    await admin.say("Өтініш № 12")
    await admin.wait_for(lambda each: said(t, "Register this person?") in each.text)
    await tap_label(admin, t.button("Register them"))
    await admin.wait_for(lambda each: said(t, "The person is registered.") in each.text)
    found = await the_one(town, admin)
    assert (found.person.name, found.person.language) == ("Дәурен Оспанов", "kk")
    await tap(admin, "unchatty.code", found.id)
    await admin.wait_for(lambda each: said(t, "Type the six digits that") in each.text)
    given = await code(town)
    await admin.say("000000" if given != "000000" else "111111")
    await admin.wait_for(lambda each: said(t, "This is not the code.") in each.text)
    await admin.say(given)
    await admin.wait_for(lambda each: said(t, "Confirmed: ") in each.text and MAIL in each.text)
    email = (await the_one(town, admin)).email
    assert email is not None
    assert email.state == "verified"
    assert town.failures == []


@each_language
async def test_somebody_of_a_company_by_the_signed_form(town: Town, language: str) -> None:
    customer = await make_customer(town.site)
    admin, t = await opened(town, language)
    await until_ground(admin, t, "customer")
    await admin.wait_for(lambda each: said(t, "Type the BIN or IIN") in each.text)
    await admin.say("123")
    await admin.say(customer.bin)
    await admin.wait_for(lambda each: said(t, "What is this person in the") in each.text)
    await tap_label(admin, str(t(POSITIONS["head"])))
    await admin.wait_for(lambda each: said(t, "Type the phone number as on") in each.text)
    await admin.say("12")
    await admin.say("+7 701 123 45 67")
    asked = await admin.wait_for(lambda each: said(t, "Type the e-mail. A code") in each.text)
    # A company's person needs one (act 344, clause 6.1).
    assert not any(each.text == t.button("By the API alone") for each in asked.buttons)
    await admin.say(MAIL)
    await admin.wait_for(
        lambda each: said(t, "The person has signed the registration") in each.text
    )
    await admin.say("Қағаздағы өтініш № 7")
    await admin.wait_for(lambda each: said(t, "Register this person?") in each.text)
    await tap_label(admin, t.button("Register them"))
    await admin.wait_for(lambda each: said(t, "The person is registered.") in each.text)
    found = await the_one(town, admin)
    (held,) = found.person.memberships
    assert (held.role, held.position, held.company and held.company.bin) == (
        Role.CUSTOMER,
        "head",
        customer.bin,
    )


@each_language
async def test_by_the_api_alone_corrected_and_ended(town: Town, language: str) -> None:
    admin, t = await opened(town, language)
    await until_ground(admin, t, "technical_operator")
    await tap_label(admin, t.button("By the API alone"))
    await admin.say("Бұйрық № 3")
    await tap_label(admin, t.button("Register them"))
    card = await admin.wait_for(lambda each: said(t, "Now make an API token") in each.text)
    # A position is held in a company.
    assert plain(t(ROLES[Role.TECHNICAL_OPERATOR])) in card.text
    assert plain(t(POSITIONS["contact"])) not in card.text
    found = await the_one(town, admin)
    await tap(admin, "unchatty.token", found.id)
    await tap(admin, "unchatty.token.make", found.id)
    made = await admin.wait_for(lambda each: said(t, "It is not shown again.") in each.text)
    token = next(word for word in made.text.split() if len(word) == 43)
    actor = (await town.services.integrations.actor_for_token(token, "api:1")).actor
    assert (actor.person_id, actor.role) == (found.id, Role.TECHNICAL_OPERATOR)
    await tap(admin, "unchatty.name", found.id)
    await admin.say("<b>Ахметов</b>")
    await admin.wait_for(lambda each: said(t, "This does not look like a name.") in each.text)
    await admin.say("Дәурен Ахметов")
    await admin.wait_for(lambda each: each.has("Дәурен Ахметов"))
    await tap(admin, "unchatty.language", found.id, "ru")
    await admin.eventually(lambda each: str(t("in Russian")) in each.text)
    (number, _), *_ = (await the_one(town, admin)).tokens
    await tap(admin, "unchatty.untoken", found.id, number)
    await admin.eventually(lambda each: said(t, "No API token.") in each.text)
    await tap(admin, "unchatty.end", found.id)
    await admin.say("Қызметтен босатылды")
    await tap_label(admin, t.button("Confirm"))
    await admin.eventually(lambda each: said(t, "No role yet.") in each.text)
    assert (await the_one(town, admin)).person.memberships == []
    assert town.failures == []


async def test_only_administrators(town: Town) -> None:
    observer = await town.person("Дана", role=Role.OBSERVER)
    menu = await observer.start()
    for name in ("unchatty", "unchatty.card:1", "unchatty.new", "unchatty.end:1"):
        pressed = await observer.press_data(f"1:{name}", menu.id, forged=True)
        assert (await observer.wait_answer(pressed)).show_alert


async def test_the_desk_is_not_given_without_a_chat(town: Town) -> None:
    admin, t = await opened(town, "ru")
    await until_ground(admin, t, "observer")
    await tap_label(admin, t.button("By the API alone"))
    await admin.say("Приказ № 3")
    await tap_label(admin, t.button("Register them"))
    await admin.wait_for(lambda each: said(t, "Now make an API token") in each.text)
    found = await the_one(town, admin)
    await tap(admin, "person.card", found.id)
    await tap(admin, "person.grant", found.id)
    await tap(admin, "grant.role", found.id, "support")
    await admin.say("Приказ № 4")
    await tap_label(admin, t.button("Confirm"))
    await admin.eventually(lambda each: said(t, "Type the ground: ") in each.text)
    assert [each.role for each in (await the_one(town, admin)).person.memberships] == [
        Role.OBSERVER
    ]
