"""Files both ways: uploads, albums, downloads, and limits."""

from __future__ import annotations

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramEntityTooLarge
from aiogram.types import (
    BufferedInputFile,
    Document,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    PhotoSize,
    Video,
    Voice,
)

from bot.sandbox.client import Person, Sandbox
from bot.sandbox.limits import FileLimits
from bot.sandbox.world import World
from tests.bot.sandbox.rig import fetch, png


def upload(content: bytes, name: str = "file.bin") -> BufferedInputFile:
    return BufferedInputFile(content, name)


async def test_a_document_there_and_back(bot: Bot, aigul: Person, sandbox: Sandbox) -> None:
    sent = await bot.send_document(aigul.id, upload(b"%PDF-1", "хаттама.pdf"), caption="<i>x</i>")
    assert sent.document is not None
    assert (sent.document.file_name, sent.document.mime_type) == ("хаттама.pdf", "application/pdf")
    seen = await aigul.wait_for(lambda each: each.kind == "document")
    assert seen.file_id is not None
    assert await sandbox.content(seen.file_id) == b"%PDF-1"
    again = await bot.send_document(aigul.id, sent.document.file_id)
    assert again.document is not None
    assert again.document.file_unique_id == sent.document.file_unique_id
    with pytest.raises(TelegramBadRequest, match="can't use file of type Document as Photo"):
        await bot.send_photo(aigul.id, sent.document.file_id)
    with pytest.raises(TelegramBadRequest, match="wrong file identifier/HTTP URL specified"):
        await bot.send_document(aigul.id, "nonsense")


async def test_every_kind_of_person_file_can_be_downloaded(
    bot: Bot, aigul: Person, picture: bytes
) -> None:
    await fetch(bot)
    await aigul.send_photo(picture, "сурет")
    await aigul.send_voice(b"OggS", duration=7)
    await aigul.send_document(b"PK", "order.xlsx")
    await aigul.send("video", b"mp4", "v.mp4")
    photo, voice, document, video = (each.message for each in await fetch(bot))
    assert photo is not None
    assert photo.photo is not None
    assert photo.caption == "сурет"
    assert (photo.photo[-1].width, photo.photo[-1].height) == (4, 3)
    assert voice is not None
    assert voice.voice is not None
    assert voice.voice.duration == 7
    assert document is not None
    assert document.document is not None
    assert video is not None
    assert video.video is not None
    pairs: list[tuple[PhotoSize | Voice | Document | Video, bytes]] = [
        (photo.photo[-1], picture),
        (voice.voice, b"OggS"),
        (document.document, b"PK"),
        (video.video, b"mp4"),
    ]
    for media, content in pairs:
        got = await bot.download(media)
        assert got is not None
        assert got.read() == content


async def test_every_kind_the_bot_sends(bot: Bot, aigul: Person, picture: bytes) -> None:
    await bot.send_photo(aigul.id, upload(picture, "p.png"))
    await bot.send_voice(aigul.id, upload(b"v"), duration=1)
    await bot.send_video(aigul.id, upload(b"v", "v.mp4"), width=10, height=20)
    await bot.send_audio(aigul.id, upload(b"v", "a.mp3"), performer="p", title="t")
    await bot.send_video_note(aigul.id, upload(b"v"))
    kinds = [each.kind for each in await aigul.messages() if each.by_bot]
    assert kinds == ["photo", "voice", "video", "audio", "video_note"]


async def test_albums(bot: Bot, aigul: Person, picture: bytes) -> None:
    sent = await bot.send_media_group(
        aigul.id,
        [
            InputMediaPhoto(media=upload(picture), caption="<b>бір</b>"),
            InputMediaPhoto(media=upload(picture)),
            InputMediaVideo(media=upload(b"v")),
        ],
    )
    assert len({each.media_group_id for each in sent}) == 1
    assert sent[0].media_group_id is not None
    assert sent[0].caption == "бір"
    document = InputMediaDocument(media=upload(b"x"))
    audio = InputMediaAudio(media=upload(b"y"))
    with pytest.raises(TelegramBadRequest, match="can't use the media of the specified type"):
        await bot.send_media_group(aigul.id, [document, audio])
    with pytest.raises(TelegramBadRequest, match="2 to 10 items"):
        await bot.send_media_group(aigul.id, [document])
    await fetch(bot)
    await aigul.send_photo(picture, album="a1")
    await aigul.send_photo(picture, album="a1")
    heard = [each.message for each in await fetch(bot)]
    assert [each and each.media_group_id for each in heard] == ["a1", "a1"]


async def test_media_is_edited(bot: Bot, aigul: Person, picture: bytes) -> None:
    sent = await bot.send_photo(aigul.id, upload(picture), caption="one")
    await sent.edit_caption(caption="two")
    assert (await aigul.find(lambda each: each.id == sent.message_id)).text == "two"
    with pytest.raises(TelegramBadRequest, match="there is no text in the message to edit"):
        await sent.edit_text("x")
    new = InputMediaPhoto(media=upload(png(8, 8)), caption="three")
    changed = await sent.edit_media(new)
    assert not isinstance(changed, bool)
    assert changed.photo is not None
    assert (changed.photo[-1].width, changed.caption) == (8, "three")


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", "file must be non-empty"),
        (b"not a picture", "IMAGE_PROCESS_FAILED"),
        (png(210, 10), "PHOTO_INVALID_DIMENSIONS"),
    ],
)
async def test_photos_refused(bot: Bot, aigul: Person, content: bytes, error: str) -> None:
    with pytest.raises(TelegramBadRequest, match=error):
        await bot.send_photo(aigul.id, upload(content))


async def test_limits_of_size(bot: Bot, aigul: Person, world: World, picture: bytes) -> None:
    assert FileLimits() == FileLimits(10 << 20, 50 << 20, 20 << 20)
    world.file_limits = FileLimits(photo=len(picture) - 1, upload=500, download=300)
    with pytest.raises(TelegramBadRequest, match="is too big for a photo"):
        await bot.send_photo(aigul.id, upload(picture))
    with pytest.raises(TelegramEntityTooLarge, match="Request Entity Too Large"):
        await bot.send_document(aigul.id, upload(b"x" * 501))
    await fetch(bot)
    await aigul.send_document(b"x" * 301, "big.bin")
    (update,) = await fetch(bot)
    assert update.message is not None
    assert update.message.document is not None
    with pytest.raises(TelegramBadRequest, match="file is too big"):
        await bot.get_file(update.message.document.file_id)
    with pytest.raises(TelegramBadRequest, match="invalid file_id"):
        await bot.get_file("x")
