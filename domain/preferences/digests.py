"""Digests: what waited for a person's hour comes as one message.

An event waits as a row in the state ``digest`` with its moment. One sweep at a time takes all due
rows of a person, writes the digest and marks them as gone within it, in one statement of one
transaction: a crash leaves them waiting, two processes never make two digests of them, and
nothing is in two. A day without events has no rows, so no digest.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, text

from domain.base import is_id
from domain.errors import NotFound
from domain.notices.ended import STANDING, why
from domain.notices.kinds import KINDS
from domain.notices.model import TELEGRAM, Notice
from domain.notices.views import notice_view
from domain.preferences.rules import DIGEST
from domain.preferences.views import DigestPage
from domain.work import Look, Site, query

KIND = "news.digest"
#: Events that the message itself lists, and a page of the rest.
LISTED = 10
_PEOPLE = 500
_LOCK = 7_210_391

# What its deadline has made useless meanwhile stays in the list and is only counted, what its
# reader is told no more (``why``) not even that. The texts and files of broadcasts stay with their
# own rows: a digest has headlines, made of the first words of each text.
_COLLECT = text(
    """
    WITH due AS (
        SELECT notice.id, person_id, kind, subject, params, notice.created_at, {why} AS why,
               coalesce(useless_after <= :now, false) AS late
        FROM notice LEFT JOIN person ON person.id = notice.person_id
        WHERE notice.state = 'digest' AND not_before <= :now
          AND person_id = ANY(CAST(:people AS bigint[]))
        ORDER BY notice.id
        FOR UPDATE OF notice
    ), counted AS (
        SELECT due.*, row_number() OVER (PARTITION BY person_id ORDER BY id) AS place
        FROM due WHERE NOT late AND why IS NULL
    ), made AS (
        INSERT INTO notice (person_id, kind, subject, params, lane, channel, state, dedup,
                            created_at, not_before, attempts)
        SELECT person_id, :kind, 'digest',
               jsonb_build_object(
                   'count', count(*),
                   'left_out', (
                       SELECT count(*) FROM due
                       WHERE due.person_id = counted.person_id AND due.late AND due.why IS NULL
                   ),
                   'events', jsonb_agg(
                       jsonb_build_object(
                           'number', id, 'kind', kind, 'subject', subject, 'at', created_at,
                           'params', (params - CAST(:bulk AS text[])) || jsonb_strip_nulls(
                               jsonb_build_object(
                                   'text_kk', left(params ->> 'text_kk', :words),
                                   'text_ru', left(params ->> 'text_ru', :words)
                               )
                           )
                       ) ORDER BY id
                   ) FILTER (WHERE place <= :listed)
               ),
               :lane, :channel, 'queued', 'digest:' || max(id) || '|news.digest|' || person_id,
               :now, :now, 0
        FROM counted
        GROUP BY person_id
        ORDER BY person_id
        RETURNING id, person_id
    ), marked AS (
        UPDATE notice SET
            state = CASE WHEN due.late OR due.why IS NOT NULL THEN 'useless' ELSE 'digested' END,
            digest_id = CASE WHEN due.late OR due.why IS NOT NULL THEN NULL ELSE made.id END,
            error = coalesce(due.why, notice.error)
        FROM due LEFT JOIN made ON made.person_id = due.person_id
        WHERE notice.id = due.id
    )
    SELECT count(*) FROM made
    """.replace("{why}", why("notice"))
)
_BULK = ["text_kk", "text_ru", "file", "button"]
# Characters of the beginning of a text, its marks of formatting counted.
_WORDS = 400


def _to_tell(kind: str, people: list[int], now: datetime) -> dict[str, object]:
    return {
        "people": people,
        "now": now,
        "kind": kind,
        "lane": int(KINDS[kind].lane),
        "channel": TELEGRAM,
        "bulk": _BULK,
        "words": _WORDS,
        "listed": LISTED,
        **STANDING,
    }


class Digests:
    """What makes digests, and what shows the whole of one."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def collect(self) -> int:
        """Make the digests whose moment has come; returns how many.

        Where another process is at it, nothing is left to do.
        """
        made = 0
        while (people := await self._batch()) is not None:
            made += people
        if made:
            self.site.acted()
        return made

    async def _batch(self) -> int | None:
        """The digests of some people; None when nobody waits for one (or another process looks)."""
        now = self.site.clock.now()
        async with self.site.sessions.begin() as session:
            if not await session.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
                return None
            people = list(
                await session.scalars(
                    select(Notice.person_id)
                    .where(Notice.state == DIGEST, Notice.not_before <= now)
                    .group_by(Notice.person_id)
                    .order_by(func.min(Notice.not_before), Notice.person_id)
                    .limit(_PEOPLE)
                )
            )
            if not people:
                return None
            made: int = await session.scalar(_COLLECT, _to_tell("news.digest", people, now))
            return made

    @query(by=None)
    async def page(self, look: Look, number: int, page: int) -> DigestPage:
        """A page of all the events of one of the actor's digests, from 1.

        Raises NotFound ``notice_unknown``.
        """
        events = Notice.digest_id == number
        found = None
        if is_id(number) and look.actor.person_id is not None:
            found = await look.session.scalar(
                select(Notice.id).where(
                    Notice.id == number,
                    Notice.kind == KIND,
                    Notice.person_id == look.actor.person_id,
                )
            )
        if found is None:
            raise NotFound("notice_unknown")
        total = await look.session.scalar(select(func.count()).where(events)) or 0
        pages = max(1, -(-total // LISTED))
        at = min(max(page, 1), pages)
        rows = await look.session.scalars(
            select(Notice).where(events).order_by(Notice.id).offset((at - 1) * LISTED).limit(LISTED)
        )
        return DigestPage(number, at, pages, total, [notice_view(row) for row in rows])
