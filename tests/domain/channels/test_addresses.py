"""Addresses: proved by a code before anything goes there, and nobody else ever reads them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.actor import Actor
from domain.audit import AuditEntry
from domain.channels.model import ContactAddress
from domain.channels.rules import CODE_TRIES, CODE_VALID, Served, fits, hash_code, new_code
from domain.channels.views import AddressView
from domain.clock import ManualClock
from domain.errors import AccessDenied, Conflict, RuleBroken
from domain.people.model import Person
from domain.roles import Role
from domain.services import Services
from domain.webhooks.addresses import Allowed
from domain.work import Site
from tests.domain.channels.people import ALL, GIVEN, LEASE, Mailbox
from tests.support.factories import admin_actor, again, integration_actor, make_person

MAIL = GIVEN["email"]


@pytest.fixture
def box(site: Site) -> Mailbox:
    return Mailbox(site)


@pytest.fixture
async def aigul(site: Site) -> Actor:
    return await make_person(site, role=Role.OBSERVER)


async def want(box: Mailbox, person: Actor, channel: str = "email", text: str = MAIL) -> str:
    await box.addresses.want(again(person), channel, text)
    return (await box.code(channel)).code


async def confirm(box: Mailbox, person: Actor, code: str, channel: str = "email") -> AddressView:
    return await box.addresses.confirm(again(person), channel, code)


def other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


async def test_an_address_serves_once_its_code_was_given(box: Mailbox, aigul: Actor) -> None:
    asked = await box.addresses.want(again(aigul), "email", " AIGUL@Example.KZ ")
    assert (asked.state, asked.address, asked.code) == ("unverified", None, "asked")
    letter = await box.code("email")
    assert (letter.address, letter.language, letter.chat) == ("AIGUL@example.kz", "ru", True)
    assert (await box.addresses.mine(aigul))[0].code == "sent"
    done = await confirm(box, aigul, f" {letter.code[:3]} {letter.code[3:]} ")
    assert (done.state, done.address, done.wanted) == ("verified", "AIGUL@example.kz", None)
    assert done.verified_at == box.site.clock.now()
    receiver = await box.addresses.receiver(aigul.person_id or 0, "email")
    assert receiver is not None
    assert receiver.address == "AIGUL@example.kz"


async def test_the_address_of_the_form_does_not_serve_by_itself(box: Mailbox, aigul: Actor) -> None:
    assert await box.addresses.mine(aigul) == []
    receiver = await box.addresses.receiver(aigul.person_id or 0, "email")
    assert receiver is not None
    assert receiver.address is None


async def test_wrong_codes_are_counted_and_then_even_the_right_one_is_no_good(
    box: Mailbox, aigul: Actor
) -> None:
    code = await want(box, aigul)
    for left in range(CODE_TRIES - 1, -1, -1):
        with pytest.raises(RuleBroken) as refused:
            await confirm(box, aigul, other(code))
        assert (refused.value.code, refused.value.params) == ("address_code_wrong", {"left": left})
    with pytest.raises(Conflict, match="address_code_spent"):
        await confirm(box, aigul, code)
    await box.addresses.ask_again(again(aigul), "email")
    with pytest.raises(Conflict, match="address_no_code"):
        await confirm(box, aigul, code)
    assert (await confirm(box, aigul, (await box.code("email")).code)).state == "verified"


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "0x1234", "-12345"]
)
async def test_what_is_no_code_is_a_wrong_one(box: Mailbox, aigul: Actor, typed: str) -> None:
    await want(box, aigul)
    with pytest.raises(RuleBroken, match="address_code_wrong"):
        await confirm(box, aigul, typed)


async def test_the_same_wrong_code_of_one_update_counts_once(box: Mailbox, aigul: Actor) -> None:
    code = await want(box, aigul)
    person = again(aigul)
    for _ in range(3):
        with pytest.raises(RuleBroken) as refused:
            await box.addresses.confirm(person, "email", other(code))
        assert refused.value.params == {"left": CODE_TRIES - 1}


async def test_guesses_at_one_time_do_not_outrun_the_count(box: Mailbox, aigul: Actor) -> None:
    code = await want(box, aigul)
    found = await asyncio.gather(
        *(confirm(box, aigul, other(code)) for _ in range(CODE_TRIES + 3)), return_exceptions=True
    )
    codes = [each.code for each in found if isinstance(each, RuleBroken)]
    assert codes.count("address_code_wrong") == CODE_TRIES
    assert codes.count("address_code_spent") == 3


async def test_a_code_ends_with_its_half_hour(
    box: Mailbox, aigul: Actor, clock: ManualClock
) -> None:
    code = await want(box, aigul)
    clock.advance(CODE_VALID)
    with pytest.raises(Conflict, match="address_code_expired"):
        await confirm(box, aigul, code)


async def test_three_codes_an_hour_also_for_other_addresses_and_after_removal(
    box: Mailbox, aigul: Actor, clock: ManualClock
) -> None:
    began = clock.now()
    for name in ("a", "b"):
        await want(box, aigul, text=f"{name}@example.kz")
        clock.advance(timedelta(minutes=10))
    await box.addresses.remove(again(aigul), "email")
    await want(box, aigul, text="c@example.kz")
    with pytest.raises(Conflict) as refused:
        await box.addresses.want(again(aigul), "email", "d@example.kz")
    assert refused.value.code == "address_codes_spent"
    assert refused.value.params["until"] == began + timedelta(hours=1)
    clock.set(began + timedelta(hours=1))
    await want(box, aigul, text="d@example.kz")


async def test_nobodys_mailbox_is_filled_from_many_accounts(
    box: Mailbox, site: Site, clock: ManualClock
) -> None:
    people = [await make_person(site) for _ in range(3)]
    for person in people[:2]:
        for _ in range(3):
            await want(box, person)
    with pytest.raises(Conflict, match="address_codes_spent"):
        await box.addresses.want(again(people[2]), "email", MAIL)
    clock.advance(timedelta(hours=1))
    await want(box, people[2])


async def test_strangers_spend_no_sms(box: Mailbox, site: Site) -> None:
    stranger = await make_person(site)
    with pytest.raises(AccessDenied, match="not_registered"):
        await box.addresses.want(again(stranger), "sms", GIVEN["sms"])


async def test_the_old_address_serves_until_the_new_one_is_proved(
    box: Mailbox, aigul: Actor
) -> None:
    await box.verified(aigul, "email")
    changed = await box.addresses.want(again(aigul), "email", "new@example.kz")
    assert (changed.state, changed.address, changed.wanted) == ("verified", MAIL, "new@example.kz")
    assert (await confirm(box, aigul, (await box.code("email")).code)).address == "new@example.kz"


async def test_what_serves_already_is_not_proved_again(box: Mailbox, aigul: Actor) -> None:
    await box.verified(aigul, "email")
    with pytest.raises(Conflict, match="address_known"):
        await box.addresses.want(again(aigul), "email", MAIL)


async def test_a_removed_address_takes_nothing(box: Mailbox, aigul: Actor) -> None:
    await box.verified(aigul, "email")
    gone = await box.addresses.remove(again(aigul), "email")
    assert (gone.state, gone.address) == ("removed", None)
    assert await box.addresses.mine(aigul) == []
    await box.tell(aigul)
    await box.end("unreachable")
    assert await box.states(aigul) == [("telegram", "unreachable")]
    with pytest.raises(Conflict, match="address_none"):
        await box.addresses.remove(again(aigul), "email")


async def test_neither_address_nor_code_is_on_record_anywhere(box: Mailbox, aigul: Actor) -> None:
    code = await want(box, aigul)
    async with box.site.sessions() as session:
        row = (await session.scalars(select(ContactAddress))).one()
        assert row.code_hash is not None
        assert code not in row.code_hash
    await confirm(box, aigul, code)
    await box.addresses.test(again(aigul), "email")
    await box.addresses.remove(again(aigul), "email")
    async with box.site.sessions() as session:
        entries = (await session.scalars(select(AuditEntry))).all()
    acts = [entry.action for entry in entries]
    assert acts == ["channel.want", "channel.confirm", "channel.test", "channel.remove"]
    for entry in entries:
        said = f"{entry.subject} {entry.data} {entry.result}"
        assert MAIL not in said
        assert code not in said


async def test_a_code_that_did_not_go_is_made_anew_and_the_newest_counts(
    box: Mailbox, aigul: Actor, clock: ManualClock
) -> None:
    await box.addresses.want(again(aigul), "email", MAIL)
    codes = box.addresses.codes
    (first,) = await codes.claim("email", LEASE)
    assert await codes.claim("email", LEASE) == []
    # The process died before it said whether the letter has gone.
    clock.advance(LEASE)
    (second,) = await codes.claim("email", LEASE)
    await codes.sent(first)
    await codes.again(second, timedelta(minutes=1))
    assert await codes.claim("email", LEASE) == []
    clock.advance(timedelta(minutes=1))
    (third,) = await codes.claim("email", LEASE)
    await codes.sent(third)
    assert await codes.claim("email", LEASE) == []
    with pytest.raises(RuleBroken, match="address_code_wrong"):
        await confirm(box, aigul, first.code if first.code != third.code else other(first.code))
    assert (await confirm(box, aigul, third.code)).state == "verified"


async def test_a_code_nobody_waits_for_is_not_sent(
    box: Mailbox, aigul: Actor, clock: ManualClock
) -> None:
    await box.addresses.want(again(aigul), "email", MAIL)
    clock.advance(CODE_VALID)
    assert await box.addresses.codes.claim("email", LEASE) == []


async def test_an_address_that_takes_no_code_says_so(box: Mailbox, aigul: Actor) -> None:
    await box.addresses.want(again(aigul), "email", MAIL)
    (letter,) = await box.addresses.codes.claim("email", LEASE)
    await box.addresses.codes.failed(letter, "550 no such user")
    (mine,) = await box.addresses.mine(aigul)
    assert (mine.code, mine.last_failure) == ("none", "550 no such user")


def test_a_code_is_six_digits_and_its_hash_salted() -> None:
    code = new_code()
    assert len(code) == 6
    assert code.isdigit()
    kept = hash_code(code)
    assert kept != hash_code(code)
    assert fits(code, kept)
    assert not fits(other(code), kept)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("slack://a/b/c", None),
        ("JSON://hooks.example.kz/x", None),
        ("json://hooks.example.kz/?smtp=10.0.0.1", "address_url"),
        ("json://hooks.example.kz/#x", "address_url"),
        ("json://hooks example.kz", "address_url"),
        ("json://host:port/", "address_url"),
        ("json://", "address_url"),
        ("hooks.example.kz", "address_url"),
        ("", "address_url"),
        ("mailto://a:b@example.kz", "address_scheme"),
        ("file:///etc/passwd", "address_url"),
        ("file://host/etc/passwd", "address_scheme"),
        ("syslog://local", "address_scheme"),
        ("exec://rm", "address_scheme"),
        ("json://127.0.0.1:5432/", "address_private"),
        ("json://2130706433/", "address_private"),
        ("json://0x7f.1/", "address_private"),
        ("json://[::1]/", "address_private"),
        ("json://[::ffff:10.0.0.1]/", "address_private"),
        ("json://localhost/", "address_private"),
        ("json://metadata.internal/", "address_private"),
        ("json://169.254.169.254/", "address_private"),
        ("json://a:b@127.0.0.1:80@hooks.example.kz/", "address_url"),
        ("json://127%2e0%2e0%2e1:80/", "address_url"),
        ("json://\uff11\uff12\uff17.0.0.1/", "address_url"),
    ],
)
async def test_addresses_of_messengers_are_listed_public_and_bare(
    box: Mailbox, aigul: Actor, url: str, code: str | None
) -> None:
    if code is None:
        found = await box.addresses.want(again(aigul), "other", url)
        assert found.wanted == url
        return
    with pytest.raises(RuleBroken, match=code):
        await box.addresses.want(again(aigul), "other", url)
    assert await box.addresses.mine(aigul) == []


async def test_the_installation_may_allow_hosts_of_its_own(box: Mailbox, aigul: Actor) -> None:
    box.addresses.served = Served(ALL.channels, ALL.schemes, Allowed.of(["10.1.0.0/16"]))
    await box.addresses.want(again(aigul), "other", "json://10.1.2.3/x")
    with pytest.raises(RuleBroken, match="address_private"):
        await box.addresses.want(again(aigul), "other", "json://10.2.2.3/x")


@pytest.mark.parametrize(
    ("channel", "text", "code"),
    [
        ("email", "nobody", "email_invalid"),
        ("sms", "12", "phone_invalid"),
        ("telegram", "1", "channel_not_served"),
        ("", "1", "channel_not_served"),
    ],
)
async def test_what_is_no_address_is_refused(
    box: Mailbox, aigul: Actor, channel: str, text: str, code: str
) -> None:
    with pytest.raises(RuleBroken, match=code):
        await box.addresses.want(again(aigul), channel, text)


async def test_a_channel_without_a_gateway_takes_no_address(box: Mailbox, aigul: Actor) -> None:
    box.addresses.served = Served(frozenset({"email"}))
    with pytest.raises(RuleBroken, match="channel_not_served"):
        await box.addresses.want(again(aigul), "sms", GIVEN["sms"])


async def test_a_test_goes_to_the_address_alone(box: Mailbox, aigul: Actor) -> None:
    await box.verified(aigul, "email", "sms")
    await box.addresses.test(again(aigul), "email")
    assert await box.states(aigul) == [("email", "queued")]
    # What a test meets goes nowhere else.
    await box.end("dead", "email")
    assert await box.states(aigul) == [("email", "dead")]
    assert (await box.addresses.mine(aigul))[0].state == "failing"


async def test_the_own_data_hold_the_own_addresses(box: Mailbox, aigul: Actor) -> None:
    await box.verified(aigul, "email")
    await box.addresses.want(again(aigul), "sms", GIVEN["sms"])
    data = await Services(box.site).recordings.my_data(again(aigul))
    proved = {"unconfirmed": None, "confirmed_at": "2026-11-20T05:00:00Z"}
    assert data["addresses"] == [
        {"channel": "email", "address": MAIL, **proved},
        {"channel": "sms", "address": None, "unconfirmed": GIVEN["sms"], "confirmed_at": None},
    ]


# People without Telegram


@pytest.fixture
async def admin(site: Site) -> Actor:
    return await admin_actor(site)


async def enroll(box: Mailbox, admin: Actor, role: Role = Role.AUTHORITY) -> AddressView:
    return await box.addresses.enroll(
        again(admin), "Дәурен Оспанов", "d@gov.example", role, "kk", "Приказ № 12"
    )


async def test_a_role_is_served_without_telegram(box: Mailbox, admin: Actor) -> None:
    address = await enroll(box, admin)
    person = Actor(kind="person", source="api", cause="x", person_id=address.person_id)
    # What happens before the address is proved waits, and comes then.
    await box.tell(person)
    await box.end("unreachable")
    assert await box.rows(person, "email") == []
    letter = await box.code("email")
    assert (letter.language, letter.chat) == ("kk", False)
    done = await box.addresses.confirm_for(again(admin), address.person_id, "email", letter.code)
    assert done.state == "verified"
    assert await box.states(person) == [("telegram", "unreachable"), ("email", "queued")]
    receiver = await box.addresses.receiver(address.person_id, "email")
    assert receiver is not None
    assert (receiver.chat, receiver.language) == (False, "kk")
    page = await Services(box.site).people.role_register(again(admin))
    assert [(line.role, line.ground) for line in page.lines] == [("authority", "Приказ № 12")]


@pytest.mark.parametrize("role", [Role.ADMIN, Role.SUPPORT])
async def test_roles_that_need_the_chat_are_not_given_without_it(
    box: Mailbox, admin: Actor, role: Role
) -> None:
    with pytest.raises(AccessDenied, match="role_needs_chat"):
        await enroll(box, admin, role)
    async with box.site.sessions() as session:
        assert len((await session.scalars(select(Person))).all()) == 1


async def test_rights_are_given_by_people_and_once(box: Mailbox, admin: Actor) -> None:
    with pytest.raises(AccessDenied, match="people_only"):
        await enroll(box, integration_actor())
    await enroll(box, admin)
    with pytest.raises(Conflict, match="address_taken"):
        await enroll(box, admin)


async def test_nobody_confirms_for_who_has_a_chat(box: Mailbox, admin: Actor, aigul: Actor) -> None:
    code = await want(box, aigul)
    with pytest.raises(Conflict, match="person_has_chat"):
        await box.addresses.confirm_for(again(admin), aigul.person_id or 0, "email", code)
    with pytest.raises(AccessDenied):
        await box.addresses.confirm_for(again(aigul), aigul.person_id or 0, "email", code)
