"""Administrators change working days: preview of every running term, then all at once."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.sandbox.client import Person
from domain.roles import Role
from domain.working_time.rules import OverrideChange
from handlers.views.menus import ACTIONS
from handlers.views.translator import Translator
from tests.support.chat import Town, said, t_of, tap, tap_label
from tests.support.factories import make_customer, make_order, make_producer


async def running(town: Town, count: int = 1) -> int:
    """So many orders whose window ends on Tuesday, 24 November; the number of the last one."""
    await make_producer(town.site)
    customer = await make_customer(town.site)
    numbers = [await make_order(town.services, customer) for _ in range(count)]
    return numbers[-1]


async def up_to_preview(admin: Person, t: Translator, day: str) -> str:
    """Fill the form in; the text of the preview."""
    await admin.say("/calendar")
    await tap(admin, "calendar.change")
    await admin.wait_for(lambda each: said(t, "Which day is to be changed?") in each.text)
    await admin.say(day)
    await tap_label(admin, t.button("Day off"))
    await admin.wait_for(lambda each: said(t, "Type the name of the day in Kazakh") in each.text)
    await admin.say("Ауыстырылған күн")
    await admin.wait_for(lambda each: said(t, "Type the name of the day in Russian") in each.text)
    await admin.say("Перенесённый день")
    await admin.wait_for(lambda each: said(t, "Type the legal basis. ") in each.text)
    await admin.say("приказ № 15")
    shown = await admin.wait_for(lambda each: said(t, "Check the change") in each.text)
    return shown.text


async def due_at(town: Town, number: int) -> datetime:
    """The end of the window of an order."""
    admin = await town.actor(await town.person("Наблюдатель", role=Role.OBSERVER))
    card = await town.services.orders.card(admin, number)
    return next(each.due_at for each in card.deadlines if each.state == "open")


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_change_is_previewed_then_applied_and_withdrawn(town: Town, language: str) -> None:
    t = t_of(language)
    number = await running(town)
    admin = await town.person("Әділ", language, role=Role.ADMIN)
    await admin.say(t.button(ACTIONS["calendar"]))
    page = await admin.wait_for(lambda each: said(t, "Decisions entered here") in each.text)
    assert said(t, "None is ahead") in page.text
    assert "16" in page.text
    text = await up_to_preview(admin, t, "24.11.2026")
    assert f"{number}" in text
    assert await due_at(town, number) == datetime(2026, 11, 24, 19, tzinfo=UTC)
    await tap_label(admin, t.button("Confirm the change"))
    await admin.wait_for(lambda each: said(t, "The calendar is changed") in each.text)
    assert await due_at(town, number) == datetime(2026, 11, 25, 19, tzinfo=UTC)

    await tap(admin, "calendar")
    page = await admin.wait_for(lambda each: "приказ № 15" in each.text)
    assert "Әділ" in page.text
    await tap(admin, "override.withdraw", "2026-11-24")
    preview = await admin.wait_for(lambda each: said(t, "Check the change") in each.text)
    assert t.button("Back") not in [each.text for each in preview.buttons]
    await tap_label(admin, t.button("Confirm the change"))
    await admin.wait_for(lambda each: said(t, "The calendar is changed") in each.text)
    assert await due_at(town, number) == datetime(2026, 11, 24, 19, tzinfo=UTC)


async def test_preview_turns_pages(town: Town) -> None:
    t = t_of("ru")
    number = await running(town, 9)
    admin = await town.person("Әділ", role=Role.ADMIN)
    first = await up_to_preview(admin, t, "2026-11-24")
    assert said(t, "Page {page} of {pages}") in first
    await tap_label(admin, t.button("Further deadlines"))
    order = str(t("Order No. {number}", number=number))
    await admin.wait_for(lambda each: order in each.text)
    await tap_label(admin, t.button("Earlier deadlines"))
    await admin.wait_for(lambda each: order not in each.text and each.edited)


async def test_day_is_picked_from_the_month(town: Town) -> None:
    t = t_of("ru")
    admin = await town.person("Әділ", role=Role.ADMIN)
    await admin.say("/calendar")
    await tap(admin, "calendar.change")
    month = await admin.wait_for(lambda each: said(t, "Which day is to be changed?") in each.text)
    labels = [each.text for each in month.buttons]
    assert "·22" in labels
    assert "24" in labels
    await tap_label(admin, t.button("Later"))
    december = await admin.wait_for(lambda each: any(b.text == "·16" for b in each.buttons))
    await admin.press("31", december)
    await admin.wait_for(lambda each: said(t, "What shall it be?") in each.text)


async def test_wrong_dates_and_a_change_into_the_past_are_refused(town: Town) -> None:
    """Nobody may become late by a change: the form says so and stays."""
    t = t_of("ru")
    number = await running(town)
    town.clock.set(datetime.fromisoformat("2026-11-24T10:00:00+05:00"))
    admin = await town.person("Әділ", role=Role.ADMIN)
    await admin.say("/calendar")
    await tap(admin, "calendar.change")
    for wrong in ("завтра", "31.02.2026", "01.01.2099"):
        await admin.say(wrong)
        await admin.wait_for(lambda each: said(t, "Which day is to be changed?") in each.text)
    await admin.say("21.11.2026")
    await tap_label(admin, t.button("Working day"))
    await admin.wait_for(lambda each: said(t, "Type the name of the day in Kazakh") in each.text)
    await admin.say("Жұмыс күні")
    await admin.wait_for(lambda each: said(t, "Type the name of the day in Russian") in each.text)
    await admin.say("Рабочий день")
    await admin.wait_for(lambda each: said(t, "Type the legal basis. ") in each.text)
    await admin.say("приказ № 16")
    await admin.wait_for(lambda each: said(t, "Type the legal basis. ") in each.text)
    assert await due_at(town, number) == datetime(2026, 11, 24, 19, tzinfo=UTC)
    assert await town.services.working_time.overrides(await town.actor(admin)) == []


async def test_calendar_changed_meanwhile_is_previewed_anew(town: Town) -> None:
    t = t_of("ru")
    await running(town)
    admin = await town.person("Әділ", role=Role.ADMIN)
    other = await town.actor(await town.person("Мұрат", role=Role.ADMIN))
    await up_to_preview(admin, t, "24.11.2026")
    time = town.services.working_time
    change = OverrideChange(date(2026, 12, 1), False, "Күн", "День", "приказ № 1")
    found = await time.preview(other, [change])
    await time.apply(other, [change], found.version)
    await tap_label(admin, t.button("Confirm the change"))
    await admin.wait_for(lambda each: not each.buttons and "приказ" not in each.text)
    assert len(await time.overrides(other)) == 1
    await tap_label(admin, t.button("Confirm the change"))
    await admin.wait_for(lambda each: said(t, "The calendar is changed") in each.text)
    assert len(await time.overrides(other)) == 2


async def test_draft_of_a_decision_goes_on(town: Town) -> None:
    t = t_of("kk")
    admin = await town.person("Әділ", "kk", role=Role.ADMIN)
    await admin.say("/calendar")
    await tap(admin, "calendar.change")
    await admin.say("24.11.2026")
    await tap_label(admin, t.button("Day off"))
    await admin.wait_for(lambda each: said(t, "Type the name of the day in Kazakh") in each.text)
    await admin.say("/cancel")
    await admin.say("/calendar")
    await tap(admin, "calendar.change")
    await tap_label(admin, t.button("Continue"))
    await admin.wait_for(lambda each: said(t, "Type the name of the day in Kazakh") in each.text)
