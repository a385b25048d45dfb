"""What must hold when all is over, seen from outside and in the tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.sandbox.records import Json
from bot.storage.engine import make_engine, make_sessions
from domain.audit import verify
from tests.torture.model import Order
from tests.torture.stage import ADMIN, BUYER, MAKERS, OPERATOR
from tests.torture.town import Town

if TYPE_CHECKING:
    from tests.torture.run import Result

_SPACES = re.compile(r"[\s\u00a0\u202f]")
#: Outcomes of which the caller learned nothing, though Telegram may have done it.
_UNKNOWN = frozenset({"timeout_after", "truncated", "timeout_before", "drop", "5xx", "500"})


async def check_all(town: Town, result: Result) -> None:
    """Every invariant; what is broken goes into the ledger."""
    for order in town.ledger.orders:
        await _order(town, order)
    await _requests(town)
    await _chain(town)
    await _at_rest(town)
    await _notices(town, result)
    _nobody_else(town)


# Acts


async def _order(town: Town, order: Order) -> None:
    """An order is what the answers said, and nothing was in time that came late."""
    expect, name = town.ledger.expect, f"order {order.number}"
    shown = await town.read(f"/orders/{order.number}")
    expect(_instant(shown["published_at"]) == order.published_at, f"{name}: published {shown}")
    expect(_instant(shown["offers_due_at"]) == order.due, f"{name}: due {shown['offers_due_at']}")
    if order.due is not None and town.clock.now() >= order.due:
        status, offers = await town.call("GET", f"/orders/{order.number}/offers")
        expect(status == 200, f"{name}: offers are sealed at the end: {offers}")
        _offers(town, order, offers.get("items", []))
        if not order.taken:
            expect(
                (shown["state"], shown["failure_ground"]) == ("failed", "15.3"),
                f"{name}: {shown['state']} {shown['failure_ground']}, without an offer",
            )
    _awards(town, order, shown["awards"])
    numbers = [each["contract_number"] for each in shown["contracts"]]
    wanted = [f"{order.number}/26"] if order.contracted else []
    expect(numbers == wanted, f"{name}: contracts {numbers}, not {wanted}")


def _instant(value: object) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else None


def _offers(town: Town, order: Order, items: list[Json]) -> None:
    expect, name = town.ledger.expect, f"order {order.number}"
    found = {each["supplier_bin"]: int(float(each["lines"][0]["price"])) for each in items}
    wanted = {each.maker: each.price for each in order.taken}
    expect(found == wanted, f"{name}: offers {found}, not {wanted}")
    for each in items:
        at = _instant(each["submitted_at"])
        late = at is None or order.due is None or at >= order.due
        expect(not late, f"{name}: an offer of {at} counts, the window ended {order.due}")


def _awards(town: Town, order: Order, items: list[Json]) -> None:
    expect, now = town.ledger.expect, town.clock.now()
    shown = {each["id"]: each for each in items}
    expect(set(shown) == {each.number for each in order.awards}, f"awards of {order.number}")
    for award in order.awards:
        award.close(now)
        found: Mapping[str, Any] = shown.get(award.number, {})
        name = f"award {award.number} of order {order.number}"
        expect(found.get("outcome") == award.outcome, f"{name}: {found}, not {award.outcome}")
        due, at = _instant(found.get("due_at")), _instant(found.get("decided_at"))
        expect(due == award.due, f"{name}: due {due}, not {award.due}")
        if award.outcome == "confirmed":
            expect(at == award.decided_at, f"{name}: decided {at}, not {award.decided_at}")
            expect(at is not None and at < award.due, f"{name}: {at} is late")


async def _requests(town: Town) -> None:
    """What was asked and reported is there, once."""
    expect = town.ledger.expect
    for text, number in town.ledger.tickets.items():
        shown = await town.read(f"/tickets/{number}")
        expect(text in str(shown["messages"]), f"request {number} does not say {text!r}")
    rows = await town.database.fetch("SELECT text FROM ticket_message")
    said = Counter(text for text in (row["text"] for row in rows) if "случай" in text)
    for text in (*town.ledger.tickets, *town.ledger.written):
        found = sum(count for each, count in said.items() if text in each)
        expect(found == 1, f"{text!r} stands {found} times in the requests")
    reports = await town.database.fetch("SELECT text FROM incident_report")
    for text in town.ledger.reports:
        count = sum(text in row["text"] for row in reports)
        expect(count == 1, f"{text!r} stands {count} times in the reports")


# The whole


async def _chain(town: Town) -> None:
    """The record is whole, and no cause did the same act twice."""
    engine = make_engine(town.url, pool_size=1)
    async with make_sessions(engine)() as session:
        verdict = await verify(session)
    await engine.dispose()
    town.ledger.expect(verdict.problem is None, f"the record is broken: {verdict}")
    acts = Counter(
        {
            row["action"]: row["count"]
            for row in await town.database.fetch(
                "SELECT action, count(*) FROM audit_entry GROUP BY action"
            )
        }
    )
    orders = town.ledger.orders
    wanted = {
        "order.create": len(orders),
        "order.publish": len(orders),
        "offer.submit": sum(each.taken for order in orders for each in order.offers),
        "award.confirm": sum(
            each.outcome == "confirmed" for order in orders for each in order.awards
        ),
        "award.refuse": sum(each.outcome == "refused" for order in orders for each in order.awards),
    }
    found = {name: acts[name] for name in wanted}
    town.ledger.expect(found == wanted, f"acts on record: {found}, not {wanted}")


async def _at_rest(town: Town) -> None:
    """No update failed but the poisoned ones; every process that died had a reason."""
    failed = await town.database.fetch(
        "SELECT update_id, error FROM inbox_update WHERE state = 'failed'"
    )
    poison = town.armed["poison update"]
    healthy = [dict(row) for row in failed if row["update_id"] > poison]
    town.ledger.expect(not healthy, f"updates failed: {healthy}")
    waiting = list(town.world.callbacks)
    town.ledger.expect(not waiting, f"presses without an answer: {waiting}")


# Notices

_SENT = """
SELECT notice.id, notice.kind, notice.state, notice.lane, notice.message_id, notice.error,
    person.telegram_id AS reader
FROM notice JOIN person ON person.id = notice.person_id
"""


async def _notices(town: Town, result: Result) -> None:
    """Every notice came to the right chat; copies are few and bear their number."""
    expect = town.ledger.expect
    rows = await town.database.fetch(_SENT)
    unreachable_for = {each for each in MAKERS if town.armed["chat not found"] or town.blocked}
    for row in rows:
        name = f"notice {row['id']} ({row['kind']}) to {row['reader']}"
        if row["state"] == "sent" and row["message_id"] is not None:
            message = town.world.messages[row["reader"]].get(row["message_id"])
            expect(message is not None and message.by == "bot", f"{name}: no message in the chat")
        lost = row["state"] in ("queued", "sending", "dead", "held")
        if row["state"] == "unreachable":
            everybody = town.armed["chat not found"] > 0
            lost = not everybody and row["reader"] not in unreachable_for
        expect(not lost, f"{name}: {row['state']} {row['error']}")
    _copies(town, result)


def _copies(town: Town, result: Result) -> None:
    """How often the same text came to the same chat."""
    calls = [
        call for call in town.world.calls if call["method"].startswith("send") and (call["ok"])
    ]
    result.messages = len(calls)
    bound = (
        1
        + town.deaths
        + sum(call["fault"] in _UNKNOWN for call in town.world.calls)
        + 2 * sum(town.armed[each] for each in town.armed if "frozen" in each or "cut" in each)
    )
    said = Counter(
        (
            call["params"].get("chat_id"),
            call["params"].get("text"),
            str(call["params"]["reply_markup"]),
        )
        for call in calls
        if call["params"].get("reply_markup")
    )
    result.copies = max(said.values(), default=1) - 1
    result.copied = sum(count - 1 for count in said.values())
    for (chat, text, _), count in said.items():
        town.ledger.expect(count <= bound, f"{count} copies (at most {bound}) in {chat}: {text!r}")


def _nobody_else(town: Town) -> None:
    """Nobody reads what is another's: a price before its author and its customer, a request."""
    prices = {
        str(offer.price): MAKERS[town.stage.makers.index(offer.maker)]
        for order in town.ledger.orders
        for offer in order.offers
    }
    for chat, messages in town.world.messages.items():
        if chat < 0 or chat in (BUYER, ADMIN, OPERATOR):
            continue
        for message in messages.values():
            text = _SPACES.sub("", str(message.body.get("text") or message.body.get("caption")))
            for price, author in prices.items():
                town.ledger.expect(
                    price not in text or chat == author, f"the price of {author} in chat {chat}"
                )
