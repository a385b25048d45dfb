"""Handlers for this audience: ``quick`` answers commands and presses, ``forms`` holds dialogs."""

from __future__ import annotations

from aiogram import Router

from handlers.common.account import account_router
from handlers.common.addresses import address_forms, addresses_router
from handlers.common.contracts import contract_forms, contracts_router
from handlers.common.duty import duty_router
from handlers.common.duty_away import duty_forms
from handlers.common.escalation import escalation_router
from handlers.common.help import help_router
from handlers.common.language import language_forms, language_router
from handlers.common.notices import notices_router
from handlers.common.orders import orders_router
from handlers.common.registration import registration_forms
from handlers.common.settings import settings_forms, settings_router
from handlers.common.start import start_router, suspension_router
from handlers.common.support import support_forms, support_router
from handlers.common.webhooks import webhooks_router


def quick() -> Router:
    """Commands, menu buttons and presses."""
    router = Router(name="common")
    router.include_routers(support_router(), suspension_router(), language_router(), help_router())
    # Before the way in: a letter's link begins as an invitation's does.
    router.include_router(addresses_router())
    router.include_routers(start_router(), account_router(), notices_router())
    router.include_routers(orders_router(), contracts_router(), webhooks_router())
    router.include_routers(duty_router(), escalation_router(), settings_router())
    return router


def forms() -> Router:
    """Dialogs and what starts them."""
    router = Router(name="common-forms")
    router.include_routers(support_forms(), language_forms())
    router.include_routers(registration_forms(), contract_forms(), address_forms())
    router.include_routers(duty_forms(), settings_forms())
    return router
