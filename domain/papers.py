"""Documents of the desk for whoever asks: read by the use cases, drawn away from the loop.

Rights are those of the use cases that are read; nothing is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

from domain.actor import Actor
from domain.documents.desk_report import DeskReport
from domain.documents.evidence import Pack, build_pack, prepare
from domain.documents.journal_sheet import render_journal
from domain.documents.labels import Language
from domain.documents.owner_report import OwnerReport, render_owner_report
from domain.errors import Conflict, NotFound, RuleBroken
from domain.services import Services
from domain.support.reading import OPERATORS
from domain.support.views import JournalLine
from domain.texts import clean_text

PROPOSALS_LIMIT = 4000
_ALL = 1_000_000
# A request is registered, and a report of a fault given, at most a long holiday apart.
_HOLIDAYS = timedelta(days=30)
_LONGEST = timedelta(days=3 * 366)


async def desk_report(
    services: Services,
    actor: Actor,
    since: datetime,
    until: datetime,
    regime: str | None,
    language: Language,
) -> DeskReport:
    """The desk in [since, until) with the tickets opened in it; raises ``period_range``."""
    report = await services.support.report(actor, since, until, regime)
    latest = min(report.until + _HOLIDAYS, report.since + _LONGEST)
    registered = await services.support.journal(actor, report.since, latest, regime)
    opened = [each for each in registered if report.since <= each.opened_at < report.until]
    return DeskReport(report, regime, services.site.moment(actor), language, opened)


async def journal_sheet(
    services: Services, actor: Actor, since: datetime, until: datetime
) -> bytes:
    """The journal of requests registered in [since, until) as XLSX (act 627, 15.2 and 16).

    Who reads incidents but does not work at the desk gets the reports of faults only. Raises
    ``period_range``.
    """
    if not since < until <= since + _LONGEST:
        raise RuleBroken("period_range")
    requests: Sequence[JournalLine] = ()
    if actor.role is None or actor.role in OPERATORS:
        requests = await services.support.journal(actor, since, until)
    faults = await services.incidents.journal(actor, since - _HOLIDAYS, until)
    registered = [each for each in faults if since <= each.registered_at < until]
    return await asyncio.to_thread(render_journal, since, until, requests, registered)


async def owner_report(services: Services, actor: Actor, number: int, proposals: str) -> bytes:
    """The written report on a confirmed fault, to be signed (act 627, clauses 25 and 26.13).

    Raises NotFound ``incident_unknown``; Conflict ``incident_state`` for a fault that was never
    confirmed; ``text_too_long`` (``proposals``).
    """
    typed = clean_text(proposals, "proposals", PROPOSALS_LIMIT)
    incident = await services.incidents.one(actor, number)
    if incident.state not in ("confirmed", "closed") or incident.level is None:
        raise Conflict("incident_state", None, number=number, state=incident.state)
    effects = await services.incidents.effects(actor, number, 0, _ALL)
    report = OwnerReport(incident, effects, typed, services.site.moment(actor))
    return await asyncio.to_thread(render_owner_report, report)


async def evidence_packs(
    services: Services, actor: Actor, number: int, only: int | None = None
) -> AsyncIterator[Pack]:
    """The evidence of an incident as archives, one after another, or the one of number ``only``.

    For a user it is only the own part of it. Raises NotFound ``incident_unknown``.
    """
    evidence = await services.evidence.of(actor, number)
    prepared = await asyncio.to_thread(prepare, evidence)
    for part, files in enumerate(prepared.files, start=1):
        if only not in (None, part):
            continue
        contents: dict[str, bytes] = {}
        for wanted in files:
            try:
                contents[wanted.sha256] = await services.site.files.get(wanted.sha256)
            except KeyError:
                # A copy that is lost is named in the pack as missing.
                continue
        yield await asyncio.to_thread(build_pack, prepared, contents, part)


async def evidence_pack(services: Services, actor: Actor, number: int, part: int = 1) -> Pack:
    """One archive of ``evidence_packs``; raises NotFound ``evidence_part_unknown``, too."""
    async for pack in evidence_packs(services, actor, number, part):
        return pack
    raise NotFound("evidence_part_unknown", None, part=part)
