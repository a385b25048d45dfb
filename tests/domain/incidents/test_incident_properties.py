"""Whatever faults come in whatever order: no end is earlier, twice is once, nothing is taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import permutations
from typing import Literal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.calendar import WorkingCalendar
from domain.clock import astana
from domain.extensions import Step, extended
from domain.incidents.rules import Interval, ends_of, moved_end, step_of, touched
from domain.support.regimes import Effect
from domain.terms import DayOverride, Term

_FROM = datetime(2026, 11, 2, tzinfo=UTC)
_OFF = [datetime(2026, 11, day, tzinfo=UTC).date() for day in range(3, 29)]


@dataclass(frozen=True)
class Fault:
    """A confirmed fault of any regime."""

    cause: str
    effect: Effect
    interval: Interval


@dataclass
class Running:
    """A running deadline: the end of its bare term and its steps, as a row holds them."""

    started_at: datetime
    base: datetime
    due_at: datetime
    steps: tuple[Step, ...] = ()

    def meet(self, calendar: WorkingCalendar, fault: Fault) -> bool:
        """Apply a fault as the use case does; whether anything moved."""
        step = step_of(fault.cause, fault.effect, "366-29.3", fault.interval)
        ends = ends_of(calendar, self.base, self.steps, fault.cause)
        touches = touched(calendar, fault.effect, fault.interval, self.started_at, ends)
        if step is None or not touches:
            return False
        result = moved_end(calendar, self.base, self.due_at, self.steps, step)
        if result is None:
            return False
        self.due_at, self.steps = result
        return True


calendars = st.sets(st.sampled_from(_OFF), max_size=6).map(
    lambda days: WorkingCalendar([DayOverride(day, False, "", "", "x") for day in days], "test")
)
starts = st.integers(0, 14 * 24 * 60).map(lambda minutes: _FROM + timedelta(minutes=minutes))
terms = st.sampled_from(["2wd", "5wd", "1d", "3d"]).map(Term.parse)
intervals = st.tuples(st.integers(0, 20 * 24 * 60), st.integers(1, 4 * 24 * 60)).map(
    lambda given: Interval(
        _FROM + timedelta(minutes=given[0]), _FROM + timedelta(minutes=given[0] + given[1])
    )
)
_EFFECTS: tuple[Effect, ...] = ("none", "next_working_day", "lost_time", "lost_days")


def _faults(count: int) -> st.SearchStrategy[list[Fault]]:
    return st.lists(
        st.tuples(st.sampled_from(_EFFECTS), intervals), min_size=count, max_size=count
    ).map(lambda given: [Fault(f"incident:{n}", *each) for n, each in enumerate(given, start=1)])


def _term(calendar: WorkingCalendar, start: datetime, term: Term) -> Running:
    due_at = calendar.due(start, term).due_at
    return Running(start, due_at, due_at)


@given(calendars, starts, terms, _faults(4))
def test_no_fault_moves_an_end_to_an_earlier_moment(
    calendar: WorkingCalendar, start: datetime, term: Term, faults: list[Fault]
) -> None:
    row = _term(calendar, start, term)
    for fault in faults:
        before = row.due_at
        assert row.meet(calendar, fault) is (row.due_at > before)
        assert row.due_at >= before
        # The row's end is what the receipt counts: the bare term and the steps.
        assert extended(calendar, row.base, row.steps) == row.due_at


@given(calendars, starts, terms, _faults(3))
def test_applied_twice_is_applied_once(
    calendar: WorkingCalendar, start: datetime, term: Term, faults: list[Fault]
) -> None:
    row = _term(calendar, start, term)
    for fault in faults:
        row.meet(calendar, fault)
        kept = (row.due_at, row.steps)
        assert row.meet(calendar, fault) is False
        assert (row.due_at, row.steps) == kept


@given(calendars, starts, terms, _faults(2))
def test_in_either_order_two_faults_give_what_each_gives_alone(
    calendar: WorkingCalendar, start: datetime, term: Term, faults: list[Fault]
) -> None:
    alone = []
    for fault in faults:
        row = _term(calendar, start, term)
        row.meet(calendar, fault)
        alone.append(row.due_at)
    found = set()
    for order in permutations(faults):
        row = _term(calendar, start, term)
        touched_each = [row.meet(calendar, fault) for fault in order]
        assert row.due_at >= max(alone)
        if all(touched_each):
            found.add(row.due_at)
    # Whichever is entered first, where both have moved it the end is one and the same.
    assert len(found) <= 1


@given(calendars, starts, terms, _faults(1), st.integers(1, 3 * 24 * 60))
def test_a_fault_that_turns_out_longer_never_gives_less(
    calendar: WorkingCalendar, start: datetime, term: Term, faults: list[Fault], more: int
) -> None:
    (fault,) = faults
    longer = Interval(fault.interval.began_at, fault.interval.ended_at + timedelta(minutes=more))
    row, whole = _term(calendar, start, term), _term(calendar, start, term)
    row.meet(calendar, fault)
    row.meet(calendar, Fault(fault.cause, fault.effect, longer))
    whole.meet(calendar, Fault(fault.cause, fault.effect, longer))
    assert row.due_at == whole.due_at
    # And one that turns out shorter takes nothing back.
    whole.meet(calendar, fault)
    assert row.due_at == whole.due_at


def _later_fault(row: Running, calendar: WorkingCalendar, effect: Effect, hours: int) -> Fault:
    """A fault on the very last day of a term as it stands now, and before its end."""
    morning = calendar.at(calendar.last_day(row.due_at), time(9))
    began = min(morning, row.due_at - timedelta(minutes=1))
    return Fault("incident:9", effect, Interval(began, began + timedelta(hours=hours)))


@given(calendars, starts, terms, _faults(2), st.sampled_from(_EFFECTS[1:]), st.integers(1, 72))
def test_a_fault_on_the_last_day_of_a_term_always_gives_more_of_it(
    calendar: WorkingCalendar,
    start: datetime,
    term: Term,
    faults: list[Fault],
    effect: Effect,
    hours: int,
) -> None:
    row = _term(calendar, start, term)
    for fault in faults:
        row.meet(calendar, fault)
    last = row.due_at
    # However often it was extended before: it is the end that people know that counts. Only
    # what another fault has given back already is not given twice.
    fault = _later_fault(row, calendar, effect, hours)
    assume(all(each.interval.last < fault.interval.first for each in faults))
    assert row.meet(calendar, fault)
    match effect:
        case "lost_days":
            assert row.due_at - last >= timedelta(days=max(1, hours // 24))
            assert calendar.is_working(calendar.last_day(row.due_at))
        case "lost_time":
            assert row.due_at - last == timedelta(hours=hours)
        case _:
            ended = astana(fault.interval.ended_at - datetime.resolution).date()
            assert calendar.last_day(row.due_at) > ended


@given(calendars, starts, terms, st.sampled_from(_EFFECTS[1:]), st.integers(1, 72), intervals)
def test_a_fault_is_not_touched_by_what_it_has_given_itself(
    calendar: WorkingCalendar,
    start: datetime,
    term: Term,
    effect: Effect,
    hours: int,
    interval: Interval,
) -> None:
    row = _term(calendar, start, term)
    bare = row.due_at
    row.meet(calendar, _later_fault(row, calendar, effect, hours))
    given_by_it = calendar.last_day(row.due_at)
    # Analysed again it turns out to have been at another time: the bare term decides.
    other = Interval(calendar.at(given_by_it, time(9)), calendar.at(given_by_it, time(10)))
    for each in (other, interval):
        before = row.due_at
        if row.meet(calendar, Fault("incident:9", effect, each)):
            if effect == "lost_days":
                assert max(each.began_at, start) < min(each.ended_at, bare)
            else:
                assert each.first <= calendar.last_day(bare) <= each.last
        else:
            assert row.due_at == before


@given(calendars, starts, terms, intervals)
def test_after_act_366_a_whole_working_day_follows_the_mending(
    calendar: WorkingCalendar, start: datetime, term: Term, interval: Interval
) -> None:
    row = _term(calendar, start, term)
    if row.meet(calendar, Fault("incident:1", "next_working_day", interval)):
        last = calendar.last_day(row.due_at)
        assert calendar.is_working(last)
        assert last > astana(interval.ended_at - datetime.resolution).date()
        assert row.due_at == calendar.end_of(calendar.next_working_day(interval.last))


@pytest.mark.parametrize(
    ("effect", "rule"),
    [("next_working_day", "next_working_day"), ("lost_time", "lost_time"), ("none", None)],
)
def test_the_step_of_an_effect(effect: Effect, rule: Literal["next_working_day"] | None) -> None:
    step = step_of("incident:1", effect, "x", Interval(_FROM, _FROM + timedelta(hours=1)))
    assert (step.rule if step else None) == rule
