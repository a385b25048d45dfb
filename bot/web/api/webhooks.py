"""Endpoints of webhooks, what was delivered to them, and the catalogue of events."""

from __future__ import annotations

from datetime import timedelta

from bot.web.api.models import PageQuery
from bot.web.api.reading import cursor_of, named_states, read_cursor
from bot.web.api.routing import Call, Group, Nothing
from bot.web.api.webhook_models import (
    DeliveriesQuery,
    DeliveryFullOut,
    DeliveryOut,
    DeliveryPageOut,
    DisabledOut,
    EnabledOut,
    EventOut,
    EventsOut,
    RemovedOut,
    ReplayedOut,
    ReplayIn,
    RotateIn,
    SecretOut,
    TestedOut,
    WebhookChangeIn,
    WebhookIn,
    WebhookMadeOut,
    WebhookOut,
    WebhookPageOut,
)
from domain.webhooks.catalogue import EVENTS, schema_of
from domain.webhooks.reading import DELIVERY_STATES
from handlers.views.translator import lazy

routes = Group("webhooks", companies=True)

_STATES = lazy("There is no such state of a delivery. The states are: {states}.")


def _number(call: Call) -> int:
    return call.number("id", "webhook_unknown", "webhook")


@routes.get("/webhooks/events", Nothing, EventsOut)
async def list_events(_call: Call, _: Nothing) -> EventsOut:
    """Every event with the JSON Schema of its body."""
    return EventsOut(
        items=[
            EventOut(
                name=each.name,
                description=(each.data.__doc__ or "").strip(),
                whom=each.summary,
                json_schema=schema_of(each),
            )
            for each in EVENTS.values()
        ]
    )


@routes.post("/webhooks", WebhookIn, WebhookMadeOut, status=201, secret=True)
async def create_webhook(call: Call, body: WebhookIn) -> WebhookMadeOut:
    """A new endpoint; `secret` is shown this once."""
    made, secret = await call.services.webhooks.create(
        call.actor,
        body.url,
        body.events,
        body.description,
        company_bin=body.company_bin,
        seed=call.secret,
    )
    return WebhookMadeOut(**WebhookOut.model_validate(made).model_dump(), secret=secret)


@routes.get("/webhooks", PageQuery, WebhookPageOut)
async def list_webhooks(call: Call, query: PageQuery) -> WebhookPageOut:
    """Endpoints, oldest first."""
    after = read_cursor("webhook", query.cursor)
    page = await call.services.webhooks.page(call.actor, after, query.size)
    return WebhookPageOut(
        items=[WebhookOut.model_validate(each) for each in page.endpoints],
        next=None if page.after is None else cursor_of("webhook", page.after),
    )


@routes.get("/webhooks/{id}", Nothing, WebhookOut)
async def show_webhook(call: Call, _: Nothing) -> WebhookOut:
    """An endpoint, without its secret."""
    found = await call.services.webhooks.one(call.actor, _number(call))
    return WebhookOut.model_validate(found)


@routes.post("/webhooks/{id}", WebhookChangeIn, WebhookOut, method="PATCH")
async def change_webhook(call: Call, body: WebhookChangeIn) -> WebhookOut:
    """Change address, events or description; what is left out stays."""
    changed = await call.services.webhooks.change(
        call.actor,
        _number(call),
        url=body.url,
        events=body.events,
        description=body.description,
    )
    return WebhookOut.model_validate(changed)


@routes.post("/webhooks/{id}", Nothing, RemovedOut, method="DELETE")
async def remove_webhook(call: Call, _: Nothing) -> RemovedOut:
    """Take an endpoint away for good."""
    number = await call.services.webhooks.remove(call.actor, _number(call))
    return RemovedOut(id=number, state="removed")


@routes.post("/webhooks/{id}/rotate", RotateIn, SecretOut, secret=True)
async def rotate_webhook(call: Call, body: RotateIn) -> SecretOut:
    """A new secret, shown this once; the old one signs beside it for a while."""
    webhooks, number = call.services.webhooks, _number(call)
    # More than anybody may ask for stays more than that, and fits the clock.
    overlap = timedelta(hours=max(min(body.overlap_hours, 10_000), -1))
    secret = await webhooks.rotate(call.actor, number, overlap, call.secret)
    shown = await webhooks.one(call.actor, number)
    return SecretOut(id=number, secret=secret, old_secret_until=shown.old_secret_until)


@routes.post("/webhooks/{id}/enable", Nothing, EnabledOut)
async def enable_webhook(call: Call, _: Nothing) -> EnabledOut:
    """Let an endpoint take events again; what it missed waits for a replay."""
    done = await call.services.webhooks.enable(call.actor, _number(call))
    return EnabledOut(id=done.endpoint, state="enabled", missed=done.missed)


@routes.post("/webhooks/{id}/disable", Nothing, DisabledOut)
async def disable_webhook(call: Call, _: Nothing) -> DisabledOut:
    """Send nothing more for now; events are kept for a replay."""
    number = _number(call)
    skipped = await call.services.webhooks.disable(call.actor, number)
    return DisabledOut(id=number, state="disabled", skipped=skipped)


@routes.post("/webhooks/{id}/test", Nothing, TestedOut)
async def try_webhook(call: Call, _: Nothing) -> TestedOut:
    """Send the event `webhook.ping` to an endpoint."""
    number = _number(call)
    delivery = await call.services.webhooks.test(call.actor, number)
    return TestedOut(id=number, delivery=delivery)


@routes.post("/webhooks/{id}/replay", ReplayIn, ReplayedOut)
async def replay_webhook(call: Call, body: ReplayIn) -> ReplayedOut:
    """Send everything again that did not arrive since a moment, under the same webhook-id."""
    number = _number(call)
    count = await call.services.webhooks.replay(
        call.actor, number, since=body.since, delivered=body.delivered
    )
    return ReplayedOut(id=number, replayed=count)


@routes.get("/webhooks/{id}/deliveries", DeliveriesQuery, DeliveryPageOut)
async def list_webhook_deliveries(call: Call, query: DeliveriesQuery) -> DeliveryPageOut:
    """What was delivered and what was not, with every attempt; newest first."""
    states = named_states(query.state, DELIVERY_STATES, "delivery_state_unknown", _STATES)
    before = read_cursor("hook", query.cursor)
    page = await call.services.webhooks.deliveries(
        call.actor, _number(call), before, states, query.size
    )
    return DeliveryPageOut(
        items=[DeliveryOut.model_validate(each) for each in page.deliveries],
        next=None if page.older is None else cursor_of("hook", page.older),
    )


def _delivery(call: Call) -> int:
    return call.number("delivery", "webhook_delivery_unknown")


@routes.get("/webhooks/{id}/deliveries/{delivery}", Nothing, DeliveryFullOut)
async def show_webhook_delivery(call: Call, _: Nothing) -> DeliveryFullOut:
    """A delivery with the text that is sent."""
    found = await call.services.webhooks.delivery(call.actor, _number(call), _delivery(call))
    return DeliveryFullOut.model_validate(found)


@routes.post("/webhooks/{id}/deliveries/{delivery}/replay", Nothing, ReplayedOut)
async def replay_webhook_delivery(call: Call, _: Nothing) -> ReplayedOut:
    """Send one delivery again, under the same webhook-id."""
    number, delivery = _number(call), _delivery(call)
    count = await call.services.webhooks.replay(call.actor, number, delivery=delivery)
    return ReplayedOut(id=number, replayed=count)
