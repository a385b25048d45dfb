"""The calendar for administrators: decisions in force, holidays ahead, what a change would move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date

from domain.calendar import WorkingCalendar
from domain.terms import DayCode
from domain.working_time.service import Applied, DeadlineMove, OverrideView
from handlers.views import format as fmt
from handlers.views.parts import cut
from handlers.views.press import press
from handlers.views.receipts import day_reason
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.terms import DAY_CODES, DEADLINE_KINDS
from handlers.views.translator import Html, Translator, escape, join

#: How many deadlines one page of a preview lists.
PAGE = 8
_AHEAD = timedelta(days=150)
_SHOWN = 8
_ORDINARY = (DayCode.WORKING, DayCode.WEEKEND)
_OVERRIDES = (DayCode.OVERRIDE_OFF, DayCode.OVERRIDE_WORKING)
#: A cell of the month that cannot be chosen.
BLANK = "-"


def calendar_page(
    t: Translator, calendar: WorkingCalendar, overrides: Sequence[OverrideView], today: date
) -> Shown:
    """Decisions that are still ahead, then the days off the law and the ministry have set."""
    ahead = [each for each in overrides if each.day >= today][:_SHOWN]
    decided = [_override(t, each) for each in ahead]
    special = [_special(t, calendar, day) for day in _special_days(calendar, today)]
    text = join(
        [
            bold(t("Working days")),
            join(
                [
                    bold(t("Decisions entered here")),
                    *(decided or [t("None is ahead: the calendar of holidays decides.")]),
                ]
            ),
            join([bold(t("Next holidays and moved days")), *special]),
            t("Version of the calendar: {version}", version=calendar.version),
        ],
        "\n\n",
    )
    withdraw = [
        [
            button(
                t.button("Withdraw {day}", day=each.day.strftime("%d.%m.%Y")),
                press("override.withdraw", each.day.isoformat()),
            )
        ]
        for each in ahead
    ]
    change = button(t.button("Change a day"), press("calendar.change"), "primary")
    return Shown(text, keyboard([change], *withdraw))


def _override(t: Translator, each: OverrideView) -> Html:
    code = DayCode.OVERRIDE_WORKING if each.working else DayCode.OVERRIDE_OFF
    name = each.name_kk if t.locale == "kk" else each.name_ru
    return join(
        [
            bold(fmt.day(t, each.day)) + Html(" · ") + t(DAY_CODES[code]),
            escape(cut(name, 60)) + Html(". ") + escape(cut(each.basis, 80)),
            t(
                "Entered by {name}, {when}",
                name=cut(each.entered_by, 50),
                when=fmt.moment(t, each.entered_at),
            ),
        ]
    )


def _special_days(calendar: WorkingCalendar, today: date) -> list[date]:
    days = (today + timedelta(days=number) for number in range(_AHEAD.days))
    found = [day for day in days if calendar.reason(day).code not in (*_ORDINARY, *_OVERRIDES)]
    return found[:_SHOWN]


def _special(t: Translator, calendar: WorkingCalendar, day: date) -> Html:
    return bold(fmt.day(t, day)) + Html(" · ") + day_reason(t, calendar.reason(day))


# The form


def day_question(t: Translator, month: date) -> Html:
    """Which day; the days of a month stand below as buttons."""
    return join(
        [
            bold(t("Which day is to be changed?")),
            t("Choose it below or type it. Example: {example}", example="24.11.2026"),
            t("A dot marks days off."),
            bold(month_title(t, month)),
        ]
    )


def month_title(t: Translator, month: date) -> Html:
    """November 2026."""
    return escape(format_date(month, "LLLL y", locale=t.locale))


def month_cells(t: Translator, calendar: WorkingCalendar, month: date) -> list[tuple[str, str]]:
    """The month as rows of seven (value, label), weekdays first; BLANK cannot be chosen."""
    first = month.replace(day=1)
    monday = date(2024, 1, 1)
    cells: list[tuple[str, str]] = [
        (
            f"{BLANK}{number}",
            escape(format_date(monday + timedelta(number), "EEEEEE", locale=t.locale)),
        )
        for number in range(7)
    ]
    cells += [(f"{BLANK}{7 + number}", " ") for number in range(first.weekday())]
    day = first
    while day.month == first.month:
        mark = "" if calendar.is_working(day) else "·"
        cells.append((day.isoformat(), f"{mark}{day.day}"))
        day += timedelta(days=1)
    cells += [(f"{BLANK}{50 + number}", " ") for number in range(-len(cells) % 7)]
    return [
        (value, label if label.strip() else "\N{BRAILLE PATTERN BLANK}") for value, label in cells
    ]


def kind_question(t: Translator, calendar: WorkingCalendar, day: date) -> Html:
    """What the day is now, and what it shall be."""
    return join(
        [
            bold(fmt.day(t, day)),
            t("Now: {reason}", reason=day_reason(t, calendar.reason(day))),
            t("What shall it be?"),
        ]
    )


def ask_words(t: Translator, step: str) -> Html:
    """The names of the day, or the basis of the decision."""
    match step:
        case "name_kk":
            return t("Type the name of the day in Kazakh, as people will read it.")
        case "name_ru":
            return t("Type the name of the day in Russian, as people will read it.")
    return t("Type the legal basis. Example: order of the ministry No. 15 of 24 November 2026")


def change_lines(t: Translator, data: Mapping[str, Any]) -> Html:
    """The change itself."""
    day = bold(fmt.day(t, date.fromisoformat(str(data["day"]))))
    working = data["working"]
    if working is None:
        return t("The decision on {day} is withdrawn: the calendar of holidays decides.", day=day)
    code = DayCode.OVERRIDE_WORKING if working else DayCode.OVERRIDE_OFF
    return join(
        [
            day + Html(": ") + t(DAY_CODES[code]),
            t("Name in Kazakh: {name}", name=cut(str(data["name_kk"]), 300)),
            t("Name in Russian: {name}", name=cut(str(data["name_ru"]), 300)),
            t("Basis: {basis}", basis=cut(str(data["basis"]), 500)),
        ]
    )


def preview(
    t: Translator, data: Mapping[str, Any], moves: Sequence[DeadlineMove], page: int
) -> Html:
    """Every running deadline that would end otherwise, a page of them (pages from 0)."""
    if not moves:
        body = t("No running deadline changes.")
    else:
        count = t.plural("{n} running deadline moves:", "{n} running deadlines move:", len(moves))
        shown = moves[page * PAGE : (page + 1) * PAGE]
        body = join([bold(count), *(_move(t, each) for each in shown)], "\n\n")
    pages = -(-len(moves) // PAGE)
    place = t("Page {page} of {pages}", page=page + 1, pages=pages) if pages > 1 else ""
    told = t("Nothing is changed yet. When you confirm, all deadlines move at once.")
    return join([bold(t("Check the change")), change_lines(t, data), body, place, told], "\n\n")


def _subject(t: Translator, each: DeadlineMove) -> Html:
    """Whose deadline it is, where people know it by a number."""
    if each.number is not None:
        return t("Order No. {number}", number=each.number)
    what, _, number = each.subject.partition(":")
    if what == "ticket":
        return t("Request No. {number}", number=number)
    return t("Incident No. {number}", number=number) if what == "incident" else escape("")


def _move(t: Translator, each: DeadlineMove) -> Html:
    kind = DEADLINE_KINDS.get(each.kind)
    about = [what] if (what := _subject(t, each)) else []
    if kind is not None:
        about.append(t(kind))
    if each.clause:
        about.append(fmt.clause(t, each.clause))
    return join(
        [
            join(about, " · "),
            t("Now: {when}", when=fmt.deadline(t, each.old)),
            t("New: {when}", when=fmt.deadline(t, each.new)),
        ]
    )


def applied(t: Translator, done: Applied) -> Shown:
    """What a change has done."""
    text = join(
        [
            bold(t("The calendar is changed")),
            t(
                "Deadlines moved: {count}. Notices written: {told}.",
                count=len(done.moves),
                told=done.told,
            ),
            t("Version of the calendar: {version}", version=done.version),
        ]
    )
    return Shown(text, keyboard([button(t.button("Working days"), press("calendar"))]))
