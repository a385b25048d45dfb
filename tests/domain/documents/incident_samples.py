"""A fault for the tests of its documents."""

from __future__ import annotations

from datetime import UTC, datetime

from domain.incidents.views import EffectView, IncidentView, Scope

BEGAN = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
MENDED = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def an_incident(**values: object) -> IncidentView:
    given: dict[str, object] = {
        "number": 3,
        "revision": 4,
        "regime": "627",
        "title": "Баға ұсыныстары жіберілмейді",
        "source": "user",
        "state": "confirmed",
        "level": "high",
        "level_state": "informed",
        "level_note": "",
        "scope": Scope("module", ("offers",)),
        "opened_at": BEGAN,
        "began_at": BEGAN,
        "mended_at": MENDED,
        "planned_mending_at": None,
        "decided_at": datetime(2026, 11, 24, 7, 0, tzinfo=UTC),
        "applied_at": MENDED,
        "closed_at": None,
        "facts": "Сервер базы данных не отвечал с 11:00 до 13:30.\nПричина: отказ диска.",
        "measures": "Диск заменен, данные сверены.",
        "reports": 5,
        "late_reports": 1,
        "round": 1,
        "deadlines": {},
        **values,
    }
    return IncidentView(**given)  # type: ignore[arg-type]  # fields are named by the test


def an_effect(order: int = 15, **values: object) -> EffectView:
    given: dict[str, object] = {
        "what": "moved",
        "kind": "offer_window",
        "subject": f"order:{order}",
        "order": order,
        "old": datetime(2026, 11, 24, 19, tzinfo=UTC),
        "new": datetime(2026, 11, 25, 19, tzinfo=UTC),
        "clause": "627-26.4",
        "step": {},
        **values,
    }
    return EffectView(**given)  # type: ignore[arg-type]  # fields are named by the test
