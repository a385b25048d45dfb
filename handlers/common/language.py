"""The language: chosen at first, changed at any time."""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager

from handlers.common.commands import publish_for
from handlers.common.start import go_on
from handlers.context import Ctx
from handlers.filters import MenuChosen, Pressed
from handlers.forms import show_again
from handlers.reply import say, show_new
from handlers.sending import chat_of, put_shown
from handlers.views.account import languages
from handlers.views.menus import main_menu
from handlers.views.shown import Shown


def language_router() -> Router:
    """/language and its buttons."""
    router = Router(name="common-language")
    router.message.register(choose, Command("language"))
    router.message.register(choose, MenuChosen("language"))
    router.callback_query.register(choose, Pressed("languages"))
    return router


def language_forms() -> Router:
    """The choice itself: a form that is open is shown anew in the language chosen."""
    router = Router(name="common-language-forms")
    router.callback_query.register(chosen, Pressed("language"))
    return router


async def choose(event: Message | CallbackQuery, ctx: Ctx) -> None:
    """Both languages, each by its own name."""
    await show_new(event, languages(ctx.t))


async def chosen(
    press: CallbackQuery,
    ctx: Ctx,
    ids: list[str],
    state: FSMContext,
    bot: Bot,
    dialog_manager: DialogManager,
) -> None:
    """Speak this language from now on: texts, menu, commands, and the form that is open."""
    person = await ctx.services.people.choose_language(ctx.actor, "".join(ids[:1]))
    ctx = ctx.seen_as(person)
    t = ctx.t
    # Translators: name the language of this catalogue in place of English.
    now_in = t("From now on you are written to in English.")
    await put_shown(press, Shown(now_in))
    await publish_for(bot, chat_of(press), ctx.actor.role, person.language)
    if dialog_manager.has_context():
        await say(press, t("Your form goes on below."), main_menu(t, ctx.actor.role))
        dialog_manager.middleware_data["ctx"] = ctx
        await show_again(dialog_manager)
    else:
        await go_on(press, ctx, state)
