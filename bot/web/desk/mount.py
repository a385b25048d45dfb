"""Which address of the desk does what."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from aiohttp import web

from bot.web.desk import acting, courtesy, editing, faults, files, reading, reports
from bot.web.desk.frame import HEADERS, Door, Page
from domain.services import Services

PAGE: Final = Path(__file__).parent / "page"

_TYPES: Final = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}

# Words of users never become HTML of the page; should one slip through, nothing of it may run,
# nor call elsewhere.
_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
_HEADERS: Final = {
    **HEADERS,
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
}

READS: Final[dict[str, Page]] = {
    "/me": reading.me,
    "/queue": reading.queue,
    "/search": reading.search,
    "/canned": courtesy.canned,
    "/muted": courtesy.muted,
    "/operators": reading.operators,
    "/incidents": faults.incidents,
    "/incidents/{number}": faults.incident,
    "/incidents/{number}/told": faults.who_was_told,
    "/report": reports.report,
    "/report.png": reports.picture,
    "/report.xlsx": reports.sheet,
    "/journal.xlsx": reports.journal,
    "/tickets/{number}": reading.ticket,
    "/tickets/{number}/files/{file}": files.content,
    "/tickets/{number}/incident": faults.suggested,
}
ACTS: Final[dict[str, Page]] = {
    "/sign-out": acting.sign_out,
    "/shift": acting.shift,
    "/calls": acting.register_call,
    "/canned": courtesy.add_canned,
    "/canned/{canned}/remove": courtesy.remove_canned,
    "/muted/{person}/lift": courtesy.unmute,
    "/tickets/{number}/take": acting.take,
    "/tickets/{number}/release": acting.release,
    "/tickets/{number}/assign": acting.assign,
    "/tickets/{number}/answer": acting.say,
    "/tickets/{number}/note": acting.note,
    "/tickets/{number}/documents": acting.documents,
    "/tickets/{number}/priority": acting.priority,
    "/tickets/{number}/merge": acting.merge,
    "/tickets/{number}/close": acting.close,
    "/tickets/{number}/reopen": acting.reopen,
    "/tickets/{number}/dispute": acting.dispute,
    "/tickets/{number}/settle": acting.settle,
    "/tickets/{number}/called": acting.called,
    "/tickets/{number}/mute": courtesy.mute,
    "/tickets/{number}/incident": faults.report,
    "/tickets/{number}/messages/{message}": editing.reword,
}


def add_desk(
    app: web.Application,
    services: Services,
    public_url: str | None = None,
    follow: editing.Follow | None = None,
) -> None:
    """Add `/desk` to ``app``. ``public_url``: where people find the service from outside;
    ``follow``: what brings copies of an edited answer up to date.

    The page's own files are read once, here; nothing but them can be asked for.
    """
    _add_page(app)
    if follow is not None:
        app[editing.FOLLOW] = follow
    door = Door(services, public_url)
    app.router.add_get("/desk/api/texts", door.framed(reading.said))
    app.router.add_post("/desk/api/sign-in", door.framed(acting.sign_in(door)))
    for path, page in READS.items():
        app.router.add_get(f"/desk/api{path}", door.reads(page))
    for path, page in ACTS.items():
        app.router.add_post(f"/desk/api{path}", door.acts(page))


def _add_page(app: web.Application) -> None:
    kept = {
        path.name: (_TYPES[path.suffix], path.read_bytes())
        for path in sorted(PAGE.iterdir())
        if path.suffix in _TYPES
    }

    def answer(name: str) -> web.Response:
        if name not in kept:
            raise web.HTTPNotFound
        content_type, body = kept[name]
        return web.Response(body=body, content_type=content_type, charset="utf-8", headers=_HEADERS)

    async def index(_: web.Request) -> web.Response:
        return answer("index.html")

    async def static(request: web.Request) -> web.Response:
        return answer(request.match_info["name"])

    app.router.add_get("/desk", index)
    app.router.add_get("/desk/static/{name}", static)
