"""Names of states, roles, kinds and units, marked once and translated where they are shown."""

from __future__ import annotations

from collections.abc import Mapping

from domain.terms import DayCode
from handlers.views.translator import Html, Lazy, Translator, escape, lazy

ORDER_STATES: Mapping[str, Lazy] = {
    "draft": lazy("Draft", context="order state"),
    "collecting": lazy("Collecting offers", context="order state"),
    "choosing": lazy("Choosing suppliers", context="order state"),
    "confirming": lazy("Waiting for confirmation", context="order state"),
    "contracting": lazy("Concluding the contract", context="order state"),
    "done": lazy("Completed", context="order state"),
    "failed": lazy("Failed", context="order state"),
}

OFFER_STATES: Mapping[str, Lazy] = {
    "draft": lazy("Draft", context="offer state"),
    "submitted": lazy("Submitted", context="offer state"),
    "withdrawn": lazy("Withdrawn", context="offer state"),
    "accepted": lazy("Accepted for comparison", context="offer state"),
    "rejected": lazy("Rejected", context="offer state"),
}

AWARD_STATES: Mapping[str, Lazy] = {
    "pending": lazy("Waiting for confirmation", context="award state"),
    "active": lazy("Confirmed", context="award state"),
    "unsuccessful": lazy("Not confirmed", context="award state"),
}

#: How an award was decided; more than its state tells.
AWARD_OUTCOMES: Mapping[str, Lazy] = {
    "confirmed": lazy("Confirmed", context="award state"),
    "refused": lazy("Refused", context="award state"),
    "lapsed": lazy("No answer in time", context="award state"),
    "annulled": lazy("Annulled: the procedure is run again", context="award state"),
}

CONTRACT_STATES: Mapping[str, Lazy] = {
    "proposed": lazy("Waiting for the other side", context="contract state"),
    "concluded": lazy("Concluded", context="contract state"),
    "withdrawn": lazy("Withdrawn", context="contract state"),
}

#: By the names of the periods in ``domain.law``, and the kinds of a request's own terms.
DEADLINE_KINDS: Mapping[str, Lazy] = {
    "offer_window": lazy("Price offers are taken until", context="deadline"),
    "selection": lazy("Choose suppliers by", context="deadline"),
    "confirmation": lazy("Confirm or refuse by", context="deadline"),
    "contract": lazy("Conclude the contract by", context="deadline"),
    "reselection": lazy("Choose other suppliers by", context="deadline"),
    "invitation_valid": lazy("The invitation is valid until", context="deadline"),
    "ticket.promise": lazy("Support answers by", context="deadline"),
    "escalate": lazy("Without an answer the next person is told", context="deadline"),
    "ticket.red": lazy("The request turns red", context="deadline"),
    "ticket.number": lazy("The number of the request is told by", context="deadline"),
    "ticket.decide": lazy("The request is decided by", context="deadline"),
    "ticket.closes": lazy("Without a reply the request closes", context="deadline"),
    "support.morning": lazy("The support desk opens", context="deadline"),
}

DEADLINE_STATES: Mapping[str, Lazy] = {
    "open": lazy("Running", context="deadline state"),
    "done": lazy("Met", context="deadline state"),
    "fired": lazy("Over", context="deadline state"),
    "moved": lazy("Moved", context="deadline state"),
    "cancelled": lazy("Cancelled", context="deadline state"),
    "dropped": lazy("Dropped", context="deadline state"),
}

INCIDENT_STATES: Mapping[str, Lazy] = {
    "analysing": lazy("Being analysed", context="incident state"),
    "confirmed": lazy("Confirmed", context="incident state"),
    "refuted": lazy("Refuted", context="incident state"),
    "closed": lazy("Closed", context="incident state"),
}

#: What is due on an incident, by the kind of the deadline.
INCIDENT_TERMS: Mapping[str, Lazy] = {
    "incident.decide": lazy("Confirm or refute the fault", context="term of an incident"),
    "incident.agree": lazy("Agree to the level or return it", context="term of an incident"),
    "incident.refutation": lazy("Tell of the refutation", context="term of an incident"),
    "incident.announce": lazy("Tell users when it will be mended", context="term of an incident"),
    "incident.owner_report": lazy("Give the written report", context="term of an incident"),
    "incident.apply": lazy("Apply the effects on deadlines", context="term of an incident"),
}

LEVELS: Mapping[str, Lazy] = {
    "low": lazy("low", context="level of a fault"),
    "medium": lazy("medium", context="level of a fault"),
    "high": lazy("high", context="level of a fault"),
}

LEVEL_STATES: Mapping[str, Lazy] = {
    "none": lazy("Not set", context="level state"),
    "proposed": lazy("Waiting for agreement", context="level state"),
    "agreed": lazy("Agreed", context="level state"),
    "returned": lazy("Returned", context="level state"),
    "informed": lazy("Owner informed", context="level state"),
}

MODULES: Mapping[str, Lazy] = {
    "offers": lazy("price offers", context="module"),
    "awards": lazy("selection and confirmation", context="module"),
    "contracts": lazy("contracts", context="module"),
}

#: What is watched for silence. An incident opened by it bears the bare name of the part as title.
PARTS: Mapping[str, Lazy] = {
    "platform": lazy("the platform itself", context="part of the platform"),
    "telegram": lazy("the link with Telegram", context="part of the platform"),
}

BROADCAST_STATES: Mapping[str, Lazy] = {
    "scheduled": lazy("Scheduled", context="broadcast state"),
    "running": lazy("Being sent", context="broadcast state"),
    "paused": lazy("Paused", context="broadcast state"),
    "stopped": lazy("Stopped", context="broadcast state"),
    "done": lazy("Finished", context="broadcast state"),
}

MAINTENANCE_STATES: Mapping[str, Lazy] = {
    "planned": lazy("Planned", context="maintenance state"),
    "running": lazy("Running", context="maintenance state"),
    "finished": lazy("Finished", context="maintenance state"),
    "cancelled": lazy("Cancelled", context="maintenance state"),
}

REGISTRATION_STATES: Mapping[str, Lazy] = {
    "pending": lazy("Under review", context="registration state"),
    "approved": lazy("Approved", context="registration state"),
    "refused": lazy("Refused", context="registration state"),
}

PERSON_STATES: Mapping[str, Lazy] = {
    "active": lazy("Active", context="account state"),
    "suspended": lazy("Suspended", context="account state"),
    "joined": lazy("Joined with another", context="account state"),
}

POSITIONS: Mapping[str, Lazy] = {
    "head": lazy("Head", context="position"),
    "contact": lazy("Contact person", context="position"),
}

ROLES: Mapping[str, Lazy] = {
    "supplier": lazy("Supplier", context="role"),
    "customer": lazy("Customer", context="role"),
    "support": lazy("Support operator", context="role"),
    "admin": lazy("Administrator", context="role"),
    "authority": lazy("Authorised body", context="role"),
    "technical_operator": lazy("Technical operator", context="role"),
    "observer": lazy("Observer", context="role"),
}

COMPANY_STATUSES: Mapping[str, Lazy] = {
    "active": lazy("Active", context="company status"),
    "bankrupt": lazy("In bankruptcy", context="company status"),
    "liquidation": lazy("In liquidation", context="company status"),
    "unfair": lazy("On the register of unfair participants", context="company status"),
    "excluded": lazy("Excluded from the registry", context="company status"),
}

REJECTIONS: Mapping[str, Lazy] = {
    "price_above_allocated": lazy("The price is above the allocated sum", context="rejection"),
    "delivery_beyond_limit": lazy(
        "The delivery period is beyond the limit of the order", context="rejection"
    ),
}

FAILURES: Mapping[str, Lazy] = {
    "15.1": lazy("The suppliers did not confirm the order", context="failure"),
    "15.2": lazy("The suppliers refused the order", context="failure"),
    "15.3": lazy("There are no potential suppliers for these goods", context="failure"),
}

#: Short unit names, as they stand after a number.
UNITS: Mapping[str, Lazy] = {
    "piece": lazy("pcs", context="unit"),
    "set": lazy("sets", context="unit"),
    "pair": lazy("pairs", context="unit"),
    "pack": lazy("packs", context="unit"),
    "roll": lazy("rolls", context="unit"),
    "m": lazy("m", context="unit"),
    "km": lazy("km", context="unit"),
    "m2": lazy("m²", context="unit"),
    "m3": lazy("m³", context="unit"),
    "kg": lazy("kg", context="unit"),
    "t": lazy("t", context="unit"),
    "l": lazy("l", context="unit"),
}

HOLIDAYS: Mapping[str, Lazy] = {
    "new_years_day": lazy("New Year", context="holiday"),
    "orthodox_christmas": lazy("Orthodox Christmas", context="holiday"),
    "international_womens_day": lazy("International Women's Day", context="holiday"),
    "constitution_day": lazy("Constitution Day", context="holiday"),
    "nowruz_holiday": lazy("Nauryz", context="holiday"),
    "kazakhstans_people_solidarity_holiday": lazy(
        "Day of Unity of the People of Kazakhstan", context="holiday"
    ),
    "defender_of_the_fatherland_day": lazy("Defender of the Fatherland Day", context="holiday"),
    "victory_day": lazy("Victory Day", context="holiday"),
    "eid_al_adha": lazy("First day of Kurban Ait", context="holiday"),
    "capital_day": lazy("Capital Day", context="holiday"),
    "republic_day": lazy("Republic Day", context="holiday"),
    "first_president_day": lazy("Day of the First President", context="holiday"),
    "independence_day": lazy("Independence Day", context="holiday"),
    "day_swap": lazy("Day exchanged by decision of the ministry", context="holiday"),
}

DAY_CODES: Mapping[DayCode, Lazy] = {
    DayCode.WORKING: lazy("Working day", context="day"),
    DayCode.WEEKEND: lazy("Weekend", context="day"),
    DayCode.HOLIDAY: lazy("Public holiday", context="day"),
    DayCode.MOVED_DAY_OFF: lazy("Moved day off", context="day"),
    DayCode.MOVED_WORKING_DAY: lazy("Moved working day", context="day"),
    DayCode.OVERRIDE_OFF: lazy("Day off by decision", context="day"),
    DayCode.OVERRIDE_WORKING: lazy("Working day by decision", context="day"),
    DayCode.START_DAY: lazy("Day of the event, not counted", context="day"),
    DayCode.ROLLED_TO: lazy("The term moves to this working day", context="day"),
    DayCode.OUTSIDE_HOURS: lazy("Outside working hours", context="day"),
    DayCode.CLOCK: lazy("The hours run on the clock", context="day"),
}


def unit(t: Translator, code: str) -> Html:
    """The short name of a unit; a unit typed by a customer is shown as typed."""
    known = UNITS.get(code)
    return t(known) if known else escape(code)


#: Why something that a fault touched stays as it is.
KEPT_REASONS: Mapping[str, Lazy] = {
    "contracted": lazy("a contract is concluded"),
    "given_to_another": lazy("the volume was given to another supplier"),
    "ended_before_known": lazy("it had ended before the fault was known"),
    "not_influenced": lazy("the fault did not influence the result"),
}
