"""What people do on an order's way, press by press, as the screens lead them."""

from __future__ import annotations

from domain.registry.views import CompanyView
from handlers.views.menus import ACTIONS
from handlers.views.terms import UNITS
from handlers.views.translator import plain
from tests.e2e.player import Hand
from tests.support.factories import PIPE


async def publish(customer: Hand) -> None:
    """From the menu to the publication."""
    await customer.choose(ACTIONS["new_order"])
    await customer.press("Form in the chat")
    await customer.say("Труба стальная Ø325х8")
    await customer.press("Skip")
    await customer.say(PIPE)
    await customer.say("100")
    await customer.press_shown(plain(customer.t(UNITS["m"])))
    await customer.say("1 000 000,00")
    await customer.say("ГОСТ 10704, сталь Ст20")
    await customer.press("Continue")
    await customer.say("Астана, склад 3")
    await customer.say("Одной партией, разгрузка поставщиком")
    await customer.say("90")
    await customer.press("Continue")
    await customer.press("Save the draft")
    await customer.press("Preview")
    await customer.press("Publish")
    await customer.press("Yes, publish")


async def fill_offer(supplier: Hand, price: str, *, warned: bool = False) -> None:
    """Each step of an offer, from the invitation to the press that submits."""
    await supplier.press("Make an offer")
    await supplier.press_like("All ({quantity})")
    await supplier.say(price)
    await supplier.say("75")
    await supplier.press("As required")
    await supplier.send_photo()
    await supplier.press("Done, go on")
    await supplier.press("Skip")
    await supplier.press("Submit all the same" if warned else "Submit")


async def give(customer: Hand, company: CompanyView, volume: str) -> None:
    """Set a supplier's volume by hand."""
    name = company.name_kk if customer.language == "kk" else company.name_ru
    await customer.press_shown(name)
    await customer.say(volume)


async def enter_contract(supplier: Hand, number: str) -> None:
    """One side enters what was signed on paper."""
    await supplier.press("Enter the contract")
    await supplier.say(number)
    await supplier.press("Today")
    await supplier.press("Without a file")
    await supplier.press("Enter the contract")
