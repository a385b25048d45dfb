"""The whole bot as those see it who run it: readiness, metrics, and a press that is followed."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import structlog

from bot.cli.failures import explain
from bot.health import AILMENTS, TOKEN
from bot.logs import setup_logs
from bot.parts import Part
from domain.awards.rules import Choice
from domain.roles import Role
from scheduler.frozen import EXIT_STUCK
from scheduler.watch import Stuck
from scheduler.worker import Worker
from tests.e2e.player import Player
from tests.e2e.town import Town
from tests.support.factories import (
    integration_actor,
    make_customer,
    make_offer,
    make_order,
    make_producer,
)
from tests.support.waiting import PATIENCE, until

Line = dict[str, Any]
PARTS = {
    *("deadlines", "desk", "files", "inbox", "inbox claims", "inbox marks", "mail", "notices"),
    *("scheduler", "updates"),
}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The log as it is written while the service runs."""
    stream, before = io.StringIO(), logging.getLogger().handlers[:]
    level = logging.getLogger().level
    setup_logs(json=True, stream=stream)
    yield stream
    logging.getLogger().handlers[:] = before
    logging.getLogger().setLevel(level)
    structlog.reset_defaults()


def lines(log: io.StringIO, event: str) -> list[Line]:
    """The lines of one event."""
    found = [json.loads(line) for line in log.getvalue().splitlines()]
    return [line for line in found if line["event"] == event]


async def ready(town: Town) -> dict[str, Any]:
    """What ``/readyz`` says, once every part has come through."""
    said: dict[str, Any] = {}

    async def is_ready() -> bool:
        answer = await town.api("GET", "/readyz")
        said.update(answer.body)
        return answer.status == 200

    await until(is_ready)
    return said


async def metrics(town: Town) -> str:
    async with town.http.get(f"{town.replicas[0].base}/metrics") as answer:
        assert answer.status == 200
        return await answer.text()


async def test_readiness_names_every_part_and_what_ails_us(town: Town) -> None:
    said = await ready(town)
    assert said["parts"].keys() >= PARTS
    assert all(said["parts"][name] is not None for name in PARTS)
    assert (said["silent"], said["ill"]) == ([], {})
    right, town.world.token = town.world.token, "1:" + "B" * 35
    with pytest.raises(Exception, match="Unauthorized"):
        await town.app.bot.get_me()
    refused = await town.api("GET", "/readyz")
    assert (refused.status, refused.body["ill"]) == (503, {TOKEN: AILMENTS[TOKEN].advice})
    assert f'tapsyrys_ailment{{what="{TOKEN}"}} 1.0' in await metrics(town)
    town.world.token = right
    await town.app.bot.get_me()
    assert (await ready(town))["ill"] == {}


async def test_metrics_know_what_went_and_nobody_by_name(town: Town) -> None:
    maker = await make_producer(town.site)
    person = await town.person("Нұрлан", "kk", role=Role.SUPPLIER, company=maker)
    await town.person("Оператор", "ru", role=Role.SUPPORT)
    asker = Player(town, person, "kk")
    await asker.choose("Support")
    await asker.say("Тапсырыс ашылмайды")
    shown = await metrics(town)
    assert 'tapsyrys_notice_sends_total{channel="telegram",outcome="sent"}' in shown
    assert 'tapsyrys_telegram_calls_total{answer="ok"}' in shown
    assert "tapsyrys_sending_owner 1.0" in shown
    assert 'tapsyrys_limiter_wait_seconds_count{urgency="press"}' in shown
    for secret in (str(person.id), "Нұрлан", maker.bin, "order:", "ticket:"):
        assert secret not in shown


async def test_a_press_leads_to_the_act_and_on_to_each_notice(town: Town, log: io.StringIO) -> None:
    contractor, maker = await make_customer(town.site), await make_producer(town.site)
    customer = await town.person("Данияр", "ru", role=Role.CUSTOMER, company=contractor)
    person = await town.person("Нұрлан", "kk", role=Role.SUPPLIER, company=maker)
    supplier = Player(town, person, "kk")
    number = await make_order(town.services, contractor)
    await make_offer(town.services, number, maker)
    await town.travel(await town.next_deadline("offer_window"))
    choice = [Choice(1, maker.bin, Decimal(100))]
    await town.services.awards.select(integration_actor(), number, choice)
    await town.settled()
    await supplier.press("Details")
    await supplier.press("Confirm")
    await supplier.press("Yes, confirm")
    await town.settled()
    (act,) = [line for line in lines(log, "act") if line["act"] == "award.confirm"]
    assert act["cause"] == f"tg:{town.app.bot.id}:{act['update']}"
    (sent,) = [
        line
        for line in lines(log, "notice.attempt")
        if line["kind"] == "award.confirmed" and line["cause"] == act["cause"]
    ]
    assert (sent["outcome"], sent["attempt"], sent["channel"]) == ("sent", 1, "telegram")
    (shown,) = [each for each in await customer.messages() if each.id == sent["message"]]
    assert str(sent["notice"]) in shown.text
    # What a deadline brought about bears the deadline.
    assert any(line["cause"].startswith("due:") for line in lines(log, "act"))
    written = log.getvalue()
    for secret in ("Нұрлан", "Данияр", maker.bin, contractor.bin, town.world.token):
        assert secret not in written


async def test_a_call_of_the_api_leads_on_as_well(town: Town, log: io.StringIO) -> None:
    body = {
        "date": "2026-12-31",
        "working": False,
        "name_kk": "Демалыс",
        "name_ru": "Выходной",
        "basis": "Приказ",
    }
    answered = await town.api("PUT", "/calendar/overrides", {"overrides": [body]})
    assert answered.status in (200, 201), answered.body
    headers = {name.lower(): value for name, value in answered.headers.items()}
    (act,) = [line for line in lines(log, "act") if line.get("request") == headers["x-request-id"]]
    assert act["cause"].startswith("api:")


async def test_a_part_that_hangs_for_good_ends_the_process(town: Town, log: io.StringIO) -> None:
    """Woken it goes on hanging: the process is to end, and the log says which part it was."""
    deaf = asyncio.Event()

    async def hang() -> None:
        while not deaf.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await deaf.wait()

    hung = Worker("hung", hang, poll=0.01, patience=0.01)
    town.app.begin(Part("hung", hung.run, [hung]))
    await asyncio.wait_for(town.app.stopping.wait(), PATIENCE)
    failure, town.app.failure = town.app.failure, None
    deaf.set()
    assert isinstance(failure, Stuck)
    assert explain(failure) == (
        "A part is stuck (hung): the supervisor starts a new process.",
        EXIT_STUCK,
    )
    assert [line["part"] for line in lines(log, "part.woken")] == ["hung"]
    assert [line["part"] for line in lines(log, "part.stuck")] == ["hung"]


async def test_a_part_that_hangs_once_is_woken_and_goes_on(town: Town, log: io.StringIO) -> None:
    went_on, calls = asyncio.Event(), 0

    async def hang_once() -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            await asyncio.Event().wait()
        went_on.set()

    hung = Worker("hung", hang_once, poll=0.01, patience=0.01)
    town.app.begin(Part("hung", hung.run, [hung]))
    await asyncio.wait_for(went_on.wait(), PATIENCE)
    hung.pulse.patience = 60
    assert [line["part"] for line in lines(log, "part.woken")] == ["hung"]
    assert town.app.failure is None
