"""Addresses of people: given, proved by a code, taken away; people served without Telegram."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import or_, select, update

from domain.actor import Actor
from domain.channels.copying import SERVING, fall_through
from domain.channels.enrolling import SignedForm, enroll_unchatty
from domain.channels.model import ContactAddress
from domain.channels.rows import (
    ADDRESS,
    addresses_of,
    ask_code,
    check_not_filled,
    forget_code,
    lock_address,
    remove_address,
)
from domain.channels.rules import (
    CODE_TRIES,
    CODE_VALID,
    EMAIL,
    SMS,
    Served,
    check_address,
    check_code_stands,
    check_may_ask,
    fits,
    hash_code,
    new_code,
    recent,
)
from domain.channels.views import AddressView, Attempt, CodeLetter, Receiver, address_view
from domain.errors import AccessDenied, Conflict, NotFound, RuleBroken
from domain.notices.model import TELEGRAM, Notice
from domain.notices.writing import tell
from domain.people.model import Person
from domain.roles import Role
from domain.work import Look, Site, Work, query, use_case

_ADMIN = frozenset({Role.ADMIN})


class Addresses:
    """What people do with their addresses; ``served`` is what this installation can send."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.codes = Codes(site)
        self.served = Served()

    @query(by=None)
    async def mine(self, look: Look) -> list[AddressView]:
        """The actor's own addresses, in the order in which they serve."""
        return await addresses_of(look.session, look.actor.person_id or 0)

    @query(by=_ADMIN)
    async def of_person(self, look: Look, person_id: int) -> list[AddressView]:
        """Somebody's addresses."""
        return await addresses_of(look.session, person_id)

    @use_case("channel.want", by=None, recall=ADDRESS)
    async def want(self, work: Work, channel: str, text: str) -> AddressView:
        """Give an address and ask for its code; what is in force serves until it is proved.

        Raises ``channel_not_served``, ``email_invalid``, ``phone_invalid``, ``address_url``,
        ``address_scheme``, ``address_private``; Conflict ``address_known`` (it is in force),
        ``address_codes_spent``; AccessDenied ``not_registered`` (SMS are for members).
        """
        if channel == SMS and work.actor.kind == "guest":
            # Each one costs money: strangers do not spend it.
            raise AccessDenied("not_registered", "344-4")
        address = check_address(channel, text, self.served)
        row = await lock_address(work, _own(work.actor), channel)
        await check_not_filled(work, row, address)
        if row.address == address and row.state == "verified":
            raise Conflict("address_known")
        ask_code(row, work.now)
        row.wanted = address
        if row.address is None:
            row.state = "unverified"
        work.record(f"person:{row.person_id}", channel=channel)
        await work.session.flush()
        return address_view(row)

    @use_case("channel.ask_again", by=None, recall=ADDRESS)
    async def ask_again(self, work: Work, channel: str) -> AddressView:
        """Another code for the address that waits; the one before counts no more.

        Raises ``channel_not_served``; Conflict ``address_no_code`` (none waits),
        ``address_codes_spent``.
        """
        self.served.check(channel)
        row = await lock_address(work, _own(work.actor), channel)
        if row.wanted is None:
            raise Conflict("address_no_code")
        await check_not_filled(work, row, row.wanted)
        ask_code(row, work.now)
        work.record(f"person:{row.person_id}", channel=channel)
        await work.session.flush()
        return address_view(row)

    async def confirm(self, actor: Actor, channel: str, code: str) -> AddressView:
        """Put the actor's waiting address in force by its code.

        Raises RuleBroken ``address_code_wrong`` (with ``left`` tries); Conflict
        ``address_no_code``, ``address_code_expired``, ``address_code_spent``.
        """
        return await self._confirmed(actor, _own(actor), channel, code)

    async def confirm_for(
        self, actor: Actor, person_id: int, channel: str, code: str
    ) -> AddressView:
        """The same for somebody without a chat, who has told an administrator the code."""
        actor.check_role(_ADMIN)
        async with self.site.reading() as session:
            person = await session.get(Person, person_id)
        if person is None:
            raise NotFound("person_unknown")
        if person.telegram_id is not None:
            raise Conflict("person_has_chat")
        return await self._confirmed(actor, person_id, channel, code)

    async def _confirmed(
        self, actor: Actor, person_id: int, channel: str, code: str
    ) -> AddressView:
        attempt = await self._try(actor, person_id, channel, code)
        if not attempt.confirmed:
            raise RuleBroken("address_code_wrong", None, left=attempt.left)
        async with self.site.reading() as session:
            return address_view(await session.get_one(ContactAddress, attempt.id))

    @use_case("channel.confirm", by=None)
    async def _try(self, work: Work, person_id: int, channel: str, code: str) -> Attempt:
        """Compare a code; a wrong one is counted, so it has to be committed, too."""
        row = await lock_address(work, person_id, channel)
        kept = check_code_stands(row.code_hash, row.expires_at, row.tries, work.now)
        right = await asyncio.to_thread(fits, code, kept)
        work.record(f"person:{person_id}", channel=channel, confirmed=right)
        if not right:
            row.tries += 1
            return Attempt(row.id, False, max(0, CODE_TRIES - row.tries))
        row.address, row.wanted, row.state = row.wanted, None, "verified"
        row.verified_at, row.failed_at, row.last_failure = work.now, None, None
        forget_code(row)
        await work.session.flush()
        await _catch_up(work, person_id)
        return Attempt(row.id, True, 0)

    @use_case("channel.remove", by=None, recall=ADDRESS)
    async def remove(self, work: Work, channel: str) -> AddressView:
        """Take an address away, and the one that waits; raises Conflict ``address_none``."""
        row = await lock_address(work, _own(work.actor), channel)
        if row.address is None and row.wanted is None:
            raise Conflict("address_none")
        remove_address(row)
        work.record(f"person:{row.person_id}", channel=channel)
        await work.session.flush()
        return address_view(row)

    @use_case("channel.test", by=None)
    async def test(self, work: Work, channel: str) -> int:
        """Send a message to one's own address; returns its number.

        Raises ``channel_not_served``; Conflict ``address_none``, ``address_codes_spent`` (as
        many tests an hour as codes).
        """
        self.served.check(channel)
        row = await lock_address(work, _own(work.actor), channel)
        if row.address is None:
            raise Conflict("address_none")
        check_may_ask(row.codes, work.now)
        row.codes = [*recent(row.codes, work.now), work.now]
        subject, until = f"person:{row.person_id}", work.now + timedelta(hours=1)
        await tell(work, [row.person_id], "channel.test", subject, useless_after=until)
        # Written as any other, and for the channel that it tests.
        number = await work.session.scalar(
            update(Notice)
            .where(
                Notice.person_id == row.person_id,
                Notice.kind == "channel.test",
                Notice.channel == TELEGRAM,
                Notice.state == "queued",
            )
            .values(channel=channel)
            .returning(Notice.id)
        )
        work.record(subject, channel=channel, notice=number)
        return number or 0

    @use_case("channel.enroll", by=_ADMIN, recall=ADDRESS)
    async def enroll(
        self,
        work: Work,
        name: str,
        email: str,
        role: Role,
        language: str,
        ground: str,
        signed: SignedForm | None = None,
    ) -> AddressView:
        """Give a role to somebody who has no Telegram; a code goes to the e-mail, if there is one.

        ``signed``: for a role of a company, what the form on paper says. Raises
        ``channel_not_served``, ``email_invalid``, ``text_missing``, ``language_unknown``; the
        errors of ``enroll_unchatty``.
        """
        address = check_address(EMAIL, email, self.served) if email.strip() else ""
        person = await enroll_unchatty(work, name, address, role, language, ground, signed)
        row = await lock_address(work, person.id, EMAIL)
        if address:
            ask_code(row, work.now)
            row.wanted, row.state = address, "unverified"
        work.record(
            f"person:{person.id}",
            role=role.value,
            company=signed and signed.bin,
            channel=EMAIL if address else None,
            ground=ground,
        )
        await work.session.flush()
        return address_view(row)

    async def receiver(self, person_id: int, channel: str) -> Receiver | None:
        """Where a notice goes now; None for nobody."""
        async with self.site.reading() as session:
            found = await session.execute(
                select(ContactAddress.address, Person.language, Person.telegram_id)
                .select_from(Person)
                .outerjoin(
                    ContactAddress,
                    (ContactAddress.person_id == Person.id)
                    & (ContactAddress.channel == channel)
                    & ContactAddress.state.in_(SERVING),
                )
                .where(Person.id == person_id)
            )
            row = found.one_or_none()
        return None if row is None else Receiver(row[0], row[1], row[2] is not None)


class Codes:
    """Codes on their way, for whoever sends: made when they go, so nothing else ever knows them."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def claim(self, channel: str, lease: timedelta, limit: int = 5) -> list[CodeLetter]:
        """Make the next codes to send; each replaces the one made for the same address before."""
        now = self.site.clock.now()
        async with self.site.sessions.begin() as session:
            found = await session.execute(
                select(ContactAddress, Person.language, Person.telegram_id)
                .join(Person, Person.id == ContactAddress.person_id)
                .where(
                    ContactAddress.channel == channel,
                    ContactAddress.asked_at > now - CODE_VALID,
                    or_(
                        ContactAddress.claimed_until.is_(None), ContactAddress.claimed_until <= now
                    ),
                )
                .order_by(ContactAddress.asked_at)
                .limit(limit)
                .with_for_update(of=ContactAddress, skip_locked=True)
            )
            letters = []
            for row, language, telegram_id in found.all():
                code = new_code()
                row.code_hash = await asyncio.to_thread(hash_code, code)
                row.expires_at, row.tries = now + CODE_VALID, 0
                row.claimed_until, row.attempts = now + lease, row.attempts + 1
                letters.append(_letter(row, language, telegram_id is not None, code))
            return letters

    async def sent(self, letter: CodeLetter) -> None:
        """It has gone; another address or code wanted meanwhile is left alone."""
        await self._settle(letter, asked_at=None, claimed_until=None)

    async def again(self, letter: CodeLetter, after: timedelta) -> None:
        """It did not go: another one is made after a while, as long as it is waited for."""
        await self._settle(letter, claimed_until=self.site.clock.now() + after)

    async def failed(self, letter: CodeLetter, reason: str) -> None:
        """The address takes nothing: its owner reads why."""
        now = self.site.clock.now()
        await self._settle(
            letter,
            asked_at=None,
            claimed_until=None,
            code_hash=None,
            failed_at=now,
            last_failure=reason,
        )

    async def _settle(self, letter: CodeLetter, **values: object) -> None:
        async with self.site.sessions.begin() as session:
            await session.execute(
                update(ContactAddress)
                .where(ContactAddress.id == letter.id, ContactAddress.code_hash == letter.code_hash)
                .values(**values)
            )


def _letter(row: ContactAddress, language: str, chat: bool, code: str) -> CodeLetter:
    return CodeLetter(
        id=row.id,
        person_id=row.person_id,
        channel=row.channel,
        address=row.wanted or "",
        language=language,
        chat=chat,
        code=code,
        code_hash=row.code_hash or "",
        expires_at=row.expires_at or row.created_at,
        attempts=row.attempts,
    )


def _own(actor: Actor) -> int:
    if actor.person_id is None:
        raise AccessDenied("not_a_person", "366-5")
    return actor.person_id


async def _catch_up(work: Work, person_id: int) -> None:
    """What somebody without a chat has missed goes to their first address."""
    missed = await work.session.scalars(
        select(Notice.id)
        .join(Person, Person.id == Notice.person_id)
        .where(
            Notice.person_id == person_id,
            Person.telegram_id.is_(None),
            Notice.channel == TELEGRAM,
            Notice.state == "unreachable",
        )
    )
    await fall_through(work.session, list(missed), work.now)
