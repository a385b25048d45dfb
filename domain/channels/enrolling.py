"""People of state bodies who are served without Telegram."""

from __future__ import annotations

from sqlalchemy import select

from domain.channels.model import ContactAddress
from domain.channels.rules import EMAIL
from domain.errors import AccessDenied, Conflict
from domain.people.enrolling import enroll
from domain.people.model import Person
from domain.people.rules import check_ground, check_language
from domain.registry.rules import fold
from domain.roles import Role
from domain.texts import NAME_LIMIT, required_text
from domain.work import Work

#: Roles whose work needs no chat: they watch, and what they decide can come by the API. A role of
#: a company needs the registration form (act 344, clause 6), the desk and its heads the chat.
WITHOUT_CHAT = frozenset({Role.AUTHORITY, Role.TECHNICAL_OPERATOR, Role.OBSERVER})


async def enroll_unchatty(
    work: Work, name: str, email: str, role: Role, language: str, ground: str
) -> Person:
    """A person without Telegram, with the role and its line in the register (act 366, 34).

    Raises AccessDenied ``people_only``, ``role_needs_chat``; Conflict ``address_taken`` (this
    e-mail is somebody's who has no Telegram); ``text_missing``, ``language_unknown``.
    """
    if work.actor.kind == "integration":
        raise AccessDenied("people_only", "366-34")
    if role not in WITHOUT_CHAT:
        raise AccessDenied("role_needs_chat", "366-8", role=role.value)
    shown = required_text(name, "full_name", NAME_LIMIT)
    stated = check_ground(ground, "366-34")
    known = await work.session.scalar(
        select(Person.id)
        .join(ContactAddress, ContactAddress.person_id == Person.id)
        .where(
            Person.telegram_id.is_(None),
            ContactAddress.channel == EMAIL,
            (ContactAddress.address == email) | (ContactAddress.wanted == email),
        )
        .limit(1)
    )
    if known is not None:
        raise Conflict("address_taken")
    person = Person(
        telegram_id=None,
        language=check_language(language),
        language_chosen=True,
        name=shown,
        folded=fold(shown),
        email=email,
        state="active",
        created_at=work.now,
    )
    work.session.add(person)
    await work.session.flush()
    await enroll(work, person, role, None, position="contact", ground=stated, switch=True)
    return person
