"""Use cases of escalations: saying that one has seen it, who was told, a company's own chains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.actor import Actor
from domain.base import is_id
from domain.deadlines import Deadline
from domain.duty.queries import members_there
from domain.errors import AccessDenied, NotFound
from domain.escalations.by_letter import Letter, check_serves, letter_of
from domain.escalations.chains import CHAINS, OFFER_WINDOW, Chain
from domain.escalations.coming import company_there, next_of
from domain.escalations.model import ESCALATE, Escalation, EscalationChain, EscalationWake
from domain.escalations.rules import Step, check_chain
from domain.escalations.running import (
    OTHER,
    OWN,
    RUNNING,
    escalation_subject,
    register_chains,
    stop_chains,
)
from domain.escalations.views import Acknowledged, ChainView, NextView, OwnChain, WokenView
from domain.firing import Deadlines
from domain.notices.kinds import KINDS
from domain.notices.model import Notice
from domain.orders.views import Party, party
from domain.people.model import Membership, Person
from domain.registry.model import Company
from domain.roles import COMPANY_ROLES, EVERYBODY, WATCHERS, Role
from domain.work import Look, Site, Work, query, use_case
from domain.working_time.model import calendar_for_reading

#: What somebody has seen who has seen a notice of this kind: the category of chains that ends.
SEEN: Mapping[str, str] = MappingProxyType(
    {kind.name: kind.chain for kind in KINDS.values() if kind.chain is not None}
)
_DESK = frozenset({Role.SUPPORT, Role.ADMIN})
_OF_DESK = ("ticket", "incident")
_SHOWN = 20


class Escalations:
    """Chains from outside."""

    def __init__(self, site: Site, deadlines: Deadlines) -> None:
        self.site = site
        register_chains(deadlines)

    @use_case("notices.acknowledge", by=None)
    async def acknowledge(self, work: Work, number: int) -> Acknowledged:
        """The actor has seen a notice of theirs; the chain that woke them for it ends.

        Said twice it stays what it was. Raises NotFound ``notice_unknown``.
        """
        row = await work.session.get(Notice, number) if is_id(number) else None
        if row is None or row.person_id != work.actor.person_id:
            raise NotFound("notice_unknown")
        # A step of the chain holds it before it sends any notice: so does whoever has seen one.
        stopped = await stop_chains(work, await _chains_seen(work, row), "acked")
        await work.session.refresh(row, with_for_update=True)
        if row.acked_at is None:
            row.acked_at = work.now
            row.opened_at = row.opened_at or work.now
            row.read_at = row.read_at or work.now
        if row.origin_id is not None:
            # In the list of notices each event stands once, by its first row.
            await work.session.execute(
                update(Notice)
                .where(Notice.id == row.origin_id, Notice.person_id == row.person_id)
                .values(
                    acked_at=func.coalesce(Notice.acked_at, work.now),
                    read_at=func.coalesce(Notice.read_at, work.now),
                )
            )
        work.record(row.subject, notice=number, kind=row.kind, stopped=stopped)
        return Acknowledged(number, row.acked_at, stopped)

    async def letter(self, number: int) -> Letter:
        """A notice for the page that its letter leads to; raises NotFound ``notice_unknown``."""
        return await letter_of(self.site, number)

    async def seen_by_letter(self, number: int) -> Acknowledged:
        """Its reader has seen a notice and says so by the link in the letter.

        Raises NotFound ``notice_unknown``, Conflict ``letter_over``, AccessDenied
        ``account_suspended``.
        """
        letter = await letter_of(self.site, number)
        check_serves(letter)
        return await self.acknowledge(letter.reader, number)

    @query(by=EVERYBODY)
    async def of_order(self, look: Look, order_number: int) -> list[ChainView]:
        """Chains about an order, those that run first, the newest first.

        Of one's own company in full; of the other side once it has told us that it is silent.
        """
        if not is_id(order_number):
            raise NotFound("order_unknown", None, number=order_number)
        return await _views(look, Escalation.order_number == order_number)

    @query(by=_DESK)
    async def of_subject(self, look: Look, subject: str) -> list[ChainView]:
        """Chains about a ticket or an incident, for those at the desk."""
        return await _views(look, _about(subject[:64]))

    @query(by=COMPANY_ROLES)
    async def chains(self, look: Look) -> list[OwnChain]:
        """The chains of the actor's company, in the role the actor acts in."""
        company, role = _place(look.actor)
        rows = await look.session.scalars(
            select(EscalationChain).where(
                EscalationChain.company_id == company, EscalationChain.role == role
            )
        )
        own = {row.category: row for row in rows}
        return [_own_chain(each, own.get(each.category)) for each in of_role(role)]

    @use_case("escalation.change", by=COMPANY_ROLES)
    async def change(self, work: Work, category: str, steps: Sequence[Step]) -> OwnChain:
        """The company's own chain for what begins from now on; by its head.

        Raises AccessDenied ``duty_head_only``, NotFound ``escalation_unknown`` and those of
        ``check_chain``.
        """
        company, role = _place(work.actor)
        chain = _known(category, role)
        await _check_head(work, company, role)
        checked = check_chain(steps, chain.steps, chain.longest)
        values = {
            "steps": [each.as_json() for each in checked],
            "changed_at": work.now,
            "changed_by": work.actor.person_id,
        }
        await work.session.execute(
            insert(EscalationChain)
            .values(company_id=company, role=role, category=category, **values)
            .on_conflict_do_update(index_elements=["company_id", "role", "category"], set_=values)
        )
        work.record(f"company:{company}", role=role, category=category, steps=values["steps"])
        return OwnChain(category, checked, chain.steps, chain.longest, changed=True)

    @use_case("escalation.reset", by=COMPANY_ROLES)
    async def reset(self, work: Work, category: str) -> OwnChain:
        """The chain in code holds for the company again; raises what ``change`` raises."""
        company, role = _place(work.actor)
        chain = _known(category, role)
        await _check_head(work, company, role)
        await work.session.execute(
            delete(EscalationChain).where(
                EscalationChain.company_id == company,
                EscalationChain.role == role,
                EscalationChain.category == category,
            )
        )
        work.record(f"company:{company}", role=role, category=category)
        return OwnChain(category, chain.steps, chain.steps, chain.longest, changed=False)


#: What waits for a company in each role.
OF_ROLE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        Role.SUPPLIER.value: ("confirmation", "contract", "offer_window"),
        Role.CUSTOMER.value: ("selection", "contract"),
    }
)


def of_role(role: str) -> list[Chain]:
    """The chains that companies in a role have."""
    return [CHAINS[category] for category in OF_ROLE.get(role, ())]


def _known(category: str, role: str) -> Chain:
    for each in of_role(role):
        if each.category == category:
            return each
    raise NotFound("escalation_unknown")


def _own_chain(chain: Chain, row: EscalationChain | None) -> OwnChain:
    steps = chain.steps if row is None else tuple(Step.from_json(each) for each in row.steps)
    return OwnChain(chain.category, steps, chain.steps, chain.longest, changed=row is not None)


def _place(actor: Actor) -> tuple[int, str]:
    if actor.company_id is None or actor.role is None:
        raise AccessDenied("role_not_allowed", "366-8", role=str(actor.role or ""))
    return actor.company_id, actor.role.value


async def _check_head(work: Work, company: int, role: str) -> None:
    """Chains say when others hear that a company is silent: that is for its head, if any."""
    members = await members_there(work.session, company, role)
    heads = [each.person for each in members if each.position == "head"]
    if heads and work.actor.person_id not in heads:
        raise AccessDenied("duty_head_only")


def _about(subject: str) -> ColumnElement[bool]:
    """Chains about a subject, or about one of its terms."""
    return or_(Escalation.subject == subject, Escalation.subject.startswith(f"{subject}#"))


def _mine(actor: Actor) -> ColumnElement[bool]:
    """Whether a chain is of a company that the actor acts for, in the chain's role."""
    return (
        select(Membership.id)
        .where(
            Membership.person_id == (actor.person_id or 0),
            Membership.company_id == Escalation.company_id,
            Membership.role == Escalation.role,
            Membership.state == "active",
        )
        .exists()
    )


async def _chains_seen(work: Work, row: Notice) -> list[int]:
    """The chains that end because the actor has seen this notice.

    Of a company the actor still acts for; of the desk, while they work there.
    """
    category = SEEN.get(row.kind)
    if category is None:
        return []
    statement = select(Escalation).where(
        Escalation.category == category, Escalation.state == RUNNING
    )
    if category in _OF_DESK:
        if work.actor.role not in _DESK:
            return []
        statement = statement.where(_about(row.subject))
    else:
        order = row.params.get("number")
        if not isinstance(order, int):
            return []
        statement = statement.where(Escalation.order_number == order, _mine(work.actor))
    found = await work.session.scalars(statement)
    award = row.params.get("award")
    return [
        each.id
        for each in found
        if award is None or each.about.get("award") is None or award in _together(each)
    ]


def _together(chain: Escalation) -> list[object]:
    """The awards that a chain is about."""
    together = chain.about.get("together")
    return together if isinstance(together, list) else [chain.about.get("award")]


async def _views(look: Look, which: ColumnElement[bool]) -> list[ChainView]:
    """Chains that the actor may see, those that run first."""
    actor = look.actor
    sees_all = actor.kind == "integration" or actor.role in (*WATCHERS, Role.SUPPORT)
    # Who watches sees that a company was told, not whom of it.
    knows_names = actor.role in _DESK
    told = and_(Escalation.other_id == (actor.company_id or 0), Escalation.other_role == actor.role)
    statement = (
        select(Escalation, Company, Person.name, _mine(actor))
        .outerjoin(Company, Company.id == Escalation.company_id)
        .outerjoin(Person, Person.id == Escalation.ended_by)
        .where(which)
        .order_by((Escalation.state == RUNNING).desc(), Escalation.id.desc())
        .limit(_SHOWN)
    )
    # Who has answered an invitation is sealed until the window closes (act 344, clause 13.4).
    others = Escalation.category != OFFER_WINDOW.category if sees_all else told
    statement = statement.where(or_(_mine(actor), others))
    rows = (await look.session.execute(statement)).all()
    ids = [chain.id for chain, *_ in rows]
    woken = await _woken(look, ids)
    planned = await _planned(look, [chain for chain, *_ in rows if chain.state == RUNNING])
    found = []
    for chain, company, by, mine in rows:
        own = bool(mine) or sees_all
        named = bool(mine) or knows_names
        seen = [
            each if named else replace(each, name="")
            for each, person in woken.get(chain.id, [])
            # The other side reads that people of the company were told and when, not who.
            if own or each.side == OWN or (each.side == OTHER and person == actor.person_id)
        ]
        if not own and not any(each.side == OTHER for each, _ in woken.get(chain.id, [])):
            continue
        found.append(
            ChainView(
                number=chain.id,
                category=chain.category,
                subject=chain.subject,
                company=_party(company),
                own=own,
                state=chain.state,
                started_at=chain.started_at,
                ended_at=chain.ended_at,
                ended_by=(by or "") if named else "",
                woken=tuple(seen),
                next=planned.get(chain.id) if own else None,
            )
        )
    return found


def _party(company: Company | None) -> Party | None:
    return None if company is None else party(company)


async def _woken(look: Look, chains: Sequence[int]) -> dict[int, list[tuple[WokenView, int]]]:
    rows = await look.session.execute(
        select(EscalationWake, Person.name)
        .join(Person, Person.id == EscalationWake.person_id)
        .where(EscalationWake.escalation_id.in_(chains))
        .order_by(EscalationWake.id)
    )
    found: dict[int, list[tuple[WokenView, int]]] = {}
    for wake, name in rows:
        # People of the other side and administrators are named to themselves only.
        shown = name if wake.side == OWN else ""
        view = WokenView(wake.step, wake.at, shown, wake.channel, wake.side)
        found.setdefault(wake.escalation_id, []).append((view, wake.person_id))
    return found


async def _planned(look: Look, chains: Sequence[Escalation]) -> dict[int, NextView]:
    subjects = {escalation_subject(each.id): each for each in chains}
    rows = await look.session.execute(
        select(Deadline.subject, Deadline.due_at, Deadline.params).where(
            Deadline.subject.in_(subjects), Deadline.kind == ESCALATE, Deadline.state == "open"
        )
    )
    found: dict[int, NextView] = {}
    for subject, due_at, params in rows:
        chain = subjects[subject]
        step = params.get("step")
        if not isinstance(step, int) or step >= len(chain.steps):
            continue
        if chain.company_id is None:
            found[chain.id] = NextView(Step.from_json(chain.steps[step]), due_at)
            continue
        there = await company_there(look.session, chain, look.now)
        hands = await look.session.execute(
            select(EscalationWake.person_id, EscalationWake.channel).where(
                EscalationWake.escalation_id == chain.id
            )
        )
        woken = {(person, channel) for person, channel in hands}
        calendar = await calendar_for_reading(look.session)
        coming = next_of(chain, (step, due_at), there, woken, calendar)
        if coming is not None:
            found[chain.id] = coming
    return found
