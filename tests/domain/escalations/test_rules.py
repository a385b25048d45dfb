"""How a chain climbs: never without somebody, never twice, in order, in working time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import WorkingCalendar
from domain.errors import RuleBroken
from domain.escalations.chains import CHAINS, CONFIRMATION, SELECTION, TICKET
from domain.escalations.rules import (
    LONGEST,
    OPTIONAL,
    SHORTEST,
    Hand,
    Step,
    Who,
    check_chain,
    due_after,
    first_rung,
    paced,
    term_of,
    without,
)
from tests.domain.stage import moment

STEPS = CONFIRMATION.steps


def hands(*people: int, channel: str = "telegram") -> list[Hand]:
    return [(person, channel) for person in people]


FULL = {
    Who.DUTY: hands(1),
    Who.DEPUTY: hands(2),
    Who.HEAD: hands(3),
    Who.COMPANY: hands(1, 2, 3, 4),
    Who.EMAIL: hands(1, 4, channel="email"),
    Who.OTHER_SIDE: hands(7, 8),
    Who.ADMIN: hands(9),
}


def climbed(there: dict[Who, list[Hand]], steps: tuple[Step, ...] = STEPS) -> list[set[Hand]]:
    """Whom each rung wakes, from the first step of the act itself on."""
    woken = set(there.get(Who.DUTY, ()))
    found, at = [], 1
    while at < len(steps):
        rung = first_rung(steps, at, there, woken)
        found.append(set(rung.hands))
        woken |= set(rung.hands)
        at = rung.step + 1
    return found


def test_a_full_company_climbs_step_by_step() -> None:
    assert climbed(FULL) == [
        {(2, "telegram")},
        {(3, "telegram")},
        {(4, "telegram"), (1, "email"), (4, "email")},
        {(7, "telegram"), (8, "telegram"), (9, "telegram")},
    ]


@pytest.mark.parametrize(
    ("missing", "rungs"),
    [
        # Without a deputy the head is woken at the deputy's time.
        ({Who.DEPUTY: []}, [{3}, {1, 2, 4}, {7, 8, 9}]),
        ({Who.DEPUTY: [], Who.HEAD: []}, [{1, 2, 3, 4}, {7, 8, 9}]),
        # Everybody was told at once: the company's own steps are empty, the last keeps its time.
        (
            {Who.DUTY: hands(1, 2, 3, 4), Who.EMAIL: []},
            [set(), {7, 8, 9}],
        ),
        ({Who.OTHER_SIDE: []}, [{2}, {3}, {1, 4}, {9}]),
    ],
)
def test_empty_steps_fall_through(missing: dict[Who, list[Hand]], rungs: list[set[int]]) -> None:
    found = climbed({**FULL, **missing})
    assert [{person for person, _ in rung} for rung in found] == rungs


def test_the_last_step_falls_back_on_the_administrators() -> None:
    steps = CHAINS["offer_window"].steps
    nobody: dict[Who, list[Hand]] = {Who.ADMIN: hands(9)}
    assert climbed(nobody, steps) == [{(9, "telegram")}]
    # Where somebody who is still there was woken, they are left alone.
    assert climbed({Who.DUTY: hands(1), Who.COMPANY: hands(1), Who.ADMIN: hands(9)}, steps) == [
        set()
    ]


def test_the_desk_wakes_the_lead_again() -> None:
    there = {Who.KEEPER: hands(1), Who.LEAD: hands(1, 9), Who.ADMIN: hands(9)}
    woken: set[Hand] = set()
    found = []
    for at in range(3):
        rung = first_rung(TICKET.steps, at, there, woken)
        woken |= set(rung.hands)
        found.append({person for person, _ in rung.hands})
    assert found == [{1}, {1, 9}, {1, 9}]


present = st.dictionaries(
    st.sampled_from(list(Who)),
    st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["telegram", "email"])), max_size=4),
)
companies = st.sampled_from([each for each in CHAINS.values() if each.of_company])


@given(companies, present, st.lists(st.tuples(st.integers(1, 9), st.just("telegram")), min_size=1))
def test_never_twice_in_order_and_never_without_somebody(
    chain: object, there: dict[Who, list[Hand]], admins: list[Hand]
) -> None:
    steps = chain.steps  # type: ignore[attr-defined]  # one of ``CHAINS``
    there = {**there, Who.ADMIN: admins}
    woken = list(dict.fromkeys(there.get(Who.DUTY, ())))
    taken, at = [], 1
    while at < len(steps):
        rung = first_rung(steps, at, there, woken)
        assert rung.step >= at
        assert not set(rung.hands) & set(woken)
        woken += rung.hands
        taken.append(rung.step)
        at = rung.step + 1
    assert taken == sorted(taken)
    assert taken[-1] == len(steps) - 1
    assert woken


@pytest.mark.parametrize(
    ("step", "due"),
    [(1, "11-20 12:00"), (2, "11-20 14:00"), (3, "11-20 17:00"), (4, "11-24 10:00")],
)
def test_steps_run_in_working_time(step: int, due: str) -> None:
    """Selected on Friday at ten; a weekend comes between. The term ends on Tuesday at 24:00."""
    calendar, since = WorkingCalendar(), moment("11-20 10:00")
    for at in range(1, step + 1):
        minutes, from_start = due_after(STEPS, at)
        begins = moment("11-20 10:00") if from_start else since
        since = calendar.due(begins, term_of(minutes)).due_at
    assert since == moment(due)


@given(companies, st.integers(0, 60 * 24 * 30))
def test_a_chain_that_begins_with_a_term_climbs_before_its_end(chain: object, minutes: int) -> None:
    """However slow a company makes it: everybody has been told before the term of law is over."""
    calendar = WorkingCalendar()
    start = moment("11-02 00:00") + timedelta(minutes=minutes)
    end = calendar.due(start, term_of(chain.longest)).due_at  # type: ignore[attr-defined]  # as above
    days = 5 if chain is SELECTION else 2
    law = calendar.end_of(calendar.next_working_day((start + timedelta(hours=5)).date()))
    for _ in range(days - 1):
        law = calendar.end_of(calendar.next_working_day(calendar.last_day(law)))
    assert end < law


def test_a_chain_of_a_companys_own_keeps_within_bounds() -> None:
    longest = CONFIRMATION.longest
    assert check_chain(STEPS, STEPS, longest) == STEPS
    for who in OPTIONAL:
        assert check_chain(without(STEPS, who), STEPS, longest)
    faster = paced(STEPS, 1, 2, longest)
    assert [step.after for step in faster] == [0, 60, 60, 90, 360]
    assert check_chain(faster, STEPS, longest)


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        (STEPS[:-1], "escalation_steps"),
        ((STEPS[0], STEPS[2], STEPS[1], *STEPS[3:]), "escalation_steps"),
        ((*STEPS[:3], Step((Who.EMAIL,), 60), STEPS[4]), "escalation_steps"),
        ((Step((Who.DUTY,), 0), Step((), 60), *STEPS[1:]), "escalation_steps"),
        ((*STEPS[:1], Step((Who.DEPUTY,), 60, again=True), *STEPS[2:]), "escalation_steps"),
        ((Step((Who.DUTY,), 30), *STEPS[1:]), "escalation_wait"),
        ((STEPS[0], Step((Who.DEPUTY,), SHORTEST - 1), *STEPS[2:]), "escalation_wait"),
        ((STEPS[0], Step((Who.DEPUTY,), LONGEST + 1), *STEPS[2:]), "escalation_wait"),
        ((STEPS[0], Step((Who.DEPUTY,), 600), *STEPS[2:]), "escalation_too_long"),
    ],
)
def test_what_a_company_may_not_do(steps: tuple[Step, ...], code: str) -> None:
    with pytest.raises(RuleBroken, match=code):
        check_chain(steps, STEPS, CONFIRMATION.longest)


@given(companies, st.lists(st.sampled_from(["faster", "slower", *OPTIONAL]), max_size=8))
def test_whatever_is_pressed_the_chain_stays_within_bounds(
    chain: object, presses: list[str | Who]
) -> None:
    default, longest = chain.steps, chain.longest  # type: ignore[attr-defined]  # as above
    steps = list(default)
    for each in presses:
        if isinstance(each, Who):
            steps = without(steps, each)
        else:
            pace = (1, 2) if each == "faster" else (3, 2)
            steps = paced(steps, *pace, longest)
        steps = list(check_chain(steps, default, longest))


def test_steps_as_rows_hold_them() -> None:
    for chain in CHAINS.values():
        assert tuple(Step.from_json(each.as_json()) for each in chain.steps) == chain.steps
    with pytest.raises(ValueError, match="no step"):
        Step.from_json({"who": "duty", "after": 1})
