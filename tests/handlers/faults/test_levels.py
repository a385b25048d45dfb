"""A level that waits beside the one in force, the approved act, what stands in the way."""

from __future__ import annotations

from datetime import date

import pytest

from domain.roles import Role
from handlers.views.press import press
from tests.handlers.faults.reader import incident, operator_actor, reader
from tests.handlers.faults.test_incidents import agreed, at, confirmed, customer_with_supplier
from tests.handlers.faults.test_incidents import to_card as to_card_of
from tests.support.chat import Town
from tests.support.factories import make_order

CARD = "Opened: {moment}, by {source}"


@pytest.mark.clause("366-24")
@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_the_authority_sees_the_level_in_force_and_the_one_that_waits(
    town: Town, language: str
) -> None:
    town.clock.set(at("11-24T15:00"))
    number = await confirmed(town, "11-24T11:00", "11-24T13:00")
    await agreed(town, number)
    await town.services.incidents.propose_level(await operator_actor(town), number, "medium")
    who = await reader(town, Role.AUTHORITY, language)
    await to_card_of(who)
    card = await who.sees(CARD)
    assert who.t.button("Agree to the level") in [
        each["text"] for row in card.raw["reply_markup"]["inline_keyboard"] for each in row
    ]
    await who.sees("Proposed instead: {level}")
    await who.press(
        "Agree to the level",
        "Agree to the level of incident No. {number}? It takes effect at once.",
    )
    await who.press("Yes, agree", CARD)
    view = await incident(town)
    assert (view.level, view.level_state, view.proposed_level) == ("medium", "agreed", None)


@pytest.mark.clause("366-29.6")
@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_the_approved_act_is_entered_by_form(town: Town, language: str) -> None:
    town.clock.set(at("11-24T15:00"))
    number = await confirmed(town, "11-24T11:00", "11-24T13:00")
    await agreed(town, number)
    who = await reader(town, Role.SUPPORT, language)
    await to_card_of(who)
    card = await who.sees(CARD)
    await who.person.press_data(press("incident.form", "act", number), card.id, forged=True)
    await who.sees("Which number has the approved act on the fault?")
    await who.say("17-С", "Of which date is the act? Example: 20.11.2026")
    await who.say(
        "23.11.2026", "The date of the act is not right: it lies between {since} and today."
    )
    await who.say("24.11.2026", "Number of the act: {text}")
    await who.press("Enter the act", "Approved act on the fault: No. {number} of {day}")
    view = await incident(town)
    assert (view.act_number, view.act_date) == ("17-С", date(2026, 11, 24))


@pytest.mark.clause("366-29.3")
async def test_a_fault_with_effects_left_is_not_closed(town: Town) -> None:
    await make_order(town.services, await customer_with_supplier(town))
    town.clock.set(at("11-24T15:00"))
    number = await confirmed(town, "11-24T11:00", "11-24T13:00")
    await agreed(town, number)
    who = await reader(town, Role.SUPPORT)
    await to_card_of(who)
    await who.press("Close", "Close incident No. {number}? Everything on it is done.")
    await who.press("Yes, close", CARD)
    assert (await incident(town)).state == "confirmed"
    await who.press("Deadlines touched", "Will change: {count}")
    await who.press("Apply", "Apply incident No. {number}?")
    await who.press("Yes, move the deadlines", "Incident No. {number} is applied")
    await to_card_of(who)
    await who.press("Close", "Close incident No. {number}? Everything on it is done.")
    await who.press("Yes, close", CARD)
    assert (await incident(town)).state == "closed"
