"""Refusals of preferences."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.views.errors.told import Teller, Told
from handlers.views.translator import lazy

PREFERENCES: Mapping[str, Teller] = {
    "clock_format": Told(
        lazy("This is no time of day."), lazy("Type hours and minutes, for example 18:30.")
    ),
    "hours_format": Told(
        lazy("These are not two times of day."),
        lazy("Type when they begin and when they end, for example 22:30-07:30."),
    ),
    "quiet_empty": Told(
        lazy("Quiet hours cannot begin and end at the same minute."),
        lazy("Type two different times."),
    ),
    "quiet_days": Told(lazy("There are no such days."), lazy("Choose again: /settings")),
    "calendar_address_lost": Told(
        lazy("The address was made and is shown only once."),
        lazy("Make a new one: /settings"),
    ),
    "calendar_unknown": Told(
        lazy("This address shows no calendar."), lazy("Make a new one in the chat: /settings")
    ),
    "moment_format": Told(
        lazy("This is no moment."), lazy("Type the day and the time, for example 24.11 09:30.")
    ),
    "reminder_unknown": Told(
        lazy("This reminder is not there any more."), lazy("Open the page again: /settings")
    ),
    "reminder_last": Told(
        lazy("At least one reminder of each term stays."),
        lazy("Choose another one before you take this one away."),
    ),
    "reminder_out_of_term": Told(
        lazy("A reminder comes after now and before the term ends."),
        lazy("Choose another moment."),
    ),
    "term_unknown": Told(
        lazy("This term does not run for your company any more."),
        lazy("Open the page again: /settings"),
    ),
    "category_unknown": Told(
        lazy("There are no such notices."), lazy("Open the page again: /settings")
    ),
    "category_told": Told(
        lazy("These notices cannot be muted: whoever is not told of a term could miss it."),
        lazy("Choose quiet hours or a digest for the others: /settings"),
    ),
}
