"""Support as everybody meets it: asking, own requests, the way in for voice and files.

Guests and suspended accounts may ask, too. Where a form is open it takes what is sent; so what
opens the talk with support stands among the forms, and what is left over goes to support by the
fallback, the last router.
"""

from __future__ import annotations

from aiogram import F, Router
from aiogram.enums import ChatType
from aiogram.filters import Command

from handlers.common.start import AwaitsContact, Suspended
from handlers.common.support.edits import edited
from handlers.common.support.intake import FILES, ask, take
from handlers.common.support.page import add, open_page, rate, reopen
from handlers.common.support.recordings import own_recordings_router
from handlers.common.support.talk import MenuEndsTalk, Talking
from handlers.common.support.tickets import (
    back_to_card,
    escalate,
    show_card,
    show_history,
    show_list,
    show_part,
    show_receipt,
    show_whole,
)
from handlers.filters import MenuChosen, Pressed
from handlers.middleware import RefusalMiddleware

__all__ = ["MenuEndsTalk", "support_fallback", "support_forms", "support_router"]

_CHAT = F.chat.type == ChatType.PRIVATE
_OVER = F.message.chat.type == ChatType.PRIVATE
_PLAIN_TEXT = F.text & ~F.text.startswith("/")


def support_router() -> Router:
    """Own requests, edits, and all that suspended accounts may do. Stands before all others."""
    router = Router(name="common-support")
    router.edited_message.outer_middleware(RefusalMiddleware())
    router.edited_message.register(edited, _CHAT)
    router.callback_query.register(show_list, Pressed("tickets"), _OVER)
    router.callback_query.register(show_card, Pressed("ticket.card"), _OVER)
    router.callback_query.register(back_to_card, Pressed("ticket.back"), _OVER)
    router.callback_query.register(show_history, Pressed("ticket.history"), _OVER)
    router.callback_query.register(show_whole, Pressed("ticket.whole"), _OVER)
    router.callback_query.register(show_part, Pressed("ticket.part"), _OVER)
    router.callback_query.register(show_receipt, Pressed("ticket.receipt"), _OVER)
    router.callback_query.register(escalate, Pressed("ticket.escalate"), _OVER)
    router.include_routers(own_recordings_router(), _suspended(), _awaiting_contact())
    return router


def support_forms() -> Router:
    """What opens the talk; a form that is open is closed by it."""
    router = Router(name="common-support-forms")
    _opening(router)
    return router


def support_fallback() -> Router:
    """Voice and files that no form took; texts and whom to call while the talk is open."""
    router = Router(name="support-fallback")
    router.message.register(take, _CHAT, FILES)
    router.message.register(take, _CHAT, _PLAIN_TEXT | F.contact, Talking())
    return router


def _opening(router: Router) -> None:
    router.message.register(open_page, _CHAT, Command("support"))
    router.message.register(open_page, _CHAT, MenuChosen("support"))
    router.callback_query.register(open_page, Pressed("support"), _OVER)
    router.callback_query.register(add, Pressed("ticket.add"), _OVER)
    router.callback_query.register(reopen, Pressed("ticket.reopen"), _OVER)
    router.callback_query.register(rate, Pressed("ticket.rate"), _OVER)
    router.callback_query.register(ask, Pressed("support.ask"), _OVER)


def _suspended() -> Router:
    """The same for a suspended account, which gets no further than here."""
    router = Router(name="common-support-suspended")
    router.message.filter(Suspended())
    router.callback_query.filter(Suspended())
    _opening(router)
    router.include_router(support_fallback())
    return router


def _awaiting_contact() -> Router:
    """A guest who is asked for a contact may ask for help instead."""
    router = Router(name="common-support-guests")
    router.message.filter(AwaitsContact())
    router.include_router(support_fallback())
    return router
