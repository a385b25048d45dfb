"""Refusals of webhooks."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.views.errors.told import Teller, Told
from handlers.views.translator import lazy

WEBHOOKS: Mapping[str, Teller] = {
    "webhook_unknown": Told(
        lazy("There is no webhook No. {webhook}."),
        lazy("Look at the list of webhooks."),
    ),
    "webhook_enabled": Told(
        lazy("This webhook is already enabled."),
        lazy("There is nothing to do."),
    ),
    "webhook_disabled": Told(
        lazy("This webhook is disabled."),
        lazy("Enable it first."),
    ),
    "webhook_delivery_unknown": Told(
        lazy("This webhook has no delivery No. {delivery}."),
        lazy("Look at the list of its deliveries."),
    ),
    "webhook_delivery_open": Told(
        lazy("Delivery No. {delivery} is still on its way."),
        lazy("Wait until its outcome is known."),
    ),
    "webhook_url": Told(
        lazy("This cannot be the address of a webhook."),
        lazy("Give an https address without a user name and without #."),
    ),
    "webhook_https": Told(
        lazy("The address of a webhook must begin with https: {host}."),
        lazy("Give such an address, or let the administrator allow this host."),
    ),
    "webhook_private": Told(
        lazy("This address is not on the open internet: {host}."),
        lazy("Give another address, or let the administrator allow this network."),
    ),
    "webhook_event": Told(
        lazy("There is no such event: {unknown}."),
        lazy("Look at the list of events."),
    ),
    "webhook_too_many": Told(
        lazy("There can be at most {limit} webhooks."),
        lazy("Remove one that is not needed any more."),
    ),
    "webhook_of_platform": Told(
        lazy("Webhooks of the platform itself are made by its administrators alone."),
        lazy("Name the company for which this webhook is."),
    ),
    "webhook_overlap": Told(
        lazy("The old secret can stay valid for at most {limit} hours."),
        lazy("Give a shorter time."),
    ),
}
