"""Names of the acts on record and of the moments that come due, for reading the record."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.views.terms import DEADLINE_KINDS
from handlers.views.translator import Html, Lazy, Translator, escape, lazy

#: By the names of the use cases, and of the entries that follow from them.
ACTS: Mapping[str, Lazy] = {
    "award.confirm": lazy("Order confirmed by the supplier", context="act"),
    "award.confirm_all": lazy("All selected lines confirmed", context="act"),
    "award.lapse": lazy("Confirmation lapsed", context="act"),
    "award.refuse": lazy("Order refused by the supplier", context="act"),
    "award.select": lazy("Suppliers chosen", context="act"),
    "contract.agree": lazy("Contract agreed", context="act"),
    "contract.dispute": lazy("Contract entry disputed", context="act"),
    "contract.enter": lazy("Contract entered", context="act"),
    "deadline.moved": lazy("Deadline moved", context="act"),
    "goods_lists.put": lazy("Goods list taken in", context="act"),
    "integrations.create_token": lazy("API token made", context="act"),
    "integrations.keep_file": lazy("File taken in", context="act"),
    "integrations.revoke_token": lazy("API token revoked", context="act"),
    "notices.read": lazy("Notices read", context="act"),
    "offer.submit": lazy("Price offer submitted", context="act"),
    "offer.withdraw": lazy("Price offer withdrawn", context="act"),
    "order.attach": lazy("File attached to the order", context="act"),
    "order.create": lazy("Order drafted", context="act"),
    "order.decline": lazy("Invitation declined", context="act"),
    "order.detach": lazy("File taken off the order", context="act"),
    "order.discard": lazy("Draft discarded", context="act"),
    "order.publish": lazy("Order published", context="act"),
    "order.remind_me": lazy("Own reminder set", context="act"),
    "order.revise": lazy("Draft changed", context="act"),
    "people.choose_language": lazy("Language chosen", context="act"),
    "people.consent": lazy("Consent given", context="act"),
    "people.decide_registration": lazy("Registration decided", context="act"),
    "people.ensure_admins": lazy("Administrators set", context="act"),
    "people.first_contact": lazy("First contact", context="act"),
    "people.grant_role": lazy("Role granted", context="act"),
    "people.invite": lazy("Invitation made", context="act"),
    "people.invite_again": lazy("Invitation made anew", context="act"),
    "people.reachable": lazy("Person can be reached again", context="act"),
    "people.register": lazy("Registration received", context="act"),
    "people.resume": lazy("Account resumed", context="act"),
    "people.revoke_role": lazy("Role revoked", context="act"),
    "people.share_contact": lazy("Phone number given", context="act"),
    "people.suspend": lazy("Account suspended", context="act"),
    "people.switch": lazy("Company or role switched", context="act"),
    "people.unreachable": lazy("Person blocked the bot", context="act"),
    "protocol.form": lazy("Protocol of results formed", context="act"),
    "registry.import_producers": lazy("Registry taken in", context="act"),
    "registry.put_customer": lazy("Customer taken in", context="act"),
    "registry.put_producer": lazy("Producer taken in", context="act"),
    "registry.status": lazy("Company status changed", context="act"),
    "working_time.apply": lazy("Working days changed", context="act"),
}

#: What the sweep does when a moment comes, by the kind of the deadline.
MOMENTS: Mapping[str, Lazy] = {
    "offer_window": lazy("Price offers closed", context="act"),
    "selection": lazy("Selection overdue", context="act"),
    "overdue.selection": lazy("Selection still overdue", context="act"),
    "confirmation": lazy("Confirmation lapsed", context="act"),
    "contract": lazy("Contract overdue", context="act"),
    "overdue.contract": lazy("Contract still overdue", context="act"),
    "remind.me": lazy("Own reminder", context="act"),
}


def act(t: Translator, action: str) -> Html:
    """The name of an act on record; an unknown one as it is written."""
    if action in ACTS:
        return t(ACTS[action])
    kind = action.removeprefix("due.")
    return moment_name(t, kind) if kind != action else escape(action)


def moment_name(t: Translator, kind: str) -> Html:
    """The name of what happens when a deadline of this kind comes due."""
    if kind in MOMENTS:
        return t(MOMENTS[kind])
    if kind.startswith("remind."):
        return t.context("act", "Reminder sent")
    return escape(kind)


def deadline_name(t: Translator, kind: str) -> Html:
    """The name of a running deadline, a reminder or a repetition."""
    if kind in DEADLINE_KINDS:
        return t(DEADLINE_KINDS[kind])
    if kind.startswith("remind."):
        return t.context("act", "Reminder set for")
    return moment_name(t, kind)


def who(t: Translator, name: str) -> Html:
    """Who acted; the platform itself where nobody did."""
    return escape(name) if name else t("the platform itself")
