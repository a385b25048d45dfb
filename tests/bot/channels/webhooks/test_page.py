"""The page on webhooks: its table is that of the code, and its five lines verify."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from bot.channels.webhook_page import PAGE, delay_text, renewed
from domain.webhooks.catalogue import EVENTS
from domain.webhooks.rules import DELAYS, new_secret

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_page_is_what_the_code_makes() -> None:
    assert renewed(TEXT) == TEXT, "run: python -m bot.channels.webhook_page"


def test_the_lines_that_verify_do_so(capsys: pytest.CaptureFixture[str]) -> None:
    found = re.search(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert found is not None
    secret = new_secret()
    known: dict[str, object] = {}
    exec(found[1].replace("whsec_...", secret), known)
    receive = known["receive"]
    assert callable(receive)
    now, body = datetime.now(UTC), '{"type":"order.failed","data":{"order":15}}'
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", now, body),
    }
    receive(body.encode(), headers)
    assert capsys.readouterr().out == "msg_1 order.failed {'order': 15}\n"
    with pytest.raises(WebhookVerificationError):
        receive(body.replace("15", "16").encode(), headers)


def test_the_example_is_an_event_of_the_catalogue() -> None:
    found = re.search(r"```json\n(\{\n  \"type\".*?)```", TEXT, re.DOTALL)
    assert found is not None
    shown = json.loads(found[1])
    event = EVENTS[shown["type"]]
    assert event.data.model_validate(shown["data"]).model_dump(mode="json") == shown["data"]


def test_the_last_attempt_is_after_75_hours() -> None:
    assert delay_text(sum(DELAYS, timedelta()).total_seconds()) == "75 h 35 min 5 s"
    assert "| 10 | 24 h | 75 h 35 min 5 s |" in TEXT
