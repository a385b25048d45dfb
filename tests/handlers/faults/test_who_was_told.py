"""Who was told of an incident, on its card in the chat."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from bot.sandbox.client import Message
from domain.incidents.views import Scope
from domain.notices.model import Notice
from domain.notices.receipts import ToldPage
from domain.roles import Role
from handlers.views.told import told_page
from handlers.views.translator import plain
from tests.handlers.faults.reader import operator_actor, reader
from tests.support.chat import Town, t_of, tap_label

CARD = "Opened: {moment}, by {source}"


def turned(before: Message, each: Message) -> bool:
    """Whether a message shows another page."""
    return each.id == before.id and each.text != before.text


async def fault(town: Town) -> None:
    """A fault of which everybody was told: an operator and seven who only watch."""
    for _ in range(7):
        await reader(town, Role.OBSERVER)
    incidents, now = town.services.incidents, town.clock.now()
    began = now - timedelta(hours=1)
    number = await incidents.open_by_operator(await operator_actor(town), "Сбой", began)
    await incidents.confirm(
        await operator_actor(town), number, "Не отвечал", began, Scope(), "high", mended_at=now
    )


async def test_who_was_told_of_an_incident_page_by_page(town: Town) -> None:
    await fault(town)
    operator = await reader(town, Role.SUPPORT)
    receipts, actor = town.services.receipts, await town.actor(operator.person)
    page = await receipts.told(actor, "incident:1", None, 100)
    assert page.total == len(page.told) > 0
    assert (page.sent, page.opened, page.acked, page.older) == (0, 0, 0, None)
    async with town.site.sessions.begin() as session:
        row = await session.get_one(Notice, page.told[0][0].number)
        row.sent_at = row.opened_at = row.acked_at = town.clock.now()
        name = page.told[0][1]
    await operator.menu("faults", "Began: {moment}")
    await operator.press("No. {number}", CARD, number=1)
    shown = await operator.press("Who was told", "Incident No. {number}: who was told")
    for text in ("Sent: {when}", "Opened: {when}", "Seen: {when}", "Written: {when}"):
        assert plain(operator.t.context("notice", text, when="")).split(":")[0] in shown.text
    assert name in shown.text
    seen, pages = 0, 0
    while True:
        seen += shown.text.count(plain(operator.t.context("notice", "Written: {when}", when="")))
        pages += 1
        if operator.t.button("Older") not in {each.text for each in shown.buttons}:
            break
        await tap_label(operator.person, operator.t.button("Older"))
        shown = await operator.person.eventually(partial(turned, shown))
    assert (seen, pages) == (page.total, -(-page.total // 5))
    await operator.press("Back", CARD)


async def test_an_incident_of_which_nobody_was_told_says_so(town: Town) -> None:
    empty = ToldPage([], 0, 0, 0, 0, None, True)
    for language in ("kk", "ru"):
        t = t_of(language)
        assert plain(t("Nobody has been told of this yet.")) in plain(told_page(t, 1, empty).text)
