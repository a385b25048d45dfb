"""Names of acts on webhooks, for reading the record."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.views.translator import Lazy, lazy

WEBHOOK_ACTS: Mapping[str, Lazy] = {
    "webhook.create": lazy("Webhook made", context="act"),
    "webhook.change": lazy("Webhook changed", context="act"),
    "webhook.rotate": lazy("Secret of a webhook changed", context="act"),
    "webhook.enable": lazy("Webhook enabled", context="act"),
    "webhook.disable": lazy("Webhook disabled", context="act"),
    "webhook.remove": lazy("Webhook removed", context="act"),
    "webhook.test": lazy("Webhook tested", context="act"),
    "webhook.replay": lazy("Events of a webhook sent again", context="act"),
    "webhook.fail": lazy("Webhook disabled, as its server does not take events", context="act"),
}
