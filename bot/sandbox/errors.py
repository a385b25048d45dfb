"""Refusals of the sandbox: as the Bot API words them, and as the person-side API does."""

from __future__ import annotations

from bot.sandbox.records import Json

_PREFIX = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 409: "Conflict"}


class ApiError(Exception):
    """A Bot API call refused: code, description and ``parameters`` as Telegram answers them."""

    def __init__(self, code: int, text: str, parameters: Json | None = None) -> None:
        prefix = _PREFIX.get(code)
        self.code = code
        self.description = f"{prefix}: {text}" if prefix and text else text or (prefix or "")
        self.parameters = parameters
        super().__init__(self.description)


def bad_request(text: str) -> ApiError:
    """400, the commonest refusal."""
    return ApiError(400, text)


def forbidden(text: str) -> ApiError:
    """403: the bot may not write there."""
    return ApiError(403, text)


def conflict(text: str) -> ApiError:
    """409: two ways of receiving updates at once."""
    return ApiError(409, text)


def too_many_requests(retry_after: int) -> ApiError:
    """429 with the whole seconds to wait."""
    return ApiError(
        429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after}
    )


class ActError(Exception):
    """A person tried what a Telegram app would not let them do; ``status`` is the HTTP status."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status
