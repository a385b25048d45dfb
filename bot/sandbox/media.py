"""Files in calls and in people's messages: uploads, file ids, and how a message shows them."""

from __future__ import annotations

import mimetypes
import struct
from dataclasses import dataclass
from typing import Literal

from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.records import FileRecord, Json
from bot.sandbox.world import World

MediaKind = Literal["photo", "document", "voice", "video", "video_note", "audio"]
KINDS: tuple[MediaKind, ...] = ("photo", "document", "voice", "video", "video_note", "audio")

_NAMES = {
    "photo": "Photo",
    "document": "Document",
    "voice": "VoiceNote",
    "video": "Video",
    "video_note": "VideoNote",
    "audio": "Audio",
}
_MIME = {
    "photo": "image/jpeg",
    "voice": "audio/ogg",
    "video": "video/mp4",
    "video_note": "video/mp4",
    "audio": "audio/mpeg",
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request."""

    name: str
    mime_type: str
    content: bytes


def store(world: World, kind: MediaKind, upload: Upload, known: Json | None = None) -> FileRecord:
    """Keep an upload; ``known`` are duration, title and the like."""
    width, height = image_size(upload.content) if kind == "photo" else (0, 0)
    mime = _MIME.get(kind) or upload.mime_type
    if kind == "document" and mime in {"", "application/octet-stream"}:
        mime = mimetypes.guess_type(upload.name)[0] or "application/octet-stream"
    extra = {
        name: value
        for name, value in (known or {}).items()
        if name in {"duration", "performer", "title", "width", "height"}
    }
    return world.keep_file(
        kind,
        upload.content,
        name=upload.name or None,
        mime_type=mime,
        **{"width": width, "height": height, **extra},
    )


def read_media(
    world: World, kind: MediaKind, value: str, uploads: dict[str, Upload], params: Json
) -> FileRecord:
    """The file a call names: by ``attach://``, by field, or by file_id. Raises ``ApiError``."""
    name = value.removeprefix("attach://")
    if value.startswith("attach://") or value in uploads:
        upload = uploads.get(name)
        if upload is None:
            raise bad_request(f"sandbox: no part {name!r} in the request")
        _check_upload(world, kind, upload)
        return store(world, kind, upload, params)
    if value.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    known = world.files.get(value)
    if known is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if known.kind != kind:
        raise bad_request(f"can't use file of type {_NAMES[known.kind]} as {_NAMES[kind]}")
    return known


def _check_upload(world: World, kind: MediaKind, upload: Upload) -> None:
    size = len(upload.content)
    if size == 0:
        raise bad_request("file must be non-empty")
    if size > world.file_limits.upload:
        raise ApiError(413, "Request Entity Too Large")
    if kind != "photo":
        return
    most = world.file_limits.photo
    if size > most:
        raise bad_request(
            f"file of size {size} bytes is too big for a photo; the maximum size is {most} bytes"
        )
    width, height = image_size(upload.content)
    if not width or not height:
        raise bad_request("IMAGE_PROCESS_FAILED")
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


def image_size(content: bytes) -> tuple[int, int]:
    """Width and height in pixels of PNG, JPEG, GIF, BMP or WebP; zeros for anything else."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if content.startswith((b"GIF87a", b"GIF89a")) and len(content) >= 10:
        width, height = struct.unpack("<HH", content[6:10])
        return width, height
    if content.startswith(b"BM") and len(content) >= 26:
        width, height = struct.unpack("<ii", content[18:26])
        return width, abs(height)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return 512, 512
    return _jpeg_size(content) if content.startswith(b"\xff\xd8") else (0, 0)


def _jpeg_size(content: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        (length,) = struct.unpack(">H", content[at + 2 : at + 4])
        # Start-of-frame segments hold the size; C4, C8 and CC are tables.
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return 0, 0


def show(kind: MediaKind, file: FileRecord) -> Json:
    """The field of ``Message`` which holds the file."""
    body: Json = {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": file.size}
    if kind == "photo":
        return {"photo": [{**body, "width": file.width or 1280, "height": file.height or 960}]}
    if kind == "video_note":
        return {"video_note": {**body, "length": file.width or 240, "duration": file.duration}}
    body["mime_type"] = file.mime_type
    if kind != "voice" and file.name:
        body["file_name"] = file.name
    if kind != "document":
        body["duration"] = file.duration
    if kind == "video":
        body.update(width=file.width or 640, height=file.height or 360)
    if kind == "audio":
        body.update({key: value for key in ("performer", "title") if (value := getattr(file, key))})
    return {kind: body}
