"""Made-up broadcasts, to show their texts with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from domain.broadcasts.rules import SCREENS, Audience, Button, Content, File
from domain.broadcasts.views import BroadcastPage, BroadcastView, Progress, Reach, content_json
from domain.notices.views import NoticeView
from domain.roles import Role

Notice = Callable[..., NoticeView]

_NUMBER, _AUTHOR = 5, "Dana"


def content(kk: str, ru: str) -> Content:
    """A message with a file and a link."""
    return Content(
        kk,
        ru,
        File("document", "file", "plan.pdf", "application/pdf", 250_000),
        Button("", "https://example.kz/news", "Example", "Example"),
    )


def of_broadcasts(notice: Notice, kk: str, ru: str) -> list[tuple[str, NoticeView]]:
    """What people read, with each button, and without."""
    plain = Content(kk, ru)
    buttons = {screen: replace(plain, button=Button(screen=screen)) for screen in SCREENS}
    return [
        ("broadcast.news", _told(notice, "broadcast.news", plain)),
        *(
            (f"broadcast.news, {screen}", _told(notice, "broadcast.news", each))
            for screen, each in buttons.items()
        ),
        ("broadcast.test", _told(notice, "broadcast.test", plain)),
    ]


def _told(notice: Notice, kind: str, said: Content) -> NoticeView:
    return notice(kind, number=_NUMBER, **content_json(said))


def broadcasts(now: datetime, said: Content) -> Mapping[str, BroadcastView]:
    """One in each state."""
    audience = Audience((Role.SUPPLIER.value, Role.CUSTOMER.value), "kk", "71", "2420")
    scheduled = BroadcastView(
        number=_NUMBER,
        content=said,
        audience=Audience(),
        state="scheduled",
        created_at=now,
        created_by=_AUTHOR,
        starts_at=now + timedelta(days=1),
        started_at=None,
        over_at=None,
        progress=Progress(),
    )
    running = replace(
        scheduled,
        audience=audience,
        state="running",
        started_at=now,
        progress=Progress(10_000, 4_200, 5_600, 90, 100, 10),
    )
    over = now + timedelta(minutes=6)
    return {
        "scheduled": scheduled,
        "running": running,
        "paused": replace(running, state="paused"),
        "stopped": replace(
            running,
            state="stopped",
            over_at=over,
            progress=Progress(10_000, 4_200, 0, 90, 100, 10, 5_600),
        ),
        "done": replace(
            running,
            state="done",
            over_at=over,
            progress=Progress(10_000, 9_780, 0, 90, 100, 10, 0, 20),
        ),
    }


def pages(now: datetime, said: Content) -> Mapping[str, BroadcastPage]:
    """The list: empty, full, an older page."""
    found = list(broadcasts(now, said).values())
    return {
        "none": BroadcastPage([], None, True),
        "many": BroadcastPage(found, _NUMBER, True),
        "older": BroadcastPage(found[:1], None, False),
    }


def reach() -> Reach:
    """How many people an audience has."""
    return Reach(1_250, 1_200, 40, 10)
