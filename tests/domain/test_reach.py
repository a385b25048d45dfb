"""Who was told of an order: on the customer's card and in the annex of the protocol."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from domain.documents.protocol import ProtocolData, data_hash, render_protocol
from domain.notices.model import Notice
from domain.notices.receipts import Reach
from domain.people.model import Membership
from domain.roles import Role
from tests.domain.awards.test_whole_selection import lines_given
from tests.domain.stage import Side, Stage
from tests.support.factories import make_person


async def _became(stage: Stage, side: Side, **values: object) -> None:
    """What became of the invitation of one side's person."""
    async with stage.site.sessions.begin() as session:
        await session.execute(
            update(Notice)
            .where(Notice.person_id == side.person.person_id, Notice.kind == "order.invited")
            .values(**values)
        )


async def test_the_customer_sees_how_many_were_reached_and_how(stage: Stage) -> None:
    customer, *suppliers = await stage.customer(), *[await stage.supplier() for _ in range(4)]
    number = await stage.order(customer)
    card = await stage.card(customer, number)
    assert card.reach == Reach(total=4, reached=0, seen=0, by_channel=())
    now = stage.clock.now()
    sent = {"state": "sent", "sent_at": now}
    await _became(stage, suppliers[0], **sent, opened_at=now + timedelta(minutes=14))
    # Of a list that somebody has looked at, nobody knows what was read.
    await _became(stage, suppliers[1], **sent, read_at=now + timedelta(minutes=3))
    await _became(stage, suppliers[2], **sent, channel="email")
    await _became(stage, suppliers[3], state="unreachable")
    card = await stage.card(customer, number)
    assert card.reach == Reach(4, 3, 1, (("telegram", 2), ("email", 1)))
    assert card.reach.elsewhere == (("email", 1),)
    # A supplier learns nothing of the others.
    assert (await stage.card(suppliers[0], number)).reach is None


async def test_somebody_of_two_companies_was_told_for_each_by_itself(stage: Stage) -> None:
    customer, one, two = (
        await stage.customer(),
        await stage.supplier("ТОО «Одна»"),
        await stage.supplier("ТОО «Другая»"),
    )
    await make_person(stage.site, one.person.telegram_id, Role.SUPPLIER, two.company, name="За обе")
    async with stage.site.sessions.begin() as session:
        await session.execute(
            update(Membership)
            .where(Membership.person_id == two.person.person_id)
            .values(state="revoked")
        )
    number = await stage.order(customer)
    now = stage.clock.now()
    async with stage.site.sessions.begin() as session:
        await session.execute(
            update(Notice)
            .where(
                Notice.kind == "order.invited",
                Notice.params["for_ru"].as_string() == one.company.name_ru,
            )
            .values(state="sent", sent_at=now, opened_at=now)
        )
    card = await stage.card(customer, number)
    assert card.reach == Reach(2, 1, 1, (("telegram", 1),))


async def test_the_protocol_says_when_each_invited_producer_was_told(stage: Stage) -> None:
    customer, one, two = await stage.customer(), await stage.supplier(), await stage.supplier()
    number, _ = await lines_given(stage, customer, 1, one)
    moment = stage.clock.now() - timedelta(days=1)
    await _became(stage, one, state="sent", sent_at=moment, opened_at=moment)
    await _became(stage, two, state="unreachable", sent_at=None)
    (award,) = (await stage.card(customer, number)).awards
    await stage.awards.confirm(one.me, award.id)
    protocol, digest = await stage.awards.protocol(customer.me, number)
    told = {each.bin: (each.channel, each.sent_at, each.seen_at) for each in protocol.notified}
    assert told == {one.bin: ("telegram", moment, moment), two.bin: (None, None, None)}
    assert digest == data_hash(protocol)
    assert ProtocolData.from_json(protocol.as_json()) == protocol
    assert render_protocol(protocol).startswith(b"%PDF")


async def test_protocols_of_before_keep_their_hash(stage: Stage) -> None:
    customer, one = await stage.customer(), await stage.supplier()
    number, _ = await lines_given(stage, customer, 1, one)
    (award,) = (await stage.card(customer, number)).awards
    await stage.awards.confirm(one.me, award.id)
    protocol, _ = await stage.awards.protocol(customer.me, number)
    stored = protocol.as_json()
    del stored["notified"]
    assert "notified" not in ProtocolData.from_json(stored).as_json()
