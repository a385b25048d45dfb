"""The formed list of an order as selection sees it: needs, offers, awards (act 344, 13.4-13.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.awards.model import Award
from domain.awards.rules import AwardOutcome, LineState, ListedOffer, Uncovered, uncovered
from domain.offers.model import Offer, OfferLine
from domain.offers.plan import Plan, PlanNeed, PlanOffer, coverable, plan
from domain.offers.queries import current_lines
from domain.orders.model import Order, OrderLine
from domain.registry.model import Company

_STANDING = ("pending", "active")
_ZERO = Decimal(0)


@dataclass
class FormedList:
    """Everything that selection needs to know of one order, read in two queries."""

    order: Order
    rows: Sequence[tuple[OfferLine, Offer, Company, OrderLine]]
    awards: list[Award]

    @property
    def accepted(self) -> list[tuple[OfferLine, Offer, Company, OrderLine]]:
        """Offer lines that stood the judging."""
        return [row for row in self.rows if row[0].accepted]

    @property
    def eligible(self) -> list[tuple[OfferLine, Offer, Company, OrderLine]]:
        """Accepted lines of those who may still take part, or whom the customer has chosen.

        Nobody can be chosen who went bankrupt, is in liquidation, on the register of unfair
        participants or out of the registry (act 344, clauses 2 and 6); no offer is rejected
        for it, though (13.4).
        """
        chosen = {award.offer_line_id for award in self.valid}
        return [row for row in self.accepted if row[2].status == "active" or row[0].id in chosen]

    @property
    def valid(self) -> list[Award]:
        """The awards that count: those of a procedure that is run again do not any more."""
        return [award for award in self.awards if award.outcome != AwardOutcome.ANNULLED]

    @property
    def companies(self) -> dict[int, Company]:
        """Every company that offered, by id."""
        return {company.id: company for _, _, company, _ in self.rows}

    def line_by_position(self, position: int) -> OrderLine:
        """The order's line with this number."""
        return next(line for line in self.order.lines if line.position == position)

    def line_of(self, award: Award) -> OrderLine:
        """The order's line that an award is about."""
        return next(line for line in self.order.lines if line.id == award.order_line_id)

    def standing(self, line: OrderLine) -> list[Award]:
        """Pending and active awards of a line."""
        return [
            award
            for award in self.awards
            if award.order_line_id == line.id and award.state in _STANDING
        ]

    def state(self, line: OrderLine) -> LineState:
        """What a line needs and what stands of it."""
        standing = self.standing(line)
        return LineState(
            line.quantity,
            line.allocated_sum,
            sum((award.quantity for award in standing), _ZERO),
            sum((award.price for award in standing), _ZERO),
        )

    def listed(self, line: OrderLine) -> list[ListedOffer]:
        """The offers for a line, with what is taken of each and who gave up."""
        found = []
        for offered, _, company, asked in self.rows:
            if asked.id != line.id:
                continue
            own = [award for award in self.valid if award.offer_line_id == offered.id]
            found.append(
                ListedOffer(
                    offer_id=offered.id,
                    supplier=company.bin,
                    quantity=offered.quantity,
                    price=offered.price,
                    delivery_days=offered.delivery_days,
                    accepted=bool(offered.accepted) and company.status == "active",
                    taken=sum((a.quantity for a in own if a.state in _STANDING), _ZERO),
                    gave_up=any(a.state == "unsuccessful" for a in own),
                )
            )
        return found

    def open_quantity(self, line: OrderLine) -> Decimal:
        """The volume of a line that no standing award covers."""
        state = self.state(line)
        return state.needed - state.taken_quantity

    def uncovered(self, line: OrderLine) -> Uncovered | None:
        """The volume that the offers still selectable cannot cover, and why."""
        return uncovered(self.state(line), self.listed(line))

    def choosable(self, line: OrderLine) -> bool:
        """Whether any open volume of the line can still be given to somebody."""
        return self.open_quantity(line) > 0 and coverable(self._need(line))

    @property
    def anyone_left(self) -> bool:
        """Whether the customer can still choose anything."""
        return any(self.choosable(line) for line in self.order.lines)

    @property
    def outcomes(self) -> list[AwardOutcome | None]:
        """What became of each award; None for a pending one."""
        return [AwardOutcome(a.outcome) if a.outcome else None for a in self.valid]

    def plan(self) -> Plan:
        """The cover planner's proposal for what is open now."""
        return plan(self._need(line) for line in self.order.lines)

    def _need(self, line: OrderLine) -> PlanNeed:
        state = self.state(line)
        return PlanNeed(
            line.position,
            line.quantity,
            line.allocated_sum,
            [
                PlanOffer(o.offer_id, o.supplier, o.quantity, o.price, o.delivery_days, o.taken)
                for o in self.listed(line)
                if o.selectable
            ],
            state.taken_quantity,
            state.taken_sum,
        )


async def formed_list(session: AsyncSession, order: Order) -> FormedList:
    """The formed list of an order whose lines are loaded."""
    rows = await current_lines(session, order.id)
    awards = await session.scalars(
        select(Award).where(Award.order_id == order.id).order_by(Award.id)
    )
    return FormedList(order, rows, list(awards))
