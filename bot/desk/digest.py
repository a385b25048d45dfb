"""The morning's digest, posted once a day into each group when support opens."""

from __future__ import annotations

from aiogram import Bot

from domain.actor import Actor
from domain.clock import astana
from domain.services import Services
from domain.support.mirror_rows import DeskRows
from domain.support.regimes import regime_at
from handlers.views.desk import digest_text
from handlers.views.translator import translator


async def post_digest(
    bot: Bot, services: Services, rows: DeskRows, chat_id: int, language: str
) -> bool:
    """Post the digest if the day has begun and the group does not have it; whether it did.

    When nothing waits, the group is left alone. The day begins with the hours of the regime, on a
    working day. A kill between post and record may post it twice: it says the moment it speaks of.
    """
    site = services.site
    now = site.clock.now()
    today = astana(now).date()
    desk = Actor.system("desk")
    calendar = await services.working_time.calendar(desk)
    if not calendar.is_open(now, regime_at(site.regime, now).hours):
        return False
    # The digest counts what is in whose hands, so it comes after the handing out.
    if await rows.morning_comes():
        return False
    digest = await services.support.digest(desk)
    t = translator("kk" if language == "kk" else "ru")
    if digest.unanswered:
        await bot.send_message(chat_id, digest_text(t, digest))
    await rows.digested(chat_id, today)
    return bool(digest.unanswered)
