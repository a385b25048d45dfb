"""The table of faults: how often each came, what is promised, what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median

from tests.torture.faults import FAULTS
from tests.torture.outer_faults import KINDS
from tests.torture.run import Result

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
_BEGIN, _END = "<!-- figures -->", "<!-- end of figures -->"


def lines(results: Sequence[Result]) -> list[str]:
    """The table in Markdown."""
    rows = [
        "| fault | times | seeds | promised | most copies | well after, s (median, most) |",
        "|---|---:|---:|---|---:|---:|",
    ]
    for name in KINDS:
        kind = FAULTS[name]
        met = [each for each in results if each.armed[name]]
        times = sum(each.armed[name] for each in met)
        copies = max((each.copies for each in met), default=0)
        back = [each.recovery for each in met if each.whole]
        shown = f"{median(back):.1f}, {max(back):.1f}" if back else ""
        rows.append(f"| {name} | {times} | {len(met)} | {kind.promise} | {copies} | {shown} |")
    return rows


def summary(results: Sequence[Result]) -> str:
    """What was run, in words."""
    whole = sum(each.whole for each in results)
    seeds = sorted(each.seed for each in results)
    return (
        f"{len(results)} seeds ({seeds[0]} to {seeds[-1]}), {whole} of them whole: "
        f"{sum(each.acts for each in results)} acts, "
        f"{sum(sum(each.armed.values()) for each in results)} faults, "
        f"{sum(each.deaths for each in results)} deaths of processes, "
        f"{sum(each.messages for each in results)} messages in chats, "
        f"{sum(each.letters for each in results)} letters and SMS, "
        f"{sum(each.hooks for each in results)} webhooks; "
        f"{sum(each.copied for each in results)} of them were copies of what had come already."
    )


def write(results: Sequence[Result]) -> None:
    """Put the figures into the page."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    body = "\n".join([summary(results), "", *lines(results)])
    PAGE.write_text(f"{before}{_BEGIN}\n\n{body}\n\n{_END}{after}", encoding="utf-8")
