"""Refusals of integrations, goods lists and changes of the working calendar."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.views.errors.told import Teller, Told, number
from handlers.views.translator import lazy

INTEGRATIONS: Mapping[str, Teller] = {
    "token_invalid": Told(
        lazy("The token is missing or not known."),
        lazy("Send the header Authorization: Bearer with a valid token."),
    ),
    "token_name_taken": Told(
        lazy("There is already a token with this name: {name}."),
        lazy("Choose another name, or revoke the old token."),
    ),
    "token_unknown": Told(
        lazy("There is no token with this name: {name}."),
        lazy("Look at the list of tokens."),
    ),
    "token_revoked": Told(
        lazy("This token has already been revoked: {name}."),
        lazy("There is nothing to do."),
    ),
    "scope_unknown": Told(
        lazy("There is no such scope of a token: {scope}."),
        lazy("Choose integration, read or webhooks."),
    ),
    "token_company": Told(
        lazy("A token for webhooks is for one company, any other is for none."),
        lazy("Give a BIN with the scope webhooks, and only with it."),
    ),
    "idempotency_key_format": Told(
        lazy("The Idempotency-Key cannot be used."),
        lazy("It has from 1 to {limit} visible ASCII characters."),
    ),
    "idempotency_key_reused": Told(
        lazy("This Idempotency-Key has been used with another request."),
        lazy("Use a new key for a new request."),
    ),
    "request_in_work": Told(
        lazy("The same request is still being processed."),
        lazy("Send it again in a moment: the answer will be the same."),
    ),
}

GOODS_LISTS: Mapping[str, Teller] = {
    "goods_list_unknown": Told(
        lazy("This goods list is not found."),
        lazy("Open the list of projects and choose again."),
    ),
    "goods_list_empty": Told(
        lazy("There are no goods in the list."),
        lazy("Add at least one item and send it again."),
    ),
    "goods_list_item_unknown": Told(
        lazy("The goods list has no such item."),
        lazy("Open the list and choose one of its items."),
    ),
    "item_repeated": Told(
        lazy("This item number stands in the list twice: {item}."),
        lazy("Give each item its own number."),
    ),
}

CALENDAR: Mapping[str, Teller] = {
    "override_empty": Told(
        lazy("No day is given."),
        lazy("Give at least one day."),
    ),
    "override_too_many": Told(
        lazy("There are too many days. At most: {maximum}."),
        lazy("Change them in several steps."),
        {"maximum": number},
    ),
    "override_unchanged": Told(
        lazy("The calendar already says so: nothing would change."),
        lazy("Check the day and the decision."),
    ),
    "override_past": Told(
        lazy("With this change some running deadlines would already be over."),
        lazy("Nobody may become late by a change of the calendar. Choose other days."),
    ),
    "calendar_changed": Told(
        lazy("The working calendar has changed since the preview."),
        lazy("Look at the preview again and confirm it."),
    ),
}

API: Mapping[str, Teller] = {**INTEGRATIONS, **GOODS_LISTS, **CALENDAR}
