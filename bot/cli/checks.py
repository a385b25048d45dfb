"""``tapsyrys clauses``, ``tapsyrys audit verify``, ``tapsyrys preview``: looking at what is so."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from bot.cli.clauses import proof_of, table
from bot.cli.frame import Parsers, add, opened
from domain.audit import verify
from domain.law import duties
from handlers.views.gallery import gallery
from handlers.views.gallery_cards import card_sections


def add_commands(commands: Parsers) -> None:
    """``clauses``, ``audit`` and ``preview``."""
    clauses = add(commands, "clauses", _clauses, "Which code and tests answer for which clause.")
    clauses.add_argument("--wave", type=int, help="only the duties of this wave")
    clauses.add_argument("--strict", action="store_true", help="fail when a duty has no proof")
    audit = commands.add_parser("audit", help="The record of all acts.")
    kinds = audit.add_subparsers(dest="action", metavar="ACTION", required=True)
    add(kinds, "verify", _verify, "Walk the chain of hashes and say whether it is whole.")
    preview = add(commands, "preview", _preview, "Render every text in both languages as HTML.")
    preview.add_argument("file", type=Path, nargs="?", default=Path("preview.html"))


async def _clauses(options: argparse.Namespace) -> int:
    found = duties(options.wave)
    proof = await asyncio.to_thread(proof_of, Path.cwd(), found)
    print(table(found, proof))
    missing = [duty.id for duty in found if not proof[duty.id].tests]
    if missing and options.strict:
        print(f"{len(missing)} of {len(found)} duties have no test: {', '.join(missing)}")
        return 1
    print(f"{len(found) - len(missing)} of {len(found)} duties have a test.")
    return 0


async def _verify(_options: argparse.Namespace) -> int:
    async with opened() as services, services.site.sessions() as session:
        verdict = await verify(session)
    if verdict.problem is None:
        print(f"The record is whole: {verdict.entries} entries.")
        return 0
    print(
        f"The record is broken at entry {verdict.broken_at} ({verdict.problem}); "
        f"{verdict.entries} entries before it are whole. Compare with a backup."
    )
    return 1


async def _preview(options: argparse.Namespace) -> int:
    page = gallery(card_sections())
    await asyncio.to_thread(options.file.write_text, page, encoding="utf-8")
    print(f"{options.file}: open it in a browser.")
    return 0
