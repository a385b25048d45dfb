"""Sending a notice: rendered at this moment, sent in parts where it is long, its outcome told."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramMigrateToChat,
)
from aiogram.methods import (
    SendAudio,
    SendDocument,
    SendMediaGroup,
    SendPhoto,
    SendVideo,
    SendVideoNote,
    SendVoice,
    TelegramMethod,
)
from aiogram.types import (
    BufferedInputFile,
    InputMediaDocument,
    InputMediaPhoto,
    MediaUnion,
    Message,
)

from bot.telegram.gateway import queued
from bot.telegram.limits import Urgency
from bot.telegram.outcome import classify
from bot.telegram.outgoing import Outgoing, OutgoingFile
from bot.telegram.session import SendText, number_of
from bot.telegram.uploads import Uploads
from domain.notices.model import Lane
from domain.notices.queue import Outcome
from domain.notices.views import UNKNOWN, NoticeView
from handlers.views.split import CAPTION_LIMIT, split_html, visible_length

log = structlog.get_logger(__name__)

_ALBUM = 10
# Notices whose first parts went out and whose later ones did not.
_MANY_UNFINISHED = 1000
# How many parts went out, of how many, in which language: of another text they are no part.
_Unfinished = tuple[int, int, str]

Render = Callable[[NoticeView], Awaitable[Outgoing | None]]


def _input(file: OutgoingFile) -> BufferedInputFile | str:
    return file.file_id or BufferedInputFile(file.content, file.name)


def _media(file: OutgoingFile) -> InputMediaPhoto | InputMediaDocument:
    kind = InputMediaPhoto if file.kind == "photo" else InputMediaDocument
    return kind(media=_input(file))


_SENDERS: dict[str, type[TelegramMethod[Message]]] = {
    "photo": SendPhoto,
    "document": SendDocument,
    "voice": SendVoice,
    "audio": SendAudio,
    "video": SendVideo,
    "video_note": SendVideoNote,
}
# What Telegram takes into an album; the rest goes one by one.
_IN_ALBUMS = frozenset({"photo", "document"})


def _one_file(message: Outgoing, file: OutgoingFile, **more: Any) -> TelegramMethod[Any]:
    media: dict[str, Any] = {file.kind: _input(file)}
    return _SENDERS[file.kind](**media, **_common(message), **more)


def _common(message: Outgoing) -> dict[str, Any]:
    return {
        "chat_id": message.chat_id,
        "message_thread_id": message.thread_id,
        "disable_notification": message.silent or None,
    }


def _albums(message: Outgoing) -> Iterator[TelegramMethod[Any]]:
    """Files in their order: neighbours of one kind as albums, a lone one by itself."""
    for kind, group in groupby(message.files, key=lambda file: file.kind):
        files = list(group)
        most = _ALBUM if kind in _IN_ALBUMS else 1
        for start in range(0, len(files), most):
            album = files[start : start + most]
            if len(album) == 1:
                yield _one_file(message, album[0])
            else:
                media: list[MediaUnion] = [_media(file) for file in album]
                yield SendMediaGroup(media=media, **_common(message))


def parts(message: Outgoing) -> list[TelegramMethod[Any]]:
    """The calls that bring a message: files first, the text with its keyboard last.

    One file and a text short enough for a caption go as one.
    """
    # Nothing can be written under the circle of a video note.
    captioned = len(message.files) == 1 and message.files[0].kind != "video_note"
    if captioned and visible_length(message.text) <= CAPTION_LIMIT:
        more = {"caption": message.text or None, "reply_markup": message.keyboard}
        return [_one_file(message, message.files[0], **more)]
    texts = split_html(message.text)
    calls = list(_albums(message))
    for number, text in enumerate(texts, 1):
        keyboard = message.keyboard if number == len(texts) else None
        calls.append(SendText(text=text, reply_markup=keyboard, **_common(message)))
    return calls


class TelegramSender:
    """Sends what the dispatcher gives it; ``render`` makes the text (``None``: no chat).

    ``allowed`` is asked just before each call: whether the turn of this fence is still ours.
    """

    def __init__(
        self,
        bot: Bot,
        render: Render,
        allowed: Callable[[int | None], bool] = lambda _fence: True,
    ) -> None:
        self._bot = bot
        self._render = render
        self._allowed = allowed
        self._uploads = Uploads()
        # By the number of a notice: a repetition goes on after them.
        self._went_out: OrderedDict[int, _Unfinished] = OrderedDict()

    async def send(self, notice: NoticeView) -> Outcome:
        """Send a notice; never raises for what Telegram, the database or a view does."""
        try:
            message = await self._render(notice)
            if message is None:
                return Outcome("unreachable", reason="no chat")
            with queued(Urgency(notice.lane + 1), partial(self._allowed, notice.fence)):
                message_id = await self._send_or_words(notice.number, message)
        except Exception as error:
            outcome = self._carefully(notice, classify(error, attempts=notice.attempts))
            log.warning(
                "notice.not_sent", notice=notice.number, outcome=outcome.state, why=outcome.reason
            )
            return outcome
        return Outcome("sent", message_id=message_id)

    @staticmethod
    def _carefully(notice: NoticeView, outcome: Outcome) -> Outcome:
        """What may have arrived is sent once more, with its number in the text, and then left to
        the next channel and the admins. A statutory notice that comes twice does less harm than
        one that never comes: it is tried as often as any other.
        """
        if outcome.state == "unknown" and notice.repeated and notice.lane != Lane.STATUTORY:
            return replace(outcome, state="dead", reason=f"{UNKNOWN}, twice: {outcome.reason}")
        return outcome

    async def _send_or_words(self, number: int, message: Outgoing) -> int | None:
        """Send it; where Telegram refuses a file (a person takes no voice, an id is no good any
        more), the words go without it: they must not be lost with a picture. A group that has
        become another is written to under its new number."""
        try:
            return await self._send(number, message)
        except TelegramMigrateToChat as error:
            log.warning("notice.group_moved", notice=number)
            return await self._send(number, replace(message, chat_id=error.migrate_to_chat_id))
        except (TelegramBadRequest, TelegramEntityTooLarge) as error:
            # Words that are refused by themselves are no better without the files before them.
            of_file = message.files and not isinstance(error.method, SendText)
            if not of_file or classify(error).state != "dead":
                raise
            self._went_out.pop(number, None)
            if self._uploads.forget(message.files):
                # An id of ours was no good any more: as bytes they go.
                return await self._send_or_words(number, message)
            log.warning("notice.without_files", notice=number, why=error.message)
            return await self._send(number, replace(message, files=()))

    async def _send(self, number: int, message: Outgoing) -> int | None:
        message_id, given = None, message.files
        if given:
            message = replace(message, files=self._uploads.known(given))
        calls = parts(message)
        gone, *of_what = self._went_out.pop(number, (0,))
        if of_what != [len(calls), message.language]:
            gone = 0
        for index in range(gone, len(calls)):
            try:
                sent = await self._bot(calls[index])
            except Exception:
                if index:
                    self._went_out[number] = index, len(calls), message.language
                    if len(self._went_out) > _MANY_UNFINISHED:
                        self._went_out.popitem(last=False)
                raise
            messages = sent if isinstance(sent, list) else [sent]
            if given:
                self._uploads.learn(given, messages)
            message_id = number_of(messages[-1])
        return message_id
