"""Registration from the first message to the decision, on a real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from domain.actor import Actor
from domain.audit import AuditEntry, verify
from domain.clock import ManualClock
from domain.errors import AccessDenied, Conflict, NotFound, RuleBroken
from domain.notices import Notice, Notices
from domain.people.model import Consent, Person, Registration
from domain.people.rules import CONSENT_VERSIONS
from domain.people.service import People
from domain.people.views import RegistrationReceipt
from domain.registry.rules import Status
from domain.roles import Role
from domain.work import Site
from tests.support.factories import (
    admin_actor,
    again,
    integration_actor,
    make_customer,
    make_person,
    make_producer,
    next_bin,
    next_cause,
)


@pytest.fixture
def people(site: Site) -> People:
    return People(site)


async def newcomer(people: People, telegram_id: int = 501) -> Actor:
    """A guest who has given both consents and their contact."""
    actor, _ = await people.actor_for(telegram_id, next_cause(), "kk", "Dana")
    for kind, version in CONSENT_VERSIONS.items():
        await people.record_consent(again(actor), kind, version, "kk")
    await people.share_contact(again(actor), telegram_id, f"7701555{telegram_id:04d}")
    return again(actor)


async def apply(
    people: People,
    actor: Actor,
    bin_iin: str | None,
    token: str | None = None,
    role: Role = Role.SUPPLIER,
) -> RegistrationReceipt:
    return await people.register(
        actor,
        company_bin=bin_iin,
        role=role,
        full_name="Дана Ахметова",
        position="head",
        email="dana@example.kz",
        invitation_token=token,
    )


async def notices_of(site: Site, actor: Actor) -> list[tuple[str, dict[str, object]]]:
    async with site.sessions() as session:
        rows = await session.scalars(
            select(Notice).where(Notice.person_id == actor.person_id).order_by(Notice.id)
        )
        return [(row.kind, dict(row.params)) for row in rows]


async def count(site: Site, what: type) -> int:
    async with site.sessions() as session:
        return await session.scalar(select(func.count()).select_from(what)) or 0


@pytest.mark.clause("366-32")
async def test_first_contact_makes_one_person_and_goes_on_record(
    site: Site, people: People
) -> None:
    first, view = await people.actor_for(501, "tg:1:1", "kk-KZ", "Dana <b>")
    second, _ = await people.actor_for(501, "tg:1:2", "ru", "Dana")
    assert (first.kind, first.role, view.language, view.name) == ("guest", None, "kk", "Dana <b>")
    assert second.person_id == first.person_id
    assert await count(site, Person) == 1
    async with site.sessions() as session:
        entry = (await session.scalars(select(AuditEntry))).one()
    assert (entry.action, entry.cause, entry.person_id) == (
        "people.first_contact",
        "tg:1:1",
        first.person_id,
    )


@pytest.mark.clause("344-4")
@pytest.mark.clause("366-5")
async def test_a_guest_may_do_nothing_that_needs_a_role(site: Site, people: People) -> None:
    guest = await newcomer(people)
    with pytest.raises(AccessDenied) as refused:
        await people.colleagues(guest)
    assert (refused.value.code, refused.value.clause) == ("not_registered", "344-4")
    with pytest.raises(AccessDenied, match="not_registered"):
        await people.invite(guest, Role.SUPPLIER)


async def test_language_is_guessed_and_then_chosen(people: People) -> None:
    actor, view = await people.actor_for(501, "tg:1:1", "de", "Dana")
    assert (view.language, view.language_chosen) == ("ru", False)
    view = await people.choose_language(actor, "kk")
    assert (view.language, view.language_chosen) == ("kk", True)
    with pytest.raises(RuleBroken, match="language_unknown"):
        await people.choose_language(again(actor), "en")


@pytest.mark.clause("366-6.1")
@pytest.mark.clause("366-6.2")
async def test_consents_are_kept_with_wording_time_and_person(site: Site, people: People) -> None:
    actor, _ = await people.actor_for(501, next_cause(), "kk", "Dana")
    for kind, version in CONSENT_VERSIONS.items():
        await people.record_consent(again(actor), kind, version, "kk")
        await people.record_consent(again(actor), kind, version, "kk")
    async with site.sessions() as session:
        rows = list(await session.scalars(select(Consent).order_by(Consent.kind)))
    assert [(row.kind, row.version, row.language, row.person_id, row.at) for row in rows] == [
        (kind, CONSENT_VERSIONS[kind], "kk", actor.person_id, site.clock.now())
        for kind in ("data", "truth")
    ]
    with pytest.raises(Conflict, match="consent_outdated"):
        await people.record_consent(again(actor), "data", "0", "kk")


async def test_only_ones_own_contact_is_taken(people: People) -> None:
    actor, _ = await people.actor_for(501, next_cause(), "kk", "Dana")
    for other in (502, None):
        with pytest.raises(RuleBroken, match="contact_not_own"):
            await people.share_contact(again(actor), other, "+77015550101")
    with pytest.raises(RuleBroken, match="phone_invalid"):
        await people.share_contact(again(actor), 501, "12")
    view = await people.share_contact(again(actor), 501, "77015550101")
    assert view.phone == "+77015550101"


@pytest.mark.clause("344-6.1")
@pytest.mark.clause("344-6.2")
@pytest.mark.clause("366-6.1")
@pytest.mark.clause("366-6.2")
async def test_an_incomplete_form_is_not_registered(site: Site, people: People) -> None:
    company = await make_producer(site)
    actor, _ = await people.actor_for(501, next_cause(), "kk", "Dana")
    with pytest.raises(RuleBroken) as refused:
        await people.register(
            actor,
            company_bin=company.bin,
            role=Role.SUPPLIER,
            full_name=" ",
            position="",
            email="",
        )
    assert refused.value.code == "registration_incomplete"
    assert refused.value.params["missing"] == [
        "consent_data",
        "consent_truth",
        "phone",
        "email",
        "full_name",
        "position",
    ]
    ready = await newcomer(people)
    for wrong, code in (
        ({"email": "dana@nowhere"}, "email_invalid"),
        ({"position": "cook"}, "position_unknown"),
        ({"full_name": ""}, "registration_incomplete"),
        ({"position": ""}, "registration_incomplete"),
    ):
        given = {"full_name": "Дана", "position": "head", "email": "d@example.kz", **wrong}
        with pytest.raises(RuleBroken, match=code):
            await people.register(
                again(ready), company_bin=company.bin, role=Role.SUPPLIER, **given
            )
    assert await count(site, Registration) == 0


@pytest.mark.clause("344-6.refuse")
@pytest.mark.parametrize(
    ("status", "code"),
    [
        (Status.BANKRUPT, "company_bankrupt"),
        (Status.LIQUIDATION, "company_liquidation"),
        (Status.UNFAIR, "company_unfair"),
    ],
)
async def test_refusals_of_clause_6_name_their_ground(
    site: Site, people: People, status: Status, code: str
) -> None:
    company = await make_producer(site, status=status)
    actor = await newcomer(people)
    with pytest.raises(RuleBroken) as looked:
        await people.find_company(actor, company.bin, Role.SUPPLIER)
    with pytest.raises(RuleBroken) as applied:
        await apply(people, again(actor), company.bin)
    for refused in (looked.value, applied.value):
        assert (refused.code, refused.clause) == (code, "344-6.refuse")
    assert await count(site, Registration) == 0


async def test_an_excluded_producer_is_refused_too(site: Site, people: People) -> None:
    company = await make_producer(site, status=Status.EXCLUDED)
    with pytest.raises(RuleBroken, match="company_excluded"):
        await people.find_company(await newcomer(people), company.bin, Role.SUPPLIER)


@pytest.mark.clause("344-7")
async def test_the_company_comes_from_the_registry(site: Site, people: People) -> None:
    company = await make_producer(site, name_ru="ТОО «Труба»", name_kk="«Құбыр» ЖШС")
    customer = await make_customer(site)
    actor = await newcomer(people)
    found = await people.find_company(actor, f" {company.bin} ", Role.SUPPLIER)
    assert (found.bin, found.name_ru, found.name_kk) == (
        company.bin,
        "ТОО «Труба»",
        "«Құбыр» ЖШС",
    )
    for unknown in (next_bin(), customer.bin):
        with pytest.raises(NotFound) as refused:
            await people.find_company(actor, unknown, Role.SUPPLIER)
        assert (refused.value.code, refused.value.clause) == ("company_unknown", "344-7")
    wrong = company.bin[:-1] + str((int(company.bin[-1]) + 1) % 10)
    for typed, code in ((wrong, "bin_check_digit"), ("12345", "bin_format")):
        with pytest.raises(RuleBroken, match=code):
            await people.find_company(actor, typed, Role.SUPPLIER)


@pytest.mark.clause("366-15")
@pytest.mark.clause("366-11")
async def test_an_application_gets_a_number_and_a_confirmation_and_is_decided(
    site: Site, people: People
) -> None:
    admin = await admin_actor(site)
    company = await make_producer(site)
    actor = await newcomer(people)
    receipt = await apply(people, actor, company.bin)
    assert receipt.state == "pending"
    assert await notices_of(site, actor) == [
        (
            "registration.received",
            {
                "number": receipt.number,
                "role": "supplier",
                "bin": company.bin,
                "name_ru": company.name_ru,
                "name_kk": company.name_kk,
            },
        )
    ]
    own = await Notices(site).page(again(actor))
    assert [notice.params["number"] for notice in own.notices] == [receipt.number]
    (told,) = await notices_of(site, admin)
    assert told[0] == "registration.pending"
    assert told[1]["number"] == receipt.number

    waiting = await people.pending_registrations(admin)
    assert [row.number for row in waiting.registrations] == [receipt.number]
    assert waiting.registrations[0].email == "dana@example.kz"
    decided = await people.decide_registration(again(admin), receipt.number, True)
    assert decided.state == "approved"
    assert [kind for kind, _ in await notices_of(site, actor)][-1] == "registration.approved"
    now_actor, view = await people.actor_for(501, next_cause())
    assert (now_actor.kind, now_actor.role, view.membership and view.membership.position) == (
        "person",
        Role.SUPPLIER,
        "head",
    )
    with pytest.raises(Conflict, match="registration_decided"):
        await people.decide_registration(again(admin), receipt.number, False, "late")
    async with site.sessions() as session:
        assert (await verify(session)).broken_at is None


async def test_a_refusal_states_its_ground(site: Site, people: People) -> None:
    admin = await admin_actor(site)
    actor = await newcomer(people)
    receipt = await apply(people, actor, (await make_producer(site)).bin)
    with pytest.raises(RuleBroken, match="text_missing"):
        await people.decide_registration(again(admin), receipt.number, False, "  ")
    refused = await people.decide_registration(
        again(admin), receipt.number, False, "Нет доверенности"
    )
    assert (refused.state, refused.ground) == ("refused", "Нет доверенности")
    kind, params = (await notices_of(site, actor))[-1]
    assert (kind, params["ground"]) == ("registration.refused", "Нет доверенности")
    assert (await people.actor_for(501, next_cause()))[0].kind == "guest"
    second = await apply(people, again(actor), (await make_producer(site)).bin)
    assert second.number > receipt.number


async def test_a_status_that_changed_meanwhile_bars_the_approval(
    site: Site, people: People
) -> None:
    admin = await admin_actor(site)
    company = await make_producer(site)
    receipt = await apply(people, await newcomer(people), company.bin)
    await make_producer(site, company.bin, status=Status.BANKRUPT)
    with pytest.raises(RuleBroken, match="company_bankrupt"):
        await people.decide_registration(admin, receipt.number, True)
    assert (await people.registration(again(admin), receipt.number)).state == "pending"


async def test_one_application_at_a_time(site: Site, people: People) -> None:
    company = await make_producer(site)
    actor = await newcomer(people)
    receipt = await apply(people, actor, company.bin)
    assert await apply(people, actor, company.bin) == receipt  # the same press
    with pytest.raises(Conflict) as refused:
        await apply(people, again(actor), company.bin)
    assert refused.value.params["number"] == receipt.number
    assert await count(site, Registration) == 1


@pytest.mark.clause("366-15")
async def test_an_invitation_opens_the_company_at_once(site: Site, people: People) -> None:
    company = await make_producer(site)
    boss = await make_person(site, 601, Role.SUPPLIER, company)
    link = await people.invite(again(boss), Role.SUPPLIER)
    actor = await newcomer(people)
    info = await people.invitation_info(actor, link.token)
    assert (info.company and info.company.bin, info.used) == (company.bin, False)
    receipt = await apply(people, actor, company.bin, link.token)
    assert receipt.state == "approved"
    (told,) = await notices_of(site, actor)
    assert (told[0], told[1]["number"]) == ("registration.approved", receipt.number)
    (joined,) = await notices_of(site, boss)
    assert (joined[0], joined[1]["name"]) == ("colleague.joined", "Дана Ахметова")
    member, view = await people.actor_for(501, next_cause())
    assert (member.role, member.company_id) == (Role.SUPPLIER, boss.company_id)
    assert view.name == "Дана Ахметова"
    assert [row.name for row in await people.colleagues(again(boss))] == ["Дана Ахметова"]
    # The same person with the same link: the same answer; another person: refused.
    assert await apply(people, again(actor), company.bin, link.token) == receipt
    assert (await people.invitation_info(again(actor), link.token)).used
    other = await newcomer(people, 502)
    for attempt in (
        apply(people, again(other), company.bin, link.token),
        people.invitation_info(again(other), link.token),
    ):
        with pytest.raises(Conflict, match="invitation_used"):
            await attempt


async def test_an_invitation_lifts_a_waiting_application(site: Site, people: People) -> None:
    company = await make_producer(site)
    actor = await newcomer(people)
    waiting = await apply(people, actor, company.bin)
    link = await people.invite(integration_actor(), Role.SUPPLIER, company.bin)
    lifted = await apply(people, again(actor), company.bin, link.token)
    assert (lifted.number, lifted.state) == (waiting.number, "approved")
    with pytest.raises(Conflict, match="already_member"):
        await apply(people, again(actor), company.bin)


async def test_links_that_do_not_work(site: Site, people: People, clock: ManualClock) -> None:
    company, other = await make_producer(site), await make_producer(site)
    link = await people.invite(integration_actor(), Role.SUPPLIER, company.bin)
    actor = await newcomer(people)
    with pytest.raises(NotFound, match="invitation_unknown"):
        await people.invitation_info(actor, "nonsense")
    with pytest.raises(RuleBroken, match="invitation_other"):
        await apply(people, again(actor), other.bin, link.token)
    clock.set(link.expires_at - timedelta(microseconds=1))
    assert not (await people.invitation_info(actor, link.token)).used
    clock.set(link.expires_at)
    with pytest.raises(Conflict, match="invitation_expired"):
        await apply(people, again(actor), company.bin, link.token)
    assert await count(site, Registration) == 0


@pytest.mark.clause("366-8")
async def test_who_may_invite_whom(site: Site, people: People) -> None:
    mine, other = await make_producer(site), await make_producer(site)
    member = await make_person(site, 601, Role.SUPPLIER, mine)
    admin = await admin_actor(site)
    for role, bin_iin in (
        (Role.SUPPLIER, other.bin),
        (Role.ADMIN, None),
        (Role.SUPPORT, None),
    ):
        with pytest.raises(AccessDenied, match="invite_not_allowed"):
            await people.invite(again(member), role, bin_iin)
    with pytest.raises(NotFound, match="company_unknown"):
        await people.invite(again(admin), Role.CUSTOMER, mine.bin)
    with pytest.raises(AccessDenied, match="invite_not_allowed"):
        await people.invite(integration_actor(), Role.ADMIN)
    with pytest.raises(AccessDenied, match="scope_too_small"):
        await people.invite(integration_actor(read_only=True), Role.SUPPLIER, mine.bin)
    assert (await people.invite(again(admin), Role.SUPPLIER, other.bin)).company is not None
    assert (await people.invite(again(admin), Role.SUPPORT)).company is None
    staff = await people.invite(Actor.system(next_cause(), "cli"), Role.ADMIN)
    newcomer_ = await newcomer(people)
    with pytest.raises(AccessDenied, match="role_by_invitation"):
        await apply(people, again(newcomer_), None, role=Role.ADMIN)
    receipt = await apply(people, again(newcomer_), None, staff.token, Role.ADMIN)
    assert (receipt.state, receipt.company) == ("approved", None)


async def test_a_token_never_enters_the_record_and_is_renewed_for_the_same_cause(
    site: Site, people: People
) -> None:
    company = await make_producer(site)
    cause = integration_actor()
    first = await people.invite(cause, Role.SUPPLIER, company.bin)
    second = await people.invite(cause, Role.SUPPLIER, company.bin)
    assert replace(first, token="") == replace(second, token="")
    actor = await newcomer(people)
    with pytest.raises(NotFound, match="invitation_unknown"):
        await people.invitation_info(actor, first.token)
    assert not (await people.invitation_info(actor, second.token)).used
    async with site.sessions() as session:
        entries = await session.scalars(select(AuditEntry))
        written = " ".join(f"{entry.data} {entry.result} {entry.cause}" for entry in entries)
    assert first.token not in written
    assert second.token not in written


async def test_one_person_of_two_companies_switches(site: Site, people: People) -> None:
    first, second = await make_producer(site), await make_customer(site)
    await make_person(site, 601, Role.SUPPLIER, first)
    actor = await make_person(site, 601, Role.CUSTOMER, second)
    mine = await people.my_memberships(actor)
    assert [(m.role, m.current) for m in mine] == [(Role.SUPPLIER, False), (Role.CUSTOMER, True)]
    view = await people.switch_membership(again(actor), mine[0].id)
    assert view.membership is not None
    assert view.membership.role is Role.SUPPLIER
    assert (await people.actor_for(601, next_cause()))[0].role is Role.SUPPLIER
    stranger = await make_person(site, 602, Role.SUPPLIER, first)
    with pytest.raises(NotFound, match="membership_unknown"):
        await people.switch_membership(again(stranger), mine[0].id)
