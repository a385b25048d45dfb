"""Refusals of the support desk, to those who ask and to operators."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.views.errors.told import Teller, Told, megabytes, show
from handlers.views.translator import Html, Translator, lazy

_OPEN_AGAIN = lazy("Open it again to see how it stands now.")


def _unstopped(t: Translator, value: object) -> Html:
    """What somebody wrote, without a full stop of its own: the sentence brings one."""
    return show(t, str(value).strip().rstrip(".…!").rstrip())


SUPPORT: Mapping[str, Teller] = {
    "ticket_unknown": Told(
        lazy("There is no such request: No. {ticket}."),
        lazy("Open your requests and choose one of them."),
    ),
    "ticket_file_unknown": Told(
        lazy("There is no such file in a request."),
        lazy("Open the request again and choose from what it has."),
    ),
    "ticket_closed": Told(
        lazy("Request No. {ticket} is closed."),
        lazy("Open it again, or write to support: that makes a new request."),
    ),
    "ticket_merged": Told(
        lazy("Request No. {ticket} goes on together with another one."),
        lazy("Open your requests: the other one is there."),
    ),
    "ticket_open": Told(lazy("Request No. {ticket} is not closed: it goes on."), _OPEN_AGAIN),
    "ticket_unanswered": Told(
        lazy("Request No. {ticket} has no answer yet."),
        lazy("An answer can be rated when it has come."),
    ),
    "reopen_late": Told(
        lazy("Request No. {ticket} could be opened again until {until}."),
        lazy("Write to support: that makes a new request."),
    ),
    "escalation_asked": Told(
        lazy("The head of support has been called to request No. {ticket} within the last hour."),
        lazy("Please wait for the answer: it comes here."),
    ),
    "rating_range": Told(
        lazy("There is no such mark."),
        lazy("Give a mark from {minimum} to {maximum}."),
    ),
    "message_empty": Told(
        lazy("The message is empty."),
        lazy("Write a text, or send a voice message, a photo or a file."),
    ),
    "support_file_too_big": Told(
        lazy("A file is larger than {limit} MB."),
        lazy("Please send it in parts of at most {limit} MB each."),
        {"limit": megabytes},
    ),
    "support_muted": Told(
        lazy("You cannot write to support until {until}. Reason: {reason}."),
        lazy("After that time you can write again."),
        {"reason": _unstopped},
    ),
    "support_flood": Told(
        lazy("Too many messages: support takes {limit} within {minutes} minutes."),
        lazy("This message was not taken. Please send it again after {until}."),
    ),
    "channel_unknown": Told(
        lazy("Requests do not come by this way: {channel}."),
        lazy("Use chat, voice, email, phone or api."),
    ),
    "regime_unknown": Told(
        lazy("Support does not work by this act: {regime}."),
        lazy("Choose one of these: {known}."),
    ),
    "ticket_taken": Told(
        lazy("Request No. {ticket} is in the hands of another operator: {name}."),
        lazy("Ask the operator to release it, or assign it."),
    ),
    "ticket_not_taken": Told(lazy("You do not hold request No. {ticket}."), _OPEN_AGAIN),
    "ticket_moved_on": Told(
        lazy("Something new was said in request No. {ticket} meanwhile."),
        lazy("Read it, then send once more: what you have typed is kept."),
    ),
    "nobody_on_shift": Told(
        lazy("No operator is on shift."),
        lazy("Begin a shift, or choose an operator by name."),
    ),
    "not_on_shift": Told(lazy("You are not on shift."), lazy("Begin a shift first.")),
    "operator_unknown": Told(
        lazy("This person is no operator of support."),
        lazy("Choose an operator or an administrator."),
    ),
    "priority_unknown": Told(
        lazy("There is no such priority."), lazy("Choose one of these: {known}.")
    ),
    "result_unknown": Told(lazy("A request cannot end so."), lazy("Choose one of these: {known}.")),
    "close_unanswered": Told(
        lazy("Request No. {ticket} has no answer to close it with."),
        lazy("Answer first, or close it with a text for the user."),
    ),
    "no_way_to_answer": Told(
        lazy("Nothing written reaches the caller of request No. {ticket}: there is only a phone."),
        lazy("Call back and record the result."),
    ),
    "merge_itself": Told(
        lazy("Request No. {ticket} cannot be joined with itself."),
        lazy("Give the number of another request."),
    ),
    "merge_other_person": Told(
        lazy("Requests No. {ticket} and No. {into} are of different people."),
        lazy("Only requests of one person can be joined."),
    ),
    "follow_up_unknown": Told(
        lazy("A follow-up is a call or a written answer, with its result."),
        lazy("Choose: called and answered, called and not reached, or answered in writing."),
    ),
    "dispute_marked": Told(
        lazy("Request No. {ticket} is already marked as disputed."),
        lazy("Its recordings are kept until the dispute is settled."),
    ),
    "dispute_not_marked": Told(
        lazy("Request No. {ticket} is not marked as disputed."), _OPEN_AGAIN
    ),
    "call_future": Told(
        lazy("The call lies in the future."), lazy("Give the date and time when it was.")
    ),
    "call_too_old": Told(
        lazy("The call was too long ago: more than {days} days."),
        lazy("Open a request as of today and tell of the call in it."),
    ),
    "canned_unknown": Told(
        lazy("There is no such ready answer."), lazy("Open the list of ready answers again.")
    ),
    "mute_range": Told(
        lazy("Somebody can be kept from writing for {days} days at most, from now on."),
        lazy("Choose another end."),
    ),
    "mute_staff": Told(
        lazy("Operators and administrators can always write."),
        lazy("Their rights are changed by an administrator."),
    ),
    "not_muted": Told(lazy("This person may write to support."), _OPEN_AGAIN),
    "period_range": Told(
        lazy("There is no such period."),
        lazy("Give a beginning and a later end, at most three years apart."),
    ),
    "desk_link_dead": Told(
        lazy("This link does not work: it was used, is over, or never was."),
        lazy("Send /desk to the bot: it gives you a new one."),
    ),
    "desk_session_over": Told(
        lazy("You are not signed in to the desk, or the time of the session is over."),
        lazy("Send /desk to the bot and open the link that it gives you."),
    ),
}
