"""Photos of the goods: single ones, albums, images sent as files; each kept at once."""

from __future__ import annotations

from aiogram.types import Message
from aiogram_dialog import DialogManager, Window
from aiogram_dialog.widgets.input import MessageInput

from domain.errors import RuleBroken
from domain.files import FileInfo
from domain.orders.attaching import MAX_FILES
from handlers import incoming
from handlers.context import ctx_of
from handlers.forms import PRIMARY, Words, is_repeated, refuse, tell
from handlers.steps import acts
from handlers.supplier.offer_form.flow import draft_in, go_on, keep, move
from handlers.supplier.offer_form.states import OfferForm
from handlers.supplier.offer_form.steps import way_out
from handlers.views.offer_form import question
from handlers.views.translator import Html, Translator


def not_a_photo(t: Translator, message: Message) -> Html | None:
    """What to say to anything that is no picture."""
    if message.photo:
        return None
    document = message.document
    if document is not None and (document.mime_type or "").startswith("image/"):
        return None
    if incoming.described(message) is not None:
        return t("This is not a picture. Please send a photo, or an image file (JPG, PNG).")
    return t("This step needs photos of the goods. Please send at least one.")


async def _take(message: Message, _input: MessageInput, manager: DialogManager) -> None:
    ctx = ctx_of(manager)
    if is_repeated(manager):
        return
    wrong, file = not_a_photo(ctx.t, message), incoming.described(message)
    if wrong is not None or file is None or message.bot is None:
        await tell(message, manager, wrong or "")
        return
    draft = draft_in(manager)
    try:
        if len(draft.line.photos) >= MAX_FILES:
            raise RuleBroken("too_many_files", None, limit=MAX_FILES)
        kept, _ = await incoming.keep(message.bot, ctx, file)
    except RuleBroken as error:
        await refuse(message, manager, error)
        return
    if not _has(draft.line.photos, kept):
        draft.line.photos.append(kept)
    await keep(manager, draft)


def _has(photos: list[FileInfo], photo: FileInfo) -> bool:
    return any(each.sha256 == photo.sha256 for each in photos)


async def done(manager: DialogManager) -> None:
    """No more photos; there must be one (act 344, clause 13.3b)."""
    draft = draft_in(manager)
    if not draft.line.photos:
        raise RuleBroken("photo_missing", "344-13.3b")
    await go_on(manager, draft, "photos")


async def remove(manager: DialogManager) -> None:
    """Take all photos of the line away."""
    draft = draft_in(manager)
    draft.line.photos.clear()
    await move(manager, draft, "photos")


def photos_window() -> Window:
    """An album comes as several messages: the counter under the first one is renewed."""
    return Window(
        Words(lambda t, data: question(t, data["card"], data["draft"], "photos")),
        acts(lambda t, _: t.button("Done, go on"), "done", done, when="known", style=PRIMARY),
        acts(lambda t, _: t.button("Remove all photos"), "remove", remove, when="known"),
        way_out(),
        MessageInput(_take),
        state=OfferForm.photos,
    )
