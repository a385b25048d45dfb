"""``tapsyrys webhooks``: endpoints of integrations and what was delivered to them."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from bot.cli.failed import Misused
from bot.cli.frame import opened, operator
from bot.cli.time import instant
from bot.config import load_settings
from domain.clock import astana
from domain.webhooks.addresses import Allowed
from domain.webhooks.catalogue import EVENTS
from domain.webhooks.service import Webhooks
from domain.webhooks.views import DeliveryView, EndpointView

_PAGE = 100
_MOST_HOURS = 10_000


@asynccontextmanager
async def _webhooks() -> AsyncIterator[Webhooks]:
    async with opened() as services:
        services.webhooks.allowed = Allowed.of(load_settings(need_token=False).webhook_allow)
        yield services.webhooks


def _moment(at: datetime | None) -> str:
    return "-" if at is None else f"{astana(at):%Y-%m-%d %H:%M:%S}"


def _endpoint_line(each: EndpointView) -> str:
    why = f" ({each.disabled_why})" if each.disabled_why else ""
    events = ",".join(each.events) or "all events"
    owner = each.company_bin or "operator"
    failing = f"\tfailing since {_moment(each.failing_since)}" if each.failing_since else ""
    return f"{each.id}\t{each.state}{why}\t{owner}\t{each.url}\t{events}{failing}"


async def list_endpoints(_options: argparse.Namespace) -> int:
    """Print all endpoints."""
    async with _webhooks() as webhooks:
        after: int | None = 0
        found: list[EndpointView] = []
        while after is not None:
            page = await webhooks.page(operator(), after, _PAGE)
            found += page.endpoints
            after = page.after
    if not found:
        print("No webhooks yet: tapsyrys webhooks add https://erp.example.kz/in")
    for each in found:
        print(_endpoint_line(each))
    return 0


async def list_events(_options: argparse.Namespace) -> int:
    """Print the catalogue; no database is needed."""
    for each in EVENTS.values():
        print(f"{each.name}\t{(each.data.__doc__ or '').strip()}\t{each.summary}")
    return 0


async def add(options: argparse.Namespace) -> int:
    """Make an endpoint and print its number and its secret."""
    async with _webhooks() as webhooks:
        made, secret = await webhooks.create(
            operator(), options.url, options.event, options.description, company_bin=options.bin
        )
    print(f"{made.id}\t{secret}")
    return 0


async def enable(options: argparse.Namespace) -> int:
    """Let an endpoint take events again."""
    async with _webhooks() as webhooks:
        done = await webhooks.enable(operator(), options.number)
    print(f"{options.number}: enabled; events it missed: {done.missed}")
    if done.missed:
        print(f"Send them: tapsyrys webhooks replay {options.number}")
    return 0


async def disable(options: argparse.Namespace) -> int:
    """Send an endpoint nothing more."""
    async with _webhooks() as webhooks:
        skipped = await webhooks.disable(operator(), options.number)
    print(f"{options.number}: disabled; events skipped: {skipped}")
    return 0


async def remove(options: argparse.Namespace) -> int:
    """Take an endpoint away."""
    async with _webhooks() as webhooks:
        await webhooks.remove(operator(), options.number)
    print(f"{options.number}: removed")
    return 0


async def test(options: argparse.Namespace) -> int:
    """Queue a test event; a running bot sends it."""
    async with _webhooks() as webhooks:
        delivery = await webhooks.test(operator(), options.number)
    print(f"Delivery {delivery} is queued: tapsyrys webhooks deliveries {options.number}")
    return 0


async def rotate(options: argparse.Namespace) -> int:
    """Print a new secret."""
    hours = max(min(options.hours, _MOST_HOURS), -1)
    async with _webhooks() as webhooks:
        print(await webhooks.rotate(operator(), options.number, timedelta(hours=hours)))
    return 0


def _delivery_line(each: DeliveryView) -> str:
    last = each.attempts[-1] if each.attempts else None
    said = f"{last.outcome} {last.status or ''} {last.duration} ms".split() if last else ["-"]
    when = _moment(last.at if last else each.created_at)
    tried = f"{len(each.attempts)} attempts"
    return "\t".join(
        [str(each.id), each.state, each.type, each.stream, tried, when, " ".join(said)]
    )


async def deliveries(options: argparse.Namespace) -> int:
    """Print deliveries with their last attempt."""
    if options.limit < 1:
        raise Misused("--limit is at least 1.")
    states = [options.state] if options.state else []
    async with _webhooks() as webhooks:
        page = await webhooks.deliveries(
            operator(), options.number, None, states, min(options.limit, 1000)
        )
    if not page.deliveries:
        print("Nothing yet.")
    for each in page.deliveries:
        print(_delivery_line(each))
    return 0


async def replay(options: argparse.Namespace) -> int:
    """Queue again what did not arrive; a running bot sends it."""
    if options.delivery is not None and (options.since or options.delivered):
        raise Misused("Give --delivery alone, or --since and --delivered.")
    since = None if options.since is None else instant(options.since)
    async with _webhooks() as webhooks:
        count = await webhooks.replay(
            operator(),
            options.number,
            delivery=options.delivery,
            since=since,
            delivered=options.delivered,
        )
    print(f"{options.number}: deliveries queued again: {count}")
    return 0
