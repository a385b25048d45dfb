"""Technical faults: reports, decisions, effects (366, clauses 23-29; 627, clauses 14-26)."""

from __future__ import annotations

from bot.web.api import texts
from bot.web.api.fields import checked_bin
from bot.web.api.incident_answers import (
    EffectOut,
    EffectPageOut,
    EffectPreviewOut,
    EffectsAppliedOut,
    FaultReportOut,
    FaultReportsOut,
    HeldOut,
    IncidentOut,
    IncidentPageOut,
    IncidentRowOut,
    JournalOut,
    JournalRowOut,
    ReportedOut,
    spoken,
)
from bot.web.api.models import PageQuery
from bot.web.api.reading import cursor_of, named_states, read_cursor
from bot.web.api.routing import Call, Group, Nothing
from bot.web.api.support_models import (
    ActIn,
    ApplyIn,
    ConfirmIn,
    EffectsQuery,
    FactsIn,
    FaultReportIn,
    IncidentIn,
    IncidentsQuery,
    JoinIn,
    LevelIn,
    LevelReturnIn,
    MendIn,
    PeriodQuery,
    PlanIn,
    ReasonIn,
    ScopeIn,
    SpareIn,
)
from domain.incidents.model import INCIDENT_STATES

routes = Group("incidents")


def _number(call: Call) -> int:
    return call.number("number", "incident_unknown")


async def _incident(call: Call, number: int) -> IncidentOut:
    found = await call.services.incidents.one(call.actor, number)
    return spoken(IncidentOut, found, call.language)


@routes.post("/incidents/reports", FaultReportIn, ReportedOut, status=201)
async def report_fault(call: Call, body: FaultReportIn) -> ReportedOut:
    """Report a fault, as a new incident or of an open one; a late report is taken and marked."""
    named = {f"files[{place}]": file for place, file in enumerate(body.files or ())}
    taken = await call.services.incidents.report(
        call.actor,
        body.text,
        body.found_at,
        body.contacts,
        files=await call.services.uploads.named(call.actor, named),
        join=body.incident,
        ticket=body.ticket,
        orders=body.orders,
        regime=body.regime,
        bin=checked_bin(body.bin, "bin") if body.bin.strip() else "",
        name=body.name,
        phone=body.phone,
    )
    return ReportedOut.model_validate(taken)


@routes.get("/incidents/journal", PeriodQuery, JournalOut)
async def show_journal(call: Call, query: PeriodQuery) -> JournalOut:
    """The journal of faults reported and found, by the time of either."""
    rows = await call.services.incidents.journal(call.actor, query.since, query.until)
    return JournalOut(items=[spoken(JournalRowOut, row, call.language) for row in rows])


@routes.get("/incidents", IncidentsQuery, IncidentPageOut, people=True)
async def list_incidents(call: Call, query: IncidentsQuery) -> IncidentPageOut:
    """Incidents, newest first."""
    states = named_states(
        query.state, INCIDENT_STATES, "incident_state_unknown", texts.INCIDENT_STATE
    )
    before = read_cursor("incident", query.cursor)
    page = await call.services.incidents.page(call.actor, states, before, query.size)
    return IncidentPageOut(
        items=[spoken(IncidentRowOut, row, call.language) for row in page.incidents],
        next=None if page.older is None else cursor_of("incident", page.older),
    )


@routes.post("/incidents", IncidentIn, IncidentOut, status=201)
async def open_incident(call: Call, body: IncidentIn) -> IncidentOut:
    """Open an incident without a user's report; it is analysed then."""
    number = await call.services.incidents.open_by_operator(
        call.actor,
        body.titles(),
        body.began_at,
        scope=body.scope.value(),
        ticket=body.ticket,
        regime=body.regime,
    )
    return await _incident(call, number)


@routes.get("/incidents/{number}", Nothing, IncidentOut, people=True)
async def show_incident(call: Call, _: Nothing) -> IncidentOut:
    """An incident whole."""
    return await _incident(call, _number(call))


@routes.get("/incidents/{number}/reports", PageQuery, FaultReportsOut)
async def list_reports(call: Call, query: PageQuery) -> FaultReportsOut:
    """The users' reports of an incident with their evidence."""
    after = read_cursor("report", query.cursor) or 0
    number, size = _number(call), query.size
    found = await call.services.incidents.reports(call.actor, number, after, size + 1)
    return FaultReportsOut(
        items=[FaultReportOut.model_validate(each) for each in found[:size]],
        next=cursor_of("report", after + size) if len(found) > size else None,
    )


@routes.post("/incidents/{number}/hold", ScopeIn, HeldOut)
async def hold_deadlines(call: Call, body: ScopeIn) -> HeldOut:
    """Extend windows of offers that would end during the analysis (act 627, clause 20)."""
    number = _number(call)
    held = await call.services.incidents.hold(call.actor, number, body.value())
    return HeldOut(incident=number, held=held)


@routes.post("/incidents/{number}/confirm", ConfirmIn, IncidentOut)
async def confirm_incident(call: Call, body: ConfirmIn) -> IncidentOut:
    """The fault is a fact: users touched are told, the level is proposed or takes effect."""
    number = await call.services.incidents.confirm(
        call.actor,
        _number(call),
        body.told(),
        body.began_at,
        body.scope.value(),
        body.level,
        mended_at=body.mended_at,
        planned_mending_at=body.planned_mending_at,
        title=body.titles() or None,
    )
    return await _incident(call, number)


@routes.post("/incidents/{number}/refute", FactsIn, IncidentOut)
async def refute_incident(call: Call, body: FactsIn) -> IncidentOut:
    """There is no fault: those who reported it are told, with the facts."""
    number = await call.services.incidents.refute(call.actor, _number(call), body.told())
    return await _incident(call, number)


@routes.post("/incidents/{number}/join", JoinIn, IncidentOut)
async def join_incident(call: Call, body: JoinIn) -> IncidentOut:
    """It is the fault of another open incident, which takes its reports and is answered."""
    incidents = call.services.incidents
    return await _incident(call, await incidents.join(call.actor, _number(call), body.into))


@routes.post("/incidents/{number}/level", LevelIn, IncidentOut)
async def propose_level(call: Call, body: LevelIn) -> IncidentOut:
    """Propose a level, or another one; under act 366 the authorised body agrees."""
    incidents = call.services.incidents
    number = await incidents.propose_level(call.actor, _number(call), body.level, body.note)
    return await _incident(call, number)


@routes.post("/incidents/{number}/level/agree", Nothing, IncidentOut, people=True)
async def agree_level(call: Call, _: Nothing) -> IncidentOut:
    """Agree to the level that waits: by the token of a person of the authorised body only."""
    return await _incident(
        call, await call.services.incidents.agree_level(call.actor, _number(call))
    )


@routes.post("/incidents/{number}/level/return", LevelReturnIn, IncidentOut, people=True)
async def return_level(call: Call, body: LevelReturnIn) -> IncidentOut:
    """Return the level that waits with the reason: by the same token."""
    incidents = call.services.incidents
    return await _incident(call, await incidents.return_level(call.actor, _number(call), body.note))


@routes.get("/incidents/{number}/effects/preview", EffectsQuery, EffectPreviewOut, also=(409,))
async def preview_effects(call: Call, query: EffectsQuery) -> EffectPreviewOut:
    """Every deadline touched, with its old and new end; nothing is changed."""
    found = await call.services.incidents.preview(call.actor, _number(call))
    after = read_cursor("effect", query.cursor) or 0
    shown = found.effects[after : after + query.size]
    more = len(found.effects) > after + query.size
    return EffectPreviewOut(
        incident=found.incident,
        digest=found.digest,
        changes=found.changes,
        total=len(found.effects),
        items=[EffectOut.model_validate(effect) for effect in shown],
        next=cursor_of("effect", after + query.size) if more else None,
    )


@routes.get("/incidents/{number}/effects", EffectsQuery, EffectPageOut, people=True)
async def list_effects(call: Call, query: EffectsQuery) -> EffectPageOut:
    """What an incident has done, in the order of doing."""
    after = read_cursor("effect", query.cursor) or 0
    number, size = _number(call), query.size
    found = await call.services.incidents.effects(call.actor, number, after, size + 1)
    return EffectPageOut(
        items=[EffectOut.model_validate(effect) for effect in found[:size]],
        next=cursor_of("effect", after + size) if len(found) > size else None,
    )


@routes.post("/incidents/{number}/apply", ApplyIn, EffectsAppliedOut)
async def apply_effects(call: Call, body: ApplyIn) -> EffectsAppliedOut:
    """Do what the preview showed, in one act, and tell everyone touched."""
    done = await call.services.incidents.apply(
        call.actor,
        _number(call),
        body.digest,
        act_number=body.act_number,
        act_date=body.act_date,
    )
    return EffectsAppliedOut.model_validate(done)


@routes.post("/incidents/{number}/spare", SpareIn, IncidentOut)
async def spare_procedures(call: Call, body: SpareIn) -> IncidentOut:
    """Find that the fault did not influence the results of these orders: not run again."""
    number = _number(call)
    await call.services.incidents.spare(call.actor, number, body.orders, body.ground)
    return await _incident(call, number)


@routes.post("/incidents/{number}/act", ActIn, IncidentOut)
async def enter_act(call: Call, body: ActIn) -> IncidentOut:
    """The act on the fault is approved: entries made because of it may be cancelled."""
    incidents = call.services.incidents
    number = await incidents.record_act(call.actor, _number(call), body.number, body.date)
    return await _incident(call, number)


@routes.post("/incidents/{number}/owner-told", Nothing, IncidentOut)
async def owner_told(call: Call, _: Nothing) -> IncidentOut:
    """The written report was given: of a high fault to the owner, of a medium one to the
    authorised body (act 627, clauses 25.3 and 26.13)."""
    return await _incident(
        call, await call.services.incidents.owner_told(call.actor, _number(call))
    )


@routes.post("/incidents/{number}/refutation-told", Nothing, IncidentOut)
async def refutation_told(call: Call, _: Nothing) -> IncidentOut:
    """Those whom no notice or letter reaches were told of the refutation, too."""
    return await _incident(
        call, await call.services.incidents.refutation_told(call.actor, _number(call))
    )


@routes.post("/incidents/{number}/plan-mending", PlanIn, IncidentOut)
async def plan_mending(call: Call, body: PlanIn) -> IncidentOut:
    """Say, or say anew, when it will be mended; users are told."""
    incidents = call.services.incidents
    number = await incidents.plan_mending(call.actor, _number(call), body.planned_mending_at)
    return await _incident(call, number)


@routes.post("/incidents/{number}/mend", MendIn, EffectsAppliedOut)
async def mend_incident(call: Call, body: MendIn) -> EffectsAppliedOut:
    """It is mended: users are told, effects applied before follow to the whole interval."""
    incidents = call.services.incidents
    done = await incidents.mend(call.actor, _number(call), body.mended_at, body.done())
    return EffectsAppliedOut.model_validate(done)


@routes.post("/incidents/{number}/reopen", ReasonIn, IncidentOut)
async def reopen_incident(call: Call, body: ReasonIn) -> IncidentOut:
    """Analyse a refuted or closed incident again; what it moved stays moved."""
    number = await call.services.incidents.reopen(call.actor, _number(call), body.why())
    return await _incident(call, number)


@routes.post("/incidents/{number}/close", Nothing, IncidentOut)
async def close_incident(call: Call, _: Nothing) -> IncidentOut:
    """Everything is done."""
    return await _incident(call, await call.services.incidents.close(call.actor, _number(call)))
