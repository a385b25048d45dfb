"""The journal of requests as XLSX (act 627, clauses 15.2 and 16), headed in two languages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from openpyxl import Workbook

from domain.documents.formatting import short_moment_text
from domain.documents.labels import labels
from domain.documents.tables import Cell, Column, both, named, put_table
from domain.documents.xlsx_out import put, to_bytes
from domain.incidents.views import JournalRow
from domain.support.views import JournalLine

_COLUMNS = (
    Column("col_place", 6),
    Column("col_identifier", 26),
    Column("col_registered", 18),
    Column("col_channel", 24),
    Column("col_who", 28),
    Column("col_company", 34),
    Column("col_contacts", 24),
    Column("col_what", 60),
    Column("col_order", 12),
    Column("col_incident", 14),
    Column("col_found", 18),
    Column("col_late", 16),
    Column("col_decision", 40),
    Column("col_level", 18),
    Column("col_facts", 50),
    Column("col_told", 20),
)
_TITLE_ROWS = 4


def render_journal(
    since: datetime, until: datetime, requests: Sequence[JournalLine], faults: Sequence[JournalRow]
) -> bytes:
    """One journal of requests registered in [since, until), by the time of registration.

    A report of a fault given within a request is one line with it; a fault that specialists or
    our own watch have found, and nobody has reported, is a line of its own.
    """
    kk, ru = labels("journal", "kk"), labels("journal", "ru")
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = kk["sheet"]
    for row, text in enumerate((kk, ru)):
        put(sheet, row + 1, 1, text["title"])
        put(sheet, row + 3, 1, _period(text["period"], since, until))
    rows = sorted(_rows(requests, faults), key=lambda each: each[0])
    lines = [[place, *line] for place, (_, line) in enumerate(rows, start=1)]
    put_table(sheet, _COLUMNS, (kk, ru), lines, first=_TITLE_ROWS + 1)
    for row in range(1, _TITLE_ROWS + 1):
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=8)
    return to_bytes(book)


def _period(text: str, since: datetime, until: datetime) -> str:
    begins, ends = (short_moment_text(each, "ru")[:16] for each in (since, until))
    return text.format(since=begins, until=ends)


def _rows(
    requests: Sequence[JournalLine], faults: Sequence[JournalRow]
) -> list[tuple[datetime, list[Cell]]]:
    tickets = {each.number: each for each in requests}
    told_of = {each.ticket for each in faults if each.ticket is not None}
    found = [(each.registered_at, _fault(each, tickets.get(each.ticket or 0))) for each in faults]
    found += [
        (each.registered_at, _request(each)) for each in requests if each.number not in told_of
    ]
    return found


def _word(kind: str, code: str | None) -> str:
    kk, ru = (named(labels("desk", language), kind, code) for language in ("kk", "ru"))
    return both(kk, ru)


def _request(line: JournalLine) -> list[Cell]:
    return [
        str(line.number),
        line.registered_at,
        _word("channel", line.channel),
        line.name,
        both(line.company_kk, line.company_ru),
        "",
        line.subject,
        line.order_number,
        line.incident,
        None,
        "",
        _word("result", line.result) or _word("state", line.state),
        "",
        "",
        line.answered_at,
    ]


def _fault(row: JournalRow, ticket: JournalLine | None) -> list[Cell]:
    return [
        str(row.ticket) if row.ticket is not None else _identifier(row),
        row.registered_at,
        _word("channel", row.channel),
        row.name,
        both(row.company_kk, row.company_ru),
        row.contacts,
        _silent(row.text) if row.channel == "health" else row.text,
        ticket.order_number if ticket is not None else None,
        row.incident,
        row.found_at,
        _late(row),
        _word("outcome", row.outcome),
        _word("level", row.level),
        " / ".join(filter(None, (row.said.kk, row.said.ru))),
        row.decided_at if row.report is not None else None,
    ]


def _identifier(row: JournalRow) -> str:
    """Of a report given by itself, or of a fault that nobody has reported."""
    name = "fault_id" if row.report is None else "report_id"
    kk, ru = (
        labels("journal", language)[name].format(incident=row.incident, report=row.report)
        for language in ("kk", "ru")
    )
    return both(kk, ru)


def _late(row: JournalRow) -> str:
    if row.report is None:
        return ""
    return both(*(labels("desk", each)["yes" if row.late else "no"] for each in ("kk", "ru")))


def _silent(part: str) -> str:
    """Which part of the platform our own watch found silent."""
    kk, ru = (
        labels("journal", language)["silent"].format(
            part=labels("evidence", language).get(f"part_{part}", part)
        )
        for language in ("kk", "ru")
    )
    return both(kk, ru)
