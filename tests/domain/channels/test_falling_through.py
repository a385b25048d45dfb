"""A notice that finds no reader goes on to the next channel, once, with its number."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.actor import Actor
from domain.channels.copying import STAY, addressed, copy_to
from domain.notices.kinds import KINDS
from domain.notices.queue import NoticeQueue, Outcome, Settled
from domain.notices.service import Notices
from domain.notices.views import NoticeView
from domain.people.service import People
from domain.roles import Role
from domain.work import Site, Work, use_case
from tests.domain.channels.people import LEASE, Mailbox
from tests.domain.stage import Stage
from tests.support.factories import again, integration_actor, make_person


@pytest.fixture
def box(site: Site) -> Mailbox:
    return Mailbox(site)


@pytest.fixture
async def aigul(site: Site) -> Actor:
    return await make_person(site, role=Role.OBSERVER)


async def told_by_letter(box: Mailbox, person: Actor) -> None:
    """The chat has no reader any more: a letter waits instead."""
    await box.verified(person, "email")
    await box.tell(person)
    await box.end("unreachable")


async def letter_on_its_way(box: Mailbox, person: Actor) -> tuple[NoticeQueue, NoticeView]:
    """The letter of such a notice, claimed from the queue of its channel."""
    await told_by_letter(box, person)
    queue = NoticeQueue(box.site, "email")
    (letter,) = await queue.claim(5, LEASE)
    return queue, letter


async def test_what_finds_no_reader_goes_on_at_once_with_its_number(
    box: Mailbox, aigul: Actor
) -> None:
    await box.verified(aigul, "email", "sms")
    await box.tell(aigul)
    await box.end("unreachable")
    first, copy = await box.rows(aigul)
    assert (first.channel, first.state) == ("telegram", "unreachable")
    assert (copy.channel, copy.state, copy.origin_id) == ("email", "queued", first.id)
    assert (copy.kind, copy.params, copy.dedup) == (first.kind, first.params, first.dedup)
    (claimed,) = await NoticeQueue(box.site, "email").claim(5, LEASE)
    assert claimed.shown_number == first.id


@pytest.mark.parametrize("before", ["unknown", "retry"])
async def test_a_copy_of_what_may_have_arrived_says_so(
    box: Mailbox, aigul: Actor, stage: Stage, before: str
) -> None:
    """Also the copy of the copy, when mail fails as well."""
    await box.verified(aigul, "email", "sms")
    await box.tell(aigul)
    for outcome in (before, "dead"):
        (taken,) = await NoticeQueue(box.site).claim(5, LEASE)
        await NoticeQueue(box.site).settle([Settled(taken, Outcome(outcome), stage.clock.now())])
    for channel in ("email", "sms"):
        (copy,) = await NoticeQueue(box.site, channel).claim(5, LEASE)
        assert copy.repeated is (before == "unknown"), channel
        lost = Settled(copy, Outcome("unreachable"), stage.clock.now())
        await NoticeQueue(box.site, channel).settle([lost])


@pytest.mark.parametrize("state", ["unreachable", "dead"])
async def test_channel_after_channel_until_none_is_left(
    box: Mailbox, aigul: Actor, state: str
) -> None:
    await box.verified(aigul, "other", "sms", "email")
    await box.tell(aigul)
    for channel in ("telegram", "email", "sms", "other"):
        assert await box.end(state, channel) == 1
    assert await box.states(aigul) == [
        (channel, state) for channel in ("telegram", "email", "sms", "other")
    ]


async def test_settled_twice_it_is_copied_once(box: Mailbox, aigul: Actor) -> None:
    await box.verified(aigul, "email")
    await box.tell(aigul)
    queue = NoticeQueue(box.site)
    (notice,) = await queue.claim(5, LEASE)
    lost = Settled(notice, Outcome("unreachable", reason="403"), box.site.clock.now())
    await queue.settle([lost])
    await queue.settle([lost])
    assert len(await box.rows(aigul, "email")) == 1


def test_what_stays_is_something_that_is_told() -> None:
    assert STAY.issubset(KINDS)


@pytest.mark.parametrize("kind", ["order.window_closed", "broadcast.news", *sorted(STAY)])
async def test_news_and_trials_stay_in_the_list(box: Mailbox, aigul: Actor, kind: str) -> None:
    await box.verified(aigul, "email")
    await box.tell(aigul, kind=kind)
    await box.end("unreachable")
    assert await box.states(aigul) == [("telegram", "unreachable")]


async def test_what_has_become_useless_goes_nowhere(
    box: Mailbox, aigul: Actor, stage: Stage
) -> None:
    await box.verified(aigul, "email")
    await box.tell(aigul, useless_in=60)
    queue = NoticeQueue(box.site)
    (notice,) = await queue.claim(5, LEASE)
    stage.clock.advance(timedelta(seconds=60))
    await queue.settle([Settled(notice, Outcome("unreachable"), box.site.clock.now())])
    assert len(await box.rows(aigul)) == 1


async def test_nothing_goes_to_an_address_without_its_code(box: Mailbox, aigul: Actor) -> None:
    await box.addresses.want(again(aigul), "email", "aigul@example.kz")
    await box.tell(aigul)
    await box.end("unreachable")
    assert await box.states(aigul) == [("telegram", "unreachable")]


async def test_a_failing_address_is_the_last_resort(box: Mailbox, aigul: Actor) -> None:
    await box.verified(aigul, "email", "sms")
    await box.tell(aigul)
    await box.end("unreachable")
    await box.end("dead", "email")
    mail, sms = await box.addresses.mine(aigul)
    assert (mail.state, mail.last_failure) == ("failing", "email said no")
    assert sms.state == "verified"
    await box.tell(aigul)
    await box.end("unreachable")
    assert [row.channel for row in (await box.rows(aigul))[-2:]] == ["telegram", "sms"]
    # Nothing else is left: then it is tried, and serves again once it takes something.
    await box.addresses.remove(again(aigul), "sms")
    await box.tell(aigul)
    await box.end("unreachable")
    assert await box.end("sent", "email") == 1
    (mail,) = await box.addresses.mine(aigul)
    assert (mail.state, mail.last_failure) == ("verified", None)


async def back(box: Mailbox, person: Actor) -> None:
    people = People(box.site)
    await people.mark_reachable(again(person), person.telegram_id or 0)


async def test_who_is_back_gets_nothing_that_has_reached_them(box: Mailbox, aigul: Actor) -> None:
    await told_by_letter(box, aigul)
    await box.end("sent", "email")
    await back(box, aigul)
    assert await box.states(aigul) == [("telegram", "unreachable"), ("email", "sent")]


async def test_a_letter_that_still_waits_gives_way_to_the_chat(box: Mailbox, aigul: Actor) -> None:
    await told_by_letter(box, aigul)
    await back(box, aigul)
    assert await box.states(aigul) == [("telegram", "queued"), ("email", "dropped")]
    assert await box.end("sent") == 1
    assert await box.end("sent", "email") == 0


async def test_a_letter_on_its_way_goes_and_if_it_fails_the_chat_gets_it(
    box: Mailbox, aigul: Actor
) -> None:
    queue, letter = await letter_on_its_way(box, aigul)
    await back(box, aigul)
    assert await box.states(aigul) == [("telegram", "unreachable"), ("email", "sending")]
    await queue.settle([Settled(letter, Outcome("dead", reason="550"), box.site.clock.now())])
    assert await box.states(aigul) == [("telegram", "queued"), ("email", "dead")]


async def test_a_letter_that_is_put_off_gives_way_to_the_chat(box: Mailbox, aigul: Actor) -> None:
    """On its way when the reader came back, and then the mail server took nothing for days."""
    queue, letter = await letter_on_its_way(box, aigul)
    later = Outcome("retry", retry_after=60, counted=False, reason="451")
    await back(box, aigul)
    await queue.settle([Settled(letter, later, box.site.clock.now())])
    assert await box.states(aigul) == [("telegram", "queued"), ("email", "dropped")]
    assert (await box.rows(aigul, "email"))[0].error == "the reader is back in the chat"
    assert await box.end("sent") == 1
    assert await box.end("sent", "email") == 0


async def test_while_the_reader_is_away_a_letter_put_off_goes_later(
    box: Mailbox, aigul: Actor
) -> None:
    queue, letter = await letter_on_its_way(box, aigul)
    later = Outcome("retry", retry_after=0, counted=False, reason="451")
    await queue.settle([Settled(letter, later, box.site.clock.now())])
    assert await box.states(aigul) == [("telegram", "unreachable"), ("email", "queued")]


@pytest.mark.parametrize("ended", ["retry", "dead", "waits"])
async def test_the_chat_says_that_a_letter_may_have_arrived(
    box: Mailbox, aigul: Actor, ended: str
) -> None:
    """The letter was taken without an answer; back in the chat, its reader may know already."""
    queue, letter = await letter_on_its_way(box, aigul)
    unsure = Settled(letter, Outcome("unknown", reason="no answer"), box.site.clock.now())
    await queue.settle([unsure])
    if ended != "waits":
        (letter,) = await queue.claim(5, LEASE)
    await back(box, aigul)
    if ended != "waits":
        await queue.settle([Settled(letter, Outcome(ended), box.site.clock.now())])
    (again_in_chat,) = await NoticeQueue(box.site).claim(5, LEASE)
    assert again_in_chat.repeated


async def test_each_event_stands_in_the_list_once(box: Mailbox, aigul: Actor) -> None:
    await told_by_letter(box, aigul)
    page = await Notices(box.site).page(aigul)
    assert (len(page.notices), page.unread) == (1, 1)


class Chain:
    """A step of a chain that goes by e-mail."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @use_case("test.step", by=None)
    async def step(self, work: Work, people: list[int]) -> list[int]:
        return await copy_to(work, people, "order.invited", "order:1")


async def test_a_step_by_mail_goes_to_confirmed_addresses_and_once(
    box: Mailbox, aigul: Actor, site: Site
) -> None:
    berik = await make_person(site)
    ids = [aigul.person_id or 0, berik.person_id or 0]
    await box.verified(aigul, "email")
    await box.tell(aigul, berik)
    async with site.sessions() as session:
        assert await addressed(session, ids) == ids[:1]
    chain = Chain(site)
    assert await chain.step(integration_actor(), ids) == ids[:1]
    assert await chain.step(integration_actor(), ids) == []
    # The copy is there already: a lost chat adds none.
    await box.end("unreachable")
    assert len(await box.rows(aigul, "email")) == 1
    assert await box.rows(berik, "email") == []
