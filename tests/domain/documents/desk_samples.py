"""Data for the tests of the desk's documents."""

from __future__ import annotations

from datetime import UTC, datetime

from domain.documents.desk_report import DeskReport
from domain.documents.labels import Language
from domain.incidents.said import Said
from domain.incidents.views import JournalRow
from domain.support.views import JournalLine, Minutes, OperatorReport, Report

SINCE = datetime(2026, 10, 31, 19, tzinfo=UTC)
UNTIL = datetime(2026, 11, 30, 19, tzinfo=UTC)
NONE = Minutes(0, None, None)


def a_line(number: int = 14, **values: object) -> JournalLine:
    given: dict[str, object] = {
        "number": number,
        "registered_at": datetime(2026, 11, 23, 4, 0, tzinfo=UTC),
        "opened_at": datetime(2026, 11, 20, 14, 31, tzinfo=UTC),
        "channel": "email",
        "name": "Айгүл Сәрсен",
        "company_kk": "«Жылу Құрылыс» ЖШС",
        "company_ru": "ТОО «Тепло Строй»",
        "subject": "Ұсыныс жіберілмейді",
        "order_number": 15,
        "incident": None,
        "state": "answered",
        "result": None,
        "answered_at": datetime(2026, 11, 23, 5, 30, tzinfo=UTC),
        "operator": "Ерлан",
        **values,
    }
    return JournalLine(**given)  # type: ignore[arg-type]  # fields are named by the test


def a_fault(**values: object) -> JournalRow:
    given: dict[str, object] = {
        "incident": 3,
        "report": 7,
        "ticket": None,
        "channel": "chat",
        "name": "Ерлан Қуат",
        "company_ru": "ТОО «Прибор»",
        "company_kk": "«Прибор» ЖШС",
        "contacts": "+7 701 000 00 00",
        "text": "Ошибка 502",
        "found_at": datetime(2026, 11, 24, 6, 0, tzinfo=UTC),
        "reported_at": datetime(2026, 11, 24, 6, 30, tzinfo=UTC),
        "registered_at": datetime(2026, 11, 24, 6, 30, tzinfo=UTC),
        "late": True,
        "outcome": "confirmed",
        "level": "high",
        "began_at": datetime(2026, 11, 24, 6, 0, tzinfo=UTC),
        "mended_at": None,
        "decided_at": datetime(2026, 11, 24, 7, 0, tzinfo=UTC),
        "facts": "Сервер не отвечал",
        "measures": "",
        **values,
    }
    for name, field in (("title", "titles"), ("facts", "said"), ("measures", "done")):
        if name in given:
            text = given.pop(name)
            given[field] = text if isinstance(text, Said) else Said.of(str(text))
    return JournalRow(**given)  # type: ignore[arg-type]  # fields are named by the test


def a_desk_report(language: Language = "ru", operators: int = 2, opened: int = 12) -> DeskReport:
    report = Report(
        since=SINCE,
        until=UNTIL,
        opened=opened,
        by_channel={"chat": 7, "voice": 5},
        by_state={"answered": 4, "closed": 8},
        by_result={"answered": 6, "refused": 2},
        first_answer=Minutes(11, 18.5, 96.0),
        decision=Minutes(9, 143.0, 510.0),
        kept=10,
        broken=1,
        ratings={1: 0, 2: 0, 3: 1, 4: 2, 5: 6},
        rating=4.56,
        operators=tuple(
            OperatorReport(place, f"Оператор {place}", 9, 4, Minutes(5, 12.0, 60.0), 3, 4.5)
            for place in range(operators)
        ),
    )
    return DeskReport(report, "366", UNTIL, language, (a_line(),))
