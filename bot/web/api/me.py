"""What people who act by a token of their own do with their own affairs.

The use cases are those of the chat. A token of scope ``integration`` stands for nobody and is
refused here.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.web.api.answers import Answer, PartyOut
from bot.web.api.fields import LooseText, MomentOut, Number, Text
from bot.web.api.models import Asked, PageQuery
from bot.web.api.reading import cursor_of, read_cursor
from bot.web.api.routing import Call, Group, Nothing
from domain.channels.views import AddressView
from domain.errors import AccessDenied
from domain.notices.kinds import KINDS
from domain.notices.views import NoticeView
from domain.preferences.rules import EVERY_DAY, QuietHours, Wishes, parse_clock
from domain.preferences.views import PreferencesView
from handlers.views.addresses import masked
from handlers.views.notices import render, title
from handlers.views.translator import plain, translator

routes = Group("me")

_WEEK = range(1, 8)
Weekday = Annotated[int, Field(ge=1, le=7, description="1 is Monday.")]
_CLOCK = "Astana time, such as `22:00`."


class MembershipOut(Answer):
    """A role; ``current`` is the one that the token acts in."""

    id: int
    role: str
    position: str
    company: PartyOut | None
    current: bool
    since: MomentOut


class MeOut(Answer):
    """The person a token stands for."""

    id: int
    name: str
    language: str
    suspended: bool
    memberships: list[MembershipOut]


class SwitchIn(Asked):
    """In which of one's own roles the token acts from now on."""

    id: Number


class QuietIn(Asked):
    """Hours in which nothing that can wait is sent."""

    start: Text = Field(validation_alias="from", description=_CLOCK)
    until: Text = Field(description=f"{_CLOCK} It may lie on the next day.")
    days: list[Weekday] | None = Field(None, description="On which they begin; every day if none.")


class PreferencesIn(Asked):
    """Everything one may choose, in place of what was chosen: what is left out is as usual."""

    language: str | None = Field(None, description="kk or ru; left out, it stays.")
    quiet: QuietIn | None = None
    digest_at: str | None = Field(None, description=f"{_CLOCK} None: each notice by itself.")
    muted: list[str] = Field([], max_length=50, description="Categories of notices.")


class QuietOut(Answer):
    """Hours in which nothing that can wait is sent, in Astana time."""

    start: str = Field(serialization_alias="from")
    until: str
    days: list[int] = Field(description="On which they begin; 1 is Monday.")


class PreferencesOut(Answer):
    """How and when one is told."""

    language: str
    quiet: QuietOut | None
    digest_at: str | None
    digest_waiting: int = Field(description="Notices that wait for the next digest.")
    digest_next: MomentOut | None
    muted: list[str]


class OwnNoticesQuery(PageQuery):
    """A page of one's own notices."""


class OwnNoticeOut(Answer):
    """A notice to the person a token stands for; ``text`` in the language of the request."""

    number: int
    kind: str
    category: str
    urgency: str = Field(description="statutory, work or news.")
    subject: str
    title: str
    text: str
    created_at: MomentOut
    read_at: MomentOut | None
    acknowledgement: bool = Field(description="Whether one is asked to say that one has seen it.")
    acked_at: MomentOut | None


class OwnNoticePageOut(Answer):
    """A page, newest first."""

    items: list[OwnNoticeOut]
    unread: int
    next: str | None


class ReadIn(Asked):
    """Notices that were read."""

    numbers: list[Number] = Field(min_length=1, max_length=200)


class ReadOut(Answer):
    """How many of them were unread."""

    read: int


class AcknowledgedOut(Answer):
    """When it was first said that a notice was seen, and how many chains that ended."""

    notice: int
    at: MomentOut
    stopped: int


class AddressIn(Asked):
    """Where notices shall go."""

    address: Text = Field(examples=["d.ospanov@gov.example"])


class CodeIn(Asked):
    """The six digits that came to the address."""

    code: LooseText


class AddressOut(Answer):
    """An address of a channel; ``wanted`` waits for its code. Both are shown in part."""

    channel: str
    state: str = Field(description="unverified, verified, failing or removed.")
    address: str | None
    wanted: str | None
    code: str = Field(description="Of the one that waits: none, asked or sent.")
    verified_at: MomentOut | None


class AddressesOut(Answer):
    """One's addresses in the order in which they serve, and the channels served here."""

    items: list[AddressOut]
    served: list[str]


def _spelled(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _preferences(view: PreferencesView) -> PreferencesOut:
    quiet = view.quiet
    return PreferencesOut(
        language=view.language,
        quiet=None
        if quiet is None
        else QuietOut(
            start=_spelled(quiet.first),
            until=_spelled(quiet.last),
            days=[day for day in _WEEK if quiet.days >> (day - 1) & 1],
        ),
        digest_at=None if view.digest_at is None else _spelled(view.digest_at),
        digest_waiting=view.waiting,
        digest_next=view.digest_next,
        muted=list(view.muted),
    )


def _quiet(given: QuietIn | None) -> QuietHours | None:
    if given is None:
        return None
    days = EVERY_DAY if given.days is None else sum(1 << (day - 1) for day in set(given.days))
    return QuietHours(parse_clock(given.start), parse_clock(given.until), days)


def check_is_person(call: Call) -> int:
    """The person who calls; raises AccessDenied ``not_a_person`` for an integration."""
    if call.actor.person_id is None:
        raise AccessDenied("not_a_person", "366-5")
    return call.actor.person_id


async def _me(call: Call) -> MeOut:
    check_is_person(call)
    people = call.services.people
    person = await people.me(call.actor)
    memberships = await people.my_memberships(call.actor)
    return MeOut(
        id=person.id,
        name=person.name,
        language=person.language,
        suspended=person.suspended,
        memberships=[MembershipOut.model_validate(each) for each in memberships],
    )


@routes.get("/me", Nothing, MeOut, people=True)
async def show_me(call: Call, _: Nothing) -> MeOut:
    """Whom the token stands for, with their roles."""
    return await _me(call)


@routes.post("/me/membership", SwitchIn, MeOut, people=True)
async def switch_membership(call: Call, body: SwitchIn) -> MeOut:
    """Act in another of one's own roles."""
    check_is_person(call)
    await call.services.people.switch_membership(call.actor, body.id)
    return await _me(call)


@routes.get("/me/preferences", Nothing, PreferencesOut, people=True)
async def show_preferences(call: Call, _: Nothing) -> PreferencesOut:
    """How and when one is told: language, quiet hours, digest, muted categories."""
    return _preferences(await call.services.preferences.mine(call.actor))


@routes.post("/me/preferences", PreferencesIn, PreferencesOut, method="PUT", people=True)
async def put_preferences(call: Call, body: PreferencesIn) -> PreferencesOut:
    """Choose how and when one is told, whole; statutory notices are told in any case."""
    wishes = Wishes(
        _quiet(body.quiet),
        None if body.digest_at is None else parse_clock(body.digest_at),
        frozenset(body.muted),
    )
    return _preferences(await call.services.preferences.put(call.actor, body.language, wishes))


def _own_notice(call: Call, notice: NoticeView) -> OwnNoticeOut:
    kind, t = KINDS.get(notice.kind), translator(call.language)
    return OwnNoticeOut(
        number=notice.number,
        kind=notice.kind,
        category="" if kind is None else kind.category.name,
        urgency="" if kind is None else kind.lane.name.lower(),
        subject=notice.subject,
        title=plain(title(t, notice)),
        text=plain(render(t, notice, call.services.site.clock.now()).text),
        created_at=notice.created_at,
        read_at=notice.read_at,
        acknowledgement=kind is not None and kind.ack,
        acked_at=notice.acked_at,
    )


@routes.get("/me/notices", OwnNoticesQuery, OwnNoticePageOut, people=True)
async def list_own_notices(call: Call, query: OwnNoticesQuery) -> OwnNoticePageOut:
    """One's own notices, newest first, each event once."""
    check_is_person(call)
    before = read_cursor("own", query.cursor)
    page = await call.services.notices.page(call.actor, before, query.size)
    return OwnNoticePageOut(
        items=[_own_notice(call, each) for each in page.notices],
        unread=page.unread,
        next=None if page.older is None else cursor_of("own", page.older),
    )


@routes.post("/me/notices/read", ReadIn, ReadOut, people=True)
async def read_own_notices(call: Call, body: ReadIn) -> ReadOut:
    """Mark notices as read."""
    check_is_person(call)
    return ReadOut(read=await call.services.notices.mark_read(call.actor, body.numbers))


@routes.post("/notices/{number}/acknowledgement", Nothing, AcknowledgedOut, people=True)
async def acknowledge_notice(call: Call, _: Nothing) -> AcknowledgedOut:
    """Say that one has seen a notice, by the number in its text: nobody else is woken for it."""
    check_is_person(call)
    number = call.number("number", "notice_unknown")
    done = await call.services.escalations.acknowledge(call.actor, number)
    return AcknowledgedOut.model_validate(done)


def _address(view: AddressView) -> AddressOut:
    return AddressOut(
        channel=view.channel,
        state=view.state,
        address=None if view.address is None else masked(view.channel, view.address),
        wanted=None if view.wanted is None else masked(view.channel, view.wanted),
        code=view.code,
        verified_at=view.verified_at,
    )


@routes.get("/me/addresses", Nothing, AddressesOut, people=True)
async def list_addresses(call: Call, _: Nothing) -> AddressesOut:
    """Where one's notices go besides Telegram."""
    check_is_person(call)
    addresses = call.services.addresses
    found = await addresses.mine(call.actor)
    return AddressesOut(
        items=[_address(each) for each in found], served=sorted(addresses.served.channels)
    )


@routes.post("/me/addresses/{channel}", AddressIn, AddressOut, method="PUT", people=True)
async def put_address(call: Call, body: AddressIn) -> AddressOut:
    """Give an address (`email`, `sms`, `other`): a code goes to it; the old one serves on."""
    check_is_person(call)
    channel = call.text("channel")
    return _address(await call.services.addresses.want(call.actor, channel, body.address))


@routes.post("/me/addresses/{channel}/code", CodeIn, AddressOut, people=True)
async def confirm_address(call: Call, body: CodeIn) -> AddressOut:
    """Put the address that waits in force by its code."""
    check_is_person(call)
    channel = call.text("channel")
    return _address(await call.services.addresses.confirm(call.actor, channel, body.code))


@routes.post("/me/addresses/{channel}", Nothing, AddressOut, method="DELETE", people=True)
async def remove_address(call: Call, _: Nothing) -> AddressOut:
    """Take an address away."""
    check_is_person(call)
    return _address(await call.services.addresses.remove(call.actor, call.text("channel")))
