"""The cover of an evidence pack: a PDF that says what is inside and shows the main of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from babel.numbers import format_decimal

from domain.clock import astana
from domain.documents.evidence_texts import AUDIT, GAPS, TERMS, effect_words
from domain.documents.formatting import short_moment_text, shown
from domain.documents.labels import LANGUAGES, Language, labels
from domain.documents.owner_report import said_in
from domain.documents.tables import company_name, named
from domain.documents.typesetting import to_pdf
from domain.incidents.evidence import Decision, Evidence
from domain.incidents.views import IncidentView

#: Rows of each table that the cover shows; all of them are in the files.
ROWS_SHOWN = 200
_TEXT_SHOWN = 400


@dataclass(frozen=True)
class Listed:
    """A member of the archive: its name, its size in bytes, its SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Omission:
    """A file that is not in the archive: no room (``size``), or no copy of it (``copy``)."""

    name: str
    sha256: str
    reason: Literal["size", "copy"]


@dataclass(frozen=True)
class Elsewhere:
    """A file that is in another part of the pack, counted from 1."""

    name: str
    sha256: str
    part: int


def render_cover(
    evidence: Evidence,
    members: Sequence[Listed],
    omitted: Sequence[Omission],
    elsewhere: Sequence[Elsewhere] = (),
) -> bytes:
    """The cover as a PDF, Kazakh first, then Russian."""
    view = cover_view(evidence, members, omitted, elsewhere)
    return to_pdf("evidence_cover.typ", view, created_at=evidence.as_of)


def cover_view(
    evidence: Evidence,
    members: Sequence[Listed],
    omitted: Sequence[Omission],
    elsewhere: Sequence[Elsewhere] = (),
) -> dict[str, object]:
    """Everything ``evidence_cover.typ`` needs: finished strings in both languages."""
    number = evidence.incident.number
    footers = (labels("evidence", language)["footer"] for language in LANGUAGES)
    return {
        "footer": " · ".join(footer.format(number=number) for footer in footers),
        "parts": [_part(evidence, members, omitted, elsewhere, language) for language in LANGUAGES],
    }


def _part(
    evidence: Evidence,
    members: Sequence[Listed],
    omitted: Sequence[Omission],
    elsewhere: Sequence[Elsewhere],
    language: Language,
) -> dict[str, object]:
    text = labels("evidence", language)
    return {
        "language": language,
        "label": text,
        "facts": _facts(evidence, language),
        "tables": [
            _table(
                text,
                "contents",
                (("col_file", 3), ("col_size", 1), ("col_hash", 4)),
                [[each.name, _number(each.size), each.sha256] for each in members],
                "",
            ),
            *_elsewhere(text, elsewhere),
            *_omitted(text, omitted),
            _reports(evidence, language),
            _gaps(evidence, language),
            _decisions(evidence, language),
            _effects(evidence, language),
        ],
        "chain": text["chain"],
    }


def _table(
    text: dict[str, str],
    title: str,
    columns: Sequence[tuple[str, int]],
    rows: Sequence[Sequence[str]],
    file: str,
) -> dict[str, object]:
    """A table of which at most ``ROWS_SHOWN`` rows are shown where a file has them all."""
    shown_rows = rows[:ROWS_SHOWN] if file else rows
    left = len(rows) - len(shown_rows)
    return {
        "title": text[title],
        "head": [text[key] for key, _ in columns],
        "widths": [width for _, width in columns],
        "rows": [[shown(cell) for cell in row] for row in shown_rows],
        "more": text["more"].format(count=left, file=file) if left else "",
        "nothing": text["nothing"],
    }


def _facts(evidence: Evidence, language: Language) -> list[list[str]]:
    text, words = labels("evidence", language), labels("desk", language)
    report, incident = labels("owner_report", language), evidence.incident
    return [
        [text["number"], f"№ {incident.number}. {shown(said_in(incident.titles, language))}"],
        [text["for"], text["for_all" if evidence.whole else "for_own"]],
        [text["as_of"], _moment(evidence.as_of, language)],
        [text["regime"], text["regime_value"].format(act=incident.regime)],
        [text["state"], named(words, "outcome", incident.state)],
        [report["interval"], _interval(incident, language)],
        [report["level"], _level(incident, language)],
        [text["facts"], shown(said_in(incident.said, language)) or "–"],
        [text["measures"], shown(said_in(incident.done, language)) or "–"],
    ]


def _interval(incident: IncidentView, language: Language) -> str:
    text = labels("owner_report", language)
    ended = incident.mended_at
    return text["interval_value"].format(
        began=_moment(incident.began_at, language),
        ended=_moment(ended, language) if ended else text["lasting"],
    )


def _level(incident: IncidentView, language: Language) -> str:
    state = named(labels("owner_report", language), "level_state", incident.level_state)
    level = named(labels("desk", language), "level", incident.level)
    return f"{level} ({state})" if level else state


def _elsewhere(text: dict[str, str], files: Sequence[Elsewhere]) -> list[dict[str, object]]:
    if not files:
        return []
    rows = [[each.name, str(each.part), each.sha256] for each in files]
    columns = (("col_file", 3), ("col_part", 1), ("col_hash", 4))
    return [_table(text, "elsewhere", columns, rows, "")]


def _omitted(text: dict[str, str], omitted: Sequence[Omission]) -> list[dict[str, object]]:
    if not omitted:
        return []
    rows = [[each.name, text[f"missing_{each.reason}"], each.sha256 or "–"] for each in omitted]
    columns = (("col_file", 3), ("col_reason", 2), ("col_hash", 4))
    return [_table(text, "missing", columns, rows, "")]


def _reports(evidence: Evidence, language: Language) -> dict[str, object]:
    text = labels("evidence", language)
    rows = [
        [
            str(each.id),
            _moment(each.reported_at, language) + (f" ({text['late']})" if each.late else ""),
            _moment(each.found_at, language),
            ", ".join(
                name
                for name in (
                    each.name,
                    company_name(language, each.company_kk, each.company_ru),
                )
                if name
            ),
            _cut(each.text),
        ]
        for each in evidence.reports
    ]
    columns = (
        *(("col_number", 1), ("col_reported", 3), ("col_found", 3)),
        *(("col_who", 4), ("col_text", 7)),
    )
    return _table(text, "reports", columns, rows, "reports/")


def _gaps(evidence: Evidence, language: Language) -> dict[str, object]:
    text = labels("evidence", language)
    rows = [
        [
            named(text, "part", each.part),
            _moment(each.began_at, language),
            _moment(each.ended_at, language) if each.ended_at else text["still"],
        ]
        for each in evidence.gaps
    ]
    return _table(text, "gaps", (("col_part", 3), ("col_began", 3), ("col_ended", 3)), rows, GAPS)


def _decisions(evidence: Evidence, language: Language) -> dict[str, object]:
    text = labels("evidence", language)
    rows = [
        [
            str(each.position),
            _moment(each.at, language),
            named(text, "act", each.action),
            _actor(each, evidence.whole, text),
            each.hash,
        ]
        for each in evidence.decisions
    ]
    columns = (
        *(("col_number", 1), ("col_at", 3), ("col_act", 3)),
        *(("col_actor", 2), ("col_hash", 5)),
    )
    return _table(text, "decisions", columns, rows, AUDIT)


def _actor(decision: Decision, whole: bool, text: dict[str, str]) -> str:
    if decision.actor_kind in ("system", "integration"):
        return text[f"actor_{decision.actor_kind}"]
    if not whole:
        return text["actor_own"] if decision.own else "–"
    return text["actor_person"].format(id=decision.person_id) if decision.person_id else "–"


def _effects(evidence: Evidence, language: Language) -> dict[str, object]:
    text = labels("evidence", language)
    rows = []
    for each in evidence.effects:
        kk, ru = evidence.customers.get(each.order or 0, ("", ""))
        rows.append(
            [
                str(each.order or "–"),
                company_name(language, kk, ru),
                *effect_words(each, language),
                # An annulled protocol has the moment at which it was made, no term.
                (_moment if each.what == "annulled" else _deadline)(each.old, language)
                if each.old
                else "–",
                _deadline(each.new, language) if each.new else "–",
                each.clause,
            ]
        )
    columns = (
        *(("col_order", 2), ("col_customer", 4), ("col_what", 3), ("col_kind", 3)),
        *(("col_old", 3), ("col_new", 3), ("col_clause", 2)),
    )
    return _table(text, "effects", columns, rows, TERMS)


def _moment(moment: datetime, language: Language) -> str:
    return short_moment_text(moment, language)


def _deadline(end: datetime, language: Language) -> str:
    """An exclusive end; midnight is 24:00 of the day before, as everywhere a term is shown."""
    local = astana(end)
    if local.time() != time():
        return _moment(end, language)
    day = local.date() - timedelta(days=1)
    return f"{day:%d.%m.%Y} 24:00 {labels('protocol', language)['zone']}"


def _cut(text: str) -> str:
    return text if len(text) <= _TEXT_SHOWN else text[:_TEXT_SHOWN].rstrip() + "…"


def _number(value: int) -> str:
    return format_decimal(value, locale="ru")
