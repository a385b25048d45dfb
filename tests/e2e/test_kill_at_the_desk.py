"""SIGKILL at every step of the desk: a voice of the night, its topic, the morning, the answer.

The process dies at drawn crossings of an act, and where it is worst for a mirror: when Telegram has
done something that nobody has written down yet. Then one thing may stand there twice, never more.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import pytest
from sqlalchemy import func, select, update

from bot.sandbox.client import Message, Person
from domain.audit import AuditEntry
from domain.notices.model import Notice
from domain.roles import Role
from domain.services import Services
from domain.support.model import (
    DeskTopic,
    DestructionAct,
    DestructionItem,
    Recording,
    RecordingStep,
    Ticket,
    TicketFile,
    TicketMessage,
)
from handlers.views.press import press
from tests.e2e.player import Act
from tests.e2e.test_kill_in_chat import Mortal, call, mortal
from tests.support.chat import said, t_of
from tests.support.factories import make_person, next_cause
from tests.support.waiting import PATIENCE, until

__all__ = ["mortal"]

_SECRET = "он звонил уже трижды"
ONCE = ("ticket.given", "ticket.answer", "ticket.note", "ticket.close")


@dataclass
class MortalDesk:
    """A group of operators and somebody who asks, in a demo that dies."""

    mortal: Mortal
    user: Person
    operator: Person
    chat: int

    async def done(self) -> bool:
        """Every act is worked, every notice has gone, files are here, topics are in step."""
        if not await self.mortal.done():
            return False
        async with self.mortal.engine.connect() as connection:
            waiting = select(func.count()).where(TicketFile.state == "waiting")
            behind = select(func.count()).where(DeskTopic.behind_since.is_not(None))
            homeless = select(func.count(Ticket.id)).where(
                Ticket.id.not_in(select(DeskTopic.ticket_id))
            )
            counts = [await connection.scalar(each) for each in (waiting, behind, homeless)]
        return not any(counts)

    async def outlive(self, act: Act, what: str) -> None:
        """Act, and die at a drawn crossing of it."""
        await self.mortal.outlive(act, what)
        await until(self.done, PATIENCE)

    async def dies_after(self, method: str, act: Act) -> None:
        """Act, and die when Telegram has done this; then start again."""
        self.mortal.demo.plan_after(method)
        with contextlib.suppress(aiohttp.ClientError):
            await act()
        await until(self._dead, PATIENCE)
        self.mortal.told.append(f"after {method}")
        self.mortal.demo.plan_after("")
        self.mortal.demo.kill()
        # The claims of the dead on files end: with them it would take five minutes.
        async with self.mortal.engine.begin() as connection:
            claimed = TicketFile.retry_at.is_not(None)
            await connection.execute(
                update(TicketFile)
                .where(claimed)
                .values(retry_at=TicketMessage.at)
                .where(TicketMessage.id == TicketFile.message_id)
            )
        await self.mortal.demo.start()
        await until(self.done, PATIENCE)

    async def _dead(self) -> bool:
        return not self.mortal.demo.alive

    async def in_group(self) -> list[Message]:
        """What the bot has posted."""
        return [each for each in await self.operator.messages(self.chat) if each.by_bot]

    async def thread(self) -> int:
        """The topic of the one ticket."""
        async with self.mortal.site.sessions() as session:
            return int(await session.scalar(select(DeskTopic.thread_id)) or 0)

    async def tap(self, name: str, *ids: int | str) -> None:
        """Press a button of the group."""
        data = press(name, *ids)
        shown = await self.operator.eventually(
            lambda each: any(button.data == data for button in each.buttons), chat=self.chat
        )
        await self.operator.press_data(data, shown.id, chat=self.chat)


async def opened(mortal: Mortal) -> MortalDesk:
    """People, a group that is the desk, an operator on shift; Friday, 20:00."""
    admin = await mortal.sandbox.person("Әділ")
    operator = await mortal.sandbox.person("Мұрат")
    user = await mortal.sandbox.person("Нұрлан", phone="+77010000001")
    await make_person(mortal.site, admin.id, Role.ADMIN)
    actor = await make_person(mortal.site, operator.id, Role.SUPPORT, name="Мұрат")
    chat = await mortal.sandbox.group("Desk", [admin, operator], is_forum=True)
    desk = MortalDesk(mortal, user, operator, chat)
    for person in (admin, operator, user):
        await person.start()
    await admin.say("/desk ru", chat=chat)
    t = t_of("ru")
    begun = said(t, "This group is the support desk")
    await operator.eventually(lambda each: each.text.startswith(begun), chat=chat)
    await call(mortal, "POST", "/demo/clock", {"now": "2026-11-20T20:00:00+05:00"})
    await Services(mortal.site).support.begin_shift(actor.because(next_cause()))
    await until(desk.done, PATIENCE)
    return desk


@pytest.mark.clause("366-19.2")
@pytest.mark.parametrize("mortal", [366], indirect=True, ids=lambda seed: f"seed {seed}")
async def test_every_step_of_the_desk_survives_a_kill(mortal: Mortal) -> None:
    """Nothing is lost, nothing internal gets out, and what stands twice is counted."""
    desk = await opened(mortal)
    try:
        await night(desk)
        await morning(desk)
        await answer(desk)
        await ending(desk)
        await destruction(desk)
    except BaseException as error:
        error.add_note("\n".join(["where it died:", *mortal.told]))
        raise


async def night(desk: MortalDesk) -> None:
    """Three voices: a topic, a post and a fetched file are not written down once each."""
    user = desk.user
    await desk.dies_after("createForumTopic@group", lambda: user.send_voice(b"OggS one"))
    await desk.dies_after("sendVoice@group", lambda: user.send_voice(b"OggS two"))
    await desk.dies_after("getFile", lambda: user.send_voice(b"OggS three"))
    voices = [each for each in await desk.in_group() if each.kind == "voice"]
    captions = Counter(str(each.raw.get("caption", "")).split(" ")[1] for each in voices)
    # Of a recording no copy may be left that nobody knows of: each stands there once.
    assert sorted(captions.values()) == [1, 1, 1]
    # An empty topic more than needed at most; all that was said stands in the one on record.
    topics = (await desk.operator.look(desk.chat))["topics"]
    assert len(topics) <= 2
    assert {int(each.raw["message_thread_id"]) for each in voices} == {await desk.thread()}
    async with desk.mortal.site.sessions() as session:
        files = list(await session.scalars(select(TicketFile).order_by(TicketFile.id)))
        assert [each.state for each in files] == ["stored"] * 3
        assert len({each.sha256 for each in files}) == 3
        steps = Counter(await session.scalars(select(RecordingStep.step)))
        assert (steps["collected"], steps["stored"]) == (3, 3)


async def morning(desk: MortalDesk) -> None:
    """At 9:00 of Monday the ticket is given to the operator: once, told once or twice."""

    async def nine() -> None:
        now = {"now": "2026-11-23T09:00:05+05:00"}
        await call(desk.mortal, "POST", "/demo/clock", now)

    await desk.dies_after("sendMessage@group", nine)
    digest = said(t_of("ru"), "The desk this morning")

    posted = [each for each in await desk.in_group() if each.text.startswith(digest)]
    assert 1 <= len(posted) <= 2
    async with desk.mortal.site.sessions() as session:
        [ticket] = list(await session.scalars(select(Ticket)))
        assert ticket.assignee_id is not None
        kinds = Counter(await session.scalars(select(Notice.kind)))
        assert kinds["desk.morning"] == 1


async def answer(desk: MortalDesk) -> None:
    """An answer and a note, each cut off."""
    thread, operator = await desk.thread(), desk.operator

    async def write(text: str) -> None:
        await operator.say(text, chat=desk.chat, thread=thread)

    await desk.outlive(lambda: write(f"// {_SECRET}"), "a note")
    await desk.outlive(lambda: write("Бәрі жөнделді"), "the answer")
    got = await desk.user.eventually(lambda each: "Бәрі жөнделді" in each.text)
    assert got.by_bot


async def ending(desk: MortalDesk) -> None:
    """Closed with a result, rated by the user; all of it on record once."""
    await desk.tap("desk.close", 1)
    await desk.outlive(lambda: desk.tap("desk.close.as", 1, "answered"), "the close")
    data = press("ticket.card", 1)
    shown = await desk.user.eventually(lambda each: any(b.data == data for b in each.buttons))
    await desk.user.press_data(data, shown.id)
    rating = press("ticket.rate", 1, 5)
    card = await desk.user.eventually(lambda each: any(b.data == rating for b in each.buttons))
    await desk.outlive(lambda: desk.user.press_data(rating, card.id), "the rating")
    async with desk.mortal.site.sessions() as session:
        acts = Counter(await session.scalars(select(AuditEntry.action)))
        assert {name: acts[name] for name in ONCE} == dict.fromkeys(ONCE, 1)
        [ticket] = list(await session.scalars(select(Ticket)))
        assert (ticket.state, ticket.result, ticket.rating) == ("closed", "answered", 5)
        rows = await session.execute(select(TicketMessage.author, TicketMessage.text))
        spoken = [tuple(row) for row in rows if row[0] in ("note", "operator")]
        assert spoken == [("note", f"// {_SECRET}"), ("operator", "Бәрі жөнделді")]
        assert set(await session.scalars(select(Notice.state))) <= {"sent", "read"}
    private = [each.text for each in await desk.user.messages()]
    assert not [text for text in private if _SECRET in text]
    assert 1 <= sum("Бәрі жөнделді" in text for text in private) <= 2


async def destruction(desk: MortalDesk) -> None:
    """The term is over; killed after the first copy: no file without an act, nor the opposite."""
    async with desk.mortal.engine.begin() as connection:
        long_ago = Recording.collected_at - timedelta(days=400)
        await connection.execute(update(Recording).values(collected_at=long_ago))
        hashes = list(await connection.scalars(select(TicketFile.sha256)))

    async def midnight() -> None:
        now = {"now": "2026-11-24T00:00:05+05:00"}
        await call(desk.mortal, "POST", "/demo/clock", now)

    await desk.dies_after("deleteMessage@group", midnight)

    async def finished() -> bool:
        async with desk.mortal.site.sessions() as session:
            act = await session.scalar(select(DestructionAct))
            return act is not None and act.finished_at is not None

    await until(finished, PATIENCE)
    async with desk.mortal.site.sessions() as session:
        [act] = list(await session.scalars(select(DestructionAct)))
        items = list(await session.scalars(select(DestructionItem)))
        assert [each.act_id for each in items] == [act.id] * 3
        assert set(await session.scalars(select(Recording.state))) == {"destroyed"}
        steps = Counter(await session.scalars(select(RecordingStep.step)))
        assert steps["destroyed"] == 3
    assert not [each for each in await desk.in_group() if each.kind == "voice"]
    kept = {path.name for path in desk.mortal.demo.data.rglob("*") if path.is_file()}
    assert len(hashes) == 3
    assert not [name for name in kept if any(each in name for each in hashes)]
