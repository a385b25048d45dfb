"""Notices: how and when. The page of a person's own choices, and the pages behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time

from aiogram.types import InlineKeyboardButton

from domain.notices.kinds import CATEGORIES
from domain.preferences.digests import LISTED
from domain.preferences.rules import CLOSE, EVERY_DAY, MUTABLE, QuietHours
from domain.preferences.views import DigestPage, PreferencesView
from domain.roles import Role
from handlers.views import format as fmt
from handlers.views.notices import title
from handlers.views.notices.digests import lines, numbers
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.translator import Html, Lazy, Translator, escape, join, lazy

#: What each category of ``domain.notices.kinds`` is to its reader.
CATEGORY_NAMES: Mapping[str, Lazy] = {
    "terms": lazy("Terms: what you must do and until when", context="category"),
    "course": lazy("How orders go on", context="category"),
    "confirmations": lazy("Confirmations of what you did", context="category"),
    "account": lazy("Your account and roles", context="category"),
    "company": lazy("Your company: colleagues, duty", context="category"),
    "support": lazy("Answers of support", context="category"),
    "desk": lazy("Work of the support desk", context="category"),
    "faults": lazy("Faults of the platform", context="category"),
    "works": lazy("Planned works", context="category"),
    "administration": lazy("Administration of the platform", context="category"),
    "news": lazy("News of the platform", context="category"),
}

_WORKING_WEEK, _WEEKEND = 0b0011111, 0b1100000
#: Days on which quiet hours begin.
SPANS: Mapping[int, Lazy] = {
    EVERY_DAY: lazy("every day", context="quiet hours"),
    _WORKING_WEEK: lazy("from Monday to Friday", context="quiet hours"),
    _WEEKEND: lazy("on Saturday and Sunday", context="quiet hours"),
}
#: Quiet hours and digests to choose with one press, in minutes.
HOURS: Sequence[tuple[int, int]] = ((1320, 480), (1200, 480), (1140, 540))
TIMES: Sequence[int] = (540, 780, 1080, 1200)


def minutes_of_day(t: Translator, minutes: int) -> Html:
    """A time of day: 09:30."""
    return fmt.clock(t, time(minutes // 60, minutes % 60))


def _hours(t: Translator, first: int, last: int) -> Html:
    return minutes_of_day(t, first) + escape("–") + minutes_of_day(t, last)


def quiet_said(t: Translator, quiet: QuietHours | None) -> Html:
    """Quiet hours in a line."""
    if quiet is None:
        return t("none")
    hours = _hours(t, quiet.first, quiet.last)
    return join([hours, t(SPANS[quiet.days])], ", ") if quiet.days in SPANS else hours


def settings_page(
    t: Translator, mine: PreferencesView, *, in_company: bool, reminded: bool = False
) -> Shown:
    """Everything that may be chosen, as it stands; ``reminded``: the reader has terms."""
    digest = (
        t("off")
        if mine.digest_at is None
        else t("at {time}", time=minutes_of_day(t, mine.digest_at))
    )
    muted = join([t(CATEGORY_NAMES[each]) for each in mine.muted if each in CATEGORY_NAMES], "; ")
    lines_ = [
        t("Quiet hours: {hours}", hours=quiet_said(t, mine.quiet)),
        t("Digest: {when}", when=digest),
        t.plural("Waits for it: {n} notice", "Wait for it: {n} notices", mine.waiting)
        if mine.waiting
        else "",
        t("Muted: {what}", what=muted or t("nothing")),
    ]
    rows = [
        [
            button(t.button("Quiet hours"), press("set.quiet")),
            button(t.button("Digest"), press("set.digest")),
        ],
        [
            button(t.button("Mute"), press("set.muted")),
            button(t.button("Language"), press("languages")),
        ],
        [
            *([button(t.button("Reminders"), press("set.remind"))] if reminded else []),
            *(
                [button(t.button("Deadlines in a calendar"), press("set.calendar"))]
                if in_company
                else []
            ),
        ],
        [button(t.button("E-mail, SMS"), press("addresses"))],
        [button(t.button("My account"), press("me"))],
    ]
    text = join([bold(t("Notices: how and when")), join(lines_), _always(t)], "\n\n")
    return Shown(text, keyboard(*rows))


def _always(t: Translator) -> Html:
    return t(
        "Terms of the law are told in any case: whoever is not told could miss them. The rule: "
        "{clause}",
        clause=fmt.clause(t, "366-11"),
    )


# Quiet hours


def quiet_page(t: Translator, mine: PreferencesView) -> Shown:
    """The hours in which nothing rings, and what comes all the same."""
    text = join(
        [
            bold(t("Quiet hours")),
            t("Now: {hours}", hours=quiet_said(t, mine.quiet)),
            t("What comes in these hours waits until they are over. By Astana time."),
            t(
                "What the law wants told does not wait, nor do confirmations of your acts and "
                "reminders that you asked for. Only word of a term that runs already and ends "
                "more than {hours} after the quiet hours comes when they are over.",
                hours=fmt.duration(t, CLOSE),
            ),
        ],
        "\n\n",
    )
    days = mine.quiet.days if mine.quiet is not None else EVERY_DAY
    rows: list[list[InlineKeyboardButton]] = [
        [
            button(str(_hours(t, first, last)), press("set.quiet.to", first, last, days))
            for first, last in HOURS[:2]
        ],
        [
            button(str(_hours(t, *HOURS[2])), press("set.quiet.to", *HOURS[2], days)),
            button(t.button("Other hours"), press("set.quiet.type")),
        ],
    ]
    if mine.quiet is not None:
        now = mine.quiet
        rows += [
            [
                button(
                    t.button(_SPAN_BUTTONS[each]), press("set.quiet.to", now.first, now.last, each)
                )
            ]
            for each in SPANS
            if each != now.days
        ]
        rows.append([button(t.button("No quiet hours"), press("set.quiet.off"))])
    return Shown(text, keyboard(*rows, _back(t)))


_SPAN_BUTTONS: Mapping[int, Lazy] = {
    EVERY_DAY: lazy("Every day", context="button"),
    _WORKING_WEEK: lazy("From Monday to Friday", context="button"),
    _WEEKEND: lazy("On Saturday and Sunday", context="button"),
}


def ask_hours(t: Translator) -> Html:
    """The question for quiet hours of one's own."""
    return t("From when until when shall it be quiet? Type two times: 22:30-07:30")


# Digest


def digest_settings(t: Translator, mine: PreferencesView) -> Shown:
    """When the news of a day come, and what never waits for it."""
    now = t("off") if mine.digest_at is None else minutes_of_day(t, mine.digest_at)
    waiting = (
        t.plural("Waits for it: {n} notice", "Wait for it: {n} notices", mine.waiting)
        if mine.waiting
        else ""
    )
    text = join(
        [
            bold(t("Digest")),
            join([t("Now: {hours}", hours=now), waiting]),
            t(
                "News and work of a day come as one message at the hour you choose, quiet hours "
                "or not. A day without them brings no message."
            ),
            t(
                "Terms of the law, confirmations, faults and works and what concerns your account "
                "come by themselves."
            ),
        ],
        "\n\n",
    )
    times = [button(str(minutes_of_day(t, each)), press("set.digest.to", each)) for each in TIMES]
    rows = [times, [button(t.button("Another hour"), press("set.digest.type"))]]
    if mine.digest_at is not None:
        rows.append([button(t.button("No digest"), press("set.digest.off"))])
    return Shown(text, keyboard(*rows, _back(t)))


def ask_time(t: Translator) -> Html:
    """The question for an hour of one's own."""
    return t("At what time shall the digest come? Type a time: 18:30")


# Muting


#: Who is told of what only some are; of all else everybody.
_ONLY: Mapping[str, frozenset[Role]] = {
    "desk": frozenset({Role.SUPPORT, Role.ADMIN}),
    "administration": frozenset({Role.ADMIN}),
}


def muted_page(t: Translator, mine: PreferencesView, role: Role | None) -> Shown:
    """What may be muted, each with a button; what may not, and why."""
    named = [each.name for each in CATEGORIES if each.name in CATEGORY_NAMES]
    may = [name for name in named if name in MUTABLE]
    told = [name for name in named if name not in MUTABLE and role in _ONLY.get(name, {role})]
    marks = {name: "🔕 " if name in mine.muted else "🔔 " for name in may}
    text = join(
        [
            bold(t("Mute")),
            t("A muted notice stands in your list (/notices) and is not sent."),
            join([escape(marks[name]) + t(CATEGORY_NAMES[name]) for name in may]),
            join(
                [
                    t("Cannot be muted:"),
                    *(escape("• ") + t(CATEGORY_NAMES[name]) for name in told),
                ]
            ),
            _always(t),
        ],
        "\n\n",
    )
    rows = [
        [
            button(
                marks[name] + t.button(_MUTE_BUTTONS[name]),
                press("set.mute", name, 0 if name in mine.muted else 1),
            )
        ]
        for name in may
    ]
    return Shown(text, keyboard(*rows, _back(t)))


_MUTE_BUTTONS: Mapping[str, Lazy] = {
    "course": lazy("How orders go on", context="button"),
    "company": lazy("Your company", context="button"),
    "news": lazy("News", context="button"),
}


# The events of a digest


def digest_events(t: Translator, page: DigestPage) -> Shown:
    """All events of one digest, by pages."""
    head = bold(t("Digest, notice No. {number}", number=page.number))
    first = (page.page - 1) * LISTED + 1
    shown = lines(t, page.events, title, first)
    empty = t("These notices stand in your list: /notices")
    turn = [
        button(label, press("digest.turn", page.number, at))
        for label, at in ((t.button("Earlier"), page.page - 1), (t.button("Later"), page.page + 1))
        if 1 <= at <= page.pages
    ]
    count = t("Page {page} of {pages}", page=page.page, pages=page.pages)
    text = join([head, join(shown) if shown else empty, count if page.pages > 1 else ""], "\n\n")
    return Shown(text, keyboard(*numbers(page.events, first), turn))


def _back(t: Translator) -> list[InlineKeyboardButton]:
    return [button(t.button("Back"), press("settings"))]
