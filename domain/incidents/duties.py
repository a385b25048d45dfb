"""What an operator puts on record of duties done outside the platform."""

from __future__ import annotations

from datetime import date

from domain.errors import Conflict
from domain.incidents.acts import take_act
from domain.incidents.pending import watch_apply
from domain.incidents.queries import lock_incident, touch
from domain.incidents.refuting import stop_telling
from domain.incidents.rules import check_state
from domain.incidents.timers import OWNER_REPORT, stop
from domain.roles import Role
from domain.work import Work, use_case

OPERATORS = frozenset({Role.SUPPORT, Role.ADMIN})


class Duties:
    """Reports given, people told, acts approved. Each answers the incident's number."""

    @use_case("incident.refutation_told", by=OPERATORS)
    async def refutation_told(self, work: Work, number: int) -> int:
        """Those whom no notice or letter reaches were told of the refutation, too (366-28; 627-21).

        Raises Conflict ``incident_nothing_due``.
        """
        incident = await lock_incident(work, number)
        if not await stop_telling(work, incident, "done"):
            raise Conflict("incident_nothing_due", None, number=number)
        touch(work, incident, done="incident.refutation")
        return number

    @use_case("incident.owner_told", by=OPERATORS)
    async def owner_told(self, work: Work, number: int) -> int:
        """The written report was given: of a high fault to the owner (627-26.13), of a medium one
        to the authorised body (627-25.3). Raises Conflict ``incident_nothing_due``.
        """
        incident = await lock_incident(work, number)
        if not await stop(work, incident, OWNER_REPORT):
            raise Conflict("incident_nothing_due", None, number=number)
        touch(work, incident, done=OWNER_REPORT)
        return number

    @use_case("incident.act", by=OPERATORS)
    async def record_act(self, work: Work, number: int, act_number: str, act_date: date) -> int:
        """Put the approved act on the fault on record, with its number and date.

        Without it no entry made because of the fault is cancelled (366-29.6). Raises
        ``text_missing`` (``act_number``), ``act_date_wrong`` for a date to come or before the
        fault.
        """
        incident = await lock_incident(work, number)
        check_state(incident.state, ("confirmed",), number)
        take_act(work, incident, act_number, act_date)
        await watch_apply(work, incident)
        touch(work, incident, act=incident.act_number, act_date=act_date)
        return number
