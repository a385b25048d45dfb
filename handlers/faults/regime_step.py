"""The step in which an operator chooses by which act a fault or works go."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiogram_dialog import DialogManager, Window
from aiogram_dialog.widgets.kbd import Row

from domain.support.regimes import REGIMES
from handlers.context import ctx_of
from handlers.faults.walk import Walk
from handlers.forms import Values
from handlers.steps import asks_press, cancel_button, picks
from handlers.views.faults_words import ask_regime, regime_button


async def _known(dialog_manager: DialogManager, **_: object) -> Values:
    """All regimes, that of the installation first."""
    ours = ctx_of(dialog_manager).services.site.regime
    return {"ours": ours, "regimes": sorted(REGIMES, key=lambda code: (code != ours, code))}


def regime_window(walk: Walk, take: Callable[[DialogManager, str], Awaitable[None]]) -> Window:
    """One button for each regime."""
    return asks_press(
        lambda t, data: ask_regime(t, data["ours"]),
        walk.state("regime"),
        picks(
            lambda t, data: regime_button(t, data["item"]),
            "regime",
            lambda data: data["regimes"],
            str,
            take,
            width=2,
        ),
        Row(walk.back_button(), cancel_button()),
        getter=_known,
    )
