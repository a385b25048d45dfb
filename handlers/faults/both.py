"""Texts that people read in two languages: a step for each, the operator's own language first.

The first one is asked for; the second may be left out, and its readers are told so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button

from domain.incidents.said import Said
from domain.texts import required_text
from handlers.context import Ctx
from handlers.faults.walk import Walk
from handlers.forms import Values
from handlers.steps import Take, acts

LANGUAGES = ("kk", "ru")


def language_of(ctx: Ctx) -> str:
    """The language in which an operator writes first."""
    return "kk" if ctx.t.locale == "kk" else "ru"


def empty(texts: Iterable[str]) -> Values:
    """What a form holds before anything of ``texts`` is written."""
    return {f"{text}_{language}": "" for text in texts for language in LANGUAGES}


def expanded(steps: Sequence[str], texts: Iterable[str], data: Values) -> list[str]:
    """The steps with two in the place of each of ``texts``."""
    first = "kk" if data.get("language") == "kk" else "ru"
    order = (first, "ru" if first == "kk" else "kk")
    found: list[str] = []
    for step in steps:
        found += [f"{step}_{each}" for each in order] if step in texts else [step]
    return found


def said_in(data: Values, text: str) -> Said:
    """What was written."""
    return Said(*(str(data.get(f"{text}_{language}") or "") for language in LANGUAGES))


def take_text(walk: Walk, step: str, field: str, limit: int) -> Take:
    """Takes a typed text that must say something."""

    async def take(manager: DialogManager, text: str) -> None:
        manager.dialog_data[step] = required_text(text, field, limit)
        await walk.on(manager)

    return take


def without(walk: Walk, step: str) -> Button:
    """The button that leaves a text out, where it stands in the other language."""
    name, _, language = step.rpartition("_")
    other = f"{name}_{'ru' if language == 'kk' else 'kk'}"

    async def leave(manager: DialogManager) -> None:
        manager.dialog_data[step] = ""
        await walk.on(manager)

    def stands(data: Values, _: object, __: DialogManager) -> bool:
        return bool(data["dialog_data"].get(other))

    return acts(
        lambda t, _: t.button("Only in one language"), f"without_{step}", leave, when=stands
    )
