"""Drafts: what a person has typed for minutes survives a break, a restart and another command."""

from __future__ import annotations

from typing import Any

from aiogram.fsm.context import FSMContext
from aiogram_dialog import DialogManager

_KEY = "draft"
#: The oldest of more drafts than this is forgotten: a conversation is read at every update.
_MOST = 20


async def load_draft(state: FSMContext, form: str) -> dict[str, Any] | None:
    """What was typed into the form before, or None."""
    found = (await state.get_data()).get(_KEY, {})
    draft = found.get(form) if isinstance(found, dict) else None
    return draft if isinstance(draft, dict) else None


async def save_draft(state: FSMContext, form: str, values: dict[str, Any]) -> None:
    """Keep the form's values; call it at every step."""
    data = await state.get_data()
    others = [(name, kept) for name, kept in data.get(_KEY, {}).items() if name != form]
    await state.update_data({_KEY: {**dict(others[-_MOST + 1 :]), form: values}})


async def drop_draft(state: FSMContext, form: str) -> None:
    """Forget the form: it was submitted or cancelled."""
    data = await state.get_data()
    drafts = {name: kept for name, kept in data.get(_KEY, {}).items() if name != form}
    await state.update_data({_KEY: drafts})


def state_of(manager: DialogManager) -> FSMContext:
    """The person's conversation state inside a dialog."""
    state = manager.middleware_data["state"]
    if not isinstance(state, FSMContext):  # pragma: no cover - aiogram always gives one
        raise TypeError("no conversation state")
    return state
