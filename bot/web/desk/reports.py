"""The work of the desk in a period: a table on the page, the same as picture and spreadsheet."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, time, timedelta

from aiohttp import hdrs, web
from pydantic import BaseModel

from bot.web.api.reading import check_shape, read_query
from bot.web.desk.frame import Visit, answer
from domain import papers
from domain.clock import ASTANA
from domain.documents.desk_report import (
    DeskReport,
    render_report_picture,
    render_report_sheet,
    report_view,
)
from domain.errors import RuleBroken

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class PeriodIn(BaseModel):
    """The first and the last day, in Astana; both are in the period."""

    since: date
    until: date


async def report(visit: Visit) -> web.Response:
    """The report as finished strings."""
    data = await _data(visit)
    view = report_view(data)
    # The moment of forming would make every look a new one.
    return answer(visit.request, {name: view[name] for name in view if name != "formed"})


async def picture(visit: Visit) -> web.Response:
    """The report as a picture."""
    data = await _data(visit)
    return _file("image/png", await asyncio.to_thread(render_report_picture, data))


async def sheet(visit: Visit) -> web.Response:
    """The report as a spreadsheet."""
    since, until = _period(visit)
    data = await papers.desk_report(
        visit.services, visit.actor, since, until, None, visit.document_language
    )
    return _file(_XLSX, await asyncio.to_thread(render_report_sheet, data))


async def journal(visit: Visit) -> web.Response:
    """The journal of requests as a spreadsheet (act 627, clauses 15.2 and 16)."""
    period = _period(visit)
    return _file(_XLSX, await papers.journal_sheet(visit.services, visit.actor, *period))


async def _data(visit: Visit) -> DeskReport:
    """The figures alone: the tickets themselves stand in the spreadsheet only."""
    report = await visit.services.support.report(visit.actor, *_period(visit))
    return DeskReport(report, None, visit.now, visit.document_language)


def _period(visit: Visit) -> tuple[datetime, datetime]:
    asked = check_shape(PeriodIn, read_query(visit.request.query_string))
    try:
        return _at(asked.since), _at(asked.until + timedelta(days=1))
    except OverflowError:
        raise RuleBroken("period_range") from None


def _at(day: date) -> datetime:
    return datetime.combine(day, time(), ASTANA).astimezone(UTC)


def _file(mime: str, content: bytes) -> web.Response:
    # The page gives it a name: it knows the period as its reader wrote it.
    headers = {hdrs.CONTENT_DISPOSITION: "attachment"}
    return web.Response(body=content, content_type=mime, headers=headers)
