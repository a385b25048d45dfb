"""Administrators decide on applications: list, card, approval, refusal with its ground."""

from __future__ import annotations

import pytest

from bot.sandbox.client import Person
from domain.people.views import RegistrationReceipt
from domain.registry.views import CompanyView
from domain.roles import Role
from handlers.views.commands import BY_ROLE
from handlers.views.menus import ACTIONS
from tests.support.chat import Town, said, t_of, tap, tap_label
from tests.support.factories import make_producer
from tests.support.waiting import until


async def applicant(
    town: Town, producer: CompanyView, name: str = "Ерлан & Әсем", language: str = "ru"
) -> tuple[Person, RegistrationReceipt]:
    """Somebody whose application waits."""
    person = await town.person(name, language)
    await person.start()
    actor = await town.actor(person)
    receipt = await town.services.people.register(
        actor,
        company_bin=producer.bin,
        role=Role.SUPPLIER,
        full_name=name,
        position="head",
        email="erlan@example.kz",
    )
    return person, receipt


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_approving_lets_the_applicant_act(town: Town, language: str) -> None:
    t = t_of(language)
    admin = await town.person("Әділ", language, role=Role.ADMIN)
    await admin.say(t.button(ACTIONS["registrations"]))
    await admin.wait_for(lambda each: said(t, "No application waits for a decision.") in each.text)
    producer = await make_producer(town.site)
    erlan, receipt = await applicant(town, producer)
    await admin.say("/registrations")
    listed = await admin.wait_for(lambda each: "Ерлан & Әсем" in each.text)
    assert str(receipt.number) in listed.text
    await tap(admin, "registration.card", receipt.number)
    card = await admin.wait_for(lambda each: "erlan@example.kz" in each.text)
    assert producer.bin in card.text
    await tap(admin, "registration.ask", receipt.number)
    await tap(admin, "registration.approve", receipt.number)
    done = await admin.wait_for(lambda each: "erlan@example.kz" in each.text and each.edited)
    assert [each for each in done.buttons if each.text == t.button("Approve")] == []
    assert (await town.actor(erlan)).role is Role.SUPPLIER

    async def has_commands() -> bool:
        return await erlan.commands() == list(BY_ROLE[Role.SUPPLIER])

    # At once, before the person does anything.
    await until(has_commands)
    await erlan.say("/menu")
    await erlan.wait_for(lambda each: producer.name_ru in each.text)


async def test_refusing_needs_a_ground_and_a_confirmation(town: Town) -> None:
    t = t_of("ru")
    admin = await town.person("Әділ", role=Role.ADMIN)
    producer = await make_producer(town.site)
    erlan, receipt = await applicant(town, producer)
    await admin.say("/registrations")
    await tap(admin, "registration.card", receipt.number)
    await tap(admin, "registration.refuse", receipt.number)
    await admin.wait_for(lambda each: said(t, "Type the ground: ") in each.text)
    await admin.say("Ж" * 600)
    await admin.wait_for(lambda each: "500" in each.text)
    await admin.say("нет доверенности <15>")
    review = await admin.wait_for(lambda each: "нет доверенности <15>" in each.text)
    assert said(t, "Refuse the application?") in review.text
    assert (await _state(town, erlan)) == "pending"
    await tap_label(admin, t.button("Confirm"))
    await admin.wait_for(
        lambda each: "erlan@example.kz" in each.text and "нет доверенности <15>" in each.text
    )
    assert (await _state(town, erlan)) == "refused"


async def _state(town: Town, person: Person) -> str:
    return (await town.services.people.my_registrations(await town.actor(person)))[0].state


async def test_decided_meanwhile_by_another_shows_the_card(town: Town) -> None:
    t = t_of("ru")
    first = await town.person("Әділ", role=Role.ADMIN)
    second = await town.person("Мұрат", role=Role.ADMIN)
    _, receipt = await applicant(town, await make_producer(town.site))
    await first.say("/registrations")
    await tap(first, "registration.card", receipt.number)
    await tap(first, "registration.ask", receipt.number)
    asked = await first.eventually(lambda each: each.has(t.button("Yes, approve")))
    await town.services.people.decide_registration(
        await town.actor(second), receipt.number, False, "дубликат"
    )
    pressed = await first.press(t.button("Yes, approve"), asked)
    assert (await first.wait_answer(pressed)).show_alert
    card = await first.wait_for(lambda each: "дубликат" in each.text)
    assert t.button("Approve") not in [each.text for each in card.buttons]


async def test_nobody_else_sees_or_decides(town: Town) -> None:
    """A forwarded or forged button gives nobody the rights of an administrator."""
    producer = await make_producer(town.site)
    erlan, receipt = await applicant(town, producer)
    dana = await town.person("Дана", role=Role.SUPPLIER, company=producer)
    await dana.say("/me")
    card = await dana.wait_for(lambda each: bool(each.buttons))
    for data in (
        f"1:registration.card:{receipt.number}",
        f"1:registration.approve:{receipt.number}",
        f"1:registration.refuse:{receipt.number}",
        "1:people",
        "1:people.find",
        "1:calendar.change",
        "1:invite.role:admin",
        "1:roles",
    ):
        pressed = await dana.press_data(data, card.id, forged=True)
        answer = await dana.wait_answer(pressed)
        assert answer.show_alert, data
    assert (await _state(town, erlan)) == "pending"
    await dana.say("/people")
    await dana.wait_for(lambda each: "366" in each.text)


async def test_list_pages(town: Town) -> None:
    t = t_of("ru")
    admin = await town.person("Әділ", role=Role.ADMIN)
    for number in range(9):
        await applicant(town, await make_producer(town.site), f"Заявитель {number}")
    await admin.say("/registrations")
    first = await admin.wait_for(lambda each: "Заявитель 0" in each.text)
    assert "Заявитель 8" not in first.text
    await admin.press(t.button("Next page"), first)
    second = await admin.wait_for(lambda each: "Заявитель 8" in each.text)
    assert "Заявитель 0" not in second.text
