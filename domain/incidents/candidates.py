"""The deadlines a fault or works may touch, and those still running that they move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.base import Json
from domain.calendar import WorkingCalendar
from domain.deadlines import Deadline
from domain.extensions import Step
from domain.incidents.rules import Interval, ends_of, kinds_of, moved_end, step_of, touched
from domain.incidents.views import EffectView, Scope, What
from domain.orders.model import Order
from domain.support.regimes import Effect
from domain.terms import Term

PROTOCOL = "protocol"


@dataclass(frozen=True)
class Ground:
    """Why deadlines move: the cause, its time and reach, and what the regime does.

    Clauses that are None mean that the regime does not undo such consequences.
    """

    cause: str
    interval: Interval
    scope: Scope
    effect: Effect
    clause: str
    annul_clause: str | None = None
    rerun_clause: str | None = None
    restart_clause: str | None = None
    cancel_clause: str | None = None
    # Whether what can't be undone is found all the same, for people to decide.
    finds: bool = False
    # Whether entries may be cancelled: only by an approved act on the fault (366, clause 29.6).
    cancels: bool = True
    # Clauses of the kinds of deadlines that another one names.
    clauses: Mapping[str, str] = field(default_factory=dict)

    def clause_of(self, kind: str) -> str:
        """The clause by which deadlines of this kind move."""
        return self.clauses.get(kind, self.clause)


@dataclass(frozen=True)
class Planned:
    """One effect with what is needed to bring it about."""

    view: EffectView
    deadline_id: int
    order_id: int
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Candidate:
    id: int
    kind: str
    subject: str
    state: str
    started_at: datetime
    due_at: datetime
    term: str
    extension: Json | None
    order_id: int
    number: int
    order_state: str


def steps_in(extension: Json | None) -> tuple[Step, ...]:
    given = (extension or {}).get("steps", ())
    return tuple(Step.from_json(each) for each in given) if isinstance(given, list) else ()


def full_hour(now: datetime) -> datetime:
    """The next full hour: what is counted from the present stays the same for a while, so that
    an application finds what its preview showed.
    """
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def reach_of(ground: Ground) -> list[ColumnElement[bool]]:
    conditions = [Deadline.kind.in_(kinds_of(ground.scope)), Deadline.term != ""]
    if ground.scope.kind == "orders":
        conditions.append(Order.number.in_(ground.scope.orders))
    return conditions


async def candidates(
    session: AsyncSession, conditions: Sequence[ColumnElement[bool]]
) -> list[Candidate]:
    rows = await session.execute(
        select(
            Deadline.id,
            Deadline.kind,
            Deadline.subject,
            Deadline.state,
            Deadline.started_at,
            Deadline.due_at,
            Deadline.term,
            Deadline.extension,
            Order.id,
            Order.number,
            Order.state,
        )
        .join(Order, Order.id == Deadline.order_id)
        .where(*conditions)
    )
    return [Candidate(*row) for row in rows]


async def running(
    session: AsyncSession, calendar: WorkingCalendar, ground: Ground, now: datetime
) -> list[Planned]:
    """Open deadlines that a fault touches, or would but for other extensions."""
    if ground.effect == "none":
        return []
    rows = await candidates(
        session, [*reach_of(ground), Deadline.state == "open", *near(calendar, ground)]
    )
    moved = (_moved(calendar, ground, row, now) for row in rows)
    return [planned for planned in moved if planned is not None]


def near(calendar: WorkingCalendar, ground: Ground) -> list[ColumnElement[bool]]:
    """All terms that a fault may touch (``rules.touched``), and few others."""
    interval = ground.interval
    day, night = calendar.at(interval.first, time()), calendar.end_of(interval.last)
    if ground.effect == "lost_days":
        return [Deadline.due_at > interval.began_at, Deadline.started_at < interval.ended_at]
    return [
        Deadline.due_at > day,
        Deadline.started_at < night,
        # One that ends later may have ended here before it was extended.
        or_(Deadline.due_at <= night, Deadline.extension.is_not(None)),
    ]


def _moved(
    calendar: WorkingCalendar, ground: Ground, row: Candidate, now: datetime
) -> Planned | None:
    clause = ground.clause_of(row.kind)
    step = step_of(ground.cause, ground.effect, clause, ground.interval)
    if step is None:
        return None
    steps = steps_in(row.extension)
    # Without extensions the row's end is the bare term's: nothing has to be counted again.
    base = calendar.due(row.started_at, Term.parse(row.term)).due_at if steps else row.due_at
    ends = ends_of(calendar, base, steps, ground.cause)
    if not touched(calendar, ground.effect, ground.interval, row.started_at, ends):
        return None
    result = moved_end(calendar, base, row.due_at, steps, step)
    if result is None or result[0] <= now:
        return None
    return planned_of(row, "moved", result[0], clause, step, result[1])


def planned_of(
    row: Candidate,
    what: What,
    new: datetime | None,
    clause: str,
    step: Step | None,
    steps: tuple[Step, ...] = (),
    reason: str = "",
) -> Planned:
    view = EffectView(
        what=what,
        kind=row.kind,
        subject=row.subject,
        order=row.number,
        old=row.due_at,
        new=new,
        clause=clause,
        step=step.as_json() if step is not None and new is not None else {},
        reason=reason,
    )
    return Planned(view, row.id, row.order_id, steps)


async def orders_near(
    session: AsyncSession, calendar: WorkingCalendar, ground: Ground
) -> list[int]:
    """Ids of all orders that an effect may touch, and few others: to be locked before a look."""
    rows = await session.scalars(
        select(Deadline.order_id)
        .join(Order, Order.id == Deadline.order_id)
        .where(
            *reach_of(ground),
            Deadline.state.in_(("open", "fired")),
            *near(calendar, ground),
        )
        .distinct()
    )
    return sorted(each for each in rows if each is not None)
