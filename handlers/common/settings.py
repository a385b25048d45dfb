"""/settings: how and when one is told. A press changes it at once; hours may be typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiogram import Router
from aiogram.filters import Command
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager

from domain.preferences.rules import EVERY_DAY, QuietHours, parse_clock, parse_hours
from domain.preferences.running_terms import REMINDED
from domain.preferences.views import PreferencesView
from handlers.common.settings_calendar import calendar_router
from handlers.common.settings_reminders import reminder_form, reminders_router
from handlers.context import Ctx, ctx_of
from handlers.filters import Pressed
from handlers.forms import finish, open_form, seeded
from handlers.ids import number_in
from handlers.reply import show, show_new
from handlers.steps import asks_text, cancel_button
from handlers.views.settings import (
    ask_hours,
    ask_time,
    digest_events,
    digest_settings,
    muted_page,
    quiet_page,
    settings_page,
)
from handlers.views.shown import Shown


class HoursForm(StatesGroup):
    """Hours as they are typed."""

    quiet = State()
    digest = State()


def settings_router() -> Router:
    """The command and the presses of the pages."""
    router = Router(name="common-settings")
    router.message.register(show_settings, Command("settings"))
    presses: dict[str, Callable[..., Awaitable[None]]] = {
        "settings": show_settings,
        "set.quiet": show_quiet,
        "set.quiet.to": set_quiet,
        "set.quiet.off": drop_quiet,
        "set.digest": show_digest,
        "set.digest.to": set_digest,
        "set.digest.off": drop_digest,
        "set.muted": show_muted,
        "set.mute": mute,
        "digest": show_events,
        "digest.turn": turn_events,
    }
    for name, handler in presses.items():
        router.callback_query.register(handler, Pressed(name))
    router.include_routers(calendar_router(), reminders_router())
    return router


def settings_forms() -> Router:
    """What opens the form, and the form."""
    router = Router(name="common-settings-forms")
    router.callback_query.register(type_quiet, Pressed("set.quiet.type"))
    router.callback_query.register(type_digest, Pressed("set.digest.type"))
    router.include_routers(hours_dialog(), reminder_form())
    return router


async def _mine(ctx: Ctx) -> PreferencesView:
    return await ctx.services.preferences.mine(ctx.actor)


def _page(ctx: Ctx, mine: PreferencesView) -> Shown:
    role = ctx.actor.role
    in_company = role is not None and role.of_company
    return settings_page(ctx.t, mine, in_company=in_company, reminded=role in REMINDED)


async def show_settings(event: Message | CallbackQuery, ctx: Ctx) -> None:
    """Everything that may be chosen."""
    await show(event, _page(ctx, await _mine(ctx)))


# Quiet hours


async def show_quiet(press: CallbackQuery, ctx: Ctx) -> None:
    """The hours, and others to choose."""
    await show(press, quiet_page(ctx.t, await _mine(ctx)))


async def set_quiet(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """These hours on these days."""
    quiet = QuietHours(number_in(ids), number_in(ids, 1), number_in(ids, 2))
    await show(press, quiet_page(ctx.t, await ctx.services.preferences.set_quiet(ctx.actor, quiet)))


async def drop_quiet(press: CallbackQuery, ctx: Ctx) -> None:
    """No quiet hours."""
    await show(press, quiet_page(ctx.t, await ctx.services.preferences.set_quiet(ctx.actor, None)))


# Digest


async def show_digest(press: CallbackQuery, ctx: Ctx) -> None:
    """The hour, and others to choose."""
    await show(press, digest_settings(ctx.t, await _mine(ctx)))


async def set_digest(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """At this hour."""
    mine = await ctx.services.preferences.set_digest(ctx.actor, number_in(ids))
    await show(press, digest_settings(ctx.t, mine))


async def drop_digest(press: CallbackQuery, ctx: Ctx) -> None:
    """No digest: what waits for it comes now."""
    mine = await ctx.services.preferences.set_digest(ctx.actor, None)
    await show(press, digest_settings(ctx.t, mine))


async def show_events(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """All events of a digest, in a message of their own."""
    page = await ctx.services.digests.page(ctx.actor, number_in(ids), 1)
    await show_new(press, digest_events(ctx.t, page))


async def turn_events(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Another page of them."""
    page = await ctx.services.digests.page(ctx.actor, number_in(ids), number_in(ids, 1))
    await show(press, digest_events(ctx.t, page))


# Muting


async def show_muted(press: CallbackQuery, ctx: Ctx) -> None:
    """What may be muted."""
    await show(press, muted_page(ctx.t, await _mine(ctx), ctx.actor.role))


async def mute(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """One category more is muted, or one less."""
    wanted = number_in(ids, 1) == 1
    mine = await ctx.services.preferences.mute(ctx.actor, "".join(ids[:1]), wanted)
    await show(press, muted_page(ctx.t, mine, ctx.actor.role))


# Hours that are typed


async def type_quiet(press: CallbackQuery, ctx: Ctx, dialog_manager: DialogManager) -> None:
    """Quiet hours of one's own."""
    await open_form(dialog_manager, "hours", HoursForm.quiet, {}, resumes=False)


async def type_digest(press: CallbackQuery, ctx: Ctx, dialog_manager: DialogManager) -> None:
    """An hour of one's own."""
    await open_form(dialog_manager, "hours", HoursForm.digest, {}, resumes=False)


async def take_quiet(manager: DialogManager, text: str) -> None:
    """Two times; the days stay as they were."""
    ctx = ctx_of(manager)
    first, last = parse_hours(text)
    now = (await _mine(ctx)).quiet
    days = EVERY_DAY if now is None else now.days
    mine = await ctx.services.preferences.set_quiet(ctx.actor, QuietHours(first, last, days))
    await finish(manager, quiet_page(ctx.t, mine))


async def take_digest(manager: DialogManager, text: str) -> None:
    """One time."""
    ctx = ctx_of(manager)
    mine = await ctx.services.preferences.set_digest(ctx.actor, parse_clock(text))
    await finish(manager, digest_settings(ctx.t, mine))


def hours_dialog() -> Dialog:
    """Two questions, each a form of one step."""
    return Dialog(
        asks_text(lambda t, _: ask_hours(t), take_quiet, HoursForm.quiet, cancel_button()),
        asks_text(lambda t, _: ask_time(t), take_digest, HoursForm.digest, cancel_button()),
        on_start=seeded,
    )
