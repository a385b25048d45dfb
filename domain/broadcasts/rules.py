"""What a broadcast may say, to whom and when. Rules of the house: no act knows of broadcasts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from domain.clock import as_utc
from domain.codes import parse_agsk3, parse_ens_tru
from domain.errors import RuleBroken
from domain.identifiers import bare
from domain.registry.rules import located
from domain.roles import Role
from domain.support.texts import plain
from domain.texts import clean_text

#: In visible characters. Less than the 4,096 of a message of Telegram: of a longer text, which
#: its app cuts there, the first part is refused like the rest, and none is taken for the whole.
TEXT_LIMIT = 4000
LABEL_LIMIT = 24
LINK_LIMIT = 1000
#: Nobody plans news for longer than a year ahead: such a date is a slip.
FARTHEST = timedelta(days=366)
#: Where a button of a broadcast may lead to in the chat; every role has these.
SCREENS = ("menu", "status", "support")
LANGUAGES = ("kk", "ru")

# Markup adds to the letters: a text of 4,096 of them is far below this.
_MARKED_LIMIT = 40_000
_ENS_TRU_TOP = re.compile(r"[0-9]{2}(?:[0-9]{2})?")
_KATO = re.compile(r"[0-9]{2}(?:[0-9]{2}(?:[0-9]{2}(?:[0-9]{3})?)?)?")
#: Levels of KATO by their digits, the narrowest first: what ends in noughts means the one above.
_KATO_LEVELS = ((9, 6), (6, 4), (4, 2))
_HOST = re.compile(r"(?!-)[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z][a-z0-9-]+")


@dataclass(frozen=True)
class Button:
    """What stands under a broadcast: the way to a screen, or to an address with its labels."""

    screen: str = ""
    url: str = ""
    label_kk: str = ""
    label_ru: str = ""


@dataclass(frozen=True)
class File:
    """A picture or a document that goes with a broadcast, by Telegram's id and with our copy.

    Telegram takes an id back only as the kind it gave it for.
    """

    kind: Literal["photo", "document"]
    file_id: str
    name: str = ""
    mime: str = ""
    size: int = 0
    sha256: str = ""


@dataclass(frozen=True)
class Content:
    """What people read: HTML that Telegram takes in both languages, a picture or file, a button."""

    text_kk: str
    text_ru: str
    file: File | None = None
    button: Button | None = None


@dataclass(frozen=True)
class Audience:
    """Whom a broadcast is for. An empty condition leaves nobody out; all of them must hold.

    ``roles``: any of them. ``region`` is a code of KATO and ``code`` one of ENS TRU or AGSK-3, of
    a whole level: for people of companies with such a good in the registry, one good for both.
    """

    roles: tuple[str, ...] = ()
    language: str = ""
    region: str = ""
    code: str = ""


def check_text(text: str, field: str) -> str:
    """A text of a broadcast, tidied.

    Raises RuleBroken ``text_missing``, and ``text_too_long`` (visible characters, counted in
    UTF-16 units as Telegram does).
    """
    tidy = clean_text(text, field, _MARKED_LIMIT)
    words = plain(tidy)
    length = len(words.encode("utf-16-le", "surrogatepass")) // 2
    if not clean_text(words, field, _MARKED_LIMIT):
        raise RuleBroken("text_missing", None, field=field)
    if length > TEXT_LIMIT:
        raise RuleBroken("text_too_long", None, field=field, limit=TEXT_LIMIT, length=length)
    return tidy


def check_link(text: str) -> str:
    """An address that a button opens: https only. Raises RuleBroken ``link_format``."""
    address = bare(text)
    try:
        parts = urlsplit(address)
        host, named = parts.hostname or "", parts.username or parts.password
        _ = parts.port
    except ValueError:
        host, named = "", None
    short = len(address) <= LINK_LIMIT and not re.search(r"[\s<>\"\\^`{|}]", address)
    if not (short and address.lower().startswith("https://") and not named):
        raise RuleBroken("link_format", None)
    try:
        ascii_host = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise RuleBroken("link_format", None) from None
    if not _HOST.fullmatch(ascii_host):
        raise RuleBroken("link_format", None)
    return address


def check_label(text: str, field: str) -> str:
    """The words on a button, one line. Raises ``text_missing``, ``text_too_long``."""
    tidy = " ".join(clean_text(text, field, _MARKED_LIMIT).split())
    if not tidy:
        raise RuleBroken("text_missing", None, field=field)
    if len(tidy) > LABEL_LIMIT:
        raise RuleBroken("text_too_long", None, field=field, limit=LABEL_LIMIT, length=len(tidy))
    return tidy


def check_region(text: str) -> str:
    """A code of KATO by its own level: 710000000 is 71. Raises RuleBroken ``kato_format``."""
    code = "".join(bare(text).split())
    if not code.isascii() or not _KATO.fullmatch(code):
        raise RuleBroken("kato_format", None)
    for longer, shorter in _KATO_LEVELS:
        if len(code) == longer and not int(code[shorter:]):
            code = code[:shorter]
    return code


def check_code(text: str) -> str:
    """A whole level of ENS TRU (2, 4 or 6 digits, or longer) or of AGSK-3.

    Raises RuleBroken ``goods_code_format``.
    """
    code = "".join(bare(text).split())
    if code.isascii() and _ENS_TRU_TOP.fullmatch(code):
        return code
    for parse in (parse_ens_tru, parse_agsk3):
        try:
            return parse(text)
        except RuleBroken:
            continue
    raise RuleBroken("goods_code_format", None)


def check_start(at: datetime, now: datetime) -> datetime:
    """When a broadcast is to start, UTC. Raises ``broadcast_past``, ``broadcast_far`` (latest)."""
    moment = as_utc(at)
    if moment <= now:
        raise RuleBroken("broadcast_past", None)
    if moment > now + FARTHEST:
        raise RuleBroken("broadcast_far", None, latest=now + FARTHEST)
    return moment


def check_content(content: Content) -> Content:
    """All that people will read, tidied; raises what the parts raise."""
    button = content.button
    if button is not None:
        button = check_button(button)
    return replace(
        content,
        text_kk=check_text(content.text_kk, "text_kk"),
        text_ru=check_text(content.text_ru, "text_ru"),
        button=button,
    )


def check_button(button: Button) -> Button:
    """A button with a way to go; raises ``link_format`` and what its labels raise."""
    if button.screen in SCREENS:
        return Button(screen=button.screen)
    return Button(
        url=check_link(button.url),
        label_kk=check_label(button.label_kk, "label_kk"),
        label_ru=check_label(button.label_ru, "label_ru"),
    )


def check_audience(audience: Audience) -> Audience:
    """The conditions in their canonical form, roles once and in the order of the platform.

    Raises RuleBroken ``audience_unknown`` (text) for a role or language that does not exist, and
    what codes raise.
    """
    known = [role.value for role in Role]
    strange = [each for each in audience.roles if each not in known]
    if audience.language and audience.language not in LANGUAGES:
        strange.append(audience.language)
    if strange:
        raise RuleBroken("audience_unknown", None, text=strange[0][:40])
    with located("region"):
        region = check_region(audience.region) if audience.region else ""
    with located("code"):
        code = check_code(audience.code) if audience.code else ""
    chosen = tuple(each for each in known if each in audience.roles)
    return Audience(() if len(chosen) == len(known) else chosen, audience.language, region, code)
