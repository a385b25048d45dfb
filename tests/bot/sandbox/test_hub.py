"""What the demo catches: letters, short messages, webhooks; and trouble that lasts."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramRetryAfter
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from standardwebhooks.webhooks import Webhook

from bot.sandbox.client import Person, Sandbox
from bot.sandbox.demo.hooks import HOOK, Receiver
from bot.sandbox.demo.mailbox import Mailbox, catching
from bot.sandbox.faults import Fault, Faults
from domain.clock import ManualClock

OLGA = "olga@example.kz"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def letter(subject: str, text: str, token: str) -> EmailMessage:
    """A letter of the platform, plain and HTML."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "tapsyrys@demo.example", OLGA, subject
    made["Message-ID"] = f"<{token}@demo.example>"
    made.set_content(text)
    made.add_alternative(f"<p>{text}</p>", subtype="html")
    return made


async def send(port: int, made: EmailMessage) -> None:
    """Hand a letter to the mail server as the platform does."""

    def hand_over() -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as server:
            server.send_message(made)

    await asyncio.to_thread(hand_over)


async def test_letters_arrive_with_their_code_and_way_back(
    tmp_path: Path, clock: ManualClock
) -> None:
    mailbox = Mailbox(tmp_path / "mail.json", clock)
    async with catching(mailbox) as port:
        await send(port, letter("Растау коды", "Код: 012345", "code.1.1"))
        await send(
            port,
            letter("Хат", "Заказ 123456: https://t.me/x_bot?start=notice_7", "notice.7.1"),
        )
    code, notice = mailbox.letters
    assert (code.to, code.subject, code.code, code.payload) == (OLGA, "Растау коды", "012345", "")
    assert (notice.code, notice.payload) == ("", "notice_7")
    assert notice.html.startswith("<p>")
    assert await mailbox.code_for(OLGA, clock.now()) == "012345"


async def test_the_mailbox_survives_a_restart(tmp_path: Path, clock: ManualClock) -> None:
    mailbox = Mailbox(tmp_path / "mail.json", clock)
    await mailbox.put_sms("+77011112233", "Tapsyrys, your code: 654321.")
    await mailbox.put_sms("+77011112233", "№ 5: 123456")
    again = Mailbox(tmp_path / "mail.json", clock)
    assert again.letters == mailbox.letters
    assert [each.code for each in again.letters] == ["654321", ""]
    assert (await again.put_sms("+7", "x")).number == 3


@pytest.fixture
async def hooked(
    tmp_path: Path, clock: ManualClock
) -> AsyncIterator[tuple[Receiver, TestClient[web.Request, web.Application]]]:
    """A receiver that knows its secret, on a server."""
    path = tmp_path / "hook"
    path.write_text(SECRET, encoding="ascii")
    receiver = Receiver(path, clock)
    app = web.Application()
    app.router.add_post(HOOK, receiver.take)
    async with TestClient(TestServer(app)) as client:
        yield receiver, client


@pytest.mark.parametrize(
    ("secret", "late", "status"),
    [(SECRET, 0, 204), (SECRET, 6, 401), ("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 0, 401)],
)
async def test_webhooks_are_believed_by_signature_and_the_demos_clock(
    hooked: tuple[Receiver, TestClient[web.Request, web.Application]],
    clock: ManualClock,
    secret: str,
    late: int,
    status: int,
) -> None:
    receiver, client = hooked
    at, body = clock.now(), '{"type":"order.published"}'
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", at, body),
    }
    clock.advance(timedelta(minutes=late))
    answer = await client.post(HOOK, data=body, headers=headers)
    (hook,) = receiver.hooks
    assert (answer.status, hook.verified, hook.type) == (status, status == 204, "order.published")


async def test_a_webhook_without_headers_is_refused_and_listed(
    hooked: tuple[Receiver, TestClient[web.Request, web.Application]],
) -> None:
    receiver, client = hooked
    answer = await client.post(HOOK, data=b"\xff[1]")
    assert answer.status == 401
    assert [(each.verified, each.type) for each in receiver.hooks] == [(False, "")]


def test_a_fault_that_lasts_counts_down_and_ends() -> None:
    seconds = [100.0]
    faults = Faults(lambda: seconds[0])
    faults.add(Fault("429", lasts=60))
    for now, left in ((100.0, 60), (130.5, 30), (159.9, 1)):
        seconds[0] = now
        struck = faults.strike("sendMessage", 7)
        assert struck is not None
        assert struck.retry_after == left
    assert [each.lasts for each in faults.waiting] == [pytest.approx(0.1)]
    seconds[0] = 160.0
    assert faults.strike("sendMessage", 7) is None
    assert faults.waiting == []


async def test_what_is_switched_on_is_told_and_switched_off(
    bot: Bot, aigul: Person, sandbox: Sandbox
) -> None:
    await sandbox.request("POST", "faults", {"kind": "429", "lasts": 30})
    for _ in range(3):
        with pytest.raises(TelegramRetryAfter) as refused:
            await bot.send_message(aigul.id, "x")
        assert 0 < refused.value.retry_after <= 30
    (shown,) = await sandbox.request("GET", "faults")
    assert (shown["kind"], 0 < shown["lasts"] <= 30) == ("429", True)
    await sandbox.clear_faults()
    await bot.send_message(aigul.id, "y")
