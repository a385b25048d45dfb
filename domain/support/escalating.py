"""The desk's escalation: operator, lead, lead again, as a chain of ``domain.escalations``."""

from __future__ import annotations

from collections.abc import Sequence

from domain.escalations import running
from domain.escalations.chains import TICKET
from domain.escalations.model import Escalation, EscalationWake
from domain.escalations.rules import TELEGRAM, Hand, Present, Rung, Who
from domain.people.queries import active_admins
from domain.support import writing
from domain.support.model import Ticket
from domain.support.reading import UNANSWERED
from domain.work import Work

# In the session of a sweep: the ticket of the step that is being taken.
_HELD = "escalating_ticket"


class DeskBell:
    """Wakes those at the desk."""

    async def hold(self, work: Work, chain: Escalation) -> bool:
        """The ticket, held, while it still waits for an answer."""
        ticket = await _ticket(work, chain)
        work.session.info[_HELD] = ticket
        return ticket.state in UNANSWERED

    async def there(self, work: Work, chain: Escalation) -> Present:
        """Its operator, or the shift; the lead with them."""
        keepers = await writing.keepers(work.session, await _held(work, chain))
        admins = await active_admins(work.session)
        return {
            Who.KEEPER: [(person, TELEGRAM) for person in keepers],
            Who.LEAD: [(person, TELEGRAM) for person in {*keepers, *admins}],
            Who.ADMIN: [(person, TELEGRAM) for person in admins],
        }

    async def ring(
        self, work: Work, chain: Escalation, rung: Rung, there: Present
    ) -> dict[Hand, str]:
        """Nobody has answered for so much working time."""
        ticket = await _held(work, chain)
        ticket.escalation = max(ticket.escalation, rung.step)
        people = {person for person, _ in rung.hands}
        await writing.note_event(work, ticket, "escalated", step=rung.step)
        await writing.tell_desk(work, people, "ticket.unanswered", ticket, quiet=True)
        return dict.fromkeys(rung.hands, running.OWN)

    async def done(self, work: Work, chain: Escalation, woken: Sequence[EscalationWake]) -> None:
        """The lead need not look any more; one word for all that were answered just now."""
        ticket = await _ticket(work, chain)
        people = {each.person_id for each in woken} - {work.actor.person_id}
        still = {*await active_admins(work.session), *await writing.on_shift_ids(work.session)}
        about = {"category": chain.category, "side": running.OWN, "how": chain.state}
        await writing.tell_desk(
            work, people & still, "escalation.done", ticket, quiet=True, **about
        )


async def _held(work: Work, chain: Escalation) -> Ticket:
    """The ticket that the step has just held: a night's thousands are not read three times."""
    held = work.session.info.get(_HELD)
    if isinstance(held, Ticket) and held.number == _number(chain):
        return held
    return await _ticket(work, chain)


def _number(chain: Escalation) -> int:
    return int(chain.subject.removeprefix("ticket:"))


async def _ticket(work: Work, chain: Escalation) -> Ticket:
    return await writing.lock_ticket(work, _number(chain))


def register() -> None:
    """The desk's bell rings for its tickets."""
    running.BELLS[TICKET.category] = DeskBell()
