"""News and work of a day as one message: headlines, and the way to each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from aiogram.types import InlineKeyboardButton

from domain.notices.views import NoticeView
from handlers.views import format as fmt
from handlers.views.notices.broadcasts import first_words
from handlers.views.notices.facts import Draft, Facts
from handlers.views.parts import cut
from handlers.views.press import press
from handlers.views.shown import button
from handlers.views.translator import Html, Translator, escape, join, plain

Title = Callable[[Translator, NoticeView], Html]

_LINE, _IN_A_ROW = 160, 5


def digest(t: Translator, f: Facts, title: Title) -> Draft:
    """Events of a day, oldest first; ``title`` says each in one line."""
    events = [_event(f.notice, each) for each in f.items("events")]
    count, left_out = f.whole("count") or len(events), f.whole("left_out")
    rows = list(numbers(events))
    if count > len(events):
        rows.append([button(t.button("All of them"), press("digest", f.notice.shown_number))])
    return Draft(
        t("Your digest: {events}", events=t.plural("{n} notice", "{n} notices", count)),
        [
            join(lines(t, events, title), "\n"),
            t.plural("and {n} more notice", "and {n} more notices", count - len(events))
            if count > len(events)
            else Html(""),
            t.plural(
                "{n} notice served no purpose any more: it stands in your list only.",
                "{n} notices served no purpose any more: they stand in your list only.",
                left_out,
            )
            if left_out
            else Html(""),
        ],
        rows,
    )


def lines(t: Translator, events: Sequence[NoticeView], title: Title, first: int = 1) -> list[Html]:
    """One line each: its place, when it happened, its headline."""
    return [
        escape(f"{place}. ")
        + fmt.clock(t, each.created_at)
        + escape(f" · {cut(_headline(t, each, title), _LINE)}")
        for place, each in enumerate(events, start=first)
    ]


def _headline(t: Translator, each: NoticeView, title: Title) -> str:
    """The title, and of news the first words: all of them have the same title."""
    words = first_words(t, each.params)
    return ": ".join([plain(title(t, each)), *([words] if words else [])])


def numbers(events: Sequence[NoticeView], first: int = 1) -> list[list[InlineKeyboardButton]]:
    """A button to each event, by its place."""
    found = [
        button(str(place), press("notice.card", each.number))
        for place, each in enumerate(events, start=first)
    ]
    return [found[at : at + _IN_A_ROW] for at in range(0, len(found), _IN_A_ROW)]


def _event(notice: NoticeView, each: Mapping[str, object]) -> NoticeView:
    params = each.get("params")
    number = each.get("number")
    return NoticeView(
        number=number if isinstance(number, int) else 0,
        person_id=notice.person_id,
        kind=str(each.get("kind")),
        subject=str(each.get("subject")),
        params=params if isinstance(params, Mapping) else {},
        created_at=datetime.fromisoformat(str(each.get("at"))),
        state="digested",
        sent_at=None,
        read_at=None,
        attempts=0,
    )
