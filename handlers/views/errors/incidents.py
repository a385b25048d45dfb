"""Refusals of faults and maintenance."""

from __future__ import annotations

from collections.abc import Mapping

from domain.errors import RuleBroken
from handlers.views.errors.told import Teller, Told, day, named
from handlers.views.terms import INCIDENT_STATES, LEVELS, MAINTENANCE_STATES, MODULES
from handlers.views.translator import lazy

_STATE = {"state": named(INCIDENT_STATES)}
_LEVEL = {"level": named(LEVELS)}


def _not_by_definition(error: RuleBroken) -> Told:
    if error.params.get("needs") == "hours":
        return Told(
            lazy("A fault of this level lies in working time: {level}."),
            lazy("Correct the time of the fault, or choose a lower level."),
            _LEVEL,
        )
    if error.params.get("needs") == "higher":
        return Told(
            lazy("A fault of everything in working time is of a higher level than this: {level}."),
            lazy("Correct what the fault touches or its time, or choose a higher level."),
            _LEVEL,
        )
    return Told(
        lazy("A fault of this level is wider than what you gave: {level}."),
        lazy("Correct what the fault touches, or choose a lower level."),
        _LEVEL,
    )


INCIDENTS: Mapping[str, Teller] = {
    "incident_unknown": Told(
        lazy("Incident No. {number} is not found."),
        lazy("Check the number."),
    ),
    "evidence_part_unknown": Told(
        lazy("The evidence has no part {part}."),
        lazy("The first part tells how many there are."),
    ),
    "report_unknown": Told(
        lazy("Incident No. {number} has no such report."),
        lazy("Open the incident again."),
    ),
    "incident_state": Told(
        lazy("This cannot be done with incident No. {number} now. Its state: {state}."),
        lazy("Open it again to see how it stands."),
        _STATE,
    ),
    "incident_mended": Told(
        lazy("Incident No. {number} is mended already."),
        lazy("If the fault is back, open the incident again."),
    ),
    "incident_not_mended": Told(
        lazy("Incident No. {number} is not mended yet."),
        lazy("First say when it was mended and by what measures."),
    ),
    "incident_nothing_due": Told(
        lazy("Nothing of the kind is due on incident No. {number}."),
        lazy("Open it again to see how it stands."),
    ),
    "not_joinable": Told(
        lazy("Incident No. {number} takes no more reports. Its state: {state}."),
        lazy("Report the fault as a new one."),
        _STATE,
    ),
    "incident_itself": Told(
        lazy("Incident No. {number} cannot be joined to itself."),
        lazy("Choose another incident."),
    ),
    "incident_other_act": Told(
        lazy("Incident No. {number} goes by another act: No. {act}."),
        lazy("Only incidents of one act can be joined."),
    ),
    "incident_joined": Told(
        lazy("Incident No. {number} was joined to incident No. {into}."),
        lazy("Go on there."),
    ),
    "no_hold": Told(
        lazy("Under the act of incident No. {number} nothing is held during the analysis."),
        lazy("Confirm or refute the fault first."),
    ),
    "report_for_others": Told(
        lazy("You can report a fault only for yourself."),
        lazy("Support can register it for another user."),
    ),
    "found_in_future": Told(
        lazy("The time at which the fault was found is in the future."),
        lazy("Give the date and time in Astana."),
    ),
    "interval_wrong": Told(
        lazy("The time of the fault is not right."),
        lazy("It begins in the past and ends after its beginning, not in the future."),
    ),
    "planned_past": Told(
        lazy("The time at which the fault will be mended is over."),
        lazy("Give a time to come, in Astana."),
    ),
    "scope_empty": Told(
        lazy("It is not said what the fault touches."),
        lazy("Name at least one module or one order."),
    ),
    "module_unknown": Told(
        lazy("There is no such module: {module}."),
        lazy("Choose one of the list."),
        {"module": named(MODULES)},
    ),
    "level_unknown": Told(
        lazy("There is no such level: {level}."),
        lazy("Choose low, medium or high."),
    ),
    "level_not_by_definition": _not_by_definition,
    "level_not_proposed": Told(
        lazy("The level of incident No. {number} does not wait for an answer."),
        lazy("Open it again to see how it stands."),
    ),
    "level_not_agreed": Told(
        lazy("The level of incident No. {number} has not taken effect yet."),
        lazy("Wait until the authorised body agrees, then apply it."),
    ),
    "level_in_force": Told(
        lazy("This level of incident No. {number} is in force already."),
        lazy("Choose another one, if the fault is of another."),
    ),
    "own_level": Told(
        lazy("You proposed the level of incident No. {number} yourself."),
        lazy("Another person of the authorised body agrees to it or returns it."),
    ),
    "effects_not_applied": Told(
        lazy("Incident No. {number} has effects on deadlines that are not applied: {count}."),
        lazy("Open “Deadlines touched”, apply them, then close the incident."),
    ),
    "nothing_to_spare": Told(
        lazy("Nothing of order No. {number} would be undone by this incident."),
        lazy("Open the deadlines of the incident and take the number from there."),
    ),
    "act_missing": Told(
        lazy("Nothing is cancelled before the act on the fault is approved: {count} wait for it."),
        lazy("Enter the number and the date of the approved act, then apply."),
    ),
    "act_date_wrong": Told(
        lazy("The date of the act is not right: it lies between {since} and today."),
        lazy("Give the date of the approved act. Example: 20.11.2026"),
        {"since": day},
    ),
    "reporter_missing": Told(
        lazy("It is not said who reports the fault."),
        lazy("Report it from a request, or give the name and the phone of the caller."),
    ),
    "effects_changed": Told(
        lazy("The deadlines touched have changed since you looked."),
        lazy("Look at them again, then apply."),
    ),
    "maintenance_unknown": Told(
        lazy("Works No. {number} are not found."),
        lazy("Check the number."),
    ),
    "maintenance_state": Told(
        lazy("This cannot be done with works No. {number} now. Their state: {state}."),
        lazy("Open them again to see how they stand."),
        {"state": named(MAINTENANCE_STATES)},
    ),
    "maintenance_interval": Told(
        lazy("The time of the works is not right."),
        lazy("The end must come after the beginning, and after the end announced before."),
    ),
    "maintenance_past": Told(
        lazy("The works would begin in the past."),
        lazy("Give a time to come, in Astana."),
    ),
    "maintenance_late": Told(
        lazy("It is too late to announce these works. The term ended: {latest}."),
        lazy("Choose a later time, or state the emergency."),
    ),
    "health_part": Told(
        lazy("The name of the part is not right: {part}."),
        lazy("Give 1 to 32 characters."),
    ),
}
