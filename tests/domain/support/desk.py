"""A stage for tests of the desk: somebody who asks, operators, the one clock."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from domain.actor import Actor
from domain.clock import ManualClock
from domain.deadlines import Deadline
from domain.escalations.model import ESCALATE, Escalation
from domain.escalations.running import escalation_subject
from domain.roles import Role
from domain.support.model import Ticket
from domain.support.promise import Channel
from domain.support.views import NewFile, Origin, TicketView
from domain.work import Site
from tests.domain.stage import Stage, moment
from tests.support.factories import again, make_person

VOICE = NewFile("voice", "", "audio/ogg", 40_000, 12, "AwACAgIAAxk")
CALL = NewFile("call", "call.ogg", "audio/ogg", 90_000, 240, sha256="c" * 64)
PHOTO = NewFile("photo", "", "image/jpeg", 90_000, None, "AgACAgIAAxk")


class Desk(Stage):
    """Tickets in one line each."""

    def __init__(self, site: Site, clock: ManualClock) -> None:
        super().__init__(site, clock)
        self.support = self.services.support

    async def user(self, language: str = "ru", name: str = "Айгүл Сәрсен") -> Actor:
        """Somebody whom nobody has registered yet."""
        return await make_person(self.site, language=language, name=name)

    async def operator(self, name: str = "Оператор Ерлан", *, shift: bool = True) -> Actor:
        """An operator, on shift unless told otherwise."""
        actor = await make_person(self.site, role=Role.SUPPORT, name=name)
        if shift:
            await self.support.begin_shift(again(actor))
        return actor

    async def admin(self, name: str = "Админ Әділ") -> Actor:
        """An administrator, who is the lead of the desk, too."""
        return await make_person(self.site, role=Role.ADMIN, name=name)

    async def asked(
        self,
        user: Actor,
        text: str = "Не открывается заказ",
        files: Sequence[NewFile] = (),
        *,
        regime: str | None = None,
    ) -> int:
        """A new ticket of the user; returns its number."""
        channel: Channel = "voice" if files and files[0].kind == "voice" else "chat"
        made = await self.support.open(again(user), channel, text, files, regime=regime)
        return made.number

    async def left_voice(self, user: Actor) -> int:
        """A voice message of the user; returns the number of its ticket."""
        return await self.asked(user, "", [VOICE])

    async def seen(self, operator: Actor, number: int) -> TicketView:
        """The whole ticket."""
        return await self.support.ticket(again(operator), number)

    async def row(self, number: int) -> Ticket:
        """The row of a ticket."""
        async with self.site.sessions() as session:
            return (await session.scalars(select(Ticket).where(Ticket.number == number))).one()

    async def open_kinds(self, number: int) -> set[str]:
        """Kinds of deadlines that run for a ticket."""
        kinds = ("promise", "red", "number", "decide", "closes")
        subject = f"ticket:{number}"
        rows = [row for kind in kinds for row in await self.deadlines(f"ticket.{kind}", subject)]
        rows += await self.steps(number)
        return {row.kind for row in rows if row.state == "open"}

    async def steps(self, number: int) -> list[Deadline]:
        """The deadlines of the steps of a ticket's chains, oldest first."""
        async with self.site.sessions() as session:
            chains = await session.scalars(
                select(Escalation.id).where(Escalation.subject == f"ticket:{number}")
            )
            subjects = {escalation_subject(each) for each in chains}
        return [row for row in await self.deadlines(ESCALATE) if row.subject in subjects]


def origin(chat_id: int, message_id: int) -> Origin:
    """Where something was written."""
    return Origin(chat_id, message_id)


__all__ = ["CALL", "PHOTO", "VOICE", "Desk", "again", "moment", "origin"]
