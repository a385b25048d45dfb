"""From a notice's row to a message: what stands under it."""

from __future__ import annotations

import pytest
from aiogram.types import InlineKeyboardMarkup

from bot.telegram.delivery import Delivery
from domain.actor import Actor
from domain.notices.views import NoticeView
from domain.roles import Role
from domain.services import Services
from domain.work import Site
from handlers.views.menus import main_menu
from handlers.views.samples import notices
from handlers.views.translator import Locale, translator
from tests.support.factories import make_person, make_producer

NOTICES = dict(notices())


def told(kind: str, reader: Actor) -> NoticeView:
    """A notice of this kind for this person."""
    sample = NOTICES[kind]
    return NoticeView(**{**vars(sample), "person_id": reader.person_id or 0})


@pytest.mark.parametrize("locale", ["kk", "ru"])
@pytest.mark.parametrize("kind", ["registration.approved", "role.granted", "account.resumed"])
async def test_a_new_role_brings_its_menu_at_once(site: Site, kind: str, locale: Locale) -> None:
    producer = await make_producer(site)
    reader = await make_person(site, role=Role.SUPPLIER, company=producer, language=locale)
    message = await Delivery(Services(site)).render(told(kind, reader))
    assert message is not None
    assert message.keyboard == main_menu(translator(locale), Role.SUPPLIER)


async def test_whoever_lost_the_last_role_gets_the_menu_of_guests(site: Site) -> None:
    reader = await make_person(site)
    message = await Delivery(Services(site)).render(told("role.revoked", reader))
    assert message is not None
    assert message.keyboard == main_menu(translator("ru"), None)


async def test_other_notices_carry_their_buttons(site: Site) -> None:
    reader = await make_person(site, role=Role.ADMIN)
    message = await Delivery(Services(site)).render(told("registration.pending", reader))
    assert message is not None
    assert isinstance(message.keyboard, InlineKeyboardMarkup)
