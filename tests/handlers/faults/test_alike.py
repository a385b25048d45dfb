"""The order in which known faults are offered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from handlers.faults.alike import still_first
from handlers.views import sample_faults, samples


def test_faults_mended_before_today_come_last() -> None:
    row, now = sample_faults.row(), samples.NOW
    past = replace(row, number=1, mended_at=now - timedelta(days=1))
    today = replace(row, number=2, mended_at=now - timedelta(minutes=1))
    lasting = replace(row, number=3)
    rows = still_first([past, today, lasting], now)
    assert [each.number for each in rows] == [2, 3, 1]
