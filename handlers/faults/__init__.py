"""Faults, works and the status of the platform, for whoever may: users, operators, the authority.

``quick`` answers commands, menu buttons and presses, ``forms`` holds dialogs.
"""

from __future__ import annotations

from aiogram import Router

from handlers.faults.disagree import disagree_form
from handlers.faults.documents import documents_form, documents_router
from handlers.faults.effects import effects_router
from handlers.faults.incident_form import incident_forms
from handlers.faults.incidents import incidents_router
from handlers.faults.report_form import report_forms
from handlers.faults.status import status_router
from handlers.faults.works import works_router
from handlers.faults.works_form import works_forms


def quick() -> Router:
    """Commands, menu buttons and presses."""
    router = Router(name="faults")
    router.include_routers(status_router(), incidents_router(), effects_router(), works_router())
    router.include_router(documents_router())
    return router


def forms() -> Router:
    """Dialogs and what starts them."""
    router = Router(name="faults-forms")
    router.include_routers(report_forms(), incident_forms(), works_forms(), documents_form())
    router.include_router(disagree_form())
    return router
