"""Use cases of faults: reports, decision, level, effects on deadlines (acts 366 and 627)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement

from domain.base import is_id
from domain.clock import as_utc
from domain.errors import Conflict, NotFound, RuleBroken
from domain.files import FileInfo
from domain.firing import Deadlines
from domain.incidents.arrival import arrival_of
from domain.incidents.deciding import (
    apply_incident,
    close_incident,
    confirm_incident,
    mend_incident,
    plan_again,
    refute_incident,
    reopen_incident,
)
from domain.incidents.duties import Duties
from domain.incidents.joining import join_incident
from domain.incidents.journal import journal_of
from domain.incidents.keeping import hold_scope, register_keeping
from domain.incidents.levels import decide_level, propose_level
from domain.incidents.model import Incident, IncidentReport
from domain.incidents.own import OwnReports
from domain.incidents.pending import register_pending
from domain.incidents.planning import digest, plan
from domain.incidents.queries import (
    check_orders,
    effects_of,
    ground_of,
    incident_subject,
    incident_view,
    lock_incident,
    read_incident,
    regime_of,
    reports_of,
    rows_of,
    scope_json,
    touch,
)
from domain.incidents.refuting import register_refuting
from domain.incidents.reporting import (
    OPERATORS,
    Given,
    open_incident,
    similar_to,
    take_report,
    ticket_of,
)
from domain.incidents.rules import TITLE_LIMIT, check_scope, check_state
from domain.incidents.said import Said, required
from domain.incidents.sparing import spare_procedures
from domain.incidents.suppliers import with_suppliers
from domain.incidents.timers import register_timers
from domain.incidents.views import (
    Applied,
    EffectPreview,
    EffectView,
    IncidentPage,
    IncidentRow,
    IncidentView,
    JournalRow,
    Reported,
    ReportView,
    Scope,
)
from domain.incidents.watching import INSIDERS, READERS, for_reader, for_user
from domain.roles import EVERYBODY, Role
from domain.support.regimes import regime_at
from domain.support.writing import touch as touch_ticket
from domain.work import Look, Site, Work, query, use_case
from domain.working_time.model import calendar_for_reading

__all__ = ["INSIDERS", "LEVEL_DECIDERS", "OPERATORS", "READERS", "Incidents"]

LEVEL_DECIDERS = frozenset({Role.AUTHORITY})


class Incidents(Duties, OwnReports):
    """Faults from the first report to the last deadline moved.

    What people are told (titles, facts, measures, reasons) is given in Kazakh and Russian as
    ``Said``, or as one text; who reads the other language is told in which one it stands.
    Every writing use case answers the incident's number unless it says otherwise; ``one`` shows
    how it stands then. Unknown numbers raise NotFound ``incident_unknown``; an act in the wrong
    state raises Conflict ``incident_state`` (params: number, state).
    """

    def __init__(self, site: Site, deadlines: Deadlines) -> None:
        self.site = site
        register_timers(deadlines)
        register_pending(deadlines)
        register_keeping(deadlines)
        register_refuting(deadlines)

    @use_case("incident.report", by=EVERYBODY)
    async def report(
        self,
        work: Work,
        text: str,
        found_at: datetime,
        contacts: str,
        *,
        files: Sequence[FileInfo] = (),
        join: int | None = None,
        ticket: int | None = None,
        orders: Sequence[int] = (),
        for_person: int | None = None,
        regime: str | None = None,
        bin: str = "",  # noqa: A002 - the registry's own word
        name: str = "",
        phone: str = "",
    ) -> Reported:
        """Take a report of a fault (366-25, 366-26; 627-15.1) and confirm it automatically.

        ``join``: the number of an open incident it is about; otherwise a new one is opened.
        ``ticket``: the number of the ticket it came in. ``orders``: numbers of the orders at
        stake; under a regime that holds deadlines during the analysis, theirs are held at once
        where the reporter's company takes part. ``for_person``: an operator registers it for
        this person (by phone, 366-26), or for a caller without an account by ``name`` and
        ``phone``; ``bin``: an integration reports for this company. A report after the term is
        taken and marked late; one from a ticket came with the message there.
        Raises ``found_in_future``, ``text_missing`` (``fault``, ``contacts``, ``name``),
        ``not_joinable``, ``ticket_unknown``, ``report_for_others``, ``reporter_missing``.
        """
        given = Given(
            text,
            found_at,
            contacts,
            files,
            join,
            ticket,
            orders,
            for_person,
            regime,
            bin,
            name,
            phone,
        )
        return await take_report(work, self.site.regime, given)

    @query(by=EVERYBODY)
    async def similar(self, look: Look, text: str, limit: int = 5) -> list[IncidentRow]:
        """Open incidents that read alike, the likeliest first, to join instead of a new one."""
        return [for_user(look.actor, row) for row in await similar_to(look, text, limit)]

    @query(by=OPERATORS)
    async def check_orders(self, look: Look, numbers: Sequence[int]) -> None:
        """Raises NotFound ``order_unknown`` for a number under which nothing was published."""
        await check_orders(look.session, Scope("orders", orders=tuple(numbers)))

    @use_case("incident.open", by=OPERATORS)
    async def open_by_operator(
        self,
        work: Work,
        title: str | Said,
        began_at: datetime,
        *,
        scope: Scope | None = None,
        ticket: int | None = None,
        regime: str | None = None,
    ) -> int:
        """Open an incident without a user's report, in state analysing."""
        request = await ticket_of(work, ticket)
        if as_utc(began_at) > work.now:
            raise RuleBroken("interval_wrong", None)
        code = regime or (request.regime if request is not None else self.site.regime)
        regime_at(code, work.now)
        reach = check_scope(scope or Scope())
        await check_orders(work.session, reach)
        named = required(title, "title", TITLE_LIMIT)
        arrival = await arrival_of(work, request, began_at)
        incident = await open_incident(
            work,
            code,
            named,
            began_at,
            source="operator",
            scope=reach,
            since=arrival.registered_at,
        )
        if request is not None:
            request.incident_id = incident.id
            await touch_ticket(work, request)
        work.record(incident_subject(incident.number), source="operator", ticket=ticket)
        return incident.number

    @use_case("incident.hold", by=OPERATORS)
    async def hold(self, work: Work, number: int, scope: Scope) -> int:
        """Extend offer windows that would end during the analysis (627-20); answers how many.

        Raises ``no_hold`` under a regime without such a rule.
        """
        incident = await lock_incident(work, number)
        check_state(incident.state, ("analysing",), number)
        clause = regime_of(incident).hold_clause
        if clause is None:
            raise Conflict("no_hold", None, number=number, regime=incident.regime)
        reach = check_scope(scope)
        await check_orders(work.session, reach)
        held = await hold_scope(work, incident, reach)
        touch(work, incident, held=len(held), scope=scope_json(reach))
        return len(held)

    @use_case("incident.confirm", by=OPERATORS)
    async def confirm(
        self,
        work: Work,
        number: int,
        facts: str | Said,
        began_at: datetime,
        scope: Scope,
        level: str,
        *,
        mended_at: datetime | None = None,
        planned_mending_at: datetime | None = None,
        title: str | Said | None = None,
    ) -> int:
        """The fault is a fact (366-27; 627-19, 22): interval, scope, level.

        ``title`` is what everybody will read of it. The level takes effect when the authorised
        body agrees (``level_state`` proposed -> agreed) or at once with the owner informed.
        Users touched are told that it began (29.2). Raises ``interval_wrong``, ``scope_empty``,
        ``level_unknown``, ``level_not_by_definition``, ``order_unknown``.
        """
        return await confirm_incident(
            work,
            number,
            facts,
            began_at,
            scope,
            level,
            mended_at=mended_at,
            planned_mending_at=planned_mending_at,
            title=title,
        )

    @use_case("incident.refute", by=OPERATORS)
    async def refute(self, work: Work, number: int, facts: str | Said) -> int:
        """No signs of a fault: those who reported it are told, with the facts (366-28; 627-21)."""
        return await refute_incident(work, number, facts)

    @use_case("incident.level", by=OPERATORS)
    async def propose_level(self, work: Work, number: int, level: str, note: str = "") -> int:
        """Propose a level, or another one, for a confirmed incident (366-24).

        One that was agreed stays in force until the other is; proposed anew, it takes the other
        back. Raises Conflict ``level_in_force``, and those of ``confirm`` about levels.
        """
        return await propose_level(work, number, level, note)

    @use_case("incident.agree", by=LEVEL_DECIDERS)
    async def agree_level(self, work: Work, number: int) -> int:
        """The authorised body agrees: the level takes effect (366-24).

        Raises AccessDenied ``own_level`` to whoever has proposed it, ``people_only``.
        """
        return await decide_level(work, number, agreed=True)

    @use_case("incident.return", by=LEVEL_DECIDERS)
    async def return_level(self, work: Work, number: int, note: str) -> int:
        """The authorised body does not agree and says why (366-24)."""
        return await decide_level(work, number, agreed=False, note=note)

    @query(by=READERS)
    async def preview(self, look: Look, number: int) -> EffectPreview:
        """Every deadline touched: old and new end, clause, step; nothing is changed.

        For a confirmed incident, whether or not its level has taken effect yet.
        """
        incident = await read_incident(look.session, number)
        ground = ground_of(incident, look.now)
        calendar = await calendar_for_reading(look.session)
        planned = await plan(look.session, calendar, ground, look.now)
        effects = await with_suppliers(look.session, [each.view for each in planned])
        return EffectPreview(number, digest(effects), effects)

    @use_case("incident.spare", by=OPERATORS)
    async def spare(self, work: Work, number: int, orders: Sequence[int], why: str) -> int:
        """Find that the fault did not influence the results of these orders (366-29.5).

        They are not run again then, and neither their lapses nor their protocols are undone;
        deadlines that run are moved all the same. The parties are told, with the reason. Answers
        how many were told. Raises Conflict ``nothing_to_spare``, RuleBroken ``text_missing``.
        """
        return await spare_procedures(work, number, orders, why)

    @use_case("incident.apply", by=OPERATORS)
    async def apply(
        self,
        work: Work,
        number: int,
        expected: str,
        *,
        act_number: str = "",
        act_date: date | None = None,
    ) -> Applied:
        """Do what ``preview`` showed, in one transaction, and tell everyone touched (29.3-29.6).

        ``expected`` is the digest of the preview; Conflict ``effects_changed`` when it is not
        how things stand. Conflict ``level_not_agreed`` before the level has taken effect.
        Entries are cancelled only by the approved act on the fault, on record or given here
        (29.6): without it they wait; ``act_missing`` when nothing else is left.
        """
        return await apply_incident(work, number, expected, act_number, act_date)

    @use_case("incident.plan", by=OPERATORS)
    async def plan_mending(self, work: Work, number: int, planned_mending_at: datetime) -> int:
        """Say, or say anew, when it will be mended; users are told (627-26.3)."""
        return await plan_again(work, number, planned_mending_at)

    @use_case("incident.mend", by=OPERATORS)
    async def mend(
        self, work: Work, number: int, mended_at: datetime, measures: str | Said
    ) -> Applied:
        """The fault is mended (29.1, 29.2; 627-26.12): users are told, effects follow.

        Effects applied before are brought up to the whole interval in the same transaction.
        """
        return await mend_incident(work, number, mended_at, measures)

    @use_case("incident.join", by=OPERATORS)
    async def join(self, work: Work, number: int, into: int) -> int:
        """An incident in analysis is the fault of another one, which takes its reports.

        Those who reported it are told. Answers ``into``. Raises Conflict ``not_joinable``,
        ``incident_itself``, ``incident_other_act``.
        """
        return await join_incident(work, number, into)

    @use_case("incident.reopen", by=OPERATORS)
    async def reopen(self, work: Work, number: int, reason: str | Said) -> int:
        """Analyse a refuted or closed incident again; what it moved stays moved."""
        return await reopen_incident(work, number, reason)

    @use_case("incident.close", by=OPERATORS)
    async def close(self, work: Work, number: int) -> int:
        """Everything is done.

        Raises Conflict ``incident_not_mended``, ``level_not_agreed`` and ``effects_not_applied``:
        a fault is not closed over terms that it should have moved (366-24, 29.3; 627-25, 26).
        """
        return await close_incident(work, number)

    @query(by=READERS)
    async def one(self, look: Look, number: int) -> IncidentView:
        """An incident whole; to whoever only watches without words of users (344, clause 11)."""
        incident = await read_incident(look.session, number)
        return for_reader(look.actor, await incident_view(look.session, incident))

    @query(by=READERS)
    async def page(
        self,
        look: Look,
        states: Sequence[str] = (),
        before: int | None = None,
        size: int = 8,
    ) -> IncidentPage:
        """Incidents, newest first; all states when none is named."""
        conditions: list[ColumnElement[bool]] = []
        if states:
            conditions.append(Incident.state.in_(states))
        if before is not None:
            conditions.append(Incident.number < before)
        rows = await rows_of(look.session, *conditions, limit=size + 1)
        older = rows[size - 1].number if len(rows) > size else None
        return IncidentPage([for_reader(look.actor, row) for row in rows[:size]], older)

    @query(by=INSIDERS)
    async def reports(
        self, look: Look, number: int, after: int = 0, size: int = 100
    ) -> list[ReportView]:
        """The users' reports of an incident, oldest first; ``after``: how many to skip."""
        incident = await read_incident(look.session, number)
        return await reports_of(look.session, incident, after=after, size=size)

    @query(by=INSIDERS)
    async def report_of(self, look: Look, number: int, report_id: int) -> ReportView:
        """One report of an incident; raises NotFound ``incident_unknown``, ``report_unknown``."""
        incident = await read_incident(look.session, number)
        known = IncidentReport.id == report_id
        found = await reports_of(look.session, incident, known) if is_id(report_id) else []
        if not found:
            raise NotFound("report_unknown", None, number=number)
        return found[0]

    @query(by=READERS)
    async def effects(
        self, look: Look, number: int, after: int = 0, size: int = 500
    ) -> list[EffectView]:
        """What an incident has done, in the order of doing; ``after``: how many to skip."""
        await read_incident(look.session, number)
        return await effects_of(look.session, incident_subject(number), after, size)

    @query(by=INSIDERS)
    async def journal(self, look: Look, since: datetime, until: datetime) -> list[JournalRow]:
        """The journal of faults reported and found, by the time of either (627-15.2, 16)."""
        return await journal_of(look.session, since, until)
