"""What must hold of mail, SMS and webhooks when all is over."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import asyncpg

from domain.notices.model import Lane
from tests.support.chat import t_of
from tests.torture.model import Order
from tests.torture.sinks import Arrival
from tests.torture.town import Town

if TYPE_CHECKING:
    from tests.torture.run import Result

_NUMBER = tuple(
    re.compile(re.escape(t_of(each)("Notice No. {number}", number=0)).replace("0", "([0-9]+)"))
    for each in ("kk", "ru")
)
_SHORT = re.compile(r"^№ ([0-9]+): ")
#: A server that takes nothing for so long is waited for no more.
_GIVEN_UP = timedelta(days=3)
_NOBODY_ANSWERED = frozenset({"timeout", "unreachable"})


def numbers(text: str) -> list[int]:
    """The numbers of notices that a text says it is."""
    return [int(found) for pattern in _NUMBER for found in pattern.findall(text)]


# Mail and SMS

_ROWS = """
SELECT notice.id, COALESCE(notice.origin_id, notice.id) AS number, notice.kind, notice.channel,
    notice.lane, notice.state, notice.error, notice.created_at, notice.useless_after,
    notice.person_id, person.telegram_id AS reader, there.address,
    (SELECT count(*) FROM delivery
        WHERE delivery.notice_id = notice.id AND delivery.outcome = 'unknown') AS unknown,
    (SELECT string_agg(concat_ws(' ', attempt, outcome, error, ended_at), '; ' ORDER BY id)
        FROM delivery WHERE delivery.notice_id = notice.id) AS tries,
    (SELECT max(ended_at) FROM delivery WHERE delivery.notice_id = notice.id)
        >= notice.useless_after AS too_late
FROM notice JOIN person ON person.id = notice.person_id
JOIN contact_address AS there ON there.person_id = notice.person_id
    AND (notice.channel = there.channel OR notice.channel = 'telegram')
"""


async def told_outside(town: Town, result: Result, excuses: int) -> None:
    """Whoever has an address was told of everything, in one channel or the other, each once."""
    expect = town.ledger.expect
    rows = await town.database.fetch(_ROWS)
    came = Counter(_came(town))
    result.letters = sum(came.values())
    owners = {(row["address"], row["number"]): row for row in rows}
    for address, number in came:
        expect((address, number) in owners, f"notice {number} came to {address}, who is another")
    for row in rows:
        if row["channel"] == "telegram":
            continue
        name = f"notice {row['number']} ({row['kind']}) by {row['channel']} to {row['address']}"
        copies = came[row["address"], row["number"]] - 1
        result.copied += max(copies, 0)
        expect(copies <= row["unknown"], f"{name}: {copies} copies; attempts: {row['tries']}")
        expect(copies <= excuses + town.sinks.mail.doubted, f"{name}: {copies} copies")
        if row["state"] == "sent":
            expect(copies >= 0, f"{name}: sent, and never came")
    groups: dict[int, list[asyncpg.Record]] = defaultdict(list)
    for row in rows:
        groups[row["number"]].append(row)
    for number, group in groups.items():
        expect(_reached(town, group), f"notice {number} reached nobody: {[*map(dict, group)]}")
    expect(not town.sinks.strayed, f"asked for what nobody offers: {town.sinks.strayed}")


def _came(town: Town) -> Iterator[tuple[str, int]]:
    for address, letter in town.sinks.mail.letters():
        found = set(numbers(town.sinks.mail.words(letter)))
        town.ledger.expect(len(found) == 1, f"a letter of the numbers {found} to {address}")
        yield from ((address, number) for number in found)
    for address, text in town.sinks.sms.taken:
        short = _SHORT.match(text)
        town.ledger.expect(short is not None, f"an SMS without a number: {text}")
        if short is not None:
            yield address, int(short[1])


def _reached(town: Town, group: list[asyncpg.Record]) -> bool:
    """Whether one of the copies of a notice went, or all had a reason not to."""
    states = {row["state"] for row in group}
    if "sent" in states or states & {"listed", "muted", "useless", "digest", "digested"}:
        return True
    if min(row["lane"] for row in group) >= int(Lane.NEWS):
        return True
    # Its term was over when the chat turned out to be closed: nothing is left to be told.
    if any(row["too_late"] for row in group):
        return True
    return any(row["state"] == "dead" and _excused(town, row) for row in group)


def _excused(town: Town, row: asyncpg.Record) -> bool:
    """An administrator decides: two attempts without an answer, or nobody there for days."""
    if "twice" in str(row["error"]) or row["unknown"] > 1:
        return True
    if row["kind"] in ("contract.proposed", "reconciliation.found"):
        return True
    late: bool = town.latest - row["created_at"] >= _GIVEN_UP
    return row["channel"] == "email" and late


# Webhooks

_DELIVERIES = """
SELECT one.id, one.endpoint_id, one.state, one.fence, event.uid, event.type, event.stream,
    event.position, event.ordinal,
    ARRAY(SELECT outcome FROM webhook_attempt WHERE delivery_id = one.id ORDER BY id) AS tries
FROM webhook_delivery AS one JOIN webhook_event AS event ON event.id = one.event_id
ORDER BY event.position, event.ordinal
"""


async def hooked(town: Town, result: Result) -> None:
    """Every event arrived, signed, in its order, again only where nobody knew; nothing foreign."""
    expect, sink = town.ledger.expect, town.sinks.hooks
    expect(not sink.forged, f"not signed: {sink.forged}")
    rows = await town.database.fetch(_DELIVERIES)
    arrived: dict[tuple[int, str], list[Arrival]] = defaultdict(list)
    for each in sink.arrived:
        arrived[each.endpoint, each.uid].append(each)
    result.hooks = len(sink.arrived)
    known = {(row["endpoint_id"], row["uid"]) for row in rows}
    for endpoint, uid in arrived:
        expect((endpoint, uid) in known, f"webhook {uid} is not one of endpoint {endpoint}")
    for row in rows:
        came = arrived[row["endpoint_id"], row["uid"]]
        name = f"webhook {row['type']} of {row['stream']} to endpoint {row['endpoint_id']}"
        taken = sum(each.taken for each in came)
        expect(row["state"] == "delivered", f"{name}: {row['state']} {row['tries']}")
        expect(taken > 0, f"{name} was never taken: {row['tries']}")
        # Claims of which nothing was put on record, attempts without an answer, and those whose
        # claim was taken over while they were under way.
        doubts = row["fence"] - len(row["tries"])
        doubts += sum(each in _NOBODY_ANSWERED for each in row["tries"])
        doubts += max(0, row["tries"].count("delivered") - 1)
        expect(taken - 1 <= doubts, f"{name} was taken {taken} times: {row['tries']}")
        result.copied += max(0, taken - 1)
    _in_order(town, rows, arrived)
    _all_hooked(town, sink.arrived)
    _nothing_foreign(town, sink.arrived)


def _in_order(
    town: Town, rows: list[asyncpg.Record], arrived: Mapping[tuple[int, str], list[Arrival]]
) -> None:
    places = {id(each): place for place, each in enumerate(town.sinks.hooks.arrived)}
    last: dict[tuple[int, str], int] = {}
    for row in rows:
        came = [each for each in arrived[row["endpoint_id"], row["uid"]] if each.taken]
        if not came or row["endpoint_id"] in town.enabled:
            # What an endpoint has missed comes after what happened since.
            continue
        stream, place = (row["endpoint_id"], row["stream"]), places[id(came[0])]
        town.ledger.expect(
            place > last.get(stream, -1),
            f"webhook {row['type']} of {row['stream']} came before the one before it",
        )
        last[stream] = place


def _all_hooked(town: Town, arrived: list[Arrival]) -> None:
    """Whatever happened was told to each endpoint that may see it."""
    told = {
        (each.endpoint, each.body["type"], str(each.body["data"].get(_named(each))))
        for each in arrived
        if each.taken
    }
    wanted: set[tuple[int, str, str]] = set()
    for endpoint, (_, owner) in town.stage.hooks.items():
        for order in town.ledger.orders:
            wanted |= {(endpoint, *each) for each in _events(town, order, owner)}
        if not owner:
            wanted |= {
                (endpoint, "ticket.opened", str(each)) for each in town.ledger.tickets.values()
            }
    missing = wanted - told
    town.ledger.expect(not missing, f"webhooks that never came: {sorted(missing)}")


def _named(arrival: Arrival) -> str:
    kind = str(arrival.body["type"]).partition(".")[0]
    return kind if kind in ("award", "ticket") else "order"


def _events(town: Town, order: Order, owner: str) -> Iterator[tuple[str, str]]:
    number = str(order.number)
    if order.published_at is not None:
        yield "order.published", number
    if order.due is not None and town.clock.now() >= order.due and not order.taken:
        yield "order.failed", number
    for award in order.awards:
        if owner in ("", town.stage.customer, award.maker):
            yield "award.selected", str(award.number)
            if award.outcome is not None:
                yield f"award.{award.outcome}", str(award.number)


def _nothing_foreign(town: Town, arrived: list[Arrival]) -> None:
    """Nothing of another supplier, nothing of offers while they are sealed, no sums."""
    due = {order.number: order.due for order in town.ledger.orders}
    makers = set(town.stage.makers)
    for each in arrived:
        owner = town.stage.hooks[each.endpoint][1]
        data: dict[str, Any] = each.body["data"]
        whose = data.get("supplier_bin")
        foreign = owner in makers and whose not in (None, owner)
        town.ledger.expect(not foreign, f"{each.body} at the endpoint of {owner}")
        if str(each.body["type"]).startswith("offer."):
            end: datetime | None = due.get(data["order"])
            sealed = end is not None and town.latest < end
            town.ledger.expect(not sealed, f"{each.body} before {end}")
