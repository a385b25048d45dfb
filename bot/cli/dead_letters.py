"""``tapsyrys dead-letters``: notices that were given up, sending them again, dropping them."""

from __future__ import annotations

import argparse

from pydantic_core import to_json

from bot.cli.frame import opened, operator
from domain.clock import astana

_PAGE = 100


async def list_(options: argparse.Namespace) -> int:
    """Print them, newest first."""
    async with opened() as services:
        page = await services.dead_letters.page(operator(), options.before, _PAGE)
    if options.json:
        rows = [
            {
                "number": each.notice.number,
                "person": each.notice.person_id,
                "kind": each.notice.kind,
                "subject": each.notice.subject,
                "channel": each.notice.channel,
                "attempts": each.notice.attempts,
                "died_at": each.died_at.isoformat(),
                "reason": each.reason,
                "useful": each.useful,
            }
            for each in page.letters
        ]
        print(to_json(rows, indent=2).decode())
        return 0
    if not page.total:
        print("No notice was given up.")
        return 0
    print(f"Notices given up: {page.total}.")
    for each in page.letters:
        died = f"{astana(each.died_at):%Y-%m-%d %H:%M}"
        late = "" if each.useful else "\tits deadline has passed"
        print(
            f"{each.notice.number}\t{died}\t{each.notice.channel}\t{each.notice.kind}\t"
            f"{each.notice.subject}\tperson {each.notice.person_id}\t{each.reason}{late}"
        )
    if page.older is not None:
        print(f"Older ones: tapsyrys dead-letters list --before {page.older}")
    return 0


async def replay(options: argparse.Namespace) -> int:
    """Send them again: those named, or the oldest thousand."""
    async with opened() as services:
        done = await services.dead_letters.replay(operator(), options.numbers or None)
    print(f"Queued again: {done.queued}.")
    if done.delivered:
        print(f"Had arrived by another channel: {done.delivered}.")
    if done.useless:
        print(f"Their deadline has passed: {done.useless}.")
    return 0


async def drop(options: argparse.Namespace) -> int:
    """Give them up for good."""
    async with opened() as services:
        dropped = await services.dead_letters.drop(operator(), options.numbers, options.reason)
    print(f"Dropped: {dropped}.")
    return 0
