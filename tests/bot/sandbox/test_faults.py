"""Faults on demand, rate limits over HTTP, restarts, and the list of calls."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import BufferedInputFile
from aiohttp.test_utils import TestServer

from bot.sandbox.client import Person, Sandbox
from bot.sandbox.faults import Fault
from bot.sandbox.limits import Limits
from bot.sandbox.world import World


async def texts(person: Person) -> list[str]:
    return [each.text for each in await person.messages() if each.by_bot]


async def test_429_and_5xx(bot: Bot, aigul: Person, sandbox: Sandbox) -> None:
    await sandbox.fault("429", "sendMessage", retry_after=7)
    await sandbox.fault("5xx", "sendMessage", times=2)
    with pytest.raises(TelegramRetryAfter) as refused:
        await bot.send_message(aigul.id, "x")
    assert refused.value.retry_after == 7
    for _ in range(2):
        with pytest.raises(TelegramServerError):
            await bot.send_message(aigul.id, "x")
    await bot.send_message(aigul.id, "y")
    assert await texts(aigul) == ["y"]


@pytest.mark.parametrize(
    ("kind", "hang", "delivered"),
    [
        ("timeout_after", 30, True),
        ("timeout_after", 0, True),
        ("timeout_before", 30, False),
        ("drop", 30, False),
    ],
)
async def test_lost_answers(
    bot: Bot, aigul: Person, sandbox: Sandbox, kind: str, hang: float, delivered: bool
) -> None:
    await sandbox.fault(kind, "sendMessage", chat_id=aigul.id, hang=hang)  # type: ignore[arg-type]  # parametrized
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(aigul.id, "x", request_timeout=1)
    assert await texts(aigul) == (["x"] if delivered else [])
    await bot.send_message(aigul.id, "y")
    faults = [call["fault"] for call in await sandbox.calls("sendMessage")]
    assert faults == [kind, None]


async def test_half_an_answer_of_a_call_that_was_worked(
    bot: Bot, aigul: Person, sandbox: Sandbox
) -> None:
    await sandbox.fault("truncated", "sendMessage")
    with pytest.raises(ClientDecodeError):
        await bot.send_message(aigul.id, "x")
    assert await texts(aigul) == ["x"]


async def test_an_error_of_the_server_itself(bot: Bot, aigul: Person, sandbox: Sandbox) -> None:
    await sandbox.fault("500", "sendMessage")
    with pytest.raises(TelegramServerError, match="Internal Server Error"):
        await bot.send_message(aigul.id, "x")
    assert await texts(aigul) == []


async def test_refusals_of_a_chat_that_is_gone_and_of_one_that_moved(
    bot: Bot, aigul: Person, sandbox: Sandbox, world: World
) -> None:
    await sandbox.fault("400", "sendMessage")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(aigul.id, "x")
    moved = "group chat was upgraded to a supergroup chat"
    world.faults.add(Fault("400", "sendMessage", text=moved, migrate_to=-1001))
    with pytest.raises(TelegramMigrateToChat) as refused:
        await bot.send_message(aigul.id, "x")
    assert refused.value.migrate_to_chat_id == -1001
    assert await texts(aigul) == []


async def test_faults_strike_only_what_they_name(bot: Bot, aigul: Person, sandbox: Sandbox) -> None:
    await sandbox.fault("5xx", "*", chat_id=1)
    await sandbox.fault("5xx", "sendPhoto")
    await bot.send_message(aigul.id, "x")
    await sandbox.fault("5xx")
    await bot.get_updates()
    with pytest.raises(TelegramServerError):
        await bot.send_message(aigul.id, "x")
    await sandbox.fault("5xx")
    await sandbox.clear_faults()
    await bot.send_message(aigul.id, "x")


async def test_rate_limits_over_http(bot: Bot, aigul: Person, world: World) -> None:
    now = 0.0
    world.limiter = type(world.limiter)(Limits(burst=2), lambda: now)
    sent = [await bot.send_message(aigul.id, "x") for _ in range(2)]
    with pytest.raises(TelegramRetryAfter) as refused:
        await bot.send_message(aigul.id, "x")
    assert refused.value.retry_after == 1
    assert "Too Many Requests: retry after 1" in str(refused.value)
    await bot.edit_message_text("y", chat_id=aigul.id, message_id=sent[0].message_id)
    now = 1.0
    await bot.send_message(aigul.id, "x")


async def test_calls_are_listed(bot: Bot, aigul: Person, sandbox: Sandbox) -> None:
    await bot.send_document(aigul.id, BufferedInputFile(b"abc", "a.txt"))
    with pytest.raises(TelegramBadRequest):
        await bot.send_message(1, "x")
    sent, refused = await sandbox.calls()
    assert (sent["method"], sent["ok"], sent["error_code"]) == ("sendDocument", True, None)
    assert [each["size"] for each in sent["params"].values() if isinstance(each, dict)] == [3]
    assert (refused["params"]["chat_id"], refused["error_code"]) == (1, 400)
    assert refused["description"] == "Bad Request: chat not found"
    assert await sandbox.calls(after=refused["n"]) == []


async def test_json_query_and_form_are_the_same(server: TestServer, aigul: Person) -> None:
    url = server.make_url("/bot7000000001:sandbox/sendMessage")
    params = {"chat_id": str(aigul.id), "text": "x"}
    async with aiohttp.ClientSession() as session:
        ways = [
            session.post(url, json=params),
            session.post(url, data=params),
            session.post(url, params=params),
            session.get(url, params=params),
        ]
        for way in ways:
            async with way as answer:
                assert (await answer.json())["ok"] is True
        async with session.post(
            url, data=b"{", headers={"Content-Type": "application/json"}
        ) as bad:
            assert (await bad.json())["error_code"] == 400
        async with session.post(url, json={**params, "nonsense": 1}) as bad:
            assert "undeclared parameter 'nonsense'" in (await bad.json())["description"]


_SERVER = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from aiohttp import web
    from bot.sandbox.server import create_app
    from bot.sandbox.world import World

    web.run_app(create_app(World(Path(sys.argv[1]), limits=None)), host="127.0.0.1", port=0,
                print=lambda text: print(text, flush=True))
    """
)


class Process:
    """A sandbox in a process of its own, to be killed."""

    def __init__(self, path: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SERVER, str(path)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[3],
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        self.base = line.split("on ")[1].split(" ")[0].strip()

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


async def _ask(base: str, method: str, **params: object) -> object:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{base}/bot7000000001:sandbox/{method}", json=params) as answer,
    ):
        return (await answer.json())["result"]


async def test_everything_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    first = await asyncio.to_thread(Process, path)
    try:
        async with Sandbox(first.base) as sandbox:
            person = await sandbox.person("Айгүл", phone="+77010000001")
            await person.start()
            document = await person.send_document(b"content", "a.txt")
            keys = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
            await _ask(first.base, "sendMessage", chat_id=person.id, text="x", reply_markup=keys)
            await _ask(first.base, "setMyCommands", commands=[{"command": "a", "description": "b"}])
            await person.press("a")
            before = await person.look()
            updates = await _ask(first.base, "getUpdates")
    finally:
        first.kill()
    second = await asyncio.to_thread(Process, path)
    try:
        async with Sandbox(second.base) as sandbox:
            person = sandbox.known(person.id)
            assert await person.look() == before
            assert await _ask(second.base, "getUpdates") == updates
            assert document.file_id is not None
            assert await sandbox.content(document.file_id) == b"content"
            said = await person.say("after")
            assert said.id == before["messages"][-1]["message_id"] + 1
            newer = await _ask(second.base, "getUpdates", offset=-1)
            assert json.dumps(newer).count("after") == 1
            assert isinstance(updates, list)
            assert isinstance(newer, list)
            assert newer[0]["update_id"] == updates[-1]["update_id"] + 1
    finally:
        second.kill()
