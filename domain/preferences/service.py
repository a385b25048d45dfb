"""Use cases of preferences: how and when the actor wants to be told."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import AccessDenied
from domain.notices.kinds import KINDS
from domain.notices.model import TELEGRAM, Notice
from domain.people.looks import lock_self
from domain.people.model import Person
from domain.people.rules import check_language
from domain.preferences.model import Preference
from domain.preferences.rules import (
    DIGEST,
    EVERY_DAY,
    QUEUED,
    QuietHours,
    Wishes,
    check_digest,
    check_mutable,
    check_quiet,
    placed_anew,
)
from domain.preferences.views import PreferencesView
from domain.work import Look, Site, Work, query, use_case


class Preferences:
    """A person's own; every act answers how they stand then."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @query(by=None)
    async def mine(self, look: Look) -> PreferencesView:
        """What the actor has chosen; AccessDenied ``not_a_person`` for an integration."""
        if look.actor.person_id is None:
            raise AccessDenied("not_a_person", "366-5")
        return await _view(look.session, look.actor.person_id)

    @use_case("preferences.put", by=None)
    async def put(self, work: Work, language: str | None, wishes: Wishes) -> PreferencesView:
        """Everything at once, in place of what was chosen; ``language`` None stays as it is.

        Raises what the single acts raise, and ``language_unknown``; nothing is changed then.
        """
        quiet = None if wishes.quiet is None else check_quiet(wishes.quiet)
        digest = None if wishes.digest_at is None else check_digest(wishes.digest_at)
        muted = sorted({check_mutable(each) for each in wishes.muted})
        spoken = None if language is None else check_language(language)
        person = await lock_self(work)
        if spoken is not None:
            person.language, person.language_chosen = spoken, True
        row = await _own(work, person.id)
        _choose_quiet(row, quiet)
        row.digest_at, row.muted = digest, muted
        await _place_anew(work, person.id, row)
        work.record(
            _subject(person.id),
            language=person.language,
            quiet=None if quiet is None else _spelled(quiet),
            digest=digest,
            muted=muted,
        )
        return await _view(work.session, person.id)

    @use_case("preferences.quiet", by=None)
    async def set_quiet(self, work: Work, quiet: QuietHours | None) -> PreferencesView:
        """Quiet hours, or none; what waited for the end of the old ones is placed anew.

        Raises ``hours_format``, ``quiet_empty``, ``quiet_days``.
        """
        wanted = None if quiet is None else check_quiet(quiet)
        person = await lock_self(work)
        row = await _own(work, person.id)
        _choose_quiet(row, wanted)
        await _place_anew(work, person.id, row)
        work.record(_subject(person.id), quiet=None if wanted is None else _spelled(wanted))
        return await _view(work.session, person.id)

    @use_case("preferences.digest", by=None)
    async def set_digest(self, work: Work, at: int | None) -> PreferencesView:
        """When news and work of a day come as one message; None: each by itself, at once.

        What waits for a digest goes with the next one by the new time, or now. Raises
        ``clock_format``.
        """
        wanted = None if at is None else check_digest(at)
        person = await lock_self(work)
        row = await _own(work, person.id)
        row.digest_at = wanted
        await _place_anew(work, person.id, row)
        work.record(_subject(person.id), digest=wanted)
        return await _view(work.session, person.id)

    @use_case("preferences.mute", by=None)
    async def mute(self, work: Work, category: str, muted: bool) -> PreferencesView:
        """Send no more notices of a category, or send them again; the list has them in any case.

        What waits for a digest or for the end of quiet hours is muted as well. Raises
        ``category_unknown``, ``category_told`` (act 366, clause 11).
        """
        name = check_mutable(category)
        person = await lock_self(work)
        row = await _own(work, person.id)
        row.muted = sorted({*row.muted, name} if muted else {*row.muted} - {name})
        if muted:
            kinds = [each.name for each in KINDS.values() if each.category.name == name]
            await _place_anew(work, person.id, row, Notice.kind.in_(kinds))
        work.record(_subject(person.id), category=name, muted=muted)
        return await _view(work.session, person.id)


def _subject(person_id: int) -> str:
    return f"person:{person_id}"


def _spelled(quiet: QuietHours) -> list[int]:
    return [quiet.first, quiet.last, quiet.days]


def _choose_quiet(row: Preference, wanted: QuietHours | None) -> None:
    row.quiet_from = None if wanted is None else wanted.first
    row.quiet_until = None if wanted is None else wanted.last
    row.quiet_days = EVERY_DAY if wanted is None else wanted.days


def wishes_of(row: Preference | None) -> Wishes:
    """A row as the rules take it; none is the default."""
    if row is None:
        return Wishes()
    quiet = None
    if row.quiet_from is not None and row.quiet_until is not None:
        quiet = QuietHours(row.quiet_from, row.quiet_until, row.quiet_days)
    return Wishes(quiet, row.digest_at, frozenset(row.muted))


async def _own(work: Work, person_id: int) -> Preference:
    """The row of a person whose own row is held; made where there is none."""
    await work.session.execute(
        insert(Preference)
        .values(person_id=person_id, quiet_days=EVERY_DAY, muted=[], changed_at=work.now)
        .on_conflict_do_nothing()
    )
    row = await work.session.get_one(Preference, person_id, populate_existing=True)
    row.changed_at = work.now
    return row


async def _place_anew(
    work: Work, person_id: int, row: Preference, *which: ColumnElement[bool]
) -> None:
    """Move what waits; what has come due or was tried already goes its way."""
    await work.session.flush()
    waiting = await work.session.scalars(
        select(Notice)
        .where(
            Notice.person_id == person_id,
            Notice.channel == TELEGRAM,
            Notice.not_before > work.now,
            *which,
            or_(
                Notice.state == DIGEST,
                (Notice.state == QUEUED) & (Notice.attempts == 0) & Notice.error.is_(None),
            ),
        )
        .order_by(Notice.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    wishes = wishes_of(row)
    for each in waiting:
        kind = KINDS.get(each.kind)
        if kind is not None:
            place = placed_anew(wishes, kind, each.state, work.now, each.useless_after)
            each.state, each.not_before = place.state, place.not_before
    await work.session.flush()


async def _view(session: AsyncSession, person_id: int) -> PreferencesView:
    row = await session.get(Preference, person_id)
    wishes = wishes_of(row)
    language = await session.scalar(select(Person.language).where(Person.id == person_id))
    waiting = await session.execute(
        select(func.count(), func.min(Notice.not_before)).where(
            Notice.person_id == person_id, Notice.state == DIGEST
        )
    )
    count, first = waiting.one()
    muted = tuple(sorted(wishes.muted))
    return PreferencesView(language or "", wishes.quiet, wishes.digest_at, muted, count, first)
