"""Who is on duty for a company: the page, its lists, the questions of the form of an absence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from aiogram.types import InlineKeyboardButton

from domain.duty.rules import MOST_TURNS
from domain.duty.views import AbsenceView, DatesView, DutyPlan, PersonBrief, WeekView
from handlers.views import format as fmt
from handlers.views.parts import cut
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.translator import Html, Lazy, Translator, escape, join, lazy

PAGE = 8
_NAME, _LABEL, _LISTED = 60, 24, 6

#: For how long the duty is handed over.
SPANS: Mapping[str, Lazy] = {
    "today": lazy("Today", context="button"),
    "week": lazy("Until Sunday", context="button"),
    "next": lazy("Next week", context="button"),
}


def _name(person: PersonBrief) -> Html:
    return escape(cut(person.name, _NAME) or "–")


def duty_page(t: Translator, plan: DutyPlan) -> Shown:
    """This week and the next, who is away; without a roster, what that means."""
    blocks = [bold(t("On duty")), *(_weeks(t, plan) if plan.kept else [_empty(t)])]
    if plan.turns:
        names = join([_name(each) for each in plan.turns], ", ")
        blocks.append(t("Turns, a week each: {names}", names=names))
    if plan.dates:
        blocks.append(join([bold(t("Handed over")), *_dates(t, plan.dates)]))
    if plan.absences:
        blocks.append(join([bold(t("Away")), *_absences(t, plan.absences)]))
    rows = [
        [button(t.button("Set the turns"), press("duty.turns", 0))],
        [
            button(t.button("Hand over duty"), press("duty.hand", 0)),
            button(t.button("Enter an absence"), press("duty.away")),
        ],
    ]
    if plan.dates or plan.absences:
        rows.append([button(t.button("Remove an entry"), press("duty.entries", 0))])
    if plan.kept:
        rows.append([button(t.button("Keep no roster"), press("duty.drop"))])
    rows.append([button(t.button("When others are woken"), press("duty.chains"))])
    rows.append([button(t.button("My account"), press("me"))])
    return Shown(join(blocks, "\n\n"), keyboard(*rows))


def _empty(t: Translator) -> Html:
    return join(
        [
            t(
                "Your company keeps no roster: everybody who acts for it is told of everything "
                "at once."
            ),
            t(
                "With a roster whoever is on duty is told first. The others find the notice in "
                "their list and are woken when nobody answers."
            ),
        ],
        "\n\n",
    )


def _weeks(t: Translator, plan: DutyPlan) -> list[Html]:
    labels = (t("This week"), t("Next week"))
    found = []
    for label, week in zip(labels, plan.weeks, strict=False):
        head = bold(label) + escape(" · ") + fmt.weekday(t, week.monday)
        found.append(join([head, *_week(t, week)]))
    return found


def _week(t: Translator, week: WeekView) -> list[Html]:
    lines = [_holder(t, week.person)]
    if week.instead_of is not None:
        lines.append(t("In place of: {name}", name=_name(week.instead_of)))
    for day, person in week.others:
        lines.append(t("From {day}: {name}", day=fmt.weekday(t, day), name=_holder(t, person)))
    return lines


def _holder(t: Translator, person: PersonBrief | None) -> Html:
    return t("everybody is told at once") if person is None else _name(person)


def _days(t: Translator, first: date, last: date) -> Html:
    if first == last:
        return fmt.day(t, first)
    return fmt.day(t, first) + escape(" – ") + fmt.day(t, last)


def _dates(t: Translator, dates: Sequence[DatesView]) -> list[Html]:
    shown = [join([_days(t, each.first, each.last), _name(each.person)], ": ") for each in dates]
    return _short(t, shown)


def _absences(t: Translator, absences: Sequence[AbsenceView]) -> list[Html]:
    return _short(t, [_absence(t, each) for each in absences])


def _absence(t: Translator, each: AbsenceView) -> Html:
    who = join([_days(t, each.first, each.last), _name(each.person)], ": ")
    if each.deputy is None:
        return join([who, t("nobody stands in")], ", ")
    return join([who, t("stands in: {name}", name=_name(each.deputy))], ", ")


def _short(t: Translator, lines: list[Html]) -> list[Html]:
    more = len(lines) - _LISTED
    rest = [t.plural("and {n} more", "and {n} more", more)] if more > 0 else []
    return [*lines[:_LISTED], *rest]


def turns_page(t: Translator, plan: DutyPlan, page: int) -> Shown:
    """The people of the company; a press puts one at the end of the turns, or takes them out."""
    order = {each.id: place for place, each in enumerate(plan.turns, start=1)}
    text = join(
        [
            bold(t("Turns")),
            t(
                "Press a name to add it to the turns or to take it out. The first has this "
                "week, each next one the week after. At most {limit} people.",
                limit=MOST_TURNS,
            ),
            join([escape(f"{order[each.id]}. {cut(each.name, _NAME)}") for each in plan.turns]),
        ],
        "\n\n",
    )
    rows = [
        [
            button(
                cut((f"{order[each.id]}. " if each.id in order else "+ ") + each.name, _LABEL),
                press("duty.turn", each.id, page),
            )
        ]
        for each in _slice(plan.people, page)
    ]
    return Shown(text, keyboard(*rows, _pages(t, len(plan.people), page, "duty.turns"), _back(t)))


def hand_page(t: Translator, plan: DutyPlan, page: int) -> Shown:
    """To whom the duty is handed over."""
    rows = [
        [button(cut(each.name, _LABEL) or "–", press("duty.hand.to", each.id))]
        for each in _slice(plan.people, page)
    ]
    text = join([bold(t("Hand over the duty")), t("To whom?")], "\n\n")
    return Shown(text, keyboard(*rows, _pages(t, len(plan.people), page, "duty.hand"), _back(t)))


def span_page(t: Translator, person: PersonBrief) -> Shown:
    """For how long."""
    rows = [
        [button(t.button(label), press("duty.hand.for", person.id, span))]
        for span, label in SPANS.items()
    ]
    text = join(
        [bold(t("Hand over the duty")), t("To: {name}", name=_name(person)), t("For how long?")]
    )
    return Shown(text, keyboard(*rows, _back(t)))


def entries_page(t: Translator, plan: DutyPlan, page: int) -> Shown:
    """Hand-overs and absences; a press takes one back."""
    entries = [
        *(
            (join([_days(t, d.first, d.last), _name(d.person)], ": "), "d", d.number)
            for d in plan.dates
        ),
        *((_absence(t, a), "a", a.number) for a in plan.absences),
    ]
    shown = entries[page * PAGE : (page + 1) * PAGE]
    lines = [escape(f"{place}. ") + line for place, (line, *_) in enumerate(shown, start=1)]
    if not lines:
        lines = [t("There is nothing to remove.")]
    buttons = [
        button(f"✕ {place}", press("duty.entry", kind, number), "danger")
        for place, (_, kind, number) in enumerate(shown, start=1)
    ]
    return Shown(
        join([bold(t("Remove an entry")), join(lines)], "\n\n"),
        keyboard(
            *(buttons[at : at + 4] for at in range(0, len(buttons), 4)),
            _pages(t, len(entries), page, "duty.entries"),
            _back(t),
        ),
    )


def drop_question(t: Translator) -> Shown:
    """Before the roster is given up."""
    text = join(
        [
            bold(t("Keep no roster?")),
            t("Turns and hand-overs are removed; absences stay. Everybody is told at once then."),
        ],
        "\n\n",
    )
    yes = button(t.button("Yes, keep none"), press("duty.dropped"), "danger")
    return Shown(text, keyboard(_back(t), [yes]))


def _back(t: Translator) -> list[InlineKeyboardButton]:
    return [button(t.button("Back"), press("duty"))]


def _slice(people: Sequence[PersonBrief], page: int) -> Sequence[PersonBrief]:
    return people[page * PAGE : (page + 1) * PAGE]


def _pages(t: Translator, count: int, page: int, name: str) -> list[InlineKeyboardButton]:
    row = []
    if page > 0:
        row.append(button(t.button("Previous"), press(name, page - 1)))
    if (page + 1) * PAGE < count:
        row.append(button(t.button("Next"), press(name, page + 1)))
    return row


# The form of an absence


def ask_who(t: Translator) -> Html:
    """Whose absence it is: asked of the head."""
    return join([bold(t("Absence")), t("Who is away?")], "\n\n")


def ask_days(t: Translator, name: str) -> Html:
    """The first and the last day, typed."""
    return join(
        [
            bold(t("Absence")),
            t("Away: {name}", name=cut(name, _NAME)),
            t(
                "Type the first and the last day, for example: 24.11.2026 – 05.12.2026, or "
                "24.11 – 05.12. One day alone is one date."
            ),
        ],
        "\n\n",
    )


def ask_deputy(t: Translator, name: str, first: date, last: date) -> Html:
    """Who stands in."""
    return join(
        [
            bold(t("Who stands in?")),
            join([t("Away: {name}", name=cut(name, _NAME)), _days(t, first, last)]),
            t("Without a deputy everybody is told at once in place of this person."),
        ],
        "\n\n",
    )


def review_absence(t: Translator, name: str, first: date, last: date, deputy: str) -> Html:
    """Everything once more, before it is entered."""
    stands = t("stands in: {name}", name=cut(deputy, _NAME)) if deputy else t("nobody stands in")
    return join(
        [
            bold(t("Enter the absence?")),
            join([t("Away: {name}", name=cut(name, _NAME)), _days(t, first, last), stands]),
        ],
        "\n\n",
    )
