"""Requests as the Bot API takes them: query, JSON, urlencoded and multipart forms with files."""

from __future__ import annotations

import json

from aiohttp import web
from aiohttp.web_request import FileField

from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.media import Upload
from bot.sandbox.records import Json

#: More than any limit on files, so that those can be refused by name.
MOST_BYTES = 80 * 1024 * 1024
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


async def read_request(request: web.Request) -> tuple[Json, dict[str, Upload]]:
    """Parameters and files. Raises ``ApiError`` 400 and 413."""
    params: Json = dict(request.query)
    uploads: dict[str, Upload] = {}
    if not request.body_exists:
        return params, uploads
    # The application which mounts us may allow less than files need.
    request = request.clone(client_max_size=MOST_BYTES)
    try:
        if request.content_type == "application/json":
            params.update(_read_json(await request.read()))
        elif request.content_type in _FORMS:
            for name, value in (await request.post()).items():
                if isinstance(value, FileField):
                    uploads[name] = _upload(value)
                else:
                    params[name] = value
    except web.HTTPRequestEntityTooLarge:
        raise ApiError(413, "Request Entity Too Large") from None
    return params, uploads


def _read_json(body: bytes) -> Json:
    try:
        read = json.loads(body or b"{}")
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(read, dict):
        raise bad_request("expected an Object")
    return read


def _upload(part: FileField) -> Upload:
    with part.file:
        return Upload(part.filename, part.content_type, part.file.read())
