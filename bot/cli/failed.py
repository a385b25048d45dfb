"""Why a command could not do what was asked, in words for whoever typed it."""

from __future__ import annotations


class Failed(Exception):
    """The command cannot do what was asked; the text says why and what to do."""


class Misused(Failed):
    """What was typed, or what the settings name, cannot be right; the text says what to do."""
