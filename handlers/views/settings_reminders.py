"""Reminders: the usual ones of a company, one's own, and the questions to set one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiogram.types import InlineKeyboardButton

from domain.law import REMINDERS, Reminder
from domain.preferences.reminders import OwnReminder, RemindersView, TermChoices
from domain.preferences.rhythm import USUAL
from domain.preferences.running_terms import RunningTerm
from handlers.views import format as fmt
from handlers.views.invitations import choice_label
from handlers.views.press import press
from handlers.views.settings_calendar import SUMMARIES
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.terms import INCIDENT_TERMS
from handlers.views.translator import Html, Lazy, Translator, escape, join, lazy

PAGE = 8
# Of what a term is, as a button carries it: the longest of them holds no more.
_THINGS: Mapping[str, str] = {"ticket": "t", "incident": "i"}
_NAMES: Mapping[str, str] = {short: name for name, short in _THINGS.items()}
TICKET_TERMS: Mapping[str, Lazy] = {
    "ticket.promise": lazy("Ticket No. {number}: support answers", context="term"),
    "ticket.number": lazy("Ticket No. {number}: its number is told", context="term"),
    "ticket.decide": lazy("Ticket No. {number}: it is decided", context="term"),
    "ticket.closes": lazy("Ticket No. {number}: its user may reply", context="term"),
}


def _usual(t: Translator, each: Reminder) -> Html:
    """One of the usual reminders in words."""
    at = fmt.clock(t, each.wall)
    if each.days_before:
        return t("One working day before the last one, at {time}", time=at)
    return t("On the last day, at {time}", time=at)


def _label(t: Translator, each: Reminder) -> str:
    at = fmt.clock(t, each.wall)
    if each.days_before:
        return t.button("Day before, {time}", time=at)
    return t.button("Last day, {time}", time=at)


def _what(t: Translator, each: OwnReminder | RunningTerm) -> Html:
    """What is due, of which order, ticket or incident."""
    if each.order_number is not None:
        known = SUMMARIES.get(each.kind)
        number = each.order_number
        return t(known, number=number) if known else t("Order No. {number}", number=number)
    thing, _, number_ = each.subject.partition(":")
    if thing == "incident":
        term = INCIDENT_TERMS.get(each.kind)
        head = t("Incident No. {number}", number=number_)
        return join([head, t(term)], ": ") if term else head
    named = TICKET_TERMS.get(each.kind)
    return t(named, number=number_) if named else t("Ticket No. {number}", number=number_)


def parts_of(subject: str) -> tuple[str, str]:
    """Of what a term is, for a button: ``order`` and 15, ``t`` and 7."""
    thing, _, number = subject.partition(":")
    return _THINGS.get(thing, thing), number


def subject_of(thing: str, number: str) -> str:
    """What ``parts_of`` has written into a button: ``ticket:7``."""
    return f"{_NAMES.get(thing, thing)}:{number}"


def reminders_page(t: Translator, mine: RemindersView, page: int = 0) -> Shown:
    """What the company is reminded of, and a page of the reader's own reminders."""
    at = min(page, max(0, len(mine.own) - 1) // PAGE)
    shown = list(enumerate(mine.own, start=1))[at * PAGE : (at + 1) * PAGE]
    marks = {name: "🔔 " if name in mine.rhythm else "🔕 " for name in USUAL}
    usual = REMINDERS if mine.rhythm else ()
    own = [
        join([escape(f"{place}. "), _what(t, each)], "")
        + escape("\n")
        + t("When: {when}", when=fmt.due(t, each.at))
        for place, each in shown
    ]
    text = join(
        [
            bold(t("Reminders")),
            *(_company(t, marks) if usual else []),
            join([t("Your own reminders:"), *own] if own else [t("You have no own reminders.")]),
        ],
        "\n\n",
    )
    rows = [
        [
            button(
                marks[each.name] + _label(t, each),
                press("set.rhythm", each.name, 0 if each.name in mine.rhythm else 1),
            )
        ]
        for each in usual
    ]
    drops = [
        button(t.button("Remove {place}", place=place), press("set.remind.drop", each.number))
        for place, each in shown
    ]
    return Shown(
        text,
        keyboard(
            *rows,
            *(drops[first : first + 3] for first in range(0, len(drops), 3)),
            _turn(t, "set.remind", at, len(mine.own)),
            [button(t.button("Remind me of a term"), press("set.remind.of", 0))],
            [button(t.button("Back"), press("settings"))],
        ),
    )


def _company(t: Translator, marks: Mapping[str, str]) -> list[Html]:
    """What the company is reminded of; at the desk there is nothing of it to choose."""
    return [
        join(
            [
                t("Your company is reminded before each term ends:"),
                *(escape(marks[each.name]) + _usual(t, each) for each in REMINDERS),
            ]
        ),
        t("A press changes it for everybody of your company. At least one stays."),
    ]


def terms_page(
    t: Translator, terms: Sequence[RunningTerm], page: int, *, in_company: bool = True
) -> Shown:
    """The terms that run, to choose one."""
    pages = max(1, -(-len(terms) // PAGE))
    at = min(max(page, 0), pages - 1)
    shown = terms[at * PAGE : (at + 1) * PAGE]
    lines = [
        join(
            [
                escape(f"{place}. ") + _what(t, each),
                t("until {due_at}", due_at=fmt.due(t, each.due_at)),
            ]
        )
        for place, each in enumerate(shown, start=1)
    ]
    none = t("No term runs for your company now.") if in_company else t("No term runs now.")
    numbers = [
        button(str(place), press("set.remind.when", each.kind, *parts_of(each.subject)))
        for place, each in enumerate(shown, start=1)
    ]
    turn = _turn(t, "set.remind.of", at, len(terms))
    text = join([bold(t("Of which term?")), *(lines or [none])], "\n\n")
    return Shown(text, keyboard(*_rows(numbers), turn, _back(t)))


def _turn(t: Translator, name: str, at: int, count: int) -> list[InlineKeyboardButton]:
    return [
        button(label, press(name, to))
        for label, to in ((t.button("Earlier"), at - 1), (t.button("Later"), at + 1))
        if 0 <= to * PAGE < count
    ]


def _rows(buttons: Sequence[InlineKeyboardButton]) -> list[list[InlineKeyboardButton]]:
    return [list(buttons[at : at + 4]) for at in range(0, len(buttons), 4)]


def choices_page(t: Translator, found: TermChoices) -> Shown:
    """The moments to choose, or one of one's own."""
    where = (found.term.kind, *parts_of(found.term.subject))
    rows = [
        [button(choice_label(t, each), press("set.remind.at", each.name, *where))]
        for each in found.choices
    ]
    text = join(
        [
            bold(_what(t, found.term)),
            t("The term ends: {due_at}", due_at=fmt.due(t, found.term.due_at)),
            t("When shall you be reminded?"),
        ],
        "\n\n",
    )
    typed = [button(t.button("Another moment"), press("set.remind.type", *where))]
    return Shown(text, keyboard(*rows, typed, _back(t)))


def ask_moment(t: Translator) -> Html:
    """The question for a moment of one's own."""
    return t("Type the day and the time: 24.11 09:30. By Astana time.")


def reminder_is_set(t: Translator, own: OwnReminder) -> Html:
    """What was set; the term may move, the reminder does not."""
    return join(
        [
            t("You will be reminded: {when}", when=fmt.due(t, own.at)),
            t("If the term ends before it is reached, nothing comes."),
        ]
    )


def _back(t: Translator) -> list[InlineKeyboardButton]:
    return [button(t.button("Back"), press("set.remind"))]
