"""Handlers for this audience: ``quick`` answers commands and presses, ``forms`` holds dialogs."""

from __future__ import annotations

from aiogram import Router

from handlers.admin.broadcast_form import broadcast_forms
from handlers.admin.broadcasts import broadcasts_router
from handlers.admin.calendar import calendar_router
from handlers.admin.changing_day import calendar_forms
from handlers.admin.dead_letters import dead_letters_router
from handlers.admin.deciding import deciding_forms
from handlers.admin.finding import finding_forms
from handlers.admin.held import held_router
from handlers.admin.people import people_router
from handlers.admin.registrations import registrations_router
from handlers.admin.unchatty import unchatty_router
from handlers.admin.unchatty_form import unchatty_forms


def quick() -> Router:
    """Commands, menu buttons and presses."""
    router = Router(name="admin")
    router.include_routers(registrations_router(), people_router(), calendar_router())
    router.include_routers(broadcasts_router(), dead_letters_router(), held_router())
    router.include_router(unchatty_router())
    return router


def forms() -> Router:
    """Dialogs and what starts them."""
    router = Router(name="admin-forms")
    router.include_routers(deciding_forms(), finding_forms(), calendar_forms())
    router.include_routers(broadcast_forms(), unchatty_forms())
    return router
