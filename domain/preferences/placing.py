"""The rules of ``rules.py`` as a part of the statement that writes notices.

A publication tells a thousand people: the database asks what each of them has chosen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    DateTime,
    Integer,
    SQLColumnExpression,
    String,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
)

from domain.clock import astana
from domain.notices.kinds import Kind
from domain.notices.model import Lane
from domain.preferences.model import Preference
from domain.preferences.rules import (
    BEGINS_A_TERM,
    CLOSE,
    DAY,
    DIGEST,
    MUTED,
    QUEUED,
    may_be_collected,
    may_wait,
)

_MINUTE = bindparam("p_minute", type_=Integer)
_MIDNIGHT = bindparam("p_midnight", type_=DateTime(timezone=True))
_TODAY = bindparam("p_today", type_=Integer)
_YESTERDAY = bindparam("p_yesterday", type_=Integer)
_CATEGORY = bindparam("p_category", type_=String)
_COLLECTED = bindparam("p_collected", type_=Boolean)
_WAITS = bindparam("p_waits", type_=Boolean)
_STATUTORY = bindparam("p_statutory", type_=Boolean)
_MUTED = func.any(Preference.muted)


@dataclass(frozen=True)
class Placing:
    """``Placed`` as expressions over a row of ``Preference``, which may be missing."""

    state: ColumnElement[str]
    not_before: ColumnElement[datetime]


def facts(kind: Kind, now: datetime) -> dict[str, object]:
    """What the expressions ask of the moment and of the kind of a notice."""
    here = astana(now)
    today = here.weekday()
    statutory = kind.lane is Lane.STATUTORY
    return {
        "p_minute": here.hour * 60 + here.minute,
        "p_midnight": datetime.combine(here.date(), time(), here.tzinfo).astimezone(UTC),
        "p_today": 1 << today,
        "p_yesterday": 1 << (today - 1) % 7,
        "p_category": kind.category.name if kind.mutable else "",
        "p_collected": may_be_collected(kind),
        "p_waits": may_wait(kind) and not (statutory and kind.name in BEGINS_A_TERM),
        "p_statutory": statutory,
    }


def placing(now: ColumnElement[Any], useless_after: ColumnElement[Any]) -> Placing:
    """Where a notice written ``now`` belongs; needs the values of ``facts``."""
    muted = and_(_CATEGORY != "", func.coalesce(_CATEGORY.op("=")(_MUTED), False))
    at = Preference.digest_at
    collected = and_(_COLLECTED, at.is_not(None))
    end = _quiet_until()
    late = and_(_STATUTORY, or_(useless_after.is_(None), useless_after <= end + literal(CLOSE)))
    waits = and_(_WAITS, end.is_not(None), ~func.coalesce(late, False))
    digest = _after_midnight(at + case((at > _MINUTE, 0), else_=DAY))
    return Placing(
        state=case((muted, MUTED), (collected, DIGEST), else_=QUEUED),
        not_before=case((muted, now), (collected, digest), (waits, end), else_=now),
    )


def _quiet_until() -> ColumnElement[datetime]:
    """The end of the quiet hours that run, or NULL."""
    first, last, days = Preference.quiet_from, Preference.quiet_until, Preference.quiet_days
    today, yesterday = days.op("&")(_TODAY) != 0, days.op("&")(_YESTERDAY) != 0
    begun, over = first <= _MINUTE, last <= _MINUTE
    ends: ColumnElement[datetime] = case(
        (first < last, case((and_(today, begun, ~over), _after_midnight(last)))),
        (begun, case((today, _after_midnight(last + DAY)))),
        else_=case((and_(yesterday, ~over), _after_midnight(last))),
    )
    return ends


def _after_midnight(minutes: SQLColumnExpression[Any]) -> ColumnElement[datetime]:
    found: ColumnElement[datetime] = _MIDNIGHT + func.make_interval(0, 0, 0, 0, 0, minutes)
    return found


def mutes(category: str) -> ColumnElement[bool]:
    """Whether a row of ``Preference`` mutes a category."""
    found: ColumnElement[bool] = func.coalesce(literal(category).op("=")(_MUTED), False)
    return found
