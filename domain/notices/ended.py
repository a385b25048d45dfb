"""Notices to people of a company as such, and to whoever acts for it no more."""

from __future__ import annotations

from sqlalchemy import ColumnElement, SQLColumnExpression, case, func, or_, update

from domain.notices.model import Notice
from domain.work import Work

_WAITING = ("queued", "held", "digest")
Company = int | SQLColumnExpression[int] | SQLColumnExpression[int | None]
_WHY = "the reader acts for the company no more"


def written_for(company_id: Company) -> ColumnElement[bool]:
    """Notices to people of a company as such: they stand last in what tells them from others,
    which ``telling`` writes."""
    end = func.concat("|", company_id)
    return or_(Notice.dedup.endswith(end), Notice.dedup.contains(func.concat(end, "/")))


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
