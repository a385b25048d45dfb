"""What suppliers see: invitations, offers, orders for confirmation.

``quick`` answers commands and presses, ``forms`` holds dialogs and what opens them.
"""

from __future__ import annotations

from aiogram import Router

from handlers.supplier.awards import awards_router
from handlers.supplier.cards import cards_router
from handlers.supplier.declining import declining_router
from handlers.supplier.invitations import invitations_router
from handlers.supplier.offer_form import offer_form_router
from handlers.supplier.refusing import refusing_router
from handlers.supplier.selections import selections_router


def quick() -> Router:
    """Commands, menu buttons and presses."""
    router = Router(name="supplier")
    router.include_routers(
        cards_router(), invitations_router(), awards_router(), selections_router()
    )
    return router


def forms() -> Router:
    """Dialogs and what opens them."""
    router = Router(name="supplier-forms")
    router.include_routers(offer_form_router(), declining_router(), refusing_router())
    return router
