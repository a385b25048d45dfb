"""The window of offers closes by itself (act 344, clauses 13.4, 13.5 and 15)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, update

from domain.awards.listing import FormedList
from domain.awards.protocols import form_protocol
from domain.deadlines import Deadline, set_period
from domain.escalations.chains import OFFER_WINDOW as CHAIN
from domain.escalations.running import stop
from domain.escalations.starting import selection_asked
from domain.firing import Deadlines
from domain.law import OFFER_WINDOW, SELECTION
from domain.offers.model import OfferLine
from domain.offers.queries import asked_line, current_lines
from domain.offers.rules import judge
from domain.orders.model import Order
from domain.orders.queries import goods_of, lock_order, order_subject, silent_companies
from domain.people.queries import tell_company
from domain.roles import Role
from domain.work import Work


def register_closing(deadlines: Deadlines) -> None:
    """The sweep closes windows through ``close_window``."""
    deadlines.on(OFFER_WINDOW.name, close_window)


async def close_window(work: Work, deadline: Deadline) -> None:
    """Judge every line by the two grounds, form the list and send the customer the summary."""
    order = await lock_order(work, int(deadline.subject.removeprefix("order:")))
    # Nothing can have been awarded before the list is formed.
    formed = FormedList(order, await current_lines(work.session, order.id), [])
    await _judge(work, formed)
    order.closed_at = work.now
    order.revision += 1
    await stop(work, order_subject(order.number), "over", categories=(CHAIN.category,))
    if formed.eligible:
        order.state = "choosing"
        await _open_selection(work, formed)
    else:
        await fail(work, formed, "15.3")
    await _tell_verdicts(work, formed)
    work.record(
        order_subject(order.number),
        state=order.state,
        offers=len({offer.id for _, offer, _, _ in formed.rows}),
        rejected=[
            {"offer": offer.number, "line": asked.position, "reason": line.reason}
            for line, offer, _, asked in formed.rows
            if not line.accepted
        ],
    )


async def _judge(work: Work, formed: FormedList) -> None:
    if not formed.rows:
        return
    values = []
    for line, _, _, asked in formed.rows:
        ground = judge(asked_line(formed.order, asked), line.price, line.delivery_days)
        line.accepted, line.reason = ground is None, str(ground) if ground else None
        values.append({"line_id": line.id, "verdict": line.accepted, "ground": line.reason})
        # Written below for all lines at once; the objects already show the verdict.
        work.session.expunge(line)
    connection = await work.session.connection()
    await connection.execute(
        update(OfferLine)
        .where(OfferLine.id == bindparam("line_id"))
        .values(accepted=bindparam("verdict"), reason=bindparam("ground")),
        values,
    )


async def _open_selection(work: Work, formed: FormedList) -> None:
    order = formed.order
    subject = order_subject(order.number)
    due_at = await set_period(work, SELECTION, subject, order_id=order.id)
    await tell_company(
        work,
        order.customer_id,
        Role.CUSTOMER,
        "order.summary",
        subject,
        number=order.number,
        due_at=due_at,
        clause=SELECTION.clause,
        offers=len({offer.id for _, offer, _, _ in formed.rows}),
        rejected=sum(not line.accepted for line, *_ in formed.rows),
    )
    await selection_asked(work, order.number, order.customer_id, "order.summary")


async def fail(work: Work, formed: FormedList, ground: str) -> None:
    """The purchase has failed: tell what follows (clauses 15 and 16) and form the protocol."""
    order = formed.order
    order.state = "failed"
    order.failure_ground = ground
    order.finished_at = work.now
    for line in order.lines:
        line.outside_quantity = line.quantity
    await work.session.flush()
    await tell_company(
        work,
        order.customer_id,
        Role.CUSTOMER,
        "order.failed",
        order_subject(order.number),
        number=order.number,
        ground=ground,
        goods=goods_of(order.lines),
        about={"offers": len(formed.rows)} if order.closed_at is not None else None,
    )
    await form_protocol(work, formed)


def _verdicts(formed: FormedList) -> dict[int, list[dict[str, object]]]:
    found: dict[int, list[dict[str, object]]] = {}
    for line, _, company, asked in formed.rows:
        found.setdefault(company.id, []).append({"line": asked.position, "reason": line.reason})
    return found


async def _tell_verdicts(work: Work, formed: FormedList) -> None:
    """Suppliers learn the fate of their offers; the silent ones that the window has closed.

    Offers with the same verdict share one statement: most are simply accepted.
    """
    order = formed.order
    verdicts = _verdicts(formed)
    groups: dict[str, list[int]] = {}
    for company, lines in verdicts.items():
        groups.setdefault(repr(lines), []).append(company)
    for companies in groups.values():
        await tell_company(
            work,
            companies,
            Role.SUPPLIER,
            "offer.judged",
            order_subject(order.number),
            number=order.number,
            lines=verdicts[companies[0]],
        )
    await _tell_silent(work, order, list(verdicts))


async def _tell_silent(work: Work, order: Order, offered: Sequence[int]) -> None:
    await tell_company(
        work,
        await silent_companies(work.session, order.id, offered),
        Role.SUPPLIER,
        "order.window_closed",
        order_subject(order.number),
        number=order.number,
    )
