"""What administrators see and do with people who are served without Telegram."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from domain.channels.enrolling import check_email_free
from domain.channels.model import ContactAddress
from domain.channels.rows import ask_code, check_not_filled, lock_address, remove_address
from domain.channels.rules import EMAIL, check_address
from domain.channels.service import Addresses
from domain.channels.views import AddressView, address_view
from domain.errors import AccessDenied, Conflict, NotFound
from domain.integrations.model import ApiToken
from domain.people.enrolling import dismiss
from domain.people.looks import lock_person, memberships_of
from domain.people.model import Membership, Person
from domain.people.rules import (
    JOINED,
    check_ground,
    check_language,
    check_not_joined,
    parse_full_name,
)
from domain.people.views import PersonRow, person_row
from domain.registry.rules import fold
from domain.roles import Role
from domain.work import Look, Recall, Site, Work, query, use_case

_ADMIN = frozenset({Role.ADMIN})


@dataclass(frozen=True)
class UnchattyView:
    """Somebody without Telegram; ``email`` None: by the API alone. ``tokens``: id and name."""

    person: PersonRow
    email: AddressView | None
    tokens: tuple[tuple[int, str], ...]

    @property
    def id(self) -> int:
        """Of the person."""
        return self.person.id


@dataclass(frozen=True)
class UnchattyPage:
    """By number, the newest first; ``older`` is the cursor of the next page."""

    people: list[UnchattyView]
    older: int | None


async def _read(session: AsyncSession, person_id: int, _now: datetime) -> UnchattyView:
    row = await session.get(Person, person_id)
    if row is None:
        raise NotFound("person_unknown")
    return (await _views(session, [row]))[0]


# An e-mail is personal data: the record says of whom the act was.
_VIEW = Recall(lambda view: view.id, _read)


class Unchatty:
    """People without Telegram; which addresses serve, ``addresses`` knows."""

    def __init__(self, site: Site, addresses: Addresses) -> None:
        self.site = site
        self._addresses = addresses

    @query(by=_ADMIN)
    async def page(self, look: Look, before: int | None = None, size: int = 8) -> UnchattyPage:
        """Everybody served without Telegram, the newest first; joined accounts are not listed."""
        statement = (
            select(Person)
            .where(Person.telegram_id.is_(None), Person.state != JOINED)
            .order_by(Person.id.desc())
            .limit(size + 1)
        )
        if before is not None:
            statement = statement.where(Person.id < before)
        rows = list(await look.session.scalars(statement))
        older = rows[size - 1].id if len(rows) > size else None
        return UnchattyPage(await _views(look.session, rows[:size]), older)

    @query(by=_ADMIN)
    async def one(self, look: Look, person_id: int) -> UnchattyView:
        """One of them.

        Raises NotFound ``person_unknown``, Conflict ``person_has_chat``, ``account_joined``.
        """
        view = await _read(look.session, person_id, look.now)
        if view.person.telegram_id is not None:
            raise Conflict("person_has_chat")
        if view.person.joined:
            raise Conflict("account_joined")
        return view

    @use_case("unchatty.change", by=_ADMIN, recall=_VIEW)
    async def change(
        self, work: Work, person_id: int, *, name: str | None = None, language: str | None = None
    ) -> UnchattyView:
        """Correct the name or the language, in which letters are written.

        Raises NotFound ``person_unknown``, Conflict ``person_has_chat``, ``account_joined``;
        ``language_unknown`` and what ``parse_full_name`` raises.
        """
        shown = None if name is None else parse_full_name(name)
        spoken = None if language is None else check_language(language)
        person = await _held(work, person_id)
        if shown is not None:
            person.name, person.folded = shown, fold(shown)
        if spoken is not None:
            person.language = spoken
        work.record(f"person:{person.id}", name=shown is not None, language=spoken)
        await work.session.flush()
        return (await _views(work.session, [person]))[0]

    @use_case("unchatty.email", by=_ADMIN, recall=_VIEW)
    async def give_email(self, work: Work, person_id: int, email: str) -> UnchattyView:
        """Give an e-mail, or another one: a code goes to it; the old one serves till then.

        The one that waits already gets another code. Raises ``channel_not_served``,
        ``email_invalid``; Conflict ``address_taken``, ``address_known``, ``address_codes_spent``
        and what ``change`` raises.
        """
        address = check_address(EMAIL, email, self._addresses.served)
        person = await _held(work, person_id)
        await check_email_free(work, address, person.id)
        row = await lock_address(work, person.id, EMAIL)
        await check_not_filled(work, row, address)
        if row.address == address and row.state == "verified":
            raise Conflict("address_known")
        ask_code(row, work.now)
        row.wanted, person.email = address, address
        if row.address is None:
            row.state = "unverified"
        work.record(f"person:{person.id}", channel=EMAIL)
        await work.session.flush()
        return (await _views(work.session, [person]))[0]

    @use_case("unchatty.end", by=_ADMIN, recall=_VIEW)
    async def end(self, work: Work, person_id: int, ground: str) -> UnchattyView:
        """End all: every role with its line in the register, tokens, the e-mail (act 366, 34).

        The person is not deleted (act 366, clause 9). Raises what ``change`` raises, and
        ``text_missing``, ``ground_too_short``.
        """
        stated = check_ground(ground, "366-34")
        person = await _held(work, person_id)
        held = await work.session.scalars(
            select(Membership)
            .where(Membership.person_id == person.id, Membership.state == "active")
            .order_by(Membership.id)
        )
        ended = []
        for each in held.all():
            await dismiss(work, person, each, stated)
            ended.append(each.role)
        await work.session.execute(
            update(ApiToken)
            .where(ApiToken.person_id == person.id, ApiToken.revoked_at.is_(None))
            .values(revoked_at=work.now)
        )
        remove_address(await lock_address(work, person.id, EMAIL))
        work.record(f"person:{person.id}", roles=ended, ground=stated)
        await work.session.flush()
        return (await _views(work.session, [person]))[0]


async def _held(work: Work, person_id: int) -> Person:
    if work.actor.kind == "integration":
        raise AccessDenied("people_only", "366-34")
    person = await lock_person(work.session, person_id)
    if person.telegram_id is not None:
        raise Conflict("person_has_chat")
    check_not_joined(person.state)
    return person


async def _views(session: AsyncSession, people: Sequence[Person]) -> list[UnchattyView]:
    ids = [each.id for each in people]
    held = await memberships_of(session, ids)
    rows = await session.scalars(
        select(ContactAddress).where(
            ContactAddress.person_id.in_(ids),
            ContactAddress.channel == EMAIL,
            ContactAddress.state != "removed",
        )
    )
    emails = {row.person_id: address_view(row) for row in rows}
    tokens: dict[int, list[tuple[int, str]]] = {}
    named = await session.execute(
        select(ApiToken.person_id, ApiToken.id, ApiToken.name)
        .where(ApiToken.person_id.in_(ids), ApiToken.revoked_at.is_(None))
        .order_by(ApiToken.id)
    )
    for person_id, number, name in named:
        tokens.setdefault(person_id or 0, []).append((number, name))
    return [
        UnchattyView(
            person_row(each, held[each.id]), emails.get(each.id), tuple(tokens.get(each.id, ()))
        )
        for each in people
    ]
