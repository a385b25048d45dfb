"""Who may be registered, by what invitation, and what an application must hold."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime

from domain.errors import AccessDenied, Conflict, NotFound, RuleBroken
from domain.identifiers import bare
from domain.roles import COMPANY_ROLES, Role
from domain.texts import MIN_LETTERS, clean_text, is_statement, required_text

LANGUAGES = ("kk", "ru")
POSITIONS = ("head", "contact")
FULL_NAME_LIMIT = 200
_NAME_LETTERS = 2
_NO_NAME = frozenset("<>@")
GROUND_LIMIT = 500

#: Wording of the consents now in force; a new wording gets a new version and is asked for again.
CONSENT_VERSIONS: Mapping[str, str] = {"data": "1", "truth": "1"}

#: The consent to the recording of voice messages, which nobody needs to be registered.
RECORDING_CONSENT = ("recording", "1")
#: Every consent that may be put on record.
CONSENTS_IN_FORCE: Mapping[str, str] = {
    **CONSENT_VERSIONS,
    RECORDING_CONSENT[0]: RECORDING_CONSENT[1],
}

_CONSENT_CLAUSES = {"data": "366-6.1", "truth": "366-6.2", "recording": "366-20"}
_REFUSED_STATUSES = {
    "bankrupt": "company_bankrupt",
    "liquidation": "company_liquidation",
    "unfair": "company_unfair",
}


@dataclass(frozen=True)
class InvitationFacts:
    """What a link is worth: when it ends, who used it, for whom it was made."""

    expires_at: datetime
    used_by: int | None
    company_id: int | None
    role: str


def guess_language(language_code: str | None) -> str:
    """The language to begin with, by Telegram's code: Kazakh for ``kk``, else Russian."""
    return "kk" if (language_code or "").lower().startswith("kk") else "ru"


def check_language(language: str) -> str:
    """One of the two languages; raises ``language_unknown``."""
    if language not in LANGUAGES:
        raise RuleBroken("language_unknown", None, language=language[:16])
    return language


def display_name(name: str) -> str:
    """A name as Telegram gives it, fit to be stored: never refused, only cut."""
    return clean_text(name[:FULL_NAME_LIMIT], "name", FULL_NAME_LIMIT)


def check_consent(kind: str, version: str, language: str) -> None:
    """A consent to a wording in force, in a language it was shown in (act 366, clauses 6, 20).

    Raises ``consent_unknown``; Conflict ``consent_outdated`` when the wording has been replaced.
    """
    current = CONSENTS_IN_FORCE.get(kind)
    if current is None:
        raise RuleBroken("consent_unknown", "366-6.1", kind=kind[:16])
    if version != current:
        raise Conflict("consent_outdated", _CONSENT_CLAUSES[kind], version=current)
    check_language(language)


def check_contact(telegram_id: int | None, contact_user_id: int | None) -> None:
    """Only one's own contact counts; a forwarded card proves nothing (act 344, clause 6.1).

    Raises ``contact_not_own``.
    """
    if telegram_id is None or contact_user_id != telegram_id:
        raise RuleBroken("contact_not_own", "344-6.1")


def check_status(status: str, role: Role) -> None:
    """Refuse a supplier that clause 6 of act 344 refuses, with the ground.

    Raises ``company_bankrupt``, ``company_liquidation``, ``company_unfair``; and
    ``company_excluded`` for one no longer in the registry (clause 2.1). Clause 6 speaks of
    potential suppliers only: a customer's status bars nothing here.
    """
    if role is not Role.SUPPLIER:
        return
    code = _REFUSED_STATUSES.get(status)
    if code is not None:
        raise RuleBroken(code, "344-6.refuse", status=status)
    if status != "active":
        raise RuleBroken("company_excluded", "344-2.1", status=status)


def check_invitation(facts: InvitationFacts, person_id: int, now: datetime) -> None:
    """A link that may be used by this person now: not used by another, not expired.

    Raises Conflict ``invitation_used``, ``invitation_expired``. The one who used it is not
    refused.
    """
    if facts.used_by is not None:
        if facts.used_by != person_id:
            raise Conflict("invitation_used")
        return
    if now >= facts.expires_at:
        raise Conflict("invitation_expired", None, expired_at=facts.expires_at)


def check_invited_for(facts: InvitationFacts, company_id: int | None, role: Role) -> None:
    """The link was made for this company and role; raises ``invitation_other``."""
    if (facts.company_id, facts.role) != (company_id, role.value):
        raise RuleBroken("invitation_other", None, role=facts.role)


def check_open_to_all(role: Role) -> None:
    """A role that one may apply for without an invitation (act 366, clause 8).

    Raises AccessDenied ``role_by_invitation``.
    """
    if role not in COMPANY_ROLES:
        raise AccessDenied("role_by_invitation", "366-8", role=role.value)


def parse_full_name(text: str) -> str:
    """A name of two letters or more, without markup and address, its spaces tidied (344, 6.2).

    Nothing more is asked: there are people with one name, and an administrator looks at it.
    Raises ``text_missing``, ``text_too_long``, ``full_name_format``.
    """
    name = " ".join(required_text(text, "full_name", FULL_NAME_LIMIT, "344-6.2").split())
    letters = sum(character.isalpha() for character in name)
    if letters < _NAME_LETTERS or not _NO_NAME.isdisjoint(name):
        raise RuleBroken("full_name_format", "344-6.2")
    return name


def check_complete(
    *, consents: Set[str], phone: str | None, email: str, full_name: str, position: str
) -> str:
    """Everything an application must hold (acts 344, clause 6, and 366, clause 6); the name tidied.

    Raises ``registration_incomplete`` with ``missing``: names of all that is missing, with the
    clause of the first one; ``position_unknown``; the errors of ``parse_full_name``.
    """
    name = clean_text(full_name, "full_name", FULL_NAME_LIMIT)
    missing = [
        (field, clause)
        for field, clause, there in (
            ("consent_data", "366-6.1", "data" in consents),
            ("consent_truth", "366-6.2", "truth" in consents),
            ("phone", "344-6.1", bool(phone)),
            ("email", "344-6.1", bool(bare(email))),
            ("full_name", "344-6.2", bool(name)),
            ("position", "344-6.2", bool(position)),
        )
        if not there
    ]
    if missing:
        names = [field for field, _ in missing]
        raise RuleBroken("registration_incomplete", missing[0][1], missing=names)
    if position not in POSITIONS:
        raise RuleBroken("position_unknown", "344-6.2", position=position[:16])
    return parse_full_name(name)


def check_inviter(
    actor_role: Role | None, actor_company: int | None, company_id: int | None, role: Role
) -> None:
    """Members invite colleagues into their own company and role; administrators into any company.

    Raises AccessDenied ``invite_not_allowed``. Staff are invited by the platform's command
    line or by administrators (act 366, clause 8).
    """
    if actor_role is Role.ADMIN:
        return
    own = actor_company is not None and actor_company == company_id and actor_role is role
    if not own:
        raise AccessDenied("invite_not_allowed", "366-8", role=role.value)


def check_role_place(role: Role, company_id: int | None) -> None:
    """A company's role needs a company, a staff role has none.

    Raises ``company_needed``, ``company_not_needed``.
    """
    if role.of_company and company_id is None:
        raise RuleBroken("company_needed", "366-8", role=role.value)
    if not role.of_company and company_id is not None:
        raise RuleBroken("company_not_needed", "366-8", role=role.value)


def check_company_side(role: Role, *, is_producer: bool, is_customer: bool, number: str) -> None:
    """A supplier stands in the producers' registry, a customer among the customers.

    Raises NotFound ``company_unknown`` (act 344, clause 7).
    """
    fits = is_producer if role is Role.SUPPLIER else is_customer
    if not fits:
        raise NotFound("company_unknown", "344-7", bin=number, role=role.value)


#: Roles that need no chat. The desk works in it, and administrators decide there.
WITHOUT_CHAT = COMPANY_ROLES | {Role.AUTHORITY, Role.TECHNICAL_OPERATOR, Role.OBSERVER}


def check_without_chat(role: Role) -> None:
    """A role that somebody without Telegram may hold; raises AccessDenied ``role_needs_chat``."""
    if role not in WITHOUT_CHAT:
        raise AccessDenied("role_needs_chat", "366-8", role=role.value)


#: The state of an account that was joined with another one of the same person.
JOINED = "joined"

# Who decides over the others, or watches them for the state, is none of them.
_EXCLUDED: Mapping[Role, Set[Role]] = {
    Role.AUTHORITY: COMPANY_ROLES | {Role.ADMIN, Role.SUPPORT, Role.TECHNICAL_OPERATOR},
    Role.TECHNICAL_OPERATOR: COMPANY_ROLES | {Role.AUTHORITY},
    Role.OBSERVER: COMPANY_ROLES,
}


def check_joinable(mine: Set[Role], theirs: Set[Role], *, suspended: bool) -> None:
    """Whether two accounts of one person can become one (act 366, clauses 2, 8 and 9).

    Raises Conflict ``join_suspended``, ``join_roles`` with one role of each that exclude each
    other.
    """
    if suspended:
        raise Conflict("join_suspended", "366-9a")
    for one, other in sorted((one, other) for one in mine for other in theirs):
        if other in _EXCLUDED.get(one, ()) or one in _EXCLUDED.get(other, ()):
            raise Conflict("join_roles", "366-8", role=one.value, other=other.value)


def check_not_joined(state: str) -> None:
    """Rights go to the account that goes on; raises Conflict ``account_joined``."""
    if state == JOINED:
        raise Conflict("account_joined", "366-9a")


def check_not_last_admin(admins: Set[int], person_id: int) -> None:
    """Somebody must stay able to administer; raises Conflict ``last_admin``."""
    if admins <= {person_id}:
        raise Conflict("last_admin", "366-8")


def check_ground(ground: str, clause: str | None) -> str:
    """The ground of a decision, which must be stated in words.

    Raises ``text_missing``, ``text_too_long``, ``ground_too_short``.
    """
    stated = required_text(ground, "ground", GROUND_LIMIT, clause)
    if not is_statement(stated):
        raise RuleBroken("ground_too_short", clause, minimum=MIN_LETTERS)
    return stated
