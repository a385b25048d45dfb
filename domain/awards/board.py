"""What a customer chooses from: every line with its offers, remainders and the proposal (13.6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from domain.awards.listing import FormedList
from domain.awards.rules import LineState, ListedOffer, UncoveredReason, award_price
from domain.deadlines import DeadlineView, of_order
from domain.law import SELECTION
from domain.offers.plan import PlanLine
from domain.offers.queries import line_of, photos_of
from domain.offers.views import OfferLineView
from domain.orders.queries import order_subject
from domain.orders.views import LineView, Party, line_view, party


@dataclass(frozen=True)
class BoardOffer:
    """An offer for a line: who, what exactly, and what of it can still be selected.

    ``proposed`` is the volume the cover planner gives to it.
    """

    supplier: Party
    offered: OfferLineView
    listed: ListedOffer
    proposed: Decimal

    @property
    def available(self) -> Decimal:
        """The volume that can be selected now."""
        return self.listed.quantity - self.listed.taken if self.listed.selectable else Decimal(0)

    def price_of(self, quantity: Decimal) -> Decimal:
        """The price of a part of the offer in tenge."""
        return award_price(self.listed.price, self.listed.quantity, quantity)


@dataclass(frozen=True)
class BoardLine:
    """A line under selection. ``reason`` says why ``proposal.uncovered`` stays uncovered."""

    line: LineView
    state: LineState
    offers: Sequence[BoardOffer]
    proposal: PlanLine
    reason: UncoveredReason | None

    @property
    def open_quantity(self) -> Decimal:
        """The volume that no standing award covers."""
        return max(self.state.needed - self.state.taken_quantity, Decimal(0))

    @property
    def open_sum(self) -> Decimal:
        """What is left of the allocated sum in tenge."""
        return max(self.state.allocated - self.state.taken_sum, Decimal(0))


@dataclass(frozen=True)
class Board:
    """The selection of an order as it stands; ``deadline`` is the newest term of selection."""

    order_number: int
    state: str
    lines: Sequence[BoardLine]
    deadline: DeadlineView | None

    @property
    def cost(self) -> Decimal:
        """The sum of the proposal in tenge."""
        return sum((each.proposal.cost for each in self.lines), Decimal("0.00"))

    @property
    def proposes(self) -> bool:
        """Whether there is anything to propose."""
        return any(each.proposal.picks for each in self.lines)

    def line(self, number: int) -> BoardLine | None:
        """The line with this number."""
        return next((each for each in self.lines if each.line.line == number), None)


async def board_of(session: AsyncSession, formed: FormedList) -> Board:
    """The board of a formed list."""
    order = formed.order
    photos = await photos_of(session, [offered.id for offered, *_ in formed.rows])
    proposals = {each.line: each for each in formed.plan().lines}
    lines = []
    for asked in order.lines:
        proposal = proposals[asked.position]
        picks = {pick.offer_id: pick.quantity for pick in proposal.picks}
        rows = {offered.id: (offered, company) for offered, _, company, _ in formed.rows}
        left = formed.uncovered(asked)
        lines.append(
            BoardLine(
                line=line_view(asked),
                state=formed.state(asked),
                offers=tuple(
                    BoardOffer(
                        supplier=party(rows[listed.offer_id][1]),
                        offered=line_of(
                            rows[listed.offer_id][0], asked.position, photos[listed.offer_id]
                        ),
                        listed=listed,
                        proposed=picks.get(listed.offer_id, Decimal(0)),
                    )
                    for listed in formed.listed(asked)
                ),
                proposal=proposal,
                reason=left.reason if left else None,
            )
        )
    terms = [
        term
        for term in (DeadlineView(*row) for row in await session.execute(of_order(order.id)))
        if term.kind == SELECTION.name and term.subject == order_subject(order.number)
    ]
    return Board(order.number, order.state, tuple(lines), terms[-1] if terms else None)
