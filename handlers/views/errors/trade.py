"""Refusals of orders, price offers, selections, confirmations and contracts."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.views.errors.told import Teller, Told, megabytes, money, named, number
from handlers.views.terms import AWARD_OUTCOMES, ORDER_STATES
from handlers.views.translator import lazy

_STATE = {"state": named(ORDER_STATES)}

ORDERS: Mapping[str, Teller] = {
    "order_unknown": Told(
        lazy("Order No. {number} is not found."),
        lazy("Check the number. You see only the orders that are open to your company."),
    ),
    "order_not_draft": Told(
        lazy("Order No. {number} can no longer be changed. Its state: {state}."),
        lazy("Open the order to see what comes next."),
        _STATE,
    ),
    "order_empty": Told(
        lazy("There are no goods in the order."),
        lazy("Add at least one line."),
    ),
    "order_too_many_lines": Told(
        lazy("There are too many lines in the order. At most: {maximum}."),
        lazy("Split the goods into several orders."),
    ),
    "order_mixed": Told(
        lazy("The goods of the order belong to different groups. Groups: {groups}."),
        lazy("Split the order so that each one holds goods of one group."),
    ),
    "code_missing": Told(
        lazy("The goods code is missing."),
        lazy("Give the ENS TRU or the AGSK-3 code: producers are found by it."),
    ),
    "delivery_too_short": Told(
        lazy("The delivery period is too short. Given, in calendar days: {days}."),
        lazy("From the contract date, give at least this many calendar days: {minimum}."),
    ),
    "days_too_many": Told(
        lazy("That is too many days."),
        lazy("The largest number of days: {maximum}."),
        {"maximum": number},
    ),
    "not_a_customer": Told(
        lazy("The company is not on the list of customers. BIN: {bin}."),
        lazy("Check the BIN, or ask the administrator to add the customer."),
    ),
    "file_too_big": Told(
        lazy("The file is too large."),
        lazy("Send a file of at most {limit} MB."),
        {"limit": megabytes},
    ),
    "file_is_program": Told(
        lazy("This file is a program: {name}. Programs are not taken."),
        lazy("Send a document, a picture or an archive: PDF, Word, Excel, JPG, PNG, ZIP or DWG."),
    ),
    "file_kind_unknown": Told(
        lazy("Files of this kind are not taken: {name}."),
        lazy("Send a document, a picture or an archive: PDF, Word, Excel, JPG, PNG, ZIP or DWG."),
    ),
    "file_not_received": Told(
        lazy("The file did not arrive from Telegram."),
        lazy("Please send it once more. What you typed is kept."),
    ),
    "file_unknown": Told(
        lazy("This file is not found."),
        lazy("Open the order and try again, or send the file once more."),
    ),
    "photo_not_picture": Told(
        lazy("A photo of the goods must be a picture."),
        lazy("Send an image file: JPG or PNG."),
    ),
    "too_many_files": Told(
        lazy("No more files can be added. At most: {limit}."),
        lazy("Put several documents together in one file."),
    ),
    "reminder_out_of_window": Told(
        lazy("A reminder must come later than now and before the price offers close."),
        lazy("Choose another time."),
    ),
    "not_invited": Told(
        lazy(
            "Your company is not invited to order No. {number}: its goods in the registry "
            "do not match the codes of the order."
        ),
        lazy("If you make such goods, have them added to the registry of producers."),
    ),
}

OFFERS: Mapping[str, Teller] = {
    "window_closed": Told(
        lazy("Price offers are closed. The deadline was: {due_at}."),
        lazy("An offer can no longer be submitted, changed or withdrawn."),
    ),
    "order_not_collecting": Told(
        lazy("Price offers for this order are not taken now. Its state: {state}."),
        lazy("Open the order to see what comes next."),
        _STATE,
    ),
    "offer_above_need": Told(
        lazy("The volume is more than the order needs."),
        lazy("The largest volume: {needed}."),
    ),
    "photo_missing": Told(
        lazy("There is no photo of the goods."),
        lazy("Send at least one photo."),
    ),
    "offer_empty": Told(
        lazy("There is nothing in the offer yet."),
        lazy("Fill in at least one line of the order."),
    ),
    "line_unknown": Told(
        lazy("The order has no line {line}."),
        lazy("Open the order again and choose one of its lines."),
    ),
    "line_twice": Told(
        lazy("Line {line} stands in the offer twice."),
        lazy("Keep it once."),
    ),
    "line_not_matched": Told(
        lazy(
            "Line {line} is not open to your company: your goods in the registry do not match "
            "its code."
        ),
        lazy("Make an offer for the lines of your invitation."),
    ),
    "no_offer": Told(
        lazy("You have no submitted offer for order No. {number}."),
        lazy("Open the order: until the deadline you can make one."),
    ),
    "sealed": Told(
        lazy("The offers are sealed until the deadline: {due_at}."),
        lazy("After that they open by themselves, and the customer gets the summary."),
    ),
}

AWARDS: Mapping[str, Teller] = {
    "order_not_choosing": Told(
        lazy("Suppliers cannot be chosen now. The state of the order: {state}."),
        lazy("Open the order to see what comes next."),
        _STATE,
    ),
    "selection_empty": Told(
        lazy("No supplier is chosen yet."),
        lazy("Give a volume to at least one supplier."),
    ),
    "award_above_need": Told(
        lazy("Line {line}: the chosen volume is more than is still needed."),
        lazy("The largest volume in all: {available}."),
    ),
    "award_above_allocated": Told(
        lazy(
            "Line {line}: the chosen volumes cost {price}, more than is left of the allocated sum."
        ),
        lazy("What is left: {available}. Reduce the volumes or choose other suppliers."),
        {"price": money, "available": money},
    ),
    "award_not_in_list": Told(
        lazy("Line {line}: this supplier has no accepted offer."),
        lazy("Choose from the list of accepted offers."),
    ),
    "award_gave_up": Told(
        lazy("Line {line}: this supplier has already refused or did not answer in time."),
        lazy("Choose another supplier from the list."),
    ),
    "award_above_offer": Told(
        lazy("Line {line}: the volume is more than the supplier has offered."),
        lazy("The largest volume: {available}."),
    ),
    "award_too_small": Told(
        lazy("Line {line}: the volume is so small that it costs nothing."),
        lazy("Give a larger volume."),
    ),
    "award_twice": Told(
        lazy("Line {line}: the same supplier is chosen twice."),
        lazy("Put both volumes together."),
    ),
    "award_unknown": Told(
        lazy("This order for confirmation is not found."),
        lazy("Open your list of orders and try again."),
    ),
    "award_decided": Told(
        lazy("The answer has already been given: {outcome}."),
        lazy("It cannot be changed. Open the order to see the details."),
        {"outcome": named(AWARD_OUTCOMES)},
    ),
    "award_lapsed": Told(
        lazy("The time to answer is over. The deadline was: {due_at}."),
        lazy("The customer can now choose another supplier."),
    ),
    "no_protocol": Told(
        lazy("Order No. {number} has no protocol yet."),
        lazy("It is formed by itself after the first confirmation or refusal."),
    ),
}

CONTRACTS: Mapping[str, Teller] = {
    "contract_unknown": Told(
        lazy("This contract is not found."),
        lazy("Open the order and try again."),
    ),
    "nothing_to_contract": Told(
        lazy("The supplier has no confirmed volume that waits for a contract."),
        lazy("Open the order: the contract may already be entered."),
    ),
    "contract_date_future": Told(
        lazy("The date of the contract has not come yet: {day}."),
        lazy("The latest date that can be given: {today}."),
    ),
    "contract_date_early": Told(
        lazy("The date of the contract is before the confirmation: {day}."),
        lazy("The earliest date that can be given: {since}."),
    ),
    "contract_concluded": Told(
        lazy("The contract is already concluded. Contract number: {number}."),
        lazy("There is nothing more to do here."),
    ),
    "contract_replaced": Told(
        lazy("The contract was entered anew or withdrawn. Old number: {number}."),
        lazy("Open the order to see what is in force."),
    ),
    "contract_own_entry": Told(
        lazy("Your side entered this contract, so the other side has to agree."),
        lazy("Wait for its answer: you will be told."),
    ),
}

TRADE: Mapping[str, Teller] = {**ORDERS, **OFFERS, **AWARDS, **CONTRACTS}
