"""How the people of a company are woken: who is told at once, whose row waits in their list.

Every notice is written to the whole company by the act itself. Whoever is not to be rung at once
has it in their list only (``listed``); a step of the chain sends that very row, so that nobody is
told twice of one thing and every copy bears one number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from domain.base import Json
from domain.contracts.model import Contract
from domain.deadlines import open_of
from domain.duty.queries import line_up_of
from domain.escalations.coming import company_there
from domain.escalations.mailing import mail_to
from domain.escalations.model import Escalation, EscalationWake
from domain.escalations.quiet import wakes_at
from domain.escalations.rules import EMAIL_CHANNEL, TELEGRAM, Hand, Present, Rung, Who
from domain.escalations.running import ADMIN, BELLS, OTHER, OWN, Ring, begin
from domain.notices.ended import written_for
from domain.notices.model import Notice
from domain.notices.writing import tell
from domain.orders.model import Order
from domain.people.model import Person
from domain.people.queries import members
from domain.registry.model import Company
from domain.roles import Role
from domain.work import Work

LISTED = "listed"


async def begin_for_company(work: Work, ring: Ring) -> None:
    """Begin a chain for a notice that this act has just written to everybody of a company.

    Whoever has no duty finds it in their list; without a roster everybody is told at once.
    """
    if ring.company is None:
        raise ValueError("a chain of a company needs one")
    order = await line_up_of(work.session, ring.company, ring.role, work.now)
    listed = await _hold_back(work, ring, order.first) if order.held_back else []
    first = tuple(person for person in order.first if person not in listed)
    begun = await begin(work, replace(ring, first=first))
    if begun is None and listed:
        subject = ring.notice_subject or ring.subject
        rows = _written(ring.notice, subject, work.now, ring.about, ring.company)
        await _send(work, listed, rows)


def _written(
    kind: str, subject: str, at: datetime, about: Json, company: int | None
) -> list[ColumnElement[bool]]:
    """The rows that one act has written of one thing for a company.

    A customer may be reminded of the contracts with several suppliers at one instant, and
    somebody of two companies has a row for each.
    """
    return [
        Notice.kind == kind,
        Notice.subject == subject,
        Notice.created_at == at,
        Notice.channel == TELEGRAM,
        *(
            Notice.params[name].as_string() == str(about[name])
            for name in ("award", "contract")
            if name in about
        ),
        *(() if company is None else (written_for(company),)),
    ]


def _rows_of(chain: Escalation) -> list[ColumnElement[bool]]:
    at, company = chain.started_at, chain.company_id
    return _written(chain.notice, chain.notice_subject, at, chain.about, company)


async def _hold_back(work: Work, ring: Ring, first: Collection[int]) -> list[int]:
    """Leave the notice of those who are not told at once in their lists; returns who they are."""
    acting = await members(work.session, ring.company or 0, Role(ring.role))
    others = sorted(set(acting) - set(first))
    if not others:
        return []
    held = await work.session.scalars(
        update(Notice)
        .where(
            Notice.person_id.in_(others),
            *_written(
                ring.notice,
                ring.notice_subject or ring.subject,
                work.now,
                ring.about,
                ring.company,
            ),
            Notice.state == "queued",
        )
        .values(state=LISTED)
        .returning(Notice.person_id)
    )
    return sorted(set(held))


async def _send(
    work: Work,
    people: Iterable[int],
    rows: Sequence[ColumnElement[bool]],
    turn: str = "",
    due_at: datetime | None = None,
) -> set[int]:
    """Send what waits in these people's lists; returns who had it there."""
    wanted = sorted(set(people))
    quiet = await wakes_at(work, wanted, due_at)
    sent: set[int] = set()
    for at in sorted(set(quiet.values())):
        added: Json = {"turn": turn} if turn else {}
        found = await work.session.scalars(
            update(Notice)
            .where(
                Notice.person_id.in_([person for person in wanted if quiet[person] == at]),
                *rows,
                Notice.state == LISTED,
            )
            .values(state="queued", not_before=at, params=Notice.params.op("||")(added))
            .returning(Notice.person_id)
        )
        sent |= set(found)
    return sent


class CompanyBell:
    """Wakes people of a company, then its other side and the administrators."""

    async def hold(self, work: Work, chain: Escalation) -> bool:
        """What has a term waits while that runs; an entry of a contract while it stands."""
        contract = chain.about.get("contract")
        if not isinstance(contract, int):
            return True
        found = await work.session.execute(
            select(Contract.state, Order.state)
            .join(Order, Order.id == Contract.order_id)
            .where(Contract.id == contract)
        )
        entry, order = found.one()
        if chain.notice == "contract.proposed":
            return entry == "proposed"
        return order not in ("failed", "done")

    async def there(self, work: Work, chain: Escalation) -> Present:
        """Who may be woken now: roles, absences and rosters as they stand at this moment."""
        return await company_there(work.session, chain, work.now)

    async def ring(
        self, work: Work, chain: Escalation, rung: Rung, there: Present
    ) -> dict[Hand, str]:
        """Send each their notice; whoever has none yet gets one now."""
        own = {hand for who in _OWN for hand in there[who]}
        other = set(there[Who.OTHER_SIDE])
        rang = {
            hand: OWN if hand in own else OTHER if hand in other else ADMIN for hand in rung.hands
        }
        chats = [hand[0] for hand in rung.hands if hand[1] == TELEGRAM and rang[hand] == OWN]
        await self._wake(work, chain, chats)
        letters = [hand[0] for hand in rung.hands if hand[1] == EMAIL_CHANNEL]
        await mail_to(work, letters, chain.notice, chain.notice_subject)
        told = OWN in rang.values() or await _has_woken(work, chain)
        for side in (OTHER, ADMIN):
            people = [hand[0] for hand in rung.hands if rang[hand] == side]
            await tell(
                work,
                people,
                "escalation.silent",
                chain.subject,
                about=await _about(work, chain),
                side=side,
                told=told,
                as_company=_company(chain, side),
                as_roles=_ROLES[side],
            )
        return rang

    async def _wake(self, work: Work, chain: Escalation, people: Sequence[int]) -> None:
        due_at = await _due(work, chain)
        sent = await _send(work, people, _rows_of(chain), chain.category, due_at)
        missing = sorted(set(people) - sent)
        if not missing:
            return
        # Who joined the company after the act: their notice is the one of a colleague.
        like = await work.session.scalar(
            select(Notice.params).where(*_rows_of(chain)).order_by(Notice.id).limit(1)
        )
        if like is not None:
            shared = {key: value for key, value in like.items() if not key.startswith("for_")}
            await tell(
                work,
                missing,
                chain.notice,
                chain.notice_subject,
                about=shared,
                as_company=chain.company_id,
                turn=chain.category,
            )

    async def done(self, work: Work, chain: Escalation, woken: Sequence[EscalationWake]) -> None:
        """Colleagues learn by whom, the other side that the company has acted, no more."""
        actor = work.actor.person_id
        told: set[int] = set() if actor is None else {actor}
        told |= await self._let_sleep(work, chain, woken)
        about = await _about(work, chain)
        for side in (OWN, OTHER, ADMIN):
            people = {each.person_id for each in woken if each.side == side} - told
            told |= people
            name = await _name_of(work, chain) if side == OWN and people else ""
            await tell(
                work,
                people,
                "escalation.done",
                chain.subject,
                about=about,
                side=side,
                how=chain.state,
                by=name,
                as_company=_company(chain, side),
                as_roles=_ROLES[side],
            )

    async def _let_sleep(
        self, work: Work, chain: Escalation, woken: Sequence[EscalationWake]
    ) -> set[int]:
        """Leave in their lists what waits for the end of somebody's quiet hours; returns whose.

        Of those whom a step was to wake: what the act itself has sent goes its way.
        """
        apart = {each.person_id for each in woken if each.channel != TELEGRAM or not each.step}
        asleep = await work.session.scalars(
            update(Notice)
            .where(
                Notice.person_id.in_({each.person_id for each in woken} - apart),
                *_rows_of(chain),
                Notice.state == "queued",
                Notice.not_before > work.now,
                Notice.attempts == 0,
            )
            .values(state=LISTED, not_before=work.now)
            .returning(Notice.person_id)
        )
        return set(asleep)


async def _has_woken(work: Work, chain: Escalation) -> bool:
    """Whether anybody of the company was woken: one without people has nobody to be told."""
    woken = select(EscalationWake.id).where(
        EscalationWake.escalation_id == chain.id, EscalationWake.side == OWN
    )
    return await work.session.scalar(woken.limit(1)) is not None


def _company(chain: Escalation, side: str) -> int | None:
    """As whose people a side is told; administrators are told as such."""
    return {OWN: chain.company_id, OTHER: chain.other_id}.get(side)


_ROLES: dict[str, tuple[Role, ...]] = {OWN: (), OTHER: (), ADMIN: (Role.ADMIN,)}
_OWN = (Who.DUTY, Who.DEPUTY, Who.HEAD, Who.COMPANY, Who.EMAIL)


async def _due(work: Work, chain: Escalation) -> datetime | None:
    """The end of the term that a chain waits with, as it is now."""
    if not chain.term_kind:
        return None
    term = await open_of(work.session, chain.term_subject, chain.term_kind)
    return None if term is None else term.due_at


async def _about(work: Work, chain: Escalation) -> dict[str, object]:
    """What notices on a chain say: the order, the term, the company that has to act."""
    found: dict[str, object] = {**chain.about, "category": chain.category, "role": chain.role}
    due_at = await _due(work, chain)
    found |= {} if due_at is None else {"due_at": due_at}
    if chain.company_id is not None:
        company = await work.session.get_one(Company, chain.company_id)
        found |= {"company_ru": company.name_ru, "company_kk": company.name_kk}
    return found


async def _name_of(work: Work, chain: Escalation) -> str:
    """Who has ended a chain, by name, where it was somebody of the company itself."""
    person = work.actor.person_id
    if person is None or chain.company_id is None:
        return ""
    if person not in await members(work.session, chain.company_id, Role(chain.role)):
        return ""
    return await work.session.scalar(select(Person.name).where(Person.id == person)) or ""


_BELL = CompanyBell()
BELLS.update(dict.fromkeys(("confirmation", "selection", "contract", "offer_window"), _BELL))
