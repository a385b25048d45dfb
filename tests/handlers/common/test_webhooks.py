"""A webhook that was disabled is enabled again from its notice, by whoever may."""

from __future__ import annotations

from bot.channels.webhooks import WebhookSender
from bot.sandbox.client import Message
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


async def test_the_head_finds_lists_and_switches_their_webhooks(town: Town) -> None:
    t = t_of("kk")
    company = await make_customer(town.site)
    dana = await town.person("Дана", role=Role.CUSTOMER, company=company, language="kk")
    webhooks = town.services.webhooks
    await dana.say("/webhooks")
    empty = await dana.wait_for(lambda each: said(t, "There are none. A webhook") in each.text)
    assert empty.buttons == []
    made = [
        (
            await webhooks.create(
                console(), f"https://e{n}.example.kz/", ["order.failed"], company_bin=company.bin
            )
        )[0]
        for n in range(6)
    ]
    await webhooks.create(console(), "https://platform.example.kz/")
    await dana.say("/webhooks")
    first = await dana.wait_for(lambda each: "e0.example.kz" in each.text)
    assert "e4.example.kz" in first.text
    assert "e5.example.kz" not in first.text
    await dana.press_data(f"1:webhook.list:{made[4].id}", first.id)
    second = await dana.wait_for(lambda each: "e5.example.kz" in each.text)
    assert "platform.example.kz" not in second.text
    number = made[5].id
    await dana.press_data(f"1:webhook.card:{number}", second.id)
    card = await dana.wait_for(lambda each: f"webhook.ask:{number}" in _data(each))
    assert said(t, "Nothing has been sent to it yet.") in card.text
    # By its name for people, not by that of the API.
    assert "Сатып алу өтпеді" in card.text
    assert "order.failed" not in card.text
    await dana.press_data(f"1:webhook.ask:{number}", card.id)
    asked = await dana.wait_for(lambda each: f"webhook.off:{number}" in _data(each))
    assert (await webhooks.one(console(), number)).state == "enabled"
    await dana.press_data(f"1:webhook.off:{number}", asked.id)
    off = await dana.wait_for(lambda each: f"webhook.on:{number}" in _data(each))
    assert (await webhooks.one(console(), number)).disabled_why == "owner"
    # Pressed once more by somebody who saw the old card: it says so and shows how it stands.
    pressed = await dana.press_data(f"1:webhook.off:{number}", off.id, forged=True)
    assert (await dana.wait_answer(pressed)).text
    await dana.press_data(f"1:webhook.on:{number}", off.id)
    await dana.wait_for(lambda each: said(t, "New events go to it again.") in each.text)
    assert (await webhooks.one(console(), number)).state == "enabled"


def _data(message: Message) -> str:
    return " ".join(each.data or "" for each in message.buttons)
