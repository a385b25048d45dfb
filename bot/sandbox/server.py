"""The sandbox over HTTP: ``/bot<token>/<method>``, ``/file/bot<token>/<path>``, ``/sandbox/…``."""

from __future__ import annotations

import asyncio
import logging

from aiohttp import web

from bot.sandbox import people
from bot.sandbox.errors import ApiError, too_many_requests
from bot.sandbox.faults import Fault
from bot.sandbox.media import Upload
from bot.sandbox.methods import work
from bot.sandbox.methods.common import Call
from bot.sandbox.records import Json
from bot.sandbox.requests import MOST_BYTES, read_request
from bot.sandbox.webhook import Courier
from bot.sandbox.world import World

_log = logging.getLogger(__name__)


class BotApi:
    """Answers the bot as the Bot API server does."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        """Calls and downloads."""
        return [
            web.route("*", "/bot{token}/{method}", self._call),
            web.get("/file/bot{token}/{path:.+}", self._download),
        ]

    def _known(self, request: web.Request) -> bool:
        return request.match_info["token"] == self._world.token

    async def _download(self, request: web.Request) -> web.StreamResponse:
        world = self._world
        if not self._known(request):
            return _answer(_failure(ApiError(401, "")), 401)
        file_id = world.file_paths.get(request.match_info["path"])
        if file_id is None or world.files[file_id].size > world.file_limits.download:
            return _answer(_failure(ApiError(404, "Not Found")), 404)
        return web.Response(
            body=world.journal.content(file_id), content_type="application/octet-stream"
        )

    async def _call(self, request: web.Request) -> web.StreamResponse:
        world, method = self._world, request.match_info["method"]
        if not self._known(request):
            return _answer(_failure(ApiError(401, "")), 401)
        params: Json = {}
        uploads: dict[str, Upload] = {}
        try:
            params, uploads = await read_request(request)
        except ApiError as error:
            answer = _failure(error)
            world.record_call(method, params, answer, None)
            return _answer(answer, error.code)
        fault = world.faults.strike(method, params.get("chat_id"))
        if fault is not None and not fault.works:
            return await self._fail(request, method, params, fault)
        call = Call(world, method, params, uploads)
        answer = await self._work(call)
        shown = {**call.params, **{name: _shown(file) for name, file in uploads.items()}}
        world.record_call(method, shown, answer, fault.kind if fault else None)
        if fault is not None and fault.kind == "truncated":
            return _half(answer)
        if fault is not None:
            return await self._hang(request, fault.hang)
        return _answer(answer, answer.get("error_code", 200))

    async def _work(self, call: Call) -> Json:
        """The call's answer; what it changed is written before anybody hears of it."""
        try:
            return {"ok": True, "result": await work(call)}
        except ApiError as error:
            return _failure(error)
        except Exception:
            _log.exception("sandbox: %s failed", call.method)
            return _failure(ApiError(500, "Internal Server Error: sandbox"))
        finally:
            self._world.flush()

    async def _fail(
        self, request: web.Request, method: str, params: Json, fault: Fault
    ) -> web.StreamResponse:
        """A call that goes wrong unworked."""
        moved = {"migrate_to_chat_id": fault.migrate_to} if fault.migrate_to else None
        error = {
            "429": too_many_requests(fault.retry_after),
            "5xx": ApiError(502, "Bad Gateway"),
            "500": ApiError(500, "Internal Server Error"),
            "400": ApiError(400, fault.text, moved),
        }.get(fault.kind, ApiError(504, "no answer"))
        answer = _failure(error)
        self._world.record_call(method, params, answer, fault.kind)
        if fault.kind in {"timeout_before", "drop"}:
            return await self._hang(request, 0 if fault.kind == "drop" else fault.hang)
        return _answer(answer, error.code)

    async def _hang(self, request: web.Request, seconds: float) -> web.StreamResponse:
        """Hold the connection without a word, then cut it."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while not self._world.closing and not _gone(request):
            left = end - loop.time()
            if left <= 0:
                break
            await self._world.closed.wait(min(left, 0.2))
        if request.transport is not None:
            request.transport.abort()
        return web.Response()


def _gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()


def _shown(upload: Upload) -> Json:
    return {
        "file_name": upload.name,
        "mime_type": upload.mime_type,
        "size": len(upload.content),
    }


def _failure(error: ApiError) -> Json:
    description = error.description or "Unauthorized"
    body: Json = {"ok": False, "error_code": error.code, "description": description}
    if error.parameters:
        body["parameters"] = error.parameters
    return body


def _answer(body: Json, status: int) -> web.Response:
    return web.json_response(body, status=status, dumps=people.dumps)


def _half(body: Json) -> web.Response:
    """An answer whose second half was lost on the way, though its length says nothing of it."""
    written = people.dumps(body).encode()
    return web.Response(body=written[: len(written) // 2], content_type="application/json")


def attach(app: web.Application, world: World) -> None:
    """Serve the sandbox from an application: Bot API, people and webhook deliveries.

    The world is closed when the application shuts down.
    """
    courier = Courier(world)
    app.add_routes([*BotApi(world).routes(), *people.routes(world)])

    async def start(_app: web.Application) -> None:
        world.closing = False
        courier.start()

    async def stop(_app: web.Application) -> None:
        await courier.stop()
        world.close()

    app.on_startup.append(start)
    app.on_shutdown.append(stop)


def create_app(world: World) -> web.Application:
    """The sandbox as an application of its own."""
    app = web.Application(client_max_size=MOST_BYTES)
    attach(app, world)
    return app
