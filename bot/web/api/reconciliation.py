"""What the last nightly check has found."""

from __future__ import annotations

from bot.web.api.answers import Answer
from bot.web.api.fields import MomentOut
from bot.web.api.models import PageQuery
from bot.web.api.reading import cursor_of, read_cursor
from bot.web.api.routing import Call, Group

routes = Group("reconciliation")


class DifferenceOut(Answer):
    """Something that is not as it must be; ``detail`` depends on the code."""

    code: str
    subject: str
    kind: str
    detail: dict[str, object]


class RunOut(Answer):
    """A finished run: how many deadlines and states it looked at, how many differences it found."""

    number: int
    ground: str
    started_at: MomentOut
    finished_at: MomentOut | None
    checked: int
    found: int


class ReconciliationOut(Answer):
    """The last run with a page of its differences; no run before the first night."""

    run: RunOut | None
    items: list[DifferenceOut]
    next: str | None


@routes.get("/reconciliation", PageQuery, ReconciliationOut)
async def show_reconciliation(call: Call, query: PageQuery) -> ReconciliationOut:
    """The last finished run and what it found; nothing is ever mended by it."""
    service = call.services.reconciliation
    run = await service.last(call.actor)
    if run is None:
        return ReconciliationOut(run=None, items=[], next=None)
    after = read_cursor("difference", query.cursor) or 0
    found = await service.differences(call.actor, run.number, after, query.size + 1)
    shown = found[: query.size]
    return ReconciliationOut(
        run=RunOut.model_validate(run, from_attributes=True),
        items=[DifferenceOut.model_validate(each, from_attributes=True) for each in shown],
        next=cursor_of("difference", shown[-1].position) if len(found) > query.size else None,
    )
