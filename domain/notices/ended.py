"""Notices to people of a company as such, and to whoever acts for it no more."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import ColumnElement, SQLColumnExpression, case, update

from domain.notices.kinds import ACCOUNT, CONFIRMATIONS_OF_ACTS, KINDS, SUPPORT
from domain.notices.model import Notice
from domain.work import Work

_WAITING = ("queued", "held", "digest")
Company = int | SQLColumnExpression[int] | SQLColumnExpression[int | None]
#: Why a copy in another channel goes no further.
BACK = "the reader is back in the chat"
_WHY = "the reader acts for the company no more"

#: What somebody suspended is still sent: about their account, their own acts and questions.
OWN = tuple(
    kind.name
    for kind in KINDS.values()
    if kind.category in (ACCOUNT, CONFIRMATIONS_OF_ACTS, SUPPORT)
)
#: What is asked of a reader when a notice is taken, and the reasons on record of what does not go.
STANDING: Mapping[str, object] = MappingProxyType(
    {
        "own": list(OWN),
        "suspended": "the account of the reader is suspended",
        "left": "the reader is no more what they were told as",
    }
)

_REASON = """
    CASE
        WHEN person.state <> 'active' AND {row}.kind <> ALL(CAST(:own AS text[])) THEN :suspended
        WHEN ({row}.company_id IS NOT NULL OR {row}.roles IS NOT NULL) AND NOT EXISTS (
            SELECT FROM membership AS held
            WHERE held.person_id = {row}.person_id AND held.state = 'active'
              AND ({row}.company_id IS NULL OR held.company_id = {row}.company_id)
              AND ({row}.roles IS NULL OR held.role = ANY({row}.roles))
        ) THEN :left
    END
"""


def why(row: str) -> str:
    """An expression over a notice and its ``person``: why it does not go, NULL where it goes.

    ``row`` names the notice in the statement, which is given the values of ``STANDING``.
    """
    return _REASON.replace("{row}", row)


def written_for(company_id: Company) -> ColumnElement[bool]:
    """Notices to people of a company as such."""
    return Notice.company_id == company_id


async def end_notices_for(work: Work, person_id: int, company_id: int) -> None:
    """Let nothing more go to a person that was written to them for this company.

    Each account has the rights of its kind and no others (act 366, clause 8): what waits stays in
    the record only, in every channel; what is being sent at this moment is not tried again.
    """
    await work.session.execute(
        update(Notice)
        .where(
            Notice.person_id == person_id,
            Notice.state.in_((*_WAITING, "sending")),
            Notice.kind != "news.digest",
            written_for(company_id),
        )
        .values(
            state=case((Notice.state == "sending", "sending"), else_="useless"),
            error=case((Notice.state == "sending", Notice.error), else_=_WHY),
            useless_after=work.now,
        )
        .execution_options(synchronize_session=False)
    )
