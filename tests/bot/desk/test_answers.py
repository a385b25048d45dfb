"""The files of an answer on their way to the user."""

from __future__ import annotations

from dataclasses import replace

from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import SendMessage, SendVideo, SendVideoNote, SendVoice
from sqlalchemy import select

from bot.telegram.delivery import Delivery
from bot.telegram.outgoing import OutgoingFile
from bot.telegram.sender import parts
from domain.notices.model import Notice
from domain.notices.views import NoticeView, notice_view
from domain.support.views import NewFile
from tests.bot.telegram.test_sender import NOTICE, message, sender
from tests.support.desk import DeskTown
from tests.support.factories import next_cause


def test_a_voice_bears_a_short_text_and_a_video_note_none() -> None:
    voice = message("Done", OutgoingFile("voice", file_id="V"))
    [call] = parts(voice)
    assert isinstance(call, SendVoice)
    assert call.caption == "Done"
    note, text = parts(message("Done", OutgoingFile("video_note", file_id="N")))
    assert isinstance(note, SendVideoNote)
    assert isinstance(text, SendMessage)


def test_voices_go_one_by_one() -> None:
    several = [OutgoingFile("voice", file_id=str(each)) for each in range(3)]
    methods = [call.__api_method__ for call in parts(message("Done", *several))]
    assert methods == ["sendVoice", "sendVoice", "sendVoice", "sendMessage"]


async def test_the_words_go_without_a_file_that_is_refused() -> None:
    sending, session = sender(message("Done", OutgoingFile("voice", file_id="V")))
    session.script = [lambda method: TelegramBadRequest(method, "VOICE_MESSAGES_FORBIDDEN")]
    outcome = await sending.send(NOTICE)
    assert outcome.state == "sent"
    assert [call.__api_method__ for call in session.calls] == ["sendVoice", "sendMessage"]


async def test_words_that_are_refused_are_not_tried_again() -> None:
    sending, session = sender(message("Done"))
    session.script = [lambda method: TelegramBadRequest(method, "can't parse entities")]
    assert (await sending.send(NOTICE)).state == "dead"
    assert len(session.calls) == 1


async def told(desk: DeskTown, kind: str) -> NoticeView:
    async with desk.town.site.sessions() as session:
        rows = await session.scalars(select(Notice).where(Notice.kind == kind))
        return notice_view(rows.all()[-1])


async def test_files_go_by_their_id_and_films_from_our_store(desk: DeskTown) -> None:
    view = await desk.ask()
    operator = await desk.town.actor(desk.operator)
    sha256 = await desk.town.site.files.put(b"film")
    files = [
        NewFile("voice", "v.ogg", "audio/ogg", 4, 1, telegram_file_id="V"),
        NewFile("document", "f.mp4", "video/mp4", 4, telegram_file_id="F", sha256=sha256),
        NewFile("document", "g.mp4", "video/mp4", 4, telegram_file_id="G"),
    ]
    await desk.town.services.support.answer(operator, view.number, "Смотрите", files)
    made = await Delivery(desk.town.services).render(await told(desk, "ticket.answered"))
    assert made is not None
    assert made.files == (
        OutgoingFile("voice", "v.ogg", file_id="V"),
        OutgoingFile("document", "f.mp4", b"film"),
        OutgoingFile("video", "g.mp4", file_id="G"),
    )
    assert SendVideo in [type(call) for call in parts(made)]


async def test_the_files_of_a_note_are_never_sent(desk: DeskTown) -> None:
    """Not even if a notice named them."""
    view = await desk.ask()
    operator = await desk.town.actor(desk.operator)
    secret = NewFile("voice", "v.ogg", "audio/ogg", 4, 1, telegram_file_id="V")
    support = desk.town.services.support
    found = await support.note(operator, view.number, "Между нами", [secret])
    note = found.messages[-1]
    assert (note.author, len(note.files)) == ("note", 1)
    await support.answer(operator.because(next_cause()), view.number, "Ответ")
    notice = await told(desk, "ticket.answered")
    forged = replace(notice, params={**notice.params, "message": note.id})
    made = await Delivery(desk.town.services).render(forged)
    assert made is not None
    assert made.files == ()
