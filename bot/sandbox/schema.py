"""The Bot API's own description of its methods, compiled once into checks.

A parameter that the description does not declare, a required one left out, or a value of the
wrong type is refused, also deep inside nested objects. Form fields arrive as strings and are
turned into what the description says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, TypeAlias

from bot.sandbox.errors import bad_request
from bot.sandbox.records import Json

Check: TypeAlias = Callable[[Any], Any]

#: Types the description leaves empty: their kinds are told apart by the field ``type``.
_ABSTRACT = {
    "BotCommandScope": {
        "default": "BotCommandScopeDefault",
        "all_private_chats": "BotCommandScopeAllPrivateChats",
        "all_group_chats": "BotCommandScopeAllGroupChats",
        "all_chat_administrators": "BotCommandScopeAllChatAdministrators",
        "chat": "BotCommandScopeChat",
        "chat_administrators": "BotCommandScopeChatAdministrators",
        "chat_member": "BotCommandScopeChatMember",
    },
    "InputMedia": {
        "photo": "InputMediaPhoto",
        "video": "InputMediaVideo",
        "audio": "InputMediaAudio",
        "document": "InputMediaDocument",
        "animation": "InputMediaAnimation",
        "voice_note": "InputMediaVoiceNote",
    },
    "MenuButton": {
        "default": "MenuButtonDefault",
        "commands": "MenuButtonCommands",
        "web_app": "MenuButtonWebApp",
    },
    "ReactionType": {
        "emoji": "ReactionTypeEmoji",
        "custom_emoji": "ReactionTypeCustomEmoji",
        "paid": "ReactionTypePaid",
    },
}

#: How Telegram words the absence of these.
_MISSING = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "message_id": "message identifier is not specified",
    "message_ids": "message identifiers are not specified",
    "from_chat_id": "chat identifier is empty",
    "file_id": "file_id not specified",
    "photo": "there is no photo in the request",
    "document": "there is no document in the request",
    "voice": "there is no voice in the request",
    "video": "there is no video in the request",
    "audio": "there is no audio in the request",
    "video_note": "there is no video note in the request",
}


class Mismatch(Exception):
    """A value is not of the declared type."""


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the Bot API: its proper name and the checks of its parameters."""

    name: str
    checks: dict[str, Check]
    required: tuple[str, ...]

    def read(self, given: Json) -> Json:
        """The parameters as declared types. Raises ``ApiError`` 400."""
        read: Json = {}
        for name, value in given.items():
            check = self.checks.get(name)
            if check is None:
                raise bad_request(f"sandbox: undeclared parameter {name!r} of {self.name}")
            if value is None:
                continue
            try:
                read[name] = check(value)
            except Mismatch as error:
                raise bad_request(f"can't parse {name}: {error}") from None
        for name in self.required:
            if name not in read:
                raise bad_request(_MISSING.get(name, f'parameter "{name}" is required'))
        return read


def _integer(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,19}", value):
        return int(value)
    raise Mismatch(f"expected an Integer, got {value!r}")


def _float(value: Any) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    try:
        return float(value)
    except (TypeError, ValueError):
        raise Mismatch(f"expected a Float, got {value!r}") from None


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        if value.lower() in {"true", "1", "yes"}:
            return True
        if value.lower() in {"false", "0", "no"}:
            return False
    raise Mismatch(f"expected a Boolean, got {value!r}")


def _true(value: Any) -> bool:
    if _boolean(value):
        return True
    raise Mismatch("expected True")


def _string(value: Any) -> str:
    if isinstance(value, str):
        # A lone half of a surrogate pair can come through JSON escapes and cannot be sent on.
        if any("\ud800" <= char <= "\udfff" for char in value):
            raise Mismatch("strings must be encoded in UTF-8")
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    raise Mismatch(f"expected a String, got {value!r}")


def _integer_or_string(value: Any) -> int | str:
    try:
        return _integer(value)
    except Mismatch:
        return _string(value)


def _parsed(value: Any) -> Any:
    """Objects and arrays come as JSON text in forms."""
    if isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            raise Mismatch("can't parse JSON object") from None
    return value


_PLAIN: dict[str, Check] = {
    "Integer": _integer,
    "Float": _float,
    "Boolean": _boolean,
    "True": _true,
    "String": _string,
    "InputFile": _string,
    "InputFile or String": _string,
    "Integer or String": _integer_or_string,
}


class Schema:
    """The compiled description."""

    def __init__(self, raw: Json) -> None:
        self._types: dict[str, dict[str, tuple[str, bool]]] = raw["types"]
        self._checks: dict[str, Check] = {}
        self._objects: dict[str, tuple[dict[str, Check], tuple[str, ...]]] = {}
        self._methods = {
            name.lower(): Method(
                name,
                {field: self._check(kind) for field, (kind, _) in fields.items()},
                tuple(field for field, (_, required) in fields.items() if required),
            )
            for name, fields in raw["methods"].items()
        }

    def method(self, name: str) -> Method | None:
        """A method by its name, in any case as Telegram takes it."""
        return self._methods.get(name.lower())

    def _check(self, kind: str) -> Check:
        if kind in _PLAIN:
            return _PLAIN[kind]
        if kind not in self._checks:
            if kind.startswith("Array of "):
                self._checks[kind] = self._array(kind.removeprefix("Array of "))
            else:
                self._checks[kind] = self._union(re.split(r" or |, | and ", kind))
        return self._checks[kind]

    def _array(self, kind: str) -> Check:
        item = self._check(kind)

        def check(value: Any) -> list[Any]:
            value = _parsed(value)
            if not isinstance(value, list):
                raise Mismatch("expected an Array")
            return [item(each) for each in value]

        return check

    def _union(self, kinds: list[str]) -> Check:
        def check(value: Any) -> Json:
            value = _parsed(value)
            if not isinstance(value, dict):
                raise Mismatch("expected an Object")
            return self._object(self._kind_of(value, kinds), value)

        return check

    def _kind_of(self, value: Json, kinds: list[str]) -> str:
        if len(kinds) == 1 and kinds[0] not in _ABSTRACT:
            return kinds[0]
        if "type" in value:
            family = kinds[0] if kinds[0] in _ABSTRACT else "InputMedia"
            kind = _ABSTRACT[family].get(str(value["type"]))
            if kind and (kinds[0] == family or kind in kinds):
                return kind
            raise Mismatch(f"unsupported type {value['type']!r} specified")
        for kind in kinds:
            required = [name for name, (_, needed) in self._types.get(kind, {}).items() if needed]
            if required and all(value.get(name) for name in required):
                return kind
        # An empty keyboard is falsy; it is still the kind whose field it has.
        for kind in kinds:
            if any(
                name in value for name, (_, needed) in self._types.get(kind, {}).items() if needed
            ):
                return kind
        raise Mismatch("the object is of no known kind")

    def _object(self, kind: str, value: Json) -> Json:
        checks, required = self._fields(kind)
        read: Json = {}
        for name, each in value.items():
            check = checks.get(name)
            if check is None:
                raise Mismatch(f"undeclared field {name!r} of {kind}")
            if each is None:
                continue
            try:
                read[name] = check(each)
            except Mismatch as error:
                raise Mismatch(f"{name}: {error}") from None
        for name in required:
            if name not in read:
                raise Mismatch(f'field "{name}" of {kind} is required')
        return read

    def _fields(self, kind: str) -> tuple[dict[str, Check], tuple[str, ...]]:
        # Compiled at first use: types refer to one another.
        found = self._objects.get(kind)
        if found is None:
            fields = self._types.get(kind)
            if fields is None:
                raise Mismatch(f"sandbox: {kind} is not implemented")
            found = self._objects[kind] = (
                {name: self._check(each) for name, (each, _) in fields.items()},
                tuple(name for name, (_, required) in fields.items() if required),
            )
        return found


@cache
def schema() -> Schema:
    """The description shipped beside this file, compiled once per process."""
    text = resources.files("bot.sandbox").joinpath("bot_api.json").read_text("utf-8")
    return Schema(json.loads(text))
