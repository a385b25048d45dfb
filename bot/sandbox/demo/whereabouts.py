"""Where notices are now, channel by channel, and how far the chains have climbed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.clock import astana
from domain.deadlines import Deadline
from domain.escalations.model import ESCALATE, Escalation, EscalationWake
from domain.escalations.rules import Step
from domain.escalations.running import escalation_subject
from domain.notices.model import Delivery, Notice
from domain.notices.views import notice_view
from domain.people.model import Person
from domain.registry.model import Company
from domain.services import Services
from handlers.views.escalations import CATEGORIES, people
from handlers.views.notices import title
from handlers.views.translator import Translator, plain

_NOTICES, _CHAINS, _ATTEMPTS = 25, 20, 4

Json = dict[str, object]


class Whereabouts:
    """Reads the tables as they are; times in Astana, names of states as the tables hold them."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def notices(self, t: Translator, telegram_id: int | None = None) -> list[Json]:
        """The newest events, of everybody or of one person, each with its ways."""
        async with self._services.site.sessions() as session:
            statement = (
                select(Notice, Person)
                .join(Person, Person.id == Notice.person_id)
                .where(Notice.origin_id.is_(None))
                .order_by(Notice.id.desc())
                .limit(_NOTICES)
            )
            if telegram_id is not None:
                statement = statement.where(Person.telegram_id == telegram_id)
            found = [(row, person) for row, person in await session.execute(statement)]
            ways = await _ways(session, [row.id for row, _ in found])
        return [
            {
                "number": row.id,
                "title": plain(title(t, notice_view(row))),
                "subject": row.subject,
                "person": person.telegram_id,
                "name": person.name,
                "ways": ways[row.id],
            }
            for row, person in found
        ]

    async def chains(self, t: Translator) -> list[Json]:
        """Chains, what happened last first: who was woken when, who comes next and when."""
        woke = (
            select(func.max(EscalationWake.at))
            .where(EscalationWake.escalation_id == Escalation.id)
            .scalar_subquery()
        )
        last = func.greatest(Escalation.started_at, Escalation.ended_at, woke)
        async with self._services.site.sessions() as session:
            rows = await session.execute(
                select(Escalation, Company, Person.name)
                .outerjoin(Company, Company.id == Escalation.company_id)
                .outerjoin(Person, Person.id == Escalation.ended_by)
                .order_by(last.desc(), Escalation.id.desc())
                .limit(_CHAINS)
            )
            found = [(chain, company, by or "") for chain, company, by in rows]
            numbers = [chain.id for chain, *_ in found]
            woken, planned = await _woken(session, numbers), await _planned(session, numbers)
        return [
            {
                "number": chain.id,
                "title": plain(t(CATEGORIES[chain.category])),
                "company": _name(t, company),
                "order": chain.order_number,
                "state": chain.state,
                "ended": _moment(chain.ended_at),
                "by": by,
                "woken": woken.get(chain.id, []),
                "next": _next(t, chain, planned),
            }
            for chain, company, by in found
        ]


def _next(t: Translator, chain: Escalation, planned: Mapping[str, datetime]) -> Json | None:
    due = planned.get(escalation_subject(chain.id))
    number = chain.step + 1
    if due is None or number >= len(chain.steps):
        return None
    return {"who": plain(people(t, Step.from_json(chain.steps[number]))), "at": _moment(due)}


def _name(t: Translator, company: Company | None) -> str:
    if company is None:
        return ""
    return company.name_kk if t.locale == "kk" else company.name_ru


def _moment(at: datetime | None) -> str | None:
    return None if at is None else astana(at).isoformat()


async def _ways(session: AsyncSession, numbers: Sequence[int]) -> dict[int, list[Json]]:
    rows = list(
        await session.scalars(
            select(Notice)
            .where(or_(Notice.id.in_(numbers), Notice.origin_id.in_(numbers)))
            .order_by(Notice.id)
        )
    )
    tried = await session.scalars(
        select(Delivery)
        .where(Delivery.notice_id.in_([row.id for row in rows]))
        .order_by(Delivery.id)
    )
    attempts: dict[int, list[Json]] = {}
    for each in tried:
        shown: Json = {"at": _moment(each.ended_at), "outcome": each.outcome}
        attempts.setdefault(each.notice_id, []).append(shown)
    found: dict[int, list[Json]] = {number: [] for number in numbers}
    for row in rows:
        found[row.origin_id or row.id].append(
            {
                "channel": row.channel,
                "state": row.state,
                "queued": _moment(row.created_at),
                "sent": _moment(row.sent_at),
                "opened": _moment(row.opened_at),
                "acked": _moment(row.acked_at),
                "attempts": attempts.get(row.id, [])[-_ATTEMPTS:],
            }
        )
    return found


async def _woken(session: AsyncSession, numbers: Sequence[int]) -> dict[int, list[Json]]:
    rows = await session.execute(
        select(EscalationWake, Person.name)
        .join(Person, Person.id == EscalationWake.person_id)
        .where(EscalationWake.escalation_id.in_(numbers))
        .order_by(EscalationWake.id)
    )
    found: dict[int, list[Json]] = {}
    for wake, name in rows:
        line: Json = {
            "at": _moment(wake.at),
            "name": name,
            "channel": wake.channel,
            "side": wake.side,
            "step": wake.step,
        }
        found.setdefault(wake.escalation_id, []).append(line)
    return found


async def _planned(session: AsyncSession, numbers: Sequence[int]) -> dict[str, datetime]:
    rows = await session.execute(
        select(Deadline.subject, Deadline.due_at).where(
            Deadline.subject.in_([escalation_subject(each) for each in numbers]),
            Deadline.kind == ESCALATE,
            Deadline.state == "open",
        )
    )
    return {row.subject: row.due_at for row in rows}
