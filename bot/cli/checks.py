"""``tapsyrys clauses``, ``tapsyrys audit verify``, ``tapsyrys preview``: looking at what is so."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from sqlalchemy import select

import domain
from bot.cli.clauses import proof_of, table
from bot.cli.failed import Misused
from bot.cli.frame import opened
from domain.audit import AuditHead, verify
from domain.law import duties
from handlers.views.gallery import gallery
from handlers.views.gallery_cards import card_sections
from handlers.views.gallery_forms import form_sections


async def clauses(options: argparse.Namespace) -> int:
    """Print the proof of each duty; ``--strict`` fails when one has none."""
    found = duties(options.wave)
    if not found:
        waves = sorted({duty.wave for duty in duties()})
        raise Misused(f"No duty belongs to wave {options.wave}; there are {waves[0]}-{waves[-1]}.")
    proof = await asyncio.to_thread(proof_of, _checkout(), found)
    print(table(found, proof))
    missing = [duty.id for duty in found if not proof[duty.id].tests]
    if missing and options.strict:
        print(f"{len(missing)} of {len(found)} duties have no test: {', '.join(missing)}")
        return 1
    print(f"{len(found) - len(missing)} of {len(found)} duties have a test.")
    return 0


def _checkout() -> Path:
    """The folder of the sources with their tests, wherever the command is called."""
    root = Path(domain.__file__).resolve().parent.parent
    if not (root / "tests").is_dir():
        raise Misused("Tests are not installed with the program: run this in a checkout.")
    return root


async def verify_record(_options: argparse.Namespace) -> int:
    """Walk the record; the head that is printed proves later that the record was not rewritten."""
    async with opened() as services, services.site.sessions() as session:
        head = (await session.execute(select(AuditHead.position, AuditHead.hash))).one_or_none()
        verdict = await verify(session)
    if head is None:
        print("The record is broken: its head is missing. Compare with a backup.")
        return 1
    if verdict.problem is None:
        print(f"The record is whole; entries: {verdict.entries}.")
        print(f"Head, to keep with the backup: {head.position} {head.hash}")
        return 0
    print(
        f"The record is broken at entry {verdict.broken_at} ({verdict.problem}); "
        f"{verdict.entries} entries before it are whole. Compare with a backup."
    )
    return 1


async def preview(options: argparse.Namespace) -> int:
    """Write every text as people see it into one page."""
    page = gallery([*card_sections(), *form_sections()])
    try:
        await asyncio.to_thread(options.file.write_text, page, encoding="utf-8")
    except OSError as error:
        raise Misused(f"{options.file}: {error.strerror or error}.") from error
    print(f"{options.file}: open it in a browser.")
    return 0
