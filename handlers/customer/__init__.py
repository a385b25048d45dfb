"""Handlers for this audience: ``quick`` answers commands and presses, ``forms`` holds dialogs."""

from __future__ import annotations

from aiogram import Router

from handlers.customer.goods_lists import goods_forms, goods_router
from handlers.customer.order_start import order_forms
from handlers.customer.orders import orders_router
from handlers.customer.selection import selection_router
from handlers.customer.selection_form import selection_forms


def quick() -> Router:
    """Commands, menu buttons and presses."""
    router = Router(name="customer")
    router.include_routers(orders_router(), goods_router(), selection_router())
    return router


def forms() -> Router:
    """Dialogs and what starts them."""
    router = Router(name="customer-forms")
    router.include_routers(order_forms(), goods_forms(), selection_forms())
    return router
