"""Refusals of what was typed: numbers, codes, contacts, texts, terms and days."""

from __future__ import annotations

from collections.abc import Mapping

from domain.errors import RuleBroken
from handlers.views.errors.told import Teller, Told, day, field_name, number
from handlers.views.translator import lazy


def _not_positive(error: RuleBroken) -> Told:
    match error.params.get("field"):
        case "quantity":
            return Told(
                lazy("The volume must be more than zero."), lazy("Type it like this: 1 250,5")
            )
        case "days":
            return Told(
                lazy("The number of days must be more than zero."), lazy("Type it like this: 90")
            )
    return Told(lazy("The sum must be more than zero."), lazy("Type it like this: 1 250 000,50"))


NUMBERS: Mapping[str, Teller] = {
    "not_positive": _not_positive,
    "money_format": Told(
        lazy("This cannot be read as a sum."),
        lazy("Type digits only, in tenge, like this: 1 250 000,50"),
    ),
    "money_ambiguous": Told(
        lazy("This sum can be read in two ways."),
        lazy("Put spaces between thousands and a comma before tiyn, like this: 1 250 000,50"),
    ),
    "money_decimals": Told(
        lazy("There are too many digits after the comma. At most: {places}."),
        lazy("Type the sum like this: 1 250 000,50"),
    ),
    "money_too_large": Told(
        lazy("This sum is too large."),
        lazy("Check whether there are too many zeros."),
    ),
    "quantity_format": Told(
        lazy("This cannot be read as a volume."),
        lazy("Type digits only, without the unit, like this: 1 250,5"),
    ),
    "quantity_with_unit": Told(
        lazy("Only the number is needed here, without the unit and without words."),
        lazy("Type the whole number in digits, like this: 1 250,5"),
    ),
    "quantity_ambiguous": Told(
        lazy("This volume can be read in two ways."),
        lazy("Put spaces between thousands and one comma, like this: 1 250,5"),
    ),
    "quantity_decimals": Told(
        lazy("There are too many digits after the comma. At most: {places}."),
        lazy("Type the volume like this: 1 250,5"),
    ),
    "quantity_too_large": Told(
        lazy("This volume is too large."),
        lazy("Check whether there are too many zeros."),
    ),
    "days_format": Told(
        lazy("This cannot be read as a number of days."),
        lazy("Type a whole number, like this: 90"),
    ),
    "percent_format": Told(
        lazy("This cannot be read as a share in percent."),
        lazy("Type a number from 0 to 100, like this: 62,5"),
    ),
    "local_content_range": Told(
        lazy("The in-country value is a share in percent."),
        lazy("Give a number from 0 to 100."),
    ),
}

CODES: Mapping[str, Teller] = {
    "bin_format": Told(
        lazy("A BIN or IIN has 12 digits."),
        lazy("Check the number and type it again."),
    ),
    "bin_check_digit": Told(
        lazy("There is a mistake in this BIN or IIN: its last digit does not fit the others."),
        lazy("Compare it with the document and type it again."),
    ),
    "bin_repeated": Told(
        lazy("This BIN or IIN stands twice: {bin}."),
        lazy("Keep it once."),
    ),
    "phone_invalid": Told(
        lazy("This is not a phone number."),
        lazy("Type it like this: +7 701 123 45 67"),
    ),
    "email_invalid": Told(
        lazy("This is not an e-mail address."),
        lazy("Type it like this: name@example.kz"),
    ),
    "ens_tru_format": Told(
        lazy("This is not an ENS TRU code."),
        lazy("It looks like this: 222121.500.000001"),
    ),
    "agsk3_format": Told(
        lazy("This is not an AGSK-3 code."),
        lazy("It looks like this: 241-101-0103"),
    ),
    "tn_ved_format": Told(
        lazy("This is not a TN VED code."),
        lazy("It has 10 digits, like this: 7304110001"),
    ),
    "classifier_format": Told(
        lazy("This is not a code of the classifier."),
        lazy("Only digits, dots and dashes can stand in it."),
    ),
    "status_unknown": Told(
        lazy("There is no such status of a company."),
        lazy("Choose one of the statuses of the form."),
    ),
}

TEXTS: Mapping[str, Teller] = {
    "text_missing": Told(
        lazy("This must be filled in: {field}."),
        None,
        {"field": field_name},
    ),
    "reason_too_short": Told(
        lazy("The reason is too short: at least {minimum} letters are needed."),
        lazy("Say what happened, for example: the production line is under repair until March."),
    ),
    "ground_too_short": Told(
        lazy("The ground is too short: at least {minimum} letters are needed."),
        lazy("Name the document or the event, for example: letter No. 15 of 20 November 2026."),
    ),
    "fault_too_short": Told(
        lazy("This is too short: at least {minimum} letters are needed."),
        lazy("Say what does not work, for example: the order does not open."),
    ),
    "good_number_unknown": Told(
        lazy("There is no good with this number on the list."),
        lazy("Type a number from 1 to {maximum}, or press a button."),
    ),
    "text_too_long": Told(
        lazy("The text is too long: {field}. Characters: {length}."),
        lazy("Shorten it. At most: {limit}."),
        {"field": field_name, "length": number, "limit": number},
    ),
}

TIMES: Mapping[str, Teller] = {
    "date_format": Told(
        lazy("This is not a date."),
        lazy("Type it like this: 24.11.2026"),
    ),
    "bad_term": Told(
        lazy("This is not a term: {text}."),
        lazy(
            "Terms look like this: 2wd for working days, 30d for calendar days, 1h for hours, "
            "90wm for working minutes."
        ),
    ),
    "term_too_long": Told(
        lazy("The term is too long: {text}."),
        lazy("The longest: {longest}."),
    ),
    "calendar_range": Told(
        lazy("The working calendar does not reach this day: {day}."),
        lazy("Its first year: {first}. Its last year: {last}."),
        {"day": day},
    ),
    "override_repeated": Told(
        lazy("There are two decisions on one day: {day}."),
        lazy("Keep one of them."),
        {"day": day},
    ),
    "naive_time": Told(
        lazy("The time does not say its zone: {text}."),
        lazy("Add it. For Astana: +05:00."),
    ),
    "zone_outdated": Told(
        lazy("The system does not know the time of Astana, so no deadline can be counted."),
        lazy("Update the time zone data (the tzdata package) and start again."),
    ),
}

TYPED: Mapping[str, Teller] = {**NUMBERS, **CODES, **TEXTS, **TIMES}
