"""The work of the support desk in a period."""

from __future__ import annotations

from bot.web.api.routing import Call, Group
from bot.web.api.support_answers import SupportReportOut
from bot.web.api.support_models import SupportReportQuery

routes = Group("support")


@routes.get("/support/report", SupportReportQuery, SupportReportOut)
async def show_support_report(call: Call, query: SupportReportQuery) -> SupportReportOut:
    """Requests by kind, times of answers in working minutes, promises, operators, ratings."""
    report = await call.services.support.report(call.actor, query.since, query.until, query.regime)
    return SupportReportOut.model_validate(report)
