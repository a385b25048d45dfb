"""Letters that a mail provider brings over HTTP: the same way in as SMTP."""

from __future__ import annotations

import pytest

from bot.mail.intake import MAX_LETTER_BYTES
from domain.clock import ManualClock
from domain.services import Services
from tests.bot.mail.outside import AIGUL, written
from tests.bot.web.conftest import Answered, Api, MakeToken
from tests.bot.web.story import problem


async def brought(api: Api, raw: bytes) -> Answered:
    return await api.call("POST", "/mail", raw=raw, Content_Type="message/rfc822")


@pytest.mark.clause("366-19.4")
async def test_a_letter_opens_a_request_and_goes_on_in_it(api: Api, clock: ManualClock) -> None:
    clock.set(clock.now().replace(day=21))
    first = await brought(api, written().as_bytes())
    assert (first.status, first["outcome"]) == (201, "opened")
    number = first["number"]
    ticket = await api.get(f"/tickets/{number}")
    assert (ticket["channel"], ticket["promise.due_at"]) == ("email", "2026-11-23T18:30:00+05:00")
    second = await brought(api, written("Ещё", f"Re: [#{number}]").as_bytes())
    assert (second["outcome"], second["number"]) == ("continued", number)


async def test_the_same_letter_is_taken_once(api: Api, services: Services) -> None:
    raw = written().as_bytes()
    assert (await brought(api, raw)).json == (await brought(api, raw)).json
    assert (await services.outbox.waiting()).count == 1


async def test_machines_are_dropped_and_nobody_is_refused(api: Api, make_token: MakeToken) -> None:
    dropped = await brought(api, written(Auto_Submitted="auto-replied").as_bytes())
    assert dropped.json == {"outcome": "dropped", "number": None}
    nobody = await brought(api, b"Subject: x\r\n\r\nx")
    problem(nobody, 422, "email_invalid")
    reader = Api(api.client, await make_token("read"))
    problem(await brought(reader, written().as_bytes()), 403, "scope_too_small")


async def test_a_letter_may_weigh_more_than_a_file(api: Api) -> None:
    head = f"From: {AIGUL}\r\nMessage-ID: <w@x.kz>\r\n\r\n".encode()
    assert (await brought(api, head + b"word " * (21 * 1024**2 // 5))).status == 201
    problem(await brought(api, head + b"x" * MAX_LETTER_BYTES), 413, "body_too_large")
