"""What is on record stays for good: phones, e-mails and links of invitations are not on it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace

import pytest
from pydantic import TypeAdapter
from sqlalchemy import text

from domain.actor import Actor
from domain.audit import Draft, verify, write_chain
from domain.people.service import People
from domain.people.views import PersonView
from domain.roles import Role
from domain.work import Site
from tests.domain.people.forms import apply, newcomer
from tests.support.factories import admin_actor, again, make_person, make_producer, next_cause

PHONE, MAIL = "+77015550501", "dana@example.kz"


@pytest.fixture
def people(site: Site) -> People:
    return People(site)


async def on_record(site: Site) -> str:
    """Every column of every entry, and whether the chain is whole."""
    async with site.sessions() as session:
        rows = await session.scalars(text("SELECT to_jsonb(audit_entry)::text FROM audit_entry"))
        found = "\n".join(rows.all())
        assert (await verify(session)).broken_at is None
    return found


async def twice(act: Callable[[Actor], Awaitable[object]], actor: Actor) -> object:
    """The same press brought twice: nothing is done again, and the answer is the same."""
    press = again(actor)
    first = await act(press)
    assert await act(press) == first
    return first


async def test_neither_registration_nor_administration_leaves_a_phone_or_an_email(
    site: Site, people: People
) -> None:
    company = await make_producer(site)
    admin = await admin_actor(site)
    guest = await newcomer(people)
    await twice(lambda a: people.share_contact(a, 501, PHONE), guest)
    await twice(lambda a: people.choose_language(a, "ru"), guest)
    receipt = await apply(people, guest, company.bin)
    view = await twice(lambda a: people.decide_registration(a, receipt.number, True), admin)
    shown = str(view)
    assert (PHONE in shown, MAIL in shown) == (True, True)

    person = guest.person_id or 0
    staff = Role.OBSERVER
    await twice(lambda a: people.grant_role(a, person, staff, None, "приказ № 1"), admin)
    await twice(lambda a: people.revoke_role(a, person, staff, None, "приказ № 2"), admin)
    await twice(lambda a: people.suspend(a, person, "проверка"), admin)
    row = await twice(lambda a: people.resume(a, person, "проверено"), admin)
    assert PHONE in str(row)

    kept = await on_record(site)
    assert "people.decide_registration" in kept
    assert "people.resume" in kept
    for private in (PHONE, PHONE.removeprefix("+"), MAIL, "Ахметова"):
        assert private not in kept, private


async def test_no_link_of_an_invitation_is_on_record(site: Site, people: People) -> None:
    company = await make_producer(site)
    first = await make_person(site, role=Role.SUPPLIER, company=company)
    press = again(first)
    links = [(await people.invite(press, Role.SUPPLIER)).token for _ in range(2)]
    guest = await newcomer(people)
    await apply(people, guest, company.bin, links[-1])
    kept = await on_record(site)
    assert "people.register" in kept
    assert "people.invite" in kept
    for private in (*links, PHONE, MAIL):
        assert private not in kept


async def test_an_answer_that_an_earlier_release_stored_whole_is_still_given(
    site: Site, people: People
) -> None:
    guest = await newcomer(people)
    then = replace(await people.me(guest), name="Дана тогда")
    press = guest.because(next_cause())
    answer = TypeAdapter(PersonView).dump_python(then, mode="json")
    assert answer.keys() == asdict(then).keys()
    async with site.sessions.begin() as session:
        draft = Draft(site.clock.now(), press, "people.choose_language", "person:1")
        draft.result = {"answer": answer}
        await write_chain(session, [draft])
    assert await people.choose_language(press, "ru") == then
    assert (await people.me(guest)).language == "kk"
