"""Preferences and digests as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.notices.views import NoticeView
from domain.preferences.rules import QuietHours


@dataclass(frozen=True)
class PreferencesView:
    """What a person has chosen; minutes are since midnight in Astana.

    ``waiting``: how many notices wait for the next digest; ``digest_next``: when it comes (UTC),
    None where nothing waits.
    """

    language: str
    quiet: QuietHours | None = None
    digest_at: int | None = None
    muted: tuple[str, ...] = ()
    waiting: int = 0
    digest_next: datetime | None = None


@dataclass(frozen=True)
class DigestPage:
    """A page of the events that went within a digest, oldest first."""

    number: int
    page: int
    pages: int
    total: int
    events: list[NoticeView]
