"""Names of the acts of duty and of chains, for reading the record."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.views.translator import Lazy, lazy

DUTY_ACTS: Mapping[str, Lazy] = {
    "duty.turns": lazy("Turns of duty set", context="act"),
    "duty.hand_over": lazy("Duty handed over", context="act"),
    "duty.take_back": lazy("Hand-over taken back", context="act"),
    "duty.away": lazy("Absence entered", context="act"),
    "duty.back": lazy("Absence removed", context="act"),
    "duty.drop": lazy("Roster of duty given up", context="act"),
    "escalation.change": lazy("Own chain of a company set", context="act"),
    "escalation.reset": lazy("Usual chain of a company set again", context="act"),
    "notices.acknowledge": lazy("Notice seen", context="act"),
}
