"""What requests about webhooks say, and what is answered."""

from __future__ import annotations

from pydantic import Field

from bot.web.api.answers import Answer
from bot.web.api.fields import Moment, MomentOut, Text, Whole
from bot.web.api.models import Asked, PageQuery

_EVENTS = "Names of events; empty for all, also those of later releases."


class WebhookIn(Asked):
    """A new endpoint."""

    url: Text = Field(examples=["https://erp.example.kz/tapsyrys"])
    events: list[Text] = Field([], description=_EVENTS, examples=[["order.published"]])
    description: Text = ""
    company_bin: Text | None = Field(
        None, description="Whose endpoint it is: it gets that company's events. Null: all events."
    )


class WebhookChangeIn(Asked):
    """What is to be different; what is left out stays."""

    url: Text | None = None
    events: list[Text] | None = Field(None, description=_EVENTS)
    description: Text | None = None


class RotateIn(Asked):
    """A new secret."""

    overlap_hours: Whole = Field(24, description="So long the old one signs too, 0 to 168.")


class ReplayIn(Asked):
    """What is to be sent again."""

    since: Moment | None = Field(None, description="From when on; everything when left out.")
    delivered: bool = Field(False, description="Also what arrived.")


class DeliveriesQuery(PageQuery):
    """Which deliveries; several states are joined by commas."""

    state: str | None = None


class WebhookOut(Answer):
    """An endpoint."""

    id: int
    url: str
    events: list[str]
    description: str
    company_bin: str | None
    state: str = Field(description="enabled or disabled.")
    disabled_why: str | None = Field(description="owner, gone (410) or failing (5 days).")
    disabled_at: MomentOut | None
    created_at: MomentOut
    failing_since: MomentOut | None = Field(description="Since when every attempt has failed.")
    succeeded_at: MomentOut | None = Field(description="When something arrived last.")
    old_secret_until: MomentOut | None = Field(description="Until then the old secret signs too.")


class WebhookMadeOut(WebhookOut):
    """A new endpoint with its secret, which is shown this once."""

    secret: str


class WebhookPageOut(Answer):
    """A page of endpoints."""

    items: list[WebhookOut]
    next: str | None


class SecretOut(Answer):
    """The new secret, shown this once."""

    id: int
    secret: str
    old_secret_until: MomentOut | None


class EnabledOut(Answer):
    """``missed`` counts the events that wait for a replay."""

    id: int
    state: str
    missed: int


class DisabledOut(Answer):
    """``skipped`` counts the events that had not gone yet."""

    id: int
    state: str
    skipped: int


class RemovedOut(Answer):
    """The endpoint is gone."""

    id: int
    state: str


class TestedOut(Answer):
    """The delivery of the test event."""

    id: int
    delivery: int


class ReplayedOut(Answer):
    """How many deliveries go once more."""

    id: int
    replayed: int


class AttemptOut(Answer):
    """An attempt; ``duration`` in milliseconds, ``answer`` at most 500 characters."""

    at: MomentOut
    duration: int
    status: int | None
    outcome: str = Field(
        description=(
            "delivered, gone, refused, redirected, timeout, unreachable or forbidden_address."
        )
    )
    answer: str


class DeliveryOut(Answer):
    """A delivery."""

    id: int
    endpoint: int
    event: str = Field(description="The header webhook-id.")
    type: str
    stream: str = Field(description="What order is kept within: `order:15`.")
    state: str = Field(
        description="waiting (behind an earlier one), queued, sending, delivered, dead or skipped."
    )
    created_at: MomentOut
    next_at: MomentOut | None = Field(description="Not tried again before then.")
    finished_at: MomentOut | None
    attempts: list[AttemptOut]


class DeliveryFullOut(DeliveryOut):
    """A delivery with the text that is sent."""

    body: str


class DeliveryPageOut(Answer):
    """A page of deliveries, newest first."""

    items: list[DeliveryOut]
    next: str | None


class EventOut(Answer):
    """An event that can be subscribed to."""

    name: str
    description: str
    whom: str
    json_schema: dict[str, object] = Field(serialization_alias="schema")


class EventsOut(Answer):
    """The catalogue."""

    items: list[EventOut]
