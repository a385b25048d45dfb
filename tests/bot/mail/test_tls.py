"""Mail under TLS with real certificates: letters brought to us, and letters we hand over."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.cli.failed import Misused
from bot.cli.serve import _check_certificate
from bot.config import Settings
from bot.mail import Mail
from bot.mail.certificate import BadCertificate, Certificate
from bot.mail.intake import MailIntake
from bot.mail.listener import listening
from bot.mail.sending import MailSender, handing_over
from bot.mail.transport import MailServer, Unsent
from tests.bot.mail.conftest import Post
from tests.bot.mail.outside import AIGUL, OURS, bring, outside_server, written
from tests.support.certificates import Pair, authority, signed
from tests.support.waiting import until


@dataclass
class Door:
    """A listener that offers STARTTLS."""

    port: int
    files: tuple[Path, Path]
    authority: Pair

    def trusting(self) -> ssl.SSLContext:
        """Whoever trusts the authority of our certificate."""
        return ssl.create_default_context(cadata=self.authority.pem)


@pytest.fixture
async def door(post: Post, tmp_path: Path) -> AsyncIterator[Door]:
    """The listener, with a certificate of an authority of its own."""
    trusted = authority()
    files = signed(trusted).write(tmp_path / "tls")
    intake = MailIntake(post.desk.services, OURS)
    async with listening(intake, OURS, "127.0.0.1", 0, Certificate(*files)) as port:
        yield Door(port, files, trusted)


def hand_over(door: Door, context: ssl.SSLContext) -> tuple[set[str], set[str]]:
    """Bring a letter under TLS; what the listener offers before and after."""
    with smtplib.SMTP("localhost", door.port, timeout=20) as server:
        server.ehlo()
        before = set(server.esmtp_features)
        server.starttls(context=context)
        server.ehlo()
        server.send_message(written(), AIGUL, [OURS])
        return before, set(server.esmtp_features)


async def test_a_letter_comes_under_tls_and_without(post: Post, door: Door) -> None:
    before, after = await asyncio.to_thread(hand_over, door, door.trusting())
    assert "starttls" in before
    assert "starttls" not in after
    assert "auth" not in before | after
    assert "smtputf8" in after
    await bring(door.port, written())
    assert len(await post.rows()) == 2


async def test_whoever_does_not_trust_us_or_speaks_nonsense_harms_nobody(
    post: Post, door: Door
) -> None:
    with pytest.raises(ssl.SSLError):
        await asyncio.to_thread(hand_over, door, ssl.create_default_context())
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    await reader.readline()
    writer.write(b"EHLO x\r\nSTARTTLS\r\n")
    await reader.readuntil(b"220 Ready to start TLS\r\n")
    writer.write(b"MAIL FROM:<a@example.kz>\r\n" * 20)
    await reader.read()
    writer.close()
    await asyncio.to_thread(hand_over, door, door.trusting())
    assert len(await post.rows()) == 1


async def test_what_was_said_before_tls_does_not_count_after(post: Post, door: Door) -> None:
    def talk() -> tuple[int, bytes]:
        with smtplib.SMTP("localhost", door.port, timeout=20) as server:
            server.ehlo()
            server.mail(AIGUL)
            server.starttls(context=door.trusting())
            server.ehlo()
            return server.rcpt(OURS)

    code, _ = await asyncio.to_thread(talk)
    assert code == 503
    assert await post.rows() == []


async def test_the_last_place_is_enough_for_tls(door: Door) -> None:
    lines = [await asyncio.open_connection("127.0.0.1", door.port) for _ in range(19)]
    for reader, _ in lines:
        assert (await reader.readline()).startswith(b"220")
    await asyncio.to_thread(hand_over, door, door.trusting())
    for _, writer in lines:
        writer.close()


async def test_a_renewed_certificate_is_used_and_a_broken_one_is_not(door: Door) -> None:
    another = authority("Another authority")
    # The files may come one after the other: until they fit, the old pair serves.
    door.files[1].write_text(signed(another).key_pem)
    await asyncio.to_thread(hand_over, door, door.trusting())
    signed(another).write(door.files[0].parent)
    with pytest.raises(ssl.SSLError):
        await asyncio.to_thread(hand_over, door, door.trusting())
    door.authority = another
    await asyncio.to_thread(hand_over, door, door.trusting())
    door.files[0].unlink()
    await asyncio.to_thread(hand_over, door, door.trusting())


async def test_the_settings_name_the_certificate(post: Post, door: Door) -> None:
    certificate, key = door.files
    settings = Settings(
        _env_file=None,
        mail_listen="127.0.0.1:0",
        mail_address=OURS,
        mail_tls_cert=certificate,
        mail_tls_key=key,
    )
    mail = Mail(post.desk.services, settings)
    running = asyncio.create_task(mail.run())

    async def listens() -> bool:
        return mail.port is not None

    await until(listens)
    there = Door(mail.port or 0, door.files, door.authority)
    await asyncio.to_thread(hand_over, there, there.trusting())
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert len(await post.rows()) == 1


@pytest.mark.parametrize("at_once", [True, False])
async def test_our_letters_go_under_tls_to_a_server_we_trust(
    post: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    trusted = authority()
    theirs = Certificate(*signed(trusted).write(tmp_path / "theirs"))
    (tmp_path / "authority.pem").write_text(trusted.pem)
    scheme = "smtps" if at_once else "starttls"
    async with outside_server(theirs.context(), at_once=at_once) as server:
        url = f"{scheme}://localhost:{server.port}"
        await bring(post.port, written())
        # Nobody vouches for that certificate: nothing is sent, and nothing is given up.
        careful = MailSender(post.desk.services, OURS, handing_over(url))
        assert await careful.send() == 1
        assert server.letters == []
        [row] = await post.rows()
        assert (row.state, "certificate verify failed" in (row.error or "")) == ("queued", True)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        post.desk.clock.advance(careful._lease)
        assert await careful.send() == 1
        assert [letter["To"] for letter in server.letters] == [AIGUL]
        assert [row.state for row in await post.rows()] == ["sent"]


@pytest.mark.parametrize("at_once", [True, False])
async def test_a_certificate_of_another_host_gets_no_letter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    trusted = authority()
    other = signed(trusted, "mail.example.kz", bytes([192, 0, 2, 1]))
    theirs = Certificate(*other.write(tmp_path / "theirs"))
    (tmp_path / "authority.pem").write_text(trusted.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    async with outside_server(theirs.context(), at_once=at_once) as server:
        scheme = "smtps" if at_once else "starttls"
        away = MailServer.of_url(f"{scheme}://user:secret@localhost:{server.port}")
        with pytest.raises(Unsent, match="certificate verify failed") as told:
            await asyncio.to_thread(away.hand_over, written(), OURS, AIGUL)
        assert told.value.verdict == "away"
        assert "secret" not in told.value.reason
        assert server.letters == []


def test_files_that_make_no_certificate_are_named_without_their_content(tmp_path: Path) -> None:
    certificate, key = signed(authority()).write(tmp_path)
    other = tmp_path / "other.pem"
    other.write_text(signed(authority()).key_pem)
    words = tmp_path / "words.pem"
    words.write_text("hunter2")
    for files in ((certificate, other), (words, key), (certificate, words), (key, certificate)):
        with pytest.raises(BadCertificate, match="no certificate with its key") as told:
            Certificate(*files)
        assert "hunter2" not in str(told.value)
    with pytest.raises(Misused, match=r"TAPSYRYS_MAIL_TLS_CERT.*cannot be read"):
        _check_certificate((certificate, tmp_path / "nothing.pem"))
    _check_certificate(None)
    both = tmp_path / "both.pem"
    both.write_text(certificate.read_text() + key.read_text())
    _check_certificate((both, both))
