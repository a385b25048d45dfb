"""Two accounts of one person become one: proved, whole, and only where their roles allow it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from domain.actor import Actor
from domain.audit import AuditEntry
from domain.channels.enrolling import SignedForm
from domain.channels.joining import JoinOffer
from domain.channels.rules import Served
from domain.duty.model import Absence, DutyRoster
from domain.errors import Conflict, NotFound, Unauthenticated
from domain.people.model import Person
from domain.people.rules import check_joinable
from domain.people.views import PersonView
from domain.preferences.rules import Wishes
from domain.roles import Role
from domain.services import Services
from domain.work import Site
from tests.domain.channels.people import LEASE, Mailbox
from tests.support.factories import (
    admin_actor,
    again,
    company_id_of,
    make_customer,
    make_person,
)

MAIL = "d@gov.example"


class Town(Mailbox):
    """One person twice, and the administrator who has enrolled the one without Telegram."""

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self.services = Services(site)
        self.addresses = self.services.addresses
        self.addresses.served = Served(frozenset({"email"}))

    async def enrolled(
        self, admin: Actor, role: Role = Role.AUTHORITY, signed: SignedForm | None = None
    ) -> Actor:
        """The account without Telegram, its e-mail proved."""
        made = await self.addresses.enroll(
            again(admin), "Дәурен Оспанов", MAIL, role, "kk", "Приказ № 12", signed
        )
        letter = await self.code("email")
        await self.addresses.confirm_for(again(admin), made.person_id, "email", letter.code)
        token = await self.services.integrations.create_person_token(
            again(admin), "ministry", made.person_id
        )
        found = await self.services.integrations.actor_for_token(token, "api:1")
        self.token = token
        return found.actor

    async def proves(self, person: Actor) -> JoinOffer | None:
        """The person proves in the chat that they read the e-mail."""
        await self.addresses.want(again(person), "email", MAIL)
        letters = await self.addresses.codes.claim("email", LEASE)
        (letter,) = [each for each in letters if each.person_id == person.person_id]
        await self.addresses.codes.sent(letter)
        await self.addresses.confirm(again(person), "email", letter.code)
        return await self.services.joining.offer(person)

    async def join(self, person: Actor, other: Actor) -> PersonView:
        return await self.services.joining.join(again(person), other.person_id or 0)


@pytest.fixture
def town(site: Site) -> Town:
    return Town(site)


@pytest.fixture
async def admin(site: Site) -> Actor:
    return await admin_actor(site)


async def test_roles_go_over_and_the_other_account_ends(town: Town, admin: Actor) -> None:
    old = await town.enrolled(admin)
    new = await make_person(town.site, language="ru")
    assert await town.services.joining.offer(new) is None
    offer = await town.proves(new)
    assert offer is not None
    assert (offer.person_id, offer.tokens) == (old.person_id, 1)
    assert [each.role for each in offer.memberships] == [Role.AUTHORITY]
    joined = await town.join(new, old)
    assert joined.membership is not None
    assert (joined.id, joined.membership.role) == (new.person_id, Role.AUTHORITY)
    with pytest.raises(Unauthenticated):
        await town.services.integrations.actor_for_token(town.token, "api:2")
    row = await town.services.people.person(again(admin), old.person_id or 0)
    assert (row.joined, row.memberships) == (True, [])
    page = await town.services.people.role_register(again(admin))
    assert [(line.person_id, line.change, line.ground) for line in page.lines[:2]] == [
        (new.person_id, "granted", f"joined:{old.person_id}"),
        (old.person_id, "revoked", f"joined:{old.person_id}"),
    ]
    assert await town.services.joining.offer(new) is None
    async with town.site.sessions() as session:
        entries = await session.scalars(
            select(AuditEntry.subject).where(
                AuditEntry.action.in_(["people.join", "people.joined"])
            )
        )
        assert set(entries) == {f"person:{old.person_id}", f"person:{new.person_id}"}


async def test_what_waited_comes_in_the_chat_and_once(town: Town, admin: Actor) -> None:
    old = await town.enrolled(admin)
    # The first has reached the mailbox, the second has not gone anywhere yet.
    await town.tell(old)
    await town.end("unreachable")
    await town.end("sent", "email")
    await town.tell(old, kind="award.selected")
    new = await make_person(town.site)
    await town.proves(new)
    await town.join(new, old)
    assert await town.rows(old) == []
    rows = await town.rows(new)
    states = [(row.kind, row.channel, row.state) for row in rows]
    assert ("order.invited", "telegram", "unreachable") in states
    assert ("order.invited", "email", "sent") in states
    assert ("award.selected", "telegram", "queued") in states
    assert await town.end("sent") >= 1
    kinds = [row.kind for row in await town.rows(new, "telegram") if row.state == "sent"]
    assert kinds.count("award.selected") == 1
    assert "order.invited" not in kinds


async def test_an_event_told_to_both_stays_with_each(town: Town, admin: Actor) -> None:
    old = await town.enrolled(admin)
    new = await make_person(town.site)
    await town.tell(old, new)
    await town.proves(new)
    await town.join(new, old)
    kinds = [row.kind for row in await town.rows(new, "telegram")]
    assert kinds.count("order.invited") == 1


async def test_preferences_go_over_where_nothing_was_chosen(town: Town, admin: Actor) -> None:
    old = await town.enrolled(admin)
    preferences = town.services.preferences
    await preferences.put(again(old), None, Wishes(digest_at=600, muted=frozenset({"news"})))
    new = await make_person(town.site, language="ru")
    await town.proves(new)
    await town.join(new, old)
    mine = await preferences.mine(new)
    assert (mine.digest_at, mine.muted, mine.language) == (600, ("news",), "ru")


async def test_own_choice_in_the_chat_stays(town: Town, admin: Actor) -> None:
    old = await town.enrolled(admin)
    preferences = town.services.preferences
    await preferences.put(again(old), None, Wishes(digest_at=600))
    new = await make_person(town.site)
    await preferences.set_digest(again(new), 720)
    await town.proves(new)
    await town.join(new, old)
    assert (await preferences.mine(new)).digest_at == 720


async def test_duty_goes_on_under_the_other_account(town: Town, admin: Actor) -> None:
    customer = await make_customer(town.site)
    signed = SignedForm(customer.bin, "head", "+77010000001")
    old = await town.enrolled(admin, Role.CUSTOMER, signed)
    colleague = await make_person(town.site, role=Role.CUSTOMER, company=customer)
    duty = town.services.duty
    await duty.set_turns(again(old), [old.person_id or 0, colleague.person_id or 0])
    today = (await duty.plan(old)).today
    await duty.away(again(old), colleague.person_id or 0, today, today, old.person_id)
    new = await make_person(town.site)
    await town.proves(new)
    joined = await town.join(new, old)
    assert joined.membership is not None
    assert (joined.membership.position, joined.membership.role) == ("head", Role.CUSTOMER)
    async with town.site.sessions() as session:
        turns = await session.scalar(select(DutyRoster.turns))
        assert turns == [new.person_id, colleague.person_id]
        assert await session.scalar(select(Absence.deputy_id)) == new.person_id
        assert await company_id_of(session, customer.bin)


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.ADMIN])
async def test_roles_that_exclude_each_other_are_not_joined(
    town: Town, admin: Actor, role: Role
) -> None:
    old = await town.enrolled(admin)
    new = await make_person(town.site, role=role)
    assert await town.proves(new) is not None
    with pytest.raises(Conflict, match="join_roles") as refused:
        await town.join(new, old)
    assert refused.value.params == {"role": role.value, "other": "authority"}
    # Nothing has changed: the other account goes on.
    await town.services.integrations.actor_for_token(town.token, "api:2")
    async with town.site.sessions() as session:
        state = await session.scalar(select(Person.state).where(Person.id == old.person_id))
    assert state == "active"


async def test_who_has_not_proved_it_joins_nothing(town: Town, admin: Actor) -> None:
    old = await town.enrolled(admin)
    new = await make_person(town.site)
    with pytest.raises(NotFound, match="join_unknown"):
        await town.join(new, old)
    await town.addresses.want(again(new), "email", MAIL)
    with pytest.raises(NotFound, match="join_unknown"):
        await town.join(new, old)


async def test_a_suspended_account_is_not_joined(town: Town, admin: Actor) -> None:
    old = await town.enrolled(admin)
    new = await make_person(town.site)
    await town.proves(new)
    await town.services.people.suspend(again(admin), old.person_id or 0, "Проверка")
    with pytest.raises(Conflict, match="join_suspended"):
        await town.join(new, old)


async def test_a_joined_account_gets_no_rights(town: Town, admin: Actor) -> None:
    old = await town.enrolled(admin)
    new = await make_person(town.site)
    await town.proves(new)
    await town.join(new, old)
    people, number = town.services.people, old.person_id or 0
    with pytest.raises(Conflict, match="account_joined"):
        await people.grant_role(again(admin), number, Role.OBSERVER, None, "Приказ № 13")
    with pytest.raises(Conflict, match="account_joined"):
        await people.suspend(again(admin), number, "Проверка")
    with pytest.raises(Conflict, match="account_joined"):
        await town.services.integrations.create_person_token(again(admin), "again", number)
    with pytest.raises(Conflict, match="account_joined"):
        await town.services.unchatty.change(again(admin), number, name="Басқа Адам")
    with pytest.raises(Conflict, match="account_joined"):
        await town.services.unchatty.one(again(admin), number)
    assert (await town.services.unchatty.page(again(admin))).people == []


@pytest.mark.parametrize("one", list(Role))
@pytest.mark.parametrize("other", list(Role))
def test_exclusion_is_mutual(one: Role, other: Role) -> None:
    def refused(mine: Role, theirs: Role) -> bool:
        try:
            check_joinable({mine}, {theirs}, suspended=False)
        except Conflict:
            return True
        return False

    assert refused(one, other) == refused(other, one)
    assert not refused(one, one)


async def test_people_without_telegram_are_listed_changed_and_ended(
    town: Town, admin: Actor
) -> None:
    unchatty = town.services.unchatty
    assert (await unchatty.page(again(admin))).people == []
    old = await town.enrolled(admin)
    (found,) = (await unchatty.page(again(admin))).people
    assert (found.id, [name for _, name in found.tokens]) == (old.person_id, ["ministry"])
    assert found.email is not None
    assert found.email.state == "verified"
    changed = await unchatty.change(again(admin), found.id, name="Дәурен Ахметов", language="ru")
    assert (changed.person.name, changed.person.language) == ("Дәурен Ахметов", "ru")
    other = await unchatty.give_email(again(admin), found.id, "new@gov.example")
    assert other.email is not None
    assert (other.email.address, other.email.wanted) == (MAIL, "new@gov.example")
    ended = await unchatty.end(again(admin), found.id, "Уволен")
    assert (ended.person.memberships, ended.email, ended.tokens) == ([], None, ())
    with pytest.raises(Conflict, match="person_has_chat"):
        await unchatty.end(again(admin), admin.person_id or 0, "Уволен")
