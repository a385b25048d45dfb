"""Calls back to a user, who may not write for a time, and the ready answers of the desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from domain.law import MUTE_DAYS
from domain.support.views import CannedView, MuteView, TicketView
from handlers.views import format as fmt
from handlers.views.desk_terms import CALL, CALL_RESULTS, MUTE, NO_CANNED
from handlers.views.parts import MESSAGE_LIMIT, cut, fits
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, italic, keyboard
from handlers.views.translator import Html, Translator, escape, join, plain

#: For how many days somebody may be kept from writing.
MUTE_FOR = (1, 3, 7, MUTE_DAYS.value)
_LABEL = 24
_MOST_ANSWERS = 48
_MOST_MUTED = 12


def _back(t: Translator, number: int) -> list[InlineKeyboardButton]:
    return [button(t.button("Back"), press("desk.card", number))]


# A call back


def call_results(t: Translator, number: int, revision: int) -> InlineKeyboardMarkup:
    """How a call to the user ended; ``revision``: of the ticket, so that two taps are one call."""
    return keyboard(
        [button(plain(t(CALL_RESULTS["answered"])), press("desk.called", number))],
        [button(plain(t(CALL_RESULTS["not_reached"])), press("desk.unreached", number, revision))],
        _back(t, number),
    )


def phone_of(t: Translator, view: TicketView) -> str:
    """Where to call; whoever presses alone sees it."""
    if view.phone:
        return plain(t("Phone of the user: {phone}", phone=view.phone))
    return plain(t("We do not know the phone of this user."))


def ask_called(t: Translator, number: int) -> Html:
    """What was said in the call."""
    return escape(f"{CALL} ") + t(
        "Ticket No. {number}: what did you tell the user in the call? Write it in reply to this "
        "message, or send the recording; the user gets your words as the result of the call.",
        number=number,
    )


# Who may not write


def mute_terms(t: Translator, number: int, *, muted: bool) -> InlineKeyboardMarkup:
    """For how long the user may not write to support; or the way back."""
    if muted:
        again = button(t.button("Let write again"), press("desk.unmute", number))
        return keyboard([again], _back(t, number))
    terms = [
        button(
            plain(t.plural("{n} day", "{n} days", days)),
            press("desk.mute.for", number, days),
            "danger",
        )
        for days in MUTE_FOR
    ]
    return keyboard(terms[:2], terms[2:], _back(t, number))


def ask_mute(t: Translator, number: int, days: int) -> Html:
    """Why; the days stand behind the sign, where the answer to it finds them."""
    return escape(f"{MUTE} {days} · ") + t(
        "Ticket No. {number}: why may the user not write to support for so many days? Write it in "
        "reply to this message: the user is told your words. For example: insults.",
        number=number,
    )


def days_asked(question: str) -> int:
    """The days that a question of ``ask_mute`` was about; 0 where there are none."""
    digits = question.removeprefix(MUTE).strip().split(" ", 1)[0]
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 4 else 0


def muted_now(t: Translator, given: MuteView) -> Html:
    """Somebody may not write for a time."""
    until = fmt.moment(t, given.until)
    return t("{name} cannot write to support until {until}.", name=given.name, until=until)


def nobody_to_mute(t: Translator) -> str:
    """Whoever has no account cannot be kept out by it."""
    return plain(t("This user has no account in the bot: there is nobody to keep from writing."))


def muted_page(t: Translator, people: Sequence[MuteView]) -> Shown:
    """Who may not write now, why and until when."""
    shown = people[:_MOST_MUTED]
    rows = [
        join(
            [
                bold(escape(cut(each.name, 60))),
                t("Until: {until}", until=fmt.moment(t, each.until)),
                t("Reason: {reason}", reason=cut(each.reason, 80)),
            ]
        )
        for each in shown
    ]
    opens = [
        [button(cut(each.name, _LABEL), press("desk.unmute.person", each.person_id))]
        for each in shown
    ]
    head = bold(t("Who cannot write to support: {count}", count=len(people)))
    hint = t("Press a name to let that person write again.") if rows else t("There is nobody.")
    return Shown(join([head, *rows, hint], "\n\n"), keyboard(*opens))


# Ready answers


def desk_links(t: Translator) -> list[InlineKeyboardButton]:
    """The way to what the desk keeps beside tickets."""
    return [
        button(t.button("Ready answers"), press("desk.answers")),
        button(t.button("Who cannot write"), press("desk.muted")),
    ]


def answers_page(t: Translator, answers: Sequence[CannedView], *, lead: bool) -> Shown:
    """The ready answers by title; ``lead``: who may add and remove them."""
    head = bold(t("Ready answers of support: {count}", count=len(answers)))
    about = t("Each has a text in Kazakh and in Russian: the user gets the one in their language.")
    hint = join([head, about if answers else _no_answers(t, lead=lead)], "\n\n")
    opens = [
        [button(cut(each.title, _LABEL), press("desk.answers.show", each.id))]
        for each in answers[:_MOST_ANSWERS]
    ]
    add = [button(t.button("Add an answer"), press("desk.answers.add"), "primary")] if lead else []
    return Shown(hint, keyboard(*opens, add))


def _no_answers(t: Translator, *, lead: bool) -> Html:
    if lead:
        return t("There are none yet: add the first.")
    return t(NO_CANNED)


def answer_card(t: Translator, answer: CannedView, *, lead: bool, sure: bool = False) -> Shown:
    """Both texts of a ready answer; ``sure``: removing it is asked for."""
    back = [button(t.button("Back"), press("desk.answers"))]
    remove = button(t.button("Remove"), press("desk.answers.sure", answer.id), "danger")
    if sure:
        yes = t.button("Yes, remove")
        remove = button(yes, press("desk.answers.remove", answer.id), "danger")
    said = _both(t, answer.title, answer.text_kk, answer.text_ru)
    asked = bold(t("Remove this answer? No operator can send it then.")) if sure else ""
    return Shown(join([said, asked], "\n\n"), keyboard([*back, *([remove] if lead else [])]))


def _both(t: Translator, title: str, kk: str, ru: str) -> Html:
    texts = [italic(t("In Kazakh")), Html(kk), italic(t("In Russian")), Html(ru)]
    whole = join([bold(escape(title)), *texts], "\n\n")
    if fits(whole, MESSAGE_LIMIT - 200):
        return whole
    texts[1], texts[3] = (escape(cut(plain(Html(each)), 1_700)) for each in (kk, ru))
    return join([bold(escape(title)), *texts], "\n\n")


def ask_title(t: Translator) -> Html:
    """The name by which operators find it."""
    return join(
        [
            bold(t("A ready answer")),
            t("Under which name do operators find it? For example: How to sign in."),
        ]
    )


def ask_kazakh(t: Translator) -> Html:
    """Its text in Kazakh."""
    return t(
        "Write the answer in Kazakh, as the user gets it. Bold, links and lists stay as they are."
    )


def ask_russian(t: Translator) -> Html:
    """Its text in Russian."""
    return t("Now the same in Russian.")


def review_answer(t: Translator, data: Mapping[str, Any]) -> Html:
    """Both texts before they are kept."""
    said = _both(t, str(data["title"]), str(data.get("kk", "")), str(data.get("ru", "")))
    return join([said, bold(t("Keep this ready answer?"))], "\n\n")


def answer_kept(t: Translator, title: str) -> Html:
    """It is there."""
    return t("The ready answer is kept: {title}", title=title)


def in_private(t: Translator) -> str:
    """An act of the group goes on elsewhere."""
    return plain(t("It goes on in your private chat with me."))


def no_private(t: Translator) -> str:
    """The bot may not write to the operator."""
    return plain(t("I cannot write to you: open a private chat with me and press Start."))
