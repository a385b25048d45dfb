"""E-mail, SMS and others: the page under the account, the form that proves an address, links back.

A letter's link opens the notice in the chat again, with its buttons.
"""

from __future__ import annotations

from aiogram import Bot, F, Router
from aiogram.filters import CommandObject, CommandStart
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import Dialog, DialogManager

from domain.channels.rules import EMAIL
from handlers.common.commands import publish_for
from handlers.common.start import go_on, show_home
from handlers.context import Ctx, ctx_of
from handlers.filters import Pressed
from handlers.forms import DANGER, finish, go, open_form, seeded
from handlers.ids import number_in
from handlers.reply import say, show, show_new
from handlers.sending import chat_of, put_shown
from handlers.steps import acts, asks_text, cancel_button
from handlers.views import addresses as texts
from handlers.views.joining import ask_join, joined
from handlers.views.notices import render
from handlers.views.shown import Shown
from handlers.views.translator import Html, Translator

#: What a letter's link begins with: ``https://t.me/<bot>?start=notice_15``.
_LINK = "notice_"


class AddressForm(StatesGroup):
    """Which address, and its code."""

    address = State()
    code = State()


def addresses_router() -> Router:
    """The page and its presses, and the links of letters."""
    router = Router(name="common-addresses")
    by_link = CommandStart(deep_link=True, magic=F.args.regexp(rf"^{_LINK}[0-9]{{1,18}}$"))
    router.message.register(open_linked, by_link)
    router.callback_query.register(show_page, Pressed("addresses"))
    router.callback_query.register(show_join, Pressed("join"))
    router.callback_query.register(join, Pressed("join.do"))
    router.callback_query.register(send_test, Pressed("address.test"))
    router.callback_query.register(ask_remove, Pressed("address.drop"))
    router.callback_query.register(remove, Pressed("address.gone"))
    return router


def address_forms() -> Router:
    """The form and what opens it."""
    router = Router(name="common-address-form")
    router.callback_query.register(begin, Pressed("address.add"))
    router.callback_query.register(begin_email, Pressed("join.begin"))
    router.callback_query.register(enter_code, Pressed("address.code"))
    router.include_router(
        Dialog(
            asks_text(
                lambda t, data: texts.ask_address(t, data["dialog_data"]["channel"]),
                take_address,
                AddressForm.address,
                cancel_button(),
            ),
            asks_text(
                _code_question,
                take_code,
                AddressForm.code,
                acts(lambda t, _: t.button("Another code"), "again", another_code),
                acts(lambda t, _: t.button("Cancel"), "cancel", leave_code, style=DANGER),
            ),
            on_start=seeded,
        )
    )
    return router


def _code_question(t: Translator, data: dict[str, dict[str, str]]) -> Html:
    values = data["dialog_data"]
    return texts.ask_code(t, values["shown"], again="again" in values)


def _channel(ids: list[str]) -> str:
    """The channel of a press; an unknown one is refused by every use case."""
    return ids[0] if ids and ids[0] in texts.CHANNELS else ""


async def _page(ctx: Ctx) -> Shown:
    addresses = ctx.services.addresses
    joins = await ctx.services.joining.offer(ctx.actor) is not None
    mine = await addresses.mine(ctx.actor)
    return texts.page(ctx.t, mine, addresses.served.channels, joins=joins)


async def show_page(press: CallbackQuery, ctx: Ctx) -> None:
    """All addresses as they stand."""
    await show(press, await _page(ctx))


async def send_test(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """A message to one's own address."""
    channel = _channel(ids)
    await ctx.services.addresses.test(ctx.actor, channel)
    await say(press, texts.test_sent(ctx.t, channel))


async def ask_remove(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Ask before an address is taken away."""
    mine = await ctx.services.addresses.mine(ctx.actor)
    found = next((each for each in mine if each.channel == _channel(ids)), None)
    await show(press, await _page(ctx) if found is None else texts.ask_remove(ctx.t, found))


async def remove(press: CallbackQuery, ctx: Ctx, ids: list[str]) -> None:
    """Take it away."""
    await ctx.services.addresses.remove(ctx.actor, _channel(ids))
    await show(press, await _page(ctx))


async def show_join(press: CallbackQuery, ctx: Ctx) -> None:
    """What may be joined; nothing any more: the addresses as they stand."""
    offer = await ctx.services.joining.offer(ctx.actor)
    await show(press, await _page(ctx) if offer is None else ask_join(ctx.t, offer))


async def join(press: CallbackQuery, ctx: Ctx, ids: list[str], bot: Bot) -> None:
    """Join the two accounts: menu and commands follow the role."""
    person = await ctx.services.joining.join(ctx.actor, number_in(ids))
    role = person.membership.role if person.membership else None
    await publish_for(bot, chat_of(press), role, person.language)
    await put_shown(press, Shown(joined(ctx.t, person)))
    await show_home(press, ctx.seen_as(person))


async def open_linked(
    message: Message, command: CommandObject, ctx: Ctx, state: FSMContext
) -> None:
    """The notice of a letter's link; anybody else's, or none, leads to the menu."""
    number = int((command.args or "").removeprefix(_LINK))
    page = await ctx.services.notices.page(ctx.actor, number + 1, 1)
    if not page.notices or page.notices[0].number != number:
        await go_on(message, ctx, state)
        return
    await show_new(message, render(ctx.t, page.notices[0], ctx.now))
    await ctx.services.notices.mark_read(ctx.actor, [number])


# The form


async def begin(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """Give an address, or another one."""
    channel = _channel(ids)
    ctx.services.addresses.served.check(channel)
    await open_form(
        dialog_manager, "address", AddressForm.address, {"channel": channel}, resumes=False
    )


async def begin_email(press: CallbackQuery, ctx: Ctx, dialog_manager: DialogManager) -> None:
    """Whoever was registered without Telegram proves the e-mail of that account."""
    await begin(press, ctx, [EMAIL], dialog_manager)


async def enter_code(
    press: CallbackQuery, ctx: Ctx, ids: list[str], dialog_manager: DialogManager
) -> None:
    """The code of an address that waits for it."""
    mine = await ctx.services.addresses.mine(ctx.actor)
    found = next((each for each in mine if each.channel == _channel(ids)), None)
    if found is None or found.wanted is None:
        await show(press, await _page(ctx))
        return
    values = {"channel": found.channel, "shown": texts.masked(found.channel, found.wanted)}
    await open_form(dialog_manager, "address", AddressForm.code, values, resumes=False)


async def take_address(manager: DialogManager, text: str) -> None:
    """The address as typed: a code goes to it."""
    ctx, data = ctx_of(manager), manager.dialog_data
    found = await ctx.services.addresses.want(ctx.actor, data["channel"], text)
    data["shown"] = texts.masked(found.channel, found.wanted or "")
    await go(manager, AddressForm.code)


async def another_code(manager: DialogManager) -> None:
    """Another code; the step stays."""
    ctx = ctx_of(manager)
    await ctx.services.addresses.ask_again(ctx.actor, manager.dialog_data["channel"])
    manager.dialog_data["again"] = "yes"


async def take_code(manager: DialogManager, text: str) -> None:
    """The code as typed."""
    ctx = ctx_of(manager)
    await ctx.services.addresses.confirm(ctx.actor, manager.dialog_data["channel"], text)
    offer = await ctx.services.joining.offer(ctx.actor)
    then = await _page(ctx) if offer is None else ask_join(ctx.t, offer)
    await finish(manager, Shown(texts.confirmed(ctx.t)), then)


async def leave_code(manager: DialogManager) -> None:
    """Leave the form; the code that was asked for goes all the same, and can be given later."""
    ctx = ctx_of(manager)
    said = texts.code_waits(ctx.t, manager.dialog_data["shown"])
    await finish(manager, Shown(said), await _page(ctx))
