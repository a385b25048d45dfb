"""The whole application with e-mail: a supplier who has blocked the bot still gets the order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.config import Settings
from bot.sandbox.demo.main import demo_settings
from domain.clock import ManualClock
from domain.roles import Role
from handlers.views.press import press
from tests.bot.channels.conftest import part
from tests.bot.mail.outside import OURS, OutsideServer
from tests.e2e import town as towns
from tests.support.factories import make_customer, make_order, make_producer
from tests.support.waiting import until

MAIL = "aigul@example.kz"


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_blocked_the_order_comes_by_letter_once_and_the_link_opens_it(
    database_url: str,
    clock: ManualClock,
    tmp_path: Path,
    outside: OutsideServer,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
) -> None:
    # Whatever the demo itself is set up with.
    def with_mail(*given: Any) -> Settings:
        mail = {"mail_address": OURS, "smtp_url": SecretStr(outside.url)}
        return demo_settings(*given).model_copy(update=mail)

    async def arrived(count: int) -> None:
        async def there() -> bool:
            return len(outside.letters) >= count

        await until(there, 60)

    monkeypatch.setattr(towns, "demo_settings", with_mail)
    async with towns.open_town(database_url, tmp_path, clock) as town:
        producer, customer = await make_producer(town.site), await make_customer(town.site)
        aigul = await town.person("Айгүл", language, role=Role.SUPPLIER, company=producer)
        addresses = town.services.addresses
        await addresses.want(await town.actor(aigul), "email", MAIL)
        await arrived(1)
        words = part(outside.letters[0], "plain").split()
        code = next(word for word in words if word.isdigit() and len(word) == 6)
        await addresses.confirm(await town.actor(aigul), "email", code)
        await aigul.block()
        number = await make_order(town.services, customer)
        await arrived(2)
        letter = outside.letters[1]
        assert "24:00 (Астана)" in part(letter, "plain")
        await aigul.unblock()
        await aigul.start(_payload(part(letter, "html")))
        card = press("order.card", number)
        await aigul.wait_for(lambda each: any(button.data == card for button in each.buttons))
        assert len(outside.letters) == 2
        shown = [each for each in await aigul.messages() if each.by_bot]
        cards = [each for each in shown if any(button.data == card for button in each.buttons)]
        assert len(cards) == 1


def _payload(page: str) -> str:
    """What the letter's link gives the bot."""
    return page.partition("?start=")[2].partition('"')[0]
