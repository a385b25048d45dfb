"""Notices, deliveries and dead letters over HTTP."""

from __future__ import annotations

from datetime import timedelta

from domain.actor import Actor
from domain.notices.queue import Outcome, Settled
from domain.notices.writing import tell
from domain.services import Services
from domain.work import Site, Work, use_case
from tests.bot.web.conftest import Api, MakeToken
from tests.bot.web.story import problem
from tests.support.copies import copied
from tests.support.factories import integration_actor, make_person

LEASE = timedelta(minutes=5)


class _Crier:
    def __init__(self, site: Site) -> None:
        self.site = site

    @use_case("test.cry_over_http", by=None)
    async def cry(self, work: Work, reader: Actor) -> None:
        await tell(work, [reader.person_id or 0], "order.invited", "order:15", number=15)


async def _told(services: Services, *outcomes: Outcome) -> list[int]:
    """Tell somebody as often as there are outcomes; the numbers of the notices."""
    reader = await make_person(services.site)
    for _ in outcomes:
        await _Crier(services.site).cry(integration_actor(), reader)
    taken = await services.notice_queue.claim(100, LEASE)
    now = services.site.clock.now()
    done = [Settled(each, out, now) for each, out in zip(taken, outcomes, strict=True)]
    await services.notice_queue.settle(done)
    return [each.number for each in taken]


async def test_a_receipt_tells_each_moment_of_a_notice(api: Api, services: Services) -> None:
    [sent, again] = await _told(
        services, Outcome("sent", message_id=77), Outcome("retry", retry_after=30, reason="429")
    )
    page = await api.ok("GET", "/notices?subject=order:15")
    assert [page["items.0.number"], page["items.1.number"]] == [again, sent]
    found = await api.ok("GET", f"/notices/{sent}")
    assert (found["items.0.state"], found["items.0.opened_at"]) == ("sent", None)
    assert found["items.0.sent_at"] == "2026-11-20T10:00:00+05:00"
    assert found["items.0.attempts.0.message_id"] == 77
    attempts = await api.ok("GET", "/deliveries?outcome=retry")
    assert attempts["items.0.notice"] == again
    assert attempts["items.0.retry_at"] == "2026-11-20T10:00:30+05:00"
    assert attempts["next"] is None
    later = await api.ok("GET", "/deliveries?since=2026-11-20T10:00:01%2B05:00")
    assert later.json["items"] == []
    problem(await api.get("/notices/0"), 404, "notice_unknown")
    problem(await api.get("/notices/999999"), 404, "notice_unknown")


async def test_dead_letters_are_sent_again_or_dropped(
    api: Api, services: Services, make_token: MakeToken
) -> None:
    assert (await api.ok("GET", "/dead-letters")).json == {"items": [], "total": 0, "next": None}
    refused = Outcome("dead", reason="Bad Request: message is too long")
    one, two, three = await _told(services, refused, refused, refused)
    page = await api.ok("GET", "/dead-letters?limit=2")
    assert (page["items.0.number"], page["items.0.reason"], page["total"]) == (
        three,
        refused.reason,
        3,
    )
    page = await api.ok("GET", f"/dead-letters?limit=2&cursor={page['next']}")
    assert (page["items.0.number"], page["next"]) == (one, None)
    done = await api.ok("POST", "/dead-letters/replay", {"numbers": [one]})
    assert done.json == {"queued": 1, "delivered": 0, "useless": 0}
    problem(await api.post("/dead-letters/replay", {"numbers": [one]}), 404, "dead_letter_unknown")
    problem(
        await api.post("/dead-letters/drop", {"numbers": [two], "reason": ""}), 422, "text_missing"
    )
    dropped = await api.ok("POST", "/dead-letters/drop", {"numbers": [two], "reason": "by phone"})
    assert dropped.json == {"dropped": 1}
    assert (await api.ok("POST", "/dead-letters/replay", {}))["queued"] == 1
    reader = Api(api.client, await make_token("read"))
    problem(await reader.post("/dead-letters/replay", {}), 403, "scope_too_small")


async def test_a_dead_letter_says_by_which_other_channels_it_is_known(
    api: Api, services: Services
) -> None:
    refused = Outcome("dead", reason="Bad Request: message is too long")
    one, two, _ = await _told(services, refused, refused, refused)
    await copied(services.site, one, "sent", services.site.clock.now())
    await copied(services.site, two, "queued", None)
    page = await api.ok("GET", "/dead-letters")
    assert page["items.0.elsewhere"] == []
    assert page["items.1.elsewhere"] == [{"channel": "email", "sent_at": None}]
    sent = {"channel": "email", "sent_at": "2026-11-20T10:00:00+05:00"}
    assert page["items.2.elsewhere"] == [sent]


async def test_what_no_notice_can_be_is_refused(api: Api, services: Services) -> None:
    """A slip of the pen must not look as if there were nothing."""
    await _told(services, Outcome("sent", message_id=1))
    for path in ("/notices?state=Sent", "/deliveries?outcome=failed", "/deliveries?outcome="):
        problem(await api.get(path), 400, "invalid_request")
    assert (await api.ok("GET", "/notices?state=digested")).json["items"] == []
