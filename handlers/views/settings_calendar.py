"""Deadlines in a person's own calendar: the page, the file, the words of its events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from domain.documents.calendar_file import CalendarEvent, calendar_file
from domain.preferences.calendars import CalendarDeadline
from handlers.views import format as fmt
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.translator import Html, Lazy, Translator, escape, join, lazy, plain

#: How an event is called, by the kind of the deadline.
SUMMARIES: Mapping[str, Lazy] = {
    "offer_window": lazy("Order No. {number}: price offers are taken", context="calendar"),
    "selection": lazy("Order No. {number}: choose suppliers", context="calendar"),
    "confirmation": lazy("Order No. {number}: the supplier answers", context="calendar"),
    "contract": lazy("Order No. {number}: conclude the contract", context="calendar"),
}
_SINCE = datetime(2020, 1, 1, tzinfo=UTC)
#: An event ends with the term and lies on its last day, though the term ends at midnight.
_LENGTH = timedelta(minutes=30)
_OTHER = lazy("Order No. {number}: a term ends", context="calendar")


def calendar_of(t: Translator, deadlines: Sequence[CalendarDeadline]) -> bytes:
    """A calendar file with an event for each deadline, in the reader's language."""
    name = plain(t.context("calendar", "Tapsyrys: deadlines"))
    return calendar_file(name, [_event(t, each) for each in deadlines])


def _event(t: Translator, each: CalendarDeadline) -> CalendarEvent:
    called = SUMMARIES.get(each.kind, _OTHER)
    summary = t(called, number=each.order_number)
    # Programs show it in their own zone: the words name ours.
    until = fmt.due(t, each.due_at)
    said = [
        t("The term ends: {due_at}", due_at=until),
        t("The rule: {clause}", clause=fmt.clause(t, each.clause)) if each.clause else "",
        t("This term is over: it was met or is not needed any more.") if each.cancelled else "",
    ]
    return CalendarEvent(
        uid=f"{each.kind}-{each.subject.replace(':', '-')}@tapsyrys",
        # Of one event programs take the highest: it grows with every change, also where a term
        # that was declined runs again.
        sequence=max(0, int((each.changed_at - _SINCE).total_seconds())),
        stamp=each.changed_at,
        starts_at=each.due_at - _LENGTH,
        ends_at=each.due_at,
        summary=plain(summary),
        description=plain(join(said)),
        cancelled=each.cancelled,
    )


def calendar_page(t: Translator, since: datetime | None) -> Shown:
    """The two ways, and whether there is a private address."""
    state = (
        t("You have a private address since {when}.", when=fmt.moment(t, since))
        if since is not None
        else t("You have no private address yet.")
    )
    text = join(
        [
            bold(t("Deadlines in your calendar")),
            t(
                "The file holds the terms as they stand now. The private address follows every "
                "change: your calendar program asks it again about each hour."
            ),
            t(
                "Whoever knows the address sees the numbers of the orders and the terms, no "
                "prices and no names. Give it to nobody."
            ),
            state,
        ],
        "\n\n",
    )
    rows = [[button(t.button("Send the file"), press("set.calendar.file"))]]
    if since is None:
        rows.append([button(t.button("Make an address"), press("set.calendar.new"))])
    else:
        rows.append([button(t.button("Make a new address"), press("set.calendar.new"))])
        rows.append([button(t.button("End the address"), press("set.calendar.off"), "danger")])
    return Shown(text, keyboard(*rows, [button(t.button("Back"), press("settings"))]))


def calendar_address(t: Translator, address: str) -> Html:
    """The address, shown once."""
    return join(
        [
            bold(t("The private address of your deadlines")),
            Html(f"<code>{escape(address)}</code>"),
            t(
                "Add it to your calendar program as a calendar by address (subscription). It is "
                "shown only now; an earlier one, if there was any, has ended."
            ),
            t(
                "On a phone copy it in this form into the browser: the calendar program subscribes "
                "at once."
            ),
            Html(f"<code>{escape(_webcal(address))}</code>"),
        ],
        "\n\n",
    )


def _webcal(address: str) -> str:
    """The address under the scheme that calendar programs have to themselves."""
    return f"webcal://{address.partition('://')[2]}"


def calendar_caption(t: Translator, count: int) -> Html:
    """What stands under the file."""
    return t.plural(
        "{n} deadline. Open the file in your calendar program.",
        "{n} deadlines. Open the file in your calendar program.",
        count,
    )


def no_deadlines(t: Translator) -> Html:
    """In place of an empty file."""
    return t("No term runs for your company now.")
