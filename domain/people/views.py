"""What leaves the use cases of people: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.people.model import Membership, Person, Registration, RoleChange
from domain.people.rules import CONSENT_VERSIONS, JOINED
from domain.registry.model import Company
from domain.registry.views import CompanyBrief, brief
from domain.roles import Role


@dataclass(frozen=True)
class MembershipView:
    """A role of a person; ``company`` is None for staff."""

    id: int
    role: Role
    position: str
    company: CompanyBrief | None
    current: bool
    since: datetime


@dataclass(frozen=True)
class PersonView:
    """A person as they see themselves; ``consents`` are kinds given in the wording in force."""

    id: int
    telegram_id: int | None
    language: str
    language_chosen: bool
    name: str
    phone: str | None
    email: str | None
    suspended: bool
    state_reason: str | None
    consents: tuple[str, ...]
    memberships: int
    membership: MembershipView | None
    # Since when the bot cannot write to them, as far as it knows.
    unreachable_since: datetime | None = None

    @property
    def consented(self) -> bool:
        """Whether every consent in force has been given."""
        return set(self.consents) >= set(CONSENT_VERSIONS)


@dataclass(frozen=True)
class RegistrationReceipt:
    """The automatic confirmation of an application: its number and state."""

    number: int
    state: str
    role: Role
    company: CompanyBrief | None
    created_at: datetime


@dataclass(frozen=True)
class RegistrationView:
    """An application as the one who decides sees it."""

    number: int
    person_id: int
    full_name: str
    position: str
    phone: str
    email: str
    role: Role
    company: CompanyBrief | None
    state: str
    ground: str
    created_at: datetime
    decided_at: datetime | None


@dataclass(frozen=True)
class RegistrationPage:
    """Applications by number; ``after`` is the cursor of the next page."""

    registrations: list[RegistrationView]
    total: int
    after: int | None


@dataclass(frozen=True)
class InvitationLink:
    """A fresh invitation; ``token`` is shown this once and never stored."""

    token: str
    role: Role
    company: CompanyBrief | None
    expires_at: datetime


@dataclass(frozen=True)
class InvitationView:
    """What a link invites to; ``used`` when this very person has used it already."""

    role: Role
    company: CompanyBrief | None
    expires_at: datetime
    used: bool


@dataclass(frozen=True)
class ColleagueView:
    """Another person who acts for the same company in the same role."""

    person_id: int
    name: str
    position: str
    phone: str | None
    suspended: bool
    since: datetime


@dataclass(frozen=True)
class PersonRow:
    """A person as an administrator finds them."""

    id: int
    telegram_id: int | None
    language: str
    name: str
    phone: str | None
    email: str | None
    suspended: bool
    state_reason: str | None
    unreachable_since: datetime | None
    created_at: datetime
    memberships: list[MembershipView]
    # Joined with another account of the same person, which goes on.
    joined: bool = False


@dataclass(frozen=True)
class RoleChangeView:
    """A line of the register of clause 34 (act 366); ``role`` None: the whole account."""

    number: int
    at: datetime
    person_id: int
    person_name: str
    company: CompanyBrief | None
    role: Role | None
    change: str
    ground: str
    executor: str


@dataclass(frozen=True)
class RoleRegisterPage:
    """Lines newest first; ``before`` is the cursor of the next page."""

    lines: list[RoleChangeView]
    before: int | None


def membership_view(
    membership: Membership, company: Company | None, current_id: int | None
) -> MembershipView:
    """The membership's row as a value."""
    return MembershipView(
        id=membership.id,
        role=Role(membership.role),
        position=membership.position,
        company=None if company is None else brief(company),
        current=membership.id == current_id,
        since=membership.created_at,
    )


def receipt(registration: Registration, company: Company | None) -> RegistrationReceipt:
    """The confirmation of an application."""
    return RegistrationReceipt(
        number=registration.number,
        state=registration.state,
        role=Role(registration.role),
        company=None if company is None else brief(company),
        created_at=registration.created_at,
    )


def registration_view(registration: Registration, company: Company | None) -> RegistrationView:
    """The application's row as a value."""
    return RegistrationView(
        number=registration.number,
        person_id=registration.person_id,
        full_name=registration.full_name,
        position=registration.position,
        phone=registration.phone,
        email=registration.email,
        role=Role(registration.role),
        company=None if company is None else brief(company),
        state=registration.state,
        ground=registration.ground,
        created_at=registration.created_at,
        decided_at=registration.decided_at,
    )


def person_row(person: Person, memberships: list[MembershipView]) -> PersonRow:
    """The person's row as a value."""
    return PersonRow(
        id=person.id,
        telegram_id=person.telegram_id,
        language=person.language,
        name=person.name,
        phone=person.phone,
        email=person.email,
        suspended=person.state == "suspended",
        state_reason=person.state_reason,
        unreachable_since=person.unreachable_since,
        created_at=person.created_at,
        memberships=memberships,
        joined=person.state == JOINED,
    )


def role_change_view(
    change: RoleChange, person_name: str, company: Company | None, executor_name: str | None
) -> RoleChangeView:
    """The register's line as a value."""
    return RoleChangeView(
        number=change.id,
        at=change.at,
        person_id=change.person_id,
        person_name=person_name,
        company=None if company is None else brief(company),
        role=Role(change.role) if change.role else None,
        change=change.change,
        ground=change.ground,
        executor=executor_name or change.executor_label,
    )
