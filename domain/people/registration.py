"""Registration: an application with a number, its confirmation and its decision."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import Conflict, NotFound
from domain.identifiers import parse_email
from domain.notices.writing import tell
from domain.people.enrolling import enroll, membership_of
from domain.people.invitations import facts_of, find_invitation
from domain.people.looks import (
    company_by_id,
    company_params,
    lock_person,
    lock_self,
    receipt_of,
    view_of,
)
from domain.people.model import Invitation, Person, Registration
from domain.people.queries import tell_admins
from domain.people.rules import (
    GROUND_LIMIT,
    check_company_side,
    check_complete,
    check_ground,
    check_invitation,
    check_invited_for,
    check_open_to_all,
    check_role_place,
    check_status,
)
from domain.people.views import (
    RegistrationPage,
    RegistrationReceipt,
    RegistrationView,
    registration_view,
)
from domain.registry.model import Company
from domain.registry.rules import fold
from domain.registry.service import company_of
from domain.registry.views import CompanyBrief, brief
from domain.roles import Role
from domain.texts import clean_text
from domain.work import Look, Recall, Site, Work, query, use_case

_DECIDERS = frozenset({Role.ADMIN})


async def _read(session: AsyncSession, number: int, _now: datetime) -> RegistrationView:
    found = await session.scalar(select(Registration).where(Registration.number == number))
    if found is None:
        raise NotFound("registration_unknown", None, number=number)
    return registration_view(found, await company_by_id(session, found.company_id))


_DECIDED = Recall(lambda view: view.number, _read)


class Registrations:
    """Applying for a role, and deciding on it."""

    site: Site

    @query(by=None)
    async def find_company(
        self, look: Look, company_bin: str, role: Role, *, applying: bool = False
    ) -> CompanyBrief:
        """The company that a BIN or IIN names, as the registry has it (act 344, clause 7).

        ``applying``: the actor is about to apply for this role, and hears at once when the same
        application waits already: Conflict ``registration_pending``.
        Raises ``bin_format``, ``bin_check_digit``, NotFound ``company_unknown``, and the
        refusals of clause 6: ``company_bankrupt``, ``company_liquidation``,
        ``company_unfair``, ``company_excluded``.
        """
        company = await company_of(look.session, company_bin)
        _check_company(company, role)
        if applying:
            _check_not_waiting(
                await look.session.scalar(_waiting(look.actor.person_id, role, company.id))
            )
        return brief(company)

    @use_case("people.register", by=None)
    async def register(
        self,
        work: Work,
        *,
        company_bin: str | None,
        role: Role,
        full_name: str,
        position: str,
        email: str,
        invitation_token: str | None = None,
    ) -> RegistrationReceipt:
        """Apply to act for a company, or by invitation for a staff role.

        With a valid invitation the role is given at once; otherwise administrators decide. The
        same person with the same used link gets the same answer. Raises
        ``registration_incomplete`` (acts 344, 6.1-6.2, and 366, 6), ``email_invalid``,
        Conflict ``registration_pending`` and ``already_member``, the errors of
        ``find_company`` and of the invitation: ``invitation_unknown``, ``invitation_used``,
        ``invitation_expired``, ``invitation_other``.
        """
        person = await lock_self(work)
        invitation = None
        if invitation_token is not None:
            invitation = await find_invitation(work.session, invitation_token, lock=True)
            check_invitation(facts_of(invitation), person.id, work.now)
            if invitation.used_by is not None:
                return await _receipt_by(work, invitation)
        company = await company_of(work.session, company_bin) if company_bin else None
        check_role_place(role, company.id if company else None)
        if invitation is not None:
            check_invited_for(facts_of(invitation), company.id if company else None, role)
        else:
            check_open_to_all(role)
        if company is not None:
            _check_company(company, role)
        consents = (await view_of(work.session, person.id)).consents
        person.name = check_complete(
            consents=set(consents),
            phone=person.phone,
            email=email,
            full_name=full_name,
            position=position,
        )
        person.email = parse_email(email)
        person.folded = fold(person.name)
        registration = await _application(work, person, role, company, position, invitation)
        if invitation is not None:
            invitation.used_at, invitation.used_by = work.now, person.id
            await _accept_invited(work, person, registration, company, invitation)
        else:
            await _announce(work, registration, company)
        work.record(
            f"registration:{registration.number}",
            role=role.value,
            company=company and company.bin,
            position=position,
            state=registration.state,
        )
        return await receipt_of(work.session, registration)

    @use_case("people.decide_registration", by=_DECIDERS, recall=_DECIDED)
    async def decide_registration(
        self, work: Work, number: int, approve: bool, ground: str = ""
    ) -> RegistrationView:
        """Approve or refuse an application; a refusal states its ground.

        Raises NotFound ``registration_unknown``, Conflict ``registration_decided``,
        ``text_missing``, and the refusals of clause 6 when the company's status has changed.
        """
        owner = await work.session.scalar(
            select(Registration.person_id).where(Registration.number == number)
        )
        if owner is None:
            raise NotFound("registration_unknown", None, number=number)
        person = await lock_person(work.session, owner)
        registration = (
            await work.session.scalars(
                select(Registration).where(Registration.number == number).with_for_update()
            )
        ).one()
        if registration.state != "pending":
            raise Conflict("registration_decided", None, number=number, state=registration.state)
        company = await company_by_id(work.session, registration.company_id)
        role = Role(registration.role)
        registration.decided_at, registration.decided_by = work.now, work.actor.person_id
        if approve:
            if company is not None:
                _check_company(company, role)
            registration.ground = clean_text(ground, "ground", GROUND_LIMIT)
            registration.state = "approved"
            await enroll(
                work,
                person,
                role,
                company,
                position=registration.position,
                ground=f"registration:{number}",
                switch=False,
            )
        else:
            registration.ground = check_ground(ground, "344-6.refuse")
            registration.state = "refused"
        await _tell_decision(work, registration, company)
        work.record(f"registration:{number}", state=registration.state, ground=registration.ground)
        await work.session.flush()
        return registration_view(registration, company)

    @query(by=_DECIDERS)
    async def pending_registrations(
        self, look: Look, after: int = 0, size: int = 5
    ) -> RegistrationPage:
        """Applications that wait for a decision, oldest first."""
        waiting = Registration.state == "pending"
        rows = (
            await look.session.execute(
                select(Registration, Company)
                .outerjoin(Company, Company.id == Registration.company_id)
                .where(waiting, Registration.number > after)
                .order_by(Registration.number)
                .limit(size + 1)
            )
        ).all()
        total = await look.session.scalar(select(func.count()).where(waiting))
        more = rows[size - 1][0].number if len(rows) > size else None
        views = [registration_view(row, company) for row, company in rows[:size]]
        return RegistrationPage(views, total or 0, more)

    @query(by=_DECIDERS)
    async def registration(self, look: Look, number: int) -> RegistrationView:
        """One application whatever became of it; raises NotFound ``registration_unknown``."""
        return await _read(look.session, number, look.now)

    @query(by=None)
    async def my_registrations(self, look: Look) -> list[RegistrationReceipt]:
        """The actor's own applications, newest first."""
        rows = await look.session.scalars(
            select(Registration)
            .where(Registration.person_id == look.actor.person_id)
            .order_by(Registration.number.desc())
            .limit(20)
        )
        return [await receipt_of(look.session, row) for row in rows]


def _check_company(company: Company, role: Role) -> None:
    check_company_side(
        role,
        is_producer=company.is_producer,
        is_customer=company.is_customer,
        number=company.bin,
    )
    check_status(company.status, role)


async def _receipt_by(work: Work, invitation: Invitation) -> RegistrationReceipt:
    registration = (
        await work.session.scalars(
            select(Registration).where(Registration.invitation_id == invitation.id)
        )
    ).one()
    work.record(f"registration:{registration.number}", again=True)
    return await receipt_of(work.session, registration)


async def _application(
    work: Work,
    person: Person,
    role: Role,
    company: Company | None,
    position: str,
    invitation: Invitation | None,
) -> Registration:
    """A new application, or the one that waits when an invitation has come meanwhile."""
    company_id = company.id if company else None
    member = await membership_of(work, person.id, role, company_id)
    if member is not None and member.state == "active":
        raise Conflict("already_member", None, role=role.value)
    waiting = await work.session.scalar(_waiting(person.id, role, company_id).with_for_update())
    if invitation is None:
        _check_not_waiting(waiting)
    registration = waiting or Registration(
        person_id=person.id,
        company_id=company_id,
        role=role.value,
        state="pending",
        ground="",
        created_at=work.now,
    )
    registration.full_name = person.name
    registration.position = position
    registration.phone = person.phone or ""
    registration.email = person.email or ""
    registration.invitation_id = invitation.id if invitation else None
    work.session.add(registration)
    await work.session.flush()
    return registration


def _waiting(person_id: int | None, role: Role, company_id: int | None) -> Select[Registration]:
    return select(Registration).where(
        Registration.person_id == person_id,
        Registration.role == role.value,
        Registration.company_id.is_not_distinct_from(company_id),
        Registration.state == "pending",
    )


def _check_not_waiting(waiting: Registration | None) -> None:
    if waiting is not None:
        raise Conflict("registration_pending", "366-15", number=waiting.number)


async def _accept_invited(
    work: Work,
    person: Person,
    registration: Registration,
    company: Company | None,
    invitation: Invitation,
) -> None:
    registration.state = "approved"
    registration.decided_at, registration.decided_by = work.now, invitation.created_by
    await enroll(
        work,
        person,
        Role(registration.role),
        company,
        position=registration.position,
        ground=f"registration:{registration.number}",
        executor=(invitation.created_by, invitation.created_label),
        switch=True,
    )
    await _tell_decision(work, registration, company)


async def _announce(work: Work, registration: Registration, company: Company | None) -> None:
    """The automatic confirmation with the number (act 366, clause 15), and word to the admins."""
    about = {
        "number": registration.number,
        "role": registration.role,
        **company_params(company),
    }
    subject = f"registration:{registration.number}"
    await tell(work, [registration.person_id], "registration.received", subject, about=about)
    await tell_admins(
        work, "registration.pending", subject, full_name=registration.full_name, about=about
    )


async def _tell_decision(work: Work, registration: Registration, company: Company | None) -> None:
    await tell(
        work,
        [registration.person_id],
        f"registration.{registration.state}",
        f"registration:{registration.number}",
        number=registration.number,
        role=registration.role,
        ground=registration.ground,
        about=company_params(company),
    )
