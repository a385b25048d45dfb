"""The events of webhooks by their names for people; programs know them by those of the API."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.views.acts import ACTS, MOMENTS
from handlers.views.translator import Html, Lazy, Translator, escape, lazy

#: What happens bears one name, whoever is told of it.
NAMES: Mapping[str, Lazy] = {
    "order.published": ACTS["order.publish"],
    "order.window_closed": MOMENTS["offer_window"],
    "order.failed": lazy("The purchase failed", context="event of the platform"),
    "order.undone": ACTS["incident.undo"],
    "offer.judged": lazy("Offers checked", context="event of the platform"),
    "award.selected": ACTS["award.select"],
    "award.confirmed": ACTS["award.confirm"],
    "award.refused": ACTS["award.refuse"],
    "award.lapsed": ACTS["award.lapse"],
    "selection.overdue": MOMENTS["selection"],
    "protocol.formed": ACTS["protocol.form"],
    "contract.proposed": ACTS["contract.enter"],
    "contract.concluded": ACTS["contract.agree"],
    "contract.disputed": ACTS["contract.dispute"],
    "contract.overdue": MOMENTS["contract"],
    "deadline.moved": ACTS["deadline.moved"],
    "company.status": ACTS["registry.status"],
    "works.announced": ACTS["maintenance.announce"],
    "works.prolonged": ACTS["maintenance.prolong"],
    "works.cancelled": ACTS["maintenance.cancel"],
    "calendar.changed": ACTS["working_time.apply"],
    "incident.confirmed": ACTS["incident.confirm"],
    "incident.mended": ACTS["incident.mend"],
    "incident.closed": ACTS["incident.close"],
    "ticket.opened": ACTS["ticket.open"],
    "ticket.answered": ACTS["ticket.answer"],
    "ticket.closed": ACTS["ticket.close"],
    "webhook.ping": lazy("Test message", context="event of the platform"),
}


def event_name(t: Translator, name: str) -> Html:
    """What happened; an event that is not in the catalogue any more, as the API wrote it."""
    return t(NAMES[name]) if name in NAMES else escape(name)
