"""Notices of faults (act 366, clauses 23-29; act 627, clauses 15-26)."""

from __future__ import annotations

from datetime import datetime

from domain.incidents.said import Said
from domain.incidents.timers import OWNER_REPORT
from handlers.views import faults_words as words
from handlers.views import format as fmt
from handlers.views.faults_words import ranges
from handlers.views.notices.facts import Draft, Facts, Row, clause, short
from handlers.views.press import press
from handlers.views.shown import bold, button
from handlers.views.terms import INCIDENT_TERMS, LEVELS, MODULES
from handlers.views.translator import Html, Translator, escape, join

_TEXT_SHOWN = 700
_RANGES_SHOWN = 60


def menu(t: Translator) -> list[Row]:
    """The way on where there is nothing to open."""
    return [[button(t.button("Open the menu"), press("menu"))]]


def _card(t: Translator, f: Facts, name: str) -> list[Row]:
    """The way to the incident: its card for those who decide, the own report for others."""
    number = f.number
    if not number:
        return menu(t)
    return [[button(t.button("Show the incident"), press(name, number))]]


def said(text: str) -> Html:
    """What somebody wrote, as much as a notice holds."""
    return escape(short(text, _TEXT_SHOWN))


def told(t: Translator, f: Facts, name: str) -> Html:
    """What operators tell, in the reader's language, or with the word in which it stands.

    Notices written before there were two languages have one text.
    """
    text = Said(f.text(f"{name}_kk"), f.text(f"{name}_ru")) or Said.of(f.text(name))
    return words.said(t, text, _TEXT_SHOWN)


def _level(t: Translator, f: Facts) -> Html:
    level = LEVELS.get(f.text("level"))
    return t("Level: {level}", level=t(level)) if level else escape("")


def _interval(t: Translator, f: Facts) -> Html:
    began, mended, planned = f.at("began_at"), f.at("mended_at"), f.at("planned_at")
    return join(
        [
            t("Began: {moment}", moment=fmt.moment(t, began)) if began else "",
            t("Mended: {moment}", moment=fmt.moment(t, mended)) if mended else "",
            t("Will be mended, as planned: {moment}", moment=fmt.moment(t, planned))
            if planned and not mended
            else "",
        ]
    )


def _modules(t: Translator, f: Facts) -> Html:
    given = f.notice.params.get("modules")
    named = [MODULES[each] for each in given if each in MODULES] if isinstance(given, list) else []
    if not named:
        return escape("")
    return t("What does not work: {modules}", modules=join([t(each) for each in named], ", "))


def fault(t: Translator, f: Facts) -> Html:
    """The fault in a few lines: title, time, what it touches, level."""
    return join([told(t, f, "title"), _interval(t, f), _modules(t, f), _level(t, f)])


def _facts(t: Translator, f: Facts) -> Html:
    facts = told(t, f, "facts")
    return t("Facts: {facts}", facts=facts) if facts else escape("")


def _until(t: Translator, at: datetime | None) -> Html:
    return bold(fmt.due(t, at)) if at else escape("")


def received(t: Translator, f: Facts) -> Draft:
    """To who reported: number, and what follows (the automatic confirmation)."""
    found, decide, until = f.at("found_at"), f.at("decide_by"), f.at("reported_by")
    follows = t("Support analyses it and tells you the result here.")
    if decide:
        follows = t("It will be confirmed or refuted by {due_at}.", due_at=_until(t, decide))
    late = f.text("late") == "True" and until
    return Draft(
        t("Your report of a fault is taken: incident No. {number}", number=f.number),
        [
            join(
                [
                    t("Found: {moment}", moment=fmt.moment(t, found)) if found else "",
                    t(
                        "The report came after its term ({due_at}) and is marked as late. "
                        "It is analysed all the same.",
                        due_at=fmt.due(t, until),
                    )
                    if late and until
                    else "",
                    clause(t, f),
                ]
            ),
            follows,
        ],
        _card(t, f, "fault.mine"),
    )


def reported(t: Translator, f: Facts) -> Draft:
    """To the operators."""
    decide = f.at("decide_by")
    headline = t("New incident No. {number}", number=f.number)
    if f.text("joined") == "True":
        headline = t("One more report on incident No. {number}", number=f.number)
    return Draft(
        headline,
        [
            join(
                [
                    told(t, f, "title"),
                    t("The report is late.") if f.text("late") == "True" else "",
                    t("Decide by {due_at}", due_at=_until(t, decide)) if decide else "",
                    clause(t, f),
                ]
            )
        ],
        _card(t, f, "incident.card"),
    )


def witnessed(t: Translator, f: Facts) -> Draft:
    """To the operators: an outage of our own."""
    began, ended = f.at("began_at"), f.at("ended_at")
    return Draft(
        t("The platform itself opened incident No. {number}", number=f.number),
        [
            join(
                [
                    words.silent(t, f.text("part")),
                    t("Began: {moment}", moment=fmt.moment(t, began)) if began else "",
                    t("Ended: {moment}", moment=fmt.moment(t, ended)) if ended else "",
                ]
            ),
            t("Confirm or refute the fault."),
        ],
        _card(t, f, "incident.card"),
    )


def confirmed(t: Translator, f: Facts) -> Draft:
    """To who reported it."""
    return Draft(
        t("The fault you reported is confirmed: incident No. {number}", number=f.number),
        [fault(t, f), _facts(t, f)],
        _card(t, f, "fault.mine"),
    )


def began(t: Translator, f: Facts) -> Draft:
    """To the users touched."""
    return Draft(
        t("A fault of the platform: incident No. {number}", number=f.number),
        [
            fault(t, f),
            t("Deadlines it touches are moved where the rules say so. You will be told of yours."),
        ],
        menu(t),
    )


def planned(t: Translator, f: Facts) -> Draft:
    """To the users touched: when it will be mended, or when now."""
    return Draft(
        t("Incident No. {number}: when the fault will be mended", number=f.number),
        [fault(t, f)],
        menu(t),
    )


def changed(t: Translator, f: Facts) -> Draft:
    """To the users touched: the fault is of another level than they were told."""
    before = LEVELS.get(f.text("before"))
    return Draft(
        t("Incident No. {number}: the level of the fault has changed", number=f.number),
        [fault(t, f), t("It was: {level}", level=t(before)) if before else escape("")],
        menu(t),
    )


def tonight(t: Translator, f: Facts) -> Draft:
    """To operators, and to the authorised body while it is waited for: terms end over a fault."""
    due_at, count = f.at("due_at"), f.whole("count")
    follows = t("Look at the deadlines touched and apply the incident.")
    if f.text("waits") == "level":
        follows = t("The level is not agreed yet: until it is, nothing can be moved.")
    return Draft(
        t("Deadlines end tonight within the fault: incident No. {number}", number=f.number),
        [
            join(
                [
                    told(t, f, "title"),
                    t.plural(
                        "{n} deadline ends and is not moved",
                        "{n} deadlines end and are not moved",
                        count,
                    ),
                    _until(t, due_at),
                    clause(t, f),
                ]
            ),
            follows,
        ],
        _card(t, f, "incident.card"),
    )


def mended(t: Translator, f: Facts) -> Draft:
    """To the users touched, with the numbers of the orders moved."""
    measures = told(t, f, "measures")
    return Draft(
        t("Incident No. {number}: the fault is mended", number=f.number),
        [
            fault(t, f),
            t("Measures: {measures}", measures=measures) if measures else escape(""),
            _orders(t, f),
        ],
        menu(t),
    )


def _orders(t: Translator, f: Facts) -> Html:
    """Every order, as far as a message holds them; the page of the status has all (627-26.12)."""
    given = f.notice.params.get("orders")
    found = [(int(each[0]), int(each[1])) for each in given] if isinstance(given, list) else []
    if not found:
        return escape("")
    shown = found[:_RANGES_SHOWN]
    rest = f.whole("more") + sum(last - first + 1 for first, last in found[_RANGES_SHOWN:])
    named = t("Orders with moved deadlines: No. {numbers}", numbers=ranges(shown))
    if not rest:
        return named
    more = t.plural("and {n} more order", "and {n} more orders", rest)
    return join([named, more, t("All of them stand on the page of the status.")])


def refuted(t: Translator, f: Facts) -> Draft:
    """To who reported it, with the facts."""
    return Draft(
        t("Incident No. {number}: no fault was found", number=f.number),
        [join([told(t, f, "title"), _facts(t, f), clause(t, f)])],
        _card(t, f, "fault.mine"),
    )


def joined(t: Translator, f: Facts) -> Draft:
    """To who reported it: it is the fault of another incident."""
    headline = t("Your report goes on in incident No. {number}", number=f.number)
    lines = [
        told(t, f, "title"),
        t("Before it was incident No. {number}.", number=f.whole("joined")),
    ]
    follows = t("Support analyses it and tells you the result here.")
    if f.text("state") == "confirmed":
        follows = join([t("The fault is confirmed."), _interval(t, f), _facts(t, f)])
    return Draft(headline, [join(lines), follows], _card(t, f, "fault.mine"))


def untold(t: Translator, f: Facts) -> Draft:
    """To operators: word of a refutation cannot reach somebody."""
    return Draft(
        t("Incident No. {number}: word of the refutation did not arrive", number=f.number),
        [
            join(
                [
                    told(t, f, "title"),
                    t.plural(
                        "{n} who reported it was not reached",
                        "{n} who reported it were not reached",
                        f.whole("count"),
                    ),
                    clause(t, f),
                ]
            ),
            t("Call them: their contacts are in the reports. Then press “Refutation told”."),
        ],
        _card(t, f, "incident.card"),
    )


def reopened(t: Translator, f: Facts) -> Draft:
    """To who reported it."""
    return Draft(
        t("Incident No. {number} is analysed again", number=f.number),
        [join([told(t, f, "title"), t("Reason: {reason}", reason=told(t, f, "reason"))])],
        _card(t, f, "fault.mine"),
    )


def level_asked(t: Translator, f: Facts) -> Draft:
    """To the authorised body: a level waits."""
    return Draft(
        t("Agree to the level of incident No. {number}", number=f.number),
        [
            fault(t, f),
            _facts(t, f),
            join([t("The level takes effect when you agree."), clause(t, f)]),
        ],
        _card(t, f, "incident.card"),
    )


def informed(t: Translator, f: Facts) -> Draft:
    """To the owner: a fault is confirmed."""
    return Draft(
        t("A fault is confirmed: incident No. {number}", number=f.number),
        [fault(t, f), join([_facts(t, f), clause(t, f)])],
        _card(t, f, "incident.card"),
    )


def level_agreed(t: Translator, f: Facts) -> Draft:
    """To the operators."""
    return Draft(
        t("The level of incident No. {number} is agreed", number=f.number),
        [fault(t, f), t("Look at the deadlines touched and apply the incident.")],
        _card(t, f, "incident.card"),
    )


def level_returned(t: Translator, f: Facts) -> Draft:
    """To the operators, with the reason."""
    return Draft(
        t("The level of incident No. {number} is returned", number=f.number),
        [
            fault(t, f),
            join([t("Reason: {reason}", reason=said(f.text("note"))), clause(t, f)]),
            t("Propose a level again."),
        ],
        _card(t, f, "incident.card"),
    )


def _due(t: Translator, f: Facts) -> list[Row]:
    """The way to what is due: the form of the written report, and the card."""
    if f.text("term") != OWNER_REPORT or not f.number:
        return _card(t, f, "incident.card")
    prepare = button(t.button("Report to sign"), press("incident.paper", f.number))
    return [[prepare], *_card(t, f, "incident.card")]


def _term(t: Translator, f: Facts) -> Html:
    known = INCIDENT_TERMS.get(f.text("term"))
    return t(known) if known else escape(f.text("term"))


def overdue(t: Translator, f: Facts) -> Draft:
    """To those concerned and the administrators: a term of an incident is over."""
    due_at = f.at("due_at")
    return Draft(
        t("Overdue on incident No. {number}", number=f.number),
        [
            join(
                [
                    told(t, f, "title"),
                    bold(_term(t, f)),
                    t("The deadline was: {due_at}", due_at=fmt.due(t, due_at)) if due_at else "",
                    clause(t, f),
                ]
            )
        ],
        _due(t, f),
    )


def reminder(t: Translator, f: Facts) -> Draft:
    """To those concerned: a term of an incident ends soon."""
    due_at = f.at("due_at")
    left = fmt.left(t, f.now, due_at) if due_at else escape("")
    return Draft(
        t("Reminder: incident No. {number}", number=f.number),
        [
            join(
                [
                    told(t, f, "title"),
                    bold(_term(t, f)),
                    join([_until(t, due_at), left], " · "),
                    clause(t, f),
                ]
            )
        ],
        _due(t, f),
    )
