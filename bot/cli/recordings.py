"""``tapsyrys recordings``: what goes next month, destroying what is due, acts, after a restore."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import date

from pydantic_core import to_json

from bot.cli.failed import Misused
from bot.cli.frame import opened, operator
from bot.config import load_settings
from bot.telegram.deleting import CopyDeleter
from bot.telegram.gateway import Gateway, make_bot
from domain.clock import astana
from domain.support.recording_views import Preview
from domain.support.retention_rules import month_of


@asynccontextmanager
async def _deleter() -> AsyncIterator[CopyDeleter | None]:
    """What takes copies out of chats; None without a token: the running service does it then."""
    settings = load_settings(need_token=False)
    if settings.bot_token is None:
        yield None
        return
    bot = make_bot(settings.bot_token.get_secret_value(), settings.telegram_api, Gateway())
    try:
        yield CopyDeleter(bot)
    finally:
        await bot.session.close()


async def preview(options: argparse.Namespace) -> int:
    """Print what goes in a month, by default the next one, and what disputes keep."""
    async with opened() as services:
        month = _month(options.month, astana(services.site.clock.now()).date())
        found = await services.recordings.preview(operator(), month)
    print(to_json(asdict(found), indent=2).decode() if options.json else _as_text(found))
    return 0


def _month(text: str | None, today: date) -> date:
    if text is None:
        return month_of(today)[1]
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Misused(f"{text!r} is no month. Write it as 2026-12.") from None


def _as_text(found: Preview) -> str:
    going = f"{found.going_total} to be destroyed ({found.going_bytes} bytes)"
    lines = [f"{found.month:%Y-%m}: {going}, {found.held_total} kept by disputes."]
    for each in found.going:
        until = f"{astana(each.until):%Y-%m-%d}" if each.until else ""
        collected = f"{astana(each.collected_at):%Y-%m-%d %H:%M}"
        lines.append(f"{until}\tticket {each.ticket}\t{each.kind}\tcollected {collected}")
    for held in found.held:
        since = f"{astana(held.set_at):%Y-%m-%d}"
        by = f" by {held.set_by}" if held.set_by else ""
        lines.append(
            f"dispute\tticket {held.recording.ticket}\t{held.recording.kind}\t"
            f"since {since}{by}: {held.ground}"
        )
    return "\n".join(lines)


async def destroy(_options: argparse.Namespace) -> int:
    """Destroy now what is due."""
    async with opened() as services, _deleter() as deleter:
        done = await services.recordings.destroy_due(operator(), deleter)
    for number in done.acts:
        state = "finished" if number in done.finished else "begun: the running service finishes it"
        print(f"Act of destruction {number}: {state}.")
    print(f"Recordings destroyed: {done.recordings}.")
    return 0


async def check(_options: argparse.Namespace) -> int:
    """Destroy again what a backup brought back; 1 when there was any."""
    async with opened() as services, _deleter() as deleter:
        await services.recordings.finish_begun(deleter)
        found = await services.recordings.check_restored(operator())
        await services.recordings.finish_begun(deleter)
    if not found.found and not found.held:
        print("Nothing that was destroyed is here again.")
        return 0
    if found.act is not None:
        print(f"Destroyed recordings that were here again: {found.found}; act {found.act}.")
    if found.held:
        print(f"Here again under a dispute, kept until it is settled: {found.held}.")
    return 1


async def acts(_options: argparse.Namespace) -> int:
    """Print the last acts of destruction, the newest first."""
    async with opened() as services:
        found = await services.recordings.acts(operator(), size=100)
    for each in found:
        ended = f"{astana(each.finished_at):%Y-%m-%d %H:%M}" if each.finished_at else "unfinished"
        print(f"{each.number}\t{ended}\t{each.ground}\t{each.items}")
    if not found:
        print("Nothing has been destroyed yet.")
    return 0


async def act(options: argparse.Namespace) -> int:
    """Write an act of destruction as a PDF."""
    async with opened() as services:
        content = await services.recordings.act_pdf(operator(), options.number)
    path = options.file
    try:
        await asyncio.to_thread(path.write_bytes, content)
    except OSError as error:
        raise Misused(f"{path}: {error.strerror or error}.") from error
    print(f"{path}: act of destruction {options.number}.")
    return 0
