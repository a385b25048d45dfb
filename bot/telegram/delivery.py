"""From a notice's row to a message: reader, language, text, files."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping

from sqlalchemy import and_, select

from bot.telegram.outgoing import FileKind, Keyboard, Outgoing, OutgoingFile
from domain.actor import Actor
from domain.documents.labels import Language
from domain.documents.protocol import render_protocol
from domain.documents.summary import render_summary_picture
from domain.documents.summary_sheet import render_summary_sheet
from domain.notices.views import NoticeView, Reader
from domain.people.model import Membership, Person
from domain.roles import Role
from domain.services import Services
from handlers.context import locale_of
from handlers.views.menus import main_menu
from handlers.views.notices import CHANGING_MENU, render
from handlers.views.shown import Attachment
from handlers.views.translator import translator

_KINDS: Mapping[str, FileKind] = {
    "photo": "photo",
    "voice": "voice",
    "audio": "audio",
    "video_note": "video_note",
}


def of_broadcast(notice: NoticeView) -> list[OutgoingFile]:
    """The picture or document of a broadcast, by Telegram's id: it is uploaded once for all."""
    given = notice.params.get("file")
    if not notice.kind.startswith("broadcast.") or not isinstance(given, Mapping):
        return []
    kind = _KINDS.get(str(given.get("kind")), "document")
    return [OutgoingFile(kind, str(given.get("name")), file_id=str(given.get("file_id")))]


# What wakes nobody up.
_SILENT = frozenset({"service.canary"})


class Delivery:
    """Renders notices at the moment of sending (design: the third road)."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def render(self, notice: NoticeView) -> Outgoing | None:
        """The message of a notice in the language its reader has now; None without a chat."""
        reader = notice.reader or await self._reader(notice.person_id)
        chat_id = reader.telegram_id
        if chat_id is None:
            return None
        locale = locale_of(reader.language)
        t = translator(locale)
        shown = render(t, notice, self._services.site.clock.now())
        files: list[OutgoingFile] = []
        for attachment in shown.attachments:
            files.extend(await self._files(attachment, "kk" if locale == "kk" else "ru"))
        if notice.kind == "ticket.answered":
            files.extend(await self._of_answer(notice))
        files.extend(of_broadcast(notice))
        keyboard: Keyboard | None = shown.keyboard
        if notice.kind in CHANGING_MENU:
            keyboard = main_menu(t, Role(reader.role) if reader.role else None)
        silent = notice.kind in _SILENT
        return Outgoing(chat_id, shown.text, keyboard, tuple(files), locale, silent)

    async def _reader(self, person_id: int) -> Reader:
        current = and_(Membership.id == Person.current_membership_id, Membership.state == "active")
        async with self._services.site.sessions() as session:
            rows = await session.execute(
                select(Person.telegram_id, Person.language, Membership.role)
                .outerjoin(Membership, current)
                .where(Person.id == person_id)
            )
            return Reader(*rows.one())

    async def _of_answer(self, notice: NoticeView) -> list[OutgoingFile]:
        """What an operator sent with an answer: by Telegram's id, or from our store."""
        message = notice.params.get("message")
        if not isinstance(message, int):
            return []
        found = await self._services.desk.files_of_answer(Actor.system("delivery"), message)
        store = self._services.site.files
        sent: list[OutgoingFile] = []
        for file in found:
            video = file.kind == "document" and file.mime.startswith("video/")
            kind = _KINDS.get(file.kind, "document")
            # An id is taken back only as the kind it was sent as, and a film may be one of two:
            # as bytes it always goes.
            if file.sha256 and (video or not file.telegram_file_id):
                # A copy that is gone (destroyed just now) must not hold the words up.
                with contextlib.suppress(KeyError):
                    sent.append(OutgoingFile(kind, file.name, await store.get(file.sha256)))
            elif file.telegram_file_id:
                kind = "video" if video else kind
                sent.append(OutgoingFile(kind, file.name, file_id=file.telegram_file_id))
        return sent

    async def _files(self, attachment: Attachment, language: Language) -> list[OutgoingFile]:
        """Draw what the notice carries; in a thread, for drawing takes tens of milliseconds."""
        reader = Actor.system("delivery")
        if attachment.kind == "protocol":
            version = attachment.part or None
            data, _hash = await self._services.awards.protocol(reader, attachment.number, version)
            pdf = await asyncio.to_thread(render_protocol, data)
            return [OutgoingFile("document", f"protocol-{data.number}.pdf", pdf)]
        summary = await self._services.awards.summary(reader, attachment.number, language)
        if attachment.kind == "summary_picture":
            pictures = await asyncio.to_thread(render_summary_picture, summary)
            return [
                OutgoingFile("photo", f"summary-{attachment.number}-{part}.png", picture)
                for part, picture in enumerate(pictures, start=1)
            ]
        sheet = await asyncio.to_thread(render_summary_sheet, summary)
        return [OutgoingFile("document", f"summary-{attachment.number}.xlsx", sheet)]
