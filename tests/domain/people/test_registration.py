"""Registration from the first message to the decision, on a real database."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from domain.audit import AuditEntry, verify
from domain.errors import AccessDenied, Conflict, NotFound, RuleBroken
from domain.notices.service import Notices
from domain.offers.service import OfferInput
from domain.orders.rules import OrderTerms
from domain.people.model import Consent, Person, Registration
from domain.people.rules import CONSENT_VERSIONS, RECORDING_CONSENT
from domain.people.service import People
from domain.registry.rules import Status
from domain.roles import Role
from domain.services import Services
from domain.work import Site
from tests.domain.people.forms import apply, count, newcomer, notices_of
from tests.support.factories import (
    admin_actor,
    again,
    make_customer,
    make_order,
    make_person,
    make_producer,
    next_bin,
    next_cause,
)


@pytest.fixture
def people(site: Site) -> People:
    return People(site)


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
async def test_without_registration_nobody_sees_orders_or_takes_part(
    site: Site, people: People
) -> None:
    services = Services(site)
    customer, supplier = await make_customer(site), await make_producer(site)
    number = await make_order(services, customer)
    guest = await newcomer(people)
    await apply(people, guest, supplier.bin)  # applied for, not yet approved
    line = OfferInput(1, Decimal(1), Decimal(1), 60, "x")
    terms = OrderTerms("Астана", "DDP", 60)
    for act in (
        services.orders.card(again(guest), number),
        services.orders.page(again(guest)),
        services.orders.create(again(guest), customer.bin, terms, []),
        services.offers.submit(again(guest), number, supplier.bin, [line]),
        services.offers.of_order(again(guest), number),
        people.colleagues(again(guest)),
        people.invite(again(guest), Role.SUPPLIER),
    ):
        with pytest.raises(AccessDenied) as refused:
            await act
        assert (refused.value.code, refused.value.clause) == ("not_registered", "344-4")
    member = await make_person(site, None, Role.SUPPLIER, supplier)
    assert (await services.orders.card(member, number)).number == number


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


@pytest.mark.clause("366-20")
async def test_the_suspended_consent_to_recording_and_to_nothing_else(
    site: Site, people: People
) -> None:
    actor, _ = await people.actor_for(501, next_cause(), "kk", "Dana")
    kept_out = replace(again(actor), suspended=True)
    view = await people.record_consent(kept_out, *RECORDING_CONSENT, "kk")
    assert view.consents == (RECORDING_CONSENT[0],)
    with pytest.raises(AccessDenied, match="account_suspended"):
        await people.record_consent(kept_out, "data", CONSENT_VERSIONS["data"], "kk")
    assert await count(site, Consent) == 1


async def test_only_ones_own_contact_is_taken(people: People) -> None:
    actor, _ = await people.actor_for(501, next_cause(), "kk", "Dana")
    for other in (502, None):
        with pytest.raises(RuleBroken, match="contact_not_own"):
            await people.share_contact(again(actor), other, "+77015550101")
    with pytest.raises(RuleBroken, match="phone_invalid") as refused:
        await people.share_contact(again(actor), 501, "12")
    assert refused.value.clause == "344-6.1"
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
        ({"full_name": "Д"}, "full_name_format"),
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


async def test_who_waits_already_hears_it_before_filling_the_form_in(
    site: Site, people: People
) -> None:
    company, other = await make_producer(site), await make_producer(site)
    actor = await newcomer(people)
    receipt = await apply(people, again(actor), company.bin)
    with pytest.raises(Conflict) as refused:
        await people.find_company(actor, company.bin, Role.SUPPLIER, applying=True)
    assert (refused.value.code, refused.value.params["number"]) == (
        "registration_pending",
        receipt.number,
    )
    assert (await people.find_company(actor, company.bin, Role.SUPPLIER)).bin == company.bin
    found = await people.find_company(actor, other.bin, Role.SUPPLIER, applying=True)
    assert found.bin == other.bin


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
