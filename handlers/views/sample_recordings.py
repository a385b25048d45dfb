"""Made-up notices of recordings."""

from __future__ import annotations

from collections.abc import Callable

from domain.notices.views import NoticeView

Notice = Callable[..., NoticeView]

_ACT = 3


def of_recordings(notice: Notice) -> list[tuple[str, NoticeView]]:
    """Every kind of notice of recordings."""
    return (
        [
            (
                f"recording.act_finished, {ground}",
                notice("recording.act_finished", number=_ACT, count=12, ground=ground),
            )
            for ground in ("term_over", "restored")
        ]
        + [
            (
                f"recording.ahead, {held} held",
                notice("recording.ahead", month="2026-12-01", count=12, held=held),
            )
            for held in (0, 1)
        ]
        + [
            (
                f"recording.released, {count} go",
                notice(
                    "recording.released",
                    number=14,
                    ground="\N{NUMERO SIGN} 7",
                    until="2026-11-24T19:00:00Z",
                    recordings=[{"kind": "voice", "at": "2025-11-20T05:00:00Z"}],
                    count=count,
                ),
            )
            for count in (1, 3)
        ]
        + [
            (
                f"recording.restored, {held} held",
                notice("recording.restored", number=_ACT, count=2, held=held),
            )
            for held in (0, 1)
        ]
    )
