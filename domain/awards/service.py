"""Use cases of selection and confirmation (act 344, clauses 13.6-13.8 and 13.10)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from domain.awards.board import Board, board_of
from domain.awards.deciding import bound_by, decide
from domain.awards.elapsing import award_subject, lapse, selection_overdue, tell_both
from domain.awards.fellows import goods_given
from domain.awards.listing import FormedList, formed_list
from domain.awards.model import Award, Protocol
from domain.awards.protocols import form_protocol, is_annulled
from domain.awards.rules import (
    AwardOutcome,
    Choice,
    Selected,
    check_choices,
    check_refusal,
)
from domain.awards.settling import settle
from domain.awards.summary import summary_of
from domain.base import is_id, stored_quantity
from domain.deadlines import set_period
from domain.documents.labels import Language
from domain.documents.protocol import ProtocolData
from domain.documents.summary import SummaryData
from domain.errors import Conflict, NotFound
from domain.escalations.chains import SELECTION as CHAIN
from domain.escalations.running import stop
from domain.escalations.starting import Sides, confirmation_asked
from domain.firing import Deadlines
from domain.law import CONFIRMATION, CONTRACT, SELECTION
from domain.offers.plan import Plan
from domain.orders.cards import awards_of
from domain.orders.model import Order
from domain.orders.queries import (
    check_customer,
    check_may_see,
    is_customer,
    lock_order,
    order_subject,
    read_order,
)
from domain.orders.service import CUSTOMERS, SUPPLIERS
from domain.orders.views import AwardView
from domain.people.model import Person
from domain.people.queries import may_act_for, tell_company
from domain.roles import EVERYBODY, WATCHERS, Role
from domain.work import Look, Site, Work, query, use_case

#: A company with more orders to confirm at once sees the rest when it has answered some.
_ORDERS_WAITING = 200


class Awards:
    """Selecting, confirming, refusing; lapse and overdue by the sweep; plan and protocol."""

    def __init__(self, site: Site, deadlines: Deadlines) -> None:
        self.site = site
        deadlines.on(CONFIRMATION.name, lapse)
        deadlines.on(SELECTION.name, selection_overdue)
        deadlines.on("overdue.selection", selection_overdue)

    @query(by=CUSTOMERS | WATCHERS)
    async def plan(self, look: Look, order_number: int) -> Plan:
        """The cover planner's proposal for what is still open; it decides nothing."""
        order = await read_order(look.session, order_number)
        check_may_see(look.actor, order)
        if order.closed_at is None:
            raise Conflict("sealed", "344-13.4a", due_at=order.offers_due_at)
        return (await formed_list(look.session, order)).plan()

    @query(by=CUSTOMERS)
    async def board(self, look: Look, order_number: int) -> Board:
        """What the customer chooses from, with remainders and the proposal (13.6)."""
        order = await read_order(look.session, order_number)
        check_customer(look.actor, order)
        if order.closed_at is None:
            raise Conflict("sealed", "344-13.4a", due_at=order.offers_due_at)
        return await board_of(look.session, await formed_list(look.session, order))

    @query(by=CUSTOMERS | WATCHERS)
    async def summary(self, look: Look, order_number: int, language: Language) -> SummaryData:
        """The formed list with the proposal marked, in one language (13.4, 13.5)."""
        order = await read_order(look.session, order_number)
        check_may_see(look.actor, order)
        if order.closed_at is None:
            raise Conflict("sealed", "344-13.4a", due_at=order.offers_due_at)
        return summary_of(await formed_list(look.session, order), language)

    @use_case("award.select", by=CUSTOMERS)
    async def select(
        self, work: Work, order_number: int, choices: Sequence[Choice]
    ) -> list[AwardView]:
        """Give volumes to suppliers from the formed list and send them the order (13.6).

        Late selection is allowed: the term is shown as overdue, the right to choose stays.
        Raises the codes of ``check_choices`` and ``order_not_choosing``.
        """
        order = await lock_order(work, order_number)
        check_customer(work.actor, order)
        if order.closed_at is None or order.state in ("failed", "done"):
            raise Conflict("order_not_choosing", "344-13.6a", state=order.state)
        formed = await formed_list(work.session, order)
        selected = check_choices(
            {line.position: formed.state(line) for line in order.lines},
            {line.position: formed.listed(line) for line in order.lines},
            choices,
        )
        await stop(work, order_subject(order_number), categories=(CHAIN.category,))
        awards = await self._give(work, formed, selected)
        await settle(work, formed)
        work.record(
            order_subject(order_number),
            awards=[
                {"id": award.number, "line": each.line, "quantity": each.quantity}
                for award, each in zip(awards, selected, strict=True)
            ],
        )
        given = {award.number for award in awards}
        views = await awards_of(Look(work.session, work.now, work.actor), order)
        return [view for view in views if view.id in given]

    async def _give(
        self, work: Work, formed: FormedList, selected: Sequence[Selected]
    ) -> list[Award]:
        order = formed.order
        by_bin = {company.bin: company for company in formed.companies.values()}
        awards = [
            Award(
                order_id=order.id,
                order_line_id=formed.line_by_position(each.line).id,
                offer_line_id=each.offer_id,
                company_id=by_bin[each.supplier].id,
                quantity=stored_quantity(each.quantity),
                price=each.price,
                state="pending",
                selected_at=work.now,
                selected_by=work.actor.person_id,
                due_at=work.now,
            )
            for each in selected
        ]
        work.session.add_all(awards)
        await work.session.flush()
        due_at = await set_period(
            work,
            CONFIRMATION,
            [award_subject(award.number) for award in awards],
            order_id=order.id,
        )
        by_company: dict[int, list[Award]] = {}
        for award in awards:
            award.due_at = due_at
            by_company.setdefault(award.company_id, []).append(award)
        for company, own in by_company.items():
            # One message for all lines a supplier is selected for.
            await tell_company(
                work,
                company,
                Role.SUPPLIER,
                "award.selected",
                award_subject(own[0].number),
                number=order.number,
                award=own[0].number,
                awards=len(own),
                due_at=due_at,
                clause=CONFIRMATION.clause,
                goods=goods_given(order, own),
            )
            sides = Sides(order.number, order.customer_id, company)
            await confirmation_asked(work, sides, [award.number for award in own])
        formed.awards.extend(awards)
        return awards

    @use_case("award.confirm", by=SUPPLIERS)
    async def confirm(self, work: Work, award_number: int) -> AwardView:
        """Confirm: binds to characteristics, volume, period and sum (13.7); protocol (13.8)."""
        (award,), formed = await decide(work, award_number, AwardOutcome.CONFIRMED, None)
        work.record(
            award_subject(award_number),
            order=formed.order.number,
            outcome="confirmed",
            **bound_by(formed, award),
        )
        await _confirmed(work, formed, [award])
        return await _view(work, formed.order, award)

    @use_case("award.confirm_all", by=SUPPLIERS)
    async def confirm_all(self, work: Work, award_number: int) -> list[int]:
        """Confirm everything that still waits of the selection an award belongs to (13.7).

        One act, one version of the protocol and one notice to the customer for all lines; what
        each confirmation binds to stands on record of its award. Returns the numbers of the
        awards confirmed. Raises those of ``check_decision`` when nothing waits any more.
        """
        awards, formed = await decide(
            work, award_number, AwardOutcome.CONFIRMED, None, whole_selection=True
        )
        numbers = [award.number for award in awards]
        work.record(order_subject(formed.order.number), confirmed=numbers)
        for award in awards:
            work.also(
                "award.confirm",
                award_subject(award.number),
                order=formed.order.number,
                outcome="confirmed",
                **bound_by(formed, award),
            )
        await _confirmed(work, formed, awards)
        return numbers

    @use_case("award.refuse", by=SUPPLIERS)
    async def refuse(self, work: Work, award_number: int, reason: str) -> AwardView:
        """Refuse with a reason, which must be stated (15.2); the customer chooses again (13.10)."""
        stated = check_refusal(reason)
        (award,), formed = await decide(work, award_number, AwardOutcome.REFUSED, stated)
        number = formed.order.number
        work.record(award_subject(award_number), order=number, outcome="refused")
        # Told first: what follows from a refusal is read after it.
        await tell_both(
            work, formed, [award], "award.refused", {"number": number, "reason": stated}
        )
        await settle(work, formed, new_term=formed.choosable(formed.line_of(award)))
        if formed.order.state != "failed":
            await form_protocol(work, formed)
        return await _view(work, formed.order, award)

    @query(by=EVERYBODY)
    async def one(self, look: Look, award_number: int) -> AwardView:
        """An award as its supplier, its customer and those who watch see it."""
        order, award = await _read(look, award_number)
        own = is_customer(look.actor, order) or await may_act_for(
            look.session, look.actor, award.company_id, Role.SUPPLIER
        )
        if not own and look.actor.role not in WATCHERS:
            raise NotFound("award_unknown", None, award=award_number)
        return next(view for view in await awards_of(look, order) if view.id == award_number)

    @query(by=EVERYBODY)
    async def selection(self, look: Look, award_number: int) -> list[AwardView]:
        """The award with those of the same selection and supplier, decided or not.

        Raises what ``one`` raises.
        """
        award = await self.one(look.actor, award_number)
        order = await read_order(look.session, award.order_number)
        return [
            each
            for each in await awards_of(look, order)
            if each.supplier == award.supplier and each.selected_at == award.selected_at
        ]

    @query(by=SUPPLIERS)
    async def decided_by(self, look: Look, award_number: int) -> str:
        """Who of the actor's own company confirmed or refused; empty when nobody has."""
        found = await look.session.scalar(
            select(Person.name)
            .join(Award, Award.decided_by == Person.id)
            .where(Award.number == award_number, Award.company_id == look.actor.company_id)
        )
        return found or ""

    @query(by=SUPPLIERS)
    async def waiting(self, look: Look) -> list[AwardView]:
        """The actor's company's awards that wait for a decision, the most urgent first.

        Those of one selection stand together.
        """
        company = look.actor.company_id
        orders = await look.session.scalars(
            select(Order)
            .where(
                Order.id.in_(
                    select(Award.order_id).where(
                        Award.company_id == company, Award.state == "pending"
                    )
                )
            )
            .order_by(Order.id)
            .limit(_ORDERS_WAITING)
        )
        found = [
            view
            for order in orders.all()
            for view in await awards_of(look, order, company)
            if view.state == "pending"
        ]
        return sorted(found, key=lambda each: (each.due_at, each.order_number, each.selected_at))

    @query(by=EVERYBODY)
    async def protocol(
        self, look: Look, order_number: int, version: int | None = None
    ) -> tuple[ProtocolData, str]:
        """A version of the protocol (the newest that stands without ``version``) and its hash.

        Published: every registered person may read it (act 344, clauses 11 and 13.8). A version
        that a fault has annulled is read by its number only (act 366, clause 29.4).
        """
        order = await read_order(look.session, order_number)
        statement = select(Protocol).where(Protocol.order_id == order.id)
        if version is not None:
            statement = statement.where(Protocol.version == version)
        else:
            statement = statement.where(~is_annulled(order))
        found = await look.session.scalars(statement.order_by(Protocol.version.desc()).limit(1))
        protocol = found.one_or_none()
        if protocol is None:
            raise NotFound("no_protocol", "344-13.8a", number=order_number)
        return ProtocolData.from_json(protocol.data), protocol.hash


async def _confirmed(work: Work, formed: FormedList, awards: Sequence[Award]) -> None:
    """What follows from a confirmation: the term of the contract, the word, the protocol."""
    subjects = [award_subject(award.number) for award in awards]
    due_at = await set_period(work, CONTRACT, subjects, order_id=formed.order.id)
    about = {"number": formed.order.number, "due_at": due_at, "clause": CONTRACT.clause}
    await tell_both(work, formed, awards, "award.confirmed", about)
    await settle(work, formed)
    await form_protocol(work, formed)


async def _view(work: Work, order: Order, award: Award) -> AwardView:
    views = await awards_of(Look(work.session, work.now, work.actor), order)
    return next(view for view in views if view.id == award.number)


async def _read(look: Look, award_number: int) -> tuple[Order, Award]:
    if not is_id(award_number):
        raise NotFound("award_unknown", None, award=award_number)
    found = await look.session.execute(
        select(Order, Award)
        .join(Award, Award.order_id == Order.id)
        .where(Award.number == award_number)
    )
    row = found.one_or_none()
    if row is None:
        raise NotFound("award_unknown", None, award=award_number)
    return row
