"""What must hold of the desk's topics and of chains when all is over."""

from __future__ import annotations

import re
from collections import defaultdict

from tests.torture.model import Award
from tests.torture.stage import ADMIN, BUYER
from tests.torture.town import Town

_WORDS = re.compile(r"случай [0-9]+")
_TEXTS = """
SELECT message.text, ticket.number, topic.chat_id, topic.thread_id, topic.card_id,
    topic.behind_since, desk.state
FROM ticket_message AS message JOIN ticket ON ticket.id = message.ticket_id
LEFT JOIN desk_topic AS topic ON topic.ticket_id = ticket.id
LEFT JOIN desk_group AS desk ON desk.chat_id = topic.chat_id
WHERE message.text LIKE '%случай%' AND ticket.state <> 'merged'
"""


async def mirrored(town: Town, excuses: int) -> None:
    """Each request stands in its topic and in no other, once, or as often as processes died."""
    expect = town.ledger.expect
    there: dict[tuple[int, int], list[str]] = defaultdict(list)
    cards = set()
    rows = await town.database.fetch(_TEXTS)
    if any(row["state"] != "active" for row in rows):
        # Telegram said that the group is gone: an administrator makes another.
        expect(town.armed["chat not found"] > 0, "the desk's group was lost")
        return
    cards = {(row["chat_id"], row["card_id"]) for row in rows}
    for chat in [each for each in town.world.chats if each < 0]:
        for message in town.world.visible(chat):
            text = str(message.body.get("text") or message.body.get("caption"))
            if message.by == "bot" and (chat, message.id) not in cards:
                thread = int(message.body.get("message_thread_id") or 0)
                there[chat, thread] += _WORDS.findall(text)
    owners: dict[tuple[int, int], set[str]] = defaultdict(set)
    for row in rows:
        owners[row["chat_id"], row["thread_id"] or 0] |= set(_WORDS.findall(row["text"]))
    for row in rows:
        if str(row["thread_id"]) not in town.world.chats[row["chat_id"]].topics:
            # Deleted by hand: nobody tells the bot, who sees it when there is more to write.
            expect(town.armed["topic deleted"] > 0, f"there is no topic {row['thread_id']}")
            continue
        words = there[row["chat_id"], row["thread_id"] or 0]
        for said in _WORDS.findall(row["text"]):
            count, name = words.count(said), f"{said!r} in the topic of request {row['number']}"
            expect(count >= 1, f"{name} is missing: {dict(row)}")
            expect(count <= 1 + excuses, f"{name} stands {count} times, after {excuses} troubles")
    for place, words in there.items():
        if place in owners:
            foreign = set(words) - owners[place]
            expect(not foreign, f"{foreign} in the topic {place} of others")


# Chains

_AFTER_THE_END = """
SELECT chain.subject, chain.ended_at, wake.at, wake.person_id FROM escalation AS chain
JOIN escalation_wake AS wake ON wake.escalation_id = chain.id WHERE wake.at > chain.ended_at
"""
_TWICE = """
SELECT chain.subject, wake.person_id, wake.channel, count(*) FROM escalation AS chain
JOIN escalation_wake AS wake ON wake.escalation_id = chain.id
WHERE chain.company_id IS NOT NULL GROUP BY chain.id, wake.person_id, wake.channel
HAVING count(*) > 1
"""
_UNTOLD = """
SELECT chain.subject, chain.notice, wake.person_id, wake.side, wake.step FROM escalation AS chain
JOIN escalation_wake AS wake ON wake.escalation_id = chain.id
WHERE chain.company_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM notice WHERE notice.person_id = wake.person_id AND notice.state <> 'listed'
        AND notice.channel = wake.channel
        AND (wake.side = 'own' AND notice.kind = chain.notice
                AND notice.subject = chain.notice_subject
            OR wake.side <> 'own' AND notice.kind = 'escalation.silent'
                AND notice.subject = chain.subject))
"""
_NOT_DONE = """
SELECT chain.subject, chain.state, wake.person_id FROM escalation AS chain
JOIN escalation_wake AS wake ON wake.escalation_id = chain.id
WHERE chain.company_id IS NOT NULL AND chain.state IN ('acked', 'acted')
    AND wake.person_id IS DISTINCT FROM chain.ended_by
    AND EXISTS (SELECT FROM escalation_wake AS beyond
        WHERE beyond.escalation_id = chain.id AND beyond.step > 0)
    AND NOT EXISTS (SELECT FROM notice WHERE notice.person_id = wake.person_id
        AND notice.kind = 'escalation.done' AND notice.subject = chain.subject)
"""
_TOLD = """
SELECT notice.kind, notice.subject, person.telegram_id AS reader
FROM notice JOIN person ON person.id = notice.person_id
-- The contract has a chain of its own, about the same award.
WHERE notice.kind LIKE 'escalation.%' AND notice.params->>'category' = 'confirmation'
"""


async def climbed(town: Town) -> None:
    """A chain climbs while nobody answers, no further; whoever was woken learns of its end."""
    expect = town.ledger.expect
    queries = {"woken twice": _TWICE, "woken and not told": _UNTOLD, "not told the end": _NOT_DONE}
    if not town.armed["clock - 1 h"]:
        queries["woken after the end"] = _AFTER_THE_END
    for what, query in queries.items():
        found = [dict(row) for row in await town.database.fetch(query)]
        expect(not found, f"{what}: {found}")
    told = {
        (row["kind"], row["subject"], row["reader"]) for row in await town.database.fetch(_TOLD)
    }
    for order in town.ledger.orders:
        for award in order.awards:
            _answered(town, award, told)


def _answered(town: Town, award: Award, told: set[tuple[str, str, int]]) -> None:
    name = f"award:{award.number}"
    for reader in (BUYER, ADMIN):
        silent = ("escalation.silent", name, reader) in told
        if award.in_time:
            town.ledger.expect(not silent, f"{name} was answered, and {reader} told it was not")
        if award.climbed:
            town.ledger.expect(silent, f"{name} was not answered, and {reader} not told so")
            ended = award.seen_at or award.decided_at
            done = ("escalation.done", name, reader) in told
            town.ledger.expect(done or ended is None, f"{name} was answered, {reader} not told so")
