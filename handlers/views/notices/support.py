"""Notices of the support desk: to whoever asked, and to operators.

What an operator wrote is HTML that Telegram takes and stands as it was written.
"""

from __future__ import annotations

from aiogram.types import InlineKeyboardButton

from handlers.views import format as fmt
from handlers.views.notices.facts import Draft, Facts, clause, short
from handlers.views.parts import fits
from handlers.views.press import press
from handlers.views.shown import bold, button
from handlers.views.split import split_html
from handlers.views.support_words import (
    FILE_KINDS,
    TICKET_RESULTS,
    read_in_full,
    stars,
    when,
)
from handlers.views.translator import Html, Translator, escape, join

_SUBJECT = 60
#: Of what was written, with room for what stands around it.
_TEXT = 3_000
_RATED = ("answered", "called_back")


def _open(t: Translator, f: Facts, card: str = "ticket.card") -> list[list[InlineKeyboardButton]]:
    number = f.whole("ticket")
    if not number:
        return []
    return [[button(t.button("Open the request"), press(card, number))]]


def _by(t: Translator, f: Facts) -> Html:
    """By when it is promised, what is left of it, and the clause."""
    due_at = f.at("due_at")
    if due_at is None:
        return clause(t, f)
    promised = t("We will work it by: {when}", when=bold(when(t, due_at)))
    return join([promised, join([fmt.left(t, f.now, due_at), clause(t, f)], " · ")])


def _about(t: Translator, f: Facts) -> Html:
    """What a request is about; nothing for a voice without words."""
    subject = f.text("subject")
    return t("About: {subject}", subject=short(subject, _SUBJECT)) if subject else escape("")


def _said(t: Translator, f: Facts) -> Html:
    """What an operator wrote, as it was written: the desk keeps it as HTML."""
    text = Html(f.text("text"))
    if not text:
        return escape("")
    if not fits(text, _TEXT):
        text = Html(split_html(text, _TEXT)[0] + "…")
    return t("Support: {text}", text=text)


def _read(t: Translator, f: Facts) -> list[list[InlineKeyboardButton]]:
    """To the request; first to the whole of a text that is cut here."""
    number, message = f.whole("ticket"), f.whole("message")
    cut = number and message and not fits(Html(f.text("text")), _TEXT)
    return [*([[read_in_full(t, number, message)]] if cut else []), *_open(t, f)]


def received(t: Translator, f: Facts) -> Draft:
    """The automatic confirmation: number and promise (366, clause 19; 627, clause 17)."""
    number = f.whole("ticket")
    now = t("An operator answers now.") if f.notice.params.get("open") is True else escape("")
    return Draft(
        t("Your request No. {number} is taken", number=number),
        [_about(t, f), join([now, _by(t, f)])],
        _open(t, f),
    )


def reopened(t: Translator, f: Facts) -> Draft:
    """To whoever asked: the request goes on."""
    return Draft(
        t("Your request No. {number} is open again", number=f.whole("ticket")),
        [_about(t, f), _by(t, f)],
        _open(t, f),
    )


def answered(t: Translator, f: Facts) -> Draft:
    """The answer of an operator; its files come with the request."""
    files = [_file(t, str(each.get("kind") or "")) for each in f.items("files")]
    more = t("Files: {files}", files=join(files, ", ")) if files else escape("")
    return Draft(
        t("Answer to your request No. {number}", number=f.whole("ticket")),
        [_said(t, f), more],
        _read(t, f),
    )


def _file(t: Translator, kind: str) -> Html:
    known = FILE_KINDS.get(kind)
    return t(known) if known else escape(kind)


def documents(t: Translator, f: Facts) -> Draft:
    """What is missing is asked for (act 627, clause 18)."""
    return Draft(
        t("Support asks you for documents: request No. {number}", number=f.whole("ticket")),
        [_said(t, f), t("Please send them here or in the request."), clause(t, f)],
        _read(t, f),
    )


def called_back(t: Translator, f: Facts) -> Draft:
    """What was said in a call back."""
    return Draft(
        t("We called you back: request No. {number}", number=f.whole("ticket")),
        [_said(t, f)],
        _read(t, f),
    )


def not_reached(t: Translator, f: Facts) -> Draft:
    """A call that nobody answered."""
    return Draft(
        t("We called you and could not reach you: request No. {number}", number=f.whole("ticket")),
        [t("We will try again. You can also write here when to call.")],
        _open(t, f),
    )


def closed(t: Translator, f: Facts) -> Draft:
    """The end of a request, and until when it can be opened again."""
    result = TICKET_RESULTS.get(f.text("result"))
    until = f.at("reopen_until")
    again = t("It can be opened again until {when}.", when=when(t, until)) if until else escape("")
    return Draft(
        t("Your request No. {number} is closed", number=f.whole("ticket")),
        [
            _about(t, f),
            t("Result: {result}", result=t(result)) if result else escape(""),
            _said(t, f),
            again,
        ],
        [*_read(t, f), *_stars(f)],
    )


def _stars(f: Facts) -> list[list[InlineKeyboardButton]]:
    """How good the answer was, asked where there was one."""
    number = f.whole("ticket")
    return [stars(number)] if number and f.text("result") in _RATED else []


def merged(t: Translator, f: Facts) -> Draft:
    """Two requests on the same have become one."""
    into = f.whole("into")
    return Draft(
        t("Your request No. {number} is joined with another", number=f.whole("ticket")),
        [t("It goes on in request No. {number}.", number=into) if into else escape("")],
        [[button(t.button("Open the request"), press("ticket.card", into))]] if into else [],
    )


def promise_moved(t: Translator, f: Facts) -> Draft:
    """A change of the working calendar has moved a promise: told again."""
    old = f.at("old")
    return Draft(
        t("Your request No. {number}: the promised time has moved", number=f.whole("ticket")),
        [
            join([_by(t, f), t("It was: {due_at}", due_at=when(t, old)) if old else ""]),
            t("The working calendar has changed."),
        ],
        _open(t, f),
    )


def file_lost(t: Translator, f: Facts) -> Draft:
    """A file that could not be fetched."""
    name = f.text("name")
    return Draft(
        t("A file did not arrive: request No. {number}", number=f.whole("ticket")),
        [
            t("File: {name}", name=short(name, _SUBJECT)) if name else escape(""),
            t("Please send it once more. The request itself is with us."),
        ],
        _open(t, f),
    )


def file_too_big(t: Translator, f: Facts) -> Draft:
    """A file over the limit (act 627, clause 8)."""
    name = f.text("name")
    return Draft(
        t("A file is over 20 MB: request No. {number}", number=f.whole("ticket")),
        [
            t("File: {name}", name=short(name, _SUBJECT)) if name else escape(""),
            join([t("Please send it in parts of at most 20 MB each."), clause(t, f)]),
        ],
        _open(t, f),
    )


def muted(t: Translator, f: Facts) -> Draft:
    """Somebody may not write for a time."""
    until = f.at("until")
    return Draft(
        t("You cannot write to support for a time"),
        [
            t("Reason: {reason}", reason=f.text("reason")),
            t("You can write again from {when}.", when=when(t, until)) if until else escape(""),
        ],
    )


def unmuted(t: Translator, _: Facts) -> Draft:
    """Somebody may write again."""
    return Draft(t("You can write to support again"), [t("Thank you for your patience.")])


def _desk(t: Translator, f: Facts, headline: Html, *more: Html) -> Draft:
    """A notice to operators on one request."""
    return Draft(headline, [_about(t, f), *more, _by(t, f)], _open(t, f, "desk.open"))


def new(t: Translator, f: Facts) -> Draft:
    """To operators: somebody asks in hours."""
    return _desk(t, f, t("New request No. {number}", number=f.whole("ticket")))


def user_wrote(t: Translator, f: Facts) -> Draft:
    """To the operator: the user goes on."""
    return _desk(t, f, t("The user wrote in request No. {number}", number=f.whole("ticket")))


def assigned(t: Translator, f: Facts) -> Draft:
    """To the operator: it is yours now."""
    return _desk(t, f, t("Request No. {number} is given to you", number=f.whole("ticket")))


def unanswered(t: Translator, f: Facts) -> Draft:
    """To operators, then to the head: nobody answers."""
    headline = t("Nobody has answered request No. {number} yet", number=f.whole("ticket"))
    return _desk(t, f, headline, _perhaps_more(t))


def red(t: Translator, f: Facts) -> Draft:
    """To operators and admins: half an hour is left."""
    headline = t("Request No. {number} is red: its time runs out", number=f.whole("ticket"))
    return _desk(t, f, headline, _perhaps_more(t))


def overdue(t: Translator, f: Facts) -> Draft:
    """To operators and admins: the promise is broken."""
    headline = t("Request No. {number} was not answered in time", number=f.whole("ticket"))
    return _desk(t, f, headline, _perhaps_more(t))


def undecided(t: Translator, f: Facts) -> Draft:
    """To operators and admins: no decision within a working day (act 627, clause 19)."""
    headline = t("Request No. {number} has no decision in time", number=f.whole("ticket"))
    return _desk(t, f, headline)


def number_unsent(t: Translator, f: Facts) -> Draft:
    """To operators: the number has not reached the user (act 627, clause 17)."""
    headline = t("The number of request No. {number} has not reached the user", number=_n(f))
    return _desk(t, f, headline, t("Please tell the number by phone or e-mail."))


def mail_failed(t: Translator, f: Facts) -> Draft:
    """To operators: an answer by e-mail has not reached its reader."""
    headline = t("A letter of request No. {number} has not reached the user", number=_n(f))
    return _desk(t, f, headline, t("Please look at the address, or tell the user by phone."))


def mail_waits(t: Translator, f: Facts) -> Draft:
    """To operators: a letter has not left yet."""
    headline = t("A letter of request No. {number} is not sent yet", number=_n(f))
    return _desk(t, f, headline, t("It goes by itself as soon as the mail server takes it."))


def escalation_asked(t: Translator, f: Facts) -> Draft:
    """To the head and the operator: the user calls for help."""
    headline = t("The user calls the head to request No. {number}", number=_n(f))
    return _desk(t, f, headline)


def file_failed(t: Translator, f: Facts) -> Draft:
    """To the operator: a file of the user did not arrive."""
    return _desk(t, f, t("A file of request No. {number} did not arrive", number=_n(f)))


def _n(f: Facts) -> int:
    return f.whole("ticket")


def _perhaps_more(t: Translator) -> Html:
    """One notice speaks for all that came due within ten minutes."""
    return t("There may be others: the queue shows them all.")


def morning(t: Translator, f: Facts) -> Draft:
    """To an operator at 9:00: what the night has left."""
    count = f.whole("count")
    return Draft(
        t.plural(
            "Good morning: {n} request is yours", "Good morning: {n} requests are yours", count
        ),
        [join([_voices(t, f), _first(t, f)])],
    )


def digest(t: Translator, f: Facts) -> Draft:
    """To the head at 9:00: how the desk stands."""
    operators = f.whole("operators")
    there = t("Operators on shift: {count}", count=operators)
    nobody = t("Nobody is on shift: the requests wait to be taken.")
    count = f.whole("count")
    return Draft(
        t.plural("Morning: {n} request of the night", "Morning: {n} requests of the night", count),
        [join([_voices(t, f), _first(t, f)]), there if operators else nobody],
    )


def desk_lost(t: Translator, f: Facts) -> Draft:
    """To the head: the bot may write in a group of the desk no more."""
    elsewhere = t("Its tickets go on in the other groups.")
    nowhere = t("There is no other group: operators work in their private chats: /queue")
    return Draft(
        t("The desk has lost the group {title}", title=short(f.text("title"), _SUBJECT)),
        [
            elsewhere if f.whole("groups") else nowhere,
            t("Give the bot the right to manage topics again, then send /desk in the group."),
        ],
    )


def _voices(t: Translator, f: Facts) -> Html:
    return t("Voice messages among them: {count}", count=f.whole("voices"))


def _first(t: Translator, f: Facts) -> Html:
    due_at = f.at("due_at")
    return t("The first is promised by: {when}", when=when(t, due_at)) if due_at else escape("")
