"""Handlers for this audience: ``quick`` answers commands and presses, ``forms`` holds dialogs."""

from __future__ import annotations

from aiogram import Router


def quick() -> Router:
    """Commands, menu buttons and presses."""
    return Router(name="admin")


def forms() -> Router:
    """Dialogs and what starts them."""
    return Router(name="admin-forms")
