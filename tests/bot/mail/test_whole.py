"""The whole application with mail switched on, seen from outside: by letter and by topic."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.config import Settings
from bot.sandbox.demo.main import demo_settings
from domain.clock import ManualClock
from domain.roles import Role
from tests.bot.mail.outside import OURS, OutsideServer, answer_to, body, bring, written
from tests.e2e import town as towns
from tests.support.factories import again, make_person
from tests.support.waiting import PATIENCE, until

TEXTS = {
    "kk": ("Сәлеметсіз бе, жүйеге кіре алмай тұрмын", "дүйсенбі, 23 қараша, 18:30 (Астана)"),
    "ru": ("Здравствуйте, не могу войти", "понедельник, 23 ноября, 18:30 (Астана)"),
}


@pytest.mark.clause("366-19.3")
@pytest.mark.clause("366-19.4")
@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_a_letter_of_the_night_is_promised_answered_and_goes_on(
    database_url: str,
    clock: ManualClock,
    tmp_path: Path,
    outside: OutsideServer,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
) -> None:
    def with_mail(data: Path, host: str, port: int) -> Settings:
        return demo_settings(data, host, port).model_copy(
            update={
                "mail_listen": "127.0.0.1:0",
                "mail_address": OURS,
                "smtp_url": SecretStr(outside.url),
            }
        )

    async def arrived(count: int) -> None:
        async def there() -> bool:
            return len(outside.letters) >= count

        await until(there, PATIENCE)

    monkeypatch.setattr(towns, "demo_settings", with_mail)
    text, promise = TEXTS[language]
    async with towns.open_town(database_url, tmp_path, clock) as town:
        operator = await make_person(town.site, role=Role.SUPPORT, name="Оператор")
        await town.travel("2026-11-20T18:30:00+05:00")
        port = town.app.mail.port
        assert port is not None
        assert (await bring(port, written(text)))[0] == 250
        await arrived(1)
        assert promise in body(outside.letters[0])
        await town.travel("2026-11-23T10:00:00+05:00")
        await town.services.support.answer(again(operator), 1, "Нажмите кнопку")
        await arrived(2)
        assert "Нажмите кнопку" in body(outside.letters[1])
        assert (await bring(port, answer_to(outside.letters[1], "Рақмет")))[0] == 250
        await arrived(3)
        seen = await town.services.support.ticket(again(operator), 1)
        assert [m.text for m in seen.messages if m.author == "user"] == [text, "Рақмет"]
    assert len(outside.letters) == 3
