"""A ticket becomes the report of a fault, for its user (act 366, 25 and 26; act 627, 15)."""

from __future__ import annotations

import re

from domain.incidents.rules import CONTACTS_LIMIT
from domain.incidents.views import Reported
from handlers.context import Ctx

_NUMBER = re.compile(r"[#№]?\s*([0-9]{1,15})")


async def report_of_ticket(ctx: Ctx, number: int, typed: str) -> Reported:
    """Report what an operator typed of a ticket: what is broken, or which open incident it is.

    The user is told of it and of the decision, as of an own report.
    """
    view = await ctx.services.support.ticket(ctx.actor, number)
    line, which = view.line, _NUMBER.fullmatch(typed.strip())
    contacts = ", ".join(filter(None, (line.name, view.address or view.phone)))
    return await ctx.services.incidents.report(
        ctx.actor,
        line.subject or typed if which else typed,
        line.opened_at,
        contacts[:CONTACTS_LIMIT],
        join=int(which[1]) if which else None,
        ticket=number,
        orders=() if line.order_number is None else (line.order_number,),
    )
