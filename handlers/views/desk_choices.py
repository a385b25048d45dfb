"""What the desk asks back: whom to give a ticket to, which result, what to write; and help."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from domain.incidents.views import Reported
from domain.support.mirror import GroupView
from domain.support.views import CannedView, ShiftView, TicketView
from handlers.views.desk_terms import (
    DISPUTE,
    DOCUMENTS,
    INCIDENT,
    LANGUAGES,
    MERGE,
    NO_CANNED,
    NOTE,
    PRIORITIES,
    RESULTS,
    named,
)
from handlers.views.parts import cut
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.translator import Html, Translator, escape, join, plain

_LABEL = 24
_MOST = 12


def _back(t: Translator, number: int) -> list[InlineKeyboardButton]:
    return [button(t.button("Back"), press("desk.card", number))]


def whom(t: Translator, number: int, shifts: Sequence[ShiftView]) -> InlineKeyboardMarkup:
    """To whom a ticket may be given: by turn, or one of those on shift."""
    people = [
        [button(cut(f"{each.name} ({each.in_hand})", _LABEL), press("desk.give", number, pid))]
        for each in shifts[:_MOST]
        if (pid := each.person_id)
    ]
    turn = [button(t.button("By turn"), press("desk.give", number, 0))]
    return keyboard(turn, *people, _back(t, number))


def priorities(t: Translator, number: int, current: str) -> InlineKeyboardMarkup:
    """How urgent a ticket is; the ``current`` one is marked, as in other choices."""
    row = [
        button(
            f"{'• ' if code == current else ''}{cut(plain(t(name)), _LABEL)}",
            press("desk.prio.set", number, code),
        )
        for code, name in PRIORITIES.items()
    ]
    return keyboard(row, _back(t, number))


def results(t: Translator, number: int) -> InlineKeyboardMarkup:
    """With what a ticket is closed."""
    buttons = [
        button(cut(plain(t(name)), _LABEL), press("desk.close.as", number, code))
        for code, name in RESULTS.items()
    ]
    rows = [buttons[at : at + 2] for at in range(0, len(buttons), 2)]
    return keyboard(*rows, _back(t, number))


def canned_list(t: Translator, number: int, answers: Sequence[CannedView]) -> InlineKeyboardMarkup:
    """The ready answers by title; one is looked at before it is sent."""
    rows = [
        [button(cut(each.title, _LABEL), press("desk.canned.show", number, each.id))]
        for each in answers[: 4 * _MOST]
    ]
    return keyboard(*rows, _back(t, number))


def canned_preview(t: Translator, view: TicketView, answer: CannedView) -> Shown:
    """A ready answer in the user's language, not sent yet."""
    language = named(t, LANGUAGES, view.line.language)
    head = t(
        "Ready answer to ticket No. {number}, in the user's language: {language}",
        number=view.number,
        language=language,
    )
    return Shown(
        join([bold(head), Html(canned_text(view, answer))], "\n\n"),
        keyboard(
            [
                button(
                    t.button("Send"), press("desk.canned.send", view.number, answer.id), "success"
                )
            ],
            [button(t.button("Do not send"), press("desk.drop", view.number))],
        ),
    )


def canned_text(view: TicketView, answer: CannedView) -> str:
    """The text of a ready answer in the language of the ticket."""
    return answer.text_kk if view.line.language == "kk" else answer.text_ru


def canned_sent(t: Translator, number: int) -> Shown:
    """The preview after it was sent."""
    return Shown(t("The ready answer to ticket No. {number} is sent.", number=number))


def dropped(t: Translator) -> Shown:
    """The preview after it was let go."""
    return Shown(t("Nothing was sent."))


def no_canned(t: Translator) -> str:
    """There are no ready answers."""
    return plain(t(NO_CANNED))


def _asks(sign: str, text: Html) -> Html:
    return escape(f"{sign} ") + text


def with_cancel(t: Translator, question: Html) -> Html:
    """How a question is given up."""
    word = t.button("Cancel")
    return join([question, t("Not needed any more? Write in reply: {word}", word=word)])


def cancelled(t: Translator) -> Html:
    """A question was given up."""
    return t("Cancelled: nothing was done.")


def outdated(t: Translator) -> Html:
    """A reply to a question that a newer one has voided."""
    return t(
        "You were asked something else after that question, so it is void. Your message is kept "
        "as a note; the user does not see it."
    )


def ask_note(t: Translator, number: int) -> Html:
    """Notes from here on."""
    return _asks(
        NOTE,
        t(
            "Ticket No. {number}: from now on everything written here is an internal note. "
            "The user sees none of it. Press “End of notes” on the card to answer again.",
            number=number,
        ),
    )


def ask_documents(t: Translator, number: int) -> Html:
    """What is missing."""
    return _asks(
        DOCUMENTS,
        t(
            "Ticket No. {number}: which documents are needed? Write it in reply to this message; "
            "it goes to the user. For example: a screenshot of the error and the order number.",
            number=number,
        ),
    )


def ask_merge(t: Translator, number: int) -> Html:
    """Into which one."""
    return _asks(
        MERGE,
        t(
            "Ticket No. {number}: into which ticket of the same person shall it go? "
            "Write its number in reply to this message. For example: 14.",
            number=number,
        ),
    )


def ask_dispute(t: Translator, number: int) -> Html:
    """On what ground."""
    return _asks(
        DISPUTE,
        t(
            "Ticket No. {number}: on what ground is there a dispute? Write it in reply to this "
            "message. Its recordings are kept until the dispute is settled.",
            number=number,
        ),
    )


def ask_incident(t: Translator, number: int) -> Html:
    """What is broken."""
    return _asks(
        INCIDENT,
        t(
            "Ticket No. {number}: what is broken? Write it in a few words in reply to this "
            "message; if it is an open incident, its number. For example: offers are not saved. "
            "The user is told of the decision.",
            number=number,
        ),
    )


def incident_made(t: Translator, taken: Reported) -> Html:
    """The incident has a number."""
    if taken.joined:
        return t("The ticket is a report of incident No. {number} now.", number=taken.incident)
    return t("Incident No. {number} is open, in analysis.", number=taken.incident)


# In the group


def desk_begun(t: Translator, group: GroupView) -> Html:
    """The group is a desk."""
    language = named(t, LANGUAGES, group.language)
    return join(
        [
            bold(t("This group is the support desk")),
            t("Each ticket gets a topic. What you write in it goes to the user as the bot."),
            t("A message that begins with // or #note stays among you."),
            t(
                "Language of the cards: {language}. To change it: /desk kk or /desk ru",
                language=language,
            ),
            t("To end it: /desk off"),
        ],
        "\n\n",
    )


def desk_ended(t: Translator) -> Html:
    """The group is a desk no more."""
    return t("This group is the support desk no more. Its tickets go on in the other groups.")


def desk_lacks(t: Translator, *, forum: bool, admin: bool, topics: bool, deletes: bool) -> Html:
    """What a group lacks to be a desk; empty when it lacks nothing."""
    lacking = [
        "" if forum else t("• topics are switched off: the owner switches them on in the settings"),
        "" if admin else t("• the bot is no administrator of the group"),
        "" if topics or not admin else t("• the bot may not manage topics"),
        ""
        if deletes or not admin
        else t("• the bot may not delete messages: recordings must go when their term ends"),
    ]
    if not any(lacking):
        return escape("")
    head = bold(t("This group cannot be the support desk yet"))
    return join([head, *lacking, t("Mend this and send /desk again.")])


def desk_invites(t: Translator) -> Html:
    """The bot has come into a group."""
    return t("To make this group the support desk, an administrator of Tapsyrys sends /desk here.")


def help_in_general(t: Translator) -> Html:
    """For what is written outside the topics of tickets."""
    return t(
        "What is written here goes to nobody. To answer a user, write in the topic of the ticket. "
        "Menu of the desk: in a private chat with the bot."
    )


def not_operator(t: Translator) -> Html:
    """For whoever is no operator by our register."""
    return t(
        "Only operators of support can answer here. Your message went to nobody. "
        "An administrator gives the role."
    )


def unsigned(t: Translator) -> Html:
    """For anonymous admins, channels and bots."""
    return t(
        "It is not known who wrote this, so it went to nobody but your colleagues. "
        "To answer a user, write as yourself."
    )


def album_kept(t: Translator) -> Html:
    """Pictures without a word."""
    return t(
        "An album without words under its first picture is kept as a note. To send it to the "
        "user, write something under the first picture, or send the pictures one by one."
    )


def edit_kept(t: Translator) -> Html:
    """An answer was edited into a note."""
    return t("The user has the answer as it was. What looks like a note is never sent to them.")


def not_a_number(t: Translator) -> Html:
    """Something else in the place of a ticket's number."""
    return t("This is no number of a ticket. Press “Merge” again and write digits only.")
