"""Files of integrations: kept by content, named in acts, dropped when nobody needs them."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, text

from bot.storage.fsm import in_drafts
from bot.storage.migrations import _MIGRATION_LOCK
from bot.storage.models import METADATA
from bot.storage.tables import FsmState
from domain.actor import Actor
from domain.clock import ManualClock
from domain.errors import AccessDenied, NotFound, RuleBroken
from domain.files import MAX_FILE_BYTES, Attachment, FileInfo
from domain.integrations.model import UploadedFile
from domain.integrations.uploads import LOCK
from domain.roles import Role
from domain.work import Site
from domain.working_time.model import _CALENDAR_LOCK
from scheduler.lease import POLLING, SENDING
from tests.domain.stage import TERMS, Stage, new_line
from tests.support.factories import integration_actor, make_person

DRAWING = b"%PDF-1.7 drawing"
DAY = timedelta(days=1)


def platform(name: str = "platform") -> Actor:
    return replace(integration_actor(), label=name)


async def nobody(_: str) -> bool:
    return False


async def kept(stage: Stage, content: bytes = DRAWING, mime: str = "application/pdf") -> FileInfo:
    return await stage.services.uploads.keep(platform(), content, "drawing.pdf", mime)


async def named(stage: Stage, *sha256s: str, owner: str = "platform") -> tuple[FileInfo, ...]:
    asked = {f"files[{place}]": each for place, each in enumerate(sha256s)}
    return await stage.services.uploads.named(platform(owner), asked)


async def drafted(stage: Stage, files: Sequence[FileInfo]) -> int:
    customer = await stage.customer()
    made = await stage.orders.create(
        customer.me, customer.bin, TERMS, [new_line()], files=tuple(files)
    )
    return made.numbers[0]


async def rows(site: Site) -> int:
    async with site.sessions() as session:
        return await session.scalar(select(func.count()).select_from(UploadedFile)) or 0


async def is_kept(site: Site, sha256: str) -> bool:
    try:
        await site.files.get(sha256)
    except KeyError:
        return False
    return True


async def test_a_file_is_kept_under_its_hash_and_can_be_named(stage: Stage) -> None:
    file = await kept(stage)
    assert file == FileInfo(
        "drawing.pdf", "application/pdf", len(DRAWING), hashlib.sha256(DRAWING).hexdigest()
    )
    assert await stage.site.files.get(file.sha256) == DRAWING
    other = await kept(stage, b"other")
    # Each once, in the order in which they are named first; letters may be large.
    assert await named(stage, other.sha256, file.sha256.upper(), other.sha256) == (other, file)
    assert await named(stage) == ()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\\b/план.pdf", "план.pdf"),
        ("", "file"),
        ("..", ".."),
        ("\0\r\n", "file"),
        ("я" * 500, "я" * 200),
        ("<b>\u202e.pdf", "<b>\u202e.pdf"),
    ],
)
async def test_names_are_made_fit_to_show(stage: Stage, name: str, shown: str) -> None:
    assert (await stage.services.uploads.keep(platform(), b"x", name, "")).name == shown


@pytest.mark.parametrize(
    ("given", "mime"),
    [
        ("image/PNG; charset=x", "image/png"),
        ("", "application/octet-stream"),
        ("text", "application/octet-stream"),
        ("a/b\r\nX-Evil: 1", "application/octet-stream"),
        ("a" * 200 + "/b", "application/octet-stream"),
    ],
)
async def test_a_kind_that_is_none_is_any(stage: Stage, given: str, mime: str) -> None:
    assert (await stage.services.uploads.keep(platform(), b"x", "x", given)).mime == mime


async def test_what_may_not_be_named(stage: Stage) -> None:
    file = await kept(stage)
    for wrong in ("", "0" * 64, "../x", "%"):
        with pytest.raises(NotFound) as refused:
            await named(stage, file.sha256, wrong)
        assert (refused.value.code, refused.value.params) == (
            "file_unknown",
            {"field": "files[1]"},
        )
    # Knowing the hash of somebody's file must not be enough to get hold of it.
    with pytest.raises(NotFound, match="file_unknown"):
        await named(stage, file.sha256, owner="another")
    with pytest.raises(RuleBroken, match="too_many_files"):
        await named(stage, *(f"{each:064d}" for each in range(11)))
    with pytest.raises(RuleBroken) as no_picture:
        await stage.services.uploads.named(platform(), {"p": file.sha256}, pictures=True)
    assert (no_picture.value.code, no_picture.value.clause) == ("photo_not_picture", "344-13.3b")
    with pytest.raises(RuleBroken, match="file_too_big"):
        await kept(stage, bytes(MAX_FILE_BYTES + 1))


async def test_people_send_their_files_in_the_chat(stage: Stage) -> None:
    for role in (Role.ADMIN, Role.OBSERVER):
        person = await make_person(stage.site, role=role)
        with pytest.raises(AccessDenied, match="role_not_allowed"):
            await stage.services.uploads.keep(person, b"x", "x", "")
        with pytest.raises(AccessDenied, match="role_not_allowed"):
            await stage.services.uploads.content(person, "0" * 64)


async def test_what_nobody_refers_to_within_a_day_is_dropped(
    stage: Stage, clock: ManualClock
) -> None:
    idle, attached = await kept(stage), await kept(stage, b"attached")
    await drafted(stage, await named(stage, attached.sha256))
    clock.advance(DAY)
    assert await stage.services.uploads.forget(DAY, nobody) == 0
    clock.advance(timedelta(seconds=1))
    assert await stage.services.uploads.forget(DAY, nobody) == 1
    assert await rows(stage.site) == 1
    assert not await is_kept(stage.site, idle.sha256)
    assert await is_kept(stage.site, attached.sha256)
    # What is attached can be named again, what was dropped cannot.
    assert await named(stage, attached.sha256)
    with pytest.raises(NotFound, match="file_unknown"):
        await named(stage, idle.sha256)


async def test_a_file_that_was_named_waits_another_day(stage: Stage, clock: ManualClock) -> None:
    file = await kept(stage)
    clock.advance(DAY)
    await named(stage, file.sha256)
    clock.advance(DAY)
    assert await stage.services.uploads.forget(DAY, nobody) == 0
    clock.advance(timedelta(seconds=1))
    assert await stage.services.uploads.forget(DAY, nobody) == 1


async def test_the_same_content_stays_while_anybody_needs_it(
    stage: Stage, clock: ManualClock
) -> None:
    file = await kept(stage)
    clock.advance(DAY * 2)
    fresh = await stage.services.uploads.keep(platform("another"), DRAWING, "x", "")
    assert fresh.sha256 == file.sha256
    assert await stage.services.uploads.forget(DAY, nobody) == 1
    assert await is_kept(stage.site, file.sha256)
    clock.advance(DAY * 2)
    async with stage.site.sessions.begin() as session:
        session.add(
            FsmState(
                bot_id=1,
                chat_id=1,
                user_id=1,
                thread_id=0,
                business_connection_id="",
                destiny="",
                data={"photos": [{"sha256": file.sha256}]},
                updated_at=clock.now(),
            )
        )
    typed = in_drafts(stage.site.sessions.kw["bind"])
    assert await stage.services.uploads.forget(DAY, typed) == 1
    assert await rows(stage.site) == 0
    assert await is_kept(stage.site, file.sha256)
    assert not await typed("0" * 64)


@pytest.mark.parametrize(
    "table", [each.name for each in METADATA.sorted_tables if "sha256" in each.c]
)
async def test_a_content_that_any_table_names_stays(
    stage: Stage, clock: ManualClock, table: str
) -> None:
    file = await kept(stage)
    clock.advance(DAY * 2)
    columns = METADATA.tables[table].c
    async with stage.site.sessions.begin() as session:
        # Only the name of the content matters here, not what the row belongs to.
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        some: dict[str, object] = {
            column.name: clock.now()
            if column.type.python_type is datetime
            else 1
            if column.type.python_type is int
            else "other"
            for column in columns
            if not column.nullable and column.identity is None
        }
        await session.execute(
            insert(METADATA.tables[table]).values({**some, "sha256": file.sha256})
        )
    await stage.services.uploads.forget(DAY, nobody)
    assert await is_kept(stage.site, file.sha256)


async def test_many_are_dropped_and_none_that_is_being_named(
    stage: Stage, clock: ManualClock
) -> None:
    files = [await kept(stage, f"{each}".encode()) for each in range(205)]
    clock.advance(DAY * 2)
    last, *others = files
    dropped, found = await asyncio.gather(
        stage.services.uploads.forget(DAY, nobody),
        asyncio.gather(named(stage, last.sha256), return_exceptions=True),
    )
    # Whoever came first: either it is gone and was refused, or it was named and stands.
    assert dropped == 204 + isinstance(found[0], NotFound)
    assert await is_kept(stage.site, last.sha256) is not isinstance(found[0], NotFound)
    assert not any([await is_kept(stage.site, each.sha256) for each in others])


async def test_files_of_a_draft_are_replaced_or_left(stage: Stage) -> None:
    first, second = await kept(stage), await kept(stage, b"second")
    customer = await stage.customer()
    made = await stage.orders.create(
        customer.me, customer.bin, TERMS, [new_line()], files=(first, second)
    )
    number = made.numbers[0]

    async def attached() -> list[str]:
        return [each.sha256 for each in (await stage.card(customer, number)).files]

    assert await attached() == [first.sha256, second.sha256]
    await stage.orders.revise(customer.me, number, TERMS, [new_line("7")])
    assert await attached() == [first.sha256, second.sha256]
    await stage.orders.revise(customer.me, number, TERMS, [new_line("7")], files=(second,))
    assert await attached() == [second.sha256]
    await stage.orders.revise(customer.me, number, TERMS, [new_line("7")], files=())
    assert await attached() == []
    async with stage.site.sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Attachment)) == 0


def test_no_two_locks_of_the_database_have_one_key() -> None:
    """One of them is held as long as the process lives."""
    keys = [LOCK, SENDING, POLLING, _MIGRATION_LOCK, _CALENDAR_LOCK]
    assert len(set(keys)) == len(keys)
