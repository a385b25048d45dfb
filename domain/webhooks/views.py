"""What leaves a transaction of webhooks: frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.webhooks.model import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent


@dataclass(frozen=True)
class EndpointView:
    """An endpoint without its secret."""

    id: int
    company_bin: str | None
    url: str
    events: tuple[str, ...]
    description: str
    state: str
    disabled_why: str | None
    disabled_at: datetime | None
    created_at: datetime
    failing_since: datetime | None
    succeeded_at: datetime | None
    old_secret_until: datetime | None


@dataclass(frozen=True)
class EndpointPage:
    """Endpoints, oldest first; ``after`` is the cursor of the next page."""

    endpoints: list[EndpointView]
    after: int | None


@dataclass(frozen=True)
class AttemptView:
    """One attempt; ``duration`` in milliseconds."""

    at: datetime
    duration: int
    status: int | None
    outcome: str
    answer: str


@dataclass(frozen=True)
class DeliveryView:
    """A delivery with its attempts, oldest first."""

    id: int
    endpoint: int
    event: str
    type: str
    stream: str
    state: str
    created_at: datetime
    next_at: datetime | None
    finished_at: datetime | None
    body: str
    attempts: tuple[AttemptView, ...]


@dataclass(frozen=True)
class DeliveryPage:
    """Deliveries, newest first; ``older`` is the cursor of the next page."""

    deliveries: list[DeliveryView]
    older: int | None


@dataclass(frozen=True)
class Enabled:
    """An endpoint that takes events again, and how many it has missed meanwhile."""

    endpoint: int
    host: str
    missed: int


@dataclass(frozen=True)
class Claim:
    """A delivery claimed for sending; ``fence`` tells this claim from others of the same."""

    delivery: int
    endpoint: int
    fence: int
    attempts: int
    url: str
    uid: str
    type: str
    body: str
    secrets: tuple[str, ...]


OUTCOME_NAMES = (
    "delivered",
    "gone",
    "refused",
    "redirected",
    "timeout",
    "unreachable",
    "forbidden_address",
)


@dataclass(frozen=True)
class Outcome:
    """What became of one attempt.

    ``name``: ``delivered``, ``gone`` (410), ``refused`` (any other status), ``redirected``,
    ``timeout``, ``unreachable``, ``forbidden_address``. ``pause``: what the server asked for.
    """

    name: str
    at: datetime
    duration: int = 0
    status: int | None = None
    answer: str = ""
    pause: timedelta | None = None


def endpoint_view(row: WebhookEndpoint, bin_: str | None, now: datetime) -> EndpointView:
    """The row as a value."""
    until = row.old_secret_until
    return EndpointView(
        id=row.id,
        company_bin=bin_,
        url=row.url,
        events=tuple(row.events),
        description=row.description,
        state=row.state,
        disabled_why=row.disabled_why,
        disabled_at=row.disabled_at,
        created_at=row.created_at,
        failing_since=row.failing_since,
        succeeded_at=row.succeeded_at,
        old_secret_until=until if until is not None and until > now else None,
    )


def delivery_view(
    row: WebhookDelivery, event: WebhookEvent, attempts: list[WebhookAttempt]
) -> DeliveryView:
    """The row as a value."""
    return DeliveryView(
        id=row.id,
        endpoint=row.endpoint_id,
        event=event.uid,
        type=event.type,
        stream=row.stream,
        state=row.state,
        created_at=row.created_at,
        next_at=row.not_before if row.state == "queued" else None,
        finished_at=row.finished_at,
        body=event.body,
        attempts=tuple(
            AttemptView(each.at, each.duration, each.status, each.outcome, each.answer)
            for each in attempts
        ),
    )
