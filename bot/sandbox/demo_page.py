"""Serves the demo's page of chats: `/demo` and the files under `/demo/static/`."""

from pathlib import Path
from typing import Final

from aiohttp import web

from bot.sandbox.voice import VOICE

PAGE: Final = Path(__file__).parent / "page"

_TYPES: Final = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}

# Texts in the chats come from outside: whatever slipped past escaping would still find no way to
# run or to call elsewhere. `blob:` is for previews of files a person is about to send.
_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        # Letters, which have a policy of their own.
        "frame-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)

_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def _read_files() -> dict[str, tuple[str, bytes]]:
    """The page's files by name, with their content types: nothing else can be asked for."""
    return {
        path.name: (_TYPES[path.suffix], path.read_bytes())
        for path in sorted(PAGE.iterdir())
        if path.suffix in _TYPES
    }


def add_page(app: web.Application) -> None:
    """Adds `GET /demo` (the page) and `GET /demo/static/{name}` (its files) to `app`.

    The page calls `/sandbox/...`, `/demo/clock`, `/demo/feed` and `/demo/story` on its own origin.
    Files are read once, here. An unknown name is answered with 404.
    """
    files = _read_files()

    def answer(name: str) -> web.Response:
        if name not in files:
            raise web.HTTPNotFound(headers=_HEADERS)
        content_type, body = files[name]
        return web.Response(body=body, content_type=content_type, charset="utf-8", headers=_HEADERS)

    async def index(_: web.Request) -> web.Response:
        return answer("index.html")

    async def static(request: web.Request) -> web.Response:
        return answer(request.match_info["name"])

    async def voice(_: web.Request) -> web.Response:
        return web.Response(body=VOICE, content_type="audio/ogg", headers=_HEADERS)

    app.router.add_get("/demo", index)
    app.router.add_get("/demo/", index)
    app.router.add_get("/demo/static/voice.ogg", voice)
    app.router.add_get("/demo/static/{name}", static)
