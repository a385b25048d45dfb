"""The desk in an operator's private chat: queue, shift, a ticket's card, words to be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from aiogram.types import InlineKeyboardButton

from domain.support.views import QueueFilter, ShiftView, TicketLine, TicketPage, TicketView
from handlers.views import format as fmt
from handlers.views.desk import (
    alarm,
    card_keyboard,
    card_text,
    company_of,
    message_text,
    sendable,
)
from handlers.views.desk_late import lateness
from handlers.views.desk_people import desk_links
from handlers.views.desk_terms import CHANNELS, TICKET_STATES, alarm_sign, named
from handlers.views.parts import MESSAGE_LIMIT, cut, fits
from handlers.views.press import press
from handlers.views.settings_reminders import parts_of
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.support_web import web_button
from handlers.views.translator import Html, Lazy, Translator, escape, join, lazy, plain

PAGE = 8
_LAST = 4

FILTERS: Mapping[str, QueueFilter] = {
    "all": QueueFilter(),
    "mine": QueueFilter(whose="mine"),
    "free": QueueFilter(whose="nobodys"),
    "red": QueueFilter(red=True),
}
_LABELS: Mapping[str, Lazy] = {
    "all": lazy("All", context="button"),
    "mine": lazy("Mine", context="button"),
    "free": lazy("Nobody's", context="button"),
    "red": lazy("Red", context="button"),
}


def queue_page(t: Translator, page: TicketPage, chosen: str, now: datetime) -> Shown:
    """Tickets that are not closed, by the end of their promise."""
    head = bold(t("Queue of support: {count}", count=page.total))
    rows = [_row(t, line, now) for line in page.tickets]
    if not rows:
        rows = [t("Nothing here. When somebody asks for help, you will be told at once.")]
    opens = [
        button(t.button("No. {number}", number=line.number), press("desk.open", line.number))
        for line in page.tickets
    ]
    return Shown(
        join([head, *rows], "\n\n"),
        keyboard(
            *(opens[at : at + 4] for at in range(0, len(opens), 4)),
            _turns(t, page, chosen),
            _filters(t, chosen),
            [button(t.button("Register a call"), press("desk.phone")), web_button(t)],
        ),
    )


def _row(t: Translator, line: TicketLine, now: datetime) -> Html:
    sign = alarm_sign(alarm(line))
    head = bold(t("No. {number}", number=line.number)) + Html(" · ")
    head = head + named(t, TICKET_STATES, line.state)
    who = join([line.name, cut(company_of(t, line), 60)], ", ")
    return join(
        [
            escape(f"{sign} ") + head if sign else head,
            who,
            cut(line.subject, 80) or named(t, CHANNELS, line.channel),
            _time(t, line, now),
            t("Operator: {name}", name=line.assignee) if line.assignee else "",
        ]
    )


def _time(t: Translator, line: TicketLine, now: datetime) -> Html:
    if line.state not in ("open", "working"):
        return escape("")
    return lateness(t, line) if line.overdue else fmt.left(t, now, line.promised_at)


def _turns(t: Translator, page: TicketPage, chosen: str) -> list[InlineKeyboardButton]:
    row = []
    if page.page > 0:
        row.append(button(t.button("Sooner"), press("desk.queue", chosen, page.page - 1)))
    if page.page + 1 < page.pages:
        row.append(button(t.button("Later"), press("desk.queue", chosen, page.page + 1)))
    return row


def _filters(t: Translator, chosen: str) -> list[InlineKeyboardButton]:
    return [
        button(
            f"• {t.button(label)}" if code == chosen else t.button(label),
            press("desk.queue", code, 0),
        )
        for code, label in _LABELS.items()
    ]


def shift_page(t: Translator, shifts: Sequence[ShiftView], me: int | None, free: int = 0) -> Shown:
    """Who is on shift, the button for oneself; ``free``: requests that nobody has taken.

    What the night has left to an empty desk waits for whoever comes first.
    """
    mine = next((each for each in shifts if each.person_id == me), None)
    head = (
        t("You are on shift since {time}", time=fmt.moment(t, mine.began_at))
        if mine
        else t("You are not on shift: no ticket is given to you by turn.")
    )
    others = [_colleague(t, each) for each in shifts if each.person_id != me]
    move = (
        button(t.button("End the shift"), press("desk.shift", 0), "danger")
        if mine
        else button(t.button("Begin the shift"), press("desk.shift", 1), "primary")
    )
    waits = t.plural(
        "{n} request waits for somebody to take it.",
        "{n} requests wait for somebody to take them.",
        free,
    )
    seen = [t("On shift, with tickets in hand:") if others else escape(""), *others]
    return Shown(
        join([bold(head), *seen, waits if free else escape("")]),
        keyboard(
            [move],
            [
                button(
                    t.button("Show the queue"), press("desk.queue", "free" if free else "all", 0)
                ),
                web_button(t),
            ],
            desk_links(t),
        ),
    )


def _colleague(t: Translator, shift: ShiftView) -> Html:
    """Name, tickets in hand, and when they last did something."""
    words = [escape("•"), escape(shift.name), escape(str(shift.in_hand))]
    if shift.seen_at is not None:
        # The reader's app counts on by itself.
        at = fmt.tg_time(shift.seen_at, fmt.moment(t, shift.seen_at), "r")
        words += [escape("·"), t("last act: {time}", time=at)]
    return join(words, " ")


def shift_ended(t: Translator, left: int) -> Html:
    """What stays in the hands of somebody who goes."""
    if not left:
        return t("Your shift is over. Nothing without an answer stays in your hands.")
    return t.plural(
        "Your shift is over. {n} ticket without an answer stays in your hands: release it.",
        "Your shift is over. {n} tickets without an answer stay in your hands: release them.",
        left,
    )


def last_said(view: TicketView) -> int:
    """The position of the newest message."""
    return max((each.position for each in view.messages), default=0)


def private_card(t: Translator, view: TicketView, now: datetime) -> Shown:
    """The card with the last words of both sides and the way to answer."""
    text = card_text(t, view, now, note_mode=False)
    said = [message_text(t, each) for each in view.messages if each.author != "system"]
    for message in reversed(said[-_LAST:]):
        longer = join([text, message], "\n\n")
        if not fits(longer, MESSAGE_LIMIT - 200):
            break
        text = longer
    rows = []
    if view.state not in ("closed", "merged") and not view.only_phone:
        answer = press("desk.answer", view.number, last_said(view))
        rows.append([button(t.button("Answer"), answer, "primary")])
    if any(sendable(file) for each in view.messages for file in each.files):
        rows.append([button(t.button("Show the files"), press("desk.files", view.number))])
    if view.state in ("open", "working"):
        rows.append([button(t.button("Who was told"), press("chains", "t", view.number))])
    if view.state not in ("closed", "merged"):
        # Of one's own, so not on the card that a group shares.
        remind = press("set.remind.on", *parts_of(f"ticket:{view.number}"))
        rows.append([button(t.button("Remind me"), remind)])
    card = card_keyboard(t, view, note_mode=False, private=True)
    more = card.inline_keyboard if card is not None else []
    back = [button(t.button("Show the queue"), press("desk.queue", "all", 0))]
    return Shown(text, keyboard(*rows, *more, back))


# The form


_QUESTIONS: Mapping[str, Lazy] = {
    "answer": lazy("Write the answer, or send a file. The user gets it from the bot."),
    "note": lazy("Write the internal note. The user never sees it."),
    "docs": lazy(
        "Which documents are needed? It goes to the user. "
        "For example: a screenshot of the error and the order number."
    ),
    "merge": lazy("Into which ticket of the same person? Type its number, for example: 14."),
    "dispute": lazy(
        "On what ground is there a dispute? Its recordings are kept until it is settled. "
        "For example: the user says that the term was counted wrongly."
    ),
    "settle": lazy(
        "By which final decision is the dispute settled? "
        "For example: decision of the court No. 7 of 12 March, in force."
    ),
    "called": lazy(
        "What did you tell the user in the call? Write it, or send the recording. "
        "The user gets your words; the recording stays at the desk."
    ),
    "mute.for": lazy(
        "Why may the user not write to support for so many days? The user is told your words. "
        "For example: insults."
    ),
}

_REVIEWS: Mapping[str, Lazy] = {
    "answer": lazy("Send this answer to the user?"),
    "note": lazy("Keep this note among operators?"),
    "docs": lazy("Ask the user for this?"),
    "merge": lazy("Put the ticket into this one?"),
    "dispute": lazy("Mark a dispute on this ground?"),
    "settle": lazy("Is the dispute finally settled by this?"),
    "called": lazy("Keep this as the result of the call and tell the user?"),
    "mute.for": lazy("Keep the user from writing for this reason?"),
}

ACTS = tuple(_QUESTIONS)


def ask_words(t: Translator, data: Mapping[str, Any]) -> Html:
    """What to write, by the act that the form is for."""
    head = bold(t("Ticket No. {number}", number=int(data["number"])))
    return join([head, t(_QUESTIONS[str(data["act"])])])


def review_words(t: Translator, data: Mapping[str, Any]) -> Html:
    """What was written, before it goes anywhere."""
    head = bold(t("Ticket No. {number}", number=int(data["number"])))
    files = [escape("\N{PAPERCLIP} " + str(each["name"])) for each in data.get("files", ())]
    said = Html(str(data.get("text", "")))
    if not fits(said, 3000):
        said = escape(cut(plain(said), 3000))
    return join([head, t(_REVIEWS[str(data["act"])]), "", said, *files])


def words_done(t: Translator, data: Mapping[str, Any]) -> Html:
    """What the form did."""
    number = int(data["number"])
    if data["act"] == "note":
        return t("The note to ticket No. {number} is kept.", number=number)
    if data["act"] == "merge":
        return t("Ticket No. {number} goes on in the other one.", number=number)
    if data["act"] == "dispute":
        return t("The dispute on ticket No. {number} is marked.", number=number)
    if data["act"] == "settle":
        return t("The dispute on ticket No. {number} is settled.", number=number)
    if data["act"] == "called":
        return t("The call back to ticket No. {number} is on record.", number=number)
    return t("Sent. Ticket No. {number}", number=number)
