"""Names of the acts of the support desk on record, and of the moments that come due for it."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.views.translator import Lazy, lazy

SUPPORT_ACTS: Mapping[str, Lazy] = {
    "desk.add_canned": lazy("Ready answer added", context="act"),
    "desk.begin_shift": lazy("Shift begun", context="act"),
    "desk.end_shift": lazy("Shift ended", context="act"),
    "desk.link": lazy("Link to the web desk made", context="act"),
    "desk.mute": lazy("Person kept from writing to support", context="act"),
    "desk.remove_canned": lazy("Ready answer removed", context="act"),
    "desk.sign_in": lazy("Signed in to the web desk", context="act"),
    "desk.sign_out": lazy("Signed out of the web desk", context="act"),
    "desk.start": lazy("Support desk set up", context="act"),
    "desk.unmute": lazy("Person let write to support again", context="act"),
    "recording.collected": lazy("Recording collected", context="act"),
    "recording.held": lazy("Recording held for a dispute", context="act"),
    "recording.released": lazy("Recording released after a dispute", context="act"),
    "recording.stored": lazy("Recording stored", context="act"),
    "ticket.add": lazy("Request continued by its user", context="act"),
    "ticket.answer": lazy("Request answered", context="act"),
    "ticket.ask_documents": lazy("Documents asked for", context="act"),
    "ticket.ask_escalation": lazy("Head of support called", context="act"),
    "ticket.assign": lazy("Request assigned", context="act"),
    "ticket.close": lazy("Request closed", context="act"),
    "ticket.edit": lazy("Message of a request edited", context="act"),
    "ticket.email": lazy("Request by e-mail", context="act"),
    "ticket.file_failed": lazy("File of a request not fetched", context="act"),
    "ticket.file_stored": lazy("File of a request stored", context="act"),
    "ticket.follow_up": lazy("Request followed up", context="act"),
    "ticket.given": lazy("Request given by turn", context="act"),
    "ticket.mail_failed": lazy("Letter refused", context="act"),
    "ticket.mail_returned": lazy("Answer of a machine to a letter", context="act"),
    "ticket.mail_waits": lazy("Letter not sent yet", context="act"),
    "ticket.mark_dispute": lazy("Dispute marked", context="act"),
    "ticket.merge": lazy("Request joined with another", context="act"),
    "ticket.merged_here": lazy("Another request joined", context="act"),
    "ticket.note": lazy("Internal note written", context="act"),
    "ticket.number_sent": lazy("Number of a request sent", context="act"),
    "ticket.open": lazy("Request opened", context="act"),
    "ticket.rate": lazy("Answer rated", context="act"),
    "ticket.register_call": lazy("Call registered", context="act"),
    "ticket.release": lazy("Request released", context="act"),
    "ticket.reopen": lazy("Request opened again", context="act"),
    "ticket.set_priority": lazy("Priority of a request changed", context="act"),
    "ticket.settle_dispute": lazy("Dispute settled", context="act"),
    "ticket.take": lazy("Request taken", context="act"),
    "ticket.transcribe": lazy("Draft of a transcript made", context="act"),
    "ticket.write": lazy("Message to support", context="act"),
}

SUPPORT_MOMENTS: Mapping[str, Lazy] = {
    "support.morning": lazy("Morning of the support desk", context="act"),
    "ticket.closes": lazy("Request closed by time", context="act"),
    "ticket.decide": lazy("Decision on a request due", context="act"),
    "ticket.escalate": lazy("Request without an answer", context="act"),
    "escalate": lazy("Next person told: nobody has answered", context="act"),
    "ticket.number": lazy("Number of a request due", context="act"),
    "ticket.promise": lazy("Promise of support over", context="act"),
    "ticket.red": lazy("Request turned red", context="act"),
}
