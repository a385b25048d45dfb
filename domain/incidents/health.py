"""Our own health as a witness: a gap in working time opens a draft incident by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert

from domain.actor import Actor
from domain.clock import as_utc
from domain.errors import RuleBroken
from domain.incidents.model import HealthGap, Heartbeat, Incident
from domain.incidents.queries import incident_subject
from domain.incidents.reporting import OPERATORS, open_incident
from domain.incidents.rules import SILENCE, Interval, working_time
from domain.incidents.said import Said
from domain.incidents.telling import tell_staff
from domain.incidents.views import GapView, Scope
from domain.incidents.watching import READERS
from domain.support.regimes import regime_at
from domain.work import Look, Site, Work, query, use_case
from domain.working_time.model import calendar_for_reading

_PART_LIMIT = 32


class Health:
    """Heartbeats of our parts (``bot``, ``sweeps``, ``telegram`` ...) and their gaps."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def beat(self, part: str, at: datetime) -> int | None:
        """The part is alive at ``at``; a gap before that longer than 60 s is put on record.

        Several processes may beat for one part: the newest of them counts. Answers the number
        of the draft incident if the gap opened one.
        """
        seen = as_utc(at)
        async with self.site.sessions.begin() as session:
            before = await session.scalar(
                select(Heartbeat.seen_at).where(Heartbeat.part == part).with_for_update()
            )
            row = insert(Heartbeat).values(part=part, seen_at=seen)
            await session.execute(
                row.on_conflict_do_update(
                    index_elements=[Heartbeat.part],
                    set_={"seen_at": func.greatest(Heartbeat.seen_at, seen)},
                )
            )
        if before is None or seen - before <= SILENCE:
            return None
        return await self.gap(part, before, seen)

    async def gap(self, part: str, began_at: datetime, ended_at: datetime | None) -> int | None:
        """A time without the part; open while ``ended_at`` is None, closed by the next call.

        More than 60 s inside the working hours of the regime open a draft incident, once for
        gaps that touch each other. Answers its number, or None. Raises ``naive_time``.
        """
        began = as_utc(began_at)
        ended = as_utc(ended_at) if ended_at is not None else None
        # While it lasts, the same gap is told again and again: each time is an act of its own.
        told = ended or f"open:{self.site.clock.now().timestamp()}"
        cause = f"health:{part}:{began.timestamp()}:{told}"
        return await self._witness(Actor.system(cause), part, began, ended)

    @use_case("health.gap", by=None)
    async def _witness(
        self, work: Work, part: str, began_at: datetime, ended_at: datetime | None
    ) -> int | None:
        if not part or len(part) > _PART_LIMIT:
            raise RuleBroken("health_part", None, part=part[:_PART_LIMIT])
        until = ended_at or work.now
        work.record(f"health:{part}", began=began_at, ended=ended_at)
        if until - began_at <= SILENCE:
            return None
        # One process after another must not open two incidents for one outage.
        await work.session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        row = await _gap_row(work, part, began_at, ended_at)
        rules = regime_at(self.site.regime, work.now)
        calendar = await calendar_for_reading(work.session)
        if working_time(calendar, rules.hours, Interval(began_at, until)) <= SILENCE:
            return None
        if row.incident_id is None:
            row.incident_id = await _incident_of(work, row, rules.code, until)
        incident = await work.session.get_one(Incident, row.incident_id)
        if ended_at is not None and incident.state == "analysing" and incident.source == "health":
            incident.mended_at = max(incident.mended_at or ended_at, ended_at)
        return incident.number

    @query(by=READERS)
    async def gaps(self, look: Look, since: datetime, until: datetime) -> Sequence[GapView]:
        """Gaps that touch an interval, oldest first: evidence for an incident."""
        rows = await look.session.execute(
            select(HealthGap, Incident.number)
            .outerjoin(Incident, Incident.id == HealthGap.incident_id)
            .where(
                HealthGap.began_at < until,
                or_(HealthGap.ended_at.is_(None), HealthGap.ended_at > since),
            )
            .order_by(HealthGap.began_at, HealthGap.id)
        )
        return [GapView(row.part, row.began_at, row.ended_at, number) for row, number in rows]


_LOCK = 7_303_366


async def _gap_row(
    work: Work, part: str, began_at: datetime, ended_at: datetime | None
) -> HealthGap:
    """The gap on record: one that is still open, or the same one told again, goes on."""
    row = await work.session.scalar(
        select(HealthGap)
        .where(
            HealthGap.part == part,
            or_(HealthGap.ended_at.is_(None), HealthGap.began_at == began_at),
        )
        .order_by(HealthGap.id.desc())
        .limit(1)
    )
    if row is None:
        row = HealthGap(part=part, began_at=began_at)
        work.session.add(row)
    row.ended_at = ended_at
    await work.session.flush()
    return row


async def _incident_of(work: Work, row: HealthGap, regime: str, until: datetime) -> int:
    """The draft incident of an outage: that of a gap which touches this one, or a new one."""
    known = await work.session.scalar(
        select(HealthGap.incident_id)
        .join(Incident, Incident.id == HealthGap.incident_id)
        .where(
            HealthGap.incident_id.is_not(None),
            Incident.state == "analysing",
            HealthGap.began_at <= until,
            or_(HealthGap.ended_at.is_(None), HealthGap.ended_at >= row.began_at),
        )
        .order_by(HealthGap.id)
        .limit(1)
    )
    if known is not None:
        incident = await work.session.get_one(Incident, known)
        incident.began_at = min(incident.began_at, row.began_at)
        return known
    incident = await open_incident(
        work, regime, Said(ru=row.part), row.began_at, source="health", scope=Scope()
    )
    incident.mended_at = row.ended_at
    subject = incident_subject(incident.number)
    await tell_staff(
        work,
        OPERATORS,
        "incident.witnessed",
        subject,
        number=incident.number,
        part=row.part,
        began_at=row.began_at,
        ended_at=row.ended_at,
    )
    work.also("incident.witness", subject, part=row.part, began=row.began_at)
    return incident.id
