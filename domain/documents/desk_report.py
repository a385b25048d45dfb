"""The report of the support desk for a period: a picture for a phone and a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from babel.numbers import format_decimal
from openpyxl import Workbook

from domain.documents.formatting import short_moment_text, shown
from domain.documents.labels import Language, labels
from domain.documents.tables import Cell, Column, company_name, named, put_table
from domain.documents.typesetting import to_pngs
from domain.documents.xlsx_out import to_bytes
from domain.support.views import JournalLine, Minutes, Report

#: Operators that fit the picture; all of them are in the spreadsheet.
OPERATORS_SHOWN = 12

_OPERATORS = (
    Column("operator", 34),
    Column("answers", 12),
    Column("closed", 12),
    Column("col_median", 24),
    Column("col_p90", 24),
    Column("col_ratings", 16),
    Column("rating", 16),
)
_TICKETS = (
    Column("col_number", 14),
    Column("col_opened", 18),
    Column("col_registered", 18),
    Column("col_channel", 22),
    Column("col_name", 28),
    Column("col_company", 36),
    Column("col_subject", 50),
    Column("col_order", 12),
    Column("col_incident", 14),
    Column("col_state", 22),
    Column("col_result", 22),
    Column("col_answered", 18),
    Column("col_operator", 28),
)
_TOTALS = (Column("indicator", 56), Column("value", 36))


@dataclass(frozen=True)
class DeskReport:
    """What a report is drawn from: the values, of which act's requests, when it was formed.

    ``tickets`` are those opened in the period; the picture needs none of them.
    """

    report: Report
    regime: str | None
    formed_at: datetime
    language: Language
    tickets: Sequence[JournalLine] = ()


def render_report_picture(data: DeskReport) -> bytes:
    """A PNG picture 1080 pixels wide, to be read on a phone."""
    return to_pngs("desk_report.typ", report_view(data))[0]


def report_view(data: DeskReport) -> dict[str, object]:
    """Everything ``desk_report.typ`` draws: finished strings in the reader's language."""
    report, text = data.report, labels("desk_report", data.language)
    judged = report.kept + report.broken
    first, decision = report.first_answer, report.decision
    return {
        "language": data.language,
        "title": text["title"],
        "period": _period(data),
        "regime": _regime(data, text),
        "label": text,
        "empty": report.opened == 0,
        "opened": _number(report.opened),
        "kept": _number(report.kept),
        "broken": _number(report.broken),
        "share": _share(report.kept, judged),
        "part": report.kept / judged if judged else 0.0,
        "times": [_times(text, "first_answer", first), _times(text, "decision", decision)],
        "bars": [
            _bars(data, "by_channel", "channel", report.by_channel),
            _bars(data, "by_state", "state", report.by_state),
            _bars(data, "by_result", "result", report.by_result),
        ],
        "rating": _mark(report.rating),
        "rated": text["rating_count"].format(count=_number(sum(report.ratings.values()))),
        "ratings": _parts({str(mark): report.ratings.get(mark, 0) for mark in range(5, 0, -1)}),
        "operators": [
            [
                shown(each.name),
                _number(each.answers),
                _number(each.closed),
                _minutes(text, each.first_answer.median),
                _mark(each.rating),
            ]
            for each in report.operators[:OPERATORS_SHOWN]
        ],
        "more": text["more_operators"].format(count=len(report.operators) - OPERATORS_SHOWN)
        if len(report.operators) > OPERATORS_SHOWN
        else "",
        "formed": text["formed"].format(moment=_moment(data.formed_at, data.language)),
    }


def render_report_sheet(data: DeskReport) -> bytes:
    """XLSX with three sheets: totals, operators, the tickets of the period."""
    text = labels("desk_report", data.language)
    book = Workbook()
    totals = book.worksheets[0]
    totals.title = text["sheet_totals"]
    put_table(totals, _TOTALS, (text,), _totals(data, text))
    operators = book.create_sheet(text["sheet_operators"])
    put_table(operators, _OPERATORS, (text,), _operators(data))
    tickets = book.create_sheet(text["sheet_tickets"])
    put_table(tickets, _TICKETS, (text,), (_ticket(each, data.language) for each in data.tickets))
    return to_bytes(book)


def _totals(data: DeskReport, text: dict[str, str]) -> list[list[Cell]]:
    report, words = data.report, labels("desk", data.language)
    rows: list[list[Cell]] = [
        [text["title"], ""],
        [text["period"], _period(data)],
        [_regime(data, text), ""],
        [text["formed"].format(moment="").rstrip(": "), data.formed_at],
        [text["opened"], report.opened],
        [text["kept"], report.kept],
        [text["broken"], report.broken],
        [text["kept_share"], _share(report.kept, report.kept + report.broken)],
    ]
    for key, minutes in (("first_answer", report.first_answer), ("decision", report.decision)):
        name = f"{text[key]} ({text['times'].lower()})"
        rows += [
            [f"{name}: {text['measured']}", minutes.count],
            [f"{name}: {text['median']}", minutes.median],
            [f"{name}: {text['p90']}", minutes.p90],
        ]
    for key, kind, counts in (
        ("by_channel", "channel", report.by_channel),
        ("by_state", "state", report.by_state),
        ("by_result", "result", report.by_result),
    ):
        rows += [[f"{text[key]}: {named(words, kind, code)}", n] for code, n in counts.items()]
    rows.append([text["rating"], report.rating])
    rows += [[f"{text['ratings']}: {mark}", count] for mark, count in report.ratings.items()]
    return rows


def _operators(data: DeskReport) -> list[list[Cell]]:
    return [
        [
            each.name,
            each.answers,
            each.closed,
            each.first_answer.median,
            each.first_answer.p90,
            each.ratings,
            each.rating,
        ]
        for each in data.report.operators
    ]


def _ticket(line: JournalLine, language: Language) -> list[Cell]:
    words = labels("desk", language)
    return [
        line.number,
        line.opened_at,
        line.registered_at,
        named(words, "channel", line.channel),
        line.name,
        company_name(language, line.company_kk, line.company_ru),
        line.subject,
        line.order_number,
        line.incident,
        named(words, "state", line.state),
        named(words, "result", line.result),
        line.answered_at,
        line.operator,
    ]


def _period(data: DeskReport) -> str:
    since, until = (_moment(each, data.language) for each in (data.report.since, data.report.until))
    return f"{since} – {until}"


def _regime(data: DeskReport, text: dict[str, str]) -> str:
    return text.get(f"regime_{data.regime or 'all'}", text["regime_all"])


def _moment(moment: datetime, language: Language) -> str:
    """Without seconds: a report is not read by them."""
    day, time, zone = short_moment_text(moment, language).split(" ", 2)
    return f"{day} {time[:5]} {zone}"


def _times(text: dict[str, str], key: str, minutes: Minutes) -> list[str]:
    return [
        text[key],
        _minutes(text, minutes.median),
        _minutes(text, minutes.p90),
        f"{text['measured']}: {_number(minutes.count)}",
    ]


def _bars(data: DeskReport, key: str, kind: str, counts: Mapping[str, int]) -> dict[str, object]:
    text, words = labels("desk_report", data.language), labels("desk", data.language)
    named_counts = {named(words, kind, code): count for code, count in counts.items()}
    ordered = sorted(named_counts.items(), key=lambda each: -each[1])
    return {"title": text[key], "rows": _parts(dict(ordered))}


def _parts(counts: Mapping[str, int]) -> list[list[object]]:
    """Name, count, and the part of the biggest count that its bar fills."""
    biggest = max(counts.values(), default=0) or 1
    return [[shown(name), _number(count), count / biggest] for name, count in counts.items()]


def _minutes(text: dict[str, str], value: float | None) -> str:
    if value is None:
        return "–"
    return text["minutes"].format(minutes=format_decimal(round(value, 1), locale="ru"))


def _mark(value: float | None) -> str:
    return "–" if value is None else format_decimal(value, format="0.0#", locale="ru")


def _number(value: int) -> str:
    return format_decimal(value, locale="ru")


def _share(part: int, whole: int) -> str:
    return f"{100 * part // whole}\u00a0%" if whole else "–"
