"""In which order known faults are offered to be joined."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from domain.clock import astana
from domain.incidents.views import IncidentRow


def still_first(rows: Iterable[IncidentRow], now: datetime) -> list[IncidentRow]:
    """Faults that were mended before today come last: what fails now is hardly one of them."""
    today = astana(now).date()

    def over(row: IncidentRow) -> bool:
        return row.mended_at is not None and astana(row.mended_at).date() < today

    return sorted(rows, key=over)
