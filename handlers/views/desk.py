"""The desk in a group: names of topics, cards, messages of tickets, the morning's digest."""

from __future__ import annotations

from datetime import datetime

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from domain.support.views import Digest, FileView, MessageView, TicketLine, TicketView
from handlers.views import format as fmt
from handlers.views.desk_events import told
from handlers.views.desk_files import files_lines
from handlers.views.desk_late import lateness
from handlers.views.desk_mail import mail_line
from handlers.views.desk_terms import (
    CHANNELS,
    DESK,
    LANGUAGES,
    MUTING,
    NOTE,
    OVERDUE,
    PERSON,
    PRIORITIES,
    RED,
    RESULTS,
    TICKET_STATES,
    alarm_of,
    alarm_sign,
    named,
    role_name,
)
from handlers.views.notices.facts import cite
from handlers.views.parts import cut, fits
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, italic, keyboard
from handlers.views.translator import Html, Translator, escape, join, plain

#: Telegram's limit of a topic's name.
TITLE_LIMIT = 128
_SUBJECT, _COMPANY = 60, 40
_OPERATORS_SHOWN = 12
# Of one transcript: whatever else it is, what a message takes.
_DRAFT = 3_500


def alarm(line: TicketLine) -> int:
    """0 in time, 1 red, 2 overdue."""
    return alarm_of(red=line.red, overdue=line.overdue)


def company_of(t: Translator, line: TicketLine) -> str:
    """The company in the reader's language, or in the other one."""
    first, second = line.company_ru, line.company_kk
    if t.locale == "kk":
        first, second = second, first
    return first or second


def topic_name(t: Translator, view: TicketView) -> str:
    """``15 - company - subject``, at most 128 characters; red and overdue ones say so."""
    line = view.line
    who = company_of(t, line) or line.name
    said = line.subject or plain(named(t, CHANNELS, line.channel))
    parts = [str(line.number), cut(_one_line(who), _COMPANY), cut(_one_line(said), _SUBJECT)]
    sign = alarm_sign(alarm(line))
    name = " - ".join(part for part in parts if part)
    return cut(f"{sign} {name}" if sign else name, TITLE_LIMIT)


def _one_line(text: str) -> str:
    return " ".join(plain(escape(text)).split())


def card(t: Translator, view: TicketView, now: datetime, *, note_mode: bool = False) -> Shown:
    """The card of a ticket, pinned in its topic."""
    return Shown(card_text(t, view, now, note_mode=note_mode), card_keyboard(t, view, note_mode))


def card_text(t: Translator, view: TicketView, now: datetime, *, note_mode: bool) -> Html:
    """Who asks, what is at stake, by when, and who has it."""
    line = view.line
    state = named(t, TICKET_STATES, line.state)
    sign = alarm_sign(alarm(line))
    head = t("Ticket No. {number}: {state}", number=line.number, state=state)
    return join(
        [
            bold(escape(f"{sign} ") + head if sign else head),
            _alarm_words(t, line),
            *_who(t, view),
            *_matter(t, view),
            *_promise(t, view, now),
            *_work(t, view),
            bold(t("Notes only: nothing written here goes to the user.")) if note_mode else "",
        ]
    )


def _alarm_words(t: Translator, line: TicketLine) -> Html:
    if line.overdue:
        return bold(t("The promise is broken: answer at once"))
    return bold(t("The promise ends soon")) if line.red else escape("")


def _who(t: Translator, view: TicketView) -> list[Html]:
    line = view.line
    role, company = role_name(t, view.role), company_of(t, line)
    name = join([line.name, role], ", ")
    return [
        t("From: {name}", name=name) if name else escape(""),
        t("Company: {name}", name=company) if company else escape(""),
        _where(t, view),
        mail_line(t, view.mail),
        t("Language: {language}", language=named(t, LANGUAGES, line.language)),
        bold(t("The user has stopped the bot: answers do not arrive. Call them back."))
        if view.away
        else escape(""),
    ]


def _where(t: Translator, view: TicketView) -> Html:
    if view.only_phone:
        return t("Only a phone, call back: {phone}", phone=view.address)
    return t("Where the answer goes: {address}", address=view.address) if view.address else Html("")


def _matter(t: Translator, view: TicketView) -> list[Html]:
    line = view.line
    return [
        t("Came by: {channel}", channel=named(t, CHANNELS, line.channel)),
        t("Subject: {subject}", subject=line.subject) if line.subject else escape(""),
        t("Order No. {number}", number=line.order_number) if line.order_number else escape(""),
        t("Incident No. {number}", number=view.incident) if view.incident else escape(""),
        t("Dispute: {ground}", ground=cut(view.disputed, 200)) if view.disputed else escape(""),
        files_lines(t, view),
    ]


def _promise(t: Translator, view: TicketView, now: datetime) -> list[Html]:
    line = view.line
    if line.state not in ("open", "working"):
        return []
    left = fmt.left(t, now, line.promised_at)
    # The reader's app counts on by itself; elsewhere the words stay as they were written. Past
    # the promise it would count nights and days off, in which the desk's terms stand still.
    running = lateness(t, line, now) if line.overdue else fmt.tg_time(line.promised_at, left, "r")
    source = cite(t, view.promise_clause or "")
    return [
        t("Promised until: {due}", due=bold(fmt.due(t, line.promised_at))),
        join([running, source], " · "),
    ]


def _work(t: Translator, view: TicketView) -> list[Html]:
    line = view.line
    result = named(t, RESULTS, view.result) if view.result else None
    return [
        t("Operator: {name}", name=line.assignee) if line.assignee else t("Operator: nobody yet"),
        t("Priority: {priority}", priority=named(t, PRIORITIES, line.priority))
        if line.priority != "normal"
        else escape(""),
        t("Result: {result}", result=result) if result else escape(""),
        t("Goes on in ticket No. {number}", number=view.merged_into)
        if view.merged_into
        else escape(""),
        t("Rated: {rating} of 5", rating=view.rating) if view.rating else escape(""),
        t("In their words: {words}", words=cut(view.rating_text, 200))
        if view.rating_text
        else escape(""),
    ]


def card_keyboard(
    t: Translator, view: TicketView, note_mode: bool, *, private: bool = False
) -> InlineKeyboardMarkup | None:
    """What can be done with a ticket; rights and state are looked at again on the press.

    ``private``: an incident is made by the form of reports, for which a topic is no place.
    """
    if view.state == "merged":
        return None
    words = [_act(view, t.button("Transcript"), "desk.words")] if has_transcript(view) else []
    if has_recording(view):
        words.append(_act(view, t.button("Recordings"), "rec.of"))
    fault = _act(view, t.button("Make an incident"), "fault.report" if private else "desk.incident")
    dispute = (
        _act(view, t.button("Dispute settled"), "desk.settle")
        if view.disputed
        else _act(view, t.button("Mark a dispute"), "desk.dispute")
    )
    if view.state == "closed":
        return keyboard([_act(view, t.button("Reopen"), "desk.reopen")], [dispute, fault], words)
    mute = _act(view, plain(t(MUTING)), "desk.mute")
    mutes = [mute] if view.line.person_id else []
    return keyboard(
        *_work_rows(t, view, note_mode),
        [dispute, fault],
        [_act(view, t.button("Called back"), "desk.call"), *mutes],
        words,
    )


def _act(view: TicketView, text: str, name: str, *ids: int) -> InlineKeyboardButton:
    return button(text, press(name, view.number, *ids))


def _work_rows(
    t: Translator, view: TicketView, note_mode: bool
) -> list[list[InlineKeyboardButton]]:
    """Whose it is, what is said to the user, how urgent, how it ends."""
    held = view.line.assignee_id is not None
    take = button(t.button("Take"), press("desk.take", view.number), "primary")
    assign = _act(view, t.button("Assign"), "desk.assign")
    note = (
        _act(view, t.button("End of notes"), "desk.note", 0)
        if note_mode
        else _act(view, t.button("Internal note"), "desk.note", 1)
    )
    written = [
        _act(view, t.button("Ready answer"), "desk.canned"),
        _act(view, t.button("Ask for documents"), "desk.docs"),
    ]
    return [
        *([] if held else [[take, assign]]),
        *([] if view.only_phone else [written]),
        [_act(view, t.button("Close"), "desk.close"), note],
        [
            _act(view, t.button("Priority"), "desk.prio"),
            _act(view, t.button("Merge"), "desk.merge"),
        ],
        # Whoever has it answers it; to give it away is the exception.
        *([[assign, _act(view, t.button("Release"), "desk.release")]] if held else []),
    ]


def has_transcript(view: TicketView) -> bool:
    """Whether a machine has written down anything of what was said."""
    return any(file.transcript for message in view.messages for file in message.files)


def has_recording(view: TicketView) -> bool:
    """Whether anything that was said is kept, or was until its term ended."""
    return any(file.recording is not None for each in view.messages for file in each.files)


def transcribed(view: TicketView) -> list[int]:
    """The recordings whose words ``transcripts`` shows."""
    return [
        file.recording
        for message in view.messages
        for file in message.files
        if file.transcript and file.recording is not None
    ]


def transcripts(t: Translator, view: TicketView) -> Html:
    """What a machine heard, said to be that; never instead of the recording.

    The newest first, as many as one message takes.
    """
    text = italic(t("A machine wrote this down: a draft with errors. Listen to the recording."))
    said = [
        join([bold(t("Message {position}", position=each.position)), cut(file.transcript, _DRAFT)])
        for each in reversed(view.messages)
        for file in each.files
        if file.transcript
    ]
    for draft in said:
        longer = join([text, draft], "\n\n")
        if not fits(longer):
            break
        text = longer
    return text


def message_head(t: Translator, message: MessageView) -> Html:
    """Number, who and when; notes begin with a lock, so that nobody takes them for an answer."""
    sign = {"user": PERSON, "note": NOTE}.get(message.author, DESK)
    at = fmt.clock(t, message.at)
    what = {
        "note": t("internal note"),
        "documents": t("documents asked for"),
        "called_back": t("called back"),
        "closed": t("closed"),
    }.get("note" if message.author == "note" else message.kind, escape(""))
    number = escape(f"#{message.position}")
    edited = t("edited") if message.edited_at else escape("")
    head = join([number, bold(escape(message.name)), at, what, edited], " · ")
    return escape(f"{sign} ") + head


def message_text(t: Translator, message: MessageView) -> Html:
    """A message of a ticket as its topic shows it; its text is HTML already."""
    if message.author == "system":
        return told(t, message)
    return join([message_head(t, message), Html(message.text), *_lost(t, message)])


def _lost(t: Translator, message: MessageView) -> list[Html]:
    return [lost_file(t, file) for file in message.files if not sendable(file)]


def sendable(file: FileView) -> bool:
    """Whether a file can be shown: Telegram or our store has it, and it was not destroyed."""
    return file.state != "destroyed" and bool(file.telegram_file_id or file.sha256)


def lost_file(t: Translator, file: FileView) -> Html:
    """A file that is not there, in one line."""
    if file.state == "destroyed":
        return italic(t("A recording stood here. It was destroyed at the end of its term."))
    return italic(t("The file cannot be shown: {name}", name=cut(file.name or file.kind, 80)))


def heard_keyboard(t: Translator, file: FileView) -> InlineKeyboardMarkup | None:
    """Under a recording: whoever has listened to it says so, for the record (366, clause 21.1).

    Telegram tells nobody who has played a voice in a group.
    """
    if file.recording is None:
        return None
    return keyboard([button(t.button("I have listened"), press("desk.heard", file.recording))])


def digest_text(t: Translator, digest: Digest) -> Html:
    """How the desk stands when the day begins."""
    first = digest.first_promised_at
    operators = [
        join([escape("•"), escape(each.name), str(each.in_hand)], " ")
        for each in digest.operators[:_OPERATORS_SHOWN]
    ]
    return join(
        [
            bold(t("The desk this morning: {day}", day=fmt.moment(t, digest.at))),
            t("Without an answer: {count}", count=digest.unanswered),
            t("Voice messages among them: {count}", count=digest.voices),
            t("Nobody has taken: {count}", count=digest.unassigned),
            escape(f"{RED} ") + t("Red: {count}", count=digest.red) if digest.red else "",
            escape(f"{OVERDUE} ") + t("Overdue: {count}", count=digest.overdue)
            if digest.overdue
            else "",
            t("The first promise ends: {due}", due=fmt.due(t, first)) if first else "",
            t("On shift, with tickets in hand:") if operators else t("Nobody is on shift."),
            *operators,
        ]
    )
