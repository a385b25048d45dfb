"""People without Telegram: the list, the card, and what a press does at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiogram import Router
from aiogram.types import CallbackQuery

from domain.channels.unchatty import UnchattyView
from handlers.context import Ctx
from handlers.filters import Pressed
from handlers.ids import number_in
from handlers.reply import say, show
from handlers.views.unchatty import (
    people_page,
    person_page,
    token_made,
    token_name,
    token_question,
)

_PAGE = 8


def unchatty_router() -> Router:
    """The presses."""
    router = Router(name="admin-unchatty")
    presses: dict[str, Callable[..., Awaitable[None]]] = {
        "unchatty": show_people,
        "unchatty.card": show_person,
        "unchatty.again": another_code,
        "unchatty.language": change_language,
        "unchatty.token": ask_token,
        "unchatty.token.make": make_token,
        "unchatty.untoken": end_token,
    }
    for name, handler in presses.items():
        router.callback_query.register(handler, Pressed(name))
    return router


async def show_people(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """A page of them."""
    before = number_in(ids) if ids else None
    page = await ctx.services.unchatty.page(ctx.actor, before, _PAGE)
    await show(press, people_page(ctx.t, page, first=before is None))


async def person_of(ctx: Ctx, ids: list[str]) -> UnchattyView:
    """The one a button names."""
    return await ctx.services.unchatty.one(ctx.actor, number_in(ids))


async def show_person(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """One of them."""
    await show(press, person_page(ctx.t, await person_of(ctx, ids)))


async def another_code(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Another code to the e-mail that waits for it."""
    found = await person_of(ctx, ids)
    if found.email is not None and found.email.wanted is not None:
        unchatty = ctx.services.unchatty
        found = await unchatty.give_email(ctx.actor, found.id, found.email.wanted)
    await show(press, person_page(ctx.t, found))


async def change_language(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Letters in the other language."""
    language = ids[1] if len(ids) > 1 else ""
    found = await ctx.services.unchatty.change(ctx.actor, number_in(ids), language=language)
    await show(press, person_page(ctx.t, found))


async def ask_token(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Before a token is made."""
    await show(press, token_question(ctx.t, await person_of(ctx, ids)))


async def make_token(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Make a token and show it this once, in a message of its own that can be deleted."""
    found = await person_of(ctx, ids)
    name = token_name(found)
    token = await ctx.services.integrations.create_person_token(ctx.actor, name, found.id)
    await show(press, person_page(ctx.t, await person_of(ctx, ids)))
    await say(press, token_made(ctx.t, name, token))


async def end_token(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """End a token at once; one that has ended meanwhile is gone from the card."""
    found, number = await person_of(ctx, ids), number_in(ids, 1)
    for token, name in found.tokens:
        if token == number:
            await ctx.services.integrations.revoke_token(ctx.actor, name)
    await show(press, person_page(ctx.t, await person_of(ctx, ids)))
