"""A reminder of one's own on a term of an incident, from its card."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.roles import Role
from handlers.views.press import MOST_BYTES, press
from handlers.views.settings_reminders import parts_of
from tests.handlers.faults.reader import Reader, reader
from tests.support.chat import Town, tap
from tests.support.factories import make_person, make_producer

DECIDE = "incident.decide"


async def _open(town: Town) -> int:
    operator = await make_person(town.site, role=Role.SUPPORT)
    began = town.clock.now() - timedelta(hours=1)
    return await town.services.incidents.open_by_operator(operator, "Сбой", began, regime="627")


async def _set(who: Reader, number: int) -> None:
    await who.alert("incident.card", number)
    await who.press("Remind me", "Of which term?")
    await tap(who.person, "set.remind.when", DECIDE, "i", number)
    await who.sees("When shall you be reminded?")
    await tap(who.person, "set.remind.at", "in_1_hour", DECIDE, "i", number)
    await who.sees("Your own reminders:")


@pytest.mark.parametrize("language", ["kk", "ru"])
@pytest.mark.parametrize("role", [Role.SUPPORT, Role.AUTHORITY])
async def test_who_decides_and_who_agrees_may_be_reminded(
    town: Town, role: Role, language: str
) -> None:
    number = await _open(town)
    who = await reader(town, role, language)
    await _set(who, number)
    view = await town.services.reminders.mine(await town.actor(who.person))
    assert [(each.kind, each.subject) for each in view.own] == [(DECIDE, f"incident:{number}")]


async def test_forged_presses_show_nothing_of_others(town: Town) -> None:
    number = await _open(town)
    observer = await reader(town, Role.OBSERVER)
    supplier = await reader(town, Role.SUPPLIER, company=await make_producer(town.site))
    assert (await observer.alert("set.remind.on", "i", number)).show_alert
    for name, ids in (
        ("set.remind.on", ("i",)),
        ("set.remind.when", (DECIDE, "i", number)),
        ("set.remind.at", ("in_1_hour", DECIDE, "i", number)),
        ("set.remind.type", (DECIDE, "i", number)),
    ):
        assert (await supplier.alert(name, *ids)).show_alert, name


def test_the_longest_button_holds() -> None:
    where = ("incident.owner_report", *parts_of(f"incident:{10**9}"))
    assert len(press("set.remind.at", "next_morning", *where)) <= MOST_BYTES
