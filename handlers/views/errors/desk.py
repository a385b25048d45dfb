"""Refusals about groups of the desk."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.views.errors.told import Teller, Told
from handlers.views.translator import lazy

DESK: Mapping[str, Teller] = {
    "desk_language": Told(
        lazy("The desk does not speak this language: {language}."),
        lazy("Send /desk kk for Kazakh or /desk ru for Russian."),
    ),
    "desk_unknown": Told(
        lazy("This group is not the support desk."),
        lazy("To make it one, an administrator sends /desk in it."),
    ),
    "desk_off": Told(
        lazy("This group is the support desk no more."),
        lazy("To make it one again, send /desk."),
    ),
}
