"""What administrators do with people: roles, suspension, the register (act 366, 8, 9, 34)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from domain.actor import Actor
from domain.errors import AccessDenied, Conflict, NotFound
from domain.identifiers import bare
from domain.notices.writing import tell
from domain.people.enrolling import dismiss, enroll, membership_of, put_in_register
from domain.people.looks import company_params, lock_person, memberships_of, view_of
from domain.people.model import Membership, Person, RoleChange
from domain.people.rules import (
    check_complete,
    check_ground,
    check_not_joined,
    check_not_last_admin,
    check_role_place,
    check_without_chat,
)
from domain.people.views import (
    PersonRow,
    RoleRegisterPage,
    person_row,
    role_change_view,
)
from domain.registry.model import Company
from domain.registry.rules import like
from domain.registry.service import company_of
from domain.roles import Role
from domain.work import Look, Recall, Site, Work, query, use_case

_ADMIN = frozenset({Role.ADMIN})
_READERS = frozenset({Role.ADMIN, Role.AUTHORITY, Role.OBSERVER})
_FOUND_AT_MOST = 20
_PHONE_MARKS = str.maketrans("", "", "+-()")
SETTINGS_GROUND = "settings"


async def _read_row(session: AsyncSession, person_id: int, _now: datetime) -> PersonRow:
    row = await session.get(Person, person_id)
    if row is None:
        raise NotFound("person_unknown")
    return person_row(row, (await memberships_of(session, [row.id]))[row.id])


_ROW = Recall(lambda row: row.id, _read_row)


class Administration:
    """Roles, suspension and the register."""

    site: Site

    @use_case("people.grant_role", by=_ADMIN, recall=_ROW)
    async def grant_role(
        self, work: Work, person_id: int, role: Role, company_bin: str | None, ground: str
    ) -> PersonRow:
        """Give a person a role, with its ground, and tell them.

        A company's role needs a complete registration form of the person (act 344, clause 6).
        Raises NotFound ``person_unknown``, ``company_unknown``; Conflict ``already_member``,
        ``account_joined``; AccessDenied ``role_needs_chat``;
        ``company_needed``, ``registration_incomplete``, ``text_missing``.
        """
        _check_not_integration(work.actor)
        stated = check_ground(ground, "366-34")
        person = await lock_person(work.session, person_id)
        check_not_joined(person.state)
        if person.telegram_id is None:
            check_without_chat(role)
        company = await company_of(work.session, company_bin) if company_bin else None
        check_role_place(role, company.id if company else None)
        member = await membership_of(work, person.id, role, company.id if company else None)
        if member is not None and member.state == "active":
            raise Conflict("already_member", None, role=role.value)
        position = member.position if member else "contact"
        if role.of_company:
            view = await view_of(work.session, person.id)
            check_complete(
                consents=set(view.consents),
                phone=person.phone,
                email=person.email or "",
                full_name=person.name,
                position=position,
            )
        await enroll(work, person, role, company, position=position, ground=stated, switch=False)
        await self._tell_role(work, person, "role.granted", role, company, stated)
        work.record(
            f"person:{person.id}",
            role=role.value,
            company=company and company.bin,
            ground=stated,
        )
        return await _row(work, person)

    @use_case("people.revoke_role", by=_ADMIN, recall=_ROW)
    async def revoke_role(
        self, work: Work, person_id: int, role: Role, company_bin: str | None, ground: str
    ) -> PersonRow:
        """Take a role away, with the ground, and tell the person.

        Raises NotFound ``person_unknown``, ``membership_unknown``; Conflict ``last_admin``;
        ``text_missing``.
        """
        _check_not_integration(work.actor)
        stated = check_ground(ground, "366-34")
        if role is Role.ADMIN:
            await _check_other_admins(work, person_id)
        person = await lock_person(work.session, person_id)
        company = await company_of(work.session, company_bin) if company_bin else None
        member = await membership_of(work, person.id, role, company.id if company else None)
        if member is None or member.state != "active":
            raise NotFound("membership_unknown", "366-8", role=role.value)
        await dismiss(work, person, member, stated)
        await self._tell_role(work, person, "role.revoked", role, company, stated)
        work.record(
            f"person:{person.id}",
            role=role.value,
            company=company and company.bin,
            ground=stated,
        )
        return await _row(work, person)

    async def _tell_role(
        self,
        work: Work,
        person: Person,
        kind: str,
        role: Role,
        company: Company | None,
        ground: str,
    ) -> None:
        await tell(
            work,
            [person.id],
            kind,
            f"person:{person.id}",
            role=role.value,
            ground=ground,
            about=company_params(company),
        )

    @use_case("people.suspend", by=_ADMIN, recall=_ROW)
    async def suspend(self, work: Work, person_id: int, reason: str) -> PersonRow:
        """Suspend an account; it is never deleted, and the person is told (act 366, clause 9).

        Raises NotFound ``person_unknown``; Conflict ``account_suspended_already``,
        ``account_joined``, ``last_admin``; ``text_missing``.
        """
        _check_not_integration(work.actor)
        stated = check_ground(reason, "366-9b")
        await _check_other_admins(work, person_id)
        person = await lock_person(work.session, person_id)
        check_not_joined(person.state)
        if person.state == "suspended":
            raise Conflict("account_suspended_already", "366-9a")
        person.state, person.state_reason = "suspended", stated
        put_in_register(work, person.id, "suspended", stated)
        await tell(
            work,
            [person.id],
            "account.suspended",
            f"person:{person.id}",
            reason=stated,
        )
        work.record(f"person:{person.id}", state="suspended", reason=stated)
        return await _row(work, person)

    @use_case("people.resume", by=_ADMIN, recall=_ROW)
    async def resume(self, work: Work, person_id: int, ground: str) -> PersonRow:
        """Let a suspended account act again, and tell the person (act 366, clause 9).

        Raises NotFound ``person_unknown``; Conflict ``account_active``; ``text_missing``.
        """
        _check_not_integration(work.actor)
        stated = check_ground(ground, "366-34")
        person = await lock_person(work.session, person_id)
        if person.state != "suspended":
            raise Conflict("account_active", "366-9a")
        person.state, person.state_reason = "active", None
        put_in_register(work, person.id, "resumed", stated)
        await tell(
            work,
            [person.id],
            "account.resumed",
            f"person:{person.id}",
            ground=stated,
        )
        work.record(f"person:{person.id}", state="active", ground=stated)
        return await _row(work, person)

    async def ensure_admins(self, telegram_ids: Sequence[int]) -> list[int]:
        """Make these people administrators on the ground of the settings.

        Returns the Telegram ids that got the role now; nothing is written when all have it.
        """
        wanted = sorted(set(telegram_ids))
        async with self.site.sessions() as session:
            known = await session.scalars(
                select(Person.telegram_id)
                .join(Membership, Membership.person_id == Person.id)
                .where(
                    Person.telegram_id.in_(wanted),
                    Membership.role == Role.ADMIN.value,
                    Membership.state == "active",
                )
            )
            have = set(known)
        missing = [telegram_id for telegram_id in wanted if telegram_id not in have]
        if not missing:
            return []
        cause = f"settings:{self.site.clock.now().isoformat()}"
        return await self._ensure(Actor.system(cause, source="cli"), missing)

    @use_case("people.ensure_admins", by=frozenset())
    async def _ensure(self, work: Work, telegram_ids: list[int]) -> list[int]:
        for telegram_id in telegram_ids:
            # Replicas start at the same moment: the second waits here and finds the role given.
            await work.session.execute(
                insert(Person)
                .values(
                    telegram_id=telegram_id,
                    language="ru",
                    name="",
                    state="active",
                    created_at=work.now,
                )
                .on_conflict_do_nothing(index_elements=[Person.telegram_id])
            )
        granted = []
        people = await work.session.scalars(
            select(Person)
            .where(Person.telegram_id.in_(telegram_ids))
            .order_by(Person.id)
            .with_for_update()
        )
        for person in list(people):
            member = await membership_of(work, person.id, Role.ADMIN, None)
            if member is None or member.state != "active":
                await enroll(
                    work,
                    person,
                    Role.ADMIN,
                    None,
                    position="contact",
                    ground=SETTINGS_GROUND,
                    switch=False,
                )
                granted.append(person.telegram_id or 0)
        work.record("people", admins=granted)
        return granted

    @query(by=_READERS)
    async def role_register(
        self, look: Look, before: int | None = None, size: int = 10
    ) -> RoleRegisterPage:
        """The register of changes of roles and rights, newest first (act 366, clause 34)."""
        executor = aliased(Person)
        statement = (
            select(RoleChange, Person.name, Company, executor.name)
            .join(Person, Person.id == RoleChange.person_id)
            .outerjoin(executor, executor.id == RoleChange.executor_id)
            .outerjoin(Company, Company.id == RoleChange.company_id)
            .order_by(RoleChange.id.desc())
            .limit(size + 1)
        )
        if before is not None:
            statement = statement.where(RoleChange.id < before)
        rows = (await look.session.execute(statement)).all()
        lines = [role_change_view(*row) for row in rows[:size]]
        return RoleRegisterPage(lines, lines[-1].number if len(rows) > size else None)

    @query(by=_ADMIN)
    async def find_people(self, look: Look, text: str) -> list[PersonRow]:
        """At most 20 people by part of a name, phone, or a company's BIN or name."""
        pattern = like(text)
        # A phone as people type it: "+7 701 701 00 12", "8(701)..."; letters make it a name.
        digits = "".join(bare(text).translate(_PHONE_MARKS).split())
        of_company = (
            select(Membership.person_id)
            .join(Company, Company.id == Membership.company_id)
            .where(Company.folded.like(pattern, escape="\\"), Membership.state == "active")
        )
        ways = [Person.folded.like(pattern, escape="\\"), Person.id.in_(of_company)]
        if len(digits) >= 3 and digits.isdecimal():
            ways.append(Person.phone.like(f"%{digits}%"))
        rows = list(
            await look.session.scalars(
                select(Person).where(or_(*ways)).order_by(Person.id).limit(_FOUND_AT_MOST)
            )
        )
        memberships = await memberships_of(look.session, [row.id for row in rows])
        return [person_row(row, memberships[row.id]) for row in rows]

    @query(by=_ADMIN)
    async def person(self, look: Look, person_id: int) -> PersonRow:
        """One person with all roles; raises NotFound ``person_unknown``."""
        return await _read_row(look.session, person_id, look.now)


def _check_not_integration(actor: Actor) -> None:
    """Rights of people are a matter of people: the register names who answers for them."""
    if actor.kind == "integration":
        raise AccessDenied("people_only", "366-34")


async def _check_other_admins(work: Work, person_id: int) -> None:
    """Refuse to take the last active administrator away.

    The rows of all administrators are held: two who dismiss each other at one moment would
    otherwise both succeed.
    """
    rows = await work.session.scalars(
        select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.role == Role.ADMIN.value,
            Membership.state == "active",
            Person.state == "active",
        )
        .order_by(Person.id)
        .with_for_update()
    )
    admins = set(rows)
    if person_id in admins:
        check_not_last_admin(admins, person_id)


async def _row(work: Work, person: Person) -> PersonRow:
    await work.session.flush()
    return person_row(person, (await memberships_of(work.session, [person.id]))[person.id])
