"""Administrators find people and companies, give and take roles, suspend, invite."""

from __future__ import annotations

import pytest

from domain.roles import Role
from handlers.views.menus import ACTIONS
from handlers.views.terms import ROLES
from tests.support.chat import Town, said, t_of, tap, tap_label
from tests.support.factories import make_customer, make_producer


async def test_search_by_name_phone_and_bin(town: Town) -> None:
    t = t_of("ru")
    producer = await make_producer(town.site)
    admin = await town.person("Әділ", role=Role.ADMIN)
    nurlan = await town.person("Нұрлан Қасым", role=Role.SUPPLIER, company=producer)
    person = await town.services.people.me(await town.actor(nurlan))
    assert person.phone is not None
    await admin.say(t.button(ACTIONS["people"]))
    await tap(admin, "people.find")
    await admin.wait_for(lambda each: said(t, "Type a part of the name, the phone") in each.text)
    for text in ("нурлан", person.phone[-7:], producer.bin):
        await admin.say(text)
        found = await admin.wait_for(lambda each: each.has("Нұрлан Қасым"))
        assert text in found.text
    await admin.say("%%%")
    await admin.wait_for(lambda each: said(t, "Nobody is found. ") in each.text)
    await tap(admin, "person.card", person.id)
    card = await admin.wait_for(lambda each: person.phone is not None and person.phone in each.text)
    assert str(t(ROLES["supplier"])) in card.text


@pytest.mark.clause("366-9a")
@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_suspending_and_resuming_with_ground(town: Town, language: str) -> None:
    t = t_of(language)
    admin = await town.person("Әділ", language, role=Role.ADMIN)
    dana = await town.person("Дана", role=Role.SUPPLIER, company=await make_producer(town.site))
    number = (await town.actor(dana)).person_id
    assert number is not None
    await admin.say("/people")
    await tap(admin, "people.find")
    await admin.say("Дана")
    await tap(admin, "person.card", number)
    for act, ground in (("person.suspend", "жалған құжат"), ("person.resume", "тексерілді")):
        await tap(admin, act, number)
        await admin.wait_for(lambda each: said(t, "Type the ground: ") in each.text)
        await admin.say(ground)
        await admin.wait_for(lambda each: said(t, "The person will be told; the act") in each.text)
        await tap_label(admin, t.button("Confirm"))
        await admin.wait_for(lambda each: said(t, "Done. It is recorded") in each.text)
        suspended = (await town.services.people.person(await town.actor(admin), number)).suspended
        assert suspended == (act == "person.suspend")


@pytest.mark.clause("366-34")
async def test_giving_and_taking_roles_stands_in_the_register(town: Town) -> None:
    t = t_of("ru")
    customer = await make_customer(town.site)
    admin = await town.person("Әділ", role=Role.ADMIN)
    dana = await town.person("Дана")
    number = (await town.actor(dana)).person_id
    assert number is not None
    await admin.say(t.button(ACTIONS["role_register"]))
    await admin.wait_for(lambda each: said(t, "No role has been given yet.") in each.text)
    await admin.say("/people")
    await tap(admin, "people.find")
    await admin.say("Дана")
    await tap(admin, "person.card", number)
    await tap(admin, "person.grant", number)
    await tap(admin, "grant.role", number, "customer")
    await admin.wait_for(
        lambda each: said(t, "Type the BIN or IIN of the company: 12 digits.") in each.text
    )
    await admin.say("123")
    await admin.say(customer.bin)
    await admin.wait_for(lambda each: said(t, "Type the ground: ") in each.text)
    await admin.say("письмо № 7")
    review = await admin.wait_for(lambda each: "письмо № 7" in each.text)
    assert customer.name_ru in review.text
    await tap_label(admin, t.button("Confirm"))
    await admin.wait_for(lambda each: said(t, "Done. It is recorded") in each.text)
    assert (await town.actor(dana)).role is Role.CUSTOMER
    membership = (await town.services.people.my_memberships(await town.actor(dana)))[0]
    await tap(admin, "person.revoke", number)
    await tap(admin, "revoke.role", number, membership.id)
    await admin.wait_for(lambda each: said(t, "Type the ground: ") in each.text)
    await admin.say("уволена")
    await tap_label(admin, t.button("Confirm"))
    await admin.wait_for(lambda each: said(t, "No role yet.") in each.text)
    assert (await town.actor(dana)).role is None
    await admin.say("/roles")
    register = await admin.wait_for(lambda each: "уволена" in each.text)
    assert "письмо № 7" in register.text
    assert "Әділ" in register.text


async def test_last_administrator_stays(town: Town) -> None:
    t = t_of("ru")
    admin = await town.person("Әділ", role=Role.ADMIN)
    me = (await town.actor(admin)).person_id
    assert me is not None
    await admin.say("/people")
    await tap(admin, "people.find")
    await admin.say("Әділ")
    await tap(admin, "person.card", me)
    await tap(admin, "person.suspend", me)
    await admin.wait_for(lambda each: said(t, "Type the ground: ") in each.text)
    await admin.say("проверка")
    review = await admin.wait_for(lambda each: "проверка" in each.text)
    pressed = await admin.press(t.button("Confirm"), review)
    assert (await admin.wait_answer(pressed)).show_alert
    assert not (await town.actor(admin)).suspended


async def test_register_is_open_to_the_authority_and_pages(town: Town) -> None:
    t = t_of("kk")
    admin = await town.person("Әділ", role=Role.ADMIN)
    watcher = await town.person("Бақыт", "kk", role=Role.AUTHORITY)
    dana = (await town.actor(await town.person("Дана"))).person_id
    assert dana is not None
    people = town.services.people
    for number in range(9):
        actor = await town.actor(admin)
        if number % 2:
            await people.revoke_role(actor, dana, Role.OBSERVER, None, f"негіз {number}")
        else:
            await people.grant_role(actor, dana, Role.OBSERVER, None, f"негіз {number}")
    await watcher.say(t.button(ACTIONS["role_register"]))
    first = await watcher.wait_for(lambda each: "негіз 8" in each.text)
    assert "негіз 0" not in first.text
    await watcher.press(t.button("Older entries"), first)
    await watcher.wait_for(lambda each: "негіз 0" in each.text)


async def test_inviting_anybody(town: Town) -> None:
    t = t_of("ru")
    producer = await make_producer(town.site)
    admin = await town.person("Әділ", role=Role.ADMIN)
    await admin.say("/people")
    await tap(admin, "invite")
    await tap(admin, "invite.role", "observer")
    staff = await admin.wait_for(lambda each: "?start=" in each.text)
    assert str(t(ROLES["observer"])) in staff.text
    await tap(admin, "invite.role", "supplier")
    await admin.wait_for(lambda each: said(t, "For which company is the invitation?") in each.text)
    await admin.say("999")
    await admin.say(producer.bin)
    link = await admin.wait_for(lambda each: "?start=" in each.text)
    token = link.text.partition("start=")[2].split()[0]
    stranger = await town.stranger()
    info = await town.services.people.invitation_info(await town.actor(stranger), token)
    assert info.role is Role.SUPPLIER
    assert info.company is not None
    assert info.company.bin == producer.bin


async def test_companies_are_found_and_only_shown(town: Town) -> None:
    t = t_of("ru")
    producer = await make_producer(town.site, name_ru="ТОО «Қазақ <Труба>»")
    admin = await town.person("Әділ", role=Role.ADMIN)
    await admin.say("/people")
    await tap(admin, "companies.find")
    await admin.wait_for(lambda each: said(t, "Type a part of the company's name") in each.text)
    await admin.say("нет такой")
    await admin.wait_for(lambda each: said(t, "No company is found. ") in each.text)
    await admin.say("труба")
    await tap(admin, "company.card", producer.bin)
    card = await admin.wait_for(lambda each: producer.bin in each.text)
    assert "ТОО «Қазақ <Труба>»" in card.text
    assert [each.text for each in card.buttons] == [t.button("Back")]
