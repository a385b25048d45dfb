"""Photos of the goods: single ones, albums, images sent as files; each kept at once."""

from __future__ import annotations

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button

from domain.errors import RuleBroken
from domain.files import FileInfo
from domain.orders.service import MAX_FILES
from handlers.context import ctx_of
from handlers.forms import PRIMARY, Words, refuse
from handlers.incoming import described, keep
from handlers.supplier.offer_form.flow import draft_in, go_on, move
from handlers.supplier.offer_form.flow import keep as keep_draft
from handlers.supplier.offer_form.states import OfferForm
from handlers.supplier.offer_form.steps import foot, once
from handlers.supplier.opening import is_repeated, tell
from handlers.views.offer_form import question
from handlers.views.translator import Html, Translator


def not_a_photo(t: Translator, message: Message) -> Html | None:
    """What to say to anything that is no picture."""
    if message.photo:
        return None
    document = message.document
    if document is not None and (document.mime_type or "").startswith("image/"):
        return None
    if described(message) is not None:
        return t("This is not a picture. Please send a photo, or an image file (JPG, PNG).")
    return t("This step needs photos of the goods. Please send at least one.")


async def _take(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    ctx = ctx_of(manager)
    if is_repeated(manager):
        return
    wrong, file = not_a_photo(ctx.t, message), described(message)
    if wrong is not None or file is None or message.bot is None:
        await tell(message, manager, wrong or Html(""))
        return
    draft = draft_in(manager)
    try:
        if len(draft.line.photos) >= MAX_FILES:
            raise RuleBroken("too_many_files", None, limit=MAX_FILES)
        kept, _ = await keep(message.bot, ctx, file)
    except RuleBroken as error:
        await refuse(message, manager, error)
        return
    if not _has(draft.line.photos, kept):
        draft.line.photos.append(kept)
    await keep_draft(manager, draft)


def _has(photos: list[FileInfo], photo: FileInfo) -> bool:
    return any(each.sha256 == photo.sha256 for each in photos)


async def _done(_press: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    draft = draft_in(manager)
    if not draft.line.photos:
        raise RuleBroken("photo_missing", "344-13.3b")
    await go_on(manager, draft, "photos")


async def _remove(_press: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    draft = draft_in(manager)
    draft.line.photos.clear()
    await move(manager, draft, "photos")


def photos_window() -> Window:
    """An album comes as several messages: the counter under the first one is renewed."""
    keep_button, row = foot("photos")
    del keep_button  # "Done" says the same
    return Window(
        Words(lambda t, data: question(t, data["card"], data["draft"], "photos")),
        Button(
            Words(lambda t, _: t.button("Done, go on")),
            "photos_done",
            on_click=once(_done),
            when="known",
            style=PRIMARY,
        ),
        Button(
            Words(lambda t, _: t.button("Remove all photos")),
            "photos_remove",
            on_click=once(_remove),
            when="known",
        ),
        row,
        MessageInput(_take),
        state=OfferForm.photos,
    )
