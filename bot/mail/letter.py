"""A letter as it came, read whatever state it is in: nothing raises here, nothing is lost.

What cannot be read as mail is kept whole as a file beside the words that could be made out.
"""

from __future__ import annotations

import email
import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

from bot.mail.html_text import MOST_HTML, text_of_html
from bot.mail.quoting import without_quote

_MOST_PARTS = 200
# What stands in the ticket; a longer text goes along as a file.
_TEXT_SHOWN = 12_000
_NAME_KEPT = 150
_HARMFUL_IN_NAME = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]+")
_ID = re.compile(r"<[^<>\s]{1,500}>")


@dataclass(frozen=True)
class Attached:
    """A file of a letter."""

    name: str
    mime: str
    content: bytes


@dataclass
class Letter:
    """What a letter says, and the headers by which machines are told from people."""

    address: str = ""
    name: str = ""
    # Where the answer is wanted, if the letter says so.
    answer_to: str = ""
    subject: str = ""
    text: str = ""
    message_id: str = ""
    references: tuple[str, ...] = ()
    files: list[Attached] = field(default_factory=list)
    headers: list[tuple[str, str]] = field(default_factory=list)
    content_type: str = ""
    # All that reports on other letters hold: the headers sent back, the state of the delivery.
    reported: str = ""

    def header(self, name: str) -> str:
        """The first header of this name; empty when there is none."""
        return next((value for key, value in self.headers if key == name.lower()), "")


def read_letter(raw: bytes) -> Letter:
    """The letter in these bytes."""
    try:
        return _read(raw)
    # Whatever it is, the sender wrote it: somebody at the desk has to see it.
    except Exception:
        return _unreadable(raw)


def _unreadable(raw: bytes) -> Letter:
    found = Letter(text=decoded(raw[:_TEXT_SHOWN], None))
    found.files.append(Attached("letter.eml", "message/rfc822", raw))
    for line in found.text.splitlines():
        if line.lower().startswith("from:") and not found.address:
            found.name, found.address = _from(line[5:])
    return found


def _read(raw: bytes) -> Letter:
    message = email.message_from_bytes(raw)
    headers = [(name.lower(), _header(value)) for name, value in message.raw_items()]
    found = Letter(headers=headers, content_type=message.get_content_type())
    found.name, found.address = _from(found.header("from"))
    found.answer_to = _from(found.header("reply-to"))[1]
    found.subject = " ".join(found.header("subject").split())
    ids = _ID.findall(found.header("message-id"))
    found.message_id = ids[0] if ids else ""
    both = f"{found.header('references')} {found.header('in-reply-to')}"
    found.references = tuple(dict.fromkeys(_ID.findall(both)))
    reader = _Parts(found)
    reader.take(message)
    if reader.count > _MOST_PARTS:
        found.files.append(Attached("letter.eml", "message/rfc822", raw))
    whole = "\n\n".join(text.strip() for text in reader.texts if text.strip())
    found.text = without_quote(whole)
    if len(found.text) > _TEXT_SHOWN:
        found.files.append(Attached("letter.txt", "text/plain", whole.encode()))
        found.text = found.text[:_TEXT_SHOWN] + "…"
    return found


class _Parts:
    """Goes through the parts of a letter."""

    def __init__(self, letter: Letter) -> None:
        self.letter = letter
        self.texts: list[str] = []
        self.count = 0

    def take(self, part: Message) -> None:
        self.count += 1
        if self.count > _MOST_PARTS:
            return
        kind = part.get_content_type()
        if kind == "multipart/alternative":
            self._take_best(part)
        elif part.is_multipart() and part.get_content_maintype() == "multipart":
            for child in _children(part):
                self.take(child)
        elif kind in ("message/delivery-status", "text/rfc822-headers", "message/rfc822"):
            self._take_reported(part, kind)
        elif kind in ("text/plain", "text/html") and not _is_file(part):
            text = _text(part)
            self.texts.append(text_of_html(text) if kind == "text/html" else text)
            if kind == "text/html" and len(text) > MOST_HTML:
                self.letter.files.append(Attached("letter.html", kind, _content(part)))
        else:
            self._take_file(part, kind)

    def _take_best(self, part: Message) -> None:
        """Of several forms of the same the plain one, with the pictures of the others."""
        plain: list[str] = []
        rich: list[str] = []
        for child in _children(part):
            inner = _Parts(self.letter)
            inner.count = self.count
            inner.take(child)
            self.count = inner.count
            (plain if child.get_content_type() == "text/plain" else rich).extend(inner.texts)
        words = [text for text in plain if text.strip()]
        self.texts.extend(words or rich)

    def _take_reported(self, part: Message, kind: str) -> None:
        inner = "\n\n".join(_source(child) for child in _children(part)) or _text(part)
        self.letter.reported += f"\n{inner}"
        if kind == "message/rfc822" and self.letter.content_type != "multipart/report":
            self.letter.files.append(
                Attached("letter.eml", kind, inner.encode("utf-8", "surrogateescape"))
            )

    def _take_file(self, part: Message, kind: str) -> None:
        content = _content(part)
        if content:
            name = _file_name(part, kind, len(self.letter.files) + 1)
            self.letter.files.append(Attached(name, kind, content))


def _children(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (each for each in payload if isinstance(each, Message))


def _source(part: Message) -> str:
    try:
        return part.as_string()
    except Exception:
        return "\n".join(f"{name}: {value}" for name, value in part.raw_items())


def _is_file(part: Message) -> bool:
    disposition = part.get_content_disposition()
    return disposition == "attachment" or (disposition == "inline" and bool(_given_name(part)))


def _content(part: Message) -> bytes:
    try:
        found = part.get_payload(decode=True)
    # An encoding nobody knows, or not what it says: the bytes as they came.
    except Exception:
        found = None
    if isinstance(found, bytes):
        return found
    return str(part.get_payload() or "").encode("utf-8", "surrogateescape")


def _text(part: Message) -> str:
    return decoded(_content(part), str(part.get_param("charset") or "") or None)


def decoded(content: bytes, charset: str | None) -> str:
    """Bytes as text: as they say, else in the usual ways; something is always made of them."""
    for name in (charset, "utf-8", "cp1251"):
        if name:
            try:
                return content.decode(name).replace("\r\n", "\n").replace("\0", "")
            except (LookupError, ValueError):
                continue
    return content.decode("utf-8", "replace").replace("\0", "")


def _header(value: object) -> str:
    """A header in words: bytes nobody encoded, encoded words, both."""
    text = str(value)
    if any("\ud800" <= char <= "\udfff" for char in text):
        text = decoded(text.encode("utf-8", "surrogateescape"), None)
    try:
        parts = decode_header(text)
    except (HeaderParseError, ValueError):
        return text
    # Between two encoded words the space is part of the encoding, not of the text.
    return "".join(
        decoded(part, charset) if isinstance(part, bytes) else part for part, charset in parts
    )


def _from(value: str) -> tuple[str, str]:
    for name, address in getaddresses([value]):
        if "@" in address:
            return " ".join(_header(name).split()), address.strip()
    return "", ""


def _given_name(part: Message) -> str:
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        raw = next((str(v) for k, v in part.raw_items() if k.lower() == header), "")
        if any("\ud800" <= char <= "\udfff" for char in raw):
            raw = decoded(raw.encode("utf-8", "surrogateescape"), None)
        held = Message()
        held[header] = raw.replace("\n", " ").replace("\r", " ")
        found = held.get_param(parameter, header=header)
        if isinstance(found, tuple):
            charset, _, text = found
            found = decoded(text.encode("latin-1", "replace"), charset)
        if found:
            return _header(found)
    return ""


def _file_name(part: Message, kind: str, number: int) -> str:
    try:
        given = _given_name(part)
    except Exception:
        given = ""
    tidy = " ".join(_HARMFUL_IN_NAME.sub(" ", given).split()).strip(". ")
    stem, dot, ending = tidy.rpartition(".")
    if len(tidy) > _NAME_KEPT:
        tidy = f"{stem[: _NAME_KEPT - 10]}{dot}{ending[:9]}" if dot else tidy[:_NAME_KEPT]
    return tidy or f"file-{number}{mimetypes.guess_extension(kind) or '.bin'}"
