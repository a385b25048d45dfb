"""What Telegram does not bring comes by letter, SMS or messenger: in order, once, with patience."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest
from sqlalchemy import select

from bot.channels.gateways import AppriseGateway, MailGateway
from bot.channels.sending import Budget, ChannelSender, backoff
from bot.storage.engine import make_engine
from domain.actor import Actor
from domain.channels.model import ContactAddress
from domain.notices.model import Delivery
from domain.notices.queue import NoticeQueue, Settled
from domain.roles import Role
from domain.work import Site
from scheduler.lease import Lease
from tests.bot.channels.conftest import INSIDE, Office, Receiver, by_sms, part
from tests.bot.mail.outside import DROPPED, OURS
from tests.support.factories import again, make_person
from tests.support.waiting import until

MAIL, PHONE = "aigul@example.kz", "+77011234567"
DUE = "2026-11-24T13:30:00+00:00"


@pytest.fixture
async def aigul(site: Site) -> Actor:
    return await make_person(site, role=Role.OBSERVER)


async def deliveries(office: Office) -> list[str]:
    async with office.site.sessions() as session:
        rows = await session.scalars(
            select(Delivery).where(Delivery.channel != "telegram").order_by(Delivery.id)
        )
        return [row.outcome for row in rows]


async def test_a_code_comes_by_letter_and_proves_the_address(office: Office, aigul: Actor) -> None:
    await office.addresses.want(again(aigul), "email", MAIL)
    assert await office.sender().drain() == 1
    assert office.outside.receivers == [MAIL]
    text = part(office.last, "plain")
    code = next(word for word in text.split() if word.isdigit() and len(word) == 6)
    assert str(office.last["Subject"]) == "Код для Tapsyrys"
    done = await office.addresses.confirm(again(aigul), "email", code)
    assert done.state == "verified"
    assert await office.sender().drain() == 0


async def test_a_letter_says_what_the_chat_would_with_the_way_back(
    office: Office, aigul: Actor
) -> None:
    await office.give(aigul, "email", MAIL)
    await office.lost(aigul, due_at=DUE)
    assert await office.sender().drain() == 1
    (first, copy) = await office.rows(aigul)
    letter = office.last
    assert str(letter["Subject"]).endswith(f"(№ {first.id})")
    assert letter["Message-ID"] == f"<notice.{copy.id}.{int(copy.created_at.timestamp())}@" + (
        OURS.rpartition("@")[2] + ">"
    )
    assert (letter["To"], letter["Auto-Submitted"]) == (MAIL, "auto-generated")
    link = f"https://t.me/tapsyrys_bot?start=notice_{first.id}"
    for text in (part(letter, "plain"), part(letter, "html")):
        assert link in text
        assert "24 ноября 2026 г., 18:30 (Астана)" in text
        assert f"№ {first.id}" in text
    page = part(letter, "html")
    assert not any(mark in page for mark in ("<img", "src=", "<script", "url(", "tg-time"))
    assert await office.states(aigul) == [("telegram", "unreachable"), ("email", "sent")]
    assert await deliveries(office) == ["sent"]


async def test_letters_are_in_the_language_of_their_reader(office: Office, site: Site) -> None:
    dauren = await make_person(site, language="kk")
    await office.give(dauren, "email", MAIL)
    await office.lost(dauren)
    await office.sender().drain()
    assert office.last["Content-Language"] == "kk"
    assert "Telegram-да ашу" in part(office.last, "plain")


async def test_what_people_write_stays_words(office: Office, aigul: Actor) -> None:
    await office.give(aigul, "email", MAIL)
    bad = "<script>alert(1)</script> & <b>"
    await office.lost(aigul, kind="colleague.joined", name=bad, role="supplier")
    await office.lost(aigul, kind="ticket.answered", ticket=7, text="<b>Да</b> " + "слово " * 833)
    await office.sender().drain()
    joined, answered = sorted(office.outside.letters, key=lambda each: str(each["Message-ID"]))
    assert bad in part(joined, "plain")
    assert "<script" not in part(joined, "html")
    assert "&lt;script&gt;" in part(joined, "html")
    # As long as in the chat, and the way to the rest.
    assert part(answered, "plain").count("слово") > 100
    assert "start=notice_" in part(answered, "html")
    assert "<b>Да</b>" in part(answered, "html")


async def test_put_off_it_goes_later_and_once(office: Office, aigul: Actor) -> None:
    await office.give(aigul, "email", MAIL)
    await office.lost(aigul)
    office.outside.answers = iter(["451 later", "451 later"])
    sender = office.sender()
    assert await sender.drain() == 1
    office.later(seconds=20)
    assert await sender.drain() == 0
    office.later(seconds=20)
    assert await sender.drain() == 1
    office.later(seconds=80)
    assert await sender.drain() == 1
    assert await sender.drain() == 0
    assert len(office.outside.letters) == 1
    assert await deliveries(office) == ["retry", "retry", "sent"]


async def test_put_off_for_ever_it_ends_with_its_reason(office: Office, aigul: Actor) -> None:
    await office.give(aigul, "email", MAIL)
    await office.lost(aigul)
    office.outside.answers = iter(["451 greylisted"] * 20)
    for _ in range(12):
        await office.sender().drain()
        office.later(hours=2)
    row = (await office.rows(aigul, "email"))[0]
    assert (row.state, row.attempts) == ("dead", 8)
    assert "451 greylisted" in (row.error or "")


async def test_refused_it_falls_through_to_sms_in_two_parts(
    office: Office, aigul: Actor, receiver: Receiver
) -> None:
    await office.give(aigul, "email", MAIL)
    await office.give(aigul, "sms", PHONE)
    await office.lost(aigul, due_at=DUE)
    office.outside.answers = iter(["550 no such user"])
    await office.sender().drain()
    mail, _ = await office.addresses.mine(aigul)
    assert (mail.state, "550 no such user" in (mail.last_failure or "")) == ("failing", True)
    assert await office.sender("sms", by_sms(receiver)).drain() == 1
    ((path, body),) = receiver.got
    text = str(body["message"])
    number = (await office.rows(aigul))[0].id
    assert path == f"/sms/{PHONE}"
    assert len(text.encode("utf-16-le")) // 2 <= 134
    assert text.startswith(f"№ {number}: ")
    assert f"t.me/tapsyrys_bot?start=notice_{number}" in text
    assert "24 ноября 2026 г., 18:30 (Астана)" in text


async def test_reasons_do_not_repeat_the_address(office: Office, aigul: Actor) -> None:
    await office.give(aigul, "email", MAIL)
    await office.lost(aigul)
    office.outside.answers = iter([f"550 5.1.1 <{MAIL.upper()}>: no such user"])
    await office.sender().drain()
    row = (await office.rows(aigul, "email"))[0]
    assert row.error == "550 5.1.1 <…>: no such user"


async def test_while_the_mail_server_is_away_letters_wait_for_days(
    office: Office, aigul: Actor
) -> None:
    await office.give(aigul, "email", MAIL)
    await office.lost(aigul)
    away = MailGateway("smtp://127.0.0.1:9", OURS, office.clock.now)
    for _ in range(12):
        assert await office.sender(gateway=away).drain() == 1
        office.later(minutes=2)
    row = (await office.rows(aigul, "email"))[0]
    assert (row.state, row.attempts) == ("queued", 0)
    office.later(days=3)
    await office.sender(gateway=away).drain()
    assert (await office.rows(aigul, "email"))[0].state == "dead"


async def test_a_letter_taken_without_an_answer_is_in_doubt_and_goes_once_more(
    office: Office, aigul: Actor
) -> None:
    await office.give(aigul, "email", MAIL)
    await office.lost(aigul)
    office.outside.answers = iter([DROPPED])
    sender = office.sender()
    await sender.drain()
    assert await deliveries(office) == ["unknown"]
    office.later(minutes=1)
    await sender.drain()
    assert await deliveries(office) == ["unknown", "sent"]
    first, second = office.outside.letters
    assert (first["Message-ID"], first["Subject"]) == (second["Message-ID"], second["Subject"])


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_a_gateway_that_does_not_take_it_is_asked_again(
    office: Office, aigul: Actor, receiver: Receiver, status: int
) -> None:
    await office.give(aigul, "sms", PHONE)
    await office.lost(aigul)
    receiver.answers = [status]
    sender = office.sender("sms", by_sms(receiver))
    await sender.drain()
    assert receiver.got == []
    office.later(minutes=1)
    await sender.drain()
    assert len(receiver.got) == 1
    assert await deliveries(office) == ["retry", "sent"]


async def test_a_messenger_of_the_person_is_asked_at_a_public_address_only(
    office: Office, aigul: Actor, receiver: Receiver
) -> None:
    await office.give(aigul, "other", receiver.url + "/hook")
    await office.lost(aigul)
    await office.lost(aigul)

    async def inside(_: str) -> Sequence[str]:
        return ["8.8.8.8", "127.0.0.1"]

    strict = AppriseGateway(None, resolve=inside)
    assert await office.sender("other", strict).drain() == 2
    assert receiver.got == []
    row = (await office.rows(aigul, "other"))[0]
    assert (row.state, row.error) == ("dead", "the address is not public")
    await office.lost(aigul)
    assert await office.sender("other", AppriseGateway(None, INSIDE)).drain() == 1
    ((path, body),) = receiver.got
    assert path == "/hook"
    assert "15" in str(body["title"])


async def test_an_address_is_judged_as_the_gateway_reads_it(
    office: Office, aigul: Actor, receiver: Receiver
) -> None:
    # Of two "@" our reading takes the last, Apprise the first: as if it had been taken before.
    inside = receiver.url.partition("://")[2]
    await office.give(aigul, "other", "json://hooks.example.kz/hook")
    async with office.site.sessions.begin() as session:
        row = (await session.scalars(select(ContactAddress))).one()
        row.address = f"json://a:b@{inside}@hooks.example.kz/hook"
    await office.lost(aigul)

    async def named(host: str) -> Sequence[str]:
        return ["8.8.8.8"] if host == "hooks.example.kz" else [host]

    assert await office.sender("other", AppriseGateway(None, resolve=named)).drain() == 1
    assert receiver.got == []
    (lost,) = await office.rows(aigul, "other")
    assert (lost.state, lost.error) == ("dead", "the address is not public")


async def test_the_budget_lets_the_urgent_go_first(office: Office, aigul: Actor) -> None:
    await office.give(aigul, "email", MAIL)
    await office.lost(aigul, kind="order.published")
    await office.lost(aigul, kind="order.published")
    await office.lost(aigul, kind="order.failed")
    seconds = 0.0
    sender = office.sender(budget=Budget(6, lambda: seconds))
    assert await sender.drain() == 1
    states = [row.state for row in await office.rows(aigul, "email")]
    assert states == ["queued", "queued", "sent"]
    seconds = 9.0
    assert await sender.drain() == 0
    seconds = 10.0
    assert await sender.drain() == 1
    # An idle hour saves nothing up.
    seconds = 3600.0
    assert await sender.drain() == 1


async def test_what_was_written_for_a_channel_without_a_gateway_goes_on(
    office: Office, aigul: Actor
) -> None:
    await office.give(aigul, "email", MAIL)
    await office.give(aigul, "sms", PHONE)
    await office.lost(aigul)
    sender = office.sender()
    sender.gateway = None
    await sender.drain()
    assert await office.states(aigul) == [
        ("telegram", "unreachable"),
        ("email", "dead"),
        ("sms", "queued"),
    ]


async def test_an_address_removed_meanwhile_gets_nothing(office: Office, aigul: Actor) -> None:
    await office.give(aigul, "email", MAIL)
    await office.lost(aigul)
    await office.addresses.remove(again(aigul), "email")
    await office.sender().drain()
    assert office.outside.letters == []
    assert await office.states(aigul) == [("telegram", "unreachable"), ("email", "unreachable")]


async def test_without_telegrams_answer_a_letter_goes_without_its_link(
    office: Office, aigul: Actor
) -> None:
    async def unknown() -> str:
        return ""

    await office.give(aigul, "email", MAIL)
    await office.lost(aigul)
    await office.sender(username=unknown).drain()
    assert "t.me" not in part(office.last, "plain") + part(office.last, "html")


def _sends(sender: ChannelSender) -> Callable[[], Awaitable[bool]]:
    async def sent() -> bool:
        return await sender.drain() == 1

    return sent


async def test_who_took_over_sends_again_under_the_same_number_and_the_late_one_settles_nothing(
    office: Office, aigul: Actor, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.give(aigul, "email", MAIL)
    await office.lost(aigul)
    engine = make_engine(database_url)
    # Frozen between the server's answer and the record.
    frozen, settle = asyncio.Event(), NoticeQueue.settle
    halted: list[Sequence[Settled]] = []

    async def never(_: NoticeQueue, done: Sequence[Settled]) -> None:
        halted.append(done)
        frozen.set()
        await asyncio.Event().wait()

    first_lease, second_lease = Lease(engine, 99), Lease(engine, 99)
    first, second = office.sender(lease=first_lease), office.sender(lease=second_lease)
    with monkeypatch.context() as patch:
        patch.setattr(NoticeQueue, "settle", never)
        assert await first.turn() == 1
        await frozen.wait()
    # While it has its turn nobody else sends.
    assert await second.drain() == 0
    await first_lease.release()
    # It asks for the turn once a second.
    await until(_sends(second))
    assert len({str(each["Message-ID"]) for each in office.outside.letters}) == 1
    assert len(office.outside.letters) == 2
    assert await deliveries(office) == ["unknown", "sent"]
    # The first one goes on and says what it did: nothing is sent a third time.
    await settle(NoticeQueue(office.site, "email"), halted[0])
    assert await second.drain() == 0
    assert (await office.rows(aigul, "email"))[0].state == "sent"
    for task in list(first._going):
        task.cancel()
    await second.close()
    await engine.dispose()


async def test_an_owner_whose_turn_is_over_sends_nothing(
    office: Office, aigul: Actor, database_url: str
) -> None:
    await office.give(aigul, "email", MAIL)
    await office.lost(aigul)
    engine = make_engine(database_url)
    lease = Lease(engine, 99)
    sender = office.sender(lease=lease)
    lease.valid = lambda fence=None: False  # type: ignore[method-assign] # its clock says so
    await sender.turn()
    await asyncio.gather(*sender._going)
    assert office.outside.letters == []
    assert (await office.rows(aigul, "email"))[0].state == "queued"
    await sender.close()
    await engine.dispose()


def _arrived(office: Office) -> Callable[[], Awaitable[bool]]:
    async def arrived() -> bool:
        return bool(office.outside.letters)

    return arrived


async def test_a_worker_ends_when_what_is_on_its_way_is_on_record(
    office: Office, aigul: Actor
) -> None:
    await office.give(aigul, "email", MAIL)
    await office.lost(aigul)
    sender = office.sender()
    running = asyncio.create_task(sender.run())
    await until(_arrived(office))
    sender.worker.stop()
    await running
    assert (await office.rows(aigul, "email"))[0].state == "sent"


def test_pauses_double_up_to_an_hour() -> None:
    for attempts, pause in ((1, 30), (2, 60), (5, 480), (8, 3600), (40, 3600)):
        assert 0.8 * pause <= backoff(attempts) <= 1.2 * pause
