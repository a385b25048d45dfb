"""One topic brought up to its ticket: made, carded, filled, renamed, closed; step by step.

Each step is written down as soon as Telegram has done it. A process killed between the two does
that one step again: an empty topic more, or one message twice, which its number tells. A recording
is never there twice: of each copy it has to be known where it stands.
"""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import replace

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramRetryAfter,
)
from aiogram.methods import SendMessage, TelegramMethod
from aiogram.types import Message
from aiohttp import ClientConnectorError

from bot.desk import posts
from bot.desk.refusals import meaning
from domain.support.merging import came_from, stood_before
from domain.support.mirror_rows import AWAY, Claimed, DeskRows
from domain.support.views import FileView, MessageView, TicketView
from domain.work import Site
from handlers.views.desk import alarm, card, heard_keyboard, topic_name
from handlers.views.desk_events import is_told
from handlers.views.translator import Translator, translator

log = structlog.get_logger(__name__)

# An act may change the ticket while its topic is written: so often it is looked at again at once.
_ROUNDS = 5
# After these it is certain that Telegram has sent nothing.
_NOT_SENT = (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramRetryAfter,
)


class TopicGone(Exception):
    """The topic was deleted: all of it has to be made anew."""


class TopicWriter:
    """Writes topics; raises what Telegram refuses and cannot be mended within the topic."""

    def __init__(self, bot: Bot, site: Site, rows: DeskRows) -> None:
        self._bot = bot
        self._site = site
        self._rows = rows

    async def bring_up(self, claimed: Claimed) -> None:
        """Let the topic show its ticket as it is now; a deleted topic is made anew."""
        topic: Claimed | None = claimed
        # A ticket that goes on changing lets others go before it; nothing has to pass for that.
        wait = 0.0
        for _ in range(_ROUNDS):
            if topic is None:
                return
            try:
                if await self._show(topic):
                    return
            except TopicGone:
                log.info("desk.topic_gone", ticket=topic.number)
                await self._rows.gone(topic.ticket_id)
                wait = 1.0
            topic = await self._rows.read(claimed.ticket_id)
        await self._rows.later(claimed.ticket_id, wait)

    async def _show(self, topic: Claimed) -> bool:
        """One round; whether the topic then shows the ticket as it is."""
        view = await self._rows.ticket(topic.number)
        over = view.state in ("closed", "merged")
        if over and topic.thread_id is None:
            return await self._rows.done(topic.ticket_id, view.line.revision, 0)
        t = translator("kk" if topic.language == "kk" else "ru")
        topic = await self._make(t, topic, view)
        topic = await self._card(t, topic, view)
        if topic.closed and not over:
            await self._close(topic, closed=False)
        await self._messages(t, topic, view)
        await self._rename(t, topic, view)
        if over and not topic.closed:
            await self._close(topic, closed=True)
        shown = alarm(view.line) + (AWAY if view.away else 0)
        return await self._rows.done(topic.ticket_id, view.line.revision, shown)

    async def _make(self, t: Translator, topic: Claimed, view: TicketView) -> Claimed:
        if topic.thread_id is not None:
            return topic
        title = topic_name(t, view)
        made = await self._bot.create_forum_topic(topic.chat_id, title)
        thread = made.message_thread_id
        await self._rows.made(topic.ticket_id, topic.chat_id, thread, title)
        return replace(topic, thread_id=thread, title=title, card_id=None)

    async def _card(self, t: Translator, topic: Claimed, view: TicketView) -> Claimed:
        """Send the card, or draw it anew where anything may have changed."""
        now = self._site.clock.now()
        shown = card(t, view, now, note_mode=topic.note_mode)
        if topic.card_id is not None:
            try:
                await self._bot.edit_message_text(
                    shown.text,
                    chat_id=topic.chat_id,
                    message_id=topic.card_id,
                    reply_markup=shown.keyboard,
                )
            except TelegramBadRequest as error:
                _raise_unless_message(error)
                # Somebody deleted the card; if the whole topic went, sending a new one tells.
                await self._rows.carded(topic.ticket_id, None)
            else:
                return topic
        sent = await self._send(
            SendMessage(
                chat_id=topic.chat_id,
                message_thread_id=topic.thread_id,
                text=shown.text,
                reply_markup=shown.keyboard,
            )
        )
        await self._rows.carded(topic.ticket_id, sent.message_id)
        try:
            await self._bot.pin_chat_message(
                topic.chat_id, sent.message_id, disable_notification=True
            )
        except TelegramBadRequest as error:
            # Without the right to pin, the desk works all the same: the card stands on top.
            log.info("desk.not_pinned", ticket=topic.number, why=error.message)
        return replace(topic, card_id=sent.message_id)

    async def _messages(self, t: Translator, topic: Claimed, view: TicketView) -> None:
        came = came_from(view.messages)
        for message in view.messages:
            # Numbers of a group only grow: what shows a message here has a greater one than this.
            after = max(topic.thread_id or 0, stood_before(came, topic.chat_id, message))
            if message.position <= topic.shown_position:
                await self._reword(t, topic, message, after)
                continue
            shown = message.author != "system" or is_told(message)
            if shown and not _stands_here(topic, message, after):
                await self._post(t, topic, message, after)
            await self._rows.shown(topic.ticket_id, message.position)

    async def _post(self, t: Translator, topic: Claimed, message: MessageView, after: int) -> None:
        """The parts of a message that do not stand in the topic yet."""
        chat, thread = topic.chat_id, topic.thread_id or 0
        parts = posts.calls(t, message, chat, thread)
        there = await self._rows.parts(message.id, chat, after)
        alone = len(parts) == 1
        for part in parts[len(there) :]:
            doubted = await self._rows.in_doubt(message.id, chat)
            if isinstance(part, FileView):
                sent = await self._once(t, topic, message, part, alone=alone)
            else:
                sent = await self._text(t, part, message)
            await self._rows.posted(message.id, chat, sent.message_id, doubted=doubted)

    async def _reword(
        self, t: Translator, topic: Claimed, message: MessageView, after: int
    ) -> None:
        """Let a message that was edited since the topic was in step read as it does now."""
        since, at = topic.behind_since, message.edited_at
        if at is None or since is None or at < since or _stands_here(topic, message, after):
            return
        chat, thread = topic.chat_id, topic.thread_id or 0
        there = await self._rows.parts(message.id, chat, after)
        parts = posts.calls(t, message, chat, thread)
        recorded = any(isinstance(each, FileView) and each.recording for each in parts)
        if there and len(there) != len(parts) and not recorded:
            await self._post_anew(t, topic, message, there, after)
            return
        for post_id, part in zip(there, parts, strict=False):
            try:
                await self._change_post(t, chat, post_id, part, message, alone=len(parts) == 1)
            except TelegramBadRequest as error:
                # The post is gone or too old: the record has the words.
                log.info("desk.not_reworded", message=message.id, why=error.message)
        if there and recorded:
            # A recording is never posted anew, only what its caption has no room for any more:
            # Telegram may refuse to delete the first copy, and nobody would know of it.
            await self._post(t, topic, message, after)

    async def _post_anew(
        self, t: Translator, topic: Claimed, message: MessageView, there: list[int], after: int
    ) -> None:
        """A text that became longer or shorter than its posts can be: it moves to the end."""
        for post_id in there:
            try:
                await self._bot.delete_message(topic.chat_id, post_id)
            except TelegramBadRequest as error:
                log.info("desk.not_deleted", message=message.id, why=error.message)
            await self._rows.unposted(message.id, topic.chat_id, post_id)
        await self._post(t, topic, message, after)

    async def _change_post(
        self,
        t: Translator,
        chat: int,
        post_id: int,
        part: TelegramMethod[Message] | FileView,
        message: MessageView,
        *,
        alone: bool,
    ) -> None:
        if isinstance(part, SendMessage):
            await self._bot.edit_message_text(part.text, chat_id=chat, message_id=post_id)
        elif alone and isinstance(part, FileView):
            caption = posts.caption_of(t, message, alone=True)
            await self._bot.edit_message_caption(chat_id=chat, message_id=post_id, caption=caption)

    async def _text(
        self, t: Translator, call: TelegramMethod[Message], message: MessageView
    ) -> Message:
        try:
            return await self._send(call)
        except TelegramBadRequest as error:
            if meaning(error) != "message" or not isinstance(call, SendMessage):
                raise
            # Better without its marks than not at all.
            log.warning("desk.markup_refused", message=message.id, why=error.message)
            plain = posts.bare(t, message, int(call.chat_id), call.message_thread_id or 0)
            return await self._send(plain[0])

    async def _once(
        self,
        t: Translator,
        topic: Claimed,
        message: MessageView,
        file: FileView,
        *,
        alone: bool,
    ) -> Message:
        """A file; of a recording no copy may stay here that nobody knows of (366, clause 21.3).

        Where a process died between Telegram and our record, the whole topic goes, with whatever
        copy is in it, and is made anew.
        """
        if file.recording is None:
            return await self._file(t, topic, message, file, alone=alone)
        chat = topic.chat_id
        if await self._rows.in_doubt(message.id, chat) and await self._removed(topic):
            await self._rows.unposted(message.id, chat, -message.id)
            raise TopicGone
        await self._rows.sending(message.id, chat)
        try:
            return await self._file(t, topic, message, file, alone=alone)
        except (TopicGone, TelegramAPIError) as error:
            if _is_not_sent(error):
                await self._rows.unposted(message.id, chat, -message.id)
            raise

    async def _removed(self, topic: Claimed) -> bool:
        """Whether the topic could be deleted with all that stands in it."""
        try:
            await self._bot.delete_forum_topic(topic.chat_id, topic.thread_id or 0)
        except TelegramBadRequest as error:
            log.warning("desk.copy_unknown", ticket=topic.number, why=error.message)
            return meaning(error) == "topic"
        return True

    async def _file(
        self,
        t: Translator,
        topic: Claimed,
        message: MessageView,
        file: FileView,
        *,
        alone: bool,
    ) -> Message:
        """A file in whichever way Telegram takes it, or the words that it cannot be shown."""
        chat, thread = topic.chat_id, topic.thread_id or 0
        caption = posts.caption_of(t, message, alone=alone)
        for way, by_id in posts.ways(t, file):
            try:
                media = await posts.media_of(self._site.files, file, by_id=by_id)
                call = posts.file_call(chat, thread, way, media, caption, heard_keyboard(t, file))
                return await self._send(call)
            except KeyError:
                continue
            except TelegramBadRequest as error:
                if meaning(error) != "message":
                    raise
                log.info("desk.file_refused", file=file.id, way=way, why=error.message)
        return await self._send(posts.instead_of(t, message, file, chat, thread))

    async def _rename(self, t: Translator, topic: Claimed, view: TicketView) -> None:
        title = topic_name(t, view)
        if title == topic.title:
            return
        await self._change(self._bot.edit_forum_topic(topic.chat_id, topic.thread_id or 0, title))
        await self._rows.titled(topic.ticket_id, title)

    async def _close(self, topic: Claimed, *, closed: bool) -> None:
        change = self._bot.close_forum_topic if closed else self._bot.reopen_forum_topic
        await self._change(change(topic.chat_id, topic.thread_id or 0))
        await self._rows.shut(topic.ticket_id, closed=closed)

    async def _change(self, call: Awaitable[bool]) -> None:
        try:
            await call
        except TelegramBadRequest as error:
            if meaning(error) == "topic":
                raise TopicGone from error
            if meaning(error) != "same":
                raise

    async def _send(self, call: TelegramMethod[Message]) -> Message:
        """Send into the topic; one that somebody has closed by hand is opened for it."""
        try:
            return await self._bot(call)
        except TelegramAPIError as error:
            if meaning(error) == "topic":
                raise TopicGone from error
            chat, thread = getattr(call, "chat_id", 0), getattr(call, "message_thread_id", 0)
            if meaning(error) != "closed" or not thread:
                raise
        await self._change(self._bot.reopen_forum_topic(chat, thread))
        return await self._bot(call)


def _is_not_sent(error: Exception) -> bool:
    """Whether it is certain that Telegram has sent nothing: it refused, or was never reached."""
    return isinstance(error, (TopicGone, *_NOT_SENT)) or isinstance(
        error.__cause__, ClientConnectorError
    )


def _raise_unless_message(error: TelegramBadRequest) -> None:
    if meaning(error) == "topic":
        raise TopicGone from error
    if meaning(error) != "message":
        raise error


def _stands_here(topic: Claimed, message: MessageView, after: int) -> bool:
    """Whether it was written in this very topic, and not in one that is gone or was merged."""
    origin = message.origin
    if origin is None or topic.thread_id is None:
        return False
    return origin.chat_id == topic.chat_id and origin.message_id > after
