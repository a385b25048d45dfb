"""Invitations: single-use, expiring links for a colleague, a company or a member of staff."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.errors import AccessDenied, NotFound
from domain.law import INVITATION_VALID
from domain.people.looks import company_by_id
from domain.people.model import Invitation
from domain.people.rules import (
    InvitationFacts,
    check_company_side,
    check_invitation,
    check_inviter,
    check_role_place,
    check_status,
)
from domain.people.views import InvitationLink, InvitationView
from domain.registry.model import Company
from domain.registry.service import company_of
from domain.registry.views import CompanyBrief, brief
from domain.roles import Role
from domain.work import Look, Site, Work, query, use_case
from domain.working_time.model import calendar_for_reading

_INVITERS = frozenset({Role.SUPPLIER, Role.CUSTOMER, Role.ADMIN})


@dataclass(frozen=True)
class IssuedInvitation:
    """What stays on record of an invitation: never the link itself."""

    id: int
    token_hash: str
    role: Role
    company: CompanyBrief | None
    expires_at: datetime


def token_hash(token: str) -> str:
    """The hash under which a link is stored. The token is random: a plain SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


async def find_invitation(session: AsyncSession, token: str, *, lock: bool = False) -> Invitation:
    """The invitation of a link, held when it is about to be used.

    Raises NotFound ``invitation_unknown``.
    """
    statement = select(Invitation).where(Invitation.token_hash == token_hash(token))
    found = await session.scalar(statement.with_for_update() if lock else statement)
    if found is None:
        raise NotFound("invitation_unknown")
    return found


def facts_of(invitation: Invitation) -> InvitationFacts:
    """The invitation as the rules judge it."""
    return InvitationFacts(
        expires_at=invitation.expires_at,
        used_by=invitation.used_by,
        company_id=invitation.company_id,
        role=invitation.role,
    )


class Invitations:
    """Making links and looking at them; using one is part of registering."""

    site: Site

    async def invite(
        self,
        actor: Actor,
        role: Role,
        company_bin: str | None = None,
        *,
        token: str | None = None,
    ) -> InvitationLink:
        """Make a link that works once, for ``law.INVITATION_VALID``.

        Members invite into their own company and role (``company_bin`` None: their own),
        administrators and integrations into any company; staff are invited by administrators
        and the command line. Raises NotFound ``company_unknown``, AccessDenied
        ``invite_not_allowed``, ``company_needed``, and those of ``check_status``.

        The token never enters the record of the act, so the same cause again cannot repeat it:
        it gets a fresh token for the same invitation, and the earlier one stops working. Who
        can make the same secret ``token`` again gets the same link again.
        """
        token = token or secrets.token_urlsafe(24)
        fresh = token_hash(token)
        issued = await self._issue(actor, role, company_bin, fresh)
        if issued.token_hash != fresh:
            again = actor.because(f"{actor.cause[:150]}#{fresh[:16]}")
            issued = await self._reissue(again, issued, fresh)
        return InvitationLink(token, issued.role, issued.company, issued.expires_at)

    @use_case("people.invite", by=_INVITERS)
    async def _issue(
        self, work: Work, role: Role, company_bin: str | None, fresh: str
    ) -> IssuedInvitation:
        actor = work.actor
        company = await self._company(work, role, company_bin)
        company_id = company.id if company else None
        check_role_place(role, company_id)
        if actor.kind == "integration" and not role.of_company:
            raise AccessDenied("invite_not_allowed", "366-8", role=role.value)
        if actor.kind == "person":
            check_inviter(actor.role, actor.company_id, company_id, role)
        if company is not None:
            check_company_side(
                role,
                is_producer=company.is_producer,
                is_customer=company.is_customer,
                number=company.bin,
            )
            check_status(company.status, role)
        calendar = await calendar_for_reading(work.session)
        invitation = Invitation(
            token_hash=fresh,
            company_id=company_id,
            role=role.value,
            created_at=work.now,
            created_by=actor.person_id,
            created_label=actor.label or actor.kind,
            expires_at=calendar.due(work.now, INVITATION_VALID.term).due_at,
        )
        work.session.add(invitation)
        await work.session.flush()
        shown = None if company is None else brief(company)
        work.record(f"invitation:{invitation.id}", role=role.value, company=shown and shown.bin)
        return IssuedInvitation(invitation.id, fresh, role, shown, invitation.expires_at)

    @use_case("people.invite_again", by=_INVITERS)
    async def _reissue(self, work: Work, issued: IssuedInvitation, fresh: str) -> IssuedInvitation:
        await work.session.execute(
            update(Invitation).where(Invitation.id == issued.id).values(token_hash=fresh)
        )
        work.record(f"invitation:{issued.id}")
        return replace(issued, token_hash=fresh)

    async def _company(self, work: Work, role: Role, company_bin: str | None) -> Company | None:
        if company_bin is not None:
            return await company_of(work.session, company_bin)
        return await company_by_id(work.session, work.actor.company_id if role.of_company else None)

    @query(by=None)
    async def invitation_info(self, look: Look, token: str) -> InvitationView:
        """What a link invites to.

        Raises NotFound ``invitation_unknown``, Conflict ``invitation_used`` (by somebody
        else), ``invitation_expired``.
        """
        found = await find_invitation(look.session, token)
        check_invitation(facts_of(found), look.actor.person_id or 0, look.now)
        company = await company_by_id(look.session, found.company_id)
        return InvitationView(
            role=Role(found.role),
            company=None if company is None else brief(company),
            expires_at=found.expires_at,
            used=found.used_by is not None,
        )
