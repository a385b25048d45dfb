"""The receipt of a deadline: from which event, which days counted, which did not and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from domain.calendar import Receipt
from domain.deadlines import DeadlineView
from domain.errors import RuleBroken
from domain.terms import DayCode, DayReason, ReceiptDay, Term, Unit
from handlers.views import format as fmt
from handlers.views.press import press
from handlers.views.shown import Shown, bold, button, keyboard
from handlers.views.terms import DAY_CODES, DEADLINE_KINDS, DEADLINE_STATES, HOLIDAYS
from handlers.views.translator import Html, Lazy, Translator, escape, join, lazy

#: What sets a deadline off, by its kind.
STARTS: Mapping[str, Lazy] = {
    "offer_window": lazy("the order was published and the suppliers were told"),
    "selection": lazy("the summary of offers was formed"),
    "reselection": lazy("a supplier refused or did not answer in time"),
    "confirmation": lazy("the supplier got the order for confirmation"),
    "contract": lazy("the supplier confirmed"),
    "ticket.promise": lazy("support got the request"),
    "escalate": lazy("somebody was told in vain"),
    "ticket.number": lazy("the request came into the journal"),
    "ticket.decide": lazy("the request came into the journal"),
    "ticket.closes": lazy("support answered"),
}
_RESELECTION_CLAUSE = "344-13.10"

#: With more days than this, days that count are shown in runs, too.
_SINGLE_DAYS = 16
#: Of more lines than this the middle is left out.
_MOST_LINES = 40
_ENDS_SHOWN = 12

#: Reasons that tell by themselves that a day does not count.
_SAYS_SO = (DayCode.START_DAY, DayCode.ROLLED_TO)
_DAY = timedelta(days=1)


def receipt(t: Translator, deadline: DeadlineView, now: datetime) -> Html:
    """How the end of a deadline was found, as it was counted when the deadline was set."""
    term = _term(deadline.term)
    label = DEADLINE_KINDS.get(deadline.kind)
    ends = fmt.due(t, deadline.due_at)
    head = [
        bold(t("How this deadline was counted")),
        t(label) + ": " + bold(ends) if label else bold(ends),
        _standing(t, deadline, now),
    ]
    blocks = [
        join(head),
        _start(t, deadline.started_at, _event(deadline), term, deadline.clause),
        _days(t, _stored_days(deadline.receipt), term),
        _extensions(t, deadline.receipt),
        _end(t, deadline.due_at, deadline.calendar_version),
    ]
    return join(blocks, "\n\n")


def receipt_text(t: Translator, counted: Receipt) -> Html:
    """How the end of any term was found."""
    blocks = [
        bold(t("The term ends: {due_at}", due_at=fmt.due(t, counted.due_at))),
        _start(t, counted.start, None, counted.term, None),
        _days(t, counted.days, counted.term),
        _end(t, counted.due_at, counted.calendar_version),
    ]
    return join(blocks, "\n\n")


def receipt_view(
    t: Translator,
    deadline: DeadlineView,
    now: datetime,
    order_number: int,
    *,
    reminds: bool = False,
) -> Shown:
    """The receipt with the way back to its order.

    ``reminds``: whether the reader may set a reminder on a term that runs.
    """
    back = button(t.button("Open the order"), press("order.card", order_number))
    runs = deadline.state == "open" and deadline.due_at > now
    thing, _, number = deadline.subject.partition(":")
    later = press("set.remind.when", deadline.kind, thing, number)
    return Shown(
        receipt(t, deadline, now),
        keyboard([button(t.button("Remind me"), later)] if reminds and runs else [], [back]),
    )


def day_reason(t: Translator, reason: DayReason) -> Html:
    """Why a day is worked or not: ``Public holiday: Republic Day``."""
    said = t(DAY_CODES[reason.code])
    name = escape(reason.name_kk if t.locale == "kk" else reason.name_ru)
    if not name and reason.key in HOLIDAYS:
        name = t(HOLIDAYS[reason.key])
    if name:
        said = said + ": " + name
    if reason.swapped_with:
        said = said + " (" + t("instead of {day}", day=fmt.day(t, reason.swapped_with)) + ")"
    if reason.estimated:
        said = said + " (" + t("the date is expected, not yet announced") + ")"
    return said + ". " + escape(reason.basis) if reason.basis else said


def _term(text: str) -> Term | None:
    try:
        return Term.parse(text)
    except RuleBroken:
        return None


def _event(deadline: DeadlineView) -> Lazy | None:
    again = deadline.kind == "selection" and deadline.clause == _RESELECTION_CLAUSE
    return STARTS.get("reselection" if again else deadline.kind)


def _standing(t: Translator, deadline: DeadlineView, now: datetime) -> Html:
    if deadline.state == "open":
        return fmt.left(t, now, deadline.due_at)
    state = DEADLINE_STATES.get(deadline.state)
    return t("State: {state}", state=t(state)) if state else escape("")


def _start(
    t: Translator, at: datetime, event: Lazy | None, term: Term | None, clause: str | None
) -> Html:
    """The event, the term and where the term is from."""
    moment = fmt.moment(t, at)
    begins = t("Start: {moment}", moment=moment)
    if event:
        begins = t("Start: {moment} – {event}", moment=moment, event=t(event))
    length = t("Term: {term}", term=fmt.term(t, term)) if term else escape("")
    source = fmt.clause(t, clause) if clause else escape("")
    return join([begins, join([length, source], " · ")])


def _end(t: Translator, due_at: datetime, version: str) -> Html:
    return join(
        [
            t("End: {moment}", moment=bold(fmt.deadline(t, due_at))),
            t("Version of the calendar: {version}", version=version) if version else "",
        ]
    )


#: What extends a deadline, by the word its cause begins with.
_CAUSES: Mapping[str, Lazy] = {
    "incident": lazy("Fault, incident No. {number}"),
    "maintenance": lazy("Works No. {number}"),
}
#: Why an end stands later by a step that only holds it.
_HELD = "until"


def _extensions(t: Translator, stored: Mapping[str, object] | None) -> Html:
    """What faults and works have added to the term, each step with its ground and clause."""
    given = (stored or {}).get("extensions")
    steps = [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []
    lines = [line for step in steps if (line := _extension(t, step))]
    return join([bold(t("Extended")), *lines]) if lines else escape("")


def _extension(t: Translator, step: Mapping[str, object]) -> Html:
    cause, _, number = str(step.get("cause", "")).partition(":")
    try:
        old = datetime.fromisoformat(str(step.get("old")))
        new = datetime.fromisoformat(str(step.get("new")))
        source = fmt.clause(t, str(step.get("clause")))
    except ValueError:
        return escape("")
    known = _CAUSES.get(cause)
    ground = t(known, number=number) if known else escape(cause)
    held = t("held until the decision") if step.get("rule") == _HELD else escape("")
    ends = fmt.deadline(t, old) + Html(" → ") + bold(fmt.deadline(t, new))
    return escape("• ") + join([join([ground, held], ", "), ends, source], " · ")


def _stored_days(stored: Mapping[str, object] | None) -> list[ReceiptDay]:
    """The days of a stored receipt; empty when it cannot be read."""
    days = (stored or {}).get("days")
    found = []
    for each in days if isinstance(days, list) else []:
        code, _, key = str(each.get("reason", "")).partition(":")
        try:
            on = date.fromisoformat(str(each.get("date")))
            reason = DayReason(DayCode(code), key)
        except ValueError:
            return []
        found.append(ReceiptDay(on, bool(each.get("counted")), reason))
    return found


@dataclass(frozen=True)
class _Run:
    """Days in a row that are told in one line; ``first`` and ``last`` number those that count."""

    since: date
    until: date
    counted: bool
    said: Html
    first: int
    last: int


def _runs(t: Translator, days: Sequence[ReceiptDay], *, single: bool) -> Iterator[_Run]:
    """Days that count stand alone while they are few; days that do not are always merged."""
    number = 0
    for (counted, said, _), group in groupby(
        _keyed(t, days, single=single), key=lambda each: each[0]
    ):
        members = [day for _, day in group]
        first = number + 1
        number += len(members) if counted else 0
        yield _Run(members[0].date, members[-1].date, counted, said, first, number)


_Key = tuple[bool, Html, int]


def _keyed(
    t: Translator, days: Iterable[ReceiptDay], *, single: bool
) -> Iterator[tuple[_Key, ReceiptDay]]:
    run, before = 0, None
    for day in days:
        alone = single and day.counted
        if alone or before is None or day.date != before + _DAY:
            run += 1
        before = day.date
        said = day_reason(t, day.reason)
        if not day.counted and day.reason.code not in _SAYS_SO:
            said = t("{reason}, not counted", reason=said)
        yield (day.counted, said, run), day


def _days(t: Translator, days: Sequence[ReceiptDay], term: Term | None) -> Html:
    numbered = term is not None and term.unit in (Unit.WORKING_DAYS, Unit.CALENDAR_DAYS)
    lines = [
        _line(t, run, numbered=numbered) for run in _runs(t, days, single=len(days) <= _SINGLE_DAYS)
    ]
    if len(lines) > _MOST_LINES:
        lines[_ENDS_SHOWN:-_ENDS_SHOWN] = [escape("…")]
    return join(lines)


def _line(t: Translator, run: _Run, *, numbered: bool) -> Html:
    when = fmt.weekday(t, run.since)
    if run.until != run.since:
        when = when + " – " + fmt.weekday(t, run.until)
    mark = escape("• ")
    if run.counted and numbered:
        count = f"{run.first}" if run.first == run.last else f"{run.first}–{run.last}"
        mark = bold(escape(f"{count}.")) + " "
    return mark + when + ": " + run.said
