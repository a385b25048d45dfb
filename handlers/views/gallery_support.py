"""Sections of the gallery for what whoever asks support sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from domain.clock import ASTANA
from domain.support.promise import Promise, promise
from domain.support.regimes import REGIMES, regime_at
from domain.support.views import (
    FileView,
    MessageView,
    MuteView,
    TicketLine,
    TicketPage,
    TicketView,
)
from domain.working_time.model import build_calendar
from handlers.views import samples
from handlers.views.gallery import Section, entries, entry
from handlers.views.shown import Shown
from handlers.views.support import (
    not_readable,
    not_understood,
    support_page,
    ticket_list,
)
from handlers.views.support_ticket import (
    adding,
    history,
    rated,
    reopened,
    taken,
    ticket_card,
    word_taken,
)
from handlers.views.support_words import TICKET_RESULTS, TICKET_STATES
from handlers.views.translator import Translator

NUMBER, OTHER = 41, 42
_MOMENTS = {
    "in hours": datetime(2026, 11, 20, 10, 0, tzinfo=ASTANA),
    "at night": datetime(2026, 11, 20, 18, 31, tzinfo=ASTANA),
}
_DAY, _NIGHT = _MOMENTS.values()
# Operators are there again, and away again, after the end of the sample's promise.
_LATE, _LATE_NIGHT = _DAY + timedelta(days=4), _NIGHT + timedelta(days=4)


def promised(code: str, at: datetime) -> Promise:
    """What a regime promises to a voice at a moment."""
    return promise(build_calendar(()), regime_at(code, at), "voice", at)


def _file(kind: str, state: str = "stored") -> FileView:
    of = FileView(1, "voice", "plan.pdf", "", 9, 75, state, "", "x", 0, None, None, None)
    if kind == "document":
        return replace(of, kind="document", duration=None)
    return of


def said() -> tuple[MessageView, ...]:
    """A talk with all that a user may read in it."""
    kinds = ("opened", "documents_asked", "promise_moved", "escalation_asked", "not_reached")
    later = ("closed", "reopened", "rated", "merged")
    params: Mapping[str, Mapping[str, object]] = {
        "closed": {"result": "answered"},
        "rated": {"rating": 4},
        "merged": {"into": OTHER},
    }
    words = samples.words()
    events = [
        MessageView(0, 0, "system", "", None, _NIGHT, "", kind, params.get(kind, {}), None, None)
        for kind in (*kinds, *later)
    ]
    files = (_file("voice"), _file("document", "failed"))
    asked = MessageView(0, 0, "user", words.person, 1, _NIGHT, words.ground, "", {}, None, None)
    answer = replace(asked, author="operator", text=words.ground, edited_at=_NIGHT)
    note = replace(asked, author="note")
    talk = [replace(asked, files=files), events[0], answer, note, *events[1:], asked]
    return tuple(replace(each, id=at, position=at) for at, each in enumerate(talk, 1))


def ticket(state: str, *, result: str = "answered", rating: int | None = None) -> TicketView:
    """The sample request in a state."""
    made = promised("366", _NIGHT)
    line = TicketLine(
        number=NUMBER,
        regime="366",
        channel="voice",
        subject="",
        state=state,
        priority="normal",
        language="kk",
        revision=1,
        name=samples.words().person,
        person_id=1,
        company_kk="",
        company_ru="",
        order_number=samples.ORDER,
        opened_at=_NIGHT,
        promised_at=made.due_at,
        red=False,
        overdue=False,
        escalation=0,
        assignee_id=None,
        assignee="",
        voices=1,
        files_missing=0,
    )
    over, done = state == "closed", state in ("answered", "closed")
    after = _NIGHT + timedelta(days=3)
    return TicketView(
        line=line,
        role="supplier",
        address="",
        mail=None,
        registered_at=_NIGHT,
        promise_clause=made.clause,
        open_at_once=made.open,
        taken_at=None,
        first_answer_at=after if done else None,
        answered_at=after if done else None,
        closed_at=after if over else None,
        result=result if over else None,
        result_text="",
        merged_into=OTHER if state == "merged" else None,
        incident=None,
        rating=rating,
        rating_text="",
        reopen_until=after + timedelta(days=10) if over else None,
        disputed=None,
        messages=said(),
    )


def support_sections() -> list[Section]:
    """The page of support, the answer to a message, cards, lists."""
    pages = [
        (f"page, {code}, {when}", (code, at)) for code in REGIMES for when, at in _MOMENTS.items()
    ]
    first = ticket("open")
    fresh = replace(first, messages=first.messages[:2])
    written = replace(fresh, messages=said()[-1:])
    cards = [
        *((state, ticket(state)) for state in TICKET_STATES),
        *((f"closed, {result}", ticket("closed", result=result)) for result in TICKET_RESULTS),
        ("answered, rated", ticket("answered", rating=4)),
    ]
    lines = [ticket(state).line for state in TICKET_STATES]
    lists = [("requests", TicketPage(lines, 1, 3, 25)), ("requests, none", TicketPage([], 0, 1, 0))]
    return [
        Section(
            "Support",
            [
                *entries(pages, _page),
                entry("page, of an order", _page_of_order),
                entry("page, muted", _page_muted),
                entry("taken, first voice", lambda t: _taken(t, fresh, _NIGHT, first_voice=True)),
                entry("taken, text at night", lambda t: _taken(t, written, _NIGHT)),
                entry("taken, in hours", lambda t: _taken(t, written, _DAY)),
                entry("added", lambda t: _taken(t, first, _NIGHT)),
                entry("added, late", lambda t: _taken(t, first, _LATE)),
                entry("added, late, at night", lambda t: _taken(t, first, _LATE_NIGHT)),
                entry("adding", lambda t: adding(t, NUMBER)),
                entry("opened again", lambda t: _reopened(t, first)),
                entry("rated", lambda t: rated(t, 4, word=True)),
                entry("word to a rating", word_taken),
                *entries(lists, _list),
                entry("text for nobody", not_understood),
                entry("sticker", not_readable),
            ],
        ),
        Section("Requests", entries(cards, _card)),
        Section(
            "What was said in a request",
            entries([(f"page {at}", at) for at in range(3)], _history),
        ),
    ]


def _page(t: Translator, seen: tuple[str, datetime]) -> Shown:
    code, at = seen
    return support_page(t, promised(code, at), regime_at(code, at), 3)


def _page_of_order(t: Translator) -> Shown:
    return support_page(t, promised("366", _DAY), regime_at("366", _DAY), 0, order=samples.ORDER)


def _page_muted(t: Translator) -> Shown:
    mute = MuteView(1, samples.words().person, samples.words().ground, _DAY, _NIGHT)
    return support_page(t, promised("366", _DAY), regime_at("366", _DAY), 0, mute=mute)


def _taken(t: Translator, shown: TicketView, at: datetime, *, first_voice: bool = False) -> Shown:
    return taken(t, shown, promised("366", at), at, first_voice=first_voice)


def _reopened(t: Translator, shown: TicketView) -> Shown:
    return reopened(t, shown, promised("366", _NIGHT), _NIGHT)


def _list(t: Translator, shown: TicketPage) -> Shown:
    return ticket_list(t, shown, _NIGHT)


def _card(t: Translator, shown: TicketView) -> Shown:
    return ticket_card(t, shown, _LATE_NIGHT)


def _history(t: Translator, page: int) -> Shown:
    return history(t, ticket("open"), page)
