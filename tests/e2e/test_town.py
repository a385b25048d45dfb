"""The town itself: it starts, answers, and its clock brings deadlines about."""

from __future__ import annotations

from domain.roles import Role
from tests.e2e.town import Town
from tests.support.factories import make_producer


async def test_starts_and_answers(town: Town) -> None:
    producer = await make_producer(town.site)
    aigul = await town.person(role=Role.SUPPLIER, company=producer)
    assert [each for each in await aigul.messages() if each.by_bot]
    assert (await town.api("GET", "/healthz")).status == 200
    assert (await town.api("GET", "/orders")).status == 200
