"""Whom of a company a thing that waits wakes: the roster of duty, the chains, the reminders.

For people of a company who act by a token of their own; the use cases are those of the chat.
"""

from __future__ import annotations

from datetime import date

from pydantic import Field

from bot.web.api.answers import Answer, DateOut
from bot.web.api.fields import ClauseOut, Day, Moment, MomentOut, Number, Text
from bot.web.api.me import check_is_person
from bot.web.api.models import Asked
from bot.web.api.routing import Call, Group, Nothing
from domain.duty.views import DutyPlan
from domain.errors import RuleBroken
from domain.escalations.rules import Step, Who
from domain.escalations.views import OwnChain
from domain.preferences.reminders import RemindersView

duty = Group("duty")
chains = Group("chains")
reminders = Group("reminders")


class ColleagueOut(Answer):
    """Somebody of the company."""

    id: int
    name: str
    position: str


class DutyDayOut(Answer):
    """From a day on, somebody else; ``person`` null: everybody is told at once."""

    day: DateOut
    person: ColleagueOut | None


class DutyWeekOut(Answer):
    """Who has the duty in a week, on its first day that is not over."""

    monday: DateOut
    person: ColleagueOut | None
    instead_of: ColleagueOut | None
    others: list[DutyDayOut] = Field(description="Later days of the week with somebody else.")


class DutyDatesOut(Answer):
    """Days, both counted, on which somebody has the duty out of turn."""

    number: int
    person: ColleagueOut
    first: DateOut
    last: DateOut


class AbsenceOut(DutyDatesOut):
    """Days, both counted, on which somebody is away, and who stands in."""

    deputy: ColleagueOut | None


class DutyOut(Answer):
    """The roster of the company in the role the token acts in."""

    kept: bool = Field(description="Whether there is a roster: else everybody is told at once.")
    today: DateOut
    weeks: list[DutyWeekOut]
    turns: list[ColleagueOut]
    hand_overs: list[DutyDatesOut]
    absences: list[AbsenceOut]
    people: list[ColleagueOut]


class TurnsIn(Asked):
    """People by turn, a week each, the first in this week; none: no turns."""

    people: list[Number] = Field(max_length=200)


class HandOverIn(Asked):
    """Who has the duty on which days, both counted."""

    person: Number
    first: Day
    last: Day


class AbsenceIn(Asked):
    """Who is away on which days, both counted, and who stands in."""

    person: Number | None = Field(None, description="Oneself when left out.")
    first: Day
    last: Day
    deputy: Number | None = None


class ChainStep(Answer):
    """Whom a step wakes, and how many working minutes after the step before."""

    who: list[str] = Field(
        description="duty, deputy, head, company, email, other_side, admin.", max_length=10
    )
    after: int = Field(description="Working minutes.")


class ChainIn(Asked):
    """A company's own chain: the usual steps in their order; some may be left out."""

    steps: list[ChainStep] = Field(max_length=20)


class ChainOut(Answer):
    """The chain of a category as it holds for the company."""

    category: str
    changed: bool = Field(description="Whether it is the company's own.")
    steps: list[ChainStep]
    usual: list[ChainStep]
    longest: int = Field(description="The most working minutes that all steps may take.")


class ChainsOut(Answer):
    """The chains of the company in the role the token acts in."""

    items: list[ChainOut]


class RunningTermOut(Answer):
    """A term that runs for the company or at the desk; ``kind`` and ``subject`` name it."""

    kind: str
    subject: str
    order: int | None = Field(validation_alias="order_number")
    due_at: MomentOut
    clause: ClauseOut


class OwnReminderOut(Answer):
    """A reminder of one's own."""

    number: int
    kind: str
    subject: str
    order: int | None = Field(validation_alias="order_number")
    at: MomentOut
    due_at: MomentOut


class RemindersOut(Answer):
    """The usual reminders that the company wants, one's own, and the terms that run."""

    usual: list[str]
    own: list[OwnReminderOut]
    terms: list[RunningTermOut]


class RhythmIn(Asked):
    """The usual reminders that the company wants, by their names; at least one."""

    usual: list[str] = Field(max_length=50)


class ReminderIn(Asked):
    """Of which term one wants to be reminded, and when."""

    kind: Text
    subject: Text
    at: Moment


# Duty


def _week(monday: date, others: object, **people: object) -> DutyWeekOut:
    pairs = others if isinstance(others, tuple) else ()
    days = [DutyDayOut.model_validate({"day": day, "person": who}) for day, who in pairs]
    return DutyWeekOut.model_validate({"monday": monday, "others": days, **people})


def _duty(plan: DutyPlan) -> DutyOut:
    weeks = [
        _week(each.monday, each.others, person=each.person, instead_of=each.instead_of)
        for each in plan.weeks
    ]
    return DutyOut(
        kept=plan.kept,
        today=plan.today,
        weeks=weeks,
        turns=[ColleagueOut.model_validate(each) for each in plan.turns],
        hand_overs=[DutyDatesOut.model_validate(each) for each in plan.dates],
        absences=[AbsenceOut.model_validate(each) for each in plan.absences],
        people=[ColleagueOut.model_validate(each) for each in plan.people],
    )


@duty.get("/me/duty", Nothing, DutyOut, people=True)
async def show_duty(call: Call, _: Nothing) -> DutyOut:
    """Who of the company is told first: this week and the next, hand-overs, absences."""
    check_is_person(call)
    return _duty(await call.services.duty.plan(call.actor))


@duty.post("/me/duty/turns", TurnsIn, DutyOut, method="PUT", people=True)
async def put_turns(call: Call, body: TurnsIn) -> DutyOut:
    """Have a roster: people by turn, a week each, beginning with this week."""
    check_is_person(call)
    return _duty(await call.services.duty.set_turns(call.actor, body.people))


@duty.post("/me/duty", Nothing, DutyOut, method="DELETE", people=True)
async def drop_duty(call: Call, _: Nothing) -> DutyOut:
    """Keep no roster any more: everybody is told at once. Absences stay."""
    check_is_person(call)
    return _duty(await call.services.duty.drop(call.actor))


@duty.post("/me/duty/hand-overs", HandOverIn, DutyOut, status=201, people=True)
async def hand_over_duty(call: Call, body: HandOverIn) -> DutyOut:
    """Give the duty to a colleague for some days; they are told."""
    check_is_person(call)
    plan = await call.services.duty.hand_over(call.actor, body.person, body.first, body.last)
    return _duty(plan)


def _entry(call: Call) -> int:
    return call.number("number", "duty_entry_unknown")


@duty.post("/me/duty/hand-overs/{number}", Nothing, DutyOut, method="DELETE", people=True)
async def take_duty_back(call: Call, _: Nothing) -> DutyOut:
    """Take a hand-over back."""
    check_is_person(call)
    return _duty(await call.services.duty.take_back(call.actor, _entry(call)))


@duty.post("/me/duty/absences", AbsenceIn, DutyOut, status=201, people=True)
async def enter_absence(call: Call, body: AbsenceIn) -> DutyOut:
    """Enter an absence with its deputy: one's own, or, by the head, anybody's."""
    person = check_is_person(call) if body.person is None else body.person
    plan = await call.services.duty.away(call.actor, person, body.first, body.last, body.deputy)
    return _duty(plan)


@duty.post("/me/duty/absences/{number}", Nothing, DutyOut, method="DELETE", people=True)
async def remove_absence(call: Call, _: Nothing) -> DutyOut:
    """Take an absence back."""
    check_is_person(call)
    return _duty(await call.services.duty.back(call.actor, _entry(call)))


# Chains


def _chain(view: OwnChain) -> ChainOut:
    return ChainOut(
        category=view.category,
        changed=view.changed,
        steps=[_step(each) for each in view.steps],
        usual=[_step(each) for each in view.default],
        longest=view.longest,
    )


def _step(step: Step) -> ChainStep:
    return ChainStep(who=[each.value for each in step.who], after=step.after)


def _given(step: ChainStep) -> Step:
    try:
        return Step(tuple(Who(each) for each in step.who), step.after)
    except ValueError:
        raise RuleBroken("escalation_steps") from None


@chains.get("/me/chains", Nothing, ChainsOut, people=True)
async def list_chains(call: Call, _: Nothing) -> ChainsOut:
    """Who of the company is woken when, by what waits."""
    check_is_person(call)
    found = await call.services.escalations.chains(call.actor)
    return ChainsOut(items=[_chain(each) for each in found])


@chains.post("/me/chains/{category}", ChainIn, ChainOut, method="PUT", people=True)
async def put_chain(call: Call, body: ChainIn) -> ChainOut:
    """The company's own chain for what begins from now on; by its head."""
    check_is_person(call)
    steps = [_given(each) for each in body.steps]
    return _chain(await call.services.escalations.change(call.actor, call.text("category"), steps))


@chains.post("/me/chains/{category}", Nothing, ChainOut, method="DELETE", people=True)
async def reset_chain(call: Call, _: Nothing) -> ChainOut:
    """The usual chain again; by the head of the company."""
    check_is_person(call)
    return _chain(await call.services.escalations.reset(call.actor, call.text("category")))


# Reminders


async def _reminders(call: Call, view: RemindersView | None = None) -> RemindersOut:
    found = view or await call.services.reminders.mine(call.actor)
    terms = await call.services.reminders.terms(call.actor)
    return RemindersOut(
        usual=list(found.rhythm),
        own=[OwnReminderOut.model_validate(each) for each in found.own],
        terms=[RunningTermOut.model_validate(each) for each in terms],
    )


@reminders.get("/me/reminders", Nothing, RemindersOut, people=True)
async def list_reminders(call: Call, _: Nothing) -> RemindersOut:
    """The company's usual reminders, one's own, and the terms that run."""
    check_is_person(call)
    return await _reminders(call)


@reminders.post("/me/reminders/usual", RhythmIn, RemindersOut, method="PUT", people=True)
async def put_usual_reminders(call: Call, body: RhythmIn) -> RemindersOut:
    """Choose the usual reminders that the company wants."""
    check_is_person(call)
    return await _reminders(call, await call.services.reminders.choose(call.actor, body.usual))


@reminders.post("/me/reminders", ReminderIn, OwnReminderOut, status=201, people=True)
async def set_reminder(call: Call, body: ReminderIn) -> OwnReminderOut:
    """Be reminded of a term at a moment; a new one replaces the one before."""
    check_is_person(call)
    made = await call.services.reminders.set(call.actor, body.kind, body.subject, body.at)
    return OwnReminderOut.model_validate(made)


@reminders.post("/me/reminders/{number}", Nothing, RemindersOut, method="DELETE", people=True)
async def remove_reminder(call: Call, _: Nothing) -> RemindersOut:
    """Take a reminder of one's own back."""
    check_is_person(call)
    number = call.number("number", "reminder_unknown")
    return await _reminders(call, await call.services.reminders.remove(call.actor, number))
