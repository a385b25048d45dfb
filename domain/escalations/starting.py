"""Where chains of companies begin: one function for each thing that waits for a company."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.duty.queries import with_rosters
from domain.escalations.chains import CONFIRMATION, CONTRACT, OFFER_WINDOW, SELECTION
from domain.escalations.ringing import begin_for_company
from domain.escalations.running import Ring
from domain.law import CONFIRMATION as TO_CONFIRM
from domain.law import CONTRACT as TO_CONCLUDE
from domain.law import OFFER_WINDOW as TO_OFFER
from domain.law import SELECTION as TO_SELECT
from domain.roles import Role
from domain.work import Work


@dataclass(frozen=True, slots=True)
class Sides:
    """An order, its customer, and the supplier it is about."""

    order: int
    customer: int
    supplier: int

    def of(self, role: Role) -> tuple[int, int, Role]:
        """The company that acts in a role, the other one, and the role of that."""
        if role is Role.SUPPLIER:
            return self.supplier, self.customer, Role.CUSTOMER
        return self.customer, self.supplier, Role.SUPPLIER


async def confirmation_asked(work: Work, sides: Sides, awards: Sequence[int]) -> None:
    """A supplier was selected: it confirms or refuses (act 344, clause 13.7)."""
    subject = f"award:{awards[0]}"
    company, other, other_role = sides.of(Role.SUPPLIER)
    await begin_for_company(
        work,
        Ring(
            category=CONFIRMATION.category,
            subject=subject,
            company=company,
            role=Role.SUPPLIER.value,
            other=other,
            other_role=other_role.value,
            order=sides.order,
            notice="award.selected",
            term=(TO_CONFIRM.name, subject),
            about={
                "number": sides.order,
                "award": awards[0],
                "together": list(awards),
                "clause": TO_CONFIRM.clause,
            },
        ),
    )


async def selection_asked(work: Work, order: int, customer: int, notice: str) -> None:
    """A customer is to choose from the list (act 344, clauses 13.6 and 13.10)."""
    subject = f"order:{order}"
    await begin_for_company(
        work,
        Ring(
            category=SELECTION.category,
            subject=subject,
            company=customer,
            role=Role.CUSTOMER.value,
            order=order,
            notice=notice,
            term=(TO_SELECT.name, subject),
            about={"number": order, "clause": TO_SELECT.clause},
        ),
    )


async def contract_reminded(
    work: Work, sides: Sides, role: Role, award: int, since: datetime
) -> None:
    """A side was reminded to conclude the contract (act 344, clause 13.9)."""
    company, other, other_role = sides.of(role)
    await begin_for_company(
        work,
        Ring(
            category=CONTRACT.category,
            subject=f"award:{award}",
            company=company,
            role=role.value,
            other=other,
            other_role=other_role.value,
            order=sides.order,
            notice="remind.contract",
            notice_subject=f"order:{sides.order}",
            term=(TO_CONCLUDE.name, f"award:{award}"),
            since=since,
            about={"number": sides.order, "award": award, "clause": TO_CONCLUDE.clause},
        ),
    )


async def contract_asked(work: Work, sides: Sides, role: Role, contract: int, notice: str) -> None:
    """The other side has entered a contract, or disputes one: this side looks at it."""
    company, other, other_role = sides.of(role)
    await begin_for_company(
        work,
        Ring(
            category=CONTRACT.category,
            subject=f"contract:{contract}",
            company=company,
            role=role.value,
            other=other,
            other_role=other_role.value,
            order=sides.order,
            notice=notice,
            notice_subject=f"order:{sides.order}",
            about={"number": sides.order, "contract": contract, "clause": TO_CONCLUDE.clause},
        ),
    )


async def offers_reminded(
    work: Work, order: int, companies: Sequence[int], since: datetime
) -> None:
    """Suppliers who have not answered were reminded.

    Nobody owes an offer: a chain is for those who keep a roster, as the others were all told.
    """
    subject, role = f"order:{order}", Role.SUPPLIER.value
    for company in await with_rosters(work.session, companies, role, work.now):
        await begin_for_company(
            work,
            Ring(
                category=OFFER_WINDOW.category,
                subject=subject,
                company=company,
                role=role,
                order=order,
                notice="remind.offer_window",
                term=(TO_OFFER.name, subject),
                since=since,
                about={"number": order, "clause": TO_OFFER.clause},
            ),
        )
