"""What the bot says about itself: commands by scope and language, name, descriptions, menu."""

from __future__ import annotations

import re

from bot.sandbox.errors import bad_request
from bot.sandbox.methods.common import Call, Handler
from bot.sandbox.records import Chat, Json, Person
from bot.sandbox.world import World

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2}")


def _language(call: Call) -> str:
    code: str = call.params.get("language_code", "")
    if code and not _LANGUAGE.fullmatch(code):
        raise bad_request("invalid language code specified")
    return code


def _scope_key(scope: Json) -> str:
    parts = [scope["type"], *(str(scope[name]) for name in ("chat_id", "user_id") if name in scope)]
    return ":".join(parts)


def _commands_key(call: Call) -> str:
    scope = call.params.get("scope") or {"type": "default"}
    if "chat_id" in scope and scope["chat_id"] not in call.world.chats:
        raise bad_request("chat not found")
    return f"commands/{_scope_key(scope)}/{_language(call)}"


def set_commands(call: Call) -> bool:
    """``setMyCommands``."""
    commands = call.params["commands"]
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for each in commands:
        if not _COMMAND.fullmatch(each["command"].removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(each["description"]) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    kept = [{**each, "command": each["command"].removeprefix("/")} for each in commands]
    call.world.keep_setting(_commands_key(call), {"commands": kept} if kept else None)
    call.world.feed.add("commands", 0)
    return True


def get_commands(call: Call) -> list[Json]:
    """``getMyCommands``: of exactly this scope and language."""
    commands: list[Json] = call.world.settings.get(_commands_key(call), {}).get("commands", [])
    return commands


def delete_commands(call: Call) -> bool:
    """``deleteMyCommands``."""
    call.world.keep_setting(_commands_key(call), None)
    call.world.feed.add("commands", 0)
    return True


def commands_for(world: World, chat: Chat, person: Person) -> list[Json]:
    """The commands a person sees in a chat: the narrowest scope that has any, theirs first."""
    if chat.type == "private":
        scopes = [f"chat:{chat.id}", "all_private_chats", "default"]
    else:
        scopes = [f"chat_member:{chat.id}:{person.id}"]
        owner = chat.members[:1] == [person.id]
        if owner:
            scopes.append(f"chat_administrators:{chat.id}")
        scopes.append(f"chat:{chat.id}")
        if owner:
            scopes.append("all_chat_administrators")
        scopes += ["all_group_chats", "default"]
    for scope in scopes:
        for language in (person.language_code or "", ""):
            found = world.settings.get(f"commands/{scope}/{language}")
            if found:
                commands: list[Json] = found["commands"]
                return commands
    return []


def _setter(what: str, limit: int) -> Handler:
    def set_value(call: Call) -> bool:
        value = call.params.get(what, "")
        if len(value) > limit:
            raise bad_request(f"bot {what.replace('_', ' ')} is too long")
        key = f"{what}/{_language(call)}"
        call.world.keep_setting(key, {what: value} if value else None)
        return True

    return set_value


def _getter(what: str) -> Handler:
    def get_value(call: Call) -> Json:
        settings = call.world.settings
        own = call.world.bot["first_name"] if what == "name" else ""
        found = settings.get(f"{what}/{_language(call)}") or settings.get(f"{what}/")
        return found or {what: own}

    return get_value


def _menu_chat(call: Call) -> Chat | None:
    number = call.params.get("chat_id")
    if number is None:
        return None
    chat = call.world.chats.get(number)
    if chat is None:
        raise bad_request("chat not found")
    if chat.type != "private":
        raise bad_request("chat not found")
    return chat


def set_menu_button(call: Call) -> bool:
    """``setChatMenuButton``: of one private chat, or of all without its own."""
    chat = _menu_chat(call)
    button = call.params.get("menu_button") or {"type": "default"}
    if chat is None:
        call.world.keep_setting("menu_button", button)
    else:
        chat.menu_button = None if button["type"] == "default" else button
        call.world.keep_chat(chat)
    call.world.feed.add("commands", chat.id if chat else 0)
    return True


def menu_button(world: World, chat: Chat | None) -> Json:
    """The button beside the input field."""
    own = chat.menu_button if chat else None
    return own or world.settings.get("menu_button") or {"type": "commands"}


def get_menu_button(call: Call) -> Json:
    """``getChatMenuButton``."""
    return menu_button(call.world, _menu_chat(call))


def get_me(call: Call) -> Json:
    """``getMe``."""
    return {
        **call.world.bot,
        "can_join_groups": True,
        "can_read_all_group_messages": True,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def done(_call: Call) -> bool:
    """``logOut`` and ``close``: nothing to leave here."""
    return True


HANDLERS: dict[str, Handler] = {
    "getMe": get_me,
    "logOut": done,
    "close": done,
    "setMyCommands": set_commands,
    "getMyCommands": get_commands,
    "deleteMyCommands": delete_commands,
    "setMyName": _setter("name", 64),
    "getMyName": _getter("name"),
    "setMyDescription": _setter("description", 512),
    "getMyDescription": _getter("description"),
    "setMyShortDescription": _setter("short_description", 120),
    "getMyShortDescription": _getter("short_description"),
    "setChatMenuButton": set_menu_button,
    "getChatMenuButton": get_menu_button,
}
