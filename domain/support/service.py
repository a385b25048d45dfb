"""The use cases of the support desk (act 366, clauses 18-21 and 26; act 627, clauses 7-8, 15-18).

``text`` is HTML that Telegram takes, everywhere but in an e-mail: whoever has plain text escapes
it first (``domain.support.texts.escaped``). Files come as ``NewFile``: with a Telegram id, to be
fetched (``files_waiting``), or with the hash of bytes that the file store holds already.

What others are told goes out as notices of the act. Whoever acted in the chat is answered there:
the confirmation of an own ticket (``ticket.received``, ``ticket.reopened``) stands in their list
as read, with number and promise; to whoever wrote an e-mail or called it is sent.
Actors of kind ``integration`` and ``system`` may do what users do on any ticket.
"""

from __future__ import annotations

from domain.firing import Deadlines
from domain.support import moments
from domain.support.answering import Answering
from domain.support.asking import Asking
from domain.support.courtesy import Courtesy
from domain.support.filing import Filing
from domain.support.finding import Finding
from domain.support.intake import Intake
from domain.support.reporting import Reporting
from domain.support.sessions import Sessions
from domain.support.shifts import Shifts
from domain.support.working import Working
from domain.work import Site


class Support(
    Asking,
    Working,
    Answering,
    Intake,
    Filing,
    Finding,
    Shifts,
    Courtesy,
    Reporting,
    Sessions,
):
    """Tickets and the operators who work them; each part stands in a file of its own."""

    def __init__(self, site: Site, deadlines: Deadlines) -> None:
        self.site = site
        moments.register(deadlines)
