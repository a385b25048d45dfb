"""A webhook that was disabled is enabled again from its notice, by whoever may."""

from __future__ import annotations

from bot.channels.webhooks import WebhookSender
from domain.roles import Role
from domain.webhooks.addresses import Allowed
from handlers.views.notices import render
from tests.bot.channels.webhooks.receiver import receiving, status
from tests.domain.stage import Side, Stage
from tests.domain.webhooks.conftest import console
from tests.support.chat import Town, said, t_of
from tests.support.factories import make_customer


async def test_the_head_enables_it_and_sends_what_it_missed(town: Town) -> None:
    t = t_of("ru")
    company = await make_customer(town.site)
    dana = await town.person("Дана", role=Role.CUSTOMER, company=company)
    other = await town.person("Ерлан", role=Role.CUSTOMER, company=await make_customer(town.site))
    webhooks = town.services.webhooks
    webhooks.allowed = Allowed.of(["127.0.0.1"])
    sender = WebhookSender(webhooks)
    async with receiving(town.clock) as receiver:
        made, receiver.secret = await webhooks.create(
            console(), receiver.url, company_bin=company.bin
        )
        receiver.answers = [status(410)]
        stage = Stage(town.site, town.clock)
        await stage.order(Side(company, await town.actor(dana)))
        await sender.drain()
        page = await town.services.notices.page(await town.actor(dana), None, 20)
        (told,) = [each for each in page.notices if each.kind == "webhook.disabled"]
        shown = render(t, told, town.clock.now())
        assert company.name_ru in shown.text
        assert shown.keyboard is not None
        data = shown.keyboard.inline_keyboard[0][0].callback_data
        assert data == f"1:webhook.on:{made.id}"
        await dana.say("/notices")
        card = await dana.wait_for(lambda each: bool(each.buttons))
        # Of another company: the right is looked at when the button is pressed.
        await other.say("/notices")
        theirs = await other.wait_for(lambda each: bool(each.text))
        pressed = await other.press_data(data, theirs.id, forged=True)
        assert (await other.wait_answer(pressed)).show_alert
        assert (await webhooks.one(console(), made.id)).state == "disabled"
        await dana.press_data(data, card.id, forged=True)
        enabled = await dana.wait_for(
            lambda each: any("webhook.replay" in (b.data or "") for b in each.buttons)
        )
        assert said(t, "New events go to it again.") in enabled.text
        assert (await webhooks.one(console(), made.id)).state == "enabled"
        await dana.press_data(f"1:webhook.replay:{made.id}", enabled.id)
        await dana.wait_for(lambda each: "3" in each.text and each.id > enabled.id)
        await sender.drain()
        assert receiver.types == [
            "order.published",
            "order.published",
            "protocol.formed",
            "order.failed",
        ]
        # A press of long ago is an ordinary event with its own answer.
        again = await dana.press_data(data, card.id, forged=True)
        assert (await dana.wait_answer(again)).show_alert
    await sender.close()
