"""Handlers of the desk: groups of operators, and operators in their private chats.

Stands before the other audiences: what is written in a group is meant for nobody else.
"""

from __future__ import annotations

from aiogram import Router

from handlers.support.acts import acts_router
from handlers.support.answers import answers_form, answers_router
from handlers.support.calls import calls_router
from handlers.support.form import desk_forms
from handlers.support.group import group_desk_router
from handlers.support.phone import phone_forms
from handlers.support.private import private_router
from handlers.support.recording_form import give_form
from handlers.support.recordings import recordings_router
from handlers.support.reports import reports_form, reports_router
from handlers.support.topics import topics_router


def quick() -> Router:
    """Commands, menu buttons and presses."""
    router = Router(name="support")
    router.include_routers(group_desk_router(), topics_router(), acts_router(), private_router())
    router.include_routers(calls_router(), answers_router(), reports_router())
    router.include_router(recordings_router())
    return router


def forms() -> Router:
    """Dialogs and what starts them."""
    router = Router(name="support-forms")
    router.include_routers(desk_forms(), answers_form(), reports_form())
    router.include_routers(give_form(), phone_forms())
    return router
