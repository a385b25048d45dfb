"""A fault for the tests of its documents."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from domain.incidents.evidence import Decision, Evidence
from domain.incidents.said import Said
from domain.incidents.views import EffectView, GapView, IncidentView, ReportView, Scope
from domain.orders.views import FileView

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
    for name, field in (("title", "titles"), ("facts", "said"), ("measures", "done")):
        if name in given:
            text = given.pop(name)
            given[field] = text if isinstance(text, Said) else Said.of(str(text))
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


def a_file(number: int = 1, content: bytes = b"png", **values: object) -> FileView:
    given: dict[str, object] = {
        "file": number,
        "name": "экран 1.png",
        "mime": "image/png",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "telegram_file_id": "",
        **values,
    }
    return FileView(**given)  # type: ignore[arg-type]  # fields are named by the test


def a_report(number: int = 7, *files: FileView, **values: object) -> ReportView:
    given: dict[str, object] = {
        "id": number,
        "incident": 3,
        "ticket": 14,
        "person_id": 5,
        "name": "Айгүл Сәрсен",
        "company_ru": "ТОО «Прибор»",
        "company_kk": "«Прибор» ЖШС",
        "text": "Ұсыныс жіберілмейді, 502",
        "contacts": "+7 701 000 00 00",
        "found_at": BEGAN,
        "reported_at": BEGAN,
        "late": False,
        "files": list(files),
        **values,
    }
    return ReportView(**given)  # type: ignore[arg-type]  # fields are named by the test


def a_decision(position: int = 41, action: str = "incident.confirm") -> Decision:
    return Decision(
        position=position,
        at=MENDED,
        action=action,
        actor_kind="person",
        person_id=9,
        own=False,
        values={"position": position, "action": action},
        previous_hash="b" * 64,
        hash="c" * 64,
    )


def an_evidence(*reports: ReportView, **values: object) -> Evidence:
    given: dict[str, object] = {
        "incident": an_incident(),
        "whole": True,
        "as_of": MENDED,
        "reports": reports,
        "gaps": (GapView("telegram", BEGAN, MENDED, 3),),
        "decisions": (a_decision(), a_decision(42, "incident.apply")),
        "effects": (an_effect(),),
        "customers": {15: ("«Жылу Құрылыс» ЖШС", "ТОО «Тепло Строй»")},
        **values,
    }
    return Evidence(**given)  # type: ignore[arg-type]  # fields are named by the test
