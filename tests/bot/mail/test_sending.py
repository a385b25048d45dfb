"""Letters on their way out: put off, refused, waiting, two replicas, a process that dies."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from bot.mail.intake import MailIntake
from bot.mail.listener import listening
from bot.mail.sending import LEASE, MailSender, handing_over
from bot.mail.transport import MailServer, Unsent
from domain.services import Services
from domain.support.views import NewFile
from tests.bot.mail.conftest import Post
from tests.bot.mail.outside import OURS, OutsideServer, bring, written
from tests.domain.support.desk import again


async def asked(post: Post) -> int:
    """A request by e-mail whose confirmation has not been sent yet."""
    assert (await bring(post.port, written()))[0] == 250
    return int(str((await post.rows())[-1].params["ticket"]))


def saying(*answers: str) -> Iterator[str]:
    return iter(answers)


async def test_a_letter_put_off_goes_later_and_once(post: Post) -> None:
    post.outside.answers = saying("451 later", "451 later")
    await asked(post)
    for minutes in (0, 0, 1, 1):
        post.later(timedelta(minutes=minutes))
        await post.sender.drain()
    # Tried at once, after a minute, and not yet after two minutes more.
    assert post.outside.letters == []
    [row] = await post.rows()
    assert (row.state, row.attempts, row.error) == ("queued", 2, "451 later")
    post.later(timedelta(minutes=1))
    await post.sender.drain()
    await post.sender.drain()
    assert len(post.outside.letters) == 1


async def test_a_letter_put_off_for_days_is_given_up(post: Post) -> None:
    operator = await post.desk.operator()
    await asked(post)
    post.outside.answers = saying(*["451 later"] * 9)
    await post.sender.drain()
    post.later(timedelta(days=3))
    await post.sender.drain()
    assert [row.state for row in await post.rows()] == ["failed"]
    assert len(await post.desk.told(operator, "ticket.mail_failed")) == 1


async def test_a_letter_refused_is_told_to_operators_and_not_sent_again(post: Post) -> None:
    operator = await post.desk.operator()
    number = await asked(post)
    post.outside.answers = saying("550 no such user")
    await post.sender.drain()
    post.later(timedelta(hours=5))
    assert await post.sender.drain() == 0
    [row] = await post.rows()
    assert (row.state, row.error) == ("failed", "550 no such user")
    assert "mail_failed" in [
        each.kind for each in (await post.desk.seen(operator, number)).messages
    ]


async def test_a_server_that_is_away_is_waited_for(post: Post) -> None:
    operator = await post.desk.operator()
    number = await asked(post)
    away = MailSender(post.desk.services, OURS, handing_over("smtp://127.0.0.1:1"))
    for _ in range(3):
        assert await away.drain() == 1
        post.later(timedelta(minutes=8))
    assert await post.desk.told(operator, "ticket.mail_waits") != []
    [row] = await post.rows()
    assert row.state == "queued"
    waits = [each.kind for each in (await post.desk.seen(operator, number)).messages]
    assert waits.count("mail_waits") == 1
    post.later(timedelta(days=10))
    await post.sender.drain()
    assert len(post.outside.letters) == 1


async def test_without_a_server_letters_wait_and_operators_see_it(post: Post) -> None:
    operator = await post.desk.operator()
    number = await asked(post)
    nowhere = MailSender(post.desk.services, OURS, None)
    await nowhere.drain()
    await nowhere.drain()
    assert (await post.desk.services.outbox.waiting()).count == 1
    kinds = [each.kind for each in (await post.desk.seen(operator, number)).messages]
    assert kinds.count("mail_waits") == 1
    assert len(await post.desk.told(operator, "ticket.mail_waits")) == 1
    await post.sender.drain()
    assert len(post.outside.letters) == 1
    assert (await post.desk.services.outbox.waiting()).since is None


async def test_two_replicas_send_each_letter_once(post: Post) -> None:
    other = MailSender(Services(post.desk.site), OURS, handing_over(post.outside.url))
    for _ in range(8):
        await asked(post)
    await asyncio.gather(post.sender.drain(), other.drain())
    ids = [letter["Message-ID"] for letter in post.outside.letters]
    assert len(ids) == len(set(ids)) == 8


DYING = """
import asyncio, os, signal, sys
from datetime import datetime
from pathlib import Path

from bot.mail.sending import MailSender, handing_over
from bot.storage.engine import make_engine, make_sessions
from bot.storage.files import local_files
from domain.clock import ManualClock
from domain.services import Services
from domain.work import Site

database, outside, folder, now = sys.argv[1:]
hand_over = handing_over(outside)

async def and_die(*given):
    await hand_over(*given)
    os.kill(os.getpid(), signal.SIGKILL)

clock = ManualClock(datetime.fromisoformat(now))
site = Site(make_sessions(make_engine(database)), clock, local_files(Path(folder)))
asyncio.run(MailSender(Services(site), "support@tapsyrys.example", and_die).drain())
"""


async def test_a_process_killed_after_sending_repeats_once_under_the_same_id(
    post: Post, outside: OutsideServer, database_url: str, tmp_path: Path
) -> None:
    await asked(post)
    now = post.desk.clock.now().isoformat()
    given = (database_url, outside.url, str(tmp_path / "files"), now)
    dying = await asyncio.create_subprocess_exec(sys.executable, "-c", DYING, *given)
    assert await dying.wait() == -signal.SIGKILL
    # Nobody else touches the letter while the claim of the dead one lasts.
    assert await post.sender.drain() == 0
    post.later(LEASE)
    assert await post.sender.drain() == 1
    post.later(LEASE)
    assert await post.sender.drain() == 0
    first, second = outside.letters
    assert first["Message-ID"] == second["Message-ID"]


async def test_a_letter_on_its_way_is_recorded_before_the_worker_ends(
    post: Post, outside: OutsideServer
) -> None:
    await asked(post)
    hand_over = handing_over(outside.url)
    begun, go = asyncio.Event(), asyncio.Event()

    async def slowly(message: EmailMessage, sender: str, receiver: str) -> None:
        begun.set()
        await go.wait()
        await hand_over(message, sender, receiver)

    worker = MailSender(post.desk.services, OURS, slowly)
    worker.wake()
    running = asyncio.create_task(worker.run())
    await begun.wait()
    running.cancel()
    go.set()
    await asyncio.gather(running, return_exceptions=True)
    assert [row.state for row in await post.rows()] == ["sent"]
    assert len(outside.letters) == 1


async def test_a_late_refusal_does_not_undo_a_sending_of_another(post: Post) -> None:
    await asked(post)
    outbox = post.desk.services.outbox
    [first] = await outbox.claim(1, LEASE)
    post.later(LEASE)
    [second] = await outbox.claim(1, LEASE)
    await outbox.sent(second)
    assert await outbox.again(first, "451 later")
    await outbox.failed(first, "550 no")
    assert [row.state for row in await post.rows()] == ["sent"]


async def test_a_file_that_is_gone_or_too_big_is_said_to_be_missing(post: Post) -> None:
    operator = await post.desk.operator()
    number = await asked(post)
    big = b"x" * (19 * 1024 * 1024)
    kept = await post.desk.site.files.put(big)
    files = [
        NewFile("document", "big.bin", "application/x", len(big), sha256=kept),
        NewFile("document", "lost.bin", "application/x", 1, sha256="e" * 64),
    ]
    await post.desk.support.answer(again(operator), number, "Вот", files)
    await post.sender.drain()
    letter = post.last
    assert list(letter.iter_attachments()) == []
    part = letter.get_body(("plain",))
    assert part is not None
    assert "2 файла слишком велики" in part.get_content()


async def test_while_the_database_is_away_letters_are_kept_by_their_sender(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr(type(post.desk.support), "email_in", away)
        assert (await bring(post.port, written()))[0] == 451
    with monkeypatch.context() as patch:
        patch.setattr(MailIntake, "take", _mistaken)
        assert (await bring(post.port, written()))[0] == 451
    assert (await bring(post.port, written()))[0] == 250


async def _mistaken(*_: object) -> None:
    raise TypeError("a mistake of ours")


async def test_too_many_connections_are_asked_to_come_again(post: Post) -> None:
    lines = [await asyncio.open_connection("127.0.0.1", post.port) for _ in range(20)]
    for reader, _ in lines:
        assert (await reader.readline()).startswith(b"220")
    reader, writer = await asyncio.open_connection("127.0.0.1", post.port)
    assert (await reader.readline()).startswith(b"421")
    for _, open_writer in [*lines, (reader, writer)]:
        open_writer.close()


async def test_the_listener_ends_with_its_connections(post: Post) -> None:
    intake = MailIntake(post.desk.services, OURS)
    async with listening(intake, OURS, "127.0.0.1", 0) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert (await reader.readline()).startswith(b"220")
    assert await reader.read() == b""
    writer.close()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("smtp://mail.example.kz", ("smtp", "mail.example.kz", 25, "", "")),
        ("smtps://u:p%40ss@mail.example.kz", ("smtps", "mail.example.kz", 465, "u", "p@ss")),
        ("starttls://u@mail.example.kz:2525", ("starttls", "mail.example.kz", 2525, "u", "")),
    ],
)
def test_addresses_of_mail_servers(url: str, told: tuple[str, str, int, str, str]) -> None:
    server = MailServer.of_url(url)
    assert (server.scheme, server.host, server.port, server.user, server.password) == told
    assert "p@ss" not in repr(server)
    with pytest.raises(ValueError, match="no address"):
        MailServer.of_url("https://example.kz")


async def test_a_server_without_encryption_gets_no_password_meant_for_starttls(
    outside: OutsideServer,
) -> None:
    server = MailServer.of_url(f"starttls://user:secret@127.0.0.1:{outside.port}")
    with pytest.raises(Unsent) as told:
        await asyncio.to_thread(server.hand_over, written(), OURS, "a@example.kz")
    assert told.value.verdict == "away"
    assert outside.letters == []
