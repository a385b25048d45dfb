"""A request as its user sees it: the answer to a message, the card, what was said, the rating."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from aiogram.types import InlineKeyboardButton

from domain.clock import astana
from domain.deadlines import DeadlineView
from domain.errors import NotFound
from domain.support.promise import Promise
from domain.support.views import MessageView, TicketView
from handlers.views import format as fmt
from handlers.views.parts import cut, fits
from handlers.views.press import press
from handlers.views.receipts import receipt
from handlers.views.shown import Shown, bold, button, italic, keyboard
from handlers.views.split import split_html
from handlers.views.support import (
    UNANSWERED,
    answer_by,
    by_when,
    consent_noted,
    how_to_record,
    subject,
    we_are_late,
)
from handlers.views.support_words import (
    TICKET_RESULTS,
    TICKET_STATES,
    event,
    file_line,
    is_for_user,
    read_in_full,
    stars,
)
from handlers.views.translator import Html, Translator, escape, join, plain

#: Messages on a page of what was said.
PAGE = 5
_SAID = 600
_LAST = 400
#: Of one message on a page of its own; what stands around it has room.
_WHOLE = 3_000


def taken(
    t: Translator, ticket: TicketView, asked: Promise, now: datetime, *, first_voice: bool = False
) -> Shown:
    """The one answer to a message for support: its number and what is promised.

    ``asked``: what is promised to whoever asks now. A request may wait since another day.
    """
    if len(_own(ticket)) == 1:
        head = t("Request No. {number} is taken", number=ticket.number)
    else:
        head = t("Added to request No. {number}", number=ticket.number)
    text = join(
        [
            bold(head),
            _promise(t, ticket, asked, now),
            "" if asked.open or _spoken(ticket) else _voice_hint(t),
            italic(consent_noted(t)) if first_voice else "",
        ],
        "\n\n",
    )
    return Shown(text, keyboard([_open(t, ticket.number)]))


def _promise(t: Translator, ticket: TicketView, asked: Promise, now: datetime) -> Html:
    if ticket.state not in UNANSWERED:
        return t(TICKET_STATES[ticket.state])
    late = now >= ticket.line.promised_at
    # A request that waits keeps the promise it has: that of its first message ends first.
    due_at = asked.due_at if late else ticket.line.promised_at
    clause = asked.clause if late else ticket.promise_clause
    return join(
        [
            t("An operator answers now.") if asked.open else "",
            we_are_late(t, ticket.line.promised_at) if late else "",
            t("Your request stands at the head of the queue.") if late else "",
            by_when(t, due_at, clause),
        ]
    )


def _voice_hint(t: Translator) -> Html:
    return join([t("You can add a voice message."), how_to_record(t)], " ")


def _own(ticket: TicketView) -> list[MessageView]:
    return [each for each in ticket.messages if each.author == "user"]


def _spoken(ticket: TicketView) -> bool:
    said = _own(ticket)
    return bool(said) and any(file.kind in ("voice", "video_note") for file in said[-1].files)


def _open(t: Translator, number: int) -> InlineKeyboardButton:
    return button(t.button("Open the request"), press("ticket.card", number))


def ticket_card(t: Translator, ticket: TicketView, now: datetime) -> Shown:
    """The request as it stands: state, promise, the last thing said, and what can be done."""
    text = join(
        [
            bold(t("Request No. {number}", number=ticket.number))
            + Html(" · ")
            + t(TICKET_STATES[ticket.state]),
            join([subject(t, ticket.line), _order(t, ticket)]),
            _standing(t, ticket, now),
            _last(t, ticket),
            _rated(t, ticket),
        ],
        "\n\n",
    )
    return Shown(text, keyboard(*_rows(t, ticket, now)))


def _order(t: Translator, ticket: TicketView) -> Html:
    number = ticket.line.order_number
    return t("Order No. {number}", number=number) if number else escape("")


def _standing(t: Translator, ticket: TicketView, now: datetime) -> Html:
    """What is promised, or how it ended."""
    line = ticket.line
    asked = t("Asked: {when}", when=fmt.moment(t, line.opened_at))
    if ticket.state in UNANSWERED:
        promised = answer_by(t, line.promised_at, now)
        clause = fmt.clause(t, ticket.promise_clause) if ticket.promise_clause else escape("")
        left = fmt.left(t, now, line.promised_at) if now < line.promised_at else ""
        return join([asked, promised, join([left, clause], " · ")])
    if ticket.state == "waiting":
        return join([asked, t("Support asked you for more: please answer here.")])
    if ticket.state == "merged" and ticket.merged_into:
        return join([asked, t("It goes on in request No. {number}.", number=ticket.merged_into)])
    if ticket.state == "closed" and ticket.closed_at:
        result = TICKET_RESULTS.get(ticket.result or "")
        closed = t("Closed: {when}", when=fmt.moment(t, ticket.closed_at))
        return join([asked, closed, t(result) if result else ""])
    if ticket.answered_at:
        return join([asked, t("Answered: {when}", when=fmt.moment(t, ticket.answered_at))])
    return asked


def _last(t: Translator, ticket: TicketView) -> Html:
    last = _newest(ticket)
    return _message(t, last, _LAST) if last else escape("")


def _newest(ticket: TicketView) -> MessageView | None:
    said = [each for each in ticket.messages if each.author in ("user", "operator")]
    return said[-1] if said else None


def _rated(t: Translator, ticket: TicketView) -> Html:
    if ticket.rating is None:
        return escape("")
    return t("You rated the answer: {rating} of 5.", rating=ticket.rating)


def _rows(t: Translator, ticket: TicketView, now: datetime) -> list[list[InlineKeyboardButton]]:
    number, state = ticket.number, ticket.state
    live = state in (*UNANSWERED, "waiting", "answered")
    unanswered = state in UNANSWERED
    last = _newest(ticket)
    rows = _reads(t, number, [last], _LAST) if last else []
    if live:
        rows.append([button(t.button("Add"), press("ticket.add", number), "primary")])
    history = button(t.button("What was said"), press("ticket.history", number, 0))
    receipt_ = button("?", press("ticket.receipt", number))
    rows.append([history, receipt_] if unanswered else [history])
    if unanswered or state == "waiting":
        rows.append([button(t.button("Call the head"), press("ticket.escalate", number))])
    if state == "answered" or (state == "closed" and may_reopen(ticket, now)):
        rows.append([button(t.button("It is not solved"), press("ticket.reopen", number))])
    if state in ("answered", "closed"):
        rows.append(stars(number))
    if state == "merged" and ticket.merged_into:
        rows.append([_open(t, ticket.merged_into)])
    if any(file.recording is not None for each in ticket.messages for file in each.files):
        own = t.button("My recordings and data")
        rows.append([button(own, press("own.data", 0))])
    rows.append([button(t.button("My requests"), press("tickets", 0))])
    return rows


def may_reopen(ticket: TicketView, now: datetime) -> bool:
    """Whether its user may still object to a closing."""
    return ticket.reopen_until is not None and now < ticket.reopen_until


def history(t: Translator, ticket: TicketView, page: int) -> Shown:
    """What was said, a page of it; page 0 is the newest, and within a page time runs down."""
    # An operator may look, too, and is given more than a user.
    said = [each for each in ticket.messages if is_for_user(each)]
    pages = max(1, -(-len(said) // PAGE))
    page = min(max(page, 0), pages - 1)
    end = len(said) - page * PAGE
    shown = said[max(0, end - PAGE) : end]
    head = bold(t("Request No. {number}: what was said", number=ticket.number))
    place = t("Page {page} of {pages}", page=pages - page, pages=pages) if pages > 1 else ""
    text = join([join([head, place]), *(_message(t, each, _SAID) for each in shown)], "\n\n")
    turn = []
    if page + 1 < pages:
        turn.append(button(t.button("Earlier"), press("ticket.history", ticket.number, page + 1)))
    if page > 0:
        turn.append(button(t.button("Later"), press("ticket.history", ticket.number, page - 1)))
    back = button(t.button("Back"), press("ticket.back", ticket.number))
    return Shown(text, keyboard(*_reads(t, ticket.number, shown, _SAID), turn, [back]))


def _reads(
    t: Translator, number: int, shown: Sequence[MessageView], limit: int
) -> list[list[InlineKeyboardButton]]:
    """To the whole of each message that is shown cut."""
    return [
        [read_in_full(t, number, each.id, fmt.clock(t, each.at))]
        for each in shown
        if each.author != "system" and not fits(Html(each.text), limit)
    ]


def whole_message(t: Translator, ticket: TicketView, message_id: int, part: int) -> Shown:
    """All that a message says, as it was written, a part of it at a time, from 0.

    Raises NotFound ``ticket_unknown`` for a message that the request's user is not shown.
    """
    said = [each for each in ticket.messages if each.id == message_id and is_for_user(each)]
    if not said:
        raise NotFound("ticket_unknown", None, ticket=ticket.number)
    message = said[0]
    parts = split_html(message.text, _WHOLE) or [""]
    part = min(max(part, 0), len(parts) - 1)
    head = bold(t("Request No. {number}: what was said", number=ticket.number))
    pages = len(parts)
    place = t("Page {page} of {pages}", page=part + 1, pages=pages) if pages > 1 else ""
    text = join(
        [join([head, place]), _message(t, replace(message, text=parts[part]), _WHOLE)], "\n\n"
    )

    def to(at: int) -> str:
        return press("ticket.part", ticket.number, message.id, at)

    turn = []
    if part > 0:
        turn.append(button(t.button("Back"), to(part - 1)))
    if part + 1 < pages:
        turn.append(button(t.button("Read on"), to(part + 1), "primary"))
    return Shown(text, keyboard(turn, [_open(t, ticket.number)]))


def _message(t: Translator, message: MessageView, limit: int) -> Html:
    at = fmt.weekday(t, astana(message.at).date()) + ", " + fmt.clock(t, message.at)
    if message.author == "system":
        return italic(at + " · " + event(t, message))
    who = t("You") if message.author == "user" else t("Support")
    edited = " · " + t("edited") if message.edited_at else escape("")
    files = [file_line(t, each) for each in message.files]
    return join([bold(who) + " · " + at + edited, _text(message.text, limit), *files])


def _text(text: str, limit: int) -> Html:
    """What somebody wrote, with its formatting while it is short: cutting would break it."""
    whole = Html(text)
    return whole if fits(whole, limit) else escape(cut(plain(whole), limit))


def adding(t: Translator, number: int, *, form_closed: bool = False) -> Html:
    """Said after Add: where the next messages go."""
    closed = t("The form is closed. What you typed is kept: open it again to go on.")
    told = t(
        "Write, say it by voice, or send a photo or a file: it goes to request No. {number}, "
        "until you choose something from the menu.",
        number=number,
    )
    return join([closed if form_closed else "", told], "\n\n")


def reopened(t: Translator, ticket: TicketView, asked: Promise, now: datetime) -> Shown:
    """Said after It is not solved: the new promise, and where to say what is wrong."""
    head = bold(t("Request No. {number} is open again", number=ticket.number))
    ask = t("Write or say what is still wrong: what you send next goes to this request.")
    return Shown(
        join([head, _promise(t, ticket, asked, now), ask], "\n\n"),
        keyboard([_open(t, ticket.number)]),
    )


def rated(t: Translator, rating: int, *, word: bool) -> Html:
    """Said after a rating; ``word``: the next text is taken as a word to it."""
    thanks = t("Thank you for the rating: {rating} of 5.", rating=rating)
    ask = t("If you like, write a few words about it. To leave it, choose from the menu.")
    return join([thanks, ask if word else ""])


def word_taken(t: Translator) -> Html:
    """The word to a rating is with support."""
    return t("Thank you. Your words are with support.")


def lead_called(t: Translator) -> str:
    """Said after the head of support was called."""
    return plain(t("The head of support was called to your request."))


def ticket_receipt(t: Translator, number: int, deadline: DeadlineView, now: datetime) -> Shown:
    """How the end of the promise was counted."""
    return Shown(receipt(t, deadline, now), keyboard([_open(t, number)]))
