"""Reading what came over the wire: JSON exactly, numbers of paths, cursors."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError

from bot.web.api import texts
from bot.web.api.problems import ApiError
from handlers.views.translator import Lazy

ModelT = TypeVar("ModelT", bound=BaseModel)

_MOST_DIGITS = 1000
_CURSOR = re.compile(r"([a-z]+):([0-9]{1,18})")
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")


def _refused(text: str) -> object:
    raise ValueError(f"{text} is no JSON number")


def _whole(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise ValueError("the number has too many digits")
    return int(text)


def _fraction(text: str) -> Decimal:
    if len(text) > _MOST_DIGITS:
        raise ValueError("the number has too many digits")
    return Decimal(text)


def _storable(text: str) -> bool:
    """Whether PostgreSQL can hold it: no NUL, no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def _check_strings(value: object) -> None:
    if isinstance(value, str):
        if not _storable(value):
            raise ValueError("a text holds NUL or half of a surrogate pair")
    elif isinstance(value, dict):
        for name, item in value.items():
            _check_strings(name)
            _check_strings(item)
    elif isinstance(value, list):
        for item in value:
            _check_strings(item)


def read_json(body: bytes) -> Any:  # Any: a JSON value of any shape
    """The JSON value of a body, numbers exact (int or Decimal); no body or ``null`` is ``{}``.

    Raises ApiError ``malformed_json`` (400).
    """
    if not body.strip():
        return {}
    try:
        value = json.loads(
            body.decode("utf-8-sig"),
            parse_float=_fraction,
            parse_int=_whole,
            parse_constant=_refused,
        )
        _check_strings(value)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise ApiError(400, "malformed_json", texts.MALFORMED, why=_why(error)) from None
    return {} if value is None else value


def _why(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)[:200]


def check_shape(model: type[ModelT], value: object) -> ModelT:
    """``value`` as the model; raises ApiError ``invalid_request`` (400) with every field error."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        found = [
            {
                "pointer": "#/" + "/".join(str(part) for part in item["loc"]),
                "field": _path(item["loc"]),
                "code": item["type"],
                "detail": item["msg"].removeprefix("Value error, "),
            }
            for item in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        fields = ", ".join(dict.fromkeys(item["field"] or "-" for item in found[:10]))
        raise ApiError(
            400, "invalid_request", texts.SHAPE, errors=found[:200], fields=fields
        ) from None


def _path(parts: tuple[int | str, ...]) -> str:
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def read_query(text: str) -> dict[str, str]:
    """The parameters of an address; one that is repeated is joined by commas.

    Raises ApiError ``invalid_request`` (400) for what cannot be a text.
    """
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=100)
        _check_strings(dict(pairs))
    except ValueError:
        raise ApiError(400, "invalid_request", texts.SHAPE, fields="?") from None
    found: dict[str, str] = {}
    for name, value in pairs:
        found[name] = f"{found[name]},{value}" if name in found else value
    return found


def named_states(text: str | None, known: Sequence[str], code: str, unknown: Lazy) -> list[str]:
    """States joined by commas; raises ApiError with the code (400) and the text ``unknown``."""
    states = [state.strip() for state in (text or "").split(",") if state.strip()]
    if any(state not in known for state in states):
        raise ApiError(400, code, unknown, states=", ".join(known))
    return states


def path_number(text: str) -> int | None:
    """A number of a path, or None when nothing can bear it."""
    return int(text) if _NUMBER.fullmatch(text) else None


def cursor_of(kind: str, after: int) -> str:
    """An opaque cursor."""
    return base64.urlsafe_b64encode(f"{kind}:{after}".encode()).decode().rstrip("=")


def read_cursor(kind: str, cursor: str | None) -> int | None:
    """What ``cursor_of`` hid; raises ApiError ``cursor_invalid`` (400)."""
    if not cursor:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        text = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError):
        text = ""
    match = _CURSOR.fullmatch(text)
    if match is None or match[1] != kind:
        raise ApiError(400, "cursor_invalid", texts.CURSOR)
    return int(match[2])
