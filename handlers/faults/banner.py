"""The line on top of the menu, help and the page of support while a fault or works last."""

from __future__ import annotations

from handlers.context import Ctx
from handlers.views.faults_status import banner
from handlers.views.translator import Html, join


async def topped(ctx: Ctx, text: Html) -> Html:
    """``text`` under the line; unchanged while everything works and no works are near."""
    status = await ctx.services.maintenance.status(ctx.actor)
    return join([banner(ctx.t, status), text], "\n\n")
