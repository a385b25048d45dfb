"""Rules of webhooks without a database."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from domain.errors import RuleBroken
from domain.webhooks.addresses import Allowed
from domain.webhooks.catalogue import EVENTS, PING, schema_of
from domain.webhooks.rules import (
    DELAYS,
    PATIENCE,
    check_events,
    check_url,
    has_failed_long,
    host_of,
    new_secret,
    next_attempt,
    signing,
)

NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)
NONE = Allowed()


def test_the_table_of_delays_lasts_75_hours() -> None:
    at, attempts = NOW, 1
    while (again := next_attempt(attempts, at)) is not None:
        assert again > at
        at, attempts = again, attempts + 1
    assert attempts == len(DELAYS) + 1 == 10
    assert at - NOW == timedelta(hours=75, minutes=35, seconds=5)


def test_a_server_may_ask_for_a_longer_pause_but_not_for_ever() -> None:
    assert next_attempt(1, NOW, timedelta(seconds=1)) == NOW + timedelta(seconds=5)
    assert next_attempt(1, NOW, timedelta(minutes=7)) == NOW + timedelta(minutes=7)
    assert next_attempt(1, NOW, timedelta(days=900)) == NOW + timedelta(hours=24)
    assert next_attempt(10, NOW, timedelta(minutes=7)) is None


def test_an_endpoint_has_patience_of_five_days() -> None:
    assert not has_failed_long(None, NOW)
    assert not has_failed_long(NOW - PATIENCE + timedelta(seconds=1), NOW)
    assert has_failed_long(NOW - PATIENCE, NOW)


def test_both_secrets_sign_until_the_time_of_the_old_one_is_over() -> None:
    assert signing("new", None, None, NOW) == ("new",)
    assert signing("new", "old", NOW + timedelta(seconds=1), NOW) == ("new", "old")
    assert signing("new", "old", NOW, NOW) == ("new",)


def test_a_secret_is_spelled_as_the_standard_says() -> None:
    made = new_secret()
    assert made.startswith("whsec_")
    assert len(base64.b64decode(made.removeprefix("whsec_"))) == 24
    assert new_secret() != made
    seed = base64.urlsafe_b64encode(b"\xff" * 24).decode()
    assert (
        new_secret(seed) == new_secret(seed) == "whsec_" + base64.b64encode(b"\xff" * 24).decode()
    )


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "webhook_url"),
        ("ftp://example.kz/x", "webhook_url"),
        ("https://", "webhook_url"),
        ("https:///x", "webhook_url"),
        ("https://user:word@example.kz/", "webhook_url"),
        ("https://example.kz/#part", "webhook_url"),
        ("https://example.kz:port/", "webhook_url"),
        ("https://example.kz\\@10.0.0.1/", "webhook_url"),
        ("https://example.kz/a b", "webhook_url"),
        ("http://example.kz/hook", "webhook_https"),
        ("http://127.0.0.1/hook", "webhook_https"),
        ("https://127.0.0.1/hook", "webhook_private"),
        ("https://2130706433/hook", "webhook_private"),
        ("https://0x7f.1/hook", "webhook_private"),
        ("https://[::ffff:10.0.0.1]/hook", "webhook_private"),
        ("https://\uff11\uff12\uff17.0.0.1/hook", "webhook_private"),
        ("https://127\u30020\u30020\u30021/hook", "webhook_private"),
        ("https://127.0.0%2e1/hook", "webhook_url"),
        ("https://169.254.169.254/latest/meta-data", "webhook_private"),
        ("https://example.kz/" + "x" * 500, "text_too_long"),
    ],
)
def test_addresses_that_are_not_taken(url: str, code: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        check_url(url, NONE)
    assert refused.value.code == code


def test_addresses_that_are_taken() -> None:
    assert (
        check_url(" https://Example.kz:8443/hook?x=1 ", NONE) == "https://Example.kz:8443/hook?x=1"
    )
    assert host_of("https://Example.kz:8443/hook?x=1") == "example.kz"
    listed = Allowed.of(["127.0.0.0/8", "hooks.intranet.kz"])
    assert check_url("http://127.0.0.1:9/hook", listed)
    assert check_url("http://hooks.intranet.kz/hook", listed)
    with pytest.raises(RuleBroken, match="webhook_https"):
        check_url("http://other.intranet.kz/hook", listed)


def test_events_are_named_once_and_must_be_known() -> None:
    assert check_events(["order.failed", " order.failed "], EVENTS) == ["order.failed"]
    with pytest.raises(RuleBroken, match="webhook_event"):
        check_events(["order.failed", "order.eaten"], EVENTS)


def _members(schema: object) -> set[str]:
    found: set[str] = set()
    if isinstance(schema, dict):
        for name, value in schema.items():
            if name == "properties" and isinstance(value, dict):
                found |= set(value)
            found |= _members(value)
    elif isinstance(schema, list):
        for value in schema:
            found |= _members(value)
    return found


@pytest.mark.parametrize("event", [*EVENTS.values(), PING], ids=lambda event: event.name)
def test_every_event_has_a_schema_and_nothing_personal_or_priced_in_it(event: object) -> None:
    assert isinstance(event, type(PING))
    schema = schema_of(event)
    members = _members(schema)
    assert {"type", "timestamp", "data"} <= members
    forbidden = {"name", "phone", "email", "iin", "person", "price", "sum", "text", "contacts"}
    assert not members & forbidden
    assert not any("name" in each or "price" in each for each in members)
