"""Asking for help: what is promised now, how to say it, own requests."""

from __future__ import annotations

from datetime import datetime

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from domain.support.promise import Promise
from domain.support.regimes import Regime
from domain.support.views import MuteView, TicketLine, TicketPage
from handlers.views import format as fmt
from handlers.views.parts import cut
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.support_words import TICKET_STATES, when
from handlers.views.translator import Html, Translator, escape, join, plain

#: While nobody of support has answered.
UNANSWERED = ("open", "working")
_IN_A_ROW = 4


def support_page(
    t: Translator,
    promise: Promise,
    regime: Regime,
    requests: int,
    *,
    order: int | None = None,
    form_closed: bool = False,
    mute: MuteView | None = None,
    at_desk: bool = False,
) -> Shown:
    """What whoever asks now is promised, and how to ask (act 366, clause 19; 627, clause 15).

    ``order``: about which they ask, if they came from its card. ``mute``: why they may not.
    ``at_desk``: who works at the desk has a question of their own here.
    """
    closed = t("The form is closed. What you typed is kept: open it again to go on.")
    begins = [closed if form_closed else "", bold(t("Support"))]
    if mute is not None:
        return Shown(join([*begins, _muted(t, mute)], "\n\n"), _page_buttons(t, requests))
    text = join(
        [
            *begins,
            t("You ask about order No. {number}.", number=order) if order else "",
            t(
                "Here you ask a question of your own, as a user. To answer others, open the queue "
                "or the shift from the menu."
            )
            if at_desk
            else "",
            _now(t, promise),
            t("A text, a photo or a file is taken, too. A file may have up to 20 MB."),
            join([hours(t, regime), recording(t), or_write(t)]),
            t("What you send next goes to support, until you choose something from the menu."),
        ],
        "\n\n",
    )
    return Shown(text, _page_buttons(t, requests))


def _muted(t: Translator, mute: MuteView) -> Html:
    """In place of the invitation: nothing they would write is taken."""
    return join(
        [
            t("You cannot write to support for a time"),
            t("Reason: {reason}", reason=mute.reason),
            t("You can write again from {when}.", when=bold(when(t, mute.until))),
            t("A fault of the platform can be reported all the same: press the button."),
        ]
    )


def _page_buttons(t: Translator, requests: int) -> InlineKeyboardMarkup:
    rows = [[button(t.button("My requests ({count})", count=requests), press("tickets", 0))]]
    report = [
        button(t.button("Report a fault"), press("fault.report")),
        button(t.button("My fault reports"), press("faults.mine")),
    ]
    own = [button(t.button("My recordings and data"), press("own.data", 0))]
    return keyboard(*(rows if requests else []), report, own)


def _now(t: Translator, promise: Promise) -> Html:
    if promise.open:
        return t("An operator answers now. Write or say what happened.")
    return join(
        [
            t("The operators are not here now. Leave a voice message."),
            by_when(t, promise.due_at, promise.clause),
            how_to_record(t),
        ]
    )


def by_when(t: Translator, due_at: datetime, clause: str | None) -> Html:
    """By when a request will be worked, and the clause that promises it."""
    promised = t("We will work it by: {when}", when=bold(when(t, due_at)))
    return join([promised, fmt.clause(t, clause) if clause else ""], " · ")


def answer_by(t: Translator, promised_at: datetime, now: datetime) -> Html:
    """By when a request that waits is answered, or that it should have been."""
    if now >= promised_at:
        return we_are_late(t, promised_at)
    return t("We answer by: {when}", when=bold(when(t, promised_at)))


def we_are_late(t: Translator, promised_at: datetime) -> Html:
    """The promised time is over and nobody has answered."""
    return t("We are late. The promised time was: {when}", when=bold(when(t, promised_at)))


def how_to_record(t: Translator) -> Html:
    """How a voice message is recorded in Telegram."""
    return t(
        "To record: hold the microphone beside the input field, speak, then let go. "
        "If you see a camera there, tap it once and it becomes a microphone."
    )


def hours(t: Translator, regime: Regime) -> Html:
    """The hours of a regime with their clause: 9:00–13:00, 14:30–18:30."""
    spans = [
        escape(f"{fmt.clock(t, opens)}–{fmt.clock(t, closes)}") for opens, closes in regime.hours
    ]
    said = t("Support works on working days: {hours} (Astana)", hours=join(spans, ", "))
    return join([said, fmt.clause(t, regime.hours_clause)], " · ")


def recording(t: Translator) -> Html:
    """That voice messages are recorded, for how long and why (act 366, clauses 20 and 21)."""
    return t(
        "Voice messages are recorded, so that we can answer you and serve you better. "
        "They are kept for at most 1 year, longer only while a dispute lasts, then destroyed "
        "({clauses}).",
        clauses=fmt.clauses(t, ["366-20", "366-21"]),
    )


def or_write(t: Translator) -> Html:
    """What whoever does not agree to being recorded can do."""
    return t("If you do not agree to being recorded, write: a text is worked just the same.")


def consent_noted(t: Translator) -> Html:
    """Goes with the answer to a person's first voice message."""
    return join(
        [
            recording(t),
            t("By sending voice messages you agree to this; your consent is on record."),
            or_write(t),
            t("What you have said already is destroyed when its term ends."),
        ]
    )


def ticket_list(t: Translator, page: TicketPage, now: datetime) -> Shown:
    """Own requests, newest first; an empty list says what to do."""
    head = bold(t("My requests"))
    if not page.tickets:
        nothing = t(
            "You have asked nothing yet. Write, leave a voice message or send a file here: "
            "support will answer."
        )
        return Shown(join([head, nothing], "\n\n"), keyboard([_ask(t)]))
    numbers = [
        button(t.button("No. {number}", number=each.number), press("ticket.card", each.number))
        for each in page.tickets
    ]
    turn = []
    if page.page > 0:
        turn.append(button(t.button("Newer"), press("tickets", page.page - 1)))
    if page.page + 1 < page.pages:
        turn.append(button(t.button("Older"), press("tickets", page.page + 1)))
    count = t("Requests: {count}", count=page.total)
    return Shown(
        join([head, count, *(_line(t, each, now) for each in page.tickets)], "\n\n"),
        keyboard(
            *(numbers[at : at + _IN_A_ROW] for at in range(0, len(numbers), _IN_A_ROW)),
            turn,
            [_ask(t)],
        ),
    )


def _line(t: Translator, each: TicketLine, now: datetime) -> Html:
    number = bold(t("No. {number}", number=each.number))
    until = escape("")
    if each.state in UNANSWERED:
        until = answer_by(t, each.promised_at, now)
    return join(
        [
            number + Html(" · ") + t(TICKET_STATES[each.state]),
            subject(t, each),
            fmt.moment(t, each.opened_at),
            until,
        ]
    )


def subject(t: Translator, line: TicketLine) -> Html:
    """What a request is about; a voice message has no words of its own."""
    if line.subject:
        return escape(cut(line.subject, 120))
    return t("Voice message") if line.voices else t("Without a text")


def _ask(t: Translator) -> InlineKeyboardButton:
    return button(t.button("Ask support"), press("support"), "primary")


def not_understood(t: Translator) -> Shown:
    """The answer to a text nobody waits for; one tap sends that text to support."""
    text = t("I did not understand. Please choose an action from the menu below, or /help.")
    offer = t("Or send this text to support with one tap.")
    return Shown(
        join([text, offer]),
        keyboard(
            [button(t.button("Ask support"), press("support.ask"), "primary")],
            [button(t.button("Open the menu"), press("menu"))],
        ),
    )


def not_readable(t: Translator) -> Html:
    """The answer to a sticker, a place and the like."""
    return t(
        "I cannot read messages of this kind. Write a text, leave a voice message, "
        "or send a photo or a file: it goes to support."
    )


def text_gone(t: Translator) -> str:
    """The text that was to be sent is not to be seen any more."""
    return plain(t("I no longer see your text. Please send it once more."))


def already_asked(t: Translator) -> str:
    """The same press once more."""
    return plain(t("This text is with support already."))


def ways_to_support(t: Translator) -> Html:
    """How to reach a human being, for the help page."""
    return t("To ask support: /support, or leave a voice message here at any time.")


def support_when_suspended(t: Translator) -> Html:
    """Support stays open to a suspended account."""
    return t("You can still ask support: press /support or leave a voice message here.")
