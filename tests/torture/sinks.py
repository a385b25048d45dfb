"""Who else is told: a mail server, a gateway of SMS and a program that takes webhooks.

All of them run in the driver, on loopback; each remembers what it has taken and fails on demand.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage

import time_machine
from aiohttp import web
from aiosmtpd.smtp import SMTP
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from bot.sandbox.records import Json
from tests.bot.mail.outside import DROPPED, OutsideServer, body
from tests.torture.process import free_port

_HOST = "127.0.0.1"
#: What a mail server says when it cannot take a letter now; nothing, once it has taken one.
PUT_OFF, LOST = "451 4.3.0 try again later", DROPPED
#: In place of a status: it takes a webhook and hangs up at once, or only after it is waited for.
HANGS_UP, SILENT = 0, -1


class MailSink:
    """The mail server of the installation."""

    def __init__(self) -> None:
        self._outside = OutsideServer()
        self._answers: deque[str] = deque()
        self._outside.answers = self._said()
        self._server: asyncio.Server | None = None
        self._opening = asyncio.Lock()
        self.port = free_port()
        #: Letters that were taken and had no answer.
        self.doubted = 0

    def _said(self) -> Iterator[str]:
        while True:
            said = self._answers.popleft() if self._answers else "250 OK"
            self.doubted += said == DROPPED
            yield said

    def say(self, answer: str, times: int) -> None:
        """What the next letters are told."""
        self._answers.extend([answer] * times)

    def calm(self) -> None:
        """Take every letter from now on."""
        self._answers.clear()

    async def open(self) -> None:
        """Take connections, always at the same port."""
        loop = asyncio.get_running_loop()
        # It may have gone away twice, and come back twice in the same moment.
        async with self._opening:
            if self._server is None:
                self._server = await loop.create_server(
                    lambda: SMTP(self._outside, hostname="mx.example.kz", loop=loop),
                    _HOST,
                    self.port,
                )

    def shut(self) -> None:
        """Refuse connections."""
        server, self._server = self._server, None
        if server is not None:
            server.close()

    def letters(self) -> list[tuple[str, EmailMessage]]:
        """Whom each letter was for, and the letter."""
        return list(zip(self._outside.receivers, self._outside.letters, strict=True))

    @staticmethod
    def words(letter: EmailMessage) -> str:
        """What a letter says."""
        return body(letter)


@dataclass
class SmsSink:
    """A gateway of SMS as its provider runs it."""

    #: Number that was written to, and the words.
    taken: list[tuple[str, str]] = field(default_factory=list)
    answers: deque[int] = field(default_factory=deque)

    async def take(self, request: web.Request) -> web.Response:
        """One message by Apprise's plain scheme."""
        status = self.answers.popleft() if self.answers else 200
        if status == 200:
            given: Json = await request.json()
            self.taken.append((request.match_info["to"], str(given["message"])))
        return web.Response(status=status)


@dataclass(frozen=True)
class Arrival:
    """A webhook that came: which endpoint, what, what it was answered, and when."""

    endpoint: int
    uid: str
    body: Json
    answer: int
    at: datetime

    @property
    def taken(self) -> bool:
        """Whether the program has it, whatever we know of that."""
        return self.answer in (204, HANGS_UP, SILENT)


@dataclass
class HookSink:
    """Programs of integrations, one behind each endpoint."""

    now: Callable[[], datetime]
    secrets: dict[int, str]
    #: Seconds without an answer: longer than is waited for one.
    silence: float
    arrived: list[Arrival] = field(default_factory=list)
    answers: dict[int, deque[int]] = field(default_factory=dict)
    forged: list[str] = field(default_factory=list)
    most: Counter[int] = field(default_factory=Counter)
    _here: Counter[int] = field(default_factory=Counter)

    def say(self, endpoint: int, answer: int, times: int) -> None:
        """What the next webhooks of an endpoint are answered."""
        self.answers.setdefault(endpoint, deque()).extend([answer] * times)

    def calm(self) -> None:
        """Take everything from now on."""
        self.answers.clear()

    async def take(self, request: web.Request) -> web.Response:
        """One webhook."""
        endpoint = int(request.match_info["endpoint"])
        raw, headers = await request.read(), dict(request.headers)
        # Verified by the clock of the processes, as it was when they signed: it may move meanwhile.
        signed_at = int(headers["webhook-timestamp"])
        try:
            with time_machine.travel(signed_at, tick=False):
                Webhook(self.secrets[endpoint]).verify(raw, headers)
        except WebhookVerificationError as error:
            self.forged.append(f"{endpoint}: {error}")
        waiting = self.answers.get(endpoint)
        answer = waiting.popleft() if waiting else 204
        given: Json = json.loads(raw)
        self.arrived.append(Arrival(endpoint, headers["webhook-id"], given, answer, self.now()))
        self._here[endpoint] += 1
        self.most[endpoint] = max(self.most[endpoint], self._here[endpoint])
        try:
            return await self._answered(request, answer)
        finally:
            self._here[endpoint] -= 1

    async def _answered(self, request: web.Request, answer: int) -> web.Response:
        if answer == SILENT:
            await asyncio.sleep(self.silence)
        if answer in (SILENT, HANGS_UP):
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        headers = {"Location": "/elsewhere"} if answer == 302 else {}
        return web.Response(status=answer, headers=headers)


@dataclass
class Sinks:
    """All of them, and where they are."""

    mail: MailSink
    sms: SmsSink
    hooks: HookSink
    base: str = ""
    #: Whatever came to an address that nobody was given.
    strayed: list[str] = field(default_factory=list)

    def environment(self, *, by_sms: bool) -> dict[str, str]:
        """The settings of the processes that lead here."""
        found = {
            "TAPSYRYS_SMTP_URL": f"smtp://{_HOST}:{self.mail.port}",
            "TAPSYRYS_MAIL_ADDRESS": "support@tapsyrys.example",
            "TAPSYRYS_EMAILS_PER_MINUTE": "6000",
            "TAPSYRYS_SMS_PER_MINUTE": "6000",
            "TAPSYRYS_WEBHOOK_ALLOW": "127.0.0.0/8",
        }
        if by_sms:
            found["TAPSYRYS_SMS_URL"] = f"json{self.base.removeprefix('http')}/sms/{{to}}"
        return found

    def calm(self) -> None:
        """Nothing fails from now on."""
        self.mail.calm()
        self.sms.answers.clear()
        self.hooks.calm()


@asynccontextmanager
async def listening(
    now: Callable[[], datetime], secrets: dict[int, str], silence: float
) -> AsyncIterator[Sinks]:
    """The sinks, for the time of the context."""
    sinks = Sinks(MailSink(), SmsSink(), HookSink(now, secrets, silence))

    async def stray(request: web.Request) -> web.Response:
        sinks.strayed.append(f"{request.method} {request.path}")
        return web.Response(status=404)

    app = web.Application()
    app.router.add_post("/hook/{endpoint}", sinks.hooks.take)
    app.router.add_post("/sms/{to}", sinks.sms.take)
    app.router.add_route("*", "/{any:.*}", stray)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, _HOST, 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        sinks.base = f"http://{host}:{port}"
        await sinks.mail.open()
        yield sinks
    finally:
        sinks.mail.shut()
        await runner.cleanup()
