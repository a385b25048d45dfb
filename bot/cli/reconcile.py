"""``tapsyrys reconcile``: every deadline computed anew, every state asked for what it must have."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator
from dataclasses import asdict

from pydantic_core import to_json

from bot.cli.frame import opened, operator
from domain.clock import astana
from domain.reconciliation.service import DifferenceView, RunView
from domain.services import Services

_PAGE = 500


async def reconcile(options: argparse.Namespace) -> int:
    """Do a run, or show the last one, with every difference; 1 when there are any."""
    async with opened() as services:
        if options.last:
            run = await services.reconciliation.last(operator())
        else:
            run = await services.reconciliation.run(operator())
        if run is None:
            print("Nothing was compared yet.")
            return 0
        found = [each async for each in _differences(services, run)]
    if options.json:
        shown = {**asdict(run), "differences": [asdict(each) for each in found]}
        print(to_json(shown, indent=2).decode())
    else:
        _print(run, found)
    return 1 if found else 0


async def _differences(services: Services, run: RunView) -> AsyncIterator[DifferenceView]:
    after = 0
    while page := await services.reconciliation.differences(operator(), run.number, after, _PAGE):
        for each in page:
            yield each
        after = page[-1].position


def _print(run: RunView, found: list[DifferenceView]) -> None:
    at = f"{astana(run.started_at):%Y-%m-%d %H:%M}"
    print(f"Run {run.number} of {at} (Astana): {run.checked} looked at, {run.found} differences.")
    for each in found:
        detail = ", ".join(f"{name}={value}" for name, value in each.detail.items())
        print(f"{each.code}\t{each.subject}\t{each.kind}\t{detail}")
