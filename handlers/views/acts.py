"""Names of the acts on record and of the moments that come due, for reading the record."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.views.broadcast_acts import BROADCAST_ACTS, BROADCAST_MOMENTS
from handlers.views.channel_acts import CHANNEL_ACTS
from handlers.views.duty_acts import DUTY_ACTS
from handlers.views.operation_acts import OPERATION_ACTS, OPERATION_MOMENTS
from handlers.views.preference_acts import PREFERENCE_ACTS
from handlers.views.recording_acts import RECORDING_ACTS, RECORDING_MOMENTS
from handlers.views.support_acts import SUPPORT_ACTS, SUPPORT_MOMENTS
from handlers.views.terms import DEADLINE_KINDS
from handlers.views.translator import Html, Lazy, Translator, escape, lazy
from handlers.views.webhook_acts import WEBHOOK_ACTS

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
    "health.gap": lazy("Own outage put on record", context="act"),
    "incident.act": lazy("Approved act on a fault entered", context="act"),
    "incident.agree": lazy("Level of a fault agreed", context="act"),
    "incident.apply": lazy("Deadlines moved by a fault", context="act"),
    "incident.close": lazy("Incident closed", context="act"),
    "incident.confirm": lazy("Fault confirmed", context="act"),
    "incident.hold": lazy("Deadlines held during the analysis", context="act"),
    "incident.join": lazy("Incident joined to another one", context="act"),
    "incident.take": lazy("Reports of another incident taken", context="act"),
    "incident.level": lazy("Level of a fault proposed", context="act"),
    "incident.mend": lazy("Fault mended", context="act"),
    "incident.open": lazy("Incident opened", context="act"),
    "incident.owner_told": lazy("Report on a fault given to the owner", context="act"),
    "incident.plan": lazy("Time of mending announced", context="act"),
    "incident.refutation_told": lazy("Refutation told", context="act"),
    "incident.refute": lazy("Fault refuted", context="act"),
    "incident.reopen": lazy("Incident reopened", context="act"),
    "incident.report": lazy("Fault reported", context="act"),
    "incident.return": lazy("Level of a fault returned", context="act"),
    "incident.undo": lazy("Consequence of a fault undone", context="act"),
    "incident.left": lazy("Left as it is, though a fault touched it", context="act"),
    "incident.spare": lazy("Procedure found not influenced by a fault", context="act"),
    "incident.witness": lazy("Incident opened by an outage", context="act"),
    "integrations.create_token": lazy("API token made", context="act"),
    "integrations.keep_file": lazy("File taken in", context="act"),
    "integrations.revoke_token": lazy("API token revoked", context="act"),
    "maintenance.announce": lazy("Works announced", context="act"),
    "maintenance.cancel": lazy("Works cancelled", context="act"),
    "maintenance.finish": lazy("Works finished early", context="act"),
    "maintenance.prolong": lazy("Works prolonged", context="act"),
    "notices.read": lazy("Notices read", context="act"),
    "offer.submit": lazy("Price offer submitted", context="act"),
    "offer.withdraw": lazy("Price offer withdrawn", context="act"),
    "order.attach": lazy("File attached to the order", context="act"),
    "desk.add": lazy("Group made a desk", context="act"),
    "desk.language": lazy("Language of a desk chosen", context="act"),
    "desk.lost": lazy("Desk cannot be reached", context="act"),
    "desk.moved": lazy("Desk moved to another group", context="act"),
    "desk.note_mode": lazy("Notes of a topic begun or ended", context="act"),
    "desk.off": lazy("Desk ended", context="act"),
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
    **SUPPORT_ACTS,
    **RECORDING_ACTS,
    **WEBHOOK_ACTS,
    **CHANNEL_ACTS,
    **BROADCAST_ACTS,
    **OPERATION_ACTS,
    **DUTY_ACTS,
    **PREFERENCE_ACTS,
}

#: What the sweep does when a moment comes, by the kind of the deadline.
MOMENTS: Mapping[str, Lazy] = {
    **SUPPORT_MOMENTS,
    **RECORDING_MOMENTS,
    **BROADCAST_MOMENTS,
    **OPERATION_MOMENTS,
    "offer_window": lazy("Price offers closed", context="act"),
    "selection": lazy("Selection overdue", context="act"),
    "overdue.selection": lazy("Selection still overdue", context="act"),
    "confirmation": lazy("Confirmation lapsed", context="act"),
    "contract": lazy("Contract overdue", context="act"),
    "overdue.contract": lazy("Contract still overdue", context="act"),
    "remind.me": lazy("Own reminder", context="act"),
    "remind.own": lazy("Own reminder", context="act"),
    "incident.decide": lazy("Decision on a fault overdue", context="act"),
    "incident.agree": lazy("Level of a fault not agreed in time", context="act"),
    "incident.refutation": lazy("Refutation not told in time", context="act"),
    "incident.announce": lazy("Fault not announced in time", context="act"),
    "incident.owner_report": lazy("Report to the owner overdue", context="act"),
    "incident.apply": lazy("Effects of a fault not applied in time", context="act"),
    "incident.extend": lazy("Deadlines followed a lasting fault", context="act"),
    "incident.tonight": lazy("Deadlines that end tonight looked at", context="act"),
    "incident.refutation_check": lazy("Word of a refutation looked after", context="act"),
    "overdue.incident.decide": lazy("Decision on a fault still overdue", context="act"),
    "overdue.incident.agree": lazy("Level of a fault still not agreed", context="act"),
    "overdue.incident.refutation": lazy("Refutation still not told", context="act"),
    "overdue.incident.announce": lazy("Fault still not announced", context="act"),
    "overdue.incident.apply": lazy("Effects of a fault still not applied", context="act"),
    "overdue.incident.owner_report": lazy("Report to the owner still overdue", context="act"),
    "maintenance.remind": lazy("Reminder of works sent", context="act"),
    "maintenance.start": lazy("Works begun", context="act"),
    "maintenance.end": lazy("Works over", context="act"),
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
