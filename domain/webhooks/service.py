"""Endpoints of webhooks: made and changed by the operator, enabled again also by their owner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from domain.actor import Actor
from domain.base import is_id
from domain.clock import astana
from domain.errors import Conflict, NotFound, RuleBroken
from domain.identifiers import check_bin_iin
from domain.orders.queries import company_by_bin
from domain.roles import COMPANY_ROLES, Role
from domain.webhooks import reading, rows
from domain.webhooks.addresses import Allowed
from domain.webhooks.announcing import Announcing, body_of, new_uid
from domain.webhooks.catalogue import EVENTS, PING, Ping
from domain.webhooks.forgetting import forget_deliveries
from domain.webhooks.model import WebhookDelivery, WebhookEndpoint, WebhookEvent
from domain.webhooks.owners import check_company, check_owner, owned
from domain.webhooks.queue import Queue
from domain.webhooks.rules import (
    MOST_ENDPOINTS,
    MOST_OVERLAP,
    OVERLAP,
    check_description,
    check_events,
    check_url,
    host_of,
    new_secret,
)
from domain.webhooks.views import (
    DeliveryPage,
    DeliveryView,
    Enabled,
    EndpointPage,
    EndpointView,
)
from domain.work import Look, Recall, Site, Work, query, use_case

_ADMIN = frozenset({Role.ADMIN})
_OWNERS = _ADMIN | COMPANY_ROLES
_MISSED = ("skipped", "dead")
_DONE = ("delivered", "dead", "skipped")


async def _read(session: AsyncSession, number: int, now: datetime) -> EndpointView:
    return await reading.endpoint_of(session, number, now)


# An address may hold something that is nobody else's business: the record gets none.
_ENDPOINT = Recall(lambda view: view.id, _read)


class Webhooks:
    """Endpoints and what was delivered to them.

    ``announcing`` follows the record, ``queue`` is worked by the sender; ``allowed`` is what
    the installation allows besides public addresses.
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self.announcing = Announcing(site)
        self.queue = Queue(site)
        self.allowed = Allowed()

    async def create(
        self,
        actor: Actor,
        url: str,
        events: Sequence[str] = (),
        description: str = "",
        *,
        company_bin: str | None = None,
        seed: str | None = None,
    ) -> tuple[EndpointView, str]:
        """A new endpoint and its secret, shown this once.

        ``events``: names, or none for all. ``company_bin``: whose endpoint it is; None for the
        operator's, which only administrators make. ``seed``: what the secret is made of where a
        request may be repeated. Raises those of ``check_url``, ``check_events``,
        ``check_bin_iin``, ``check_company``; ``company_unknown``, ``webhook_too_many``.
        """
        made = new_secret(seed)
        view = await self._create(actor, url, events, description, company_bin, made)
        return view, await self._secret(view.id)

    @use_case("webhook.create", by=_ADMIN, recall=_ENDPOINT)
    async def _create(
        self,
        work: Work,
        url: str,
        events: Sequence[str],
        description: str,
        company_bin: str | None,
        secret: str,
    ) -> EndpointView:
        company = None
        if company_bin is not None:
            company = (await company_by_bin(work.session, check_bin_iin(company_bin))).id
        company = check_company(work.actor, company)
        row = WebhookEndpoint(
            company_id=company,
            made_by=work.actor.label if work.actor.kind == "integration" else None,
            url=check_url(url, self.allowed),
            events=check_events(events, EVENTS),
            description=check_description(description),
            state="enabled",
            secret=secret,
            created_at=work.now,
        )
        await _check_room(work.session, company)
        work.session.add(row)
        await work.session.flush()
        work.record(f"webhook:{row.id}", host=host_of(row.url), events=row.events, company=company)
        return await _read(work.session, row.id, work.now)

    @use_case("webhook.change", by=_ADMIN, recall=_ENDPOINT)
    async def change(
        self,
        work: Work,
        number: int,
        *,
        url: str | None = None,
        events: Sequence[str] | None = None,
        description: str | None = None,
    ) -> EndpointView:
        """Change what is given; what waits already goes to the new address.

        Raises NotFound ``webhook_unknown``, and those of ``create``.
        """
        row = await _own(work, number)
        if url is not None:
            row.url = check_url(url, self.allowed)
        if events is not None:
            row.events = check_events(events, EVENTS)
        if description is not None:
            row.description = check_description(description)
        await work.session.flush()
        work.record(f"webhook:{number}", host=host_of(row.url), events=row.events)
        return await _read(work.session, number, work.now)

    @use_case("webhook.rotate", by=_ADMIN)
    async def _rotate(self, work: Work, number: int, overlap: timedelta, secret: str) -> int:
        row = await _own(work, number)
        if not timedelta() <= overlap <= MOST_OVERLAP:
            hours = int(MOST_OVERLAP / timedelta(hours=1))
            raise RuleBroken("webhook_overlap", None, limit=hours)
        row.old_secret, row.old_secret_until = row.secret, work.now + overlap
        row.secret = secret
        work.record(f"webhook:{number}", overlap_until=row.old_secret_until)
        return number

    async def rotate(
        self, actor: Actor, number: int, overlap: timedelta = OVERLAP, seed: str | None = None
    ) -> str:
        """A new secret; for the time of ``overlap`` the old one signs beside it.

        Raises ``webhook_overlap`` for more than 7 days.
        """
        return await self._secret(await self._rotate(actor, number, overlap, new_secret(seed)))

    async def _secret(self, number: int) -> str:
        async with self.site.reading() as session:
            found = await session.scalar(
                select(WebhookEndpoint.secret).where(WebhookEndpoint.id == number)
            )
        return found or ""

    @use_case("webhook.enable", by=_OWNERS)
    async def enable(self, work: Work, number: int) -> Enabled:
        """Let an endpoint take events again; what it missed is sent on demand (``replay``).

        For the administrators and the head of its company. Raises Conflict
        ``webhook_enabled``.
        """
        row = await _own(work, number)
        if row.state == "enabled":
            raise Conflict("webhook_enabled")
        missed = await _count_missed(work.session, row)
        row.state, row.disabled_why, row.failing_since = "enabled", None, None
        row.held_until = None
        work.record(f"webhook:{number}", state=row.state)
        return Enabled(number, host_of(row.url), missed)

    @use_case("webhook.disable", by=_OWNERS)
    async def disable(self, work: Work, number: int) -> int:
        """Send nothing more for now; returns how many deliveries were skipped."""
        row = await _own(work, number)
        if row.state != "enabled":
            raise Conflict("webhook_disabled")
        row.state, row.disabled_why, row.disabled_at = "disabled", "owner", work.now
        work.record(f"webhook:{number}", state=row.state)
        return await rows.skip_open(work.session, number, work.now)

    @use_case("webhook.remove", by=_ADMIN)
    async def remove(self, work: Work, number: int) -> int:
        """Take an endpoint away for good, its secrets with it."""
        row = await _own(work, number)
        row.state, row.secret, row.old_secret = "removed", "", None
        await rows.skip_open(work.session, number, work.now)
        work.record(f"webhook:{number}", state=row.state)
        return number

    @use_case("webhook.test", by=_ADMIN)
    async def test(self, work: Work, number: int) -> int:
        """Send a test event to an endpoint; returns the number of its delivery.

        Raises Conflict ``webhook_disabled``.
        """
        row = await _own(work, number)
        if row.state != "enabled":
            raise Conflict("webhook_disabled")
        uid = new_uid()
        data = Ping(endpoint=number).model_dump(mode="json")
        event = await work.session.scalar(
            insert(WebhookEvent)
            .values(
                uid=uid,
                ordinal=0,
                type=PING.name,
                stream=uid,
                at=work.now,
                body=body_of(PING.name, astana(work.now).isoformat(), data),
                created_at=work.now,
            )
            .returning(WebhookEvent.id)
        )
        delivery = await work.session.scalar(
            insert(WebhookDelivery)
            .values(
                endpoint_id=number,
                event_id=event,
                stream=uid,
                state="queued",
                not_before=work.now,
                created_at=work.now,
            )
            .returning(WebhookDelivery.id)
        )
        work.record(f"webhook:{number}", delivery=delivery)
        return delivery or 0

    @use_case("webhook.replay", by=_OWNERS)
    async def replay(
        self,
        work: Work,
        number: int,
        *,
        delivery: int | None = None,
        since: datetime | None = None,
        delivered: bool = False,
    ) -> int:
        """Send again, under the same webhook-id; returns how many deliveries.

        ``delivery``: this one. Otherwise all since a moment that did not arrive; ``delivered``:
        also those that did. Raises Conflict ``webhook_disabled``, ``webhook_delivery_open`` for
        one that is still on its way.
        """
        row = await _own(work, number)
        if row.state != "enabled":
            raise Conflict("webhook_disabled")
        if delivery is None:
            states = _DONE if delivered else _MISSED
            found = await work.session.scalars(
                select(WebhookDelivery.id).where(
                    WebhookDelivery.endpoint_id == number,
                    WebhookDelivery.state.in_(states),
                    WebhookDelivery.created_at >= (since or row.created_at),
                )
            )
            ids = list(found)
        else:
            ids = [await _finished(work.session, number, delivery)]
        await rows.queue_again(work.session, number, ids, work.now)
        work.record(f"webhook:{number}", replayed=len(ids), delivery=delivery, since=since)
        return len(ids)

    @query(by=_OWNERS)
    async def one(self, look: Look, number: int) -> EndpointView:
        """An endpoint; raises NotFound ``webhook_unknown``, also for one of somebody else's."""
        return await reading.endpoint_of(look.session, number, look.now, owned(look.actor))

    @query(by=_OWNERS)
    async def page(self, look: Look, after: int | None = None, size: int = 50) -> EndpointPage:
        """The actor's endpoints, oldest first."""
        mine = owned(look.actor)
        found = await reading.endpoints(
            look.session, look.now, mine, after=after or 0, size=size + 1
        )
        more = found[size - 1].id if len(found) > size else None
        return EndpointPage(found[:size], more)

    @query(by=_OWNERS)
    async def deliveries(
        self,
        look: Look,
        number: int,
        before: int | None = None,
        states: Sequence[str] = (),
        size: int = 50,
    ) -> DeliveryPage:
        """What was delivered to an endpoint and what was not, newest first."""
        await reading.endpoint_of(look.session, number, look.now, owned(look.actor))
        found = await reading.deliveries(
            look.session, number, before=before, states=states, size=size + 1
        )
        older = found[size - 1].id if len(found) > size else None
        return DeliveryPage(found[:size], older)

    @query(by=_OWNERS)
    async def delivery(self, look: Look, number: int, delivery: int) -> DeliveryView:
        """One delivery with its attempts; raises NotFound ``webhook_delivery_unknown``."""
        await reading.endpoint_of(look.session, number, look.now, owned(look.actor))
        found = []
        if is_id(delivery):
            found = await reading.deliveries(look.session, number, only=delivery)
        if not found:
            raise NotFound("webhook_delivery_unknown", None, delivery=delivery)
        return found[0]

    async def forget(self, older_than: timedelta) -> int:
        """Drop deliveries that ended long ago, and events nobody needs; returns how many."""
        return await forget_deliveries(self.site, older_than)


async def _check_room(session: AsyncSession, company: int | None) -> None:
    owner = WebhookEndpoint.company_id
    count = await session.scalar(
        select(func.count()).where(
            owner.is_(None) if company is None else owner == company,
            WebhookEndpoint.state != "removed",
        )
    )
    if (count or 0) >= MOST_ENDPOINTS:
        raise RuleBroken("webhook_too_many", None, limit=MOST_ENDPOINTS)


async def _own(work: Work, number: int) -> WebhookEndpoint:
    """An endpoint of the actor's, held."""
    row = await reading.held_endpoint(work.session, number)
    await check_owner(work.session, work.actor, row)
    return row


async def _count_missed(session: AsyncSession, row: WebhookEndpoint) -> int:
    return (
        await session.scalar(
            select(func.count()).where(
                WebhookDelivery.endpoint_id == row.id,
                WebhookDelivery.state == "skipped",
                WebhookDelivery.finished_at >= (row.disabled_at or row.created_at),
            )
        )
        or 0
    )


async def _finished(session: AsyncSession, endpoint: int, delivery: int) -> int:
    """A delivery that may be sent again."""
    state = None
    if is_id(delivery):
        state = await session.scalar(
            select(WebhookDelivery.state).where(
                WebhookDelivery.id == delivery, WebhookDelivery.endpoint_id == endpoint
            )
        )
    if state is None:
        raise NotFound("webhook_delivery_unknown", None, delivery=delivery)
    if state not in _DONE:
        raise Conflict("webhook_delivery_open", None, delivery=delivery)
    return delivery
