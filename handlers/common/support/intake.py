"""What people send to support: voice, files, albums, texts; each goes into a request."""

from __future__ import annotations

import mimetypes

from aiogram import F
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from domain.errors import NotFound, RuleBroken
from domain.people.rules import RECORDING_CONSENT
from domain.support.promise import Channel, Promise
from domain.support.recording_rows import is_recorded
from domain.support.texts import escaped
from domain.support.views import FileKind, NewFile, Origin, TicketView
from handlers.common.support.talk import (
    Talk,
    answered_order,
    answered_ticket,
    is_refused,
    keep_talk,
    refuse_album,
    talk_of,
)
from handlers.context import Ctx
from handlers.reply import show
from handlers.views.support import already_asked, text_gone
from handlers.views.support_ticket import taken, word_taken

#: Messages that hold what somebody said, on record from the first (act 366, clause 20).
SPOKEN = F.voice | F.video_note
#: Everything that is taken as a file.
FILES = SPOKEN | F.photo | F.document | F.audio | F.video
_CLOSED = ("ticket_closed", "ticket_merged", "ticket_unknown")
#: Refusals of whoever sends, not of what is sent.
_OF_THE_SENDER = ("support_flood", "support_muted")


async def take(message: Message, ctx: Ctx, state: FSMContext) -> None:
    """Put a message into the request it belongs to, or open one; answered once."""
    talk = await talk_of(state) or Talk()
    if talk.cause == ctx.actor.cause:
        return
    if talk.rating is not None and talk.number is not None and message.text is not None:
        await _take_word(message, ctx, state, talk)
        return
    album = message.media_group_id or ""
    first = not album or album != talk.album
    replied = answered_ticket(message)
    # What is no word to a rating is another question.
    begun = talk.number if talk.rating is None else None
    number = replied or (begun if first else talk.album_number)
    order = answered_order(message) or talk.order
    try:
        ticket = await _written(ctx, message, number, order, more=not first)
    except RuleBroken as error:
        if not album or error.code not in _OF_THE_SENDER:
            raise
        if await is_refused(state, album):
            # Told at the first picture; it holds for all of them.
            return
        await refuse_album(state, album)
        raise
    spoken = is_spoken(message)
    sounds = any(is_recorded(file.kind, file.mime) for file in files_of(message))
    told = sounds and await _tell_of_recording(ctx)
    if first or told:
        promised = await asked_now(ctx, ticket, spoken=spoken)
        await show(message, taken(ctx.t, ticket, promised, ctx.now, first_voice=told))
    kept = Talk(
        number=ticket.number if replied or talk.number else None,
        order=talk.order,
        album=album,
        album_number=ticket.number,
        asked=talk.asked,
        cause=ctx.actor.cause,
    )
    await keep_talk(state, kept)


async def asked_now(ctx: Ctx, ticket: TicketView, *, spoken: bool = False) -> Promise:
    """What is promised to whoever asks in this request now."""
    channel: Channel = "voice" if spoken else "chat"
    return await ctx.services.support.promise(ctx.actor, channel, ticket.line.regime)


async def _written(
    ctx: Ctx, message: Message, number: int | None, order: int | None = None, *, more: bool = False
) -> TicketView:
    """Go on in the request ``number``; where that has ended, nothing is lost either.

    ``order``: what it is about. ``more``: the message is of the same album as the one before.
    """
    support, files = ctx.services.support, files_of(message)
    origin = Origin(message.chat.id, message.message_id)
    text = text_of(message)
    if number is not None:
        try:
            return await support.add(ctx.actor, number, text, files, origin=origin, more=more)
        except RuleBroken as error:
            if error.code not in _CLOSED:
                raise
    channel: Channel = "voice" if is_spoken(message) else "chat"
    try:
        return await support.write(
            ctx.actor, channel, text, files, order_number=order, origin=origin, more=more
        )
    except NotFound:
        # The order is gone: a draft was discarded. What is said of it is not lost.
        return await support.write(ctx.actor, channel, text, files, origin=origin, more=more)


async def _take_word(message: Message, ctx: Ctx, state: FSMContext, talk: Talk) -> None:
    """A few words to a rating given before."""
    number, rating = talk.number or 0, talk.rating or 0
    await ctx.services.support.rate(ctx.actor, number, rating, message.text or "")
    await message.answer(word_taken(ctx.t))
    # Whoever says thanks once more asks nothing.
    await keep_talk(state, Talk(cause=ctx.actor.cause, over=True))


async def _tell_of_recording(ctx: Ctx) -> bool:
    """Whether this person has yet to be told that voice is recorded; put on record that they are.

    Acts 366, clauses 20 and 21.
    """
    kind, version = RECORDING_CONSENT
    if kind in ctx.person.consents:
        return False
    language = "kk" if ctx.t.locale == "kk" else "ru"
    await ctx.services.people.record_consent(ctx.step("voice"), kind, version, language)
    return True


async def ask(press: CallbackQuery, ctx: Ctx, state: FSMContext) -> None:
    """Send the text under which the button stands."""
    message = press.message.reply_to_message if isinstance(press.message, Message) else None
    if message is None or not text_of(message):
        await press.answer(text_gone(ctx.t), show_alert=True)
        return
    talk = await talk_of(state) or Talk()
    if talk.asked == message.message_id:
        await press.answer(already_asked(ctx.t))
        return
    ticket = await _written(ctx, message, None)
    await show(press, taken(ctx.t, ticket, await asked_now(ctx, ticket), ctx.now))
    await keep_talk(state, Talk(asked=message.message_id))


def is_spoken(message: Message) -> bool:
    """Whether somebody speaks in it."""
    return message.voice is not None or message.video_note is not None


def text_of(message: Message) -> str:
    """What is written in a message or under its file, as HTML; of a contact name and phone."""
    contact = message.contact
    if contact is not None:
        said = (contact.first_name, contact.last_name, contact.phone_number)
        return escaped(" ".join(part for part in said if part))
    return message.html_text if message.text or message.caption else ""


def files_of(message: Message) -> list[NewFile]:
    """The file of a message as Telegram describes it, to be fetched later."""
    if message.photo:
        photo = message.photo[-1]
        name = f"photo-{message.message_id}.jpg"
        return [_file("photo", photo.file_id, photo.file_size, name, "image/jpeg")]
    if message.voice:
        voice = message.voice
        mime = voice.mime_type or "audio/ogg"
        name = f"voice-{message.message_id}.ogg"
        return [_file("voice", voice.file_id, voice.file_size, name, mime, voice.duration)]
    if message.video_note:
        note, name = message.video_note, f"video-{message.message_id}.mp4"
        return [_file("video_note", note.file_id, note.file_size, name, "video/mp4", note.duration)]
    if message.audio:
        audio = message.audio
        mime = audio.mime_type or "audio/mpeg"
        name = audio.file_name or _named("audio", message, mime)
        return [_file("audio", audio.file_id, audio.file_size, name, mime, audio.duration)]
    file = message.document or message.video
    if file is None:
        return []
    mime = file.mime_type or "application/octet-stream"
    name = file.file_name or _named("file", message, mime)
    return [_file("document", file.file_id, file.file_size, name, mime)]


def _named(stem: str, message: Message, mime: str) -> str:
    return f"{stem}-{message.message_id}{mimetypes.guess_extension(mime) or ''}"


def _file(
    kind: FileKind, file_id: str, size: int | None, name: str, mime: str, length: int | None = None
) -> NewFile:
    return NewFile(kind, name, mime, size or 0, length, telegram_file_id=file_id)
