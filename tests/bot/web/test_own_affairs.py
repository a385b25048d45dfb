"""What people without a chat do by the API with their own affairs: the same as others in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.actor import Actor
from domain.channels.enrolling import SignedForm
from domain.channels.rules import Served
from domain.clock import ManualClock
from domain.errors import RuleBroken
from domain.notices.model import Notice
from domain.roles import Role
from domain.services import Services
from tests.bot.web.conftest import Answered, Api
from tests.bot.web.story import problem
from tests.domain.stage import moment
from tests.support.factories import (
    admin_actor,
    again,
    company_id_of,
    make_customer,
    make_order,
    make_person,
    make_producer,
)

each_language = pytest.mark.parametrize("language", ["kk", "ru"])
PHONE = "+77010000001"


@dataclass
class Clerk:
    """Somebody who has nothing but a token."""

    api: Api
    id: int
    token: str

    async def call(
        self, method: str, path: str, body: object = None, *, key: str | None = None
    ) -> Answered:
        sent = body if body is not None or method == "GET" else {}
        return await self.api.call(
            method, path, sent, key=key, Authorization=f"Bearer {self.token}"
        )

    async def ok(self, method: str, path: str, body: object = None) -> Answered:
        answered = await self.call(method, path, body)
        assert answered.status in (200, 201), (path, answered.status, answered.raw)
        return answered


@dataclass
class Office:
    """Makes clerks."""

    api: Api
    services: Services
    admin: Actor
    made: int = 0

    async def clerk(self, role: Role, number: str = "", position: str = "head") -> Clerk:
        self.made += 1
        name = f"clerk{self.made}"
        signed = SignedForm(number, position, PHONE) if number else None
        made = await self.services.addresses.enroll(
            again(self.admin),
            f"Дәурен Оспанов {self.made}",
            f"{name}@gov.example",
            role,
            "kk",
            "Өтініш № 12",
            signed,
        )
        token = await self.services.integrations.create_person_token(
            again(self.admin), name, made.person_id
        )
        return Clerk(self.api, made.person_id, token)


@pytest.fixture
async def office(api: Api, services: Services) -> Office:
    services.addresses.served = Served(frozenset({"email"}))
    return Office(api, services, await admin_actor(services.site))


async def test_a_clerk_is_told_who_they_are(office: Office) -> None:
    customer = await make_customer(office.services.site)
    clerk = await office.clerk(Role.CUSTOMER, customer.bin)
    me = await clerk.ok("GET", "/me")
    assert me["language"] == "kk"
    assert me["memberships.0.role"] == "customer"
    assert me["memberships.0.company.bin"] == customer.bin
    number = me["memberships.0.id"]
    assert (await clerk.ok("POST", "/me/membership", {"id": number}))["memberships.0.current"]
    problem(await clerk.call("POST", "/me/membership", {"id": 999_999}), 404, "membership_unknown")


async def test_preferences_are_chosen_whole(office: Office) -> None:
    clerk = await office.clerk(Role.OBSERVER)
    none = await clerk.ok("GET", "/me/preferences")
    assert (none["quiet"], none["digest_at"], none["muted"]) == (None, None, [])
    wanted = {
        "language": "ru",
        "quiet": {"from": "22:00", "until": "7:30", "days": [1, 2, 5]},
        "digest_at": "18:00",
        "muted": ["news"],
    }
    await clerk.ok("PUT", "/me/preferences", wanted)
    found = await clerk.ok("GET", "/me/preferences")
    assert found["quiet"] == {"from": "22:00", "until": "07:30", "days": [1, 2, 5]}
    assert (found["language"], found["digest_at"], found["muted"]) == ("ru", "18:00", ["news"])
    await clerk.ok("PUT", "/me/preferences", {})
    found = await clerk.ok("GET", "/me/preferences")
    assert (found["language"], found["quiet"], found["muted"]) == ("ru", None, [])


@each_language
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"quiet": {"from": "25:00", "until": "7:00"}}, "clock_format"),
        ({"quiet": {"from": "7:00", "until": "07:00"}}, "quiet_empty"),
        ({"quiet": {"from": "7:00", "until": "08:00", "days": []}}, "quiet_days"),
        ({"digest_at": "soon"}, "clock_format"),
        ({"muted": ["terms"]}, "category_told"),
        ({"muted": ["nothing"]}, "category_unknown"),
        ({"language": "fr"}, "language_unknown"),
    ],
)
async def test_a_wrong_choice_changes_nothing(
    office: Office, body: dict[str, object], code: str, language: str
) -> None:
    office.api.language = language
    clerk = await office.clerk(Role.OBSERVER)
    kept = {"digest_at": "18:00", "muted": ["news"]}
    await clerk.ok("PUT", "/me/preferences", kept)
    refused = problem(await clerk.call("PUT", "/me/preferences", {**kept, **body}), 422, code)
    assert any("а" <= each.lower() <= "я" for each in str(refused["detail"]))
    found = await clerk.ok("GET", "/me/preferences")
    assert (found["language"], found["digest_at"], found["muted"]) == ("kk", "18:00", ["news"])


async def test_what_a_clerk_has_muted_is_not_sent(office: Office, clock: ManualClock) -> None:
    customer = await make_customer(office.services.site)
    clerk = await office.clerk(Role.CUSTOMER, customer.bin)
    await clerk.ok("PUT", "/me/preferences", {"muted": ["course"]})
    await make_producer(office.services.site)
    await make_order(office.services, customer)
    async with office.services.site.sessions() as session:
        states = await session.execute(
            select(Notice.kind, Notice.state).where(Notice.person_id == clerk.id)
        )
        assert ("order.published", "muted") in {tuple(row) for row in states}


async def invited(office: Office) -> tuple[Clerk, str]:
    """A supplier's clerk who has been invited, and the supplier's BIN."""
    site = office.services.site
    producer, customer = await make_producer(site), await make_customer(site)
    clerk = await office.clerk(Role.SUPPLIER, producer.bin)
    await make_order(office.services, customer)
    return clerk, producer.bin


@each_language
async def test_a_notice_is_read_and_acknowledged(office: Office, language: str) -> None:
    office.api.language = language
    clerk, _ = await invited(office)
    page = await clerk.ok("GET", "/me/notices")
    assert isinstance(page["items"], list)
    at = next(n for n, each in enumerate(page["items"]) if each["kind"] == "order.invited")
    notice = page["items"][at]
    assert (notice["acknowledgement"], notice["acked_at"]) == (True, None)
    assert (notice["urgency"], notice["category"]) == ("statutory", "terms")
    assert any("а" <= each.lower() <= "я" for each in notice["text"])
    path = f"/notices/{notice['number']}/acknowledgement"
    said = await clerk.call("POST", path, key="ack-1")
    assert (said.status, said["notice"]) == (200, notice["number"])
    once_more = await clerk.call("POST", path, key="ack-1")
    assert (once_more.raw, once_more.headers["Idempotency-Replayed"]) == (said.raw, "true")
    page = await clerk.ok("GET", "/me/notices")
    assert page[f"items.{at}.acked_at"] == said["at"]


async def test_nobody_acknowledges_what_is_not_theirs(office: Office) -> None:
    clerk, _ = await invited(office)
    other = await office.clerk(Role.OBSERVER)
    number = (await clerk.ok("GET", "/me/notices"))["items.0.number"]
    path = f"/notices/{number}/acknowledgement"
    problem(await other.call("POST", path), 404, "notice_unknown")
    problem(await clerk.call("POST", "/notices/0/acknowledgement"), 404, "notice_unknown")
    problem(await office.api.post(path, {}), 403, "not_a_person")


async def test_pages_of_notices_and_reading(office: Office) -> None:
    clerk, _ = await invited(office)
    everything = (await clerk.ok("GET", "/me/notices")).json["items"]
    assert isinstance(everything, list)
    numbers = [each["number"] for each in everything]
    found, cursor = [], ""
    while True:
        page = await clerk.ok("GET", f"/me/notices?limit=1{cursor}")
        found.append(page["items.0.number"])
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert found == numbers
    read = await clerk.ok("POST", "/me/notices/read", {"numbers": numbers})
    assert read["read"] == len(numbers)
    assert (await clerk.ok("GET", "/me/notices"))["unread"] == 0


async def test_duty_is_kept_by_the_api(office: Office, clock: ManualClock) -> None:
    clock.set(moment("11-24 10:00"))
    customer = await make_customer(office.services.site)
    head = await office.clerk(Role.CUSTOMER, customer.bin)
    colleague = await office.clerk(Role.CUSTOMER, customer.bin, "contact")
    assert (await head.ok("GET", "/me/duty"))["kept"] is False
    kept = await head.ok("PUT", "/me/duty/turns", {"people": [colleague.id, head.id]})
    assert kept["weeks.0.person.id"] == colleague.id
    days = {"first": "2026-11-25", "last": "2026-11-26"}
    handed = await head.call("POST", "/me/duty/hand-overs", {"person": head.id, **days})
    assert (handed.status, handed["hand_overs.0.person.id"]) == (201, head.id)
    number = handed["hand_overs.0.number"]
    assert (await head.ok("DELETE", f"/me/duty/hand-overs/{number}"))["hand_overs"] == []
    away = await colleague.call("POST", "/me/duty/absences", {**days, "deputy": head.id})
    assert (away.status, away["absences.0.deputy.id"]) == (201, head.id)
    problem(
        await colleague.call("POST", "/me/duty/absences", {**days, "person": head.id}),
        403,
        "duty_head_only",
    )
    number = away["absences.0.number"]
    assert (await colleague.ok("DELETE", f"/me/duty/absences/{number}"))["absences"] == []
    assert (await head.ok("DELETE", "/me/duty"))["kept"] is False


@each_language
async def test_duty_refuses_what_the_chat_refuses(office: Office, language: str) -> None:
    office.api.language = language
    customer = await make_customer(office.services.site)
    head = await office.clerk(Role.CUSTOMER, customer.bin)
    turns = {"people": [head.id, 999_999]}
    problem(await head.call("PUT", "/me/duty/turns", turns), 404, "duty_person_unknown")
    body = {"person": head.id, "first": "2026-11-26", "last": "2026-11-25"}
    problem(await head.call("POST", "/me/duty/hand-overs", body), 422, "duty_days")
    problem(await head.call("DELETE", "/me/duty/absences/7"), 404, "duty_entry_unknown")
    observer = await office.clerk(Role.OBSERVER)
    problem(await observer.call("GET", "/me/duty"), 403, "role_not_allowed")
    problem(await office.api.get("/me/duty"), 403, "not_a_person")


async def test_chains_are_the_heads_affair(office: Office) -> None:
    customer = await make_customer(office.services.site)
    head = await office.clerk(Role.CUSTOMER, customer.bin)
    contact = await office.clerk(Role.CUSTOMER, customer.bin, "contact")
    found = (await head.ok("GET", "/me/chains")).json["items"]
    assert isinstance(found, list)
    selection = next(each for each in found if each["category"] == "selection")
    steps = [each for each in selection["steps"] if each["who"] != ["deputy"]]
    path = "/me/chains/selection"
    changed = await head.ok("PUT", path, {"steps": steps})
    assert (changed["changed"], changed["steps"]) == (True, steps)
    problem(await contact.call("PUT", path, {"steps": steps}), 403, "duty_head_only")
    problem(await head.call("PUT", path, {"steps": steps[:1]}), 422, "escalation_steps")
    nobody = {"steps": [{"who": ["nobody"], "after": 0}]}
    problem(await head.call("PUT", path, nobody), 422, "escalation_steps")
    quick = [{**each, "after": min(each["after"], 1)} for each in steps]
    problem(await head.call("PUT", path, {"steps": quick}), 422, "escalation_wait")
    problem(await head.call("PUT", "/me/chains/moon", {"steps": steps}), 404, "escalation_unknown")
    assert (await head.ok("GET", "/me/chains"))["items.0.changed"] is True
    assert (await head.ok("DELETE", path))["changed"] is False


async def test_reminders(office: Office) -> None:
    clerk, _ = await invited(office)
    found = await clerk.ok("GET", "/me/reminders")
    term = {"kind": found["terms.0.kind"], "subject": found["terms.0.subject"]}
    now = office.services.site.clock.now()
    at = (now + timedelta(hours=1)).isoformat()
    made = await clerk.call("POST", "/me/reminders", {**term, "at": at})
    assert (made.status, made["order"]) == (201, found["terms.0.order"])
    late = (now + timedelta(days=90)).isoformat()
    problem(
        await clerk.call("POST", "/me/reminders", {**term, "at": late}),
        422,
        "reminder_out_of_term",
    )
    after = await clerk.ok("DELETE", f"/me/reminders/{made['number']}")
    assert after["own"] == []
    usual = found["usual"]
    assert isinstance(usual, list)
    fewer = await clerk.ok("PUT", "/me/reminders/usual", {"usual": usual[:1]})
    assert fewer["usual"] == usual[:1]
    problem(await clerk.call("PUT", "/me/reminders/usual", {"usual": []}), 422, "reminder_last")


async def test_the_authorised_body_is_reminded_of_incidents(office: Office) -> None:
    body = await office.clerk(Role.AUTHORITY)
    incidents, now = office.services.incidents, office.services.site.clock.now()
    operator = await make_person(office.services.site, role=Role.SUPPORT)
    number = await incidents.open_by_operator(operator, "Сбой", now, regime="627")
    found = await body.ok("GET", "/me/reminders")
    assert (found["usual"], found["own"]) == ([], [])
    term = {"kind": found["terms.0.kind"], "subject": found["terms.0.subject"]}
    assert term == {"kind": "incident.decide", "subject": f"incident:{number}"}
    at = (now + timedelta(minutes=30)).isoformat()
    made = await body.call("POST", "/me/reminders", {**term, "at": at})
    assert (made.status, made["order"], made["subject"]) == (201, None, term["subject"])
    problem(
        await body.call("PUT", "/me/reminders/usual", {"usual": ["one_hour_before"]}),
        403,
        "role_not_allowed",
    )
    after = await body.ok("DELETE", f"/me/reminders/{made['number']}")
    assert after["own"] == []


async def test_an_address_is_given_and_proved(office: Office) -> None:
    clerk = await office.clerk(Role.OBSERVER)
    problem(await clerk.call("PUT", "/me/addresses/email", {"address": "?"}), 422, "email_invalid")
    problem(
        await clerk.call("PUT", "/me/addresses/sms", {"address": PHONE}), 422, "channel_not_served"
    )
    given = await clerk.ok("PUT", "/me/addresses/email", {"address": "new@gov.example"})
    assert (given["wanted"], given["code"]) == ("n•••@gov.example", "asked")
    letters = await office.services.addresses.codes.claim("email", timedelta(minutes=5))
    letter = next(each for each in letters if each.person_id == clerk.id)
    await office.services.addresses.codes.sent(letter)
    path = "/me/addresses/email/code"
    wrong = f"{(int(letter.code) + 1) % 10**6:06}"
    problem(await clerk.call("POST", path, {"code": wrong}), 422, "address_code_wrong")
    proved = await clerk.ok("POST", path, {"code": letter.code})
    assert (proved["state"], proved["address"]) == ("verified", "n•••@gov.example")
    assert (await clerk.ok("GET", "/me/addresses"))["items.0.state"] == "verified"
    assert (await clerk.ok("DELETE", "/me/addresses/email"))["state"] == "removed"


async def test_what_must_be_on_the_signed_form(office: Office) -> None:
    site = office.services.site
    customer = await make_customer(site)
    with pytest.raises(RuleBroken, match="registration_incomplete"):
        await office.services.addresses.enroll(
            again(office.admin),
            "Дәурен Оспанов",
            "d@gov.example",
            Role.CUSTOMER,
            "kk",
            "Өтініш № 12",
            SignedForm(customer.bin, "head", ""),
        )
    with pytest.raises(RuleBroken, match="company_needed"):
        await office.clerk(Role.CUSTOMER)
    with pytest.raises(RuleBroken, match="company_unknown"):
        await office.clerk(Role.SUPPLIER, customer.bin)
    async with site.sessions() as session:
        assert await company_id_of(session, customer.bin)
