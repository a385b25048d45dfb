"""What answers say of faults, their effects on deadlines, works, and the platform's state."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from pydantic import Field

from bot.web.api.answers import Answer
from bot.web.api.fields import ClauseOut, MomentOut
from bot.web.api.order_answers import FileOut
from domain.incidents.said import Said

_Spoken = TypeVar("_Spoken", bound=Answer)


def spoken(model: type[_Spoken], view: object, language: str) -> _Spoken:
    """``view`` as ``model``, with what was said about it for a reader of ``language``."""
    given: dict[str, object] = dict(vars(view))
    for name, field in (("title", "titles"), ("facts", "said"), ("measures", "done")):
        told = given.pop(field, None)
        if isinstance(told, Said):
            given |= told.params(name) | {name: told.in_(language)[0]}
    return model.model_validate(given)


class ReportedOut(Answer):
    """A report was taken; ``reported_by`` (exclusive) is until when it was in time."""

    incident: int
    report: int
    regime: str
    late: bool
    reported_by: MomentOut
    decide_by: MomentOut | None
    joined: bool = Field(description="The incident was open before.")
    held: int = Field(description="Deadlines extended during the analysis.")


class ScopeOut(Answer):
    """What a fault touches."""

    kind: str = Field(description="all, module or orders.")
    modules: list[str]
    orders: list[int]


class TitledOut(Answer):
    """What a fault is called: for the reader, and as it was written in each language."""

    title: str = Field(description="In the language of the reader, else in the other one.")
    title_kk: str = Field(description="Empty where nobody has written it.")
    title_ru: str = Field(description="Empty where nobody has written it.")


class DoneOut(Answer):
    """What was done about a fault, in the same way."""

    measures: str = Field(description="In the language of the reader, else in the other one.")
    measures_kk: str
    measures_ru: str


class FactsOut(DoneOut):
    """By which facts it was decided, in the same way."""

    facts: str = Field(description="In the language of the reader, else in the other one.")
    facts_kk: str
    facts_ru: str


class IncidentRowOut(TitledOut):
    """An incident in a list."""

    number: int
    regime: str
    source: str = Field(description="user, operator or health.")
    state: str = Field(description="analysing, confirmed, refuted or closed.")
    level: str | None = Field(description="low, medium or high.")
    level_state: str = Field(description="none, proposed, agreed, returned or informed.")
    opened_at: MomentOut
    began_at: MomentOut
    mended_at: MomentOut | None
    reports: int


class IncidentPageOut(Answer):
    """A page of incidents, newest first."""

    items: list[IncidentRowOut]
    next: str | None


class IncidentOut(IncidentRowOut, FactsOut):
    """An incident whole; ``deadlines`` are the open terms about the incident itself."""

    revision: int
    level_note: str
    proposed_level: str | None = Field(
        description="Another level that waits for the authorised body; level stays in force."
    )
    act_number: str = Field(description="Of the approved act on the fault; empty without one.")
    act_date: date | None
    scope: ScopeOut
    planned_mending_at: MomentOut | None
    decided_at: MomentOut | None
    applied_at: MomentOut | None
    closed_at: MomentOut | None
    late_reports: int
    round: int = Field(description="How many times effects were applied.")
    deadlines: dict[str, MomentOut]
    joined_into: int | None = Field(description="The incident that has taken its reports.")


class FaultReportOut(Answer):
    """A user's report with its evidence."""

    id: int
    ticket: int | None
    name: str
    company_ru: str
    company_kk: str
    text: str
    contacts: str
    phone: str = Field(description="Of a caller without an account.")
    found_at: MomentOut
    reported_at: MomentOut = Field(description="When the user told of it: by request, then.")
    late: bool
    files: list[FileOut]


class FaultReportsOut(Answer):
    """A page of the reports of an incident, oldest first."""

    items: list[FaultReportOut]
    next: str | None


class EffectOut(Answer):
    """What is done to one deadline, protocol or award; ``kept``: nothing can be done."""

    what: str = Field(description="moved, annulled, rerun, cancelled or kept.")
    kind: str
    subject: str
    order: int | None
    old: MomentOut | None
    new: MomentOut | None
    clause: ClauseOut
    step: dict[str, object] = Field(description="The extension as the receipt holds it.")
    reason: str = Field(
        description="Why it is kept: contracted, given_to_another, ended_before_known, "
        "not_influenced. need_covered: it is done, but another order asks for the same need since."
    )


class EffectPreviewOut(Answer):
    """A page of everything the incident does as things stand; `apply` expects ``digest``."""

    incident: int
    digest: str
    changes: int = Field(description="How many effects change anything.")
    total: int
    items: list[EffectOut]
    next: str | None


class EffectPageOut(Answer):
    """A page of what was done, in the order of doing."""

    items: list[EffectOut]
    next: str | None


class EffectsAppliedOut(Answer):
    """What an application did, by number; all 0: nothing was left to do."""

    incident: int
    round: int
    moved: int
    rerun: int
    cancelled: int
    annulled: int
    kept: int
    told: int = Field(description="Notices written.")
    waiting: int = Field(description="Entries that wait for the approved act on the fault.")


class HeldOut(Answer):
    """How many deadlines are held during the analysis."""

    incident: int
    held: int


class JournalRowOut(FactsOut):
    """A line of the journal of users' requests (act 627, clauses 15.2 and 16)."""

    incident: int
    report: int | None = Field(description="Null for a fault that nobody has reported.")
    ticket: int | None
    channel: str = Field(
        description="As of a request; operator or health for a fault found by specialists or by "
        "the platform itself."
    )
    name: str
    company_ru: str
    company_kk: str
    contacts: str
    text: str
    found_at: MomentOut
    reported_at: MomentOut
    registered_at: MomentOut
    late: bool
    outcome: str = Field(description="analysing, confirmed, refuted or closed.")
    level: str | None
    began_at: MomentOut
    mended_at: MomentOut | None
    decided_at: MomentOut | None


class JournalOut(Answer):
    """The journal of a period, by time of the report."""

    items: list[JournalRowOut]
    next: str | None = None


class WorksOut(Answer):
    """Planned works; ``ends_at`` is exclusive, ``text`` in the language of the reader."""

    number: int
    regime: str
    text: str
    text_kk: str
    text_ru: str
    emergency: str
    state: str = Field(description="planned, running, finished or cancelled.")
    announced_at: MomentOut
    starts_at: MomentOut
    ends_at: MomentOut
    started_at: MomentOut | None
    finished_at: MomentOut | None


class WorksPageOut(Answer):
    """A page of works, newest first."""

    items: list[WorksOut]
    next: str | None


class WorksEffectsOut(Answer):
    """The deadlines that works of this time would move."""

    items: list[EffectOut]
    next: str | None = None


class PublicIncidentOut(TitledOut, DoneOut):
    """A confirmed fault as everybody may see it."""

    number: int
    level: str | None = Field(description="Once it has taken effect.")
    scope: str = Field(description="all, module or orders.")
    modules: list[str]
    began_at: MomentOut
    mended_at: MomentOut | None
    planned_mending_at: MomentOut | None
    orders: list[tuple[int, int]] = Field(
        description="Orders whose deadlines it has moved: first and last number of each row."
    )


class NowOut(Answer):
    """How the platform is now; a fault outweighs works."""

    state: str = Field(description="ok, maintenance or incident.")
    text: str = Field(description="In the language of the reader.")
    modules: dict[str, str] = Field(description="The same by module.")
    incidents: list[PublicIncidentOut]
    maintenance: list[WorksOut]


class HistoryOut(Answer):
    """What was in the last 90 days, newest first."""

    incidents: list[PublicIncidentOut]
    maintenance: list[WorksOut]


class StatusOut(Answer):
    """How the platform is, what is planned, what was."""

    at: MomentOut
    now: NowOut
    planned: list[WorksOut]
    history: HistoryOut
