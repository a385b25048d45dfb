"""``tapsyrys import`` and ``tapsyrys migrate``: bringing data and the database up to date."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bot.cli.failed import Failed, Misused
from bot.cli.frame import database, opened, operator
from bot.config import load_settings
from bot.storage.migrations import migrate
from domain.documents.sheets import SheetErrors, read_goods_list, read_producers
from domain.errors import RuleBroken
from domain.goods_lists.sheets import items_of
from domain.registry.sheets import producers_of
from handlers.views.errors import describe, describe_sheet_error
from handlers.views.translator import plain, translator

_Rows = TypeVar("_Rows")


async def bring_up_to_date(_options: argparse.Namespace) -> int:
    """Migrate the configured database."""
    async with database(load_settings(need_token=False)) as found:
        await migrate(found.url)
    print("The database is up to date.")
    return 0


async def import_producers(options: argparse.Namespace) -> int:
    """Take in the registry of producers."""
    read = await _read(options.file, read_producers)
    async with opened() as services:
        report = await services.registry.import_producers(operator(), producers_of(read))
    print(
        f"{len(read)} producers taken in ({report.companies_new} new), "
        f"{report.goods_total} goods ({report.goods_added} added, {report.goods_removed} removed)."
    )
    return 0


async def import_goods_lists(options: argparse.Namespace) -> int:
    """Take in goods lists of projects."""
    read = await _read(options.file, read_goods_list)
    async with opened() as services:
        for project in read:
            try:
                await services.goods_lists.put_list(
                    operator(),
                    project.customer_bin,
                    project.project_code,
                    project.project_name,
                    items_of(project),
                )
            except RuleBroken as error:
                said = plain(describe(translator("en"), error))
                raise Failed(f"{project.project_code}: nothing was taken in; {said}") from error
            print(f"{project.project_code}: {len(project.items)} items taken in.")
    return 0


async def _read(path: Path, reader: Callable[[bytes], _Rows | SheetErrors]) -> _Rows:
    """The rows of a sheet; raises Misused without a file, Failed with all errors of its rows."""
    try:
        content = await asyncio.to_thread(path.read_bytes)
    except OSError as error:
        raise Misused(f"{path}: {error.strerror or error}.") from error
    read = await asyncio.to_thread(reader, content)
    if not isinstance(read, SheetErrors):
        return read
    t = translator("en")
    lines = [plain(describe_sheet_error(t, error)) for error in read.errors]
    count = "1 error" if read.total == 1 else f"{read.total} errors"
    raise Failed("\n".join([f"{path}: nothing was taken in; {count}:", *lines]))
