"""Reading a file that somebody sends: bare, or as a part of a form."""

from __future__ import annotations

import mimetypes

from aiohttp import BodyPartReader, hdrs, web

from bot.web.api import texts
from bot.web.api.problems import ApiError, too_large
from bot.web.api.reading import read_query
from domain.files import MAX_FILE_BYTES

_MOST_PARTS = 10
_PART = "file"
# What programs say of a file when they have not been told its type.
_UNSAID = frozenset({"", "application/octet-stream", "application/x-www-form-urlencoded"})


async def read_upload(request: web.Request, limit: int = MAX_FILE_BYTES) -> dict[str, object]:
    """``file`` with its ``name`` and ``mime``; what the address says goes before the rest.

    ``limit`` in bytes.

    Raises ApiError ``body_too_large`` (413), ``form_invalid`` (400).
    """
    said = read_query(request.query_string)
    # Other addresses take less; nothing beyond the limit is kept in memory.
    request = request.clone(client_max_size=limit)
    try:
        if request.content_type == "multipart/form-data":
            found = await _of_form(request)
        else:
            kind = request.content_type if hdrs.CONTENT_TYPE in request.headers else ""
            found = {_PART: await request.read(), "mime": kind}
    except web.HTTPRequestEntityTooLarge:
        raise too_large(limit // 1024**2) from None
    found |= {name: said[name] for name in ("name", "mime") if said.get(name)}
    if found.get("mime", "") in _UNSAID:
        guessed, _ = mimetypes.guess_type(str(found.get("name", "")))
        found["mime"] = guessed or ""
    return found


async def _of_form(request: web.Request) -> dict[str, object]:
    found: dict[str, object] = {}
    try:
        form = await request.multipart()
        for _ in range(_MOST_PARTS):
            part = await form.next()
            if part is None:
                break
            if not isinstance(part, BodyPartReader):
                continue
            content = bytes(await part.read())
            if part.name == _PART:
                kind = part.headers.get(hdrs.CONTENT_TYPE, "")
                found = {_PART: content, "name": part.filename or "", "mime": kind} | found
            elif part.name in ("name", "mime"):
                found[part.name] = content.decode()
    except (ValueError, AssertionError):
        raise _invalid() from None
    if _PART not in found:
        raise _invalid()
    return found


def _invalid() -> ApiError:
    return ApiError(400, "form_invalid", texts.FORM_WRONG, part=_PART)
