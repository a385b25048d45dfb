"""SIGKILL at every press, text and file of an order's way in the chat.

Nobody repeats anything: what Telegram took comes through by itself after the restart. Each step
is either cut off at a chosen crossing or done, and then the process is killed all the same.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.sandbox.client import CallbackAnswer, Message, Person, Sandbox
from bot.sandbox.records import Json
from bot.storage.embedded import embedded
from bot.storage.engine import make_engine, make_sessions
from bot.storage.files import local_files
from bot.storage.inbox_statements import OPEN
from bot.storage.tables import FsmState, InboxUpdate
from domain.audit import AuditEntry
from domain.clock import SystemClock
from domain.files import Attachment
from domain.notices.model import Notice
from domain.registry.views import CompanyView
from domain.roles import Role
from domain.work import Site
from tests.e2e.killable import Demo
from tests.e2e.player import Act, Hand
from tests.e2e.walks import enter_contract, fill_offer, give, publish
from tests.support.factories import PIPE, make_customer, make_person, make_producer
from tests.support.waiting import PATIENCE, until

# A step makes about so many crossings; the kill comes at one of them, or when all is done.
_MOST_CROSSINGS = 26
ONCE = (
    "order.create",
    "order.publish",
    "offer.submit",
    "award.select",
    "award.confirm",
    "contract.enter",
    "contract.agree",
)
# Seconds within which Telegram takes the answer to a press, with something left for the machine.
_ANSWERABLE = 8.0


class PatientSandbox(Sandbox):
    """A connection for each request: no kept one is lost with the process at its other end."""

    async def __aenter__(self) -> PatientSandbox:
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True))
        return self


@dataclass
class Mortal:
    """A demo that dies at each step, and what is seen of it from outside."""

    demo: Demo
    sandbox: Sandbox
    engine: AsyncEngine
    site: Site
    chance: random.Random
    told: list[str] = field(default_factory=list)

    async def outlive(self, act: Act, what: str) -> None:
        """Let a person act, kill the process in the middle or at the end, start it again."""
        crossing = self.chance.randint(1, _MOST_CROSSINGS)
        self.demo.plan(crossing)
        await act()
        await until(self._dead_or_done, PATIENCE)
        self.told.append(f"{what}: {crossing}{', done before' if self.demo.alive else ''}")
        self.demo.plan(0)
        self.demo.kill()
        # The leases of the dead end: with them it would come through ten seconds later.
        async with self.engine.begin() as connection:
            await connection.execute(
                text("UPDATE inbox_update SET claimed_until = now() WHERE state = 'working'")
            )
        await self.demo.start()
        await until(self.done, PATIENCE)

    async def _dead_or_done(self) -> bool:
        return not self.demo.alive or await self.done()

    async def done(self) -> bool:
        """Every update is worked, every notice has gone."""
        if self._recorded("update"):
            return False
        async with self.engine.connect() as connection:
            waiting = select(func.count()).where(InboxUpdate.state.in_(OPEN))
            unsent = select(func.count()).where(Notice.state.in_(("queued", "sending")))
            return not await connection.scalar(waiting) and not await connection.scalar(unsent)

    def unanswered(self, press: str) -> bool:
        """Whether a press still spins."""
        return press in self._recorded("callback")

    def _recorded(self, kind: str) -> list[str]:
        """What Telegram remembers."""
        path = self.demo.data / "sandbox.sqlite3"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as journal:
            return [
                key for (key,) in journal.execute("SELECT key FROM record WHERE kind = ?", (kind,))
            ]


@dataclass
class Survivor(Hand):
    """Somebody whose every act is cut off, and who is answered all the same."""

    mortal: Mortal
    person: Person
    language: str

    async def press_data(
        self, data: str, message: Message | None = None, *, forged: bool = False
    ) -> CallbackAnswer:
        """Press a button by what it carries; the answer itself died with the process."""
        on = message or await self._offering(data)
        pressed: list[str] = []
        begun = time.monotonic()

        async def act() -> None:
            pressed.append(await self.person.press_data(data, on.id, forged=forged))

        await self._answered(act, f"the press of {data}")
        if time.monotonic() - begun < _ANSWERABLE:
            assert not self.mortal.unanswered(pressed[0]), f"{data} still spins"
        return CallbackAnswer(pressed[0], "", show_alert=False)

    async def _answered(self, act: Act, what: str) -> list[Message]:
        before = {each.id: each.raw for each in await self.messages()}
        await self.mortal.outlive(act, what)
        after = await self.messages()
        new = [each for each in after if before.get(each.id) != each.raw]
        assert new, f"{what!r} was left without an answer"
        return new


@pytest.fixture
async def mortal(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Mortal]:
    """An empty demo that works, with the database beside it in our hands."""
    demo = Demo(tmp_path / "demo", tmp_path / "log")
    async with AsyncExitStack() as stack:
        stack.callback(demo.kill)
        await demo.start()
        engine = make_engine(await stack.enter_async_context(embedded(demo.data / "postgres")))
        stack.push_async_callback(engine.dispose)
        sandbox = await stack.enter_async_context(PatientSandbox(demo.url))
        site = Site(make_sessions(engine), SystemClock(), local_files(tmp_path / "files"))
        yield Mortal(demo, sandbox, engine, site, random.Random(request.param))
        demo.kill()


async def arrived(mortal: Mortal, role: Role, company: CompanyView, language: str) -> Survivor:
    """Somebody of a company with an open chat."""
    person = await mortal.sandbox.person("Айгүл", language=language, phone="+77010000000")
    await make_person(mortal.site, person.id, role, company, language)
    survivor = Survivor(mortal, person, language)
    await survivor.start()
    return survivor


async def call(mortal: Mortal, method: str, path: str, body: Json | None = None) -> Json:
    """A call of the HTTP API, of the demo's clock; it is not cut off."""
    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {mortal.demo.token}"}
        async with session.request(
            method, mortal.demo.url + path, json=body, headers=headers
        ) as answer:
            assert answer.status == 200, await answer.text()
            return dict(await answer.json())


# Forty-five starts of a process beside everything else that the run does.
@pytest.mark.timeout(600)
# The seed of the crossings.
@pytest.mark.parametrize("mortal", [344], indirect=True, ids=lambda seed: f"seed {seed}")
async def test_every_step_in_the_chat_survives_a_kill(mortal: Mortal) -> None:
    """From the menu of the customer to the agreed contract, each step killed once."""
    contractor, maker = await make_customer(mortal.site), await make_producer(mortal.site)
    customer = await arrived(mortal, Role.CUSTOMER, contractor, "ru")
    supplier = await arrived(mortal, Role.SUPPLIER, maker, "kk")
    try:
        await publish(customer)
        (row,) = (await call(mortal, "GET", "/api/v1/orders"))["items"]
        path = f"/api/v1/orders/{row['number']}"
        ordered(await call(mortal, "GET", path))
        await fill_offer(supplier, "900 000")
        await supplier.sees("Offer No. {offer} is submitted")
        await choose(mortal, path, customer, maker)
        await conclude(customer, supplier)
        await customer.sees("The contract is concluded.")
        await done_once(mortal, await call(mortal, "GET", path))
    except BaseException as error:
        error.add_note("\n".join(["what was done, and at which crossing it died:", *mortal.told]))
        raise


def ordered(order: Json) -> None:
    """Every answer of the form stands where it was given: none was lost or taken twice."""
    assert (order["state"], order["invited"]) == ("collecting", 1)
    assert order["delivery_place"] == "Астана, склад 3"
    assert order["delivery_terms"] == "Одной партией, разгрузка поставщиком"
    assert order["delivery_days"] == 90
    (line,) = order["lines"]
    assert line["name_ru"] == "Труба стальная Ø325х8"
    assert (line["code"], line["quantity"], line["unit"]) == (PIPE, "100", "m")
    assert line["allocated_sum"] == "1000000.00"
    assert line["characteristics"] == "ГОСТ 10704, сталь Ст20"


async def choose(mortal: Mortal, path: str, customer: Survivor, maker: CompanyView) -> None:
    """The window closes; the customer gives the supplier 60 of the 100."""
    due = (await call(mortal, "GET", path))["offers_due_at"]
    await call(mortal, "POST", "/demo/clock", {"now": due})
    await until(mortal.done, PATIENCE)
    (offer,) = (await call(mortal, "GET", f"{path}/offers"))["items"]
    (line,) = offer["lines"]
    assert (offer["version"], line["accepted"]) == (1, True)
    assert (line["quantity"], line["price"], line["delivery_days"]) == ("100", "900000.00", 75)
    assert line["characteristics"] == "ГОСТ 10704, сталь Ст20"
    async with mortal.site.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Attachment)) == 1
    await customer.press("Choose suppliers")
    await customer.press("Set volumes myself")
    await give(customer, maker, "60")
    await customer.press("Review")
    await customer.press("Send for confirmation")


async def conclude(customer: Survivor, supplier: Survivor) -> None:
    """Confirmed with a second tap, entered by one side, agreed by the other."""
    await supplier.press("Details")
    await supplier.press("Confirm")
    await supplier.press("Yes, confirm")
    await enter_contract(supplier, "14/26")
    await customer.press("Agree")
    await customer.press("Yes, I agree")


async def done_once(mortal: Mortal, order: Json) -> None:
    """One award, one contract, one protocol; each act on record once, each notice a row."""
    assert [(each["quantity"], each["state"]) for each in order["awards"]] == [("60", "active")]
    (contract,) = order["contracts"]
    assert (contract["contract_number"], contract["state"]) == ("14/26", "concluded")
    assert order["protocol_version"] == 1
    async with mortal.site.sessions() as session:
        acts = Counter(await session.scalars(select(AuditEntry.action)))
        assert {name: acts[name] for name in ONCE} == dict.fromkeys(ONCE, 1)
        assert set(await session.scalars(select(Notice.state))) == {"sent"}
        # No form is open and no draft waits: each came to its end.
        left = await session.scalars(select(FsmState.data))
        assert not [each for each in left if each.get("draft")]
