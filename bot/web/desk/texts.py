"""All that the desk's page says, by the names under which its script knows the texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from domain.base import Json
from domain.support.views import MessageView
from handlers.views import format as fmt
from handlers.views.desk_people import MUTE_FOR
from handlers.views.desk_terms import (
    CALL_RESULTS,
    CHANNELS,
    LANGUAGES,
    MUTING,
    NO_CANNED,
    PRIORITIES,
    RESULTS,
    named,
)
from handlers.views.translator import Html, Lazy, Translator, escape, lazy, plain

CROSS_SITE = lazy("This was not sent by the desk's own page. Open the desk again.")
FORM = lazy("The form cannot be read.")
OUTSIDER = lazy("Whoever asks here has no account: their letters and calls cannot be muted.")
COPY_STAYS = lazy("Your words are kept, but Telegram does not answer: the user reads the old ones.")

#: What an operator's message is for.
SAID: Mapping[str, Lazy] = {
    "note": lazy("internal note"),
    "documents": lazy("documents asked for"),
    "called_back": lazy("called back"),
    "closed": lazy("closed"),
}

#: What became of the copy of a file, to operators.
FILE_STATES: Mapping[str, Lazy] = {
    "waiting": lazy("is being fetched", context="file"),
    "failed": lazy("could not be fetched", context="file"),
    "too_big": lazy("is over 20 MB", context="file"),
    "destroyed": lazy("destroyed when its term ended", context="file"),
}

_EVENTS: Mapping[str, Lazy] = {
    "released": lazy("Given back to the queue."),
    "promise_broken": lazy("The promise is broken."),
    "escalated": lazy("Nobody has answered: those above were told."),
    "escalation_asked": lazy("The user called the head of support."),
    "not_reached": lazy("The call reached nobody."),
    "mail_failed": lazy("A letter has not reached the user."),
    "mail_waits": lazy("A letter is not sent yet."),
    "dispute_marked": lazy("A dispute is marked: recordings are kept."),
    "dispute_settled": lazy("The dispute is settled."),
    "documents_asked": lazy("Support asked for documents."),
}


def event(t: Translator, message: MessageView) -> Html:
    """What the system says in a ticket, to operators."""
    known = _EVENTS.get(message.kind)
    if known is not None:
        return t(known)
    teller = _TELLERS.get(message.kind)
    return teller(t, message.params) if teller else escape(message.kind)


def _opened(t: Translator, given: Json) -> Html:
    return t("Taken in. Came by: {way}.", way=named(t, CHANNELS, str(given.get("channel", ""))))


def _taken(t: Translator, given: Json) -> Html:
    return t("In the hands of: {name}.", name=str(given.get("name", "")))


def _priority(t: Translator, given: Json) -> Html:
    return t("Priority: {priority}", priority=named(t, PRIORITIES, str(given.get("priority", ""))))


def _merged(t: Translator, given: Json) -> Html:
    return t("Goes on in ticket No. {number}", number=_number(given.get("into")))


def _merged_here(t: Translator, given: Json) -> Html:
    return t("Ticket No. {number} was joined here.", number=_number(given.get("number")))


def _closed(t: Translator, given: Json) -> Html:
    return t("Closed: {result}.", result=named(t, RESULTS, str(given.get("result", ""))))


def _reopened(t: Translator, given: Json) -> Html:
    by_user = given.get("by") == "user"
    return t("Opened again by the user.") if by_user else t("Opened again by an operator.")


def _promise_moved(t: Translator, given: Json) -> Html:
    return t("The promise was moved to: {due}.", due=_due(t, given.get("new")))


def _rated(t: Translator, given: Json) -> Html:
    rated = t("Rated: {rating} of 5", rating=_number(given.get("rating")))
    word = str(given.get("word") or "")
    return rated + escape(f": {word}") if word else rated


_TELLERS: Mapping[str, Callable[[Translator, Json], Html]] = {
    "opened": _opened,
    "taken": _taken,
    "priority": _priority,
    "merged": _merged,
    "merged_here": _merged_here,
    "closed": _closed,
    "reopened": _reopened,
    "promise_moved": _promise_moved,
    "rated": _rated,
}


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _due(t: Translator, value: object) -> str:
    try:
        return plain(fmt.deadline(t, datetime.fromisoformat(str(value))))
    except ValueError:
        return str(value)


_FRAME: Mapping[str, Lazy] = {
    "title": lazy("Support desk"),
    "enter": lazy("Enter the desk"),
    "enter_hint": lazy("The link works once. The session lasts 12 hours."),
    "signed_out": lazy("You are not signed in."),
    "how_to_enter": lazy("Send /desk to the bot and open the link that it gives you."),
    "sign_out": lazy("Sign out"),
    "offline": lazy("No connection. We try again."),
    "language": lazy("Language of the page"),
    "search": lazy("Search by words or number"),
    "found": lazy("Found"),
    "found_none": lazy("Nothing is found."),
    "more_found": lazy("There are more: add a word."),
    "begin_shift": lazy("Begin shift"),
    "end_shift": lazy("End shift"),
    "on_shift": lazy("On shift"),
    "off_shift": lazy("Not on shift"),
    "shift_ended": lazy("The shift is over. Unanswered in your hands: {n}."),
    "register_call": lazy("Register a call"),
    "help": lazy("Keys"),
    "more": lazy("More", context="button"),
    "since": lazy("on shift since {time}"),
    "last_act": lazy("last act: {time}"),
    "in_hand": lazy("in hand without an answer: {n}"),
    "draft_kept": lazy("What you typed is kept in this browser: sign in again and go on."),
    "close_window": lazy("Close the window"),
    "cancel": lazy("Cancel"),
    "back": lazy("Back to the queue"),
    "saved": lazy("Done."),
    "failed": lazy("It did not work. Try again."),
}

_QUEUE: Mapping[str, Lazy] = {
    "queue": lazy("Queue"),
    "filters": lazy("Filters"),
    "all": lazy("All", context="tickets"),
    "mine": lazy("Mine", context="tickets"),
    "nobodys": lazy("Nobody's", context="tickets"),
    "red": lazy("Red", context="tickets"),
    "unanswered": lazy("Unanswered", context="tickets"),
    "overdue": lazy("Overdue", context="tickets"),
    "any_channel": lazy("Any channel"),
    "empty": lazy("No tickets here."),
    "earlier": lazy("Previous page"),
    "later": lazy("Next page"),
    "page_of": lazy("{page} of {pages}"),
    "empty_all": lazy("Nothing here. When somebody asks for help, you will be told at once."),
    "draft": lazy("not sent"),
    "escalated": lazy("those above were told"),
    "nobody": lazy("nobody yet"),
    "left": lazy("{time} left"),
    "over": lazy("overdue by {time} of working time"),
    "over_now": lazy("the time is over"),
    "d": lazy("{n} d", context="timer"),
    "h": lazy("{n} h", context="timer"),
    "min": lazy("{n} min", context="timer"),
    "s": lazy("{n} s", context="timer"),
}

_TICKET: Mapping[str, Lazy] = {
    "choose": lazy("Choose a ticket from the queue."),
    "ticket": lazy("Ticket No. {number}"),
    "promised": lazy("Promised until"),
    "who": lazy("Who asks"),
    "company": lazy("Company"),
    "address": lazy("Where the answer goes"),
    "came": lazy("Came"),
    "ticket_language": lazy("Language"),
    "order": lazy("Order"),
    "incident": lazy("Incident"),
    "operator": lazy("Operator"),
    "priority": lazy("Priority"),
    "result": lazy("Result"),
    "rated": lazy("Rating"),
    "disputed": lazy("Dispute"),
    "files_missing": lazy("Files not in our store: {n}"),
    "conversation": lazy("What was said"),
    "user": lazy("User"),
    "support": lazy("Support"),
    "note_badge": lazy("Internal: the user does not see it"),
    "edited": lazy("edited"),
    "edit": lazy("Edit", context="button"),
    "edit_answer_hint": lazy("The user's copy changes, too."),
    "keep": lazy("Keep", context="button"),
    "transcript": lazy("A machine wrote this down: a draft with errors. Listen to the recording."),
    "listen": lazy("Listen: {what}"),
    "speed": lazy("Speed"),
    "goes_on_in": lazy("It goes on in ticket No. {number}"),
    "news": lazy("Something new was said in this ticket."),
    "muted": lazy("May not write"),
    "muted_until": lazy("until {time}: {what}"),
    "closed_meanwhile": lazy(
        "The ticket was closed meanwhile. Reopen it to send this: what you have typed is kept."
    ),
}

_ACTIONS: Mapping[str, Lazy] = {
    "actions": lazy("Actions"),
    "take": lazy("Take", context="button"),
    "release": lazy("Release", context="button"),
    "assign": lazy("Assign", context="button"),
    "answer": lazy("Answer", context="button"),
    "note": lazy("Internal note", context="button"),
    "documents": lazy("Ask for documents", context="button"),
    "canned": lazy("Ready answer", context="button"),
    "merge": lazy("Merge", context="button"),
    "close": lazy("Close", context="button"),
    "reopen": lazy("Reopen", context="button"),
    "dispute": lazy("Mark a dispute", context="button"),
    "settle": lazy("Dispute settled", context="button"),
    "called": lazy("Called back", context="button"),
    "by_turn": lazy("By turn", context="button"),
    "send": lazy("Send", context="button"),
    "attach": lazy("Attach a file", context="button"),
    "answer_hint": lazy("Goes to the user at once. Ctrl+Enter sends."),
    "note_hint": lazy("Only operators read it. Ctrl+Enter keeps it."),
    "documents_hint": lazy("What should the user send? The ticket waits for it."),
    "your_text": lazy("Text"),
    "to_whom": lazy("To whom"),
    "nobody_on_shift": lazy("Nobody is on shift."),
    "merge_into": lazy("Into ticket No."),
    "merge_hint": lazy("All that was said here goes on in the other ticket of the same person."),
    "close_result": lazy("With what result"),
    "close_text": lazy("Text for the user (if needed)"),
    "reopen_text": lazy("Reason, for the operators (if needed)"),
    "dispute_ground": lazy("Ground of the dispute"),
    "dispute_hint": lazy("Recordings are kept until it is settled."),
    "settle_ground": lazy("Final decision by which it is settled"),
    "settle_hint": lazy(
        "The term of keeping the recordings goes on. Those past it are kept for one more working "
        "day, of which the administrators are told, and then destroyed."
    ),
    "call_result": lazy("How the call ended"),
    "call_answered": CALL_RESULTS["answered"],
    "call_not_reached": CALL_RESULTS["not_reached"],
    "call_text": lazy("What the call was about"),
    "recording": lazy("Recording (if there is one)"),
    "caller": lazy("Who called"),
    "phone": lazy("Phone"),
    "called_at": lazy("When (Astana time)"),
    "caller_language": lazy("Language of the talk"),
    "order_number": lazy("Order No. (if any)"),
    "register": lazy("Register the call", context="button"),
    "too_big": lazy("The file is over 20 MB."),
    "too_big_all": lazy("All files together are over 60 MB. Send them in parts."),
}

_PEOPLE: Mapping[str, Lazy] = {
    "canned_all": lazy("Ready answers", context="button"),
    "no_canned": NO_CANNED,
    "add_canned": lazy("Add an answer", context="button"),
    "canned_title": lazy("Name for operators"),
    "canned_kk": lazy("In Kazakh"),
    "canned_ru": lazy("In Russian"),
    "canned_language": lazy("Language of the answer"),
    "add": lazy("Add", context="button"),
    "remove": lazy("Remove", context="button"),
    "remove_sure": lazy("Remove this answer? No operator can send it then."),
    "yes_remove": lazy("Yes, remove", context="button"),
    "mute": MUTING,
    "mute_hint": lazy("The user is told the reason and the end. Requests made before go on."),
    "mute_reason": lazy("Reason: the user reads it"),
    "mute_term": lazy("For how long"),
    "unmute": lazy("Let write again", context="button"),
    "muted_all": lazy("Who cannot write", context="button"),
    "muted_nobody": lazy("There is nobody."),
}

_FAULTS: Mapping[str, Lazy] = {
    "incident_make": lazy("Make an incident", context="button"),
    "incident_hint": lazy(
        "It is taken as the user's report of a fault: they are told of it, and of the decision."
    ),
    "incident_which": lazy("Which incident"),
    "incident_new": lazy("A new one"),
    "incident_alike": lazy("similar"),
    "incident_text": lazy("What is broken"),
    "incident_at": lazy("When it was noticed (Astana time)"),
    "incident_contacts": lazy("How to reach whoever noticed it"),
    "incident_number": lazy("Incident No. {number}"),
    "incident_reports": lazy("Reports: {n}"),
    "incident_decide": lazy("Faults are decided on in the chat with the bot: /faults"),
    "incidents": lazy("Faults", context="button"),
    "incident_told": lazy("Who was told", context="button"),
    "incidents_none": lazy("There are no incidents yet. To make one, open a ticket."),
    "older": lazy("Older", context="button"),
}

_REPORTS: Mapping[str, Lazy] = {
    "reports": lazy("Reports of support"),
    "since_day": lazy("From"),
    "until_day": lazy("To, this day included"),
    "this_week": lazy("This week", context="button"),
    "this_month": lazy("This month", context="button"),
    "last_month": lazy("Last month", context="button"),
    "show": lazy("Show", context="button"),
    "sheet": lazy("Spreadsheet", context="button"),
    "picture": lazy("Picture", context="button"),
    "journal": lazy("Journal of requests"),
}

_KEYS: Mapping[str, Lazy] = {
    "key_next": lazy("next ticket, previous ticket"),
    "key_open": lazy("open the ticket"),
    "key_answer": lazy("answer"),
    "key_note": lazy("internal note"),
    "key_documents": lazy("ask for documents"),
    "key_canned": lazy("ready answers"),
    "key_take": lazy("take or release"),
    "key_assign": lazy("assign"),
    "key_priority": lazy("priority"),
    "key_called": lazy("called back"),
    "key_close": lazy("close or reopen"),
    "key_merge": lazy("merge"),
    "key_dispute": lazy("dispute"),
    "key_incident": lazy("make an incident"),
    "key_mute": lazy("keep from writing"),
    "key_call": lazy("register a call"),
    "key_more": lazy("more: shift, faults, reports"),
    "key_search": lazy("search"),
    "key_help": lazy("these keys"),
    "key_escape": lazy("back, close"),
    "key_send": lazy("send"),
}


def _names(t: Translator, prefix: str, names: Mapping[str, Lazy]) -> dict[str, str]:
    return {f"{prefix}.{code}": plain(t(name)) for code, name in names.items()}


def page_texts(t: Translator) -> dict[str, str]:
    """All texts of the page in one language; ``{n}`` and the like are filled in by its script."""
    found: dict[str, str] = {}
    for group in (_FRAME, _QUEUE, _TICKET, _ACTIONS, _PEOPLE, _FAULTS, _REPORTS, _KEYS):
        found |= {name: _raw(t, text) for name, text in group.items()}
    found |= {f"days.{days}": plain(t.plural("{n} day", "{n} days", days)) for days in MUTE_FOR}
    found |= _names(t, "channel", CHANNELS)
    found |= _names(t, "priority", PRIORITIES)
    found |= _names(t, "language", LANGUAGES)
    return found | _names(t, "result", RESULTS)


_HOLES = ("n", "time", "page", "pages", "number", "what")


def _raw(t: Translator, text: Lazy) -> str:
    """A text with its holes left open: each is filled with its own name in braces."""
    holes = {name: f"{{{name}}}" for name in _HOLES if f"{{{name}}}" in text.text}
    return plain(t(text, **holes))
