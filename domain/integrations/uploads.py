"""Files that integrations send: kept by content, named in acts by their SHA-256, read back.

A file that nothing refers to is dropped after a while. What one integration has sent no other
may name: otherwise knowing a hash would be enough to read a sealed file.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence, Set
from datetime import timedelta

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    and_,
    cast,
    delete,
    exists,
    func,
    or_,
    select,
    union,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.base import Base
from domain.contracts.model import Contract
from domain.contracts.service import contract_subject
from domain.errors import NotFound, RuleBroken
from domain.files import MAX_FILE_BYTES, Attachment, FileInfo
from domain.integrations.model import UploadedFile
from domain.offers.model import Offer, OfferLine, OfferVersion
from domain.orders.attaching import FILE_NAME_LIMIT, MAX_FILES
from domain.orders.model import Order
from domain.orders.views import FileView, file_view
from domain.roles import COMPANY_ROLES, Role
from domain.texts import clean_text
from domain.work import Look, Site, Work, query, use_case

# People read files in the chat.
_NOBODY: frozenset[Role] = frozenset()
_MIME = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,62}/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}")
_ANY_KIND = "application/octet-stream"
_SHA256 = re.compile(r"[0-9a-f]{64}")
# Key of the advisory lock: files are kept together, and dropped alone.
LOCK = 7_210_627
_AT_ONCE = 100

InUse = Callable[[str], Awaitable[bool]]


class Uploads:
    """Keeping, naming, reading and dropping files of integrations."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @use_case("integrations.keep_file", by=COMPANY_ROLES)
    async def keep(self, work: Work, content: bytes, name: str, mime: str) -> FileInfo:
        """Keep a file of at most 20 MB (act 627, clause 8) and answer its SHA-256.

        Raises ``file_too_big``.
        """
        if len(content) > MAX_FILE_BYTES:
            raise RuleBroken("file_too_big", "627-8", size=len(content), limit=MAX_FILE_BYTES)
        # While the bytes are on their way, nobody may find that nothing refers to them.
        await work.session.execute(select(func.pg_advisory_xact_lock_shared(LOCK)))
        sha256 = await self.site.files.put(content)
        file = FileInfo(_shown_name(name), _kind(mime), len(content), sha256)
        row = {"name": file.name, "mime": file.mime, "size": file.size, "touched_at": work.now}
        await work.session.execute(
            insert(UploadedFile)
            .values(sha256=sha256, owner=work.actor.label, **row)
            .on_conflict_do_update(constraint="pk_uploaded_file", set_=row)
        )
        work.record(f"file:{sha256[:16]}", sha256=sha256, size=file.size)
        return file

    async def named(
        self, actor: Actor, asked: Mapping[str, str], *, pictures: bool = False
    ) -> tuple[FileInfo, ...]:
        """The actor's files by where they are named (``lines[0].photos[1]``): each once, in order.

        To be asked before the act that attaches them; a file that has been named is kept for
        another while. Raises NotFound ``file_unknown`` with the ``field``, ``too_many_files``,
        and where ``pictures`` are wanted ``photo_not_picture`` (act 344, clause 13.3).
        """
        fields: dict[str, str] = {}
        for field, sha256 in asked.items():
            fields.setdefault(sha256.strip().lower(), field)
        if not fields:
            return ()
        if len(fields) > MAX_FILES:
            raise RuleBroken("too_many_files", None, limit=MAX_FILES)
        async with self.site.sessions.begin() as session:
            found = await _touch(session, actor, list(fields), self.site)
        for sha256, field in fields.items():
            if sha256 not in found:
                raise NotFound("file_unknown", None, field=field)
            if pictures and not found[sha256].mime.startswith("image/"):
                raise RuleBroken("photo_not_picture", "344-13.3b", field=field)
        return tuple(found[sha256] for sha256 in fields)

    @query(by=_NOBODY)
    async def content(self, look: Look, sha256: str) -> tuple[FileInfo, bytes]:
        """A file that the actor has sent, or that is attached to what integrations may see.

        Raises NotFound ``file_unknown``, also while the offer it belongs to is sealed.
        """
        found = await _described(look, sha256) if _SHA256.fullmatch(sha256) else None
        if found is None:
            raise NotFound("file_unknown")
        try:
            return found, await self.site.files.get(sha256)
        except KeyError:
            raise NotFound("file_unknown") from None

    @query(by=_NOBODY)
    async def of_contracts(self, look: Look, contracts: Sequence[int]) -> dict[int, FileView]:
        """The files of contracts, of those that have one."""
        subjects = {contract_subject(number): number for number in contracts}
        rows = await look.session.scalars(
            select(Attachment)
            .where(Attachment.subject.in_(list(subjects)))
            .order_by(Attachment.position.desc())
        )
        return {subjects[row.subject]: file_view(row) for row in rows}

    async def forget(self, older_than: timedelta, in_use: InUse) -> int:
        """Drop files that were neither named nor attached for so long; returns how many.

        ``in_use`` says whether something else still needs a content: the same may have been
        sent in the chat, where it waits in a draft.
        """
        dropped = 0
        while count := await self._forget_some(older_than, in_use):
            dropped += count
        return dropped

    async def _forget_some(self, older_than: timedelta, in_use: InUse) -> int:
        before = self.site.clock.now() - older_than
        idle = and_(
            UploadedFile.touched_at < before,
            ~exists().where(Attachment.sha256 == UploadedFile.sha256),
        )
        async with self.site.reading() as session:
            if not await session.scalar(select(exists().where(idle))):
                return 0
        async with self.site.sessions.begin() as session:
            await session.execute(select(func.pg_advisory_xact_lock(LOCK)))
            some = select(UploadedFile.sha256).where(idle).limit(_AT_ONCE)
            gone = set(
                await session.scalars(
                    delete(UploadedFile)
                    .where(idle, UploadedFile.sha256.in_(some))
                    .returning(UploadedFile.sha256)
                )
            )
            for sha256 in gone - await named_elsewhere(session, gone):
                if not await in_use(sha256):
                    await self.site.files.drop(sha256)
            return len(gone)


async def named_elsewhere(session: AsyncSession, sha256s: Set[str]) -> set[str]:
    """Those contents that any table names: the store keeps the same once for everybody."""
    named = [
        select(table.c.sha256).where(table.c.sha256.in_(sha256s))
        for table in Base.metadata.sorted_tables
        if "sha256" in table.c
    ]
    return set(await session.scalars(union(*named)))


async def _touch(
    session: AsyncSession, actor: Actor, wanted: Sequence[str], site: Site
) -> dict[str, FileInfo]:
    # An update, so that whoever is about to drop the file meets it.
    rows = await session.scalars(
        select(UploadedFile)
        .where(UploadedFile.owner == actor.label, UploadedFile.sha256.in_(wanted))
        .order_by(UploadedFile.sha256)
        .with_for_update()
    )
    found = {}
    for row in rows:
        row.touched_at = site.clock.now()
        found[row.sha256] = FileInfo(row.name, row.mime, row.size, row.sha256)
    return found


async def _described(look: Look, sha256: str) -> FileInfo | None:
    own = await look.session.scalar(
        select(UploadedFile).where(
            UploadedFile.sha256 == sha256, UploadedFile.owner == look.actor.label
        )
    )
    if own is not None:
        return FileInfo(own.name, own.mime, own.size, sha256)
    attached = await look.session.scalar(
        select(Attachment)
        .where(Attachment.sha256 == sha256, _open())
        .order_by(Attachment.id)
        .limit(1)
    )
    if attached is None:
        return None
    return FileInfo(attached.name, attached.mime, attached.size, sha256)


def _number_in(kind: str) -> ColumnElement[int]:
    """The number of the subject when it is of this kind, otherwise NULL."""
    return cast(func.substring(Attachment.subject, f"^{kind}:([0-9]+)$"), BigInteger)


def _open() -> ColumnElement[bool]:
    """Attached to what every integration may see: sealed offers are shown to no token (13.4)."""
    return or_(
        exists().where(Order.number == _number_in("order")),
        exists().where(Contract.id == _number_in("contract"), Contract.state != "withdrawn"),
        exists().where(
            OfferLine.id == _number_in("offer_line"),
            OfferVersion.id == OfferLine.offer_version_id,
            Offer.id == OfferVersion.offer_id,
            Offer.version == OfferVersion.version,
            Offer.state == "submitted",
            Order.id == Offer.order_id,
            Order.closed_at.is_not(None),
        ),
    )


def _shown_name(name: str) -> str:
    """The last part of a name, as some programs send the folder too."""
    last = re.split(r"[/\\]", name.strip())[-1]
    return clean_text(last[:FILE_NAME_LIMIT], "file_name", FILE_NAME_LIMIT) or "file"


def _kind(mime: str) -> str:
    kind = mime.partition(";")[0].strip().lower()
    return kind if _MIME.fullmatch(kind) else _ANY_KIND
