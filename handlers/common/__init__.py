"""Handlers for this audience: ``quick`` answers commands and presses, ``forms`` holds dialogs."""

from __future__ import annotations

from aiogram import Router

from handlers.common.contracts import contract_forms, contracts_router
from handlers.common.orders import orders_router


def quick() -> Router:
    """Commands, menu buttons and presses."""
    router = Router(name="common")
    router.include_routers(orders_router(), contracts_router())
    return router


def forms() -> Router:
    """Dialogs and what starts them."""
    router = Router(name="common-forms")
    router.include_routers(contract_forms())
    return router
