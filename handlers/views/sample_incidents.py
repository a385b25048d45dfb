"""Made-up notices of faults and maintenance, in all their forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from domain.incidents.said import Said
from domain.notices.views import NoticeView

_INCIDENT, _WORKS, _ORDER = 7, 2, 15
Named = list[tuple[str, NoticeView]]


@dataclass(frozen=True)
class Fault:
    """What is said of the sample fault and of the sample works."""

    title: str
    facts: str
    measures: str
    reason: str
    text_kk: str
    text_ru: str
    emergency: str


def said(text: str) -> Said:
    """A sample text, written in Kazakh and Russian on one line."""
    kk, _, ru = text.partition(" / ")
    return Said(kk, ru)


def of_incidents(notice: Callable[..., NoticeView], fault: Fault, now: datetime) -> Named:
    """Every kind of notice of faults and maintenance; ``notice`` makes one of its parameters."""
    return [
        *_of_reports(notice, fault, now),
        *_of_faults(notice, fault, now),
        *_of_levels(notice, fault, now),
        *_of_terms(notice, fault, now),
        *_of_moves(notice, fault, now),
        *_of_works(notice, fault, now),
    ]


def _about(fault: Fault, now: datetime) -> dict[str, object]:
    return {
        "number": _INCIDENT,
        **said(fault.title).params("title"),
        "began_at": now - timedelta(hours=3),
        "mended_at": None,
        "planned_at": now + timedelta(hours=2),
        "level": "high",
        "modules": ["offers", "contracts"],
    }


def _of_reports(notice: Callable[..., NoticeView], fault: Fault, now: datetime) -> Named:
    taken = {"number": _INCIDENT, "found_at": now, "reported_by": now + timedelta(days=3)}
    new = {"number": _INCIDENT, "source": "user", **said(fault.title).params("title")}
    decide = now + timedelta(days=1)
    return [
        (
            "incident.received",
            notice("incident.received", **taken, late=False, decide_by=None, clause="366-25"),
        ),
        (
            "incident.received, late",
            notice("incident.received", **taken, late=True, decide_by=decide, clause="627-15.1"),
        ),
        (
            "incident.reported",
            notice("incident.reported", **new, late=False, joined=False, clause="366-27"),
        ),
        (
            "incident.reported, joined",
            notice(
                "incident.reported",
                **new,
                late=True,
                joined=True,
                decide_by=decide,
                clause="627-19",
            ),
        ),
        (
            "incident.witnessed",
            notice(
                "incident.witnessed",
                number=_INCIDENT,
                part="telegram",
                began_at=now,
                ended_at=now + timedelta(minutes=7),
            ),
        ),
    ]


def _of_faults(notice: Callable[..., NoticeView], fault: Fault, now: datetime) -> Named:
    about = _about(fault, now)
    over = about | {
        "mended_at": now,
        **said(fault.measures).params("measures"),
        "orders": [[15, 15], [17, 90]],
        "more": 3,
    }
    return [
        (
            "incident.confirmed",
            notice("incident.confirmed", **about, **said(fault.facts).params("facts")),
        ),
        ("incident.began", notice("incident.began", **about)),
        ("incident.planned", notice("incident.planned", **about)),
        ("incident.changed", notice("incident.changed", **about, before="medium")),
        ("incident.mended", notice("incident.mended", **over)),
        (
            "incident.refuted",
            notice(
                "incident.refuted", **about, **said(fault.facts).params("facts"), clause="627-21"
            ),
        ),
        *(
            (
                f"incident.untold, {count}",
                notice("incident.untold", **about, count=count, clause="366-28"),
            )
            for count in (1, 3)
        ),
        (
            "incident.reopened",
            notice("incident.reopened", **about, **said(fault.reason).params("reason")),
        ),
        (
            "incident.joined",
            notice("incident.joined", **about, joined=_INCIDENT + 1, state="analysing"),
        ),
        (
            "incident.joined, confirmed",
            notice(
                "incident.joined",
                **about,
                joined=_INCIDENT + 1,
                state="confirmed",
                **said(fault.facts).params("facts"),
            ),
        ),
    ]


def _of_levels(notice: Callable[..., NoticeView], fault: Fault, now: datetime) -> Named:
    about = _about(fault, now)
    facts = said(fault.facts).params("facts")
    return [
        (
            "incident.level_asked",
            notice("incident.level_asked", **about, **facts, clause="366-24"),
        ),
        ("incident.informed", notice("incident.informed", **about, **facts, clause="627-26.4")),
        ("incident.level_agreed", notice("incident.level_agreed", **about, clause="366-24")),
        (
            "incident.level_returned",
            notice("incident.level_returned", **about, note=fault.reason, clause="366-24"),
        ),
        *(
            (
                f"incident.tonight, {waits}",
                notice(
                    "incident.tonight",
                    **about,
                    count=count,
                    due_at=now + timedelta(hours=5),
                    waits=waits,
                    clause="366-29.3",
                ),
            )
            for waits, count in (("level", 1), ("apply", 12))
        ),
    ]


def _of_terms(notice: Callable[..., NoticeView], fault: Fault, now: datetime) -> Named:
    due = {"number": _INCIDENT, **said(fault.title).params("title")}
    return [
        (
            "incident.overdue",
            notice("incident.overdue", **due, term="incident.decide", due_at=now, clause="627-19"),
        ),
        (
            "incident.reminder",
            notice(
                "incident.reminder",
                **due,
                term="incident.agree",
                due_at=now + timedelta(hours=3),
                clause="366-24",
            ),
        ),
        (
            "incident.reminder, report",
            notice(
                "incident.reminder",
                **due,
                term="incident.owner_report",
                due_at=now + timedelta(hours=3),
                clause="627-26.13",
            ),
        ),
    ]


def _of_moves(notice: Callable[..., NoticeView], fault: Fault, now: datetime) -> Named:
    about = _about(fault, now)
    midnight = datetime(2026, 11, 24, 19, tzinfo=now.tzinfo)
    new = midnight + timedelta(days=1)
    window = {
        "what": "moved",
        "kind": "offer_window",
        "subject": f"order:{_ORDER}",
        "number": _ORDER,
        "clause": "366-29.3",
        "old": midnight,
        "new": new,
    }
    kinds = [
        window | {"what": "rerun", "clause": "366-29.5", "reason": "need_covered"},
        window | {"what": "cancelled", "kind": "confirmation", "clause": "366-29.6"},
        window | {"what": "annulled", "kind": "protocol", "clause": "366-29.4", "new": None},
        window | {"number": _ORDER + 1},
        window | {"what": "kept", "clause": "366-29.5", "new": None, "reason": "contracted"},
    ]
    works = {"maintenance": _WORKS, "began_at": now, "mended_at": now + timedelta(hours=4)}
    return [
        ("incident.moved", notice("incident.moved", **about, moves=[window], more=0)),
        ("incident.moved, undone", notice("incident.moved", **about, moves=kinds, more=4)),
        ("incident.moved, held", notice("incident.moved", **about, held=True, moves=[window])),
        ("incident.moved, works", notice("incident.moved", **works, moves=[window], more=0)),
    ]


def _of_works(notice: Callable[..., NoticeView], fault: Fault, now: datetime) -> Named:
    words = {name: value for name, value in asdict(fault).items() if name.startswith("text_")}
    works: dict[str, object] = {
        "number": _WORKS,
        **words,
        "starts_at": now + timedelta(days=3),
        "ends_at": now + timedelta(days=3, hours=4),
        "emergency": "",
        "clause": "366-22",
    }
    late = works | {"emergency": fault.emergency, "clause": "627-31a"}
    return [
        ("maintenance.announced", notice("maintenance.announced", **works)),
        ("maintenance.announced, late", notice("maintenance.announced", **late)),
        ("maintenance.tomorrow", notice("maintenance.tomorrow", **works)),
        ("maintenance.started", notice("maintenance.started", **works)),
        ("maintenance.finished", notice("maintenance.finished", **works)),
        ("maintenance.cancelled", notice("maintenance.cancelled", **works)),
        (
            "maintenance.prolonged",
            notice("maintenance.prolonged", **works, **said(fault.reason).params("reason")),
        ),
    ]
