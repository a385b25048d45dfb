"""Working time: receipts of terms, and overrides of working days."""

from __future__ import annotations

from collections.abc import Sequence

from bot.web.api.answers import (
    AppliedOut,
    MoveOut,
    MovesOut,
    OverrideOut,
    OverridesOut,
    ReceiptOut,
)
from bot.web.api.models import DueQuery, OverrideIn, OverridesIn
from bot.web.api.routing import Call, Group, Nothing
from domain.calendar import WorkingCalendar
from domain.terms import Term
from domain.working_time.rules import OverrideChange
from domain.working_time.service import OverrideView

routes = Group("calendar")


async def _in_force(call: Call) -> list[OverrideOut]:
    views: list[OverrideView] = await call.services.working_time.overrides(call.actor)
    return [OverrideOut.model_validate(view) for view in views]


def _wish(call: Call, override: OverrideIn) -> OverrideChange:
    """The decision; a receipt names the integration where it gives no name and no basis."""
    basis = override.basis or call.actor.label
    return OverrideChange(
        day=override.date,
        working=override.working,
        name_kk=override.name_kk or override.name_ru or basis,
        name_ru=override.name_ru or override.name_kk or basis,
        basis=basis,
    )


def _changes(calendar: WorkingCalendar, wishes: Sequence[OverrideChange]) -> list[OverrideChange]:
    """What leads from the overrides in force to the ones wished for."""
    named = {wish.day for wish in wishes}
    in_force = {override.day: override for override in calendar.overrides}
    gone = [OverrideChange(day, None) for day in in_force if day not in named]
    return gone + [wish for wish in wishes if _differs(calendar, wish)]


def _differs(calendar: WorkingCalendar, wish: OverrideChange) -> bool:
    for known in calendar.overrides:
        if known.day == wish.day:
            same = (known.working, known.name_kk, known.name_ru, known.basis)
            return same != (wish.working, wish.name_kk, wish.name_ru, wish.basis)
    return wish.working is not None


@routes.get("/calendar/overrides", Nothing, OverridesOut)
async def list_overrides(call: Call, _: Nothing) -> OverridesOut:
    """The overrides in force."""
    calendar = await call.services.working_time.calendar(call.actor)
    return OverridesOut(overrides=await _in_force(call), calendar=calendar.version)


@routes.post("/calendar/overrides/preview", OverridesIn, MovesOut, reads=True)
async def preview_overrides(call: Call, body: OverridesIn) -> MovesOut:
    """Every running deadline that these overrides would move; nothing is changed."""
    working_time = call.services.working_time
    calendar = await working_time.calendar(call.actor)
    changes = _changes(calendar, [_wish(call, each) for each in body.overrides])
    if not changes:
        return MovesOut(moves=[], calendar=calendar.version, new_calendar=calendar.version)
    found = await working_time.preview(call.actor, changes)
    return MovesOut(
        moves=[MoveOut.model_validate(move) for move in found.moves],
        calendar=found.version,
        new_calendar=found.new_version,
    )


@routes.post("/calendar/overrides", OverridesIn, AppliedOut, method="PUT", also=(409,))
async def put_overrides(call: Call, body: OverridesIn) -> AppliedOut:
    """Put these overrides in force in place of the earlier ones and move what they move."""
    working_time = call.services.working_time
    calendar = await working_time.calendar(call.actor)
    changes = _changes(calendar, [_wish(call, each) for each in body.overrides])
    if not changes and body.expected_version in (None, calendar.version):
        return AppliedOut(
            overrides=await _in_force(call), calendar=calendar.version, moves=[], told=0
        )
    done = await working_time.apply(call.actor, changes, body.expected_version or calendar.version)
    return AppliedOut(
        overrides=await _in_force(call),
        calendar=done.version,
        moves=[MoveOut.model_validate(move) for move in done.moves],
        told=done.told,
    )


@routes.get("/calendar/due", DueQuery, ReceiptOut)
async def count_term(call: Call, query: DueQuery) -> ReceiptOut:
    """When a term ends and how it was counted, day by day."""
    start = query.start or call.services.site.clock.now()
    receipt = await call.services.working_time.receipt(call.actor, start, Term.parse(query.term))
    return ReceiptOut.model_validate(dict(receipt.as_json()))
