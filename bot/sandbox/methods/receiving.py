"""getUpdates and the webhook's settings: the two ways in which the bot hears of anything."""

from __future__ import annotations

import re
import time
from urllib.parse import urlsplit

from bot.sandbox.errors import bad_request, conflict
from bot.sandbox.methods.common import Call, Handler
from bot.sandbox.records import Json
from bot.sandbox.updates import Webhook

LONGEST_POLL = 50
_SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")


async def get_updates(call: Call) -> list[Json]:
    """``getUpdates``: acknowledges below ``offset`` and waits up to ``timeout`` seconds."""
    queue = call.world.updates
    if queue.webhook.url:
        raise conflict(
            "can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first"
        )
    _allow(call)
    offset = call.params.get("offset", 0)
    if offset > 0:
        queue.confirm_before(offset)
    elif offset < 0:
        queue.keep_newest(-offset)
    call.world.flush()
    limit = min(max(call.params.get("limit", 100), 1), 100)
    end = time.monotonic() + min(max(call.params.get("timeout", 0), 0), LONGEST_POLL)
    queue.poll += 1
    mine = queue.poll
    # An older call that still waits learns now that it has been replaced.
    queue.signal.notify()
    while not queue.pending and not call.world.closing:
        left = end - time.monotonic()
        if left <= 0:
            break
        await queue.signal.wait(left)
        if queue.webhook.url:
            raise conflict("terminated by setWebhook request")
        if queue.poll != mine:
            raise conflict(
                "terminated by other getUpdates request; "
                "make sure that only one bot instance is running"
            )
    return queue.take(limit)


def _allow(call: Call) -> None:
    queue = call.world.updates
    allowed = call.params.get("allowed_updates")
    if allowed is not None and allowed != queue.allowed:
        queue.allowed = allowed
        queue.save()


def set_webhook(call: Call) -> bool:
    """``setWebhook``; an empty ``url`` takes it away. Plain http is let through here."""
    params = call.params
    url = params.get("url", "")
    if not url:
        return delete_webhook(call)
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise bad_request("invalid webhook URL specified")
    secret = params.get("secret_token", "")
    if not _SECRET.fullmatch(secret):
        long = len(secret) > 256
        raise bad_request(
            "secret token is too long" if long else "secret token contains unallowed characters"
        )
    _allow(call)
    _drop_pending(call)
    most = min(max(params.get("max_connections", 40), 1), 100)
    call.world.updates.webhook = Webhook(url, secret, most)
    call.world.updates.save()
    call.world.updates.signal.notify()
    return True


def delete_webhook(call: Call) -> bool:
    """``deleteWebhook``."""
    _drop_pending(call)
    call.world.updates.webhook = Webhook()
    call.world.updates.save()
    call.world.updates.signal.notify()
    return True


def _drop_pending(call: Call) -> None:
    if call.params.get("drop_pending_updates"):
        call.world.updates.keep_newest(0)


def webhook_info(call: Call) -> Json:
    """``getWebhookInfo``."""
    queue = call.world.updates
    hook = queue.webhook
    body: Json = {
        "url": hook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(queue.pending),
    }
    if hook.url:
        body["max_connections"] = hook.max_connections
    if queue.allowed:
        body["allowed_updates"] = queue.allowed
    if hook.last_error_message:
        body["last_error_date"] = hook.last_error_date
        body["last_error_message"] = hook.last_error_message
    return body


HANDLERS: dict[str, Handler] = {
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": webhook_info,
}
