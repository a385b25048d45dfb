"""A person's own account: first contact, language, consents, contact, companies."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.actor import Actor
from domain.audit import Draft, write_chain
from domain.errors import AccessDenied, NotFound
from domain.identifiers import parse_phone
from domain.notices.writing import send_missed
from domain.people.looks import (
    SELF,
    actor_of,
    lock_self,
    memberships_of,
    person_select,
    person_view,
    view_of,
)
from domain.people.model import Consent, Membership, Person
from domain.people.rules import (
    RECORDING_CONSENT,
    check_consent,
    check_contact,
    check_language,
    display_name,
    guess_language,
)
from domain.people.views import ColleagueView, MembershipView, PersonView
from domain.registry.rules import fold
from domain.roles import COMPANY_ROLES
from domain.work import Look, Site, Work, query, use_case

# Asked for each update: made once.
_BY_TELEGRAM_ID = person_select().where(Person.telegram_id == bindparam("telegram_id"))


class Accounts:
    """What a person does with their own account."""

    site: Site

    async def actor_for(
        self,
        telegram_id: int,
        cause: str,
        language_code: str | None = None,
        name: str = "",
        at: datetime | None = None,
    ) -> tuple[Actor, PersonView]:
        """Who writes: one query, and on the first contact a new row that goes on record.

        ``at``: when what they wrote was received.

        A person without a role is a guest (act 344, clause 4; act 366, clause 5).
        """
        mine = {"telegram_id": telegram_id}
        async with self.site.reading() as session:
            row = (await session.execute(_BY_TELEGRAM_ID, mine)).one_or_none()
        if row is not None:
            return actor_of(row, cause, at), person_view(row)
        async with self.site.sessions() as session:
            now = at or self.site.clock.now()
            shown = display_name(name)
            person_id = await session.scalar(
                insert(Person)
                .values(
                    telegram_id=telegram_id,
                    language=guess_language(language_code),
                    language_chosen=False,
                    name=shown,
                    folded=fold(shown),
                    state="active",
                    created_at=now,
                )
                # Two first messages at once: one makes the row, the other finds it.
                .on_conflict_do_nothing(index_elements=[Person.telegram_id])
                .returning(Person.id)
            )
            found = (await session.execute(_BY_TELEGRAM_ID, mine)).one()
            actor = actor_of(found, cause, at)
            if person_id is not None:
                draft = Draft(now, actor, "people.first_contact", f"person:{person_id}")
                await write_chain(session, [draft])
                await session.commit()
            return actor, person_view(found)

    @query(by=None)
    async def me(self, look: Look) -> PersonView:
        """The actor's own account; raises NotFound ``person_unknown``."""
        return await view_of(look.session, look.actor.person_id or 0)

    @use_case("people.choose_language", by=None, recall=SELF)
    async def choose_language(self, work: Work, language: str) -> PersonView:
        """Speak this language from now on; raises ``language_unknown``."""
        person = await lock_self(work)
        person.language = check_language(language)
        person.language_chosen = True
        work.record(f"person:{person.id}", language=language)
        return await view_of(work.session, person.id)

    async def record_consent(
        self, actor: Actor, kind: str, version: str, language: str
    ) -> PersonView:
        """Put a consent on record: ``data`` (6.1), ``truth`` (6.2) or ``recording`` (20), act 366.

        Whoever is suspended may still ask support by voice, so may consent to its recording.
        Raises ``consent_unknown``, Conflict ``consent_outdated``, AccessDenied
        ``account_suspended``.
        """
        if kind == RECORDING_CONSENT[0]:
            actor = replace(actor, suspended=False)
        return await self._consent(actor, kind, version, language)

    @use_case("people.consent", by=None, recall=SELF)
    async def _consent(self, work: Work, kind: str, version: str, language: str) -> PersonView:
        check_consent(kind, version, language)
        person = await lock_self(work)
        given = await work.session.scalar(
            select(Consent.id).where(
                Consent.person_id == person.id, Consent.kind == kind, Consent.version == version
            )
        )
        if given is None:
            work.session.add(
                Consent(
                    person_id=person.id, kind=kind, version=version, language=language, at=work.now
                )
            )
        work.record(f"person:{person.id}", kind=kind, version=version, language=language)
        return await view_of(work.session, person.id)

    @use_case("people.share_contact", by=None, recall=SELF)
    async def share_contact(
        self, work: Work, contact_user_id: int | None, phone: str
    ) -> PersonView:
        """Take the phone of the person's own contact (act 344, clause 6.1).

        Raises ``contact_not_own``, ``phone_invalid``.
        """
        check_contact(work.actor.telegram_id, contact_user_id)
        person = await lock_self(work)
        person.phone = parse_phone(phone, "344-6.1")
        # The number itself is personal data: the record says only that it was given.
        work.record(f"person:{person.id}", phone=True)
        return await view_of(work.session, person.id)

    @query(by=None)
    async def my_memberships(self, look: Look) -> list[MembershipView]:
        """The actor's active roles, the current one marked."""
        person_id = look.actor.person_id or 0
        return (await memberships_of(look.session, [person_id]))[person_id]

    @use_case("people.switch", by=None, recall=SELF)
    async def switch_membership(self, work: Work, membership_id: int) -> PersonView:
        """Act in another of one's own roles; raises NotFound ``membership_unknown``."""
        person = await lock_self(work)
        mine = await work.session.scalar(
            select(Membership.id).where(
                Membership.id == membership_id,
                Membership.person_id == person.id,
                Membership.state == "active",
            )
        )
        if mine is None:
            raise NotFound("membership_unknown", "366-8")
        person.current_membership_id = mine
        work.record(f"person:{person.id}", membership=mine)
        return await view_of(work.session, person.id)

    @query(by=COMPANY_ROLES)
    async def colleagues(self, look: Look) -> list[ColleagueView]:
        """The others who act for the actor's company in the actor's role."""
        role = look.actor.role
        rows = await look.session.execute(
            select(Person, Membership)
            .join(Membership, Membership.person_id == Person.id)
            .where(
                Membership.company_id == look.actor.company_id,
                Membership.role == (role.value if role else ""),
                Membership.state == "active",
                Person.id != look.actor.person_id,
            )
            .order_by(Membership.id)
        )
        return [
            ColleagueView(
                person_id=person.id,
                name=person.name,
                position=membership.position,
                phone=person.phone,
                suspended=person.state == "suspended",
                since=membership.created_at,
            )
            for person, membership in rows
        ]

    @use_case("people.unreachable", by=None)
    async def mark_unreachable(self, work: Work, telegram_id: int) -> bool:
        """The person has blocked the bot; False when that was known or nobody has this id."""
        _check_own(work.actor, telegram_id)
        found = await work.session.scalar(
            update(Person)
            .where(Person.telegram_id == telegram_id, Person.unreachable_since.is_(None))
            .values(unreachable_since=work.now)
            .returning(Person.id)
        )
        work.record(f"person:{found or ''}", unreachable=found is not None)
        return found is not None

    @use_case("people.reachable", by=None)
    async def mark_reachable(self, work: Work, telegram_id: int) -> bool:
        """The person has let the bot write again; False when nothing was in the way.

        The statutory notices missed meanwhile are sent now.
        """
        _check_own(work.actor, telegram_id)
        found = await work.session.scalar(
            update(Person)
            .where(Person.telegram_id == telegram_id, Person.unreachable_since.is_not(None))
            .values(unreachable_since=None)
            .returning(Person.id)
        )
        missed = 0 if found is None else await send_missed(work, found)
        work.record(f"person:{found or ''}", reachable=found is not None, missed=missed)
        return found is not None


def _check_own(actor: Actor, telegram_id: int) -> None:
    if actor.kind != "system" and actor.telegram_id != telegram_id:
        raise AccessDenied("not_your_account", "366-8")
