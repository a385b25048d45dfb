"""People for tests: typed calls of the person-side API over HTTP.

    async with Sandbox("http://127.0.0.1:8081") as sandbox:
        aigul = await sandbox.person("Айгүл", language="kk", phone="+77010000001")
        await aigul.start()
        menu = await aigul.wait_for(lambda message: message.has("Тапсырыстар"))
        await aigul.press("Тапсырыстар", menu)

:meth:`Person.wait_for` goes through what the bot said in order and never looks back;
:meth:`Person.eventually` also takes what already stands in the chat.
"""

from __future__ import annotations

import io
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from types import TracebackType
from typing import Any, Self, TypeAlias

import aiohttp

from bot.sandbox.faults import FaultKind
from bot.sandbox.media import MediaKind
from bot.sandbox.records import Json
from bot.sandbox.seen import Button, CallbackAnswer, Message, NothingCame


class SandboxError(Exception):
    """The sandbox refused a person's act."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status}: {text}")
        self.status = status
        self.text = text


__all__ = [
    "Button",
    "CallbackAnswer",
    "Message",
    "NothingCame",
    "Person",
    "Sandbox",
    "SandboxError",
]

Wanted: TypeAlias = Callable[[Message], bool]


class Sandbox:
    """A running sandbox at ``base_url``; an async context manager."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def request(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        *,
        form: aiohttp.FormData | None = None,
        query: Json | None = None,
    ) -> Any:
        """One call of the person-side API. Raises ``SandboxError``."""
        if self._session is None:
            raise RuntimeError("use 'async with Sandbox(...)'")
        async with self._session.request(
            method, f"{self._base}/sandbox/{path}", json=body, data=form, params=query
        ) as answer:
            read = await answer.json()
            if answer.status >= 400:
                raise SandboxError(answer.status, read["error"])
            return read

    async def person(
        self,
        first_name: str,
        *,
        id: int | None = None,  # noqa: A002  # Telegram's own name for it
        last_name: str | None = None,
        username: str | None = None,
        language: str = "ru",
        phone: str | None = None,
    ) -> Person:
        """Let somebody open an account."""
        given = {
            "id": id,
            "first_name": first_name,
            "last_name": last_name,
            "username": username,
            "language_code": language,
            "phone": phone,
        }
        body = {name: value for name, value in given.items() if value is not None}
        return Person(self, (await self.request("POST", "people", body))["id"])

    def known(self, person_id: int) -> Person:
        """Somebody who is there already."""
        return Person(self, person_id)

    async def group(self, title: str, members: Sequence[Person], *, is_forum: bool = False) -> int:
        """Make a supergroup with the bot in it; its id."""
        body: Json = {
            "type": "supergroup",
            "title": title,
            "is_forum": is_forum,
            "members": [each.id for each in members],
        }
        return int((await self.request("POST", "chats", body))["id"])

    async def calls(self, method: str = "", after: int = 0) -> list[Json]:
        """The bot's calls so far."""
        query = {"after": after, "method": method}
        calls: list[Json] = await self.request("GET", "calls", query=query)
        return calls

    async def fault(
        self,
        kind: FaultKind,
        method: str = "*",
        *,
        chat_id: int | None = None,
        times: int = 1,
        retry_after: int = 1,
        hang: float = 30.0,
    ) -> None:
        """Let something go wrong with the next calls."""
        body: Json = {
            "kind": kind,
            "method": method,
            "chat_id": chat_id,
            "times": times,
            "retry_after": retry_after,
            "hang": hang,
        }
        await self.request("POST", "faults", body)

    async def clear_faults(self) -> None:
        """Nothing goes wrong any more."""
        await self.request("DELETE", "faults")

    async def content(self, file_id: str) -> bytes:
        """The bytes of a file in a message."""
        if self._session is None:
            raise RuntimeError("use 'async with Sandbox(...)'")
        async with self._session.get(f"{self._base}/sandbox/files/{file_id}") as answer:
            answer.raise_for_status()
            return await answer.read()


class Person:
    """Somebody with a Telegram app in hand; acts go to the private chat unless told otherwise."""

    def __init__(self, sandbox: Sandbox, person_id: int) -> None:
        self.sandbox = sandbox
        self.id = person_id
        self._seen: dict[int, int] = {}
        self._pressed: dict[str, int] = {}

    async def _post(self, path: str, body: Json, chat: int | None) -> Any:
        return await self.sandbox.request(
            "POST", f"chats/{chat or self.id}/{path}", {"from": self.id, **body}
        )

    async def start(self, payload: str = "") -> Message:
        """Press Start, or follow a deep link with ``payload``."""
        body: Json = {"from": self.id, "payload": payload}
        return Message(await self.sandbox.request("POST", "start", body))

    async def say(
        self,
        text: str,
        *,
        chat: int | None = None,
        reply_to: int | None = None,
        thread: int | None = None,
    ) -> Message:
        """Send a text."""
        body: Json = {"text": text, "reply_to": reply_to, "message_thread_id": thread}
        return Message(await self._post("messages", body, chat))

    async def forward(self, message: Message, *, chat: int | None = None) -> Message:
        """Forward a message."""
        body: Json = {"forward": {"chat": message.chat_id, "message_id": message.id}}
        return Message(await self._post("messages", body, chat))

    async def send(
        self,
        kind: MediaKind,
        content: bytes,
        filename: str,
        *,
        caption: str = "",
        album: str = "",
        duration: int = 0,
        chat: int | None = None,
    ) -> Message:
        """Send a file; ``album`` joins several into one."""
        form = aiohttp.FormData()
        fields = {
            "from": self.id,
            "kind": kind,
            "caption": caption,
            "media_group_id": album,
            "duration": duration or "",
        }
        for name, value in fields.items():
            form.add_field(name, str(value))
        form.add_field(
            "file",
            io.BytesIO(content),
            filename=filename,
            content_type="application/octet-stream",
        )
        path = f"chats/{chat or self.id}/messages"
        return Message(await self.sandbox.request("POST", path, form=form))

    async def send_photo(self, content: bytes, caption: str = "", *, album: str = "") -> Message:
        """Send a photo."""
        return await self.send("photo", content, "photo.jpg", caption=caption, album=album)

    async def send_document(self, content: bytes, filename: str, caption: str = "") -> Message:
        """Send a file as it is."""
        return await self.send("document", content, filename, caption=caption)

    async def send_voice(self, content: bytes, duration: int = 3) -> Message:
        """Send a voice message."""
        return await self.send("voice", content, "voice.oga", duration=duration)

    async def share_contact(self, phone: str | None = None, user_id: int | None = None) -> Message:
        """Share a contact: one's own, or somebody else's."""
        return Message(await self._post("contact", {"phone": phone, "user_id": user_id}, None))

    async def press(
        self, label: str, message: Message | None = None, *, chat: int | None = None
    ) -> str:
        """Press the inline button with this label, on ``message`` or the newest that has it.

        Returns the id of the callback query. Raises ``NothingCame`` without such a button.
        """
        if message is None:
            message = await self.find(lambda each: any(label in b.text for b in each.buttons), chat)
        data = message.button(label).data
        if data is None:
            raise NothingCame(f"the button {label!r} does not call back")
        return await self.press_data(data, message.id, chat=message.chat_id)

    async def press_data(
        self, data: str, message_id: int, *, chat: int | None = None, forged: bool = False
    ) -> str:
        """Press by callback data; ``forged`` allows data the message never offered."""
        body: Json = {"message_id": message_id, "data": data, "forged": forged}
        pressed = await self._post("press", body, chat)
        number = str(pressed["callback_query_id"])
        self._pressed[number] = pressed["version"]
        return number

    async def edit(self, message: Message, text: str) -> Message:
        """Change one's own message."""
        path = f"chats/{message.chat_id}/messages/{message.id}"
        body: Json = {"from": self.id, "text": text}
        return Message(await self.sandbox.request("PATCH", path, body))

    async def delete(self, message: Message) -> None:
        """Delete a message."""
        path = f"chats/{message.chat_id}/messages/{message.id}"
        await self.sandbox.request("DELETE", path, {"from": self.id})

    async def read(self, chat: int | None = None) -> None:
        """Look at everything in the chat."""
        path = f"chats/{chat or self.id}/read"
        await self.sandbox.request("POST", path, {"as": self.id})

    async def block(self) -> None:
        """Block the bot."""
        await self.sandbox.request("POST", f"people/{self.id}/block")

    async def unblock(self) -> None:
        """Unblock the bot."""
        await self.sandbox.request("POST", f"people/{self.id}/unblock")

    # What they see

    async def look(self, chat: int | None = None) -> Json:
        """The whole chat as the person-side API gives it."""
        view: Json = await self.sandbox.request(
            "GET", f"chats/{chat or self.id}", query={"as": self.id}
        )
        return view

    async def messages(self, chat: int | None = None) -> list[Message]:
        """What stands in the chat, oldest first."""
        found = [Message(each) for each in (await self.look(chat))["messages"]]
        return [each for each in found if not each.deleted]

    async def find(self, wanted: Wanted, chat: int | None = None) -> Message:
        """The bot's newest message there now that fits. Raises ``NothingCame``."""
        shown = [each for each in await self.messages(chat) if each.by_bot]
        for message in reversed(shown):
            if wanted(message):
                return message
        raise NothingCame(_told("no such message", shown))

    async def keyboard(self) -> list[Button]:
        """The buttons under the input field."""
        markup = (await self.look())["reply_keyboard"] or {}
        return [
            Button(each["text"], contact=bool(each.get("request_contact")))
            for row in markup.get("keyboard", [])
            for each in row
        ]

    async def commands(self) -> list[str]:
        """The commands of the menu."""
        return [each["command"] for each in (await self.look())["commands"]]

    # Waiting

    async def wait_for(
        self, wanted: Wanted, *, timeout_s: float = 30.0, chat: int | None = None
    ) -> Message:
        """The bot's next message or edit that fits, after the last one waited for.

        Raises ``NothingCame`` after ``timeout_s`` seconds.
        """
        passed: list[Message] = []
        async with aclosing(self._events(timeout_s, chat)) as events:
            async for event in events:
                if event["kind"] not in {"message", "edit"}:
                    continue
                message = Message(event["message"])
                if message.by_bot and wanted(message):
                    return message
                if message.by_bot:
                    passed.append(message)
        raise NothingCame(_told(f"nothing that fits in {timeout_s} s", passed))

    async def eventually(
        self, wanted: Wanted, *, timeout_s: float = 30.0, chat: int | None = None
    ) -> Message:
        """A message of the bot that fits, there already or coming. Raises ``NothingCame``."""
        end = time.monotonic() + timeout_s
        while True:
            view = await self.look(chat)
            shown = [Message(each) for each in view["messages"]]
            for message in reversed(shown):
                if message.by_bot and not message.deleted and wanted(message):
                    return message
            left = end - time.monotonic()
            if left <= 0:
                raise NothingCame(_told(f"nothing that fits in {timeout_s} s", shown))
            await self._poll(view["version"], left, chat)

    async def wait_answer(self, callback_id: str, *, timeout_s: float = 30.0) -> CallbackAnswer:
        """The bot's answer to a press, whenever it came. Raises ``NothingCame``."""
        end = time.monotonic() + timeout_s
        after = self._pressed.get(callback_id, 0)
        while (left := end - time.monotonic()) > 0:
            page = await self._poll(after, left, None, everywhere=True)
            for event in page["events"]:
                answer = event.get("callback") or {}
                if answer.get("id") == callback_id:
                    return CallbackAnswer(callback_id, answer["text"], answer["show_alert"])
            after = page["version"]
        raise NothingCame(f"the press {callback_id} was not answered in {timeout_s} s")

    async def catch_up(self, chat: int | None = None) -> None:
        """Let :meth:`wait_for` pass over everything that has come so far."""
        self._seen[chat or self.id] = (await self.look(chat))["version"]

    async def _events(self, timeout_s: float, chat: int | None) -> AsyncGenerator[Json, None]:
        """Events after the last one taken, each remembered as taken when it is given out."""
        key = chat or self.id
        end = time.monotonic() + timeout_s
        while True:
            page = await self._poll(self._seen.get(key, 0), max(0, end - time.monotonic()), chat)
            for event in page["events"]:
                self._seen[key] = event["n"]
                yield event
            if not page["events"] and time.monotonic() >= end:
                return

    async def _poll(
        self, after: int, wait: float, chat: int | None, *, everywhere: bool = False
    ) -> Json:
        query: Json = {"after": after, "wait": round(wait, 3)}
        if not everywhere:
            query["chat"] = chat or self.id
        page: Json = await self.sandbox.request("GET", "events", query=query)
        return page


def _told(what: str, messages: Sequence[Message]) -> str:
    lines = [
        f"  {each.id}: {each.text!r} {[button.text for button in each.buttons]}"
        for each in messages[-8:]
    ]
    return "\n".join([f"{what}; the bot's last messages:", *lines])
