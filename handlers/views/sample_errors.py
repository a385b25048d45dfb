"""A made-up refusal for every code, to show every text with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from domain.documents.sheets.errors import SheetError
from domain.errors import AccessDenied, Conflict, NotFound, RuleBroken
from domain.law import OFFER_WINDOW
from handlers.views.errors import SHEETS, TEXTS
from handlers.views.samples import NOW, ORDER, deadline, words

_DAY = date(2026, 11, 24)

#: Values by name, as most codes give them.
_PARAMS: Mapping[str, object] = {
    "act": 3,
    "available": Decimal("450.5"),
    "bin": "120340004562",
    "channel": "fax",
    "count": 2,
    "day": _DAY,
    "days": 45,
    "expired_at": NOW,
    "field": "characteristics",
    "first": 2019,
    "groups": 3,
    "into": 38,
    "item": "2.14",
    "kind": "data",
    "known": "high, low, normal",
    "language": "xx",
    "last": 2040,
    "latest": NOW,
    "left": 4,
    "length": 10_000,
    "level": "high",
    "limit": 4000,
    "longest": "1000wd",
    "maximum": 500,
    "minimum": 60,
    "minutes": 10,
    "module": "offers",
    "missing": ["consent_data", "phone", "position"],
    "name": "platform",
    "needed": Decimal("1250.5"),
    "number": ORDER,
    "outcome": "confirmed",
    "part": "bot",
    "places": 2,
    "price": Decimal("1984000.50"),
    "reason": words().suspension,
    "regime": "628",
    "role": "supplier",
    "scope": "all",
    "since": _DAY,
    "state": "choosing",
    "text": "2 weeks",
    "ticket": 41,
    "today": _DAY,
    "until": NOW,
    "delivery": 8,
    "host": "10.0.0.5",
    "unknown": "order.eaten",
    "webhook": 3,
}

#: What single codes give otherwise, or beside.
_OWN: Mapping[str, Mapping[str, object]] = {
    "award_above_allocated": {"available": Decimal("1500000")},
    "file_too_big": {"limit": 20 * 1024 * 1024},
    "too_many_files": {"limit": 10},
    "rating_range": {"minimum": 1, "maximum": 5},
    "support_file_too_big": {"limit": 20 * 1024 * 1024},
    "support_flood": {"limit": 30},
    "join_roles": {"role": "support", "other": "authority"},
    "ticket_taken": {"name": words().person},
    "registration_decided": {"number": 5, "state": "approved"},
    "registration_pending": {"number": 5},
    "registration_unknown": {"number": 5},
    "incident_state": {"number": 7, "state": "refuted"},
    "maintenance_state": {"number": 2, "state": "finished"},
    "not_joinable": {"number": 7, "state": "closed"},
    "naive_time": {"text": "2026-11-24T15:00:00"},
    "import_failed": {
        "errors": [
            {"row": 3, "field": "bin", "code": "bin_check_digit", "params": {}},
            {"row": 7, "field": "goods[0].code", "code": "ens_tru_format", "params": {}},
        ]
    },
}

#: Codes of rules that name the line of the order.
_IN_LINES = frozenset({"offer_above_need", "photo_missing", "delivery_too_short", "code_missing"})

_SHEET: Mapping[str, object] = {
    "limit_mb": 20,
    "limit": 5000,
    "columns": (("name_ru", "name_kk"), ("quantity",)),
    "range": "B7:B9",
    "field": "delivery_place",
    "value": "3.31312E+14",
    "first_row": 4,
}
_WHOLE_FILE = frozenset(
    {"file_too_large", "not_xlsx", "archive_too_large", "too_many_rows", "too_many_cells"}
    | {"sheet_empty", "columns_missing", "field_missing"}
)


def errors() -> list[RuleBroken]:
    """One refusal of every code, in the order of codes; some with their other forms."""
    return [
        *(error(code) for code in sorted(TEXTS)),
        error("not_positive", field="quantity"),
        error("not_positive", field="days"),
        RuleBroken("membership_unknown", "366-8"),
        RuleBroken("company_unknown", "344-7"),
        error("company_unknown", role="customer"),
        error("level_not_by_definition", needs="hours"),
        error("level_not_by_definition", needs="higher"),
    ]


def error(code: str, **params: object) -> RuleBroken:
    """A refusal with this code."""
    values: dict[str, object] = {**_PARAMS, "due_at": deadline(OFFER_WINDOW).due_at}
    if code in ("contract_concluded", "contract_replaced"):
        values["number"] = words().contract_number
    values |= {**_OWN.get(code, {}), **params}
    if code in _IN_LINES or code.startswith(("award_", "line_")):
        values.setdefault("line", 2)
    kind = RuleBroken
    if code.endswith("_unknown"):
        kind = NotFound
    elif code.startswith("not_your") or code.endswith("_not_allowed"):
        kind = AccessDenied
    elif code in ("window_closed", "sealed", "award_decided", "award_lapsed"):
        kind = Conflict
    return kind(code, words().clauses.get(code), **values)


def sheet_errors() -> list[SheetError]:
    """One error of every code of spreadsheets, and one of a rule that a cell breaks."""
    found = [
        SheetError(0, "", code, _SHEET) if code in _WHOLE_FILE else SheetError(7, "E", code, _SHEET)
        for code in sorted(SHEETS)
    ]
    return [*found, SheetError(8, "G", "money_ambiguous", {"field": "money", "value": "1.250"})]
