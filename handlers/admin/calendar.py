"""The calendar's page; changing a day is a form."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from domain.clock import astana
from handlers.admin.people import ADMINS
from handlers.context import Ctx
from handlers.filters import MenuChosen, Pressed
from handlers.reply import show_new
from handlers.views.working_days import calendar_page


def calendar_router() -> Router:
    """The command, the menu button and the press."""
    router = Router(name="admin-calendar")
    router.message.register(open_page, Command("calendar"))
    router.message.register(open_page, MenuChosen("calendar"))
    router.callback_query.register(open_page, Pressed("calendar"))
    return router


async def open_page(event: Message | CallbackQuery, ctx: Ctx) -> None:
    """Decisions in force and the holidays ahead."""
    ctx.actor.check_role(ADMINS)
    calendar = await ctx.services.working_time.calendar(ctx.actor)
    overrides = await ctx.services.working_time.overrides(ctx.actor)
    today = astana(ctx.now).date()
    await show_new(event, calendar_page(ctx.t, calendar, overrides, today))
