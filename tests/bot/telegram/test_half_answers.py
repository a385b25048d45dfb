"""An answer that breaks off: the call was worked, and nobody knows what became of it."""

from __future__ import annotations

import pytest
from aiogram.exceptions import ClientDecodeError
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.telegram.gateway import Gateway, make_bot
from bot.telegram.outcome import classify, is_telegram_away

_WHOLE = '{"ok": true, "result": {"text": "Хабарлама"}}'.encode()


@pytest.mark.parametrize("kept", range(len(_WHOLE) - 14, len(_WHOLE) - 2))
async def test_an_answer_cut_off_anywhere_may_have_been_worked(kept: int) -> None:
    """Between two letters and within one alike."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=_WHOLE[:kept], content_type="application/json")

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    bot = make_bot("1:" + "s" * 35, str(server.make_url("/")).rstrip("/"), Gateway())
    try:
        with pytest.raises(ClientDecodeError) as broken:
            await bot.send_message(500_000_001, "x")
    finally:
        await bot.session.close()
        await server.close()
    assert classify(broken.value).state == "unknown"
    assert is_telegram_away(broken.value)
