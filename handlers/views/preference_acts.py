"""Names of the acts of preferences, for reading the record."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.views.translator import Lazy, lazy

PREFERENCE_ACTS: Mapping[str, Lazy] = {
    "preferences.put": lazy("Preferences of notices chosen", context="act"),
    "preferences.quiet": lazy("Quiet hours chosen", context="act"),
    "preferences.digest": lazy("Digest chosen", context="act"),
    "calendar.renew": lazy("Private address of deadlines made", context="act"),
    "calendar.revoke": lazy("Private address of deadlines ended", context="act"),
    "reminders.rhythm": lazy("Usual reminders of a company chosen", context="act"),
    "reminders.set": lazy("Own reminder set", context="act"),
    "reminders.remove": lazy("Own reminder removed", context="act"),
    "preferences.mute": lazy("Notices muted or sent again", context="act"),
}
