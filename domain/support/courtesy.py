"""Ready answers in two languages, and keeping somebody who abuses the desk from writing."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import exists, select

from domain.clock import as_utc
from domain.errors import Conflict, NotFound, RuleBroken
from domain.law import MUTE_DAYS
from domain.notices.writing import tell
from domain.people.looks import lock_person
from domain.people.model import Membership, Person
from domain.support.model import CannedAnswer, Mute
from domain.support.reading import LEADS, OPERATORS
from domain.support.texts import GROUND_LIMIT, TEXT_LIMIT, TITLE_LIMIT
from domain.support.views import CannedView, MuteView
from domain.support.writing import muted_now
from domain.texts import required_text
from domain.work import Look, Site, Work, query, use_case

#: Of a ready answer, in characters of its HTML: with its heading it fits one message.
ANSWER_LIMIT = min(TEXT_LIMIT, 3_500)


class Courtesy:
    """What the desk says often, and to whom it does not listen for a time."""

    site: Site

    @query(by=OPERATORS)
    async def canned(self, look: Look) -> list[CannedView]:
        """The ready answers, by title."""
        rows = await look.session.scalars(
            select(CannedAnswer)
            .where(CannedAnswer.removed_at.is_(None))
            .order_by(CannedAnswer.title, CannedAnswer.id)
        )
        return [CannedView(row.id, row.title, row.text_kk, row.text_ru) for row in rows]

    @use_case("desk.add_canned", by=LEADS)
    async def add_canned(self, work: Work, title: str, text_kk: str, text_ru: str) -> CannedView:
        """Add a ready answer in both languages; by an admin. Raises ``text_missing``."""
        row = CannedAnswer(
            title=required_text(title, "title", TITLE_LIMIT),
            text_kk=required_text(text_kk, "text_kk", ANSWER_LIMIT),
            text_ru=required_text(text_ru, "text_ru", ANSWER_LIMIT),
        )
        work.session.add(row)
        await work.session.flush()
        work.record(f"canned:{row.id}", title=row.title)
        return CannedView(row.id, row.title, row.text_kk, row.text_ru)

    @use_case("desk.remove_canned", by=LEADS)
    async def remove_canned(self, work: Work, canned_id: int) -> None:
        """Take a ready answer away; by an admin. Raises NotFound ``canned_unknown``."""
        row = await work.session.get(CannedAnswer, canned_id, with_for_update=True)
        if row is None or row.removed_at is not None:
            raise NotFound("canned_unknown")
        row.removed_at = work.now
        work.record(f"canned:{canned_id}", title=row.title)

    @use_case("desk.mute", by=OPERATORS)
    async def mute(self, work: Work, person_id: int, reason: str, until: datetime) -> MuteView:
        """Let a person not write to support for a time, who is told why and until when.

        Raises ``mute_range`` (at most 30 days), ``text_missing``, NotFound ``person_unknown``,
        Conflict ``mute_staff``.
        """
        until = as_utc(until)
        if not work.now < until <= work.now + timedelta(days=MUTE_DAYS.value):
            raise RuleBroken("mute_range", None, days=MUTE_DAYS.value)
        stated = required_text(reason, "reason", GROUND_LIMIT)
        person = await lock_person(work.session, person_id)
        if await _is_staff(work, person_id):
            raise Conflict("mute_staff")
        earlier = await muted_now(work.session, person_id, work.now)
        if earlier is not None:
            earlier.lifted_at = work.now
        work.session.add(
            Mute(
                person_id=person_id,
                reason=stated,
                since=work.now,
                until=until,
                set_by=work.actor.person_id,
            )
        )
        work.record(f"person:{person_id}", until=until)
        await tell(
            work,
            [person_id],
            "support.muted",
            f"person:{person_id}",
            reason=stated,
            until=until,
        )
        return MuteView(person_id, person.name, stated, work.now, until)

    @use_case("desk.unmute", by=OPERATORS)
    async def unmute(self, work: Work, person_id: int) -> None:
        """Let a person write again, who is told; Conflict ``not_muted``."""
        await lock_person(work.session, person_id)
        mute = await muted_now(work.session, person_id, work.now)
        if mute is None:
            raise Conflict("not_muted")
        mute.lifted_at = work.now
        work.record(f"person:{person_id}")
        await tell(work, [person_id], "support.unmuted", f"person:{person_id}")

    @query(by=None)
    async def my_mute(self, look: Look) -> MuteView | None:
        """Why and until when the actor may not write now; None for whoever may."""
        if look.actor.person_id is None:
            return None
        mute = await muted_now(look.session, look.actor.person_id, look.now)
        if mute is None:
            return None
        return MuteView(mute.person_id, look.actor.label, mute.reason, mute.since, mute.until)

    @query(by=OPERATORS)
    async def muted(self, look: Look) -> list[MuteView]:
        """Who may not write now."""
        rows = await look.session.execute(
            select(Mute, Person.name)
            .join(Person, Person.id == Mute.person_id)
            .where(Mute.lifted_at.is_(None), Mute.until > look.now)
            .order_by(Mute.until, Mute.id)
        )
        return [
            MuteView(mute.person_id, name, mute.reason, mute.since, mute.until)
            for mute, name in rows
        ]


async def _is_staff(work: Work, person_id: int) -> bool:
    held = exists().where(
        Membership.person_id == person_id,
        Membership.role.in_([role.value for role in OPERATORS]),
        Membership.state == "active",
    )
    return bool(await work.session.scalar(select(held)))
