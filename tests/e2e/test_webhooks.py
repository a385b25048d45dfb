"""The whole bot tells a program beside it what happened, signed, soon after the act."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.storage.embedded import embedded
from domain.clock import SystemClock
from tests.bot.channels.webhooks.receiver import Receiver, receiving
from tests.e2e.killable import Demo
from tests.support.waiting import until

CUSTOMER = "971240001315"
ORDER = {
    "customer_bin": CUSTOMER,
    "delivery_place": "Астана",
    "delivery_terms": "DDP",
    "delivery_days": 90,
    "lines": [
        {
            "name_ru": "Труба",
            "name_kk": "Құбыр",
            "code": "242013.100.000000",
            "quantity": "1",
            "unit": "m",
            "allocated_sum": "1000",
            "characteristics": "ГОСТ 10704-91",
        }
    ],
}


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[Demo]:
    made = Demo(tmp_path / "demo", tmp_path / "log")
    await made.start()
    # Its database outlives it; we are an owner too, and the last one stops it.
    async with embedded(made.data / "postgres"):
        yield made
        made.kill()


async def test_an_order_reaches_a_program_also_after_a_kill(demo: Demo) -> None:
    steps = iter(range(100))
    async with receiving(SystemClock()) as receiver, aiohttp.ClientSession() as session:

        async def call(method: str, path: str, body: object) -> dict[str, object]:
            status, raw = await demo.call(session, method, path, body, f"step-{next(steps)}")
            assert status in (200, 201), raw
            found = json.loads(raw)
            assert isinstance(found, dict)
            return found

        await call("PUT", f"/customers/{CUSTOMER}", {"name_ru": "ТОО «Генподряд»"})
        made = await call("POST", "/webhooks", {"url": receiver.url, "company_bin": CUSTOMER})
        receiver.secret = str(made["secret"])
        created = await call("POST", "/orders", ORDER)
        await call("POST", f"/orders/{created['number']}/publish", {})
        await _arrived(receiver, 3)
        assert receiver.types == ["order.published", "protocol.formed", "order.failed"]
        demo.kill()
        await demo.start()
        await call("POST", f"/webhooks/{made['id']}/test", {})
        await _arrived(receiver, 4)
        assert receiver.types[3:] == ["webhook.ping"]


async def _arrived(receiver: Receiver, count: int) -> None:
    async def so_many() -> bool:
        return len(receiver.taken) >= count

    await until(so_many, 60)
