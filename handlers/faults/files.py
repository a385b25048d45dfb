"""Sending the evidence of a report, each file as it was given."""

from __future__ import annotations

from aiogram.types import CallbackQuery

from domain.incidents.views import ReportView
from handlers.context import Ctx
from handlers.documents import stored_file
from handlers.sending import send_document


async def send_evidence_files(press: CallbackQuery, ctx: Ctx, report: ReportView) -> None:
    """Every file of a report, one message each."""
    for file in report.files:
        await send_document(press, await stored_file(ctx, file.sha256), file.name)
