"""Sections of the gallery for duty and chains: pages, and the steps of the form of an absence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from domain.duty.views import AbsenceView, DatesView, DutyPlan, PersonBrief, WeekView
from domain.escalations.chains import CHAINS
from domain.escalations.rules import EMAIL_CHANNEL, TELEGRAM
from domain.escalations.views import ChainView, NextView, OwnChain, WokenView
from handlers.views import duty, samples
from handlers.views.escalations import chains_page, own_chain, own_chains
from handlers.views.gallery import Section, entries, entry
from handlers.views.press import press
from handlers.views.shown import Shown
from handlers.views.translator import Html, Translator

_TODAY = samples.NOW.date()
_MONDAY = date(2026, 11, 16)


def _people() -> tuple[PersonBrief, ...]:
    name = samples.words().person
    return tuple(
        PersonBrief(number, each, "head" if number == 1 else "contact")
        for number, each in enumerate((name, f"{name} II", f"{name} III"), start=1)
    )


def plan(*, kept: bool = True) -> DutyPlan:
    """A roster of three people; without one where it is not ``kept``."""
    first, second, third = _people()
    return DutyPlan(
        today=_TODAY,
        weeks=(
            WeekView(_MONDAY, second, first, ((_TODAY + timedelta(days=1), None),)),
            WeekView(_MONDAY + timedelta(days=7), third),
        )
        if kept
        else (),
        turns=(first, second, third) if kept else (),
        dates=(DatesView(3, third, _TODAY, _TODAY),) if kept else (),
        absences=(
            AbsenceView(1, first, _TODAY, _TODAY + timedelta(days=13), second),
            AbsenceView(2, third, _TODAY, _TODAY, None),
        )
        if kept
        else (),
        people=(first, second, third),
        me=1,
        is_head=True,
    )


def chain(state: str = "running", *, own: bool = True) -> ChainView:
    """A chain of the sample supplier; not ``own``: as the other side sees it."""
    steps = CHAINS["confirmation"].steps
    began = samples.STARTED
    woken = (
        WokenView(0, began, samples.words().person, TELEGRAM, "own"),
        WokenView(1, began + timedelta(hours=2), _people()[1].name, TELEGRAM, "own"),
        WokenView(3, began + timedelta(hours=9), _people()[1].name, EMAIL_CHANNEL, "own"),
        WokenView(4, began + timedelta(hours=19), "", TELEGRAM, "other"),
        WokenView(4, began + timedelta(hours=19), "", TELEGRAM, "admin"),
    )
    runs = state == "running"
    return ChainView(
        number=5,
        category="confirmation",
        subject="award:31",
        company=samples.party(samples.words().supplier),
        own=own,
        state=state,
        started_at=began,
        ended_at=None if runs else samples.NOW,
        ended_by=_people()[1].name if own and state in ("acked", "acted") else "",
        woken=(woken[:2] if runs else woken) if own else woken[3:4],
        next=NextView(steps[2], samples.NOW + timedelta(hours=2)) if runs and own else None,
    )


def duty_sections() -> list[Section]:
    """The pages of duty and of chains."""
    person = _people()[1]
    states = [(state, chain(state)) for state in ("running", "acked", "acted", "over")]
    states.append(("everybody told", replace(chain(), next=None)))
    given = CHAINS["confirmation"]
    mine = OwnChain(given.category, given.steps, given.steps, given.longest, changed=False)
    changed = OwnChain(given.category, given.steps[:2], given.steps, given.longest, changed=True)
    return [
        Section(
            "Duty",
            [
                *entries([("roster", plan()), ("no roster", plan(kept=False))], duty.duty_page),
                entry("turns", lambda t: duty.turns_page(t, plan(), 0)),
                entry("hand over", lambda t: duty.hand_page(t, plan(), 0)),
                entry("for how long", lambda t: duty.span_page(t, person)),
                entry("entries", lambda t: duty.entries_page(t, plan(), 0)),
                entry("no entries", lambda t: duty.entries_page(t, plan(kept=False), 0)),
                entry("keep none", duty.drop_question),
            ],
        ),
        Section(
            "Chains",
            [
                *entries([*states, ("other side", chain("acted", own=False))], _chains),
                entry("nothing", lambda t: chains_page(t, t("On duty"), [], _BACK)),
                entry("own chains", lambda t: own_chains(t, [mine, changed])),
                entry("own chain", lambda t: own_chain(t, mine)),
                entry("own chain, changed", lambda t: own_chain(t, changed)),
            ],
        ),
    ]


_BACK = press("order.card", samples.ORDER)


def _chains(t: Translator, shown: ChainView) -> Shown:
    headline = t("Order No. {number}: who was told", number=samples.ORDER)
    return chains_page(t, headline, [shown], _BACK)


def duty_form_sections() -> list[Section]:
    """The steps of the form of an absence."""
    name, last = _people()[0].name, _TODAY + timedelta(days=13)
    steps: dict[str, Callable[[Translator], Html]] = {
        "who": duty.ask_who,
        "days": lambda t: duty.ask_days(t, name),
        "deputy": lambda t: duty.ask_deputy(t, name, _TODAY, last),
        "review": lambda t: duty.review_absence(t, name, _TODAY, last, _people()[1].name),
    }
    return [
        Section(
            "Form of an absence",
            [entry(f"AwayForm:{each}", _step(step)) for each, step in steps.items()],
        )
    ]


def _step(step: Callable[[Translator], Html]) -> Callable[[Translator], Shown]:
    return lambda t: Shown(step(t))
