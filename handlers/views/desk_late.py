"""How late an unanswered ticket is, in the working time of its regime."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.support.views import TicketLine
from handlers.views import format as fmt
from handlers.views.translator import Html, Translator, join

_MINUTE = timedelta(minutes=1)


def late_minutes(line: TicketLine) -> int:
    """Whole minutes of work since the promise ended."""
    return line.late // _MINUTE


def lateness(t: Translator, line: TicketLine, as_of: datetime | None = None) -> Html:
    """Late by 21 hours 5 minutes of working time; ``as_of``: where the words stay as they are.

    Days are left out: one of work is none of 24 hours.
    """
    late = late_minutes(line)
    if not late:
        return t("The time is over")
    hours, minutes = divmod(late, 60)
    parts = [
        t.plural("{n} hour", "{n} hours", hours) if hours else Html(""),
        t.plural("{n} minute", "{n} minutes", minutes) if minutes else Html(""),
    ]
    time = join([each for each in parts if each], " ")
    if as_of is None:
        return t("Late by {time} of working time", time=time)
    moment = fmt.moment(t, as_of)
    return t("Late by {time} of working time, as of {moment}", time=time, moment=moment)
