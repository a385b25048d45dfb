"""Names of what happens to recordings, for reading the record."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.views.translator import Lazy, lazy

RECORDING_ACTS: Mapping[str, Lazy] = {
    "recording.act_begun": lazy("Act of destruction begun", context="act"),
    "recording.act_committed": lazy("Recordings of an act given up", context="act"),
    "recording.act_finished": lazy("Act of destruction finished", context="act"),
    "recording.ask_deletion": lazy("Deletion of own data asked for", context="act"),
    "recording.check_restored": lazy("Restored recordings looked for", context="act"),
    "recording.destroy_due": lazy("Destruction of recordings ordered", context="act"),
    "recording.destroyed": lazy("Recording destroyed", context="act"),
    "recording.listened": lazy("Recording listened to", context="act"),
    "recording.machine_listens": lazy("Recording sent to be written down", context="act"),
    "recording.schedule": lazy("Daily destruction of recordings set", context="act"),
    "recording.spared": lazy("Recording spared for a dispute", context="act"),
    "recording.transferred": lazy("Recording handed over", context="act"),
}

RECORDING_MOMENTS: Mapping[str, Lazy] = {
    "recordings.destroy": lazy("Recordings of support past their term", context="act"),
}
