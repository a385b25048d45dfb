"""The written parts of an evidence pack: what machines read, and tables for people."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from domain.base import plain
from domain.clock import astana
from domain.documents.formatting import shown
from domain.documents.labels import labels
from domain.documents.tables import both, named
from domain.incidents.evidence import Evidence
from domain.incidents.views import EffectView, IncidentView, ReportView
from domain.orders.views import FileView

TERMS, GAPS, AUDIT = "terms.csv", "health-gaps.csv", "audit.json"
_NOT_IN_A_NAME = re.compile(r"[^\w.-]+")
_LONGEST_NAME = 80
# What makes a cell calculate, as spreadsheets read it.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def text_members(evidence: Evidence) -> dict[str, bytes]:
    """The written parts by their names in the archive."""
    members = {
        "incident.json": _json(_incident(evidence.incident)),
        AUDIT: _json(_audit(evidence)),
        GAPS: _csv(("col_part", "col_began", "col_ended"), _gaps(evidence)),
        TERMS: _csv(
            ("col_order", "col_customer", "col_what", "col_kind", "col_old", "col_new"),
            _terms(evidence),
            ("col_clause",),
        ),
    }
    for report in evidence.reports:
        members[f"reports/{report.id}/report.json"] = _json(_report(report))
    return members


def file_member(report: int, file: FileView) -> str:
    """Where a file of a report stands in the archive: a name that leads nowhere else."""
    name = _NOT_IN_A_NAME.sub("_", shown(file.name)).strip("._")[-_LONGEST_NAME:] or "file"
    return f"reports/{report}/{file.file}-{name}"


def effect_words(effect: EffectView, language: str) -> tuple[str, str]:
    """What was done, and to which term."""
    text = labels("evidence", "kk" if language == "kk" else "ru")
    return named(text, "what", effect.what), named(text, "kind", effect.kind)


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode(
        "utf-8", "replace"
    )


def _iso(moment: datetime | None) -> str | None:
    return astana(moment).isoformat(timespec="seconds") if moment is not None else None


def _incident(incident: IncidentView) -> dict[str, object]:
    return {
        "number": incident.number,
        "regime": incident.regime,
        **incident.titles.params("title"),
        "source": incident.source,
        "state": incident.state,
        "level": incident.level,
        "level_state": incident.level_state,
        "scope": {
            "kind": incident.scope.kind,
            "modules": list(incident.scope.modules),
            "orders": list(incident.scope.orders),
        },
        "opened_at": _iso(incident.opened_at),
        "began_at": _iso(incident.began_at),
        "mended_at": _iso(incident.mended_at),
        "planned_mending_at": _iso(incident.planned_mending_at),
        "decided_at": _iso(incident.decided_at),
        "applied_at": _iso(incident.applied_at),
        "closed_at": _iso(incident.closed_at),
        **incident.said.params("facts"),
        **incident.done.params("measures"),
        "reports": incident.reports,
        "late_reports": incident.late_reports,
    }


def _report(report: ReportView) -> dict[str, object]:
    return {
        "report": report.id,
        "request": report.ticket,
        "name": report.name,
        "company_kk": report.company_kk,
        "company_ru": report.company_ru,
        "text": report.text,
        "contacts": report.contacts,
        "found_at": _iso(report.found_at),
        "reported_at": _iso(report.reported_at),
        "late": report.late,
        "files": [
            {"name": file.name, "mime": file.mime, "size": file.size, "sha256": file.sha256}
            for file in report.files
        ],
    }


def _audit(evidence: Evidence) -> list[dict[str, object]]:
    """Entries with all that their hashes cover, or for a user only what and when."""
    return [
        {
            **(
                plain(each.values)
                if each.values
                else {"position": each.position, "at": _iso(each.at), "action": each.action}
            ),
            "previous_hash": each.previous_hash,
            "hash": each.hash,
        }
        for each in evidence.decisions
    ]


def _gaps(evidence: Evidence) -> Iterable[Sequence[str]]:
    for gap in evidence.gaps:
        kk, ru = (named(labels("evidence", each), "part", gap.part) for each in ("kk", "ru"))
        yield both(kk, ru), _iso(gap.began_at) or "", _iso(gap.ended_at) or ""


def _terms(evidence: Evidence) -> Iterable[Sequence[str]]:
    for effect in evidence.effects:
        (what_kk, kind_kk), (what_ru, kind_ru) = (
            effect_words(effect, language) for language in ("kk", "ru")
        )
        customer = evidence.customers.get(effect.order or 0, ("", ""))
        yield (
            str(effect.order or ""),
            both(*customer),
            both(what_kk, what_ru),
            both(kind_kk, kind_ru),
            _iso(effect.old) or "",
            _iso(effect.new) or "",
            effect.clause,
        )


def _csv(keys: Sequence[str], rows: Iterable[Sequence[str]], more: Sequence[str] = ()) -> bytes:
    kk, ru = labels("evidence", "kk"), labels("evidence", "ru")
    buffer = io.StringIO()
    table = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    table.writerow([both(kk[key], ru[key]) for key in (*keys, *more)])
    for row in rows:
        table.writerow([_defused(shown(cell)) for cell in row])
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    return buffer.getvalue().encode("utf-8-sig", "replace")


def _defused(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
