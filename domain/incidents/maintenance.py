"""Use cases of planned works, and how the platform is (act 366, clause 22; act 627, 30-31)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.clock import as_utc, astana
from domain.deadlines import Deadline, close, set_moment
from domain.errors import Conflict, NotFound, RuleBroken
from domain.firing import Deadlines
from domain.incidents.applying import apply_effects
from domain.incidents.model import Maintenance
from domain.incidents.planning import Ground, plan
from domain.incidents.rules import Interval, latest_announcement
from domain.incidents.said import Said, required
from domain.incidents.service import OPERATORS
from domain.incidents.status import status_of, works_view
from domain.incidents.suppliers import with_suppliers
from domain.incidents.telling import tell_everybody
from domain.incidents.views import (
    EffectView,
    MaintenancePage,
    MaintenanceView,
    Scope,
    StatusView,
)
from domain.numbered import lock_row, read_row
from domain.support.regimes import regime_at
from domain.texts import MIN_LETTERS, clean_text, is_statement, required_text
from domain.work import Look, Site, Work, query, use_case
from domain.working_time.model import calendar_for_reading

START = "maintenance.start"
END = "maintenance.end"
REMIND = "maintenance.remind"
_TEXT_LIMIT = 1000
_MORNING_HOUR = timedelta(hours=9)


def maintenance_subject(number: int) -> str:
    """How deadlines, notices, effects and the record name works."""
    return f"maintenance:{number}"


class MaintenanceWork:
    """Announcing, starting, finishing works; the status of the platform.

    Writing use cases answer the number of the works; unknown ones raise NotFound
    ``maintenance_unknown``, acts in the wrong state Conflict ``maintenance_state``.
    """

    def __init__(self, site: Site, deadlines: Deadlines) -> None:
        self.site = site
        deadlines.on(REMIND, _remind)
        deadlines.on(START, _start)
        deadlines.on(END, _end)

    @use_case("maintenance.announce", by=OPERATORS)
    async def announce(
        self,
        work: Work,
        starts_at: datetime,
        ends_at: datetime,
        text_kk: str,
        text_ru: str,
        *,
        emergency: str = "",
        regime: str | None = None,
    ) -> int:
        """Announce works and tell everybody; move what ends that day (366-22; 627-31).

        Raises ``maintenance_interval``, ``maintenance_past``, ``text_missing``,
        ``ground_too_short`` for an ``emergency`` that says nothing, and
        ``maintenance_late`` (params: latest) after the regime's notice without ``emergency``.
        """
        starts, ends = _checked(starts_at, ends_at, work.now)
        rules = regime_at(regime or self.site.regime, work.now)
        ground = clean_text(emergency, "emergency", _TEXT_LIMIT)
        if ground and not is_statement(ground):
            raise RuleBroken("ground_too_short", rules.maintenance_clause, minimum=MIN_LETTERS)
        latest = latest_announcement(rules, starts)
        if latest is not None and work.now >= latest and not ground:
            raise RuleBroken("maintenance_late", rules.maintenance_clause, latest=latest)
        row = Maintenance(
            regime=rules.code,
            text_kk=required_text(text_kk, "text_kk", _TEXT_LIMIT),
            text_ru=required_text(text_ru, "text_ru", _TEXT_LIMIT),
            emergency=ground,
            announced_at=work.now,
            announced_by=work.actor.person_id,
            starts_at=starts,
            ends_at=ends,
            state="planned",
        )
        work.session.add(row)
        await work.session.flush()
        await work.session.refresh(row, ["number"])
        await _set_moments(work, row)
        await _tell(work, row, "maintenance.announced")
        await _move_windows(work, row)
        work.record(maintenance_subject(row.number), starts=starts, ends=ends, emergency=ground)
        return row.number

    @query(by=OPERATORS)
    async def preview(
        self,
        look: Look,
        starts_at: datetime,
        ends_at: datetime,
        regime: str | None = None,
        *,
        works: int | None = None,
    ) -> list[EffectView]:
        """The deadlines that works of this time would move.

        ``works``: the number of planned or running works that would last until ``ends_at``;
        their own beginning, which may be past, and regime count then, and what they have moved
        already is not moved again. Raises as ``announce`` and ``prolong`` do.
        """
        if works is None:
            starts, ends = _checked(starts_at, ends_at, look.now)
            ground = _ground("maintenance:0", regime or self.site.regime, starts, ends, look.now)
        else:
            row = await _read(look.session, works)
            _check_state(row, "planned", "running")
            longer = _later_end(row, ends_at, look.now)
            ground = _ground(
                maintenance_subject(works), row.regime, row.starts_at, longer, row.announced_at
            )
        if ground is None:
            return []
        calendar = await calendar_for_reading(look.session)
        planned = await plan(look.session, calendar, ground, look.now)
        return await with_suppliers(look.session, [each.view for each in planned])

    @use_case("maintenance.cancel", by=OPERATORS)
    async def cancel(self, work: Work, number: int) -> int:
        """Cancel planned works and tell everybody; what was moved stays moved."""
        row = await _lock(work, number, "planned")
        row.state = "cancelled"
        row.finished_at = work.now
        await close(work, maintenance_subject(number), (REMIND, START, END), "cancelled")
        await _tell(work, row, "maintenance.cancelled")
        work.record(maintenance_subject(number), state=row.state)
        return number

    @use_case("maintenance.finish", by=OPERATORS)
    async def finish_early(self, work: Work, number: int) -> int:
        """Running works are over before their time."""
        row = await _lock(work, number, "running")
        await close(work, maintenance_subject(number), (END,))
        await _finish(work, row)
        return number

    @use_case("maintenance.prolong", by=OPERATORS)
    async def prolong(self, work: Work, number: int, ends_at: datetime, reason: str | Said) -> int:
        """Planned or running works take longer; everybody is told, deadlines follow.

        Raises ``maintenance_interval`` when the new end is not later than the old one.
        """
        row = await _lock(work, number, "planned", "running")
        ends = _later_end(row, ends_at, work.now)
        stated = required(reason, "reason", _TEXT_LIMIT)
        row.ends_at = ends
        await set_moment(work, END, maintenance_subject(number), ends)
        await _tell(work, row, "maintenance.prolonged", **stated.params("reason"))
        await _move_windows(work, row)
        work.record(maintenance_subject(number), ends=ends, reason=stated.any)
        return number

    @query(by=None)
    async def one(self, look: Look, number: int) -> MaintenanceView:
        """Works by their number."""
        return works_view(await _read(look.session, number))

    @query(by=None)
    async def page(self, look: Look, before: int | None = None, size: int = 8) -> MaintenancePage:
        """Works, newest first."""
        statement = select(Maintenance).order_by(Maintenance.number.desc()).limit(size + 1)
        if before is not None:
            statement = statement.where(Maintenance.number < before)
        rows = [works_view(row) for row in await look.session.scalars(statement)]
        return MaintenancePage(rows[:size], rows[size - 1].number if len(rows) > size else None)

    @query(by=None)
    async def status(self, look: Look, *, orders: bool = False) -> StatusView:
        """How the platform is now, what is planned, what was in the last 90 days.

        ``orders``: with the numbers of the orders that each fault has moved (627, clause 26.12).
        """
        return await status_of(look.session, look.now, orders=orders)


def _checked(starts_at: datetime, ends_at: datetime, now: datetime) -> tuple[datetime, datetime]:
    starts, ends = as_utc(starts_at), as_utc(ends_at)
    if ends <= starts:
        raise RuleBroken("maintenance_interval", None)
    if starts <= now:
        raise RuleBroken("maintenance_past", None)
    return starts, ends


def _later_end(row: Maintenance, ends_at: datetime, now: datetime) -> datetime:
    """The new end of works that take longer; raises RuleBroken ``maintenance_interval``."""
    ends = as_utc(ends_at)
    if ends <= max(row.ends_at, now):
        raise RuleBroken("maintenance_interval", None)
    return ends


def _check_state(row: Maintenance, *states: str) -> None:
    if states and row.state not in states:
        raise Conflict("maintenance_state", None, number=row.number, state=row.state)


async def _read(session: AsyncSession, number: int) -> Maintenance:
    return await read_row(session, number, _by_number(number), _unknown(number))


async def _lock(work: Work, number: int, *states: str) -> Maintenance:
    found = await lock_row(work, number, _by_number(number), _unknown(number))
    _check_state(found, *states)
    return found


def _by_number(number: int) -> Select[Maintenance]:
    return select(Maintenance).where(Maintenance.number == number)


def _unknown(number: int) -> NotFound:
    return NotFound("maintenance_unknown", None, number=number)


async def _set_moments(work: Work, row: Maintenance) -> None:
    """A word on the morning of the day before, the start, and the end."""
    calendar = await calendar_for_reading(work.session)
    subject = maintenance_subject(row.number)
    day_before = astana(row.starts_at).date() - timedelta(days=1)
    morning = calendar.end_of(day_before - timedelta(days=1)) + _MORNING_HOUR
    if morning > work.now:
        await set_moment(work, REMIND, subject, morning)
    await set_moment(work, START, subject, row.starts_at)
    await set_moment(work, END, subject, row.ends_at)


def _about(row: Maintenance) -> dict[str, object]:
    return {
        "number": row.number,
        "text_kk": row.text_kk,
        "text_ru": row.text_ru,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "emergency": row.emergency,
        "clause": regime_at(row.regime, row.announced_at).maintenance_clause,
    }


async def _tell(work: Work, row: Maintenance, kind: str, **params: object) -> None:
    await tell_everybody(work, kind, maintenance_subject(row.number), **(_about(row) | params))


def _ground(
    cause: str, regime: str, starts: datetime, ends: datetime, now: datetime
) -> Ground | None:
    clause = regime_at(regime, now).maintenance_moves
    if clause is None:
        return None
    return Ground(cause, Interval(starts, ends), Scope(), "next_working_day", clause)


async def _move_windows(work: Work, row: Maintenance) -> None:
    """Move what ends on the days of the works, where the regime says so (627, clause 31)."""
    subject = maintenance_subject(row.number)
    ground = _ground(subject, row.regime, row.starts_at, row.ends_at, row.announced_at)
    if ground is not None:
        about = {"maintenance": row.number, "began_at": row.starts_at, "mended_at": row.ends_at}
        await apply_effects(work, ground, None, about)


def _number(deadline: Deadline) -> int:
    return int(deadline.subject.removeprefix("maintenance:"))


async def _remind(work: Work, deadline: Deadline) -> None:
    row = await _lock(work, _number(deadline))
    work.record(deadline.subject, state=row.state)
    if row.state == "planned":
        await _tell(work, row, "maintenance.tomorrow")


async def _start(work: Work, deadline: Deadline) -> None:
    """The works begin; what has come to end on their days since is moved, too."""
    row = await _lock(work, _number(deadline))
    work.record(deadline.subject, state=row.state)
    if row.state != "planned":
        return
    # First what may have to be put off: nothing of it may have happened then.
    await _move_windows(work, row)
    row.state = "running"
    row.started_at = work.now
    await _tell(work, row, "maintenance.started")


async def _end(work: Work, deadline: Deadline) -> None:
    row = await _lock(work, _number(deadline))
    work.record(deadline.subject, state=row.state)
    if row.state in ("planned", "running"):
        await _finish(work, row)


async def _finish(work: Work, row: Maintenance) -> None:
    row.state = "finished"
    row.started_at = row.started_at or row.starts_at
    row.finished_at = work.now
    await _tell(work, row, "maintenance.finished")
    work.record(maintenance_subject(row.number), state=row.state)
