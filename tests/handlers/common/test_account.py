"""The account: home, companies, colleagues, language, notices, suspension, commands."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from domain.people.model import Person as PersonRow
from domain.roles import Role
from handlers.common.commands import publish_commands
from handlers.views.commands import BY_ROLE, COMMANDS
from handlers.views.menus import ACTIONS
from handlers.views.terms import ROLES
from tests.support.chat import Town, said, t_of, tap
from tests.support.factories import admin_actor, again, make_customer, make_person, make_producer
from tests.support.waiting import until


async def test_start_of_somebody_registered_shows_company_role_menu_and_commands(
    town: Town,
) -> None:
    t = t_of("kk")
    producer = await make_producer(town.site, name_kk="«Ақ-Құбыр» ЖШС")
    aigul = await town.person("Айгүл", "kk", role=Role.SUPPLIER, company=producer)
    await aigul.start()
    shown = await aigul.wait_for(lambda each: "«Ақ-Құбыр» ЖШС" in each.text)
    assert str(t(ROLES["supplier"])) in shown.text
    assert t.button(ACTIONS["offers"]) in [each.text for each in await aigul.keyboard()]
    assert await aigul.commands() == list(BY_ROLE[Role.SUPPLIER])


async def test_switching_companies_changes_menu_and_commands(town: Town) -> None:
    t = t_of("ru")
    producer, customer = await make_producer(town.site), await make_customer(town.site)
    dana = await town.person("Дана", role=Role.SUPPLIER, company=producer)
    await make_person(town.site, dana.id, Role.CUSTOMER, customer)
    await dana.say("/me")
    card = await dana.wait_for(lambda each: customer.bin in each.text)
    switch = next(each for each in card.buttons if "switch" in (each.data or ""))
    assert len(switch.text) <= 24
    assert switch.data is not None
    await dana.press_data(switch.data, card.id)
    await dana.wait_for(lambda each: producer.name_ru in each.text)
    assert (await town.actor(dana)).role is Role.SUPPLIER
    assert t.button(ACTIONS["awards"]) in [each.text for each in await dana.keyboard()]
    assert await dana.commands() == list(BY_ROLE[Role.SUPPLIER])


async def test_somebody_elses_switch_is_refused(town: Town) -> None:
    producer = await make_producer(town.site)
    dana = await town.person("Дана", role=Role.SUPPLIER, company=producer)
    erlan = await town.person("Ерлан", role=Role.SUPPLIER, company=producer)
    theirs = (await town.services.people.my_memberships(await town.actor(erlan)))[0].id
    await dana.say("/me")
    card = await dana.wait_for(lambda each: producer.bin in each.text)
    pressed = await dana.press_data(f"1:switch:{theirs}", card.id, forged=True)
    assert (await dana.wait_answer(pressed)).show_alert
    mine = (await town.services.people.my_memberships(await town.actor(dana)))[0]
    assert mine.current


async def test_account_masks_the_phone_and_lists_applications(town: Town) -> None:
    dana = await town.person("Дана <i>", role=Role.SUPPLIER, company=await make_producer(town.site))
    await dana.say("/me")
    card = await dana.wait_for(lambda each: "Дана <i>" in each.text)
    person = await town.services.people.me(await town.actor(dana))
    assert person.phone is not None
    assert person.phone not in card.text
    assert person.phone[-2:] in card.text


async def test_colleagues_are_listed_and_invited(town: Town) -> None:
    t = t_of("ru")
    producer = await make_producer(town.site)
    dana = await town.person("Дана", role=Role.SUPPLIER, company=producer)
    await dana.say("/me")
    await tap(dana, "colleagues")
    empty = await dana.wait_for(lambda each: said(t, "Colleagues") in each.text and each.edited)
    assert said(t, "Nobody else acts for your company here yet. ") in empty.text
    await tap(dana, "invite.colleague")
    link = await dana.wait_for(lambda each: "https://t.me/tapsyrys_bot?start=" in each.text)
    token = link.text.partition("start=")[2].split()[0]
    erlan = await town.stranger("Ерлан")
    info = await town.services.people.invitation_info(await town.actor(erlan), token)
    assert info.company is not None
    assert info.company.bin == producer.bin
    await town.person("Нұрлан", role=Role.SUPPLIER, company=producer)
    await dana.say("/me")
    await dana.wait_for(lambda each: producer.bin in each.text)
    await tap(dana, "colleagues")
    await dana.wait_for(lambda each: "Нұрлан" in each.text)


@pytest.mark.parametrize(("before", "after"), [("ru", "kk"), ("kk", "ru")])
async def test_language_changes_menu_at_once(town: Town, before: str, after: str) -> None:
    dana = await town.person(
        "Дана", before, role=Role.SUPPLIER, company=await make_producer(town.site)
    )
    await dana.say("/language")
    await tap(dana, "language", after)
    await until_menu(town, dana.id, after)
    await dana.wait_for(lambda each: said(t_of(after), "Choose an action") in each.text)
    labels = [each.text for each in await dana.keyboard()]
    assert labels == [
        t_of(after).button(ACTIONS[action])
        for action in ("orders", "offers", "awards", "notices", "support", "me", "help")
    ]


async def until_menu(town: Town, telegram_id: int, language: str) -> None:
    """Wait until the choice is stored."""

    async def stored() -> bool:
        async with town.site.sessions() as session:
            found = await session.scalar(
                select(PersonRow.language).where(PersonRow.telegram_id == telegram_id)
            )
            return found == language

    await until(stored)


async def test_notices_page_marks_unread_and_opening_reads_them(town: Town) -> None:
    t = t_of("ru")
    admin = await admin_actor(town.site)
    producer = await make_producer(town.site)
    dana = await town.person("Дана", role=Role.SUPPLIER, company=producer)
    await dana.say("/notices")
    await dana.wait_for(lambda each: said(t, "There are no notices yet. ") in each.text)
    person = (await town.actor(dana)).person_id
    assert person is not None
    for number in range(10):
        role = Role.OBSERVER
        if number % 2:
            await town.services.people.revoke_role(again(admin), person, role, None, "основание")
        else:
            await town.services.people.grant_role(again(admin), person, role, None, "основание")
    await dana.say(t.button(ACTIONS["notices"]))
    first = await dana.wait_for(lambda each: "8. " in each.text)
    assert first.text.count("●") == 8
    older = next(each for each in first.buttons if each.text == t.button("Older notices"))
    assert older.data is not None
    await dana.press_data(older.data, first.id)
    second = await dana.wait_for(lambda each: "2. " in each.text and "3. " not in each.text)
    assert second.text.count("●") == 2
    page = await town.services.notices.page(await town.actor(dana))
    assert page.unread == 0
    one = second.buttons[0]
    assert one.data is not None
    await dana.press_data(one.data, second.id)
    await dana.wait_for(lambda each: "основание" in each.text)


async def test_somebody_elses_notice_is_not_shown(town: Town) -> None:
    t = t_of("ru")
    admin = await admin_actor(town.site)
    dana, erlan = await town.person("Дана"), await town.person("Ерлан")
    person = (await town.actor(erlan)).person_id
    assert person is not None
    await town.services.people.grant_role(admin, person, Role.OBSERVER, None, "тайна")
    theirs = (await town.services.notices.page(await town.actor(erlan))).notices[0].number
    await dana.say("/me")
    card = await dana.wait_for(lambda each: "Дана" in each.text)
    await dana.press_data(f"1:notice.card:{theirs}", card.id, forged=True)
    shown = await dana.wait_for(lambda each: said(t, "There are no notices yet. ") in each.text)
    assert "тайна" not in shown.text


@pytest.mark.clause("366-9a")
async def test_suspended_account_is_refused_everything_with_the_reason(town: Town) -> None:
    t = t_of("kk")
    admin = await admin_actor(town.site)
    aigul = await town.person(
        "Айгүл", "kk", role=Role.SUPPLIER, company=await make_producer(town.site)
    )
    await aigul.say("/me")
    card = await aigul.wait_for(lambda each: "Айгүл" in each.text)
    person = (await town.actor(aigul)).person_id
    assert person is not None
    await town.services.people.suspend(admin, person, "тексеру <1>")
    for text in ("/start", "/orders", "бірдеңе", t.button(ACTIONS["me"])):
        await aigul.say(text)
        told = await aigul.wait_for(lambda each: "тексеру <1>" in each.text)
        assert said(t, "Your account is suspended.") in told.text
    button = card.buttons[0]
    assert button.data is not None
    await aigul.press_data(button.data, card.id)
    await aigul.wait_for(lambda each: "тексеру <1>" in each.text)
    await town.services.people.resume(again(admin), person, "тексерілді")
    await aigul.say("/menu")
    await aigul.wait_for(lambda each: said(t, "Choose an action from the menu below.") in each.text)


async def test_blocking_and_unblocking_the_bot_is_kept(town: Town) -> None:
    dana = await town.person("Дана", role=Role.SUPPLIER, company=await make_producer(town.site))
    await dana.start()
    await dana.wait_for(lambda each: bool(each.text))

    async def unreachable() -> bool:
        async with town.site.sessions() as session:
            since = await session.scalar(
                select(PersonRow.unreachable_since).where(PersonRow.telegram_id == dana.id)
            )
            return since is not None

    async def reachable() -> bool:
        return not await unreachable()

    await dana.block()
    await until(unreachable)
    await dana.unblock()
    await until(reachable)


@pytest.mark.parametrize(("hours", "back"), [(-100, True), (1, False)])
async def test_whoever_writes_can_be_reached(town: Town, hours: int, back: bool) -> None:
    """Telegram keeps word of an unblocking for a day only; what was written before the bot was
    blocked, and is worked later, says nothing."""
    dana = await town.person("Дана", role=Role.SUPPLIER, company=await make_producer(town.site))
    mine = PersonRow.telegram_id == dana.id
    since = town.site.clock.now() + timedelta(hours=hours)
    async with town.site.sessions.begin() as session:
        await session.execute(update(PersonRow).where(mine).values(unreachable_since=since))
    await dana.say("/menu")
    await dana.wait_for(lambda each: bool(each.text))
    async with town.site.sessions() as session:
        found = await session.scalar(select(PersonRow.unreachable_since).where(mine))
    assert (found is None) is back


async def test_bot_describes_itself_and_its_commands_in_each_language(town: Town) -> None:
    await publish_commands(town.bot)
    await publish_commands(town.bot)
    calls = await town.sandbox.calls("setMyDescription")
    assert len(calls) == 4
    for language in ("kk", "ru"):
        guest = await town.stranger("Кім", language)
        await guest.start()
        assert await guest.commands() == list(BY_ROLE[None])
        found = await town.bot.get_my_commands(language_code=language)
        assert found[0].description == str(t_of(language)(COMMANDS["start"]))


async def test_help_names_what_to_do_in_the_role(town: Town) -> None:
    t = t_of("ru")
    dana = await town.person("Дана", role=Role.CUSTOMER, company=await make_customer(town.site))
    await dana.say("/help")
    told = await dana.wait_for(lambda each: said(t, "Help") in each.text)
    assert "18:30" in told.text
    assert said(t, "To buy from Kazakhstani producers, press “New order”. ") in told.text
