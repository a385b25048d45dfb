"""Who was told of an incident, when, and how far each notice came."""

from __future__ import annotations

from domain.notices.model import TELEGRAM
from domain.notices.receipts import ToldPage
from domain.notices.views import NoticeView
from handlers.views import format as fmt
from handlers.views.notices import title
from handlers.views.pages import turning
from handlers.views.parts import cut
from handlers.views.press import press
from handlers.views.reaching import CHANNELS
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.translator import Html, Translator, escape, join, lazy, plain

_NAME, _TITLE = 60, 100


def told_page(t: Translator, number: int, page: ToldPage) -> Shown:
    """A page of notices about an incident, newest first; an empty one says so."""
    head = bold(t("Incident No. {number}: who was told", number=number))
    blocks = [*told_lines(t, page)]
    turn = turning(t, "incident.told", number, first=page.first, older=page.older)
    back = [button(t.button("Back"), press("incident.back", number))]
    return Shown(join([head, *blocks], "\n\n"), keyboard(turn, back))


def told_lines(t: Translator, page: ToldPage) -> list[Html]:
    """The counts, then one block a notice."""
    if not page.total:
        return [t("Nobody has been told of this yet.")]
    counts = t(
        "Notices: {total}; sent: {sent}, opened: {opened}, “I have seen it”: {acked}",
        total=fmt.number(t, page.total),
        sent=fmt.number(t, page.sent),
        opened=fmt.number(t, page.opened),
        acked=fmt.number(t, page.acked),
    )
    return [counts, *(_line(t, notice, name) for notice, name in page.told)]


def _line(t: Translator, notice: NoticeView, name: str) -> Html:
    said = cut(plain(title(t, notice)), _TITLE)
    way = escape("") if notice.channel == TELEGRAM else t(CHANNELS[notice.channel])
    who = join([escape(cut(name, _NAME)), way], " · ")
    moments = (
        (lazy("Written: {when}", context="notice"), notice.created_at),
        (lazy("Sent: {when}", context="notice"), notice.sent_at),
        (lazy("Opened: {when}", context="notice"), notice.opened_at),
        (lazy("Seen: {when}", context="notice"), notice.acked_at),
    )
    lines = [
        t(text, when=fmt.moment(t, at, seconds=True)) for text, at in moments if at is not None
    ]
    if notice.sent_at is None:
        lines.append(t.context("notice", "Not sent"))
    return join([who, escape(said), *lines])
