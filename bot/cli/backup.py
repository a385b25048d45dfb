"""``tapsyrys backup``, ``tapsyrys restore``, ``tapsyrys held``: saving, and what comes after."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Mapping

from bot.cli.failed import Failed, Misused
from bot.cli.frame import database, opened, operator
from bot.config import load_settings
from bot.storage.archive import BadBackup, Manifest, reading
from bot.storage.backup import NothingToSave, make_backup
from bot.storage.files import open_files
from bot.storage.restore import CannotRestore, restore_backup
from domain.clock import SystemClock, astana
from domain.restored import Held


async def backup(options: argparse.Namespace) -> int:
    """Make a backup, or with ``--verify`` read one back; 1 when files were missing."""
    if options.verify:
        return await _verify(options)
    settings = load_settings(need_token=False)
    if settings.database_url is None and not (settings.data_dir / "postgres").is_dir():
        raise Misused(f"There is no database in {settings.data_dir}: there is nothing to save.")
    async with database(settings) as found:
        try:
            made = await make_backup(
                found.url, open_files(settings), options.target, with_files=not options.no_files
            )
        except (BadBackup, NothingToSave) as error:
            raise Misused(str(error)) from error
    print(f"{options.target}: {_told(made)}.")
    for sha256 in made.missing:
        print(f"Named by a row, but not in the store or damaged there: file {sha256}.")
    return 1 if made.missing else 0


async def _verify(options: argparse.Namespace) -> int:
    try:
        with reading(options.target) as reader:
            await asyncio.to_thread(reader.verify)
            manifest = reader.manifest
    except BadBackup as error:
        raise Failed(f"{options.target}: {error}") from error
    print(f"{options.target} is whole: {_told(manifest)}.")
    return 0


def _told(manifest: Manifest) -> str:
    at = f"{astana(manifest.made_at):%Y-%m-%d %H:%M:%S}"
    files = "files left out" if manifest.files is None else f"{len(manifest.files)} files"
    return (
        f"as of {at} (Astana), revision {manifest.revision}, "
        f"{manifest.rows} rows of {len(manifest.tables)} tables, {files}"
    )


async def restore(options: argparse.Namespace) -> int:
    """Fill an empty database from a backup, and say what is held."""
    settings = load_settings(need_token=False)
    async with database(settings) as found:
        try:
            with reading(options.source) as reader:
                done = await restore_backup(found.url, open_files(settings), SystemClock(), reader)
        except BadBackup as error:
            raise Failed(f"{options.source}: {error}") from error
        except CannotRestore as error:
            raise Misused(str(error)) from error
    print(f"Restored {_told(done.manifest)}.")
    if done.manifest.files is None:
        print("The backup has no files: see that the store has those of that time.")
    if done.destroyed:
        print(f"Destroyed since and left out: {done.destroyed} files.")
    _show(done.held)
    print("Next: `tapsyrys audit verify`, `tapsyrys recordings check`, then start the service.")
    return 0


def _show(held: Held) -> None:
    if not held.total:
        print("Nothing is held.")
        return
    print("Held until somebody decides (`tapsyrys held --help`):")
    parts: tuple[tuple[str, Mapping[str, int]], ...] = (
        ("notice", held.notices),
        ("letter", held.letters),
        ("deadline", held.deadlines),
        ("event", held.events),
    )
    for name, counts in parts:
        for kind, count in counts.items():
            print(f"{name}\t{kind}\t{count}")


async def held_list(_options: argparse.Namespace) -> int:
    """Print what is held, by kind."""
    async with opened() as services:
        _show(await services.restored.held(operator()))
    return 0


async def held_send(options: argparse.Namespace) -> int:
    """Send notices, letters and events that are held and still of use."""
    async with opened() as services:
        kinds = options.kinds or (await services.restored.held(operator())).told
        count = await services.restored.send(operator(), kinds)
    print(f"Queued: {count}.")
    return 0


async def held_drop(options: argparse.Namespace) -> int:
    """Drop notices, letters and events that are held."""
    async with opened() as services:
        kinds = options.kinds or (await services.restored.held(operator())).told
        count = await services.restored.drop(operator(), kinds)
    print(f"Dropped: {count}.")
    return 0


async def held_fire(options: argparse.Namespace) -> int:
    """Let deadlines that are held have their consequences."""
    async with opened() as services:
        kinds = options.kinds or list((await services.restored.held(operator())).deadlines)
        count = await services.restored.fire(operator(), kinds)
    print(f"Released: {count}.")
    return 0
