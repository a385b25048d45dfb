"""Preferences, digests and muting on PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text

from domain.actor import Actor
from domain.broadcasts.rules import Audience, Content
from domain.errors import NotFound, RuleBroken
from domain.notices.kinds import KINDS, Kind
from domain.notices.model import Notice
from domain.notices.writing import tell
from domain.preferences.model import Preference
from domain.preferences.rules import EVERY_DAY, QuietHours, Wishes, placed
from domain.preferences.service import wishes_of
from domain.roles import Role
from domain.work import Site, Work, use_case
from tests.domain.preferences.test_rules import kinds_made, moments, terms, wishes_made
from tests.domain.stage import Stage, moment
from tests.support.factories import admin_actor, again, integration_actor, make_person
from tests.support.waiting import until

LEASE = timedelta(days=60)
NIGHT = QuietHours(22 * 60, 8 * 60)


class Crier:
    """Tells people things."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @use_case("test.cry", by=None)
    async def _cry(self, work: Work, people: list[int], kind: str, until: datetime | None) -> None:
        await tell(work, people, kind, "order:1", useless_after=until, number=1)

    async def cry(self, kind: str, *people: Actor, until: datetime | None = None) -> None:
        await self._cry(integration_actor(), [each.person_id or 0 for each in people], kind, until)


class Desk:
    """A stage with a reader and what became of their notices."""

    def __init__(self, stage: Stage, reader: Actor) -> None:
        self.stage, self.reader = stage, reader
        self.services, self.clock = stage.services, stage.clock
        self.crier = Crier(stage.site)

    async def tell(self, kind: str, until: datetime | None = None) -> None:
        await self.crier.cry(kind, self.reader, until=until)

    async def rows(self, reader: Actor | None = None) -> list[Notice]:
        person = (reader or self.reader).person_id
        async with self.stage.site.sessions() as session:
            found = select(Notice).where(Notice.person_id == person).order_by(Notice.id)
            return list(await session.scalars(found))

    async def states(self) -> list[tuple[str, str]]:
        return [(row.kind, row.state) for row in await self.rows()]

    async def sent(self) -> list[str]:
        """The kinds of what may go out now."""
        return [each.kind for each in await self.services.notice_queue.claim(100, LEASE)]

    def at(self, text: str) -> None:
        self.clock.set(moment(text))


@pytest.fixture
async def desk(stage: Stage) -> Desk:
    return Desk(stage, await make_person(stage.site))


async def test_quiet_hours_hold_work_and_not_the_law(desk: Desk) -> None:
    mine = await desk.services.preferences.set_quiet(again(desk.reader), NIGHT)
    assert mine.quiet == NIGHT
    desk.at("11-20 23:00")
    await desk.tell("order.done")
    await desk.tell("order.invited", moment("11-27 00:00"))
    await desk.tell("remind.offer_window", moment("11-23 00:00"))
    assert await desk.sent() == ["order.invited"]
    desk.at("11-21 07:59")
    assert await desk.sent() == []
    desk.at("11-21 08:00")
    assert await desk.sent() == ["remind.offer_window", "order.done"]


async def test_quiet_hours_given_up_let_go_what_waits(desk: Desk) -> None:
    preferences = desk.services.preferences
    await preferences.set_quiet(again(desk.reader), NIGHT)
    desk.at("11-20 23:00")
    await desk.tell("order.done")
    await preferences.set_quiet(again(desk.reader), QuietHours(22 * 60, 6 * 60))
    desk.at("11-21 05:59")
    assert await desk.sent() == []
    await preferences.set_quiet(again(desk.reader), None)
    assert await desk.sent() == ["order.done"]


async def test_a_digest_is_one_message_of_a_day(desk: Desk) -> None:
    await desk.services.preferences.set_digest(again(desk.reader), 18 * 60)
    for _ in range(12):
        await desk.tell("order.done")
    await desk.tell("order.invited")
    await desk.tell("order.published", moment("11-20 17:00"))
    mine = await desk.services.preferences.mine(again(desk.reader))
    assert (mine.waiting, mine.digest_next) == (13, moment("11-20 18:00"))
    assert await desk.sent() == ["order.invited"]
    desk.at("11-20 17:59")
    assert await desk.services.digests.collect() == 0
    desk.at("11-20 18:00")
    assert await desk.services.digests.collect() == 1
    assert await desk.services.digests.collect() == 0
    (digest,) = await desk.services.notice_queue.claim(100, LEASE)
    assert digest.kind == "news.digest"
    assert (digest.params["count"], digest.params["left_out"]) == (12, 1)
    assert len(list(digest.params["events"])) == 10  # type: ignore[call-overload]  # a list of JSON
    rows = await desk.rows()
    assert {row.digest_id for row in rows if row.state == "digested"} == {digest.number}
    assert [row.kind for row in rows if row.state == "useless"] == ["order.published"]
    page = await desk.services.digests.page(again(desk.reader), digest.number, 2)
    assert (page.page, page.pages, page.total, len(page.events)) == (2, 2, 12, 2)
    desk.at("11-21 18:00")
    assert await desk.services.digests.collect() == 0, "an empty day brings none"


async def test_a_digest_is_its_readers_own(desk: Desk) -> None:
    other = await make_person(desk.stage.site)
    await desk.services.preferences.set_digest(again(desk.reader), 18 * 60)
    await desk.tell("order.done")
    desk.at("11-20 18:00")
    await desk.services.digests.collect()
    (digest,) = [row for row in await desk.rows() if row.kind == "news.digest"]
    for number in (digest.id, 0, 2**70):
        with pytest.raises(NotFound, match="notice_unknown"):
            await desk.services.digests.page(again(other), number, 1)


async def test_what_comes_after_the_hour_waits_for_the_next_day(desk: Desk) -> None:
    """Also where the sweep is late, and finds both."""
    await desk.services.preferences.set_digest(again(desk.reader), 18 * 60)
    desk.at("11-20 17:59")
    await desk.tell("order.done")
    desk.at("11-20 18:01")
    await desk.tell("order.done")
    desk.at("11-20 18:05")
    assert await desk.services.digests.collect() == 1
    assert [state for _, state in await desk.states()] == ["digested", "digest", "queued"]
    desk.at("11-21 18:00")
    assert await desk.services.digests.collect() == 1
    first, second = [row for row in await desk.rows() if row.kind == "news.digest"]
    assert (first.params["count"], second.params["count"]) == (1, 1)


async def test_two_processes_make_one_digest(desk: Desk) -> None:
    people = [await make_person(desk.stage.site) for _ in range(5)]
    for person in people:
        await desk.services.preferences.set_digest(again(person), 18 * 60)
    for _ in range(3):
        await desk.crier.cry("order.done", *people)
    desk.at("11-20 18:00")
    made = await asyncio.gather(*(desk.services.digests.collect() for _ in range(4)))
    assert sum(made) == 5
    for person in people:
        kinds = [(row.kind, row.state) for row in await desk.rows(person)]
        assert kinds.count(("news.digest", "queued")) == 1
        assert kinds.count(("order.done", "digested")) == 3


async def test_a_digest_switched_off_loses_nothing(desk: Desk) -> None:
    preferences = desk.services.preferences
    await preferences.set_digest(again(desk.reader), 18 * 60)
    await desk.tell("order.done")
    await preferences.set_digest(again(desk.reader), 12 * 60)
    desk.at("11-20 11:00")
    assert await desk.services.digests.collect() == 0
    await preferences.set_digest(again(desk.reader), None)
    assert await desk.sent() == ["order.done"]
    desk.at("11-20 18:00")
    assert await desk.services.digests.collect() == 0


async def test_muted_stands_in_the_list_only(desk: Desk) -> None:
    preferences = desk.services.preferences
    mine = await preferences.mute(again(desk.reader), "course", True)
    assert mine.muted == ("course",)
    await desk.tell("order.done")
    await desk.tell("order.invited")
    assert await desk.sent() == ["order.invited"]
    assert ("order.done", "muted") in await desk.states()
    listed = await desk.services.notices.page(again(desk.reader))
    assert {each.kind for each in listed.notices} == {"order.done", "order.invited"}
    await preferences.mute(again(desk.reader), "course", False)
    await desk.tell("order.done")
    assert await desk.sent() == ["order.done"]
    with pytest.raises(RuleBroken, match="category_told"):
        await preferences.mute(again(desk.reader), "terms", True)


@pytest.mark.parametrize("at_once", [False, True])
async def test_what_waits_is_muted_with_its_category(desk: Desk, at_once: bool) -> None:
    """Whoever has just muted a category is sent nothing more of it, however long it has waited."""
    preferences, reader = desk.services.preferences, desk.reader
    await preferences.set_quiet(again(reader), NIGHT)
    desk.at("11-20 23:00")
    await desk.tell("order.done")
    await desk.tell("registration.approved")
    await preferences.set_digest(again(reader), 18 * 60)
    await desk.tell("order.done")
    await desk.tell("broadcast.news")
    assert [state for _, state in await desk.states()] == ["queued", "queued", "digest", "digest"]
    if at_once:
        await preferences.put(again(reader), None, Wishes(NIGHT, 18 * 60, frozenset({"course"})))
    else:
        await preferences.mute(again(reader), "course", True)
    assert [state for _, state in await desk.states()] == ["muted", "queued", "muted", "digest"]
    desk.at("11-21 09:00")
    assert await desk.sent() == ["registration.approved"]
    desk.at("11-21 18:00")
    assert await desk.services.digests.collect() == 1
    digest = (await desk.rows())[-1]
    assert digest.params["count"] == 1
    # Once muted they stay in the list: nothing old comes when they are wanted again.
    await preferences.mute(again(reader), "course", False)
    assert await desk.sent() == ["news.digest"]


async def test_a_broadcast_counts_those_who_muted_news(desk: Desk) -> None:
    supplier = await desk.stage.supplier()
    await desk.services.preferences.mute(supplier.me, "news", True)
    admin = await admin_actor(desk.stage.site)
    audience = Audience(roles=(Role.SUPPLIER.value,))
    assert (await desk.services.broadcasts.reach(admin, audience)).muted == 1
    await desk.services.broadcasts.create(
        again(admin), "key", Content("Жаңалық", "Новость"), audience
    )
    (news,) = [row for row in await desk.rows(supplier.person) if row.kind == "broadcast.news"]
    assert news.state == "muted"


async def test_every_change_is_on_record_and_once(desk: Desk) -> None:
    actor = again(desk.reader)
    first = await desk.services.preferences.set_quiet(actor, NIGHT)
    assert await desk.services.preferences.set_quiet(actor, None) == first, "the same press again"
    entries = await desk.stage.record(f"person:{desk.reader.person_id}")
    assert [each.action for each in entries if each.action.startswith("pref")] == [
        "preferences.quiet"
    ]


_many = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


async def _wish(desk: Desk, person_id: int, data: dict[str, object]) -> None:
    async with desk.stage.site.sessions.begin() as session:
        await session.execute(delete(Preference).where(Preference.person_id == person_id))
        session.add(Preference(person_id=person_id, changed_at=desk.clock.now(), **data))


@_many
@given(wishes_made, kinds_made, moments, terms)
async def test_the_database_says_what_the_rules_say(
    desk: Desk,
    wishes: Wishes,
    kind: Kind,
    now: datetime,
    term: timedelta | None,
) -> None:
    quiet = wishes.quiet
    await _wish(
        desk,
        desk.reader.person_id or 0,
        {
            "quiet_from": None if quiet is None else quiet.first,
            "quiet_until": None if quiet is None else quiet.last,
            "quiet_days": EVERY_DAY if quiet is None else quiet.days,
            "digest_at": wishes.digest_at,
            "muted": sorted(wishes.muted),
        },
    )
    desk.clock.set(now)
    until = None if term is None else now + term
    await desk.tell(kind.name, until)
    row = (await desk.rows())[-1]
    async with desk.stage.site.sessions() as session:
        kept = await session.get(Preference, desk.reader.person_id)
    assert wishes_of(kept) == wishes
    found = placed(wishes, KINDS[kind.name], now, until)
    assert (row.state, row.not_before) == (found.state, found.not_before)


acts = st.lists(
    st.one_of(
        st.tuples(st.just("tell"), st.sampled_from(["order.done", "broadcast.news"])),
        st.tuples(st.just("digest"), st.none() | st.sampled_from([9 * 60, 18 * 60, 23 * 60])),
        st.tuples(st.just("quiet"), st.none() | st.just(NIGHT)),
        st.tuples(st.just("wait"), st.sampled_from([1, 4, 9, 25])),
        st.tuples(st.just("sweep"), st.none()),
        st.tuples(st.just("send"), st.none()),
    ),
    min_size=1,
    max_size=12,
)


@_many
@given(acts)
async def test_each_event_reaches_its_reader_exactly_once(
    stage: Stage, done: list[tuple[str, object]]
) -> None:
    """Whatever is chosen, changed and switched off meanwhile, and whenever the sweep comes."""
    stage.clock.set(moment("11-20 10:00"))
    desk = Desk(stage, await make_person(stage.site))
    told = 0
    for what, how in done:
        match what, how:
            case "tell", str(kind):
                await desk.tell(kind)
                told += 1
            case "digest", int() | None as at:
                await desk.services.preferences.set_digest(again(desk.reader), at)
            case "quiet", QuietHours() | None as quiet:
                await desk.services.preferences.set_quiet(again(desk.reader), quiet)
            case "wait", int(hours):
                stage.clock.advance(timedelta(hours=hours))
            case "sweep", _:
                await desk.services.digests.collect()
            case "send", _:
                await desk.sent()
    stage.clock.advance(timedelta(days=2))
    await desk.services.digests.collect()
    await desk.sent()
    rows = await desk.rows()
    events = [row for row in rows if row.kind != "news.digest"]
    digests = {row.id: row for row in rows if row.kind == "news.digest"}
    assert len(events) == told
    assert {row.state for row in rows} <= {"sending", "digested"}
    for row in events:
        assert (row.state == "digested") == (row.digest_id in digests)
    for digest in digests.values():
        inside = [row.id for row in events if row.digest_id == digest.id]
        assert digest.params["count"] == len(inside)
        named = [each["number"] for each in digest.params["events"]]  # type: ignore[attr-defined]  # JSON
        assert named == inside[:10]
        assert inside, "no empty digest"


async def test_a_digest_that_was_cut_off_is_made_once(desk: Desk) -> None:
    """Killed in the middle, it leaves everything as it was."""
    await desk.services.preferences.set_digest(again(desk.reader), 18 * 60)
    for _ in range(2):
        await desk.tell("order.done")
    desk.at("11-20 18:00")
    sessions = desk.stage.site.sessions

    async def waits() -> bool:
        async with sessions() as session:
            found = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            return bool(await session.scalar(text(found)))

    async with sessions.begin() as session:
        await session.execute(select(Notice).with_for_update())
        cut = asyncio.create_task(desk.services.digests.collect())
        await until(waits)
        cut.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cut
    assert {state for _, state in await desk.states()} == {"digest"}
    assert await desk.services.digests.collect() == 1
    assert sorted(await desk.states()) == [
        ("news.digest", "queued"),
        ("order.done", "digested"),
        ("order.done", "digested"),
    ]
