"""Refusals about recordings of support and acts of their destruction."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.views.errors.told import Teller, Told
from handlers.views.translator import lazy

RECORDINGS: Mapping[str, Teller] = {
    "recording_unknown": Told(
        lazy("There is no such recording."),
        lazy("Open the request again and choose from what it has."),
    ),
    "recording_destroyed": Told(
        lazy("The recording has been destroyed. Act of destruction: No. {act}."),
        lazy("It cannot be brought back. Its steps stay on record, and the act can be read."),
    ),
    "recording_not_stored": Told(
        lazy("The file of this recording is not in the store."),
        lazy("Ask the person to send it once more; tell the administrator."),
    ),
    "destruction_unknown": Told(
        lazy("There is no act of destruction No. {number}."),
        lazy("Open the list of acts and choose one of them."),
    ),
}
