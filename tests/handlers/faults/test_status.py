"""/status for everybody, and the line on top of the menu and help."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from domain.incidents.views import Scope
from domain.roles import Role
from handlers.views.translator import plain
from tests.e2e.player import pattern
from tests.handlers.faults.reader import Reader, operator_actor, reader
from tests.support.chat import Town, tap
from tests.support.factories import again, make_person

PAGE = "Status of the platform"
FAULT = "Fault since {moment}: {title}. More: /status"
WORKS = "Works are going on until {moment}. More: /status"
SOON = "Works from {since} to {until}. More: /status"
TEXTS = ("Дерекқор жаңартылады", "Обновление базы данных")


async def fault(town: Town) -> int:
    """A fault that lasts."""
    actor, began = await operator_actor(town), town.clock.now() - timedelta(minutes=30)
    incidents = town.services.incidents
    number = await incidents.open_by_operator(actor, "Сбой подачи", began)
    await incidents.confirm(again(actor), number, "Факты", began, Scope(), "high")
    return number


async def said_none(who: Reader, text: str) -> bool:
    """Whether a line never came."""
    wanted = pattern(who.t, text)
    return not any(wanted.search(each.text) for each in await who.person.messages() if each.by_bot)


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_a_guest_sees_the_status(town: Town, language: str) -> None:
    who = await reader(town, None, language)
    shown = await who.say("/status", PAGE)
    assert who.shows(shown, "Everything works.")
    assert who.shows(shown, "None.")
    assert not any(b.text == who.t.button("Report a fault") for b in shown.buttons)
    number = await fault(town)
    shown = await who.press("Refresh", "There is a fault.")
    assert who.shows(shown, "Incident No. {number}", number=number)
    assert "Сбой подачи" in shown.text
    assert not who.shows(shown, "Level: {level}", level="high")
    await who.press("The last 90 days", "There were no faults and no works in the last 90 days.")
    await who.press("Status now", "There is a fault.")


async def test_the_level_is_public_once_it_is_agreed(town: Town) -> None:
    who = await reader(town, None)
    number = await fault(town)
    level = plain(who.t("Level: {level}", level="высокий"))
    assert level not in (await who.say("/status", PAGE)).text
    authority = await make_person(town.site, role=Role.AUTHORITY)
    await town.services.incidents.agree_level(authority, number)
    assert level in (await who.say("/status", PAGE)).text


@pytest.mark.clause("366-22")
@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_works_are_planned_running_and_over(town: Town, language: str) -> None:
    who = await reader(town, Role.SUPPORT, language)
    starts = town.clock.now() + timedelta(hours=26)
    await town.services.maintenance.announce(
        await operator_actor(town), starts, starts + timedelta(hours=1), *TEXTS
    )
    shown = await who.say("/status", "Works No. {number}")
    assert TEXTS[0 if language == "kk" else 1] in shown.text
    assert TEXTS[1 if language == "kk" else 0] not in shown.text
    assert await said_none(who, WORKS)
    assert await said_none(who, SOON)
    town.clock.advance(timedelta(hours=2))
    await who.say("/menu", SOON)
    town.clock.set(starts)
    await who.say("/menu", WORKS)
    await who.say("/support", WORKS)
    await who.say("/help", WORKS)
    await town.come(starts + timedelta(hours=1))
    await who.say("/status", "Everything works.")
    await who.press("The last 90 days", "Works No. {number}")


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_a_lasting_fault_stands_on_top_of_menu_and_help(town: Town, language: str) -> None:
    who = await reader(town, Role.SUPPORT, language)
    assert await said_none(who, FAULT)
    number = await fault(town)
    menu = await who.say("/menu", FAULT)
    assert "Сбой подачи" in menu.text
    await who.say("/help", FAULT)
    await who.say("/support", FAULT)
    await town.services.incidents.mend(
        await operator_actor(town), number, town.clock.now(), "Заменён диск"
    )
    await who.person.catch_up()
    await who.person.say("/menu")
    menu = await who.comes("Choose an action from the menu below.")
    assert "/status" not in menu.text


async def test_history_stands_on_pages(town: Town) -> None:
    operator, incidents = await operator_actor(town), town.services.incidents
    for at in range(8):
        began = datetime.fromisoformat(f"2026-11-19T{9 + at:02}:00:00+05:00")
        number = await incidents.open_by_operator(again(operator), f"Сбой {at}", began)
        ended = began + timedelta(minutes=5)
        await incidents.confirm(
            again(operator),
            number,
            "Факты",
            began,
            Scope("module", ("offers",)),
            "low",
            mended_at=ended,
        )
    who = await reader(town, None)
    await who.say("/status", PAGE)
    newest = await who.press("The last 90 days", "Mended: {moment}")
    assert "Сбой 7" in newest.text
    assert "Сбой 0" not in newest.text
    await tap(who.person, "status.history", 1)
    oldest = await who.person.eventually(lambda each: "Сбой 0" in each.text)
    assert "Сбой 7" not in oldest.text
