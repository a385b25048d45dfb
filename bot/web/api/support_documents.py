"""Documents of the desk: the report of a period, the journal, what a fault is proved by."""

from __future__ import annotations

import asyncio

from aiohttp import web
from pydantic import Field

from bot.web.api.fields import LooseText, Whole
from bot.web.api.models import Asked
from bot.web.api.routing import Call, Group
from bot.web.api.support_models import PeriodQuery, SupportReportQuery
from domain import papers
from domain.documents.desk_report import (
    DeskReport,
    render_report_picture,
    render_report_sheet,
)
from domain.documents.evidence import evidence_name
from domain.documents.labels import Language

routes = Group("documents of the desk")

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PRIVATE = "private, no-cache"


class OwnerReportQuery(Asked):
    """What the signer proposes; left out, lines to write on."""

    proposals: LooseText = Field("", description="Proposals to prevent the fault.")


class EvidenceQuery(Asked):
    """Which part of the evidence."""

    part: Whole = Field(1, description="The first one has the cover.")


def _file(content: bytes, mime: str, name: str, how: str = "attachment") -> web.Response:
    return web.Response(
        body=content,
        content_type=mime,
        headers={
            "Content-Disposition": f'{how}; filename="{name}"',
            "Cache-Control": _PRIVATE,
            "X-Content-Type-Options": "nosniff",
        },
    )


async def _report(call: Call, query: SupportReportQuery) -> DeskReport:
    language: Language = "kk" if call.language == "kk" else "ru"
    return await papers.desk_report(
        call.services, call.actor, query.since, query.until, query.regime, language
    )


def _number(call: Call) -> int:
    return call.number("number", "incident_unknown")


@routes.get("/support/report.xlsx", SupportReportQuery, None, media=_XLSX)
async def show_support_report_sheet(call: Call, query: SupportReportQuery) -> web.Response:
    """The work of the desk in a period as a spreadsheet: totals, operators, requests."""
    data = await _report(call, query)
    return _file(await asyncio.to_thread(render_report_sheet, data), _XLSX, "support-report.xlsx")


@routes.get("/support/report.png", SupportReportQuery, None, media="image/png")
async def show_support_report_picture(call: Call, query: SupportReportQuery) -> web.Response:
    """The work of the desk in a period as a picture for a phone."""
    data = await _report(call, query)
    drawn = await asyncio.to_thread(render_report_picture, data)
    return _file(drawn, "image/png", "support-report.png", "inline")


@routes.get("/incidents/journal.xlsx", PeriodQuery, None, media=_XLSX)
async def show_journal_sheet(call: Call, query: PeriodQuery) -> web.Response:
    """The journal of users' requests registered in a period (act 627, clauses 15.2 and 16)."""
    sheet = await papers.journal_sheet(call.services, call.actor, query.since, query.until)
    return _file(sheet, _XLSX, "journal.xlsx")


@routes.get(
    "/incidents/{number}/report.pdf",
    OwnerReportQuery,
    None,
    also=(409,),
    media="application/pdf",
)
async def show_owner_report(call: Call, query: OwnerReportQuery) -> web.Response:
    """The written report on a confirmed fault, in Kazakh and Russian, to be signed."""
    number = _number(call)
    pdf = await papers.owner_report(call.services, call.actor, number, query.proposals)
    return _file(pdf, "application/pdf", f"fault-report-{number}.pdf", "inline")


@routes.get("/incidents/{number}/evidence.zip", EvidenceQuery, None, media="application/zip")
async def show_evidence(call: Call, query: EvidenceQuery) -> web.Response:
    """What a fault is proved by: a ZIP with a PDF that lists everything by SHA-256.

    What is over 45 MB goes on in further parts; the header `Tapsyrys-Parts` tells how many.
    """
    number = _number(call)
    pack = await papers.evidence_pack(call.services, call.actor, number, query.part)
    answer = _file(pack.content, "application/zip", evidence_name(number, pack))
    answer.headers["Tapsyrys-Parts"] = str(pack.parts)
    return answer
