"""All routers in their order: quick ones first, then forms, then the answer to the rest."""

from __future__ import annotations

from aiogram import Dispatcher, Router
from aiogram.fsm.storage.base import BaseEventIsolation, BaseStorage
from aiogram_dialog import Dialog, setup_dialogs
from aiogram_dialog.api.protocols import MessageManagerProtocol
from aiogram_dialog.setup import collect_dialogs

from domain.services import Services
from handlers import admin, common, customer, faults, supplier, support
from handlers.common.support import MenuEndsTalk
from handlers.fallback import fallback
from handlers.filters import OfForm
from handlers.lapsed import PastForms, register_lapsed
from handlers.middleware import ContextMiddleware, RefusalMiddleware
from handlers.support.unsigned import UnsignedMiddleware
from handlers.support_web import support_web_router

# The desk comes first: what is written in a group of operators is for nobody else.
AUDIENCES = (support, common, faults, supplier, customer, admin)


def build_dispatcher(
    services: Services,
    storage: BaseStorage,
    isolation: BaseEventIsolation,
    messages: MessageManagerProtocol | None = None,
) -> Dispatcher:
    """The dispatcher with every handler.

    Cards and commands come before forms, so that a menu button works while a form is open, and
    so that a card costs no look at the forms' storage. ``messages`` is how dialogs send.
    """
    dispatcher = Dispatcher(storage=storage, events_isolation=isolation)
    dispatcher.update.outer_middleware(UnsignedMiddleware(services))
    dispatcher.update.outer_middleware(ContextMiddleware(services))
    for observer in (dispatcher.message, dispatcher.callback_query):
        observer.outer_middleware(RefusalMiddleware())
        observer.outer_middleware(MenuEndsTalk())
    dispatcher.include_router(support_web_router())
    for audience in AUDIENCES:
        dispatcher.include_router(audience.quick())
    forms = Router(name="forms")
    for audience in AUDIENCES:
        forms.include_router(audience.forms())
    dispatcher.include_router(forms)
    for dialog in collect_dialogs(forms):
        if isinstance(dialog, Dialog):
            dialog.callback_query.filter(OfForm())
    forms.message.outer_middleware(PastForms())
    setup_dialogs(forms, message_manager=messages)
    register_lapsed(dispatcher)
    dispatcher.include_router(fallback())
    return dispatcher
