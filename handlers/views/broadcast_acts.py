"""Names of acts on broadcasts, for reading the record."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.views.translator import Lazy, lazy

BROADCAST_ACTS: Mapping[str, Lazy] = {
    "broadcast.create": lazy("Broadcast made", context="act"),
    "broadcast.pause": lazy("Broadcast paused", context="act"),
    "broadcast.resume": lazy("Broadcast went on", context="act"),
    "broadcast.start": lazy("Broadcast started", context="act"),
    "broadcast.stop": lazy("Broadcast stopped", context="act"),
    "broadcast.test": lazy("Broadcast tested", context="act"),
}

BROADCAST_MOMENTS: Mapping[str, Lazy] = {
    "broadcast.start": lazy("Broadcast started in time", context="act"),
}
