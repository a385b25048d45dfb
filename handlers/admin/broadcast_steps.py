"""The form of a broadcast: its way, what each step takes, the last press."""

from __future__ import annotations

from datetime import datetime

from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager

from domain.broadcasts.rules import (
    SCREENS,
    Audience,
    Button,
    Content,
    File,
    check_code,
    check_label,
    check_link,
    check_region,
    check_start,
    check_text,
)
from domain.broadcasts.service import ADMINS
from domain.broadcasts.views import file_json, file_of
from domain.errors import RuleBroken
from domain.files import FileInfo
from domain.roles import Role
from handlers.admin.broadcast_preview import send_preview
from handlers.admin.broadcasts import follow_here
from handlers.context import Ctx, ctx_of
from handlers.faults.both import language_of
from handlers.faults.walk import Walk
from handlers.forms import Values, finish, keep_step, open_form, show_again
from handlers.sending import send_shown
from handlers.steps import Act, Take
from handlers.support.writing import html_of
from handlers.views.broadcasts import broadcast_card
from handlers.views.broadcasts_form import done, test_sent
from handlers.views.shown import Shown

NO_BUTTON, LINK = "none", "link"
WHOLE = "all"


class BroadcastForm(StatesGroup):
    """A message to many people."""

    resume = State()
    leave = State()
    text_kk = State()
    text_ru = State()
    file = State()
    button = State()
    url = State()
    label_kk = State()
    label_ru = State()
    roles = State()
    language = State()
    region = State()
    code = State()
    when = State()
    review = State()


#: What is changed together from the review.
GROUPS = ("text", "more", "whom", "when")


def steps_of(data: Values) -> list[str]:
    """The steps: the author's own language first, the parts of a link only for a link.

    Of a change from the review only those of its group.
    """
    order = ("kk", "ru") if data.get("first") == "kk" else ("ru", "kk")
    texts, labels = ([f"{name}_{each}" for each in order] for name in ("text", "label"))
    linked = ["url", *labels] if data.get("button") == LINK else []
    groups = {
        "text": texts,
        "more": ["file", "button", *linked],
        "whom": ["roles", "language", "region", "code"],
        "when": ["when"],
    }
    chosen = groups.get(str(data.get("changed") or ""))
    return [step for each in ([chosen] if chosen else groups.values()) for step in each]


WALK = Walk(BroadcastForm, steps_of)


async def begin(press: CallbackQuery, ctx: Ctx, dialog_manager: DialogManager) -> None:
    """Write a new one, or go on with the draft."""
    ctx.actor.check_role(ADMINS)
    values: Values = {
        "key": ctx.actor.cause,
        "first": language_of(ctx),
        "text_kk": "",
        "text_ru": "",
        "file": None,
        "button": NO_BUTTON,
        "url": "",
        "label_kk": "",
        "label_ru": "",
        "roles": [],
        "language": "",
        "region": "",
        "code": "",
        "when": "",
    }
    await open_form(dialog_manager, "broadcast", WALK.first(values), values)


# What the form holds


def content_of(data: Values) -> Content:
    """The message."""
    button = None
    if data["button"] == LINK:
        button = Button("", *(str(data[name]) for name in ("url", "label_kk", "label_ru")))
    elif data["button"] in SCREENS:
        button = Button(screen=str(data["button"]))
    return Content(str(data["text_kk"]), str(data["text_ru"]), file_of(data["file"]), button)


def audience_of(data: Values) -> Audience:
    """Whom it is for."""
    conditions = (str(data[name]) for name in ("language", "region", "code"))
    return Audience(tuple(map(str, data["roles"])), *conditions)


def starts_of(data: Values) -> datetime | None:
    """When it is to start; None for at once."""
    return datetime.fromisoformat(str(data["when"])) if data["when"] else None


# Steps


def take_text(step: str) -> Take:
    """Takes a message with its formatting."""

    async def take(manager: DialogManager, text: str) -> None:
        event = manager.event
        html = html_of(event) if isinstance(event, Message) else text
        manager.dialog_data[step] = check_text(html, step)
        await WALK.on(manager)

    return take


def take_label(step: str) -> Take:
    """Takes the words on the button."""

    async def take(manager: DialogManager, text: str) -> None:
        manager.dialog_data[step] = check_label(text, step)
        await WALK.on(manager)

    return take


async def take_file(manager: DialogManager, file: FileInfo, _: bytes) -> None:
    """A photo or a file; Telegram gives anything else back only as what it is."""
    event = manager.event
    if not isinstance(event, Message) or not (event.photo or event.document):
        raise RuleBroken("broadcast_file", None)
    kept = File(
        kind="photo" if event.photo else "document",
        file_id=file.telegram_file_id,
        name=file.name,
        mime=file.mime,
        size=file.size,
        sha256=file.sha256,
    )
    manager.dialog_data["file"] = file_json(kept)
    await WALK.on(manager)


async def no_file(manager: DialogManager) -> None:
    """Go on without a file."""
    manager.dialog_data["file"] = None
    await WALK.on(manager)


async def leave_as_it_is(manager: DialogManager) -> None:
    """Go on with what the form holds already."""
    await WALK.on(manager)


async def take_button(manager: DialogManager, chosen: str) -> None:
    """No button, one to a screen, or one to an address."""
    manager.dialog_data["button"] = chosen if chosen in (LINK, *SCREENS) else NO_BUTTON
    await WALK.on(manager)


async def take_link(manager: DialogManager, text: str) -> None:
    """The address of the button."""
    manager.dialog_data["url"] = check_link(text)
    await WALK.on(manager)


async def toggle_role(manager: DialogManager, chosen: str) -> None:
    """Choose a role, or take it out again."""
    data = manager.dialog_data
    roles = [str(each) for each in data["roles"]]
    if chosen in [role.value for role in Role]:
        data["roles"] = [each for each in roles if each != chosen]
        if chosen not in roles:
            data["roles"] = [*roles, chosen]
    await keep_step(manager)


async def all_roles(manager: DialogManager) -> None:
    """Every role."""
    manager.dialog_data["roles"] = []
    await WALK.on(manager)


async def take_language(manager: DialogManager, chosen: str) -> None:
    """Readers of one language, or of any."""
    manager.dialog_data["language"] = "" if chosen == WHOLE else chosen
    await WALK.on(manager)


async def take_region(manager: DialogManager, text: str) -> None:
    """A region by its button or its code, or the whole country."""
    manager.dialog_data["region"] = "" if text == WHOLE else check_region(text)
    await WALK.on(manager)


async def take_code(manager: DialogManager, text: str) -> None:
    """A code of goods."""
    manager.dialog_data["code"] = check_code(text)
    await WALK.on(manager)


async def any_goods(manager: DialogManager) -> None:
    """Whatever the goods."""
    manager.dialog_data["code"] = ""
    await WALK.on(manager)


def check_when(manager: DialogManager, at: datetime) -> None:
    """It starts in time to come."""
    check_start(at, ctx_of(manager).now)


async def at_once(manager: DialogManager) -> None:
    """Send it at the last press."""
    manager.dialog_data["when"] = ""
    await WALK.on(manager)


def change(group: str) -> Act:
    """From the review to the steps of a group, and back to the review after them."""

    async def move(manager: DialogManager) -> None:
        manager.dialog_data["changed"] = group
        await WALK.to(manager, steps_of(manager.dialog_data)[0])

    return move


# The review


async def preview(manager: DialogManager) -> None:
    """Show it as its readers will see it; the form follows below."""
    if isinstance(manager.event, CallbackQuery):
        await send_preview(manager.event, ctx_of(manager), 0, content_of(manager.dialog_data))
    await show_again(manager)


async def test(manager: DialogManager) -> None:
    """Send it to oneself, on the way that all others will get it."""
    ctx = ctx_of(manager)
    await ctx.services.broadcasts.test(ctx.actor, content_of(manager.dialog_data))
    if isinstance(manager.event, CallbackQuery):
        await send_shown(manager.event, Shown(test_sent(ctx.t)))
    await show_again(manager)


async def perform(manager: DialogManager) -> None:
    """Send it, or schedule it; the card follows the sending."""
    ctx, data = ctx_of(manager), manager.dialog_data
    broadcasts, starts = ctx.services.broadcasts, starts_of(data)
    number = await broadcasts.create(
        ctx.actor, str(data["key"]), content_of(data), audience_of(data), starts
    )
    view = await broadcasts.one(ctx.actor, number)
    await finish(manager, done(ctx.t, broadcast_card(ctx.t, view), later=starts is not None))
    if isinstance(manager.event, CallbackQuery):
        await follow_here(manager.event, ctx, view)
