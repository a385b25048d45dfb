"""Reports of the desk and the journal of requests, in the private chat of those who work there."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, date, datetime, time, timedelta

from aiogram import Router
from aiogram.filters import Command
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager

from domain import papers
from domain.clock import ASTANA, astana
from domain.documents.desk_report import render_report_picture, render_report_sheet
from handlers.context import Ctx, ctx_of
from handlers.documents import language_of
from handlers.filters import MenuChosen, Pressed
from handlers.forms import finish, open_form, seeded, tell
from handlers.reply import show
from handlers.sending import send_document, send_pictures
from handlers.steps import asks_text, cancel_button
from handlers.support.parts import IN_CHAT, OPERATORS, PRESSED_IN_CHAT
from handlers.views.desk_reports import (
    KINDS,
    ask_period,
    period_taken,
    period_unclear,
    report_caption,
    reports_page,
)
from handlers.views.shown import Shown

_DAY = timedelta(days=1)
_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})(?:\.(\d{4}))?|(\d{4}-\d{2}-\d{2})", re.ASCII)
_BETWEEN = re.compile(r"[\s,;–—-]*")
_MOST_TYPED = 60

Period = tuple[datetime, datetime]


class PeriodForm(StatesGroup):
    """One question."""

    period = State()


def reports_router() -> Router:
    """Command, menu button and presses."""
    router = Router(name="support-reports")
    router.message.filter(IN_CHAT)
    router.message.register(open_reports, Command("reports"))
    router.message.register(open_reports, MenuChosen("reports"))
    router.callback_query.register(turn_kind, Pressed("reports"), PRESSED_IN_CHAT)
    router.callback_query.register(make, Pressed("reports.make"), PRESSED_IN_CHAT)
    return router


def reports_form() -> Router:
    """The form of a typed period and the press that opens it."""
    router = Router(name="support-reports-form")
    router.callback_query.register(begin, Pressed("reports.period"), PRESSED_IN_CHAT)
    router.include_router(
        Dialog(
            asks_text(lambda t, _: ask_period(t), take_period, PeriodForm.period, cancel_button()),
            on_start=seeded,
        )
    )
    return router


async def open_reports(message: Message, ctx: Ctx) -> None:
    """What there is, and for which period."""
    ctx.actor.check_role(OPERATORS)
    await show(message, reports_page(ctx.t, "report"))


async def turn_kind(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The other document."""
    ctx.actor.check_role(OPERATORS)
    await show(press, reports_page(ctx.t, _kind(ids)))


async def make(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """The document of a period that is named on its button."""
    ctx.actor.check_role(OPERATORS)
    await press.answer()
    chosen = ids[1] if len(ids) > 1 else ""
    await _send(press, ctx, _kind(ids), named_period(chosen, ctx.now))


async def begin(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """Ask for another period."""
    ctx.actor.check_role(OPERATORS)
    values = {"kind": _kind(ids)}
    await open_form(dialog_manager, "reports", PeriodForm.period, values, resumes=False)


async def take_period(manager: DialogManager, text: str) -> None:
    """The typed days; then the form is over and the document comes."""
    ctx, event = ctx_of(manager), manager.event
    if not isinstance(event, Message):  # pragma: no cover - typed steps take messages
        return
    period = typed_period(text, ctx.now)
    if period is None:
        await tell(event, manager, period_unclear(ctx.t))
        return
    kind = str(manager.dialog_data["kind"])
    # What a rule refuses (a period of many years) is said while the form still stands.
    sending = await _made(ctx, kind, period)
    await finish(manager, Shown(period_taken(ctx.t)))
    await _put(event, ctx, kind, period, *sending)


def named_period(name: str, now: datetime) -> Period:
    """A week, a month or the month before, in days of Astana; the end is exclusive."""
    today = astana(now).date()
    if name == "week":
        monday = today - _DAY * today.weekday()
        return _at(monday), _at(monday + _DAY * 7)
    first = today.replace(day=1)
    if name == "last_month":
        return _at((first - _DAY).replace(day=1)), _at(first)
    return _at(first), _at((first + _DAY * 31).replace(day=1))


def typed_period(text: str, now: datetime) -> Period | None:
    """Two days, or one, as people type them; None when they cannot be read.

    A day without a year is the latest such day that has begun.
    """
    found = list(_DATE.finditer(text[:_MOST_TYPED]))
    rest = _DATE.sub("", text)
    if len(found) not in (1, 2) or not _BETWEEN.fullmatch(rest):
        return None
    try:
        days = [_day(each, astana(now).date()) for each in found]
    except ValueError:
        return None
    if days[0] > days[-1]:
        return None
    return _at(days[0]), _at(days[-1] + _DAY)


def _day(found: re.Match[str], today: date) -> date:
    if found[4]:
        return date.fromisoformat(found[4])
    day, month = int(found[1]), int(found[2])
    if found[3]:
        return date(int(found[3]), month, day)
    this_year = date(today.year, month, day)
    return this_year if this_year <= today else date(today.year - 1, month, day)


def _at(day: date) -> datetime:
    return datetime.combine(day, time(), ASTANA).astimezone(UTC)


def _kind(ids: list[str]) -> str:
    return ids[0] if ids and ids[0] in KINDS else "report"


async def _made(ctx: Ctx, kind: str, period: Period) -> tuple[list[bytes], bytes]:
    """The pictures and the spreadsheet."""
    if kind == "journal":
        return [], await papers.journal_sheet(ctx.services, ctx.actor, *period)
    data = await papers.desk_report(ctx.services, ctx.actor, *period, None, language_of(ctx))
    picture = await asyncio.to_thread(render_report_picture, data)
    return [picture], await asyncio.to_thread(render_report_sheet, data)


async def _send(event: Message | CallbackQuery, ctx: Ctx, kind: str, period: Period) -> None:
    await _put(event, ctx, kind, period, *await _made(ctx, kind, period))


async def _put(
    event: Message | CallbackQuery,
    ctx: Ctx,
    kind: str,
    period: Period,
    pictures: list[bytes],
    sheet: bytes,
) -> None:
    await send_pictures(event, pictures)
    name = f"{kind}-{astana(period[0]):%Y-%m-%d}-{astana(period[1]) - _DAY:%Y-%m-%d}.xlsx"
    await send_document(event, sheet, name, report_caption(ctx.t, kind, *period))
