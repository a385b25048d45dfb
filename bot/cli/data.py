"""``tapsyrys import`` and ``tapsyrys migrate``: bringing data and the database up to date."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from bot.cli.frame import Failed, Parsers, add, opened, operator
from bot.config import load_settings
from bot.storage.engine import open_database
from bot.storage.migrations import migrate
from domain.documents.sheets import SheetErrors, read_goods_list, read_producers
from domain.goods_lists.sheets import items_of
from domain.registry.sheets import producers_of
from handlers.views.errors import describe_sheet_error
from handlers.views.translator import plain, translator


def add_commands(commands: Parsers) -> None:
    """``import`` and ``migrate``."""
    add(commands, "migrate", _migrate, "Bring the database to the newest version.")
    group = commands.add_parser("import", help="Take in a spreadsheet, whole or not at all.")
    kinds = group.add_subparsers(dest="what", metavar="WHAT", required=True)
    for name, run, help_ in (
        ("producers", _producers, "Producers and their goods, in the columns of order 327."),
        ("goods-list", _goods_list, "Goods lists of projects."),
    ):
        add(kinds, name, run, help_).add_argument("file", type=Path, metavar="FILE.xlsx")


async def _migrate(_options: argparse.Namespace) -> int:
    async with open_database(load_settings(need_token=False)) as database:
        await migrate(database.url)
    print("The database is up to date.")
    return 0


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failed(f"{path}: {error.strerror or error}") from error


def _complain(path: Path, errors: SheetErrors) -> Failed:
    t = translator("en")
    lines = [plain(describe_sheet_error(t, error)) for error in errors.errors]
    return Failed("\n".join([f"{path}: nothing was taken in; {errors.total} errors:", *lines]))


async def _producers(options: argparse.Namespace) -> int:
    content = await asyncio.to_thread(_read, options.file)
    read = await asyncio.to_thread(read_producers, content)
    if isinstance(read, SheetErrors):
        raise _complain(options.file, read)
    async with opened() as services:
        report = await services.registry.import_producers(operator(), producers_of(read))
    print(
        f"{len(read)} producers taken in ({report.companies_new} new), "
        f"{report.goods_total} goods ({report.goods_added} added, {report.goods_removed} removed)."
    )
    return 0


async def _goods_list(options: argparse.Namespace) -> int:
    content = await asyncio.to_thread(_read, options.file)
    read = await asyncio.to_thread(read_goods_list, content)
    if isinstance(read, SheetErrors):
        raise _complain(options.file, read)
    async with opened() as services:
        for project in read:
            await services.goods_lists.put_list(
                operator(),
                project.customer_bin,
                project.project_code,
                project.project_name,
                items_of(project),
            )
            print(f"{project.project_code}: {len(project.items)} items taken in.")
    return 0
