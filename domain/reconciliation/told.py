"""Which of the notices that a state must have had were never written.

``READERS`` says whose they are and since when, by the names that the table of rules uses. Notices
that people may mute are asked for as well: what is muted is a row of the list like any other.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from domain.base import spelled
from domain.reconciliation import readers
from domain.reconciliation.rules import TABLE, Difference, Standing, Told

# Any: rows of the sort's mapped class.
Rows = Sequence[tuple[Standing, Any]]
Reader = Callable[[AsyncSession, Rows, datetime], Awaitable[list[Told]]]

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "invited": readers.invited,
        "customer_published": readers.customer("published_at", exactly=True),
        "customer_closed": readers.customer("closed_at", exactly=False),
        "customer_finished": readers.customer("finished_at", exactly=True),
        "customer_late": readers.customer_late,
        "customer_protocol": readers.customer_protocol,
        "offerors": readers.offerors,
        "supplier": readers.supplier,
        "both": readers.both,
        "both_late": readers.both_late,
        "other_side": readers.other_side,
        "sides": readers.sides,
        "asker": readers.asker,
        "authority": readers.authority,
        "reporters": readers.reporters,
        "everybody_announced": readers.everybody("announced_at"),
        "everybody_started": readers.everybody("started_at"),
        "everybody_finished": readers.everybody("finished_at"),
    }
)

_NEEDS = """
    SELECT need.position
    FROM jsonb_to_recordset(CAST(:needs AS jsonb)) AS need(
        position int, kinds jsonb, company bigint, roles jsonb, person bigint, since timestamptz,
        subjects jsonb, exactly boolean
    )
"""
_ABOUT = """
    notice.subject IN (SELECT jsonb_array_elements_text(need.subjects))
        AND notice.kind IN (SELECT jsonb_array_elements_text(need.kinds))
        AND (NOT need.exactly OR notice.created_at = need.since)
"""
# Whoever acts so now, did so then, and was not suspended in between. Companies without people are
# told nothing.
_THERE = """
    membership.state = 'active' AND membership.created_at <= need.since
        AND person.state = 'active'
        AND NOT EXISTS (
            SELECT 1 FROM notice AS resumed
            WHERE resumed.person_id = person.id AND resumed.kind = 'account.resumed'
                AND resumed.created_at >= need.since
        )
"""
# Somebody of the company is there; and nobody who ever acted for it has the notice.
_OF_COMPANIES = text(
    f"""{_NEEDS}
    WHERE EXISTS (
        SELECT 1 FROM membership JOIN person ON person.id = membership.person_id
        WHERE membership.company_id = need.company
            AND membership.role IN (SELECT jsonb_array_elements_text(need.roles)) AND {_THERE}
    ) AND NOT EXISTS (
        SELECT 1 FROM notice
        JOIN membership ON membership.person_id = notice.person_id
            AND membership.company_id = need.company
            AND membership.role IN (SELECT jsonb_array_elements_text(need.roles))
        WHERE {_ABOUT}
    )
    ORDER BY need.position
    """  # noqa: S608  made of the constant parts above
)
# Somebody of these roles, or of any, is there; and nobody at all has the notice.
_OF_MANY = text(
    f"""{_NEEDS}
    WHERE EXISTS (
        SELECT 1 FROM membership JOIN person ON person.id = membership.person_id
        WHERE (
            need.roles = '[]' OR (
                membership.company_id IS NULL
                AND membership.role IN (SELECT jsonb_array_elements_text(need.roles))
            )
        ) AND {_THERE}
    ) AND NOT EXISTS (SELECT 1 FROM notice WHERE {_ABOUT})
    ORDER BY need.position
    """  # noqa: S608  made of the constant parts above
)
_OF_PEOPLE = text(
    f"""{_NEEDS}
    WHERE NOT EXISTS (SELECT 1 FROM notice WHERE notice.person_id = need.person AND {_ABOUT})
    ORDER BY need.position
    """  # noqa: S608  made of the constant parts above
)


async def untold(session: AsyncSession, rows: Rows, now: datetime) -> list[Difference]:
    """What was never written of all that the states of these rows ask for."""
    asked: dict[tuple[tuple[str, ...], str], list[tuple[Standing, Any]]] = {}
    for pair in rows:
        for each in TABLE[pair[0].what, pair[0].state].told:
            asked.setdefault((each.kinds, each.to), []).append(pair)
    needs = [
        replace(need, kinds=kinds)
        for (kinds, to), some in asked.items()
        for need in await READERS[to](session, some, now)
    ]
    return [
        *await _unmet(session, _OF_COMPANIES, [n for n in needs if n.company_id is not None]),
        *await _unmet(session, _OF_PEOPLE, [n for n in needs if n.person_id is not None]),
        *await _unmet(
            session, _OF_MANY, [n for n in needs if n.company_id is None and n.person_id is None]
        ),
    ]


async def _unmet(
    session: AsyncSession, statement: TextClause, needs: Sequence[Told]
) -> list[Difference]:
    if not needs:
        return []
    values = [
        {
            "position": position,
            "kinds": list(need.kinds),
            "company": need.company_id,
            "roles": list(need.roles),
            "person": need.person_id,
            "since": need.since.isoformat(),
            "subjects": list(need.subjects),
            "exactly": need.exactly,
        }
        for position, need in enumerate(needs)
    ]
    found = await session.scalars(statement, {"needs": spelled(values)})
    return [_difference(needs[position]) for position in found]


def _difference(need: Told) -> Difference:
    detail: dict[str, object] = {"since": need.since.isoformat()}
    if need.company_id is not None:
        detail["company"] = need.company_id
    if need.roles:
        detail["roles"] = list(need.roles)
    if need.person_id is not None:
        detail["person"] = need.person_id
    return Difference("notice_missing", need.subject, need.kinds[0], detail)
