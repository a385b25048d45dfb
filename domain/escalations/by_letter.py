"""Having seen a notice, said by the link in its letter: for whoever reads no chat."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain.actor import Actor
from domain.base import is_id
from domain.errors import Conflict, NotFound
from domain.notices.model import Notice
from domain.notices.views import NoticeView, notice_view
from domain.people.looks import actor_of, person_select
from domain.people.model import Person
from domain.work import Site

#: How long the link of a letter serves where the notice has no end of its own.
SERVES = timedelta(days=30)


@dataclass(frozen=True)
class Letter:
    """A notice as its letter's link finds it.

    ``over``: the link serves no more; ``acked_at``: when it was said already.
    """

    notice: NoticeView
    reader: Actor
    language: str
    over: bool
    acked_at: datetime | None


async def letter_of(site: Site, number: int) -> Letter:
    """The notice and whose it is; raises NotFound ``notice_unknown``.

    Whoever asks has shown by the link that they hold the letter.
    """
    now = site.clock.now()
    async with site.reading() as session:
        row = await session.get(Notice, number) if is_id(number) else None
        if row is None:
            raise NotFound("notice_unknown")
        found = (await session.execute(person_select().where(Person.id == row.person_id))).one()
        notice = notice_view(row)
        until = row.useless_after or row.created_at + SERVES
    # A constant cause: the link followed twice says it once.
    reader = replace(actor_of(found, f"letter:{number}", None), source="api", label="letter")
    person: Person = found[0]
    return Letter(notice, reader, person.language, now >= until, row.acked_at)


def check_serves(letter: Letter) -> None:
    """Raises Conflict ``letter_over`` for a link whose time is over, unless it was used before."""
    if letter.over and letter.acked_at is None:
        raise Conflict("letter_over")
