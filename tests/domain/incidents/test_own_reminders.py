"""A reminder of one's own on a term of an incident."""

from __future__ import annotations

import pytest

from domain.errors import NotFound
from tests.domain.incidents.desk import FACTS, Desk
from tests.domain.stage import Stage, moment

DECIDE = "incident.decide"


async def test_the_desk_and_the_body_are_reminded_of_a_decision(
    desk_627: Desk, stage: Stage
) -> None:
    supplier = await stage.supplier()
    number = (await desk_627.report(supplier, "11-20 09:30")).incident
    reminders, subject = stage.services.reminders, f"incident:{number}"
    at = moment("11-20 16:00")
    for who in (desk_627.operator, desk_627.authority):
        assert (DECIDE, subject) in [
            (each.kind, each.subject) for each in await reminders.terms(who)
        ]
        own = await reminders.set(who, DECIDE, subject, at)
        assert own.due_at == moment("11-24 00:00")
    with pytest.raises(NotFound, match="term_unknown"):
        await reminders.set(supplier.me, DECIDE, subject, at)
    await stage.until("11-20 16:00")
    for actor in (desk_627.operator_, desk_627.authority_):
        (told,) = await stage.told(actor, "remind.me")
        assert (told.subject, told.params["number"]) == (subject, number)
        assert told.roles == ["admin", "authority", "support"]
    assert await stage.told(supplier, "remind.me") == []


async def test_a_reminder_goes_with_the_decision(desk_627: Desk, stage: Stage) -> None:
    number = (await desk_627.report(await stage.supplier(), "11-20 09:30")).incident
    reminders, at = stage.services.reminders, moment("11-20 16:00")
    await reminders.set(desk_627.authority, DECIDE, f"incident:{number}", at)
    await desk_627.incidents.refute(desk_627.operator, number, FACTS)
    assert (await reminders.mine(desk_627.authority)).own == []
    await stage.until("11-20 17:00")
    assert await stage.told(desk_627.authority_, "remind.me") == []
