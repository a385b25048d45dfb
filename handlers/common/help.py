"""/help: what to do next, by role."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message

from handlers.common.support.page import own_regime
from handlers.context import Ctx
from handlers.faults.banner import topped
from handlers.filters import MenuChosen
from handlers.views.account import help_page
from handlers.views.menus import main_menu


def help_router() -> Router:
    """The command and the menu button."""
    router = Router(name="common-help")
    router.message.register(show_help, Command("help"))
    router.message.register(show_help, MenuChosen("help"))
    return router


async def show_help(message: Message, ctx: Ctx) -> None:
    """The page, with the menu of the role."""
    text = await topped(ctx, help_page(ctx.t, ctx.actor.role, own_regime(ctx)))
    await message.answer(text, reply_markup=main_menu(ctx.t, ctx.actor.role))
