"""A machine's draft of what is said in a recording, by any service that speaks as OpenAI's does.

Never instead of the recording: whoever works the ticket listens. Without an address there are no
drafts, and a service that fails changes nothing.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import aiohttp
from pydantic import BaseModel, ValidationError

from bot.config import Settings

_PATH = "/v1/audio/transcriptions"
# An hour of speech takes such a service a minute or two.
_PATIENCE = aiohttp.ClientTimeout(total=180, connect=10)
_MOST_BYTES = 1024 * 1024


class NotTranscribed(Exception):
    """The service gave no text; the reason is in the message, without anything secret."""


class _Answer(BaseModel):
    text: str


def endpoint(address: str) -> str:
    """The whole address of the call: a host, a base that ends in ``/v1``, or the call itself."""
    bare = address.rstrip("/")
    path = urlsplit(bare).path
    if path.endswith("/audio/transcriptions"):
        return bare
    return bare + (_PATH.removeprefix("/v1") if path.endswith("/v1") else _PATH)


class Transcriber:
    """Asks ``POST /v1/audio/transcriptions`` for the text of a recording."""

    def __init__(self, url: str, key: str = "", model: str = "whisper-1") -> None:
        self._url = endpoint(url)
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._model = model

    @property
    def host(self) -> str:
        """Whose service it is, as far as its address tells."""
        return urlsplit(self._url).hostname or ""

    async def text_of(self, content: bytes, name: str, mime: str) -> str:
        """What is said in a recording; raises NotTranscribed."""
        form = aiohttp.FormData()
        form.add_field("model", self._model)
        form.add_field("response_format", "json")
        form.add_field("file", content, filename=name, content_type=mime or "audio/ogg")
        try:
            async with (
                aiohttp.ClientSession(timeout=_PATIENCE) as session,
                session.post(self._url, data=form, headers=self._headers) as answer,
            ):
                if answer.status != 200:
                    raise NotTranscribed(f"status {answer.status}")
                body = await answer.content.read(_MOST_BYTES)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise NotTranscribed(type(error).__name__) from error
        try:
            text = _Answer.model_validate_json(body).text.strip()
        except ValidationError:
            raise NotTranscribed("the answer holds no text") from None
        if not text:
            raise NotTranscribed("the text is empty")
        return text


def transcriber(settings: Settings) -> Transcriber | None:
    """The service of these settings, if one is named."""
    if settings.transcribe_url is None:
        return None
    key = settings.transcribe_key
    return Transcriber(
        settings.transcribe_url,
        key.get_secret_value() if key is not None else "",
        settings.transcribe_model,
    )
