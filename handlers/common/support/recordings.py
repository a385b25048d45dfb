"""What support keeps of the person who asks: own recordings, the export, deletion."""

from __future__ import annotations

import json

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.types import CallbackQuery

from domain.clock import astana
from handlers.context import Ctx
from handlers.filters import Pressed
from handlers.reply import show, show_new
from handlers.sending import send_document
from handlers.views.recordings_own import (
    ask_deletion,
    deletion_answered,
    export_caption,
    export_name,
    own_page,
)

_OVER = F.message.chat.type == ChatType.PRIVATE
_MOST_DIGITS = 4


def own_recordings_router() -> Router:
    """Presses; also of guests and of suspended accounts, as it is their own."""
    router = Router(name="common-own-recordings")
    router.callback_query.register(show_own, Pressed("own.data"), _OVER)
    router.callback_query.register(send_export, Pressed("own.file"), _OVER)
    router.callback_query.register(confirm_deletion, Pressed("own.delete"), _OVER)
    router.callback_query.register(request_deletion, Pressed("own.delete.yes"), _OVER)
    return router


async def show_own(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """A page of own recordings."""
    found = await ctx.services.recordings.mine(ctx.actor)
    await show(press, own_page(ctx.t, found, page_in(ids)))


async def send_export(press: CallbackQuery, ctx: Ctx) -> None:
    """All that support keeps of the person, as a file."""
    data = await ctx.services.recordings.my_data(ctx.actor)
    await press.answer()
    content = json.dumps(data, ensure_ascii=False, indent=2).encode()
    name = export_name(astana(ctx.now).date())
    await send_document(press, content, name, export_caption(ctx.t))


async def confirm_deletion(press: CallbackQuery, ctx: Ctx) -> None:
    """Ask first."""
    await show(press, ask_deletion(ctx.t))


async def request_deletion(press: CallbackQuery, ctx: Ctx) -> None:
    """On record; the answer says what the law lets be deleted."""
    answer = await ctx.services.recordings.ask_deletion(ctx.actor)
    await show_new(press, deletion_answered(ctx.t, answer))


def page_in(ids: list[str], at: int = 0) -> int:
    """The page that a button carries; the first of a forged one."""
    given = ids[at] if at < len(ids) else ""
    return int(given) if given.isascii() and given.isdecimal() and len(given) <= _MOST_DIGITS else 0
