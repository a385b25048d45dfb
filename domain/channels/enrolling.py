"""People who are served without Telegram: of state bodies, and of companies that ask for it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from domain.channels.model import ContactAddress
from domain.channels.rules import EMAIL
from domain.errors import AccessDenied, Conflict
from domain.identifiers import parse_phone
from domain.people.enrolling import enroll
from domain.people.model import Consent, Person
from domain.people.rules import (
    CONSENT_VERSIONS,
    check_company_side,
    check_complete,
    check_ground,
    check_language,
    check_role_place,
    check_status,
    check_without_chat,
    parse_full_name,
)
from domain.registry.model import Company
from domain.registry.rules import fold
from domain.registry.service import company_of
from domain.roles import Role
from domain.work import Work


@dataclass(frozen=True)
class SignedForm:
    """What the registration form of a company's person says that was signed on paper.

    Both consents stand on it (act 366, clause 6); the ground of the role names the paper.
    """

    bin: str
    position: str
    phone: str


async def enroll_unchatty(
    work: Work,
    name: str,
    email: str,
    role: Role,
    language: str,
    ground: str,
    signed: SignedForm | None = None,
) -> Person:
    """A person without Telegram, with the role and its line in the register (act 366, 34).

    Raises AccessDenied ``people_only``, ``role_needs_chat``; Conflict ``address_taken`` (this
    e-mail is somebody's who has no Telegram); ``language_unknown`` and what ``parse_full_name``
    raises. For a role of a company ``company_needed``, ``company_unknown``,
    ``registration_incomplete``, ``phone_invalid`` and what keeps a company from the role (act 344,
    clauses 6 and 7).
    """
    if work.actor.kind == "integration":
        raise AccessDenied("people_only", "366-34")
    check_without_chat(role)
    shown = parse_full_name(name)
    stated = check_ground(ground, "366-34")
    company, phone = await _checked(work, role, signed, shown, email)
    await check_email_free(work, email)
    person = Person(
        telegram_id=None,
        language=check_language(language),
        language_chosen=True,
        name=shown,
        folded=fold(shown),
        phone=phone,
        email=email or None,
        state="active",
        created_at=work.now,
    )
    work.session.add(person)
    await work.session.flush()
    if signed is not None:
        _consent(work, person)
    position = "contact" if signed is None else signed.position
    await enroll(work, person, role, company, position=position, ground=stated, switch=True)
    return person


async def _checked(
    work: Work, role: Role, signed: SignedForm | None, name: str, email: str
) -> tuple[Company | None, str | None]:
    """The company and the phone of a signed form; neither for who watches."""
    company = await company_of(work.session, signed.bin) if signed is not None else None
    check_role_place(role, None if company is None else company.id)
    if company is None or signed is None:
        return None, None
    check_company_side(
        role, is_producer=company.is_producer, is_customer=company.is_customer, number=company.bin
    )
    check_status(company.status, role)
    phone = parse_phone(signed.phone, "344-6.1") if signed.phone.strip() else ""
    check_complete(
        consents=set(CONSENT_VERSIONS),
        phone=phone,
        email=email,
        full_name=name,
        position=signed.position,
    )
    return company, phone


async def check_email_free(work: Work, email: str, person_id: int = 0) -> None:
    """Nobody else without Telegram is reached there; raises Conflict ``address_taken``."""
    if not email:
        return
    known = await work.session.scalar(
        select(Person.id)
        .join(ContactAddress, ContactAddress.person_id == Person.id)
        .where(
            Person.telegram_id.is_(None),
            Person.id != person_id,
            ContactAddress.channel == EMAIL,
            (ContactAddress.address == email) | (ContactAddress.wanted == email),
        )
        .limit(1)
    )
    if known is not None:
        raise Conflict("address_taken")


def _consent(work: Work, person: Person) -> None:
    """Both consents in the wording in force, as the signed form bears them."""
    for kind, version in CONSENT_VERSIONS.items():
        work.session.add(
            Consent(
                person_id=person.id,
                kind=kind,
                version=version,
                language=person.language,
                at=work.now,
            )
        )
