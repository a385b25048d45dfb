"""Reminders: the usual ones of a company, one's own, and the questions to set one."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram.types import InlineKeyboardButton

from domain.law import REMINDERS, Reminder
from domain.preferences.calendars import CalendarDeadline
from domain.preferences.reminders import OwnReminder, RemindersView, TermChoices
from domain.preferences.rhythm import USUAL
from handlers.views import format as fmt
from handlers.views.invitations import choice_label
from handlers.views.press import press
from handlers.views.settings_calendar import SUMMARIES
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.translator import Html, Translator, escape, join

PAGE = 8


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


def _what(t: Translator, kind: str, number: int) -> Html:
    known = SUMMARIES.get(kind)
    return t(known, number=number) if known else t("Order No. {number}", number=number)


def reminders_page(t: Translator, mine: RemindersView, page: int = 0) -> Shown:
    """What the company is reminded of, and a page of the reader's own reminders."""
    at = min(page, max(0, len(mine.own) - 1) // PAGE)
    shown = list(enumerate(mine.own, start=1))[at * PAGE : (at + 1) * PAGE]
    marks = {name: "🔔 " if name in mine.rhythm else "🔕 " for name in USUAL}
    own = [
        join([escape(f"{place}. "), _what(t, each.kind, each.order_number)], "")
        + escape("\n")
        + t("When: {when}", when=fmt.due(t, each.at))
        for place, each in shown
    ]
    text = join(
        [
            bold(t("Reminders")),
            join(
                [
                    t("Your company is reminded before each term ends:"),
                    *(escape(marks[each.name]) + _usual(t, each) for each in REMINDERS),
                ]
            ),
            t("A press changes it for everybody of your company. At least one stays."),
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
        for each in REMINDERS
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


def terms_page(t: Translator, terms: Sequence[CalendarDeadline], page: int) -> Shown:
    """The terms that run, to choose one."""
    pages = max(1, -(-len(terms) // PAGE))
    at = min(max(page, 0), pages - 1)
    shown = terms[at * PAGE : (at + 1) * PAGE]
    lines = [
        join(
            [
                escape(f"{place}. ") + _what(t, each.kind, each.order_number),
                t("until {due_at}", due_at=fmt.due(t, each.due_at)),
            ]
        )
        for place, each in enumerate(shown, start=1)
    ]
    none = t("No term runs for your company now.")
    numbers = [
        button(str(place), press("set.remind.when", each.kind, *_parts(each)))
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


def _parts(each: CalendarDeadline) -> tuple[str, str]:
    thing, _, number = each.subject.partition(":")
    return thing, number


def choices_page(t: Translator, found: TermChoices) -> Shown:
    """The moments to choose, or one of one's own."""
    where = (found.term.kind, *_parts(found.term))
    rows = [
        [button(choice_label(t, each), press("set.remind.at", each.name, *where))]
        for each in found.choices
    ]
    text = join(
        [
            bold(_what(t, found.term.kind, found.term.order_number)),
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
