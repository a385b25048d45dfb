"""Files on the page: played, shown and fetched with rights, and sent by operators."""

from __future__ import annotations

import mimetypes
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Literal
from urllib.parse import quote

from aiohttp import BodyPartReader, hdrs, web

from bot.web.api.problems import ApiError, too_large
from bot.web.api.reading import check_shape, read_json
from bot.web.desk import texts
from bot.web.desk.frame import ModelT, Visit
from bot.web.desk.shown import file_name
from domain.actor import Actor
from domain.errors import Conflict, NotFound
from domain.files import MAX_FILE_BYTES
from domain.support.views import FileView, NewFile, TicketView

_RANGE = re.compile(r"bytes=([0-9]{1,12})-([0-9]{0,12})")
_PLAY = re.compile(r"[A-Za-z0-9-]{8,64}")
# What a browser shows or plays without anything in it being able to run; the rest is fetched.
_SHOWN = frozenset(
    {"image/jpeg", "image/png", "image/webp", "image/gif"}
    | {"audio/ogg", "audio/mpeg", "audio/mp4", "audio/wav", "audio/x-wav", "audio/webm"}
    | {"audio/aac", "audio/x-m4a", "video/mp4", "video/webm"}
)
_BY_KIND = {"voice": "audio/ogg", "photo": "image/jpeg", "video_note": "video/mp4"}
_MOST_FILES = 10
# Telegram takes larger pictures as documents only.
_MOST_PICTURE = 5 * 1024 * 1024
_MOST_TEXT = 200_000
# All files of one act are in memory at once.
_MOST_AT_ONCE = 3 * MAX_FILE_BYTES


async def content(visit: Visit) -> web.Response:
    """The bytes of a file of a ticket; to hear a recording is put on record (366, 21.1)."""
    view = await visit.services.support.ticket(visit.actor, visit.number)
    file = _file(view, visit.request.match_info["file"])
    return _sent(visit.request, file, await _bytes(visit, file))


def _file(view: TicketView, given: str) -> FileView:
    for message in view.messages:
        for file in message.files:
            if str(file.id) == given:
                return file
    raise NotFound("ticket_file_unknown")


async def _bytes(visit: Visit, file: FileView) -> bytes:
    if file.state in ("waiting", "failed", "too_big"):
        # Nothing can be heard, so nothing is put on record.
        raise Conflict("recording_not_stored")
    if file.recording is not None:
        # A player asks for parts: all of one hearing are one step on record, for an hour at most.
        play = visit.request.query.get("play", "")
        key = f"{play}:{visit.now:%d%H}" if _PLAY.fullmatch(play) else secrets.token_hex(8)
        actor = visit.actor.because(f"desk:{visit.user.session_id}:{file.recording}:{key}")
        _, found = await visit.services.recordings.content(actor, file.recording)
        return found
    try:
        return await visit.services.site.files.get(file.sha256)
    except KeyError:
        raise NotFound("ticket_file_unknown") from None


def _sent(request: web.Request, file: FileView, body: bytes) -> web.Response:
    mime = (file.mime or _BY_KIND.get(file.kind, "")).partition(";")[0].strip().lower()
    shown = mime in _SHOWN
    name = quote(file_name(file) or file.kind, safe="")
    way = "inline" if shown else "attachment"
    headers = {
        hdrs.CONTENT_DISPOSITION: f"{way}; filename*=UTF-8''{name}",
        hdrs.ACCEPT_RANGES: "bytes",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    kind = mime if shown else "application/octet-stream"
    part = _RANGE.fullmatch(request.headers.get(hdrs.RANGE, ""))
    if part is None:
        return web.Response(body=body, content_type=kind, headers=headers)
    first, last = int(part[1]), min(int(part[2] or len(body) - 1), len(body) - 1)
    if first > last:
        headers[hdrs.CONTENT_RANGE] = f"bytes */{len(body)}"
        return web.Response(status=416, headers=headers)
    headers[hdrs.CONTENT_RANGE] = f"bytes {first}-{last}/{len(body)}"
    return web.Response(status=206, body=body[first : last + 1], content_type=kind, headers=headers)


@dataclass(frozen=True)
class _Part:
    name: str
    mime: str
    content: bytes


@dataclass(frozen=True)
class Sent(Generic[ModelT]):
    """A form that was sent: its values, and its files not kept yet."""

    values: ModelT
    parts: Sequence[_Part]

    async def keep(
        self, visit: Visit, kind: Literal["document", "call"] = "document"
    ) -> list[NewFile]:
        """Put the files into the store; what no act names within a day is dropped again."""
        kept = []
        for place, part in enumerate(self.parts):
            actor = Actor.system(f"{visit.actor.cause}:file:{place}", "api")
            file = await visit.services.uploads.keep(actor, part.content, part.name, part.mime)
            way = _kind_of(part) if kind == "document" else kind
            kept.append(NewFile(way, file.name, file.mime, file.size, sha256=file.sha256))
        return kept


def _kind_of(part: _Part) -> Literal["document", "photo"]:
    small = len(part.content) <= _MOST_PICTURE
    return "photo" if part.mime == "image/jpeg" and small else "document"


async def read_form(visit: Visit, model: type[ModelT]) -> Sent[ModelT]:
    """The values of a form, sent as JSON or with files as ``multipart/form-data``.

    The part ``values`` holds the JSON, parts ``file`` the files. Raises ApiError 400 and 413.
    """
    request = visit.request
    if request.content_type != "multipart/form-data":
        return Sent(await visit.body(model), ())
    # Other addresses take less; a file may have its own 20 MB.
    values = b""
    parts: list[_Part] = []
    try:
        form = await request.multipart()
        while (part := await form.next()) is not None:
            if not isinstance(part, BodyPartReader):
                continue
            if part.name == "values":
                values = await _read(part, _MOST_TEXT)
            elif part.name == "file" and len(parts) < _MOST_FILES:
                name = part.filename or ""
                parts.append(_Part(name, _mime(part, name), await _read(part, MAX_FILE_BYTES)))
                if sum(len(each.content) for each in parts) > _MOST_AT_ONCE:
                    raise too_large(_MOST_AT_ONCE // 1024**2)
    except (ValueError, AssertionError):
        raise ApiError(400, "form_invalid", texts.FORM) from None
    return Sent(check_shape(model, read_json(values)), parts)


async def _read(part: BodyPartReader, limit: int) -> bytes:
    found = bytearray()
    while chunk := await part.read_chunk(64 * 1024):
        found += chunk
        if len(found) > limit:
            raise too_large(MAX_FILE_BYTES // 1024**2)
    return bytes(found)


def _mime(part: BodyPartReader, name: str) -> str:
    given = part.headers.get(hdrs.CONTENT_TYPE, "").partition(";")[0].strip().lower()
    if given and given != "application/octet-stream":
        return given[:128]
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
