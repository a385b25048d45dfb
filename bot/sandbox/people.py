"""The person-side HTTP API under ``/sandbox/``: what people's Telegram apps do and see.

JSON in and out; refusals are ``{"error": "..."}`` with a 4xx status.
"""

from __future__ import annotations

import json
import mimetypes
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, fields
from typing import TypeAlias
from urllib.parse import quote

from aiohttp import web

from bot.sandbox import acts
from bot.sandbox.errors import ActError, ApiError
from bot.sandbox.faults import KINDS as FAULT_KINDS
from bot.sandbox.faults import Fault
from bot.sandbox.media import KINDS, Upload
from bot.sandbox.methods.profile import commands_for, menu_button
from bot.sandbox.records import Chat, Json, Person
from bot.sandbox.requests import read_request
from bot.sandbox.world import World

LONGEST_WAIT = 60.0
Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
Work: TypeAlias = Callable[["Act"], object]


def dumps(value: object) -> str:
    """JSON as it goes over the wire."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Act:
    """One request of a person: its fields read with the errors a person-side caller gets."""

    def __init__(
        self, world: World, request: web.Request, body: Json, uploads: dict[str, Upload]
    ) -> None:
        self.world = world
        self.request = request
        self.body = body
        self.uploads = uploads

    def text(self, name: str, default: str | None = None) -> str:
        """A string field."""
        value = self.body.get(name)
        value = default if value is None else value
        if not isinstance(value, str):
            raise ActError(f"{name} must be a string")
        return value

    def number(self, name: str) -> int:
        """An integer field, required."""
        value = self.optional(name)
        if value is None:
            raise ActError(f"{name} is required")
        return value

    def optional(self, name: str) -> int | None:
        """An integer field, or ``None``."""
        value = self.body.get(name)
        if value is None or value == "":
            return None
        try:
            return int(value)
        except (TypeError, ValueError):
            raise ActError(f"{name} must be an integer") from None

    def path(self, name: str) -> int:
        """An integer of the path."""
        return int(self.request.match_info[name])

    @property
    def chat(self) -> Chat:
        """The chat of the path. Raises ``ActError`` 404."""
        return acts.find_chat(self.world, self.path("chat"))

    def person(self, name: str = "from") -> Person:
        """The person a field names. Raises ``ActError`` 404."""
        return acts.find_person(self.world, self.number(name))


def _list_people(act: Act) -> object:
    return [person.view() for person in act.world.people.values()]


def _add_person(act: Act) -> object:
    names = {each.name for each in fields(Person)}
    if unknown := act.body.keys() - names:
        raise ActError(f"unknown fields: {', '.join(sorted(unknown))}")
    person = Person(
        **{**act.body, "id": act.optional("id") or 0, "first_name": act.text("first_name")}
    )
    return acts.add_person(act.world, person).view()


def _set_blocked(blocked: bool) -> Work:
    def work(act: Act) -> object:
        person = acts.find_person(act.world, act.path("person"))
        acts.set_blocked(act.world, person, blocked)
        return person.view()

    return work


def _start(act: Act) -> object:
    return acts.start(act.world, act.person(), act.text("payload", "")).view()


def _chat_line(world: World, chat: Chat, person_id: int) -> Json:
    seen = world.visible(chat.id)
    return {
        "id": chat.id,
        "type": chat.type,
        "title": chat.title,
        "is_forum": chat.is_forum,
        "members": chat.members,
        "unread": world.unread(chat, person_id),
        "last": seen[-1].view() if seen else None,
    }


def _list_chats(act: Act) -> object:
    viewer = act.optional("as")
    return [
        _chat_line(act.world, chat, viewer or chat.members[0])
        for chat in act.world.chats.values()
        if viewer is None or viewer in chat.members
    ]


def _add_group(act: Act) -> object:
    if act.text("type", "supergroup") != "supergroup":
        raise ActError("only supergroups can be made")
    members = act.body.get("members")
    if not isinstance(members, list):
        raise ActError("members must be a list of ids")
    chat = acts.add_group(
        act.world,
        act.text("title"),
        [int(each) for each in members],
        is_forum=bool(act.body.get("is_forum")),
    )
    return _chat_line(act.world, chat, chat.members[0])


def _show_chat(act: Act) -> object:
    world, chat = act.world, act.chat
    viewer = acts.find_person(world, act.optional("as") or chat.members[0])
    limit = act.optional("limit")
    kept = list(world.messages[chat.id].values())
    return {
        "id": chat.id,
        "type": chat.type,
        "title": chat.title,
        "messages": [each.view() for each in (kept[-limit:] if limit else kept)],
        "reply_keyboard": None if chat.keyboard_hidden else chat.reply_keyboard,
        "commands": commands_for(world, chat, viewer),
        "menu_button": menu_button(world, chat),
        "unread": world.unread(chat, viewer.id),
        "version": world.feed.version,
        "is_forum": chat.is_forum,
        "topics": list(chat.topics.values()),
        "pinned": chat.pinned,
    }


def _send(act: Act) -> object:
    world, chat, person = act.world, act.chat, act.person()
    if act.uploads:
        kind = act.text("kind", "document")
        upload = act.uploads.get("file")
        if kind not in KINDS or upload is None:
            raise ActError(f"expected a part 'file' and a kind of {', '.join(KINDS)}")
        options: Json = dict(act.body)
        for name in ("duration", "reply_to", "message_thread_id", "width", "height"):
            if name in options:
                options[name] = act.optional(name) or 0
        return acts.send_file(world, chat, person, kind=kind, upload=upload, options=options).view()
    if forward := act.body.get("forward"):
        source = acts.find_chat(world, int(forward["chat"]))
        return acts.forward(world, chat, person, source, int(forward["message_id"])).view()
    parts = acts.split_text(act.text("text"))
    sent = [
        acts.say(
            world,
            chat,
            person,
            part,
            reply_to=act.optional("reply_to"),
            thread_id=act.optional("message_thread_id"),
        )
        for part in parts
    ]
    return sent[-1].view()


def _contact(act: Act) -> object:
    phone = act.text("phone", "") or None
    user_id = act.optional("user_id")
    return acts.share_contact(act.world, act.chat, act.person(), phone, user_id).view()


def _press(act: Act) -> object:
    forged = bool(act.body.get("forged"))
    message_id, data = act.number("message_id"), act.text("data")
    number = acts.press(act.world, act.chat, act.person(), message_id, data, forged=forged)
    # The answer can only come after this version.
    return {"callback_query_id": number, "version": act.world.feed.version}


def _edit(act: Act) -> object:
    text = act.text("text")
    return acts.edit(act.world, act.chat, act.person(), act.path("message"), text).view()


def _delete(act: Act) -> object:
    acts.delete(act.world, act.chat, act.person(), act.path("message"))
    return {}


def _read(act: Act) -> object:
    act.world.mark_read(act.chat, act.person("as").id)
    return {}


def _add_fault(act: Act) -> object:
    names = {each.name for each in fields(Fault)}
    if unknown := act.body.keys() - names:
        raise ActError(f"unknown fields: {', '.join(sorted(unknown))}")
    if act.body.get("kind") not in FAULT_KINDS:
        raise ActError(f"kind must be one of {', '.join(FAULT_KINDS)}")
    act.world.faults.add(Fault(**act.body))
    return {}


def _list_faults(act: Act) -> object:
    return [asdict(each) for each in act.world.faults.waiting]


def _clear_faults(act: Act) -> object:
    act.world.faults.clear()
    return {}


def _calls(act: Act) -> object:
    after, method = act.optional("after") or 0, act.text("method", "").lower()
    return [
        call
        for call in act.world.calls
        if call["n"] > after and method in {"", call["method"].lower()}
    ]


def _wrap(world: World, work: Work) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            body, uploads = await read_request(request)
            answer = work(Act(world, request, body, uploads))
        except ActError as error:
            return web.json_response({"error": str(error)}, status=error.status)
        except ApiError as error:
            return web.json_response({"error": error.description}, status=error.code)
        except (TypeError, ValueError, KeyError) as error:
            return web.json_response({"error": f"bad request: {error!r}"}, status=400)
        finally:
            world.flush()
        return web.json_response(answer, dumps=dumps)

    return handle


def _events(world: World) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            after = int(request.query.get("after", "0"))
            wait = min(float(request.query.get("wait", "0")), LONGEST_WAIT)
            chat = request.query.get("chat")
            only = int(chat) if chat else None
        except ValueError as error:
            return web.json_response({"error": str(error)}, status=400)
        end = time.monotonic() + wait
        while not (events := world.feed.after(after, only)) and not world.closing:
            left = end - time.monotonic()
            # Somebody ahead of us, or behind what a restart forgot, learns it at once.
            lost = after > world.feed.version or (only is None and after < world.feed.version)
            if left <= 0 or lost:
                break
            await world.feed.signal.wait(left)
        return web.json_response({"version": world.feed.version, "events": events}, dumps=dumps)

    return handle


def _file(world: World) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        record = world.files.get(request.match_info["file"])
        if record is None:
            return web.json_response({"error": "no such file"}, status=404)
        guessed = mimetypes.guess_type(record.name or "")[0]
        kind = guessed if record.kind == "photo" and guessed else record.mime_type
        # What a person uploads must not run as a page of this origin.
        safe = kind == "application/pdf" or kind.startswith(("image/", "audio/", "video/"))
        way = "inline" if safe and kind != "image/svg+xml" else "attachment"
        name = quote(record.name or record.path.rpartition("/")[2], safe="")
        headers = {
            "X-Content-Type-Options": "nosniff",
            "Content-Disposition": f"{way}; filename*=UTF-8''{name}",
        }
        return web.Response(
            body=world.journal.content(record.id), content_type=kind, headers=headers
        )

    return handle


def routes(world: World) -> list[web.RouteDef]:
    """Every route of the person-side API."""
    chat = r"/sandbox/chats/{chat:-?\d+}"
    person = r"/sandbox/people/{person:\d+}"
    table: list[tuple[str, str, Work]] = [
        ("GET", "/sandbox/people", _list_people),
        ("POST", "/sandbox/people", _add_person),
        ("POST", f"{person}/block", _set_blocked(True)),
        ("POST", f"{person}/unblock", _set_blocked(False)),
        ("POST", "/sandbox/start", _start),
        ("GET", "/sandbox/chats", _list_chats),
        ("POST", "/sandbox/chats", _add_group),
        ("GET", chat, _show_chat),
        ("POST", f"{chat}/messages", _send),
        ("PATCH", chat + r"/messages/{message:\d+}", _edit),
        ("DELETE", chat + r"/messages/{message:\d+}", _delete),
        ("POST", f"{chat}/contact", _contact),
        ("POST", f"{chat}/press", _press),
        ("POST", f"{chat}/read", _read),
        ("POST", "/sandbox/faults", _add_fault),
        ("GET", "/sandbox/faults", _list_faults),
        ("DELETE", "/sandbox/faults", _clear_faults),
        ("GET", "/sandbox/calls", _calls),
    ]
    return [
        *(web.route(method, path, _wrap(world, work)) for method, path, work in table),
        web.get("/sandbox/events", _events(world)),
        web.get("/sandbox/files/{file}", _file(world)),
    ]
