"""Refusals of rosters of duty and of chains."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.views.errors.told import Teller, Told
from handlers.views.translator import lazy

DUTY: Mapping[str, Teller] = {
    "duty_turns": Told(
        lazy("At most {limit} people can take turns, each once."),
        lazy("Take somebody out of the turns first."),
    ),
    "duty_days": Told(
        lazy("These days cannot be entered."),
        lazy(
            "Type the first day and then the last one. The last may not be over yet; at most "
            "{limit} days."
        ),
    ),
    "duty_deputy_self": Told(
        lazy("Nobody can stand in for themselves."),
        lazy("Choose another person, or nobody."),
    ),
    "duty_person_unknown": Told(
        lazy("This person does not act for your company any more."),
        lazy("Open the page again and choose somebody else: /duty"),
    ),
    "duty_entry_unknown": Told(
        lazy("This entry has been removed already."),
        lazy("Open the page again to see how it stands: /duty"),
    ),
    "duty_head_only": Told(
        lazy("Only the head of your company can do this."),
        lazy("Ask the head, or enter your own absence."),
    ),
    "notice_unknown": Told(
        lazy("This notice is not yours."),
        lazy("Open your notices: /notices"),
    ),
    "escalation_unknown": Told(
        lazy("There is no such chain."),
        lazy("Open the page again and choose: /duty"),
    ),
    "escalation_steps": Told(
        lazy("A chain keeps its sequence; the company as a whole and the last step stay in it."),
        lazy("Leave out the next by turn, the head or the e-mail only."),
    ),
    "escalation_wait": Told(
        lazy("Each wait is from {minimum} to {maximum} working minutes."),
        lazy("Choose another time."),
    ),
    "escalation_too_long": Told(
        lazy("Together the waits may be at most {limit} working minutes."),
        lazy("Make them shorter: the term of law would be over before the last one."),
    ),
}
