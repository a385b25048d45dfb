"""Notices of planned works (act 366, clause 22; act 627, clauses 30 and 31)."""

from __future__ import annotations

from handlers.views import format as fmt
from handlers.views.notices.facts import Draft, Facts, clause, in_language
from handlers.views.notices.incidents import menu, said, told
from handlers.views.shown import bold
from handlers.views.translator import Html, Translator, join


def _works(t: Translator, f: Facts) -> Html:
    since, until = f.at("starts_at"), f.at("ends_at")
    emergency = f.text("emergency")
    return join(
        [
            said(in_language(t, f.notice.params, "text")),
            t("From: {moment}", moment=bold(fmt.moment(t, since))) if since else "",
            t("To: {moment}", moment=bold(fmt.moment(t, until))) if until else "",
            t("Announced later than usual. Ground: {ground}", ground=told(t, f, "emergency"))
            if emergency
            else "",
            clause(t, f),
        ]
    )


def works_announced(t: Translator, f: Facts) -> Draft:
    """To everybody, in advance."""
    return Draft(
        t("Planned works No. {number}", number=f.number),
        [_works(t, f), t("The platform may not answer during this time.")],
        menu(t),
    )


def works_tomorrow(t: Translator, f: Facts) -> Draft:
    """To everybody, on the day before."""
    return Draft(
        t("Reminder: works No. {number} are tomorrow", number=f.number), [_works(t, f)], menu(t)
    )


def works_started(t: Translator, f: Facts) -> Draft:
    """To everybody."""
    return Draft(t("Works No. {number} have begun", number=f.number), [_works(t, f)], menu(t))


def works_finished(t: Translator, f: Facts) -> Draft:
    """To everybody."""
    return Draft(
        t("Works No. {number} are over", number=f.number),
        [said(in_language(t, f.notice.params, "text")), t("The platform works as usual.")],
        menu(t),
    )


def works_cancelled(t: Translator, f: Facts) -> Draft:
    """To everybody."""
    return Draft(
        t("Works No. {number} are cancelled", number=f.number),
        [_works(t, f), t("Deadlines that were moved because of them stay moved.")],
        menu(t),
    )


def works_prolonged(t: Translator, f: Facts) -> Draft:
    """To everybody."""
    return Draft(
        t("Works No. {number} take longer", number=f.number),
        [_works(t, f), t("Reason: {reason}", reason=told(t, f, "reason"))],
        menu(t),
    )
