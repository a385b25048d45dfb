"""Files that Telegram has already: sent again by its id instead of their bytes.

The same protocol goes to a customer and to every supplier. What is known is a memory of this
process only: whoever does not know it uploads once more.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace

from aiogram.types import Message

from bot.telegram.outgoing import OutgoingFile

_MANY = 2000

_Key = tuple[str, str, str]


def _key(file: OutgoingFile) -> _Key:
    return file.kind, file.name, hashlib.sha256(file.content).hexdigest()


def _id_of(kind: str, message: object) -> tuple[str, str] | None:
    """Name and id of a file in the message that brought it, where it is one of this kind."""
    if not isinstance(message, Message):
        return None
    if kind == "document" and message.document is not None:
        return message.document.file_name or "", message.document.file_id
    if kind == "photo" and message.photo:
        return "", message.photo[-1].file_id
    return None


class Uploads:
    """Which bytes went up under which id."""

    def __init__(self) -> None:
        self._ids: OrderedDict[_Key, str] = OrderedDict()

    def known(self, files: Sequence[OutgoingFile]) -> tuple[OutgoingFile, ...]:
        """The files, by their ids where Telegram has them."""
        return tuple(self._by_id(file) for file in files)

    def learn(self, files: Sequence[OutgoingFile], messages: Sequence[object]) -> None:
        """Keep the ids under which files arrived; documents are told by their names, photos by
        their place."""
        fresh = [file for file in files if file.content]
        for kind in ("document", "photo"):
            sent = [file for file in fresh if file.kind == kind]
            came = [found for each in messages if (found := _id_of(kind, each))]
            if len(sent) != len(came):
                continue
            for file, (name, file_id) in zip(sent, came, strict=True):
                if kind == "photo" or name == file.name:
                    self._keep(_key(file), file_id)

    def forget(self, files: Sequence[OutgoingFile]) -> bool:
        """Telegram refuses an id: whether one of these was ours to forget."""
        known = [key for file in files if file.content and (key := _key(file)) in self._ids]
        for key in known:
            del self._ids[key]
        return bool(known)

    def _by_id(self, file: OutgoingFile) -> OutgoingFile:
        if not file.content:
            return file
        key = _key(file)
        file_id = self._ids.get(key)
        if file_id is None:
            return file
        self._ids.move_to_end(key)
        return replace(file, content=b"", file_id=file_id)

    def _keep(self, key: _Key, file_id: str) -> None:
        self._ids[key] = file_id
        if len(self._ids) > _MANY:
            self._ids.popitem(last=False)
