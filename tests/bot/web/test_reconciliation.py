"""What the nightly check has found, over the API."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from domain.actor import Actor
from domain.deadlines import Deadline
from domain.services import Services
from tests.bot.web.conftest import Api
from tests.bot.web.story import FIRST, published


async def test_the_last_run_and_its_differences_page_by_page(api: Api, services: Services) -> None:
    empty = await api.ok("GET", "/reconciliation")
    assert empty.json == {"run": None, "items": [], "next": None}
    number = await published(api, FIRST)
    async with services.site.sessions.begin() as session:
        await session.execute(
            update(Deadline)
            .where(Deadline.kind == "offer_window")
            .values(due_at=Deadline.due_at + timedelta(seconds=1))
        )
    await services.reconciliation.run(Actor.system("test:reconcile"))
    first = await api.ok("GET", "/reconciliation?limit=1")
    assert (first["run.ground"], first["run.found"]) == ("asked", 2)
    assert (first["items.0.code"], first["items.0.subject"]) == ("due_differs", f"order:{number}")
    second = await api.ok("GET", f"/reconciliation?limit=1&cursor={first['next']}")
    assert (second["items.0.code"], second["next"]) == ("due_unlike", None)
