"""The methods of the Bot API that the sandbox works, by name."""

from __future__ import annotations

from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.methods import changing, chats, profile, receiving, sending
from bot.sandbox.methods.common import Call, Handler
from bot.sandbox.schema import schema

HANDLERS: dict[str, Handler] = {
    **sending.HANDLERS,
    **changing.HANDLERS,
    **chats.HANDLERS,
    **profile.HANDLERS,
    **receiving.HANDLERS,
}


async def work(call: Call) -> object:
    """Check a call against the schema and work it; the answer is its ``result``.

    Raises ``ApiError`` as Telegram would refuse it: 404 for a method unknown to the schema,
    400 for one the sandbox does not have.
    """
    method = schema().method(call.method)
    if method is None:
        raise ApiError(404, "Not Found: method not found")
    if method.name == "getUpdates":
        call.params = method.read(call.params)
        return await receiving.get_updates(call)
    handler = HANDLERS.get(method.name)
    if handler is None:
        raise bad_request("sandbox: method not implemented")
    for name in call.uploads.keys() & method.checks.keys():
        # A file may come as the parameter itself instead of by attach://.
        call.params.setdefault(name, f"attach://{name}")
    call.params = method.read(call.params)
    return handler(call)
