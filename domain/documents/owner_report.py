"""The written report on a fault, to be signed (act 627, clauses 25 and 26.13; act 366, 24 and 29).

What happened, when, its level, causes and measures, the result, the terms extended with the
numbers of the orders, and proposals to prevent it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.documents.formatting import moment_text, shown
from domain.documents.labels import LANGUAGES, Language, labels
from domain.documents.typesetting import to_pdf
from domain.incidents.said import Said
from domain.incidents.views import EffectView, IncidentView

#: Numbers of orders that are listed; the rest are counted (the evidence pack has them all).
ORDERS_SHOWN = 200
_BLANK_LINES = 4


@dataclass(frozen=True)
class OwnerReport:
    """What a report is written of; ``effects`` are what the fault has done to terms.

    ``proposals`` is what the signer types; empty leaves lines to write on.
    """

    incident: IncidentView
    effects: Sequence[EffectView]
    proposals: str
    formed_at: datetime


def render_owner_report(report: OwnerReport) -> bytes:
    """The report as a PDF, Kazakh first, then Russian; the same bytes for the same values."""
    return to_pdf("owner_report.typ", owner_report_view(report), created_at=report.formed_at)


def owner_report_view(report: OwnerReport) -> dict[str, object]:
    """Everything ``owner_report.typ`` needs: finished strings in both languages."""
    footers = (labels("owner_report", language)["footer"] for language in LANGUAGES)
    return {
        "footer": " · ".join(each.format(number=report.incident.number) for each in footers),
        "parts": [_part(report, language) for language in LANGUAGES],
    }


def _part(report: OwnerReport, language: Language) -> dict[str, object]:
    text, incident = labels("owner_report", language), report.incident
    basis, addressee = _basis(incident)
    return {
        "language": language,
        "label": text,
        "basis": text[basis],
        "to": text[addressee],
        "number": text["number"].format(number=incident.number),
        "facts": [[text[key], value] for key, value in _facts(incident, language).items()],
        "sections": [
            [text["causes"], _paragraphs(said_in(incident.said, language), text)],
            [text["measures"], _paragraphs(said_in(incident.done, language), text)],
            [text["result"], _result(incident, language)],
            [text["extended"], _extended(report.effects, text)],
            [text["proposals"], _typed(report.proposals)],
        ],
        "blank_lines": _BLANK_LINES,
        "prepared": text["prepared"].format(moment=moment_text(report.formed_at, language)),
    }


def _basis(incident: IncidentView) -> tuple[str, str]:
    """By which clause it is written, and to whom."""
    if incident.regime != "627":
        return "basis_366", "to_authority"
    if incident.level == "high":
        return "basis_627_26_13", "to_owner"
    if incident.level == "medium":
        return "basis_627_25", "to_authority"
    return "basis_627", "to_owner"


def _facts(incident: IncidentView, language: Language) -> dict[str, str]:
    text, words = labels("owner_report", language), labels("desk", language)
    level = words.get(f"level_{incident.level}", "–")
    level_state = text.get(f"level_state_{incident.level_state}", "")
    ended = incident.mended_at
    facts = {
        "what": shown(said_in(incident.titles, language)),
        "interval": text["interval_value"].format(
            began=moment_text(incident.began_at, language),
            ended=moment_text(ended, language) if ended else text["lasting"],
        ),
        "duration": _duration(incident.began_at, ended, text) if ended else text["lasting"],
        "level": f"{level} ({level_state})" if level_state else level,
        "scope": _scope(incident, text),
        "source": text.get(f"source_{incident.source}", incident.source),
        "reports": text["reports_value"].format(count=incident.reports, late=incident.late_reports),
    }
    if incident.decided_at is not None:
        facts["decided"] = moment_text(incident.decided_at, language)
    return facts


def _scope(incident: IncidentView, text: dict[str, str]) -> str:
    scope = incident.scope
    if scope.kind == "module":
        names = ", ".join(text.get(f"module_{each}", each) for each in scope.modules)
        return text["scope_module"].format(names=names)
    if scope.kind == "orders":
        return text["scope_orders"].format(names=_numbers(scope.orders, text))
    return text["scope_all"]


def _duration(began: datetime, ended: datetime, text: dict[str, str]) -> str:
    minutes = int((ended - began).total_seconds()) // 60
    return text["duration_value"].format(hours=minutes // 60, minutes=minutes % 60)


def _result(incident: IncidentView, language: Language) -> list[str]:
    text = labels("owner_report", language)
    if incident.mended_at is not None:
        return [text["result_mended"].format(moment=moment_text(incident.mended_at, language))]
    said = [text["result_lasting"]]
    if incident.planned_mending_at is not None:
        planned = moment_text(incident.planned_mending_at, language)
        said.append(text["result_planned"].format(moment=planned))
    return said


def _extended(effects: Sequence[EffectView], text: dict[str, str]) -> list[str]:
    done = [each for each in effects if each.what != "kept"]
    if not done:
        return [text["not_extended"]]
    counts = Counter(each.what for each in done)
    orders = sorted({each.order for each in done if each.order is not None})
    return [
        text["extended_value"].format(
            moved=counts["moved"],
            annulled=counts["annulled"],
            rerun=counts["rerun"],
            cancelled=counts["cancelled"],
        ),
        text["extended_orders"].format(numbers=_numbers(orders, text)),
    ]


def _numbers(orders: Sequence[int], text: dict[str, str]) -> str:
    said = ", ".join(map(str, orders[:ORDERS_SHOWN]))
    if len(orders) <= ORDERS_SHOWN:
        return said
    return f"{said} {text['more_orders'].format(count=len(orders) - ORDERS_SHOWN)}"


def _paragraphs(value: str, text: dict[str, str]) -> list[str]:
    return _typed(value) or [text["not_stated"]]


def said_in(given: Said, language: Language) -> str:
    """What was said in this language; in the other one, with a word about it."""
    text, there = given.in_(language)
    if not text or there == language:
        return text
    return labels("owner_report", language)[f"only_{there}"].format(text=text)


def _typed(value: str) -> list[str]:
    """What a person typed, line by line; nothing for nothing."""
    return [shown(line).strip() for line in value.splitlines() if line.strip()]
