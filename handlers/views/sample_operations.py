"""Made-up notices of the service itself."""

from __future__ import annotations

from collections.abc import Callable

from domain.notices.views import NoticeView

Notice = Callable[..., NoticeView]

_DIFFERENCES = [
    {"subject": "order:12", "code": "deadline_missing"},
    {"subject": "award:7", "code": "due_differs"},
]


def of_operations(notice: Notice) -> list[tuple[str, NoticeView]]:
    """Every kind of notice of the service itself."""
    moments = {"made_at": "2026-11-20T05:00:00Z", "restored_at": "2026-11-20T06:00:00Z"}
    return [
        (
            f"restore.held, {notices} notices, {deadlines} deadlines, {events} events",
            notice(
                "restore.held",
                notices=notices,
                deadlines=deadlines,
                events=events,
                **moments,
            ),
        )
        for notices, deadlines, events in ((12, 3, 7), (0, 1, 1), (0, 0, 0))
    ] + [
        (
            f"reconciliation.found, {found} differences",
            notice("reconciliation.found", found=found, checked=4300, differences=_DIFFERENCES),
        )
        for found in (2, 5)
    ]
