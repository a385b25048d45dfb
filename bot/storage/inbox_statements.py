"""The statements of the inbox: storing a batch of updates, and claiming in order per chat."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Integer,
    Interval,
    Update,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    text,
    true,
    union_all,
    update,
)
from sqlalchemy.orm import aliased

from bot.storage.tables import InboxUpdate

OPEN = ("queued", "working")
# Followers claimed together with the first update of a chat.
_FOLLOWERS = 15

STORE = text(
    """
    INSERT INTO inbox_update (bot_id, update_id, chat_id, payload, received_at, state, attempts)
    SELECT :bot_id, u.update_id, u.chat_id, u.payload, :received_at, 'queued', 0
    FROM jsonb_to_recordset(CAST(:rows AS jsonb))
        AS u(update_id bigint, chat_id bigint, payload jsonb)
    ORDER BY u.update_id
    ON CONFLICT (bot_id, update_id) DO NOTHING
    RETURNING id
    """
)


def chat_of(payload: Mapping[str, object]) -> int | None:
    """The chat whose order an update must keep; a person's id where there is no chat."""
    for name, event in payload.items():
        if name == "update_id" or not isinstance(event, Mapping):
            continue
        message = event.get("message")
        for owner in (event, message if isinstance(message, Mapping) else {}):
            found = _id(owner.get("chat"))
            if found is not None:
                return found
        for person in ("from", "user"):
            found = _id(event.get(person))
            if found is not None:
                return found
    return None


def _id(value: object) -> int | None:
    found = value.get("id") if isinstance(value, Mapping) else None
    return found if isinstance(found, int) else None


def storable(value: object) -> str:
    """The value as JSON, without what PostgreSQL cannot hold: NUL and halves of surrogate pairs."""
    written = json.dumps(value, ensure_ascii=False)
    if "\\u0000" not in written:
        # Almost always: looking at the whole costs a hundredth of walking through it.
        with suppress(UnicodeEncodeError):
            written.encode()
            return written
    return json.dumps(_purged(value), ensure_ascii=False)


def _purged(value: object) -> object:
    if isinstance(value, str):
        whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return whole.replace("\0", "")
    if isinstance(value, Mapping):
        return {str(_purged(name)): _purged(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_purged(item) for item in value]
    return value


def _claim_statement() -> Update:
    """Claim the first open update of up to ``most`` chats, with some that follow each.

    Parameters: ``owner`` and ``lease`` of the claim, ``most``, ``upto``: the newest that may be
    claimed with what follows it (NULL: any), and ``held``: ids at work with the owner, however
    late their lease was renewed. What else bears its name was claimed by a statement whose answer
    never came: it is taken again in time.
    """
    now = func.clock_timestamp()
    in_hand = bindparam("held", type_=ARRAY(BigInteger))
    owner = bindparam("owner", type_=InboxUpdate.claimed_by.type)
    upto = bindparam("upto", type_=BigInteger)
    row, earlier, later = (aliased(InboxUpdate, name=name) for name in ("u", "e", "f"))

    def ready(item: type[InboxUpdate]) -> ColumnElement[bool]:
        lapsed = and_(
            item.state == "working", item.claimed_until <= now, item.id != func.all(in_hand)
        )
        return or_(item.state == "queued", lapsed)

    first = ~exists().where(
        earlier.bot_id == row.bot_id,
        earlier.chat_id == row.chat_id,
        earlier.update_id < row.update_id,
        earlier.state.in_(OPEN),
    )
    heads = (
        select(row.id, row.bot_id, row.chat_id)
        .where(row.state.in_(OPEN), ready(row), first, or_(upto.is_(None), row.id <= upto))
        .order_by(row.id)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(of=row, skip_locked=True)
        .cte("heads")
    )
    followers = (
        select(later.id)
        .where(
            later.bot_id == heads.c.bot_id,
            later.chat_id == heads.c.chat_id,
            later.id != heads.c.id,
            later.state.in_(OPEN),
            ready(later),
        )
        .order_by(later.update_id)
        .limit(_FOLLOWERS)
        .lateral("followers")
    )
    picked = union_all(
        select(heads.c.id), select(followers.c.id).select_from(heads.join(followers, true()))
    )
    return (
        update(InboxUpdate)
        # Asked again here: a row may have changed hands since the snapshot.
        .where(InboxUpdate.id.in_(picked.subquery().select()), ready(InboxUpdate))
        .values(
            state="working",
            # Nobody died whose name it bears already: its answer never came, and it asks again.
            attempts=InboxUpdate.attempts
            + case((InboxUpdate.claimed_by.is_distinct_from(owner), 1), else_=0),
            claimed_by=owner,
            claimed_until=now + bindparam("lease", type_=Interval),
        )
        .returning(
            InboxUpdate.id,
            InboxUpdate.bot_id,
            InboxUpdate.update_id,
            InboxUpdate.chat_id,
            InboxUpdate.payload,
            InboxUpdate.attempts,
            InboxUpdate.received_at,
        )
    )


# Made once: it is asked for after each update, and making it takes longer than running it.
CLAIM = _claim_statement()
