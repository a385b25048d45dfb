"""One way in for letters, whether they come over SMTP or from a mail provider over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import structlog

from bot.mail.letter import Attached, Letter, read_letter
from bot.mail.machines import author_of
from domain.errors import RuleBroken
from domain.files import MAX_FILE_BYTES, FileStore
from domain.identifiers import parse_email
from domain.services import Services
from domain.support.mail_rows import tokens_in
from domain.support.views import FileKind, NewFile

log = structlog.get_logger(__name__)

#: What a letter may weigh, with its files as mail carries them (bytes).
MAX_LETTER_BYTES = 25 * 1024 * 1024


@dataclass(frozen=True)
class Took:
    """What became of a letter: a request, a note in one, or nothing."""

    outcome: Literal["opened", "continued", "noted", "dropped"]
    number: int | None = None


class MailIntake:
    """Takes letters in; whoever calls may say "taken" once it has returned."""

    def __init__(self, services: Services, address: str) -> None:
        self._services = services
        self._address = address.lower()

    @property
    def _files(self) -> FileStore:
        return self._services.site.files

    async def take(self, raw: bytes, sender: str | None = None) -> Took:
        """Take one letter; ``sender`` is that of its envelope, empty for none.

        Raises RuleBroken ``email_invalid`` where nobody could be answered, ``support_flood``,
        ``support_muted``; and whatever the database or the store raises while it is away.
        """
        at = self._services.site.clock.now()
        letter = await asyncio.to_thread(read_letter, raw)
        author = author_of(letter, self._address, sender)
        if author == "own":
            log.info("mail.dropped", why=author)
            return Took("dropped")
        if author in ("machine", "bounce"):
            return await self._note(letter, bounced=author == "bounce")
        taken = await self._services.support.email_in(
            _answerable(letter, sender),
            letter.name,
            letter.subject,
            letter.text,
            await self._keep(letter.files),
            message_id=letter.message_id,
            references=letter.references,
            answer_to=self._answer_to(letter),
            at=at,
            quiet=author == "quiet",
        )
        log.info("mail.taken", ticket=taken.number, new=taken.new, files=len(letter.files))
        return Took("opened" if taken.new else "continued", taken.number)

    def _answer_to(self, letter: Letter) -> str:
        """The address a letter wants its answer at; never our own, or we would write to us."""
        try:
            found = parse_email(letter.answer_to)
        except RuleBroken:
            return ""
        return "" if found.lower() == self._address else found

    async def _note(self, letter: Letter, *, bounced: bool) -> Took:
        """What a machine writes belongs to a letter of ours, or nowhere; it is never answered."""
        spoken_of = " ".join((*letter.references, letter.reported))
        number = await self._services.outbox.returned(
            tokens_in(spoken_of) or (tokens_in(letter.text) if bounced else []),
            "\n\n".join(part for part in (letter.subject, letter.text) if part),
            message_id=letter.message_id,
            bounced=bounced,
            subject=letter.subject,
            address=letter.address,
        )
        if number is None:
            log.info("mail.dropped", why="bounce" if bounced else "machine")
            return Took("dropped")
        log.info("mail.noted", ticket=number, bounced=bounced)
        return Took("noted", number)

    async def _keep(self, files: Sequence[Attached]) -> list[NewFile]:
        kept = []
        for file in files:
            size = len(file.content)
            big = size > MAX_FILE_BYTES
            sha256 = "" if big else await self._files.put(file.content)
            kept.append(NewFile(_kind(file), file.name, file.mime, size, sha256=sha256))
        return kept


def _kind(file: Attached) -> FileKind:
    return "audio" if file.mime.startswith("audio/") else "document"


def _answerable(letter: Letter, sender: str | None) -> str:
    """Where the answer goes: as the letter says, else where its envelope came from."""
    try:
        return parse_email(letter.address)
    except RuleBroken:
        return parse_email(sender or "")
