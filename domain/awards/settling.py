"""Where an order stands after a selection, a decision or a contract (act 344, 13.6-13.10, 15)."""

from __future__ import annotations

from domain.awards.listing import FormedList
from domain.awards.rules import failure_ground
from domain.deadlines import close, open_of, set_period
from domain.escalations.chains import SELECTION as CHAIN
from domain.escalations.running import stop
from domain.escalations.starting import selection_asked
from domain.law import RESELECTION, SELECTION
from domain.orders.closing import fail
from domain.orders.queries import goods_of, order_subject
from domain.people.queries import tell_company
from domain.roles import Role
from domain.work import Work

SELECTION_KINDS = (SELECTION.name, "overdue.selection")


def stage(formed: FormedList) -> str:
    """The state of an order that has not failed."""
    if any(award.state == "pending" for award in formed.awards):
        return "confirming"
    if formed.anyone_left:
        return "choosing"
    active = [award for award in formed.awards if award.state == "active"]
    return "contracting" if any(award.contract_id is None for award in active) else "done"


async def settle(work: Work, formed: FormedList, *, new_term: bool = False) -> None:
    """Bring the order's state in line with its awards.

    Marks the volume nobody covers as bought outside the rules (13.6), opens a new term of
    selection when ``new_term`` (a refusal or a lapse has opened volume that can be given to
    another, 13.10), closes the term when nothing is left to choose, and fails the order when
    nobody confirmed (15).
    """
    order = formed.order
    for line in order.lines:
        waiting = any(award.state == "pending" for award in formed.standing(line))
        settled = not waiting and not formed.choosable(line)
        line.outside_quantity = formed.open_quantity(line) if settled else line.quantity * 0
    order.revision += 1
    subject = order_subject(order.number)
    ground = failure_ground(len(formed.eligible), formed.outcomes, anyone_left=formed.anyone_left)
    if ground is not None:
        await close(work, subject, SELECTION_KINDS, "cancelled")
        await stop(work, subject, "over")
        await fail(work, formed, str(ground))
        return
    order.state = stage(formed)
    if not formed.anyone_left:
        await close(work, subject, SELECTION_KINDS)
        await stop(work, subject, "over", categories=(CHAIN.category,))
    elif new_term:
        await _choose_again(work, formed)
    if order.state == "done":
        order.finished_at = work.now
        await tell_company(
            work,
            order.customer_id,
            Role.CUSTOMER,
            "order.done",
            subject,
            number=order.number,
            goods=goods_of(order.lines),
        )
    await work.session.flush()


async def _choose_again(work: Work, formed: FormedList) -> None:
    order = formed.order
    subject = order_subject(order.number)
    running = await open_of(work.session, subject, SELECTION.name)
    if running is not None and running.started_at == work.now:
        return  # several awards of one selection lapse at once: one new term, told once
    await close(work, subject, SELECTION_KINDS, "cancelled")
    due_at = await set_period(work, RESELECTION, subject, order_id=order.id, kind=SELECTION.name)
    await tell_company(
        work,
        order.customer_id,
        Role.CUSTOMER,
        "order.choose_again",
        subject,
        number=order.number,
        due_at=due_at,
        clause=RESELECTION.clause,
    )
    await selection_asked(work, order.number, order.customer_id, "order.choose_again")
