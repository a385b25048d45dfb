"""Use cases of concluding the contract (act 344, clause 13.9)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from domain.awards.elapsing import award_subject, repeat_tomorrow
from domain.awards.fellows import fellows, goods_given, speaks
from domain.awards.listing import FormedList, formed_list
from domain.awards.model import Award
from domain.awards.settling import settle
from domain.base import is_id
from domain.clock import astana
from domain.contracts.model import Contract
from domain.deadlines import Deadline, close
from domain.errors import AccessDenied, Conflict, NotFound, RuleBroken
from domain.escalations.chains import CONTRACT as CHAIN
from domain.escalations.running import stop
from domain.escalations.starting import Sides, contract_asked
from domain.files import FileInfo
from domain.firing import Deadlines
from domain.law import CONTRACT
from domain.orders.attaching import add_file, check_document
from domain.orders.cards import contracts_of
from domain.orders.model import Order
from domain.orders.queries import company_by_bin, files_of, lock_order, order_subject, read_order
from domain.orders.views import ContractView, FileView
from domain.people.queries import may_act_for, tell_admins, tell_company
from domain.registry.model import Company
from domain.roles import COMPANY_ROLES, Role
from domain.texts import required_text
from domain.work import Look, Site, Work, query, use_case

_CONTRACT_KINDS = (CONTRACT.name, "overdue.contract")
_ASKED = (CHAIN.category,)
NUMBER_LIMIT = 64


def contract_subject(contract_id: int) -> str:
    """How files and the record name a contract."""
    return f"contract:{contract_id}"


class Contracts:
    """One side enters the contract, the other agrees; overdue is escalated to both."""

    def __init__(self, site: Site, deadlines: Deadlines) -> None:
        self.site = site
        deadlines.on(CONTRACT.name, contract_overdue)
        deadlines.on("overdue.contract", contract_overdue)

    @use_case("contract.enter", by=COMPANY_ROLES)
    async def enter(
        self,
        work: Work,
        order_number: int,
        supplier_bin: str,
        contract_number: str,
        signed_on: date,
        file: FileInfo | None = None,
    ) -> ContractView:
        """Enter a contract on the supplier's confirmed volumes of the order.

        A side's entry waits for the other side to agree; what an integration enters has been
        agreed on its platform and is concluded at once. Raises ``nothing_to_contract``,
        ``contract_date_future``, ``contract_date_early`` (before the confirmation).
        """
        order = await lock_order(work, order_number)
        supplier = await company_by_bin(work.session, supplier_bin)
        side = await _side(work, order, supplier)
        formed = await formed_list(work.session, order)
        awards = _confirmed_by(work, _uncontracted(formed, supplier), signed_on)
        replaced = await _withdraw_proposed(work, order, supplier)
        await _answered(work, formed, supplier)
        contract = Contract(
            order_id=order.id,
            company_id=supplier.id,
            contract_number=required_text(
                contract_number, "contract_number", NUMBER_LIMIT, CONTRACT.clause
            ),
            signed_on=signed_on,
            state="proposed",
            entered_by_side=side,
            entered_by=work.actor.person_id,
            entered_at=work.now,
        )
        work.session.add(contract)
        await work.session.flush()
        if file is not None:
            check_document(file)
            await add_file(work, contract_subject(contract.id), file)
        work.record(contract_subject(contract.id), order=order_number, side=side, replaced=replaced)
        if side == "platform":
            await _conclude(work, formed, contract, awards)
        else:
            await _ask_other_side(work, order, contract, side)
        return await _view(work, order, contract)

    @use_case("contract.agree", by=COMPANY_ROLES)
    async def agree(self, work: Work, contract_id: int) -> ContractView:
        """The other side agrees: the contract is concluded."""
        contract, order, supplier = await _lock(work, contract_id)
        side = await _side(work, order, supplier)
        _check_waiting(contract)
        if side == contract.entered_by_side:
            raise AccessDenied("contract_own_entry", CONTRACT.clause)
        formed = await formed_list(work.session, order)
        contract.agreed_by = work.actor.person_id
        await stop(work, contract_subject(contract_id))
        work.record(contract_subject(contract_id), order=order.number, agreed_by=side)
        awards = [
            award
            for award in _confirmed_by(work, _uncontracted(formed, supplier), contract.signed_on)
            # What was confirmed after the entry is not in the contract that was entered.
            if award.decided_at is not None and award.decided_at <= contract.entered_at
        ]
        await _conclude(work, formed, contract, awards)
        return await _view(work, order, contract)

    @use_case("contract.dispute", by=COMPANY_ROLES)
    async def dispute(self, work: Work, contract_id: int) -> int:
        """A side says that number or date is wrong; the entry is withdrawn.

        Returns the order's number, so that the right contract can be entered. Raises Conflict
        ``contract_concluded``, ``contract_replaced``.
        """
        contract, order, supplier = await _lock(work, contract_id)
        side = await _side(work, order, supplier)
        _check_waiting(contract)
        contract.state = "withdrawn"
        await stop(work, contract_subject(contract_id))
        work.record(contract_subject(contract_id), order=order.number, disputed_by=side)
        await _tell(work, order, contract, "contract.disputed", side=side)
        await _wait_for(work, order, contract, side, "contract.disputed")
        return order.number

    @query(by=COMPANY_ROLES)
    async def one(self, look: Look, contract_id: int) -> ContractView:
        """A contract as its two sides see it.

        Raises NotFound ``contract_unknown``, also for a contract of others, and Conflict
        ``contract_replaced`` for one that was withdrawn.
        """
        _check_id(contract_id)
        found = await look.session.execute(
            select(Order.number, Contract)
            .join(Contract, Contract.order_id == Order.id)
            .where(Contract.id == contract_id)
        )
        row = found.one_or_none()
        if row is None:
            raise NotFound("contract_unknown", None, contract=contract_id)
        number, contract = row
        order = await read_order(look.session, number)
        sides = (
            (contract.company_id, Role.SUPPLIER),
            (order.customer_id, Role.CUSTOMER),
        )
        for company_id, role in sides:
            if await may_act_for(look.session, look.actor, company_id, role):
                break
        else:
            raise NotFound("contract_unknown", None, contract=contract_id)
        if contract.state == "withdrawn":
            raise Conflict("contract_replaced", CONTRACT.clause, number=contract.contract_number)
        views = await contracts_of(look, order, contract.company_id)
        return next(view for view in views if view.id == contract_id)

    @query(by=COMPANY_ROLES)
    async def files(self, look: Look, contract_id: int) -> list[FileView]:
        """The files attached to an entry, for its two sides; raises what ``one`` raises."""
        await self.one(look.actor, contract_id)
        return await files_of(look.session, contract_subject(contract_id))


async def _side(work: Work, order: Order, supplier: Company) -> str:
    """For which side the actor acts: in the role they act in now, or else in another they have."""
    actor = work.actor
    if actor.kind == "integration":
        return "platform"
    sides = [(supplier.id, Role.SUPPLIER), (order.customer_id, Role.CUSTOMER)]
    # The current role first: somebody may stand on both sides.
    for company_id, role in sorted(sides, key=lambda side: side[1] is not actor.role):
        if await may_act_for(work.session, actor, company_id, role):
            work.act_for(company_id)
            return role.value
    raise AccessDenied("not_your_company", "366-8")


def _check_id(contract_id: int) -> None:
    if not is_id(contract_id):
        raise NotFound("contract_unknown", None, contract=contract_id)


def _check_waiting(contract: Contract) -> None:
    if contract.state == "concluded":
        raise Conflict("contract_concluded", CONTRACT.clause, number=contract.contract_number)
    if contract.state == "withdrawn":
        raise Conflict("contract_replaced", CONTRACT.clause, number=contract.contract_number)


def _uncontracted(formed: FormedList, supplier: Company) -> list[Award]:
    awards = [
        award
        for award in formed.awards
        if award.company_id == supplier.id and award.state == "active" and not award.contract_id
    ]
    if not awards:
        raise Conflict("nothing_to_contract", CONTRACT.clause, bin=supplier.bin)
    return awards


def _confirmed_by(work: Work, awards: list[Award], signed_on: date) -> list[Award]:
    """The awards that a contract of this date is about: those confirmed by then.

    Nothing is concluded before it is confirmed (13.9); what is confirmed later has a contract
    of its own. Raises ``contract_date_future``, ``contract_date_early``.
    """
    today = astana(work.now).date()
    if signed_on > today:
        raise RuleBroken("contract_date_future", CONTRACT.clause, day=signed_on, today=today)
    confirmed = [
        (astana(award.decided_at).date(), award) for award in awards if award.decided_at is not None
    ]
    found = [award for day, award in confirmed if day <= signed_on]
    if not found:
        since = min(day for day, _ in confirmed)
        raise RuleBroken("contract_date_early", CONTRACT.clause, day=signed_on, since=since)
    return found


async def _answered(work: Work, formed: FormedList, supplier: Company) -> None:
    """A side has entered a contract: nobody waits for that, nor for entries before it."""
    before = await work.session.scalars(
        select(Contract.id).where(
            Contract.order_id == formed.order.id, Contract.company_id == supplier.id
        )
    )
    subjects = [contract_subject(each) for each in before]
    subjects += [
        award_subject(award.number) for award in formed.awards if award.company_id == supplier.id
    ]
    await stop(work, subjects, categories=_ASKED)


async def _withdraw_proposed(work: Work, order: Order, supplier: Company) -> list[int]:
    """A new entry replaces one that waits for the other side; returns what was replaced."""
    waiting = await work.session.scalars(
        select(Contract).where(
            Contract.order_id == order.id,
            Contract.company_id == supplier.id,
            Contract.state == "proposed",
        )
    )
    replaced = []
    for contract in waiting:
        contract.state = "withdrawn"
        replaced.append(contract.id)
    return replaced


async def _conclude(
    work: Work, formed: FormedList, contract: Contract, awards: list[Award]
) -> None:
    contract.state = "concluded"
    contract.agreed_at = work.now
    for award in awards:
        award.contract_id = contract.id
        await close(work, award_subject(award.number), _CONTRACT_KINDS)
    await stop(work, [award_subject(award.number) for award in awards], categories=_ASKED)
    await work.session.flush()
    await settle(work, formed)
    await _tell(work, formed.order, contract, "contract.concluded", side="")


async def _ask_other_side(work: Work, order: Order, contract: Contract, side: str) -> None:
    await _tell(work, order, contract, "contract.proposed", side=side)
    await _wait_for(work, order, contract, side, "contract.proposed")


async def _wait_for(work: Work, order: Order, contract: Contract, side: str, notice: str) -> None:
    """The side that did not act is to look at it."""
    role = Role.CUSTOMER if side == Role.SUPPLIER.value else Role.SUPPLIER
    sides = Sides(order.number, order.customer_id, contract.company_id)
    await contract_asked(work, sides, role, contract.id, notice)


async def _tell(work: Work, order: Order, contract: Contract, kind: str, side: str) -> None:
    """To the side that did not act; to both when ``side`` is empty."""
    supplier = await work.session.get_one(Company, contract.company_id)
    for company, role in (
        (order.customer_id, Role.CUSTOMER),
        (contract.company_id, Role.SUPPLIER),
    ):
        if role.value == side:
            continue
        await tell_company(
            work,
            company,
            role,
            kind,
            order_subject(order.number),
            number=order.number,
            contract=contract.id,
            contract_number=contract.contract_number,
            signed_on=contract.signed_on,
            files=len(await files_of(work.session, contract_subject(contract.id))),
            supplier_ru=supplier.name_ru,
            supplier_kk=supplier.name_kk,
        )


async def _lock(work: Work, contract_id: int) -> tuple[Contract, Order, Company]:
    _check_id(contract_id)
    found = await work.session.execute(
        select(Order.number)
        .join(Contract, Contract.order_id == Order.id)
        .where(Contract.id == contract_id)
    )
    number = found.scalar_one_or_none()
    if number is None:
        raise NotFound("contract_unknown", None, contract=contract_id)
    order = await lock_order(work, number)
    contract = await work.session.get_one(Contract, contract_id, populate_existing=True)
    return contract, order, await work.session.get_one(Company, contract.company_id)


async def _view(work: Work, order: Order, contract: Contract) -> ContractView:
    views = await contracts_of(Look(work.session, work.now, work.actor), order)
    return next(view for view in views if view.id == contract.id)


async def contract_overdue(work: Work, deadline: Deadline) -> None:
    """No contract in time: shown and escalated to both sides each working day (13.9)."""
    number = int(deadline.subject.removeprefix("award:"))
    found = await work.session.execute(
        select(Order.number, Award)
        .join(Award, Award.order_id == Order.id)
        .where(Award.number == number)
    )
    order_number, award = found.one()
    order = await lock_order(work, order_number)
    work.record(deadline.subject, order=order_number, overdue="contract")
    due_at = str(deadline.params.get("due_at") or deadline.due_at.isoformat())
    subject = award_subject(number)
    await repeat_tomorrow(work, "overdue.contract", subject, order.id, due_at)
    together = await fellows(work.session, award, datetime.fromisoformat(due_at))
    if not speaks(award, together):
        return
    supplier = await work.session.get_one(Company, award.company_id)
    about = {
        "number": order_number,
        "award": number,
        "due_at": due_at,
        "clause": CONTRACT.clause,
        "goods": goods_given(order, together or [award]),
        "supplier_ru": supplier.name_ru,
        "supplier_kk": supplier.name_kk,
    }
    for company, role in ((order.customer_id, Role.CUSTOMER), (supplier.id, Role.SUPPLIER)):
        await tell_company(
            work,
            company,
            role,
            "contract.overdue",
            subject,
            about=about,
            side=role.value,
        )
    await tell_admins(work, "contract.overdue", subject, about=about, side=Role.ADMIN.value)
