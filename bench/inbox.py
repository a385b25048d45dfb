"""How many updates a second the inbox takes through, stored, worked by a handler and marked.

The handler writes one row in a transaction of its own, as the smallest act does.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from sqlalchemy import func, insert

from bot.inbox import Inbox, Received
from bot.storage.embedded import embedded
from bot.storage.engine import make_engine, make_sessions
from bot.storage.migrations import migrate
from bot.storage.tables import FsmState

_UPDATES = 3000
_BATCH = 100


def _updates(chats: int) -> list[dict[str, object]]:
    return [
        {
            "update_id": number,
            "message": {"chat": {"id": number % chats + 1}, "text": f"message {number}"},
        }
        for number in range(1, _UPDATES + 1)
    ]


async def _measure(url: str, bot: int, chats: int) -> tuple[float, float]:
    engine = make_engine(url)
    sessions = make_sessions(engine)
    inbox = Inbox(engine)

    async def handler(item: Received) -> None:
        async with sessions.begin() as session:
            await session.execute(
                insert(FsmState).values(
                    bot_id=bot,
                    chat_id=item.chat_id,
                    user_id=item.update_id,
                    thread_id=0,
                    business_connection_id="",
                    destiny="bench",
                    state="x",
                    data={},
                    updated_at=func.now(),
                )
            )

    updates = _updates(chats)
    start = time.perf_counter()
    worker = asyncio.create_task(inbox.work(handler))
    for at in range(0, len(updates), _BATCH):
        await inbox.store(bot, updates[at : at + _BATCH])
    stored = time.perf_counter() - start
    while await inbox.waiting():  # noqa: ASYNC110 - the state is the database's
        await asyncio.sleep(0.02)
    worked = time.perf_counter() - start
    inbox.stop()
    await worker
    await engine.dispose()
    return _UPDATES / stored, _UPDATES / worked


async def _main() -> None:
    print(f"{'chats':>8} {'stored/s':>10} {'worked/s':>10}")
    with tempfile.TemporaryDirectory() as folder:
        async with embedded(Path(folder) / "postgres") as url:
            await migrate(url)
            for bot, chats in enumerate((1, 10, 100, 3000), 1):
                stored, worked = await _measure(url, bot, chats)
                print(f"{chats:>8} {stored:>10.0f} {worked:>10.0f}")


if __name__ == "__main__":
    asyncio.run(_main())
