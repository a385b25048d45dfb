"""Made-up faults, works and half-filled forms, to show every step of them with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from domain.incidents.said import Said
from domain.incidents.views import (
    EffectPreview,
    EffectView,
    IncidentRow,
    IncidentView,
    MaintenanceView,
    OwnIncident,
    PublicIncident,
    ReportView,
    Scope,
    StatusView,
)
from domain.notices.receipts import ToldPage
from domain.support.regimes import Regime, regime_at
from handlers.views import samples
from handlers.views.sample_incidents import said

NUMBER = 7
_HOURS = timedelta(hours=1)


def regime(code: str = "366") -> Regime:
    """A regime as in force at the samples' moment."""
    return regime_at(code, samples.NOW)


def row() -> IncidentRow:
    """An incident in analysis."""
    fault = samples.words().fault
    began = samples.NOW - 3 * _HOURS
    return IncidentRow(
        NUMBER,
        "366",
        said(fault.title),
        "user",
        "analysing",
        None,
        "none",
        samples.NOW,
        began,
        None,
        2,
    )


def told() -> ToldPage:
    """Two notices of many: one that was seen, a letter that has not gone yet."""
    _, notice = next(each for each in samples.notices() if each[0] == "incident.mended")
    at = samples.NOW
    seen = replace(notice, sent_at=at, opened_at=at, acked_at=at)
    letter = replace(notice, number=122, channel="email")
    return ToldPage([(seen, "Dana"), (letter, "Dana")], 1_250, 1_200, 400, 90, 122, False)


def told_nobody() -> ToldPage:
    """Of an incident that nobody was told of."""
    return ToldPage([], 0, 0, 0, 0, None, True)


def incident(state: str = "confirmed", code: str = "366") -> IncidentView:
    """An incident in a state."""
    fault, now = samples.words().fault, samples.NOW
    decided = state != "analysing"
    timers = {"confirmed": "incident.agree", "refuted": "incident.refutation"}
    kind = timers.get(state, "incident.decide")
    level_state = "proposed" if code == "366" else "informed"
    return IncidentView(
        number=NUMBER,
        revision=2,
        regime=code,
        titles=said(fault.title),
        source="user",
        state=state,
        level="high" if decided else None,
        level_state=level_state if decided else "none",
        level_note="",
        scope=Scope("module", ("offers",)),
        opened_at=now,
        began_at=now - 3 * _HOURS,
        mended_at=None if state == "confirmed" else now - _HOURS,
        planned_mending_at=now + 2 * _HOURS,
        decided_at=now if decided else None,
        applied_at=None,
        closed_at=now if state == "closed" else None,
        said=said(fault.facts if decided else ""),
        done=said(fault.measures if state == "closed" else ""),
        reports=2,
        late_reports=1,
        round=0,
        deadlines={} if state == "closed" else {kind: now + 5 * _HOURS},
    )


def effects() -> list[EffectView]:
    """One effect of each sort."""
    now = samples.NOW
    moved = EffectView(
        "moved",
        "offer_window",
        f"order:{samples.ORDER}",
        samples.ORDER,
        now,
        now + 24 * _HOURS,
        "366-29.3",
        {},
    )
    kept = EffectView(
        "kept",
        "confirmation",
        "award:3",
        samples.ORDER,
        now,
        None,
        "366-29.6",
        {},
        "given_to_another",
    )
    return [moved, kept]


def own() -> OwnIncident:
    """The sample incident as who reported it sees it."""
    fault, now = samples.words().fault, samples.NOW
    report = ReportView(
        id=1,
        incident=NUMBER,
        ticket=12,
        person_id=1,
        name="",
        company_ru="",
        company_kk="",
        text=fault.facts,
        contacts="+7 701 000 00 00",
        found_at=now - 3 * _HOURS,
        reported_at=now - 2 * _HOURS,
        late=True,
        files=[],
    )
    return OwnIncident(incident("closed", "627"), True, [report], 1, effects())


def preview() -> EffectPreview:
    """What the sample incident would do."""
    return EffectPreview(NUMBER, "0123456789abcdef", effects())


def works(state: str = "planned") -> MaintenanceView:
    """Planned works."""
    fault, now = samples.words().fault, samples.NOW
    starts = now + 72 * _HOURS
    return MaintenanceView(
        number=2,
        regime="627",
        text_kk=fault.text_kk,
        text_ru=fault.text_ru,
        emergency="",
        state=state,
        announced_at=now,
        starts_at=starts,
        ends_at=starts + 4 * _HOURS,
        started_at=None,
        finished_at=None,
    )


def status() -> StatusView:
    """A fault now, works planned, both in the past."""
    fault, now = samples.words().fault, samples.NOW
    lasting = PublicIncident(
        NUMBER, said(fault.title), "high", "all", (), now - _HOURS, None, now + _HOURS, Said()
    )
    over = PublicIncident(
        NUMBER - 1,
        said(fault.title),
        None,
        "module",
        ("offers",),
        now - 48 * _HOURS,
        now,
        None,
        Said(),
    )
    modules = dict.fromkeys(("offers", "awards", "contracts"), "incident")
    return StatusView(
        now, "incident", modules, [lasting], [], [works()], [over], [works("finished")]
    )


def report(*, filled: bool = True) -> dict[str, Any]:
    """The form of a report, filled in or just begun."""
    fault = samples.words().fault
    return {
        "text": fault.facts,
        "join": NUMBER if filled else None,
        "found": samples.NOW.isoformat(),
        "contacts": "+7 701 000 00 00",
        "files": [{"name": "screen.png"}] if filled else [],
        "orders": [samples.ORDER] if filled else [],
    }


def deciding(act: str) -> dict[str, Any]:
    """The form of an act on an incident, filled in."""
    fault, now = samples.words().fault, samples.NOW
    return {
        "act": act,
        "number": None if act == "open" else NUMBER,
        "language": "ru",
        "title_kk": "",
        "title_ru": fault.title,
        "facts_kk": "",
        "facts_ru": fault.facts,
        "began": (now - 3 * _HOURS).isoformat(),
        "mended": (now - _HOURS).isoformat() if act == "mend" else None,
        "planned": (now + _HOURS).isoformat(),
        "into": NUMBER + 1,
        "scope": "module",
        "modules": ["offers", "awards"],
        "orders": [],
        "level": "high",
        "measures_kk": "",
        "measures_ru": fault.measures,
        "reason_kk": "",
        "reason_ru": fault.reason,
        "note": fault.reason,
        "remark": fault.reason,
        "act_number": "17-С",
        "act_date": now.date().isoformat(),
    }


def announcing(act: str = "announce") -> dict[str, Any]:
    """The form of works, filled in."""
    fault, now = samples.words().fault, samples.NOW
    return {
        "act": act,
        "number": 2 if act == "prolong" else None,
        "starts": (now + 24 * _HOURS).isoformat(),
        "ends": (now + 28 * _HOURS).isoformat(),
        "text_kk": fault.text_kk,
        "text_ru": fault.text_ru,
        "emergency": fault.emergency,
        "language": "ru",
        "reason_kk": "",
        "reason_ru": fault.reason,
    }
