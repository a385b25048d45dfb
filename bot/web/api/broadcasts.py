"""Broadcasts of administrators, read only: they are written and sent in the chat."""

from __future__ import annotations

from pydantic import Field

from bot.web.api.answers import Answer
from bot.web.api.fields import MomentOut
from bot.web.api.models import PageQuery
from bot.web.api.reading import cursor_of, read_cursor
from bot.web.api.routing import Call, Group, Nothing
from domain.broadcasts.views import BroadcastView

routes = Group("broadcasts")


class BroadcastFileOut(Answer):
    """The picture or document that goes with it."""

    kind: str = Field(description="photo or document.")
    name: str
    mime: str
    size: int


class BroadcastButtonOut(Answer):
    """The button under it: to a screen of the chat, or to an address."""

    screen: str
    url: str
    label_kk: str
    label_ru: str


class BroadcastContentOut(Answer):
    """What people read: HTML of Telegram."""

    text_kk: str
    text_ru: str
    file: BroadcastFileOut | None
    button: BroadcastButtonOut | None


class BroadcastAudienceOut(Answer):
    """Whom it is for: all conditions must hold, an empty one leaves nobody out."""

    roles: list[str]
    language: str
    region: str = Field(description="Code of KATO of the place where registered goods are made.")
    code: str = Field(description="Code of ENS TRU or AGSK-3 of registered goods, or its level.")


class BroadcastProgressOut(Answer):
    """People by what became of their notice."""

    total: int
    sent: int
    waiting: int
    unreachable: int
    muted: int
    dead: int
    dropped: int = Field(description="Not sent because it was stopped.")
    digest: int = Field(description="Wait for it with all news of the day, as they want it.")
    digested: int = Field(description="Had it with all news of the day.")
    percent: int


class BroadcastOut(Answer):
    """A broadcast."""

    number: int
    state: str = Field(description="scheduled, running, paused, stopped or done.")
    content: BroadcastContentOut
    audience: BroadcastAudienceOut
    created_at: MomentOut
    starts_at: MomentOut | None
    started_at: MomentOut | None
    over_at: MomentOut | None
    progress: BroadcastProgressOut


class BroadcastPageOut(Answer):
    """A page of broadcasts."""

    items: list[BroadcastOut]
    next: str | None


def _out(view: BroadcastView) -> BroadcastOut:
    return BroadcastOut.model_validate(view)


@routes.get("/broadcasts", PageQuery, BroadcastPageOut)
async def list_broadcasts(call: Call, query: PageQuery) -> BroadcastPageOut:
    """Broadcasts, newest first."""
    before = read_cursor("broadcast", query.cursor)
    page = await call.services.broadcasts.page(call.actor, before, query.size)
    return BroadcastPageOut(
        items=[_out(view) for view in page.broadcasts],
        next=None if page.older is None else cursor_of("broadcast", page.older),
    )


@routes.get("/broadcasts/{number}", Nothing, BroadcastOut)
async def show_broadcast(call: Call, _: Nothing) -> BroadcastOut:
    """A broadcast by its number."""
    number = call.number("number", "broadcast_unknown")
    return _out(await call.services.broadcasts.one(call.actor, number))
