"""Sections of the gallery for webhooks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from domain.webhooks.views import (
    AttemptView,
    DeliveryView,
    Enabled,
    EndpointPage,
    EndpointView,
)
from handlers.views.gallery import Section, entry
from handlers.views.shown import Shown
from handlers.views.translator import Translator
from handlers.views.webhooks import (
    disable_question,
    enabled,
    replayed,
    webhook_card,
    webhook_list,
)

_COUNTS = (0, 1, 14)
_AT = datetime(2026, 11, 20, 5, tzinfo=UTC)
_STATES = ("held", "waiting", "queued", "sending", "delivered", "dead", "skipped")
_OUTCOMES = (
    "delivered",
    "refused",
    "redirected",
    "timeout",
    "unreachable",
    "forbidden_address",
    "gone",
)


def webhook_sections() -> list[Section]:
    """What whoever enables a webhook is shown."""
    found = [entry(f"enabled, {count} missed", _enabled(count)) for count in _COUNTS]
    found += [entry(f"sent again, {count}", _replayed(count)) for count in _COUNTS]
    found += [
        entry("list", lambda t: webhook_list(t, EndpointPage(_every(), 9), first=False)),
        entry("list, empty", lambda t: webhook_list(t, EndpointPage([], None), first=True)),
        entry("question", lambda t: disable_question(t, _endpoint(3))),
        entry("card, nothing sent", lambda t: webhook_card(t, _endpoint(3), [])),
    ]
    pairs = zip(_STATES, _OUTCOMES, strict=True)
    found += [entry(f"card, {state}, {outcome}", _card(state, outcome)) for state, outcome in pairs]
    return [Section("Webhooks", found)]


def _endpoint(number: int, why: str | None = None) -> EndpointView:
    return EndpointView(
        id=number,
        company_bin="050140000656" if number % 2 else None,
        url="https://erp.example.kz/in",
        events=("order.published",) * (number if number > 5 else 0),
        description="ERP",
        state="disabled" if why else "enabled",
        disabled_why=why,
        disabled_at=_AT if why else None,
        created_at=_AT,
        failing_since=_AT - timedelta(days=5) if why else None,
        succeeded_at=_AT,
        old_secret_until=None,
    )


def _every() -> list[EndpointView]:
    reasons = (None, "owner", "gone", "failing", "token")
    return [_endpoint(number, why) for number, why in enumerate(reasons, start=3)]


def _card(state: str, outcome: str) -> Callable[[Translator], Shown]:
    attempt = AttemptView(_AT, 120, 204 if outcome == "delivered" else None, outcome, "")
    delivery = DeliveryView(
        id=5,
        endpoint=9,
        event="msg_1",
        type="order.published",
        stream="order:15",
        state=state,
        created_at=_AT,
        next_at=None,
        finished_at=None,
        body="{}",
        attempts=(attempt,),
    )
    return lambda t: webhook_card(t, _endpoint(9), [delivery])


def _enabled(count: int) -> Callable[[Translator], Shown]:
    return lambda t: enabled(t, Enabled(3, "erp.example.kz", count))


def _replayed(count: int) -> Callable[[Translator], Shown]:
    return lambda t: replayed(t, count)
