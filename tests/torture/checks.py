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
from domain.notices.queue import MAX_ATTEMPTS
from tests.torture.checks_desk import climbed, mirrored
from tests.torture.checks_outside import hooked, numbers, told_outside
from tests.torture.faults import POISON
from tests.torture.model import Order
from tests.torture.stage import ADMIN, BUYER, COLLEAGUE, MAKERS, OPERATOR
from tests.torture.town import Town

if TYPE_CHECKING:
    from tests.torture.run import Result

_SPACES = re.compile(r"[\s\u00a0\u202f]")
#: After these the owner of sending may have lost its turn with messages in hand.
_TURN_LOST = frozenset(
    {"database gone, 5 s", "database gone, 5 min", "black-holed TCP", "connection cut at COMMIT"}
)


async def check_all(town: Town, result: Result) -> None:
    """Every invariant; what is broken goes into the ledger."""
    for order in town.ledger.orders:
        await _order(town, order)
    await _requests(town)
    await chain_is_whole(town)
    await _acts(town)
    await _at_rest(town)
    excuses = _excuses(town)
    await _notices(town, result, excuses)
    await told_outside(town, result, excuses)
    await hooked(town, result)
    await mirrored(town, excuses)
    await climbed(town)
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


async def chain_is_whole(town: Town) -> None:
    """The record is whole, from the first entry to the last."""
    engine = make_engine(town.url, pool_size=1)
    async with make_sessions(engine)() as session:
        verdict = await verify(session)
    await engine.dispose()
    town.ledger.expect(verdict.problem is None, f"the record is broken: {verdict}")


async def _acts(town: Town) -> None:
    """No cause did the same act twice, and every act that was answered is on record."""
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
    """No update failed but the poisoned ones; the bot's own nightly check found nothing else."""
    found = await town.database.fetch(
        "SELECT DISTINCT code, subject, kind, detail FROM reconciliation_difference "
        # Days pass here in a moment: it may look before the sweep has.
        "WHERE subject NOT LIKE 'order:900%' AND code <> 'not_fired'"
    )
    town.ledger.expect(not found, f"the nightly check found: {[tuple(each) for each in found]}")
    failed = await town.database.fetch(
        "SELECT update_id, error FROM inbox_update WHERE state = 'failed'"
    )
    poison = town.armed["poison update"]
    healthy = [dict(row) for row in failed if row["update_id"] > poison]
    town.ledger.expect(not healthy, f"updates failed: {healthy}")


# Notices

_ROWS = """
SELECT notice.id, COALESCE(notice.origin_id, notice.id) AS number, notice.kind, notice.subject,
    notice.state, notice.message_id, notice.error, person.telegram_id AS reader,
    (SELECT count(*) FROM delivery
        WHERE delivery.notice_id = notice.id AND delivery.outcome = 'unknown') AS unknown,
    (SELECT string_agg(concat_ws(' ', attempt, outcome, error, ended_at), '; ' ORDER BY id)
        FROM delivery WHERE delivery.notice_id = notice.id) AS tries,
    EXISTS (SELECT FROM contact_address AS there WHERE there.person_id = person.id) AS elsewhere
FROM notice JOIN person ON person.id = notice.person_id
WHERE notice.channel = 'telegram'
"""
_UNSETTLED = frozenset({"queued", "sending", "dead", "held"})


def _excuses(town: Town) -> int:
    """How often it could not be known whether something had been sent."""
    found = (
        town.deaths
        # Whoever goes down for days is killed, too.
        + town.armed["down for 3 days"]
        + town.armed["frozen and resumed"]
        + sum(call["fault"] in ("timeout_after", "truncated") for call in town.world.calls)
    )
    return found + sum(count for name, count in town.armed.items() if name in _TURN_LOST)


async def _notices(town: Town, result: Result, excuses: int) -> None:
    """Every notice came to its reader; copies are few, have a cause and bear their number."""
    expect = town.ledger.expect
    rows = await town.database.fetch(_ROWS)
    calls = [each for each in town.world.calls if each["method"].startswith("send") and each["ok"]]
    result.messages = len(calls)
    came = Counter(
        (number, call["params"]["chat_id"])
        for call in calls
        for number in numbers(str(call["params"].get("text") or call["params"].get("caption")))
    )
    readers = {row["number"]: row["reader"] for row in rows}
    for number, chat in came:
        expect(readers.get(number) == chat, f"notice {number} of {readers.get(number)} in {chat}")
    for row in rows:
        name = f"notice {row['number']} ({row['kind']}) to {row['reader']}"
        copies = came[row["number"], row["reader"]] - 1
        result.copies = max(result.copies, copies)
        result.copied += max(copies, 0)
        expect(copies <= row["unknown"], f"{name}: {copies} copies; attempts: {row['tries']}")
        expect(copies <= excuses, f"{name}: {copies} copies after {excuses} crashes and the like")
        if row["state"] == "sent" and row["message_id"] is not None:
            message = town.world.messages[row["reader"]].get(row["message_id"])
            there = message is not None and message.by == "bot"
            expect(there and copies >= 0, f"{name}: sent, and not in the chat")
        lost = row["state"] in _UNSETTLED
        tried_out = row["unknown"] == MAX_ATTEMPTS - 1
        if row["state"] == "dead" and ("twice" in str(row["error"]) or tried_out):
            # Sent twice without an answer, or eight times what is statutory (days pass here in a
            # moment): an administrator decides, or it has arrived.
            result.doubtful += 1
            result.never_came += copies < 0
            lost = False
        if row["state"] == "unreachable":
            lost = not town.armed["chat not found"] and row["reader"] not in town.blocked
            # Whoever has no Telegram, or another address, is told elsewhere.
            lost = lost and not row["elsewhere"]
        # The nightly check comes at its own pace, also after all have come to rest.
        if row["kind"] not in (POISON, "reconciliation.found"):
            expect(not lost, f"{name}: {row['state']} {row['error']}; attempts: {row['tries']}")
    _all_told(town, {(row["kind"], row["subject"], row["reader"]) for row in rows})


def _all_told(town: Town, told: set[tuple[str, str, int]]) -> None:
    """Whatever happened was told to everybody whom it concerns."""
    wanted: set[tuple[str, str, int]] = set()
    for order in town.ledger.orders:
        subject = f"order:{order.number}"
        if order.published_at is not None:
            wanted |= {("order.invited", subject, maker) for maker in MAKERS}
        if order.due is not None and town.clock.now() >= order.due:
            wanted.add(("order.summary" if order.taken else "order.failed", subject, BUYER))
        offered = {offer.maker for offer in order.taken}
        wanted |= {
            ("offer.judged", subject, MAKERS[town.stage.makers.index(each)]) for each in offered
        }
        for award in order.awards:
            maker, about = MAKERS[town.stage.makers.index(award.maker)], f"award:{award.number}"
            wanted.add(("award.selected", about, maker))
            if award.outcome in ("confirmed", "refused"):
                wanted.add((f"award.{award.outcome}", about, BUYER))
        wanted |= _lapsed(order, told)
    missing = {each for each in wanted if each not in told}
    town.ledger.expect(not missing, f"never told: {sorted(missing)}")


def _lapsed(order: Order, told: set[tuple[str, str, int]]) -> set[tuple[str, str, int]]:
    """What lapses at one moment is told to the customer in one notice, about one of them."""
    wanted = set()
    for due in {each.due for each in order.awards if each.outcome == "lapsed"}:
        subjects = [
            f"award:{each.number}"
            for each in order.awards
            if each.outcome == "lapsed" and each.due == due
        ]
        about = next((each for each in subjects if ("award.lapsed", each, BUYER) in told), None)
        wanted.add(("award.lapsed", about or subjects[0], BUYER))
    return wanted


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
                theirs = (author, COLLEAGUE) if author == MAKERS[0] else (author,)
                town.ledger.expect(
                    price not in text or chat in theirs, f"the price of {author} in chat {chat}"
                )
