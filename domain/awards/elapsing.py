"""What time brings about of a selection: the lapse of an award, a selection that is overdue."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from domain.awards.fellows import goods_given
from domain.awards.listing import FormedList, formed_list
from domain.awards.model import Award
from domain.awards.protocols import form_protocol
from domain.awards.rules import AwardOutcome
from domain.awards.settling import settle
from domain.base import Json
from domain.clock import astana
from domain.deadlines import Deadline, close, set_moment
from domain.escalations.running import stop
from domain.law import CONFIRMATION, SELECTION
from domain.orders.model import Order
from domain.orders.queries import goods_of, lock_order, order_subject
from domain.people.queries import tell_admins, tell_company
from domain.registry.model import Company
from domain.roles import Role
from domain.work import Work
from domain.working_time.model import calendar_for_setting


def award_subject(number: int) -> str:
    """How deadlines and the record name an award."""
    return f"award:{number}"


async def conclude(
    work: Work, awards: Sequence[Award], outcome: AwardOutcome, reason: str | None
) -> None:
    """Write down what a supplier decided, or let happen."""
    for award in awards:
        award.state = "active" if outcome is AwardOutcome.CONFIRMED else "unsuccessful"
        award.outcome = str(outcome)
        award.reason = reason
        award.decided_at = work.now
        award.decided_by = work.actor.person_id
    await work.session.flush()


async def lapse(work: Work, deadline: Deadline) -> None:
    """Nobody confirmed in time: the award lapses and the customer chooses again (13.10).

    All awards of the order that end at this instant lapse together: one version of the
    protocol, one notice to each, whatever the number of lines.
    """
    number = int(deadline.subject.removeprefix("award:"))
    order_number = (
        await work.session.scalars(
            select(Order.number)
            .join(Award, Award.order_id == Order.id)
            .where(Award.number == number)
        )
    ).one()
    order = await lock_order(work, order_number)
    formed = await formed_list(work.session, order)
    award = next(each for each in formed.awards if each.number == number)
    others = [
        each
        for each in formed.awards
        if each is not award and each.state == "pending" and each.due_at == award.due_at
    ]
    lapsed = sorted([award, *others], key=lambda each: each.number)
    await conclude(work, lapsed, AwardOutcome.LAPSED, None)
    await close(work, [award_subject(each.number) for each in others], [CONFIRMATION.name], "fired")
    await stop(work, [award_subject(each.number) for each in lapsed], "over")
    work.record(deadline.subject, order=order_number, outcome="lapsed")
    for each in others:
        work.also("award.lapse", award_subject(each.number), order=order_number, outcome="lapsed")
    # Told first: what follows from a lapse is read after it.
    await tell_both(
        work,
        formed,
        lapsed,
        "award.lapsed",
        {"number": order_number, "due_at": deadline.due_at, "clause": "344-13.10"},
    )
    opened = any(formed.choosable(formed.line_of(each)) for each in lapsed)
    await settle(work, formed, new_term=opened)
    if order.state != "failed":
        await form_protocol(work, formed)


async def selection_overdue(work: Work, deadline: Deadline) -> None:
    """The customer has not chosen in time: shown and escalated each working day (13.6)."""
    order = await lock_order(work, int(deadline.subject.removeprefix("order:")))
    subject = order_subject(order.number)
    formed = await formed_list(work.session, order)
    if not formed.anyone_left:
        # Whoever could be chosen has left the registry since: there is nothing to escalate.
        await settle(work, formed)
        work.record(subject, state=order.state)
        return
    work.record(subject, overdue="selection")
    due_at = str(deadline.params.get("due_at") or deadline.due_at.isoformat())
    about = {
        "number": order.number,
        "due_at": due_at,
        "clause": SELECTION.clause,
        "goods": goods_of(order.lines),
    }
    await tell_company(
        work,
        order.customer_id,
        Role.CUSTOMER,
        "selection.overdue",
        subject,
        about=about,
    )
    await tell_admins(work, "selection.overdue", subject, about=about, side=Role.ADMIN.value)
    await repeat_tomorrow(work, "overdue.selection", subject, order.id, due_at)


async def repeat_tomorrow(
    work: Work, kind: str, subject: str, order_id: int | None, due_at: str
) -> None:
    """Escalate again on the morning of the next working day, until somebody acts.

    A term ends at midnight: the day that begins then has had its word already. This is no step of
    a chain (``domain.escalations``): a chain wakes others while a term runs and says it once; that
    a term is over is said to everybody concerned, each working day anew.
    """
    calendar = await calendar_for_setting(work.session)
    tonight = calendar.end_of(astana(work.now).date())
    await set_moment(
        work,
        kind,
        subject,
        calendar.next_morning(tonight),
        order_id=order_id,
        params={"due_at": due_at},
    )


async def tell_both(
    work: Work, formed: FormedList, awards: Sequence[Award], kind: str, about: Json
) -> None:
    """Tell the customer and each supplier of these awards, in the role they have.

    Everybody is told once: the customer of all of them, a supplier of its own.
    """
    by_company: dict[int, list[Award]] = {}
    for award in awards:
        by_company.setdefault(award.company_id, []).append(award)
    suppliers = [formed.companies[company] for company in by_company]
    await _tell(work, formed, awards, kind, about, Role.CUSTOMER, suppliers)
    for company, own in by_company.items():
        await _tell(work, formed, own, kind, about, Role.SUPPLIER, [formed.companies[company]])


async def _tell(
    work: Work,
    formed: FormedList,
    awards: Sequence[Award],
    kind: str,
    about: Json,
    role: Role,
    suppliers: Sequence[Company],
) -> None:
    order, first = formed.order, suppliers[0]
    named = [{"name_ru": each.name_ru, "name_kk": each.name_kk} for each in suppliers]
    await tell_company(
        work,
        order.customer_id if role is Role.CUSTOMER else first.id,
        role,
        kind,
        award_subject(awards[0].number),
        about=about,
        side=role.value,
        award=awards[0].number,
        awards=len(awards),
        goods=goods_given(order, awards),
        supplier_ru=first.name_ru,
        supplier_kk=first.name_kk,
        suppliers=named if len(named) > 1 else [],
    )
