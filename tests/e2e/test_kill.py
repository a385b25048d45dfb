"""SIGKILL at every step of an order's way: nothing is lost and nothing happens twice.

A step that was cut off is repeated with the same key, as a careful client does; a press that
Telegram has taken is never repeated: it must come through by itself.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import func, select

from bot.sandbox.client import Sandbox, SandboxError
from bot.storage.embedded import embedded
from bot.storage.engine import make_engine, make_sessions
from bot.storage.files import local_files
from domain.audit import AuditEntry
from domain.awards.model import Award, Protocol
from domain.clock import SystemClock
from domain.deadlines import Deadline
from domain.notices.model import Notice
from domain.offers.model import Offer
from domain.orders.model import Order
from domain.roles import Role
from domain.work import Site
from handlers.views.press import press
from tests.e2e.killable import Demo
from tests.support.factories import PIPE, make_person, next_bin
from tests.support.waiting import PATIENCE, until

_DIED = (aiohttp.ClientError, ConnectionError, TimeoutError)
# Seconds within which a kill comes after a step has begun: some steps are cut, some have ended.
_LATEST = 0.08


@dataclass
class Story:
    """An order on its way through a process that keeps dying."""

    demo: Demo
    session: aiohttp.ClientSession
    site: Site
    chance: random.Random
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    steps: int = 0

    async def step(self, method: str, path: str, body: object = None) -> Any:
        """One call, cut off by a kill and repeated until answered; its answer."""
        self.steps += 1
        key = f"step-{self.steps}"
        await self._cut_off(self.demo.call(self.session, method, path, body, key))
        first = await self.demo.call(self.session, method, path, body, key)
        assert first[0] in (200, 201), (path, first)
        if not path.startswith("/demo") and method == "POST":
            assert await self.demo.call(self.session, method, path, body, key) == first
        return json.loads(first[1])

    async def press(self, person: int, data: str) -> None:
        """A press in the chat, cut off; repeated only when Telegram did not take it."""
        async with Sandbox(self.demo.url) as sandbox:
            somebody = sandbox.known(person)
            shown = await somebody.messages()
            taken = await self._cut_off(
                somebody.press_data(data, shown[-1].id, forged=True), otherwise=None
            )
        if taken is None:
            async with Sandbox(self.demo.url) as sandbox:
                await sandbox.known(person).press_data(data, shown[-1].id, forged=True)

    async def _cut_off(self, act: Awaitable[Any], otherwise: Any = None) -> Any:
        """Let an act begin, kill, start again; what it answered if it came through."""
        task = asyncio.ensure_future(act)
        await asyncio.wait([task], timeout=self.chance.uniform(0.0, _LATEST))
        self.demo.kill()
        try:
            answer = await task
        except (*_DIED, SandboxError, json.JSONDecodeError):
            answer = otherwise
        await self.demo.start()
        return answer

    async def read(self, path: str) -> Any:
        """A reading call."""
        status, body = await self.demo.call(self.session, "GET", path, None, "read")
        assert status == 200, body
        return json.loads(body)


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    """An empty demo that works, with the database beside it in our hands."""
    demo = Demo(tmp_path / "demo", tmp_path / "log")
    async with AsyncExitStack() as stack:
        stack.callback(demo.kill)
        await demo.start()
        engine = make_engine(await stack.enter_async_context(embedded(demo.data / "postgres")))
        stack.push_async_callback(engine.dispose)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        site = Site(make_sessions(engine), SystemClock(), local_files(tmp_path / "files"))
        yield Story(demo, session, site, random.Random(344))
        demo.kill()


async def _register(story: Story, role: Role, number: str, language: str) -> int:
    """Somebody of a company with an open chat."""
    async with Sandbox(story.demo.url) as sandbox:
        person = await sandbox.person("Айгүл", language=language, phone="+77010000000")
        await make_person(story.site, person.id, role, number, language)
        await person.start()
        await person.eventually(lambda message: message.by_bot)
        return person.id


def _producer(name: str) -> dict[str, object]:
    good = {"code": PIPE, "name_ru": "Труба стальная", "name_kk": "Болат құбыр", "unit": "m"}
    return {"name_ru": name, "name_kk": name, "registry_number": "1", "goods": [good]}


def _order(customer: str) -> dict[str, object]:
    line = {
        "name_ru": "Труба стальная",
        "name_kk": "Болат құбыр",
        "code": PIPE,
        "quantity": "100",
        "unit": "m",
        "allocated_sum": "1000000.00",
        "characteristics": "ГОСТ 10704-91",
    }
    return {
        "customer_bin": customer,
        "delivery_place": "Астана",
        "delivery_terms": "DDP",
        "delivery_days": 90,
        "lines": [line],
    }


def _offer(supplier: str, price: str) -> dict[str, object]:
    line = {"line": 1, "quantity": "100", "price": price, "delivery_days": 60}
    return {"supplier_bin": supplier, "lines": [{**line, "characteristics": "ГОСТ 10704-91"}]}


async def test_order_lives_through_a_kill_at_every_step(story: Story) -> None:
    """One order to its contract, killed in each step on the way."""
    customer, first, second = next_bin(), next_bin(), next_bin()
    await story.step("PUT", f"/customers/{customer}", {"name_ru": "Заказчик"})
    await story.step("PUT", f"/producers/{first}", _producer("Первый"))
    await story.step("PUT", f"/producers/{second}", _producer("Второй"))
    buyer = await _register(story, Role.CUSTOMER, customer, "ru")
    people = [await _register(story, Role.SUPPLIER, each, "kk") for each in (first, second)]

    number = (await story.step("POST", "/orders", _order(customer)))["number"]
    path = f"/orders/{number}"
    published = await story.step("POST", f"{path}/publish")
    assert published["invited"] == 2
    await story.step("POST", f"{path}/offers", _offer(first, "900000"))
    await story.step("POST", f"{path}/offers", _offer(second, "800000"))
    await story.step("POST", "/demo/clock", {"now": published["offers_due_at"]})
    assert (await story.read(path))["state"] == "choosing"

    chosen = [
        {"supplier_bin": first, "line": 1, "quantity": "60"},
        {"supplier_bin": second, "line": 1, "quantity": "40"},
    ]
    awards = (await story.step("POST", f"{path}/awards", {"awards": chosen}))["awards"]
    await story.press(people[0], press("award.confirmed", awards[0]["id"]))

    async def confirmed() -> bool:
        return bool((await story.read(f"/awards/{awards[0]['id']}"))["state"] == "active")

    await until(confirmed, PATIENCE)
    await story.step("POST", f"/awards/{awards[1]['id']}/refuse", {"reason": "Нет сырья"})
    today = published["offers_due_at"][:10]
    contract = {"supplier_bin": first, "contract_number": "14/26", "signed_on": today}
    await story.step("POST", f"{path}/contracts", contract)
    await _nothing_twice(story, number, {buyer, *people})
    await _all_told(story)
    await _record_is_whole(story)


async def _all_told(story: Story) -> None:
    """Every notice has gone out, also those in hand when a process died."""

    async def sent() -> bool:
        async with story.site.sessions() as session:
            states = set(await session.scalars(select(Notice.state).distinct()))
        return states == {"sent"}

    await until(sent, 60)


async def _nothing_twice(story: Story, number: int, people: set[int]) -> None:
    async with story.site.sessions() as session:
        order = (await session.scalars(select(Order).where(Order.number == number))).one()
        assert await session.scalar(select(func.count()).select_from(Order)) == 1
        offers = await session.scalars(select(Offer.company_id).where(Offer.order_id == order.id))
        assert set(Counter(offers).values()) == {1}
        states = await session.scalars(select(Award.state).where(Award.order_id == order.id))
        assert sorted(states) == ["active", "unsuccessful"]
        versions = await session.scalars(
            select(Protocol.version).where(Protocol.order_id == order.id).order_by(Protocol.version)
        )
        assert list(versions) == [1, 2]
        acts = Counter(await session.scalars(select(AuditEntry.action)))
        once = ("order.create", "order.publish", "award.select", "award.confirm", "award.refuse")
        assert {name: acts[name] for name in (*once, "contract.enter")} == dict.fromkeys(
            (*once, "contract.enter"), 1
        )
        assert acts["offer.submit"] == 2
        windows = await session.scalars(
            select(Deadline.state).where(Deadline.kind == "offer_window")
        )
        assert list(windows) == ["fired"]
        told = await session.execute(
            select(Notice.person_id, Notice.kind, Notice.subject, func.count())
            .group_by(Notice.person_id, Notice.kind, Notice.subject)
            .having(func.count() > 1)
        )
        # Protocols and refusals tell of one order several times, each with a version of its own.
        assert {row.kind for row in told} <= {"protocol.formed"}


async def _record_is_whole(story: Story) -> None:
    """`tapsyrys audit verify` walks the chain while the demo runs."""
    verifier = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "audit",
        "verify",
        env={**os.environ, "TAPSYRYS_DATA_DIR": str(story.demo.data), "TAPSYRYS_DATABASE_URL": ""},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await verifier.communicate()
    assert verifier.returncode == 0, (out, err)
    assert b"whole" in out
