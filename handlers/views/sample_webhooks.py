"""Made-up notices of webhooks."""

from __future__ import annotations

from collections.abc import Callable

from domain.notices.views import NoticeView

Notice = Callable[..., NoticeView]


def of_webhooks(notice: Notice, kk: str, ru: str) -> list[tuple[str, NoticeView]]:
    """A webhook of a company that fails, and one of the operator that is gone."""
    failing = notice(
        "webhook.disabled",
        endpoint=3,
        host="erp.example.kz",
        why="failing",
        since="2026-11-15T05:00:00Z",
        skipped=14,
        name_kk=kk,
        name_ru=ru,
    )
    gone = notice(
        "webhook.disabled", endpoint=4, host="hooks.example.kz", why="gone", since=None, skipped=0
    )
    token = notice(
        "webhook.disabled", endpoint=5, host="erp.example.kz", why="token", since=None, skipped=1
    )
    return [
        ("webhook.disabled, failing", failing),
        ("webhook.disabled, gone", gone),
        ("webhook.disabled, token", token),
    ]
