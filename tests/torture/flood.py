"""Many deadlines that came due while nothing ran: 20,000 windows of offers after three days.

The orders are written as rows (making them would take longer than all else); what closes them is
the real sweep of two processes, each killed once on the way.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

from bench import _seed
from tests.torture.checks import chain_is_whole
from tests.torture.stage import Stage
from tests.torture.town import Stuck, Town, opened

_START = "2026-11-20T10:00:00+05:00"
_AWAY = timedelta(days=3)
_KILLED_AT = (0.3, 0.6)
# Seconds for each thousand, on a busy machine.
_EACH_THOUSAND = 60.0

_ORDERS = """
WITH made AS (
    INSERT INTO purchase_order (
        customer_id, created_at, state, revision, delivery_place, delivery_terms, delivery_days,
        published_at, offers_due_at, protocol_version
    )
    SELECT $1, $3::timestamptz, 'collecting', 2, 'Астана', 'DDP', 90, $3::timestamptz,
        $3::timestamptz + n * ($4::interval / $2::int), 0
    FROM generate_series(1, $2::int) AS n
    RETURNING id, number, offers_due_at
), lined AS (
    INSERT INTO order_line (
        order_id, position, name_ru, name_kk, code, agsk3, quantity, unit, allocated_sum,
        characteristics, outside_quantity
    )
    SELECT id, 1, 'Труба', 'Құбыр', '242013.100.000000', '', 100, 'm', 1000000, 'ГОСТ', 0 FROM made
)
INSERT INTO deadline (
    kind, subject, generation, started_at, due_at, term, clause, calendar_version, state, params,
    order_id, attempts
)
SELECT 'offer_window', 'order:' || number, 1, $3::timestamptz, offers_due_at, '2wd', '344-13.3a',
    'flood', 'open', '{}', id, 0
FROM made
"""
_STATES = """
SELECT count(*) FILTER (WHERE state = 'fired') AS fired, count(*) AS in_all
FROM deadline WHERE calendar_version = 'flood'
"""
_ONCE = """
SELECT count(*) AS acts, count(DISTINCT subject) AS subjects FROM audit_entry
WHERE action = 'due.offer_window'
"""


async def flood(stage: Stage, count: int) -> str:
    """Let so many windows come due while all is down; what was measured, in words.

    Raises Stuck when something was lost, or happened twice.
    """
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        start = datetime.fromisoformat(_START)
        async with opened(stage, Path(folder), start, 2, webhook=True) as town:
            for replica in town.replicas:
                town.down.add(replica.number)
                replica.kill()
            (customer,) = await _seed.companies(town.database, 500_000, 1, customers=True)
            await town.database.execute(_ORDERS, customer, count, start, _AWAY)
            town.move(start + _AWAY)
            began = time.monotonic()
            for replica in town.replicas:
                town.down.discard(replica.number)
                replica.begin()
            deaths = await _killed_on_the_way(town, count)
            seconds = time.monotonic() - began
            row = await town.row(_ONCE)
            if (row["acts"], row["subjects"]) != (count, count):
                raise Stuck(f"not once each: {dict(row)}, {count} windows")
            await chain_is_whole(town)
            if town.ledger.broken:
                raise Stuck("; ".join(town.ledger.broken))
    return (
        f"{count:,} windows that came due in three days without a process: all closed, each once, "
        f"{seconds:.0f} s after two processes were started, with {deaths} kills on the way."
    )


async def _killed_on_the_way(town: Town, count: int) -> int:
    """Wait until all have fired; each process is killed once meanwhile."""
    end = time.monotonic() + _EACH_THOUSAND * max(1.0, count / 1000)
    to_kill = [(share * count, number) for number, share in enumerate(_KILLED_AT)]
    while True:
        row = await town.row(_STATES)
        while to_kill and row["fired"] >= to_kill[0][0]:
            town.shoot(to_kill.pop(0)[1])
        if row["fired"] == count:
            return town.deaths
        if time.monotonic() > end:
            raise Stuck(f"{row['fired']} of {count} windows closed")
        await asyncio.sleep(0.1)
