"""Writing notices in the transaction of an act."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Select,
    String,
    bindparam,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.orm import aliased

from domain.base import Json, plain
from domain.notices.doubt import doubt
from domain.notices.ended import BACK
from domain.notices.kinds import CONFIRMATIONS, KINDS
from domain.notices.model import TELEGRAM, Lane, Notice
from domain.preferences.model import Preference
from domain.preferences.placing import facts, placing
from domain.roles import Role
from domain.work import Work

_DEDUP_LIMIT = 250
_DEDUP_KEPT = _DEDUP_LIMIT - 20
# Columns of a reader who is told for no company.
_PERSONAL = 3


def telling(readers: Select[Any]) -> Select[int]:
    """A statement that writes one notice to each row of ``readers`` and counts them.

    A row is a person, for whom they are told (part of what tells one notice from another), what
    this reader's notice says in addition and, where it is told to them as one of a company, that
    company (``company_id``). The database picks the readers: a publication
    tells a thousand people and a sweep of closings ten thousand, and nothing but the notice
    itself travels. What each reader has chosen (quiet hours, the digest, what is muted) decides
    whether and when it goes. For ``write_notices``.
    """
    reader = readers.cte("reader")
    given = {
        name: bindparam(name, type_=Notice.__table__.c[name].type)
        for name in ("kind", "subject", "params", "lane", "dedup", "created_at", "useless_after")
    }
    # Whoever acted in the chat has the answer before their eyes: theirs is told and read.
    teller = bindparam("teller", type_=BigInteger)
    in_place = case((reader.c[0] == teller, given["created_at"]))
    wished = placing(given["created_at"], given["useless_after"])
    columns = {
        "person_id": reader.c[0],
        "company_id": reader.c[3] if len(reader.c) > _PERSONAL else null(),
        "roles": bindparam("told_roles", type_=ARRAY(String)),
        **given,
        "params": given["params"].op("||", return_type=JSONB)(reader.c[2]),
        "dedup": given["dedup"] + reader.c[1],
        "not_before": case((in_place.is_not(None), given["created_at"]), else_=wished.not_before),
        "channel": literal(TELEGRAM),
        "state": case((in_place.is_not(None), "sent"), else_=wished.state),
        "sent_at": in_place,
        "read_at": in_place,
        "attempts": literal(0),
    }
    written = (
        insert(Notice)
        .from_select(
            list(columns),
            select(*columns.values())
            .select_from(reader.outerjoin(Preference, Preference.person_id == reader.c[0]))
            .order_by(reader.c[0]),
        )
        .on_conflict_do_nothing()
        .cte("written")
    )
    return select(func.count()).select_from(reader).add_cte(written)


_TELL_PEOPLE = telling(
    select(
        func.unnest(bindparam("people", type_=ARRAY(BigInteger))).label("person_id"),
        literal("").label("whose"),
        literal({}, JSONB).label("besides"),
        bindparam("company", type_=BigInteger).label("company_id"),
    )
)


def _dedup(text: str) -> str:
    """``text`` as far as the column holds it beside a company's number."""
    if len(text) <= _DEDUP_KEPT:
        return text
    return hashlib.sha256(text.encode()).hexdigest() + "|"


def _answered_in_place(work: Work, kind: str) -> int | None:
    """The person whose own act in the chat this notice confirms, and who is answered there."""
    told = kind in CONFIRMATIONS and work.actor.source == "telegram"
    return work.actor.person_id if told else None


async def write_notices(
    work: Work,
    statement: Select[int],
    readers: Mapping[str, object],
    kind: str,
    subject: str,
    *,
    useless_after: datetime | None,
    params: Json,
    roles: Collection[Role] = (),
) -> int:
    """Write a notice by a statement of ``telling`` and what its readers are picked by.

    ``roles``: the readers are told as holders of one of them, and only while they are. Returns
    how many notices there are; the same act never writes the same notice to the same
    person for the same company twice. Raises KeyError for a kind that is not in the table.
    """
    values = {
        **readers,
        "kind": kind,
        "subject": subject,
        "params": plain(params),
        "lane": int(KINDS[kind].lane),
        "dedup": _dedup(f"{work.cause}|{kind}|{subject}|"),
        "created_at": work.now,
        "useless_after": useless_after,
        "teller": _answered_in_place(work, kind),
        "told_roles": sorted(role.value for role in roles) or None,
        **facts(KINDS[kind], work.now),
    }
    return await work.session.scalar(statement, values) or 0


async def send_missed(work: Work, person_id: int) -> int:
    """Queue again the statutory notices that could not reach a person who is back.

    What its deadline has made useless stays in the list only, and what has reached them by
    another channel is not sent again. Returns how many go out.
    """
    missing = (
        Notice.person_id == person_id,
        Notice.channel == TELEGRAM,
        Notice.state == "unreachable",
        Notice.lane == int(Lane.STATUTORY),
        or_(Notice.useless_after.is_(None), Notice.useless_after > work.now),
    )
    # Copies that still wait give way to the chat first: whatever is claimed then goes its way.
    await work.session.execute(
        update(Notice)
        .where(
            Notice.person_id == person_id,
            Notice.state == "queued",
            Notice.origin_id.in_(select(Notice.id).where(*missing)),
        )
        .values(state="dropped", error=BACK)
    )
    copy = aliased(Notice)
    missed = await work.session.scalars(
        update(Notice)
        .where(
            *missing,
            ~exists().where(copy.origin_id == Notice.id, copy.state.in_(("sending", "sent"))),
        )
        .values(state="queued", not_before=work.now, attempts=0, error=doubt())
        .returning(Notice.id)
        .execution_options(synchronize_session=False)
    )
    return len(missed.all())


async def tell(
    work: Work,
    people: Iterable[int],
    kind: str,
    subject: str,
    *,
    useless_after: datetime | None = None,
    about: Json | None = None,
    as_company: int | None = None,
    as_roles: Collection[Role] = (),
    **params: object,
) -> None:
    """Write one notice a person, in the transaction of the act.

    Its text will be made of ``about`` and ``params`` together. ``as_company``, ``as_roles``: they
    are told as people of that company, as holders of one of these roles, and only while they are
    that; without them it is their own affair. The same act never writes the same notice to the
    same person twice.
    """
    ids = sorted(set(people))
    if ids:
        await write_notices(
            work,
            _TELL_PEOPLE,
            {"people": ids, "company": as_company},
            kind,
            subject,
            useless_after=useless_after,
            params={**(about or {}), **params},
            roles=as_roles,
        )
