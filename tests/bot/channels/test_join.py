"""Through the chat: whoever was registered without Telegram comes to it, and leaves a form."""

from __future__ import annotations

import pytest

from bot.sandbox.client import Person
from domain.actor import Actor
from domain.roles import Role
from handlers.views.addresses import masked, unlinked
from handlers.views.translator import Translator
from tests.bot.channels.test_chat import Whole, each_language, whole
from tests.support.chat import said, t_of, tap, tap_label, town
from tests.support.factories import again, make_person

__all__ = ["town", "whole"]

MAIL = "d.ospanov@gov.example"


@pytest.fixture
async def admin(whole: Whole) -> Actor:
    return await make_person(whole.town.site, role=Role.ADMIN, name="Админ Әділ")


async def enrolled(whole: Whole, admin: Actor, role: Role = Role.AUTHORITY) -> int:
    """Somebody without Telegram whose e-mail is proved; their number."""
    addresses = whole.town.services.addresses
    made = await addresses.enroll(again(admin), "Дәурен Оспанов", MAIL, role, "kk", "Приказ № 12")
    await whole.mail.drain()
    await addresses.confirm_for(again(admin), made.person_id, "email", whole.code())
    return made.person_id


async def prove(whole: Whole, person: Person, t: Translator) -> None:
    """Type the e-mail and the code that comes to it."""
    await person.wait_for(lambda each: said(t, "Type the e-mail address") in each.text)
    await person.say(MAIL)
    await person.wait_for(lambda each: said(t, "Type its six digits here.") in each.text)
    await whole.mail.drain()
    await person.say(whole.code())


@each_language
async def test_a_stranger_comes_to_the_account_made_without_telegram(
    whole: Whole, admin: Actor, language: str
) -> None:
    t = t_of(language)
    number = await enrolled(whole, admin)
    dauren = await whole.town.stranger("Дәурен", language)
    await make_person(whole.town.site, dauren.id, language=language, name="Дәурен")
    await dauren.start()
    await dauren.wait_for(lambda each: said(t, "It takes about three minutes.") in each.text)
    await tap(dauren, "join.begin")
    await prove(whole, dauren, t)
    asked = await dauren.wait_for(lambda each: said(t, "If it is you, join") in each.text)
    assert "Дәурен Оспанов" in asked.text
    await tap(dauren, "join.do", number)
    done = await dauren.wait_for(lambda each: said(t, "The accounts are joined.") in each.text)
    actor = await whole.town.actor(dauren)
    assert actor.role is Role.AUTHORITY
    # The same press again: the accounts are one already.
    pressed = await dauren.press_data(f"1:join.do:{number}", done.id, forged=True)
    answer = await dauren.wait_answer(pressed)
    assert said(t, "There is no account without") in answer.text
    assert whole.town.failures == []


@each_language
async def test_from_the_form_of_registration(whole: Whole, admin: Actor, language: str) -> None:
    t = t_of(language)
    await enrolled(whole, admin)
    dauren = await whole.town.stranger("Дәурен", language)
    await make_person(whole.town.site, dauren.id, language=language, name="Дәурен")
    await dauren.start()
    await tap(dauren, "register")
    await dauren.wait_for(lambda each: said(t, "Whom do you register as?") in each.text)
    await tap_label(dauren, t.button("Registered already"))
    await dauren.wait_for(lambda each: said(t, "Prove the e-mail under which") in each.text)
    await tap(dauren, "join.begin")
    await prove(whole, dauren, t)
    await dauren.wait_for(lambda each: said(t, "If it is you, join") in each.text)
    # Not now: the page of addresses keeps the way.
    await tap(dauren, "addresses")
    await tap(dauren, "join")
    await dauren.wait_for(lambda each: said(t, "If it is you, join") in each.text)
    assert whole.town.failures == []


@each_language
async def test_roles_that_exclude_each_other_are_told(
    whole: Whole, admin: Actor, language: str
) -> None:
    t = t_of(language)
    number = await enrolled(whole, admin)
    operator = await whole.town.person("Дәурен", language, role=Role.SUPPORT)
    await operator.start()
    await operator.say("/me")
    await tap(operator, "addresses")
    await tap(operator, "address.add", "email")
    await prove(whole, operator, t)
    answer = await operator.wait_answer(await tap(operator, "join.do", number))
    assert answer.show_alert
    assert said(t, "One person may not hold both") in answer.text
    assert (await whole.town.actor(operator)).role is Role.SUPPORT


@each_language
async def test_leaving_the_form_tells_that_a_code_went(whole: Whole, language: str) -> None:
    t = t_of(language)
    aigul = await whole.town.person("Айгүл", language)
    await aigul.start()
    await aigul.say("/me")
    await tap(aigul, "addresses")
    await tap(aigul, "address.add", "email")
    await aigul.wait_for(lambda each: said(t, "Type the e-mail address") in each.text)
    await aigul.say(MAIL)
    await aigul.wait_for(lambda each: said(t, "Type its six digits here.") in each.text)
    await tap_label(aigul, t.button("Cancel"))
    left = await aigul.wait_for(lambda each: said(t, "The form is closed. A code") in each.text)
    assert unlinked(masked("email", MAIL)) in left.text
    assert not any(said(t, "Cancelled. Nothing") in each.text for each in await aigul.messages())
    # It went, and may still be given.
    await whole.mail.drain()
    await tap(aigul, "address.code", "email")
    await aigul.wait_for(lambda each: said(t, "Type its six digits here.") in each.text)
    await aigul.say(whole.code())
    await aigul.wait_for(lambda each: said(t, "Confirmed. Notices") in each.text)
