"""A town that goes on after its backup was made, loses its database, and is restored."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from bot.storage.archive import reading
from bot.storage.backup import make_backup
from bot.storage.engine import make_engine, make_sessions
from bot.storage.files import open_files
from bot.storage.restore import restore_backup
from domain.roles import Role
from domain.services import Services
from domain.work import Site
from tests.e2e.town import Town
from tests.support.factories import (
    make_customer,
    make_offer,
    make_order,
    make_producer,
)


async def test_nothing_is_sent_twice_and_what_is_pending_is_asked_for(
    town: Town, empty_database_url: str, tmp_path: Path
) -> None:
    customer, producer = await make_customer(town.site), await make_producer(town.site)
    people = [
        await town.person("Админ", role=Role.ADMIN),
        await town.person("Болат", role=Role.CUSTOMER, company=customer),
        await town.person("Айгүл", role=Role.SUPPLIER, company=producer),
    ]
    admin, _, supplier = people
    closed = await make_order(town.services, customer)
    await make_offer(town.services, closed, producer)
    await town.settled()
    await town.travel("2026-11-24T23:30:00+05:00")

    async def said() -> dict[int, Counter[str]]:
        """What the bot has said so far, to whom and how often."""
        return {
            each.id: Counter(message.text for message in await each.messages() if message.by_bot)
            for each in people
        }

    # An order whose invitation waits in the queue as the backup is made, and goes out after it.
    files = open_files(town.app.settings)
    await town.replicas.pop().stop()
    engine = make_engine(town.database_url)
    silent = Services(Site(make_sessions(engine), town.clock, files))
    late = await make_order(silent, customer)
    await engine.dispose()
    await make_backup(town.database_url, files, tmp_path / "saved.tar")
    await town.add_replica()
    await town.ready()
    await town.travel("2026-11-25T00:30:00+05:00")
    told = await said()
    assert any(f"№ {late}" in text for text in told[supplier.id])
    await town.replicas.pop(0).stop()

    with reading(tmp_path / "saved.tar") as reader:
        done = await restore_backup(empty_database_url, files, town.clock, reader)
    assert dict(done.held.deadlines) == {"offer_window": 1}
    assert done.held.notices["order.invited"] == 1
    town.database_url, town.token = empty_database_url, ""
    await town.add_replica()
    await town.ready()
    await town.app.sweeper.sweep_deadlines()
    await town.settled()
    after = await said()
    news = {name: after[name] - told[name] for name in after}
    assert sum(news[supplier.id].values()) == 0
    assert news[people[1].id].total() == 0
    (asked,) = news[admin.id]
    assert "восстановлена из резервной копии" in asked

    # The administrator decides, and life goes on; no number is given a second time.
    restored = town.services.restored
    who = await town.actor(admin)
    assert await restored.drop(who, sorted(done.held.notices)) == sum(done.held.notices.values())
    assert await restored.fire(who.because("fire"), ["offer_window"]) == 1
    await town.app.sweeper.sweep_deadlines()
    await town.settled()
    card = await town.ok("GET", f"/orders/{closed}")
    assert card["state"] == "choosing"
    fresh = await make_order(town.services, customer)
    assert fresh > late + 1_000
    await town.settled()
    assert any(f"№ {fresh}" in text for text in (await said())[supplier.id])
